/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-stubs.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"
#include "dcom/sr-orpc.h"

#include <string.h>

#define REQUEST FALSE
#define REPLY TRUE

/* ORPCTHIS and ORPCTHAT without extensions, in front of the recorded stubs. */
#define ORPCTHIS "05000700 00000000 00000000 11111111111111111111111111111111 00000000"
#define ORPCTHAT "00000000 00000000"
#define ORPCTHIS_LENGTH 32
#define ORPCTHAT_LENGTH 8

#define UTF16_CONTOSO_CA "43006f006e0074006f0073006f002000430041000000"
#define UTF16_PATH "5c005c00630061005c00430024005c0078002e006500640062000000"

static const char *const locations[] = { "D\\\\ca\\C$\\ca.edb", "\xc2\x82\\\\ca\\C$\\log", "\xc2\x83\\\\ca\\C$\\sys", NULL };
static const char *const databases[] = { "D\\\\ca\\C$\\ca.edb", NULL };

/*
 * What two independent clients (impacket 0.12 and a library in Go) made of the
 * same inputs, behind ORPCTHIS or ORPCTHAT. Referent ids and gaps are free.
 */
static const struct
{
  SrCsraOpnum opnum;
  gboolean is_reply;
  const char *pattern;
} vectors[] = {
  { SR_CSRA_BACKUP_PREPARE, REQUEST,
    "........ 0b000000 00000000 0b000000" UTF16_CONTOSO_CA ".... 01000000 02000000 0000.... 88776655" },
  { SR_CSRA_BACKUP_END, REQUEST, "" },
  { SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, REQUEST, "" },
  { SR_CSRA_BACKUP_GET_BACKUP_LOGS, REQUEST, "" },
  { SR_CSRA_BACKUP_OPEN_FILE, REQUEST, "........ 0e000000 00000000 0e000000" UTF16_PATH },
  { SR_CSRA_BACKUP_READ_FILE, REQUEST, "00000100" },
  { SR_CSRA_BACKUP_CLOSE_FILE, REQUEST, "" },
  { SR_CSRA_BACKUP_TRUNCATE_LOGS, REQUEST, "" },
  { SR_CSRA_BACKUP_GET_DYNAMIC_FILES, REQUEST, "" },
  { SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS, REQUEST, "" },
  { SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS, REPLY,
    "........ 2d000000"
    "44005c005c00630061005c00430024005c00630061002e006500640062000000"
    "82005c005c00630061005c00430024005c006c006f0067000000"
    "83005c005c00630061005c00430024005c007300790073000000 000000000000"
    ".... 2d000000 00000000" },
  { SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, REPLY,
    "........ 11000000 44005c005c00630061005c00430024005c00630061002e006500640062000000 0000"
    ".... 11000000 00000000" },
  { SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, REPLY, "00000000 00000000 00000000" },
  { SR_CSRA_BACKUP_OPEN_FILE, REPLY, "0807060504030201 00000000" },
  { SR_CSRA_BACKUP_READ_FILE, REPLY, "08000000 0102030000000000 03000000 00000000" },
  { SR_CSRA_GET_CONFIG_ENTRY, REPLY,
    "........ ........ 03000000 00000000 0300 0000 0000 0000 03000000 41060000 00000000" },
  { SR_CSRA_GET_MY_ROLES, REPLY, "08010000 00000000" },
};

/* The recorded list was closed by three NULs where one is enough. */
static GBytes *
locations_as_recorded (void)
{
  static const guint8 zeros[4];
  g_autoptr (GBytes) list = sr_utf16_list_build (locations);
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, g_bytes_get_data (list, NULL), (guint) g_bytes_get_size (list));
  g_byte_array_append (array, zeros, sizeof zeros);
  return g_byte_array_free_to_bytes (array);
}

