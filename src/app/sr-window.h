/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "app/sr-application.h"

G_BEGIN_DECLS

/**
 * SrWindow:
 *
 * The main window: a sidebar of CAs beside the page of the selected one, or
 * an invitation where no CA is known.
 */
#define SR_TYPE_WINDOW (sr_window_get_type ())
G_DECLARE_FINAL_TYPE (SrWindow, sr_window, SR, WINDOW, AdwApplicationWindow)

/**
 * sr_window_new:
 * @application: the application
 *
 * Returns: (transfer none): a window that belongs to @application
 */
SrWindow *sr_window_new (SrApplication *application);

/**
 * sr_window_show_list:
 * @self: a window
 *
 * Shows the CAs, or what to do as long as there is none.
 */
void sr_window_show_list (SrWindow *self);

/**
 * sr_window_select:
 * @self: a window
 * @authority: the CA to show
 */
void sr_window_select (SrWindow    *self,
                       SrAuthority *authority);

/**
 * sr_window_get_selected:
 * @self: a window
 *
 * Returns: (transfer none) (nullable): the CA that is shown
 */
SrAuthority *sr_window_get_selected (SrWindow *self);

/**
 * sr_window_push:
 * @self: a window
 * @page: (transfer floating): a page to show above the CA's, such as a set's
 */
void sr_window_push (SrWindow          *self,
                     AdwNavigationPage *page);

/**
 * sr_window_push_over:
 * @self: a window
 * @page: (transfer floating): a page to show in the whole window, for what belongs to no CA that is saved
 */
void sr_window_push_over (SrWindow          *self,
                          AdwNavigationPage *page);

/**
 * sr_window_toast:
 * @self: a window
 * @text: a small thing to tell; markup is escaped
 */
void sr_window_toast (SrWindow   *self,
                      const char *text);

/**
 * sr_window_tell:
 * @self: (nullable): a window, which may have been closed meanwhile
 * @heading: what came of it
 * @body: more of it
 *
 * Shows an alert dialog in the window, else in the one that is open; without
 * any a notification tells it.
 */
void sr_window_tell (SrWindow   *self,
                     const char *heading,
                     const char *body);

/**
 * sr_window_launch:
 * @self: a window
 * @path: (type filename): a folder or a file
 *
 * Opens it in the program that the user has for it; where that fails a toast says why.
 */
void sr_window_launch (SrWindow   *self,
                       const char *path);

/**
 * sr_window_tell_error:
 * @self: (nullable): a window, as for sr_window_tell()
 * @heading: what did not work
 * @error: why
 *
 * Tells the error's words, its code, and what to do, as sr_window_tell() does.
 */
void sr_window_tell_error (SrWindow     *self,
                           const char   *heading,
                           const GError *error);

/**
 * sr_window_tell_folder_error:
 * @self: a window
 * @error: why the backup folder cannot be used
 *
 * Shows an alert dialog that offers to choose another one.
 */
void sr_window_tell_folder_error (SrWindow     *self,
                                  const GError *error);

/* sr-window-actions.c */

/**
 * sr_window_install_actions:
 * @klass: the window's class
 *
 * Installs the actions whose names begin with "win.".
 */
void sr_window_install_actions (GtkWidgetClass *klass);

/**
 * sr_window_update_actions:
 * @self: a window
 *
 * Enables what can be done with the selected CA, and nothing else.
 */
void sr_window_update_actions (SrWindow *self);

G_END_DECLS
