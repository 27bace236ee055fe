/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-secret.h"
#include "cli/sr-cli-private.h"

#include <glib/gi18n-lib.h>
#include <locale.h>
#include <signal.h>

int
main (int    argc,
      char **argv)
{
  sr_secret_harden_process ();

  /* A reader that went away, and a disk's limit, are errors like others: no
   * reason to end without ending the session. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);

  setlocale (LC_ALL, "");
  if (g_strv_contains ((const char * const *) argv, "--json"))
    {
      /* What programs read is the same everywhere. Names of files keep their encoding (LC_CTYPE). */
      setlocale (LC_MESSAGES, "C");
      setlocale (LC_NUMERIC, "C");
      setlocale (LC_TIME, "C");
    }
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_prgname ("strongroomctl");
  return sr_cli_main (argc, argv);
}
