/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-csra-messages.h"

/*
 * Helpers of the tests that code messages. A pattern is a stub in hexadecimal
 * where ".." stands for a byte that may have any value: referent ids and
 * alignment gaps. Blanks are for reading.
 */

/* Codes @message with one of a row's two coders. */
GBytes *test_encode (const SrRpcMethod *method,
                     gboolean           is_reply,
                     gpointer           message);

/* Decodes into a new message; NULL with an error when it does not decode. Cleared and freed with test_free_message(). */
gpointer test_decode (const SrRpcMethod *method,
                      gboolean           is_reply,
                      GBytes            *stub,
                      GError           **error);

void test_free_message (const SrRpcMethod *method,
                        gboolean           is_reply,
                        gpointer           message);

/* The bytes of a pattern, "any" bytes as @filler. */
GBytes *test_pattern_bytes (const char *pattern,
                            guint8      filler);

/* Whether @stub has the pattern's length and fixed bytes; tells what differs. */
gboolean test_pattern_matches (const char *pattern,
                               GBytes     *stub);
