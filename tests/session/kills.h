/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "place.h"

#include <sys/types.h>

G_BEGIN_DECLS

/* A program that makes backups and is killed, and what the next start finds. */
typedef struct
{
  Place *place;
  SrDcomTarget *target;
  const char *password;
  void (*started) (pid_t pid, gpointer user_data);
  void (*counts) (guint *prepares, guint *ends, gpointer user_data);
  gpointer user_data;

  guint killed;
  guint without_entry;
  guint steps[SR_JOURNAL_END_SENT + 1];
  guint outcomes[SR_RECOVERY_UNREADABLE + 1];
} Kills;

/* Lets session-client make a backup and kill itself at the @kill_at-th change
 * it tells of, 0 for never. Returns whether it was killed, by whomever. */
gboolean kills_run (Kills *kills, guint kill_at);

/* Recovers, and checks that nothing is left open or lying about. */
void kills_settle (Kills *kills);

/* Every change that a session tells of, until one comes through. */
void kills_run_through (Kills *kills);

void kills_report (Kills *kills, const char *title);

G_END_DECLS
