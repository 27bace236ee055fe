/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "history-test.h"

#include "ese/sr-ese-log.h"

#include <glib/gstdio.h>

/* 2026-11-22 14:15:00 UTC */
#define BEGIN (G_GINT64_CONSTANT (1795356900) * G_USEC_PER_SEC)
#define LOG_SIZE 8192

gint64
test_log_created (guint   stream,
                  guint32 generation)
{
  return BEGIN + ((gint64) generation * 60 + stream) * G_USEC_PER_SEC;
}

static char *
iso (gint64 time)
{
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_utc_usec (time);

  return g_date_time_format (when, "%Y-%m-%dT%H:%M:%SZ");
}

static char *
log_hash (guint   stream,
          guint32 generation)
{
  g_autofree char *text = g_strdup_printf ("log %u of stream %u", generation, stream);

  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
}

static void
add_log (GString       *json,
         const TestSet *set,
         guint32        generation)
{
  g_autofree char *hash = log_hash (set->stream, generation);
  g_autofree char *created = iso (test_log_created (set->stream, generation));
  g_autofree char *previous = iso (test_log_created (set->stream, generation - 1));

  g_string_append_printf (json, ",\n    { \"path\": \"DataBase/edb%05X.log\", \"role\": \"log\", \"size\": 8192, \"sha256\": \"%s\", \"generation\": %u",
                          generation, hash, generation);
  if (!set->no_headers)
    g_string_append_printf (json, ", \"created\": \"%s\", \"previousCreated\": \"%s\", \"signature\": "
                            "\"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c\"", created, previous);
  g_string_append (json, " }");
}

void
test_write_by_hand (SrRepository  *repository,
                    const TestSet *set)
{
  static const char * const truncation[] = { "no", "yes", "kept", "unknown" };
  static const char * const ending[] = { "no", "yes", "unknown" };
  g_autoptr (SrLock) lock = test_lock (repository, TEST_CONFIG); /* makes the CA's folder */
  g_autofree char *folder = test_authority_path (repository);
  g_autofree char *path = g_strdup_printf ("%s/set-%" G_GINT64_FORMAT "-%u", folder, set->sequence, set->low);
  g_autofree char *manifest = g_build_filename (path, "manifest.json", NULL);
  g_autofree char *session = g_build_filename (path, "session.json", NULL);
  g_autofree char *started = iso (set->started != 0 ? set->started : BEGIN + set->sequence * 3600 * G_USEC_PER_SEC);
  g_autoptr (GString) json = g_string_new (NULL);
  g_autofree char *record = NULL;

  g_string_append_printf (json, "{ \"format\": 1, \"program\": \"Strongroom\", \"programVersion\": \"0\", \"id\": \"00000000-0000-0000-%04x-%012x\",\n"
                          "  \"sequence\": %" G_GINT64_FORMAT ", \"kind\": \"%s\", \"authority\": { \"config\": \"ca01.example.test\\\\Contoso Issuing CA\" },\n"
                          "  \"times\": { \"started\": \"%s\", \"finished\": \"%s\" }, \"locations\": [], \"dynamicFiles\": [],\n"
                          "  \"files\": [ { \"path\": \"DataBase/certbkxp.dat\", \"role\": \"locations\", \"size\": 2, \"sha256\": \"%064d\" }",
                          set->low, (guint) set->sequence, set->sequence, set->kind == SR_SET_FULL ? "full" : "log", started, started, 0);
  if (set->kind == SR_SET_FULL)
    g_string_append_printf (json, ",\n    { \"path\": \"DataBase/Contoso Issuing CA.edb\", \"role\": \"database\", \"size\": 4096, \"sha256\": \"%064d\" }",
                            (int) set->sequence);
  for (guint32 generation = set->low; generation != 0 && generation <= set->high; generation++)
    if (generation != set->hole)
      add_log (json, set, generation);
  g_string_append (json, " ] }\n");

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  g_assert_true (g_file_set_contents (manifest, json->str, -1, NULL));
  record = g_strdup_printf ("{ \"format\": 1, \"program\": \"Strongroom\", \"truncated\": \"%s\", \"ended\": \"%s\", \"serverLastFull\": %" G_GUINT64_FORMAT " }\n",
                            truncation[set->truncated], ending[set->ended], set->last_full);
  if (!set->no_session)
    g_assert_true (g_file_set_contents (session, record, -1, NULL));
  if (set->damaged)
    {
      g_autofree char *verified = g_build_filename (path, "verified.json", NULL);
      g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, json->str, -1);
      g_autofree char *text = g_strdup_printf ("{ \"format\": 1, \"program\": \"Strongroom\", \"at\": \"%s\", \"result\": \"bad\", \"manifestSha256\": \"%s\" }\n",
                                               started, hash);

      g_assert_true (g_file_set_contents (verified, text, -1, NULL));
    }
}

