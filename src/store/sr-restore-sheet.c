/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-store-private.h"

#include "store/sr-backup-set.h"

#include <glib/gi18n-lib.h>
#include <string.h>

GBytes *
sr_sums_format (const SrManifest *manifest,
                const char       *manifest_sha256)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);

      g_string_append_printf (text, "%s  %s\n", file->sha256, file->path);
    }
  if (manifest_sha256 != NULL)
    g_string_append_printf (text, "%s  %s\n", manifest_sha256, SR_MANIFEST_NAME);
  return g_string_free_to_bytes (text);
}

/* What came from a server or a certificate must not draw lines of its own into the sheet. */
static char *
plain (const char *text)
{
  GString *result = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (result, g_unichar_isprint (c) ? c : '_');
    }
  return g_string_free (result, FALSE);
}

static void
add_heading (GString    *sheet,
             const char *heading)
{
  g_string_append_printf (sheet, "\n%s\n", heading);
  for (glong i = g_utf8_strlen (heading, -1); i > 0; i--)
    g_string_append_c (sheet, '-');
  g_string_append (sheet, "\n");
}

static void
add_line (GString    *sheet,
          const char *name,
          const char *value)
{
  g_autofree char *safe = value != NULL ? plain (value) : NULL;

  if (safe != NULL)
    g_string_append_printf (sheet, "%s: %s\n", name, safe);
}

static void
add_time (GString    *sheet,
          const char *name,
          gint64      microseconds)
{
  g_autoptr (GDateTime) when = microseconds != 0 ? g_date_time_new_from_unix_utc_usec (microseconds) : NULL;
  g_autofree char *text = when != NULL ? g_date_time_format (when, "%Y-%m-%d %H:%M:%S UTC") : NULL;

  add_line (sheet, name, text);
}

static void
add_authority (GString          *sheet,
               const SrManifest *manifest)
{
  add_heading (sheet, _("The certificate authority"));
  add_line (sheet, _("Config string"), manifest->config);
  add_line (sheet, _("Name"), manifest->display_name);
  if (manifest->certificate_sha256 == NULL)
    {
      g_string_append_printf (sheet, "%s\n", _("The CA certificate was not known when this set was made."));
      return;
    }
  add_line (sheet, _("Certificate"), manifest->certificate_subject);
  add_line (sheet, _("Thumbprint (SHA-1)"), manifest->certificate_sha1);
  add_line (sheet, _("Thumbprint (SHA-256)"), manifest->certificate_sha256);
  add_time (sheet, _("Expires"), manifest->certificate_expires);
}

static void
add_set (GString          *sheet,
         const SrManifest *manifest,
         const char       *manifest_sha256,
         const char       *path)
{
  char id[SR_GUID_STRING_LENGTH + 1];
  g_autofree char *size = g_format_size_full (sr_manifest_get_size (manifest), G_FORMAT_SIZE_LONG_FORMAT);
  guint32 low, high;

  add_heading (sheet, _("The backup set"));
  add_line (sheet, _("Kind"), manifest->kind == SR_SET_FULL ? _("full: database and logs") : _("log-only"));
  add_time (sheet, _("Begun"), manifest->started);
  add_time (sheet, _("Finished"), manifest->finished);
  add_time (sheet, _("Begun by the CA’s own clock"), manifest->server_time);
  add_line (sheet, _("Folder when it was made"), path);
  if (manifest_sha256 != NULL)
    add_line (sheet, _("Set id"), sr_guid_to_string (&manifest->id, id));
  add_line (sheet, _("Size"), size);
  if (sr_manifest_get_generations (manifest, &low, &high))
    g_string_append_printf (sheet, _("Log generations: 0x%X to 0x%X\n"), low, high);
  add_line (sheet, _("SHA-256 of manifest.json"), manifest_sha256);
  add_line (sheet, _("Written by"), "Strongroom");
  add_line (sheet, _("Its version"), manifest->program_version);
}

/* The sets that an export was made from. */
static void
add_sources (GString   *sheet,
             GPtrArray *sets)
{
  add_heading (sheet, _("Made from these backup sets, oldest first"));
  for (guint i = 0; i < sets->len; i++)
    {
      SrBackupSet *set = g_ptr_array_index (sets, i);
      g_autofree char *safe = plain (sr_backup_set_get_name (set));

      g_string_append_printf (sheet, "%s  %s\n", sr_backup_set_get_manifest_sha256 (set), safe);
    }
}

static void
add_files (GString          *sheet,
           const SrManifest *manifest)
{
  add_heading (sheet, _("Files (bytes, SHA-256, path)"));
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);

      g_string_append_printf (sheet, "%14" G_GUINT64_FORMAT "  %s  %s\n", file->size, file->sha256, file->path);
    }
}

/* The character in front of each path, CSBFT_* of certbcli.h; its bit 7 says that it is a folder. */
static const char *
location_words (guint32 type)
{
  switch (type)
    {
    case 0x44:
      return C_("kind of file", "database");
    case 0x21:
      return C_("kind of file", "log");
    case 0x82:
      return _("folder of the logs");
    case 0x83:
      return _("folder of the checkpoint");
    case 0x40 | 0x80:
      return _("folder of the database");
    default:
      return C_("kind of file", "other");
    }
}

static void
add_places (GString          *sheet,
            const SrManifest *manifest)
{
  if (manifest->locations->len > 0)
    add_heading (sheet, _("Where the CA kept its files"));
  for (guint i = 0; i < manifest->locations->len; i++)
    {
      const SrSetLocation *location = g_ptr_array_index (manifest->locations, i);

      add_line (sheet, location_words (location->type), location->path);
    }
  if (manifest->dynamic_files[0] != NULL)
    add_heading (sheet, _("Files of the CA that are not in this set"));
  for (guint i = 0; manifest->dynamic_files[i] != NULL; i++)
    {
      g_autofree char *safe = plain (manifest->dynamic_files[i]);

      g_string_append_printf (sheet, "%s\n", safe);
    }
}

