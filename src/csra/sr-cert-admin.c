/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "csra/sr-cert-admin.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"
#include "rpc/sr-rpc-fault.h"

#include <glib/gi18n-lib.h>

/* CSBACKUP_TYPE_* of certbcli.h. MS-CSRA has the kind in grbitJet and wants 0
 * here, to be ignored; sending both satisfies servers of either reading. */
#define BACKUP_TYPE_FULL 1
#define BACKUP_TYPE_LOGS_ONLY 2

/* Rounding of certbcli.h's cbReadHint. */
#define SMALLEST_READ (64 * 1024)

struct _SrCertAdmin
{
  SrDcomObject *object;
  char *authority;
  char *host;
  gboolean outcome_unknown;
};

SrCertAdmin *
sr_cert_admin_activate (SrDcomTarget *target,
                        const char   *authority,
                        gint64        deadline,
                        GCancellable *cancellable,
                        GError      **error)
{
  const SrGuid iids[] = { sr_icertadmind.syntax.uuid, sr_icertadmind2.syntax.uuid };
  SrDcomObject *object = sr_dcom_object_activate (target, &SR_CLSID_CERT_ADMIN_D, iids, G_N_ELEMENTS (iids),
                                                  deadline, cancellable, error);

  if (object == NULL)
    return NULL;
  return sr_cert_admin_new_for_object (object, authority, sr_dcom_target_get_host (target));
}

SrCertAdmin *
sr_cert_admin_new_for_object (SrDcomObject *object,
                              const char   *authority,
                              const char   *host)
{
  SrCertAdmin *admin = g_new0 (SrCertAdmin, 1);

  admin->object = object;
  admin->authority = g_strdup (authority);
  admin->host = g_strdup (host);
  return admin;
}

void
sr_cert_admin_free (SrCertAdmin *admin)
{
  if (admin == NULL)
    return;
  sr_dcom_object_free (admin->object);
  g_free (admin->authority);
  g_free (admin->host);
  g_free (admin);
}

SrDcomObject *
sr_cert_admin_get_object (SrCertAdmin *admin)
{
  return admin->object;
}

const char *
sr_cert_admin_get_authority (SrCertAdmin *admin)
{
  return admin->authority;
}

gboolean
sr_cert_admin_outcome_unknown (SrCertAdmin *admin)
{
  return admin->outcome_unknown;
}

gboolean
sr_cert_admin_error_is_refusal (const GError *error)
{
  return g_error_matches (error, SR_RPC_FAULT, (gint) SR_NCA_S_FAULT_ACCESS_DENIED)
         || g_error_matches (error, SR_ERROR, SR_ERROR_AUTH);
}

/* Whether @error says that the server looked at the call and did not begin it. */
static gboolean
is_refusal (const GError *error)
{
  if (error->domain == SR_HRESULT_ERROR)
    return TRUE;
  return error->domain == SR_RPC_FAULT && !sr_rpc_fault_executed ((guint32) error->code);
}

/* Calls without looking at the method's HRESULT. */
static gboolean
call_method (SrCertAdmin          *admin,
             const SrRpcInterface *iface,
             const SrRpcMethod    *method,
             gpointer              request,
             gpointer              reply,
             gint64                deadline,
             GCancellable         *cancellable,
             GError              **error)
{
  g_autoptr (GError) local = NULL;
  gboolean sent = FALSE;

  admin->outcome_unknown = FALSE;
  if (sr_dcom_object_has_interface (admin->object, &iface->syntax.uuid)
      || sr_dcom_object_query_interface (admin->object, &iface->syntax.uuid, deadline, cancellable, &local))
    {
      if (sr_dcom_object_call (admin->object, iface, method, request, reply, &sent, deadline, cancellable, &local))
        return TRUE;
      admin->outcome_unknown = sent && !is_refusal (local);
    }
  g_propagate_prefixed_error (error, g_steal_pointer (&local), _("%s on %s: "), method->name, admin->host);
  return FALSE;
}

/* One call; @hr is the HRESULT inside @reply, which is cleared when it tells a failure. */
static gboolean
call (SrCertAdmin          *admin,
      const SrRpcInterface *iface,
      SrCsraOpnum           opnum,
      gpointer              request,
      gpointer              reply,
      const SrHresult      *hr,
      gint64                deadline,
      GCancellable         *cancellable,
      GError              **error)
{
  const SrRpcMethod *method = sr_rpc_interface_find (iface, (guint16) opnum);

  if (!call_method (admin, iface, method, request, reply, deadline, cancellable, error))
    return FALSE;
  if (!SR_FAILED (*hr))
    return TRUE;
  sr_hresult_set_error (error, *hr, _("%s on %s"), method->name, admin->host);
  if (method->clear_reply != NULL)
    method->clear_reply (reply);
  return FALSE;
}

