/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/tables/sr-winreg-messages.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* A [unique] pointer to a number. */
static void
code_unique_number (SrNdr      *ndr,
                    const char *field,
                    gboolean   *present,
                    guint32    *value)
{
  *present = sr_ndr_pointer (ndr, field, *present);
  if (*present)
    sr_ndr_uint32 (ndr, field, value);
}

static void
code_time (SrNdr        *ndr,
           SrWinregTime *time)
{
  sr_ndr_uint32 (ndr, "lpftLastWriteTime", &time->low);
  sr_ndr_uint32 (ndr, "lpftLastWriteTime", &time->high);
}

static void
code_unique_time (SrNdr        *ndr,
                  gboolean     *present,
                  SrWinregTime *time)
{
  *present = sr_ndr_pointer (ndr, "lpftLastWriteTime", *present);
  if (*present)
    code_time (ndr, time);
}

static void
code_unique_class (SrNdr          *ndr,
                   gboolean       *present,
                   SrWinregString *class)
{
  *present = sr_ndr_pointer (ndr, "lpClass", *present);
  if (*present)
    sr_winreg_string_code (ndr, "lpClass", class);
}

/* [unique, size_is (*lpcbData), length_is (*lpcbLen)] BYTE *: maximum, offset, count, and as many bytes as the count says. */
static void
code_buffer (SrNdr        *ndr,
             SrWinregData *data)
{
  gboolean reading = sr_ndr_is_reading (ndr);
  gsize length = 0;
  const guint8 *bytes = !reading && data->data != NULL ? g_bytes_get_data (data->data, &length) : NULL;
  guint32 offset = 0, actual = (guint32) MIN (length, G_MAXUINT32);

  data->has_room = sr_ndr_pointer (ndr, "lpData", data->has_room);
  if (!data->has_room)
    return;
  sr_ndr_count (ndr, "lpData", &data->room, SR_WINREG_MAX_DATA);
  sr_ndr_uint32 (ndr, "lpData", &offset);
  sr_ndr_count (ndr, "lpData", &actual, SR_WINREG_MAX_DATA);
  if (sr_ndr_ok (ndr) && (offset != 0 || actual > data->room))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "lpData", _("counts of a buffer: maximum %u, offset %u, actual %u"),
                 data->room, offset, actual);
  sr_ndr_view (ndr, "lpData", &bytes, actual);
  if (reading && sr_ndr_ok (ndr))
    data->data = g_bytes_new (bytes, actual);
}

static void
code_data (SrNdr        *ndr,
           SrWinregData *data)
{
  code_unique_number (ndr, "lpType", &data->has_type, &data->type);
  code_buffer (ndr, data);
  code_unique_number (ndr, "lpcbData", &data->has_size, &data->size);
  code_unique_number (ndr, "lpcbLen", &data->has_length, &data->length);
}

static void
clear_data (SrWinregData *data)
{
  g_clear_pointer (&data->data, g_bytes_unref);
}

/* RPC_SECURITY_ATTRIBUTES (MS-RRP 2.2.8), which nobody here heeds. */
static void
code_security_attributes (SrNdr *ndr)
{
  guint32 number = 0, maximum = 0, actual = 0;
  const guint8 *bytes = NULL;
  gboolean present;
  guint8 inherit = 0;

  if (!sr_ndr_pointer (ndr, "lpSecurityAttributes", FALSE))
    return;
  sr_ndr_uint32 (ndr, "nLength", &number);
  present = sr_ndr_pointer (ndr, "lpSecurityDescriptor", FALSE);
  sr_ndr_uint32 (ndr, "cbInSecurityDescriptor", &number);
  sr_ndr_uint32 (ndr, "cbOutSecurityDescriptor", &number);
  sr_ndr_uint8 (ndr, "bInheritHandle", &inherit);
  if (!present)
    return;
  sr_ndr_count (ndr, "lpSecurityDescriptor", &maximum, SR_WINREG_MAX_DATA);
  sr_ndr_const_uint32 (ndr, "lpSecurityDescriptor", 0);
  sr_ndr_count (ndr, "lpSecurityDescriptor", &actual, maximum);
  sr_ndr_view (ndr, "lpSecurityDescriptor", &bytes, actual);
}

