/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-backup-session.h"

#include <glib/gi18n-lib.h>

static const struct
{
  const char *name;
  const char *words;
} phases[] = {
  [SR_BACKUP_PHASE_IDLE] = { "idle", N_("Waiting") },
  [SR_BACKUP_PHASE_CONNECTING] = { "connecting", N_("Connecting") },
  [SR_BACKUP_PHASE_PREPARING] = { "preparing", N_("Preparing the CA") },
  [SR_BACKUP_PHASE_LOCATIONS] = { "locations", N_("Asking for the locations") },
  [SR_BACKUP_PHASE_DATABASE] = { "database", N_("Reading database") },
  [SR_BACKUP_PHASE_LOGS] = { "logs", N_("Reading logs") },
  [SR_BACKUP_PHASE_DYNAMIC] = { "dynamic-files", N_("Listing further files") },
  [SR_BACKUP_PHASE_VERIFYING] = { "verifying", N_("Verifying") },
  [SR_BACKUP_PHASE_PUBLISHING] = { "publishing", N_("Publishing the set") },
  [SR_BACKUP_PHASE_TRUNCATING] = { "truncating", N_("Truncating logs") },
  [SR_BACKUP_PHASE_ENDING] = { "ending", N_("Ending session") },
  [SR_BACKUP_PHASE_DONE] = { "done", N_("Done") },
};

static const char *const states[] = {
  [SR_SESSION_NOT_OPEN] = "not-open",
  [SR_SESSION_MAYBE_OPEN] = "maybe-open",
  [SR_SESSION_OPEN] = "open",
  [SR_SESSION_ENDED] = "ended",
  [SR_SESSION_LEFT_OPEN] = "left-open",
  [SR_SESSION_LOST] = "lost",
};

const char *
sr_backup_phase_to_string (SrBackupPhase phase)
{
  g_return_val_if_fail ((guint) phase < G_N_ELEMENTS (phases), NULL);

  return phases[phase].name;
}

const char *
sr_backup_phase_words (SrBackupPhase phase)
{
  g_return_val_if_fail ((guint) phase < G_N_ELEMENTS (phases), NULL);

  return _(phases[phase].words);
}

const char *
sr_session_state_to_string (SrSessionState state)
{
  g_return_val_if_fail ((guint) state < G_N_ELEMENTS (states), NULL);

  return states[state];
}
