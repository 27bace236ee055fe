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

static void
on_adopted (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  SrAuthority *authority = sr_practice_program_adopt_finish (SR_AUTHORITY_LIST (source), result, &error);

  if (authority != NULL)
    g_task_return_pointer (task, authority, g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_started (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  g_autoptr (SrPracticeFolder) ready = g_task_propagate_pointer (G_TASK (result), &error);

  if (ready == NULL)
    g_task_return_error (task, error);
  else
    sr_practice_program_adopt_async (g_task_get_task_data (G_TASK (result)), ready,
                                     sr_application_get_authorities (sr_application_get_default ()),
                                     on_adopted, g_steal_pointer (&task));
}

void
sr_practice_start_async (const char         *folder,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr (GTask) starting = g_task_new (NULL, cancellable, on_started, task);

  g_task_set_source_tag (task, sr_practice_start_async);
  g_task_set_task_data (starting, folder != NULL ? g_strdup (folder) : sr_practice_program_get_standard_folder (), g_free);
  g_task_run_in_thread (starting, start);
}

SrAuthority *
sr_practice_start_finish (GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
