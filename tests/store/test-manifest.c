/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store-test.h"

#include "store/sr-safe-name.h"

#include <string.h>

/* A manifest as format 1 was first written: it must stay readable. */
static const char format_1[] =
  "{\n"
  "  \"format\" : 1,\n"
  "  \"program\" : \"Strongroom\",\n"
  "  \"programVersion\" : \"0.1.0\",\n"
  "  \"id\" : \"d99e6e73-fc88-11d0-b498-00a0c90312f3\",\n"
  "  \"sequence\" : 17,\n"
  "  \"kind\" : \"full\",\n"
  "  \"authority\" : {\n"
  "    \"config\" : \"ca01.example.test\\\\Contoso Issuing CA\",\n"
  "    \"displayName\" : \"Contoso Issuing CA\",\n"
  "    \"certificate\" : {\n"
  "      \"sha1\" : \"da39a3ee5e6b4b0d3255bfef95601890afd80709\",\n"
  "      \"sha256\" : \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\n"
  "      \"subject\" : \"CN=Contoso Issuing CA\",\n"
  "      \"expires\" : \"2033-05-18T03:33:20Z\"\n"
  "    }\n"
  "  },\n"
  "  \"times\" : {\n"
  "    \"started\" : \"2026-11-22T14:15:00.123456Z\",\n"
  "    \"finished\" : \"2026-11-22T14:16:00Z\",\n"
  "    \"server\" : \"2026-11-22T14:15:03Z\"\n"
  "  },\n"
  "  \"files\" : [\n"
  "    {\n"
  "      \"path\" : \"DataBase/Contoso Issuing CA.edb\",\n"
  "      \"role\" : \"database\",\n"
  "      \"size\" : 9007199254740993,\n"
  "      \"sha256\" : \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\n"
  "      \"serverName\" : \"\\\\\\\\ca01\\\\C$\\\\CertLog\\\\Contoso Issuing CA.edb\"\n"
  "    },\n"
  "    {\n"
  "      \"path\" : \"DataBase/edbFFFFF.log\",\n"
  "      \"role\" : \"log\",\n"
  "      \"size\" : 1048576,\n"
  "      \"sha256\" : \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\n"
  "      \"generation\" : 1048575,\n"
  "      \"serverName\" : \"\\\\\\\\ca01\\\\C$\\\\CertLog\\\\edbFFFFF.log\"\n"
  "    }\n"
  "  ],\n"
  "  \"locations\" : [\n"
  "    {\n"
  "      \"type\" : 130,\n"
  "      \"path\" : \"\\\\\\\\ca01\\\\C$\\\\CertLog\"\n"
  "    }\n"
  "  ],\n"
  "  \"dynamicFiles\" : [\n"
  "    \"C:\\\\Windows\\\\CAPolicy.inf\"\n"
  "  ]\n"
  "}\n";

static SrManifest *
parse (const char *text,
       GError    **error)
{
  g_autoptr (GBytes) json = g_bytes_new (text, strlen (text));

  return sr_manifest_parse (json, "/x/manifest.json", error);
}

static void
test_format_1 (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrManifest) manifest = parse (format_1, &error);
  g_autoptr (GBytes) again = NULL;
  const SrSetFile *file;
  guint32 low = 0, high = 0;
  char id[SR_GUID_STRING_LENGTH + 1];

  g_assert_no_error (error);
  g_assert_cmpstr (sr_guid_to_string (&manifest->id, id), ==, "d99e6e73-fc88-11d0-b498-00a0c90312f3");
  g_assert_cmpint (manifest->sequence, ==, 17);
  g_assert_cmpint (manifest->kind, ==, SR_SET_FULL);
  g_assert_cmpstr (manifest->config, ==, TEST_CONFIG);
  g_assert_cmpint (manifest->started, ==, G_GINT64_CONSTANT (1795356900123456));
  g_assert_cmpint (manifest->certificate_expires, ==, G_GINT64_CONSTANT (2000000000000000));
  g_assert_cmpuint (manifest->files->len, ==, 2);
  file = g_ptr_array_index (manifest->files, 0);
  g_assert_cmpuint (file->size, ==, G_GUINT64_CONSTANT (9007199254740993));
  g_assert_cmpuint (file->generation, ==, 0);
  g_assert_true (sr_manifest_get_generations (manifest, &low, &high));
  g_assert_cmphex (low, ==, 0xfffff);
  g_assert_cmpuint (sr_manifest_get_size (manifest), ==, G_GUINT64_CONSTANT (9007199254740993) + 1048576);
  g_assert_cmpstr (manifest->dynamic_files[0], ==, "C:\\Windows\\CAPolicy.inf");

  /* Written again it is the same text. */
  again = sr_manifest_to_json (manifest);
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), format_1, strlen (format_1));
}

