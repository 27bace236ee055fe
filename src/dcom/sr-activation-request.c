/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-activation-blob.h"
#include "dcom/sr-activation.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "rpc/sr-ndr-serialization.h"

#include <glib/gi18n-lib.h>

#define IID_ACTIVATION_PROPERTIES_IN SR_OLE_GUID (0x1a2)
#define CLSID_ACTIVATION_PROPERTIES_IN SR_OLE_GUID (0x338)
#define CLSID_SPECIAL_PROPERTIES SR_OLE_GUID (0x1b9)
#define CLSID_INSTANTIATION_INFO SR_OLE_GUID (0x1ab)
#define CLSID_ACTIVATION_CONTEXT_INFO SR_OLE_GUID (0x1a5)
#define CLSID_SECURITY_INFO SR_OLE_GUID (0x1a6)
#define CLSID_LOCATION_INFO SR_OLE_GUID (0x1a4)
#define CLSID_SCM_REQUEST_INFO SR_OLE_GUID (0x1aa)
#define IID_CONTEXT SR_OLE_GUID (0x1c0)
#define CLSID_CONTEXT_MARSHALER SR_OLE_GUID (0x33b)

/* What Windows 10 sends: CLSCTX_REMOTE_SERVER | CLSCTX_LOCAL_SERVER, any
 * session, SPD_FLAG_USE_DEFAULT_AUTHN_LVL, RPC_C_IMPL_LEVEL_IDENTIFY. */
#define CLASS_CONTEXT 0x14
#define ANY_SESSION 0xffffffff
#define SPECIAL_FLAGS 2
#define IMPERSONATION_LEVEL 2

/* The server's name is a DNS name; what is longer is no name. */
#define MAX_NAME 1024

/* SpecialPropertiesData and its older twin differ in bytes that nobody reads. */
#define SPECIAL_PROPERTIES_TAIL 20

/* Context (2.2.20) */
#define CONTEXT_VERSION 1
#define CONTEXT_BY_VALUE 2
#define CONTEXT_FROZEN 1

void
sr_activation_request_init (SrActivationRequest *request,
                            const SrGuid        *clsid,
                            const SrGuid        *iids,
                            guint                n_iids,
                            const char          *server_name,
                            guint16              version_minor)
{
  guint16 tcp = SR_DCOM_TOWER_TCP;

  *request = (SrActivationRequest) {
    .clsid = *clsid,
    .class_context = CLASS_CONTEXT,
    .iids = g_array_new (FALSE, FALSE, sizeof (SrGuid)),
    .client_version = { SR_COM_VERSION_MAJOR, version_minor },
    .session_id = ANY_SESSION,
    .default_level = SR_AUTH_LEVEL_PRIVACY,
    .special_flags = SPECIAL_FLAGS,
    .has_context = TRUE,
    .server_name = g_strdup (server_name),
    .protseqs = g_array_new (FALSE, FALSE, sizeof (guint16)),
  };
  sr_guid_random (&request->context_id);
  g_array_append_vals (request->iids, iids, n_iids);
  g_array_append_val (request->protseqs, tcp);
}

void
sr_activation_request_clear (SrActivationRequest *request)
{
  g_clear_pointer (&request->iids, g_array_unref);
  g_clear_pointer (&request->protseqs, g_array_unref);
  g_clear_pointer (&request->server_name, g_free);
}

static void
code_special_properties (SrNdr    *ndr,
                         gpointer  message)
{
  SrActivationRequest *r = message;
  guint8 tail[SPECIAL_PROPERTIES_TAIL] = { 0 };
  guint32 zero = 0;
  guint64 zero64 = 0;
  SrGuid partition = { 0 };

  sr_ndr_uint32 (ndr, "dwSessionId", &r->session_id);
  sr_ndr_uint32 (ndr, "fRemoteThisSessionId", &zero);
  sr_ndr_uint32 (ndr, "fClientImpersonating", &zero);
  sr_ndr_uint32 (ndr, "fPartitionIDPresent", &zero);
  sr_ndr_uint32 (ndr, "dwDefaultAuthnLvl", &r->default_level);
  sr_ndr_guid (ndr, "guidPartition", &partition);
  sr_ndr_uint32 (ndr, "dwPRTFlags", &zero);
  sr_ndr_uint32 (ndr, "dwOrigClsctx", &r->class_context);
  sr_ndr_uint32 (ndr, "dwFlags", &r->special_flags);
  /* The rest is reserved, in two layouts of different length that a server has to take both. */
  if (sr_ndr_is_reading (ndr))
    return;
  zero = 0;
  sr_ndr_uint32 (ndr, "Reserved1", &zero);
  sr_ndr_uint64 (ndr, "Reserved2", &zero64);
  sr_ndr_fixed_bytes (ndr, "Reserved3", tail, sizeof tail);
}