/* Requests */

static void
code_open_root_request (SrNdr    *ndr,
                        gpointer  message)
{
  SrWinregOpenRootRequest *m = message;

  m->has_server = sr_ndr_pointer (ndr, "ServerName", m->has_server);
  if (m->has_server)
    sr_ndr_uint16 (ndr, "ServerName", &m->server);
  sr_ndr_uint32 (ndr, "samDesired", &m->access);
}

static void
code_key_request (SrNdr    *ndr,
                  gpointer  message)
{
  SrWinregKeyRequest *m = message;

  sr_host_handle_code (ndr, "hKey", &m->key);
}

static void
code_name_request (SrNdr    *ndr,
                   gpointer  message)
{
  SrWinregNameRequest *m = message;

  sr_host_handle_code (ndr, "hKey", &m->key);
  sr_winreg_string_code (ndr, "name", &m->name);
}

static void
clear_name_request (gpointer message)
{
  SrWinregNameRequest *m = message;

  sr_winreg_string_clear (&m->name);
}

static void
code_open_key_request (SrNdr    *ndr,
                       gpointer  message)
{
  SrWinregOpenKeyRequest *m = message;

  sr_host_handle_code (ndr, "hKey", &m->key);
  sr_winreg_string_code (ndr, "lpSubKey", &m->name);
  sr_ndr_uint32 (ndr, "dwOptions", &m->options);
  sr_ndr_uint32 (ndr, "samDesired", &m->access);
}

static void
clear_open_key_request (gpointer message)
{
  SrWinregOpenKeyRequest *m = message;

  sr_winreg_string_clear (&m->name);
}

static void
code_create_key_request (SrNdr    *ndr,
                         gpointer  message)
{
  SrWinregCreateKeyRequest *m = message;

  sr_host_handle_code (ndr, "hKey", &m->key);
  sr_winreg_string_code (ndr, "lpSubKey", &m->name);
  sr_winreg_string_code (ndr, "lpClass", &m->class);
  sr_ndr_uint32 (ndr, "dwOptions", &m->options);
  sr_ndr_uint32 (ndr, "samDesired", &m->access);
  code_security_attributes (ndr);
  code_unique_number (ndr, "lpdwDisposition", &m->has_disposition, &m->disposition);
}

static void
clear_create_key_request (gpointer message)
{
  SrWinregCreateKeyRequest *m = message;

  sr_winreg_string_clear (&m->name);
  sr_winreg_string_clear (&m->class);
}

static void
code_enum_key_request (SrNdr    *ndr,
                       gpointer  message)
{
  SrWinregEnumKeyRequest *m = message;

  sr_host_handle_code (ndr, "hKey", &m->key);
  sr_ndr_uint32 (ndr, "dwIndex", &m->index);
  sr_winreg_string_code (ndr, "lpNameIn", &m->name);
  code_unique_class (ndr, &m->has_class, &m->class);
  code_unique_time (ndr, &m->has_time, &m->time);
}

static void
clear_enum_key_request (gpointer message)
{
  SrWinregEnumKeyRequest *m = message;

  sr_winreg_string_clear (&m->name);
  sr_winreg_string_clear (&m->class);
}

static void
code_enum_value_request (SrNdr    *ndr,
                         gpointer  message)
{
  SrWinregEnumValueRequest *m = message;

  sr_host_handle_code (ndr, "hKey", &m->key);
  sr_ndr_uint32 (ndr, "dwIndex", &m->index);
  sr_winreg_string_code (ndr, "lpValueNameIn", &m->name);
  code_data (ndr, &m->data);
}

static void
clear_enum_value_request (gpointer message)
{
  SrWinregEnumValueRequest *m = message;

  sr_winreg_string_clear (&m->name);
  clear_data (&m->data);
}

static void
code_info_request (SrNdr    *ndr,
                   gpointer  message)
{
  SrWinregInfoRequest *m = message;

  sr_host_handle_code (ndr, "hKey", &m->key);
  sr_winreg_string_code (ndr, "lpClassIn", &m->class);
}

