/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-client.h"
#include "rpc/sr-rpc-server.h"

G_BEGIN_DECLS

/* An interface that only tests have, and a server for it. */
extern const SrRpcInterface rpc_testing_interface;
extern const SrRpcInterface rpc_testing_second_interface;

/* Opnums: the stub comes back; its first four bytes say how many bytes come
 * back; the status of a fault; the connection is dropped; who is calling; wait
 * for so many milliseconds. */
enum
{
  RPC_TESTING_ECHO = 0,
  RPC_TESTING_PRODUCE = 1,
  RPC_TESTING_FAULT = 2,
  RPC_TESTING_DROP = 3,
  RPC_TESTING_WHO = 4,
  RPC_TESTING_SLEEP = 5,
};

/* RPC_TESTING_WHO, typed */
typedef struct
{
  guint32 number;
  char *text;
} RpcTestingWhoRequest;

typedef struct
{
  guint32 number;
  char *text;
  guint32 auth_type;
  guint32 auth_level;
  guint32 mechanism;
  char *principal;
  SrGuid object;
} RpcTestingWhoReply;

/* The NTLM users of tests: LAB\alice with RPC_TESTING_PASSWORD, and others. */
#define RPC_TESTING_USER "LAB\\alice"
#define RPC_TESTING_PASSWORD "Passw0rd!"

/* (transfer full): a key file in a folder of its own, to be removed with rpc_testing_remove_users() */
char *rpc_testing_write_users (void);
void rpc_testing_remove_users (char *path);

/* A server of both interfaces; @minimum is what the first one demands. */
SrRpcServer *rpc_testing_server_new (SrAuthAcceptor *acceptor,
                                     SrAuthLevel     minimum);

/* Serves the testing methods under another interface's UUID and version. */
void rpc_testing_server_add (SrRpcServer          *server,
                             const SrRpcInterface *iface,
                             SrAuthLevel           minimum);

/* (transfer full): a client whose stream is one end of a socket pair, the other one served by @server */
SrRpcClient *rpc_testing_client_new (SrRpcServer *server);

/* Ends every RPC_TESTING_SLEEP, now and from now on, until it is taken back. */
void rpc_testing_wake (gboolean wake);

/* Until a call is in RPC_TESTING_SLEEP, which has no other end. */
void rpc_testing_wait_asleep (void);

/* Both ends of a socket pair as connections. */
void rpc_testing_socket_pair (GSocketConnection **a,
                              GSocketConnection **b);

/* (transfer full): an initiator for RPC_TESTING_USER */
SrAuthContext *rpc_testing_ntlm_context (const char *password);

/* Byte @i of what RPC_TESTING_PRODUCE gives. */
static inline guint8
rpc_testing_byte (gsize i)
{
  return (guint8) (i * 31 + (i >> 8) * 7 + (i >> 16));
}

G_END_DECLS
