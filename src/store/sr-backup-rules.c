/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-backup-rules.h"

#include "store/sr-history-private.h"

#include <glib/gi18n-lib.h>


G_DEFINE_QUARK (sr-backup-rule-error-quark, sr_backup_rule_error)

typedef struct
{
  const char *code;
  gboolean forbids;
  int event; /* SrLineageEventKind that notes it, -1 for none */
  const char *words;
  const char *advice;
} Row;

#define FULL_NEXT N_("Make a full backup that truncates the CA’s logs. Log-only backups can follow it.")

static const Row rows[SR_BACKUP_N_RULES] = {
  [SR_BACKUP_RULE_NONE] = {
    "none", FALSE, -1,
    N_("The next backup holds the logs since the last one."),
    NULL },
  [SR_BACKUP_RULE_NO_FULL] = {
    "no-full", TRUE, -1,
    N_("There is no full backup that logs could continue."),
    FULL_NEXT },
  [SR_BACKUP_RULE_NOT_TRUNCATED] = {
    "not-truncated", TRUE, -1,
    N_("No full backup has truncated the CA’s logs and ended as it should, so the CA counts them as copies that logs cannot continue."),
    FULL_NEXT },
  [SR_BACKUP_RULE_AFTER_RESTORE] = {
    "after-restore", TRUE, -1,
    N_("The CA was restored. Until a full backup that truncates its logs succeeds, logs have nothing to continue."),
    FULL_NEXT },
  [SR_BACKUP_RULE_OTHER_LOGS] = {
    "other-logs", TRUE, SR_LINEAGE_EVENT_OTHER_LOGS,
    N_("The CA’s logs do not continue the backup sets: another tool restored the CA, or it has a new database."),
    FULL_NEXT },
  [SR_BACKUP_RULE_UNKNOWN_NOTE] = {
    "unknown-note", TRUE, -1,
    N_("A note in the backup folder cannot be understood. It may tell of a restore, so logs are not taken to continue what is there."),
    FULL_NEXT },
  [SR_BACKUP_RULE_FULL_MISSING] = {
    "full-missing", TRUE, SR_LINEAGE_EVENT_FULL_MISSING,
    N_("The CA does not know the last full backup any more (-560): another product has made a full backup, such as one of the whole server (VSS), or another tool restored the CA."),
    N_("Make a full backup that truncates the CA’s logs. If another product backs the CA up too, let one of the two do it: each full backup of one makes the logs of the other useless.") },
  [SR_BACKUP_RULE_CIRCULAR_LOGGING] = {
    "circular-logging", TRUE, SR_LINEAGE_EVENT_CIRCULAR_LOGGING,
    N_("The CA overwrites its logs (circular logging), so only full backups can be had."),
    N_("Make a full backup. For log-only backups turn circular logging off on the CA: certutil -setreg DBFlags -DBFLAGS_CIRCULARLOGGING, "
       "then restart Certificate Services.") },
  [SR_BACKUP_RULE_GAP] = {
    "gap", TRUE, SR_LINEAGE_EVENT_GAP,
    N_("Logs are missing between the last backup and what the CA still has."),
    N_("Make a full backup that truncates the CA’s logs. Find out what removed the logs: another backup product, a backup that was broken off, or a backup set that was deleted.") },
  [SR_BACKUP_RULE_DAMAGED] = {
    "damaged", TRUE, -1,
    N_("A backup set that the logs would continue is damaged, so nothing could be restored with them."),
    N_("Make a full backup. Find out what damaged the set: a disk that fails, or a program that changes files in the backup folder.") },
  [SR_BACKUP_RULE_FOREIGN_FULL] = {
    "foreign-full", FALSE, -1,
    N_("The CA tells of a full backup that is not in this backup folder: another product makes them too."),
    N_("If another product backs the CA up too, let one of the two do it: each full backup of one makes the logs of the other useless.") },
  [SR_BACKUP_RULE_FULL_OLD] = {
    "full-old", FALSE, -1,
    N_("The last full backup is more than a week old, or its time cannot be right. A new one keeps a restore short."),
    NULL },
  [SR_BACKUP_RULE_TORN_LOGS] = {
    "torn-logs", FALSE, -1,
    N_("The CA’s logs do not follow each other, so a full backup with them could not be restored."),
    N_("Find out what removes or changes files in the CA’s log folder, such as a cleanup script, a virus scanner or another backup product, "
       "and put back what is missing. Then make a full backup.") },
};

const char *
sr_backup_rule_to_string (SrBackupRule rule)
{
  return rows[rule].code;
}

const char *
sr_backup_rule_words (SrBackupRule rule)
{
  return _(rows[rule].words);
}

