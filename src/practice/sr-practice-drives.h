/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The drives of the CA's host: a folder “drives” in the CA's own folder, with
 * one folder for each drive. */

/** SR_PRACTICE_DRIVES_FOLDER: the folder of drives below the CA's folder */
#define SR_PRACTICE_DRIVES_FOLDER "drives"
/** SR_PRACTICE_CERTLOG_FOLDER: the folder of database and logs below the CA's folder */
#define SR_PRACTICE_CERTLOG_FOLDER SR_PRACTICE_DRIVES_FOLDER "/C/Windows/system32/CertLog"
/** SR_PRACTICE_CERTENROLL_FOLDER: the folder of certificate and CRL below the CA's folder */
#define SR_PRACTICE_CERTENROLL_FOLDER SR_PRACTICE_DRIVES_FOLDER "/C/Windows/system32/CertSrv/CertEnroll"

/* The same as the host's own paths, which clients are told. */
#define SR_PRACTICE_CERTLOG_PATH "C:\\Windows\\system32\\CertLog"
#define SR_PRACTICE_CERTENROLL_PATH "C:\\Windows\\system32\\CertSrv\\CertEnroll"

/**
 * sr_practice_drives_prepare:
 * @folder: the CA's folder
 * @error: where to put an error
 *
 * Makes the CA's folders on its drive, with mode 0700. Those of a CA from
 * before there were drives are moved there.
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: whether they are there
 */
gboolean sr_practice_drives_prepare (const char *folder,
                                     GError    **error);

/**
 * sr_practice_drives_get_log_folder:
 * @folder: the CA's folder
 *
 * Returns: (transfer full): where its logs are; a CA that has not been started since there are drives has them elsewhere
 */
char *sr_practice_drives_get_log_folder (const char *folder);

/**
 * sr_practice_drives_map:
 * @folder: the CA's folder
 * @path: a path as the host has it, "C:\\folder", or over the network, "\\\\host\\C$\\folder"; which host plays no part
 *
 * What is there is found in any case of letters, as Windows finds it.
 *
 * Returns: (transfer full) (nullable): the file or folder of this computer that @path is; %NULL for what is no such path
 */
char *sr_practice_drives_map (const char *folder,
                              const char *path);

G_END_DECLS
