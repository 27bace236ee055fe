/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-private.h"

G_BEGIN_DECLS

/* How verbs tell and find backup sets. */

/* Adds to @object what is known of a set: the members of sr_cli_set_members. */
void sr_cli_add_set (JsonObject  *object,
                     SrBackupSet *set);

#define SR_CLI_SET_MEMBERS \
  { "set", "string?", N_("name of the set") }, \
  { "path", "string?", N_("its folder") }, \
  { "id", "string?", N_("its id, a GUID") }, \
  { "config", "string?", N_("the CA’s config string") }, \
  { "kind", "string?", N_("full or log") }, \
  { "sequence", "number?", N_("counts the sets of the CA in the backup folder") }, \
  { "started", "string?", N_("when the session began, ISO 8601") }, \
  { "finished", "string?", N_("when the last file had come") }, \
  { "bytes", "number?", N_("bytes of all files") }, \
  { "files_count", "number?", N_("how many files") }, \
  { "generations", "string?", N_("log generations, first-last") }, \
  { "truncated", "string?", N_("whether the CA’s logs were truncated: yes, no, kept (as the user wanted) or unknown") }, \
  { "ended", "string?", N_("whether the session was ended: yes, no or unknown") }

const char *sr_cli_truncation_to_string (SrTruncation truncated);
const char *sr_cli_ending_to_string (SrEnding ended);

/* (transfer full) (nullable): the set that the argument at @index names; NULL after the error was told as @exit */
SrBackupSet *sr_cli_find_set (SrCli     *cli,
                              guint      index,
                              SrCliExit *exit);

G_END_DECLS
