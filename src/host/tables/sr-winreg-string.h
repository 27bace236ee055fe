/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-ndr.h"

G_BEGIN_DECLS

/** SR_WINREG_MAX_NAME: most UTF-16 units of a name or path, the NUL among them: what a value's name can have at most */
#define SR_WINREG_MAX_NAME 16384

/**
 * SrWinregString:
 * @text: (nullable): UTF-8, without the NUL that it has on the wire
 * @room: bytes of the buffer, at least what @text needs; with a @text of %NULL, room for an answer
 *
 * RRP_UNICODE_STRING (MS-RRP 2.2.4) and RPC_UNICODE_STRING (MS-DTYP 2.3.10) as
 * winreg uses them: the NUL counts in the length.
 */
typedef struct
{
  char *text;
  guint16 room;
} SrWinregString;

/**
 * sr_winreg_string_code:
 * @ndr: a cursor
 * @field: the field's name
 * @string: (inout): the string
 *
 * The structure as a parameter of its own, with its buffer right behind it. A
 * string without its NUL is read, too: not every client sends one.
 */
void sr_winreg_string_code (SrNdr          *ndr,
                            const char     *field,
                            SrWinregString *string);

/**
 * sr_winreg_string_clear:
 * @string: a string
 */
void sr_winreg_string_clear (SrWinregString *string);

/**
 * sr_winreg_string_length:
 * @text: (nullable): UTF-8
 *
 * Returns: bytes that it has on the wire with its NUL, 0 for %NULL
 */
gsize sr_winreg_string_length (const char *text);

G_END_DECLS
