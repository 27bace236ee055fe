/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-fault.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

SR_DEFINE_QUARK (sr-rpc-fault-quark, sr_rpc_fault)

/* C706 appendix E and N; Win32 codes by MS-ERREF 2.2. */
static const struct
{
  guint32 status;
  gboolean before_dispatch;
  const char *words;
} faults[] = {
  { SR_NCA_S_FAULT_ACCESS_DENIED, TRUE, N_ ("access denied") },
  { 0x000006b5, TRUE, N_ ("the interface is unknown") },
  { 0x000006bb, TRUE, N_ ("the server is too busy") },
  { 0x000006c0, TRUE, N_ ("protocol error") },
  { 0x000006d1, TRUE, N_ ("the operation number is out of range") },
  { 0x000006d3, TRUE, N_ ("the authentication service is unknown") },
  { SR_NCA_S_FAULT_NDR, FALSE, N_ ("the server could not read or write the arguments") },
  { SR_NCA_S_FAULT_SEC_PKG_ERROR, TRUE, N_ ("error of the security package: the server could not verify the request") },
  { 0x000006be, FALSE, N_ ("the remote procedure call failed") },
  { 0x000006bf, TRUE, N_ ("the remote procedure call failed and was not executed") },
  { 0x000006e4, FALSE, N_ ("cannot be supported") },
  { 0x00000776, TRUE, N_ ("the object exporter is unknown") },
  { SR_NCA_S_OP_RNG_ERROR, TRUE, N_ ("the operation number is out of range") },
  { SR_NCA_S_UNK_IF, TRUE, N_ ("the interface is unknown") },
  { SR_NCA_S_PROTO_ERROR, TRUE, N_ ("protocol error") },
  { 0x1c010001, FALSE, N_ ("communication failure") },
  { 0x1c010006, TRUE, N_ ("the server was started anew") },
  { 0x1c010013, FALSE, N_ ("the results are too big") },
  { 0x1c010014, TRUE, N_ ("the server is too busy") },
  { 0x1c010017, TRUE, N_ ("the type of the object is not supported") },
  { 0x1c000001, FALSE, N_ ("division by zero in the server") },
  { 0x1c000002, FALSE, N_ ("address error in the server") },
  { 0x1c000006, FALSE, N_ ("invalid tag in the arguments") },
  { 0x1c000007, FALSE, N_ ("invalid bound in the arguments") },
  { 0x1c000008, TRUE, N_ ("the RPC version does not fit") },
  { 0x1c000009, TRUE, N_ ("the server rejected the call") },
  { 0x1c00000c, TRUE, N_ ("the server does not have the method ready") },
  { 0x1c00000d, FALSE, N_ ("the call was cancelled") },
  { SR_NCA_S_FAULT_UNSPEC, FALSE, N_ ("unspecified fault of the server") },
  { SR_NCA_S_FAULT_CONTEXT_MISMATCH, FALSE, N_ ("the context handle is not known to the server") },
  { SR_NCA_S_FAULT_REMOTE_NO_MEMORY, FALSE, N_ ("the server is out of memory") },
  { 0x1c00001c, TRUE, N_ ("the presentation context is invalid") },
  { 0x1c00001d, TRUE, N_ ("the authentication level is not supported") },
  { 0x1c00001f, TRUE, N_ ("the server found a wrong signature") },
  { 0x80010108, TRUE, N_ ("the object is not there any more") },
  { 0x80010110, TRUE, N_ ("the DCOM version does not fit") },
  { 0x80010111, TRUE, N_ ("the ORPC header is invalid") },
  { 0x80010114, TRUE, N_ ("the object does not exist") },
  { 0x80070005, TRUE, N_ ("access denied") },
};

const char *
sr_rpc_fault_words (guint32 status)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    if (faults[i].status == status)
      return _ (faults[i].words);
  return _ ("unknown fault");
}

gboolean
sr_rpc_fault_executed (guint32 status)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    if (faults[i].status == status)
      return !faults[i].before_dispatch;
  return TRUE;
}
