/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-guid.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrNdr:
 *
 * A cursor over NDR20 data (C706 chapter 14, MS-RPCE 2.2.4), little endian,
 * that either reads or writes. A coder calls the same functions for both, so
 * that a message's layout stands once:
 *
 * |[<!-- language="C" -->
 * static void
 * code_open_file (SrNdr *ndr, OpenFileRequest *m)
 * {
 *   sr_ndr_unique_string (ndr, "pwszPath", &m->path, 1024);
 * }
 * ]|
 *
 * Errors stick: after the first one reads give 0, %NULL or nothing, writes do
 * nothing, and sr_ndr_finish() tells method, field and offset. What is read is
 * owned by the message and freed by the message's clear function; alignment
 * counts from the start of the stub.
 */
typedef struct
{
  /*< private >*/
  const char *method;
  gboolean reading;
  const guint8 *data;
  gsize length;
  gsize offset;
  GByteArray *out;
  guint32 next_referent;
  guint depth;
  GError *error;
} SrNdr;

/** SR_NDR_MAX_DEPTH: how deep structures may nest */
#define SR_NDR_MAX_DEPTH 16

/**
 * sr_ndr_init_reader:
 * @ndr: (out caller-allocates): the cursor
 * @method: (transfer none): what is being read, for messages; must stay valid
 * @data: (array length=length): the stub; must stay valid
 * @length: in bytes
 */
void sr_ndr_init_reader (SrNdr        *ndr,
                         const char   *method,
                         const guint8 *data,
                         gsize         length);

/**
 * sr_ndr_init_writer:
 * @ndr: (out caller-allocates): the cursor
 * @method: (transfer none): what is being written, for messages; must stay valid
 */
void sr_ndr_init_writer (SrNdr      *ndr,
                         const char *method);

/**
 * sr_ndr_finish:
 * @ndr: a cursor; cleared, what was written is freed unless stolen before
 * @error: where to put an error
 *
 * Ends the work with @ndr. A reader must have consumed every byte.
 *
 * Sets %SR_ERROR_MALFORMED or %SR_ERROR_LIMIT.
 *
 * Returns: whether everything was well
 */
gboolean sr_ndr_finish (SrNdr   *ndr,
                        GError **error);

/**
 * sr_ndr_finish_request:
 * @ndr: a reader; cleared
 * @error: where to put an error
 *
 * As sr_ndr_finish() for requests as a server gets them: a client may pad its
 * stub, to what NDR aligns at most, before it adds a verification trailer
 * (MS-RPCE 2.2.2.13). The trailer itself is gone by then.
 *
 * Returns: whether everything was well
 */
gboolean sr_ndr_finish_request (SrNdr   *ndr,
                                GError **error);

/**
 * sr_ndr_finish_bytes:
 * @ndr: a writer; cleared
 * @error: where to put an error
 *
 * As sr_ndr_finish(), for writers that want what they wrote.
 *
 * Returns: (transfer full): the stub, or %NULL
 */
GBytes *sr_ndr_finish_bytes (SrNdr   *ndr,
                             GError **error);

/**
 * sr_ndr_finish_prefix:
 * @ndr: a reader; cleared
 * @consumed: (out): bytes read so far
 * @error: where to put an error
 *
 * As sr_ndr_finish(), where more follows that another reader takes.
 *
 * Returns: whether everything was well
 */
gboolean sr_ndr_finish_prefix (SrNdr   *ndr,
                               gsize   *consumed,
                               GError **error);

/**
 * sr_ndr_is_reading:
 * @ndr: a cursor
 *
 * Returns: whether it reads
 */
gboolean sr_ndr_is_reading (const SrNdr *ndr);

/**
 * sr_ndr_ok:
 * @ndr: a cursor
 *
 * Returns: whether no error has happened so far; loops over counts ask it
 */
gboolean sr_ndr_ok (const SrNdr *ndr);

/**
 * sr_ndr_fail:
 * @ndr: a cursor
 * @code: an #SrError
 * @field: the field's name
 * @format: what is wrong, printf style
 *
 * Lets the cursor fail, unless it has failed before.
 */
void sr_ndr_fail (SrNdr      *ndr,
                  int         code,
                  const char *field,
                  const char *format,
                  ...) G_GNUC_PRINTF (4, 5);

/**
 * sr_ndr_enter:
 * @ndr: a cursor
 * @field: the field's name
 *
 * Goes one structure deeper; fails above %SR_NDR_MAX_DEPTH. Paired with sr_ndr_leave().
 *
 * Returns: whether to go on
 */
gboolean sr_ndr_enter (SrNdr      *ndr,
                       const char *field);

/**
 * sr_ndr_leave:
 * @ndr: a cursor
 */
void sr_ndr_leave (SrNdr *ndr);

/**
 * sr_ndr_align:
 * @ndr: a cursor
 * @alignment: 1, 2, 4 or 8
 *
 * Skips to the next multiple of @alignment; the gap is written as zeros and ignored when read.
 */
void sr_ndr_align (SrNdr *ndr,
                   guint  alignment);

/**
 * sr_ndr_offset:
 * @ndr: a cursor
 *
 * Returns: how many bytes have been read or written so far
 */
