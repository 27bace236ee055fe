/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrPracticeRole:
 * @SR_PRACTICE_ROLE_ADMINISTRATOR: CA administrator
 * @SR_PRACTICE_ROLE_OFFICER: certificate manager
 * @SR_PRACTICE_ROLE_AUDITOR: auditor
 * @SR_PRACTICE_ROLE_OPERATOR: backup operator: may make backups
 * @SR_PRACTICE_ROLE_READ: may read
 * @SR_PRACTICE_ROLE_ENROLL: may ask for certificates
 *
 * Permissions of MS-CSRA 3.1.1.7, as GetMyRoles returns them.
 */
typedef enum
{
  SR_PRACTICE_ROLE_ADMINISTRATOR = 0x1,
  SR_PRACTICE_ROLE_OFFICER = 0x2,
  SR_PRACTICE_ROLE_AUDITOR = 0x4,
  SR_PRACTICE_ROLE_OPERATOR = 0x8,
  SR_PRACTICE_ROLE_READ = 0x100,
  SR_PRACTICE_ROLE_ENROLL = 0x200,
} SrPracticeRole;

/**
 * SrPracticeRoles:
 *
 * Who may do what: a JSON file {"users": {"DOMAIN\\user": ["read", "operator"]}}
 * with the names administrator, officer, auditor, operator, read, enroll.
 * Principals are compared without case. Not thread-safe.
 */
typedef struct _SrPracticeRoles SrPracticeRoles;

/**
 * sr_practice_roles_open:
 * @path: the file; made by the first sr_practice_roles_set()
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED with what is wrong, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the roles, empty when there is no file, or %NULL
 */
SrPracticeRoles *sr_practice_roles_open (const char *path,
                                         GError    **error);

/**
 * sr_practice_roles_free:
 * @roles: (transfer full): roles
 */
void sr_practice_roles_free (SrPracticeRoles *roles);

/**
 * sr_practice_roles_get:
 * @roles: roles
 * @principal: (nullable): "DOMAIN\user" or "user@REALM"
 *
 * Returns: a bitwise or of #SrPracticeRole, 0 for who is not listed. Officer,
 *   administrator and enroll imply read (MS-CSRA 3.1.1.7).
 */
guint32 sr_practice_roles_get (SrPracticeRoles *roles,
                               const char      *principal);

/**
 * sr_practice_roles_lists:
 * @roles: roles
 * @principal: (nullable): "DOMAIN\user" or "user@REALM"
 *
 * Returns: whether @principal is in the file, be it without any role: who is not may not even activate
 */
gboolean sr_practice_roles_lists (SrPracticeRoles *roles,
                                  const char      *principal);

/**
 * sr_practice_roles_set:
 * @roles: roles
 * @principal: "DOMAIN\user" or "user@REALM"
 * @mask: a bitwise or of #SrPracticeRole
 * @error: where to put an error
 *
 * Lists a principal and writes the file (mode 0600). Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_practice_roles_set (SrPracticeRoles *roles,
                                const char      *principal,
                                guint32          mask,
                                GError         **error);

/**
 * sr_practice_roles_parse:
 * @names: (array zero-terminated=1): names of roles
 * @mask: (out): a bitwise or of #SrPracticeRole
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED for an unknown name.
 *
 * Returns: whether all names are known
 */
gboolean sr_practice_roles_parse (const char * const *names,
                                  guint32            *mask,
                                  GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeRoles, sr_practice_roles_free)

G_END_DECLS
