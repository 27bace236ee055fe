/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** SR_PROGRESS_MAX_STEPS: most steps of one plan */
#define SR_PROGRESS_MAX_STEPS 16

/**
 * SrProgress:
 *
 * A fraction over weighted steps that only rises, although the weights become
 * known on the way: whenever one changes, what is left of the bar is divided
 * anew among what is left of the work. Plain data; no thread's in particular.
 */
typedef struct
{
  /*< private >*/
  double weights[SR_PROGRESS_MAX_STEPS];
  guint n_steps;
  guint step;
  double part;
  double base;
  double base_part;
  gboolean complete;
} SrProgress;

/**
 * sr_progress_init:
 * @self: (out caller-allocates): a plan
 * @weights: (array length=n_steps): the work of each step, in any unit, above 0
 * @n_steps: how many, at most %SR_PROGRESS_MAX_STEPS
 *
 * Begins with the first step.
 */
void sr_progress_init (SrProgress   *self,
                       const double *weights,
                       guint         n_steps);

/**
 * sr_progress_set_weight:
 * @self: a plan
 * @step: the current step, or a later one
 * @weight: its whole work, as is known by now
 */
void sr_progress_set_weight (SrProgress *self,
                             guint       step,
                             double      weight);

/**
 * sr_progress_enter:
 * @self: a plan
 * @step: the step that begins; those between are left out. An earlier one is ignored
 */
void sr_progress_enter (SrProgress *self,
                        guint       step);

/**
 * sr_progress_begin_again:
 * @self: a plan
 * @step: the step that the work begins with once more; what is left of the bar is divided among all from there on
 */
void sr_progress_begin_again (SrProgress *self,
                              guint       step);

/**
 * sr_progress_set_part:
 * @self: a plan
 * @part: how much of the current step is done, 0 to 1; a smaller one than before is ignored
 */
void sr_progress_set_part (SrProgress *self,
                           double      part);

/**
 * sr_progress_finish:
 * @self: a plan
 *
 * All is done.
 */
void sr_progress_finish (SrProgress *self);

/**
 * sr_progress_get_fraction:
 * @self: a plan
 *
 * Returns: how much of all is done, 0 to 1; never less than it returned before
 */
double sr_progress_get_fraction (const SrProgress *self);

G_END_DECLS
