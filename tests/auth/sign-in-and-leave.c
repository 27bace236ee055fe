/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-context.h"
#include "base/sr-error.h"

#include <locale.h>
#include <stdlib.h>

/* A program for test-auth.c: signs alice in, and ends at once; if MICROSECONDS
 * are given it has cancelled by then, wherever the sign-in was.
 *
 * sign-in-and-leave FILE-OF-USERS [MICROSECONDS] */

typedef struct
{
  GCancellable *cancellable;
  gulong delay;
} Cancel;

static gpointer
cancel_later (gpointer data)
{
  Cancel *cancel = data;

  g_usleep (cancel->delay);
  g_cancellable_cancel (cancel->cancellable);
  return NULL;
}

/* Returns the exit code. */
static int
shake_hands (SrAuthContext **here,
             SrAuthContext  *there,
             GCancellable   *cancellable)
{
  g_autoptr (GBytes) theirs = NULL;

  for (;;)
    {
      g_autoptr (GBytes) ours = NULL;
      g_autoptr (GError) error = NULL;

      if (!sr_auth_context_step_until (here, theirs, &ours, SR_DEADLINE_NONE, cancellable, &error))
        return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ? 0 : 3;
      if (sr_auth_context_is_complete (*here))
        return 0;
      g_clear_pointer (&theirs, g_bytes_unref);
      if (!sr_auth_context_step (there, ours, &theirs, &error))
        return 4;
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = NULL;
  g_autoptr (SrSecret) secret = sr_secret_new ("Passw0rd!", 9);
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password ("LAB\\alice", secret);
  g_autoptr (SrAuthContext) here = NULL;
  g_autoptr (SrAuthContext) there = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Cancel cancel = { .cancellable = cancellable };
  GThread *canceller = NULL;
  int code;

  setlocale (LC_ALL, "C.UTF-8");
  acceptor = argc > 1 ? sr_auth_acceptor_new (argv[1], NULL, &error) : NULL;
  here = sr_auth_context_new_initiator (credentials, SR_AUTH_NTLM, "host/localhost", TRUE, &error);
  there = acceptor != NULL ? sr_auth_context_new_acceptor (acceptor, SR_AUTH_NTLM, &error) : NULL;
  if (here == NULL || there == NULL)
    return 2;
  if (argc > 2)
    {
      cancel.delay = strtoul (argv[2], NULL, 10);
      canceller = g_thread_new ("canceller", cancel_later, &cancel);
    }
  code = shake_hands (&here, there, cancellable);
  if (canceller != NULL)
    g_thread_join (canceller);
  return code;
}
