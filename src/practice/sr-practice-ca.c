/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ca-private.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "base/sr-filetime.h"
#include "practice/sr-practice-names.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_HOST "localhost"

G_DEFINE_FINAL_TYPE (SrPracticeCa, sr_practice_ca, G_TYPE_OBJECT)

guint64
sr_practice_now (void)
{
  return sr_filetime_from_unix_us (g_get_real_time ());
}

static void
sr_practice_ca_finalize (GObject *object)
{
  SrPracticeCa *ca = SR_PRACTICE_CA (object);

  if (ca->backup.open)
    sr_practice_backup_finish (ca, SR_PRACTICE_LOST);
  g_clear_pointer (&ca->database, sr_practice_database_free);
  g_clear_pointer (&ca->signer, sr_practice_signer_free);
  g_clear_pointer (&ca->config, sr_practice_config_free);
  g_clear_pointer (&ca->roles, sr_practice_roles_free);
  g_clear_pointer (&ca->ledger, sr_practice_ledger_free);
  if (ca->lock_fd >= 0)
    close (ca->lock_fd);
  g_free (ca->folder);
  g_free (ca->log_folder);
  g_free (ca->enroll_folder);
  g_free (ca->host);
  g_free (ca->database_name);
  g_mutex_clear (&ca->lock);
  g_mutex_clear (&ca->issue_lock);
  G_OBJECT_CLASS (sr_practice_ca_parent_class)->finalize (object);
}

static void
sr_practice_ca_class_init (SrPracticeCaClass *class)
{
  G_OBJECT_CLASS (class)->finalize = sr_practice_ca_finalize;
}

static void
sr_practice_ca_init (SrPracticeCa *ca)
{
  g_mutex_init (&ca->lock);
  g_mutex_init (&ca->issue_lock);
  ca->lock_fd = -1;
  ca->backup.fd = -1;
  ca->registered = TRUE;
}

int
sr_practice_ca_lock_folder (const char *folder,
                            gboolean    create,
                            GError    **error)
{
  g_autofree char *path = g_build_filename (folder, "lock", NULL);
  g_autofd int fd = open (path, (create ? O_CREAT : 0) | O_RDWR | O_CLOEXEC, 0600);
  int saved;

  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return g_steal_fd (&fd);
  saved = errno;
  if (saved == ENOENT && !create)
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("There is no practice CA in “%s”"), folder);
  else if (saved == EWOULDBLOCK)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _("The practice CA in “%s” is running already"), folder);
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), _("Locking “%s”: %s"), path, g_strerror (saved));
  return -1;
}

static char *
hash_text (GBytes *certificate)
{
  g_autofree char *sha1 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA1, certificate);
  GString *text = g_string_new (NULL);

  for (gsize i = 0; sha1[i] != '\0'; i += 2)
    g_string_append_printf (text, "%s%.2s", i > 0 ? " " : "", sha1 + i);
  return g_string_free (text, FALSE);
}

