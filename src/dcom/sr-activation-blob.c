/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-activation-blob.h"

#include "base/sr-error.h"
#include "rpc/sr-ndr-serialization.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* dwSize and dwReserved in front of the custom header */
#define PREFIX 8

/* MSHCTX_DIFFERENTMACHINE, what Windows sends */
#define DEST_CONTEXT 2

typedef struct
{
  guint32 total_size;
  guint32 header_size;
  guint32 dest_context;
  guint32 n;
  SrGuid class_info;
  SrGuid clsids[SR_ACTIVATION_MAX_PROPERTIES];
  guint32 sizes[SR_ACTIVATION_MAX_PROPERTIES];
} CustomHeader;

static void
code_arrays (SrNdr        *ndr,
             CustomHeader *h,
             gboolean      has_clsids,
             gboolean      has_sizes)
{
  guint32 n_clsids = h->n, n_sizes = h->n;

  if (!has_clsids || !has_sizes)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "CustomHeader", _("no classes or no sizes"));
  sr_ndr_count (ndr, "CustomHeader.pclsid", &n_clsids, SR_ACTIVATION_MAX_PROPERTIES);
  for (guint32 i = 0; i < n_clsids && sr_ndr_ok (ndr); i++)
    sr_ndr_guid (ndr, "CustomHeader.pclsid", &h->clsids[i]);
  sr_ndr_count (ndr, "CustomHeader.pSizes", &n_sizes, SR_ACTIVATION_MAX_PROPERTIES);
  for (guint32 i = 0; i < n_sizes && sr_ndr_ok (ndr); i++)
    sr_ndr_uint32 (ndr, "CustomHeader.pSizes", &h->sizes[i]);
  if (h->n == 0 || n_clsids != h->n || n_sizes != h->n)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "CustomHeader.cIfs", _("%u properties, %u classes, %u sizes"),
                 h->n, n_clsids, n_sizes);
}

static void
code_custom_header (SrNdr    *ndr,
                    gpointer  message)
{
  CustomHeader *h = message;
  gboolean has_clsids, has_sizes;
  guint32 reserved = 0, ignored;

  sr_ndr_uint32 (ndr, "CustomHeader.totalSize", &h->total_size);
  sr_ndr_uint32 (ndr, "CustomHeader.headerSize", &h->header_size);
  sr_ndr_uint32 (ndr, "CustomHeader.dwReserved", &reserved);
  sr_ndr_uint32 (ndr, "CustomHeader.destCtx", &h->dest_context);
  sr_ndr_count (ndr, "CustomHeader.cIfs", &h->n, SR_ACTIVATION_MAX_PROPERTIES);
  sr_ndr_guid (ndr, "CustomHeader.classInfoClsid", &h->class_info);
  has_clsids = sr_ndr_pointer (ndr, "CustomHeader.pclsid", TRUE);
  has_sizes = sr_ndr_pointer (ndr, "CustomHeader.pSizes", TRUE);
  reserved = sr_ndr_pointer (ndr, "CustomHeader.pdwReserved", FALSE);
  code_arrays (ndr, h, has_clsids, has_sizes);
  if (reserved)
    sr_ndr_uint32 (ndr, "CustomHeader.pdwReserved", &ignored);
}

/* dwSize, dwReserved, header and properties, one behind the other */
static GBytes *
join (GBytes        *header,
      GBytes *const *properties,
      guint          n)
{
  GByteArray *all = g_byte_array_new ();
  guint32 prefix[2] = { 0, 0 };

  g_byte_array_append (all, (const guint8 *) prefix, sizeof prefix);
  g_byte_array_append (all, g_bytes_get_data (header, NULL), (guint) g_bytes_get_size (header));
  for (guint i = 0; i < n; i++)
    g_byte_array_append (all, g_bytes_get_data (properties[i], NULL), (guint) g_bytes_get_size (properties[i]));
  prefix[0] = GUINT32_TO_LE (all->len - PREFIX);
  memcpy (all->data, prefix, sizeof prefix);
  return g_byte_array_free_to_bytes (all);
}

