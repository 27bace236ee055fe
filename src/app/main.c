/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-application.h"
#include "authority/sr-advice.h"
#include "base/sr-secret.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>

int
main (int    argc,
      char **argv)
{
  g_autoptr (SrApplication) application = NULL;

  sr_secret_harden_process ();
  /* A limit on file sizes is an error of the write, not the end of the program. */
  signal (SIGXFSZ, SIG_IGN);
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_("Strongroom"));
  sr_advice_set_for_window (TRUE);

  application = sr_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
