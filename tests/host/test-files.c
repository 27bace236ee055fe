/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "base/sr-utf16.h"
#include "host/sr-ca-host.h"
#include "host/sr-host-path.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define CERTLOG "C:\\Windows\\system32\\CertLog"
#define SMALL_DISK "size=64k,nr_inodes=12"

typedef struct
{
  char *drives;
  char *certlog; /* the folder of this computer that CERTLOG is */
  SrCaHost *host;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  SrCaHostTarget target = { .host = "ca.example.com", .timeout = G_USEC_PER_SEC };

  f->drives = g_dir_make_tmp ("strongroom-XXXXXX", NULL);
  f->certlog = g_build_filename (f->drives, "C", "Windows", "system32", "CertLog", NULL);
  g_assert_cmpint (g_mkdir_with_parents (f->certlog, 0700), ==, 0);
  target.drives = f->drives;
  f->host = sr_ca_host_new (&target, NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_clear_object (&f->host);
  sr_file_remove_tree (f->drives, &error);
  g_assert_no_error (error);
  g_free (f->drives);
  g_free (f->certlog);
}

static void
test_paths (void)
{
  static const char *const good[] = {
    "C:\\", "c:\\Windows", CERTLOG "\\edb00001.log", "D:\\a b\\c.d.e", "C:\\CONSOLE", "C:\\COM", "C:\\COM0", "C:\\COM10",
    "C:\\nul1.txt", "C:\\.hidden", "C:\\Größe", "C:\\a!b#$%&'()+,;=@[]^_`{}~-",
  };
  static const char *const bad[] = {
    "", "C", "C:", "C:x", "\\", "\\\\host\\C$\\x", "\\\\?\\C:\\x", "1:\\x", "CC:\\x", "C:/x", "C:\\x/y", "C:\\..", "C:\\.",
    "C:\\x\\..\\y", "C:\\x\\\\y", "C:\\x\\", "C:\\x.", "C:\\x ", "C:\\x. .", "C:\\...", "C:\\ ", "C:\\x:stream", "C:\\x::$DATA",
    "C:\\a*", "C:\\a?", "C:\\a<b", "C:\\a>b", "C:\\a|b", "C:\\a\"b", "C:\\a\tb", "C:\\a\x7f", "C:\\a\xc2\x85", "C:\\a\xff",
    "C:\\NUL", "C:\\nul", "C:\\nul.txt", "C:\\Nul .x", "C:\\con", "C:\\AUX.log", "C:\\prn", "C:\\COM1", "C:\\com9.edb", "C:\\LPT1",
    "C:\\COM\xc2\xb9", "C:\\lpt\xc2\xb3.x", "C:\\CONIN$", "C:\\conout$", "C:\\CLOCK$", "C:\\x\\NUL\\y",
  };
  g_autofree char *long_part = g_strnfill (255, 'x'), *longer_part = g_strnfill (256, 'x');
  g_autofree char *long_path = g_strconcat ("C:\\", long_part, NULL), *longer_path = g_strconcat ("C:\\", longer_part, NULL);
  g_auto (GStrv) parts = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) deep = g_string_new ("C:");

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_auto (GStrv) parsed = sr_host_path_parse (good[i], &error);

      g_assert_no_error (error);
      g_assert_nonnull (parsed);
      g_assert_cmpuint (strlen (parsed[0]), ==, 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *shown = g_strescape (bad[i], NULL);

      g_test_message ("%s", shown);
      g_assert_null (sr_host_path_parse (bad[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_FILENAME);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_clear_error (&error);
    }
  parts = sr_host_path_parse (long_path, &error);
  g_assert_nonnull (parts);
  g_assert_null (sr_host_path_parse (longer_path, NULL));
  while (deep->len <= 32767)
    g_string_append (deep, "\\abcdefg");
  g_assert_null (sr_host_path_parse (deep->str, NULL));
  g_clear_pointer (&parts, g_strfreev);
  parts = sr_host_path_parse ("c:\\Windows\\x", NULL);
  g_assert_cmpstr (parts[0], ==, "C");
  g_assert_cmpstr (parts[1], ==, "Windows");
  g_assert_cmpstr (parts[2], ==, "x");
  g_assert_null (parts[3]);
}

static void
write_file (Fixture    *f,
            const char *path,
            const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) stream = sr_ca_host_create_file (f->host, path, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_output_stream_write_all (stream, text, strlen (text), NULL, NULL, &error));
  g_assert_true (g_output_stream_close (stream, NULL, &error));
  g_assert_no_error (error);
}

static void
assert_contents (Fixture    *f,
                 const char *path,
                 const char *expected)
{
  g_autoptr (GError) error = NULL;
  guint64 size = 0;
  g_autoptr (GInputStream) stream = sr_ca_host_read_file (f->host, path, &size, NULL, &error);
  char text[256] = "";
  gsize n = 0;

  g_assert_no_error (error);
  g_assert_true (g_input_stream_read_all (stream, text, sizeof text - 1, &n, NULL, &error));
  g_assert_cmpuint (size, ==, n);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_listing (Fixture    *f,
                const char *path,
                const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos = sr_ca_host_list_folder (f->host, path, NULL, &error);
  g_autoptr (GString) text = g_string_new (NULL);

  g_assert_no_error (error);
  for (guint i = 0; i < infos->len; i++)
    {
      const SrHostFileInfo *info = g_ptr_array_index (infos, i);

      g_string_append_printf (text, "%s%s%s", i > 0 ? " " : "", info->name, info->is_folder ? "\\" : info->is_other ? "?" : "");
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
assert_error (GError **error,
              int      code)
{
  g_assert_error (*error, G_IO_ERROR, code);
  g_assert_nonnull (strstr ((*error)->message, "C:\\"));
  g_clear_error (error);
}

static void
test_life (Fixture      *f,
           gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrHostFileInfo) info = NULL;
  g_autofree char *on_disk = g_build_filename (f->certlog, "edb.log", NULL);
  guint64 space = 0;
  struct stat st;

  assert_listing (f, CERTLOG, "");
  write_file (f, CERTLOG "\\edb.log", "one");
  assert_contents (f, CERTLOG "\\edb.log", "one");
  assert_contents (f, "c:\\WINDOWS\\System32\\certlog\\EDB.LOG", "one"); /* as Windows finds it */
  g_assert_cmpint (g_stat (on_disk, &st), ==, 0);
  g_assert_cmpint (st.st_mode & 0777, ==, 0600);

  /* nothing is replaced, in no case of letters */
  g_assert_null (sr_ca_host_create_file (f->host, CERTLOG "\\EDB.log", NULL, &error));
  assert_error (&error, G_IO_ERROR_EXISTS);
  g_assert_false (sr_ca_host_make_folder (f->host, CERTLOG "\\Edb.Log", NULL, &error));
  assert_error (&error, G_IO_ERROR_EXISTS);
  write_file (f, CERTLOG "\\edb.chk", "two");
  g_assert_false (sr_ca_host_rename (f->host, CERTLOG "\\edb.chk", CERTLOG "\\EDB.LOG", NULL, &error));
  assert_error (&error, G_IO_ERROR_EXISTS);
  assert_contents (f, CERTLOG "\\edb.log", "one");

  g_assert_true (sr_ca_host_make_folder (f->host, CERTLOG "\\aside", NULL, &error));
  g_assert_true (sr_ca_host_rename (f->host, CERTLOG "\\edb.log", "C:\\Windows\\system32\\CERTLOG\\aside\\edb.log", NULL, &error));
  g_assert_true (sr_ca_host_rename (f->host, CERTLOG "\\aside", CERTLOG "\\set aside", NULL, &error));
  g_assert_no_error (error);
  assert_listing (f, CERTLOG, "edb.chk set aside\\");
  assert_listing (f, CERTLOG "\\set aside", "edb.log");
  assert_listing (f, "C:\\", "Windows\\");

  info = sr_ca_host_get_file_info (f->host, CERTLOG "\\set aside\\edb.log", NULL, &error);
  g_assert_cmpuint (info->size, ==, 3);
  g_assert_false (info->is_folder || info->is_other);
  g_assert_cmpint (ABS (info->modified - g_get_real_time ()), <, 600 * G_USEC_PER_SEC);
  g_assert_true (sr_ca_host_get_free_space (f->host, CERTLOG, &space, NULL, &error));
  g_assert_cmpuint (space, >, 0);

  g_assert_false (sr_ca_host_remove (f->host, CERTLOG "\\set aside", NULL, &error));
  assert_error (&error, G_IO_ERROR_NOT_EMPTY);
  g_assert_true (sr_ca_host_remove (f->host, CERTLOG "\\set aside\\edb.log", NULL, &error));
  g_assert_true (sr_ca_host_remove (f->host, CERTLOG "\\set aside", NULL, &error));
  g_assert_false (sr_ca_host_remove (f->host, CERTLOG "\\set aside", NULL, &error));
  assert_error (&error, G_IO_ERROR_NOT_FOUND);
  assert_listing (f, CERTLOG, "edb.chk");
}

static void
test_refusals (Fixture      *f,
               gconstpointer data)
{
  SrCaHostTarget without = { .host = "ca.example.com", .timeout = G_USEC_PER_SEC };
  g_autoptr (SrCaHost) windows = sr_ca_host_new (&without, NULL);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *d = g_build_filename (f->drives, "D", NULL);

  g_assert_null (sr_ca_host_read_file (f->host, CERTLOG "\\none", NULL, NULL, &error));
  assert_error (&error, G_IO_ERROR_NOT_FOUND);
  g_assert_null (sr_ca_host_read_file (f->host, CERTLOG, NULL, NULL, &error));
  assert_error (&error, G_IO_ERROR_IS_DIRECTORY);
  g_assert_null (sr_ca_host_read_file (f->host, "C:\\", NULL, NULL, &error));
  assert_error (&error, G_IO_ERROR_IS_DIRECTORY);
  g_assert_null (sr_ca_host_list_folder (f->host, "E:\\", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sr_ca_host_create_file (f->host, "C:\\no\\such\\folder", NULL, &error));
  assert_error (&error, G_IO_ERROR_NOT_FOUND);
  g_assert_false (sr_ca_host_remove (f->host, "C:\\", NULL, &error));
  assert_error (&error, G_IO_ERROR_BUSY);
  g_assert_false (sr_ca_host_rename (f->host, "C:\\", "C:\\x", NULL, &error));
  assert_error (&error, G_IO_ERROR_BUSY);
  g_assert_false (sr_ca_host_make_folder (f->host, "C:\\", NULL, &error));
  assert_error (&error, G_IO_ERROR_EXISTS);
  g_assert_cmpint (g_mkdir (d, 0700), ==, 0);
  write_file (f, CERTLOG "\\x", "x");
  g_assert_false (sr_ca_host_rename (f->host, CERTLOG "\\x", "D:\\x", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED); /* EXDEV has no code of its own */
  g_clear_error (&error);
  /* a file is no folder */
  g_assert_null (sr_ca_host_list_folder (f->host, CERTLOG "\\x", NULL, &error));
  assert_error (&error, G_IO_ERROR_NOT_DIRECTORY);
  g_assert_null (sr_ca_host_create_file (f->host, CERTLOG "\\x\\y", NULL, &error));
  assert_error (&error, G_IO_ERROR_NOT_DIRECTORY);

  g_assert_true (sr_ca_host_has_files (f->host));
  g_assert_false (sr_ca_host_has_files (windows));
  g_assert_null (sr_ca_host_list_folder (windows, CERTLOG, NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_cancellable_cancel (cancelled);
  g_assert_null (sr_ca_host_list_folder (f->host, CERTLOG, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Links, pipes: seen in a listing, and never followed, opened or removed. */
static void
test_links (Fixture      *f,
            gconstpointer data)
{
  g_autofree char *outside = g_dir_make_tmp ("strongroom-XXXXXX", NULL);
  g_autofree char *secret = g_build_filename (outside, "secret", NULL);
  g_autofree char *to_folder = g_build_filename (f->certlog, "folder", NULL);
  g_autofree char *to_file = g_build_filename (f->certlog, "file", NULL);
  g_autofree char *dangling = g_build_filename (f->certlog, "dangling", NULL);
  g_autofree char *fifo = g_build_filename (f->certlog, "pipe", NULL);
  g_autofree char *drive = g_build_filename (f->drives, "D", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (secret, "secret", -1, NULL));
  g_assert_cmpint (symlink (outside, to_folder), ==, 0);
  g_assert_cmpint (symlink (secret, to_file), ==, 0);
  g_assert_cmpint (symlink ("/nowhere/at/all", dangling), ==, 0);
  g_assert_cmpint (symlink (outside, drive), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);

  assert_listing (f, CERTLOG, "dangling? file? folder? pipe?");
  g_assert_null (sr_ca_host_read_file (f->host, CERTLOG "\\file", NULL, NULL, &error));
  assert_error (&error, G_IO_ERROR_TOO_MANY_LINKS);
  g_assert_null (sr_ca_host_read_file (f->host, CERTLOG "\\folder\\secret", NULL, NULL, &error));
  assert_error (&error, G_IO_ERROR_NOT_DIRECTORY);
  g_assert_null (sr_ca_host_create_file (f->host, CERTLOG "\\folder\\new", NULL, &error));
  assert_error (&error, G_IO_ERROR_NOT_DIRECTORY);
  g_assert_null (sr_ca_host_create_file (f->host, CERTLOG "\\dangling", NULL, &error));
  assert_error (&error, G_IO_ERROR_EXISTS);
  g_assert_null (sr_ca_host_list_folder (f->host, "D:\\", NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_DIRECTORY);
  g_clear_error (&error);
  g_assert_null (sr_ca_host_read_file (f->host, CERTLOG "\\pipe", NULL, NULL, &error));
  assert_error (&error, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_false (sr_ca_host_remove (f->host, CERTLOG "\\file", NULL, &error));
  assert_error (&error, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_true (g_file_test (secret, G_FILE_TEST_EXISTS));
  sr_file_remove_tree (outside, NULL);
}

/* Every write to a disk that is full fails with its code, and leaves what was there. */
static void
test_full_disk (Fixture      *f,
                gconstpointer data)
{
  g_autofree char *block = g_strnfill (65536, 'x');
  g_autoptr (GOutputStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  guint64 space = 0;
  guint made = 0;
  gboolean ok;

  if ((unshare (CLONE_NEWNS) != 0 && unshare (CLONE_NEWUSER | CLONE_NEWNS) != 0) ||
      (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 && errno != EINVAL) ||
      mount ("tmpfs", f->certlog, "tmpfs", 0, SMALL_DISK) != 0)
    {
      g_test_skip ("mounting is not allowed here");
      return;
    }
  g_assert_true (sr_ca_host_get_free_space (f->host, CERTLOG, &space, NULL, &error));
  g_assert_cmpuint (space, ==, 65536);
  write_file (f, CERTLOG "\\before", "before");

  stream = sr_ca_host_create_file (f->host, CERTLOG "\\big", NULL, &error);
  g_assert_no_error (error);
  ok = g_output_stream_write_all (stream, block, 65536, NULL, NULL, &error);
  g_assert_false (ok);
  assert_error (&error, G_IO_ERROR_NO_SPACE);
  g_output_stream_close (stream, NULL, NULL);
  g_assert_true (sr_ca_host_get_free_space (f->host, CERTLOG, &space, NULL, &error));
  g_assert_cmpuint (space, ==, 0);
  g_assert_true (sr_ca_host_remove (f->host, CERTLOG "\\big", NULL, &error));
  assert_contents (f, CERTLOG "\\before", "before");

  /* and when there is no room for another name */
  for (gboolean full = FALSE; !full; made++)
    {
      g_autofree char *path = g_strdup_printf (CERTLOG "\\%u", made);

      full = !sr_ca_host_make_folder (f->host, path, NULL, &error);
      g_assert_cmpuint (made, <, 12);
    }
  assert_error (&error, G_IO_ERROR_NO_SPACE);
  g_assert_null (sr_ca_host_create_file (f->host, CERTLOG "\\another", NULL, &error));
  assert_error (&error, G_IO_ERROR_NO_SPACE);
  assert_contents (f, CERTLOG "\\before", "before");
  /* what is there can still be set aside */
  g_assert_true (sr_ca_host_rename (f->host, CERTLOG "\\before", CERTLOG "\\aside", NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (umount (f->certlog), ==, 0);
}

static void
test_values (void)
{
  static const char *const items[] = { "C:\\a", "C:\\b", NULL };
  g_autoptr (SrRegistryValue) text = sr_registry_value_new_sz ("LogPath", "Zürich");
  g_autoptr (SrRegistryValue) list = sr_registry_value_new_multi_sz ("RestoreMap", items);
  g_autoptr (SrRegistryValue) number = sr_registry_value_new_dword ("LowLogNumber", 0x89abcdef);
  g_autoptr (SrRegistryValue) binary = sr_registry_value_new_binary ("DatabaseRecovered", (const guint8 *) "\1", 1);
  g_autoptr (GBytes) three = g_bytes_new_static ("a\0b", 3), careless = g_bytes_new_static ("a\0b\0", 4);
  g_autoptr (SrRegistryValue) short_number = sr_registry_value_new ("n", SR_REG_DWORD, three);
  g_autoptr (SrRegistryValue) odd_text = sr_registry_value_new ("t", SR_REG_SZ, three);
  g_autoptr (SrRegistryValue) careless_text = sr_registry_value_new ("t", SR_REG_EXPAND_SZ, careless);
  g_auto (GStrv) texts = NULL;
  g_autofree char *read = NULL, *plain = NULL;
  g_autoptr (GError) error = NULL;
  guint64 value = 0;

  read = sr_registry_value_get_text (text, &error);
  g_assert_cmpstr (read, ==, "Zürich");
  g_assert_cmpuint (g_bytes_get_size (sr_registry_value_get_data (text)), ==, 14); /* the NUL is part of it */
  plain = sr_registry_value_get_text (careless_text, &error);
  g_assert_cmpstr (plain, ==, "ab");
  texts = sr_registry_value_get_texts (list, &error);
  g_assert_cmpstrv (texts, items);
  g_assert_true (sr_registry_value_get_number (number, &value, &error));
  g_assert_cmphex (value, ==, 0x89abcdef);
  g_assert_cmpuint (g_bytes_get_size (sr_registry_value_get_bytes (binary, &error)), ==, 1);
  g_assert_no_error (error);

  g_assert_null (sr_registry_value_get_text (number, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MISMATCH);
  g_clear_error (&error);
  g_assert_null (sr_registry_value_get_texts (text, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MISMATCH);
  g_clear_error (&error);
  g_assert_null (sr_registry_value_get_bytes (text, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MISMATCH);
  g_clear_error (&error);
  g_assert_false (sr_registry_value_get_number (binary, &value, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MISMATCH);
  g_clear_error (&error);
  g_assert_false (sr_registry_value_get_number (short_number, &value, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (sr_registry_value_get_text (odd_text, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/paths", test_paths);
  g_test_add_func ("/host/values", test_values);
  g_test_add ("/host/files/life", Fixture, NULL, set_up, test_life, tear_down);
  g_test_add ("/host/files/refusals", Fixture, NULL, set_up, test_refusals, tear_down);
  g_test_add ("/host/files/links", Fixture, NULL, set_up, test_links, tear_down);
  g_test_add ("/host/files/full-disk", Fixture, NULL, set_up, test_full_disk, tear_down);
  return g_test_run ();
}
