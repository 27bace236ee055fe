/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "csra/sr-csra-messages.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

const SrGuid SR_CLSID_CERT_ADMIN_D = {
  0xd99e6e73, 0xfc88, 0x11d0, { 0xb4, 0x98, 0x00, 0xa0, 0xc9, 0x03, 0x12, 0xf3 }
};

/* Requests */

static void
code_empty_request (SrNdr    *ndr,
                    gpointer  message)
{
}

static void
code_authority_request (SrNdr    *ndr,
                        gpointer  message)
{
  SrCsraAuthorityRequest *m = message;

  sr_ndr_unique_string (ndr, "pwszAuthority", &m->authority, SR_CSRA_MAX_NAME);
}

static void
clear_authority_request (gpointer message)
{
  SrCsraAuthorityRequest *m = message;

  g_clear_pointer (&m->authority, g_free);
}

static void
code_server_control_request (SrNdr    *ndr,
                             gpointer  message)
{
  SrCsraServerControlRequest *m = message;

  sr_ndr_unique_string (ndr, "pwszAuthority", &m->authority, SR_CSRA_MAX_NAME);
  sr_ndr_uint32 (ndr, "dwControlFlags", &m->control);
}

static void
clear_server_control_request (gpointer message)
{
  SrCsraServerControlRequest *m = message;

  g_clear_pointer (&m->authority, g_free);
}

static void
code_backup_prepare_request (SrNdr    *ndr,
                             gpointer  message)
{
  SrCsraBackupPrepareRequest *m = message;

  sr_ndr_unique_string (ndr, "pwszAuthority", &m->authority, SR_CSRA_MAX_NAME);
  sr_ndr_uint32 (ndr, "grbitJet", &m->grbit);
  sr_ndr_uint32 (ndr, "dwBackupFlags", &m->flags);
  sr_ndr_uint16 (ndr, "pwszBackupAnnotation", &m->annotation);
  sr_ndr_uint32 (ndr, "dwClientIdentifier", &m->client_id);
}

static void
clear_backup_prepare_request (gpointer message)
{
  SrCsraBackupPrepareRequest *m = message;

  g_clear_pointer (&m->authority, g_free);
}

static void
code_backup_open_file_request (SrNdr    *ndr,
                               gpointer  message)
{
  SrCsraBackupOpenFileRequest *m = message;

  sr_ndr_unique_string (ndr, "pwszPath", &m->path, SR_CSRA_MAX_PATH);
}

static void
clear_backup_open_file_request (gpointer message)
{
  SrCsraBackupOpenFileRequest *m = message;

  g_clear_pointer (&m->path, g_free);
}

static void
code_backup_read_file_request (SrNdr    *ndr,
                               gpointer  message)
{
  SrCsraBackupReadFileRequest *m = message;

  sr_ndr_count (ndr, "cbBuffer", &m->size, SR_CSRA_MAX_READ);
}

static void
code_get_ca_property_request (SrNdr    *ndr,
                              gpointer  message)
{
  SrCsraGetCaPropertyRequest *m = message;

  sr_ndr_unique_string (ndr, "pwszAuthority", &m->authority, SR_CSRA_MAX_NAME);
  sr_ndr_int32 (ndr, "PropId", &m->id);
  sr_ndr_int32 (ndr, "PropIndex", &m->index);
  sr_ndr_int32 (ndr, "PropType", &m->type);
}

static void
clear_get_ca_property_request (gpointer message)
{
  SrCsraGetCaPropertyRequest *m = message;

  g_clear_pointer (&m->authority, g_free);
}

static void
code_config_entry_request (SrNdr    *ndr,
                           gpointer  message)
{
  SrCsraConfigEntryRequest *m = message;

  sr_ndr_unique_string (ndr, "pwszAuthority", &m->authority, SR_CSRA_MAX_NAME);
  sr_ndr_unique_string (ndr, "pwszNodePath", &m->node, SR_CSRA_MAX_NAME);
  sr_ndr_string (ndr, "pwszEntry", &m->entry, SR_CSRA_MAX_NAME);
}

