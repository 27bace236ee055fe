/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-progress.h"

/* At the last change of plan the bar stood at @base and the current step at
 * @base_part. From there the bar goes on in proportion to the work left. */

void
sr_progress_init (SrProgress   *self,
                  const double *weights,
                  guint         n_steps)
{
  g_return_if_fail (n_steps > 0 && n_steps <= SR_PROGRESS_MAX_STEPS);

  *self = (SrProgress) { .n_steps = n_steps };
  for (guint i = 0; i < n_steps; i++)
    self->weights[i] = weights[i];
}

static double
work_left_at_base (const SrProgress *self)
{
  double left = self->weights[self->step] * (1 - self->base_part);

  for (guint i = self->step + 1; i < self->n_steps; i++)
    left += self->weights[i];
  return left;
}

double
sr_progress_get_fraction (const SrProgress *self)
{
  double left;
  double gained;

  if (self->complete)
    return 1;
  left = work_left_at_base (self);
  if (left <= 0)
    return self->base;
  gained = (1 - self->base) * self->weights[self->step] * (self->part - self->base_part) / left;
  return MIN (self->base + gained, 1);
}

static void
plan_from_here (SrProgress *self)
{
  self->base = sr_progress_get_fraction (self);
  self->base_part = self->part;
}

void
sr_progress_set_weight (SrProgress *self,
                        guint       step,
                        double      weight)
{
  g_return_if_fail (step < self->n_steps && weight > 0);

  if (step < self->step || self->weights[step] == weight)
    return;
  plan_from_here (self);
  self->weights[step] = weight;
}

void
sr_progress_enter (SrProgress *self,
                   guint       step)
{
  g_return_if_fail (step < self->n_steps);

  if (step <= self->step)
    return;
  self->part = 1;
  plan_from_here (self);
  self->step = step;
  self->part = self->base_part = 0;
}

void
sr_progress_begin_again (SrProgress *self,
                         guint       step)
{
  g_return_if_fail (step < self->n_steps);

  self->base = sr_progress_get_fraction (self);
  self->step = step;
  self->part = self->base_part = 0;
}

void
sr_progress_set_part (SrProgress *self,
                      double      part)
{
  self->part = CLAMP (part, self->part, 1);
}

void
sr_progress_finish (SrProgress *self)
{
  self->complete = TRUE;
}
