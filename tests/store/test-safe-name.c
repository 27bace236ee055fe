/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-safe-name.h"

#include "base/sr-utf16.h"

#include <string.h>

static void
test_known (void)
{
  static const char * const names[][2] = {
    { "Contoso Issuing CA.edb", "Contoso Issuing CA.edb" },
    { "Straße-Ωmega.edb", "Straße-Ωmega.edb" },
    { "", "_" },
    { ".", "_" },
    { "..", "__" },
    { "...", "___" },
    { " ", "_" },
    { ".hidden", "_hidden" },
    { "a.", "a_" },
    { "a . ", "a___" },
    { "a/b\\c:d", "a_b_c_d" },
    { "a*?<>|\"b", "a______b" },
    { "a\tb\nc\177", "a_b_c_" },
    { "CON", "_CON" },
    { "con.log", "_con.log" },
    { "Aux .edb", "_Aux .edb" },
    { "COM1", "_COM1" },
    { "com10", "com10" },
    { "LPT¹.x", "_LPT¹.x" },
    { "conin$", "_conin$" },
    { "console", "console" },
    /* What turns the reading direction, and what cannot be seen. */
    { "a\342\200\256bde.txt", "a_bde.txt" },
    { "a\342\200\213b", "a_b" },
    { "a\302\205b", "a_b" },
    /* Not UTF-8. */
    { "a\377b", "a\357\277\275b" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *safe = sr_safe_name (names[i][0]);

      g_assert_cmpstr (safe, ==, names[i][1]);
    }
}

static void
test_paths (void)
{
  static const char * const names[][2] = {
    { "\\\\ca01\\C$\\CertLog\\CA.edb", "CA.edb" },
    { "C:\\CertLog\\CA.edb", "CA.edb" },
    { "/etc/passwd", "passwd" },
    { "..\\..\\..\\x", "x" },
    { "a\\..", "__" },
    { "a\\", "_" },
    { "plain", "plain" },
    { "C:", "C_" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *safe = sr_safe_name_from_path (names[i][0]);

      g_assert_cmpstr (safe, ==, names[i][1]);
    }
}

static void
test_long (void)
{
  g_autofree char *stem = g_strnfill (500, 'x');
  g_autofree char *text = g_strconcat (stem, ".edb", NULL);
  g_autofree char *safe = sr_safe_name (text);
  g_autofree char *second = sr_safe_name_numbered (safe, 12);
  g_autofree char *no_extension = sr_safe_name (stem);

  g_assert_cmpuint (strlen (safe), ==, SR_SAFE_NAME_MAX);
  g_assert_true (g_str_has_suffix (safe, "xxx.edb"));
  g_assert_cmpuint (strlen (second), ==, SR_SAFE_NAME_MAX);
  g_assert_true (g_str_has_suffix (second, "xxx-12.edb"));
  g_assert_cmpuint (strlen (no_extension), ==, SR_SAFE_NAME_MAX);
}

static void
test_numbered (void)
{
  g_autofree char *one = sr_safe_name_numbered ("CA.edb", 1);
  g_autofree char *two = sr_safe_name_numbered ("CA.edb", 2);
  g_autofree char *bare = sr_safe_name_numbered ("CA", 3);
  g_autofree char *dot = sr_safe_name_numbered ("_.x", 2);

  g_assert_cmpstr (one, ==, "CA.edb");
  g_assert_cmpstr (two, ==, "CA-2.edb");
  g_assert_cmpstr (bare, ==, "CA-3");
  g_assert_cmpstr (dot, ==, "_-2.x");
}

static void
test_keys (void)
{
  g_autofree char *a = sr_safe_name_key ("STRASSE Ä.edb");
  g_autofree char *b = sr_safe_name_key ("strasse A\314\210.EDB");
  g_autofree char *c = sr_safe_name_key ("strasse b.edb");

  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (a, !=, c);
}

static void
test_generations (void)
{
  static const struct
  {
    const char *name;
    guint32 generation;
  } names[] = {
    { "edb00001.log", 1 },          { "edb0001F.log", 0x1f },       { "EDB0001f.LOG", 0x1f },
    { "edb0001F.jtx", 0x1f },       { "edbFFFFF.log", 0xfffff },    { "edb00100000.log", 0x100000 },
    { "edbFFFFFFFF.log", 0xffffffff },
    { "edb00000.log", 0 },          { "edb.log", 0 },               { "edb0001F.chk", 0 },
    { "edb0001F", 0 },              { "edb001F.log", 0 },           { "edb000001F.log", 0 },
    { "edb0000001F.log", 0 },       { "edbtmp.log", 0 },            { "edbres00001.jrs", 0 },
    { "xedb0001F.log", 0 },         { "edb0001F.log.log", 0 },      { "edb0001G.log", 0 },
    { "e00001F.log", 0 },           { "", 0 },                      { "edb 001F.log", 0 },
    { "edb-001F.log", 0 },
    /* Eight digits are for what five cannot hold. */
    { "edb0000001F.jtx", 0 },       { "edb000FFFFF.log", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_test_message ("%s", names[i].name);
      g_assert_cmphex (sr_log_generation (names[i].name), ==, names[i].generation);
    }
}

static void
test_set_paths (void)
{
  static const char * const good[] = {
    "DataBase/CA.edb", "authority.cer", "a/b/c/d", "DataBase/..x", "DataBase/x..", "Ä/ö",
  };
  static const char * const bad[] = {
    "", "/", "/etc/passwd", "..", ".", "a/..", "../a", "a/../b", "a//b", "a/", "a/./b", "a\\b", "..\\a",
    "a\nb", "a\302\205b", "a\377b", "a/b/c/d/e",
  };
  g_autofree char *deep = g_strnfill (2000, '/');
  g_autofree char *wide = g_strnfill (256, 'x');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (sr_set_path_is_safe (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("bad path %u", i);
      g_assert_false (sr_set_path_is_safe (bad[i]));
    }
  g_assert_false (sr_set_path_is_safe (deep));
  g_assert_false (sr_set_path_is_safe (wide));
}

static void
test_configs (void)
{
  static const char * const good[] = { "ca01\\CA", "ca01.example.test\\Contoso Issuing CA", "10.0.0.1\\a/b", "h\\Ä" };
  static const char * const bad[] = { "", "CA", "\\CA", "ca01\\", "\\\\ca01\\CA", "a\\b\\c", "a/b\\c", "a\nb\\c", "a\\b\377" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (sr_config_is_valid (good[i]));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (sr_config_is_valid (bad[i]));
  g_assert_true (sr_config_equal ("CA01\\Contoso CA", "ca01\\contoso ca"));
  g_assert_false (sr_config_equal ("ca01\\A", "ca02\\A"));
}

/* Server names out of random UTF-16, with what hurts most thrown in more often. */
static char *
random_server_name (void)
{
  static const guint16 nasty[] = {
    '.', '.', '/', '\\', ':', ' ', '*', '~', '$', 'c', 'o', 'n', 'n', 'u', 'l', 'e', 'd', 'b', '0', 0x7f, 0x85, 0x202e,
    0x200b, 0xfeff, 0xff0f, 0x2215, 0x29f5, 0x0301, 0x00b9,
  };
  guint8 bytes[2 * 300];
  guint units = (guint) g_test_rand_int_range (0, 300);

  for (;;)
    {
      char *text;

      for (guint i = 0; i < units; i++)
        {
          guint16 unit = g_test_rand_int_range (0, 3) > 0 ? nasty[g_test_rand_int_range (0, G_N_ELEMENTS (nasty))]
                                                          : (guint16) g_test_rand_int_range (1, 0x10000);

          bytes[2 * i] = (guint8) unit;
          bytes[2 * i + 1] = (guint8) (unit >> 8);
        }
      text = sr_utf16_to_utf8 (bytes, 2 * units, NULL);
      if (text != NULL)
        return text;
      units = MIN (units, 20);
    }
}

static void
test_fuzz (void)
{
  guint runs = g_test_slow () ? 500000 : 20000;

  for (guint i = 0; i < runs; i++)
    {
      g_autofree char *server_name = random_server_name ();
      g_autofree char *safe = sr_safe_name_from_path (server_name);
      g_autofree char *again = sr_safe_name (safe);
      g_autofree char *numbered = sr_safe_name_numbered (safe, i % 50 + 1);
      g_autofree char *path = g_build_filename ("DataBase", numbered, NULL);
      g_autofree char *whole = g_canonicalize_filename (path, "/set");

      g_assert_true (g_utf8_validate (safe, -1, NULL));
      g_assert_cmpuint (strlen (safe), >=, 1);
      g_assert_cmpuint (strlen (numbered), <=, SR_SAFE_NAME_MAX);
      g_assert_null (strpbrk (numbered, "/\\:*?\"<>|"));
      g_assert_cmpint (numbered[0], !=, '.');
      g_assert_cmpstr (again, ==, safe);
      /* The manifest will take it, and it stays where it was put. */
      g_assert_true (sr_set_path_is_safe (path));
      g_assert_true (g_str_has_prefix (whole, "/set/DataBase/"));
      g_assert_cmpstr (whole + strlen ("/set/DataBase/"), ==, numbered);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/safe-name/known", test_known);
  g_test_add_func ("/store/safe-name/paths", test_paths);
  g_test_add_func ("/store/safe-name/long", test_long);
  g_test_add_func ("/store/safe-name/numbered", test_numbered);
  g_test_add_func ("/store/safe-name/keys", test_keys);
  g_test_add_func ("/store/safe-name/generations", test_generations);
  g_test_add_func ("/store/safe-name/set-paths", test_set_paths);
  g_test_add_func ("/store/safe-name/configs", test_configs);
  g_test_add_func ("/store/safe-name/fuzz", test_fuzz);
  return g_test_run ();
}
