/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "walk.h"

/* Random walks, see walk.h. */

#define SHORT_STEPS 120
#define LONG_WALKS 20
#define LONG_STEPS 250

static void
step (Walk *walk,
      guint which)
{
  walk->last = walk_steps[which].name;
  walk->figures->steps++;
  if (walk_steps[which].func (walk))
    walk->figures->done[which]++;
  else
    walk->figures->without[which]++;
}

static void
take_step (Walk *walk)
{
  int total = 0, which;

  for (guint i = 0; i < WALK_N_STEPS; i++)
    total += walk_steps[i].weight;
  which = walk_random (total);
  for (guint i = 0; i < WALK_N_STEPS; i++)
    if ((which -= walk_steps[i].weight) < 0)
      {
        step (walk, i);
        break;
      }
  walk_check (walk);
}

static void
tell (const Figures *figures,
      guint          n_walks)
{
  g_test_message ("%u walks, %u steps: %u sets (%u log-only backups refused), %u sessions killed that leave unknown whether logs were truncated, "
                  "%u lineages; %u chains replayed (%u go on over a foreign restore of themselves), %u disagreements",
                  n_walks, figures->steps, figures->sets, figures->refused, figures->unknown, figures->lineages, figures->replayed,
                  figures->joined, figures->disagreements);
}

/* Refused, or nothing was there to do it with, stands behind "+". */
static void
tell_steps (const Figures *figures)
{
  g_autoptr (GString) text = g_string_new ("Steps:");

  for (guint i = 0; i < WALK_N_STEPS; i++)
    g_string_append_printf (text, "%s %s %u+%u", i > 0 ? "," : "", walk_steps[i].name, figures->done[i], figures->without[i]);
  g_test_message ("%s", text->str);
}

static void
test_walk (void)
{
  guint n_walks = g_test_slow () ? LONG_WALKS : 1, n_steps = g_test_slow () ? LONG_STEPS : SHORT_STEPS;
  Figures sum = { 0 };

  for (guint i = 0; i < n_walks; i++)
    {
      Walk walk;

      walk_start (&walk, i % SERVED_ALL, &sum);
      for (guint j = 0; j < n_steps; j++)
        take_step (&walk);
      walk_end (&walk);
      tell (&sum, i + 1);
    }
  tell_steps (&sum);
  for (guint i = 0; i < WALK_N_STEPS && g_test_slow (); i++)
    g_assert_cmpuint (sum.done[i], >, 0);
  g_assert_cmpuint (sum.replayed, >, 0);
  g_assert_cmpuint (sum.disagreements, ==, 0);
}

/* What a short walk may never come to: each step once, in an order in which each finds what it needs. */
static void
test_each (void)
{
  Figures sum = { 0 };
  Walk walk;

  walk_start (&walk, 0, &sum);
  for (guint i = 0; i < WALK_N_STEPS; i++)
    {
      step (&walk, i);
      walk_check (&walk);
    }
  walk_end (&walk);
  tell (&sum, 1);
  tell_steps (&sum);
  for (guint i = 0; i < WALK_N_STEPS; i++)
    if (!g_str_equal (walk_steps[i].name, "kill")) /* it may be over before */
      g_assert_cmpuint (sum.done[i], ==, 1);
  g_assert_cmpuint (sum.disagreements, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  walk_be_the_ca (FALSE);
  g_test_add_func ("/session/walk/each", test_each);
  g_test_add_func ("/session/walk/random", test_walk);
  return g_test_run ();
}