static void
code_iids (SrNdr      *ndr,
           const char *field,
           GArray     *iids)
{
  guint32 n = sr_ndr_is_reading (ndr) ? 0 : iids->len;

  sr_ndr_count (ndr, field, &n, SR_ACTIVATION_MAX_INTERFACES);
  if (sr_ndr_is_reading (ndr))
    g_array_set_size (iids, n);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_guid (ndr, field, &g_array_index (iids, SrGuid, i));
}

static void
code_instantiation (SrNdr    *ndr,
                    gpointer  message)
{
  SrActivationRequest *r = message;
  guint32 n = r->iids->len, surrogate = 0, instance_flag = 0, size;
  gboolean present;

  /* thisSize: as serialized, with its headers; nobody reads it. */
  size = SR_NDR_SERIALIZATION_HEADER + (((52 + 16 * n) + 7) & ~7u);
  sr_ndr_guid (ndr, "classId", &r->clsid);
  sr_ndr_uint32 (ndr, "classCtx", &r->class_context);
  sr_ndr_uint32 (ndr, "actvflags", &r->flags);
  sr_ndr_uint32 (ndr, "fIsSurrogate", &surrogate);
  sr_ndr_count (ndr, "cIID", &n, SR_ACTIVATION_MAX_INTERFACES);
  sr_ndr_uint32 (ndr, "instFlag", &instance_flag);
  present = sr_ndr_pointer (ndr, "pIID", TRUE);
  sr_ndr_uint32 (ndr, "thisSize", &size);
  sr_com_version_code (ndr, "clientCOMVersion", &r->client_version);
  if (present)
    code_iids (ndr, "pIID", r->iids);
  if (n == 0 || n != r->iids->len)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "cIID", _("%u interfaces told, %u given"), n, r->iids->len);
}

static void
code_context (SrNdr               *ndr,
              SrActivationRequest *r)
{
  guint16 major = CONTEXT_VERSION, minor = CONTEXT_VERSION;
  guint32 flags = CONTEXT_BY_VALUE, reserved = 0, extents = 0, extent_bytes = 0, marshal_flags = 0;
  guint32 count = 0, frozen = CONTEXT_FROZEN;

  sr_ndr_uint16 (ndr, "Context.MajorVersion", &major);
  sr_ndr_uint16 (ndr, "Context.MinVersion", &minor);
  sr_ndr_guid (ndr, "Context.ContextId", &r->context_id);
  sr_ndr_uint32 (ndr, "Context.Flags", &flags);
  sr_ndr_uint32 (ndr, "Context.Reserved", &reserved);
  sr_ndr_uint32 (ndr, "Context.dwNumExtents", &extents);
  sr_ndr_uint32 (ndr, "Context.cbExtents", &extent_bytes);
  sr_ndr_uint32 (ndr, "Context.MshlFlags", &marshal_flags);
  sr_ndr_uint32 (ndr, "Context.Count", &count);
  sr_ndr_uint32 (ndr, "Context.Frozen", &frozen);
  if (major != CONTEXT_VERSION || flags != CONTEXT_BY_VALUE || extents != 0 || extent_bytes != 0)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "Context", _("version %u, flags 0x%x, %u extents of %u bytes"),
                 major, flags, extents, extent_bytes);
}

static GBytes *
build_context (SrActivationRequest *request,
               GError             **error)
{
  SrObjref objref = { .kind = SR_OBJREF_CUSTOM, .iid = IID_CONTEXT, .clsid = CLSID_CONTEXT_MARSHALER };
  GBytes *built;
  SrNdr ndr;

  sr_ndr_init_writer (&ndr, "Context");
  code_context (&ndr, request);
  objref.data = sr_ndr_finish_bytes (&ndr, error);
  if (objref.data == NULL)
    return NULL;
  objref.reserved = (guint32) g_bytes_get_size (objref.data);
  built = sr_objref_build (&objref, error);
  sr_objref_clear (&objref);
  return built;
}

