/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dual-string-array.h"

G_BEGIN_DECLS

/** SR_OBJREF_MAX_BYTES: the longest object reference that is read: two arrays of bindings fit, with room to spare */
#define SR_OBJREF_MAX_BYTES (512 * 1024)

/** SR_OBJREF_NO_PING: flag of an object that wants no pings (SORF_NOPING, MS-DCOM 2.2.18.2) */
#define SR_OBJREF_NO_PING 0x00001000u

/**
 * SrObjrefKind:
 * @SR_OBJREF_STANDARD: a reference to follow
 * @SR_OBJREF_HANDLER: the same, with a class to handle it at the client
 * @SR_OBJREF_CUSTOM: bytes for a class to unmarshal
 * @SR_OBJREF_EXTENDED: a reference to follow, with a context
 *
 * The formats of MS-DCOM 2.2.18.
 */
typedef enum
{
  SR_OBJREF_STANDARD = 1,
  SR_OBJREF_HANDLER = 2,
  SR_OBJREF_CUSTOM = 4,
  SR_OBJREF_EXTENDED = 8,
} SrObjrefKind;

/**
 * SrStdObjref:
 * @flags: %SR_OBJREF_NO_PING or 0; other bits are ignored
 * @public_refs: references that come with it
 * @oxid: the object exporter
 * @oid: the object
 * @ipid: the interface
 *
 * STDOBJREF (MS-DCOM 2.2.18.2).
 */
typedef struct
{
  guint32 flags;
  guint32 public_refs;
  guint64 oxid;
  guint64 oid;
  SrGuid ipid;
} SrStdObjref;

/**
 * SrObjref:
 * @kind: the format
 * @iid: the interface it was made for
 * @std: the reference; not for custom ones
 * @resolver: (nullable): bindings of the object resolver; not for custom ones
 * @clsid: handler: the class at the client; custom: the class that unmarshals; extended: the context's identifier
 * @reserved: custom: any value; Windows writes a length
 * @data: (nullable): custom: the bytes; extended: the marshaled context
 *
 * An object reference (MS-DCOM 2.2.18).
 */
typedef struct
{
  SrObjrefKind kind;
  SrGuid iid;
  SrStdObjref std;
  SrDualStringArray *resolver;
  SrGuid clsid;
  guint32 reserved;
  GBytes *data;
} SrObjref;

/**
 * sr_std_objref_code:
 * @ndr: a cursor
 * @std: a reference
 *
 * The IDL version (MS-DCOM 2.2.18.3); aligned as it is in an object
 * reference, it has the bytes of the packet version too.
 */
void sr_std_objref_code (SrNdr       *ndr,
                         SrStdObjref *std);

/**
 * sr_objref_build:
 * @objref: a reference
 * @error: where to put an error
 *
 * Sets %SR_ERROR_LIMIT.
 *
 * Returns: (transfer full): its bytes, or %NULL
 */
GBytes *sr_objref_build (SrObjref *objref,
                         GError  **error);

/**
 * sr_objref_parse:
 * @data: (array length=length): what an interface pointer carries
 * @length: in bytes
 * @objref: (out caller-allocates): the reference, to be cleared with sr_objref_clear() in either case
 * @error: where to put an error
 *
 * Bytes behind a reference that is not custom are ignored.
 *
 * Sets %SR_ERROR_MALFORMED, %SR_ERROR_LIMIT with field and offset.
 *
 * Returns: whether @objref is filled
 */
gboolean sr_objref_parse (const guint8 *data,
                          gsize         length,
                          SrObjref     *objref,
                          GError      **error);

/**
 * sr_objref_clear:
 * @objref: a reference; what it holds is freed
 */
void sr_objref_clear (SrObjref *objref);

/**
 * sr_interface_pointer_code:
 * @ndr: a cursor
 * @field: the field's name
 * @objref: (inout): bytes of an object reference; a reader sets it to new ones
 *
 * MInterfacePointer (MS-DCOM 2.2.14), behind its pointer.
 */
void sr_interface_pointer_code (SrNdr      *ndr,
                                const char *field,
                                GBytes    **objref);

/**
 * sr_unique_interface_pointer_code:
 * @ndr: a cursor
 * @field: the field's name
 * @objref: (inout) (nullable): bytes of an object reference, or %NULL
 *
 * A top-level PMInterfacePointer (MS-DCOM 2.2.16): pointer and MInterfacePointer one behind the other.
 */
void sr_unique_interface_pointer_code (SrNdr      *ndr,
                                       const char *field,
                                       GBytes    **objref);

G_END_DECLS
