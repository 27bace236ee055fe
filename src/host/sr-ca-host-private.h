/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "host/sr-ca-host.h"
#include "host/tables/sr-host-handle.h"
#include "rpc/sr-rpc-client.h"

G_BEGIN_DECLS

/* Win32 errors that mean something to the code (MS-ERREF 2.2). */
#define SR_WIN32_FILE_NOT_FOUND 2
#define SR_WIN32_MORE_DATA 234
#define SR_WIN32_NO_MORE_ITEMS 259
#define SR_WIN32_DEPENDENT_SERVICES_RUNNING 1051
#define SR_WIN32_SERVICE_ALREADY_RUNNING 1056
#define SR_WIN32_SERVICE_CANNOT_ACCEPT_CTRL 1061
#define SR_WIN32_SERVICE_NOT_ACTIVE 1062
#define SR_WIN32_SERVICE_SPECIFIC_ERROR 1066
#define SR_WIN32_SERVICE_NEVER_STARTED 1077

/* Which of the host's two interfaces. */
typedef enum
{
  SR_CA_HOST_SERVICES,
  SR_CA_HOST_REGISTRY,
  SR_CA_HOST_N_PIPES,
} SrCaHostPipe;

/* A connection to one of them, with the handle that all others are opened from. */
typedef struct
{
  SrRpcClient *client;
  SrHostHandle root;
} SrCaHostConnection;

struct _SrCaHost
{
  GObject parent_instance;

  char *name;
  char *address;
  guint16 port;
  char *drives;
  gboolean ntlm_allowed;
  gint64 timeout;
  SrCredentials *credentials;
  SrAuthType good_type; /* what worked last; SR_AUTH_NONE before */
  SrCaHostConnection connections[SR_CA_HOST_N_PIPES];
  gboolean outcome_unknown;
};

/* A connection on which calls to @iface can be made; the error is that of the way that is wanted most. */
SrRpcClient *sr_ca_host_sign_in (SrCaHost           *host,
                                 const SrRpcSyntax  *iface,
                                 gint64              deadline,
                                 GCancellable       *cancellable,
                                 GError            **error);

/* What is done on one connection: opens handles from @root, calls, closes. */
typedef gboolean (*SrCaHostWork) (SrCaHost            *host,
                                  const SrHostHandle  *root,
                                  gpointer             data,
                                  GCancellable        *cancellable,
                                  GError             **error);

/* Does @work, connecting before where that is needed, and again, once, after
 * the connection broke and nothing may have been executed that must not be
 * executed twice. */
gboolean sr_ca_host_run (SrCaHost      *host,
                         SrCaHostPipe   pipe,
                         SrCaHostWork   work,
                         gpointer       data,
                         GCancellable  *cancellable,
                         GError       **error);

/* One call within a work. The Win32 error in the reply is the caller's to look at. */
gboolean sr_ca_host_call (SrCaHost      *host,
                          SrCaHostPipe   pipe,
                          guint16        opnum,
                          gpointer       request,
                          gpointer       reply,
                          GCancellable  *cancellable,
                          GError       **error);

/* Closes a handle, as well as it goes. */
void sr_ca_host_close_handle (SrCaHost           *host,
                              SrCaHostPipe        pipe,
                              const SrHostHandle *handle);

/* Sets SR_HRESULT_ERROR for a Win32 error. Returns FALSE. */
gboolean sr_ca_host_set_win32_error (GError     **error,
                                     guint32      code,
                                     const char  *format,
                                     ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