/* The inputs of vectors[i], coded by us. */
static GBytes *
encode_inputs (gsize i)
{
  const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind2, (guint16) vectors[i].opnum);
  g_autoptr (GBytes) list = NULL;

  if (!vectors[i].is_reply)
    switch (vectors[i].opnum)
      {
      case SR_CSRA_BACKUP_PREPARE:
        {
          SrCsraBackupPrepareRequest m = { (char *) "Contoso CA", 1, 2, 0, 0x55667788 };
          return test_encode (method, REQUEST, &m);
        }
      case SR_CSRA_BACKUP_OPEN_FILE:
        {
          SrCsraBackupOpenFileRequest m = { (char *) "\\\\ca\\C$\\x.edb" };
          return test_encode (method, REQUEST, &m);
        }
      case SR_CSRA_BACKUP_READ_FILE:
        {
          SrCsraBackupReadFileRequest m = { 65536 };
          return test_encode (method, REQUEST, &m);
        }
      default:
        {
          SrCsraEmptyRequest m = { 0 };
          return test_encode (method, REQUEST, &m);
        }
      }

  switch (vectors[i].opnum)
    {
    case SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS:
    case SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION:
      {
        SrCsraListReply m = { 0 };

        if (vectors[i].opnum == SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS)
          list = locations_as_recorded ();
        else if (vectors[i].pattern[0] == '.')
          list = sr_utf16_list_build (databases);
        m.list = list;
        return test_encode (method, REPLY, &m);
      }
    case SR_CSRA_BACKUP_OPEN_FILE:
      {
        SrCsraBackupOpenFileReply m = { .length = G_GUINT64_CONSTANT (0x0102030405060708) };
        return test_encode (method, REPLY, &m);
      }
    case SR_CSRA_BACKUP_READ_FILE:
      {
        const guint8 bytes[8] = { 1, 2, 3 };
        SrCsraBackupReadFileReply m = { .buffer = bytes, .size = 8, .read = 3 };
        return test_encode (method, REPLY, &m);
      }
    case SR_CSRA_GET_CONFIG_ENTRY:
      {
        SrCsraConfigEntryReply m = { .value = { .type = SR_VT_I4, .number = 0x641 } };
        return test_encode (method, REPLY, &m);
      }
    case SR_CSRA_GET_MY_ROLES:
      {
        SrCsraNumberReply m = { .value = 0x108 };
        return test_encode (method, REPLY, &m);
      }
    default:
      g_assert_not_reached ();
    }
}

/* Decodes @stub, codes it again, and compares with what our inputs give. */
static void
check_stub (gsize   i,
            GBytes *stub)
{
  const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind2, (guint16) vectors[i].opnum);
  gboolean is_reply = vectors[i].is_reply;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) ours = encode_inputs (i);
  g_autoptr (GBytes) again = NULL;
  gpointer message = test_decode (method, is_reply, stub, &error);

  g_assert_no_error (error);
  again = test_encode (method, is_reply, message);
  g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again),
                   g_bytes_get_data (ours, NULL), g_bytes_get_size (ours));
  test_free_message (method, is_reply, message);
}

/* @stub with the header that stands before it, coded by us. */
static GBytes *
add_header (gboolean is_reply,
            GBytes  *stub)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) whole = NULL;
  const guint8 *data = g_bytes_get_data (stub, NULL);
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "header");
  if (is_reply)
    {
      SrOrpcThat that = { 0 };

      sr_orpc_that_code (&ndr, &that);
    }
  else
    {
      SrOrpcThis orpc_this = { .version = { 5, 7 } };

      memset (&orpc_this.cid, 0x11, sizeof orpc_this.cid);
      sr_orpc_this_code (&ndr, &orpc_this);
    }
  sr_ndr_view (&ndr, "stub", &data, g_bytes_get_size (stub));
  whole = sr_ndr_finish_bytes (&ndr, &error);
  g_assert_no_error (error);
  return g_steal_pointer (&whole);
}

static void
test_vectors (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      g_autoptr (GBytes) ours = encode_inputs (i);
      g_autoptr (GBytes) theirs = test_pattern_bytes (vectors[i].pattern, 0xbf);
      g_autoptr (GBytes) whole = NULL;
      g_autofree char *pattern = g_strconcat (vectors[i].is_reply ? ORPCTHAT : ORPCTHIS, vectors[i].pattern, NULL);

      g_test_message ("opnum %d %s", vectors[i].opnum, vectors[i].is_reply ? "reply" : "request");
      g_assert_true (test_pattern_matches (vectors[i].pattern, ours));
      check_stub (i, theirs);
      whole = add_header (vectors[i].is_reply, ours);
      g_assert_true (test_pattern_matches (pattern, whole));
    }
}

/* In front of a value in SetConfigEntry: "CA", an empty node path, and "E". */
#define ENTRY_WHERE \
  "........ 03000000 00000000 03000000 430041000000 ...." \
  "........ 01000000 00000000 01000000 0000 ...." \
  "02000000 00000000 02000000 45000000"

