/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-history.h"
#include "store/sr-repository.h"

G_BEGIN_DECLS

/**
 * SrFolderAuthority:
 * @config: config string
 * @display_name: (nullable): the CA's name for people, as its newest set tells it
 * @history: its lineages, chains and sets
 * @sets: (element-type SrBackupSet): its sets, newest first by lineage and generation
 * @newest: (nullable): one of @sets: the newest that can be restored
 * @restores: (element-type SrRestoreLeft): its restores that are half done
 * @unreadable: (element-type SrUnreadableSet): what looks like a set of it and cannot be understood
 *
 * A CA that has sets in a folder.
 */
typedef struct
{
  char *config;
  char *display_name;
  SrHistory *history;
  GPtrArray *sets;
  SrBackupSet *newest;
  GPtrArray *restores;
  GPtrArray *unreadable;
} SrFolderAuthority;

/**
 * SrFolderLook:
 * @path: the folder
 * @repository: (nullable): the backup folder; %NULL where @path is a single set, or a folder with sets
 * @authorities: (element-type SrFolderAuthority): the CAs, by name
 *
 * What a folder that somebody has brought holds: a backup folder, a folder
 * with sets, or one set. No network, saved CA or keyring is needed, and nothing is written.
 */
typedef struct
{
  char *path;
  SrRepository *repository;
  GPtrArray *authorities;
} SrFolderLook;

void sr_folder_look_free (SrFolderLook *look);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrFolderLook, sr_folder_look_free)

/**
 * sr_folder_look_async:
 * @path: a folder
 * @cancellable: (nullable): stops waiting
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Looks into a folder, on a thread.
 */
void sr_folder_look_async (const char         *path,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data);

/**
 * sr_folder_look_finish:
 * @result: as the callback got it
 * @error: where to put an error
 *
 * Sets the codes of sr_repository_open() for a folder that holds no set either; %SR_STORE_ERROR; %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer full): what is there, or %NULL
 */
SrFolderLook *sr_folder_look_finish (GAsyncResult *result,
                                     GError      **error);

G_END_DECLS
