/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-activation.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/** sr_activation_interface: IActivation (MS-DCOM 3.1.2.5.2.1), which every version has */
extern const SrRpcInterface sr_activation_interface;

/** sr_remote_activator_interface: IRemoteSCMActivator (MS-DCOM 3.1.2.5.2.2), from version 5.6 on */
extern const SrRpcInterface sr_remote_activator_interface;

/** SR_ACTIVATION_OP_REMOTE_ACTIVATION: IActivation::RemoteActivation */
#define SR_ACTIVATION_OP_REMOTE_ACTIVATION 0
#define SR_REMOTE_ACTIVATOR_OP_GET_CLASS_OBJECT 3
#define SR_REMOTE_ACTIVATOR_OP_CREATE_INSTANCE 4

/** SR_ACTIVATION_MODE_CLASS_OBJECT: the mode that asks for the class factory */
#define SR_ACTIVATION_MODE_CLASS_OBJECT 0xffffffffu

/**
 * SrRemoteActivationRequest:
 *
 * Request of IActivation::RemoteActivation (MS-DCOM 3.1.2.5.2.3.1).
 */
typedef struct
{
  SrOrpcThis orpc_this;
  SrGuid clsid;
  char *object_name;
  GBytes *storage;
  guint32 impersonation_level;
  guint32 mode;
  guint32 n_iids;
  SrGuid iids[SR_ACTIVATION_MAX_INTERFACES];
  guint16 n_protseqs;
  guint16 protseqs[SR_ACTIVATION_MAX_PROTSEQS];
} SrRemoteActivationRequest;

/**
 * SrRemoteActivationReply:
 * @orpc_that: what comes first
 * @activation: what was given; @results is %NULL in a zeroed one, and has no IIDs when read
 * @hr: the outcome of the activation
 * @status: the outcome of the call
 */
typedef struct
{
  SrOrpcThat orpc_that;
  SrActivationReply activation;
  guint32 hr;
  guint32 status;
} SrRemoteActivationReply;

/**
 * SrActivatorRequest:
 * @outer: (nullable): for RemoteCreateInstance, ignored
 * @properties: (nullable): bytes of a custom object reference
 *
 * Request of IRemoteSCMActivator::RemoteGetClassObject and RemoteCreateInstance (MS-DCOM 3.1.2.5.2.3.2, 3.1.2.5.2.3.3).
 */
typedef struct
{
  SrOrpcThis orpc_this;
  GBytes *outer;
  GBytes *properties;
} SrActivatorRequest;

typedef struct
{
  SrOrpcThat orpc_that;
  GBytes *properties;
  guint32 hr;
} SrActivatorReply;

G_END_DECLS