/* What is wrong with a reply that decoded well. */
static void
prefix_with_method (SrCertAdmin *admin,
                    SrCsraOpnum  opnum,
                    GError     **error)
{
  g_prefix_error (error, _("%s on %s: "),
                  sr_rpc_interface_find (&sr_icertadmind, (guint16) opnum)->name, admin->host);
}

/* Methods without parameters. */
static gboolean
call_plain (SrCertAdmin  *admin,
            SrCsraOpnum   opnum,
            gint64        deadline,
            GCancellable *cancellable,
            GError      **error)
{
  SrCsraEmptyRequest request = { 0 };
  SrCsraStatusReply reply = { 0 };

  return call (admin, &sr_icertadmind, opnum, &request, &reply, &reply.hr, deadline, cancellable, error);
}

static gboolean
call_with_authority (SrCertAdmin          *admin,
                     const SrRpcInterface *iface,
                     SrCsraOpnum           opnum,
                     gint64                deadline,
                     GCancellable         *cancellable,
                     GError              **error)
{
  SrCsraAuthorityRequest request = { .authority = admin->authority };
  SrCsraStatusReply reply = { 0 };

  return call (admin, iface, opnum, &request, &reply, &reply.hr, deadline, cancellable, error);
}

static gboolean
call_for_number (SrCertAdmin          *admin,
                 const SrRpcInterface *iface,
                 SrCsraOpnum           opnum,
                 guint32              *value,
                 gint64                deadline,
                 GCancellable         *cancellable,
                 GError              **error)
{
  SrCsraAuthorityRequest request = { .authority = admin->authority };
  SrCsraNumberReply reply = { 0 };

  if (!call (admin, iface, opnum, &request, &reply, &reply.hr, deadline, cancellable, error))
    return FALSE;
  *value = reply.value;
  return TRUE;
}

/* @raw and @names are both optional. */
static gboolean
call_for_list (SrCertAdmin  *admin,
               SrCsraOpnum   opnum,
               GBytes      **raw,
               char       ***names,
               gint64        deadline,
               GCancellable *cancellable,
               GError      **error)
{
  SrCsraEmptyRequest request = { 0 };
  SrCsraListReply reply = { 0 };
  g_autoptr (GBytes) list = NULL;
  g_auto (GStrv) parsed = NULL;
  const void *data;
  gsize length;

  if (!call (admin, &sr_icertadmind, opnum, &request, &reply, &reply.hr, deadline, cancellable, error))
    return FALSE;
  list = reply.list != NULL ? reply.list : g_bytes_new (NULL, 0);
  data = g_bytes_get_data (list, &length);
  parsed = sr_utf16_list_parse (data, length, SR_CERT_ADMIN_MAX_FILES, error);
  if (parsed == NULL)
    {
      prefix_with_method (admin, opnum, error);
      return FALSE;
    }
  if (raw != NULL)
    *raw = g_steal_pointer (&list);
  if (names != NULL)
    *names = g_steal_pointer (&parsed);
  return TRUE;
}

gboolean
sr_cert_admin_server_control (SrCertAdmin  *admin,
                              guint32       control,
                              gint64        deadline,
                              GCancellable *cancellable,
                              GError      **error)
{
  SrCsraServerControlRequest request = { .authority = admin->authority, .control = control };
  SrCsraBlobReply reply = { 0 };

  if (!call (admin, &sr_icertadmind, SR_CSRA_SERVER_CONTROL, &request, &reply, &reply.hr,
             deadline, cancellable, error))
    return FALSE;
  g_clear_pointer (&reply.blob, g_bytes_unref);
  return TRUE;
}

gboolean
sr_cert_admin_ping (SrCertAdmin  *admin,
                    gint64        deadline,
                    GCancellable *cancellable,
                    GError      **error)
{
  return call_with_authority (admin, &sr_icertadmind, SR_CSRA_PING, deadline, cancellable, error);
}

