/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-stubs.h"

#include "base/sr-error.h"
#include "host/tables/sr-svcctl-services.h"
#include "host/tables/sr-winreg-messages.h"

#include <string.h>

#define REQUEST FALSE
#define REPLY TRUE

#define HANDLE "00000000 0102030405060708090a0b0c0d0e0f10"
#define NO_HANDLE "00000000 00000000000000000000000000000000"
#define STATUS "10000000 04000000 01000000 2a040000 100200c8 02000000 b80b0000"

static const SrHostHandle handle = { { 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 } };
static const SrSvcctlStatus status = { 0x10, 4, 1, 1066, 0xc8000210, 2, 3000 };

static const SrRpcMethod *
find (const char *name)
{
  for (guint i = 0; i < sr_svcctl.n_methods; i++)
    if (g_str_equal (sr_svcctl.methods[i].name, name))
      return &sr_svcctl.methods[i];
  for (guint i = 0; i < sr_winreg.n_methods; i++)
    if (g_str_equal (sr_winreg.methods[i].name, name))
      return &sr_winreg.methods[i];
  g_assert_not_reached ();
}

/* Refuses every shorter stub. */
static void
check_cut (const SrRpcMethod *method,
           gboolean           is_reply,
           GBytes            *stub)
{
  for (gsize n = 0; n < g_bytes_get_size (stub); n++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (stub, 0, n);
      g_autoptr (GError) error = NULL;

      g_assert_null (test_decode (method, is_reply, cut, &error));
      g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
    }
}

/* The stub that an independent client made of the same values: ours is the same,
 * and theirs, read and written again, too. */
static void
check (const char *name,
       gboolean    is_reply,
       gpointer    message,
       const char *pattern)
{
  const SrRpcMethod *method = find (name);
  g_autoptr (GBytes) ours = test_encode (method, is_reply, message);
  g_autoptr (GBytes) theirs = test_pattern_bytes (pattern, 0xaa);
  g_autoptr (GBytes) again = NULL;
  g_autoptr (GError) error = NULL;
  gpointer decoded;

  g_test_message ("%s %s", name, is_reply ? "reply" : "request");
  g_assert_true (test_pattern_matches (pattern, ours));
  decoded = test_decode (method, is_reply, theirs, &error);
  g_assert_no_error (error);
  again = test_encode (method, is_reply, decoded);
  g_assert_true (g_bytes_equal (ours, again));
  test_free_message (method, is_reply, decoded);
  check_cut (method, is_reply, theirs);
}

/* A stub that an independent client made and ours would not: it is read. */
static gpointer
read_theirs (const char *name,
             gboolean    is_reply,
             const char *pattern)
{
  g_autoptr (GBytes) theirs = test_pattern_bytes (pattern, 0xaa);
  g_autoptr (GError) error = NULL;
  gpointer message = test_decode (find (name), is_reply, theirs, &error);

  g_assert_no_error (error);
  check_cut (find (name), is_reply, theirs);
  return message;
}

static void
refuse (const char *name,
        gboolean    is_reply,
        SrError     code,
        const char *pattern)
{
  g_autoptr (GBytes) stub = test_pattern_bytes (pattern, 0xaa);
  g_autoptr (GError) error = NULL;

  g_assert_null (test_decode (find (name), is_reply, stub, &error));
  g_assert_error (error, SR_ERROR, (int) code);
  g_assert_true (g_str_has_prefix (error->message, name));
}

/* All stubs below were written by impacket 0.12; referent ids and gaps are free. */

