/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-restore-stage-private.h"

#include <glib/gi18n-lib.h>

struct _SrRestoreStage
{
  GObject parent_instance;
  SrRestorePhase phase;
  SrRestoreStageState state;
  char *detail;
};

G_DEFINE_FINAL_TYPE (SrRestoreStage, sr_restore_stage, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_PHASE,
  PROP_TITLE,
  PROP_STATE,
  PROP_STATE_WORDS,
  PROP_DETAIL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

const char *
sr_restore_stage_state_to_string (SrRestoreStageState state)
{
  static const char *const words[] = { "waiting", "running", "done", "failed", "undone", "not-done" };

  return words[state];
}

const char *
sr_restore_stage_state_words (SrRestoreStageState state)
{
  static const char *const words[] = {
    [SR_RESTORE_STAGE_WAITING] = NC_("stage", "Waiting"),
    [SR_RESTORE_STAGE_RUNNING] = NC_("stage", "Under way"),
    [SR_RESTORE_STAGE_DONE] = NC_("stage", "Done"),
    [SR_RESTORE_STAGE_FAILED] = NC_("stage", "Failed"),
    [SR_RESTORE_STAGE_UNDONE] = NC_("stage", "Put back"),
    [SR_RESTORE_STAGE_NOT_DONE] = NC_("stage", "Not done"),
  };

  return g_dpgettext2 (GETTEXT_PACKAGE, "stage", words[state]);
}

static void
sr_restore_stage_get_property (GObject    *object,
                               guint       id,
                               GValue     *value,
                               GParamSpec *pspec)
{
  SrRestoreStage *self = SR_RESTORE_STAGE (object);

  switch (id)
    {
    case PROP_PHASE:
      g_value_set_int (value, self->phase);
      break;
    case PROP_TITLE:
      g_value_set_string (value, sr_restore_phase_words (self->phase));
      break;
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_STATE_WORDS:
      g_value_set_string (value, sr_restore_stage_state_words (self->state));
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_restore_stage_finalize (GObject *object)
{
  g_free (SR_RESTORE_STAGE (object)->detail);
  G_OBJECT_CLASS (sr_restore_stage_parent_class)->finalize (object);
}

static void
sr_restore_stage_class_init (SrRestoreStageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sr_restore_stage_get_property;
  object_class->finalize = sr_restore_stage_finalize;

  properties[PROP_PHASE] = g_param_spec_int ("phase", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_STATE_WORDS] = g_param_spec_string ("state-words", NULL, NULL, NULL, flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_restore_stage_init (SrRestoreStage *self)
{
}

SrRestorePhase
sr_restore_stage_get_phase (SrRestoreStage *self)
{
  return self->phase;
}

const char *
sr_restore_stage_get_title (SrRestoreStage *self)
{
  return sr_restore_phase_words (self->phase);
}

SrRestoreStageState
sr_restore_stage_get_state (SrRestoreStage *self)
{
  return self->state;
}

const char *
sr_restore_stage_get_detail (SrRestoreStage *self)
{
  return self->detail;
}

/* ---- The stages of a job ------------------------------------------------------ */

static void
add (GListStore    *stages,
     SrRestorePhase phase)
{
  g_autoptr (SrRestoreStage) stage = g_object_new (SR_TYPE_RESTORE_STAGE, NULL);

  stage->phase = phase;
  g_list_store_append (stages, stage);
}

GListStore *
sr_restore_stages_new (SrRestorePhase first,
                       SrRestorePhase last)
{
  GListStore *stages = g_list_store_new (SR_TYPE_RESTORE_STAGE);

  for (int phase = (int) first; phase <= (int) last; phase++)
    add (stages, (SrRestorePhase) phase);
  return stages;
}

static SrRestoreStageState
judge (SrRestorePhase         phase,
       const SrRestoreTravel *travel)
{
  gboolean back = travel->phase == SR_RESTORE_PHASE_PUTTING_BACK;

  if (phase == SR_RESTORE_PHASE_PUTTING_BACK)
    {
      if (!back)
        return SR_RESTORE_STAGE_WAITING;
      if (!travel->over)
        return SR_RESTORE_STAGE_RUNNING;
      return travel->put_back || travel->done ? SR_RESTORE_STAGE_DONE : SR_RESTORE_STAGE_FAILED;
    }
  if (travel->done)
    return SR_RESTORE_STAGE_DONE;
  if (phase < travel->furthest)
    return travel->put_back && phase > SR_RESTORE_PHASE_CHECKING ? SR_RESTORE_STAGE_UNDONE : SR_RESTORE_STAGE_DONE;
  if (phase == travel->furthest)
    return travel->over || back ? SR_RESTORE_STAGE_FAILED : SR_RESTORE_STAGE_RUNNING;
  return travel->over || back ? SR_RESTORE_STAGE_NOT_DONE : SR_RESTORE_STAGE_WAITING;
}

static void
show (SrRestoreStage     *stage,
      SrRestoreStageState state,
      const char         *detail)
{
  g_object_freeze_notify (G_OBJECT (stage));
  if (stage->state != state)
    {
      stage->state = state;
      g_object_notify_by_pspec (G_OBJECT (stage), properties[PROP_STATE]);
      g_object_notify_by_pspec (G_OBJECT (stage), properties[PROP_STATE_WORDS]);
    }
  if (g_set_str (&stage->detail, detail))
    g_object_notify_by_pspec (G_OBJECT (stage), properties[PROP_DETAIL]);
  g_object_thaw_notify (G_OBJECT (stage));
}

static char *
describe (const SrRestoreTravel *travel)
{
  g_autofree char *done = g_format_size (travel->bytes);
  g_autofree char *total = g_format_size (travel->total);

  if (travel->n_files > 0 && travel->total > 0)
    return g_strdup_printf (_("File %u of %u, %s of %s"), travel->file_index, travel->n_files, done, total);
  if (travel->n_files > 0)
    return g_strdup_printf (_("File %u of %u"), travel->file_index, travel->n_files);
  return NULL;
}

void
sr_restore_stages_show (GListStore            *stages,
                        const SrRestoreTravel *travel)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (stages));
  gboolean has_back = FALSE;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SrRestoreStage) stage = g_list_model_get_item (G_LIST_MODEL (stages), i);

      has_back = has_back || stage->phase == SR_RESTORE_PHASE_PUTTING_BACK;
    }
  if (travel->phase == SR_RESTORE_PHASE_PUTTING_BACK && !has_back)
    {
      add (stages, SR_RESTORE_PHASE_PUTTING_BACK);
      n++;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (SrRestoreStage) stage = g_list_model_get_item (G_LIST_MODEL (stages), i);
      SrRestoreStageState state = judge (stage->phase, travel);
      g_autofree char *detail = state == SR_RESTORE_STAGE_RUNNING ? describe (travel) : NULL;

      show (stage, state, detail);
    }
}
