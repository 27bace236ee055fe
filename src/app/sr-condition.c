/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-condition.h"

#include <glib/gi18n.h>

typedef struct
{
  SrCondition condition;
  const char *banner;
  const char *button;
  const char *action;
} Standing;

static const Standing standing[] = {
  { SR_CONDITION_NEVER, N_("This CA has no backup yet"), N_("Back Up Now"), "win.back-up" },
  { SR_CONDITION_OVERDUE, N_("The last full backup is more than a week old"), N_("Back Up Now"), "win.back-up-full" },
  { SR_CONDITION_DAMAGED, N_("The newest full backup is damaged: the CA cannot be restored from it"), N_("Back Up Now"), "win.back-up-full" },
  { SR_CONDITION_UNREADABLE, N_("The newest full backup could not be read as a whole when it was verified"), N_("Back Up Now"), "win.back-up-full" },
  { SR_CONDITION_FOREIGN_BACKUP, N_("Another program has backed up this CA since: the newest set here does not hold its newest state"), N_("Back Up Now"), "win.back-up-full" },
  { SR_CONDITION_REMOTE_BACKUP_DISABLED, N_("The CA does not allow remote backup"), N_("What to Do"), "win.explain-remote-backup" },
  { SR_CONDITION_RESTORE_OPEN, N_("A restore of this CA was broken off"), N_("What to Do"), "win.restore-left" },
  { SR_CONDITION_SESSION_OPEN, N_("A backup session of ours was left open on this CA"), N_("End It"), "win.recover" },
};

/* What happened in %SR_CONDITION_FULL_DUE. */
static const char *const due[SR_BACKUP_N_RULES] = {
  [SR_BACKUP_RULE_AFTER_RESTORE] = N_("The CA was restored: a full backup is due"),
  [SR_BACKUP_RULE_OTHER_LOGS] = N_("The CA’s logs do not continue the backup sets: a full backup is due"),
  [SR_BACKUP_RULE_UNKNOWN_NOTE] = N_("A note in the backup folder cannot be understood: a full backup is due"),
  [SR_BACKUP_RULE_FULL_MISSING] = N_("The CA does not know its last full backup any more: a new one is due"),
  [SR_BACKUP_RULE_CIRCULAR_LOGGING] = N_("The CA refused a log-only backup because of circular logging: a full backup is due"),
  [SR_BACKUP_RULE_GAP] = N_("Logs are missing behind the newest set: a full backup is due"),
  [SR_BACKUP_RULE_DAMAGED] = N_("A set of the newest chain is damaged: a full backup is due"),
};

/* The backup folder's own states. */
static const struct
{
  int code; /* #SrStoreError; 0 for all others */
  const char *line;
  const char *banner;
  const char *button;
  const char *action;
  const char *empty_title;
  const char *empty_words;
} folder_states[] = {
  { SR_STORE_ERROR_MISSING, N_("Backup folder not there"), N_("The backup folder is not there. Is its disk mounted?"), N_("Check Again"), "win.refresh",
    N_("Backup Folder Not There"), N_("When its disk or share is mounted again, its sets stand here.") },
  { SR_STORE_ERROR_NOT_A_REPOSITORY, N_("Backup folder not there"), N_("Another folder lies where the backup folder was. Is its disk mounted?"), N_("Check Again"), "win.refresh",
    N_("Backup Folder Not There"), N_("When its disk or share is mounted again, its sets stand here.") },
  { SR_STORE_ERROR_READ_ONLY, N_("Backup folder read-only"), N_("The backup folder is read-only"), N_("Check Again"), "win.refresh", NULL, NULL },
  { SR_STORE_ERROR_DENIED, N_("Backup folder closed to you"), N_("You may not write to the backup folder"), N_("Choose Another"), "win.choose-backup-folder",
    N_("Backup Folder Closed to You"), N_("Your account may not read it.") },
  { SR_STORE_ERROR_FULL, N_("Backup disk full"), N_("The backup folder’s disk is full"), N_("Open Folder"), "win.open-backup-folder", NULL, NULL },
  { SR_STORE_ERROR_NEWER_FORMAT, N_("Backup folder too new"), N_("A newer version of Strongroom has written the backup folder"), N_("Choose Another"), "win.choose-backup-folder",
    N_("Backup Folder Too New"), N_("A newer version of Strongroom can read its sets.") },
  { 0, N_("Backup folder unavailable"), N_("The backup folder cannot be used"), N_("Choose Another"), "win.choose-backup-folder",
    N_("Backup Folder Unusable"), N_("Its sets cannot be read.") },
};

static guint
find_folder_state (const GError *error)
{
  guint i = 0;

  while (folder_states[i].code != 0 && !g_error_matches (error, SR_STORE_ERROR, folder_states[i].code))
    i++;
  return i;
}

const char *
sr_condition_folder_line (const GError *error)
{
  return _(folder_states[find_folder_state (error)].line);
}

static void
describe_folder (const GError     *error,
                 SrConditionWords *words)
{
  guint i = find_folder_state (error);

  words->banner = g_strdup (_(folder_states[i].banner));
  words->button = _(folder_states[i].button);
  words->action = folder_states[i].action;
  if (folder_states[i].empty_title != NULL)
    {
      words->empty_title = _(folder_states[i].empty_title);
      words->empty_words = _(folder_states[i].empty_words);
    }
}

static char *
holder_words (const SrLockHolder *holder)
{
  g_autofree char *pid = NULL;

  if (holder == NULL)
    return g_strdup (_("Another program is working on this CA’s sets"));
  pid = g_strdup_printf ("%" G_GINT64_FORMAT, holder->pid);
  /* Translators: name of a program, of a user and of a computer, then a process id */
  return g_strdup_printf (_("%s is working on this CA’s sets: started by %s on %s, process %s"),
                          holder->program, holder->user, holder->host, pid);
}

void
sr_condition_describe (SrWatch          *watch,
                       SrConditionWords *words)
{
  SrCondition condition = sr_watch_get_condition (watch);

  *words = (SrConditionWords) { 0 };
  if (sr_watch_get_sets_known (watch))
    {
      words->empty_title = _("No Backups Yet");
      words->empty_words = _("The first full backup will stand here.");
    }
  else
    {
      words->empty_title = _("Looking for Backups");
      words->empty_words = _("The backup folder is being read.");
    }

  if (condition == SR_CONDITION_FOLDER)
    describe_folder (sr_watch_get_folder_error (watch), words);
  else if (condition == SR_CONDITION_LOCKED)
    {
      words->banner = holder_words (sr_watch_get_holder (watch));
      words->button = _("Check Again");
      words->action = "win.refresh";
    }
  else if (condition == SR_CONDITION_FULL_DUE)
    {
      words->banner = g_strdup (_(due[sr_watch_get_due_rule (watch)]));
      words->button = _("Back Up Now");
      words->action = "win.back-up"; /* the rules choose a full one, and say why */
    }
  else
    for (guint i = 0; i < G_N_ELEMENTS (standing); i++)
      if (standing[i].condition == condition)
        {
          words->banner = g_strdup (_(standing[i].banner));
          words->button = _(standing[i].button);
          words->action = standing[i].action;
        }
}

void
sr_condition_words_clear (SrConditionWords *words)
{
  g_free (words->banner);
  *words = (SrConditionWords) { 0 };
}