/* What tells log streams apart came later, within format 1: it is optional, and kept. */
static void
test_log_members (void)
{
  static const char signature[] = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c";
  g_autoptr (GString) json = g_string_new (format_1);
  g_autofree char *members = g_strdup_printf ("\"generation\" : 1048575,\n"
                                              "      \"created\" : \"2026-11-22T14:15:00.123000Z\",\n"
                                              "      \"previousCreated\" : \"2026-11-22T14:14:00Z\",\n"
                                              "      \"signature\" : \"%s\",", signature);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrManifest) manifest = parse (format_1, &error);
  g_autoptr (GBytes) again = NULL;
  const SrSetFile *file = g_ptr_array_index (manifest->files, 1);

  g_assert_false (manifest->keep_logs);
  g_assert_cmpint (file->created, ==, 0);
  g_assert_cmpint (file->previous_created, ==, 0);
  g_assert_null (file->signature);
  g_clear_pointer (&manifest, sr_manifest_free);

  g_string_replace (json, "\"generation\" : 1048575,", members, 1);
  g_string_replace (json, "\"kind\" : \"full\",", "\"kind\" : \"full\",\n  \"keepLogs\" : true,", 1);
  manifest = parse (json->str, &error);
  g_assert_no_error (error);
  file = g_ptr_array_index (manifest->files, 1);
  g_assert_true (manifest->keep_logs);
  g_assert_cmpint (file->created, ==, G_GINT64_CONSTANT (1795356900123000));
  g_assert_cmpint (file->previous_created, ==, G_GINT64_CONSTANT (1795356840000000));
  g_assert_cmpstr (file->signature, ==, signature);
  again = sr_manifest_to_json (manifest);
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), json->str, json->len);

  g_string_replace (json, signature, "0102", 1);
  g_assert_null (parse (json->str, NULL));
}