static void
test_svcctl_requests (void)
{
  SrSvcctlOpenManagerRequest open_manager = { (char *) "ca", (char *) "ServicesActive", 1 };
  SrSvcctlOpenServiceRequest open_service = { handle, (char *) "CertSvc", 0x2c };
  SrSvcctlHandleRequest plain = { handle };
  SrSvcctlControlRequest control = { handle, SR_SVCCTL_CONTROL_STOP };
  SrSvcctlEnumRequest dependents = { handle, SR_SVCCTL_ACTIVE, 4096 };
  char *arguments[] = { (char *) "one", (char *) "x", NULL };
  SrSvcctlStartRequest start = { handle, NULL }, start_with = { handle, arguments };

  check ("ROpenSCManagerW", REQUEST, &open_manager,
         "........ 03000000 00000000 03000000 630061000000 .... ........ 0f000000 00000000 0f000000"
         "5300650072007600690063006500730041006300740069007600650000 00 .... 01000000");
  check ("ROpenServiceW", REQUEST, &open_service,
         HANDLE "08000000 00000000 08000000 43006500720074005300760063000000 2c000000");
  check ("RQueryServiceStatus", REQUEST, &plain, HANDLE);
  check ("RControlService", REQUEST, &control, HANDLE "01000000");
  check ("REnumDependentServicesW", REQUEST, &dependents, HANDLE "01000000 00100000");
  check ("RStartServiceW", REQUEST, &start, HANDLE "00000000 00000000");
  check ("RStartServiceW", REQUEST, &start_with,
         HANDLE "02000000 ........ 02000000 ........ ........"
         "04000000 00000000 04000000 6f006e0065000000 02000000 00000000 02000000 78000000");
  check ("RCloseServiceHandle", REQUEST, &plain, HANDLE);
}

static void
test_svcctl_replies (void)
{
  SrSvcctlHandleReply opened = { handle, 0 }, missing = { handle, 1060 }, closed = { { { 0 } }, 0 };
  SrSvcctlStatusReply state = { status, 0 };
  g_autoptr (GBytes) buffer = g_bytes_new_static ("abcdef", 6);
  SrSvcctlEnumReply services = { buffer, 0, 0, 234 };
  SrSvcctlErrorReply error = { 1056 };

  check ("ROpenSCManagerW", REPLY, &opened, HANDLE "00000000");
  check ("ROpenServiceW", REPLY, &missing, HANDLE "24040000");
  check ("RQueryServiceStatus", REPLY, &state, STATUS "00000000");
  check ("RControlService", REPLY, &state, STATUS "00000000");
  check ("REnumDependentServicesW", REPLY, &services, "06000000 616263646566 .... 00000000 00000000 ea000000");
  check ("RStartServiceW", REPLY, &error, "20040000");
  check ("RCloseServiceHandle", REPLY, &closed, NO_HANDLE "00000000");
}

static void
test_winreg_requests (void)
{
  SrWinregOpenRootRequest root = { .access = 9 };
  SrWinregKeyRequest key = { handle };
  SrWinregOpenKeyRequest open = { handle, { (char *) "A\\B", 0 }, 0, 1 };
  SrWinregCreateKeyRequest create = { handle, { (char *) "RestoreInProgress", 0 }, { NULL, 0 }, 0, 7, TRUE, 0 };
  SrWinregNameRequest delete_key = { handle, { (char *) "K", 0 } }, delete_value = { handle, { (char *) "V", 0 } };
  SrWinregEnumKeyRequest enum_key = { .key = handle, .index = 1, .name = { NULL, 512 } };
  SrWinregInfoRequest info = { handle, { NULL, 1024 } };
  g_autoptr (GBytes) number = g_bytes_new_static ("\1\2\3\4", 4);
  g_autoptr (GBytes) odd = g_bytes_new_static ("\1\2\3", 3);
  SrWinregSetValueRequest set = { handle, { (char *) "N", 0 }, 4, number }, set_odd = { handle, { (char *) "Odd", 0 }, 3, odd };

  check ("OpenLocalMachine", REQUEST, &root, "00000000 09000000");
  check ("BaseRegOpenKey", REQUEST, &open,
         HANDLE "0800 0800 ........ 04000000 00000000 04000000 41005c0042000000 00000000 01000000");
  check ("BaseRegCreateKey", REQUEST, &create,
         HANDLE "2400 2400 ........ 12000000 00000000 12000000"
         "52006500730074006f007200650049006e00500072006f00670072006500730073000000"
         "0000 0000 00000000 00000000 07000000 00000000 ........ 00000000");
  check ("BaseRegSetValue", REQUEST, &set,
         HANDLE "0400 0400 ........ 02000000 00000000 02000000 4e000000 04000000 04000000 01020304 04000000");
  check ("BaseRegSetValue", REQUEST, &set_odd,
         HANDLE "0800 0800 ........ 04000000 00000000 04000000 4f00640064000000 03000000 03000000 010203 .. 03000000");
  check ("BaseRegEnumKey", REQUEST, &enum_key,
         HANDLE "01000000 0000 0002 ........ 00010000 00000000 00000000 00000000 00000000");
  check ("BaseRegQueryInfoKey", REQUEST, &info, HANDLE "0000 0004 ........ 00020000 00000000 00000000");
  check ("BaseRegDeleteKey", REQUEST, &delete_key, HANDLE "0400 0400 ........ 02000000 00000000 02000000 4b000000");
  check ("BaseRegDeleteValue", REQUEST, &delete_value, HANDLE "0400 0400 ........ 02000000 00000000 02000000 56000000");
  check ("BaseRegFlushKey", REQUEST, &key, HANDLE);
  check ("BaseRegCloseKey", REQUEST, &key, HANDLE);
}

