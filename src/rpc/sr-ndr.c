/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-ndr.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What Windows writes first; any other than 0 would do. */
#define FIRST_REFERENT 0x00020000

void
sr_ndr_init_reader (SrNdr        *ndr,
                    const char   *method,
                    const guint8 *data,
                    gsize         length)
{
  *ndr = (SrNdr) { .method = method, .reading = TRUE, .data = data, .length = length };
}

void
sr_ndr_init_writer (SrNdr      *ndr,
                    const char *method)
{
  *ndr = (SrNdr) { .method = method, .out = g_byte_array_new (), .next_referent = FIRST_REFERENT };
}

gboolean
sr_ndr_is_reading (const SrNdr *ndr)
{
  return ndr->reading;
}

gboolean
sr_ndr_ok (const SrNdr *ndr)
{
  return ndr->error == NULL;
}

gsize
sr_ndr_offset (const SrNdr *ndr)
{
  return ndr->reading ? ndr->offset : ndr->out->len;
}

void
sr_ndr_fail (SrNdr      *ndr,
             int         code,
             const char *field,
             const char *format,
             ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (ndr->error != NULL)
    return;
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  /* Translators: a method or file, its field, an offset, what is wrong there */
  ndr->error = g_error_new (SR_ERROR, code, _("%s: %s at byte %zu: %s"),
                            ndr->method, field, sr_ndr_offset (ndr), what);
}

static gboolean
finish (SrNdr   *ndr,
        GError **error)
{
  g_clear_pointer (&ndr->out, g_byte_array_unref);
  if (ndr->error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&ndr->error));
  return FALSE;
}

/* The largest alignment that NDR has, less one. */
#define MAX_PADDING 7

gboolean
sr_ndr_finish_request (SrNdr   *ndr,
                       GError **error)
{
  if (ndr->length - ndr->offset <= MAX_PADDING)
    return finish (ndr, error);
  return sr_ndr_finish (ndr, error);
}

gboolean
sr_ndr_finish (SrNdr   *ndr,
               GError **error)
{
  if (ndr->reading && ndr->offset != ndr->length)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "end", _("%zu bytes too many"), ndr->length - ndr->offset);
  return finish (ndr, error);
}

gboolean
sr_ndr_finish_prefix (SrNdr   *ndr,
                      gsize   *consumed,
                      GError **error)
{
  *consumed = ndr->offset;
  return finish (ndr, error);
}

GBytes *
sr_ndr_finish_bytes (SrNdr   *ndr,
                     GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (!ndr->reading, NULL);
  bytes = g_byte_array_free_to_bytes (g_steal_pointer (&ndr->out));
  return finish (ndr, error) ? g_steal_pointer (&bytes) : NULL;
}

gboolean
sr_ndr_enter (SrNdr      *ndr,
              const char *field)
{
  if (ndr->depth >= SR_NDR_MAX_DEPTH)
    sr_ndr_fail (ndr, SR_ERROR_LIMIT, field, _("structures nest deeper than %u"), SR_NDR_MAX_DEPTH);
  ndr->depth++;
  return sr_ndr_ok (ndr);
}

void
sr_ndr_leave (SrNdr *ndr)
{
  ndr->depth--;
}

/* The next @n bytes to read, or NULL after an error. */
static const guint8 *
take (SrNdr      *ndr,
      const char *field,
      gsize       n)
{
  const guint8 *at;

  if (ndr->error != NULL)
    return NULL;
  if (n > ndr->length - ndr->offset)
    {
      sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("%zu bytes wanted, %zu left"), n, ndr->length - ndr->offset);
      return NULL;
    }
  at = ndr->data + ndr->offset;
  ndr->offset += n;
  return at;
}

static void
put (SrNdr      *ndr,
     const char *field,
     const void *data,
     gsize       n)
{
  if (ndr->error != NULL)
    return;
  if (n > G_MAXUINT - ndr->out->len)
    {
      sr_ndr_fail (ndr, SR_ERROR_LIMIT, field, _("the stub grows above 4 GiB"));
      return;
    }
  if (n > 0)
    g_byte_array_append (ndr->out, data, (guint) n);
}