static void
clear_config_entry_request (gpointer message)
{
  SrCsraConfigEntryRequest *m = message;

  g_clear_pointer (&m->authority, g_free);
  g_clear_pointer (&m->node, g_free);
  g_clear_pointer (&m->entry, g_free);
}

static void
code_set_config_entry_request (SrNdr    *ndr,
                               gpointer  message)
{
  SrCsraSetConfigEntryRequest *m = message;

  code_config_entry_request (ndr, &m->where);
  sr_variant_code (ndr, "pVariant", &m->value);
}

static void
clear_set_config_entry_request (gpointer message)
{
  SrCsraSetConfigEntryRequest *m = message;

  clear_config_entry_request (&m->where);
  sr_variant_clear (&m->value);
}

/* Replies */

static void
code_hresult (SrNdr     *ndr,
              SrHresult *hr)
{
  sr_ndr_uint32 (ndr, "HRESULT", hr);
}

static void
code_status_reply (SrNdr    *ndr,
                   gpointer  message)
{
  SrCsraStatusReply *m = message;

  code_hresult (ndr, &m->hr);
}

static void
code_number_reply (SrNdr    *ndr,
                   gpointer  message)
{
  SrCsraNumberReply *m = message;

  sr_ndr_uint32 (ndr, "value", &m->value);
  code_hresult (ndr, &m->hr);
}

/* CERTTRANSBLOB (MS-WCCE 2.2.2.2): count, unique pointer, and the array behind it. */
static void
code_blob (SrNdr   *ndr,
           GBytes **blob)
{
  guint32 length = 0;
  gboolean present;

  if (!sr_ndr_is_reading (ndr) && *blob != NULL)
    length = (guint32) MIN (g_bytes_get_size (*blob), G_MAXUINT32);
  sr_ndr_count (ndr, "cb", &length, SR_CSRA_MAX_BLOB);
  present = sr_ndr_pointer (ndr, "pb", length > 0);
  if (present)
    sr_ndr_byte_array (ndr, "pb", blob, SR_CSRA_MAX_BLOB);
  if (sr_ndr_is_reading (ndr) && sr_ndr_ok (ndr)
      && length != (present ? g_bytes_get_size (*blob) : 0))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "cb", _("%u bytes are told, the array has another length"), length);
}

static void
code_blob_reply (SrNdr    *ndr,
                 gpointer  message)
{
  SrCsraBlobReply *m = message;

  code_blob (ndr, &m->blob);
  code_hresult (ndr, &m->hr);
}

static void
clear_blob_reply (gpointer message)
{
  SrCsraBlobReply *m = message;

  g_clear_pointer (&m->blob, g_bytes_unref);
}

/*
 * [out, size_is(, *count)] WCHAR **: a reference pointer (nothing on the wire)
 * to a unique pointer to a conformant array of UTF-16 units, whose count is
 * told again behind it.
 */
static void
code_list_reply (SrNdr    *ndr,
                 gpointer  message)
{
  SrCsraListReply *m = message;
  const guint8 *data = NULL;
  gsize length = 0;
  guint32 units = 0, count;

  if (!sr_ndr_is_reading (ndr) && m->list != NULL)
    data = g_bytes_get_data (m->list, &length);
  if (length % 2 != 0)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "list", _("%zu bytes: an odd length"), length);
  if (sr_ndr_pointer (ndr, "list", length > 0))
    {
      units = (guint32) MIN (length / 2, G_MAXUINT32);
      sr_ndr_count (ndr, "list", &units, SR_CSRA_MAX_LIST);
      sr_ndr_view (ndr, "list", &data, 2 * (gsize) units);
    }
  count = units;
  sr_ndr_uint32 (ndr, "count", &count);
  code_hresult (ndr, &m->hr);

  if (!sr_ndr_is_reading (ndr) || !sr_ndr_ok (ndr))
    return;
  if (count != units && !SR_FAILED (m->hr))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "count", _("%u characters are told, %u are there"), count, units);
  else if (units > 0)
    m->list = g_bytes_new (data, 2 * (gsize) units);
}

