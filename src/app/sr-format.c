/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-format.h"

#include "app/sr-condition.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <string.h>

/* In words that are read in the other direction a date stays in one piece. */
static char *
isolate (char *date)
{
  char *isolated;

  if (gtk_widget_get_default_direction () != GTK_TEXT_DIR_RTL)
    return date;
  isolated = g_strconcat ("\342\201\250", date, "\342\201\251", NULL);
  g_free (date);
  return isolated;
}

char *
sr_format_time (gint64 time)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (local == NULL)
    return g_strdup (_("Unknown time"));
  /* Translators: date and time of a backup, see g_date_time_format() */
  return isolate (g_date_time_format (local, C_("date", "%-d %B %Y, %H:%M")));
}

char *
sr_format_day (gint64 time)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) day = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);

  if (day == NULL)
    return g_strdup (_("Unknown time"));
  if (g_date_time_get_year (day) == g_date_time_get_year (now))
    /* Translators: a day of this year, see g_date_time_format() */
    return isolate (g_date_time_format (day, C_("day", "%-d %B")));
  /* Translators: a day, see g_date_time_format() */
  return isolate (g_date_time_format (day, C_("day", "%-d %B %Y")));
}

char *
sr_format_short_day (gint64   time,
                     gboolean with_year)
{
  g_autoptr (GDateTime) day = g_date_time_new_from_unix_local (time / G_USEC_PER_SEC);

  if (day == NULL)
    return g_strdup ("");
  if (!with_year)
    /* Translators: a day, short, below a bar of the timeline; see g_date_time_format() */
    return g_date_time_format (day, C_("short day", "%-d %b"));
  /* Translators: a day, short, and its year in a line of its own; see g_date_time_format() */
  return g_date_time_format (day, C_("short day", "%-d %b\n%Y"));
}

char *
sr_format_since (gint64 time)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (time / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;

  if (local == NULL || g_date_time_get_year (local) != g_date_time_get_year (now)
      || g_date_time_get_day_of_year (local) != g_date_time_get_day_of_year (now))
    return sr_format_day (time);
  /* Translators: a time of today, see g_date_time_format() */
  return g_date_time_format (local, C_("time", "%H:%M"));
}

