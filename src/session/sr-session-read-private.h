/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "csra/sr-cert-admin.h"
#include "store/sr-manifest.h"

G_BEGIN_DECLS

/**
 * SrServerFile:
 * @name: the server's name, which is sent back to it in BackupOpenFile
 * @role: what it is
 *
 * One file of a list of names (MS-CSRA 2.2.4, CSBFT_* of certbcli.h).
 */
typedef struct
{
  const char *name;
  SrFileRole role;
} SrServerFile;

/**
 * sr_server_file_parse:
 * @listed: a name as listed, its type in front of it; @file points into it
 * @method: whose list it is, for messages
 * @file: (out): the file
 * @error: where to put an error
 *
 * Takes the type off a name. Sets %SR_ERROR_MALFORMED for a type that is not
 * known or is no file's, and for an empty name.
 *
 * Returns: whether it is one
 */
gboolean sr_server_file_parse (const char   *listed,
                               const char   *method,
                               SrServerFile *file,
                               GError      **error);

/**
 * sr_server_file_base_name:
 * @name: a server's name
 *
 * Returns: (transfer none): its last part, for people; never a path of ours
 */
const char *sr_server_file_base_name (const char *name);

/**
 * SrReadSink:
 * @data: (array length=length): the next bytes, valid during the call
 * @length: in bytes
 * @user_data: the caller's
 * @error: where to put an error
 *
 * Takes the bytes of a file.
 *
 * Returns: whether to go on
 */
typedef gboolean (*SrReadSink) (const guint8 *data,
                                gsize         length,
                                gpointer      user_data,
                                GError      **error);

/**
 * sr_session_read_file:
 * @admin: a connection with an open file
 * @name: its name, for messages
 * @file_length: what BackupOpenFile said
 * @read_size: bytes for each read
 * @timeout: seconds for each read
 * @sink: takes the bytes; not called for an empty read
 * @user_data: for @sink
 * @reads: (inout): counts the reads
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Reads a file to its end, which is the first read that gives fewer bytes
 * than it asked for; then all must have come that BackupOpenFile announced.
 *
 * Sets %SR_ERROR_MISMATCH when fewer or more came, the errors of
 * sr_cert_admin_backup_read_file() and of @sink.
 *
 * Returns: whether the file came whole
 */
gboolean sr_session_read_file (SrCertAdmin  *admin,
                               const char   *name,
                               guint64       file_length,
                               guint32       read_size,
                               double        timeout,
                               SrReadSink    sink,
                               gpointer      user_data,
                               guint64      *reads,
                               GCancellable *cancellable,
                               GError      **error);

G_END_DECLS
