/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "session/sr-journal.h"
#include "session/sr-journal-private.h"

#include "base/sr-error.h"
#include "base/sr-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* An entry is a few hundred bytes and a few paths. */
#define MAX_ENTRY (64 * 1024)

struct _SrJournal
{
  SrJournalEntry *entry;
  char *folder;
  char *path;
  char *lock_path;
  int lock_fd;
};

char *
sr_journal_default_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "strongroom", "sessions", NULL);
}

static SrJournal *
journal_new (const char *folder,
             const char *id)
{
  SrJournal *journal = g_new0 (SrJournal, 1);
  g_autofree char *name = g_strconcat (id, ".json", NULL);
  g_autofree char *lock_name = g_strconcat (id, ".lock", NULL);

  journal->folder = folder != NULL ? g_strdup (folder) : sr_journal_default_folder ();
  journal->path = g_build_filename (journal->folder, name, NULL);
  journal->lock_path = g_build_filename (journal->folder, lock_name, NULL);
  journal->lock_fd = -1;
  return journal;
}

void
sr_journal_close (SrJournal *journal)
{
  g_clear_pointer (&journal->entry, sr_journal_entry_free);
  /* Closing the file gives its lock up. */
  g_clear_fd (&journal->lock_fd, NULL);
  g_free (journal->folder);
  g_free (journal->path);
  g_free (journal->lock_path);
  g_free (journal);
}

SrJournalEntry *
sr_journal_get_entry (SrJournal *journal)
{
  return journal->entry;
}

static struct flock
whole_file (void)
{
  return (struct flock) { .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

/* Opens the lock file and takes its lock. A file that was removed between the
 * two belongs to an entry that is settled: whoever locked it first removed it. */
static gboolean
take_lock (SrJournal *journal,
           int        flags,
           GError   **error)
{
  struct flock lock = whole_file ();
  struct stat st;

  journal->lock_fd = open (journal->lock_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
  if (journal->lock_fd < 0)
    return sr_set_errno_error (error, errno, _("Opening “%s”"), journal->lock_path);
  if (fcntl (journal->lock_fd, F_OFD_SETLK, &lock) != 0)
    {
      if (errno != EAGAIN && errno != EACCES)
        return sr_set_errno_error (error, errno, _("Locking “%s”"), journal->lock_path);
      g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("The session of “%s” is still running"), journal->path);
      return FALSE;
    }
  if (fstat (journal->lock_fd, &st) != 0 || st.st_nlink == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("“%s” is gone: its session was settled meanwhile"), journal->path);
      return FALSE;
    }
  return TRUE;
}

/* When this process started: field 22 of /proc/self/stat, behind the name in
 * parentheses, which may itself hold blanks and parentheses. 0 if not known. */
static guint64
process_start (void)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) fields = NULL;
  char *end;

  if (!g_file_get_contents ("/proc/self/stat", &text, NULL, NULL) || (end = strrchr (text, ')')) == NULL)
    return 0;
  fields = g_strsplit (g_strstrip (end + 1), " ", 21);
  return g_strv_length (fields) == 21 ? g_ascii_strtoull (fields[19], NULL, 10) : 0;
}

static gboolean
write_entry (SrJournal *journal,
             GError   **error)
{
  SrJournalEntry *entry = journal->entry;
  g_autoptr (GBytes) json = NULL;

  entry->pid = getpid ();
  entry->pid_started = process_start ();
  entry->updated = g_get_real_time ();
  g_set_str (&entry->program, g_get_prgname ());
  json = sr_journal_entry_to_json (entry);
  return sr_file_replace (journal->path, g_bytes_get_data (json, NULL), g_bytes_get_size (json), error);
}

/* A new name and its lock. A sweep of another process may take the lock of a
 * file that was made and not yet locked; then another name is tried. */
static SrJournal *
claim_name (const char *folder,
            GError    **error)
{
  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (SrJournal) journal = NULL;
      g_autofree char *text = NULL;
      SrGuid id;

      sr_guid_random (&id);
      text = sr_guid_dup_string (&id);
      journal = journal_new (folder, text);
      g_clear_error (error);
      if (sr_file_make_private_folder (journal->folder, error) && take_lock (journal, O_CREAT | O_EXCL, error))
        {
          journal->entry = sr_journal_entry_new ();
          journal->entry->id = g_steal_pointer (&text);
          return g_steal_pointer (&journal);
        }
      if (error == NULL || (*error)->domain != SR_ERROR)
        break;
    }
  return NULL;
}