char *
sr_format_duration (gint64 duration)
{
  gint64 seconds = (MAX (duration, 0) + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  gint64 minutes = (seconds + 30) / 60, hours = (minutes + 30) / 60;

  if (seconds < 90)
    return g_strdup_printf (ngettext ("%d second", "%d seconds", (gulong) seconds), (int) seconds);
  if (minutes < 90)
    return g_strdup_printf (ngettext ("%d minute", "%d minutes", (gulong) minutes), (int) minutes);
  return g_strdup_printf (ngettext ("%d hour", "%d hours", (gulong) hours), (int) MIN (hours, G_MAXINT));
}

static gint64
minutes_since (gint64 time)
{
  return (g_get_real_time () - time) / G_USEC_PER_SEC / 60;
}

char *
sr_format_ago (gint64 time)
{
  gint64 minutes = minutes_since (time);
  gint64 hours = minutes / 60, days = hours / 24;

  /* Another machine's clock may be ahead of ours. */
  if (minutes < 1)
    return g_strdup (_("just now"));
  if (minutes < 60)
    return g_strdup_printf (ngettext ("%d minute ago", "%d minutes ago", (gulong) minutes), (int) minutes);
  if (hours < 48)
    return g_strdup_printf (ngettext ("%d hour ago", "%d hours ago", (gulong) hours), (int) hours);
  return g_strdup_printf (ngettext ("%d day ago", "%d days ago", (gulong) days), (int) MIN (days, G_MAXINT));
}

char *
sr_format_sentence (const char *words)
{
  gsize length = strlen (words);

  return g_strconcat (words, length > 0 && strchr (".!?", words[length - 1]) == NULL ? "." : NULL, NULL);
}

static gint64
taken_at (SrBackupSet *set)
{
  return sr_backup_set_get_manifest (set)->finished;
}

static char *
job_line (SrJob *job)
{
  switch (sr_job_get_state (job))
    {
    case SR_JOB_QUEUED:
      return g_strdup (_("Waiting for its turn"));
    case SR_JOB_CANCELLING:
      return g_strdup (sr_job_get_kind (job) == SR_JOB_RESTORE ? _("Cancelling the restore") : _("Cancelling the backup"));
    default:
      if (sr_job_get_kind (job) == SR_JOB_RESTORE)
        /* Translators: %d is how much of the restore is done, in percent */
        return g_strdup_printf (_("Restoring, %d %%"), (int) (sr_job_get_fraction (job) * 100));
      /* Translators: %d is how much of the backup is done, in percent */
      return g_strdup_printf (_("Backing up, %d %%"), (int) (sr_job_get_fraction (job) * 100));
    }
}

/* Of a CA that was never backed up the line tells why it cannot be now; the banner tells the other. */
static SrCondition
condition_of_line (SrWatch *watch)
{
  SrCondition condition = sr_watch_get_condition (watch);
  SrReach reach = sr_watch_get_reach (watch);

  return condition == SR_CONDITION_NEVER && reach != SR_REACH_UNKNOWN && reach != SR_REACH_ONLINE ? SR_CONDITION_OFFLINE : condition;
}

/* Unless the state says worse, or what it was that failed. */
static gboolean
tells_failure (SrWatch *watch)
{
  switch (condition_of_line (watch))
    {
    case SR_CONDITION_UNKNOWN:
    case SR_CONDITION_GOOD:
    case SR_CONDITION_NEVER:
    case SR_CONDITION_OVERDUE:
    case SR_CONDITION_FOREIGN_BACKUP:
      return sr_watch_get_failed (watch);
    case SR_CONDITION_DAMAGED:
    case SR_CONDITION_UNREADABLE:
    case SR_CONDITION_OFFLINE:
    case SR_CONDITION_REMOTE_BACKUP_DISABLED:
    case SR_CONDITION_SESSION_OPEN:
    case SR_CONDITION_RESTORE_OPEN:
    case SR_CONDITION_FULL_DUE:
    case SR_CONDITION_FOLDER:
    case SR_CONDITION_LOCKED:
    default:
      return FALSE;
    }
}

/* The backup or restore that runs or waits. */
static SrJob *
running_job (SrWatch *watch)
{
  SrJob *restore = sr_watch_get_restore_job (watch);
  SrJob *job = sr_watch_get_job (watch);

  if (restore != NULL && !sr_job_state_is_final (sr_job_get_state (restore)))
    return restore;
  return job != NULL && !sr_job_state_is_final (sr_job_get_state (job)) ? job : NULL;
}

char *
sr_format_state_line (SrWatch *watch)
{
  SrJob *job = running_job (watch);
  SrBackupSet *newest = sr_watch_get_newest (watch);
  g_autofree char *ago = NULL;

  if (job != NULL)
    return job_line (job);
  if (tells_failure (watch))
    return g_strdup (_("Last backup failed"));

  switch (condition_of_line (watch))
    {
    case SR_CONDITION_FOLDER:
      return g_strdup (sr_condition_folder_line (sr_watch_get_folder_error (watch)));
    case SR_CONDITION_LOCKED:
      return g_strdup (_("In use by another program"));
    case SR_CONDITION_UNKNOWN:
      return g_strdup (_("Looking…"));
    case SR_CONDITION_SESSION_OPEN:
      return g_strdup (_("A session was left open"));
    case SR_CONDITION_RESTORE_OPEN:
      return g_strdup (_("Restore broken off"));
    case SR_CONDITION_OFFLINE:
      if (sr_watch_get_reach (watch) == SR_REACH_NEEDS_PASSWORD)
        return g_strdup (_("Password needed"));
      if (sr_watch_get_reach (watch) == SR_REACH_REFUSED)
        return g_strdup (_("Sign-in refused"));
      if (sr_watch_get_reach (watch) == SR_REACH_NO_SERVICE)
        return g_strdup (_("Certificate service does not answer"));
      ago = sr_format_since (sr_watch_get_reach_since (watch));
      /* Translators: %s is a time, such as "09:12", or a day, such as "5 May" */
      return g_strdup_printf (_("Offline since %s"), ago);
    case SR_CONDITION_REMOTE_BACKUP_DISABLED:
      return g_strdup (_("Remote backup disabled"));
    case SR_CONDITION_NEVER:
      return g_strdup (_("Never backed up"));
    case SR_CONDITION_DAMAGED:
      return g_strdup (_("Newest backup damaged"));
    case SR_CONDITION_UNREADABLE:
      return g_strdup (_("Newest backup unreadable"));
    case SR_CONDITION_OVERDUE:
    case SR_CONDITION_FULL_DUE:
      return g_strdup (_("Full backup due"));
    case SR_CONDITION_FOREIGN_BACKUP:
      return g_strdup (_("Backed up by another program"));
    default:
      break;
    }
  if (newest == NULL)
    return g_strdup (_("Never backed up"));
  if (minutes_since (taken_at (newest)) < 1)
    return g_strdup (_("Backed up just now"));
  ago = sr_format_ago (taken_at (newest));
  /* Translators: %s is a time such as "3 hours ago" */
  return g_strdup_printf (_("Backed up %s"), ago);
}

const char *
sr_format_state_icon (SrWatch     *watch,
                      const char **style)
{
  *style = NULL;
  if (running_job (watch) != NULL)
    {
      *style = "accent";
      return "io.github.strongroom.Strongroom-running-symbolic";
    }
  if (tells_failure (watch))
    {
      *style = "error";
      return "io.github.strongroom.Strongroom-failed-symbolic";
    }
  switch (condition_of_line (watch))
    {
    case SR_CONDITION_GOOD:
      *style = "success";
      return "io.github.strongroom.Strongroom-good-symbolic";
    case SR_CONDITION_UNKNOWN:
      return "content-loading-symbolic";
    case SR_CONDITION_LOCKED:
      *style = "warning";
      return "system-lock-screen-symbolic";
    case SR_CONDITION_OFFLINE:
      *style = "warning";
      return sr_watch_get_reach (watch) == SR_REACH_NEEDS_PASSWORD ? "io.github.strongroom.Strongroom-key-symbolic"
                                                                   : "io.github.strongroom.Strongroom-offline-symbolic";
    case SR_CONDITION_FOLDER:
    case SR_CONDITION_DAMAGED:
    case SR_CONDITION_RESTORE_OPEN:
      *style = "error";
      return "io.github.strongroom.Strongroom-failed-symbolic";
    default:
      *style = "warning";
      return "dialog-warning-symbolic";
    }
}

char *
sr_format_set_title (SrBackupSet *set)
{
  const SrManifest *manifest = sr_backup_set_get_manifest (set);
  g_autofree char *time = sr_format_time (manifest->finished);

  if (manifest->kind == SR_SET_FULL)
    /* Translators: %s is date and time */
    return g_strdup_printf (_("Full backup of %s"), time);
  /* Translators: %s is date and time */
  return g_strdup_printf (_("Log-only backup of %s"), time);
}

char *
sr_format_set_subtitle (SrBackupSet *set)
{
  const SrSessionRecord *record = sr_backup_set_peek_session (set);
  g_autofree char *size = g_format_size (sr_backup_set_get_size (set));

  if (record == NULL)
    return g_strdup (size);
  switch (record->truncated)
    {
    case SR_TRUNCATION_YES:
      /* Translators: %s is a size */
      return g_strdup_printf (_("%s, logs truncated"), size);
    case SR_TRUNCATION_KEPT:
      /* Translators: %s is a size */
      return g_strdup_printf (_("%s, logs kept"), size);
    default:
      /* Translators: %s is a size */
      return g_strdup_printf (_("%s, logs not truncated"), size);
    }
}

const char *
sr_format_finding_icon (SrFinding    finding,
                        const char **style)
{
  switch (finding)
    {
    case SR_FINDING_DAMAGED:
      *style = "error";
      return "io.github.strongroom.Strongroom-failed-symbolic";
    case SR_FINDING_UNREADABLE:
      *style = "warning";
      return "dialog-warning-symbolic";
    case SR_FINDING_GOOD:
    case SR_FINDING_UNEXPECTED:
    default:
      *style = "success";
      return "io.github.strongroom.Strongroom-good-symbolic";
    }
}