static GBytes *
log_bytes (const TestSet *set,
           guint32        generation)
{
  g_autoptr (GBytes) rest = test_bytes (set->stream * 1000003 + generation, LOG_SIZE);
  g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (rest, NULL), LOG_SIZE);
  const SrEseLogHeader header = {
    .generation = generation,
    .created = test_log_created (set->stream, generation),
    .previous_created = test_log_created (set->stream, generation - 1),
    .signature = { 9, 8, 7 },
    .size = LOG_SIZE,
  };

  if (!set->no_headers)
    sr_ese_log_header_write (&header, data);
  return g_bytes_new_take (g_steal_pointer (&data), LOG_SIZE);
}

SrBackupSet *
test_write_by_program (SrRepository  *repository,
                       const TestSet *set)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrLock) lock = test_lock (repository, TEST_CONFIG);
  g_autoptr (SrBackupSetWriter) writer = NULL;
  g_autoptr (GBytes) locations = test_locations ();
  g_autoptr (GBytes) database = test_bytes (set->stream, 4 * TEST_PAGE);
  const SrBackupSetDescription description = {
    .kind = set->kind,
    .keep_logs = set->truncated == SR_TRUNCATION_KEPT,
    .started = set->started,
  };
  const SrSessionRecord record = { .truncated = set->truncated, .ended = set->ended, .server_last_full = set->last_full };
  SrBackupSet *made;

  writer = sr_backup_set_writer_begin (lock, &description, &error);
  g_assert_no_error (error);
  sr_backup_set_writer_set_locations (writer, g_bytes_get_data (locations, NULL), g_bytes_get_size (locations), &error);
  g_assert_no_error (error);
  if (set->kind == SR_SET_FULL)
    test_write_file (writer, SR_FILE_DATABASE, "C:\\CertLog\\Contoso Issuing CA.edb", database, &error);
  g_assert_no_error (error);
  for (guint32 generation = set->low; generation != 0 && generation <= set->high; generation++)
    {
      g_autofree char *name = g_strdup_printf ("C:\\CertLog\\edb%05X.log", generation);
      g_autoptr (GBytes) bytes = log_bytes (set, generation);

      if (generation != set->hole)
        test_write_file (writer, SR_FILE_LOG, name, bytes, &error);
      g_assert_no_error (error);
    }
  made = sr_backup_set_writer_publish (writer, SR_PUBLISH_DEFAULT, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  if (!set->no_session)
    sr_backup_set_record_session (made, &record, &error);
  g_assert_no_error (error);
  if (set->damaged)
    {
      g_autoptr (GError) problem = g_error_new_literal (SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, "a file is missing");

      sr_backup_set_record_verification (made, SR_FINDING_DAMAGED, problem, &error);
      g_assert_no_error (error);
    }
  return made;
}

static void
write_event (SrRepository *repository,
             gint64        sequence,
             const char   *kind)
{
  g_autoptr (SrLock) lock = test_lock (repository, TEST_CONFIG);
  g_autofree char *folder = test_authority_path (repository);
  g_autofree char *path = g_strdup_printf ("%s/event-%08" G_GINT64_FORMAT "-%s.json", folder, sequence, kind);
  g_autofree char *json = g_strdup_printf ("{ \"format\": 1, \"program\": \"Strongroom\", \"id\": \"11111111-0000-0000-0000-%012x\", \"sequence\": %" G_GINT64_FORMAT ", "
                                           "\"kind\": \"%s\", \"config\": \"ca01.example.test\\\\Contoso Issuing CA\", \"when\": \"2026-11-22T14:15:00Z\" }\n",
                                           (guint) sequence, sequence, kind);

  g_assert_true (g_file_set_contents (path, json, -1, NULL));
}

static const struct
{
  char word;
  const char *kind;
  SrLineageEventKind event;
} event_words[] = {
  { 'R', "restore", SR_LINEAGE_EVENT_RESTORE },
  { 'M', "full-missing", SR_LINEAGE_EVENT_FULL_MISSING },
  { 'O', "other-logs", SR_LINEAGE_EVENT_OTHER_LOGS },
  { 'C', "circular-logging", SR_LINEAGE_EVENT_CIRCULAR_LOGGING },
  { 'G', "gap", SR_LINEAGE_EVENT_GAP },
  { 'X', "of-another-world", SR_LINEAGE_EVENT_UNKNOWN },
};

static void
parse_marks (const char *at,
             TestSet    *set)
{
  while (*at != '\0')
    switch (*at++)
      {
      case 'k':
        set->truncated = SR_TRUNCATION_KEPT;
        break;
      case 'n':
        set->truncated = SR_TRUNCATION_NO;
        break;
      case 'u':
        set->truncated = SR_TRUNCATION_UNKNOWN;
        break;
      case 'e':
        set->ended = SR_ENDING_UNKNOWN;
        break;
      case 's':
        set->no_session = TRUE;
        break;
      case 'd':
        set->damaged = TRUE;
        break;
      case 'b':
        set->no_headers = TRUE;
        break;
      case '!':
        set->hole = (guint32) g_ascii_strtoull (at, (char **) &at, 10);
        break;
      case 't':
        set->started = BEGIN + g_ascii_strtoll (at, (char **) &at, 10) * 3600 * G_USEC_PER_SEC;
        break;
      case '@':
        set->stream = (guint) g_ascii_strtoull (at, (char **) &at, 10);
        break;
      default:
        g_assert_not_reached ();
      }
}

