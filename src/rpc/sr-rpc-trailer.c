/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-trailer-private.h"

#include <string.h>

/* MS-RPCE 2.2.2.13 */
#define COMMAND_BITMASK_1 0x0001
#define COMMAND_PCONTEXT 0x0002
#define COMMAND_HEADER2 0x0003
#define COMMAND_TYPE 0x3fff
#define COMMAND_END 0x4000
#define COMMAND_MUST_PROCESS 0x8000
#define CLIENT_SUPPORT_HEADER_SIGNING 0x00000001u

#define COMMAND_HEADER_SIZE 4
#define SYNTAX_SIZE 20
#define PCONTEXT_SIZE (2 * SYNTAX_SIZE)
#define HEADER2_SIZE 16

/* One each of the known commands make 80 bytes; leave room for some that come later. */
#define SEARCH_WITHIN 512

static const guint8 signature[8] = { 0x8a, 0xe3, 0x13, 0x71, 0x02, 0xf4, 0x36, 0x71 };

static void
write_syntax (guint8            *at,
              const SrRpcSyntax *syntax)
{
  sr_guid_write (&syntax->uuid, at);
  sr_rpc_write16 (at + 16, syntax->major);
  sr_rpc_write16 (at + 18, syntax->minor);
}

static void
write_pcontext (guint8            *at,
                const SrRpcSyntax *abstract)
{
  write_syntax (at, abstract);
  write_syntax (at + SYNTAX_SIZE, &sr_rpc_syntax_ndr20);
}

static void
write_header2 (guint8                  *at,
               const SrRpcTrailerFacts *facts)
{
  memset (at, 0, HEADER2_SIZE);
  at[0] = SR_RPC_REQUEST;
  at[4] = 0x10;
  sr_rpc_write32 (at + 8, facts->call_id);
  sr_rpc_write16 (at + 12, facts->context_id);
  sr_rpc_write16 (at + 14, facts->opnum);
}

static guint8 *
add_command (GByteArray *bytes,
             guint16     command,
             guint16     length)
{
  guint start = bytes->len;

  g_byte_array_set_size (bytes, start + COMMAND_HEADER_SIZE + length);
  sr_rpc_write16 (bytes->data + start, command);
  sr_rpc_write16 (bytes->data + start + 2, length);
  return bytes->data + start + COMMAND_HEADER_SIZE;
}

GBytes *
sr_rpc_trailer_new (const SrRpcTrailerFacts *facts,
                    gboolean                 with_context,
                    gboolean                 with_header)
{
  GByteArray *bytes;

  if (!with_context && !with_header)
    return NULL;
  bytes = g_byte_array_new ();
  g_byte_array_append (bytes, signature, sizeof signature);
  if (with_context && facts->header_sign_offered)
    sr_rpc_write32 (add_command (bytes, COMMAND_BITMASK_1, 4), CLIENT_SUPPORT_HEADER_SIGNING);
  if (with_context)
    write_pcontext (add_command (bytes, COMMAND_PCONTEXT | (with_header ? 0 : COMMAND_END), PCONTEXT_SIZE),
                    &facts->abstract);
  if (with_header)
    write_header2 (add_command (bytes, COMMAND_HEADER2 | COMMAND_END, HEADER2_SIZE), facts);
  return g_byte_array_free_to_bytes (bytes);
}

static gboolean
check_header2 (const guint8            *at,
               const SrRpcTrailerFacts *facts)
{
  guint8 expected[HEADER2_SIZE];

  write_header2 (expected, facts);
  /* Bytes 1 to 3 are reserved. */
  return at[0] == expected[0] && memcmp (at + 4, expected + 4, HEADER2_SIZE - 4) == 0;
}

static gboolean
check_command (guint16                  command,
               const guint8            *at,
               gsize                    length,
               const SrRpcTrailerFacts *facts)
{
  guint8 expected[PCONTEXT_SIZE];

  switch (command & COMMAND_TYPE)
    {
    case COMMAND_BITMASK_1:
      return length == 4 && (!(sr_rpc_read32 (at) & CLIENT_SUPPORT_HEADER_SIGNING) || facts->header_sign_offered);
    case COMMAND_PCONTEXT:
      write_pcontext (expected, &facts->abstract);
      return length == PCONTEXT_SIZE && memcmp (at, expected, PCONTEXT_SIZE) == 0;
    case COMMAND_HEADER2:
      return length == HEADER2_SIZE && check_header2 (at, facts);
    default:
      return !(command & COMMAND_MUST_PROCESS);
    }
}

/* Whether commands fill the @left bytes exactly, the last one marked so: else the signature was data by chance. */
static gboolean
is_trailer (const guint8 *at,
            gsize         left)
{
  while (left >= COMMAND_HEADER_SIZE)
    {
      guint16 command = sr_rpc_read16 (at), length = sr_rpc_read16 (at + 2);

      if (length % 4 != 0 || length > left - COMMAND_HEADER_SIZE)
        return FALSE;
      at += COMMAND_HEADER_SIZE + length;
      left -= COMMAND_HEADER_SIZE + length;
      if (command & COMMAND_END)
        return left == 0;
    }
  return FALSE;
}

static gboolean
check_commands (const guint8            *at,
                const SrRpcTrailerFacts *facts)
{
  for (;;)
    {
      guint16 command = sr_rpc_read16 (at), length = sr_rpc_read16 (at + 2);

      if (!check_command (command, at + COMMAND_HEADER_SIZE, length, facts))
        return FALSE;
      if (command & COMMAND_END)
        return TRUE;
      at += COMMAND_HEADER_SIZE + length;
    }
}

gboolean
sr_rpc_trailer_strip (const guint8            *stub,
                      gsize                   *length,
                      const SrRpcTrailerFacts *facts)
{
  gsize from = *length > SEARCH_WITHIN ? *length - SEARCH_WITHIN : 0;

  /* On a multiple of 4 from the PDU's start; headers and all fragments but the last are multiples of 8. */
  for (gsize at = (from + 3) & ~(gsize) 3; at + sizeof signature + COMMAND_HEADER_SIZE <= *length; at += 4)
    if (memcmp (stub + at, signature, sizeof signature) == 0 &&
        is_trailer (stub + at + sizeof signature, *length - at - sizeof signature))
      {
        *length = at;
        return check_commands (stub + at + sizeof signature, facts);
      }
  return TRUE;
}
