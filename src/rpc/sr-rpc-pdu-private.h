/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-method.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* PDU types (C706 12.6.4, MS-RPCE 2.2.2.10) */
typedef enum
{
  SR_RPC_REQUEST = 0,
  SR_RPC_RESPONSE = 2,
  SR_RPC_FAULT_PDU = 3,
  SR_RPC_BIND = 11,
  SR_RPC_BIND_ACK = 12,
  SR_RPC_BIND_NAK = 13,
  SR_RPC_ALTER_CONTEXT = 14,
  SR_RPC_ALTER_CONTEXT_RESP = 15,
  SR_RPC_AUTH3 = 16,
  SR_RPC_SHUTDOWN = 17,
  SR_RPC_CO_CANCEL = 18,
  SR_RPC_ORPHANED = 19,
} SrRpcPduType;

/* pfc_flags (C706 12.6.3.1, MS-RPCE 2.2.2.3) */
#define SR_RPC_PFC_FIRST_FRAG 0x01
#define SR_RPC_PFC_LAST_FRAG 0x02
#define SR_RPC_PFC_SUPPORT_HEADER_SIGN 0x04
#define SR_RPC_PFC_DID_NOT_EXECUTE 0x20
#define SR_RPC_PFC_OBJECT_UUID 0x80

#define SR_RPC_HEADER_SIZE 16
/* Request, response: common header, alloc_hint, p_cont_id and 2 more bytes; fault: 8 more. */
#define SR_RPC_CALL_HEADER_SIZE 24
#define SR_RPC_FAULT_HEADER_SIZE 32
#define SR_RPC_SEC_TRAILER_SIZE 8
#define SR_RPC_MIN_FRAGMENT 2048
#define SR_RPC_DEFAULT_FRAGMENT 5840
#define SR_RPC_MAX_FRAGMENT 65528

/* The common header (C706 12.6.3.1). */
typedef struct
{
  guint8 type;
  guint8 flags;
  guint16 frag_length;
  guint16 auth_length;
  guint32 call_id;
} SrRpcHeader;

static inline guint16
sr_rpc_read16 (const guint8 *at)
{
  return (guint16) (at[0] | at[1] << 8);
}

static inline guint32
sr_rpc_read32 (const guint8 *at)
{
  return at[0] | at[1] << 8 | at[2] << 16 | (guint32) at[3] << 24;
}

static inline void
sr_rpc_write16 (guint8 *at,
                guint16 value)
{
  at[0] = (guint8) value;
  at[1] = (guint8) (value >> 8);
}

static inline void
sr_rpc_write32 (guint8 *at,
                guint32 value)
{
  sr_rpc_write16 (at, (guint16) value);
  sr_rpc_write16 (at + 2, (guint16) (value >> 16));
}

/*
 * sr_rpc_header_read:
 * @data: (array fixed-size=16): the first bytes of a PDU
 *
 * Sets %SR_ERROR_MALFORMED, or %SR_ERROR_UNSUPPORTED for another version than
 * 5 or another data representation than little endian, ASCII, IEEE.
 */
gboolean sr_rpc_header_read (const guint8 *data,
                             SrRpcHeader  *header,
                             GError      **error);

void sr_rpc_header_write (guint8            *data,
                          const SrRpcHeader *header);

/* sec_trailer (MS-RPCE 2.2.2.11) with what follows it. */
typedef struct
{
  guint8 type;
  guint8 level;
  guint8 pad_length;
  guint32 context_id;
  gsize offset;                         /* of the trailer in the PDU */
  gsize token_length;
} SrRpcSecTrailer;

/*
 * sr_rpc_sec_trailer_read:
 * @pdu: a PDU whose auth_length is not 0
 * @body: where its body starts: the trailer and its padding lie behind that
 *
 * Sets %SR_ERROR_MALFORMED.
 */
gboolean sr_rpc_sec_trailer_read (const guint8      *pdu,
                                  const SrRpcHeader *header,
                                  gsize              body,
                                  SrRpcSecTrailer   *trailer,
                                  GError           **error);

