/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/tables/sr-winreg-string.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"

#include <glib/gi18n-lib.h>

gsize
sr_winreg_string_length (const char *text)
{
  g_autoptr (GBytes) utf16 = text != NULL ? sr_utf16_from_utf8 (text, TRUE) : NULL;

  return utf16 != NULL ? g_bytes_get_size (utf16) : 0;
}

void
sr_winreg_string_clear (SrWinregString *string)
{
  g_clear_pointer (&string->text, g_free);
  string->room = 0;
}

/* The buffer is [size_is (MaximumLength / 2), length_is (Length / 2)]. */
static void
read_buffer (SrNdr          *ndr,
             const char     *field,
             SrWinregString *string,
             guint16         length)
{
  guint32 maximum = 0, offset = 0, actual = 0;
  g_autoptr (GError) error = NULL;
  const guint8 *data = NULL;

  sr_ndr_count (ndr, field, &maximum, SR_WINREG_MAX_NAME);
  sr_ndr_uint32 (ndr, field, &offset);
  sr_ndr_count (ndr, field, &actual, SR_WINREG_MAX_NAME);
  if (sr_ndr_ok (ndr) && (length % 2 != 0 || string->room % 2 != 0 || length > string->room || offset != 0 ||
                          maximum != string->room / 2u || actual != length / 2u))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field,
                 _("counts of a string: length %u of %u bytes, maximum %u, offset %u, actual %u"),
                 length, string->room, maximum, offset, actual);
  sr_ndr_view (ndr, field, &data, length);
  if (!sr_ndr_ok (ndr) || length == 0)
    return;
  string->text = sr_utf16_to_utf8 (data, length, &error);
  if (string->text == NULL)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, "%s", error->message);
}

static void
write_buffer (SrNdr                *ndr,
              const char           *field,
              const SrWinregString *string,
              guint16               room)
{
  g_autoptr (GBytes) utf16 = string->text != NULL ? sr_utf16_from_utf8 (string->text, TRUE) : NULL;
  gsize length = utf16 != NULL ? g_bytes_get_size (utf16) : 0;
  const guint8 *data = utf16 != NULL ? g_bytes_get_data (utf16, NULL) : NULL;
  guint32 maximum = room / 2u, offset = 0, actual = (guint32) (length / 2);

  sr_ndr_uint32 (ndr, field, &maximum);
  sr_ndr_uint32 (ndr, field, &offset);
  sr_ndr_uint32 (ndr, field, &actual);
  sr_ndr_view (ndr, field, &data, length);
}

void
sr_winreg_string_code (SrNdr          *ndr,
                       const char     *field,
                       SrWinregString *string)
{
  gboolean reading = sr_ndr_is_reading (ndr);
  gsize needed = reading ? 0 : sr_winreg_string_length (string->text);
  guint16 length, room;

  if (needed > 2 * SR_WINREG_MAX_NAME)
    {
      sr_ndr_fail (ndr, SR_ERROR_LIMIT, field, _("a count of %u, at most %u allowed"),
                   (guint) (needed / 2), SR_WINREG_MAX_NAME);
      needed = 0;
    }
  length = (guint16) needed;
  room = MAX (length, string->room);
  sr_ndr_align (ndr, 4);
  sr_ndr_uint16 (ndr, field, &length);
  sr_ndr_uint16 (ndr, field, &room);
  if (reading)
    *string = (SrWinregString) { NULL, room };
  if (!sr_ndr_pointer (ndr, field, room > 0))
    {
      if (reading && length > 0 && sr_ndr_ok (ndr))
        sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("%u bytes are told, none are there"), length);
      if (reading)
        string->room = 0;
      return;
    }
  if (reading)
    read_buffer (ndr, field, string, length);
  else
    write_buffer (ndr, field, string, room);
}
