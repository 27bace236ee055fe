/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-sets-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

const char *
sr_cli_truncation_to_string (SrTruncation truncated)
{
  static const char *const words[] = {
    [SR_TRUNCATION_NO] = "no",
    [SR_TRUNCATION_YES] = "yes",
    [SR_TRUNCATION_KEPT] = "kept",
    [SR_TRUNCATION_UNKNOWN] = "unknown",
  };

  return words[truncated];
}

const char *
sr_cli_ending_to_string (SrEnding ended)
{
  static const char *const words[] = {
    [SR_ENDING_NO] = "no",
    [SR_ENDING_YES] = "yes",
    [SR_ENDING_UNKNOWN] = "unknown",
  };

  return words[ended];
}

void
sr_cli_add_set (JsonObject  *object,
                SrBackupSet *set)
{
  const SrManifest *manifest = set != NULL ? sr_backup_set_get_manifest (set) : NULL;
  g_auto (SrSessionRecord) record = { 0 };
  gboolean recorded = set != NULL && sr_backup_set_load_session (set, &record, NULL);
  g_autofree char *generations = NULL;
  g_autofree char *id = manifest != NULL ? sr_guid_dup_string (&manifest->id) : NULL;
  guint32 low, high;

  if (manifest != NULL && sr_manifest_get_generations (manifest, &low, &high))
    generations = g_strdup_printf ("%u-%u", low, high);
  sr_cli_set_text (object, "set", set != NULL ? sr_backup_set_get_name (set) : NULL);
  sr_cli_set_text (object, "path", set != NULL ? sr_backup_set_get_path (set) : NULL);
  sr_cli_set_text (object, "id", id);
  sr_cli_set_text (object, "config", manifest != NULL ? manifest->config : NULL);
  sr_cli_set_text (object, "kind", manifest != NULL ? sr_set_kind_to_string (manifest->kind) : NULL);
  sr_cli_set_number_or_null (object, "sequence", manifest != NULL ? manifest->sequence : 0, manifest != NULL);
  sr_cli_set_time (object, "started", manifest != NULL ? manifest->started : 0);
  sr_cli_set_time (object, "finished", manifest != NULL ? manifest->finished : 0);
  sr_cli_set_number_or_null (object, "bytes", set != NULL ? (gint64) sr_backup_set_get_size (set) : 0, set != NULL);
  sr_cli_set_number_or_null (object, "files_count", manifest != NULL ? manifest->files->len : 0, manifest != NULL);
  sr_cli_set_text (object, "generations", generations);
  sr_cli_set_text (object, "truncated", recorded ? sr_cli_truncation_to_string (record.truncated) : NULL);
  sr_cli_set_text (object, "ended", recorded ? sr_cli_ending_to_string (record.ended) : NULL);
}

void
sr_cli_add_place (JsonObject  *object,
                  SrHistory   *history,
                  SrBackupSet *set)
{
  SrLineage *lineage = history != NULL && set != NULL ? sr_history_find_lineage (history, set) : NULL;
  SrChain *chain = lineage != NULL ? sr_history_find_chain (history, set) : NULL;

  sr_cli_set_number_or_null (object, "lineage", lineage != NULL ? sr_lineage_get_number (lineage) : 0, lineage != NULL);
  sr_cli_set_text (object, "lineage_start", lineage != NULL ? sr_lineage_start_to_string (sr_lineage_get_start (lineage)) : NULL);
  sr_cli_set_text (object, "chain", chain != NULL ? sr_backup_set_get_name (sr_chain_get_full (chain)) : NULL);
}

/* A path names a set wherever it lies: no backup folder is needed for it. */
SrBackupSet *
sr_cli_find_named_set (SrCli      *cli,
                       const char *text,
                       SrCliExit  *exit)
{
  g_autoptr (SrRepository) repository = NULL;
  g_autoptr (GError) error = NULL;
  SrBackupSet *set;

  if (!(strchr (text, '/') != NULL && g_file_test (text, G_FILE_TEST_IS_DIR)))
    {
      repository = sr_cli_open_repository (cli, FALSE, exit);
      if (repository == NULL)
        return NULL;
    }
  set = sr_repository_find_set (repository, text, &error);
  if (set == NULL)
    *exit = sr_cli_fail (cli, _("Finding the set"), NULL, error, NULL, NULL);
  return set;
}

SrBackupSet *
sr_cli_find_set (SrCli     *cli,
                 guint      index,
                 SrCliExit *exit)
{
  return sr_cli_find_named_set (cli, sr_cli_argument (cli, index), exit);
}
