/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-restore-host-private.h"

/* Of one message and its answer. */
#define CALL_TIMEOUT (60 * (gint64) G_USEC_PER_SEC)

SrCaHost *
sr_restore_reach_host (SrAuthority   *authority,
                       SrSecret      *password,
                       SrDcomTarget **target,
                       GError       **error)
{
  g_autoptr (SrDcomTarget) own = NULL;
  g_autoptr (SrCredentials) credentials = NULL;
  g_autofree char *drives = NULL;
  guint16 port;

  if (!sr_authority_find_host (authority, &port, &drives, &credentials, error))
    return NULL;
  own = sr_authority_make_target (authority, password, error);
  if (own == NULL)
    return NULL;
  if (target != NULL)
    *target = sr_dcom_target_ref (own);
  return sr_restore_host_new (own, credentials, port, drives, CALL_TIMEOUT);
}
