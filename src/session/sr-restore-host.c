/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-restore-plan.h"

SrCaHost *
sr_restore_host_new (SrDcomTarget  *target,
                     SrCredentials *credentials,
                     guint16        port,
                     const char    *drives,
                     gint64         timeout)
{
  SrCaHostTarget host = {
    .host = sr_dcom_target_get_host (target),
    .address = sr_dcom_target_get_address (target),
    .port = port,
    .drives = drives,
    .ntlm_allowed = sr_dcom_target_get_ntlm_allowed (target),
    .timeout = timeout,
  };

  return sr_ca_host_new (&host, credentials != NULL ? credentials : sr_dcom_target_get_credentials (target));
}
