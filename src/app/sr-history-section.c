/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-history-section.h"

#include "app/sr-format.h"

#include <glib/gi18n.h>

struct _SrHistorySection
{
  GObject parent_instance;

  guint number;
  char *title;
  char *words;
};

G_DEFINE_FINAL_TYPE (SrHistorySection, sr_history_section, G_TYPE_OBJECT)

static void
sr_history_section_finalize (GObject *object)
{
  SrHistorySection *self = SR_HISTORY_SECTION (object);

  g_free (self->title);
  g_free (self->words);
  G_OBJECT_CLASS (sr_history_section_parent_class)->finalize (object);
}

static void
sr_history_section_class_init (SrHistorySectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_history_section_finalize;
}

static void
sr_history_section_init (SrHistorySection *self)
{
}

static gint64
start_time (SrLineage *lineage)
{
  const SrLineageEvent *event = sr_lineage_get_start_event (lineage);

  return event != NULL ? event->when : 0;
}

/* The sets of a lineage are told by what ended it. */
static char *
title_before (SrLineage *next)
{
  g_autofree char *day = start_time (next) != 0 ? sr_format_day (start_time (next)) : NULL;

  switch (sr_lineage_get_start (next))
    {
    case SR_LINEAGE_START_RESTORE:
      /* Translators: a heading; %s is a day such as “3 May” */
      return day != NULL ? g_strdup_printf (_("Before the Restore of %s"), day) : g_strdup (_("Before the Restore"));
    case SR_LINEAGE_START_OTHER_LOGS:
      return g_strdup (_("Before the CA Came Back With Other Logs"));
    case SR_LINEAGE_START_BACKWARDS:
      return g_strdup (_("Before the Log Numbers Went Backwards"));
    case SR_LINEAGE_START_FULL_MISSING:
      return g_strdup (_("Before the CA Forgot Its Full Backup"));
    case SR_LINEAGE_START_UNKNOWN:
      return g_strdup (_("Before a Note That Cannot Be Understood"));
    case SR_LINEAGE_START_FIRST:
    default:
      return g_strdup (_("Earlier Sets"));
    }
}

char *
sr_history_section_describe_start (SrLineage *lineage)
{
  const char *words = sr_lineage_start_words (sr_lineage_get_start (lineage));
  g_autofree char *time = start_time (lineage) != 0 ? sr_format_time (start_time (lineage)) : NULL;

  if (time == NULL)
    return g_strdup (words);
  if (sr_lineage_get_start (lineage) == SR_LINEAGE_START_RESTORE)
    /* Translators: %s is date and time */
    return g_strdup_printf (_("The CA was restored on %s."), time);
  /* Translators: what happened, whole sentences; then date and time */
  return g_strdup_printf (_("%s Noticed on %s."), words, time);
}

static char *
words_before (SrLineage *next)
{
  g_autofree char *start = sr_history_section_describe_start (next);

  if (sr_lineage_get_sets (next)->len == 0)
    /* Translators: %s is why, whole sentences such as “The CA was restored on 3 May 2026, 14:15.” */
    return g_strdup_printf (_("%s There is no backup set since. A full set here and the log-only sets that continue it can be restored as a whole, but are never mixed with newer ones."),
                            start);
  /* Translators: %s is why, whole sentences such as “The CA was restored on 3 May 2026, 14:15.” */
  return g_strdup_printf (_("%s A full set here and the log-only sets that continue it can be restored as a whole, but are never mixed with newer ones."),
                          start);
}

SrHistorySection *
sr_history_section_new (SrHistory *history,
                        guint      index)
{
  SrHistorySection *self = g_object_new (SR_TYPE_HISTORY_SECTION, NULL);
  GPtrArray *lineages = sr_history_get_lineages (history);

  self->number = index + 1;
  if (index + 1 < lineages->len)
    {
      self->title = title_before (lineages->pdata[index + 1]);
      self->words = words_before (lineages->pdata[index + 1]);
    }
  else if (lineages->len > 1)
    self->title = g_strdup (_("Current Sets"));
  return self;
}

const char *
sr_history_section_get_title (SrHistorySection *self)
{
  return self->title;
}

const char *
sr_history_section_get_words (SrHistorySection *self)
{
  return self->words;
}

gboolean
sr_history_section_equal (SrHistorySection *self,
                          SrHistorySection *other)
{
  return self == other
         || (self->number == other->number && g_strcmp0 (self->title, other->title) == 0 && g_strcmp0 (self->words, other->words) == 0);
}
