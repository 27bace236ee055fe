/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/tables/sr-svcctl-services.h"

#include "base/sr-bytes.h"
#include "base/sr-error.h"
#include "base/sr-utf16.h"

#include <glib/gi18n-lib.h>

/* ENUM_SERVICE_STATUSW: two offsets, and a status of seven numbers */
#define ITEM_SIZE 36

void
sr_svcctl_service_free (SrSvcctlService *service)
{
  g_free (service->name);
  g_free (service->display_name);
  g_free (service);
}

static char *
parse_name (const guint8 *data,
            gsize         length,
            guint32       offset,
            GError      **error)
{
  gsize end = offset, most = (gsize) offset + 2 * SR_SVCCTL_MAX_NAME;

  while (end + 2 <= MIN (length, most) && (data[end] != 0 || data[end + 1] != 0))
    end += 2;
  if (end + 2 <= MIN (length, most))
    return sr_utf16_to_utf8 (data + offset, end - offset, error);
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("The list of services has no name at offset %u"), offset);
  return NULL;
}

GPtrArray *
sr_svcctl_services_parse (GBytes  *buffer,
                          guint32  count,
                          GError **error)
{
  g_autoptr (GPtrArray) services = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_svcctl_service_free);
  gsize length;
  const guint8 *data = g_bytes_get_data (buffer, &length);

  if ((guint64) count * ITEM_SIZE > length)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED,
                   _("The list of services has %zu bytes, too few for the %u services it tells of"), length, count);
      return NULL;
    }
  for (guint32 i = 0; i < count; i++)
    {
      const guint8 *item = data + (gsize) i * ITEM_SIZE;
      SrSvcctlService *service = g_new0 (SrSvcctlService, 1);
      SrNdr ndr;

      g_ptr_array_add (services, service);
      service->name = parse_name (data, length, sr_get_le32 (item), error);
      if (service->name == NULL || (service->display_name = parse_name (data, length, sr_get_le32 (item + 4), error)) == NULL)
        return NULL;
      sr_ndr_init_reader (&ndr, "ENUM_SERVICE_STATUSW", item + 8, ITEM_SIZE - 8);
      sr_svcctl_status_code (&ndr, &service->status);
      if (!sr_ndr_finish (&ndr, error))
        return NULL;
    }
  return g_steal_pointer (&services);
}

/* Appends @name, and writes where it stands at @at. */
static void
append_name (GByteArray *out,
             gsize       at,
             const char *name)
{
  g_autoptr (GBytes) utf16 = sr_utf16_from_utf8 (name, TRUE);

  sr_put_le32 (out->data + at, out->len);
  g_byte_array_append (out, g_bytes_get_data (utf16, NULL), (guint) g_bytes_get_size (utf16));
}

GBytes *
sr_svcctl_services_build (const SrSvcctlService *services,
                          guint32                count)
{
  GByteArray *out = g_byte_array_new ();

  g_byte_array_set_size (out, count * ITEM_SIZE);
  for (guint32 i = 0; i < count; i++)
    {
      const SrSvcctlStatus *status = &services[i].status;
      const guint32 numbers[] = { status->type, status->state, status->controls, status->exit_code,
                                  status->specific_exit_code, status->checkpoint, status->wait_hint };
      gsize at = (gsize) i * ITEM_SIZE;

      for (gsize j = 0; j < G_N_ELEMENTS (numbers); j++)
        sr_put_le32 (out->data + at + 8 + 4 * j, numbers[j]);
      append_name (out, at, services[i].name);
      append_name (out, at + 4, services[i].display_name);
    }
  return g_byte_array_free_to_bytes (out);
}