void
sr_ndr_align (SrNdr *ndr,
              guint  alignment)
{
  static const guint8 zeros[8];
  gsize gap = -sr_ndr_offset (ndr) & (alignment - 1);

  if (ndr->reading)
    take (ndr, "alignment", gap);
  else
    put (ndr, "alignment", zeros, gap);
}

void
sr_ndr_fixed_bytes (SrNdr      *ndr,
                    const char *field,
                    guint8     *bytes,
                    gsize       length)
{
  if (!ndr->reading)
    put (ndr, field, bytes, length);
  else
    {
      const guint8 *at = take (ndr, field, length);

      if (at == NULL)
        memset (bytes, 0, length);
      else if (length > 0)
        memcpy (bytes, at, length);
    }
}

void
sr_ndr_view (SrNdr         *ndr,
             const char    *field,
             const guint8 **data,
             gsize          length)
{
  if (ndr->reading)
    *data = take (ndr, field, length);
  else
    put (ndr, field, *data, length);
}

void
sr_ndr_uint8 (SrNdr      *ndr,
              const char *field,
              guint8     *value)
{
  sr_ndr_fixed_bytes (ndr, field, value, 1);
}

void
sr_ndr_uint16 (SrNdr      *ndr,
               const char *field,
               guint16    *value)
{
  guint16 wire = ndr->reading ? 0 : GUINT16_TO_LE (*value);

  sr_ndr_align (ndr, 2);
  sr_ndr_fixed_bytes (ndr, field, (guint8 *) &wire, sizeof wire);
  if (ndr->reading)
    *value = GUINT16_FROM_LE (wire);
}

void
sr_ndr_uint32 (SrNdr      *ndr,
               const char *field,
               guint32    *value)
{
  guint32 wire = ndr->reading ? 0 : GUINT32_TO_LE (*value);

  sr_ndr_align (ndr, 4);
  sr_ndr_fixed_bytes (ndr, field, (guint8 *) &wire, sizeof wire);
  if (ndr->reading)
    *value = GUINT32_FROM_LE (wire);
}

void
sr_ndr_patch_uint32 (SrNdr  *ndr,
                     gsize   offset,
                     guint32 value)
{
  guint32 wire = GUINT32_TO_LE (value);

  if (ndr->error != NULL)
    return;
  g_return_if_fail (!ndr->reading && offset + sizeof wire <= ndr->out->len);
  memcpy (ndr->out->data + offset, &wire, sizeof wire);
}

void
sr_ndr_int32 (SrNdr      *ndr,
              const char *field,
              gint32     *value)
{
  guint32 bits = (guint32) *value;

  sr_ndr_uint32 (ndr, field, &bits);
  *value = (gint32) bits;
}

void
sr_ndr_uint64 (SrNdr      *ndr,
               const char *field,
               guint64    *value)
{
  guint64 wire = ndr->reading ? 0 : GUINT64_TO_LE (*value);

  sr_ndr_align (ndr, 8);
  sr_ndr_fixed_bytes (ndr, field, (guint8 *) &wire, sizeof wire);
  if (ndr->reading)
    *value = GUINT64_FROM_LE (wire);
}

void
sr_ndr_guid (SrNdr      *ndr,
             const char *field,
             SrGuid     *value)
{
  guint8 wire[16] = { 0 };

  if (!ndr->reading)
    sr_guid_write (value, wire);
  sr_ndr_align (ndr, 4);
  sr_ndr_fixed_bytes (ndr, field, wire, sizeof wire);
  if (ndr->reading)
    sr_guid_read (wire, value);
}

void
sr_ndr_const_uint32 (SrNdr      *ndr,
                     const char *field,
                     guint32     expected)
{
  guint32 value = expected;

  sr_ndr_uint32 (ndr, field, &value);
  if (sr_ndr_ok (ndr) && value != expected)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("0x%08x where 0x%08x must be"), value, expected);
}