static void
clear_list_reply (gpointer message)
{
  SrCsraListReply *m = message;

  g_clear_pointer (&m->list, g_bytes_unref);
}

static void
code_backup_open_file_reply (SrNdr    *ndr,
                             gpointer  message)
{
  SrCsraBackupOpenFileReply *m = message;

  sr_ndr_uint64 (ndr, "pliLength", &m->length);
  code_hresult (ndr, &m->hr);
}

static void
code_backup_read_file_reply (SrNdr    *ndr,
                             gpointer  message)
{
  SrCsraBackupReadFileReply *m = message;

  sr_ndr_byte_view (ndr, "pbBuffer", &m->buffer, &m->size, SR_CSRA_MAX_READ);
  sr_ndr_uint32 (ndr, "pcbRead", &m->read);
  code_hresult (ndr, &m->hr);
  if (sr_ndr_ok (ndr) && m->read > m->size && !SR_FAILED (m->hr))
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "pcbRead", _("%u bytes read into a buffer of %u"), m->read, m->size);
}

static void
clear_backup_read_file_reply (gpointer message)
{
  SrCsraBackupReadFileReply *m = message;

  m->buffer = NULL;
  m->size = 0;
  g_clear_pointer (&m->owner, g_bytes_unref);
}

static void
code_config_entry_reply (SrNdr    *ndr,
                         gpointer  message)
{
  SrCsraConfigEntryReply *m = message;

  sr_variant_code (ndr, "pVariant", &m->value);
  code_hresult (ndr, &m->hr);
}

static void
clear_config_entry_reply (gpointer message)
{
  SrCsraConfigEntryReply *m = message;

  sr_variant_clear (&m->value);
}

/* The tables */

#define IDEMPOTENT SR_RPC_METHOD_IDEMPOTENT
#define NONE SR_RPC_METHOD_NONE

#define EMPTY_REQUEST sizeof (SrCsraEmptyRequest), code_empty_request, NULL
#define AUTHORITY_REQUEST sizeof (SrCsraAuthorityRequest), code_authority_request, clear_authority_request
#define STATUS_REPLY sizeof (SrCsraStatusReply), code_status_reply, NULL
#define NUMBER_REPLY sizeof (SrCsraNumberReply), code_number_reply, NULL
#define BLOB_REPLY sizeof (SrCsraBlobReply), code_blob_reply, clear_blob_reply
#define LIST_REPLY sizeof (SrCsraListReply), code_list_reply, clear_list_reply

