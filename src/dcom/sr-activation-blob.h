/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-objref.h"

G_BEGIN_DECLS

/** SR_ACTIVATION_MAX_PROPERTIES: most properties of a blob (MAX_ACTPROP_LIMIT, MS-DCOM 2.2.28.1) */
#define SR_ACTIVATION_MAX_PROPERTIES 10

/** SR_OLE_GUID: the family {0000NNNN-0000-0000-C000-000000000046} that COM's own identifiers come from (MS-DCOM 1.9) */
#define SR_OLE_GUID(n) ((SrGuid) { (n), 0, 0, { 0xc0, 0, 0, 0, 0, 0, 0, 0x46 } })

/**
 * SrActivationBlob:
 * @objref: a custom object reference that owns the bytes
 * @n_properties: how many
 * @properties: clsid, place and length of each serialized property
 *
 * An activation properties blob, taken apart (MS-DCOM 2.2.22).
 */
typedef struct
{
  SrObjref objref;
  guint n_properties;
  struct
  {
    SrGuid clsid;
    const guint8 *data;
    gsize length;
  } properties[SR_ACTIVATION_MAX_PROPERTIES];
} SrActivationBlob;

/**
 * sr_activation_blob_build:
 * @iid: interface of the object reference
 * @unmarshaler: class of the object reference
 * @clsids: (array length=n): what each property is
 * @properties: (array length=n): the serialized properties
 * @n: how many
 * @error: where to put an error
 *
 * Returns: (transfer full): bytes of a custom object reference, or %NULL
 */
GBytes *sr_activation_blob_build (const SrGuid  *iid,
                                  const SrGuid  *unmarshaler,
                                  const SrGuid  *clsids,
                                  GBytes *const *properties,
                                  guint          n,
                                  GError       **error);

/**
 * sr_activation_blob_parse:
 * @data: (array length=length): bytes of a custom object reference
 * @length: in bytes
 * @unmarshaler: the class it must have
 * @blob: (out caller-allocates): the properties, to be cleared in either case
 * @error: where to put an error
 *
 * Returns: whether @blob is filled
 */
gboolean sr_activation_blob_parse (const guint8     *data,
                                   gsize             length,
                                   const SrGuid     *unmarshaler,
                                   SrActivationBlob *blob,
                                   GError          **error);

/**
 * sr_activation_blob_clear:
 * @blob: what was taken apart
 */
void sr_activation_blob_clear (SrActivationBlob *blob);

/**
 * sr_activation_blob_find:
 * @blob: a blob
 * @clsid: what property
 * @length: (out): its length in bytes
 *
 * Returns: (nullable) (transfer none): the serialized property
 */
const guint8 *sr_activation_blob_find (const SrActivationBlob *blob,
                                       const SrGuid           *clsid,
                                       gsize                  *length);

G_END_DECLS
