/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-practice.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-practice-program.h"
#include "base/sr-error.h"

#include <glib/gi18n.h>

#define START_SECONDS 60

/* One that runs already, started from a terminal perhaps, is taken as it is. */
static SrPracticeFolder *
start_or_find (const char   *folder,
               GCancellable *cancellable,
               GError      **error)
{
  SrPracticeProgramOptions options = { .interface_flags = -1 };
  g_autoptr (GError) local = NULL;
  SrPracticeFolder *ready = sr_practice_program_start (folder, &options, sr_deadline_in (START_SECONDS), cancellable, &local);

  if (g_error_matches (local, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_RUNNING))
    return sr_practice_folder_read (folder, error);
  if (ready == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  return ready;
}

static void
start (GTask        *task,
       gpointer      source,
       gpointer      task_data,
       GCancellable *cancellable)
{
  GError *error = NULL;
  SrPracticeFolder *ready = start_or_find (task_data, cancellable, &error);

  if (ready != NULL)
    g_task_return_pointer (task, ready, (GDestroyNotify) sr_practice_folder_free);
  else
    g_task_return_error (task, error);
}

void
sr_practice_start_async (const char         *folder,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, sr_practice_start_async);
  g_task_set_task_data (task, folder != NULL ? g_strdup (folder) : sr_practice_program_get_standard_folder (), g_free);
  g_task_run_in_thread (task, start);
}

SrAuthority *
sr_practice_start_finish (GAsyncResult *result,
                          GError      **error)
{
  SrApplication *application = sr_application_get_default ();
  const char *folder = g_task_get_task_data (G_TASK (result));
  g_autoptr (SrPracticeFolder) ready = g_task_propagate_pointer (G_TASK (result), error);

  if (ready == NULL)
    return NULL;
  return sr_practice_program_adopt (folder, ready, sr_application_get_authorities (application), error);
}
