/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-progress.h"

#define EPSILON 1e-9

static void
test_even (void)
{
  const double weights[] = { 1, 2, 1 };
  SrProgress p;

  sr_progress_init (&p, weights, 3);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 0, EPSILON);
  sr_progress_set_part (&p, 0.5);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 0.125, EPSILON);
  sr_progress_enter (&p, 1);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 0.25, EPSILON);
  sr_progress_set_part (&p, 0.5);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 0.5, EPSILON);
  sr_progress_enter (&p, 2);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 0.75, EPSILON);
  sr_progress_set_part (&p, 7);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 1, EPSILON);
}

/* A step ten times as long as thought slows the bar and does not turn it back. */
static void
test_replan (void)
{
  const double weights[] = { 10, 10 };
  SrProgress p;

  sr_progress_init (&p, weights, 2);
  sr_progress_set_part (&p, 0.5);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 0.25, EPSILON);
  sr_progress_set_weight (&p, 1, 70);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 0.25, EPSILON);
  sr_progress_set_part (&p, 1);
  /* 5 of the 75 that were left have moved the bar over the 0.75 that was left. */
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 0.25 + 0.75 * 5 / 75, EPSILON);
  sr_progress_enter (&p, 1);
  sr_progress_set_part (&p, 1);
  g_assert_cmpfloat_with_epsilon (sr_progress_get_fraction (&p), 1, EPSILON);
}

static void
test_skipped_step (void)
{
  const double weights[] = { 1, 98, 1 };
  SrProgress p;

  sr_progress_init (&p, weights, 3);
  sr_progress_enter (&p, 2);
  sr_progress_set_part (&p, 0.5);
  g_assert_cmpfloat (sr_progress_get_fraction (&p), >, 0.5);
  sr_progress_enter (&p, 1);
  g_assert_cmpfloat (sr_progress_get_fraction (&p), >, 0.5);
  sr_progress_finish (&p);
  g_assert_cmpfloat (sr_progress_get_fraction (&p), ==, 1);
}

/* Whatever is done to it in whatever order, it stays in 0..1 and never falls. */
static void
test_only_rises (void)
{
  for (guint run = 0; run < 2000; run++)
    {
      double weights[SR_PROGRESS_MAX_STEPS];
      guint n = (guint) g_test_rand_int_range (1, SR_PROGRESS_MAX_STEPS + 1);
      double last = 0;
      SrProgress p;

      for (guint i = 0; i < n; i++)
        weights[i] = g_test_rand_double_range (1e-6, 1e12);
      sr_progress_init (&p, weights, n);
      for (guint i = 0; i < 200; i++)
        {
          guint step = (guint) g_test_rand_int_range (0, (gint32) n);
          double now;

          switch (g_test_rand_int_range (0, 8))
            {
            case 0:
              sr_progress_enter (&p, step);
              break;
            case 1:
              sr_progress_set_weight (&p, step, g_test_rand_double_range (1e-6, 1e12));
              break;
            default:
              sr_progress_set_part (&p, g_test_rand_double_range (-0.5, 1.5));
            }
          now = sr_progress_get_fraction (&p);
          g_assert_cmpfloat (now, >=, last);
          g_assert_cmpfloat (now, <=, 1);
          last = MAX (last, now);
        }
      sr_progress_finish (&p);
      g_assert_cmpfloat (sr_progress_get_fraction (&p), ==, 1);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/worker/progress/even", test_even);
  g_test_add_func ("/worker/progress/replan", test_replan);
  g_test_add_func ("/worker/progress/skipped-step", test_skipped_step);
  g_test_add_func ("/worker/progress/only-rises", test_only_rises);
  return g_test_run ();
}
