/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-notify.h"

#include "app/sr-format.h"

#include <glib/gi18n.h>

static char *
backup_title (SrJob *job)
{
  const char *name = sr_authority_get_name (sr_job_get_authority (job));

  if (sr_job_get_state (job) == SR_JOB_DONE)
    /* Translators: %s is the name of a certificate authority */
    return g_strdup_printf (_("%s is backed up"), name);
  /* Translators: %s is the name of a certificate authority */
  return g_strdup_printf (_("Backing up %s failed"), name);
}

static char *
restore_title (SrJob *job)
{
  SrAuthority *authority = sr_job_get_authority (job);
  const char *name = authority != NULL ? sr_authority_get_name (authority) : sr_job_get_config (job);
  const SrRestoreOutcome *outcome = sr_job_get_outcome (job);

  if (sr_job_get_state (job) != SR_JOB_DONE)
    /* Translators: %s is the name of a certificate authority */
    return g_strdup_printf (_("Restoring %s failed"), name);
  if (outcome != NULL && outcome->state == SR_RESTORE_CA_RESTORED)
    /* Translators: %s is the name of a certificate authority */
    return g_strdup_printf (_("%s is restored: a full backup is due"), name);
  /* Translators: %s is the name of a certificate authority */
  return g_strdup_printf (_("The restore of %s is settled"), name);
}

static char *
verify_title (SrJob *job)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (sr_job_get_set (job));
  const char *name = manifest->display_name != NULL ? manifest->display_name : manifest->config;

  if (sr_job_get_state (job) == SR_JOB_DONE)
    /* Translators: %s is the name of a certificate authority */
    return g_strdup_printf (_("A backup set of %s is verified"), name);
  switch (sr_set_problems_judge (sr_job_get_problems (job)))
    {
    case SR_FINDING_DAMAGED:
      /* Translators: %s is the name of a certificate authority */
      return g_strdup_printf (_("A backup set of %s is damaged"), name);
    case SR_FINDING_UNREADABLE:
      /* Translators: %s is the name of a certificate authority */
      return g_strdup_printf (_("A backup set of %s cannot be read as a whole"), name);
    case SR_FINDING_UNEXPECTED:
      /* Translators: %s is the name of a certificate authority */
      return g_strdup_printf (_("Something else lies in a backup set of %s"), name);
    case SR_FINDING_GOOD:
    default:
      /* Translators: %s is the name of a certificate authority */
      return g_strdup_printf (_("Verifying a backup set of %s failed"), name);
    }
}

/* Which set, and why it failed. */
static char *
make_body (SrJob *job)
{
  const GError *error = sr_job_get_error (job);
  g_autofree char *set = sr_job_get_kind (job) == SR_JOB_VERIFY ? sr_format_set_title (sr_job_get_set (job)) : NULL;

  if (set != NULL && error != NULL)
    return g_strdup_printf ("%s\n%s", set, error->message);
  return set != NULL ? g_steal_pointer (&set) : g_strdup (error != NULL ? error->message : NULL);
}

void
sr_notify_job_end (GApplication *application,
                   SrJob        *job)
{
  gboolean verify = sr_job_get_kind (job) == SR_JOB_VERIFY;
  g_autofree char *id = NULL;
  g_autofree char *title = NULL;
  g_autofree char *body = NULL;
  g_autoptr (GNotification) notification = NULL;

  if (sr_job_get_state (job) == SR_JOB_CANCELLED)
    return;
  if (sr_job_get_kind (job) == SR_JOB_RESTORE)
    title = restore_title (job);
  else
    title = verify ? verify_title (job) : backup_title (job);
  body = make_body (job);
  notification = g_notification_new (title);
  if (body != NULL)
    g_notification_set_body (notification, body);
  if (sr_job_get_state (job) == SR_JOB_FAILED)
    g_notification_set_priority (notification, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action (notification, "app.activate");
  /* What is told of one CA’s backup or restore takes the place of what was told before; so with one set. */
  id = verify ? g_strdup (sr_backup_set_get_path (sr_job_get_set (job))) : g_strdup (sr_job_get_config (job));
  g_application_send_notification (application, id, notification);
}
