/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-channel-private.h"
#include "rpc-testing.h"

G_BEGIN_DECLS

/* A client that does as it is told, right or wrong. */
typedef struct
{
  SrRpcChannel channel;
  guint32 call_id;
  SrRpcBindAck ack;                     /* of the last bind or alter_context */
  guint8 *pdu;                          /* the last answer, until the next */
  SrRpcHeader header;
} RawClient;

RawClient *raw_client_new (SrRpcServer *server);
void raw_client_free (RawClient *raw);

/* A bind with these contexts; @flags goes into pfc_flags. */
void raw_client_send_bind (RawClient       *raw,
                           SrRpcPduType     type,
                           const SrRpcBind *bind,
                           guint8           flags,
                           GBytes          *token);

/* Bytes as they are, in hexadecimal digits. */
void raw_client_send_hex (RawClient  *raw,
                          const char *hex);

/* Any PDU with a call's header of 24 bytes and a stub, unprotected. */
void raw_client_send_call (RawClient    *raw,
                           guint8        type,
                           guint8        flags,
                           guint32       call_id,
                           guint16       context_id,
                           guint16       opnum,
                           const guint8 *stub,
                           gsize         length);

/* Reads the next answer into pdu and header; FALSE when the server has closed. */
gboolean raw_client_read (RawClient *raw);

/* What must come next. */
void raw_client_expect_ack (RawClient   *raw,
                            SrRpcPduType type);
void raw_client_expect_nak (RawClient *raw,
                            guint16    reason);
void raw_client_expect_fault (RawClient *raw,
                              guint32    call_id,
                              guint32    status);
void raw_client_expect_closed (RawClient *raw);

/* The next answer must be a response that opens to this. */
void raw_client_expect_response (RawClient    *raw,
                                 guint32       call_id,
                                 const guint8 *stub,
                                 gsize         length);

/* A bind of the testing interface as context 0, with NDR20. */
SrRpcBind raw_client_make_bind (void);

/* Binds without security; must work. */
void raw_client_bind_plain (RawClient *raw);

/* Signs in by raw NTLM at @level; PDUs are protected from then on. */
void raw_client_bind_ntlm (RawClient  *raw,
                           SrAuthLevel level,
                           gboolean    header_signing,
                           const char *password);

/* A request, protected as agreed. */
void raw_client_send_request (RawClient    *raw,
                              guint16       context_id,
                              guint16       opnum,
                              const guint8 *stub,
                              gsize         length,
                              GBytes       *trailer);

/* A request of RPC_TESTING_ECHO in context 0, unprotected, and the answer to one. */
void raw_client_send_echo (RawClient  *raw,
                           guint8      flags,
                           guint32     call_id,
                           const char *text);
void raw_client_expect_echo (RawClient  *raw,
                             guint32     call_id,
                             const char *text);

/* A server for the usual NTLM users and a raw client of it. Test data: a
 * pointer to the level that the first interface demands; the second one
 * demands nothing. */
typedef struct
{
  char *users;
  SrAuthAcceptor *acceptor;
  SrRpcServer *server;
  RawClient *raw;
} RawFixture;

void raw_fixture_set_up (RawFixture   *f,
                         gconstpointer level);
void raw_fixture_tear_down (RawFixture   *f,
                            gconstpointer level);

/* A new connection in place of the old one. */
void raw_fixture_again (RawFixture *f);

/* Adds "/rpc/server/@name" with that fixture. */
void raw_fixture_add (const char        *name,
                      const SrAuthLevel *level,
                      void (*run) (RawFixture *f, gconstpointer level));

#define RAW_FIRST SR_RPC_PFC_FIRST_FRAG
#define RAW_LAST SR_RPC_PFC_LAST_FRAG
#define RAW_WHOLE (RAW_FIRST | RAW_LAST)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RawClient, raw_client_free)

G_END_DECLS