static void
add_checks (GString          *sheet,
            const SrManifest *manifest,
            gboolean          is_set)
{
  add_heading (sheet, is_set ? _("Checking that the set is whole") : _("Checking that the folder is whole"));
  g_string_append_printf (sheet, "%s\n\n    sha256sum -c %s\n\n",
                          _("On Linux, in the folder of this sheet:"), SR_SUMS_NAME);
  g_string_append_printf (sheet, "%s\n\n", _("On Windows, for the database and in the same way for every other file; compare with the list above:"));
  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);
      g_autofree char *path = g_strdelimit (g_strdup (file->path), "/", '\\');

      if (file->role == SR_FILE_DATABASE)
        g_string_append_printf (sheet, "    certutil -hashfile \"%s\" SHA256\n", path);
    }
  if (is_set)
    g_string_append_printf (sheet, "    certutil -hashfile %s SHA256\n", SR_MANIFEST_NAME);
}

static void
add_steps (GString            *sheet,
           const char * const *steps)
{
  for (guint i = 0; steps[i] != NULL; i++)
    g_string_append_printf (sheet, "%u. %s\n", i + 1, steps[i]);
}

static void
add_full_restore (GString *sheet,
                  gboolean is_set)
{
  const char * const steps[] = {
    _("Do this on the CA’s own server, as a local administrator. If the server is new: give it the old name, bring back certificate and private key "
      "from the key backup, and install the role with that certificate."),
    _("Bring the configuration back before the CA goes online (registry below HKLM\\SYSTEM\\CurrentControlSet\\Services\\CertSvc\\Configuration, "
      "CAPolicy.inf, templates): this set does not hold it."),
    _("Stop the service:  net stop certsvc"),
    _("Copy aside what lies in the CA’s database and log folders now (see above where they are)."),
    _("Copy the folder DataBase of this set to the server, so that it becomes C:\\Restore\\DataBase."),
    _("Restore the database. The folder above DataBase is named:  certutil -f -restoreDB C:\\Restore"),
    is_set ? _("If log-only sets follow this one, restore each of them in the same way, oldest first, before the service is started. "
               "Never mix sets from before and after a restore.")
           : _("All logs of the sets named above are in the folder: add none from elsewhere."),
    _("Start the service:  net start certsvc"),
    NULL,
  };

  add_heading (sheet, _("Restoring with certutil, without Strongroom"));
  add_steps (sheet, steps);
}

static void
add_log_restore (GString *sheet)
{
  add_heading (sheet, _("Restoring with certutil, without Strongroom"));
  g_string_append_printf (sheet, "%s\n",
                          _("This set holds logs only and restores nothing by itself. Follow the sheet of the last full set before it; "
                            "then restore every log-only set since, oldest first, up to this one, before the service is started."));
}

static void
add_rest (GString *sheet)
{
  const char * const afterwards[] = {
    _("Make a new full backup at once. Until then no log-only backup is possible, and sets from before the restore cannot be combined with later ones."),
    _("Certificates issued after this set was made are not known to the restored CA."),
    _("Certificates revoked after this set was made are valid again in the next CRL: revoke them again before you publish it."),
    NULL,
  };

  add_heading (sheet, _("Errors that may come up"));
  g_string_append_printf (sheet, "0x80070020  %s\n", _("the service is still running: stop it"));
  g_string_append_printf (sheet, "0x8007010b  %s\n", _("wrong folder: name the one above DataBase"));
  g_string_append_printf (sheet, "0x80070002  %s\n", _("no database in the folder that was named"));

  add_heading (sheet, _("Afterwards"));
  add_steps (sheet, afterwards);

  add_heading (sheet, _("The private key"));
  g_string_append_printf (sheet, "%s\n",
                          _("The private key of the CA is not in the database and not in this set. Only a key backup brings it back; "
                            "on the CA, certutil -backupKey makes one. Keep it apart from this set, and note here where it is:"));
  g_string_append (sheet, "\n______________________________\n");
}

GBytes *
sr_chain_sheet_format (const SrManifest *manifest,
                       GPtrArray        *sets,
                       const char       *path)
{
  GString *sheet = g_string_new (NULL);
  g_autofree char *config = plain (manifest->config);

  g_string_append_printf (sheet, _("Restore sheet for %s\n"), config);
  add_authority (sheet, manifest);
  add_set (sheet, manifest, NULL, path);
  add_sources (sheet, sets);
  add_files (sheet, manifest);
  add_places (sheet, manifest);
  add_checks (sheet, manifest, FALSE);
  add_full_restore (sheet, FALSE);
  add_rest (sheet);
  return g_string_free_to_bytes (sheet);
}

GBytes *
sr_restore_sheet_format (const SrManifest *manifest,
                         const char       *manifest_sha256,
                         const char       *path)
{
  GString *sheet = g_string_new (NULL);
  g_autofree char *config = plain (manifest->config);

  g_string_append_printf (sheet, _("Restore sheet for %s\n"), config);
  add_authority (sheet, manifest);
  add_set (sheet, manifest, manifest_sha256, path);
  add_files (sheet, manifest);
  add_places (sheet, manifest);
  add_checks (sheet, manifest, TRUE);
  if (manifest->kind == SR_SET_FULL)
    add_full_restore (sheet, TRUE);
  else
    add_log_restore (sheet);
  add_rest (sheet);
  return g_string_free_to_bytes (sheet);
}
