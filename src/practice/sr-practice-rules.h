/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"

G_BEGIN_DECLS

/**
 * SrPracticeRule:
 *
 * The rules by which a call can be refused; the table in sr-practice-rules.c
 * has the words, the answer and the source of each.
 */
typedef enum
{
  SR_PRACTICE_RULE_ACTIVATION,
  SR_PRACTICE_RULE_ACTIVATION_UNREGISTERED,
  SR_PRACTICE_RULE_ACTIVATION_STOPPED,
  SR_PRACTICE_RULE_UNREGISTERED,
  SR_PRACTICE_RULE_NOT_PRIVATE,
  SR_PRACTICE_RULE_NO_REMOTE_ADMIN,
  SR_PRACTICE_RULE_AUTHORITY,
  SR_PRACTICE_RULE_ROLE_CONFLICT,
  SR_PRACTICE_RULE_NO_REMOTE_BACKUP,
  SR_PRACTICE_RULE_NOT_OPERATOR,
  SR_PRACTICE_RULE_NOT_ADMINISTRATOR,
  SR_PRACTICE_RULE_NOT_READER,
  SR_PRACTICE_RULE_CONTROL_VALUE,
  SR_PRACTICE_RULE_PREPARE_VALUE,
  SR_PRACTICE_RULE_PREPARE_AGAIN,
  SR_PRACTICE_RULE_LOGS_CIRCULAR,
  SR_PRACTICE_RULE_PREPARE_BUSY,
  SR_PRACTICE_RULE_LOGS_WITHOUT_FULL,
  SR_PRACTICE_RULE_ATTACHMENTS_WITHOUT_FULL,
  SR_PRACTICE_RULE_NOT_PREPARED,
  SR_PRACTICE_RULE_LOGS_FILE_OPEN,
  SR_PRACTICE_RULE_LOGS_GAP,
  SR_PRACTICE_RULE_OPEN_AGAIN,
  SR_PRACTICE_RULE_OPEN_DATABASE_LATE,
  SR_PRACTICE_RULE_OPEN_NO_DATABASE,
  SR_PRACTICE_RULE_OPEN_UNKNOWN,
  SR_PRACTICE_RULE_READ_CLOSED,
  SR_PRACTICE_RULE_READ_SIZE,
  SR_PRACTICE_RULE_READ_TOO_MUCH,
  SR_PRACTICE_RULE_READ_DAMAGED,
  SR_PRACTICE_RULE_CLOSE_CLOSED,
  SR_PRACTICE_RULE_TRUNCATE_EARLY,
  SR_PRACTICE_RULE_CONFIG_PATH,
  SR_PRACTICE_RULE_CONFIG_MISSING,
  SR_PRACTICE_RULE_PROPERTY,
  SR_PRACTICE_RULE_PROPERTY_ABSENT,
  SR_PRACTICE_N_RULES,
} SrPracticeRule;

/**
 * SrPracticeRuleRow:
 * @id: a short name, for the ledger
 * @answer: what the caller gets
 * @when: what refuses the call
 * @source: which section says so; "inference" where none does
 *
 * One rule.
 */
typedef struct
{
  const char *id;
  SrHresult answer;
  const char *when;
  const char *source;
} SrPracticeRuleRow;

/**
 * sr_practice_rule_get:
 * @rule: a rule
 *
 * Returns: (transfer none): its row
 */
const SrPracticeRuleRow *sr_practice_rule_get (SrPracticeRule rule);

G_END_DECLS
