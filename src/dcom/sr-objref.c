/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-objref.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define SIGNATURE 0x574f454d
#define EXTENDED_SIGNATURE 0x4e535956

void
sr_std_objref_code (SrNdr       *ndr,
                    SrStdObjref *std)
{
  sr_ndr_align (ndr, 8);
  sr_ndr_uint32 (ndr, "STDOBJREF.flags", &std->flags);
  sr_ndr_uint32 (ndr, "STDOBJREF.cPublicRefs", &std->public_refs);
  sr_ndr_uint64 (ndr, "STDOBJREF.oxid", &std->oxid);
  sr_ndr_uint64 (ndr, "STDOBJREF.oid", &std->oid);
  sr_ndr_guid (ndr, "STDOBJREF.ipid", &std->ipid);
}

/* Behind bindings nothing is aligned any more. */
static void
packed_uint32 (SrNdr      *ndr,
               const char *field,
               guint32    *value)
{
  guint32 wire = GUINT32_TO_LE (*value);

  sr_ndr_fixed_bytes (ndr, field, (guint8 *) &wire, sizeof wire);
  *value = GUINT32_FROM_LE (wire);
}

static void
packed_const (SrNdr      *ndr,
              const char *field,
              guint32     expected)
{
  guint32 value = expected;

  packed_uint32 (ndr, field, &value);
  if (value != expected)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("0x%08x where 0x%08x must be"), value, expected);
}

static void
packed_guid (SrNdr      *ndr,
             const char *field,
             SrGuid     *guid)
{
  guint8 wire[16];

  sr_guid_write (guid, wire);
  sr_ndr_fixed_bytes (ndr, field, wire, sizeof wire);
  sr_guid_read (wire, guid);
}

/* @length bytes into or out of @bytes; reading makes it. */
static void
packed_bytes (SrNdr      *ndr,
              const char *field,
              gsize       length,
              GBytes    **bytes)
{
  guint8 *copy;

  if (!sr_ndr_ok (ndr))
    return;
  if (!sr_ndr_is_reading (ndr))
    {
      sr_ndr_fixed_bytes (ndr, field, (guint8 *) g_bytes_get_data (*bytes, NULL), length);
      return;
    }
  copy = g_malloc (length);
  sr_ndr_fixed_bytes (ndr, field, copy, length);
  *bytes = g_bytes_new_take (copy, length);
}

static void
code_custom (SrNdr    *ndr,
             SrObjref *objref,
             gsize     total)
{
  guint32 extension = 0;
  gsize length;

  sr_ndr_guid (ndr, "OBJREF_CUSTOM.clsid", &objref->clsid);
  sr_ndr_uint32 (ndr, "OBJREF_CUSTOM.cbExtension", &extension);
  sr_ndr_uint32 (ndr, "OBJREF_CUSTOM.reserved", &objref->reserved);
  if (!sr_ndr_ok (ndr))
    return;
  length = sr_ndr_is_reading (ndr) ? total - sr_ndr_offset (ndr) : g_bytes_get_size (objref->data);
  packed_bytes (ndr, "OBJREF_CUSTOM.pObjectData", length, &objref->data);
}

/* DATAELEMENT (2.2.18.8) */
static void
code_element (SrNdr    *ndr,
              SrObjref *objref)
{
  guint32 size = 0, rounded;
  guint8 padding[8] = { 0 };

  if (!sr_ndr_is_reading (ndr))
    size = (guint32) g_bytes_get_size (objref->data);
  rounded = (size + 7) & ~7u;
  packed_guid (ndr, "DATAELEMENT.dataID", &objref->clsid);
  packed_uint32 (ndr, "DATAELEMENT.cbSize", &size);
  packed_uint32 (ndr, "DATAELEMENT.cbRounded", &rounded);
  if (size > SR_OBJREF_MAX_BYTES)
    sr_ndr_fail (ndr, SR_ERROR_LIMIT, "DATAELEMENT.cbSize", _("%u bytes, at most %u allowed"), size, SR_OBJREF_MAX_BYTES);
  if (rounded != ((size + 7) & ~7u))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "DATAELEMENT.cbRounded", _("%u bytes in %u"), size, rounded);
  packed_bytes (ndr, "DATAELEMENT.Data", size, &objref->data);
  if (sr_ndr_ok (ndr))
    sr_ndr_fixed_bytes (ndr, "DATAELEMENT.Data", padding, rounded - size);
}