GBytes *
sr_activation_blob_build (const SrGuid  *iid,
                          const SrGuid  *unmarshaler,
                          const SrGuid  *clsids,
                          GBytes *const *properties,
                          guint          n,
                          GError       **error)
{
  CustomHeader header = { .dest_context = DEST_CONTEXT, .n = n };
  SrObjref objref = { .kind = SR_OBJREF_CUSTOM, .iid = *iid, .clsid = *unmarshaler };
  g_autoptr (GBytes) measured = NULL;
  g_autoptr (GBytes) serialized = NULL;
  g_autoptr (GBytes) data = NULL;
  gsize total = 0;

  g_return_val_if_fail (n > 0 && n <= SR_ACTIVATION_MAX_PROPERTIES, NULL);
  for (guint i = 0; i < n; i++)
    {
      header.clsids[i] = clsids[i];
      header.sizes[i] = (guint32) g_bytes_get_size (properties[i]);
      total += g_bytes_get_size (properties[i]);
    }
  /* The header tells its own serialized size. */
  measured = sr_ndr_serialize ("CustomHeader", code_custom_header, &header, error);
  if (measured == NULL)
    return NULL;
  total += g_bytes_get_size (measured);
  if (total > SR_OBJREF_MAX_BYTES / 2)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("Activation properties of %zu bytes"), total);
      return NULL;
    }
  header.header_size = (guint32) g_bytes_get_size (measured);
  header.total_size = (guint32) total;
  serialized = sr_ndr_serialize ("CustomHeader", code_custom_header, &header, error);
  if (serialized == NULL)
    return NULL;

  data = join (serialized, properties, n);
  objref.data = data;
  /* What Windows writes here. */
  objref.reserved = (guint32) g_bytes_get_size (data) + 8;
  return sr_objref_build (&objref, error);
}

/* Finds where each property stands; @data begins with the custom header. */
static gboolean
place_properties (SrActivationBlob   *blob,
                  const CustomHeader *header,
                  const guint8       *data,
                  gsize               length,
                  gsize               header_length,
                  GError            **error)
{
  guint64 at = header->header_size;

  if (at < header_length || at > length)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("CustomHeader: a header of %u bytes that fills %zu of %zu"),
                   header->header_size, header_length, length);
      return FALSE;
    }
  for (guint i = 0; i < header->n; i++)
    {
      if (at + header->sizes[i] > length)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED,
                       _("CustomHeader: property %u with %u bytes at byte %zu of %zu"),
                       i, header->sizes[i], (gsize) at, length);
          return FALSE;
        }
      blob->properties[i].clsid = header->clsids[i];
      blob->properties[i].data = data + at;
      blob->properties[i].length = header->sizes[i];
      at += header->sizes[i];
    }
  blob->n_properties = header->n;
  return TRUE;
}

gboolean
sr_activation_blob_parse (const guint8     *data,
                          gsize             length,
                          const SrGuid     *unmarshaler,
                          SrActivationBlob *blob,
                          GError          **error)
{
  CustomHeader header = { 0 };
  const guint8 *inner;
  gsize inner_length, consumed;

  *blob = (SrActivationBlob) { 0 };
  if (!sr_objref_parse (data, length, &blob->objref, error))
    return FALSE;
  if (blob->objref.kind != SR_OBJREF_CUSTOM || !sr_guid_equal (&blob->objref.clsid, unmarshaler))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Activation properties: an object reference of another kind or class"));
      return FALSE;
    }
  inner = g_bytes_get_data (blob->objref.data, &inner_length);
  if (inner_length < PREFIX)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Activation properties: %zu bytes"), inner_length);
      return FALSE;
    }
  inner += PREFIX;
  inner_length -= PREFIX;
  return sr_ndr_deserialize ("CustomHeader", inner, inner_length, code_custom_header, &header, &consumed, error)
         && place_properties (blob, &header, inner, inner_length, consumed, error);
}

void
sr_activation_blob_clear (SrActivationBlob *blob)
{
  sr_objref_clear (&blob->objref);
  blob->n_properties = 0;
}

const guint8 *
sr_activation_blob_find (const SrActivationBlob *blob,
                         const SrGuid           *clsid,
                         gsize                  *length)
{
  for (guint i = 0; i < blob->n_properties; i++)
    if (sr_guid_equal (&blob->properties[i].clsid, clsid))
      {
        *length = blob->properties[i].length;
        return blob->properties[i].data;
      }
  return NULL;
}
