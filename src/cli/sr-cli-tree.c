/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-sets-private.h"

#include "store/sr-backup-rules.h"

#include <glib/gi18n-lib.h>

const char *
sr_cli_set_words (SrBackupSet *set)
{
  g_auto (SrSessionRecord) record = { 0 };

  sr_backup_set_load_session (set, &record, NULL);
  if (sr_backup_set_get_manifest (set)->kind == SR_SET_LOG_ONLY)
    return _("log-only");
  if (record.truncated == SR_TRUNCATION_YES && record.ended == SR_ENDING_YES)
    return _("full");
  if (record.truncated == SR_TRUNCATION_YES || record.truncated == SR_TRUNCATION_UNKNOWN)
    return _("full, perhaps a copy for the CA");
  return _("full, a copy for the CA");
}

static void
print_set (SrCli       *cli,
           SrBackupSet *set,
           guint        indent)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (set);
  g_autofree char *started = sr_cli_format_time (manifest->started);
  g_autofree char *size = g_format_size (sr_backup_set_get_size (set));
  guint32 low, high;

  if (sr_manifest_get_generations (manifest, &low, &high))
    sr_cli_print (cli, _("%*s%s  %s, generations %u-%u, %s, %s"), (int) indent, "", sr_backup_set_get_name (set), sr_cli_set_words (set),
                  low, high, size, started);
  else
    sr_cli_print (cli, "%*s%s  %s, %s, %s", (int) indent, "", sr_backup_set_get_name (set), sr_cli_set_words (set), size, started);
}

static void
print_chain (SrCli   *cli,
             SrChain *chain)
{
  GPtrArray *sets = sr_chain_get_sets (chain);

  print_set (cli, sr_chain_get_full (chain), 4);
  if (!sr_chain_is_complete (chain))
    sr_cli_print (cli, _("        It lacks logs in the middle: nothing can be restored from it."));
  for (guint i = 1; i < sets->len; i++)
    print_set (cli, sets->pdata[i], 8);
}

static void
print_lineage (SrCli     *cli,
               SrLineage *lineage)
{
  const SrLineageEvent *event = sr_lineage_get_start_event (lineage);
  GPtrArray *chains = sr_lineage_get_chains (lineage);
  GPtrArray *loose = sr_lineage_get_loose (lineage);
  g_autofree char *when = event != NULL && event->when != 0 ? sr_cli_format_time (event->when) : NULL;

  if (when != NULL)
    sr_cli_print (cli, _("  Lineage %u, %s: %s"), sr_lineage_get_number (lineage), when, sr_lineage_start_words (sr_lineage_get_start (lineage)));
  else
    sr_cli_print (cli, _("  Lineage %u: %s"), sr_lineage_get_number (lineage), sr_lineage_start_words (sr_lineage_get_start (lineage)));
  for (guint i = 0; i < chains->len; i++)
    print_chain (cli, chains->pdata[i]);
  if (loose->len > 0)
    sr_cli_print (cli, _("    In no chain, since sets before them are missing:"));
  for (guint i = 0; i < loose->len; i++)
    print_set (cli, loose->pdata[i], 8);
}

/* As far as the sets tell: the CA itself may know of more. */
static void
print_next (SrCli     *cli,
            SrHistory *history)
{
  g_auto (SrBackupChoice) choice = { 0 };

  sr_backup_rules_choose (history, &SR_AUTHORITY_FACTS_UNKNOWN, g_get_real_time (), &choice);
  if (choice.kind == SR_SET_LOG_ONLY)
    sr_cli_print (cli, _("  Next backup: log-only."));
  else
    sr_cli_print (cli, _("  Next backup: full. %s (%s)"), sr_backup_rule_words (choice.rule), sr_backup_rule_to_string (choice.rule));
}

void
sr_cli_print_tree (SrCli      *cli,
                   const char *config,
                   SrHistory  *history)
{
  GPtrArray *lineages = sr_history_get_lineages (history);

  sr_cli_print (cli, "%s", config);
  for (guint i = 0; i < lineages->len; i++)
    print_lineage (cli, lineages->pdata[i]);
  print_next (cli, history);
}
