/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/** SR_PRACTICE_READY_NAME: the file that a practice CA keeps in its state folder while it is served */
#define SR_PRACTICE_READY_NAME "ready.json"

/**
 * SrPracticeFolder:
 * @config: config string of the practice CA
 * @address: the loopback address that it listens on
 * @activation_port: its activation port
 * @pid: of its program
 * @user: (nullable): the user to sign in as, DOMAIN\user; %NULL when it has no users of its own
 * @users_file: (nullable): path of the file with the users' passwords
 * @host_port: where its host serves services and registry, 0 for a practice CA without
 * @drives: (nullable): the folder with its host's drives
 * @host_user: (nullable): the user to sign in to its host as, an administrator; in @users_file too
 *
 * What a practice CA that is being served says of itself.
 */
typedef struct
{
  char *config;
  char *address;
  guint16 activation_port;
  gint64 pid;
  char *user;
  char *users_file;
  guint16 host_port;
  char *drives;
  char *host_user;
} SrPracticeFolder;

/**
 * sr_practice_folder_read:
 * @folder: a practice CA's state folder
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_NOT_RUNNING when no practice CA is served there,
 * %SR_AUTHORITY_ERROR_DAMAGED, %SR_ERROR_LIMIT, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): what it says, or %NULL
 */
SrPracticeFolder *sr_practice_folder_read (const char *folder,
                                           GError    **error);

void sr_practice_folder_free (SrPracticeFolder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeFolder, sr_practice_folder_free)

/**
 * sr_practice_folder_get_password:
 * @self: a practice CA with users of its own
 * @error: where to put an error
 *
 * Reads the user's password from the file, which must be nobody else's to read.
 *
 * Sets %SR_AUTHORITY_ERROR_SIGN_IN, %SR_AUTHORITY_ERROR_DAMAGED, %SR_ERROR_LIMIT, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the password, or %NULL
 */
SrSecret *sr_practice_folder_get_password (SrPracticeFolder *self,
                                           GError          **error);

G_END_DECLS
