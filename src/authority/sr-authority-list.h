/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"

G_BEGIN_DECLS

/** SR_AUTHORITY_LIST_FORMAT: the format version of authorities.json that this program writes, and the highest that it reads */
#define SR_AUTHORITY_LIST_FORMAT 1

/** SR_AUTHORITY_LIST_NAME: the file in $XDG_CONFIG_HOME/strongroom */
#define SR_AUTHORITY_LIST_NAME "authorities.json"

/** SR_AUTHORITY_LIST_MAX: most CAs in the list */
#define SR_AUTHORITY_LIST_MAX 10000

/**
 * SrAuthorityList:
 *
 * The CAs that the user knows, a #GListModel of #SrAuthority in the order in
 * which they were added, kept in a file without any secret. Every change reads
 * the file anew under its lock, so two processes lose nothing of each other.
 * Belongs to the main thread.
 */
#define SR_TYPE_AUTHORITY_LIST (sr_authority_list_get_type ())
G_DECLARE_FINAL_TYPE (SrAuthorityList, sr_authority_list, SR, AUTHORITY_LIST, GObject)

/**
 * sr_authority_list_new:
 * @path: (nullable): the file, %NULL for authorities.json of the user's configuration
 *
 * Returns: (transfer full): an empty list; see sr_authority_list_load()
 */
SrAuthorityList *sr_authority_list_new (const char *path);

/**
 * sr_authority_list_load:
 * @self: a list
 * @error: where to put an error
 *
 * Reads the file. CAs that are in the list already stay the same objects. No
 * file is an empty list.
 *
 * Sets %SR_AUTHORITY_ERROR_NEWER_FORMAT, %SR_AUTHORITY_ERROR_DAMAGED,
 * %SR_ERROR_LIMIT, %G_IO_ERROR codes; the list is then as it was.
 *
 * Returns: whether it worked
 */
gboolean sr_authority_list_load (SrAuthorityList *self,
                                 GError         **error);

/**
 * sr_authority_list_add:
 * @self: a list
 * @authority: (transfer none): a CA
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_EXISTS when a CA of that config string is in the
 * list, %SR_AUTHORITY_ERROR_BUSY, and the codes of sr_authority_list_load().
 *
 * Returns: whether it is in the list and on the disk
 */
gboolean sr_authority_list_add (SrAuthorityList *self,
                                SrAuthority     *authority,
                                GError         **error);

/**
 * sr_authority_list_save:
 * @self: a list
 * @authority: one of its CAs, changed
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_NOT_FOUND when another process removed it, and as
 * sr_authority_list_add().
 *
 * Returns: whether the change is on the disk
 */
gboolean sr_authority_list_save (SrAuthorityList *self,
                                 SrAuthority     *authority,
                                 GError         **error);

/**
 * sr_authority_list_save_seen:
 *
 * As sr_authority_list_save(), for what was last seen of @authority alone.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_authority_list_save_seen (SrAuthorityList *self,
                                      SrAuthority     *authority,
                                      GError         **error);

/**
 * sr_authority_list_remove:
 * @self: a list
 * @authority: one of its CAs
 * @error: where to put an error
 *
 * Takes a CA out of the list. Its sets stay.
 *
 * Sets as sr_authority_list_save().
 *
 * Returns: whether it is gone from the list and the disk
 */
gboolean sr_authority_list_remove (SrAuthorityList *self,
                                   SrAuthority     *authority,
                                   GError         **error);

/**
 * sr_authority_list_load_async:
 * @self: a list
 * @callback: called when the list is what the file says
 * @user_data: for @callback
 *
 * As sr_authority_list_load(), with the file read on a thread. So it is with
 * the functions below. Changes reach the file in the order in which they are
 * asked for, each as its CA was at that moment; the default #GApplication, if
 * there is one, runs until the last one is written.
 */
void sr_authority_list_load_async (SrAuthorityList    *self,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
void sr_authority_list_add_async (SrAuthorityList    *self,
                                  SrAuthority        *authority,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
void sr_authority_list_save_async (SrAuthorityList    *self,
                                   SrAuthority        *authority,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);
void sr_authority_list_remove_async (SrAuthorityList    *self,
                                     SrAuthority        *authority,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data);

/**
 * sr_authority_list_change_finish:
 * @self: a list
 * @result: as the callback of one of the functions above got it
 * @error: where to put an error
 *
 * Sets the codes of the function without _async.
 *
 * Returns: whether it worked
 */
gboolean sr_authority_list_change_finish (SrAuthorityList *self,
                                          GAsyncResult    *result,
                                          GError         **error);

/**
 * sr_authority_list_find:
 * @self: a list
 * @text: a config string, a CA's name, or an id
 * @error: where to put an error
 *
 * Sets %SR_AUTHORITY_ERROR_NOT_FOUND, %SR_AUTHORITY_ERROR_AMBIGUOUS (naming
 * the config strings).
 *
 * Returns: (transfer full): the CA, or %NULL
 */
SrAuthority *sr_authority_list_find (SrAuthorityList *self,
                                     const char      *text,
                                     GError         **error);

/**
 * sr_authority_list_find_config:
 * @self: a list
 * @config: a config string
 *
 * Returns: (transfer full) (nullable): the CA with that config string
 */
SrAuthority *sr_authority_list_find_config (SrAuthorityList *self,
                                            const char      *config);

/**
 * sr_authority_list_find_practice:
 * @self: a list
 * @folder: a practice CA's state folder
 *
 * Returns: (transfer full) (nullable): the practice CA that lives there
 */
SrAuthority *sr_authority_list_find_practice (SrAuthorityList *self,
                                              const char      *folder);

G_END_DECLS