/* What they send and we do not: a buffer with something in it, security attributes, a class without its NUL. */
static void
test_winreg_their_requests (void)
{
  SrWinregQueryValueRequest *query;
  SrWinregEnumValueRequest *value;
  SrWinregCreateKeyRequest *create;
  SrWinregEnumKeyRequest *key;
  g_autofree char *blanks = g_strnfill (64, ' ');
  g_autoptr (GString) class = g_string_new (NULL);
  g_autofree char *stub = NULL;

  query = read_theirs ("BaseRegQueryValue", REQUEST,
                       HANDLE "1000 1000 ........ 08000000 00000000 08000000 4c006f00670050006100740068000000"
                       "........ 00000000 ........ 03000000 00000000 03000000 616263 .. ........ 03000000 ........ 03000000");
  g_assert_cmpstr (query->name.text, ==, "LogPath");
  g_assert_true (query->data.has_type && query->data.has_room && query->data.has_size && query->data.has_length);
  g_assert_cmpuint (query->data.room, ==, 3);
  test_free_message (find ("BaseRegQueryValue"), REQUEST, query);

  value = read_theirs ("BaseRegEnumValue", REQUEST,
                       HANDLE "02000000 0000 2000 ........ 10000000 00000000 00000000"
                       "........ 00000000 ........ 05000000 00000000 05000000 2020202020 ...... ........ 05000000 ........ 05000000");
  g_assert_cmpuint (value->index, ==, 2);
  g_assert_cmpuint (value->name.room, ==, 32);
  g_assert_cmpuint (value->data.size, ==, 5);
  test_free_message (find ("BaseRegEnumValue"), REQUEST, value);

  create = read_theirs ("BaseRegCreateKey", REQUEST,
                        HANDLE "0400 0400 ........ 02000000 00000000 02000000 52000000"
                        "0000 0000 00000000 01000000 00000002 ........ 00000000 00000000 00000000 00000000 00 ...... ........ 01000000");
  g_assert_cmpstr (create->name.text, ==, "R");
  g_assert_cmphex (create->access, ==, 0x02000000);
  g_assert_true (create->has_disposition);
  g_assert_cmpuint (create->disposition, ==, 1);
  test_free_message (find ("BaseRegCreateKey"), REQUEST, create);

  for (guint i = 0; i < 64; i++)
    g_string_append (class, "2000");
  stub = g_strconcat (HANDLE "01000000 0000 0004 ........ 00020000 00000000 00000000"
                      "........ 8000 8000 ........ 40000000 00000000 40000000", class->str, "00000000", NULL);
  key = read_theirs ("BaseRegEnumKey", REQUEST, stub);
  g_assert_true (key->has_class);
  g_assert_cmpstr (key->class.text, ==, blanks);
  test_free_message (find ("BaseRegEnumKey"), REQUEST, key);
}