/* Members that a later version adds do not trouble this one. */
static void
test_unknown_members (void)
{
  g_autofree char *text = NULL;
  g_autoptr (GString) json = g_string_new (format_1);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrManifest) manifest = NULL;

  g_string_replace (json, "\"sequence\" : 17", "\"sequence\" : 17, \"lineage\" : {\"id\" : \"x\"}", 1);
  g_string_replace (json, "\"role\" : \"log\"", "\"role\" : \"log\", \"flavour\" : [1, 2, null]", 1);
  manifest = parse (json->str, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (manifest->files->len, ==, 2);
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *from;
    const char *to;
    const char *word;
  } changes[] = {
    { "DataBase/edbFFFFF.log", "/etc/passwd", "path" },
    { "DataBase/edbFFFFF.log", "../../x", "path" },
    { "DataBase/edbFFFFF.log", "DataBase/../x", "path" },
    { "DataBase/edbFFFFF.log", "DataBase//x", "path" },
    { "DataBase/edbFFFFF.log", "DataBase/.", "path" },
    { "DataBase/edbFFFFF.log", "DataBase\\\\x", "path" },
    { "DataBase/edbFFFFF.log", "", "path" },
    { "DataBase/edbFFFFF.log", "a/b/c/d/e/f", "path" },
    { "DataBase/edbFFFFF.log", "x\\ny", "path" },
    { "DataBase/edbFFFFF.log", "manifest.json", "path" },
    { "DataBase/edbFFFFF.log", "Session.JSON", "path" },
    { "DataBase/edbFFFFF.log", "SHA256SUMS", "path" },
    { "DataBase/edbFFFFF.log", "RESTORE.txt", "path" },
    { "DataBase/edbFFFFF.log", "DataBase/Contoso Issuing CA.edb", "twice" },
    { "DataBase/edbFFFFF.log", "DATABASE/contoso issuing ca.EDB", "twice" },
    { "DataBase/Contoso Issuing CA.edb", "DataBase", "folder" },
    { "\"path\" : \"DataBase/edbFFFFF.log\"", "\"path\" : 7", "string" },
    { "\"path\" : \"DataBase/edbFFFFF.log\",", "", "missing" },
    { "\"size\" : 1048576", "\"size\" : -1", "bounds" },
    { "\"size\" : 1048576", "\"size\" : 1.5", "whole number" },
    { "\"size\" : 1048576", "\"size\" : \"1048576\"", "whole number" },
    { "\"size\" : 1048576", "\"size\" : 9223372036854775807", "larger" },
    { "\"size\" : 1048576", "\"size\" : 18446744073709551617", NULL },
    { "\"generation\" : 1048575", "\"generation\" : 4294967296", "bounds" },
    { "\"generation\" : 1048575", "\"generation\" : 0", "bounds" },
    { "\"generation\" : 1048575", "\"generation\" : 1048574", "generation" },
    { "DataBase/edbFFFFF.log", "DataBase/edb00009.log", "generation" },
    { "DataBase/edbFFFFF.log", "DataBase/strange.log", "generation" },
    { "\"role\" : \"log\"", "\"role\" : \"other\"", "generation" },
    { "\"role\" : \"database\"", "\"role\" : \"database\", \"generation\" : 4", "generation" },
    { "Contoso Issuing CA.edb\",\n      \"role\" : \"database\"", "edbFFFFF.jtx\",\n      \"role\" : \"log\", \"generation\" : 1048575", "generation" },
    { "\"ba7816bf", "\"BA7816BF", "digits" },
    { "\"ba7816bf", "\"ba7816b", "digits" },
    { "\"ba7816bf", "\"ba7816bfa", "longer" },
    { "\"ba7816bf", "\"ba7816bg", "digits" },
    { "\"role\" : \"log\"", "\"role\" : \"key\"", "role" },
    { "\"role\" : \"database\"", "\"role\" : \"other\"", "database" },
    { "\"kind\" : \"full\"", "\"kind\" : \"FULL\"", "kind" },
    { "\"kind\" : \"full\",", "", "kind" },
    { "\"sequence\" : 17", "\"sequence\" : 0", "sequence" },
    { "\"sequence\" : 17", "\"sequence\" : 9007199254740993", "sequence" },
    { "d99e6e73-", "d99e6e7-3", "GUID" },
    { "ca01.example.test\\\\Contoso Issuing CA\"", "Contoso Issuing CA\"", "config" },
    { "ca01.example.test\\\\Contoso", "ca01\\\\x\\\\Contoso", "config" },
    { "2026-11-22T14:16:00Z", "2026-11-22T14:16:00", "time" },
    { "2026-11-22T14:16:00Z", "2026-13-22T14:16:00Z", "time" },
    { "2026-11-22T14:16:00Z", "yesterdayZ", "time" },
    { "\"times\" : {", "\"other\" : {", "times" },
    { "\"authority\" : {", "\"authority\" : [], \"x\" : {", "authority" },
    { "\"files\" : [", "\"files\" : {}, \"x\" : [", "files" },
    { "\"files\" : [", "\"files\" : [null,", "files[0]" },
    { "\"files\" : [", "\"files\" : [[],", "files[0]" },
    { "\"type\" : 130", "\"type\" : 1114112", "bounds" },
    { "\"C:\\\\Windows\\\\CAPolicy.inf\"", "7", "string" },
    { "\"format\" : 1", "\"format\" : 0", "format" },
    { "\"format\" : 1", "\"format\" : true", "format" },
    { "\"format\" : 1,", "", "format" },
    { "{\n  \"format\"", "[\n  \"format\"", NULL },
    { "}\n  ],\n  \"locations\"", "}\n  \"locations\"", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GString) json = g_string_new (format_1);
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (g_string_replace (json, changes[i].from, changes[i].to, 0), >=, 1);
      g_assert_null (parse (json->str, &error));
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
      g_assert_nonnull (strstr (error->message, "/x/manifest.json"));
      if (changes[i].word != NULL && strstr (error->message, changes[i].word) == NULL)
        g_error ("change %u: “%s” does not say “%s”", i, error->message, changes[i].word);
    }
}

