/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority-list.h"
#include "authority/sr-practice-folder.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* The practice CA as a program of its own, strongroom-practice-ca. These calls
 * wait; a window makes them on a thread. */

/** SR_PRACTICE_PROGRAM_NAME: what it is called */
#define SR_PRACTICE_PROGRAM_NAME "strongroom-practice-ca"

/** SR_PRACTICE_PROGRAM_LOG: the file in the state folder that takes its messages */
#define SR_PRACTICE_PROGRAM_LOG "program.log"

/**
 * sr_practice_program_get_standard_folder:
 *
 * Returns: (transfer full): the state folder of the practice CA where none is named
 */
char *sr_practice_program_get_standard_folder (void);

/**
 * sr_practice_program_find:
 * @error: where to put an error
 *
 * Looks beside this program, then on PATH.
 *
 * Sets %SR_AUTHORITY_ERROR_NO_PROGRAM.
 *
 * Returns: (transfer full): path of the program, or %NULL
 */
char *sr_practice_program_find (GError **error);

/**
 * SrPracticeProgramOptions:
 * @name: (nullable): common name of a new CA
 * @host: (nullable): host name of a new CA
 * @activation_port: 0 for any free port
 * @interface_flags: the CA's InterfaceFlags from this start on, -1 to leave them
 *
 * How to start it.
 */
typedef struct
{
  const char *name;
  const char *host;
  guint16 activation_port;
  gint64 interface_flags;
} SrPracticeProgramOptions;

/**
 * sr_practice_program_start:
 * @folder: its state folder, an absolute path; made with mode 0700
 * @options: see there
 * @deadline: monotonic time in microseconds until which it must be ready
 * @cancellable: (nullable): stops waiting, and the program
 * @error: where to put an error
 *
 * Starts the practice CA in a session of its own, so that it outlives this
 * program and its terminal, and waits until it says that it serves.
 *
 * Sets %SR_AUTHORITY_ERROR_NO_PROGRAM, %SR_AUTHORITY_ERROR_RUNNING,
 * %SR_AUTHORITY_ERROR_PRACTICE with its last words, %SR_ERROR_TIMED_OUT,
 * %G_IO_ERROR_CANCELLED and other %G_IO_ERROR codes.
 *
 * Returns: (transfer full): what it says of itself, or %NULL
 */
SrPracticeFolder *sr_practice_program_start (const char                     *folder,
                                             const SrPracticeProgramOptions *options,
                                             gint64                          deadline,
                                             GCancellable                   *cancellable,
                                             GError                        **error);

/**
 * sr_practice_program_adopt:
 * @folder: its state folder
 * @ready: what it says of itself
 * @list: a list of CAs, loaded
 * @error: where to put an error
 *
 * Puts a running practice CA into the list, with its tag, or brings the entry
 * that it has there up to date. For the main thread.
 *
 * Sets %SR_AUTHORITY_ERROR_EXISTS when another CA has its config string, and
 * the codes of sr_authority_list_add().
 *
 * Returns: (transfer full): the CA, or %NULL
 */
SrAuthority *sr_practice_program_adopt (const char       *folder,
                                        SrPracticeFolder *ready,
                                        SrAuthorityList  *list,
                                        GError          **error);

/**
 * sr_practice_program_adopt_async:
 * @folder: its state folder
 * @ready: what it says of itself
 * @list: a list of CAs, loaded
 * @callback: called when it is in the list and on the disk
 * @user_data: for @callback
 *
 * As sr_practice_program_adopt(), with the list written on a thread.
 */
void sr_practice_program_adopt_async (const char         *folder,
                                      SrPracticeFolder   *ready,
                                      SrAuthorityList    *list,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data);
SrAuthority *sr_practice_program_adopt_finish (SrAuthorityList *list,
                                               GAsyncResult    *result,
                                               GError         **error);

/**
 * sr_practice_program_ask:
 * @folder: its state folder
 * @request: an object with the member "do" and what goes with it
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Asks a running practice CA over its control socket.
 *
 * Sets %SR_AUTHORITY_ERROR_NOT_RUNNING, %SR_AUTHORITY_ERROR_PRACTICE with its
 * words when it says no, %SR_ERROR_TIMED_OUT, %SR_ERROR_MALFORMED,
 * %SR_ERROR_CLOSED, %SR_ERROR_LIMIT, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): its answer, or %NULL
 */
JsonObject *sr_practice_program_ask (const char   *folder,
                                     JsonObject   *request,
                                     gint64        deadline,
                                     GCancellable *cancellable,
                                     GError      **error);

/**
 * sr_practice_program_stop:
 * @folder: its state folder
 * @deadline: monotonic time in microseconds until which it must have ended by itself
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Asks it to end, and waits until its process is gone. One that does not end
 * by @deadline is killed.
 *
 * Sets as sr_practice_program_ask().
 *
 * Returns: whether it is gone
 */
gboolean sr_practice_program_stop (const char   *folder,
                                   gint64        deadline,
                                   GCancellable *cancellable,
                                   GError      **error);

/**
 * sr_practice_program_inspect:
 * @folder: its state folder
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Everything there is to know of a practice CA, whether it runs or not: every
 * row, the session, the counts.
 *
 * Sets as sr_practice_program_ask() and sr_practice_program_start().
 *
 * Returns: (transfer full): an object, or %NULL
 */
JsonObject *sr_practice_program_inspect (const char   *folder,
                                         GCancellable *cancellable,
                                         GError      **error);

G_END_DECLS
