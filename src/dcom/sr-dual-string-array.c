/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-dual-string-array.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What a SECURITYBINDING carries where an authorization service used to be. */
#define RESERVED 0xffff

static void
string_clear (gpointer data)
{
  g_clear_pointer (&((SrStringBinding *) data)->address, g_free);
}

static void
security_clear (gpointer data)
{
  g_clear_pointer (&((SrSecurityBinding *) data)->principal, g_free);
}

SrDualStringArray *
sr_dual_string_array_new (void)
{
  SrDualStringArray *array = g_new0 (SrDualStringArray, 1);

  array->strings = g_array_new (FALSE, FALSE, sizeof (SrStringBinding));
  g_array_set_clear_func (array->strings, string_clear);
  array->securities = g_array_new (FALSE, FALSE, sizeof (SrSecurityBinding));
  g_array_set_clear_func (array->securities, security_clear);
  return array;
}

void
sr_dual_string_array_free (SrDualStringArray *array)
{
  if (array == NULL)
    return;
  g_array_unref (array->strings);
  g_array_unref (array->securities);
  g_free (array);
}

void
sr_dual_string_array_add (SrDualStringArray *array,
                          guint16            tower,
                          const char        *address)
{
  SrStringBinding binding = { tower, g_strdup (address) };

  g_array_append_val (array->strings, binding);
}

void
sr_dual_string_array_add_security (SrDualStringArray *array,
                                   guint16            service,
                                   const char        *principal)
{
  SrSecurityBinding binding = { service, g_strdup (principal) };

  g_array_append_val (array->securities, binding);
}

/* The array as units of two bytes, in the way both versions carry it. */

static void
put_unit (GByteArray *units,
          guint16     unit)
{
  guint16 wire = GUINT16_TO_LE (unit);

  g_byte_array_append (units, (const guint8 *) &wire, sizeof wire);
}

static void
put_text (GByteArray *units,
          const char *text)
{
  g_autoptr (GBytes) utf16 = sr_utf16_from_utf8 (text, TRUE);

  g_byte_array_append (units, g_bytes_get_data (utf16, NULL), (guint) g_bytes_get_size (utf16));
}

/* Returns the units and sets @offset to where the security bindings begin, in units. */
static GByteArray *
build_units (const SrDualStringArray *array,
             gsize                   *offset)
{
  GByteArray *units = g_byte_array_new ();

  for (guint i = 0; i < array->strings->len; i++)
    {
      const SrStringBinding *binding = &g_array_index (array->strings, SrStringBinding, i);

      put_unit (units, binding->tower);
      put_text (units, binding->address);
    }
  /* The smallest array of 2.2.19.1 has two zeros for either list. */
  if (array->strings->len == 0)
    put_unit (units, 0);
  put_unit (units, 0);
  *offset = units->len / 2;

  for (guint i = 0; i < array->securities->len; i++)
    {
      const SrSecurityBinding *binding = &g_array_index (array->securities, SrSecurityBinding, i);

      put_unit (units, binding->service);
      put_unit (units, RESERVED);
      put_text (units, binding->principal);
    }
  if (array->strings->len == 0 && array->securities->len == 0)
    put_unit (units, 0);
  put_unit (units, 0);
  return units;
}

/* A cursor over units; every get stops at @end. */
typedef struct
{
  const guint8 *units;
  gsize at;
  gsize end;
  SrNdr *ndr;
  const char *field;
} Units;

static guint16
get_unit (Units *u)
{
  guint16 unit;

  if (u->at >= u->end)
    {
      sr_ndr_fail (u->ndr, SR_ERROR_MALFORMED, u->field, _("bindings end at unit %zu in the middle of one"), u->at);
      return 0;
    }
  unit = (guint16) (u->units[2 * u->at] | u->units[2 * u->at + 1] << 8);
  u->at++;
  return unit;
}

static char *
get_text (Units *u)
{
  gsize start = u->at;
  g_autoptr (GError) error = NULL;
  char *text;

  while (get_unit (u) != 0)
    ;
  if (!sr_ndr_ok (u->ndr))
    return NULL;
  text = sr_utf16_to_utf8 (u->units + 2 * start, 2 * (u->at - start), &error);
  if (text == NULL)
    sr_ndr_fail (u->ndr, SR_ERROR_MALFORMED, u->field, _("binding at unit %zu: %s"), start, error->message);
  return text;
}

static void
parse_strings (Units             *u,
               SrDualStringArray *array)
{
  guint16 tower;

  while ((tower = get_unit (u)) != 0)
    {
      SrStringBinding binding = { tower, get_text (u) };

      if (binding.address == NULL)
        return;
      g_array_append_val (array->strings, binding);
    }
}

