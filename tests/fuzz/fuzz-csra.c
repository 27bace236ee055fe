/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "csra/sr-csra-messages.h"
#include "sr-fuzz.h"

#include <string.h>

/* The first two bytes say which row of ICertAdminD2, and whether its request or its reply; the rest is the stub. */
#define SELECTOR 2

/* Codes what was read; %NULL when a writer's bound forbids it. */
static GBytes *
encode (const SrRpcMethod *method,
        gboolean           is_reply,
        gpointer           message)
{
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, method->name);
  (is_reply ? method->code_reply : method->code_request) (&ndr, message);
  return sr_ndr_finish_bytes (&ndr, NULL);
}

static gpointer
decode (const SrRpcMethod *method,
        gboolean           is_reply,
        const guint8      *data,
        gsize              length)
{
  void (*clear) (gpointer) = is_reply ? method->clear_reply : method->clear_request;
  gpointer message = g_malloc0 (is_reply ? method->reply_size : method->request_size);
  g_autoptr (GError) error = NULL;
  SrNdr ndr;

  sr_ndr_init_reader (&ndr, method->name, data, length);
  (is_reply ? method->code_reply : method->code_request) (&ndr, message);
  if (sr_ndr_finish (&ndr, &error))
    return message;
  g_assert_true (error->domain == SR_ERROR);
  g_assert_true (g_str_has_prefix (error->message, method->name));
  if (clear != NULL)
    clear (message);
  g_free (message);
  return NULL;
}

static void
drop (const SrRpcMethod *method,
      gboolean           is_reply,
      gpointer           message)
{
  void (*clear) (gpointer) = is_reply ? method->clear_reply : method->clear_request;

  if (message != NULL && clear != NULL)
    clear (message);
  g_free (message);
}

/* What was read can be written, and reads the same again. */
int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const SrRpcMethod *method;
  gboolean is_reply;
  gpointer message, copy;
  g_autoptr (GBytes) once = NULL, twice = NULL;

  if (size < SELECTOR)
    return 0;
  method = &sr_icertadmind2.methods[data[0] % sr_icertadmind2.n_methods];
  is_reply = data[1] % 2;
  message = decode (method, is_reply, data + SELECTOR, size - SELECTOR);
  if (message == NULL)
    return 0;

  once = encode (method, is_reply, message);
  g_assert_nonnull (once);
  copy = decode (method, is_reply, g_bytes_get_data (once, NULL), g_bytes_get_size (once));
  g_assert_nonnull (copy);
  twice = encode (method, is_reply, copy);
  g_assert_true (g_bytes_equal (once, twice));
  drop (method, is_reply, copy);
  drop (method, is_reply, message);
  return 0;
}

static void
add_seed (GPtrArray  *seeds,
          SrCsraOpnum opnum,
          gboolean    is_reply,
          gpointer    message)
{
  const SrRpcMethod *method = sr_rpc_interface_find (&sr_icertadmind2, (guint16) opnum);
  g_autoptr (GBytes) stub = encode (method, is_reply, message);
  g_autofree guint8 *input = g_malloc (SELECTOR + g_bytes_get_size (stub));

  input[0] = (guint8) (method - sr_icertadmind2.methods);
  input[1] = is_reply ? 1 : 0;
  if (g_bytes_get_size (stub) > 0)
    memcpy (input + SELECTOR, g_bytes_get_data (stub, NULL), g_bytes_get_size (stub));
  sr_fuzz_add_seed (seeds, input, SELECTOR + g_bytes_get_size (stub));
}