static void
test_winreg_replies (void)
{
  SrWinregKeyReply opened = { handle, 0 }, missing = { handle, 2 }, closed = { { { 0 } }, 0 };
  SrWinregCreateKeyReply created = { handle, TRUE, 1, 0 };
  g_autoptr (GBytes) five = g_bytes_new_static ("abcde", 5), three = g_bytes_new_static ("xyz", 3);
  SrWinregQueryValueReply query = { { TRUE, 1, five, TRUE, 5, TRUE, 5, TRUE, 5 }, 0 };
  SrWinregQueryValueReply more = { { TRUE, 1, NULL, FALSE, 0, TRUE, 70000, TRUE, 0 }, 234 };
  SrWinregEnumValueReply value = { { (char *) "Name", 0 }, { TRUE, 3, three, TRUE, 3, TRUE, 3, TRUE, 3 }, 0 };
  SrWinregEnumKeyReply key = { .name = { (char *) "Key", 0 } };
  SrWinregInfoReply info = { { NULL, 0 }, 1, 2, 3, 4, 5, 6, 7, { 0x11223344, 0x55667788 }, 0 };
  SrWinregErrorReply done = { 0 }, denied = { 5 }, not_found = { 2 };

  check ("OpenLocalMachine", REPLY, &opened, HANDLE "00000000");
  check ("BaseRegOpenKey", REPLY, &missing, HANDLE "02000000");
  check ("BaseRegCreateKey", REPLY, &created, HANDLE "........ 01000000 00000000");
  check ("BaseRegQueryValue", REPLY, &query,
         "........ 01000000 ........ 05000000 00000000 05000000 6162636465 ...... ........ 05000000 ........ 05000000 00000000");
  check ("BaseRegQueryValue", REPLY, &more,
         "........ 01000000 00000000 ........ 70110100 ........ 00000000 ea000000");
  check ("BaseRegSetValue", REPLY, &denied, "05000000");
  check ("BaseRegEnumValue", REPLY, &value,
         "0a00 0a00 ........ 05000000 00000000 05000000 4e0061006d0065000000 ...."
         "........ 03000000 ........ 03000000 00000000 03000000 78797a .. ........ 03000000 ........ 03000000 00000000");
  check ("BaseRegEnumKey", REPLY, &key,
         "0800 0800 ........ 04000000 00000000 04000000 4b00650079000000 00000000 00000000 00000000");
  check ("BaseRegQueryInfoKey", REPLY, &info,
         "0000 0000 00000000 01000000 02000000 03000000 04000000 05000000 06000000 07000000 44332211 88776655 00000000");
  check ("BaseRegDeleteKey", REPLY, &denied, "05000000");
  check ("BaseRegDeleteValue", REPLY, &not_found, "02000000");
  check ("BaseRegFlushKey", REPLY, &done, "00000000");
  check ("BaseRegCloseKey", REPLY, &closed, NO_HANDLE "00000000");
}