/* What CertSvc has in its registry, as far as it is true of a practice CA. */
static void
set_defaults (SrPracticeCa *ca,
              const char   *name)
{
  g_autofree char *sanitized = sr_practice_sanitize_name (name);
  g_autofree char *hash = hash_text (sr_practice_signer_get_certificate (ca->signer));
  const char *hashes[] = { hash, NULL };
  const struct
  {
    SrPracticeNode node;
    const char *path;
    const char *entry;
    GVariant *value;
  } defaults[] = {
    { SR_PRACTICE_NODE_ROOT, NULL, "Active", g_variant_new_string (sanitized) },
    { SR_PRACTICE_NODE_ROOT, NULL, "DBDirectory", g_variant_new_string (SR_PRACTICE_CERTLOG_PATH) },
    { SR_PRACTICE_NODE_ROOT, NULL, "DBLogDirectory", g_variant_new_string (SR_PRACTICE_CERTLOG_PATH) },
    { SR_PRACTICE_NODE_ROOT, NULL, "DBSystemDirectory", g_variant_new_string (SR_PRACTICE_CERTLOG_PATH) },
    { SR_PRACTICE_NODE_ROOT, NULL, "DBTempDirectory", g_variant_new_string (SR_PRACTICE_CERTLOG_PATH) },
    { SR_PRACTICE_NODE_ROOT, NULL, "DBFlags", g_variant_new_int32 (SR_PRACTICE_DBFLAGS) },
    { SR_PRACTICE_NODE_ROOT, NULL, "SetupStatus", g_variant_new_int32 (0x6001) }, /* installed, up to date, its database is to be made */
    { SR_PRACTICE_NODE_ROOT, NULL, "Version", g_variant_new_int32 (0x00070001) },
    { SR_PRACTICE_NODE_CA, NULL, "CommonName", g_variant_new_string (name) },
    { SR_PRACTICE_NODE_CA, NULL, "CAServerName", g_variant_new_string (ca->host) },
    { SR_PRACTICE_NODE_CA, NULL, "CAType", g_variant_new_int32 (3) }, /* stand-alone root */
    { SR_PRACTICE_NODE_CA, NULL, "UseDS", g_variant_new_int32 (0) },
    { SR_PRACTICE_NODE_CA, NULL, "InterfaceFlags", g_variant_new_int32 (SR_PRACTICE_INTERFACE_FLAGS) },
    { SR_PRACTICE_NODE_CA, NULL, "CACertHash", g_variant_new_strv (hashes, -1) },
    { SR_PRACTICE_NODE_CA, NULL, "CertEnrollCompatible", g_variant_new_int32 (0) },
    { SR_PRACTICE_NODE_CA, NULL, "RoleSeparationEnabled", g_variant_new_int32 (0) },
    { SR_PRACTICE_NODE_CA, NULL, "CRLPeriod", g_variant_new_string ("Weeks") },
    { SR_PRACTICE_NODE_CA, NULL, "CRLPeriodUnits", g_variant_new_int32 (1) },
    { SR_PRACTICE_NODE_CA, NULL, "CRLDeltaPeriod", g_variant_new_string ("Days") },
    { SR_PRACTICE_NODE_CA, NULL, "CRLDeltaPeriodUnits", g_variant_new_int32 (0) },
    { SR_PRACTICE_NODE_CA, "CSP", "Provider", g_variant_new_string ("GnuTLS") },
    { SR_PRACTICE_NODE_CA, "CSP", "CNGHashAlgorithm", g_variant_new_string ("SHA256") },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (defaults); i++)
    sr_practice_config_set (ca->config, defaults[i].node, defaults[i].path, defaults[i].entry, defaults[i].value);
}

