/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-history.h"

G_BEGIN_DECLS

/*
 * Which backup of a CA may be made, decided from its history on the disk and
 * from what the CA itself says. Everything that forbids a log-only backup, or
 * speaks against one, is a rule of this table and stands nowhere else.
 */

/**
 * SrBackupRule:
 * @SR_BACKUP_RULE_NONE: nothing
 * @SR_BACKUP_RULE_NO_FULL: there is no full set that logs could continue
 * @SR_BACKUP_RULE_NOT_TRUNCATED: there are full sets, but none that truncated the CA's logs and whose session ended: its engine counts them as copies
 * @SR_BACKUP_RULE_AFTER_RESTORE: the CA was restored by this program, and no full set that truncated has succeeded since
 * @SR_BACKUP_RULE_OTHER_LOGS: the CA's logs are not those that the sets have: restored by another tool, or another database
 * @SR_BACKUP_RULE_UNKNOWN_NOTE: an event file that cannot be understood, damaged or of a newer version, and no full set that truncated since
 * @SR_BACKUP_RULE_FULL_MISSING: the CA answered -560 unexpectedly
 * @SR_BACKUP_RULE_CIRCULAR_LOGGING: the CA's database uses circular logging (DBFlags, or -526)
 * @SR_BACKUP_RULE_GAP: logs are missing between the last set and what the CA still has, or behind the last backup that the CA remembers (-569)
 * @SR_BACKUP_RULE_DAMAGED: a set of the chain that logs would continue is damaged, as its last verification found
 * @SR_BACKUP_RULE_FOREIGN_FULL: the CA tells of another full backup than our newest; this speaks against a log-only backup and does not forbid it
 * @SR_BACKUP_RULE_FULL_OLD: the newest full set is older than %SR_BACKUP_FULL_DAYS; the same
 * @SR_BACKUP_RULE_TORN_LOGS: the logs of a full backup are not one run, or there are none; this refuses a full backup at the CA, and is never the reason for one
 * @SR_BACKUP_N_RULES: how many there are
 *
 * Why the next backup must or should be a full one.
 */
typedef enum
{
  SR_BACKUP_RULE_NONE,
  SR_BACKUP_RULE_NO_FULL,
  SR_BACKUP_RULE_NOT_TRUNCATED,
  SR_BACKUP_RULE_AFTER_RESTORE,
  SR_BACKUP_RULE_OTHER_LOGS,
  SR_BACKUP_RULE_UNKNOWN_NOTE,
  SR_BACKUP_RULE_FULL_MISSING,
  SR_BACKUP_RULE_CIRCULAR_LOGGING,
  SR_BACKUP_RULE_GAP,
  SR_BACKUP_RULE_DAMAGED,
  SR_BACKUP_RULE_FOREIGN_FULL,
  SR_BACKUP_RULE_FULL_OLD,
  SR_BACKUP_RULE_TORN_LOGS,
  SR_BACKUP_N_RULES,
} SrBackupRule;

/** SR_DBFLAGS_CIRCULAR_LOGGING: DBFLAGS_CIRCULARLOGGING, the bit of the CA's DBFlags (certsrv.h) */
#define SR_DBFLAGS_CIRCULAR_LOGGING 0x4

/** SR_BACKUP_FULL_DAYS: after so many days the automatic choice is a full backup again, which is overdue then */
#define SR_BACKUP_FULL_DAYS 7

/**
 * SR_BACKUP_RULE_ERROR:
 *
 * Error domain of backups that a rule refuses; the code is the #SrBackupRule.
 */
#define SR_BACKUP_RULE_ERROR (sr_backup_rule_error_quark ())
GQuark sr_backup_rule_error_quark (void);

/**
 * sr_backup_rule_to_string:
 * @rule: a rule
 *
 * Returns: (transfer none): its code, such as "after-restore"; it does not change between versions. "none" for no rule
 */
const char *sr_backup_rule_to_string (SrBackupRule rule);

/**
 * sr_backup_rule_words:
 * @rule: a rule
 *
 * Returns: (transfer none): why no log-only backup can or should be had, a sentence in the user's language; for no rule, what the next one will be
 */
const char *sr_backup_rule_words (SrBackupRule rule);

/**
 * sr_backup_rule_dup_refusal:
 * @rule: the rule that refused a backup at the CA
 *
 * Returns: (transfer full): its words, and that the CA's logs were left as they are
 */
char *sr_backup_rule_dup_refusal (SrBackupRule rule);

/**
 * sr_backup_rule_advice:
 * @rule: a rule
 *
 * Returns: (transfer none) (nullable): what to do, sentences in the user's language
 */
const char *sr_backup_rule_advice (SrBackupRule rule);

/**
 * sr_backup_rule_forbids:
 * @rule: a rule
 *
 * Returns: whether it forbids a log-only backup; otherwise it only speaks against one
 */
