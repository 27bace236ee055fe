/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"
#include "served-ca.h"

#include <string.h>

/* A CA of some size: what its rows say verifies, and what it served is what
 * other programs find in the set. */

#define N_CERTIFICATES 20000
#define N_CHECKED 100

static void
run_program (const char *folder,
             char      **arguments,
             const char *what)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_MERGE);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;

  g_subprocess_launcher_set_cwd (launcher, folder);
  child = g_subprocess_launcher_spawnv (launcher, (const char * const *) arguments, &error);
  g_assert_no_error (error);
  g_assert_true (g_subprocess_communicate_utf8 (child, NULL, NULL, &output, NULL, &error));
  if (!g_subprocess_get_successful (child))
    g_test_message ("%s", output);
  g_assert_true (g_subprocess_get_successful (child));
  g_test_message ("%s", what);
}

static void
write_certificate (const char   *path,
                   const guint8 *data,
                   gsize         length)
{
  g_autofree char *base64 = g_base64_encode (data, length);
  g_autoptr (GString) text = g_string_new ("-----BEGIN CERTIFICATE-----\n");

  for (gsize i = 0; i < strlen (base64); i += 64)
    g_string_append_printf (text, "%.64s\n", base64 + i);
  g_string_append (text, "-----END CERTIFICATE-----\n");
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
}

static void
verify_certificates (ServedCa   *served,
                     const char *folder)
{
  g_autofree char *openssl = g_find_program_in_path ("openssl");
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) all = NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *ca = g_build_filename (folder, "ca.pem", NULL);
  g_auto (GStrv) arguments = NULL;
  GBytes *certificate = sr_practice_ca_get_certificate (served->ca);
  JsonArray *rows;

  if (openssl == NULL)
    {
      g_test_skip ("there is no openssl to verify certificates with");
      return;
    }
  all = sr_practice_ca_inspect (served->ca, TRUE, &error);
  g_assert_no_error (error);
  rows = json_object_get_array_member (all, "rows");
  g_assert_cmpint (json_array_get_length (rows), >=, N_CERTIFICATES);

  write_certificate (ca, g_bytes_get_data (certificate, NULL), g_bytes_get_size (certificate));
  g_strv_builder_add_many (builder, openssl, "verify", "-CAfile", ca, NULL);
  for (guint i = 0; i < N_CHECKED; )
    {
      guint which = (guint) g_test_rand_int_range (0, (gint32) json_array_get_length (rows));
      JsonObject *row = json_array_get_object_element (rows, which);
      g_autofree char *path = g_strdup_printf ("%s/%u.pem", folder, which);
      g_autofree guint8 *der = NULL;
      gsize length;

      if (g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      der = g_base64_decode (json_object_get_string_member (row, "certificate"), &length);
      write_certificate (path, der, length);
      g_strv_builder_add (builder, path);
      i++;
    }
  arguments = g_strv_builder_end (builder);
  run_program (folder, arguments, "openssl verified 100 random certificates");
}

/* The set's own list of sums holds what the CA recorded, and sha256sum agrees with it. */
static void
verify_sums (ServedCa    *served,
             SrBackupSet *set)
{
  char *arguments[] = { (char *) "sha256sum", (char *) "--check", (char *) "--strict", (char *) "--quiet", (char *) SR_SUMS_NAME, NULL };
  g_autofree char *path = g_build_filename (sr_backup_set_get_path (set), SR_SUMS_NAME, NULL);
  g_autoptr (JsonObject) backup = served_ca_last_backup (served);
  JsonArray *files = json_object_get_array_member (backup, "files");
  g_autofree char *sums = NULL;
  guint64 bytes = 0;

  g_assert_true (g_file_get_contents (path, &sums, NULL, NULL));
  /* The database, and at least one log. */
  g_assert_cmpuint (json_array_get_length (files), >=, 2);
  for (guint i = 0; i < json_array_get_length (files); i++)
    {
      JsonObject *file = json_array_get_object_element (files, i);
      g_autofree char *line = g_strdup_printf ("%s  " SR_DATABASE_FOLDER "/%s\n", json_object_get_string_member (file, "sha256"),
                                               json_object_get_string_member (file, "name"));

      g_assert_nonnull (strstr (sums, line));
      bytes += (guint64) json_object_get_int_member (file, "served");
    }
  run_program (sr_backup_set_get_path (set), arguments, "sha256sum agrees");
  g_test_message ("%u files, %" G_GUINT64_FORMAT " bytes: the sums are those that the CA recorded of what it served",
                  json_array_get_length (files), bytes);
}

static void
test_many (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  SrBackupOptions options;
  ServedCa served;
  Place place;

  served_ca_start (&served, 0, N_CERTIFICATES);
  place_set_up (&place, served.config);
  options = place_options (&place, served.target, NULL);
  session = place_run (&place, &options, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("backup of %u certificates: prepare=%u end=%u rundown=%u", N_CERTIFICATES, served_ca_count (&served, "prepare"),
                  served_ca_count (&served, "end"), served_ca_count (&served, "rundown"));
  g_assert_cmpuint (served_ca_count (&served, "prepare"), ==, 1);
  g_assert_cmpuint (served_ca_count (&served, "end"), ==, 1);
  g_assert_cmpuint (served_ca_count (&served, "rundown"), ==, 0);
  verify_sums (&served, sr_backup_session_get_set (session));
  verify_certificates (&served, place.base);
  place_tear_down (&place);
  served_ca_stop (&served);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/many", test_many);
  return g_test_run ();
}
