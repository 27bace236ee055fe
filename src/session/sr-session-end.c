/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-session-end-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/*
 * For every BackupPrepare that succeeded there is one BackupEnd that
 * succeeds, and BackupEnd goes only to the object that BackupPrepare went to.
 *
 * | what happened                        | journal          | what is done                                          |
 * |--------------------------------------|------------------|-------------------------------------------------------|
 * | killed before Prepare was noted      | activated        | recovery: RemRelease only                             |
 * | Prepare not sent (no connection)     | prepare-sent     | nothing was opened: RemRelease, entry removed         |
 * | Prepare refused (HRESULT, or a fault | activated again  | the same: no End, by us or by a recovery              |
 * |   from before its execution)         |                  |                                                       |
 * | Prepare's reply lost, or its answer  | prepare-sent     | counts as opened: End to the same IPID. "No session   |
 * |   cannot be read                     |                  |   is open" is believed once it has held for a while,  |
 * |                                      |                  |   since Prepare may still be running there            |
 * | killed while Prepare was out         | prepare-sent     | recovery: the same                                    |
 * | cancel while Prepare is out          | prepare-sent     | the reply is waited for, then End                     |
 * | error, cancel, disk trouble later    | prepared and on  | End. A call given up has closed its connection: the   |
 * |                                      |                  |   object is reached on a second one                   |
 * | connection lost later                | prepared and on  | End on a second connection; the backup has failed,    |
 * |                                      |                  |   since a read whose reply is lost cannot be repeated |
 * | killed later                         | prepared and on  | recovery: End to the same IPID                        |
 * | TruncateLogs' reply lost             | truncate-sent    | noted as unknown, never repeated; End                 |
 * | End succeeded                        | end-sent         | closed                                                |
 * | End's reply lost, or no connection   | end-sent         | End again until it is answered: one that was executed |
 * |                                      |                  |   makes the next one fail with "no session is open",  |
 * |                                      |                  |   so two can never both succeed                       |
 * | killed while End was out             | end-sent         | recovery: the same                                    |
 * | End answered "no session is open"    | end-sent         | nothing is open; but unless an End of ours was out    |
 * |                                      |                  |   before, the server gave the session up by itself:   |
 * |                                      |                  |   whether it counts the backup is noted as unknown    |
 * | object or exporter unknown there     | end-sent         | nothing more can be sent to it: the entry is removed  |
 * |                                      |                  |   and the loss is told                                |
 * | End refused otherwise (the account   | end-sent, stays  | left open, told; recovery tries again                 |
 * |   was not let in, too), or never     |                  |                                                       |
 * |   answered before the deadline       |                  |                                                       |
 *
 * What cannot be excluded from here: a server that keeps one session for all
 * clients, and gives another client a session in the moment between our End
 * whose reply is lost and its repetition, would end that one instead. On such
 * a server the same holds for a Prepare that was refused because another
 * client's backup is running, if its reply was lost or we were killed before
 * the refusal was noted: it counts as opened.
 */

/* Words for "no session is open": MS-CSRA 3.1.4.1.18 (a call out of sequence)
 * and what the database engine says. */
#define JET_NO_BACKUP (-520)

static gboolean
says_no_session (SrHresult hr)
{
  return hr == SR_E_UNEXPECTED
         || hr == SR_HRESULT_FROM_JET (JET_NO_BACKUP)
         || hr == SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP_SEQUENCE);
}

/* RPC_E_INVALID_IPID and CO_E_OBJNOTCONNECTED (MS-ERREF 2.1.1). */
#define RPC_E_INVALID_IPID ((SrHresult) 0x80010113)
#define CO_E_OBJNOTCONNECTED ((SrHresult) 0x800401fd)

static gboolean
says_object_gone (SrHresult hr)
{
  return hr == SR_RPC_E_INVALID_OBJECT || hr == SR_RPC_E_DISCONNECTED || hr == RPC_E_INVALID_IPID
         || hr == CO_E_OBJNOTCONNECTED || hr == SR_OR_INVALID_OXID || hr == SR_OR_INVALID_OID;
}

/* Waits without missing a cancel; FALSE when there is no time left or it came. */
static gboolean
wait_for (gint64        microseconds,
          gint64        deadline,
          GCancellable *cancellable)
{
  gint64 until = g_get_monotonic_time () + microseconds;
  GPollFD fd;

  if (until >= deadline || g_cancellable_is_cancelled (cancellable))
    return FALSE;
  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, (int) (microseconds / 1000));
      g_cancellable_release_fd (cancellable);
      return !g_cancellable_is_cancelled (cancellable);
    }
  g_usleep ((gulong) microseconds);
  return TRUE;
}

SrEndOutcome
sr_session_end (SrCertAdmin  *admin,
                gboolean      prepare_unknown,
                double        settle,
                gint64        deadline,
                GCancellable *cancellable,
                SrHresult    *answer,
                GError      **error)
{
  gint64 believed_at = prepare_unknown ? sr_deadline_in (settle) : 0;
  gint64 pause = G_USEC_PER_SEC / 20;
  gboolean reply_lost = FALSE;

  for (;;)
    {
      g_autoptr (GError) local_error = NULL;
      /* A try gets half of what is left, so that a stalled connection leaves time for another. */
      gint64 try_deadline = g_get_monotonic_time () + sr_deadline_left (deadline) / 2;

      *answer = SR_S_OK;
      if (sr_cert_admin_backup_end (admin, try_deadline, NULL, &local_error))
        return SR_END_CLOSED;

      *answer = sr_hresult_from_error (local_error);
      if (says_no_session (*answer) && g_get_monotonic_time () >= believed_at)
        return reply_lost ? SR_END_CLOSED : SR_END_WAS_NOT_OPEN;
      if (says_object_gone (*answer))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return SR_END_OBJECT_GONE;
        }
      reply_lost = reply_lost || sr_cert_admin_outcome_unknown (admin);

      /* What was answered otherwise will not be answered better soon, and an account that was not let in could be locked. */
      if ((*answer != SR_S_OK && !says_no_session (*answer)) || sr_cert_admin_error_is_refusal (local_error)
          || !wait_for (pause, deadline, cancellable))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return SR_END_UNSETTLED;
        }
      pause = MIN (pause * 2, 2 * G_USEC_PER_SEC);
    }
}