const char *
sr_backup_rule_advice (SrBackupRule rule)
{
  return rows[rule].advice != NULL ? _(rows[rule].advice) : NULL;
}

gboolean
sr_backup_rule_forbids (SrBackupRule rule)
{
  return rows[rule].forbids;
}

/* The engine's own errors, and those of the backup interface around it (ntdsbmsg.h). */
static const struct
{
  SrHresult answer;
  SrBackupRule rule;
} answers[] = {
  { SR_HRESULT_FROM_JET (SR_JET_MISSING_FULL_BACKUP), SR_BACKUP_RULE_FULL_MISSING },
  { SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP), SR_BACKUP_RULE_CIRCULAR_LOGGING },
  /* The CA itself misses logs behind the last backup that it remembers: one that never came to its end truncated them. */
  { SR_HRESULT_FROM_JET (SR_JET_MISSING_FILE_TO_BACKUP), SR_BACKUP_RULE_GAP },
  { 0xc7ff0009, SR_BACKUP_RULE_CIRCULAR_LOGGING }, /* hrIncrementalBackupDisabled */
  { 0xc7ff000b, SR_BACKUP_RULE_CIRCULAR_LOGGING }, /* hrCircularLogging */
  { 0xc7ff000c, SR_BACKUP_RULE_FULL_MISSING },     /* hrNoFullRestore */
  { 0xc7ff000e, SR_BACKUP_RULE_FULL_MISSING },     /* hrFullBackupNotTaken */
};

SrBackupRule
sr_backup_rule_from_error (const GError *error)
{
  if (error == NULL)
    return SR_BACKUP_RULE_NONE;
  if (error->domain == SR_BACKUP_RULE_ERROR && error->code > 0 && error->code < SR_BACKUP_N_RULES)
    return (SrBackupRule) error->code;
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    if (sr_hresult_from_error (error) == answers[i].answer)
      return answers[i].rule;
  return SR_BACKUP_RULE_NONE;
}

void
sr_backup_choice_clear (SrBackupChoice *choice)
{
  g_clear_object (&choice->continues);
}

static gint64
sequence_of (SrChain *chain)
{
  return sr_backup_set_get_manifest (sr_chain_get_full (chain))->sequence;
}

/* Why a lineage without a full set that truncated has none. */
static SrBackupRule
why_no_base (SrLineage *lineage)
{
  switch (sr_lineage_get_start (lineage))
    {
    case SR_LINEAGE_START_RESTORE:
      return SR_BACKUP_RULE_AFTER_RESTORE;
    case SR_LINEAGE_START_OTHER_LOGS:
    case SR_LINEAGE_START_BACKWARDS:
      return SR_BACKUP_RULE_OTHER_LOGS;
    case SR_LINEAGE_START_FULL_MISSING:
      return SR_BACKUP_RULE_FULL_MISSING;
    case SR_LINEAGE_START_UNKNOWN:
      return SR_BACKUP_RULE_UNKNOWN_NOTE;
    case SR_LINEAGE_START_FIRST:
    default:
      return sr_lineage_get_newest_chain (lineage) != NULL ? SR_BACKUP_RULE_NOT_TRUNCATED : SR_BACKUP_RULE_NO_FULL;
    }
}

/* Whether such an event came behind @sequence. */
static gboolean
happened_since (SrLineage         *lineage,
                SrLineageEventKind kind,
                gint64             sequence)
{
  GPtrArray *events = sr_lineage_get_events (lineage);

  for (guint i = 0; i < events->len; i++)
    {
      const SrLineageEvent *event = g_ptr_array_index (events, i);

      if (event->kind == kind && event->sequence > sequence)
        return TRUE;
    }
  return FALSE;
}

/* A loose set behind the chain shows that the logs between were gone from the CA already: it lists all that it has. */
static gboolean
is_gap_certain (SrLineage *lineage,
                SrChain   *chain)
{
  GPtrArray *loose = sr_lineage_get_loose (lineage);
  guint32 high = 0, low;

  sr_chain_get_generations (chain, NULL, &high);
  for (guint i = 0; i < loose->len; i++)
    {
      const SrManifest *manifest = sr_backup_set_get_manifest (g_ptr_array_index (loose, i));

      if (manifest->sequence > sequence_of (chain) && sr_manifest_get_generations (manifest, &low, NULL) && low - 1 > high)
        return TRUE;
    }
  return FALSE;
}

