/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-restore-report.h"

#include "app/sr-format.h"
#include "app/sr-window.h"
#include "authority/sr-advice.h"

#include <glib/gi18n.h>
#include <string.h>

static void
tell (GString    *text,
      const char *name,
      const char *value)
{
  if (value != NULL && *value != '\0')
    g_string_append_printf (text, "%s: %s\n", name, value);
}

static void
tell_outcome (GString                *text,
              const SrRestoreOutcome *outcome)
{
  tell (text, _("State of the CA"), outcome->words);
  tell (text, _("Set Aside"), outcome->aside_folder);
  tell (text, _("Files of the Restore"), outcome->undone_folder);
  tell (text, C_("check", "Warning"), outcome->warning);
  if (outcome->put_back_error != NULL)
    tell (text, _("Putting back failed"), outcome->put_back_error->message);
}

static void
tell_stages (GString    *text,
             GListModel *stages)
{
  for (guint i = 0; stages != NULL && i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (SrRestoreStage) stage = g_list_model_get_item (stages, i);
      const char *state = sr_restore_stage_state_words (sr_restore_stage_get_state (stage));
      const char *detail = sr_restore_stage_get_detail (stage);
      g_autofree char *value = detail != NULL ? g_strdup_printf ("%s, %s", state, detail) : g_strdup (state);

      tell (text, sr_restore_stage_get_title (stage), value);
    }
}

char *
sr_restore_report_text (SrJob *job)
{
  GString *text = g_string_new (NULL);
  const GError *error = sr_job_get_error (job);
  SrAuthority *authority = sr_job_get_authority (job);
  g_autofree char *begun = sr_format_time (sr_job_get_begun_time (job));
  g_autofree char *ended = sr_format_time (sr_job_get_ended_time (job));
  g_autofree char *code = error != NULL ? sr_advice_search_code (error) : NULL;

  tell (text, _("Program"), "Strongroom " PACKAGE_VERSION);
  tell (text, _("CA"), sr_job_get_config (job));
  tell (text, _("Host"), authority != NULL ? sr_authority_get_host (authority) : NULL);
  tell (text, _("Outcome"), sr_job_get_phase_words (job));
  tell (text, C_("backup", "Begun"), sr_job_get_begun_time (job) != 0 ? begun : NULL);
  tell (text, C_("backup", "Ended"), sr_job_get_ended_time (job) != 0 ? ended : NULL);
  tell (text, _("Error"), error != NULL ? error->message : NULL);
  tell (text, _("Code"), code);
  tell (text, _("What to Do"), error != NULL ? sr_job_get_advice (job) : NULL);
  if (sr_job_get_outcome (job) != NULL)
    tell_outcome (text, sr_job_get_outcome (job));
  tell_stages (text, sr_job_get_stages (job));
  return g_string_free (text, FALSE);
}

static void
on_written (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SrWindow) window = user_data;
  g_autoptr (GError) error = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    sr_window_toast (window, _("Report saved"));
  else
    sr_window_tell_error (window, _("Report Not Saved"), error);
}

static void
on_chosen (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GBytes) report = user_data;
  SrWindow *window = g_object_get_data (source, "window");
  g_autoptr (GFile) file = gtk_file_dialog_save_finish (GTK_FILE_DIALOG (source), result, NULL);

  /* It names hosts and folders: for its owner alone. */
  if (file != NULL)
    g_file_replace_contents_bytes_async (file, report, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL,
                                         on_written, g_object_ref (window));
}

void
sr_restore_report_save (SrJob     *job,
                        GtkWindow *window)
{
  g_autoptr (GtkFileDialog) dialog = gtk_file_dialog_new ();
  char *text = sr_restore_report_text (job);

  gtk_file_dialog_set_title (dialog, _("Save the Report"));
  gtk_file_dialog_set_initial_name (dialog, _("restore report.txt"));
  g_object_set_data_full (G_OBJECT (dialog), "window", g_object_ref (window), g_object_unref);
  gtk_file_dialog_save (dialog, window, NULL, on_chosen, g_bytes_new_take (text, strlen (text)));
}
