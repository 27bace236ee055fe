/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-backup-set.h"

#include "store/sr-hash-private.h"
#include "store/sr-store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  SrBackupSet *set;
  SrProgressMeter meter;
  GPtrArray *problems;
  GCancellable *cancellable;
} Verification;

void
sr_set_problem_free (SrSetProblem *problem)
{
  g_free (problem->path);
  g_free (problem->expected);
  g_free (problem->found);
  g_free (problem->message);
  g_free (problem);
}

SrFinding
sr_set_problems_judge (GPtrArray *problems)
{
  static const SrFinding findings[] = {
    [SR_SET_PROBLEM_MISSING] = SR_FINDING_DAMAGED,
    [SR_SET_PROBLEM_UNEXPECTED] = SR_FINDING_UNEXPECTED,
    [SR_SET_PROBLEM_TYPE] = SR_FINDING_DAMAGED,
    [SR_SET_PROBLEM_SIZE] = SR_FINDING_DAMAGED,
    [SR_SET_PROBLEM_HASH] = SR_FINDING_DAMAGED,
    [SR_SET_PROBLEM_UNREADABLE] = SR_FINDING_UNREADABLE,
  };
  SrFinding worst = SR_FINDING_GOOD;

  for (guint i = 0; problems != NULL && i < problems->len; i++)
    worst = MAX (worst, findings[((const SrSetProblem *) problems->pdata[i])->kind]);
  return worst;
}

static void
add_problem (Verification    *check,
             SrSetProblemKind kind,
             const char      *path,
             char            *expected,
             char            *found,
             char            *message)
{
  SrSetProblem *problem = g_new0 (SrSetProblem, 1);

  problem->kind = kind;
  problem->path = g_strdup (path);
  problem->expected = expected;
  problem->found = found;
  problem->message = message;
  g_ptr_array_add (check->problems, problem);
}

/* The file could not be opened; errno tells why. */
static void
add_open_problem (Verification *check,
                  const char   *path)
{
  if (errno == ENOENT || errno == ENOTDIR)
    add_problem (check, SR_SET_PROBLEM_MISSING, path, NULL, NULL, g_strdup_printf (_("“%s” is missing"), path));
  else if (errno == ELOOP)
    add_problem (check, SR_SET_PROBLEM_TYPE, path, NULL, NULL,
                 g_strdup_printf (_("“%s” is not a regular file"), path));
  else
    add_problem (check, SR_SET_PROBLEM_UNREADABLE, path, NULL, NULL,
                 g_strdup_printf (_("“%s” cannot be read: %s"), path, g_strerror (errno)));
}

static void
add_hash_problem (Verification *check,
                  const char   *path,
                  const char   *expected,
                  const char   *found)
{
  add_problem (check, SR_SET_PROBLEM_HASH, path, g_strdup (expected), g_strdup (found),
               /* Translators: %s is a file of a backup set */
               g_strdup_printf (_("“%s” does not hold what it should: its SHA-256 is another"), path));
}

static void
add_size_problem (Verification *check,
                  const char   *path,
                  guint64       expected,
                  guint64       found)
{
  g_autofree char *has = g_format_size_full (found, G_FORMAT_SIZE_LONG_FORMAT);
  g_autofree char *wanted = g_format_size_full (expected, G_FORMAT_SIZE_LONG_FORMAT);

  add_problem (check, SR_SET_PROBLEM_SIZE, path,
               g_strdup_printf ("%" G_GUINT64_FORMAT, expected), g_strdup_printf ("%" G_GUINT64_FORMAT, found),
               /* Translators: a file, the size it has, and the one it should have */
               g_strdup_printf (_("“%s” has %s, and %s are expected"), path, has, wanted));
}