gboolean
sr_cert_admin_get_server_state (SrCertAdmin  *admin,
                                guint32      *state,
                                gint64        deadline,
                                GCancellable *cancellable,
                                GError      **error)
{
  return call_for_number (admin, &sr_icertadmind, SR_CSRA_GET_SERVER_STATE, state, deadline, cancellable, error);
}

gboolean
sr_cert_admin_backup_prepare (SrCertAdmin  *admin,
                              SrBackupKind  kind,
                              gint64        deadline,
                              GCancellable *cancellable,
                              GError      **error)
{
  SrCsraBackupPrepareRequest request = {
    .authority = admin->authority,
    .grbit = kind,
    .flags = kind == SR_BACKUP_FULL ? BACKUP_TYPE_FULL : BACKUP_TYPE_LOGS_ONLY,
  };
  SrCsraStatusReply reply = { 0 };

  return call (admin, &sr_icertadmind, SR_CSRA_BACKUP_PREPARE, &request, &reply, &reply.hr,
               deadline, cancellable, error);
}

gboolean
sr_cert_admin_backup_end (SrCertAdmin  *admin,
                          gint64        deadline,
                          GCancellable *cancellable,
                          GError      **error)
{
  return call_plain (admin, SR_CSRA_BACKUP_END, deadline, cancellable, error);
}

gboolean
sr_cert_admin_backup_get_database_names (SrCertAdmin  *admin,
                                         char       ***names,
                                         gint64        deadline,
                                         GCancellable *cancellable,
                                         GError      **error)
{
  return call_for_list (admin, SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION, NULL, names,
                        deadline, cancellable, error);
}

gboolean
sr_cert_admin_backup_get_logs (SrCertAdmin  *admin,
                               char       ***names,
                               gint64        deadline,
                               GCancellable *cancellable,
                               GError      **error)
{
  return call_for_list (admin, SR_CSRA_BACKUP_GET_BACKUP_LOGS, NULL, names, deadline, cancellable, error);
}

gboolean
sr_cert_admin_backup_get_dynamic_files (SrCertAdmin  *admin,
                                        char       ***names,
                                        gint64        deadline,
                                        GCancellable *cancellable,
                                        GError      **error)
{
  return call_for_list (admin, SR_CSRA_BACKUP_GET_DYNAMIC_FILES, NULL, names, deadline, cancellable, error);
}

gboolean
sr_cert_admin_backup_open_file (SrCertAdmin  *admin,
                                const char   *path,
                                guint64      *length,
                                gint64        deadline,
                                GCancellable *cancellable,
                                GError      **error)
{
  SrCsraBackupOpenFileRequest request = { .path = (char *) path };
  SrCsraBackupOpenFileReply reply = { 0 };

  if (!call (admin, &sr_icertadmind, SR_CSRA_BACKUP_OPEN_FILE, &request, &reply, &reply.hr,
             deadline, cancellable, error))
    return FALSE;
  *length = reply.length;
  return TRUE;
}

guint32
sr_cert_admin_round_read_size (gsize hint)
{
  guint32 size = SMALLEST_READ;

  while (size < hint && size < SR_CERT_ADMIN_MAX_READ)
    size *= 2;
  return size;
}

gboolean
sr_cert_admin_backup_read_file (SrCertAdmin   *admin,
                                guint32        size,
                                const guint8 **data,
                                gsize         *length,
                                gint64         deadline,
                                GCancellable  *cancellable,
                                GError       **error)
{
  SrCsraBackupReadFileRequest request = { .size = size };
  SrCsraBackupReadFileReply reply = { 0 };

  g_return_val_if_fail (size > 0 && size <= SR_CERT_ADMIN_MAX_READ, FALSE);
  g_return_val_if_fail (size % SR_CERT_ADMIN_READ_UNIT == 0, FALSE);

  if (!call (admin, &sr_icertadmind, SR_CSRA_BACKUP_READ_FILE, &request, &reply, &reply.hr,
             deadline, cancellable, error))
    return FALSE;
  /* size_is(cbBuffer): the buffer comes back as large as it was asked for. */
  if (reply.size != size)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED,
                   _("a buffer of %u bytes came back, %u were asked for"), reply.size, size);
      prefix_with_method (admin, SR_CSRA_BACKUP_READ_FILE, error);
      return FALSE;
    }
  *data = reply.buffer;
  *length = reply.read;
  return TRUE;
}