/* The properties in a context concern nobody here: the class has no application identifier (3.1.2.5.2.3). */
static gboolean
parse_context (SrActivationRequest *request,
               GBytes              *bytes,
               GError             **error)
{
  SrObjref objref;
  gsize length, consumed;
  gboolean ok;
  SrNdr ndr;

  ok = sr_objref_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &objref, error)
       && objref.kind == SR_OBJREF_CUSTOM && sr_guid_equal (&objref.clsid, &CLSID_CONTEXT_MARSHALER);
  if (ok)
    {
      const guint8 *data = g_bytes_get_data (objref.data, &length);

      sr_ndr_init_reader (&ndr, "Context", data, length);
      code_context (&ndr, request);
      ok = sr_ndr_finish_prefix (&ndr, &consumed, error);
    }
  sr_objref_clear (&objref);
  g_clear_error (error);
  if (!ok)
    sr_hresult_set_error (error, SR_RPC_E_INVALID_OBJREF, _("Client context of an activation"));
  request->has_context = ok;
  return ok;
}

/* Message of ActivationContextInfoData */
typedef struct
{
  GBytes *client;
  GBytes *prototype;
} Contexts;

static void
code_activation_context (SrNdr    *ndr,
                         gpointer  message)
{
  Contexts *contexts = message;
  guint32 zero[4] = { 0 };
  gboolean has_client, has_prototype;

  for (guint i = 0; i < G_N_ELEMENTS (zero); i++)
    sr_ndr_uint32 (ndr, "ActivationContextInfoData", &zero[i]);
  has_client = sr_ndr_pointer (ndr, "pIFDClientCtx", contexts->client != NULL);
  has_prototype = sr_ndr_pointer (ndr, "pIFDPrototypeCtx", contexts->prototype != NULL);
  if (has_client)
    sr_interface_pointer_code (ndr, "pIFDClientCtx", &contexts->client);
  if (has_prototype)
    sr_interface_pointer_code (ndr, "pIFDPrototypeCtx", &contexts->prototype);
}

/* SecurityInfoData with COSERVERINFO; written only: servers ignore it. */
static void
code_security (SrNdr    *ndr,
               gpointer  message)
{
  SrActivationRequest *r = message;
  guint32 zero = 0;

  sr_ndr_uint32 (ndr, "dwAuthnFlags", &zero);
  if (sr_ndr_pointer (ndr, "pServerInfo", r->server_name != NULL))
    {
      sr_ndr_pointer (ndr, "pdwReserved", FALSE);
      sr_ndr_uint32 (ndr, "COSERVERINFO.dwReserved1", &zero);
      sr_ndr_pointer (ndr, "COSERVERINFO.pwszName", TRUE);
      sr_ndr_pointer (ndr, "COSERVERINFO.pdwReserved", FALSE);
      sr_ndr_uint32 (ndr, "COSERVERINFO.dwReserved2", &zero);
      sr_ndr_string (ndr, "COSERVERINFO.pwszName", &r->server_name, MAX_NAME);
    }
  else
    sr_ndr_pointer (ndr, "pdwReserved", FALSE);
}

/* Written only: servers ignore it, but demand that it is there. */
static void
code_location (SrNdr    *ndr,
               gpointer  message)
{
  guint32 zero[3] = { 0 };

  sr_ndr_pointer (ndr, "machineName", FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (zero); i++)
    sr_ndr_uint32 (ndr, "LocationInfoData", &zero[i]);
}

static void
code_protseqs (SrNdr  *ndr,
               GArray *protseqs)
{
  guint32 n = sr_ndr_is_reading (ndr) ? 0 : protseqs->len;

  sr_ndr_count (ndr, "pRequestedProtseqs", &n, SR_ACTIVATION_MAX_PROTSEQS);
  if (sr_ndr_is_reading (ndr))
    g_array_set_size (protseqs, n);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_uint16 (ndr, "pRequestedProtseqs", &g_array_index (protseqs, guint16, i));
}

static void
code_scm_request (SrNdr    *ndr,
                  gpointer  message)
{
  SrActivationRequest *r = message;
  guint32 level = IMPERSONATION_LEVEL, ignored;
  guint16 n = (guint16) r->protseqs->len;
  gboolean reserved = sr_ndr_pointer (ndr, "pdwReserved", FALSE);
  gboolean present = sr_ndr_pointer (ndr, "remoteRequest", TRUE);

  if (reserved)
    sr_ndr_uint32 (ndr, "pdwReserved", &ignored);
  if (!present)
    {
      sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "remoteRequest", "NULL");
      return;
    }
  sr_ndr_uint32 (ndr, "ClientImpLevel", &level);
  sr_ndr_uint16 (ndr, "cRequestedProtseqs", &n);
  if (sr_ndr_pointer (ndr, "pRequestedProtseqs", n > 0))
    code_protseqs (ndr, r->protseqs);
  if (n != r->protseqs->len)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "cRequestedProtseqs", _("%u told, %u given"), n, r->protseqs->len);
}

