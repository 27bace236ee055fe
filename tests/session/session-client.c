/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "place.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A program for tests that kill one: makes a backup, and kills itself at the
 * n-th change that the session tells of, in all or in one phase. The password
 * comes on standard input.
 *
 * session-client FOLDER CONFIG PORT USER KILL-AT [full|logs [keep|truncate [PHASE]]] */

typedef struct
{
  guint kill_at;
  const char *phase; /* in which events count; NULL for all */
  guint events;
} Client;

static void
count_event (const SrBackupProgress *progress,
             gpointer                user_data)
{
  Client *client = user_data;

  if (client->phase != NULL && !g_str_equal (client->phase, sr_backup_phase_to_string (progress->phase)))
    return;
  if (++client->events == client->kill_at)
    kill (getpid (), SIGKILL);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (SrCredentials) credentials = NULL;
  g_autoptr (SrDcomTarget) target = NULL;
  g_autoptr (SrBackupSession) session = NULL;
  Client client = { 0 };
  SrBackupOptions options;
  Place place;

  if (argc < 6 || argc > 9)
    return 2;
  password = sr_secret_read_line (STDIN_FILENO, &error);
  if (password == NULL)
    return 2;
  place_open (&place, argv[1], argv[2]);
  credentials = sr_credentials_new_password (argv[4], password);
  target = sr_dcom_target_new ("localhost", "127.0.0.1", (guint16) atoi (argv[3]), credentials, TRUE);
  client.kill_at = (guint) atoi (argv[5]);
  options = place_options (&place, target, NULL);
  options.kind = argc > 6 && g_str_equal (argv[6], "logs") ? SR_BACKUP_LOGS : SR_BACKUP_FULL;
  options.keep_logs = argc > 7 && g_str_equal (argv[7], "keep");
  client.phase = argc > 8 ? argv[8] : NULL;
  options.progress = count_event;
  options.user_data = &client;
  session = place_run (&place, &options, NULL, &error);
  g_print ("%u events\n", client.events);
  if (error != NULL)
    g_printerr ("%s\n", error->message);
  place_close (&place);
  return error == NULL ? 0 : 1;
}
