/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host/tables/sr-host-handle.h"
#include "practice/sr-practice-host.h"

G_BEGIN_DECLS

#define SR_PRACTICE_WIN32_INVALID_HANDLE 6u
#define SR_PRACTICE_WIN32_MORE_DATA 234u
#define SR_PRACTICE_WIN32_NO_MORE_ITEMS 259u

/* What a context handle stands for. */
typedef enum
{
  SR_PRACTICE_HANDLE_MANAGER,
  SR_PRACTICE_HANDLE_SERVICE,
  SR_PRACTICE_HANDLE_KEY,
} SrPracticeHandleKind;

/* States of a service (MS-SCMR 2.2.47). */
typedef enum
{
  SR_PRACTICE_STOPPED = 1,
  SR_PRACTICE_START_PENDING = 2,
  SR_PRACTICE_STOP_PENDING = 3,
  SR_PRACTICE_RUNNING = 4,
} SrPracticeServiceState;

struct _SrPracticeHost
{
  SrPracticeHostOptions options;
  char *dependent;
  SrRpcServer *rpc;
  guint16 port;

  GMutex lock; /* all that follows */
  GHashTable *handles; /* SrHostHandle -> Handle */
  SrPracticeServiceState pending; /* START_PENDING or STOP_PENDING while a thread is at it, or 0 */
  GThread *thread; /* the last such thread, to be joined */
  gboolean dependent_runs;
  gboolean stopping;
};

/* A new handle of the call's connection; FALSE when it has too many. The text is @name of a service, or a key's path. */
gboolean sr_practice_host_open_handle (SrPracticeHost        *host,
                                       const SrRpcServerCall *call,
                                       SrPracticeHandleKind   kind,
                                       const char            *text,
                                       SrHostHandle          *handle);

/* What it stands for: (transfer full); NULL for a handle that is not this connection's, or of another kind. */
char *sr_practice_host_get_handle (SrPracticeHost        *host,
                                   const SrRpcServerCall *call,
                                   SrPracticeHandleKind   kind,
                                   const SrHostHandle    *handle);

gboolean sr_practice_host_close_handle (SrPracticeHost        *host,
                                        const SrRpcServerCall *call,
                                        const SrHostHandle    *handle);

/* One request of an interface. Returns a fault, or 0 with the Win32 error of the reply. */
guint32 sr_practice_svcctl_handle (SrPracticeHost        *host,
                                   const SrRpcServerCall *call,
                                   gpointer               request,
                                   gpointer               reply,
                                   guint32               *error);
guint32 sr_practice_winreg_handle (SrPracticeHost        *host,
                                   const SrRpcServerCall *call,
                                   gpointer               request,
                                   gpointer               reply,
                                   guint32               *error);

/* Services. @name: one of those that there are. */
gboolean sr_practice_services_exist (SrPracticeHost *host,
                                     const char     *name);
SrPracticeServiceState sr_practice_services_get_state (SrPracticeHost *host,
                                                       const char     *name);
guint32 sr_practice_services_start (SrPracticeHost *host,
                                    const char     *name);
guint32 sr_practice_services_stop (SrPracticeHost *host,
                                   const char     *name);
void sr_practice_services_join (SrPracticeHost *host);

G_END_DECLS