gboolean sr_backup_rule_forbids (SrBackupRule rule);

/**
 * sr_backup_rule_from_error:
 * @error: (nullable): why a backup failed
 *
 * Returns: the rule that refused it: that of %SR_BACKUP_RULE_ERROR, or the one that a CA's -560, -526 or -569 stands for, or an answer of its backup interface that means the same
 */
SrBackupRule sr_backup_rule_from_error (const GError *error);

/**
 * SrAuthorityFacts:
 * @db_flags: its DBFlags, -1 when not known
 * @last_full: its DBLastFullBackup as it came, a FILETIME; 0 when not known. Compared, never taken for a time
 *
 * What a CA says of itself. %SR_AUTHORITY_FACTS_UNKNOWN where it was not asked.
 */
typedef struct
{
  gint64 db_flags;
  guint64 last_full;
} SrAuthorityFacts;

#define SR_AUTHORITY_FACTS_UNKNOWN ((SrAuthorityFacts) { .db_flags = -1, .last_full = 0 })

/**
 * SrBackupChoice:
 * @kind: what the next backup should be
 * @rule: why it should be full; %SR_BACKUP_RULE_NONE for a log-only one
 * @logs_allowed: whether a log-only one can be had all the same
 * @continues: (nullable) (transfer full): the chain that a log-only one would continue
 *
 * What the rules say of the next backup.
 */
typedef struct
{
  SrSetKind kind;
  SrBackupRule rule;
  gboolean logs_allowed;
  SrChain *continues;
} SrBackupChoice;

void sr_backup_choice_clear (SrBackupChoice *choice);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrBackupChoice, sr_backup_choice_clear)

/**
 * sr_backup_rules_choose:
 * @history: the CA's history
 * @facts: what it says
 * @now: microseconds since 1970 UTC, for %SR_BACKUP_RULE_FULL_OLD alone
 * @choice: (out caller-allocates): the choice
 *
 * Chooses the next backup: full when due or required, log-only otherwise.
 * Looks at nothing but its arguments, so it may be called anywhere.
 */
void sr_backup_rules_choose (SrHistory              *history,
                             const SrAuthorityFacts *facts,
                             gint64                  now,
                             SrBackupChoice         *choice);

/**
 * sr_backup_rules_check_list:
 * @history: the CA's history
 * @kind: of the backup at hand
 * @generations: (element-type guint32): of the logs that the CA lists, in any order
 * @error: where to put an error
 *
 * Looks at the list of logs before the first one is read. There must be logs,
 * and they must follow each other; those of a log-only backup must begin at or below the one
 * behind the last that the sets have, and must not end before it.
 *
 * Sets %SR_BACKUP_RULE_GAP or %SR_BACKUP_RULE_OTHER_LOGS of %SR_BACKUP_RULE_ERROR
 * for a log-only backup, %SR_BACKUP_RULE_TORN_LOGS for a full one.
 *
 * Returns: whether the backup may go on
 */
gboolean sr_backup_rules_check_list (SrHistory *history,
                                     SrSetKind  kind,
                                     GArray    *generations,
                                     GError   **error);

/**
 * sr_backup_rules_check_logs:
 * @history: the CA's history
 * @kind: of the backup at hand
 * @files: (element-type SrSetFile): its files, with hashes and what the headers of logs tell
 * @error: where to put an error
 *
 * Looks at the logs of a backup that is read, before it is published and
 * before the CA may truncate anything: with them the set must be in a chain
 * that can be restored. Each must name the one before, and begin as logs do
 * where the others (for a log-only backup: those of the chain too) do; those of
 * a log-only backup must agree with those of the sets: the same generation
 * again is normal as long as it has the same bytes. (Where those of a full one
 * do not agree a new lineage begins.)
 *
 * Sets %SR_BACKUP_RULE_GAP or %SR_BACKUP_RULE_OTHER_LOGS of %SR_BACKUP_RULE_ERROR
 * for a log-only backup, %SR_BACKUP_RULE_TORN_LOGS for a full one.
 *
 * Returns: whether the backup may go on
 */
gboolean sr_backup_rules_check_logs (SrHistory *history,
                                     SrSetKind  kind,
                                     GPtrArray *files,
                                     GError   **error);

/**
 * sr_backup_rule_record:
 * @rule: the rule that refused a log-only backup at the CA
 * @lock: the CA's exclusive lock
 * @refusal: why it was refused
 * @error: where to put an error
 *
 * Notes beside the sets what no set tells: an unexpected -560 or -526, a gap,
 * logs that contradict the sets. From then on the rules require a full backup,
 * whoever looks at the backup folder. Other rules need no note.
 *
 * Sets %SR_STORE_ERROR.
 *
 * Returns: whether what there is to note is on the disk
 */
gboolean sr_backup_rule_record (SrBackupRule   rule,
                                SrLock        *lock,
                                const GError  *refusal,
                                GError       **error);

G_END_DECLS
