/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-handlers.h"

#include "base/sr-utf16.h"
#include "csra/sr-csra-messages.h"
#include "practice/sr-practice-admin.h"
#include "rpc/sr-rpc-fault.h"

/* SrHresult of a handler: what the reply ends with. */
typedef SrHresult (*Handler) (SrPracticeCa           *ca,
                              const SrPracticeCaller *caller,
                              gpointer                request,
                              gpointer                reply);

static SrHresult
server_control (SrPracticeCa           *ca,
                const SrPracticeCaller *caller,
                gpointer                request,
                gpointer                reply)
{
  const SrCsraServerControlRequest *in = request;
  SrCsraBlobReply *out = reply;

  return out->hr = sr_practice_admin_server_control (ca, caller, in->authority, in->control);
}

static SrHresult
ping (SrPracticeCa           *ca,
      const SrPracticeCaller *caller,
      gpointer                request,
      gpointer                reply)
{
  const SrCsraAuthorityRequest *in = request;
  SrCsraStatusReply *out = reply;

  return out->hr = sr_practice_admin_ping (ca, caller, in->authority);
}

static SrHresult
get_server_state (SrPracticeCa           *ca,
                  const SrPracticeCaller *caller,
                  gpointer                request,
                  gpointer                reply)
{
  const SrCsraAuthorityRequest *in = request;
  SrCsraNumberReply *out = reply;

  return out->hr = sr_practice_admin_get_server_state (ca, caller, in->authority, &out->value);
}

static SrHresult
backup_prepare (SrPracticeCa           *ca,
                const SrPracticeCaller *caller,
                gpointer                request,
                gpointer                reply)
{
  const SrCsraBackupPrepareRequest *in = request;
  SrCsraStatusReply *out = reply;

  return out->hr = sr_practice_backup_prepare (ca, caller, in->authority, in->grbit, in->flags);
}

static SrHresult
backup_end (SrPracticeCa           *ca,
            const SrPracticeCaller *caller,
            gpointer                request,
            gpointer                reply)
{
  return ((SrCsraStatusReply *) reply)->hr = sr_practice_backup_end (ca, caller);
}

static SrHresult
backup_close_file (SrPracticeCa           *ca,
                   const SrPracticeCaller *caller,
                   gpointer                request,
                   gpointer                reply)
{
  return ((SrCsraStatusReply *) reply)->hr = sr_practice_backup_close (ca, caller);
}

static SrHresult
backup_truncate_logs (SrPracticeCa           *ca,
                      const SrPracticeCaller *caller,
                      gpointer                request,
                      gpointer                reply)
{
  return ((SrCsraStatusReply *) reply)->hr = sr_practice_backup_truncate_logs (ca, caller);
}

/* The four methods that answer with a list of names; an empty one is no list (MS-CSRA 3.1.4.1.20). */
static SrHresult
answer_list (SrPracticeCa           *ca,
             const SrPracticeCaller *caller,
             SrCsraListReply        *out,
             SrHresult             (*get) (SrPracticeCa *, const SrPracticeCaller *, char ***))
{
  g_auto (GStrv) names = NULL;

  out->hr = get (ca, caller, &names);
  if (out->hr == SR_S_OK && names[0] != NULL)
    out->list = sr_utf16_list_build ((const char * const *) names);
  return out->hr;
}

static SrHresult
backup_get_attachment_information (SrPracticeCa           *ca,
                                   const SrPracticeCaller *caller,
                                   gpointer                request,
                                   gpointer                reply)
{
  return answer_list (ca, caller, reply, sr_practice_backup_get_databases);
}

static SrHresult
backup_get_backup_logs (SrPracticeCa           *ca,
                        const SrPracticeCaller *caller,
                        gpointer                request,
                        gpointer                reply)
{
  return answer_list (ca, caller, reply, sr_practice_backup_get_logs);
}

static SrHresult
backup_get_dynamic_files (SrPracticeCa           *ca,
                          const SrPracticeCaller *caller,
                          gpointer                request,
                          gpointer                reply)
{
  return answer_list (ca, caller, reply, sr_practice_backup_get_dynamic_files);
}

static SrHresult
restore_get_database_locations (SrPracticeCa           *ca,
                                const SrPracticeCaller *caller,
                                gpointer                request,
                                gpointer                reply)
{
  return answer_list (ca, caller, reply, sr_practice_backup_get_locations);
}

static SrHresult
backup_open_file (SrPracticeCa           *ca,
                  const SrPracticeCaller *caller,
                  gpointer                request,
                  gpointer                reply)
{
  const SrCsraBackupOpenFileRequest *in = request;
  SrCsraBackupOpenFileReply *out = reply;

  return out->hr = sr_practice_backup_open (ca, caller, in->path, &out->length);
}

/* The reply carries cbBuffer bytes however few were read (MS-CSRA 3.1.4.1.23), and after a failure, too. */
static SrHresult
backup_read_file (SrPracticeCa           *ca,
                  const SrPracticeCaller *caller,
                  gpointer                request,
                  gpointer                reply)
{
  const SrCsraBackupReadFileRequest *in = request;
  SrCsraBackupReadFileReply *out = reply;
  guint8 *data = NULL;

  out->hr = sr_practice_backup_read (ca, caller, (gint32) in->size, &data, &out->read);
  if (data == NULL)
    data = g_malloc0 (in->size);
  out->size = in->size;
  out->owner = g_bytes_new_take (data, in->size);
  out->buffer = data;
  return out->hr;
}

