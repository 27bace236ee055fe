/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-try.h"

#include "base/sr-error.h"

/* Copied from the SrAuthority, which belongs to the main thread. */
typedef struct
{
  SrDcomTarget *target;
  char *name;
} Try;

static void
try_free (Try *try)
{
  sr_dcom_target_unref (try->target);
  g_free (try->name);
  g_free (try);
}

static void
sign_in (GTask        *task,
         gpointer      source,
         gpointer      task_data,
         GCancellable *cancellable)
{
  const Try *try = task_data;
  GError *error = NULL;
  g_autoptr (SrCertAdmin) admin = sr_cert_admin_activate (try->target, try->name, sr_deadline_in (SR_AUTHORITY_TRY_SECONDS),
                                                          cancellable, &error);

  if (admin == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  sr_dcom_object_release (sr_cert_admin_get_object (admin), sr_deadline_in (SR_AUTHORITY_TRY_SECONDS), NULL);
  g_task_return_boolean (task, TRUE);
}

void
sr_authority_try_sign_in_async (SrAuthority        *self,
                                SrSecret           *password,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  SrDcomTarget *target = sr_authority_make_target (self, password, &error);
  Try *try;

  g_task_set_source_tag (task, sr_authority_try_sign_in_async);
  if (target == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  try = g_new (Try, 1);
  try->target = target;
  try->name = g_strdup (sr_authority_get_name (self));
  g_task_set_task_data (task, try, (GDestroyNotify) try_free);
  g_task_run_in_thread (task, sign_in);
}

gboolean
sr_authority_try_sign_in_finish (SrAuthority  *self,
                                 GAsyncResult *result,
                                 GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
