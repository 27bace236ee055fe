/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <string.h>

static void
set_paths (Place      *place,
           const char *base,
           const char *config)
{
  place->base = g_strdup (base);
  place->journal = g_build_filename (base, "state", "sessions", NULL);
  place->config = g_strdup (config);
}

void
place_set_up (Place      *place,
              const char *config)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *base = g_dir_make_tmp ("strongroom-session-XXXXXX", &error);
  g_autofree char *path = NULL;

  g_assert_no_error (error);
  set_paths (place, base, config);
  path = g_build_filename (base, "repository", NULL);
  place->repository = sr_repository_create (path, &error);
  g_assert_no_error (error);
}

void
place_open (Place      *place,
            const char *base,
            const char *config)
{
  g_autofree char *path = g_build_filename (base, "repository", NULL);
  g_autoptr (GError) error = NULL;

  set_paths (place, base, config);
  place->repository = sr_repository_open (path, &error);
  g_assert_no_error (error);
}

void
place_close (Place *place)
{
  g_clear_object (&place->repository);
  g_clear_pointer (&place->base, g_free);
  g_clear_pointer (&place->journal, g_free);
  g_clear_pointer (&place->config, g_free);
}

void
place_tear_down (Place *place)
{
  g_assert_true (sr_file_remove_tree (place->base, NULL));
  place_close (place);
}

SrLock *
place_lock (Place *place)
{
  g_autoptr (GError) error = NULL;
  SrLock *lock = sr_repository_lock_authority (place->repository, place->config, SR_LOCK_EXCLUSIVE, NULL, &error);

  g_assert_no_error (error);
  return lock;
}

SrBackupOptions
place_options (Place        *place,
               SrDcomTarget *target,
               SrLock       *lock)
{
  return (SrBackupOptions) {
    .target = target,
    .config = place->config,
    .repository = place->repository,
    .lock = lock,
    .journal_folder = place->journal,
    .timeouts = { .connect = 20, .call = 20, .truncate = 20, .end = 20, .settle = 0.3 },
  };
}

guint
place_count_journal (Place *place)
{
  g_autoptr (GPtrArray) list = sr_journal_list (place->journal, NULL);

  g_assert_nonnull (list);
  return list->len;
}

guint
place_count_staging (Place *place)
{
  g_autoptr (GPtrArray) list = sr_staging_list (place->repository, NULL, NULL, NULL);

  g_assert_nonnull (list);
  return list->len;
}

guint
place_count_sets (Place *place)
{
  g_autoptr (GPtrArray) unreadable = NULL;
  g_autoptr (GPtrArray) list = sr_repository_list_sets (place->repository, NULL, &unreadable, NULL);

  g_assert_nonnull (list);
  g_assert_cmpint (unreadable->len, ==, 0);
  return list->len;
}

void
place_assert_clean (Place *place,
                    guint  n_sets)
{
  g_autoptr (GDir) dir = g_dir_open (place->journal, 0, NULL);

  g_assert_cmpint (place_count_journal (place), ==, 0);
  g_assert_cmpint (place_count_staging (place), ==, 0);
  g_assert_cmpint (place_count_sets (place), ==, n_sets);
  /* No lock or temporary file either. */
  g_assert_true (dir == NULL || g_dir_read_name (dir) == NULL);
}

void
place_assert_set_good (SrBackupSet *set)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_backup_set_verify (set, NULL, NULL, &problems, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (problems->len, ==, 0);
}

SrBackupSession *
place_run (Place                 *place,
           const SrBackupOptions *options,
           GCancellable          *cancellable,
           GError               **error)
{
  g_autoptr (SrLock) lock = options->lock == NULL ? place_lock (place) : NULL;
  SrBackupOptions with_lock = *options;
  SrBackupSession *session;
  gboolean ok;

  if (lock != NULL)
    with_lock.lock = lock;
  session = sr_backup_session_new (&with_lock);
  ok = sr_backup_session_run (session, cancellable, error);
  g_assert_true (ok == (error == NULL || *error == NULL));
  return session;
}

static SrDcomTarget *
give_target (const SrJournalEntry *entry,
             gpointer              user_data,
             GError              **error)
{
  SrDcomTarget *target = user_data;

  if (target == NULL)
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_NOT_FOUND, "no password at hand");
      return NULL;
    }
  g_assert_cmpstr (entry->host, ==, sr_dcom_target_get_host (target));
  g_assert_cmpint (entry->activation_port, ==, sr_dcom_target_get_port (target));
  return sr_dcom_target_ref (target);
}

GPtrArray *
place_recover (Place        *place,
               SrDcomTarget *target)
{
  const SrRecoveryFuncs funcs = { .find_target = give_target };
  g_autoptr (GError) error = NULL;
  GPtrArray *items = sr_session_recover (place->journal, &funcs, target, 20, NULL, &error);

  g_assert_no_error (error);
  return items;
}
