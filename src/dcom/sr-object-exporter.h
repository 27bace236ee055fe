/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dual-string-array.h"
#include "dcom/sr-orpc.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/** sr_object_exporter_interface: IObjectExporter (MS-DCOM 3.1.2.5.1), the object resolver's calls */
extern const SrRpcInterface sr_object_exporter_interface;

/** SR_OBJECT_EXPORTER_MAX_OIDS: most objects that one ComplexPing may add or take away */
#define SR_OBJECT_EXPORTER_MAX_OIDS 1024

/** SR_OBJECT_EXPORTER_MAX_PROTSEQS: most protocol sequences that are read */
#define SR_OBJECT_EXPORTER_MAX_PROTSEQS 64

/* Operation numbers of IObjectExporter */
#define SR_OBJECT_EXPORTER_OP_RESOLVE_OXID 0
#define SR_OBJECT_EXPORTER_OP_SIMPLE_PING 1
#define SR_OBJECT_EXPORTER_OP_COMPLEX_PING 2
#define SR_OBJECT_EXPORTER_OP_SERVER_ALIVE 3
#define SR_OBJECT_EXPORTER_OP_RESOLVE_OXID2 4
#define SR_OBJECT_EXPORTER_OP_SERVER_ALIVE2 5

/* Answers of the object resolver are Win32 codes (MS-ERREF 2.2). */
#define SR_OR_STATUS_ACCESS_DENIED 5u
#define SR_OR_STATUS_NO_MEMORY 14u
#define SR_OR_STATUS_INVALID_OXID 0x776u
#define SR_OR_STATUS_INVALID_OID 0x777u
#define SR_OR_STATUS_INVALID_SET 0x778u

typedef struct
{
  guint64 oxid;
  guint16 n_protseqs;
  guint16 protseqs[SR_OBJECT_EXPORTER_MAX_PROTSEQS];
} SrResolveOxidRequest;

/**
 * SrResolveOxidReply:
 * @bindings: (nullable): where the object exporter listens
 * @rem_unknown: IPID of its IRemUnknown
 * @authn_hint: lowest authentication level that it takes
 * @version: its version; ResolveOxid2 only
 * @status: a Win32 code
 */
typedef struct
{
  SrDualStringArray *bindings;
  SrGuid rem_unknown;
  guint32 authn_hint;
  SrComVersion version;
  guint32 status;
} SrResolveOxidReply;

typedef struct
{
  guint64 setid;
} SrSimplePingRequest;

/* Reply of SimplePing and ServerAlive */
typedef struct
{
  guint32 status;
} SrStatusReply;

/**
 * SrComplexPingRequest:
 * @setid: the set, 0 for a new one
 * @sequence: numbers changes; the server ignores what is older than it has seen
 * @add: (element-type guint64): objects to add
 * @remove: (element-type guint64): objects to take away
 *
 * Both arrays may be %NULL, for none.
 */
typedef struct
{
  guint64 setid;
  guint16 sequence;
  GArray *add;
  GArray *remove;
} SrComplexPingRequest;

typedef struct
{
  guint64 setid;
  guint16 backoff;
  guint32 status;
} SrComplexPingReply;

typedef struct
{
  guint8 nothing;
} SrServerAliveRequest;

typedef struct
{
  SrComVersion version;
  SrDualStringArray *bindings;
  guint32 reserved;
  guint32 status;
} SrServerAlive2Reply;

G_END_DECLS
