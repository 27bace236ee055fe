/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/* Just enough of the endpoint mapper (C706 appendix O, MS-RPCE 2.2.1.2), SAMR
 * (MS-SAMR 3.1.5) and the management interface (C706 appendix Q) to talk
 * to Samba. */
extern const SrRpcInterface epm_interface;
extern const SrRpcInterface samr_interface;
extern const SrRpcInterface mgmt_interface;

enum
{
  EPM_OP_MAP = 3,
  MGMT_OP_IS_SERVER_LISTENING = 2,
  SAMR_OP_CONNECT2 = 57,
  SAMR_OP_LOOKUP_DOMAIN = 5,
  SAMR_OP_OPEN_DOMAIN = 7,
  SAMR_OP_LOOKUP_NAMES = 17,
};

typedef struct
{
  guint8 bytes[20];
} SamrHandle;

/* ept_map: where @syntax is served by ncacn_ip_tcp */
typedef struct
{
  SrRpcSyntax syntax;
} EpmMapRequest;

typedef struct
{
  guint16 port;
  guint32 status;
} EpmMapReply;

typedef struct
{
  char *server;
  guint32 access;
} SamrConnectRequest;

typedef struct
{
  SamrHandle handle;
  guint32 status;
} SamrHandleReply;

typedef struct
{
  SamrHandle handle;
  const char *name;
} SamrLookupDomainRequest;

typedef struct
{
  guint32 status;
  guint32 listening;
} MgmtListeningReply;

#define SAMR_MAX_SID 68

typedef struct
{
  guint8 sid[SAMR_MAX_SID];
  guint32 sid_length;
  guint32 status;
} SamrLookupDomainReply;

typedef struct
{
  SamrHandle handle;
  guint32 access;
  guint8 sid[SAMR_MAX_SID];
  guint32 sid_length;
} SamrOpenDomainRequest;

typedef struct
{
  SamrHandle handle;
  const char *const *names;
  guint32 n_names;
} SamrLookupNamesRequest;

#define SAMR_MAX_NAMES 1000

typedef struct
{
  guint32 n_rids;
  guint32 rids[SAMR_MAX_NAMES];
  guint32 n_types;
  guint32 types[SAMR_MAX_NAMES];
  guint32 status;
} SamrLookupNamesReply;

G_END_DECLS
