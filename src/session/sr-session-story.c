/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-session-story-private.h"

#include <glib/gi18n-lib.h>

/* IF_NOREMOTEICERTADMINBACKUP of the configuration entry InterfaceFlags (MS-CSRA 3.1.1.10). */
#define NO_REMOTE_BACKUP 0x40

/* The Operator permission among the roles (MS-CSRA 3.1.1.7). */
#define ROLE_OPERATOR 0x8

/* The flags as of the next start of the service. */
static gboolean
get_interface_flags (SrCertAdmin  *admin,
                     guint32      *flags,
                     gint64        deadline,
                     GCancellable *cancellable)
{
  g_auto (SrVariant) value = { SR_VT_EMPTY };

  if (!sr_cert_admin_get_config_entry (admin, "", "InterfaceFlags", &value, deadline, cancellable, NULL)
      || value.type != SR_VT_I4)
    return FALSE;
  *flags = (guint32) value.number;
  return TRUE;
}

const char *
sr_session_access_denied_story (SrCertAdmin  *admin,
                                gint64        deadline,
                                GCancellable *cancellable)
{
  guint32 flags = 0, roles = 0;
  gboolean flags_known = get_interface_flags (admin, &flags, deadline, cancellable);
  gboolean roles_known = sr_cert_admin_get_my_roles (admin, &roles, deadline, cancellable, NULL);
  gboolean disabled = flags_known && (flags & NO_REMOTE_BACKUP) != 0;
  gboolean no_operator = roles_known && (roles & ROLE_OPERATOR) == 0;

  if (disabled && no_operator)
    return _("Remote backup is disabled on the CA (flag 0x40 of InterfaceFlags), and the account is no Backup Operator of the CA besides. "
             "On the CA: certutil -setreg CA\\InterfaceFlags -IF_NOREMOTEICERTADMINBACKUP, then restart Certificate Services; "
             "and give the account Read on the CA and the right “Back up files and directories”.");
  if (disabled)
    return _("Remote backup is disabled on the CA (flag 0x40 of InterfaceFlags). "
             "On the CA: certutil -setreg CA\\InterfaceFlags -IF_NOREMOTEICERTADMINBACKUP, then restart Certificate Services.");
  if (no_operator)
    return _("The account is no Backup Operator of the CA: it needs Read on the CA and the right “Back up files and directories” there. "
             "A local account of a computer that is in no domain is also cut down by UAC when it comes from elsewhere.");
  if (flags_known && roles_known)
    return _("The account is a Backup Operator, and the CA’s configuration allows remote backup: most likely Certificate Services "
             "were not restarted since that was changed. Restart them on the CA.");
  return _("Why cannot be told from here, since the account may not read the CA’s configuration or its own roles. Either remote backup is disabled "
           "(flag 0x40 of InterfaceFlags), or it was allowed and Certificate Services not restarted since, or the account is no Backup Operator: "
           "that takes Read on the CA and the right “Back up files and directories” there.");
}