static void
code_extended (SrNdr    *ndr,
               SrObjref *objref)
{
  sr_std_objref_code (ndr, &objref->std);
  packed_const (ndr, "OBJREF_EXTENDED.Signature1", EXTENDED_SIGNATURE);
  sr_dual_string_array_code_packet (ndr, "OBJREF_EXTENDED.saResAddr", &objref->resolver);
  packed_const (ndr, "OBJREF_EXTENDED.nElms", 1);
  packed_const (ndr, "OBJREF_EXTENDED.Signature2", EXTENDED_SIGNATURE);
  code_element (ndr, objref);
}

static void
code_objref (SrNdr    *ndr,
             SrObjref *objref,
             gsize     total)
{
  guint32 kind = objref->kind;

  sr_ndr_const_uint32 (ndr, "OBJREF.signature", SIGNATURE);
  sr_ndr_uint32 (ndr, "OBJREF.flags", &kind);
  sr_ndr_guid (ndr, "OBJREF.iid", &objref->iid);
  if (!sr_ndr_ok (ndr))
    return;
  objref->kind = kind;
  switch (kind)
    {
    case SR_OBJREF_STANDARD:
      sr_std_objref_code (ndr, &objref->std);
      sr_dual_string_array_code_packet (ndr, "OBJREF_STANDARD.saResAddr", &objref->resolver);
      break;
    case SR_OBJREF_HANDLER:
      sr_std_objref_code (ndr, &objref->std);
      sr_ndr_guid (ndr, "OBJREF_HANDLER.clsid", &objref->clsid);
      sr_dual_string_array_code_packet (ndr, "OBJREF_HANDLER.saResAddr", &objref->resolver);
      break;
    case SR_OBJREF_CUSTOM:
      code_custom (ndr, objref, total);
      break;
    case SR_OBJREF_EXTENDED:
      code_extended (ndr, objref);
      break;
    default:
      sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "OBJREF.flags", _("0x%08x is no format of an object reference"), kind);
    }
}

GBytes *
sr_objref_build (SrObjref *objref,
                 GError  **error)
{
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "OBJREF");
  code_objref (&ndr, objref, 0);
  return sr_ndr_finish_bytes (&ndr, error);
}

gboolean
sr_objref_parse (const guint8 *data,
                 gsize         length,
                 SrObjref     *objref,
                 GError      **error)
{
  gsize consumed;
  SrNdr ndr;

  *objref = (SrObjref) { 0 };
  sr_ndr_init_reader (&ndr, "OBJREF", data, length);
  code_objref (&ndr, objref, length);
  return sr_ndr_finish_prefix (&ndr, &consumed, error);
}

void
sr_objref_clear (SrObjref *objref)
{
  g_clear_pointer (&objref->resolver, sr_dual_string_array_free);
  g_clear_pointer (&objref->data, g_bytes_unref);
}

void
sr_interface_pointer_code (SrNdr      *ndr,
                           const char *field,
                           GBytes    **objref)
{
  guint32 count = 0;

  if (!sr_ndr_is_reading (ndr))
    count = (guint32) MIN (g_bytes_get_size (*objref), G_MAXUINT32);
  else
    *objref = NULL;
  sr_ndr_count (ndr, field, &count, SR_OBJREF_MAX_BYTES);
  /* ulCntData: the same count again, in front of as many bytes. */
  sr_ndr_const_uint32 (ndr, field, count);
  packed_bytes (ndr, field, count, objref);
}

void
sr_unique_interface_pointer_code (SrNdr      *ndr,
                                  const char *field,
                                  GBytes    **objref)
{
  gboolean present = !sr_ndr_is_reading (ndr) && *objref != NULL;

  if (sr_ndr_is_reading (ndr))
    *objref = NULL;
  if (sr_ndr_pointer (ndr, field, present))
    sr_interface_pointer_code (ndr, field, objref);
}
