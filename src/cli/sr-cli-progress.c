/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-progress-private.h"

#include "cli/sr-cli-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define MAX_CELLS 24
/* Brackets, percentage, blanks, and the last column left free. */
#define BESIDE_BAR 11
#define DEFAULT_WIDTH 80

struct _SrCliProgress
{
  SrJob *job;
  gulong handler;
  guint idle;
  gboolean terminal;
  guint told_phase;
  int told_tenth;
};

static guint
terminal_width (void)
{
  struct winsize size;

  return ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : DEFAULT_WIDTH;
}

/* What fits: the rate is left out first, then the bytes. */
static char *
describe (SrJob *job,
          guint  room)
{
  g_autofree char *bytes = g_format_size (sr_job_get_bytes (job));
  g_autofree char *speed = g_format_size ((guint64) sr_job_get_rate (job));
  g_autofree char *rate = g_strdup_printf (C_("rate", "%s/s"), speed);
  g_autofree char *duration = sr_cli_format_duration (MAX (sr_job_get_time_left (job), 0));
  g_autofree char *left = g_strdup_printf (_("%s left"), duration);

  for (guint parts = 3; parts-- > 0;)
    {
      g_autoptr (GString) text = g_string_new (sr_job_get_phase_words (job));

      if (parts >= 1 && sr_job_get_bytes (job) > 0)
        g_string_append_printf (text, "  %s", bytes);
      if (parts >= 2 && sr_job_get_rate (job) >= 1)
        g_string_append_printf (text, "  %s", rate);
      if (sr_job_get_time_left (job) >= 0)
        g_string_append_printf (text, "  %s", left);
      if (g_utf8_strlen (text->str, -1) <= (glong) room || parts == 0)
        return g_utf8_substring (text->str, 0, MIN ((glong) room, g_utf8_strlen (text->str, -1)));
    }
  g_assert_not_reached ();
}

static void
draw_bar (SrCliProgress *self)
{
  guint width = terminal_width ();
  int cells = (int) CLAMP (width / 5, 8, MAX_CELLS);
  double fraction = sr_job_get_fraction (self->job);
  int full = (int) floor (fraction * cells);
  g_autofree char *text = describe (self->job, width - (guint) cells - BESIDE_BAR);
  g_autofree char *done = g_strnfill ((gsize) full, '#');
  g_autofree char *open = g_strnfill ((gsize) (cells - full), '.');
  g_autofree char *safe = sr_cli_make_safe (text);

  fprintf (stderr, "\r\033[K[%s%s] %3d %%  %s", done, open, (int) floor (fraction * 100), safe);
  fflush (stderr);
}

static guint
phase_of (SrJob *job)
{
  return sr_job_get_kind (job) == SR_JOB_RESTORE ? (guint) sr_job_get_restore_phase (job) : (guint) sr_job_get_phase (job);
}

/* What went by between two looks is not told: the lines stay few. */
static void
tell_line (SrCliProgress *self)
{
  guint phase = phase_of (self->job);
  int tenth = (int) floor (sr_job_get_fraction (self->job) * 10);

  if (sr_job_state_is_final (sr_job_get_state (self->job)) || (phase == self->told_phase && tenth <= self->told_tenth))
    return;
  self->told_phase = phase;
  self->told_tenth = tenth;
  sr_cli_note ("%3d %%  %s", (int) floor (sr_job_get_fraction (self->job) * 100), sr_job_get_phase_words (self->job));
}

static gboolean
draw (gpointer user_data)
{
  SrCliProgress *self = user_data;

  self->idle = 0;
  if (self->terminal)
    draw_bar (self);
  else
    tell_line (self);
  return G_SOURCE_REMOVE;
}

/* A job tells several properties at once: one drawing for all of them. */
static void
changed (SrJob         *job,
         GParamSpec    *pspec,
         SrCliProgress *self)
{
  if (self->idle == 0)
    self->idle = g_idle_add_full (G_PRIORITY_DEFAULT, draw, self, NULL);
}

SrCliProgress *
sr_cli_progress_new (SrJob *job)
{
  SrCliProgress *self = g_new0 (SrCliProgress, 1);

  self->job = g_object_ref (job);
  self->terminal = isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
  self->handler = g_signal_connect (job, "notify", G_CALLBACK (changed), self);
  return self;
}

void
sr_cli_progress_free (SrCliProgress *self)
{
  g_signal_handler_disconnect (self->job, self->handler);
  g_clear_handle_id (&self->idle, g_source_remove);
  if (self->terminal)
    fprintf (stderr, "\r\033[K");
  g_object_unref (self->job);
  g_free (self);
}
