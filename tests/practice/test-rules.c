/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

static const SrPracticeCaller operator = { OPERATOR, 1, TRUE };
static const SrPracticeCaller other = { OPERATOR, 2, TRUE };
static const SrPracticeCaller administrator = { ADMINISTRATOR, 3, TRUE };
static const SrPracticeCaller nobody = { NOBODY, 4, TRUE };
static const SrPracticeCaller unsealed = { OPERATOR, 5, FALSE };

/* That a call was refused by just this rule, with its answer. */
#define REFUSED(f, rule, call) G_STMT_START { \
    const SrPracticeRuleRow *row_ = sr_practice_rule_get (SR_PRACTICE_RULE_##rule); \
    gint64 before_ = sr_practice_ca_get_count ((f)->ca, "refusals", row_->id); \
    g_assert_cmphex ((call), ==, row_->answer); \
    g_assert_cmpint (sr_practice_ca_get_count ((f)->ca, "refusals", row_->id), ==, before_ + 1); \
  } G_STMT_END

#define DONE(call) g_assert_cmphex ((call), ==, SR_S_OK)

static void
set_number (PracticeFixture *f,
            SrPracticeNode   node,
            const char      *entry,
            gint32           value)
{
  g_autoptr (GError) error = NULL;

  sr_practice_ca_set_config (f->ca, node, entry, g_variant_new_int32 (value), &error);
  g_assert_no_error (error);
}

static SrHresult
prepare (PracticeFixture        *f,
         const SrPracticeCaller *caller,
         gboolean                full)
{
  return sr_practice_backup_prepare (f->ca, caller, CA_NAME, full ? 0 : 1, full ? 1 : 2);
}

static void
restart (PracticeFixture *f)
{
  g_autoptr (GError) error = NULL;

  sr_practice_ca_restart (f->ca, &error);
  g_assert_no_error (error);
}

/* The values that the specification and the published engine's header give: a
 * wrong number in the table would otherwise agree with itself. */
