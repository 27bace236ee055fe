/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice-fixture.h"

#include "base/sr-file.h"

#include <string.h>

static void
open_ca (PracticeFixture *f)
{
  g_autofree char *folder = g_build_filename (f->folder, "ca", NULL);
  g_autoptr (GError) error = NULL;

  f->ca = sr_practice_ca_open (folder, &f->options, &error);
  g_assert_no_error (error);
  g_assert_nonnull (f->ca);
}

void
practice_fixture_set_up (PracticeFixture *f,
                         gconstpointer    data)
{
  g_autoptr (GError) error = NULL;

  f->folder = g_dir_make_tmp ("strongroom-XXXXXX", &error);
  g_assert_no_error (error);
  f->options.name = CA_NAME;
  f->options.host = "ca.example.com";
  open_ca (f);
  g_assert_true (sr_practice_ca_set_roles (f->ca, OPERATOR, SR_PRACTICE_ROLE_READ | SR_PRACTICE_ROLE_OPERATOR, &error));
  g_assert_true (sr_practice_ca_set_roles (f->ca, ADMINISTRATOR, SR_PRACTICE_ROLE_ADMINISTRATOR, &error));
  g_assert_no_error (error);
}

void
practice_fixture_tear_down (PracticeFixture *f,
                            gconstpointer    data)
{
  g_autoptr (GError) error = NULL;

  if (f->ca != NULL)
    {
      sr_practice_ca_close (f->ca, &error);
      g_assert_no_error (error);
      g_clear_object (&f->ca);
    }
  sr_file_remove_tree (f->folder, &error);
  g_assert_no_error (error);
  g_free (f->folder);
}

void
practice_fixture_reopen (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;

  sr_practice_ca_close (f->ca, &error);
  g_assert_no_error (error);
  g_clear_object (&f->ca);
  open_ca (f);
}

void
practice_fixture_issue (PracticeFixture *f,
                        guint            count)
{
  g_autoptr (GError) error = NULL;

  sr_practice_ca_issue (f->ca, count, NULL, "PRACTICE\\someone", NULL, &error);
  g_assert_no_error (error);
}

char *
practice_fixture_make_folder (PracticeFixture *f,
                              const char      *name)
{
  char *folder = g_build_filename (f->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_file_make_private_folder (folder, &error));
  return folder;
}

void
practice_fixture_fetch (PracticeFixture        *f,
                        const SrPracticeCaller *caller,
                        const char             *name,
                        const char             *folder,
                        gint32                  piece,
                        PracticeBetween         between)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *base = g_strdup (strrchr (name, '\\') + 1);
  g_autofree char *path = g_build_filename (folder, base, NULL);
  g_autoptr (GError) error = NULL;
  guint64 length;
  guint32 n;

  g_assert_cmphex (sr_practice_backup_open (f->ca, caller, name + 1, &length), ==, SR_S_OK);
  do
    {
      g_autofree guint8 *data = NULL;

      if (between != NULL)
        between (f);
      g_assert_cmphex (sr_practice_backup_read (f->ca, caller, piece, &data, &n), ==, SR_S_OK);
      g_byte_array_append (bytes, data, n);
    }
  while (n == (guint32) piece);
  g_assert_cmpuint (bytes->len, ==, length);
  g_assert_cmphex (sr_practice_backup_close (f->ca, caller), ==, SR_S_OK);
  g_file_set_contents (path, (const char *) bytes->data, bytes->len, &error);
  g_assert_no_error (error);
}

void
practice_fixture_copy (PracticeFixture        *f,
                       const SrPracticeCaller *caller,
                       gboolean                full,
                       const char             *folder,
                       PracticeBetween         between)
{
  g_auto (GStrv) databases = NULL;
  g_auto (GStrv) logs = NULL;

  g_assert_cmphex (sr_practice_backup_prepare (f->ca, caller, CA_NAME, full ? 0 : 1, full ? 1 : 2), ==, SR_S_OK);
  if (full)
    {
      g_assert_cmphex (sr_practice_backup_get_databases (f->ca, caller, &databases), ==, SR_S_OK);
      g_assert_cmpuint (g_strv_length (databases), ==, 1);
      practice_fixture_fetch (f, caller, databases[0], folder, 4 * 4096, between);
    }
  g_assert_cmphex (sr_practice_backup_get_logs (f->ca, caller, &logs), ==, SR_S_OK);
  for (guint i = 0; logs[i] != NULL; i++)
    practice_fixture_fetch (f, caller, logs[i], folder, 128 * 4096, NULL);
}

void
practice_fixture_backup (PracticeFixture        *f,
                         const SrPracticeCaller *caller,
                         gboolean                full,
                         gboolean                truncate,
                         const char             *folder)
{
  practice_fixture_copy (f, caller, full, folder, NULL);
  if (truncate)
    g_assert_cmphex (sr_practice_backup_truncate_logs (f->ca, caller), ==, SR_S_OK);
  g_assert_cmphex (sr_practice_backup_end (f->ca, caller), ==, SR_S_OK);
}