gsize sr_ndr_offset (const SrNdr *ndr);

/**
 * sr_ndr_patch_uint32:
 * @ndr: a writer
 * @offset: where a number was written before
 * @value: what must stand there instead
 *
 * For sizes in front of what they measure.
 */
void sr_ndr_patch_uint32 (SrNdr  *ndr,
                          gsize   offset,
                          guint32 value);

/**
 * sr_ndr_uint8:
 * @ndr: a cursor
 * @field: the field's name, for messages
 * @value: (inout): what is written, or where what is read goes; 0 after an error
 *
 * A number of its own alignment; the functions below do the same for theirs,
 * and for a GUID (aligned to 4).
 */
void sr_ndr_uint8 (SrNdr *ndr, const char *field, guint8 *value);
void sr_ndr_uint16 (SrNdr *ndr, const char *field, guint16 *value);
void sr_ndr_uint32 (SrNdr *ndr, const char *field, guint32 *value);
void sr_ndr_int32 (SrNdr *ndr, const char *field, gint32 *value);
void sr_ndr_uint64 (SrNdr *ndr, const char *field, guint64 *value);
void sr_ndr_guid (SrNdr *ndr, const char *field, SrGuid *value);

/**
 * sr_ndr_const_uint32:
 * @ndr: a cursor
 * @field: the field's name
 * @expected: the only value that is right
 *
 * Writes @expected; reading anything else fails.
 */
void sr_ndr_const_uint32 (SrNdr      *ndr,
                          const char *field,
                          guint32     expected);

/**
 * sr_ndr_fixed_bytes:
 * @ndr: a cursor
 * @field: the field's name
 * @bytes: (array length=length): read into or written from
 * @length: in bytes; no count is on the wire
 */
void sr_ndr_fixed_bytes (SrNdr      *ndr,
                         const char *field,
                         guint8     *bytes,
                         gsize       length);

/**
 * sr_ndr_view:
 * @ndr: a cursor
 * @field: the field's name
 * @data: (inout): writers: the bytes; readers get a pointer into the stub, as long as that lives, %NULL after an error
 * @length: in bytes; no count is on the wire
 *
 * As sr_ndr_fixed_bytes() without a copy when reading. The length is checked
 * against what is left of the stub before anything else happens.
 */
void sr_ndr_view (SrNdr         *ndr,
                  const char    *field,
                  const guint8 **data,
                  gsize          length);

/**
 * sr_ndr_pointer:
 * @ndr: a cursor
 * @field: the field's name
 * @present: writers: whether the pointer points to something; ignored by readers
 *
 * The referent id of a unique or full pointer, 0 for NULL. Ids are opaque when read.
 *
 * Returns: whether what it points to is there (never after an error)
 */
gboolean sr_ndr_pointer (SrNdr      *ndr,
                         const char *field,
                         gboolean    present);

/**
 * sr_ndr_count:
 * @ndr: a cursor
 * @field: the field's name
 * @count: the maximum count in front of a conformant array, or any other count
 * @max: fails above this with %SR_ERROR_LIMIT
 */
void sr_ndr_count (SrNdr      *ndr,
                   const char *field,
                   guint32    *count,
                   guint32     max);

/**
 * sr_ndr_string:
 * @ndr: a cursor
 * @field: the field's name
 * @text: (inout): UTF-8; a reader sets it to a new string
 * @max: most UTF-16 units, the NUL among them
 *
 * A conformant varying string of UTF-16 with its NUL ([string] wchar_t *
 * behind a reference pointer).
 */
void sr_ndr_string (SrNdr      *ndr,
                    const char *field,
                    char      **text,
                    guint32     max);

/**
 * sr_ndr_unique_string:
 * @ndr: a cursor
 * @field: the field's name
 * @text: (inout) (nullable): UTF-8 or %NULL; a reader sets it to a new string
 * @max: most UTF-16 units, the NUL among them
 *
 * A top-level [unique, string] parameter: pointer and string one behind the
 * other. Inside structures use sr_ndr_pointer() and defer sr_ndr_string().
 */
void sr_ndr_unique_string (SrNdr      *ndr,
                           const char *field,
                           char      **text,
                           guint32     max);

/**
 * sr_ndr_byte_array:
 * @ndr: a cursor
 * @field: the field's name
 * @bytes: (inout) (nullable): the bytes; a reader sets it to a new #GBytes
 * @max: most bytes
 *
 * A conformant array of bytes: maximum count, then the bytes.
 */
void sr_ndr_byte_array (SrNdr      *ndr,
                        const char *field,
                        GBytes    **bytes,
                        guint32     max);

/**
 * sr_ndr_byte_view:
 * @ndr: a cursor
 * @field: the field's name
 * @data: (inout): writers: the bytes; readers get a pointer into the stub, as long as that lives
 * @count: (inout): how many
 * @max: most bytes
 *
 * As sr_ndr_byte_array() without a copy when reading; for bulk data.
 */
void sr_ndr_byte_view (SrNdr         *ndr,
                       const char    *field,
                       const guint8 **data,
                       guint32       *count,
                       guint32        max);

G_END_DECLS
