/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-server.h"

G_BEGIN_DECLS

/* How a running practice CA is told what to do: a Unix socket “control” in its
 * folder (mode 0600). A client sends JSON objects, one a line, and gets one back
 * for each: {"ok": true, ...} or {"ok": false, "error": "..."}. With "english":
 * true the error is in English, whatever language the practice CA was started
 * in. The member "do" says what:
 *
 *   status                        what sr_practice_server_describe() tells, session, counts, dcom, rowCount
 *   inspect                       all of sr_practice_ca_inspect() with rows, and dcom
 *   issue     count [subject]     -> first
 *   revoke    certificate [reason]  "#5" or a serial number; publishes a CRL
 *   publish                       publishes a CRL
 *   pad       size                bytes that the database has at least
 *   restart                       as restarting CertSvc
 *   foreign-full                  a full backup by another product (tests)
 *   restore   folder              a restore by another tool, of a folder with a backup's database and logs (tests)
 *   stop                          the program ends
 *   config    node entry [value]  node "root" or "ca"; value number or string, none deletes; for the next start
 *   roles     principal roles     a list of names
 *   clock     [frozen] [advance]  the clock of pings: boolean, seconds -> rundowns (tests)
 *   drop      opnum when [call] [interface]  when "before" or "after"; the call from now on, 1 unless given;
 *                                 interface such as "IRemUnknown" or "winreg", ICertAdminD and ICertAdminD2 unless given (tests)
 *   crash-in-recovery step        kills the program at a step of the next recovery of a restore, 0 for never (tests)
 *   disconnect                    closes every connection, forgets drops (tests)
 */

/** SR_PRACTICE_MAX_LINE: bytes of the longest request */
#define SR_PRACTICE_MAX_LINE 65536

/**
 * SrPracticeControl:
 *
 * The control socket's server.
 */
#define SR_TYPE_PRACTICE_CONTROL (sr_practice_control_get_type ())
G_DECLARE_FINAL_TYPE (SrPracticeControl, sr_practice_control, SR, PRACTICE_CONTROL, GObject)

/**
 * sr_practice_control_start:
 * @server: (transfer none): what it controls
 * @stop: called on a thread of its own when a client asks for the end
 * @user_data: for @stop
 * @error: where to put an error
 *
 * Listens, and serves every client on a thread. A socket that a crash left is replaced.
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: (transfer full): a control, or %NULL
 */
SrPracticeControl *sr_practice_control_start (SrPracticeServer *server,
                                              void            (*stop) (gpointer user_data),
                                              gpointer          user_data,
                                              GError          **error);

/**
 * sr_practice_control_stop:
 * @control: a control
 *
 * Stops to listen and removes the socket.
 */
void sr_practice_control_stop (SrPracticeControl *control);

/**
 * sr_practice_control_run:
 * @server: a server
 * @line: a request
 * @stop: (out): whether the program is to end after the answer
 *
 * Does what one request says, without a socket.
 *
 * Returns: (transfer full): the answer, with its line end
 */
char *sr_practice_control_run (SrPracticeServer *server,
                               const char       *line,
                               gboolean         *stop);

/**
 * sr_practice_control_ask:
 * @folder: a CA's folder
 * @request: a request
 * @error: where to put an error
 *
 * The client's end: asks a running practice CA.
 *
 * Sets %G_IO_ERROR codes when none runs, %SR_ERROR_MALFORMED, %SR_ERROR_REFUSED with the CA's words.
 *
 * Returns: (transfer full): the answer, an object, or %NULL
 */
JsonObject *sr_practice_control_ask (const char *folder,
                                     JsonObject *request,
                                     GError    **error);

G_END_DECLS