static void
test_values (void)
{
  static const struct
  {
    SrPracticeRule rule;
    guint32 answer;
  } values[] = {
    { SR_PRACTICE_RULE_NOT_PRIVATE, 0x80070005 },
    { SR_PRACTICE_RULE_NO_REMOTE_BACKUP, 0x80070005 },
    { SR_PRACTICE_RULE_NOT_OPERATOR, 0x80070005 },
    { SR_PRACTICE_RULE_ROLE_CONFLICT, 0x80094008 },
    { SR_PRACTICE_RULE_AUTHORITY, 0x80070057 },
    { SR_PRACTICE_RULE_PREPARE_AGAIN, 0x8000ffff },
    { SR_PRACTICE_RULE_PREPARE_BUSY, 0xc80001f9 },
    { SR_PRACTICE_RULE_LOGS_WITHOUT_FULL, 0xc8000230 },
    { SR_PRACTICE_RULE_LOGS_CIRCULAR, 0xc800020e },
    { SR_PRACTICE_RULE_ATTACHMENTS_WITHOUT_FULL, 0xc8000209 },
    { SR_PRACTICE_RULE_OPEN_DATABASE_LATE, 0xc8000209 },
    { SR_PRACTICE_RULE_NOT_PREPARED, 0x8000ffff },
    { SR_PRACTICE_RULE_READ_CLOSED, 0x8000ffff },
    { SR_PRACTICE_RULE_CLOSE_CLOSED, 0x8000ffff },
    { SR_PRACTICE_RULE_OPEN_AGAIN, 0x8000ffff },
    { SR_PRACTICE_RULE_TRUNCATE_EARLY, 0x8000ffff },
    { SR_PRACTICE_RULE_OPEN_UNKNOWN, 0xc8000713 },
    { SR_PRACTICE_RULE_LOGS_GAP, 0xc8000239 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_assert_cmphex (sr_practice_rule_get (values[i].rule)->answer, ==, values[i].answer);
  for (guint i = 0; i < SR_PRACTICE_N_RULES; i++)
    {
      const SrPracticeRuleRow *row = sr_practice_rule_get (i);

      g_assert_nonnull (row->id);
      g_assert_nonnull (row->when);
      g_assert_nonnull (row->source);
      g_assert_true (SR_FAILED (row->answer));
    }
}

/* Before a Prepare nothing of a backup works. */
static void
check_without_prepare (PracticeFixture *f)
{
  g_auto (GStrv) names = NULL;
  g_autofree guint8 *data = NULL;
  guint64 length;
  guint32 n;

  REFUSED (f, ATTACHMENTS_WITHOUT_FULL, sr_practice_backup_get_databases (f->ca, &operator, &names));
  REFUSED (f, NOT_PREPARED, sr_practice_backup_get_logs (f->ca, &operator, &names));
  REFUSED (f, NOT_PREPARED, sr_practice_backup_open (f->ca, &operator, "\\\\ca.example.com\\C$\\x", &length));
  REFUSED (f, NOT_PREPARED, sr_practice_backup_read (f->ca, &operator, 4096, &data, &n));
  REFUSED (f, NOT_PREPARED, sr_practice_backup_close (f->ca, &operator));
  REFUSED (f, NOT_PREPARED, sr_practice_backup_truncate_logs (f->ca, &operator));
  REFUSED (f, NOT_PREPARED, sr_practice_backup_end (f->ca, &operator));
}

/* Everything about files in a full backup, in the wrong order first. */
static void
check_files (PracticeFixture *f)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "set");
  g_auto (GStrv) databases = NULL;
  g_auto (GStrv) logs = NULL;
  g_auto (GStrv) again = NULL;
  g_autofree guint8 *data = NULL;
  guint64 length;
  guint32 n;

  DONE (sr_practice_backup_get_databases (f->ca, &operator, &databases));
  REFUSED (f, READ_CLOSED, sr_practice_backup_read (f->ca, &operator, 4096, &data, &n));
  REFUSED (f, CLOSE_CLOSED, sr_practice_backup_close (f->ca, &operator));
  REFUSED (f, TRUNCATE_EARLY, sr_practice_backup_truncate_logs (f->ca, &operator));
  /* the type code is no part of the name; nothing outside the list opens */
  REFUSED (f, OPEN_NO_DATABASE, sr_practice_backup_open (f->ca, &operator, databases[0], &length));
  REFUSED (f, OPEN_NO_DATABASE, sr_practice_backup_open (f->ca, &operator, "../ca.key", &length));
  REFUSED (f, OPEN_NO_DATABASE, sr_practice_backup_open (f->ca, &operator, NULL, &length));
  DONE (sr_practice_backup_open (f->ca, &operator, databases[0] + 1, &length));
  g_assert_cmpuint (length % 4096, ==, 0);
  REFUSED (f, OPEN_AGAIN, sr_practice_backup_open (f->ca, &operator, databases[0] + 1, &length));
  REFUSED (f, LOGS_FILE_OPEN, sr_practice_backup_get_logs (f->ca, &operator, &logs));
  REFUSED (f, READ_SIZE, sr_practice_backup_read (f->ca, &operator, 0, &data, &n));
  REFUSED (f, READ_SIZE, sr_practice_backup_read (f->ca, &operator, -4096, &data, &n));
  REFUSED (f, READ_SIZE, sr_practice_backup_read (f->ca, &operator, 4095, &data, &n));
  REFUSED (f, READ_TOO_MUCH, sr_practice_backup_read (f->ca, &operator, 64 * 1024 * 1024, &data, &n));
  DONE (sr_practice_backup_read (f->ca, &operator, 4096, &data, &n));
  g_assert_cmpuint (n, ==, 4096);
  DONE (sr_practice_backup_close (f->ca, &operator)); /* not to its end: it does not count as backed up */
  practice_fixture_fetch (f, &operator, databases[0], folder, 65536, NULL);

  DONE (sr_practice_backup_get_logs (f->ca, &operator, &logs));
  DONE (sr_practice_backup_get_logs (f->ca, &operator, &again));
  g_assert_true (g_strv_equal ((const char * const *) logs, (const char * const *) again));
  g_assert_cmpuint (g_strv_length (logs), >=, 1);
  REFUSED (f, OPEN_DATABASE_LATE, sr_practice_backup_open (f->ca, &operator, databases[0] + 1, &length));
  REFUSED (f, OPEN_UNKNOWN, sr_practice_backup_open (f->ca, &operator, "\\\\ca.example.com\\C$\\Windows\\system32\\CertLog\\edb.log", &length));
  REFUSED (f, TRUNCATE_EARLY, sr_practice_backup_truncate_logs (f->ca, &operator));
  for (guint i = 0; logs[i] != NULL; i++)
    {
      practice_fixture_fetch (f, &operator, logs[i], folder, 1024 * 1024, NULL);
      if (logs[i + 1] != NULL)
        REFUSED (f, TRUNCATE_EARLY, sr_practice_backup_truncate_logs (f->ca, &operator));
    }
  /* at the end of a file a read succeeds with nothing */
  DONE (sr_practice_backup_open (f->ca, &operator, logs[0] + 1, &length));
  REFUSED (f, TRUNCATE_EARLY, sr_practice_backup_truncate_logs (f->ca, &operator));
  g_clear_pointer (&data, g_free);
  DONE (sr_practice_backup_read (f->ca, &operator, (gint32) length, &data, &n));
  g_assert_cmpuint (n, ==, length);
  g_clear_pointer (&data, g_free);
  DONE (sr_practice_backup_read (f->ca, &operator, 8192, &data, &n));
  g_assert_cmpuint (n, ==, 0);
  DONE (sr_practice_backup_close (f->ca, &operator));
}

