/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "allow-plain.h"
#include "base/sr-error.h"
#include "csra/sr-cert-admin.h"
#include "dcom/sr-dcom-server.h"
#include "practice/sr-practice-handlers.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

/*
 * A whole backup in this process, client and server over TCP on loopback, that
 * nobody signs in to: whoever captures the traffic can read every byte. Tests
 * alone can do this. Prints a line of JSON with the ports when it listens,
 * waits for a line on standard input, and prints at the end what was sent.
 *
 *     unsealed-backup FOLDER
 */

#define AUTHORITY "Contoso CA"
#define PRINCIPAL "TEST\\reader"
#define CERTIFICATES 500
#define READ_SIZE 65536
#define PING_SECONDS 0.2
#define CASIGCERT 12
#define PROPTYPE_BINARY 3
#define SOON sr_deadline_in (60)

typedef struct
{
  SrPracticeCa *ca;
  SrDcomServer *server;
  SrDcomTarget *target;
  SrCertAdmin *admin;
  JsonArray *sent;
  JsonArray *files;
  guint counts[64]; /* by opnum; one connection at a time */
} Run;

static void
check (gboolean      done,
       const GError *error)
{
  if (!done)
    g_error ("%s", error->message);
}

/* The server */

static gpointer
create (const SrRpcServerCall *call,
        guint32               *hr,
        gpointer               user_data)
{
  return user_data;
}

static guint32
invoke (gpointer               instance,
        const SrRpcServerCall *call,
        const SrRpcMethod     *method,
        gpointer               request,
        gpointer               reply,
        gpointer               user_data)
{
  Run *run = user_data;
  /* As if it were sealed: the CA takes nothing less. */
  SrPracticeCaller caller = { PRINCIPAL, 1, TRUE };
  SrHresult hr;

  run->counts[method->opnum]++;
  return sr_practice_handle (run->ca, &caller, method, request, reply, &hr);
}

static void
released (gpointer instance,
          gboolean rundown,
          gpointer user_data)
{
}

static const SrRpcInterface *const interfaces[] = { &sr_icertadmind, &sr_icertadmind2 };

static void
start (Run        *run,
       const char *folder)
{
  static SrDcomClass klass = {
    .interfaces = interfaces,
    .n_interfaces = G_N_ELEMENTS (interfaces),
    .create = create,
    .invoke = invoke,
    .released = released,
  };
  const SrPracticeOptions options = { .name = AUTHORITY, .host = "ca.lab.test" };
  g_autoptr (GError) error = NULL;

  klass.clsid = SR_CLSID_CERT_ADMIN_D;
  run->ca = sr_practice_ca_open (folder, &options, &error);
  check (run->ca != NULL, error);
  check (sr_practice_ca_issue (run->ca, CERTIFICATES, NULL, PRINCIPAL, NULL, &error), error);
  check (sr_practice_ca_set_roles (run->ca, PRINCIPAL,
                                   SR_PRACTICE_ROLE_ADMINISTRATOR | SR_PRACTICE_ROLE_OPERATOR | SR_PRACTICE_ROLE_READ,
                                   &error), error);
  rpc_testing_allow_plain (TRUE);
  run->server = sr_dcom_server_new (NULL, &klass, run);
  check (sr_dcom_server_listen (run->server, "127.0.0.1", 0, 0, &error), error);
}

/* What is told */

static void
print (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_init_object (json_node_alloc (), object);
  g_autofree char *text = json_to_string (node, FALSE);

  g_print ("%s\n", text);
}

/* Notes a call with fields as the IDL names them; returns the object for more. */
static JsonObject *
note (Run        *run,
      SrCsraOpnum opnum,
      gboolean    with_authority)
{
  JsonObject *call = json_object_new ();

  json_object_set_int_member (call, "opnum", opnum);
  if (with_authority)
    json_object_set_string_member (call, "pwszAuthority", AUTHORITY);
  json_array_add_object_element (run->sent, call);
  return call;
}

static void
set_id (JsonObject *object,
        const char *name,
        guint64     id)
{
  g_autofree char *text = g_strdup_printf ("0x%016" G_GINT64_MODIFIER "x", id);

  json_object_set_string_member (object, name, text);
}

static void
set_guid (JsonObject   *object,
          const char   *name,
          const SrGuid *guid)
{
  char text[SR_GUID_STRING_LENGTH + 1];

  json_object_set_string_member (object, name, sr_guid_to_string (guid, text));
}

static void
set_ports (Run        *run,
           JsonObject *object)
{
  json_object_set_int_member (object, "activationPort", sr_dcom_server_get_activation_port (run->server));
  json_object_set_int_member (object, "objectPort", sr_dcom_server_get_object_port (run->server));
}

/* The client */