/* What forbids a log-only backup; the order tells what is said where several do. */
static SrBackupRule
find_refusal (SrHistory              *history,
              const SrAuthorityFacts *facts,
              SrChain               **continues)
{
  SrLineage *lineage = sr_history_get_current (history);
  SrChain *base = lineage != NULL ? sr_lineage_get_base (lineage) : NULL;
  SrChain *newest = lineage != NULL ? sr_lineage_get_newest_chain (lineage) : NULL;

  if (facts->db_flags >= 0 && (facts->db_flags & SR_DBFLAGS_CIRCULAR_LOGGING) != 0)
    return SR_BACKUP_RULE_CIRCULAR_LOGGING;
  if (lineage == NULL)
    return SR_BACKUP_RULE_NO_FULL;
  if (base == NULL)
    return why_no_base (lineage);
  if (happened_since (lineage, SR_LINEAGE_EVENT_CIRCULAR_LOGGING, sequence_of (base)))
    return SR_BACKUP_RULE_CIRCULAR_LOGGING;
  if (happened_since (lineage, SR_LINEAGE_EVENT_GAP, sequence_of (newest)) || is_gap_certain (lineage, newest))
    return SR_BACKUP_RULE_GAP;
  if (sr_chain_is_damaged (newest))
    return SR_BACKUP_RULE_DAMAGED;
  *continues = newest;
  return SR_BACKUP_RULE_NONE;
}

/* Whether the CA names another full backup as its last than those that our newest base's session and the
 * full ones behind it, copies among them, found there at their end. */
static gboolean
has_foreign_full (SrHistory              *history,
                  const SrAuthorityFacts *facts)
{
  SrLineage *lineage = sr_history_get_current (history);
  SrChain *base = sr_lineage_get_base (lineage);
  GPtrArray *chains = sr_lineage_get_chains (lineage);

  if (facts->last_full == 0 || sr_chain_get_server_last_full (base) == 0)
    return FALSE;
  for (guint i = chains->len; i > 0; i--)
    {
      SrChain *chain = g_ptr_array_index (chains, i - 1);

      if (sr_chain_get_server_last_full (chain) == facts->last_full)
        return FALSE;
      if (chain == base)
        break;
    }
  return TRUE;
}

/* A set that seems to come from the future tells of a wrong clock, now or then: its age is not known. */
static gboolean
is_old (SrChain *chain,
        gint64   now)
{
  const gint64 day = G_TIME_SPAN_DAY;
  gint64 age = now - sr_backup_set_get_manifest (sr_chain_get_full (chain))->started;

  return age > SR_BACKUP_FULL_DAYS * day || age < -day;
}

void
sr_backup_rules_choose (SrHistory              *history,
                        const SrAuthorityFacts *facts,
                        gint64                  now,
                        SrBackupChoice         *choice)
{
  SrChain *continues = NULL;

  *choice = (SrBackupChoice) { .rule = find_refusal (history, facts, &continues) };
  choice->logs_allowed = choice->rule == SR_BACKUP_RULE_NONE;
  if (!choice->logs_allowed)
    {
      choice->kind = SR_SET_FULL;
      return;
    }
  choice->continues = g_object_ref (continues);
  if (has_foreign_full (history, facts))
    choice->rule = SR_BACKUP_RULE_FOREIGN_FULL;
  else if (is_old (continues, now))
    choice->rule = SR_BACKUP_RULE_FULL_OLD;
  choice->kind = choice->rule != SR_BACKUP_RULE_NONE ? SR_SET_FULL : SR_SET_LOG_ONLY;
}

static int
compare_generations (gconstpointer a,
                     gconstpointer b)
{
  guint32 first = *(const guint32 *) a, second = *(const guint32 *) b;

  return first < second ? -1 : first > second;
}

/* Two logs of @generations (sorted) between which one is missing; @last is behind which they must go on, 0 for nowhere. */
static gboolean
find_gap (GArray  *generations,
          guint32 *last,
          guint32 *next)
{
  for (guint i = 0; i < generations->len; i++)
    {
      *next = g_array_index (generations, guint32, i);
      if (*last != 0 && *next > *last && *next - *last > 1)
        return TRUE;
      *last = MAX (*last, *next);
    }
  return FALSE;
}

/* What was seen, what it means, and that nothing was lost by it. Always FALSE. */
static gboolean refuse (GError     **error,
                        SrBackupRule rule,
                        const char  *format,
                        ...) G_GNUC_PRINTF (3, 4);

static gboolean
refuse (GError     **error,
        SrBackupRule rule,
        const char  *format,
        ...)
{
  g_autofree char *means = sr_backup_rule_dup_refusal (rule);
  g_autofree char *seen = NULL;
  va_list args;

  va_start (args, format);
  seen = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, SR_BACKUP_RULE_ERROR, (int) rule, "%s %s", seen, means);
  return FALSE;
}

char *
sr_backup_rule_dup_refusal (SrBackupRule rule)
{
  return g_strdup_printf ("%s %s", sr_backup_rule_words (rule), _("The CA’s logs were left as they are."));
}

