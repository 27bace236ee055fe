/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host/sr-ca-host.h"

G_BEGIN_DECLS

/* A host of a CA in a folder, with every function of SrCaHost, that fails and
 * dies where a test tells it: at every call, before it and behind it, and at
 * every byte. It stands in for the client, not for Windows: what is under test
 * is what a restore does about it. What it has is on the disk, so that another
 * process finds it. Its service recovers only by looking whether all that was
 * registered is there, unless a test gives it the practice CA's engine. */

typedef enum
{
  SCRIPTED_NOTHING,
  SCRIPTED_DROP_BEFORE, /* SR_ERROR_CLOSED instead of executing */
  SCRIPTED_DROP_AFTER,  /* SR_ERROR_CLOSED instead of the answer */
  SCRIPTED_KILL_BEFORE, /* SIGKILL to this process instead of executing */
  SCRIPTED_KILL_AFTER,  /* and after it */
  SCRIPTED_FULL,        /* from now on no byte can be written to a file */
  SCRIPTED_GONE,        /* from now on nothing answers */
  SCRIPTED_CANCEL,      /* @cancel is cancelled before executing */
} ScriptedFault;

typedef struct
{
  ScriptedFault fault;
  guint at;             /* the call, from 1; for SCRIPTED_FULL the write */
  SrHresult recovery;   /* what a recovery fails with, 0 for none */
  GCancellable *cancel;
  const char *dependent; /* a service that depends on CertSvc and runs */
  SrHresult (*engine) (const char *folder); /* recovers in the place of the host itself */

  guint calls;
  guint writes;
  char *last;           /* the call at which the fault came */
} Script;

/* One for the process. */
extern Script script;

void script_reset (void);
SrCaHost *scripted_host_new (const char *folder);

/* A new host with the files of @live in C:\Windows\system32\CertLog. */
void scripted_host_create (const char *folder, const char *live, const char *authority, const char *certificate_sha1, gboolean running);

gboolean scripted_host_is_running (const char *folder, const char *service);
/* Whether RestoreInProgress is there. */
gboolean scripted_host_has_restore (const char *folder);
/* Names and values of RestoreInProgress, as text; numbers in decimal, lists with "|" between. NULL when it is not there. */
GHashTable *scripted_host_list_restore (const char *folder);
void scripted_host_drop_restore (const char *folder);
/* Path, size and hash of every live file, sorted, without work folders; "!" and more for what is odd. */
char *scripted_host_snapshot (const char *folder);

G_END_DECLS
