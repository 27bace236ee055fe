/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-quit-dialog.h"

#include <glib/gi18n.h>

static char *
make_body (guint n_backups,
           guint n_verifications,
           guint n_restores)
{
  GString *body = g_string_new (NULL);

  if (n_restores > 0)
    g_string_append_printf (body,
                            ngettext (
                              "%u restore is running. While that is possible it will be cancelled and the CA put back; afterwards Strongroom waits for its end. To let it go on, close the window instead.",
                              "%u restores are running. While that is possible they will be cancelled and the CAs put back; afterwards Strongroom waits for their end. To let them go on, close the window instead.",
                              n_restores),
                            n_restores);
  if (n_restores > 0 && n_backups > 0)
    g_string_append (body, "\n\n");

  if (n_backups > 0)
    g_string_append_printf (body,
                            ngettext (
                              "%u backup is running. It will be cancelled and its session on the CA ended before Strongroom quits. To let it go on, close the window instead.",
                              "%u backups are running. They will be cancelled and their sessions on the CAs ended before Strongroom quits. To let them go on, close the window instead.",
                              n_backups),
                            n_backups);
  if (n_restores + n_backups > 0 && n_verifications > 0)
    g_string_append (body, "\n\n");
  if (n_verifications > 0)
    g_string_append_printf (body,
                            ngettext (
                              "%u backup set is being verified. That will be stopped, and nothing is noted of it. To let it go on, close the window instead.",
                              "%u backup sets are being verified. That will be stopped, and nothing is noted of it. To let them go on, close the window instead.",
                              n_verifications),
                            n_verifications);
  return g_string_free (body, FALSE);
}

static const char *
heading (guint n_backups,
         guint n_restores)
{
  if (n_restores > 0)
    return ngettext ("Cancel Restore and Quit?", "Cancel Restores and Quit?", n_restores);
  return n_backups > 0 ? ngettext ("Cancel Backup and Quit?", "Cancel Backups and Quit?", n_backups) : _("Stop Verifying and Quit?");
}

static const char *
answer (guint n_backups,
        guint n_restores)
{
  if (n_restores > 0)
    return ngettext ("_Cancel Restore and Quit", "_Cancel Restores and Quit", n_restores);
  return n_backups > 0 ? ngettext ("_Cancel Backup and Quit", "_Cancel Backups and Quit", n_backups) : _("_Stop and Quit");
}

AdwDialog *
sr_quit_dialog_new (guint n_backups,
                    guint n_verifications,
                    guint n_restores)
{
  AdwDialog *dialog = adw_alert_dialog_new (heading (n_backups, n_restores), NULL);
  g_autofree char *body = make_body (n_backups, n_verifications, n_restores);

  adw_alert_dialog_set_body (ADW_ALERT_DIALOG (dialog), body);
  adw_alert_dialog_set_prefer_wide_layout (ADW_ALERT_DIALOG (dialog), TRUE);
  adw_alert_dialog_add_responses (ADW_ALERT_DIALOG (dialog),
                                  "stay", _("_Keep Running"),
                                  "quit", answer (n_backups, n_restores),
                                  NULL);
  adw_alert_dialog_set_response_appearance (ADW_ALERT_DIALOG (dialog), "quit", ADW_RESPONSE_DESTRUCTIVE);
  adw_alert_dialog_set_default_response (ADW_ALERT_DIALOG (dialog), "stay");
  adw_alert_dialog_set_close_response (ADW_ALERT_DIALOG (dialog), "stay");
  return dialog;
}