static void
clear_info_request (gpointer message)
{
  SrWinregInfoRequest *m = message;

  sr_winreg_string_clear (&m->class);
}

static void
code_query_value_request (SrNdr    *ndr,
                          gpointer  message)
{
  SrWinregQueryValueRequest *m = message;

  sr_host_handle_code (ndr, "hKey", &m->key);
  sr_winreg_string_code (ndr, "lpValueName", &m->name);
  code_data (ndr, &m->data);
}

static void
clear_query_value_request (gpointer message)
{
  SrWinregQueryValueRequest *m = message;

  sr_winreg_string_clear (&m->name);
  clear_data (&m->data);
}

static void
code_set_value_request (SrNdr    *ndr,
                        gpointer  message)
{
  SrWinregSetValueRequest *m = message;
  guint32 length;

  sr_host_handle_code (ndr, "hKey", &m->key);
  sr_winreg_string_code (ndr, "lpValueName", &m->name);
  sr_ndr_uint32 (ndr, "dwType", &m->type);
  sr_ndr_byte_array (ndr, "lpData", &m->data, SR_WINREG_MAX_DATA);
  length = m->data != NULL ? (guint32) g_bytes_get_size (m->data) : 0;
  sr_ndr_const_uint32 (ndr, "cbData", length);
}

static void
clear_set_value_request (gpointer message)
{
  SrWinregSetValueRequest *m = message;

  sr_winreg_string_clear (&m->name);
  g_clear_pointer (&m->data, g_bytes_unref);
}

/* Replies */