static SrHresult
get_ca_property (SrPracticeCa           *ca,
                 const SrPracticeCaller *caller,
                 gpointer                request,
                 gpointer                reply)
{
  const SrCsraGetCaPropertyRequest *in = request;
  SrCsraBlobReply *out = reply;

  return out->hr = sr_practice_admin_get_property (ca, caller, in->authority, in->id, in->index, in->type, &out->blob);
}

static void
to_variant (GVariant  *value,
            SrVariant *variant)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_INT32))
    {
      variant->type = SR_VT_I4;
      variant->number = g_variant_get_int32 (value);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    {
      variant->type = SR_VT_BSTR;
      variant->text = g_variant_dup_string (value, NULL);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      variant->type = SR_VT_ARRAY_BSTR;
      variant->strings = g_variant_dup_strv (value, NULL);
    }
  else
    {
      g_autoptr (GVariant) bytes = g_variant_is_of_type (value, G_VARIANT_TYPE_TUPLE)
                                   ? g_variant_get_child_value (value, 1) : g_variant_ref (value);

      variant->type = SR_VT_ARRAY_UI1;
      variant->bytes = g_variant_get_data_as_bytes (bytes);
    }
}

/* (transfer floating) (nullable): the value, NULL for VT_EMPTY */
static GVariant *
from_variant (const SrVariant *variant)
{
  static const char *const none[] = { NULL };

  switch (variant->type)
    {
    case SR_VT_I4:
      return g_variant_new_int32 (variant->number);
    case SR_VT_BSTR:
      return g_variant_new_string (variant->text != NULL ? variant->text : "");
    case SR_VT_ARRAY_BSTR:
      return g_variant_new_strv (variant->strings != NULL ? (const char * const *) variant->strings : none, -1);
    case SR_VT_ARRAY_UI1:
      return variant->bytes != NULL
             ? g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, variant->bytes, TRUE)
             : g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, NULL, 0, 1);
    case SR_VT_EMPTY:
    default:
      return NULL;
    }
}

static SrHresult
get_config_entry (SrPracticeCa           *ca,
                  const SrPracticeCaller *caller,
                  gpointer                request,
                  gpointer                reply)
{
  const SrCsraConfigEntryRequest *in = request;
  SrCsraConfigEntryReply *out = reply;
  g_autoptr (GVariant) value = NULL;

  out->hr = sr_practice_admin_get_config (ca, caller, in->authority, in->node, in->entry, &value);
  if (out->hr == SR_S_OK)
    to_variant (value, &out->value);
  return out->hr;
}

static SrHresult
set_config_entry (SrPracticeCa           *ca,
                  const SrPracticeCaller *caller,
                  gpointer                request,
                  gpointer                reply)
{
  const SrCsraSetConfigEntryRequest *in = request;
  SrCsraStatusReply *out = reply;

  return out->hr = sr_practice_admin_set_config (ca, caller, in->where.authority, in->where.node, in->where.entry,
                                                 from_variant (&in->value));
}

static SrHresult
get_my_roles (SrPracticeCa           *ca,
              const SrPracticeCaller *caller,
              gpointer                request,
              gpointer                reply)
{
  const SrCsraAuthorityRequest *in = request;
  SrCsraNumberReply *out = reply;

  out->hr = sr_practice_admin_get_my_roles (ca, caller, in->authority, &out->value);
  if (out->hr != SR_S_OK)
    out->value = 0;
  return out->hr;
}

static const struct
{
  SrCsraOpnum opnum;
  Handler handler;
} handlers[] = {
  { SR_CSRA_SERVER_CONTROL, server_control },
  { SR_CSRA_PING, ping },
  { SR_CSRA_GET_SERVER_STATE, get_server_state },
  { SR_CSRA_BACKUP_PREPARE, backup_prepare },
  { SR_CSRA_BACKUP_END, backup_end },
  { SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, backup_get_attachment_information },
  { SR_CSRA_BACKUP_GET_BACKUP_LOGS, backup_get_backup_logs },
  { SR_CSRA_BACKUP_OPEN_FILE, backup_open_file },
  { SR_CSRA_BACKUP_READ_FILE, backup_read_file },
  { SR_CSRA_BACKUP_CLOSE_FILE, backup_close_file },
  { SR_CSRA_BACKUP_TRUNCATE_LOGS, backup_truncate_logs },
  { SR_CSRA_BACKUP_GET_DYNAMIC_FILES, backup_get_dynamic_files },
  { SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS, restore_get_database_locations },
  { SR_CSRA_GET_CA_PROPERTY, get_ca_property },
  { SR_CSRA_PING2, ping },
  { SR_CSRA_GET_CONFIG_ENTRY, get_config_entry },
  { SR_CSRA_SET_CONFIG_ENTRY, set_config_entry },
  { SR_CSRA_GET_MY_ROLES, get_my_roles },
};

guint32
sr_practice_handle (SrPracticeCa           *ca,
                    const SrPracticeCaller *caller,
                    const SrRpcMethod      *method,
                    gpointer                request,
                    gpointer                reply,
                    SrHresult              *hr)
{
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (handlers[i].opnum == method->opnum)
      {
        *hr = handlers[i].handler (ca, caller, request, reply);
        return 0;
      }
  *hr = SR_E_NOTIMPL;
  return SR_NCA_S_OP_RNG_ERROR;
}
