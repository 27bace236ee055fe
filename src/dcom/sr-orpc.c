/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-orpc.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

static void
extent_free (gpointer data)
{
  SrOrpcExtent *extent = data;

  g_clear_pointer (&extent->data, g_bytes_unref);
  g_free (extent);
}

GPtrArray *
sr_orpc_extents_new (void)
{
  return g_ptr_array_new_with_free_func (extent_free);
}

void
sr_orpc_extents_add (GPtrArray    *extents,
                     const SrGuid *id,
                     GBytes       *data)
{
  SrOrpcExtent *extent = g_new0 (SrOrpcExtent, 1);

  extent->id = *id;
  extent->data = g_bytes_ref (data);
  g_ptr_array_add (extents, extent);
}

void
sr_com_version_code (SrNdr        *ndr,
                     const char   *field,
                     SrComVersion *version)
{
  sr_ndr_uint16 (ndr, field, &version->major);
  sr_ndr_uint16 (ndr, field, &version->minor);
}

gboolean
sr_com_version_accepted (SrComVersion client,
                         guint16      minor)
{
  return client.major == SR_COM_VERSION_MAJOR && client.minor <= minor;
}

/* ORPC_EXTENT: the count in front is that of the padded data. */
static void
code_extent (SrNdr        *ndr,
             SrOrpcExtent *extent)
{
  guint8 padding[8] = { 0 };
  guint32 size = 0, rounded;
  const guint8 *data = NULL;

  if (!sr_ndr_is_reading (ndr))
    {
      gsize length;

      data = g_bytes_get_data (extent->data, &length);
      size = (guint32) MIN (length, G_MAXUINT32 - 8);
    }
  rounded = (size + 7) & ~7u;
  sr_ndr_count (ndr, "ORPC_EXTENT", &rounded, SR_ORPC_MAX_EXTENT_BYTES);
  sr_ndr_guid (ndr, "id", &extent->id);
  sr_ndr_count (ndr, "size", &size, SR_ORPC_MAX_EXTENT_BYTES);
  if (rounded != ((size + 7) & ~7u))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "size", _("%u bytes in an array of %u"), size, rounded);
  if (!sr_ndr_ok (ndr))
    return;

  if (sr_ndr_is_reading (ndr))
    {
      guint8 *copy = g_malloc (size);

      sr_ndr_fixed_bytes (ndr, "data", copy, size);
      extent->data = g_bytes_new_take (copy, size);
    }
  else
    sr_ndr_fixed_bytes (ndr, "data", (guint8 *) data, size);
  sr_ndr_fixed_bytes (ndr, "data", padding, rounded - size);
}

/* Reads which of @slots pointers are there, writes the first @size of them as there. */
static guint32
code_extent_pointers (SrNdr   *ndr,
                      guint32  slots,
                      guint32  size,
                      gboolean present[SR_ORPC_MAX_EXTENTS])
{
  guint32 there = 0;

  for (guint32 i = 0; i < slots && sr_ndr_ok (ndr); i++)
    {
      present[i] = sr_ndr_pointer (ndr, "extent", i < size);
      there += present[i];
    }
  return there;
}

static void
code_extent_array (SrNdr      *ndr,
                   GPtrArray **extents)
{
  gboolean present[SR_ORPC_MAX_EXTENTS] = { 0 };
  guint32 size = sr_ndr_is_reading (ndr) ? 0 : (*extents)->len, slots, reserved = 0;

  if (sr_ndr_is_reading (ndr))
    *extents = sr_orpc_extents_new ();
  sr_ndr_count (ndr, "ORPC_EXTENT_ARRAY.size", &size, SR_ORPC_MAX_EXTENTS);
  sr_ndr_uint32 (ndr, "ORPC_EXTENT_ARRAY.reserved", &reserved);
  if (!sr_ndr_pointer (ndr, "ORPC_EXTENT_ARRAY.extent", size > 0))
    {
      if (size > 0)
        sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "ORPC_EXTENT_ARRAY", _("%u extensions at NULL"), size);
      return;
    }
  slots = (size + 1) & ~1u;
  sr_ndr_count (ndr, "ORPC_EXTENT_ARRAY.extent", &slots, SR_ORPC_MAX_EXTENTS);
  if (slots != ((size + 1) & ~1u))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "ORPC_EXTENT_ARRAY", _("%u extensions in an array of %u"), size, slots);
  if (code_extent_pointers (ndr, slots, size, present) != size)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "ORPC_EXTENT_ARRAY", _("other than %u extensions"), size);

  for (guint32 i = 0; i < slots && sr_ndr_ok (ndr); i++)
    if (present[i])
      {
        if (sr_ndr_is_reading (ndr))
          g_ptr_array_add (*extents, g_new0 (SrOrpcExtent, 1));
        code_extent (ndr, g_ptr_array_index (*extents, sr_ndr_is_reading (ndr) ? (*extents)->len - 1 : i));
      }
}

static void
code_extensions (SrNdr      *ndr,
                 GPtrArray **extents)
{
  gboolean wanted = !sr_ndr_is_reading (ndr) && *extents != NULL;

  if (sr_ndr_pointer (ndr, "extensions", wanted))
    code_extent_array (ndr, extents);
}

void
sr_orpc_this_code (SrNdr      *ndr,
                   SrOrpcThis *orpc_this)
{
  guint32 reserved = 0;

  sr_ndr_align (ndr, 4);
  sr_com_version_code (ndr, "ORPCTHIS.version", &orpc_this->version);
  sr_ndr_uint32 (ndr, "ORPCTHIS.flags", &orpc_this->flags);
  sr_ndr_uint32 (ndr, "ORPCTHIS.reserved1", &reserved);
  sr_ndr_guid (ndr, "ORPCTHIS.cid", &orpc_this->cid);
  code_extensions (ndr, &orpc_this->extents);
}

void
sr_orpc_that_code (SrNdr      *ndr,
                   SrOrpcThat *orpc_that)
{
  sr_ndr_uint32 (ndr, "ORPCTHAT.flags", &orpc_that->flags);
  code_extensions (ndr, &orpc_that->extents);
}

void
sr_orpc_this_init (SrOrpcThis *orpc_this,
                   guint16     version_minor)
{
  *orpc_this = (SrOrpcThis) { .version = { SR_COM_VERSION_MAJOR, version_minor } };
  sr_guid_random (&orpc_this->cid);
}

void
sr_orpc_this_clear (SrOrpcThis *orpc_this)
{
  g_clear_pointer (&orpc_this->extents, g_ptr_array_unref);
}

void
sr_orpc_that_clear (SrOrpcThat *orpc_that)
{
  g_clear_pointer (&orpc_that->extents, g_ptr_array_unref);
}
