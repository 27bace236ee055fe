/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-objref.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/** sr_rem_unknown_interface: IRemUnknown (MS-DCOM 3.1.1.5.6) */
extern const SrRpcInterface sr_rem_unknown_interface;

/** sr_rem_unknown2_interface: IRemUnknown2 (MS-DCOM 3.1.1.5.7), which inherits IRemUnknown */
extern const SrRpcInterface sr_rem_unknown2_interface;

/* Operation numbers of IRemUnknown and IRemUnknown2 */
#define SR_REM_UNKNOWN_OP_QUERY_INTERFACE 3
#define SR_REM_UNKNOWN_OP_ADD_REF 4
#define SR_REM_UNKNOWN_OP_RELEASE 5
#define SR_REM_UNKNOWN_OP_QUERY_INTERFACE2 6

/** SR_REM_UNKNOWN_MAX: most interfaces in one of these calls */
#define SR_REM_UNKNOWN_MAX 64

/**
 * SrRemQueryRequest:
 * @ipid: an interface that is held
 * @n_refs: references wanted on each new one; RemQueryInterface only
 * @n_iids: how many
 * @iids: interfaces wanted
 *
 * Request of RemQueryInterface and RemQueryInterface2.
 */
typedef struct
{
  SrGuid ipid;
  guint32 n_refs;
  guint16 n_iids;
  SrGuid iids[SR_REM_UNKNOWN_MAX];
} SrRemQueryRequest;

/**
 * SrRemQueryResult:
 *
 * REMQIRESULT (MS-DCOM 2.2.24).
 */
typedef struct
{
  guint32 hr;
  SrStdObjref std;
} SrRemQueryResult;

typedef struct
{
  guint32 n_results;
  SrRemQueryResult results[SR_REM_UNKNOWN_MAX];
  guint32 hr;
} SrRemQueryReply;

/**
 * SrRemInterfaceRef:
 *
 * REMINTERFACEREF (MS-DCOM 2.2.23).
 */
typedef struct
{
  SrGuid ipid;
  guint32 public_refs;
  guint32 private_refs;
} SrRemInterfaceRef;

/* Request of RemAddRef and RemRelease */
typedef struct
{
  guint16 n_refs;
  SrRemInterfaceRef refs[SR_REM_UNKNOWN_MAX];
} SrRemRefsRequest;

typedef struct
{
  guint32 n_results;
  guint32 results[SR_REM_UNKNOWN_MAX];
  guint32 hr;
} SrRemAddRefReply;

typedef struct
{
  guint32 hr;
} SrRemReleaseReply;

typedef struct
{
  guint32 n_results;
  guint32 results[SR_REM_UNKNOWN_MAX];
  GBytes *objrefs[SR_REM_UNKNOWN_MAX];
  guint32 hr;
} SrRemQuery2Reply;

G_END_DECLS