/* What a backup of @kind is refused by whose logs are not one run. */
static SrBackupRule
gap_of (SrSetKind kind)
{
  return kind == SR_SET_FULL ? SR_BACKUP_RULE_TORN_LOGS : SR_BACKUP_RULE_GAP;
}

gboolean
sr_backup_rules_check_list (SrHistory *history,
                            SrSetKind  kind,
                            GArray    *generations,
                            GError   **error)
{
  SrLineage *lineage = sr_history_get_current (history);
  SrChain *chain = kind == SR_SET_LOG_ONLY && lineage != NULL ? sr_lineage_get_newest_chain (lineage) : NULL;
  g_autoptr (GArray) sorted = g_array_copy (generations);
  guint32 last = 0, next, newest;

  if (sorted->len == 0)
    return refuse (error, gap_of (kind), _("The CA lists no log whose name tells its place."));
  g_array_sort (sorted, compare_generations);
  newest = g_array_index (sorted, guint32, sorted->len - 1);
  if (chain != NULL)
    sr_chain_get_generations (chain, NULL, &last);
  if (find_gap (sorted, &last, &next))
    return refuse (error, gap_of (kind), _("Behind the log of generation 0x%x comes 0x%x."), last, next);
  if (kind == SR_SET_LOG_ONLY && lineage != NULL && newest < sr_lineage_get_last_generation (lineage))
    return refuse (error, SR_BACKUP_RULE_OTHER_LOGS, _("The CA’s newest log is of generation 0x%x, and the backup sets have 0x%x."),
                   newest, sr_lineage_get_last_generation (lineage));
  return TRUE;
}

/* Whether the set will be in a chain that can be restored: what derives the chains later is asked now. */
static gboolean
makes_chain (SrLineage *lineage,
             SrSetKind  kind,
             GPtrArray *files)
{
  SrChain *newest = lineage != NULL ? sr_lineage_get_newest_chain (lineage) : NULL;
  guint32 low, high;

  if (kind == SR_SET_FULL)
    return sr_chain_can_begin (files, &low, &high);
  return newest != NULL && sr_chain_takes (newest, files);
}

/* A log whose header could not be read, though those of others could be: it may be anything. */
static const SrSetFile *
find_unknown (SrLineage *lineage,
              SrSetKind  kind,
              GPtrArray *files)
{
  SrChain *continued = kind == SR_SET_LOG_ONLY && lineage != NULL ? sr_lineage_get_newest_chain (lineage) : NULL;
  gboolean known = continued != NULL && sr_chain_has_signature (continued);
  const SrSetFile *unknown = NULL;

  for (guint i = 0; i < files->len; i++)
    {
      const SrSetFile *file = g_ptr_array_index (files, i);

      if (file->role != SR_FILE_LOG || file->generation == 0)
        continue;
      if (file->signature != NULL)
        known = TRUE;
      else if (unknown == NULL)
        unknown = file;
    }
  return known ? unknown : NULL;
}

gboolean
sr_backup_rules_check_logs (SrHistory *history,
                            SrSetKind  kind,
                            GPtrArray *files,
                            GError   **error)
{
  SrLineage *lineage = sr_history_get_current (history);
  g_autoptr (GHashTable) logs = sr_log_map_new ();
  const SrSetFile *contradicting, *unknown;

  /* Each log against its neighbours in the same backup. */
  sr_log_map_add (logs, files);
  if (!sr_log_map_agrees (logs, files, &contradicting))
    return refuse (error, gap_of (kind), _("The log of generation 0x%x does not continue the one before it."), contradicting->generation);
  if (kind == SR_SET_LOG_ONLY && lineage != NULL && !sr_log_map_agrees (sr_lineage_get_logs (lineage), files, &contradicting))
    return refuse (error, SR_BACKUP_RULE_OTHER_LOGS, _("The log of generation 0x%x is not the one that the backup sets know."),
                   contradicting->generation);
  unknown = find_unknown (lineage, kind, files);
  if (unknown != NULL)
    return refuse (error, gap_of (kind), _("The log of generation 0x%x does not begin as a log does."), unknown->generation);
  if (!makes_chain (lineage, kind, files))
    return refuse (error, gap_of (kind), _("The logs that were read do not follow each other without a hole."));
  return TRUE;
}

gboolean
sr_backup_rule_record (SrBackupRule   rule,
                       SrLock        *lock,
                       const GError  *refusal,
                       GError       **error)
{
  SrLineageEvent event = { .answer = sr_hresult_from_error (refusal), .detail = refusal->message };
  gboolean ok;

  if (rows[rule].event < 0)
    return TRUE;
  event.kind = (SrLineageEventKind) rows[rule].event;
  ok = sr_lineage_event_record (lock, &event, error);
  g_free (event.config);
  return ok;
}
