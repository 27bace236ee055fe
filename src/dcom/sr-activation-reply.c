/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-activation-blob.h"
#include "dcom/sr-activation.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "rpc/sr-ndr-serialization.h"

#include <glib/gi18n-lib.h>

#define IID_ACTIVATION_PROPERTIES_OUT SR_OLE_GUID (0x1a3)
#define CLSID_ACTIVATION_PROPERTIES_OUT SR_OLE_GUID (0x339)
#define CLSID_PROPS_OUT_INFO SR_OLE_GUID (0x339)
#define CLSID_SCM_REPLY_INFO SR_OLE_GUID (0x1b6)

static void
result_clear (gpointer data)
{
  g_clear_pointer (&((SrActivationResult *) data)->objref, g_bytes_unref);
}

void
sr_activation_reply_init (SrActivationReply *reply)
{
  *reply = (SrActivationReply) { .results = g_array_new (FALSE, TRUE, sizeof (SrActivationResult)) };
  g_array_set_clear_func (reply->results, result_clear);
}

void
sr_activation_reply_clear (SrActivationReply *reply)
{
  g_clear_pointer (&reply->bindings, sr_dual_string_array_free);
  g_clear_pointer (&reply->results, g_array_unref);
}

void
sr_activation_reply_add (SrActivationReply *reply,
                         const SrGuid      *iid,
                         guint32            hr,
                         GBytes            *objref)
{
  SrActivationResult result = { *iid, hr, objref != NULL ? g_bytes_ref (objref) : NULL };

  g_array_append_val (reply->results, result);
}

static SrActivationResult *
result_at (SrActivationReply *reply,
           guint              i)
{
  return &g_array_index (reply->results, SrActivationResult, i);
}

/* The count in front of one of the three arrays, all as long as cIfs told. */
static void
code_array_count (SrNdr      *ndr,
                  const char *field,
                  guint32     expected)
{
  guint32 n = expected;

  sr_ndr_count (ndr, field, &n, SR_ACTIVATION_MAX_INTERFACES);
  if (n != expected)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, field, _("%u entries where %u were told"), n, expected);
}

static void
code_props_out (SrNdr    *ndr,
                gpointer  message)
{
  SrActivationReply *r = message;
  guint32 n = r->results->len;
  gboolean present[SR_ACTIVATION_MAX_INTERFACES] = { FALSE };
  gboolean has_iids, has_results, has_data;

  sr_ndr_count (ndr, "cIfs", &n, SR_ACTIVATION_MAX_INTERFACES);
  has_iids = sr_ndr_pointer (ndr, "piid", TRUE);
  has_results = sr_ndr_pointer (ndr, "phresults", TRUE);
  has_data = sr_ndr_pointer (ndr, "ppIntfData", TRUE);
  if (n == 0 || !has_iids || !has_results || !has_data)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "PropsOutInfo", _("%u interfaces, or an array is missing"), n);
  if (!sr_ndr_ok (ndr))
    return;
  if (sr_ndr_is_reading (ndr))
    g_array_set_size (r->results, n);

  code_array_count (ndr, "piid", n);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_guid (ndr, "piid", &result_at (r, i)->iid);
  code_array_count (ndr, "phresults", n);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    sr_ndr_uint32 (ndr, "phresults", &result_at (r, i)->hr);
  code_array_count (ndr, "ppIntfData", n);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    present[i] = sr_ndr_pointer (ndr, "ppIntfData", result_at (r, i)->objref != NULL);
  for (guint32 i = 0; i < n && sr_ndr_ok (ndr); i++)
    if (present[i])
      sr_interface_pointer_code (ndr, "ppIntfData", &result_at (r, i)->objref);
}

static void
code_scm_reply (SrNdr    *ndr,
                gpointer  message)
{
  SrActivationReply *r = message;
  gboolean reserved = sr_ndr_pointer (ndr, "pdwReserved", FALSE);
  gboolean present = sr_ndr_pointer (ndr, "remoteReply", TRUE), has_bindings;
  guint32 ignored;

  if (reserved)
    sr_ndr_uint32 (ndr, "pdwReserved", &ignored);
  if (!present)
    {
      sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "remoteReply", "NULL");
      return;
    }
  sr_ndr_uint64 (ndr, "Oxid", &r->oxid);
  has_bindings = sr_ndr_pointer (ndr, "pdsaOxidBindings", r->bindings != NULL);
  sr_ndr_guid (ndr, "ipidRemUnknown", &r->rem_unknown);
  sr_ndr_uint32 (ndr, "authnHint", &r->authn_hint);
  sr_com_version_code (ndr, "serverVersion", &r->version);
  if (has_bindings)
    sr_dual_string_array_code (ndr, "pdsaOxidBindings", &r->bindings);
  else
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "pdsaOxidBindings", "NULL");
}

GBytes *
sr_activation_reply_build (SrActivationReply *reply,
                           GError           **error)
{
  const SrGuid clsids[] = { CLSID_PROPS_OUT_INFO, CLSID_SCM_REPLY_INFO };
  g_autoptr (GBytes) props_out = sr_ndr_serialize ("PropsOutInfo", code_props_out, reply, error);
  g_autoptr (GBytes) scm_reply = NULL;
  GBytes *properties[2];

  if (props_out == NULL)
    return NULL;
  scm_reply = sr_ndr_serialize ("ScmReplyInfoData", code_scm_reply, reply, error);
  if (scm_reply == NULL)
    return NULL;
  properties[0] = props_out;
  properties[1] = scm_reply;
  return sr_activation_blob_build (&IID_ACTIVATION_PROPERTIES_OUT, &CLSID_ACTIVATION_PROPERTIES_OUT,
                                   clsids, properties, G_N_ELEMENTS (properties), error);
}

static gboolean
parse_property (const SrActivationBlob *blob,
                const SrGuid           *clsid,
                const char             *name,
                SrNdrCoder              coder,
                SrActivationReply      *reply,
                GError                **error)
{
  gsize length;
  const guint8 *data = sr_activation_blob_find (blob, clsid, &length);

  if (data != NULL)
    return sr_ndr_deserialize (name, data, length, coder, reply, NULL, error);
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("Activation properties: no %s"), name);
  return FALSE;
}

gboolean
sr_activation_reply_parse (const guint8      *data,
                           gsize              length,
                           SrActivationReply *reply,
                           GError           **error)
{
  SrActivationBlob blob;
  gboolean ok;

  sr_activation_reply_init (reply);
  ok = sr_activation_blob_parse (data, length, &CLSID_ACTIVATION_PROPERTIES_OUT, &blob, error)
       && parse_property (&blob, &CLSID_PROPS_OUT_INFO, "PropsOutInfo", code_props_out, reply, error)
       && parse_property (&blob, &CLSID_SCM_REPLY_INFO, "ScmReplyInfoData", code_scm_reply, reply, error);
  sr_activation_blob_clear (&blob);
  return ok;
}
