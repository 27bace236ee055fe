/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-faults.h"
#include "practice/sr-practice-registry.h"
#include "practice/sr-practice-trace.h"
#include "rpc/sr-rpc-server.h"

G_BEGIN_DECLS

/**
 * SrPracticeHost:
 *
 * The host that a practice CA runs on, on the network: its service control
 * manager (svcctl) and its registry (winreg), on one TCP port of a loopback
 * address. It goes on while the service is stopped. Thread-safe.
 *
 * There is the service CertSvc, and another that depends on it where one is named.
 */
typedef struct _SrPracticeHost SrPracticeHost;

/** SR_PRACTICE_SERVICE: the name of the CA's service */
#define SR_PRACTICE_SERVICE "CertSvc"

/**
 * SrPracticeHostOptions:
 * @ca: the CA; must outlive the host
 * @trace: gets a line for each call
 * @faults: connections to be dropped (tests)
 * @dependent: (nullable): a service that depends on CertSvc, and runs when the host starts
 * @start: starts the CA, on a thread of the host
 * @stop: stops the CA, on a thread of the host
 * @user_data: for both
 */
typedef struct
{
  SrPracticeCa *ca;
  SrPracticeTrace *trace;
  SrPracticeFaults *faults;
  const char *dependent;
  gboolean (*start) (gpointer   user_data,
                     GError   **error);
  gboolean (*stop) (gpointer   user_data,
                    GError   **error);
  gpointer user_data;
} SrPracticeHostOptions;

/**
 * sr_practice_host_start:
 * @options: see there
 * @acceptor: who may sign in; who may do more, sr_practice_registry_admits() says
 * @address: a loopback address
 * @port: 0 for any free port
 * @error: where to put an error
 *
 * Sets as sr_rpc_server_listen().
 *
 * Returns: (transfer full): a host, or %NULL
 */
SrPracticeHost *sr_practice_host_start (const SrPracticeHostOptions *options,
                                        SrAuthAcceptor              *acceptor,
                                        const char                  *address,
                                        guint16                      port,
                                        GError                     **error);

/**
 * sr_practice_host_stop:
 * @host: (transfer full): a host
 *
 * Closes its connections, and waits until a service that is being started or stopped is.
 */
void sr_practice_host_stop (SrPracticeHost *host);

guint16 sr_practice_host_get_port (SrPracticeHost *host);

/**
 * sr_practice_host_get_state:
 * @host: a host
 *
 * Returns: the state of CertSvc in a word: stopped, starting, stopping, running
 */
const char *sr_practice_host_get_state (SrPracticeHost *host);

/**
 * sr_practice_host_drop_connections:
 * @host: a host
 *
 * Closes every connection, and goes on listening (tests).
 */
void sr_practice_host_drop_connections (SrPracticeHost *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeHost, sr_practice_host_stop)

G_END_DECLS