/*
 * SetConfigEntry as impacket 0.12's NDR engine makes it, with the structures of
 * MS-OAUT 2.2.29 and 2.2.30. It does not count clSize, so that is free here.
 */
static void
test_variant_vectors (void)
{
  const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind2, SR_CSRA_SET_CONFIG_ENTRY);
  const char *items[] = { "a", "bc", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\1\2\3", 3);
  const struct
  {
    SrVariant value;
    const char *pattern;
  } cases[] = {
    { { SR_VT_EMPTY },
      ENTRY_WHERE "........ ..000000 00000000 0000 000000000000 00000000" },
    { { SR_VT_I4, .number = -5 },
      ENTRY_WHERE "........ ..000000 00000000 0300 000000000000 03000000 fbffffff" },
    { { SR_VT_BSTR, .text = (char *) "ab" },
      ENTRY_WHERE "........ ..000000 00000000 0800 000000000000 08000000"
      "........ 02000000 04000000 02000000 61006200" },
    { { SR_VT_ARRAY_UI1, .bytes = bytes },
      ENTRY_WHERE "........ ..000000 00000000 1120 000000000000 00200000"
      "........ ........ 01000000 0100 8000 01000000 00001100 10000000 03000000 ........"
      "03000000 00000000 03000000 010203" },
    { { SR_VT_ARRAY_BSTR, .strings = (char **) items },
      ENTRY_WHERE "........ ..000000 00000000 0820 000000000000 00200000"
      "........ ........ 01000000 0100 8001 04000000 00000800 08000000 02000000 ........"
      "02000000 00000000 02000000 ........ ........"
      "01000000 02000000 01000000 6100 .... 02000000 04000000 02000000 62006300" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      SrCsraSetConfigEntryRequest m = {
        { (char *) "CA", (char *) "", (char *) "E" }, cases[i].value
      };
      g_autoptr (GBytes) ours = test_encode (method, REQUEST, &m);
      g_autoptr (GBytes) theirs = test_pattern_bytes (cases[i].pattern, 0xab);
      g_autoptr (GBytes) again = NULL;
      g_autoptr (GError) error = NULL;
      gpointer message = test_decode (method, REQUEST, theirs, &error);

      g_assert_no_error (error);
      g_assert_true (test_pattern_matches (cases[i].pattern, ours));
      again = test_encode (method, REQUEST, message);
      g_assert_true (g_bytes_equal (again, ours));
      test_free_message (method, REQUEST, message);
    }
}

/* The values that the vectors decode to, looked at one by one. */
static void
test_vector_values (void)
{
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind2, (guint16) vectors[i].opnum);
      g_autoptr (GBytes) stub = test_pattern_bytes (vectors[i].pattern, 0xbf);
      gpointer message = test_decode (method, vectors[i].is_reply, stub, &error);

      g_assert_no_error (error);
      if (vectors[i].opnum == SR_CSRA_BACKUP_PREPARE)
        {
          SrCsraBackupPrepareRequest *m = message;

          g_assert_cmpstr (m->authority, ==, "Contoso CA");
          g_assert_cmpuint (m->grbit, ==, 1);
          g_assert_cmpuint (m->flags, ==, 2);
          g_assert_cmpuint (m->annotation, ==, 0);
          g_assert_cmpuint (m->client_id, ==, 0x55667788);
        }
      else if (vectors[i].opnum == SR_CSRA_BACKUP_OPEN_FILE && vectors[i].is_reply)
        g_assert_cmpuint (((SrCsraBackupOpenFileReply *) message)->length, ==, G_GUINT64_CONSTANT (0x0102030405060708));
      else if (vectors[i].opnum == SR_CSRA_BACKUP_OPEN_FILE)
        g_assert_cmpstr (((SrCsraBackupOpenFileRequest *) message)->path, ==, "\\\\ca\\C$\\x.edb");
      else if (vectors[i].opnum == SR_CSRA_BACKUP_READ_FILE && vectors[i].is_reply)
        {
          SrCsraBackupReadFileReply *m = message;
          const guint8 *stub_data = g_bytes_get_data (stub, NULL);

          /* A view: nothing was copied. */
          g_assert_true (m->buffer == stub_data + 4);
          g_assert_cmpuint (m->size, ==, 8);
          g_assert_cmpuint (m->read, ==, 3);
        }
      else if (vectors[i].opnum == SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS && vectors[i].is_reply)
        {
          SrCsraListReply *m = message;
          g_auto (GStrv) names = sr_utf16_list_parse (g_bytes_get_data (m->list, NULL),
                                                      g_bytes_get_size (m->list), 16, &error);

          g_assert_no_error (error);
          g_assert_cmpstrv (names, locations);
          g_assert_cmpuint (g_bytes_get_size (m->list), ==, 90);
        }
      else if (vectors[i].opnum == SR_CSRA_GET_CONFIG_ENTRY)
        {
          SrCsraConfigEntryReply *m = message;

          g_assert_cmpint (m->value.type, ==, SR_VT_I4);
          g_assert_cmpint (m->value.number, ==, 0x641);
        }
      else if (vectors[i].opnum == SR_CSRA_GET_MY_ROLES)
        g_assert_cmpuint (((SrCsraNumberReply *) message)->value, ==, 0x108);
      test_free_message (method, vectors[i].is_reply, message);
    }
}

