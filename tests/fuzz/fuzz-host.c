/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "host/tables/sr-svcctl-services.h"
#include "host/tables/sr-winreg-messages.h"
#include "sr-fuzz.h"

#include <string.h>

/* The first two bytes say which row of svcctl or winreg, and whether its
 * request or its reply; the rest is the stub. */
#define SELECTOR 2

static const SrRpcMethod *
get_row (guint8 selector)
{
  guint row = selector % (sr_svcctl.n_methods + sr_winreg.n_methods);

  return row < sr_svcctl.n_methods ? &sr_svcctl.methods[row] : &sr_winreg.methods[row - sr_svcctl.n_methods];
}

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

static void
drop (const SrRpcMethod *method,
      gboolean           is_reply,
      gpointer           message)
{
  void (*clear) (gpointer) = is_reply ? method->clear_reply : method->clear_request;

  if (clear != NULL)
    clear (message);
  g_free (message);
}

static gpointer
decode (const SrRpcMethod *method,
        gboolean           is_reply,
        const guint8      *data,
        gsize              length)
{
  gpointer message = g_malloc0 (is_reply ? method->reply_size : method->request_size);
  g_autoptr (GError) error = NULL;
  SrNdr ndr;

  sr_ndr_init_reader (&ndr, method->name, data, length);
  (is_reply ? method->code_reply : method->code_request) (&ndr, message);
  if (sr_ndr_finish (&ndr, &error))
    return message;
  g_assert_true (error->domain == SR_ERROR);
  g_assert_true (g_str_has_prefix (error->message, method->name));
  drop (method, is_reply, message);
  return NULL;
}

/* The list of services within a reply is bytes of the server's, too: what is read can be written, and is the same again. */
static void
check_services (const SrSvcctlEnumReply *reply)
{
  g_autoptr (GPtrArray) services = sr_svcctl_services_parse (reply->buffer, reply->returned, NULL);
  g_autofree SrSvcctlService *copies = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GBytes) built = NULL;

  if (services == NULL)
    return;
  copies = g_new0 (SrSvcctlService, services->len + 1);
  for (guint i = 0; i < services->len; i++)
    copies[i] = *(const SrSvcctlService *) g_ptr_array_index (services, i);
  built = sr_svcctl_services_build (copies, services->len);
  again = sr_svcctl_services_parse (built, services->len, NULL);
  g_assert_nonnull (again);
  for (guint i = 0; i < services->len; i++)
    g_assert_cmpstr (((const SrSvcctlService *) g_ptr_array_index (again, i))->name, ==, copies[i].name);
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
  method = get_row (data[0]);
  is_reply = data[1] % 2;
  message = decode (method, is_reply, data + SELECTOR, size - SELECTOR);
  if (message == NULL)
    return 0;
  if (is_reply && method == sr_rpc_interface_find (&sr_svcctl, SR_SVCCTL_ENUM_DEPENDENT_SERVICES))
    check_services (message);
  once = encode (method, is_reply, message);
  /* a string at its bound that came without its NUL has no room for one */
  if (once != NULL)
    {
      copy = decode (method, is_reply, g_bytes_get_data (once, NULL), g_bytes_get_size (once));
      g_assert_nonnull (copy);
      twice = encode (method, is_reply, copy);
      g_assert_true (g_bytes_equal (once, twice));
      drop (method, is_reply, copy);
    }
  drop (method, is_reply, message);
  return 0;
}

static void
add_seed (GPtrArray  *seeds,
          guint       row,
          gboolean    is_reply,
          const char *stub)
{
  g_autofree char *hex = g_strdup_printf ("%02x %02x %s", row, is_reply, stub);

  sr_fuzz_add_hex_seed (seeds, hex);
}

#define HANDLE "00000000 0102030405060708090a0b0c0d0e0f10"
#define NAME "0800 0800 00000200 04000000 00000000 04000000 4f00640064000000"
#define DATA "00000200 01000000 04000200 05000000 00000000 05000000 6162636465 000000 08000200 05000000 0c000200 05000000"
#define STATUS "10000000 04000000 01000000 2a040000 100200c8 02000000 b80b0000"

/* One request and one reply of each row; what most of them share is enough for the rest. */
void
sr_fuzz_add_seeds (GPtrArray *seeds)
{
  static const struct
  {
    const char *name;
    const char *request;
    const char *reply;
  } rows[] = {
    { "RCloseServiceHandle", HANDLE, HANDLE "00000000" },
    { "RControlService", HANDLE "01000000", STATUS "00000000" },
    { "RQueryServiceStatus", HANDLE, STATUS "00000000" },
    { "REnumDependentServicesW", HANDLE "01000000 00100000",
      "32000000 24000000 2a000000" STATUS "410042000000 780079007a000000" "0000 00000000 01000000 00000000" },
    { "ROpenSCManagerW", "00000200 03000000 00000000 03000000 630061000000 0000 04000200 02000000 00000000 02000000 53000000 01000000",
      HANDLE "00000000" },
    { "ROpenServiceW", HANDLE "04000000 00000000 04000000 4300650072000000 2c000000", HANDLE "24040000" },
    { "RStartServiceW", HANDLE "02000000 00000200 02000000 04000200 08000200"
      "04000000 00000000 04000000 6f006e0065000000 02000000 00000000 02000000 78000000", "20040000" },
    { "OpenLocalMachine", "00000200 5c00 0000 09000000", HANDLE "00000000" },
    { "BaseRegCloseKey", HANDLE, HANDLE "00000000" },
    { "BaseRegCreateKey", HANDLE NAME "0000 0000 00000000 01000000 00000002 04000200 00000000 08000200 04000000 04000000 00 000000"
      "04000000 00000000 04000000 01020304 0c000200 01000000", HANDLE "00000200 01000000 00000000" },
    { "BaseRegDeleteKey", HANDLE NAME, "05000000" },
    { "BaseRegDeleteValue", HANDLE NAME, "02000000" },
    { "BaseRegEnumKey", HANDLE "01000000 0000 0002 00000200 00010000 00000000 00000000 04000200" NAME "08000200 44332211 88776655",
      NAME "04000200" NAME "08000200 44332211 88776655 00000000" },
    { "BaseRegEnumValue", HANDLE "02000000 0000 2000 00000200 10000000 00000000 00000000" DATA, NAME DATA "00000000" },
    { "BaseRegFlushKey", HANDLE, "00000000" },
    { "BaseRegOpenKey", HANDLE NAME "00000000 01000000", HANDLE "02000000" },
    { "BaseRegQueryInfoKey", HANDLE "0000 0004 00000200 00020000 00000000 00000000",
      NAME "01000000 02000000 03000000 04000000 05000000 06000000 07000000 44332211 88776655 00000000" },
    { "BaseRegQueryValue", HANDLE NAME DATA, DATA "ea000000" },
    { "BaseRegSetValue", HANDLE NAME "03000000 03000000 010203 00 03000000", "00000000" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpstr (get_row ((guint8) i)->name, ==, rows[i].name);
      add_seed (seeds, i, FALSE, rows[i].request);
      add_seed (seeds, i, TRUE, rows[i].reply);
    }
}