static void
add_requests (GPtrArray *seeds)
{
  char *authority = (char *) "Contoso CA";
  SrCsraEmptyRequest empty = { 0 };
  SrCsraAuthorityRequest plain = { authority };
  SrCsraServerControlRequest control = { authority, 1 };
  SrCsraBackupPrepareRequest prepare = { authority, 1, 2, 0, 0 };
  SrCsraBackupOpenFileRequest open = { (char *) "\\\\ca\\C$\\x.edb" };
  SrCsraBackupReadFileRequest read = { 65536 };
  SrCsraGetCaPropertyRequest property = { authority, 12, 0, 3 };
  SrCsraConfigEntryRequest entry = { authority, (char *) "", (char *) "InterfaceFlags" };

  for (guint i = 0; i < sr_icertadmind2.n_methods; i++)
    if (sr_icertadmind2.methods[i].request_size == sizeof empty && sr_icertadmind2.methods[i].clear_request == NULL
        && sr_icertadmind2.methods[i].opnum != SR_CSRA_BACKUP_READ_FILE)
      add_seed (seeds, sr_icertadmind2.methods[i].opnum, FALSE, &empty);
  add_seed (seeds, SR_CSRA_PING, FALSE, &plain);
  add_seed (seeds, SR_CSRA_GET_SERVER_STATE, FALSE, &plain);
  add_seed (seeds, SR_CSRA_PING2, FALSE, &plain);
  add_seed (seeds, SR_CSRA_GET_MY_ROLES, FALSE, &plain);
  add_seed (seeds, SR_CSRA_SERVER_CONTROL, FALSE, &control);
  add_seed (seeds, SR_CSRA_BACKUP_PREPARE, FALSE, &prepare);
  add_seed (seeds, SR_CSRA_BACKUP_OPEN_FILE, FALSE, &open);
  add_seed (seeds, SR_CSRA_BACKUP_READ_FILE, FALSE, &read);
  add_seed (seeds, SR_CSRA_GET_CA_PROPERTY, FALSE, &property);
  add_seed (seeds, SR_CSRA_GET_CONFIG_ENTRY, FALSE, &entry);
}

static void
add_variants (GPtrArray *seeds)
{
  const char *items[] = { "65:C:\\a.crl", "", "6:http://b", NULL };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\1\2\3\4\5", 5);
  const SrVariant values[] = {
    { SR_VT_EMPTY },
    { SR_VT_I4, .number = 0x641 },
    { SR_VT_BSTR, .text = (char *) "Zürich" },
    { SR_VT_BSTR },
    { SR_VT_ARRAY_UI1, .bytes = bytes },
    { SR_VT_ARRAY_BSTR, .strings = (char **) items },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      SrCsraSetConfigEntryRequest set = { { (char *) "CA", (char *) "", (char *) "E" }, values[i] };
      SrCsraConfigEntryReply reply = { values[i], SR_S_OK };

      add_seed (seeds, SR_CSRA_SET_CONFIG_ENTRY, FALSE, &set);
      add_seed (seeds, SR_CSRA_GET_CONFIG_ENTRY, TRUE, &reply);
    }
}

static void
add_replies (GPtrArray *seeds)
{
  g_autoptr (GBytes) utf16 = g_bytes_new_static ("D\0\\\0a\0\0\0!\0b\0\0\0\0\0", 16);
  SrCsraStatusReply status = { SR_E_ACCESSDENIED };
  SrCsraNumberReply number = { 0x108, SR_S_OK };
  SrCsraListReply list = { utf16, SR_S_OK }, no_list = { NULL, SR_S_OK };
  SrCsraBlobReply blob = { utf16, SR_S_OK }, no_blob = { NULL, SR_S_OK };
  SrCsraBackupOpenFileReply open = { G_GUINT64_CONSTANT (5000000000), SR_S_OK };
  SrCsraBackupReadFileReply read = { (const guint8 *) "hello...", 8, 5, NULL, SR_S_OK };

  for (guint i = 0; i < sr_icertadmind2.n_methods; i++)
    if (sr_icertadmind2.methods[i].reply_size == sizeof status)
      add_seed (seeds, sr_icertadmind2.methods[i].opnum, TRUE, &status);
  add_seed (seeds, SR_CSRA_GET_SERVER_STATE, TRUE, &number);
  add_seed (seeds, SR_CSRA_GET_MY_ROLES, TRUE, &number);
  add_seed (seeds, SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, TRUE, &list);
  add_seed (seeds, SR_CSRA_BACKUP_GET_BACKUP_LOGS, TRUE, &no_list);
  add_seed (seeds, SR_CSRA_BACKUP_GET_DYNAMIC_FILES, TRUE, &list);
  add_seed (seeds, SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS, TRUE, &list);
  add_seed (seeds, SR_CSRA_GET_CA_PROPERTY, TRUE, &blob);
  add_seed (seeds, SR_CSRA_SERVER_CONTROL, TRUE, &no_blob);
  add_seed (seeds, SR_CSRA_BACKUP_OPEN_FILE, TRUE, &open);
  add_seed (seeds, SR_CSRA_BACKUP_READ_FILE, TRUE, &read);
}

void
sr_fuzz_add_seeds (GPtrArray *seeds)
{
  add_requests (seeds);
  add_variants (seeds);
  add_replies (seeds);
}