SrJournal *
sr_journal_create (const char     *folder,
                   SrJournalEntry *entry,
                   GError        **error)
{
  g_autoptr (SrJournalEntry) contents = entry;
  g_autoptr (GError) local_error = NULL;
  g_autoptr (SrJournal) journal = claim_name (folder, &local_error);

  if (journal == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  g_set_str (&contents->id, journal->entry->id);
  sr_journal_entry_free (journal->entry);
  journal->entry = g_steal_pointer (&contents);
  if (!write_entry (journal, error))
    {
      g_unlink (journal->lock_path);
      return NULL;
    }
  return g_steal_pointer (&journal);
}

gboolean
sr_journal_update (SrJournal    *journal,
                   SrJournalStep step,
                   GError      **error)
{
  journal->entry->step = step;
  return write_entry (journal, error);
}

/* What a killed writer leaves beside an entry: ID.json.XXXXXX. */
static void
remove_temporaries (SrJournal *journal)
{
  g_autofree char *base = g_path_get_basename (journal->path);
  g_autofree char *prefix = g_strconcat (base, ".", NULL);
  g_autoptr (GDir) dir = g_dir_open (journal->folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (journal->folder, name, NULL);

      if (g_str_has_prefix (name, prefix))
        g_unlink (path);
    }
}

/* The lock file goes last: whoever finds it without an entry, locked or not,
 * knows that the session is settled. */
gboolean
sr_journal_remove (SrJournal *journal,
                   GError   **error)
{
  if (g_unlink (journal->path) != 0 && errno != ENOENT)
    return sr_set_errno_error (error, errno, _("Removing “%s”"), journal->path);
  remove_temporaries (journal);
  if (g_unlink (journal->lock_path) != 0 && errno != ENOENT)
    return sr_set_errno_error (error, errno, _("Removing “%s”"), journal->lock_path);
  return sr_file_sync_folder (journal->folder, error);
}

static SrJournalEntry *
load_entry (const char *path,
            GError    **error)
{
  g_autoptr (GBytes) json = sr_file_load (path, MAX_ENTRY, error);

  return json != NULL ? sr_journal_entry_parse (json, path, error) : NULL;
}

SrJournal *
sr_journal_adopt (const char *folder,
                  const char *id,
                  GError    **error)
{
  g_autoptr (SrJournal) journal = journal_new (folder, id);
  g_autoptr (GError) local_error = NULL;

  if (!take_lock (journal, O_CREAT, error))
    return NULL;
  journal->entry = load_entry (journal->path, &local_error);
  if (journal->entry == NULL && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      sr_journal_remove (journal, NULL);
      g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("“%s” is gone: its session was settled meanwhile"), journal->path);
      return NULL;
    }
  if (journal->entry == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (strcmp (journal->entry->id, id) != 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” holds an entry of another name"), journal->path);
      return NULL;
    }
  return g_steal_pointer (&journal);
}

void
sr_journal_listed_free (SrJournalListed *listed)
{
  g_free (listed->id);
  g_clear_pointer (&listed->entry, sr_journal_entry_free);
  g_clear_error (&listed->error);
  g_free (listed);
}

/* Asks for the lock's holder without taking it. */
static gboolean
owner_lives (SrJournal *journal)
{
  struct flock lock = whole_file ();
  g_autofd int fd = open (journal->lock_path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

  return fd >= 0 && fcntl (fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static int
compare_listed (gconstpointer a,
                gconstpointer b)
{
  const SrJournalListed *one = a, *two = b;
  gint64 first = one->entry != NULL ? one->entry->started : G_MAXINT64;
  gint64 second = two->entry != NULL ? two->entry->started : G_MAXINT64;

  return first != second ? (first < second ? -1 : 1) : strcmp (one->id, two->id);
}

/* The id that a file's name begins with, up to @suffix and what follows it. */
static char *
id_of_name (const char *name,
            const char *suffix,
            gboolean    exact)
{
  g_autofree char *id = g_strndup (name, SR_GUID_STRING_LENGTH);
  const char *rest = strlen (name) > SR_GUID_STRING_LENGTH ? name + SR_GUID_STRING_LENGTH : "";
  SrGuid guid;

  if (!sr_guid_parse (id, &guid) || (exact ? strcmp (rest, suffix) != 0 : !g_str_has_prefix (rest, suffix)))
    return NULL;
  return g_steal_pointer (&id);
}

/* Opens the folder; one that is not there is an empty one. */
static gboolean
open_folder (const char *folder,
             GDir      **dir,
             GError    **error)
{
  g_autoptr (GError) local_error = NULL;

  *dir = g_dir_open (folder, 0, &local_error);
  if (*dir == NULL && !g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", local_error->message);
      return FALSE;
    }
  return TRUE;
}

GPtrArray *
sr_journal_list (const char *folder,
                 GError    **error)
{
  g_autofree char *path = folder != NULL ? g_strdup (folder) : sr_journal_default_folder ();
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_journal_listed_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!open_folder (path, &dir, error))
    return NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *id = id_of_name (name, ".json", TRUE);
      g_autoptr (SrJournal) journal = id != NULL ? journal_new (path, id) : NULL;
      SrJournalListed *listed;

      if (journal == NULL)
        continue;
      listed = g_new0 (SrJournalListed, 1);
      listed->alive = owner_lives (journal);
      listed->entry = load_entry (journal->path, &listed->error);
      listed->id = g_steal_pointer (&id);
      if (listed->entry == NULL && g_error_matches (listed->error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
        sr_journal_listed_free (listed);
      else
        g_ptr_array_add (list, listed);
    }
  g_ptr_array_sort_values (list, compare_listed);
  return g_steal_pointer (&list);
}

void
sr_journal_sweep (const char *folder)
{
  g_autofree char *path = folder != NULL ? g_strdup (folder) : sr_journal_default_folder ();
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *id = id_of_name (name, ".lock", TRUE);
      g_autoptr (SrJournal) journal = NULL;

      if (id == NULL)
        id = id_of_name (name, ".json.", FALSE);
      if (id == NULL)
        continue;
      journal = journal_new (path, id);
      if (!g_file_test (journal->path, G_FILE_TEST_EXISTS))
        {
          /* Adopting what has no entry clears it away. */
          g_autoptr (SrJournal) none = sr_journal_adopt (path, id, NULL);
        }
    }
}