static void
check_damage (PracticeFixture *f)
{
  g_autofree char *path = g_build_filename (f->folder, "ca", SR_PRACTICE_CERTLOG_FOLDER, CA_NAME ".edb", NULL);
  g_auto (GStrv) names = NULL;
  g_autofree guint8 *data = NULL;
  g_autofd int fd = open (path, O_RDWR);
  guint64 length;
  guint8 byte;
  guint32 n;

  DONE (prepare (f, &operator, TRUE));
  DONE (sr_practice_backup_get_databases (f->ca, &operator, &names));
  DONE (sr_practice_backup_open (f->ca, &operator, names[0] + 1, &length));
  g_assert_cmpint (pread (fd, &byte, 1, 2 * 4096 + 99), ==, 1);
  byte ^= 1;
  g_assert_cmpint (pwrite (fd, &byte, 1, 2 * 4096 + 99), ==, 1);
  REFUSED (f, READ_DAMAGED, sr_practice_backup_read (f->ca, &operator, 65536, &data, &n));
  byte ^= 1;
  g_assert_cmpint (pwrite (fd, &byte, 1, 2 * 4096 + 99), ==, 1);
  DONE (sr_practice_backup_end (f->ca, &operator)); /* with the file still open */
}

static void
check_kinds (PracticeFixture *f)
{
  g_autofree char *folder = practice_fixture_make_folder (f, "kinds");
  g_auto (GStrv) names = NULL;

  /* two copies do not make a full backup; one that truncates does */
  practice_fixture_backup (f, &operator, TRUE, FALSE, folder);
  REFUSED (f, LOGS_WITHOUT_FULL, prepare (f, &operator, FALSE));
  REFUSED (f, LOGS_WITHOUT_FULL, sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 1, 0));
  REFUSED (f, LOGS_WITHOUT_FULL, sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 0, 2));
  practice_fixture_backup (f, &operator, TRUE, TRUE, folder);
  DONE (prepare (f, &operator, FALSE));
  REFUSED (f, ATTACHMENTS_WITHOUT_FULL, sr_practice_backup_get_databases (f->ca, &operator, &names));
  DONE (sr_practice_backup_end (f->ca, &operator));

  set_number (f, SR_PRACTICE_NODE_ROOT, "DBFlags", SR_PRACTICE_DBFLAGS | 4);
  DONE (prepare (f, &operator, FALSE)); /* not in force before the next start */
  DONE (sr_practice_backup_end (f->ca, &operator));
  restart (f);
  REFUSED (f, LOGS_CIRCULAR, prepare (f, &operator, FALSE));
  for (guint i = 0; i < 4; i++) /* logs come and go meanwhile, so the next log-only backup has a gap */
    practice_fixture_backup (f, &operator, TRUE, FALSE, folder);
  set_number (f, SR_PRACTICE_NODE_ROOT, "DBFlags", SR_PRACTICE_DBFLAGS);
  restart (f);
  DONE (prepare (f, &operator, FALSE));
  REFUSED (f, LOGS_GAP, sr_practice_backup_get_logs (f->ca, &operator, &names));
  DONE (sr_practice_backup_end (f->ca, &operator));
}

