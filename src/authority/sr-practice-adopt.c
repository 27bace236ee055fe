/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-practice-program.h"

/* Brings a CA of the list in line with what the program says of itself. */
static gboolean
describe (SrAuthority      *authority,
          SrPracticeFolder *ready,
          const char       *folder,
          GError          **error)
{
  sr_authority_set_practice_folder (authority, folder);
  /* It listens on this machine alone, where NTLM gives nothing away. */
  sr_authority_set_ntlm_allowed (authority, TRUE);
  return sr_authority_set_endpoint (authority, ready->address, ready->activation_port, error)
         && (ready->user == NULL || sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, ready->user, NULL, error));
}

/* A CA that is not in the list yet. */
static SrAuthority *
make (const char       *folder,
      SrPracticeFolder *ready,
      GError          **error)
{
  g_autoptr (SrAuthority) authority = sr_authority_new (ready->config, error);

  if (authority == NULL || !describe (authority, ready, folder, error))
    return NULL;
  return g_steal_pointer (&authority);
}

SrAuthority *
sr_practice_program_adopt (const char       *folder,
                           SrPracticeFolder *ready,
                           SrAuthorityList  *list,
                           GError          **error)
{
  g_autoptr (SrAuthority) known = sr_authority_list_find_practice (list, folder);
  g_autoptr (SrAuthority) authority = NULL;

  if (known != NULL && g_str_equal (sr_authority_get_config (known), ready->config))
    return describe (known, ready, folder, error) && sr_authority_list_save (list, known, error) ? g_steal_pointer (&known) : NULL;

  /* Another name than before: a new CA was made in the folder. */
  if (known != NULL && !sr_authority_list_remove (list, known, error))
    return NULL;
  authority = make (folder, ready, error);
  if (authority == NULL || !sr_authority_list_add (list, authority, error))
    return NULL;
  return g_steal_pointer (&authority);
}

/* ---- The same without waiting ------------------------------------------------------ */

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sr_authority_list_change_finish (SR_AUTHORITY_LIST (source), result, &error))
    g_task_return_pointer (task, g_object_ref (g_task_get_task_data (task)), g_object_unref);
  else
    g_task_return_error (task, error);
}

static void
on_removed (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (sr_authority_list_change_finish (SR_AUTHORITY_LIST (source), result, &error))
    sr_authority_list_add_async (SR_AUTHORITY_LIST (source), g_task_get_task_data (task), on_listed, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

void
sr_practice_program_adopt_async (const char         *folder,
                                 SrPracticeFolder   *ready,
                                 SrAuthorityList    *list,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  g_autoptr (SrAuthority) known = sr_authority_list_find_practice (list, folder);
  gboolean same = known != NULL && g_str_equal (sr_authority_get_config (known), ready->config);
  g_autoptr (GTask) task = g_task_new (list, NULL, callback, user_data);
  SrAuthority *authority = NULL;
  GError *error = NULL;

  if (!same)
    authority = make (folder, ready, &error);
  else if (describe (known, ready, folder, &error))
    authority = g_object_ref (known);
  if (authority == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, authority, g_object_unref);
  if (same)
    sr_authority_list_save_async (list, authority, on_listed, g_steal_pointer (&task));
  else if (known != NULL)
    sr_authority_list_remove_async (list, known, on_removed, g_steal_pointer (&task));
  else
    sr_authority_list_add_async (list, authority, on_listed, g_steal_pointer (&task));
}

SrAuthority *
sr_practice_program_adopt_finish (SrAuthorityList *list,
                                  GAsyncResult    *result,
                                  GError         **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
