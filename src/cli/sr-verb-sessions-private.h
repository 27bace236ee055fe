/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-cli-private.h"

#include "worker/sr-worker.h"

G_BEGIN_DECLS

JsonObject *sr_verb_sessions_item_to_json (const SrRecoveryItem *item);

/* (transfer full): an element with all members, of which @kind alone is told */
JsonObject *sr_verb_sessions_new_object (const char *kind);

/* What "sessions --recover" works with. */
typedef struct
{
  SrCli *cli;
  SrAuthorityList *list;
  const char *config; /* of the CA that it is for, NULL for all */
  SrWorker *worker;
  SrCliLoop *loop;
  SrWorkerPasswordFunc password;
  gpointer password_data;
  JsonArray *array;
  gboolean refused; /* what was wanted cannot be had */
} SrVerbSessions;

/* NULL without an error where no backup folder was chosen yet. */
SrRepository *sr_verb_sessions_open_repository (SrCli   *cli,
                                                GError **error);
JsonObject *sr_verb_sessions_restore_to_json (SrRestoreLeft *left);

/* Looks at restores that were broken off, and does with them what the options
 * say; FALSE when something is left to be done about one. */
gboolean sr_verb_sessions_recover_restores (SrVerbSessions *sessions,
                                            GError        **error);

G_END_DECLS
