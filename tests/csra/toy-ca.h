/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-cert-admin.h"
#include "csra/sr-csra-messages.h"
#include "dcom/sr-dcom-server.h"

G_BEGIN_DECLS

/* A server of ICertAdminD and ICertAdminD2 in this process, over TCP on
 * loopback and signed in to with NTLM, whose methods a test writes. */

#define TOY_CA_USER "TEST\\backup"
#define TOY_CA_PASSWORD "Correct-Horse-1"

/* On a connection's thread, with nothing locked. Returns as SrDcomClass's. */
typedef guint32 (*ToyCaInvoke) (gpointer               instance,
                                const SrRpcServerCall *call,
                                const SrRpcMethod     *method,
                                gpointer               request,
                                gpointer               reply,
                                gpointer               user_data);

typedef struct
{
  SrDcomServer *server;
  SrDcomTarget *target;

  /*< private >*/
  SrDcomClass klass;
  SrAuthAcceptor *acceptor;
  char *folder;
  ToyCaInvoke invoke;
  SrRpcServerDrop drop;
  gpointer user_data;

  GMutex mutex;         /* all that follows, and what the test wants */
  guint activations;
  guint releases;
} ToyCa;

/* @drop is asked before and after calls of the two interfaces alone; @n_interfaces is 1 or 2. */
void toy_ca_start (ToyCa          *toy,
                   guint           n_interfaces,
                   ToyCaInvoke     invoke,
                   SrRpcServerDrop drop,
                   gpointer        user_data);

/* The server alone; it is gone then. */
void toy_ca_stop (ToyCa *toy);
void toy_ca_clear (ToyCa *toy);

/* A count as it is under the lock. */
guint toy_ca_count (ToyCa       *toy,
                    const guint *count);

/* The HRESULT is a reply's last member. */
void toy_ca_set_hresult (const SrRpcMethod *method,
                         gpointer           reply,
                         SrHresult          hr);

G_END_DECLS