static void
read_file (Run        *run,
           const char *path)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GError) error = NULL;
  JsonObject *file = json_object_new ();
  guint64 length, total = 0;
  const guint8 *data;
  gsize n;

  json_object_set_string_member (note (run, SR_CSRA_BACKUP_OPEN_FILE, FALSE), "pwszPath", path);
  check (sr_cert_admin_backup_open_file (run->admin, path, &length, SOON, NULL, &error), error);
  do
    {
      json_object_set_int_member (note (run, SR_CSRA_BACKUP_READ_FILE, FALSE), "cbBuffer", READ_SIZE);
      check (sr_cert_admin_backup_read_file (run->admin, READ_SIZE, &data, &n, SOON, NULL, &error), error);
      g_checksum_update (checksum, data, (gssize) n);
      total += n;
    }
  while (n == READ_SIZE);
  g_assert_cmpuint (total, ==, length);
  note (run, SR_CSRA_BACKUP_CLOSE_FILE, FALSE);
  check (sr_cert_admin_backup_close_file (run->admin, SOON, NULL, &error), error);

  json_object_set_string_member (file, "path", path);
  json_object_set_int_member (file, "length", (gint64) length);
  json_object_set_string_member (file, "sha256", g_checksum_get_string (checksum));
  json_array_add_object_element (run->files, file);
}

static void
back_up (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) raw = NULL;
  g_auto (GStrv) databases = NULL, logs = NULL, dynamic = NULL;
  JsonObject *prepare = note (run, SR_CSRA_BACKUP_PREPARE, TRUE);

  json_object_set_int_member (prepare, "grbitJet", 0);
  json_object_set_int_member (prepare, "dwBackupFlags", 1);
  json_object_set_int_member (prepare, "pwszBackupAnnotation", 0);
  json_object_set_int_member (prepare, "dwClientIdentifier", 0);
  check (sr_cert_admin_backup_prepare (run->admin, SR_BACKUP_FULL, SOON, NULL, &error), error);
  note (run, SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS, FALSE);
  check (sr_cert_admin_restore_get_database_locations (run->admin, &raw, NULL, SOON, NULL, &error), error);
  note (run, SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, FALSE);
  check (sr_cert_admin_backup_get_database_names (run->admin, &databases, SOON, NULL, &error), error);
  for (gsize i = 0; databases[i] != NULL; i++)
    read_file (run, databases[i] + 1);
  note (run, SR_CSRA_BACKUP_GET_BACKUP_LOGS, FALSE);
  check (sr_cert_admin_backup_get_logs (run->admin, &logs, SOON, NULL, &error), error);
  for (gsize i = 0; logs[i] != NULL; i++)
    read_file (run, logs[i] + 1);
  note (run, SR_CSRA_BACKUP_GET_DYNAMIC_FILES, FALSE);
  check (sr_cert_admin_backup_get_dynamic_files (run->admin, &dynamic, SOON, NULL, &error), error);
  note (run, SR_CSRA_BACKUP_TRUNCATE_LOGS, FALSE);
  check (sr_cert_admin_backup_truncate_logs (run->admin, SOON, NULL, &error), error);
  note (run, SR_CSRA_BACKUP_END, FALSE);
  check (sr_cert_admin_backup_end (run->admin, SOON, NULL, &error), error);
}

static JsonObject *
note_entry (Run        *run,
            SrCsraOpnum opnum,
            const char *entry)
{
  JsonObject *call = note (run, opnum, TRUE);

  json_object_set_string_member (call, "pwszNodePath", "");
  json_object_set_string_member (call, "pwszEntry", entry);
  return call;
}

/* Sets an entry to a value of every type, and reads it. */
static void
configure (Run *run)
{
  const char *const urls[] = { "65:C:\\a.crl", "6:http://b/a.crl", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\0\1\2\3\377", 5);
  const SrVariant values[] = {
    { SR_VT_I4, .number = -7 },
    { SR_VT_BSTR, .text = (char *) "Zürich" },
    { SR_VT_ARRAY_UI1, .bytes = bytes },
    { SR_VT_ARRAY_BSTR, .strings = (char **) urls },
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      JsonObject *call = note_entry (run, SR_CSRA_SET_CONFIG_ENTRY, "StrongroomLab");
      g_auto (SrVariant) value = { 0 };

      json_object_set_int_member (call, "value", (gint64) i);
      check (sr_cert_admin_set_config_entry (run->admin, "", "StrongroomLab", &values[i], SOON, NULL, &error), error);
      note_entry (run, SR_CSRA_GET_CONFIG_ENTRY, "StrongroomLab");
      check (sr_cert_admin_get_config_entry (run->admin, "", "StrongroomLab", &value, SOON, NULL, &error), error);
      g_assert_cmpint (value.type, ==, values[i].type);
    }
}

static void
ask_the_rest (Run *run)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) certificate = NULL;
  JsonObject *property;
  guint32 roles, state;

  note (run, SR_CSRA_PING, TRUE);
  check (sr_cert_admin_ping (run->admin, SOON, NULL, &error), error);
  note (run, SR_CSRA_GET_SERVER_STATE, TRUE);
  check (sr_cert_admin_get_server_state (run->admin, &state, SOON, NULL, &error), error);
  note (run, SR_CSRA_PING2, TRUE);
  check (sr_cert_admin_ping2 (run->admin, SOON, NULL, &error), error);
  note (run, SR_CSRA_GET_MY_ROLES, TRUE);
  check (sr_cert_admin_get_my_roles (run->admin, &roles, SOON, NULL, &error), error);
  property = note (run, SR_CSRA_GET_CA_PROPERTY, TRUE);
  json_object_set_int_member (property, "PropId", CASIGCERT);
  json_object_set_int_member (property, "PropIndex", 0);
  json_object_set_int_member (property, "PropType", PROPTYPE_BINARY);
  check (sr_cert_admin_get_ca_property (run->admin, CASIGCERT, 0, PROPTYPE_BINARY, &certificate, SOON, NULL, &error),
         error);
  g_assert_true (g_bytes_equal (certificate, sr_practice_ca_get_certificate (run->ca)));
}