static GBytes *
bytes_of_hex (const char *hex)
{
  return test_pattern_bytes (hex, 0);
}

/* One line of the recorded file: "20 Name hex" or "R20 Name [word] hex". Returns whether it was a stub. */
static gboolean
check_recorded_line (const char *line)
{
  g_auto (GStrv) words = NULL;
  gboolean is_reply = line[0] == 'R';
  guint64 opnum;
  gsize skip = is_reply ? ORPCTHAT_LENGTH : ORPCTHIS_LENGTH;
  g_autoptr (GBytes) whole = NULL, stub = NULL, header = NULL;
  guint n_words;

  if (!is_reply && !g_ascii_isdigit (line[0]))
    return FALSE;
  words = g_strsplit_set (line, " ", -1);
  n_words = g_strv_length (words);
  opnum = g_ascii_strtoull (words[0] + (is_reply ? 1 : 0), NULL, 10);
  whole = bytes_of_hex (words[n_words - 1]);
  header = bytes_of_hex (is_reply ? ORPCTHAT : ORPCTHIS);
  g_assert_cmpuint (g_bytes_get_size (whole), >=, skip);
  g_assert_cmpmem (g_bytes_get_data (whole, NULL), skip, g_bytes_get_data (header, NULL), g_bytes_get_size (header));
  stub = g_bytes_new_from_bytes (whole, skip, g_bytes_get_size (whole) - skip);

  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    if (vectors[i].opnum == opnum && vectors[i].is_reply == is_reply
        && test_pattern_matches (vectors[i].pattern, stub))
      {
        check_stub (i, stub);
        return TRUE;
      }
  g_test_message ("%s", line);
  g_test_fail_printf ("no vector of ours fits");
  return TRUE;
}

static void
test_recorded_file (void)
{
  const char *shared = g_getenv ("STRONGROOM_SHARED");
  g_autofree char *path = g_build_filename (shared != NULL ? shared : "", "vectors", "csra-stubs.txt", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint n = 0;

  if (shared == NULL || !g_file_get_contents (path, &text, NULL, NULL))
    {
      g_test_skip ("the folder of shared vectors (csra-stubs.txt) is not here");
      return;
    }
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; lines[i] != NULL; i++)
    if (check_recorded_line (lines[i]))
      n++;
  g_test_message ("%u recorded stubs", n);
  g_assert_cmpuint (n, >=, 21);
}

static void
test_tables (void)
{
  static const guint16 inherited[] = { 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 29, 30 };
  static const guint16 own[] = { 32, 38, 44, 45, 47 };

  g_assert_cmpuint (sr_icertadmind.n_methods, ==, G_N_ELEMENTS (inherited));
  g_assert_cmpuint (sr_icertadmind2.n_methods, ==, G_N_ELEMENTS (inherited) + G_N_ELEMENTS (own));
  for (gsize i = 0; i < sr_icertadmind2.n_methods; i++)
    {
      const SrRpcMethod *method = &sr_icertadmind2.methods[i];

      if (i < G_N_ELEMENTS (inherited))
        {
          g_assert_cmpuint (method->opnum, ==, inherited[i]);
          g_assert_cmpstr (method->name, ==, sr_icertadmind.methods[i].name);
          g_assert_true (method->code_request == sr_icertadmind.methods[i].code_request);
          g_assert_true (method->code_reply == sr_icertadmind.methods[i].code_reply);
        }
      else
        g_assert_cmpuint (method->opnum, ==, own[i - G_N_ELEMENTS (inherited)]);
      g_assert_cmpuint (method->request_size, >, 0);
      g_assert_cmpuint (method->reply_size, >, 0);
    }
  g_assert_true (sr_rpc_interface_find (&sr_icertadmind, 25)->flags & SR_RPC_METHOD_BULK);
  g_assert_false (sr_rpc_interface_find (&sr_icertadmind, 20)->flags & SR_RPC_METHOD_IDEMPOTENT);
}

