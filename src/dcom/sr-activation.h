/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-objref.h"
#include "dcom/sr-orpc.h"

G_BEGIN_DECLS

/** SR_ACTIVATION_MAX_INTERFACES: most interfaces that an activation may ask for or give (MS-DCOM allows 0x8000) */
#define SR_ACTIVATION_MAX_INTERFACES 64

/** SR_ACTIVATION_MAX_PROTSEQS: most protocol sequences that are read (MS-DCOM allows 0x8000) */
#define SR_ACTIVATION_MAX_PROTSEQS 64

/**
 * SrActivationRequest:
 * @clsid: the class
 * @class_context: CLSCTX bits, ignored by servers
 * @flags: actvflags of InstantiationInfoData
 * @iids: (element-type SrGuid): interfaces wanted
 * @client_version: ignored by servers
 * @session_id: logon session, 0xffffffff for any
 * @default_level: authentication level, ignored by servers
 * @special_flags: dwFlags of SpecialPropertiesData
 * @has_context: whether a client context comes along, as Windows sends one
 * @context_id: its identifier
 * @server_name: (nullable): the host as the user gave it, ignored by servers
 * @protseqs: (element-type guint16): protocol sequences that the client speaks
 *
 * What an activation asks for (MS-DCOM 2.2.22.2.1 to 2.2.22.2.7).
 */
typedef struct
{
  SrGuid clsid;
  guint32 class_context;
  guint32 flags;
  GArray *iids;
  SrComVersion client_version;
  guint32 session_id;
  guint32 default_level;
  guint32 special_flags;
  gboolean has_context;
  SrGuid context_id;
  char *server_name;
  GArray *protseqs;
} SrActivationRequest;

/**
 * SrActivationResult:
 * @iid: the interface
 * @hr: whether the object has it
 * @objref: (nullable): its object reference, when it has
 *
 * The answer for one interface.
 */
typedef struct
{
  SrGuid iid;
  guint32 hr;
  GBytes *objref;
} SrActivationResult;

/**
 * SrActivationReply:
 * @oxid: the object exporter
 * @bindings: (nullable): where it listens
 * @rem_unknown: IPID of its IRemUnknown
 * @authn_hint: lowest authentication level that it takes
 * @version: its version
 * @results: (element-type SrActivationResult): one for each interface
 *
 * What an activation gives (MS-DCOM 2.2.22.2.8, 2.2.22.2.9).
 */
typedef struct
{
  guint64 oxid;
  SrDualStringArray *bindings;
  SrGuid rem_unknown;
  guint32 authn_hint;
  SrComVersion version;
  GArray *results;
} SrActivationReply;

/**
 * sr_activation_request_init:
 * @request: (out caller-allocates): as Windows sends it for a remote class
 * @clsid: the class
 * @iids: (array length=n_iids): interfaces wanted
 * @n_iids: how many
 * @server_name: (nullable): the host as the user gave it
 * @version_minor: the negotiated minor version
 */
void sr_activation_request_init (SrActivationRequest *request,
                                 const SrGuid        *clsid,
                                 const SrGuid        *iids,
                                 guint                n_iids,
                                 const char          *server_name,
                                 guint16              version_minor);

/**
 * sr_activation_request_clear:
 * @request: what was read or initialized
 */
void sr_activation_request_clear (SrActivationRequest *request);

/**
 * sr_activation_request_build:
 * @request: what is wanted
 * @error: where to put an error
 *
 * Makes the custom object reference that carries the activation properties,
 * in the order in which Windows sends them.
 *
 * Sets %SR_ERROR_LIMIT.
 *
 * Returns: (transfer full): its bytes, or %NULL
 */
GBytes *sr_activation_request_build (SrActivationRequest *request,
                                     GError             **error);

/**
 * sr_activation_request_parse:
 * @data: (array length=length): a custom object reference
 * @length: in bytes
 * @request: (out caller-allocates): what is wanted; to be cleared in either case
 * @error: where to put an error
 *
 * Properties that are not known are ignored. A client context may be missing:
 * independent clients send none, and Windows takes that.
 *
 * Sets %SR_ERROR_MALFORMED, %SR_ERROR_LIMIT, %SR_ERROR_UNSUPPORTED, and
 * %SR_HRESULT_ERROR with %SR_RPC_E_INVALID_OBJREF for a context that is none.
 *
 * Returns: whether @request is filled
 */
gboolean sr_activation_request_parse (const guint8        *data,
                                      gsize                length,
                                      SrActivationRequest *request,
                                      GError             **error);

/**
 * sr_activation_reply_init:
 * @reply: (out caller-allocates): an empty reply
 */
void sr_activation_reply_init (SrActivationReply *reply);

/**
 * sr_activation_reply_clear:
 * @reply: what was read or initialized
 */
void sr_activation_reply_clear (SrActivationReply *reply);

/**
 * sr_activation_reply_add:
 * @reply: a reply
 * @iid: the interface
 * @hr: whether the object has it
 * @objref: (nullable): its object reference; a reference is kept
 */
void sr_activation_reply_add (SrActivationReply *reply,
                              const SrGuid      *iid,
                              guint32            hr,
                              GBytes            *objref);

/**
 * sr_activation_reply_build:
 * @reply: what is given
 * @error: where to put an error
 *
 * Makes the custom object reference; PropsOutInfo comes first, as independent
 * clients expect.
 *
 * Sets %SR_ERROR_LIMIT.
 *
 * Returns: (transfer full): its bytes, or %NULL
 */
GBytes *sr_activation_reply_build (SrActivationReply *reply,
                                   GError           **error);

/**
 * sr_activation_reply_parse:
 * @data: (array length=length): a custom object reference
 * @length: in bytes
 * @reply: (out caller-allocates): what is given; to be cleared in either case
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED, %SR_ERROR_LIMIT, %SR_ERROR_UNSUPPORTED.
 *
 * Returns: whether @reply is filled, with results and bindings
 */
gboolean sr_activation_reply_parse (const guint8      *data,
                                    gsize              length,
                                    SrActivationReply *reply,
                                    GError           **error);

G_END_DECLS
