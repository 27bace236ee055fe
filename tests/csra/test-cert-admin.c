/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "toy-ca.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"

#include <string.h>

/* SrCertAdmin against a toy CA that notes what it is asked and answers what
 * the test wants. */

#define HOST "localhost"
#define CA_NAME "Contoso CA"
#define SECONDS(n) sr_deadline_in (n)

typedef enum
{
  ANSWER,
  FAIL,                 /* answer with fixture->hr */
  FAULT,                /* answer with fixture->fault */
  DROP_BEFORE,          /* drop the connection instead of running the method */
  DROP_AFTER,           /* drop it instead of replying */
  LIE,                  /* answer with something that cannot be */
} Mood;

typedef struct
{
  ToyCa toy;
  SrCertAdmin *admin;
  /* under its mutex: what it is to do, */
  Mood mood;
  SrHresult hr;
  guint32 fault;
  guint calls;
  /* and what the last request held */
  guint16 opnum;
  char *authority;
  char *text;
  char *node;
  SrCsraBackupPrepareRequest prepare;
  SrCsraGetCaPropertyRequest property;
  guint32 number;
  SrVariant value;
  guint8 *buffer;
} Fixture;

static const char *const names[] = { "D\\\\ca\\C$\\Contoso CA.edb", "!\\\\ca\\C$\\edb00001.log", NULL };

static void
forget_request (Fixture *f)
{
  g_clear_pointer (&f->authority, g_free);
  g_clear_pointer (&f->text, g_free);
  g_clear_pointer (&f->node, g_free);
  sr_variant_clear (&f->value);
}

static void
note_request (Fixture           *f,
              const SrRpcMethod *method,
              gpointer           request)
{
  forget_request (f);
  f->opnum = method->opnum;
  f->calls++;
  switch ((int) method->opnum)
    {
    case SR_CSRA_PING:
    case SR_CSRA_PING2:
    case SR_CSRA_GET_SERVER_STATE:
    case SR_CSRA_GET_MY_ROLES:
      f->authority = g_strdup (((SrCsraAuthorityRequest *) request)->authority);
      break;
    case SR_CSRA_SERVER_CONTROL:
      f->authority = g_strdup (((SrCsraServerControlRequest *) request)->authority);
      f->number = ((SrCsraServerControlRequest *) request)->control;
      break;
    case SR_CSRA_BACKUP_PREPARE:
      f->prepare = *(SrCsraBackupPrepareRequest *) request;
      f->authority = g_strdup (f->prepare.authority);
      break;
    case SR_CSRA_BACKUP_OPEN_FILE:
      f->text = g_strdup (((SrCsraBackupOpenFileRequest *) request)->path);
      break;
    case SR_CSRA_BACKUP_READ_FILE:
      f->number = ((SrCsraBackupReadFileRequest *) request)->size;
      break;
    case SR_CSRA_GET_CA_PROPERTY:
      f->property = *(SrCsraGetCaPropertyRequest *) request;
      f->authority = g_strdup (f->property.authority);
      break;
    case SR_CSRA_GET_CONFIG_ENTRY:
    case SR_CSRA_SET_CONFIG_ENTRY:
      {
        SrCsraConfigEntryRequest *m = request;

        f->authority = g_strdup (m->authority);
        f->node = g_strdup (m->node);
        f->text = g_strdup (m->entry);
        if (method->opnum == SR_CSRA_SET_CONFIG_ENTRY)
          {
            /* Taken over: the request must not free it. */
            f->value = ((SrCsraSetConfigEntryRequest *) request)->value;
            memset (&((SrCsraSetConfigEntryRequest *) request)->value, 0, sizeof (SrVariant));
          }
        break;
      }
    default:
      break;
    }
}

static void
fill_read (Fixture                   *f,
           SrCsraBackupReadFileReply *reply)
{
  reply->size = f->mood == LIE ? f->number - 4096 : f->number;
  reply->read = 5;
  f->buffer = g_realloc (f->buffer, f->number);
  memset (f->buffer, 'x', f->number);
  memcpy (f->buffer, "hello", 5);
  reply->owner = g_bytes_new (f->buffer, reply->size);
  reply->buffer = g_bytes_get_data (reply->owner, NULL);
}