/* Messages that no vector covers, coded and decoded again. */

static gpointer
through_the_wire (SrCsraOpnum opnum,
                  gboolean    is_reply,
                  gpointer    message)
{
  const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind2, (guint16) opnum);
  g_autoptr (GBytes) stub = test_encode (method, is_reply, message);
  g_autoptr (GError) error = NULL;
  gpointer copy = test_decode (method, is_reply, stub, &error);

  g_assert_no_error (error);
  return copy;
}

static void
drop (SrCsraOpnum opnum,
      gboolean    is_reply,
      gpointer    message)
{
  test_free_message (sr_rpc_interface_find (&sr_icertadmind2, (guint16) opnum), is_reply, message);
}

static void
test_round_trip_requests (void)
{
  SrCsraServerControlRequest control = { (char *) "CA", 3 };
  SrCsraAuthorityRequest ping = { NULL };
  SrCsraGetCaPropertyRequest property = { (char *) "Zürich \U0001f512 CA", -1, 2, 4 };
  SrCsraSetConfigEntryRequest set = {
    { (char *) "CA", (char *) "", (char *) "InterfaceFlags" }, { .type = SR_VT_I4, .number = -7 }
  };
  SrCsraServerControlRequest *control_copy = through_the_wire (SR_CSRA_SERVER_CONTROL, REQUEST, &control);
  SrCsraAuthorityRequest *ping_copy = through_the_wire (SR_CSRA_PING2, REQUEST, &ping);
  SrCsraGetCaPropertyRequest *property_copy = through_the_wire (SR_CSRA_GET_CA_PROPERTY, REQUEST, &property);
  SrCsraSetConfigEntryRequest *set_copy = through_the_wire (SR_CSRA_SET_CONFIG_ENTRY, REQUEST, &set);

  g_assert_cmpstr (control_copy->authority, ==, "CA");
  g_assert_cmpuint (control_copy->control, ==, 3);
  g_assert_null (ping_copy->authority);
  g_assert_cmpstr (property_copy->authority, ==, "Zürich \U0001f512 CA");
  g_assert_cmpint (property_copy->id, ==, -1);
  g_assert_cmpint (property_copy->index, ==, 2);
  g_assert_cmpint (property_copy->type, ==, 4);
  g_assert_cmpstr (set_copy->where.authority, ==, "CA");
  g_assert_cmpstr (set_copy->where.node, ==, "");
  g_assert_cmpstr (set_copy->where.entry, ==, "InterfaceFlags");
  g_assert_cmpint (set_copy->value.number, ==, -7);

  drop (SR_CSRA_SERVER_CONTROL, REQUEST, control_copy);
  drop (SR_CSRA_PING2, REQUEST, ping_copy);
  drop (SR_CSRA_GET_CA_PROPERTY, REQUEST, property_copy);
  drop (SR_CSRA_SET_CONFIG_ENTRY, REQUEST, set_copy);
}

static void
test_round_trip_replies (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abcde", 5);
  SrCsraBlobReply blob = { .blob = bytes, .hr = SR_S_FALSE };
  SrCsraBlobReply empty = { .hr = SR_E_INVALIDARG };
  SrCsraStatusReply status = { .hr = SR_HRESULT_FROM_JET (SR_JET_BACKUP_IN_PROGRESS) };
  SrCsraBackupReadFileReply failed = { .hr = SR_E_ACCESSDENIED };
  SrCsraBlobReply *blob_copy = through_the_wire (SR_CSRA_GET_CA_PROPERTY, REPLY, &blob);
  SrCsraBlobReply *empty_copy = through_the_wire (SR_CSRA_SERVER_CONTROL, REPLY, &empty);
  SrCsraStatusReply *status_copy = through_the_wire (SR_CSRA_BACKUP_PREPARE, REPLY, &status);
  SrCsraBackupReadFileReply *failed_copy = through_the_wire (SR_CSRA_BACKUP_READ_FILE, REPLY, &failed);

  g_assert_true (g_bytes_equal (blob_copy->blob, bytes));
  g_assert_cmphex (blob_copy->hr, ==, SR_S_FALSE);
  g_assert_null (empty_copy->blob);
  g_assert_cmphex (empty_copy->hr, ==, SR_E_INVALIDARG);
  g_assert_cmphex (status_copy->hr, ==, 0xc80001f9);
  g_assert_cmpuint (failed_copy->size, ==, 0);
  g_assert_cmphex (failed_copy->hr, ==, SR_E_ACCESSDENIED);

  drop (SR_CSRA_GET_CA_PROPERTY, REPLY, blob_copy);
  drop (SR_CSRA_SERVER_CONTROL, REPLY, empty_copy);
  drop (SR_CSRA_BACKUP_PREPARE, REPLY, status_copy);
  drop (SR_CSRA_BACKUP_READ_FILE, REPLY, failed_copy);
}

