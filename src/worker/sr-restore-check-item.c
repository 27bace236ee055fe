/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-restore-private.h"

#include <glib/gi18n-lib.h>

struct _SrRestoreCheckItem
{
  GObject parent_instance;
  SrRestoreCheckKind kind;
  SrRestoreCheckState state;
  double fraction;
  char *detail;
  char *advice;
};

G_DEFINE_FINAL_TYPE (SrRestoreCheckItem, sr_restore_check_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_KIND,
  PROP_TITLE,
  PROP_STATE,
  PROP_STATE_WORDS,
  PROP_FRACTION,
  PROP_DETAIL,
  PROP_ADVICE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

const char *
sr_restore_check_state_words (SrRestoreCheckState state)
{
  static const char *const words[] = {
    [SR_RESTORE_CHECK_PENDING] = NC_("check", "Waiting"),
    [SR_RESTORE_CHECK_RUNNING] = NC_("check", "Checking"),
    [SR_RESTORE_CHECK_PASSED] = NC_("check", "Good"),
    [SR_RESTORE_CHECK_WARNING] = NC_("check", "Warning"),
    [SR_RESTORE_CHECK_FAILED] = NC_("check", "Failed"),
  };

  return g_dpgettext2 (GETTEXT_PACKAGE, "check", words[state]);
}

static void
sr_restore_check_item_get_property (GObject    *object,
                                    guint       id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  SrRestoreCheckItem *self = SR_RESTORE_CHECK_ITEM (object);

  switch (id)
    {
    case PROP_KIND:
      g_value_set_int (value, self->kind);
      break;
    case PROP_TITLE:
      g_value_set_string (value, sr_restore_check_kind_words (self->kind));
      break;
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    case PROP_STATE_WORDS:
      g_value_set_string (value, sr_restore_check_state_words (self->state));
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_DETAIL:
      g_value_set_string (value, self->detail);
      break;
    case PROP_ADVICE:
      g_value_set_string (value, self->advice);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_restore_check_item_finalize (GObject *object)
{
  SrRestoreCheckItem *self = SR_RESTORE_CHECK_ITEM (object);

  g_free (self->detail);
  g_free (self->advice);
  G_OBJECT_CLASS (sr_restore_check_item_parent_class)->finalize (object);
}

static void
sr_restore_check_item_class_init (SrRestoreCheckItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sr_restore_check_item_get_property;
  object_class->finalize = sr_restore_check_item_finalize;

  properties[PROP_KIND] = g_param_spec_int ("kind", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, 0, G_MAXINT, 0, flags);
  properties[PROP_STATE_WORDS] = g_param_spec_string ("state-words", NULL, NULL, NULL, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_DETAIL] = g_param_spec_string ("detail", NULL, NULL, NULL, flags);
  properties[PROP_ADVICE] = g_param_spec_string ("advice", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_restore_check_item_init (SrRestoreCheckItem *self)
{
  self->fraction = -1;
}

SrRestoreCheckItem *
sr_restore_check_item_new (SrRestoreCheckKind kind)
{
  SrRestoreCheckItem *self = g_object_new (SR_TYPE_RESTORE_CHECK_ITEM, NULL);

  self->kind = kind;
  return self;
}

static void
notify (SrRestoreCheckItem *self,
        guint               property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

void
sr_restore_check_item_take (SrRestoreCheckItem   *self,
                            const SrRestoreCheck *check)
{
  double fraction = check->state == SR_RESTORE_CHECK_RUNNING ? CLAMP (check->fraction, -1, 1) : -1;

  g_object_freeze_notify (G_OBJECT (self));
  if (g_set_str (&self->detail, check->detail))
    notify (self, PROP_DETAIL);
  if (g_set_str (&self->advice, check->advice))
    notify (self, PROP_ADVICE);
  if (self->fraction != fraction)
    {
      self->fraction = fraction;
      notify (self, PROP_FRACTION);
    }
  if (self->state != check->state)
    {
      self->state = check->state;
      notify (self, PROP_STATE);
      notify (self, PROP_STATE_WORDS);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

SrRestoreCheckKind
sr_restore_check_item_get_kind (SrRestoreCheckItem *self)
{
  return self->kind;
}

const char *
sr_restore_check_item_get_title (SrRestoreCheckItem *self)
{
  return sr_restore_check_kind_words (self->kind);
}

SrRestoreCheckState
sr_restore_check_item_get_state (SrRestoreCheckItem *self)
{
  return self->state;
}

double
sr_restore_check_item_get_fraction (SrRestoreCheckItem *self)
{
  return self->fraction;
}

const char *
sr_restore_check_item_get_detail (SrRestoreCheckItem *self)
{
  return self->detail;
}

const char *
sr_restore_check_item_get_advice (SrRestoreCheckItem *self)
{
  return self->advice;
}
