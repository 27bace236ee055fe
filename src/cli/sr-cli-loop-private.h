/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * SrCliLoop:
 *
 * Waits for one asynchronous call on the main context, while SIGINT, SIGTERM
 * and SIGHUP cancel it: the first one cancels, later ones say that this is
 * under way.
 */
typedef struct _SrCliLoop SrCliLoop;

/*
 * sr_cli_loop_new:
 * @first: what is said at the first signal
 * @again: what is said at later ones
 *
 * Signals are taken from now on until it is freed.
 *
 * Returns: (transfer full): a loop
 */
SrCliLoop *sr_cli_loop_new (const char *first,
                            const char *again);
void sr_cli_loop_free (SrCliLoop *loop);
GCancellable *sr_cli_loop_get_cancellable (SrCliLoop *loop);

/* A GAsyncReadyCallback; the loop is its user data. */
void sr_cli_loop_callback (GObject      *source,
                           GAsyncResult *result,
                           gpointer      user_data);

/* (transfer none): the result, once it is there */
GAsyncResult *sr_cli_loop_wait (SrCliLoop *loop);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCliLoop, sr_cli_loop_free)

G_END_DECLS
