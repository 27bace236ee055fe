/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrSecret:
 *
 * A password or key in memory that is locked where the system allows, left
 * out of core files, and wiped when the last reference goes. Reference counts
 * are atomic.
 */
typedef struct _SrSecret SrSecret;

/** SR_SECRET_MAX: the longest secret in bytes that is taken */
#define SR_SECRET_MAX 4096

/**
 * sr_secret_new:
 * @data: (array length=length): the bytes; the caller wipes its own copy
 * @length: at most %SR_SECRET_MAX
 *
 * Returns: (transfer full): a secret holding a copy, NUL-terminated beyond @length
 */
SrSecret *sr_secret_new (const void *data,
                         gsize       length);

/**
 * sr_secret_ref:
 * @secret: a secret
 *
 * Returns: (transfer full): @secret
 */
SrSecret *sr_secret_ref (SrSecret *secret);

/**
 * sr_secret_unref:
 * @secret: (transfer full): a secret; wiped and freed with its last reference
 */
void sr_secret_unref (SrSecret *secret);

/**
 * sr_secret_peek:
 * @secret: a secret
 * @length: (out) (optional): its length in bytes
 *
 * Returns: (transfer none): the bytes, with a NUL behind them
 */
const char *sr_secret_peek (SrSecret *secret,
                            gsize    *length);

/**
 * sr_secret_read_line:
 * @fd: a file descriptor
 * @error: where to put an error
 *
 * Reads the first line, without its line end, byte by byte so that nothing
 * beyond it is consumed and no copy stays behind in a buffer.
 *
 * Sets %SR_ERROR_LIMIT above %SR_SECRET_MAX, %SR_ERROR_NOT_FOUND when nothing
 * is there, %G_IO_ERROR for read errors.
 *
 * Returns: (transfer full): the secret, or %NULL
 */
SrSecret *sr_secret_read_line (int      fd,
                               GError **error);

/**
 * sr_secret_wipe:
 * @data: memory
 * @length: how much of it
 *
 * Overwrites memory in a way that the compiler does not remove.
 */
void sr_secret_wipe (void *data,
                     gsize length);

/**
 * sr_secret_free_string:
 * @text: (nullable) (transfer full): a NUL-terminated string
 *
 * Wipes a string, then g_free()s it.
 */
void sr_secret_free_string (char *text);

/**
 * sr_secret_harden_process:
 *
 * Forbids core files and attaching by other processes of the same user for
 * the whole program. Programs call it first in main(). Does nothing under a
 * sanitizer, whose leak check needs to attach.
 */
void sr_secret_harden_process (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrSecret, sr_secret_unref)

G_END_DECLS