/* MS-CSRA 3.1.4.1: stands once, and ICertAdminD2 inherits it. */
#define ICERTADMIND_METHODS \
  { SR_CSRA_SERVER_CONTROL, "ServerControl", \
    sizeof (SrCsraServerControlRequest), code_server_control_request, clear_server_control_request, \
    BLOB_REPLY, NONE }, \
  { SR_CSRA_PING, "Ping", AUTHORITY_REQUEST, STATUS_REPLY, IDEMPOTENT }, \
  { SR_CSRA_GET_SERVER_STATE, "GetServerState", AUTHORITY_REQUEST, NUMBER_REPLY, IDEMPOTENT }, \
  { SR_CSRA_BACKUP_PREPARE, "BackupPrepare", \
    sizeof (SrCsraBackupPrepareRequest), code_backup_prepare_request, clear_backup_prepare_request, \
    STATUS_REPLY, NONE }, \
  { SR_CSRA_BACKUP_END, "BackupEnd", EMPTY_REQUEST, STATUS_REPLY, NONE }, \
  { SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, "BackupGetAttachmentInformation", \
    EMPTY_REQUEST, LIST_REPLY, IDEMPOTENT }, \
  { SR_CSRA_BACKUP_GET_BACKUP_LOGS, "BackupGetBackupLogs", EMPTY_REQUEST, LIST_REPLY, IDEMPOTENT }, \
  { SR_CSRA_BACKUP_OPEN_FILE, "BackupOpenFile", \
    sizeof (SrCsraBackupOpenFileRequest), code_backup_open_file_request, clear_backup_open_file_request, \
    sizeof (SrCsraBackupOpenFileReply), code_backup_open_file_reply, NULL, NONE }, \
  { SR_CSRA_BACKUP_READ_FILE, "BackupReadFile", \
    sizeof (SrCsraBackupReadFileRequest), code_backup_read_file_request, NULL, \
    sizeof (SrCsraBackupReadFileReply), code_backup_read_file_reply, clear_backup_read_file_reply, \
    SR_RPC_METHOD_BULK | SR_RPC_METHOD_SECRET }, \
  { SR_CSRA_BACKUP_CLOSE_FILE, "BackupCloseFile", EMPTY_REQUEST, STATUS_REPLY, NONE }, \
  { SR_CSRA_BACKUP_TRUNCATE_LOGS, "BackupTruncateLogs", EMPTY_REQUEST, STATUS_REPLY, NONE }, \
  { SR_CSRA_BACKUP_GET_DYNAMIC_FILES, "BackupGetDynamicFiles", EMPTY_REQUEST, LIST_REPLY, IDEMPOTENT }, \
  { SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS, "RestoreGetDatabaseLocations", \
    EMPTY_REQUEST, LIST_REPLY, IDEMPOTENT }

static const SrRpcMethod icertadmind_methods[] = {
  ICERTADMIND_METHODS,
};

static const SrRpcMethod icertadmind2_methods[] = {
  ICERTADMIND_METHODS,
  { SR_CSRA_GET_CA_PROPERTY, "GetCAProperty",
    sizeof (SrCsraGetCaPropertyRequest), code_get_ca_property_request, clear_get_ca_property_request,
    BLOB_REPLY, IDEMPOTENT },
  { SR_CSRA_PING2, "Ping2", AUTHORITY_REQUEST, STATUS_REPLY, IDEMPOTENT },
  { SR_CSRA_GET_CONFIG_ENTRY, "GetConfigEntry",
    sizeof (SrCsraConfigEntryRequest), code_config_entry_request, clear_config_entry_request,
    sizeof (SrCsraConfigEntryReply), code_config_entry_reply, clear_config_entry_reply, IDEMPOTENT },
  { SR_CSRA_SET_CONFIG_ENTRY, "SetConfigEntry",
    sizeof (SrCsraSetConfigEntryRequest), code_set_config_entry_request, clear_set_config_entry_request,
    STATUS_REPLY, NONE },
  { SR_CSRA_GET_MY_ROLES, "GetMyRoles", AUTHORITY_REQUEST, NUMBER_REPLY, IDEMPOTENT },
};

const SrRpcInterface sr_icertadmind = {
  .name = "ICertAdminD",
  .syntax = { { 0xd99e6e71, 0xfc88, 0x11d0, { 0xb4, 0x98, 0x00, 0xa0, 0xc9, 0x03, 0x12, 0xf3 } }, 0, 0 },
  .methods = icertadmind_methods,
  .n_methods = G_N_ELEMENTS (icertadmind_methods),
};

const SrRpcInterface sr_icertadmind2 = {
  .name = "ICertAdminD2",
  .syntax = { { 0x7fe0d935, 0xdda6, 0x443f, { 0x85, 0xd0, 0x1c, 0xfb, 0x58, 0xfe, 0x41, 0xdd } }, 0, 0 },
  .methods = icertadmind2_methods,
  .n_methods = G_N_ELEMENTS (icertadmind2_methods),
};