/* Returns: FALSE only when cancelled, with an error */
static gboolean
verify_contents (Verification    *check,
                 const SrSetFile *file,
                 int              fd,
                 GError         **error)
{
  g_autoptr (GError) local = NULL;
  g_autofree char *sha256 = NULL;
  guint64 length = 0;

  if (!sr_hash_fd (fd, file->path, file->size, &check->meter, &length, &sha256, check->cancellable, &local))
    {
      if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
      add_problem (check, SR_SET_PROBLEM_UNREADABLE, file->path, NULL, NULL, g_strdup (local->message));
      return TRUE;
    }
  if (length != file->size)
    add_size_problem (check, file->path, file->size, length);
  else if (!g_str_equal (sha256, file->sha256))
    add_hash_problem (check, file->path, file->sha256, sha256);
  return TRUE;
}

static gboolean
verify_file (Verification    *check,
             const SrSetFile *file,
             GError         **error)
{
  g_autofd int fd = sr_store_open_beneath (sr_backup_set_get_path (check->set), file->path);
  guint64 before = check->meter.done;
  gboolean going_on = TRUE;
  struct stat st;

  if (fd < 0 || fstat (fd, &st) != 0)
    add_open_problem (check, file->path);
  else if (!S_ISREG (st.st_mode))
    add_problem (check, SR_SET_PROBLEM_TYPE, file->path, NULL, NULL,
                 g_strdup_printf (_("“%s” is not a regular file"), file->path));
  else if ((guint64) st.st_size != file->size)
    add_size_problem (check, file->path, file->size, (guint64) st.st_size);
  else
    going_on = verify_contents (check, file, fd, error);

  /* A file that is not read through counts as done all the same. */
  if (going_on && check->meter.done < before + file->size)
    sr_progress_meter_add (&check->meter, before + file->size - check->meter.done, file->path);
  return going_on;
}

static gboolean
is_own_file (const char *path)
{
  static const char * const own[] = {
    SR_MANIFEST_NAME, SR_SUMS_NAME, SR_SHEET_NAME, SR_SESSION_RECORD_NAME,
    SR_SESSION_RECORD_NAME SR_NEW_SUFFIX, SR_VERIFICATION_NAME, SR_VERIFICATION_NAME SR_NEW_SUFFIX, NULL,
  };

  return g_strv_contains (own, path);
}

/* Looks for what the manifest does not name. Folders it does not name are reported and not entered,
 * so the depth is that of its own paths. */
static void
look_for_others (Verification *check,
                 GHashTable   *files,
                 GHashTable   *folders,
                 const char   *folder)
{
  g_autofree char *path = g_build_filename (sr_backup_set_get_path (check->set), folder, NULL);
  g_auto (GStrv) names = sr_store_list_folder (path, NULL);

  if (names == NULL)
    {
      add_problem (check, SR_SET_PROBLEM_UNREADABLE, folder, NULL, NULL,
                   g_strdup_printf (_("The folder “%s” cannot be read"), path));
      return;
    }
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *inside = folder[0] != '\0' ? g_strdup_printf ("%s/%s", folder, names[i]) : g_strdup (names[i]);
      g_autofree char *full = g_build_filename (path, names[i], NULL);

      if (g_hash_table_contains (files, inside) || (folder[0] == '\0' && is_own_file (inside)))
        continue;
      if (g_hash_table_contains (folders, inside) && sr_store_is_folder (full))
        look_for_others (check, files, folders, inside);
      else
        add_problem (check, SR_SET_PROBLEM_UNEXPECTED, inside, NULL, NULL,
                     g_strdup_printf (_("“%s” is there, and the manifest does not name it"), inside));
    }
}

static void
verify_listing (Verification *check)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (check->set);
  g_autoptr (GHashTable) files = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) folders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);

      g_hash_table_add (files, file->path);
      for (const char *slash = strchr (file->path, '/'); slash != NULL; slash = strchr (slash + 1, '/'))
        g_hash_table_add (folders, g_strndup (file->path, (gsize) (slash - file->path)));
    }
  look_for_others (check, files, folders, "");
}

/* The disk did not give the bytes, which says nothing of what they are. */
static gboolean
is_disk_error (const GError *error)
{
  return g_error_matches (error, SR_STORE_ERROR, SR_STORE_ERROR_IO) || g_error_matches (error, SR_STORE_ERROR, SR_STORE_ERROR_DENIED);
}