static void
test_newer (void)
{
  g_autoptr (GString) json = g_string_new (format_1);
  g_autoptr (GError) error = NULL;

  g_string_replace (json, "\"format\" : 1", "\"format\" : 2", 1);
  g_assert_null (parse (json->str, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NEWER_FORMAT);
  g_clear_error (&error);
  /* Whatever else a newer one may look like. */
  g_assert_null (parse ("{\"format\": 3, \"files\": \"elsewhere\"}", &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NEWER_FORMAT);
}

/* Every beginning of the text is refused, and none crashes. */
static void
test_truncated (void)
{
  for (gsize length = 0; length < strlen (format_1) - 2; length++)
    {
      g_autoptr (GBytes) json = g_bytes_new (format_1, length);
      g_autoptr (GError) error = NULL;

      g_assert_null (sr_manifest_parse (json, "m", &error));
      g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
    }
}

static void
assert_damaged (const char *text,
                const char *word)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (parse (text, &error));
  g_assert_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET);
  g_assert_nonnull (strstr (error->message, word));
}

static void
test_huge (void)
{
  g_autofree char *deep = g_strnfill (1000000, '[');
  g_autofree char *braces = g_strnfill (40, '{');
  g_autofree char *commas = g_strnfill (3000000, ',');
  g_autoptr (GString) many = g_string_new ("{\"format\":1,\"x\":[");
  g_autoptr (GString) files = g_string_new (format_1);
  g_autoptr (GString) empty = g_string_new ("\"files\" : [ {}");
  g_autoptr (GString) string = g_string_new ("{\"format\":1,\"id\":\"");

  assert_damaged (deep, "nested");
  assert_damaged (braces, "nested");
  g_string_append_printf (many, "0%s]}", commas);
  assert_damaged (many->str, "too many");
  for (guint i = 0; i < SR_MANIFEST_MAX_FILES; i++)
    g_string_append (empty, ",{}");
  g_string_append (empty, ", ");
  g_string_replace (files, "\"files\" : [", empty->str, 1);
  assert_damaged (files->str, "more than");
  for (guint i = 0; i < 100000; i++)
    g_string_append (string, "[[[[");
  g_string_append (string, "\"}");
  assert_damaged (string->str, "longer");
}

static void
add_log (SrManifest *manifest,
         guint32     generation)
{
  SrSetFile *file = g_new0 (SrSetFile, 1);

  file->path = g_strdup_printf ("DataBase/edb%05X.log", generation);
  file->role = SR_FILE_LOG;
  file->size = 1048576;
  file->sha256 = g_strnfill (64, 'a');
  file->generation = generation;
  file->created = G_GINT64_CONSTANT (1795356900123000) + generation;
  file->previous_created = file->created - 1;
  file->signature = g_strnfill (56, 'b');
  file->server_name = g_strdup_printf ("\\\\ca01.example.test\\C$\\Windows\\system32\\CertLog\\edb%05X.log", generation);
  g_ptr_array_add (manifest->files, file);
}

/* As many logs as a set may have, each with all that is known of one, can be read again. */
static void
test_many_logs (void)
{
  g_auto (TestFolder) folder = { 0 };
  g_autoptr (SrManifest) manifest = parse (format_1, NULL);
  g_autoptr (GStrvBuilder) dynamic = g_strv_builder_new ();
  g_autoptr (GBytes) json = NULL;
  g_autoptr (SrBackupSet) set = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  g_ptr_array_set_size (manifest->files, 1); /* the database */
  for (guint32 generation = 1; generation < SR_MANIFEST_MAX_FILES; generation++)
    add_log (manifest, generation);
  for (guint i = 0; i < SR_MANIFEST_MAX_FILES; i++)
    g_strv_builder_add (dynamic, "C:\\Windows\\CAPolicy.inf");
  g_strfreev (manifest->dynamic_files);
  manifest->dynamic_files = g_strv_builder_end (dynamic);
  json = sr_manifest_to_json (manifest);
  g_test_message ("%u files: %" G_GSIZE_FORMAT " bytes", manifest->files->len, g_bytes_get_size (json));

  test_folder_init (&folder);
  path = g_build_filename (folder.path, SR_MANIFEST_NAME, NULL);
  g_assert_true (g_file_set_contents (path, g_bytes_get_data (json, NULL), (gssize) g_bytes_get_size (json), NULL));
  set = sr_backup_set_load (folder.path, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sr_backup_set_get_manifest (set)->files->len, ==, SR_MANIFEST_MAX_FILES);
}