gboolean
sr_ndr_pointer (SrNdr      *ndr,
                const char *field,
                gboolean    present)
{
  guint32 referent = 0;

  if (!ndr->reading && present)
    {
      referent = ndr->next_referent;
      ndr->next_referent += 4;
    }
  sr_ndr_uint32 (ndr, field, &referent);
  return referent != 0 && sr_ndr_ok (ndr);
}

void
sr_ndr_count (SrNdr      *ndr,
              const char *field,
              guint32    *count,
              guint32     max)
{
  sr_ndr_uint32 (ndr, field, count);
  if (*count > max)
    {
      sr_ndr_fail (ndr, SR_ERROR_LIMIT, field, _("a count of %u, at most %u allowed"), *count, max);
      *count = 0;
    }
}

static void
read_string (SrNdr      *ndr,
             const char *field,
             char      **text,
             guint32     max)
{
  guint32 maximum = 0, offset = 0, actual = 0;
  g_autoptr (GError) error = NULL;
  const guint8 *at;

  *text = NULL;
  sr_ndr_count (ndr, field, &maximum, max);
  sr_ndr_uint32 (ndr, field, &offset);
  sr_ndr_count (ndr, field, &actual, max);
  if (sr_ndr_ok (ndr) && (offset != 0 || actual == 0 || actual > maximum))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("counts of a string: maximum %u, offset %u, actual %u"),
                 maximum, offset, actual);
  at = take (ndr, field, 2 * (gsize) actual);
  if (at == NULL)
    return;
  if (at[2 * actual - 2] != 0 || at[2 * actual - 1] != 0)
    {
      sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("a string without its NUL"));
      return;
    }
  *text = sr_utf16_to_utf8 (at, 2 * (gsize) actual, &error);
  if (*text == NULL)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, "%s", error->message);
}

static void
write_string (SrNdr      *ndr,
              const char *field,
              const char *text,
              guint32     max)
{
  g_autoptr (GBytes) utf16 = sr_utf16_from_utf8 (text, TRUE);
  gsize length;
  const void *data = g_bytes_get_data (utf16, &length);
  guint32 units = (guint32) MIN (length / 2, G_MAXUINT32), offset = 0;

  sr_ndr_count (ndr, field, &units, max);
  sr_ndr_uint32 (ndr, field, &offset);
  sr_ndr_uint32 (ndr, field, &units);
  put (ndr, field, data, length);
}

void
sr_ndr_string (SrNdr      *ndr,
               const char *field,
               char      **text,
               guint32     max)
{
  if (ndr->reading)
    read_string (ndr, field, text, max);
  else
    write_string (ndr, field, *text, max);
}

void
sr_ndr_unique_string (SrNdr      *ndr,
                      const char *field,
                      char      **text,
                      guint32     max)
{
  gboolean present = sr_ndr_pointer (ndr, field, !ndr->reading && *text != NULL);

  if (ndr->reading)
    *text = NULL;
  if (present)
    sr_ndr_string (ndr, field, text, max);
}

void
sr_ndr_byte_view (SrNdr         *ndr,
                  const char    *field,
                  const guint8 **data,
                  guint32       *count,
                  guint32        max)
{
  sr_ndr_count (ndr, field, count, max);
  sr_ndr_view (ndr, field, data, *count);
  if (!sr_ndr_ok (ndr))
    *count = 0;
}

void
sr_ndr_byte_array (SrNdr      *ndr,
                   const char *field,
                   GBytes    **bytes,
                   guint32     max)
{
  const guint8 *data = NULL;
  guint32 count = 0;

  if (!ndr->reading && *bytes != NULL)
    {
      gsize length;

      data = g_bytes_get_data (*bytes, &length);
      count = (guint32) MIN (length, G_MAXUINT32);
    }
  sr_ndr_byte_view (ndr, field, &data, &count, max);
  if (ndr->reading)
    *bytes = sr_ndr_ok (ndr) ? g_bytes_new (data, count) : NULL;
}
