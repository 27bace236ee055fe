/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-ndr.h"

G_BEGIN_DECLS

/** SR_COM_VERSION_MAJOR: the only major version there is (MS-DCOM 1.7) */
#define SR_COM_VERSION_MAJOR 5

/** SR_COM_VERSION_MINOR: the minor version we speak, Windows' since XP (MS-DCOM 2.2.11) */
#define SR_COM_VERSION_MINOR 7

/** SR_ORPC_MAX_EXTENTS: most extensions of one call that are read */
#define SR_ORPC_MAX_EXTENTS 16

/** SR_ORPC_MAX_EXTENT_BYTES: the longest extension that is read */
#define SR_ORPC_MAX_EXTENT_BYTES 65536

/* Failures of the ORPC layer (MS-ERREF 2.1) that no other room needs. */
#define SR_RPC_E_INVALID_HEADER 0x80010111u
#define SR_RPC_E_INVALID_OBJREF 0x8001011du
#define SR_CO_E_OBJNOTREG 0x800401fbu

/**
 * SrComVersion:
 *
 * COMVERSION (MS-DCOM 2.2.11).
 */
typedef struct
{
  guint16 major;
  guint16 minor;
} SrComVersion;

/**
 * SrOrpcExtent:
 * @id: what kind of data
 * @data: the data, without padding
 *
 * One out-of-band datum of a call (ORPC_EXTENT, MS-DCOM 2.2.13.1).
 */
typedef struct
{
  SrGuid id;
  GBytes *data;
} SrOrpcExtent;

/**
 * SrOrpcThis:
 * @version: the negotiated version
 * @flags: 0 for calls; anything for activations
 * @cid: causality: the same for all calls that one call led to
 * @extents: (nullable) (element-type SrOrpcExtent): extensions
 *
 * What comes first in the request of every ORPC call (MS-DCOM 2.2.13.3).
 */
typedef struct
{
  SrComVersion version;
  guint32 flags;
  SrGuid cid;
  GPtrArray *extents;
} SrOrpcThis;

/**
 * SrOrpcThat:
 * @flags: anything
 * @extents: (nullable) (element-type SrOrpcExtent): extensions
 *
 * What comes first in the reply of every ORPC call (MS-DCOM 2.2.13.4).
 */
typedef struct
{
  guint32 flags;
  GPtrArray *extents;
} SrOrpcThat;

/**
 * sr_com_version_code:
 * @ndr: a cursor
 * @field: the field's name
 * @version: (inout): a version
 */
void sr_com_version_code (SrNdr        *ndr,
                          const char   *field,
                          SrComVersion *version);

/**
 * sr_orpc_this_code:
 * @ndr: a cursor
 * @orpc_this: (inout): zeroed before a read, cleared afterwards in either case
 *
 * Extensions are read whatever they are: unknown ones are to be ignored (MS-DCOM 2.2.13.1).
 */
void sr_orpc_this_code (SrNdr      *ndr,
                        SrOrpcThis *orpc_this);

/**
 * sr_orpc_that_code:
 * @ndr: a cursor
 * @orpc_that: (inout): zeroed before a read, cleared afterwards in either case
 */
void sr_orpc_that_code (SrNdr      *ndr,
                        SrOrpcThat *orpc_that);

/**
 * sr_orpc_this_init:
 * @orpc_this: (out caller-allocates): for a call of its own causality, without extensions
 * @version_minor: the negotiated minor version
 */
void sr_orpc_this_init (SrOrpcThis *orpc_this,
                        guint16     version_minor);

/**
 * sr_orpc_this_clear:
 * @orpc_this: what was read or initialized; its extensions are freed
 */
void sr_orpc_this_clear (SrOrpcThis *orpc_this);

/**
 * sr_orpc_that_clear:
 * @orpc_that: what was read; its extensions are freed
 */
void sr_orpc_that_clear (SrOrpcThat *orpc_that);

/**
 * sr_orpc_extents_new:
 *
 * Returns: (transfer full) (element-type SrOrpcExtent): an empty list of extensions
 */
GPtrArray *sr_orpc_extents_new (void);

/**
 * sr_orpc_extents_add:
 * @extents: (element-type SrOrpcExtent): a list
 * @id: what kind of data
 * @data: the data; a reference is kept
 */
void sr_orpc_extents_add (GPtrArray    *extents,
                          const SrGuid *id,
                          GBytes       *data);

/**
 * sr_com_version_accepted:
 * @client: a client's version
 * @minor: a server's minor version
 *
 * Returns: whether the server serves such a client: the same major and no higher minor version (MS-DCOM 1.7)
 */
gboolean sr_com_version_accepted (SrComVersion client,
                                  guint16      minor);

G_END_DECLS