static void
fill_reply (Fixture           *f,
            const SrRpcMethod *method,
            gpointer           reply)
{
  switch ((int) method->opnum)
    {
    case SR_CSRA_GET_SERVER_STATE:
      ((SrCsraNumberReply *) reply)->value = 1;
      break;
    case SR_CSRA_GET_MY_ROLES:
      ((SrCsraNumberReply *) reply)->value = 0x108;
      break;
    case SR_CSRA_GET_CA_PROPERTY:
      ((SrCsraBlobReply *) reply)->blob = g_bytes_new_static ("\1\2\3", 3);
      break;
    case SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION:
    case SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS:
      /* An odd surrogate in a list whose counts are right. */
      ((SrCsraListReply *) reply)->list = f->mood == LIE ? g_bytes_new_static ("\0\xd8\0\0\0\0", 6)
                                                         : sr_utf16_list_build (names);
      break;
    case SR_CSRA_BACKUP_OPEN_FILE:
      ((SrCsraBackupOpenFileReply *) reply)->length = G_GUINT64_CONSTANT (5000000000);
      break;
    case SR_CSRA_BACKUP_READ_FILE:
      fill_read (f, reply);
      break;
    case SR_CSRA_GET_CONFIG_ENTRY:
      ((SrCsraConfigEntryReply *) reply)->value = (SrVariant) { SR_VT_BSTR, .text = g_strdup ("Zürich") };
      break;
    default:
      break;
    }
}

static guint32
invoke (gpointer               instance,
        const SrRpcServerCall *call,
        const SrRpcMethod     *method,
        gpointer               request,
        gpointer               reply,
        gpointer               user_data)
{
  Fixture *f = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&f->toy.mutex);

  g_assert_cmpint (call->auth_level, ==, SR_AUTH_LEVEL_PRIVACY);
  if (f->mood == FAULT)
    return f->fault;
  note_request (f, method, request);
  if (f->mood == FAIL)
    toy_ca_set_hresult (method, reply, f->hr);
  else
    fill_reply (f, method, reply);
  return 0;
}

static gboolean
drop (const SrRpcServerCall *call,
      gboolean               after,
      gpointer               user_data)
{
  Fixture *f = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&f->toy.mutex);

  return f->mood == (after ? DROP_AFTER : DROP_BEFORE);
}

static void
set_mood (Fixture *f,
          Mood     mood)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&f->toy.mutex);

  f->mood = mood;
}