static void
code_key_reply (SrNdr    *ndr,
                gpointer  message)
{
  SrWinregKeyReply *m = message;

  sr_host_handle_code (ndr, "phkResult", &m->key);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
code_error_reply (SrNdr    *ndr,
                  gpointer  message)
{
  SrWinregErrorReply *m = message;

  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
code_create_key_reply (SrNdr    *ndr,
                       gpointer  message)
{
  SrWinregCreateKeyReply *m = message;

  sr_host_handle_code (ndr, "phkResult", &m->key);
  code_unique_number (ndr, "lpdwDisposition", &m->has_disposition, &m->disposition);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
code_enum_key_reply (SrNdr    *ndr,
                     gpointer  message)
{
  SrWinregEnumKeyReply *m = message;

  sr_winreg_string_code (ndr, "lpNameOut", &m->name);
  code_unique_class (ndr, &m->has_class, &m->class);
  code_unique_time (ndr, &m->has_time, &m->time);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
clear_enum_key_reply (gpointer message)
{
  SrWinregEnumKeyReply *m = message;

  sr_winreg_string_clear (&m->name);
  sr_winreg_string_clear (&m->class);
}

static void
code_enum_value_reply (SrNdr    *ndr,
                       gpointer  message)
{
  SrWinregEnumValueReply *m = message;

  sr_winreg_string_code (ndr, "lpValueNameOut", &m->name);
  code_data (ndr, &m->data);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
clear_enum_value_reply (gpointer message)
{
  SrWinregEnumValueReply *m = message;

  sr_winreg_string_clear (&m->name);
  clear_data (&m->data);
}

static void
code_info_reply (SrNdr    *ndr,
                 gpointer  message)
{
  SrWinregInfoReply *m = message;

  sr_winreg_string_code (ndr, "lpClassOut", &m->class);
  sr_ndr_uint32 (ndr, "lpcSubKeys", &m->keys);
  sr_ndr_uint32 (ndr, "lpcbMaxSubKeyLen", &m->max_key);
  sr_ndr_uint32 (ndr, "lpcbMaxClassLen", &m->max_class);
  sr_ndr_uint32 (ndr, "lpcValues", &m->values);
  sr_ndr_uint32 (ndr, "lpcbMaxValueNameLen", &m->max_name);
  sr_ndr_uint32 (ndr, "lpcbMaxValueLen", &m->max_data);
  sr_ndr_uint32 (ndr, "lpcbSecurityDescriptor", &m->security);
  code_time (ndr, &m->time);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
clear_info_reply (gpointer message)
{
  SrWinregInfoReply *m = message;

  sr_winreg_string_clear (&m->class);
}

static void
code_query_value_reply (SrNdr    *ndr,
                        gpointer  message)
{
  SrWinregQueryValueReply *m = message;

  code_data (ndr, &m->data);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
clear_query_value_reply (gpointer message)
{
  SrWinregQueryValueReply *m = message;

  clear_data (&m->data);
}

/* The table */

#define IDEMPOTENT SR_RPC_METHOD_IDEMPOTENT
#define NONE SR_RPC_METHOD_NONE

#define KEY_REQUEST sizeof (SrWinregKeyRequest), code_key_request, NULL
#define NAME_REQUEST sizeof (SrWinregNameRequest), code_name_request, clear_name_request
#define KEY_REPLY sizeof (SrWinregKeyReply), code_key_reply, NULL
#define ERROR_REPLY sizeof (SrWinregErrorReply), code_error_reply, NULL

static const SrRpcMethod winreg_methods[] = {
  { SR_WINREG_OPEN_LOCAL_MACHINE, "OpenLocalMachine",
    sizeof (SrWinregOpenRootRequest), code_open_root_request, NULL, KEY_REPLY, IDEMPOTENT },
  { SR_WINREG_CLOSE_KEY, "BaseRegCloseKey", KEY_REQUEST, KEY_REPLY, NONE },
  { SR_WINREG_CREATE_KEY, "BaseRegCreateKey",
    sizeof (SrWinregCreateKeyRequest), code_create_key_request, clear_create_key_request,
    sizeof (SrWinregCreateKeyReply), code_create_key_reply, NULL, NONE },
  { SR_WINREG_DELETE_KEY, "BaseRegDeleteKey", NAME_REQUEST, ERROR_REPLY, NONE },
  { SR_WINREG_DELETE_VALUE, "BaseRegDeleteValue", NAME_REQUEST, ERROR_REPLY, NONE },
  { SR_WINREG_ENUM_KEY, "BaseRegEnumKey",
    sizeof (SrWinregEnumKeyRequest), code_enum_key_request, clear_enum_key_request,
    sizeof (SrWinregEnumKeyReply), code_enum_key_reply, clear_enum_key_reply, IDEMPOTENT },
  { SR_WINREG_ENUM_VALUE, "BaseRegEnumValue",
    sizeof (SrWinregEnumValueRequest), code_enum_value_request, clear_enum_value_request,
    sizeof (SrWinregEnumValueReply), code_enum_value_reply, clear_enum_value_reply, IDEMPOTENT },
  { SR_WINREG_FLUSH_KEY, "BaseRegFlushKey", KEY_REQUEST, ERROR_REPLY, IDEMPOTENT },
  { SR_WINREG_OPEN_KEY, "BaseRegOpenKey",
    sizeof (SrWinregOpenKeyRequest), code_open_key_request, clear_open_key_request, KEY_REPLY, IDEMPOTENT },
  { SR_WINREG_QUERY_INFO_KEY, "BaseRegQueryInfoKey",
    sizeof (SrWinregInfoRequest), code_info_request, clear_info_request,
    sizeof (SrWinregInfoReply), code_info_reply, clear_info_reply, IDEMPOTENT },
  { SR_WINREG_QUERY_VALUE, "BaseRegQueryValue",
    sizeof (SrWinregQueryValueRequest), code_query_value_request, clear_query_value_request,
    sizeof (SrWinregQueryValueReply), code_query_value_reply, clear_query_value_reply, IDEMPOTENT },
  { SR_WINREG_SET_VALUE, "BaseRegSetValue",
    sizeof (SrWinregSetValueRequest), code_set_value_request, clear_set_value_request, ERROR_REPLY, IDEMPOTENT },
};

const SrRpcInterface sr_winreg = {
  .name = "winreg",
  .syntax = { { 0x338cd001, 0x2244, 0x31f1, { 0xaa, 0xaa, 0x90, 0x00, 0x38, 0x00, 0x10, 0x03 } }, 1, 0 },
  .methods = winreg_methods,
  .n_methods = G_N_ELEMENTS (winreg_methods),
};
