/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kills.h"
#include "scripted-ca.h"

/* The program that makes the backup is killed, at every change that it tells
 * of and at every call that reaches the server; the next start settles what
 * it left. The same on the practice CA is in test-practice.c. */

#define CONFIG "localhost\\Scripted CA"

typedef struct
{
  ScriptedCa *ca;
  Place place;
  Kills kills;
} Fixture;

static void
started (pid_t    pid,
         gpointer user_data)
{
  ScriptedCa *ca = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);

  ca->victim = pid;
}

static void
counts (guint   *prepares,
        guint   *ends,
        gpointer user_data)
{
  ScriptedCa *ca = user_data;

  *prepares = toy_ca_count (&ca->toy, &ca->prepares);
  *ends = toy_ca_count (&ca->toy, &ca->ends);
  g_assert_false (scripted_ca_has_session (ca));
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->ca = scripted_ca_new ();
  place_set_up (&fixture->place, CONFIG);
  fixture->kills = (Kills) {
    .place = &fixture->place,
    .target = fixture->ca->toy.target,
    .password = TOY_CA_PASSWORD,
    .started = started,
    .counts = counts,
    .user_data = fixture->ca,
  };
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  scripted_ca_free (fixture->ca);
  place_tear_down (&fixture->place);
}

static void
test_events (Fixture      *fixture,
             gconstpointer data)
{
  kills_run_through (&fixture->kills);
  kills_report (&fixture->kills, "at every change");
}

static void
test_calls (Fixture      *fixture,
            gconstpointer data)
{
  static const SrCsraOpnum methods[] = {
    SR_CSRA_GET_CA_PROPERTY, SR_CSRA_BACKUP_PREPARE, SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS,
    SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, SR_CSRA_BACKUP_OPEN_FILE, SR_CSRA_BACKUP_READ_FILE,
    SR_CSRA_BACKUP_CLOSE_FILE, SR_CSRA_BACKUP_GET_BACKUP_LOGS, SR_CSRA_BACKUP_GET_DYNAMIC_FILES,
    SR_CSRA_BACKUP_TRUNCATE_LOGS, SR_CSRA_BACKUP_END,
  };

  for (guint m = 0; m < G_N_ELEMENTS (methods); m++)
    for (guint after = 0; after < 2; after++)
      {
        scripted_ca_clear_faults (fixture->ca);
        scripted_ca_add_fault (fixture->ca, (ScriptedFault) {
          .opnum = methods[m], .nth = toy_ca_count (&fixture->ca->toy, &fixture->ca->calls[methods[m]]) + 1,
          .kind = after ? FAULT_KILL_AFTER : FAULT_KILL_BEFORE });
        g_assert_true (kills_run (&fixture->kills, 0));
        kills_settle (&fixture->kills);
      }
  kills_report (&fixture->kills, "before and after every method");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/session/kill/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("events", test_events);
  ADD ("calls", test_calls);
  return g_test_run ();
}