static void
test_hostile (void)
{
  /* counts above their bound take no memory */
  refuse ("REnumDependentServicesW", REQUEST, SR_ERROR_LIMIT, HANDLE "01000000 01000400");
  refuse ("REnumDependentServicesW", REPLY, SR_ERROR_LIMIT, "ffffffff");
  refuse ("REnumDependentServicesW", REPLY, SR_ERROR_MALFORMED, "00000400 6162");
  refuse ("RStartServiceW", REQUEST, SR_ERROR_LIMIT, HANDLE "ffffffff 01000000");
  refuse ("RStartServiceW", REQUEST, SR_ERROR_MALFORMED, HANDLE "02000000 01000000 03000000 01000000 01000000 01000000");
  refuse ("RStartServiceW", REQUEST, SR_ERROR_MALFORMED, HANDLE "02000000 00000000");
  refuse ("RStartServiceW", REQUEST, SR_ERROR_MALFORMED, HANDLE "01000000 01000000 01000000 00000000");
  refuse ("ROpenServiceW", REQUEST, SR_ERROR_LIMIT, HANDLE "02010000 00000000 02010000");
  refuse ("BaseRegSetValue", REQUEST, SR_ERROR_LIMIT,
          HANDLE "0400 0400 01000000 02000000 00000000 02000000 4e000000 04000000 01001000");
  refuse ("BaseRegSetValue", REQUEST, SR_ERROR_MALFORMED, /* two lengths that differ */
          HANDLE "0400 0400 01000000 02000000 00000000 02000000 4e000000 04000000 04000000 01020304 05000000");
  refuse ("BaseRegQueryValue", REPLY, SR_ERROR_LIMIT, "01000000 01000000 01000000 ffffffff 00000000 00000000");
  refuse ("BaseRegQueryValue", REPLY, SR_ERROR_MALFORMED, "01000000 01000000 01000000 02000000 00000000 03000000 616263");
  refuse ("BaseRegQueryValue", REPLY, SR_ERROR_MALFORMED, "01000000 01000000 01000000 02000000 01000000 01000000 61");

  /* strings whose four lengths do not agree */
  refuse ("BaseRegDeleteKey", REQUEST, SR_ERROR_MALFORMED, HANDLE "0300 0400 01000000 02000000 00000000 01000000 4b000000");
  refuse ("BaseRegDeleteKey", REQUEST, SR_ERROR_MALFORMED, HANDLE "0400 0200 01000000 01000000 00000000 02000000 4b000000");
  refuse ("BaseRegDeleteKey", REQUEST, SR_ERROR_MALFORMED, HANDLE "0400 0400 01000000 03000000 00000000 02000000 4b000000");
  refuse ("BaseRegDeleteKey", REQUEST, SR_ERROR_MALFORMED, HANDLE "0400 0400 01000000 02000000 01000000 02000000 4b000000");
  refuse ("BaseRegDeleteKey", REQUEST, SR_ERROR_MALFORMED, HANDLE "0400 0400 01000000 02000000 00000000 01000000 4b000000");
  refuse ("BaseRegDeleteKey", REQUEST, SR_ERROR_MALFORMED, HANDLE "0400 0400 00000000");
  refuse ("BaseRegDeleteKey", REQUEST, SR_ERROR_MALFORMED, /* a NUL within */
          HANDLE "0600 0600 01000000 03000000 00000000 03000000 4b0000004c00");
  refuse ("BaseRegDeleteKey", REQUEST, SR_ERROR_LIMIT, HANDLE "feff feff 01000000 ff7f0000");
}