static void
parse_securities (Units             *u,
                  SrDualStringArray *array)
{
  guint16 service;

  while ((service = get_unit (u)) != 0)
    {
      SrSecurityBinding binding = { service };

      get_unit (u);
      binding.principal = get_text (u);
      if (binding.principal == NULL)
        return;
      g_array_append_val (array->securities, binding);
    }
}

static SrDualStringArray *
parse_units (SrNdr        *ndr,
             const char   *field,
             const guint8 *data,
             guint16       n_units,
             guint16       offset)
{
  g_autoptr (SrDualStringArray) array = sr_dual_string_array_new ();
  Units u = { data, 0, offset, ndr, field };

  if (offset > n_units)
    {
      sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("security bindings at unit %u of %u"), offset, n_units);
      return NULL;
    }
  /* What stands between the two zero-terminated lists is ignored. */
  parse_strings (&u, array);
  u.at = offset;
  u.end = n_units;
  parse_securities (&u, array);
  return sr_ndr_ok (ndr) ? g_steal_pointer (&array) : NULL;
}

static void
code_units (SrNdr              *ndr,
            const char         *field,
            gboolean            conformant,
            SrDualStringArray **array)
{
  g_autoptr (GByteArray) units = NULL;
  g_autofree guint8 *data = NULL;
  guint16 n_units = 0, offset = 0;
  guint32 count;

  if (!sr_ndr_is_reading (ndr))
    {
      gsize security_offset;

      units = build_units (*array, &security_offset);
      if (units->len / 2 > G_MAXUINT16)
        sr_ndr_fail (ndr, SR_ERROR_LIMIT, field, _("bindings of %u bytes"), units->len);
      n_units = (guint16) (units->len / 2);
      offset = (guint16) security_offset;
    }
  else
    *array = NULL;
  count = n_units;
  if (conformant)
    sr_ndr_count (ndr, field, &count, G_MAXUINT16);
  sr_ndr_uint16 (ndr, field, &n_units);
  sr_ndr_uint16 (ndr, field, &offset);
  if (conformant && count != n_units)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("%u entries in an array of %u"), n_units, count);
  if (!sr_ndr_ok (ndr))
    return;

  if (!sr_ndr_is_reading (ndr))
    sr_ndr_fixed_bytes (ndr, field, units->data, units->len);
  else
    {
      data = g_malloc (2 * (gsize) n_units);
      sr_ndr_fixed_bytes (ndr, field, data, 2 * (gsize) n_units);
      if (sr_ndr_ok (ndr))
        *array = parse_units (ndr, field, data, n_units, offset);
    }
}

void
sr_dual_string_array_code_packet (SrNdr              *ndr,
                                  const char         *field,
                                  SrDualStringArray **array)
{
  code_units (ndr, field, FALSE, array);
}

void
sr_dual_string_array_code (SrNdr              *ndr,
                           const char         *field,
                           SrDualStringArray **array)
{
  code_units (ndr, field, TRUE, array);
}

/* The port in "name[port]", 0 without one. */
static guint16
endpoint_port (const char *address)
{
  const char *open = strrchr (address, '[');
  guint64 port;
  char *end;

  if (open == NULL || !g_ascii_isdigit (open[1]))
    return 0;
  port = g_ascii_strtoull (open + 1, &end, 10);
  return strcmp (end, "]") == 0 && port <= G_MAXUINT16 ? (guint16) port : 0;
}

guint16
sr_dual_string_array_find_port (const SrDualStringArray *array)
{
  for (guint i = 0; i < array->strings->len; i++)
    {
      const SrStringBinding *binding = &g_array_index (array->strings, SrStringBinding, i);
      guint16 port = binding->tower == SR_DCOM_TOWER_TCP ? endpoint_port (binding->address) : 0;

      if (port != 0)
        return port;
    }
  return 0;
}

/* Whether @principal is "service/host" for this very @host. A realm behind it is not wanted either. */
static gboolean
principal_names (const char *principal,
                 const char *host)
{
  const char *slash = strchr (principal, '/');

  return slash != NULL && slash != principal && g_ascii_strcasecmp (slash + 1, host) == 0;
}

char *
sr_dual_string_array_find_principal (const SrDualStringArray *array,
                                     const char              *host)
{
  for (guint i = 0; i < array->securities->len; i++)
    {
      const SrSecurityBinding *binding = &g_array_index (array->securities, SrSecurityBinding, i);

      if (principal_names (binding->principal, host))
        return g_strdup (binding->principal);
    }
  return NULL;
}
