/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-history-item.h"

#include "app/sr-format.h"

#include <glib/gi18n.h>

struct _SrHistoryItem
{
  GObject parent_instance;

  SrHistoryKind kind;
  SrHistorySection *section;
  SrBackupSet *set;
  gint64 time;
  char *title; /* of what is no set */
  char *subtitle;
  double share;
  gboolean dated;
  gboolean with_year;
};

G_DEFINE_ENUM_TYPE (SrHistoryKind, sr_history_kind,
                    G_DEFINE_ENUM_VALUE (SR_HISTORY_FULL, "full"),
                    G_DEFINE_ENUM_VALUE (SR_HISTORY_COPY, "copy"),
                    G_DEFINE_ENUM_VALUE (SR_HISTORY_BROKEN, "broken"),
                    G_DEFINE_ENUM_VALUE (SR_HISTORY_LOGS, "logs"),
                    G_DEFINE_ENUM_VALUE (SR_HISTORY_LOOSE, "loose"),
                    G_DEFINE_ENUM_VALUE (SR_HISTORY_BREAK, "break"),
                    G_DEFINE_ENUM_VALUE (SR_HISTORY_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (SR_HISTORY_CANCELLED, "cancelled"))
G_DEFINE_FINAL_TYPE (SrHistoryItem, sr_history_item, G_TYPE_OBJECT)

static void
sr_history_item_finalize (GObject *object)
{
  SrHistoryItem *self = SR_HISTORY_ITEM (object);

  g_clear_object (&self->section);
  g_clear_object (&self->set);
  g_free (self->title);
  g_free (self->subtitle);
  G_OBJECT_CLASS (sr_history_item_parent_class)->finalize (object);
}

static void
sr_history_item_class_init (SrHistoryItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_history_item_finalize;
}

static void
sr_history_item_init (SrHistoryItem *self)
{
}

static SrHistoryItem *
new_item (SrHistoryKind     kind,
          SrHistorySection *section)
{
  SrHistoryItem *self = g_object_new (SR_TYPE_HISTORY_ITEM, NULL);

  self->kind = kind;
  self->section = g_object_ref (section);
  return self;
}

static SrHistoryKind
kind_of (SrBackupSet *set,
         SrChain     *chain)
{
  if (sr_backup_set_get_manifest (set)->kind == SR_SET_LOG_ONLY)
    return chain != NULL ? SR_HISTORY_LOGS : SR_HISTORY_LOOSE;
  if (chain == NULL || !sr_chain_is_complete (chain))
    return SR_HISTORY_BROKEN;
  return sr_chain_is_base (chain) ? SR_HISTORY_FULL : SR_HISTORY_COPY;
}

SrHistoryItem *
sr_history_item_new_set (SrBackupSet      *set,
                         SrChain          *chain,
                         SrHistorySection *section)
{
  SrHistoryItem *self = new_item (kind_of (set, chain), section);

  self->set = g_object_ref (set);
  self->time = sr_backup_set_get_manifest (set)->finished;
  return self;
}

SrHistoryItem *
sr_history_item_new_break (SrLineage        *lineage,
                           SrHistorySection *section)
{
  SrHistoryItem *self = new_item (SR_HISTORY_BREAK, section);
  const SrLineageEvent *event = sr_lineage_get_start_event (lineage);
  g_autofree char *start = sr_history_section_describe_start (lineage);

  self->time = event != NULL ? event->when : 0;
  self->title = g_strdup (sr_lineage_get_start (lineage) == SR_LINEAGE_START_RESTORE ? C_("timeline", "Restore") : _("Break in the CA’s logs"));
  /* Translators: %s is what happened, whole sentences */
  self->subtitle = g_strdup_printf (_("%s Sets before it and after it are never mixed."), start);
  return self;
}

SrHistoryItem *
sr_history_item_new_event (const SrLineageEvent *event,
                           SrHistorySection     *section)
{
  SrHistoryItem *self = new_item (SR_HISTORY_FAILED, section);
  g_autofree char *time = event->when != 0 ? sr_format_time (event->when) : NULL;

  self->time = event->when;
  /* Translators: %s is date and time */
  self->title = time != NULL ? g_strdup_printf (_("Failed log-only backup of %s"), time) : g_strdup (_("Failed log-only backup"));
  self->subtitle = g_strdup (event->kind == SR_LINEAGE_EVENT_CIRCULAR_LOGGING
                             ? _("The CA uses circular logging, so it makes no log-only backups.")
                             : _("The CA’s logs did not continue those of the sets: some in between are missing."));
  return self;
}

SrHistoryItem *
sr_history_item_new_job (SrJob            *job,
                         SrHistorySection *section)
{
  gboolean cancelled = sr_job_get_state (job) == SR_JOB_CANCELLED;
  SrHistoryItem *self = new_item (cancelled ? SR_HISTORY_CANCELLED : SR_HISTORY_FAILED, section);
  const GError *error = sr_job_get_error (job);
  g_autofree char *time = NULL;

  self->time = sr_job_get_last_call_at (job);
  time = self->time != 0 ? sr_format_time (self->time) : NULL;
  if (cancelled)
    /* Translators: %s is date and time */
    self->title = time != NULL ? g_strdup_printf (_("Cancelled backup of %s"), time) : g_strdup (_("Cancelled backup"));
  else
    /* Translators: %s is date and time */
    self->title = time != NULL ? g_strdup_printf (_("Failed backup of %s"), time) : g_strdup (_("Failed backup"));
  self->subtitle = g_strdup (!cancelled && error != NULL ? error->message : "");
  return self;
}

SrHistoryKind
sr_history_item_get_kind (SrHistoryItem *self)
{
  return self->kind;
}

SrBackupSet *
sr_history_item_get_set (SrHistoryItem *self)
{
  return self->set;
}

SrHistorySection *
sr_history_item_get_section (SrHistoryItem *self)
{
  return self->section;
}

gint64
sr_history_item_get_time (SrHistoryItem *self)
{
  return self->time;
}

void
sr_history_item_set_share (SrHistoryItem *self,
                           double         share)
{
  self->share = share;
}

double
sr_history_item_get_share (SrHistoryItem *self)
{
  return self->share;
}

void
sr_history_item_set_dated (SrHistoryItem *self,
                           gboolean       dated,
                           gboolean       with_year)
{
  self->dated = dated;
  self->with_year = with_year;
}

char *
sr_history_item_dup_date (SrHistoryItem *self)
{
  return self->dated ? sr_format_short_day (self->time, self->with_year) : NULL;
}

static gboolean
same_set (SrBackupSet *a,
          SrBackupSet *b)
{
  return a == NULL || b == NULL ? a == b : sr_backup_set_is_unchanged (a, b);
}

gboolean
sr_history_item_equal (SrHistoryItem *self,
                       SrHistoryItem *other)
{
  return self->kind == other->kind && self->time == other->time && self->dated == other->dated && self->with_year == other->with_year
         && ABS (self->share - other->share) < 0.001
         && same_set (self->set, other->set)
         && g_strcmp0 (self->title, other->title) == 0 && g_strcmp0 (self->subtitle, other->subtitle) == 0
         && sr_history_section_equal (self->section, other->section);
}

char *
sr_history_item_dup_title (SrHistoryItem *self)
{
  return self->set != NULL ? sr_format_set_title (self->set) : g_strdup (self->title);
}

char *
sr_history_item_dup_subtitle (SrHistoryItem *self)
{
  g_autofree char *facts = NULL;
  guint32 low, high;

  if (self->set == NULL)
    return g_strdup (self->subtitle);
  facts = sr_format_set_subtitle (self->set);
  if (!sr_manifest_get_generations (sr_backup_set_get_manifest (self->set), &low, &high))
    /* Translators: %s is the size of a set and what became of the CA's logs */
    return g_strdup_printf (_("%s; no log in it"), facts);
  if (low == high)
    /* Translators: the size of a set and what became of the CA's logs; then the generation of its only log */
    return g_strdup_printf (_("%s; log generation %u"), facts, low);
  /* Translators: the size of a set and what became of the CA's logs; then the first and the last generation of its logs */
  return g_strdup_printf (_("%s; log generations %u to %u"), facts, low, high);
}

const char *
sr_history_item_get_problem (SrHistoryItem *self)
{
  switch (self->kind)
    {
    case SR_HISTORY_BROKEN:
      return _("Logs in the middle of it are missing: nothing can be restored from it.");
    case SR_HISTORY_LOOSE:
      return _("It continues no full set here, since sets before it are missing: nothing can be restored from it.");
    case SR_HISTORY_COPY:
      return _("The CA counts it as a copy, not as a full backup.");
    case SR_HISTORY_FULL:
    case SR_HISTORY_LOGS:
    case SR_HISTORY_BREAK:
    case SR_HISTORY_FAILED:
    case SR_HISTORY_CANCELLED:
    default:
      return NULL;
    }
}

char *
sr_history_item_dup_description (SrHistoryItem *self)
{
  g_autofree char *subtitle = sr_history_item_dup_subtitle (self);
  const char *problem = sr_history_item_get_problem (self);
  const char *title = sr_history_section_get_title (self->section);

  /* A break stands between two sections. */
  if (self->set == NULL || (problem == NULL && title == NULL))
    return g_steal_pointer (&subtitle);
  if (title == NULL)
    return g_strdup_printf ("%s. %s", subtitle, problem);
  if (problem == NULL)
    return g_strdup_printf ("%s. %s", subtitle, title);
  return g_strdup_printf ("%s. %s %s", subtitle, problem, title);
}

char *
sr_history_item_dup_server_time (SrHistoryItem *self)
{
  gint64 time = self->set != NULL ? sr_backup_set_get_manifest (self->set)->server_time : 0;
  g_autofree char *words = time != 0 ? sr_format_time (time) : NULL;

  /* Translators: %s is date and time */
  return words != NULL ? g_strdup_printf (_("By the CA’s own clock it began on %s"), words) : NULL;
}