static void
test_too_long (void)
{
  g_autofree char *longest = g_strnfill (SR_WINREG_MAX_NAME - 1, 'n'), *longer = g_strnfill (SR_WINREG_MAX_NAME, 'n');
  SrWinregNameRequest good = { handle, { longest, 0 } }, bad = { handle, { longer, 0 } };
  g_autoptr (GBytes) stub = test_encode (find ("BaseRegDeleteKey"), REQUEST, &good);
  g_autoptr (GError) error = NULL;
  SrWinregNameRequest *read;
  SrNdr ndr;

  read = test_decode (find ("BaseRegDeleteKey"), REQUEST, stub, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->name.text, ==, longest);
  test_free_message (find ("BaseRegDeleteKey"), REQUEST, read);

  sr_ndr_init_writer (&ndr, "BaseRegDeleteKey");
  find ("BaseRegDeleteKey")->code_request (&ndr, &bad);
  g_assert_null (sr_ndr_finish_bytes (&ndr, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LIMIT);
}

/* The bytes were packed by another program, in the layout of MS-SCMR 2.2.11: offsets and status, then the names. */
static void
test_services (void)
{
  const SrSvcctlService both[] = {
    { (char *) "CertSvc", (char *) "Zertifikatdienste Zürich", status },
    { (char *) "W3SVC", (char *) "", { .state = 1 } },
  };
  g_autoptr (GBytes) buffer = sr_svcctl_services_build (both, 2), padded = NULL, cut = NULL;
  g_autoptr (GPtrArray) read = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *bytes = g_malloc0 (4096);
  const SrSvcctlService *first, *second;

  g_assert_true (test_pattern_matches (
    "48000000580000001000000004000000010000002a040000100200c802000000b80b00008a0000009600000000000000"
    "010000000000000000000000000000000000000000000000430065007200740053007600630000005a00650072007400"
    "6900660069006b00610074006400690065006e0073007400650020005a00fc0072006900630068000000570033005300"
    "5600430000000000", buffer));

  /* as a server sends it: in a buffer of the size that was asked for */
  memcpy (bytes, g_bytes_get_data (buffer, NULL), g_bytes_get_size (buffer));
  padded = g_bytes_new (bytes, 4096);
  read = sr_svcctl_services_parse (padded, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (read->len, ==, 2);
  first = g_ptr_array_index (read, 0);
  second = g_ptr_array_index (read, 1);
  g_assert_cmpstr (first->name, ==, "CertSvc");
  g_assert_cmpstr (first->display_name, ==, "Zertifikatdienste Zürich");
  g_assert_cmpmem (&first->status, sizeof status, &status, sizeof status);
  g_assert_cmpstr (second->name, ==, "W3SVC");
  g_assert_cmpuint (second->status.state, ==, 1);

  /* more items than fit, a name outside, a name without an end */
  g_assert_null (sr_svcctl_services_parse (padded, 200, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (sr_svcctl_services_parse (padded, G_MAXUINT32, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  cut = g_bytes_new_from_bytes (buffer, 0, g_bytes_get_size (buffer) - 2);
  g_assert_null (sr_svcctl_services_parse (cut, 2, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  memset (bytes, 0xff, 4);
  g_clear_pointer (&cut, g_bytes_unref);
  cut = g_bytes_new (bytes, 4096);
  g_assert_null (sr_svcctl_services_parse (cut, 2, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
}

/* Opnums and flags of the rows, as the two specifications have them. */
static void
test_rows (void)
{
  g_assert_cmpuint (sr_svcctl.n_methods, ==, 7);
  g_assert_cmpuint (sr_winreg.n_methods, ==, 12);
  for (guint i = 0; i < sr_svcctl.n_methods + sr_winreg.n_methods; i++)
    {
      const SrRpcInterface *iface = i < sr_svcctl.n_methods ? &sr_svcctl : &sr_winreg;
      const SrRpcMethod *method = &iface->methods[i < sr_svcctl.n_methods ? i : i - sr_svcctl.n_methods];

      g_assert_true (sr_rpc_interface_find (iface, method->opnum) == method);
      /* what makes, deletes, starts and stops is never repeated unasked */
      if (strstr (method->name, "Create") != NULL || strstr (method->name, "Delete") != NULL ||
          strstr (method->name, "Start") != NULL || strstr (method->name, "Control") != NULL)
        g_assert_false (method->flags & SR_RPC_METHOD_IDEMPOTENT);
      g_assert_false (method->flags & SR_RPC_METHOD_PLAIN);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host/tables/rows", test_rows);
  g_test_add_func ("/host/tables/svcctl-requests", test_svcctl_requests);
  g_test_add_func ("/host/tables/svcctl-replies", test_svcctl_replies);
  g_test_add_func ("/host/tables/winreg-requests", test_winreg_requests);
  g_test_add_func ("/host/tables/winreg-their-requests", test_winreg_their_requests);
  g_test_add_func ("/host/tables/winreg-replies", test_winreg_replies);
  g_test_add_func ("/host/tables/hostile", test_hostile);
  g_test_add_func ("/host/tables/too-long", test_too_long);
  g_test_add_func ("/host/tables/services", test_services);
  return g_test_run ();
}