static void
parse_set (const char *word,
           TestSet    *set)
{
  char *end;

  set->kind = *word == 'F' ? SR_SET_FULL : SR_SET_LOG_ONLY;
  set->stream = 1;
  set->truncated = SR_TRUNCATION_YES;
  set->ended = SR_ENDING_YES;
  set->low = (guint32) g_ascii_strtoull (word + 1, &end, 10);
  g_assert_cmpint (*end, ==, '-');
  set->high = (guint32) g_ascii_strtoull (end + 1, &end, 10);
  parse_marks (end, set);
}

static void
write_word (SrRepository *repository,
            const char   *word,
            gint64        sequence,
            gboolean      by_hand)
{
  g_autoptr (SrBackupSet) made = NULL;
  TestSet set = { .sequence = sequence, .started = BEGIN + sequence * 3600 * G_USEC_PER_SEC };

  for (guint i = 0; i < G_N_ELEMENTS (event_words); i++)
    if (*word == event_words[i].word && (by_hand || event_words[i].event == SR_LINEAGE_EVENT_UNKNOWN))
      return write_event (repository, sequence, event_words[i].kind);
    else if (*word == event_words[i].word)
      {
        g_autoptr (SrLock) lock = test_lock (repository, TEST_CONFIG);
        g_autoptr (SrLineageEvent) event = g_new0 (SrLineageEvent, 1);
        g_autoptr (GError) error = NULL;

        event->kind = event_words[i].event;
        sr_lineage_event_record (lock, event, &error);
        g_assert_no_error (error);
        g_assert_cmpint (event->sequence, ==, sequence);
        return;
      }
  parse_set (word, &set);
  if (by_hand)
    return test_write_by_hand (repository, &set);
  made = test_write_by_program (repository, &set);
  g_assert_cmpint (sr_backup_set_get_manifest (made)->sequence, ==, sequence);
}

static void
write_all (SrRepository *repository,
           const char   *words,
           gboolean      by_hand)
{
  g_auto (GStrv) list = g_strsplit (words, " ", -1);
  gint64 sequence = 0;

  for (guint i = 0; list[i] != NULL && *list[i] != '\0'; i++)
    {
      const char *word = list[i];

      sequence++;
      if (*word == '#')
        {
          sequence = g_ascii_strtoll (word + 1, (char **) &word, 10);
          g_assert_cmpint (*word++, ==, ':');
        }
      write_word (repository, word, sequence, by_hand);
    }
}

void
test_history_by_hand (SrRepository *repository,
                      const char   *words)
{
  write_all (repository, words, TRUE);
}

void
test_history_by_program (SrRepository *repository,
                         const char   *words)
{
  write_all (repository, words, FALSE);
}

static void
describe_sets (GString   *text,
               GPtrArray *sets)
{
  for (guint i = 0; i < sets->len; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "," : "", sr_backup_set_get_manifest (g_ptr_array_index (sets, i))->sequence);
}

char *
test_describe (SrHistory *history)
{
  GString *text = g_string_new (NULL);
  GPtrArray *lineages = sr_history_get_lineages (history);

  for (guint i = 0; i < lineages->len; i++)
    {
      SrLineage *lineage = g_ptr_array_index (lineages, i);
      GPtrArray *chains = sr_lineage_get_chains (lineage);

      g_assert_cmpuint (sr_lineage_get_number (lineage), ==, i + 1);
      g_string_append_printf (text, "%s[%s", i > 0 ? " " : "", sr_lineage_start_to_string (sr_lineage_get_start (lineage)));
      for (guint j = 0; j < chains->len; j++)
        {
          SrChain *chain = g_ptr_array_index (chains, j);
          guint32 low = 0, high = 0;

          sr_chain_get_generations (chain, &low, &high);
          g_string_append_printf (text, " %s", sr_chain_is_base (chain) ? "*" : sr_chain_is_complete (chain) ? "" : "?");
          describe_sets (text, sr_chain_get_sets (chain));
          g_string_append_printf (text, "=%u-%u", low, high);
        }
      if (sr_lineage_get_loose (lineage)->len > 0)
        g_string_append (text, " ~");
      describe_sets (text, sr_lineage_get_loose (lineage));
      g_string_append_c (text, ']');
    }
  return g_string_free (text, FALSE);
}

SrHistory *
test_load_history (SrRepository *repository)
{
  g_autoptr (GError) error = NULL;
  SrHistory *history = sr_history_load (repository, TEST_CONFIG, &error);

  g_assert_no_error (error);
  return history;
}
