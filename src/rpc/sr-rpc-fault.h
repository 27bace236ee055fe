/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * SR_RPC_FAULT:
 *
 * Error domain for fault PDUs; the code is the status, as a signed number
 * (C706 appendix E, MS-RPCE 3.3.3.5 and MS-ERREF for Win32 codes).
 */
#define SR_RPC_FAULT (sr_rpc_fault_quark ())
GQuark sr_rpc_fault_quark (void);

#define SR_NCA_S_FAULT_ACCESS_DENIED 0x00000005u
#define SR_NCA_S_FAULT_NDR 0x000006f7u
#define SR_NCA_S_FAULT_SEC_PKG_ERROR 0x00000721u
#define SR_NCA_S_OP_RNG_ERROR 0x1c010002u
#define SR_NCA_S_UNK_IF 0x1c010003u
#define SR_NCA_S_PROTO_ERROR 0x1c01000bu
#define SR_NCA_S_FAULT_REMOTE_NO_MEMORY 0x1c00001bu
#define SR_NCA_S_FAULT_CONTEXT_MISMATCH 0x1c00001au
#define SR_NCA_S_FAULT_UNSPEC 0x1c000012u

/**
 * sr_rpc_fault_words:
 * @status: the status of a fault PDU
 *
 * Returns: (transfer none): what it means, in the user's language
 */
const char *sr_rpc_fault_words (guint32 status);

/**
 * sr_rpc_fault_executed:
 * @status: the status of a fault PDU
 *
 * Returns: whether the method's code may have run; %FALSE for faults raised
 * before dispatch (access denied, unknown interface or operation, protocol or
 * security error)
 */
gboolean sr_rpc_fault_executed (guint32 status);

G_END_DECLS