static void
start (Fixture *f,
       guint    n_interfaces)
{
  g_autoptr (GError) error = NULL;

  toy_ca_start (&f->toy, n_interfaces, invoke, drop, f);
  f->admin = sr_cert_admin_activate (f->toy.target, CA_NAME, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (f->admin);
  g_assert_cmpuint (toy_ca_count (&f->toy, &f->toy.activations), ==, 1);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  start (f, 2);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_clear_pointer (&f->admin, sr_cert_admin_free);
  toy_ca_clear (&f->toy);
  forget_request (f);
  g_clear_pointer (&f->buffer, g_free);
}

static void
test_backup_calls (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) list = NULL;
  guint64 length = 0;
  const guint8 *bytes = NULL;
  gsize n = 0;

  sr_cert_admin_backup_prepare (f->admin, SR_BACKUP_LOGS, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 20);
  g_assert_cmpstr (f->authority, ==, CA_NAME);
  g_assert_cmpuint (f->prepare.grbit, ==, 1);
  g_assert_cmpuint (f->prepare.flags, ==, 2);
  g_assert_cmpuint (f->prepare.annotation, ==, 0);
  g_assert_cmpuint (f->prepare.client_id, ==, 0);
  sr_cert_admin_backup_prepare (f->admin, SR_BACKUP_FULL, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->prepare.grbit, ==, 0);
  g_assert_cmpuint (f->prepare.flags, ==, 1);

  sr_cert_admin_backup_get_database_names (f->admin, &list, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 22);
  g_assert_cmpstrv (list, names);
  g_clear_pointer (&list, g_strfreev);
  sr_cert_admin_backup_get_logs (f->admin, &list, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 23);
  g_assert_cmpuint (g_strv_length (list), ==, 0);
  g_clear_pointer (&list, g_strfreev);
  sr_cert_admin_backup_get_dynamic_files (f->admin, &list, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 29);

  sr_cert_admin_backup_open_file (f->admin, names[0] + 1, &length, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (f->text, ==, names[0] + 1);
  g_assert_cmpuint (length, ==, G_GUINT64_CONSTANT (5000000000));
  sr_cert_admin_backup_read_file (f->admin, 65536, &bytes, &n, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->number, ==, 65536);
  g_assert_cmpmem (bytes, n, "hello", 5);
  sr_cert_admin_backup_close_file (f->admin, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 26);
  sr_cert_admin_backup_truncate_logs (f->admin, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 27);
  sr_cert_admin_backup_end (f->admin, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 21);
  g_assert_false (sr_cert_admin_outcome_unknown (f->admin));

  sr_dcom_object_release (sr_cert_admin_get_object (f->admin), SECONDS (20), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (toy_ca_count (&f->toy, &f->toy.releases), ==, 1);
}

static void
test_other_calls (Fixture      *f,
                  gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) raw = NULL, expected = sr_utf16_list_build (names), value = NULL;
  g_auto (GStrv) list = NULL;
  g_auto (SrVariant) variant = { 0 };
  const char *urls[] = { "65:C:\\a.crl", "6:http://b", NULL };
  const SrVariant set = { SR_VT_ARRAY_BSTR, .strings = (char **) urls };
  guint32 number = 0;

  sr_cert_admin_restore_get_database_locations (f->admin, &raw, &list, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (raw, expected));
  g_assert_cmpstrv (list, names);
  sr_cert_admin_server_control (f->admin, 2, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->number, ==, 2);
  sr_cert_admin_ping (f->admin, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 18);
  g_assert_cmpstr (f->authority, ==, CA_NAME);
  sr_cert_admin_get_server_state (f->admin, &number, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (number, ==, 1);

  sr_cert_admin_ping2 (f->admin, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (f->opnum, ==, 38);
  sr_cert_admin_get_my_roles (f->admin, &number, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (number, ==, 0x108);
  sr_cert_admin_get_ca_property (f->admin, 12, 1, 3, &value, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (f->property.id, ==, 12);
  g_assert_cmpint (f->property.index, ==, 1);
  g_assert_cmpint (f->property.type, ==, 3);
  g_assert_cmpmem (g_bytes_get_data (value, NULL), g_bytes_get_size (value), "\1\2\3", 3);
  sr_cert_admin_get_config_entry (f->admin, "", "CommonName", &variant, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (f->node, ==, "");
  g_assert_cmpstr (f->text, ==, "CommonName");
  g_assert_cmpstr (variant.text, ==, "Zürich");
  sr_cert_admin_set_config_entry (f->admin, "", "CRLPublicationURLs", &set, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstrv (f->value.strings, urls);
}

/* A failed HRESULT keeps its number, and names method and host. */
static void
test_refused (Fixture      *f,
              gconstpointer data)
{
  const SrHresult codes[] = { SR_E_ACCESSDENIED, SR_HRESULT_FROM_JET (SR_JET_BACKUP_IN_PROGRESS) };
  g_auto (GStrv) list = NULL;
  g_auto (SrVariant) value = { 0 };

  set_mood (f, FAIL);
  for (gsize i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autoptr (GError) error = NULL, list_error = NULL, value_error = NULL;
      g_autofree char *code = g_strdup_printf ("%08x", codes[i]);

      f->hr = codes[i];
      g_assert_false (sr_cert_admin_backup_prepare (f->admin, SR_BACKUP_FULL, SECONDS (20), NULL, &error));
      g_assert_error (error, SR_HRESULT_ERROR, (int) codes[i]);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, "BackupPrepare"));
      g_assert_nonnull (strstr (error->message, HOST));
      g_assert_nonnull (strstr (error->message, code));
      g_assert_false (sr_cert_admin_outcome_unknown (f->admin));
      g_assert_false (sr_cert_admin_backup_get_logs (f->admin, &list, SECONDS (20), NULL, &list_error));
      g_assert_error (list_error, SR_HRESULT_ERROR, (int) codes[i]);
      g_assert_null (list);
      g_assert_false (sr_cert_admin_get_config_entry (f->admin, "", "x", &value, SECONDS (20), NULL, &value_error));
      g_assert_error (value_error, SR_HRESULT_ERROR, (int) codes[i]);
    }
}

/* Faults from before the method's code, and from within it. */
static void
test_faults (Fixture      *f,
             gconstpointer data)
{
  const struct
  {
    guint32 fault;
    gboolean unknown;
  } cases[] = {
    { SR_NCA_S_FAULT_ACCESS_DENIED, FALSE },
    { SR_NCA_S_OP_RNG_ERROR, FALSE },
    { SR_NCA_S_FAULT_UNSPEC, TRUE },
  };

  set_mood (f, FAULT);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      f->fault = cases[i].fault;
      g_assert_false (sr_cert_admin_backup_prepare (f->admin, SR_BACKUP_FULL, SECONDS (20), NULL, &error));
      g_test_message ("%s", error->message);
      g_assert_error (error, SR_RPC_FAULT, (int) cases[i].fault);
      g_assert_nonnull (strstr (error->message, "BackupPrepare"));
      g_assert_nonnull (strstr (error->message, HOST));
      g_assert_cmpint (sr_cert_admin_outcome_unknown (f->admin), ==, cases[i].unknown);
    }
}

/* The connection dropped before and after the method ran: from here the two look alike. */
static void
test_dropped (Fixture      *f,
              gconstpointer data)
{
  const Mood moods[] = { DROP_BEFORE, DROP_AFTER };

  for (gsize i = 0; i < G_N_ELEMENTS (moods); i++)
    {
      g_autoptr (GError) error = NULL;
      guint before = toy_ca_count (&f->toy, &f->calls);

      set_mood (f, moods[i]);
      g_assert_false (sr_cert_admin_backup_prepare (f->admin, SR_BACKUP_FULL, SECONDS (20), NULL, &error));
      g_test_message ("%s", error->message);
      g_assert_false (g_error_matches (error, SR_HRESULT_ERROR, 0));
      g_assert_true (sr_cert_admin_outcome_unknown (f->admin));
      g_assert_cmpuint (toy_ca_count (&f->toy, &f->calls), ==, before + (moods[i] == DROP_AFTER ? 1 : 0));

      /* The same object is there for the next call. */
      set_mood (f, ANSWER);
      g_assert_true (sr_cert_admin_backup_end (f->admin, SECONDS (20), NULL, NULL));
      g_assert_false (sr_cert_admin_outcome_unknown (f->admin));
      g_assert_cmpuint (toy_ca_count (&f->toy, &f->toy.activations), ==, 1);
    }
}

/* Nothing was sent, so nothing was executed. */
static void
test_not_sent (Fixture      *f,
               gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_cancellable_cancel (cancelled);
  g_assert_false (sr_cert_admin_backup_prepare (f->admin, SR_BACKUP_FULL, SECONDS (20), cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (sr_cert_admin_outcome_unknown (f->admin));
  g_assert_cmpuint (toy_ca_count (&f->toy, &f->calls), ==, 0);
  g_clear_error (&error);

  toy_ca_stop (&f->toy);
  sr_dcom_object_disconnect (sr_cert_admin_get_object (f->admin));
  g_assert_false (sr_cert_admin_backup_prepare (f->admin, SR_BACKUP_FULL, SECONDS (20), NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, "BackupPrepare"));
  g_assert_nonnull (strstr (error->message, HOST));
  g_assert_false (sr_cert_admin_outcome_unknown (f->admin));
}

/* Replies that decode and cannot be. */
static void
test_lies (Fixture      *f,
           gconstpointer data)
{
  g_autoptr (GError) list_error = NULL, read_error = NULL;
  g_auto (GStrv) list = NULL;
  const guint8 *bytes;
  gsize length;

  set_mood (f, LIE);
  g_assert_false (sr_cert_admin_backup_get_database_names (f->admin, &list, SECONDS (20), NULL, &list_error));
  g_assert_error (list_error, SR_ERROR, SR_ERROR_MALFORMED);
  g_test_message ("%s", list_error->message);
  g_assert_nonnull (strstr (list_error->message, "BackupGetAttachmentInformation on " HOST));
  g_assert_false (sr_cert_admin_outcome_unknown (f->admin));

  g_assert_false (sr_cert_admin_backup_read_file (f->admin, 65536, &bytes, &length, SECONDS (20), NULL, &read_error));
  g_assert_error (read_error, SR_ERROR, SR_ERROR_MALFORMED);
  g_test_message ("%s", read_error->message);
  g_assert_nonnull (strstr (read_error->message, "BackupReadFile on " HOST));
}

/* A server without ICertAdminD2, as Windows 2000 was. */
static void
test_first_interface_only (void)
{
  Fixture f = { 0 };
  g_autoptr (GError) error = NULL;
  guint32 roles;

  start (&f, 1);
  sr_cert_admin_ping (f.admin, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_false (sr_cert_admin_get_my_roles (f.admin, &roles, SECONDS (20), NULL, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, SR_HRESULT_ERROR, (int) SR_E_NOINTERFACE);
  g_assert_nonnull (strstr (error->message, "GetMyRoles on " HOST));
  g_assert_false (sr_cert_admin_outcome_unknown (f.admin));
  tear_down (&f, NULL);
}

/* What recovery does: another process, the identity from the journal. */
static void
test_reattached (Fixture      *f,
                 gconstpointer data)
{
  SrDcomIdentity identity;
  g_autoptr (SrCertAdmin) again = NULL;
  g_autoptr (GError) error = NULL;

  sr_dcom_object_get_identity (sr_cert_admin_get_object (f->admin), &identity);
  g_clear_pointer (&f->admin, sr_cert_admin_free);
  again = sr_cert_admin_new_for_object (sr_dcom_object_reattach (f->toy.target, &identity), CA_NAME, HOST);
  g_assert_cmpstr (sr_cert_admin_get_authority (again), ==, CA_NAME);
  sr_cert_admin_backup_end (again, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (toy_ca_count (&f->toy, &f->toy.activations), ==, 1);
  sr_cert_admin_ping2 (again, SECONDS (20), NULL, &error);
  g_assert_no_error (error);
}

static void
test_read_sizes (void)
{
  g_assert_cmpuint (sr_cert_admin_round_read_size (0), ==, 65536);
  g_assert_cmpuint (sr_cert_admin_round_read_size (65536), ==, 65536);
  g_assert_cmpuint (sr_cert_admin_round_read_size (65537), ==, 131072);
  g_assert_cmpuint (sr_cert_admin_round_read_size (524288), ==, 524288);
  g_assert_cmpuint (sr_cert_admin_round_read_size (SR_CERT_ADMIN_MAX_READ), ==, SR_CERT_ADMIN_MAX_READ);
  g_assert_cmpuint (sr_cert_admin_round_read_size (G_MAXSIZE), ==, SR_CERT_ADMIN_MAX_READ);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/csra/cert-admin/backup-calls", test_backup_calls);
  ADD ("/csra/cert-admin/other-calls", test_other_calls);
  ADD ("/csra/cert-admin/refused", test_refused);
  ADD ("/csra/cert-admin/faults", test_faults);
  ADD ("/csra/cert-admin/dropped", test_dropped);
  ADD ("/csra/cert-admin/not-sent", test_not_sent);
  ADD ("/csra/cert-admin/lies", test_lies);
  ADD ("/csra/cert-admin/reattached", test_reattached);
#undef ADD
  g_test_add_func ("/csra/cert-admin/first-interface-only", test_first_interface_only);
  g_test_add_func ("/csra/cert-admin/read-sizes", test_read_sizes);

  return g_test_run ();
}
