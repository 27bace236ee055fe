/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verbs-private.h"

/* In the order of the manual. A verb of two words stands before the one that
 * is its first word alone. */
const SrCliVerb *const sr_cli_verbs[] = {
  &sr_verb_practice_start,
  &sr_verb_practice_stop,
  &sr_verb_practice_status,
  &sr_verb_practice_issue,
  &sr_verb_practice_revoke,
  &sr_verb_practice_inspect,
  &sr_verb_ca_add,
  &sr_verb_ca_list,
  &sr_verb_ca_check,
  &sr_verb_ca_remove,
  &sr_verb_backup,
  &sr_verb_sets,
  &sr_verb_show,
  &sr_verb_verify,
  &sr_verb_export,
  &sr_verb_restore,
  &sr_verb_sessions,
  &sr_verb_repository_create,
  &sr_verb_repository_use,
  &sr_verb_repository,
  NULL
};
