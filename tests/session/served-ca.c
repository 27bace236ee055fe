/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "served-ca.h"

#include "base/sr-file.h"
#include "csra/sr-csra-messages.h"
#include "practice/sr-practice-users.h"

#include <string.h>

#define NAME "Practice Root CA"

char *
served_ca_password (ServedCa   *served,
                    const char *user)
{
  g_autofree char *path = g_build_filename (served->folder, SR_PRACTICE_USERS_FILE, NULL);
  g_autofree char *text = NULL;
  g_autofree char *wanted = g_strdelimit (g_strconcat (user, ":", NULL), "\\", ':');
  g_auto (GStrv) lines = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], wanted))
      return g_strdup (lines[i] + strlen (wanted));
  g_assert_not_reached ();
}

SrDcomTarget *
served_ca_target (ServedCa   *served,
                  const char *user,
                  const char *password)
{
  g_autoptr (SrSecret) secret = sr_secret_new (password, strlen (password));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (user, secret);

  return sr_dcom_target_new ("localhost", "127.0.0.1", sr_practice_server_get_activation_port (served->server), credentials, TRUE);
}

static void
start (ServedCa *served,
       guint16   port,
       gboolean  may_fail)
{
  g_autoptr (GError) error = NULL;
  SrPracticeServerOptions options = {
    .ca = {
      .name = NAME,
      .shared_session = (served->switches & SERVED_SHARED) != 0,
      .survives_rundown = (served->switches & SERVED_SURVIVES) != 0,
      .start_may_fail = may_fail,
    },
    .activation_port = port,
  };

  served->server = sr_practice_server_start (served->folder, &options, &error);
  g_assert_no_error (error);
  sr_practice_server_freeze_clock (served->server, TRUE);
  served->ca = sr_practice_server_get_ca (served->server);
}

void
served_ca_start (ServedCa *served,
                 guint     switches,
                 guint     n_certificates)
{
  g_autoptr (GError) error = NULL;

  served->switches = switches;
  served->folder = g_dir_make_tmp ("strongroom-served-XXXXXX", &error);
  g_assert_no_error (error);
  start (served, 0, FALSE);
  g_assert_true (sr_practice_ca_issue (served->ca, n_certificates, NULL, "TEST\\requester", NULL, &error));
  g_assert_no_error (error);
  served->config = g_strdup_printf ("%s\\%s", sr_practice_ca_get_host (served->ca), sr_practice_ca_get_name (served->ca));
  served->password = served_ca_password (served, SERVED_OPERATOR);
  served->target = served_ca_target (served, SERVED_OPERATOR, served->password);
}

void
served_ca_start_again (ServedCa *served)
{
  guint16 port = sr_practice_server_get_activation_port (served->server);
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_server_stop (served->server, &error));
  g_assert_no_error (error);
  g_clear_object (&served->server);
  start (served, port, FALSE);
}

void
served_ca_go_down (ServedCa *served)
{
  served->port = sr_practice_server_get_activation_port (served->server);
  sr_practice_server_stop (served->server, NULL);
  g_clear_object (&served->server);
  served->ca = NULL;
}

void
served_ca_come_up (ServedCa *served)
{
  start (served, served->port, TRUE);
}

void
served_ca_stop (ServedCa *served)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_server_stop (served->server, &error));
  g_assert_no_error (error);
  g_clear_object (&served->server);
  sr_dcom_target_unref (served->target);
  g_assert_true (sr_file_remove_tree (served->folder, NULL));
  g_clear_pointer (&served->folder, g_free);
  g_clear_pointer (&served->config, g_free);
  g_clear_pointer (&served->password, g_free);
}

guint
served_ca_count (ServedCa   *served,
                 const char *name)
{
  return (guint) sr_practice_ca_get_count (served->ca, "counts", name);
}

guint
served_ca_calls (ServedCa *served,
                 guint     opnum)
{
  g_autofree char *name = g_strdup_printf ("%u %s", opnum, sr_rpc_interface_find (&sr_icertadmind2, (guint16) opnum)->name);

  return (guint) sr_practice_ca_get_count (served->ca, "calls", name);
}

const char *
served_ca_switches (guint switches)
{
  static const char *const words[SERVED_ALL] = {
    [0] = "session of the object, ends with it",
    [SERVED_SHARED] = "session of the CA, ends with its object",
    [SERVED_SURVIVES] = "session of the object, outlives it",
    [SERVED_SHARED | SERVED_SURVIVES] = "session of the CA, outlives its object",
  };

  return words[switches];
}

JsonObject *
served_ca_last_backup (ServedCa *served)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) all = sr_practice_ca_inspect (served->ca, FALSE, &error);
  JsonArray *backups;

  g_assert_no_error (error);
  backups = json_object_get_array_member (all, "backups");
  return json_object_ref (json_array_get_object_element (backups, json_array_get_length (backups) - 1));
}