GBytes *
sr_activation_request_build (SrActivationRequest *request,
                             GError             **error)
{
  static const struct
  {
    SrGuid clsid;
    const char *name;
    SrNdrCoder coder;
  } parts[] = {
    { CLSID_SPECIAL_PROPERTIES, "SpecialPropertiesData", code_special_properties },
    { CLSID_INSTANTIATION_INFO, "InstantiationInfoData", code_instantiation },
    { CLSID_ACTIVATION_CONTEXT_INFO, "ActivationContextInfoData", code_activation_context },
    { CLSID_SECURITY_INFO, "SecurityInfoData", code_security },
    { CLSID_LOCATION_INFO, "LocationInfoData", code_location },
    { CLSID_SCM_REQUEST_INFO, "ScmRequestInfoData", code_scm_request },
  };
  g_autoptr (GPtrArray) properties = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  SrGuid clsids[G_N_ELEMENTS (parts)];
  g_autoptr (GBytes) context = NULL;
  Contexts contexts = { NULL, NULL };

  if (request->has_context)
    {
      context = build_context (request, error);
      if (context == NULL)
        return NULL;
      contexts.client = context;
    }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      gpointer message = parts[i].coder == code_activation_context ? (gpointer) &contexts : (gpointer) request;
      GBytes *property = sr_ndr_serialize (parts[i].name, parts[i].coder, message, error);

      if (property == NULL)
        return NULL;
      clsids[i] = parts[i].clsid;
      g_ptr_array_add (properties, property);
    }
  return sr_activation_blob_build (&IID_ACTIVATION_PROPERTIES_IN, &CLSID_ACTIVATION_PROPERTIES_IN,
                                   clsids, (GBytes *const *) properties->pdata, properties->len, error);
}

static gboolean
parse_property (const SrActivationBlob *blob,
                const SrGuid           *clsid,
                const char             *name,
                gboolean                required,
                SrNdrCoder              coder,
                gpointer                message,
                GError                **error)
{
  gsize length;
  const guint8 *data = sr_activation_blob_find (blob, clsid, &length);

  if (data != NULL)
    return sr_ndr_deserialize (name, data, length, coder, message, NULL, error);
  if (required)
    g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Activation properties: no %s"), name);
  return !required;
}

static gboolean
parse_contexts (const SrActivationBlob *blob,
                SrActivationRequest    *request,
                GError                **error)
{
  Contexts contexts = { NULL, NULL };
  gboolean ok;

  ok = parse_property (blob, &CLSID_ACTIVATION_CONTEXT_INFO, "ActivationContextInfoData", FALSE,
                       code_activation_context, &contexts, error)
       && (contexts.client == NULL || parse_context (request, contexts.client, error));
  g_clear_pointer (&contexts.client, g_bytes_unref);
  g_clear_pointer (&contexts.prototype, g_bytes_unref);
  return ok;
}

gboolean
sr_activation_request_parse (const guint8        *data,
                             gsize                length,
                             SrActivationRequest *request,
                             GError             **error)
{
  SrActivationBlob blob;
  gsize ignored;
  gboolean ok;

  *request = (SrActivationRequest) {
    .iids = g_array_new (FALSE, TRUE, sizeof (SrGuid)),
    .session_id = ANY_SESSION,
    .protseqs = g_array_new (FALSE, TRUE, sizeof (guint16)),
  };
  ok = sr_activation_blob_parse (data, length, &CLSID_ACTIVATION_PROPERTIES_IN, &blob, error)
       && parse_property (&blob, &CLSID_SPECIAL_PROPERTIES, "SpecialPropertiesData", FALSE,
                          code_special_properties, request, error)
       && parse_property (&blob, &CLSID_INSTANTIATION_INFO, "InstantiationInfoData", TRUE,
                          code_instantiation, request, error)
       && parse_contexts (&blob, request, error)
       && parse_property (&blob, &CLSID_SCM_REQUEST_INFO, "ScmRequestInfoData", TRUE,
                          code_scm_request, request, error);
  if (ok && sr_activation_blob_find (&blob, &CLSID_LOCATION_INFO, &ignored) == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Activation properties: no LocationInfoData"));
      ok = FALSE;
    }
  sr_activation_blob_clear (&blob);
  return ok;
}
