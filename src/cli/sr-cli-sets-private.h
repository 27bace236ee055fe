/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-private.h"

#include "store/sr-history.h"

G_BEGIN_DECLS

/* How verbs tell and find backup sets. */

/* Adds to @object what is known of a set: the members of sr_cli_set_members. */
void sr_cli_add_set (JsonObject  *object,
                     SrBackupSet *set);

#define SR_CLI_SET_MEMBERS \
  { "set", "string?", "name of the set" }, \
  { "path", "string?", "its folder" }, \
  { "id", "string?", "its id, a GUID" }, \
  { "config", "string?", "the CA’s config string" }, \
  { "kind", "string?", "full or log" }, \
  { "sequence", "number?", "counts the sets of the CA in the backup folder" }, \
  { "started", "string?", "when the session began, ISO 8601" }, \
  { "finished", "string?", "when the last file had come" }, \
  { "bytes", "number?", "bytes of all files" }, \
  { "files_count", "number?", "how many files" }, \
  { "generations", "string?", "log generations, first-last" }, \
  { "truncated", "string?", "whether the CA’s logs were truncated: yes, no, kept (as the user wanted) or unknown" }, \
  { "ended", "string?", "whether the session was ended: yes, no or unknown" }

/* Where a set stands among those of its CA; sr_cli_add_place() fills them, with null where nothing is known. */
#define SR_CLI_PLACE_MEMBERS \
  { "lineage", "number?", "which of the CA’s lineages it belongs to, from 1; sets of two lineages are never restored together" }, \
  { "lineage_start", "string?", "with what that lineage begins: first, restore, other-logs, backwards, full-missing or unknown" }, \
  { "chain", "string?", "name of the full set of its chain; null for one that no chain reaches, since sets before it are missing" }

void sr_cli_add_place (JsonObject  *object,
                       SrHistory   *history,
                       SrBackupSet *set);

/* Lineages, chains and sets of a CA, and what the next backup will be. */
void sr_cli_print_tree (SrCli      *cli,
                        const char *config,
                        SrHistory  *history);

/* "full, truncated", "log-only", ...; for people */
const char *sr_cli_set_words (SrBackupSet *set);

const char *sr_cli_truncation_to_string (SrTruncation truncated);
const char *sr_cli_ending_to_string (SrEnding ended);

/* (transfer full) (nullable): the set that the argument at @index names; NULL after the error was told as @exit */
SrBackupSet *sr_cli_find_named_set (SrCli      *cli,
                                    const char *text,
                                    SrCliExit  *exit);
SrBackupSet *sr_cli_find_set (SrCli     *cli,
                              guint      index,
                              SrCliExit *exit);

G_END_DECLS