static void
check_access (PracticeFixture *f)
{
  g_auto (GStrv) names = NULL;
  g_autoptr (GError) error = NULL;

  REFUSED (f, ACTIVATION, sr_practice_activate (f->ca, "PRACTICE\\stranger"));
  REFUSED (f, ACTIVATION, sr_practice_activate (f->ca, NULL));
  sr_practice_ca_set_roles (f->ca, NOBODY, 0, &error);
  g_assert_no_error (error);
  DONE (sr_practice_activate (f->ca, NOBODY));
  REFUSED (f, NOT_PRIVATE, prepare (f, &unsealed, TRUE));
  REFUSED (f, NOT_OPERATOR, prepare (f, &nobody, TRUE));
  REFUSED (f, NOT_OPERATOR, prepare (f, &administrator, TRUE));
  REFUSED (f, NOT_OPERATOR, sr_practice_backup_get_locations (f->ca, &nobody, &names));
  REFUSED (f, NOT_OPERATOR, sr_practice_backup_get_dynamic_files (f->ca, &nobody, &names));
  REFUSED (f, AUTHORITY, sr_practice_backup_prepare (f->ca, &operator, "Another CA", 0, 1));
  REFUSED (f, AUTHORITY, sr_practice_backup_prepare (f->ca, &operator, NULL, 0, 1));
  REFUSED (f, PREPARE_VALUE, sr_practice_backup_prepare (f->ca, &operator, CA_NAME, 2, 0));
  DONE (sr_practice_backup_prepare (f->ca, &operator, "CONTOSO root ca", 0, 0));
  DONE (sr_practice_backup_end (f->ca, &operator));

  /* the flag shows at once, and counts from the next start on */
  set_number (f, SR_PRACTICE_NODE_CA, "InterfaceFlags", 0x641);
  DONE (prepare (f, &operator, TRUE));
  DONE (sr_practice_backup_end (f->ca, &operator));
  restart (f);
  REFUSED (f, NO_REMOTE_BACKUP, prepare (f, &operator, TRUE));
  REFUSED (f, NO_REMOTE_BACKUP, sr_practice_backup_end (f->ca, &operator));
  REFUSED (f, NO_REMOTE_BACKUP, sr_practice_backup_get_locations (f->ca, &operator, &names));
  set_number (f, SR_PRACTICE_NODE_CA, "InterfaceFlags", 0x601);
  REFUSED (f, NO_REMOTE_BACKUP, prepare (f, &operator, TRUE));
  set_number (f, SR_PRACTICE_NODE_CA, "InterfaceFlags", 0x611);
  restart (f);
  REFUSED (f, NO_REMOTE_ADMIN, sr_practice_admin_ping (f->ca, &administrator, NULL));
  set_number (f, SR_PRACTICE_NODE_CA, "InterfaceFlags", 0x601);

  set_number (f, SR_PRACTICE_NODE_CA, "RoleSeparationEnabled", 1);
  restart (f);
  sr_practice_ca_set_roles (f->ca, OPERATOR, SR_PRACTICE_ROLE_READ | SR_PRACTICE_ROLE_OPERATOR | SR_PRACTICE_ROLE_AUDITOR, &error);
  g_assert_no_error (error);
  REFUSED (f, ROLE_CONFLICT, prepare (f, &operator, TRUE));
  sr_practice_ca_set_roles (f->ca, OPERATOR, SR_PRACTICE_ROLE_READ | SR_PRACTICE_ROLE_OPERATOR, &error);
  DONE (prepare (f, &operator, TRUE));
  DONE (sr_practice_backup_end (f->ca, &operator));
}

static void
check_admin (PracticeFixture *f)
{
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GBytes) property = NULL;
  guint32 number;

  REFUSED (f, NOT_ADMINISTRATOR, sr_practice_admin_ping (f->ca, &operator, CA_NAME));
  DONE (sr_practice_admin_ping (f->ca, &administrator, ""));
  REFUSED (f, NOT_READER, sr_practice_admin_get_my_roles (f->ca, &nobody, CA_NAME, &number));
  DONE (sr_practice_admin_get_server_state (f->ca, &nobody, CA_NAME, &number));
  g_assert_cmpuint (number, ==, 0);
  REFUSED (f, CONFIG_PATH, sr_practice_admin_get_config (f->ca, &operator, "", "CSP", "Provider", &value));
  REFUSED (f, CONFIG_PATH, sr_practice_admin_get_config (f->ca, &operator, CA_NAME, NULL, "CAType", &value));
  REFUSED (f, CONFIG_MISSING, sr_practice_admin_get_config (f->ca, &operator, CA_NAME, "", "DBFlags", &value));
  REFUSED (f, PROPERTY, sr_practice_admin_get_property (f->ca, &operator, CA_NAME, 0x0f, 0, 3, &property));
  REFUSED (f, PROPERTY, sr_practice_admin_get_property (f->ca, &operator, CA_NAME, 0x0c, 1, 3, &property));
  REFUSED (f, PROPERTY, sr_practice_admin_get_property (f->ca, &operator, CA_NAME, 0x0c, 0, 4, &property));
  REFUSED (f, PROPERTY_ABSENT, sr_practice_admin_get_property (f->ca, &operator, CA_NAME, 0x08, 0, 4, &property));
  REFUSED (f, CONTROL_VALUE, sr_practice_admin_server_control (f->ca, &operator, CA_NAME, 4));
  DONE (sr_practice_admin_server_control (f->ca, &operator, CA_NAME, 2));
  DONE (sr_practice_admin_server_control (f->ca, &operator, CA_NAME, 1));
  REFUSED (f, UNREGISTERED, prepare (f, &operator, TRUE));
  REFUSED (f, ACTIVATION_UNREGISTERED, sr_practice_activate (f->ca, OPERATOR));
  g_assert_true (sr_practice_ca_close (f->ca, NULL));
  REFUSED (f, ACTIVATION_STOPPED, sr_practice_activate (f->ca, OPERATOR));
  restart (f);
  DONE (prepare (f, &operator, TRUE));
  DONE (sr_practice_backup_end (f->ca, &operator));
}