/* Zeros for annotation, gap and client id are what a client sends that takes the annotation for a null pointer. */
static void
test_annotation_reads_both_ways (void)
{
  SrCsraBackupPrepareRequest m = { (char *) "CA", 0, 1, 0, 0 };
  const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind, SR_CSRA_BACKUP_PREPARE);
  g_autoptr (GBytes) stub = test_encode (method, REQUEST, &m);

  g_assert_true (test_pattern_matches ("........ 03000000 00000000 03000000 430041000000 ...."
                                       "00000000 01000000 00000000 00000000", stub));
}

/* Every stub cut short, and every stub with a byte too many, is refused with the method's name. */
static void
test_wrong_lengths (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (vectors); i++)
    {
      const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind2, (guint16) vectors[i].opnum);
      g_autoptr (GBytes) stub = test_pattern_bytes (vectors[i].pattern, 0xbf);
      gsize length = g_bytes_get_size (stub);

      for (gsize cut = 0; cut <= length; cut++)
        {
          g_autofree guint8 *copy = g_malloc0 (length + 1);
          g_autoptr (GBytes) wrong = NULL;
          g_autoptr (GError) error = NULL;

          if (length > 0)
            memcpy (copy, g_bytes_get_data (stub, NULL), length);
          wrong = g_bytes_new (copy, cut < length ? cut : length + 1);
          g_assert_null (test_decode (method, vectors[i].is_reply, wrong, &error));
          g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
          g_assert_true (g_str_has_prefix (error->message, method->name));
        }
    }
}

static const struct
{
  const char *what;
  SrCsraOpnum opnum;
  gboolean is_reply;
  const char *hex;
  SrError code;
  const char *field;
} hostile[] = {
  { "a string longer than the stub", SR_CSRA_PING, REQUEST,
    "01000000 ff030000 00000000 ff030000 4100", SR_ERROR_MALFORMED, "pwszAuthority" },
  { "a string beyond the bound", SR_CSRA_PING, REQUEST,
    "01000000 ffffff7f 00000000 ffffff7f 4100", SR_ERROR_LIMIT, "pwszAuthority" },
  { "a string without its NUL", SR_CSRA_PING, REQUEST,
    "01000000 02000000 00000000 02000000 41004200", SR_ERROR_MALFORMED, "pwszAuthority" },
  { "a string of nothing", SR_CSRA_PING, REQUEST,
    "01000000 00000000 00000000 00000000", SR_ERROR_MALFORMED, "pwszAuthority" },
  { "a string with an offset", SR_CSRA_PING, REQUEST,
    "01000000 02000000 01000000 02000000 41000000", SR_ERROR_MALFORMED, "pwszAuthority" },
  { "an unpaired surrogate", SR_CSRA_PING, REQUEST,
    "01000000 02000000 00000000 02000000 00d80000", SR_ERROR_MALFORMED, "pwszAuthority" },
  { "a read above the bound", SR_CSRA_BACKUP_READ_FILE, REQUEST, "01004000", SR_ERROR_LIMIT, "cbBuffer" },
  { "a negative read", SR_CSRA_BACKUP_READ_FILE, REQUEST, "ffffffff", SR_ERROR_LIMIT, "cbBuffer" },
  { "more read than the buffer holds", SR_CSRA_BACKUP_READ_FILE, REPLY,
    "04000000 00010203 05000000 00000000", SR_ERROR_MALFORMED, "pcbRead" },
  { "a negative count read", SR_CSRA_BACKUP_READ_FILE, REPLY,
    "04000000 00010203 ffffffff 00000000", SR_ERROR_MALFORMED, "pcbRead" },
  { "a buffer above the bound", SR_CSRA_BACKUP_READ_FILE, REPLY,
    "ffffffff 00010203 04000000 00000000", SR_ERROR_LIMIT, "pbBuffer" },
  { "a list above the bound", SR_CSRA_BACKUP_GET_BACKUP_LOGS, REPLY,
    "01000000 ffffffff 00000000 01000000 00000000", SR_ERROR_LIMIT, "list" },
  { "a list longer than the stub", SR_CSRA_BACKUP_GET_BACKUP_LOGS, REPLY,
    "01000000 00007000 00000000 01000000 00000000", SR_ERROR_MALFORMED, "list" },
  { "two counts of a list", SR_CSRA_BACKUP_GET_BACKUP_LOGS, REPLY,
    "01000000 02000000 00000000 03000000 00000000", SR_ERROR_MALFORMED, "count" },
  { "a count without a list", SR_CSRA_BACKUP_GET_BACKUP_LOGS, REPLY,
    "00000000 03000000 00000000", SR_ERROR_MALFORMED, "count" },
  { "two counts of a blob", SR_CSRA_GET_CA_PROPERTY, REPLY,
    "05000000 01000000 04000000 41424344 00000000", SR_ERROR_MALFORMED, "cb" },
  { "a count without a blob", SR_CSRA_GET_CA_PROPERTY, REPLY,
    "05000000 00000000 00000000", SR_ERROR_MALFORMED, "cb" },
  { "a blob above the bound", SR_CSRA_GET_CA_PROPERTY, REPLY,
    "01000001 01000000 01000001", SR_ERROR_LIMIT, "cb" },
};