/* Whatever comes out of hostile bytes keeps what sr_manifest_parse() promises. */
static void
check_promises (const SrManifest *manifest)
{
  g_autoptr (GBytes) json = sr_manifest_to_json (manifest);
  g_autoptr (GError) error = NULL;
  g_autoptr (SrManifest) again = sr_manifest_parse (json, "again", &error);
  gboolean has_database = FALSE;

  for (guint i = 0; i < manifest->files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (manifest->files, i);

      g_assert_true (sr_set_path_is_safe (file->path));
      g_assert_cmpuint (strlen (file->sha256), ==, 64);
      has_database |= file->role == SR_FILE_DATABASE;
    }
  g_assert_true (manifest->kind != SR_SET_FULL || has_database);
  g_assert_true (sr_config_is_valid (manifest->config));
  g_assert_no_error (error);
  g_assert_cmpuint (again->files->len, ==, manifest->files->len);
}

static const char * const dictionary[] = {
  "null", "true", "-1", "0", "1e999", "9223372036854775808", "\"\"", "[]", "{}", "[", "]", "{", "}", ",", ":", "\"", "\\", "\\u0000",
  "\\ud800", "../", "/", "..", "manifest.json", "\"format\"", "\"files\"", "\"path\"", "\"size\"", "\377", "\302\205", "DataBase/",
};

static void
mutate (GString *text)
{
  guint changes = (guint) g_test_rand_int_range (1, 5);

  while (changes-- > 0)
    {
      gsize at = (gsize) g_test_rand_int_range (0, (gint32) text->len);
      gsize wanted = (gsize) g_test_rand_int_range (1, 30);
      gsize length = MIN (wanted, text->len - at);

      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
          text->str[at] = (char) g_test_rand_int_range (1, 256);
          break;
        case 1:
          text->str[at] ^= (char) (1 << g_test_rand_int_range (0, 7));
          break;
        case 2:
          if (text->len > 100)
            g_string_erase (text, (gssize) at, (gssize) length);
          break;
        case 3:
          g_string_insert (text, (gssize) at, dictionary[g_test_rand_int_range (0, G_N_ELEMENTS (dictionary))]);
          break;
        default:
          {
            g_autofree char *copy = g_strndup (text->str + at, length);

            g_string_insert (text, g_test_rand_int_range (0, (gint32) text->len), copy);
          }
        }
    }
}

static void
test_fuzz (void)
{
  guint runs = g_test_slow () ? 400000 : 15000, good = 0;

  for (guint i = 0; i < runs; i++)
    {
      g_autoptr (GString) text = g_string_new (format_1);
      g_autoptr (GBytes) json = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (SrManifest) manifest = NULL;

      mutate (text);
      json = g_bytes_new (text->str, text->len);
      manifest = sr_manifest_parse (json, "m", &error);
      if (manifest != NULL)
        {
          check_promises (manifest);
          good++;
          continue;
        }
      g_assert_true (g_error_matches (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_SET) ||
                     g_error_matches (error, SR_STORE_ERROR, SR_STORE_ERROR_NEWER_FORMAT));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }
  g_test_message ("%u of %u were still good", good, runs);
  g_assert_cmpuint (good, >, 0);
  g_assert_cmpuint (good, <, runs);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/manifest/format-1", test_format_1);
  g_test_add_func ("/store/manifest/unknown-members", test_unknown_members);
  g_test_add_func ("/store/manifest/log-members", test_log_members);
  g_test_add_func ("/store/manifest/hostile", test_hostile);
  g_test_add_func ("/store/manifest/newer", test_newer);
  g_test_add_func ("/store/manifest/truncated", test_truncated);
  g_test_add_func ("/store/manifest/huge", test_huge);
  if (g_test_slow ())
    g_test_add_func ("/store/manifest/many-logs", test_many_logs);
  g_test_add_func ("/store/manifest/fuzz", test_fuzz);
  return g_test_run ();
}
