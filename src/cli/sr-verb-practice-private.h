/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-private.h"

#include "authority/sr-practice-program.h"

G_BEGIN_DECLS

/* What the practice verbs share. */

#define SR_VERB_PRACTICE_STATE_OPTION \
  { "state-dir", SR_CLI_FILE, N_("DIR"), N_("The practice CA’s state folder, where it is not the usual one") }

/* (transfer full): an absolute path */
char *sr_verb_practice_folder (SrCli *cli);

/* (transfer full): a request that says @what */
JsonObject *sr_verb_practice_request (const char *what);

/* Asks, or tells the error as @exit. (transfer full) (nullable) */
JsonObject *sr_verb_practice_ask (SrCli      *cli,
                                  const char *step,
                                  const char *folder,
                                  JsonObject *request,
                                  gint64      deadline,
                                  SrCliExit  *exit);
SrCliExit sr_verb_practice_fail (SrCli        *cli,
                                 const char   *step,
                                 const GError *error);

G_END_DECLS
