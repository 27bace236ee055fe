/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"

#include "base/sr-error.h"
#include "session/sr-restore-session.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A program for tests that kill one: restores a CA, or recovers a restore, and
 * kills itself at the n-th change that the session tells of, 0 for never. The
 * password of the host's administrator comes on standard input.
 *
 * restore-client FOLDER CONFIG PORT DRIVES USER latest|point|continue|put-back|leave KILL-AT */

typedef struct
{
  guint kill_at;
  guint events;
} Client;

static void
count_event (const SrRestoreProgress *progress,
             gpointer                 user_data)
{
  Client *client = user_data;

  if (++client->events == client->kill_at)
    kill (getpid (), SIGKILL);
}

static SrRestorePlan *
make_plan (Place        *place,
           SrCaHost     *host,
           SrRestoreMode mode,
           SrLock       *lock,
           GError      **error)
{
  SrRestoreWanted wanted = { .repository = place->repository, .config = place->config, .mode = mode };
  g_autoptr (SrRestorePlan) plan = sr_restore_plan_new (&wanted, error);

  if (plan == NULL || !sr_restore_plan_check (plan, host, NULL, lock, NULL, NULL, NULL, error))
    return NULL;
  return g_steal_pointer (&plan);
}

static SrRestoreEntry *
find_entry (Place   *place,
            gboolean settled)
{
  g_autoptr (GPtrArray) list = sr_restore_journal_list (place->repository, NULL, settled, NULL);

  return list != NULL && list->len > 0 ? sr_restore_entry_copy (((SrRestoreListed *) g_ptr_array_index (list, list->len - 1))->entry) : NULL;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (SrCredentials) credentials = NULL;
  g_autoptr (SrCaHost) host = NULL;
  g_autoptr (SrLock) lock = NULL;
  g_autoptr (SrRestorePlan) plan = NULL;
  g_autoptr (SrRestoreEntry) entry = NULL;
  g_autoptr (SrRestoreSession) session = NULL;
  SrCaHostTarget target = { .host = "localhost", .address = "127.0.0.1", .ntlm_allowed = TRUE, .timeout = 20 * G_USEC_PER_SEC };
  Client client = { 0 };
  SrRestoreOptions options = { 0 };
  gboolean is_new;
  Place place;

  if (argc != 8)
    return 2;
  password = sr_secret_read_line (STDIN_FILENO, &error);
  if (password == NULL)
    return 2;
  place_open (&place, argv[1], argv[2]);
  target.port = (guint16) atoi (argv[3]);
  target.drives = argv[4];
  credentials = sr_credentials_new_password (argv[5], password);
  host = sr_ca_host_new (&target, credentials);
  client.kill_at = (guint) atoi (argv[7]);
  lock = place_lock (&place);
  is_new = g_str_equal (argv[6], "latest") || g_str_equal (argv[6], "point");
  options = (SrRestoreOptions) { .repository = place.repository, .lock = lock, .host = host, .progress = count_event, .user_data = &client };
  if (is_new)
    options.plan = plan = make_plan (&place, host, g_str_equal (argv[6], "latest") ? SR_RESTORE_LATEST : SR_RESTORE_POINT, lock, &error);
  else
    {
      options.entry = entry = find_entry (&place, g_str_equal (argv[6], "put-back"));
      options.action = g_str_equal (argv[6], "continue") ? SR_RESTORE_CONTINUE : g_str_equal (argv[6], "put-back") ? SR_RESTORE_PUT_BACK : SR_RESTORE_LEAVE;
      options.accept_loss = TRUE;
    }
  if (options.plan != NULL || options.entry != NULL)
    {
      session = sr_restore_session_new (&options);
      sr_restore_session_run (session, NULL, &error);
      g_print ("%s %u events\n", sr_restore_ca_state_to_string (sr_restore_session_get_outcome (session)->state), client.events);
    }
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  g_clear_pointer (&lock, sr_lock_release);
  place_close (&place);
  return error == NULL ? 0 : 1;
}
