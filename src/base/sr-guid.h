/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SrGuid:
 * @data1: first group
 * @data2: second group
 * @data3: third group
 * @data4: the last two groups, as written
 *
 * A GUID (MS-DTYP 2.3.4). The first three groups are little endian on the
 * wire (2.3.4.2).
 */
typedef struct
{
  guint32 data1;
  guint16 data2;
  guint16 data3;
  guint8 data4[8];
} SrGuid;

/** SR_GUID_STRING_LENGTH: bytes of the text form without its NUL */
#define SR_GUID_STRING_LENGTH 36

/**
 * sr_guid_equal:
 * @a: a GUID
 * @b: a GUID
 *
 * Returns: whether they are the same
 */
gboolean sr_guid_equal (const SrGuid *a,
                        const SrGuid *b);

/**
 * sr_guid_is_null:
 * @guid: a GUID
 *
 * Returns: whether all bytes are zero
 */
gboolean sr_guid_is_null (const SrGuid *guid);

/**
 * sr_guid_hash:
 * @guid: (type SrGuid): a GUID
 *
 * Returns: a hash for #GHashTable; goes with sr_guid_equal_func()
 */
guint sr_guid_hash (gconstpointer guid);

/**
 * sr_guid_equal_func:
 * @a: (type SrGuid): a GUID
 * @b: (type SrGuid): a GUID
 *
 * Returns: sr_guid_equal() in the shape #GHashTable wants
 */
gboolean sr_guid_equal_func (gconstpointer a,
                             gconstpointer b);

/**
 * sr_guid_parse:
 * @text: eight-four-four-four-twelve hexadecimal digits, with or without braces
 * @guid: (out): the result, untouched on failure
 *
 * Returns: whether @text was a GUID
 */
gboolean sr_guid_parse (const char *text,
                        SrGuid     *guid);

/**
 * sr_guid_to_string:
 * @guid: a GUID
 * @buffer: (out caller-allocates): room for %SR_GUID_STRING_LENGTH and a NUL
 *
 * Returns: (transfer none): @buffer, in lower case without braces
 */
const char *sr_guid_to_string (const SrGuid *guid,
                               char          buffer[SR_GUID_STRING_LENGTH + 1]);

/**
 * sr_guid_dup_string:
 * @guid: a GUID
 *
 * Returns: (transfer full): sr_guid_to_string() in memory of its own
 */
char *sr_guid_dup_string (const SrGuid *guid);

/**
 * sr_guid_read:
 * @bytes: (array fixed-size=16): wire form
 * @guid: (out): the result
 */
void sr_guid_read (const guint8 *bytes,
                   SrGuid       *guid);

/**
 * sr_guid_write:
 * @guid: a GUID
 * @bytes: (out caller-allocates) (array fixed-size=16): wire form
 */
void sr_guid_write (const SrGuid *guid,
                    guint8       *bytes);

/**
 * sr_guid_random:
 * @guid: (out): a random GUID (RFC 4122 version 4) from the system's source of randomness
 */
void sr_guid_random (SrGuid *guid);

G_END_DECLS
