/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-private.h"

#include "worker/sr-worker.h"

G_BEGIN_DECLS

/* What "restore" tells. */

extern const SrCliMember sr_verb_restore_members[];

/* (transfer full): all members, with null where nothing is known */
JsonObject *sr_verb_restore_to_json (SrRestore *restore,
                                     SrJob     *job);

/* What is restored, what is set aside, what is lost; and everything that would be done on the host. */
void sr_verb_restore_print_plan (SrCli         *cli,
                                 SrRestorePlan *plan);
void sr_verb_restore_print_acts (SrCli         *cli,
                                 SrRestorePlan *plan);

/* The state that the CA is in, and what can be done, on standard error. */
void sr_verb_restore_note_outcome (const SrRestoreOutcome *outcome);

/* "restore --folder": no network, saved CA or keyring. */
SrCliExit sr_verb_restore_folder (SrCli *cli);

/*
 * SrCliChecks:
 *
 * Draws the checks of a restore on standard error as they are made: a line for
 * each that is over, and on a terminal one for the one at hand.
 */
typedef struct _SrCliChecks SrCliChecks;

SrCliChecks *sr_cli_checks_new (SrRestore *restore);
void sr_cli_checks_free (SrCliChecks *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCliChecks, sr_cli_checks_free)

/* The first check that failed: the code of the rule that refuses the restore.
 * NULL where none did, or where the host could not be asked, which is no rule. */
const char *sr_verb_restore_get_rule (SrRestore *restore);
const char *sr_verb_restore_get_advice (SrRestore *restore);

G_END_DECLS
