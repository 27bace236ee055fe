/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-verb-restore-private.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

struct _SrCliChecks
{
  GListModel *checks;
  gulong handlers[SR_RESTORE_N_CHECKS];
  gboolean terminal;
};

static gboolean
is_over (SrRestoreCheckItem *item)
{
  return sr_restore_check_item_get_state (item) > SR_RESTORE_CHECK_RUNNING;
}

static void
tell (SrRestoreCheckItem *item)
{
  const char *detail = sr_restore_check_item_get_detail (item);
  const char *advice = sr_restore_check_item_get_advice (item);

  /* Translators: what is looked at, “Good”, “Warning” or “Failed”, and a sentence */
  sr_cli_note (_("%s: %s. %s"), sr_restore_check_item_get_title (item),
               sr_restore_check_state_words (sr_restore_check_item_get_state (item)), detail != NULL ? detail : "");
  if (advice != NULL)
    sr_cli_note (_("  What to do: %s"), advice);
}

static void
draw (SrRestoreCheckItem *item)
{
  double fraction = sr_restore_check_item_get_fraction (item);
  g_autofree char *text = g_strdup_printf (C_("check", "%s: checking"), sr_restore_check_item_get_title (item));
  g_autofree char *safe = sr_cli_make_safe (text);

  if (fraction >= 0)
    fprintf (stderr, "\r\033[K%s %3d %%", safe, (int) floor (fraction * 100));
  else
    fprintf (stderr, "\r\033[K%s", safe);
  fflush (stderr);
}

static void
clear_line (SrCliChecks *self)
{
  if (self->terminal)
    fprintf (stderr, "\r\033[K");
}

static void
changed (SrRestoreCheckItem *item,
         GParamSpec         *pspec,
         SrCliChecks        *self)
{
  if (is_over (item) && g_str_equal (pspec->name, "state"))
    {
      clear_line (self);
      tell (item);
    }
  else if (self->terminal && sr_restore_check_item_get_state (item) == SR_RESTORE_CHECK_RUNNING)
    draw (item);
}

SrCliChecks *
sr_cli_checks_new (SrRestore *restore)
{
  SrCliChecks *self = g_new0 (SrCliChecks, 1);

  self->checks = g_object_ref (sr_restore_get_checks (restore));
  self->terminal = isatty (STDERR_FILENO) && g_strcmp0 (g_getenv ("TERM"), "dumb") != 0;
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (self->checks, i);

      self->handlers[i] = g_signal_connect (item, "notify", G_CALLBACK (changed), self);
    }
  return self;
}

void
sr_cli_checks_free (SrCliChecks *self)
{
  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (self->checks, i);

      g_signal_handler_disconnect (item, self->handlers[i]);
    }
  clear_line (self);
  g_object_unref (self->checks);
  g_free (self);
}

/* (transfer full) (nullable) */
static SrRestoreCheckItem *
find_failed (SrRestore *restore)
{
  GListModel *checks = sr_restore_get_checks (restore);

  for (guint i = 0; i < SR_RESTORE_N_CHECKS; i++)
    {
      g_autoptr (SrRestoreCheckItem) item = g_list_model_get_item (checks, i);

      if (sr_restore_check_item_get_state (item) == SR_RESTORE_CHECK_FAILED)
        return g_steal_pointer (&item);
    }
  return NULL;
}

const char *
sr_verb_restore_get_rule (SrRestore *restore)
{
  g_autoptr (SrRestoreCheckItem) failed = find_failed (restore);

  if (failed == NULL)
    return NULL;
  /* That a CA cannot be restored this way is a rule; that its host did not answer is not. */
  if (sr_restore_check_item_get_kind (failed) == SR_RESTORE_CHECK_HOST
      && !g_error_matches (sr_restore_get_error (restore), SR_ERROR, SR_ERROR_UNSUPPORTED))
    return NULL;
  return sr_restore_check_kind_to_string (sr_restore_check_item_get_kind (failed));
}

const char *
sr_verb_restore_get_advice (SrRestore *restore)
{
  g_autoptr (SrRestoreCheckItem) failed = find_failed (restore);

  /* The list keeps it. */
  return failed != NULL ? sr_restore_check_item_get_advice (failed) : NULL;
}
