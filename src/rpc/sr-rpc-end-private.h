/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Why an operation that only a #GCancellable can stop was stopped. */
typedef enum
{
  SR_RPC_END_NONE,
  SR_RPC_END_SHUT,
  SR_RPC_END_DEADLINE,
  SR_RPC_END_CANCELLED,
} SrRpcEndReason;

/*
 * SrRpcEnd:
 *
 * A cancellable for GIO calls that know no deadline, cancelled once and for
 * good by the first of: the clock, the caller's cancellable, sr_rpc_end_with().
 */
typedef struct _SrRpcEnd SrRpcEnd;

SrRpcEnd *sr_rpc_end_new (void);
void sr_rpc_end_unref (SrRpcEnd *end);
GCancellable *sr_rpc_end_get_signal (SrRpcEnd *end);
SrRpcEndReason sr_rpc_end_get_reason (SrRpcEnd *end);

/* From any thread. */
void sr_rpc_end_with (SrRpcEnd      *end,
                      SrRpcEndReason reason);

/* For the time between start and stop, @deadline and @cancellable count. */
typedef struct
{
  GSource *clock;
  GCancellable *cancellable;
  gulong handler;
} SrRpcWatch;

void sr_rpc_watch_start (SrRpcWatch   *watch,
                         SrRpcEnd     *end,
                         gint64        deadline,
                         GCancellable *cancellable);
void sr_rpc_watch_stop (SrRpcWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRpcEnd, sr_rpc_end_unref)

G_END_DECLS