void sr_rpc_sec_trailer_write (guint8                *data,
                               const SrRpcSecTrailer *trailer);

extern const SrRpcSyntax sr_rpc_syntax_ndr20;
extern const SrRpcSyntax sr_rpc_syntax_ndr64;

gboolean sr_rpc_syntax_equal (const SrRpcSyntax *a,
                              const SrRpcSyntax *b);

/* "uuid version m.n" for messages */
char *sr_rpc_syntax_to_string (const SrRpcSyntax *syntax);

/* Bind time feature negotiation (MS-RPCE 3.3.1.5.3): a transfer syntax whose UUID carries 8 bytes of bits. */
void sr_rpc_syntax_make_features (SrRpcSyntax *syntax,
                                  guint8       bits);
gboolean sr_rpc_syntax_is_features (const SrRpcSyntax *syntax,
                                    guint8            *bits);
#define SR_RPC_FEATURE_SECURITY_CONTEXT_MULTIPLEXING 0x01
#define SR_RPC_FEATURE_KEEP_CONNECTION_ON_ORPHAN 0x02

/* How many presentation contexts and transfer syntaxes of each a bind may carry; Windows sends 3 and 1. */
#define SR_RPC_MAX_BIND_CONTEXTS 32
#define SR_RPC_MAX_TRANSFER_SYNTAXES 16

/* p_cont_elem_t */
typedef struct
{
  guint16 id;
  SrRpcSyntax abstract;
  guint8 n_transfers;
  SrRpcSyntax transfers[SR_RPC_MAX_TRANSFER_SYNTAXES];
} SrRpcBindContext;

/* Bodies of bind and alter_context (C706 12.6.4.3, 12.6.4.1) */
typedef struct
{
  guint16 max_send;
  guint16 max_receive;
  guint32 group_id;
  guint8 n_contexts;
  SrRpcBindContext contexts[SR_RPC_MAX_BIND_CONTEXTS];
} SrRpcBind;

/* p_cont_def_result_t with negotiate_ack (MS-RPCE 2.2.2.4) and p_provider_reason_t */
#define SR_RPC_ACCEPTANCE 0
#define SR_RPC_USER_REJECTION 1
#define SR_RPC_PROVIDER_REJECTION 2
#define SR_RPC_NEGOTIATE_ACK 3
#define SR_RPC_REASON_NOT_SPECIFIED 0
#define SR_RPC_REASON_ABSTRACT_SYNTAX 1
#define SR_RPC_REASON_TRANSFER_SYNTAXES 2
#define SR_RPC_REASON_LOCAL_LIMIT 3

/* p_result_t */
typedef struct
{
  guint16 result;
  guint16 reason;
  SrRpcSyntax transfer;
} SrRpcBindResult;

/* Bodies of bind_ack and alter_context_resp (C706 12.6.4.4, 12.6.4.2) */
typedef struct
{
  guint16 max_send;
  guint16 max_receive;
  guint32 group_id;
  guint16 address_length;
  char address[260];                    /* secondary address, with its NUL */
  guint8 n_results;
  SrRpcBindResult results[SR_RPC_MAX_BIND_CONTEXTS];
} SrRpcBindAck;

/* Reasons of a bind_nak (C706 12.6.3.1, MS-RPCE 2.2.2.5) */
#define SR_RPC_NAK_NOT_SPECIFIED 0
#define SR_RPC_NAK_TEMPORARY_CONGESTION 1
#define SR_RPC_NAK_LOCAL_LIMIT 2
#define SR_RPC_NAK_PROTOCOL_VERSION 4
#define SR_RPC_NAK_AUTH_TYPE 8
#define SR_RPC_NAK_INVALID_CHECKSUM 9

/* Both read or write a whole PDU from its first byte, the header's 16 left alone; strings and lists are bounded. */
void sr_rpc_code_bind (SrNdr     *ndr,
                       SrRpcBind *bind);
void sr_rpc_code_bind_ack (SrNdr        *ndr,
                           SrRpcBindAck *ack);

G_END_DECLS
