/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-ca-private.h"

/* Roles among which role separation allows one only. */
#define SEPARATED (SR_PRACTICE_ROLE_ADMINISTRATOR | SR_PRACTICE_ROLE_OFFICER | \
                   SR_PRACTICE_ROLE_AUDITOR | SR_PRACTICE_ROLE_OPERATOR)

SrHresult
sr_practice_ca_refuse (SrPracticeCa  *ca,
                       SrPracticeRule rule)
{
  const SrPracticeRuleRow *row = sr_practice_rule_get (rule);

  sr_practice_ledger_note_refusal (ca->ledger, row->id);
  return row->answer;
}

SrHresult
sr_practice_ca_fail (SrPracticeCa *ca,
                     const char   *what,
                     const GError *error)
{
  g_message ("Practice CA: %s: %s", what, error->message);
  return SR_E_FAIL;
}

void
sr_practice_ca_save_ledger (SrPracticeCa *ca)
{
  g_autoptr (GError) error = NULL;

  if (!sr_practice_ledger_save (ca->ledger, &error))
    g_message ("Practice CA: %s", error->message);
}

static SrHresult
check_role (SrPracticeCa  *ca,
            guint32        roles,
            SrPracticeNeed need)
{
  switch (need)
    {
    case SR_PRACTICE_NEED_BACKUP:
      /* Read and SeBackupPrivilege (CSRA 3.1.1.7); the role of this CA's file stands for both */
      if ((roles & SR_PRACTICE_ROLE_OPERATOR) == 0)
        return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_NOT_OPERATOR);
      break;
    case SR_PRACTICE_NEED_CONTROL:
      if ((roles & (SR_PRACTICE_ROLE_ADMINISTRATOR | SR_PRACTICE_ROLE_OPERATOR)) == 0)
        return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_NOT_ADMINISTRATOR);
      break;
    case SR_PRACTICE_NEED_ADMINISTRATOR:
      if ((roles & SR_PRACTICE_ROLE_ADMINISTRATOR) == 0)
        return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_NOT_ADMINISTRATOR);
      break;
    case SR_PRACTICE_NEED_READ:
      if ((roles & SR_PRACTICE_ROLE_READ) == 0)
        return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_NOT_READER);
      break;
    case SR_PRACTICE_NEED_NOTHING:
      break;
    default:
      g_assert_not_reached ();
    }
  return SR_S_OK;
}

SrHresult
sr_practice_ca_admit (SrPracticeCa           *ca,
                      const SrPracticeCaller *caller,
                      SrPracticeNeed          need)
{
  guint32 flags = sr_practice_config_in_force (ca->config, SR_PRACTICE_NODE_CA, "InterfaceFlags");
  guint32 roles = sr_practice_roles_get (ca->roles, caller->principal);
  guint32 separated = roles & SEPARATED;

  if (!ca->registered)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_UNREGISTERED);
  if (!caller->privacy)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_NOT_PRIVATE);
  if (flags & SR_PRACTICE_IF_NOREMOTEICERTADMIN)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_NO_REMOTE_ADMIN);
  if (need == SR_PRACTICE_NEED_BACKUP && (flags & SR_PRACTICE_IF_NOREMOTEICERTADMINBACKUP))
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_NO_REMOTE_BACKUP);
  if (need != SR_PRACTICE_NEED_NOTHING && (separated & (separated - 1)) != 0 &&
      sr_practice_config_in_force (ca->config, SR_PRACTICE_NODE_CA, "RoleSeparationEnabled") != 0)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_ROLE_CONFLICT);
  return check_role (ca, roles, need);
}

SrHresult
sr_practice_activate (SrPracticeCa *ca,
                      const char   *principal)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->lock);

  if (ca->database == NULL)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_ACTIVATION_STOPPED);
  if (!ca->registered)
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_ACTIVATION_UNREGISTERED);
  if (!sr_practice_roles_lists (ca->roles, principal))
    return sr_practice_ca_refuse (ca, SR_PRACTICE_RULE_ACTIVATION);
  return SR_S_OK;
}
