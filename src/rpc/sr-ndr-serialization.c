/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-ndr-serialization.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

#define VERSION 1
#define LITTLE_ENDIAN_NDR 0x10
#define COMMON_HEADER_LENGTH 8
#define FILLER 0xcccccccc

typedef struct
{
  guint8 version;
  guint8 endianness;
  guint16 header_length;
  guint32 filler;
  guint32 object_length;
  guint32 reserved;
} Headers;

static void
code_headers (SrNdr   *ndr,
              Headers *h)
{
  sr_ndr_uint8 (ndr, "Version", &h->version);
  sr_ndr_uint8 (ndr, "Endianness", &h->endianness);
  sr_ndr_uint16 (ndr, "CommonHeaderLength", &h->header_length);
  sr_ndr_uint32 (ndr, "Filler", &h->filler);
  sr_ndr_uint32 (ndr, "ObjectBufferLength", &h->object_length);
  sr_ndr_uint32 (ndr, "Filler", &h->reserved);
}

GBytes *
sr_ndr_serialize (const char *name,
                  SrNdrCoder  coder,
                  gpointer    message,
                  GError    **error)
{
  Headers headers = { VERSION, LITTLE_ENDIAN_NDR, COMMON_HEADER_LENGTH, FILLER, 0, 0 };
  g_autoptr (GBytes) body = NULL;
  gsize length;
  guint8 *data;
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, name);
  coder (&ndr, message);
  sr_ndr_align (&ndr, 8);
  body = sr_ndr_finish_bytes (&ndr, error);
  if (body == NULL)
    return NULL;

  data = (guint8 *) g_bytes_get_data (body, &length);
  if (length > G_MAXUINT32)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("%s: serialized to %zu bytes"), name, length);
      return NULL;
    }
  headers.object_length = (guint32) length;
  sr_ndr_init_writer (&ndr, name);
  code_headers (&ndr, &headers);
  sr_ndr_fixed_bytes (&ndr, name, data, length);
  return sr_ndr_finish_bytes (&ndr, error);
}

static gboolean
read_headers (const char   *name,
              const guint8 *data,
              gsize         length,
              Headers      *headers,
              GError      **error)
{
  SrNdr ndr;
  gsize consumed;

  sr_ndr_init_reader (&ndr, name, data, length);
  code_headers (&ndr, headers);
  if (sr_ndr_ok (&ndr) && (headers->version != VERSION || headers->header_length != COMMON_HEADER_LENGTH))
    sr_ndr_fail (&ndr, SR_ERROR_MALFORMED, "CommonTypeHeader", _("version %u, length %u"),
                 headers->version, headers->header_length);
  if (sr_ndr_ok (&ndr) && headers->endianness != LITTLE_ENDIAN_NDR)
    sr_ndr_fail (&ndr, SR_ERROR_UNSUPPORTED, "CommonTypeHeader", _("endianness 0x%02x"), headers->endianness);
  if (sr_ndr_ok (&ndr) && headers->object_length > length - SR_NDR_SERIALIZATION_HEADER)
    sr_ndr_fail (&ndr, SR_ERROR_MALFORMED, "ObjectBufferLength", _("%u bytes told, %zu left"),
                 headers->object_length, length - SR_NDR_SERIALIZATION_HEADER);
  return sr_ndr_finish_prefix (&ndr, &consumed, error);
}

gboolean
sr_ndr_deserialize (const char   *name,
                    const guint8 *data,
                    gsize         length,
                    SrNdrCoder    coder,
                    gpointer      message,
                    gsize        *consumed,
                    GError      **error)
{
  Headers headers = { 0 };
  gsize padded, unused;
  SrNdr ndr;

  if (!read_headers (name, data, length, &headers, error))
    return FALSE;
  sr_ndr_init_reader (&ndr, name, data + SR_NDR_SERIALIZATION_HEADER, headers.object_length);
  coder (&ndr, message);
  if (!sr_ndr_finish_prefix (&ndr, &unused, error))
    return FALSE;

  padded = SR_NDR_SERIALIZATION_HEADER + (((gsize) headers.object_length + 7) & ~(gsize) 7);
  if (consumed != NULL)
    *consumed = MIN (padded, length);
  return TRUE;
}
