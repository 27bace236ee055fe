/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-worker.h"

G_BEGIN_DECLS

/* The queue, with real jobs against real practice CAs, each a program of its
 * own. One that is stopped by SIGSTOP answers nothing, so that what runs and
 * what waits does not depend on time. */

#define N_AUTHORITIES 3
#define PATIENCE 120

typedef struct
{
  char *home;
  char *journal;
  SrAuthorityList *list;
  SrAuthority *authorities[N_AUTHORITIES];
  char *folders[N_AUTHORITIES];
  SrRepository *repository;
  SrWorker *worker;
  guint n_running[N_AUTHORITIES];
  guint n_ended;
  GAsyncResult *result; /* of what ended last */
} Queue;

/* FALSE after g_test_skip(). */
gboolean queue_set_up (Queue *f,
                       guint  n);
void queue_tear_down (Queue *f);

void queue_signal_server (Queue *f,
                          guint  i,
                          int    number);

/* By the server's own count. */
gint64 queue_count_of (Queue      *f,
                       guint       i,
                       const char *name);

/* A backup; never two of one CA run at once. */
SrJob *queue_make_job (Queue *f,
                       guint  i);

/* The callback of all that is run. */
void queue_on_ended (GObject      *source,
                     GAsyncResult *result,
                     gpointer      user_data);
void queue_wait_for_state (SrJob     *job,
                           SrJobState state);
void queue_wait_for_ends (Queue *f,
                          guint  n);

G_END_DECLS