static void
test_hostile_stubs (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind2, (guint16) hostile[i].opnum);
      g_autoptr (GBytes) stub = bytes_of_hex (hostile[i].hex);
      g_autofree char *start = g_strdup_printf ("%s: %s at byte ", method->name, hostile[i].field);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", hostile[i].what);
      g_assert_null (test_decode (method, hostile[i].is_reply, stub, &error));
      g_assert_error (error, SR_ERROR, (int) hostile[i].code);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, start));
    }
}

/* The other members of a failed reply mean nothing, so nothing is asked of them. */
static void
test_failed_replies (void)
{
  g_autoptr (GBytes) list = bytes_of_hex ("00000000 03000000 090200c8");
  g_autoptr (GBytes) read = bytes_of_hex ("00000000 ffffffff 090200c8");
  g_autoptr (GError) error = NULL;
  SrCsraListReply *list_reply
    = test_decode (sr_rpc_interface_find (&sr_icertadmind, SR_CSRA_BACKUP_GET_BACKUP_LOGS), REPLY, list, &error);
  SrCsraBackupReadFileReply *read_reply
    = test_decode (sr_rpc_interface_find (&sr_icertadmind, SR_CSRA_BACKUP_READ_FILE), REPLY, read, &error);

  g_assert_no_error (error);
  g_assert_cmphex (list_reply->hr, ==, 0xc8000209);
  g_assert_cmphex (read_reply->hr, ==, 0xc8000209);
  drop (SR_CSRA_BACKUP_GET_BACKUP_LOGS, REPLY, list_reply);
  drop (SR_CSRA_BACKUP_READ_FILE, REPLY, read_reply);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/csra/messages/tables", test_tables);
  g_test_add_func ("/csra/messages/vectors", test_vectors);
  g_test_add_func ("/csra/messages/vector-values", test_vector_values);
  g_test_add_func ("/csra/messages/variant-vectors", test_variant_vectors);
  g_test_add_func ("/csra/messages/recorded-file", test_recorded_file);
  g_test_add_func ("/csra/messages/round-trip/requests", test_round_trip_requests);
  g_test_add_func ("/csra/messages/round-trip/replies", test_round_trip_replies);
  g_test_add_func ("/csra/messages/annotation", test_annotation_reads_both_ways);
  g_test_add_func ("/csra/messages/wrong-lengths", test_wrong_lengths);
  g_test_add_func ("/csra/messages/hostile", test_hostile_stubs);
  g_test_add_func ("/csra/messages/failed-replies", test_failed_replies);

  return g_test_run ();
}