static void
wait_for_pings (Run *run)
{
  gint64 deadline = SOON;
  SrDcomServerStats stats = { 0 };

  while (stats.complex_pings < 1 || stats.simple_pings < 2)
    {
      if (sr_deadline_left (deadline) == 0)
        g_error ("No pings came");
      g_usleep (20000);
      sr_dcom_server_get_stats (run->server, &stats);
    }
}

static void
tell (Run                  *run,
      const SrDcomIdentity *identity)
{
  g_autoptr (JsonObject) facts = json_object_new ();
  JsonObject *counts = json_object_new ();
  SrDcomServerStats stats;

  sr_dcom_server_get_stats (run->server, &stats);
  set_ports (run, facts);
  set_id (facts, "oxid", identity->oxid);
  set_id (facts, "oid", identity->oid);
  set_id (facts, "setid", identity->setid);
  set_guid (facts, "clsid", &SR_CLSID_CERT_ADMIN_D);
  set_guid (facts, "remUnknown", &identity->rem_unknown);
  for (guint i = 0; i < identity->n_interfaces; i++)
    set_guid (facts, i == 0 ? "ipid" : "ipid2", &identity->interfaces[i].ipid);
  json_object_set_int_member (facts, "references", identity->interfaces[0].public_refs);
  for (guint i = 0; i < G_N_ELEMENTS (run->counts); i++)
    if (run->counts[i] > 0)
      {
        g_autofree char *opnum = g_strdup_printf ("%u", i);

        json_object_set_int_member (counts, opnum, run->counts[i]);
      }
  json_object_set_object_member (facts, "counts", counts);
  json_object_set_int_member (facts, "activations", (gint64) stats.activations);
  json_object_set_int_member (facts, "simplePings", (gint64) stats.simple_pings);
  json_object_set_int_member (facts, "complexPings", (gint64) stats.complex_pings);
  json_object_set_int_member (facts, "releases", (gint64) stats.releases);
  json_object_set_int_member (facts, "objects", stats.objects);
  json_object_set_array_member (facts, "sent", json_array_ref (run->sent));
  json_object_set_array_member (facts, "files", json_array_ref (run->files));
  print (facts);
}

int
main (int    argc,
      char **argv)
{
  Run run = { .sent = json_array_new (), .files = json_array_new () };
  g_autoptr (JsonObject) ready = json_object_new ();
  g_autoptr (GError) error = NULL;
  SrDcomIdentity identity;
  char line[16];

  g_return_val_if_fail (argc == 2, 2);
  start (&run, argv[1]);
  set_ports (&run, ready);
  print (ready);
  if (fgets (line, sizeof line, stdin) == NULL)
    return 1;

  sr_dcom_set_ping_interval (PING_SECONDS);
  run.target = sr_dcom_target_new ("127.0.0.1", NULL, sr_dcom_server_get_activation_port (run.server), NULL, FALSE);
  run.admin = sr_cert_admin_activate (run.target, AUTHORITY, SOON, NULL, &error);
  check (run.admin != NULL, error);
  back_up (&run);
  configure (&run);
  ask_the_rest (&run);
  wait_for_pings (&run);
  sr_dcom_object_get_identity (sr_cert_admin_get_object (run.admin), &identity);
  check (sr_dcom_object_release (sr_cert_admin_get_object (run.admin), SOON, &error), error);
  tell (&run, &identity);

  sr_cert_admin_free (run.admin);
  sr_dcom_target_unref (run.target);
  sr_dcom_server_stop (run.server);
  g_object_unref (run.server);
  check (sr_practice_ca_close (run.ca, &error), error);
  g_object_unref (run.ca);
  json_array_unref (run.sent);
  json_array_unref (run.files);
  return 0;
}