gboolean
sr_cert_admin_backup_close_file (SrCertAdmin  *admin,
                                 gint64        deadline,
                                 GCancellable *cancellable,
                                 GError      **error)
{
  return call_plain (admin, SR_CSRA_BACKUP_CLOSE_FILE, deadline, cancellable, error);
}

gboolean
sr_cert_admin_backup_truncate_logs (SrCertAdmin  *admin,
                                    gint64        deadline,
                                    GCancellable *cancellable,
                                    GError      **error)
{
  return call_plain (admin, SR_CSRA_BACKUP_TRUNCATE_LOGS, deadline, cancellable, error);
}

gboolean
sr_cert_admin_restore_get_database_locations (SrCertAdmin  *admin,
                                              GBytes      **raw,
                                              char       ***names,
                                              gint64        deadline,
                                              GCancellable *cancellable,
                                              GError      **error)
{
  return call_for_list (admin, SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS, raw, names, deadline, cancellable, error);
}

gboolean
sr_cert_admin_get_ca_property (SrCertAdmin  *admin,
                               gint32        id,
                               gint32        index,
                               gint32        type,
                               GBytes      **value,
                               gint64        deadline,
                               GCancellable *cancellable,
                               GError      **error)
{
  SrCsraGetCaPropertyRequest request = {
    .authority = admin->authority, .id = id, .index = index, .type = type
  };
  SrCsraBlobReply reply = { 0 };

  if (!call (admin, &sr_icertadmind2, SR_CSRA_GET_CA_PROPERTY, &request, &reply, &reply.hr,
             deadline, cancellable, error))
    return FALSE;
  *value = reply.blob != NULL ? reply.blob : g_bytes_new (NULL, 0);
  return TRUE;
}

static gboolean
get_entry (SrCertAdmin  *admin,
           char         *authority,
           const char   *node,
           const char   *entry,
           SrVariant    *value,
           gint64        deadline,
           GCancellable *cancellable,
           GError      **error)
{
  SrCsraConfigEntryRequest request = {
    .authority = authority, .node = (char *) node, .entry = (char *) entry
  };
  SrCsraConfigEntryReply reply = { 0 };

  if (!call (admin, &sr_icertadmind2, SR_CSRA_GET_CONFIG_ENTRY, &request, &reply, &reply.hr,
             deadline, cancellable, error))
    return FALSE;
  *value = reply.value;
  return TRUE;
}

gboolean
sr_cert_admin_get_config_entry (SrCertAdmin  *admin,
                                const char   *node,
                                const char   *entry,
                                SrVariant    *value,
                                gint64        deadline,
                                GCancellable *cancellable,
                                GError      **error)
{
  return get_entry (admin, admin->authority, node, entry, value, deadline, cancellable, error);
}

gboolean
sr_cert_admin_get_server_entry (SrCertAdmin  *admin,
                                const char   *entry,
                                SrVariant    *value,
                                gint64        deadline,
                                GCancellable *cancellable,
                                GError      **error)
{
  char nobody[] = "";

  return get_entry (admin, nobody, "", entry, value, deadline, cancellable, error);
}

gboolean
sr_cert_admin_set_config_entry (SrCertAdmin      *admin,
                                const char       *node,
                                const char       *entry,
                                const SrVariant  *value,
                                gint64            deadline,
                                GCancellable     *cancellable,
                                GError          **error)
{
  /* The request borrows everything, and is not cleared. */
  SrCsraSetConfigEntryRequest request = {
    .where = { .authority = admin->authority, .node = (char *) node, .entry = (char *) entry },
    .value = *value,
  };
  SrCsraStatusReply reply = { 0 };

  return call (admin, &sr_icertadmind2, SR_CSRA_SET_CONFIG_ENTRY, &request, &reply, &reply.hr,
               deadline, cancellable, error);
}

gboolean
sr_cert_admin_get_my_roles (SrCertAdmin  *admin,
                            guint32      *roles,
                            gint64        deadline,
                            GCancellable *cancellable,
                            GError      **error)
{
  return call_for_number (admin, &sr_icertadmind2, SR_CSRA_GET_MY_ROLES, roles, deadline, cancellable, error);
}

gboolean
sr_cert_admin_ping2 (SrCertAdmin  *admin,
                     gint64        deadline,
                     GCancellable *cancellable,
                     GError      **error)
{
  return call_with_authority (admin, &sr_icertadmind2, SR_CSRA_PING2, deadline, cancellable, error);
}