static void
test_every_rule (PracticeFixture *f,
                 gconstpointer    data)
{
  check_without_prepare (f);
  DONE (prepare (f, &operator, TRUE));
  REFUSED (f, PREPARE_AGAIN, prepare (f, &operator, TRUE));
  REFUSED (f, PREPARE_BUSY, prepare (f, &other, TRUE));
  check_files (f);
  DONE (sr_practice_backup_end (f->ca, &operator));
  check_without_prepare (f);
  check_damage (f);
  check_kinds (f);
  check_access (f);
  check_admin (f);
  for (guint i = 0; i < SR_PRACTICE_N_RULES; i++)
    if (sr_practice_ca_get_count (f->ca, "refusals", sr_practice_rule_get (i)->id) == 0)
      g_error ("No call here was refused by the rule “%s”", sr_practice_rule_get (i)->id);
  g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "prepare"), ==,
                   sr_practice_ca_get_count (f->ca, "counts", "end"));
}

typedef struct
{
  gboolean shared;
  gboolean survives;
} Switches;

/* What belongs to an object and what to the CA, and what is left when an object dies. */
static void
test_switches (PracticeFixture *f,
               gconstpointer    data)
{
  const Switches *switches = data;

  f->options.shared_session = switches->shared;
  f->options.survives_rundown = switches->survives;
  practice_fixture_reopen (f);

  DONE (prepare (f, &operator, TRUE));
  REFUSED (f, PREPARE_BUSY, prepare (f, &other, TRUE));
  if (switches->shared)
    DONE (sr_practice_backup_end (f->ca, &other));
  else
    {
      REFUSED (f, NOT_PREPARED, sr_practice_backup_end (f->ca, &other));
      DONE (sr_practice_backup_end (f->ca, &operator));
    }

  DONE (prepare (f, &operator, TRUE));
  sr_practice_backup_object_gone (f->ca, 99, SR_PRACTICE_RUNDOWN); /* somebody else's */
  sr_practice_backup_object_gone (f->ca, operator.object, SR_PRACTICE_RUNDOWN);
  g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "rundown"), ==, switches->survives ? 0 : 1);
  g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "orphaned"), ==, switches->survives ? 1 : 0);
  if (!switches->survives)
    {
      DONE (prepare (f, &other, TRUE));
      DONE (sr_practice_backup_end (f->ca, &other));
    }
  else if (switches->shared)
    {
      REFUSED (f, PREPARE_BUSY, prepare (f, &other, TRUE));
      DONE (sr_practice_backup_end (f->ca, &other));
    }
  else
    {
      /* nobody can end it but a restart */
      REFUSED (f, PREPARE_BUSY, prepare (f, &other, TRUE));
      REFUSED (f, NOT_PREPARED, sr_practice_backup_end (f->ca, &other));
      restart (f);
      g_assert_cmpint (sr_practice_ca_get_count (f->ca, "counts", "lost"), ==, 1);
      DONE (prepare (f, &other, TRUE));
      DONE (sr_practice_backup_end (f->ca, &other));
    }
}

int
main (int    argc,
      char **argv)
{
  static const Switches all[] = { { FALSE, FALSE }, { FALSE, TRUE }, { TRUE, FALSE }, { TRUE, TRUE } };

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/practice/rules/values", test_values);
  g_test_add ("/practice/rules/every", PracticeFixture, NULL, practice_fixture_set_up, test_every_rule, practice_fixture_tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autofree char *path = g_strdup_printf ("/practice/rules/switches/%s-%s", all[i].shared ? "shared" : "object",
                                               all[i].survives ? "survives" : "dies");

      g_test_add (path, PracticeFixture, &all[i], practice_fixture_set_up, test_switches, practice_fixture_tear_down);
    }
  return g_test_run ();
}