/* The manifest may have been changed since it was loaded, and SHA256SUMS must say the same: it has the
 * manifest's own hash, so a change to one of them shows. */
static void
verify_own_files (Verification *check)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (check->set);
  const char *expected = sr_backup_set_get_manifest_sha256 (check->set);
  const char *path = sr_backup_set_get_path (check->set);
  g_autoptr (GError) unloaded = NULL;
  g_autofree char *now = NULL;
  g_autoptr (SrManifest) loaded = sr_set_load_manifest (path, &now, &unloaded);
  g_autoptr (GBytes) sums = sr_sums_format (manifest, expected);
  g_autoptr (GBytes) found = NULL;
  g_autoptr (GError) local = NULL;

  if (loaded == NULL)
    add_problem (check, is_disk_error (unloaded) ? SR_SET_PROBLEM_UNREADABLE : SR_SET_PROBLEM_HASH, SR_MANIFEST_NAME, g_strdup (expected), NULL,
                 g_strdup_printf (_("“%s” cannot be read any more"), SR_MANIFEST_NAME));
  else if (!g_str_equal (now, expected))
    add_hash_problem (check, SR_MANIFEST_NAME, expected, now);

  found = sr_store_load (path, SR_SUMS_NAME, g_bytes_get_size (sums),
                         SR_STORE_ERROR_MISSING, SR_STORE_ERROR_MISMATCH, &local);
  if (found == NULL && g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_MISSING))
    add_problem (check, SR_SET_PROBLEM_MISSING, SR_SUMS_NAME, NULL, NULL, g_strdup (local->message));
  else if (found == NULL && !g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH))
    add_problem (check, SR_SET_PROBLEM_UNREADABLE, SR_SUMS_NAME, NULL, NULL, g_strdup (local->message));
  else if (found == NULL || !g_bytes_equal (found, sums))
    {
      g_autofree char *wanted = sr_hash_bytes (GNUTLS_DIG_SHA256, sums);
      g_autofree char *got = found != NULL ? sr_hash_bytes (GNUTLS_DIG_SHA256, found) : NULL;

      add_problem (check, SR_SET_PROBLEM_HASH, SR_SUMS_NAME, g_steal_pointer (&wanted), g_steal_pointer (&got),
                   /* Translators: two files */
                   g_strdup_printf (_("“%s” does not agree with “%s”"), SR_SUMS_NAME, SR_MANIFEST_NAME));
    }
}

static gboolean
conclude (Verification *check,
          GError      **error)
{
  const SrSetProblem *first;
  guint others;

  if (check->problems->len == 0)
    return TRUE;

  first = g_ptr_array_index (check->problems, 0);
  others = check->problems->len - 1;
  if (others == 0)
    /* Translators: a folder, and the problem as a whole clause */
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, _("The set “%s” is not good: %s"),
                 sr_backup_set_get_path (check->set), first->message);
  else
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH,
                 /* Translators: a folder, the first problem as a whole clause, then how many more */
                 g_dngettext (GETTEXT_PACKAGE, "The set “%s” is not good: %s (and %u more problem)",
                              "The set “%s” is not good: %s (and %u more problems)", others),
                 sr_backup_set_get_path (check->set), first->message, others);
  return FALSE;
}

gboolean
sr_backup_set_verify (SrBackupSet    *self,
                      SrStoreProgress progress,
                      gpointer        user_data,
                      GPtrArray     **problems,
                      GCancellable   *cancellable,
                      GError        **error)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (self);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_set_problem_free);
  Verification check = {
    .set = self,
    .meter = { .func = progress, .user_data = user_data, .total = sr_backup_set_get_size (self) },
    .problems = found,
    .cancellable = cancellable,
  };

  if (problems != NULL)
    *problems = g_ptr_array_ref (found);
  for (guint i = 0; i < manifest->files->len; i++)
    if (!verify_file (&check, g_ptr_array_index (manifest->files, i), error))
      return FALSE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  verify_listing (&check);
  verify_own_files (&check);
  sr_progress_meter_add (&check.meter, 0, NULL);
  return conclude (&check, error);
}
