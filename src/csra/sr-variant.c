/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "csra/sr-variant.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"

#include <glib/gi18n-lib.h>

/* A registry value of a CA is far below these. */
#define MAX_BYTES (1024 * 1024)
#define MAX_STRINGS 4096
#define MAX_UNITS 32768

#define NULL_BSTR 0xffffffffu

#define VT_ARRAY 0x2000
#define VT_TYPEMASK 0x0fff

/* ADVFEATUREFLAGS, MS-OAUT 2.2.9 */
#define FADF_HAVEVARTYPE 0x0080
#define FADF_BSTR 0x0100

/* SF_TYPE, MS-OAUT 2.2.8 */
#define SF_BSTR 8
#define SF_I1 16

void
sr_variant_clear (SrVariant *variant)
{
  g_clear_pointer (&variant->text, g_free);
  g_clear_pointer (&variant->bytes, g_bytes_unref);
  g_clear_pointer (&variant->strings, g_strfreev);
  *variant = (SrVariant) { .type = SR_VT_EMPTY };
}

static void
read_bstr_text (SrNdr      *ndr,
                const char *field,
                char      **text,
                guint32     n_bytes,
                guint32     units)
{
  g_autoptr (GError) error = NULL;
  const guint8 *data = NULL;

  sr_ndr_view (ndr, field, &data, 2 * (gsize) units);
  if (!sr_ndr_ok (ndr))
    return;
  if (n_bytes != 2 * units)
    {
      sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("a BSTR of %u bytes in %u units"), n_bytes, units);
      return;
    }
  *text = sr_utf16_to_utf8 (data, n_bytes, &error);
  if (*text == NULL)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, "%s", error->message);
}

/* FLAGGED_WORD_BLOB (MS-OAUT 2.2.23.1), what a BSTR's pointer points to; @text is NULL for the null BSTR. */
static void
code_bstr (SrNdr      *ndr,
           const char *field,
           char      **text)
{
  g_autoptr (GBytes) utf16 = NULL;
  const guint8 *data = NULL;
  gsize length = 0;
  guint32 maximum, n_bytes, units;

  if (sr_ndr_is_reading (ndr))
    *text = NULL;
  else if (*text != NULL)
    {
      utf16 = sr_utf16_from_utf8 (*text, FALSE);
      data = g_bytes_get_data (utf16, &length);
    }
  maximum = units = (guint32) MIN (length / 2, G_MAXUINT32);
  n_bytes = *text == NULL ? NULL_BSTR : 2 * units;

  sr_ndr_count (ndr, field, &maximum, MAX_UNITS);
  sr_ndr_uint32 (ndr, field, &n_bytes);
  sr_ndr_count (ndr, field, &units, MAX_UNITS);
  if (!sr_ndr_ok (ndr))
    return;
  if (maximum != units)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("counts of a BSTR: maximum %u, actual %u"), maximum, units);
  else if (!sr_ndr_is_reading (ndr))
    sr_ndr_view (ndr, field, &data, length);
  else if (n_bytes != NULL_BSTR || units != 0)
    read_bstr_text (ndr, field, text, n_bytes, units);
}

/* The array of a SAFEARR_BSTR: every pointer, then every string. A null BSTR reads as an empty string. */
static void
code_strings (SrNdr      *ndr,
              const char *field,
              char     ***strings,
              guint32     count)
{
  g_autofree gboolean *present = g_new0 (gboolean, count);

  if (sr_ndr_is_reading (ndr))
    *strings = g_new0 (char *, count + 1);
  for (guint32 i = 0; i < count; i++)
    present[i] = sr_ndr_pointer (ndr, field, TRUE);
  for (guint32 i = 0; i < count && sr_ndr_ok (ndr); i++)
    {
      if (present[i])
        code_bstr (ndr, field, &(*strings)[i]);
      if ((*strings)[i] == NULL && sr_ndr_ok (ndr))
        (*strings)[i] = g_strdup ("");
    }
}

static void
code_bytes (SrNdr      *ndr,
            const char *field,
            GBytes    **bytes,
            guint32     count)
{
  const guint8 *data = NULL;

  if (!sr_ndr_is_reading (ndr) && *bytes != NULL)
    data = g_bytes_get_data (*bytes, NULL);
  sr_ndr_view (ndr, field, &data, count);
  if (sr_ndr_is_reading (ndr) && sr_ndr_ok (ndr))
    *bytes = g_bytes_new (data, count);
}

static guint32
count_elements (const SrVariant *variant)
{
  gsize count = 0;

  if (variant->type == SR_VT_ARRAY_UI1 && variant->bytes != NULL)
    count = g_bytes_get_size (variant->bytes);
  else if (variant->type == SR_VT_ARRAY_BSTR && variant->strings != NULL)
    count = g_strv_length (variant->strings);
  return (guint32) MIN (count, G_MAXUINT32);
}

/* Gives a reader of an array that is not there (a null pointer) an empty one. */
static void
make_empty_array (SrVariant *variant)
{
  if (variant->type == SR_VT_ARRAY_UI1 && variant->bytes == NULL)
    variant->bytes = g_bytes_new (NULL, 0);
  else if (variant->type == SR_VT_ARRAY_BSTR && variant->strings == NULL)
    variant->strings = g_new0 (char *, 1);
}