static gboolean
open_config (SrPracticeCa *ca,
             const char   *host,
             GError      **error)
{
  g_autofree char *path = g_build_filename (ca->folder, "config", NULL);
  gboolean new;
  GVariant *value;

  ca->config = sr_practice_config_open (path, error);
  if (ca->config == NULL)
    return FALSE;
  new = sr_practice_config_is_empty (ca->config);
  value = sr_practice_config_get (ca->config, SR_PRACTICE_NODE_CA, NULL, "CAServerName");
  if (host == NULL && value != NULL && g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    host = g_variant_get_string (value, NULL);
  ca->host = g_strdup (host != NULL ? host : DEFAULT_HOST);
  if (new)
    set_defaults (ca, sr_practice_signer_get_name (ca->signer));
  sr_practice_config_set (ca->config, SR_PRACTICE_NODE_CA, NULL, "CAServerName", g_variant_new_string (ca->host));
  sr_practice_config_enforce (ca->config);
  return sr_practice_config_save (ca->config, error);
}

char *
sr_practice_ca_get_crl_name (SrPracticeCa *ca)
{
  g_autofree char *sanitized = sr_practice_sanitize_name (sr_practice_ca_get_name (ca));

  return g_strconcat (sanitized, ".crl", NULL);
}

static gboolean
publish_first (SrPracticeCa *ca,
               GError      **error)
{
  g_autofree char *name = sr_practice_ca_get_crl_name (ca);
  g_autofree char *path = g_build_filename (ca->enroll_folder, name, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS) || sr_practice_ca_publish_crl (ca, error);
}

SrPracticeCa *
sr_practice_ca_open (const char              *folder,
                     const SrPracticeOptions *options,
                     GError                 **error)
{
  g_autoptr (SrPracticeCa) ca = g_object_new (SR_TYPE_PRACTICE_CA, NULL);
  g_autofree char *roles = g_build_filename (folder, "roles.json", NULL);
  g_autofree char *ledger = g_build_filename (folder, "ledger.json", NULL);
  g_autofree char *sanitized = NULL;
  g_autoptr (GError) local = NULL;

  if (options->name != NULL && !sr_practice_check_name (options->name, error))
    return NULL;
  ca->folder = g_strdup (folder);
  ca->log_folder = g_build_filename (folder, SR_PRACTICE_CERTLOG_FOLDER, NULL);
  ca->enroll_folder = g_build_filename (folder, SR_PRACTICE_CERTENROLL_FOLDER, NULL);
  ca->shared_session = options->shared_session;
  ca->survives_rundown = options->survives_rundown;
  ca->steps_to_live = options->steps_to_live;
  if (!sr_file_make_private_folder (folder, error))
    return NULL;
  if (g_chmod (folder, 0700) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Making “%s” private: %s"), folder, g_strerror (errno));
      return NULL;
    }
  ca->lock_fd = sr_practice_ca_lock_folder (folder, TRUE, error);
  if (ca->lock_fd < 0 ||
      !sr_practice_drives_prepare (folder, error) ||
      (ca->signer = sr_practice_signer_open (folder, options->name, error)) == NULL ||
      !open_config (ca, options->host, error) ||
      (ca->roles = sr_practice_roles_open (roles, error)) == NULL ||
      (ca->ledger = sr_practice_ledger_open (ledger, error)) == NULL ||
      !sr_practice_ledger_save (ca->ledger, error))
    return NULL;
  sanitized = sr_practice_sanitize_name (sr_practice_ca_get_name (ca));
  ca->database_name = g_strconcat (sanitized, ".edb", NULL);
  if (!sr_practice_ca_start (ca, &local))
    {
      if (options->start_may_fail)
        {
          g_message ("Practice CA: %s", local->message);
          return g_steal_pointer (&ca);
        }
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  if (!publish_first (ca, error))
    return NULL;
  return g_steal_pointer (&ca);
}

gboolean
sr_practice_ca_stop (SrPracticeCa *ca,
                     GError      **error)
{
  gboolean ok;

  if (ca->backup.open)
    sr_practice_backup_finish (ca, SR_PRACTICE_LOST);
  ok = ca->database == NULL || sr_practice_database_close (ca->database, error);
  g_clear_pointer (&ca->database, sr_practice_database_free);
  return sr_practice_ledger_save (ca->ledger, ok ? error : NULL) && ok;
}

gboolean
sr_practice_ca_close (SrPracticeCa *ca,
                      GError      **error)
{
  g_autoptr (GMutexLocker) issue = g_mutex_locker_new (&ca->issue_lock);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  ca->registered = FALSE;
  ca->exit_code = SR_S_OK;
  return sr_practice_ca_stop (ca, error);
}

gboolean
sr_practice_ca_restart (SrPracticeCa *ca,
                        GError      **error)
{
  g_autoptr (GMutexLocker) issue = g_mutex_locker_new (&ca->issue_lock);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  ca->registered = FALSE;
  if (!sr_practice_ca_stop (ca, error))
    return FALSE;
  sr_practice_config_enforce (ca->config);
  return sr_practice_ca_start (ca, error);
}

gboolean
sr_practice_ca_is_running (SrPracticeCa *ca)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  return ca->database != NULL;
}

SrHresult
sr_practice_ca_get_exit_code (SrPracticeCa *ca)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  return ca->exit_code;
}

void
sr_practice_ca_crash_in_recovery (SrPracticeCa *ca,
                                  guint         step)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  ca->steps_to_live = step;
}

const char *
sr_practice_ca_get_name (SrPracticeCa *ca)
{
  return sr_practice_signer_get_name (ca->signer);
}

const char *
sr_practice_ca_get_host (SrPracticeCa *ca)
{
  return ca->host;
}

const char *
sr_practice_ca_get_folder (SrPracticeCa *ca)
{
  return ca->folder;
}

GBytes *
sr_practice_ca_get_certificate (SrPracticeCa *ca)
{
  return sr_practice_signer_get_certificate (ca->signer);
}

gboolean
sr_practice_ca_set_config (SrPracticeCa  *ca,
                           SrPracticeNode node,
                           const char    *entry,
                           GVariant      *value,
                           GError       **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  sr_practice_config_set (ca->config, node, NULL, entry, value);
  return sr_practice_config_save (ca->config, error);
}

gboolean
sr_practice_ca_set_roles (SrPracticeCa *ca,
                          const char   *principal,
                          guint32       mask,
                          GError      **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  return sr_practice_roles_set (ca->roles, principal, mask, error);
}

void
sr_practice_ca_note_call (SrPracticeCa *ca,
                          const char   *method,
                          const char   *auth)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  sr_practice_ledger_note_call (ca->ledger, method, auth);
}

gint64
sr_practice_ca_get_count (SrPracticeCa *ca,
                          const char   *group,
                          const char   *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  return sr_practice_ledger_get_count (ca->ledger, group, name);
}
