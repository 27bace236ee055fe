/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "toy-ca.h"

G_BEGIN_DECLS

/* A CA that does what a test tells it, honest or not, over the real protocol:
 * for what the practice CA, which keeps the rules, never does. */

typedef struct
{
  const char *listed;   /* with its type in front */
  guint64 announced;    /* what BackupOpenFile says */
  guint64 length;       /* what comes */
} ScriptedFile;

typedef enum
{
  FAULT_DROP_BEFORE,    /* the connection, instead of executing */
  FAULT_DROP_AFTER,     /* the connection, instead of the answer */
  FAULT_ANSWER,         /* @hr instead of executing */
  FAULT_ANSWER_AFTER,   /* @hr after executing */
  FAULT_STALL,          /* executed and answered once the CA is told to resume */
  FAULT_GONE,           /* every connection is dropped, and no new call is executed from then on */
  FAULT_KILL_BEFORE,    /* @victim is killed instead of executing */
  FAULT_KILL_AFTER,     /* @victim is killed after executing, before the answer */
} FaultKind;

typedef struct
{
  SrCsraOpnum opnum;
  guint nth;            /* from 1; 0 for every one */
  FaultKind kind;
  SrHresult hr;
} ScriptedFault;

typedef struct
{
  ToyCa toy;

  /* All that follows is under its mutex while the server is called. */
  const ScriptedFile *databases;
  const ScriptedFile *logs;
  ScriptedFault faults[8];
  guint n_faults;
  guint32 interface_flags;
  guint32 roles;
  gboolean configuration_denied;

  gpointer prepared_by;
  const ScriptedFile *open;
  guint64 position;
  gboolean deaf;
  gboolean resumed;
  guint n_stalled;
  GCond changed;
  pid_t victim;

  guint calls[64];
  guint prepares;       /* that succeeded */
  guint ends;           /* that succeeded */
} ScriptedCa;

/* With a database of 1.5 MiB and two logs. */
ScriptedCa *scripted_ca_new (void);
void scripted_ca_free (ScriptedCa *ca);
void scripted_ca_add_fault (ScriptedCa *ca, ScriptedFault fault);
void scripted_ca_clear_faults (ScriptedCa *ca);

/* Until that call has come @n times. */
void scripted_ca_wait_calls (ScriptedCa *ca, SrCsraOpnum opnum, guint n);

/* Lets stalled calls go on, and stalls no more until faults are cleared. */
void scripted_ca_resume (ScriptedCa *ca);

/* Counts begin anew. */
void scripted_ca_forget (ScriptedCa *ca);
gboolean scripted_ca_has_session (ScriptedCa *ca);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ScriptedCa, scripted_ca_free)

G_END_DECLS