/*
 * SAFEARRAY of one dimension (MS-OAUT 2.2.30.10). The count of bounds stands in
 * front, being a conformant array at the end of a structure; the elements
 * come behind. cbElements and the lower bound say nothing that we need.
 */
static void
code_safearray (SrNdr      *ndr,
                const char *field,
                SrVariant  *variant)
{
  gboolean is_strings = variant->type == SR_VT_ARRAY_BSTR;
  guint32 limit = is_strings ? MAX_STRINGS : MAX_BYTES;
  guint16 n_dims = 1;
  guint16 features = is_strings ? FADF_BSTR | FADF_HAVEVARTYPE : FADF_HAVEVARTYPE;
  guint32 element_size = is_strings ? 4 : 1;
  guint32 locks = (guint32) (variant->type & VT_TYPEMASK) << 16;
  guint32 size = sr_ndr_is_reading (ndr) ? 0 : count_elements (variant);
  guint32 elements = size, maximum = size;
  gint32 lower = 0;
  gboolean present;

  sr_ndr_const_uint32 (ndr, field, 1);
  sr_ndr_uint16 (ndr, field, &n_dims);
  sr_ndr_uint16 (ndr, field, &features);
  sr_ndr_uint32 (ndr, field, &element_size);
  sr_ndr_uint32 (ndr, field, &locks);
  sr_ndr_const_uint32 (ndr, field, is_strings ? SF_BSTR : SF_I1);
  sr_ndr_count (ndr, field, &size, limit);
  present = sr_ndr_pointer (ndr, field, TRUE);
  sr_ndr_count (ndr, field, &elements, limit);
  sr_ndr_int32 (ndr, field, &lower);
  if (present)
    sr_ndr_count (ndr, field, &maximum, limit);
  else
    maximum = 0;

  if (!sr_ndr_ok (ndr))
    return;
  if (n_dims != 1)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("%u dimensions in an array of one"), n_dims);
  else if ((features & FADF_HAVEVARTYPE) != 0 && locks >> 16 != (variant->type & VT_TYPEMASK))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("elements of type %u in an array of type 0x%x"),
                 locks >> 16, variant->type);
  else if (size != elements || size != maximum)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("counts of an array: size %u, bound %u, maximum %u"),
                 size, elements, maximum);
  else if (is_strings)
    code_strings (ndr, field, &variant->strings, size);
  else
    code_bytes (ndr, field, &variant->bytes, size);
}

/* The union's arm, discriminant first, and what its pointers point to. */
static void
code_value (SrNdr      *ndr,
            const char *field,
            SrVariant  *variant)
{
  /* All arrays share one arm (2.2.29.1: case VT_ARRAY). */
  sr_ndr_const_uint32 (ndr, field, (variant->type & VT_ARRAY) != 0 ? VT_ARRAY : variant->type);

  switch (variant->type)
    {
    case SR_VT_EMPTY:
      break;
    case SR_VT_I4:
      sr_ndr_int32 (ndr, field, &variant->number);
      break;
    case SR_VT_BSTR:
      if (sr_ndr_pointer (ndr, field, TRUE))
        code_bstr (ndr, field, &variant->text);
      break;
    case SR_VT_ARRAY_UI1:
    case SR_VT_ARRAY_BSTR:
      /* PSAFEARRAY is a pointer to a SAFEARRAY, which is a pointer itself. */
      if (sr_ndr_pointer (ndr, field, TRUE) && sr_ndr_pointer (ndr, field, TRUE))
        code_safearray (ndr, field, variant);
      if (sr_ndr_is_reading (ndr) && sr_ndr_ok (ndr))
        make_empty_array (variant);
      break;
    default:
      sr_ndr_fail (ndr, SR_ERROR_UNSUPPORTED, field, _("a VARIANT of type 0x%04x"), variant->type);
    }
}

static gboolean
type_is_known (guint16 type)
{
  return type == SR_VT_EMPTY || type == SR_VT_I4 || type == SR_VT_BSTR
         || type == SR_VT_ARRAY_UI1 || type == SR_VT_ARRAY_BSTR;
}

void
sr_variant_code (SrNdr      *ndr,
                 const char *field,
                 SrVariant  *variant)
{
  guint32 quads = 0, reserved = 0;
  guint16 type = sr_ndr_is_reading (ndr) ? 0 : (guint16) variant->type;
  guint16 unused = 0;
  gsize start;

  if (sr_ndr_is_reading (ndr))
    *variant = (SrVariant) { .type = SR_VT_EMPTY };
  if (!sr_ndr_pointer (ndr, field, TRUE))
    return;

  sr_ndr_align (ndr, 8);
  start = sr_ndr_offset (ndr);
  /* The size is told, and not needed: what follows has counts of its own. */
  sr_ndr_uint32 (ndr, field, &quads);
  sr_ndr_uint32 (ndr, field, &reserved);
  sr_ndr_uint16 (ndr, field, &type);
  for (int i = 0; i < 3; i++)
    sr_ndr_uint16 (ndr, field, &unused);
  if (!type_is_known (type))
    {
      sr_ndr_fail (ndr, SR_ERROR_UNSUPPORTED, field, _("a VARIANT of type 0x%04x"), type);
      return;
    }
  variant->type = (SrVariantType) type;
  code_value (ndr, field, variant);
  if (!sr_ndr_is_reading (ndr))
    sr_ndr_patch_uint32 (ndr, start, (guint32) ((sr_ndr_offset (ndr) - start + 7) / 8));
}
