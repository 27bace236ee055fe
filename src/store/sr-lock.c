/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-lock.h"

#include "base/sr-error.h"
#include "store/sr-json-private.h"
#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A lock file has SLOTS records of SLOT_SIZE bytes, each a line of JSON about one holder. The lock
 * itself is a lock on the byte MAIN_BYTE, far behind the records, so that servers which enforce byte
 * range locks (SMB) still let others read them. Who holds it also locks the byte of its slot: a
 * record counts only while that is locked, so what a crashed holder wrote misleads nobody. */
#define SLOTS 64
#define SLOT_SIZE 512
#define MAIN_BYTE 0x40000000
#define SLOT_BYTE (MAIN_BYTE + 1)
#define LOCK_FORMAT 1

/* A holder locks first and writes its record then; in between it has no name. */
#define NAME_TRIES 20
#define NAME_WAIT_US 5000

struct _SrLock
{
  int fd; /* -1 for a shared lock where nobody can write */
  SrLockMode mode;
  int slot; /* -1 for none */
  SrRepository *repository;
  char *config;
  char *folder;
  SrLock *outer;
};

SrLockHolder *
sr_lock_holder_copy (const SrLockHolder *holder)
{
  SrLockHolder *copy = g_memdup2 (holder, sizeof *holder);

  copy->program = g_strdup (holder->program);
  copy->user = g_strdup (holder->user);
  copy->host = g_strdup (holder->host);
  return copy;
}

void
sr_lock_holder_free (SrLockHolder *holder)
{
  g_free (holder->program);
  g_free (holder->user);
  g_free (holder->host);
  g_free (holder);
}

static int
lock_byte (int   fd,
           int   command,
           short type,
           off_t byte,
           short *found)
{
  struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };
  int result;

  do
    result = fcntl (fd, command, &range);
  while (result != 0 && errno == EINTR);
  if (found != NULL)
    *found = range.l_type;
  return result;
}

static gboolean
try_byte (int   fd,
          short type,
          off_t byte)
{
  return lock_byte (fd, F_OFD_SETLK, type, byte, NULL) == 0;
}

static gboolean
is_byte_locked (int   fd,
                off_t byte)
{
  short found = F_UNLCK;

  return lock_byte (fd, F_OFD_GETLK, F_WRLCK, byte, &found) == 0 && found != F_UNLCK;
}

/* One line of SLOT_SIZE bytes, padded with spaces. */
static void
format_record (char record[SLOT_SIZE])
{
  g_autoptr (JsonObject) object = sr_json_object_new (LOCK_FORMAT);
  g_autoptr (JsonNode) root = json_node_init_object (json_node_alloc (), object);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autofree char *program = g_path_get_basename (g_get_prgname () != NULL ? g_get_prgname () : "Strongroom");
  const char *names[][2] = {
    { "program", program },
    { "user", g_get_user_name () },
    { "host", g_get_host_name () },
  };
  g_autofree char *text = NULL;

  /* At most 64 bytes each and nothing that JSON escapes, so that the line always fits. */
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *cut = g_strndup (names[i][1], 64);
      g_autofree char *safe = sr_safe_name (cut);

      json_object_set_string_member (object, names[i][0], safe);
    }
  json_object_set_int_member (object, "pid", getpid ());
  sr_json_add_time (object, "since", g_get_real_time ());
  json_generator_set_root (generator, root);
  text = json_generator_to_data (generator, NULL);

  memset (record, ' ', SLOT_SIZE);
  if (strlen (text) < SLOT_SIZE)
    memcpy (record, text, strlen (text));
  record[SLOT_SIZE - 1] = '\n';
}

static SrLockHolder *
parse_record (const char *record,
              gsize       length)
{
  g_auto (SrJsonReader) reader = { 0 };
  g_autoptr (SrLockHolder) holder = g_new0 (SrLockHolder, 1);
  g_autoptr (GBytes) json = g_bytes_new (record, length);

  if (!sr_json_reader_init (&reader, json, SR_LOCK_NAME, SR_STORE_ERROR_DAMAGED_ID, LOCK_FORMAT, NULL))
    return NULL;
  holder->program = sr_json_dup_string (&reader, reader.root, "program", SLOT_SIZE, TRUE);
  holder->user = sr_json_dup_string (&reader, reader.root, "user", SLOT_SIZE, TRUE);
  holder->host = sr_json_dup_string (&reader, reader.root, "host", SLOT_SIZE, TRUE);
  holder->pid = sr_json_get_int (&reader, reader.root, "pid", 1, G_MAXINT32, TRUE);
  holder->since = sr_json_get_time (&reader, reader.root, "since", TRUE);
  return sr_json_reader_finish (&reader, NULL) ? g_steal_pointer (&holder) : NULL;
}

static SrLockHolder *
find_holder (int fd)
{
  for (int slot = 0; slot < SLOTS; slot++)
    {
      char record[SLOT_SIZE];
      ssize_t n;
      SrLockHolder *holder;

      if (!is_byte_locked (fd, SLOT_BYTE + slot))
        continue;
      n = pread (fd, record, sizeof record, (off_t) slot * SLOT_SIZE);
      holder = n == sizeof record ? parse_record (record, sizeof record) : NULL;
      if (holder != NULL)
        return holder;
    }
  return NULL;
}

/* Failing here costs only the name: the lock is held already. */
static int
write_record (int fd)
{
  char record[SLOT_SIZE];

  format_record (record);
  for (int slot = 0; slot < SLOTS; slot++)
    if (try_byte (fd, F_WRLCK, SLOT_BYTE + slot))
      {
        if (pwrite (fd, record, sizeof record, (off_t) slot * SLOT_SIZE) != sizeof record)
          g_debug ("No record of the lock's holder: %s", g_strerror (errno));
        return slot;
      }
  return -1;
}

static void
set_locked_error (GError            **error,
                  const char         *what,
                  const SrLockHolder *holder)
{
  g_autoptr (GDateTime) utc = holder != NULL ? g_date_time_new_from_unix_utc_usec (holder->since) : NULL;
  g_autoptr (GDateTime) local = utc != NULL ? g_date_time_to_local (utc) : NULL;
  g_autofree char *since = local != NULL ? g_date_time_format (local, "%c") : NULL;

  if (holder != NULL)
    {
      g_autofree char *process = g_strdup_printf ("%" G_GINT64_FORMAT, holder->pid);

      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LOCKED,
                   /* Translators: what is locked, as “The backup folder “/srv””; a program, a user, a host, a number, date and time */
                   _("%s is in use by %s, started by %s on %s (process %s), since %s. Wait until it is done, or end it."),
                   what, holder->program, holder->user, holder->host, process, since != NULL ? since : "?");
    }
  else
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LOCKED,
                 /* Translators: what is locked, as “The backup folder “/srv”” */
                 _("%s is in use by another program that does not tell its name. Wait until it is done."), what);
}

/* Returns: the file, -1 with an error, or -2 when there is nobody to lock out: a shared lock, nothing
 * can be written, and no writer has been there. */
static int
open_lock_file (const char *path,
                SrLockMode  mode,
                GError    **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
  struct stat st;

  if (fd < 0 && mode == SR_LOCK_SHARED && (errno == EROFS || errno == EACCES || errno == EPERM))
    {
      fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
      if (fd < 0 && errno == ENOENT)
        return -2;
    }
  if (fd < 0)
    {
      sr_store_set_errno (error, errno, _("Opening the lock file “%s”"), path);
      return -1;
    }
  if (fstat (fd, &st) == 0 && S_ISREG (st.st_mode))
    return fd;
  close (fd);
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_IO, _("The lock file “%s” is not a regular file: remove it."), path);
  return -1;
}

static gboolean
lock_main (int            fd,
           const char    *path,
           SrLockMode     mode,
           const char    *what,
           SrLockHolder **holder,
           GError       **error)
{
  g_autoptr (SrLockHolder) found = NULL;

  for (guint i = 0; i < NAME_TRIES; i++)
    {
      if (try_byte (fd, mode == SR_LOCK_EXCLUSIVE ? F_WRLCK : F_RDLCK, MAIN_BYTE))
        return TRUE;
      if (errno != EAGAIN && errno != EACCES)
        return sr_store_set_errno (error, errno, _("Locking “%s”"), path);
      found = find_holder (fd);
      if (found != NULL)
        break;
      g_usleep (NAME_WAIT_US);
    }

  set_locked_error (error, what, found);
  if (holder != NULL)
    *holder = g_steal_pointer (&found);
  return FALSE;
}

SrLock *
sr_lock_take (const char    *path,
              SrLockMode     mode,
              const char    *what,
              SrLockHolder **holder,
              GError       **error)
{
  g_autofd int fd = open_lock_file (path, mode, error);
  SrLock *lock;

  if (holder != NULL)
    *holder = NULL;
  if (fd == -1 || (fd >= 0 && !lock_main (fd, path, mode, what, holder, error)))
    return NULL;

  lock = g_new0 (SrLock, 1);
  lock->mode = mode;
  lock->slot = fd >= 0 ? write_record (fd) : -1;
  lock->fd = fd >= 0 ? g_steal_fd (&fd) : -1;
  return lock;
}

gboolean
sr_lock_is_held (const char    *path,
                 SrLockMode     mode,
                 SrLockHolder **holder)
{
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
  short found = F_UNLCK;

  *holder = NULL;
  if (fd < 0 ||
      lock_byte (fd, F_OFD_GETLK, mode == SR_LOCK_EXCLUSIVE ? F_WRLCK : F_RDLCK, MAIN_BYTE, &found) != 0 || found == F_UNLCK)
    return FALSE;
  *holder = find_holder (fd);
  return TRUE;
}

void
sr_lock_release (SrLock *lock)
{
  if (lock->fd >= 0)
    {
      char blank[SLOT_SIZE];

      memset (blank, ' ', sizeof blank);
      blank[SLOT_SIZE - 1] = '\n';
      if (lock->slot >= 0 && pwrite (lock->fd, blank, sizeof blank, (off_t) lock->slot * SLOT_SIZE) != sizeof blank)
        g_debug ("The record of the lock's holder stays: %s", g_strerror (errno));
      /* In so many words: a child that was forked meanwhile may hold a copy of the descriptor for a moment. */
      try_byte (lock->fd, F_UNLCK, SLOT_BYTE + MAX (lock->slot, 0));
      try_byte (lock->fd, F_UNLCK, MAIN_BYTE);
      close (lock->fd);
    }
  g_clear_pointer (&lock->outer, sr_lock_release);
  g_clear_object (&lock->repository);
  g_free (lock->config);
  g_free (lock->folder);
  g_free (lock);
}

void
sr_lock_set_authority (SrLock       *lock,
                       SrRepository *repository,
                       const char   *config,
                       const char   *folder,
                       SrLock       *outer)
{
  lock->repository = g_object_ref (repository);
  lock->config = g_strdup (config);
  lock->folder = g_strdup (folder);
  lock->outer = outer;
}

gboolean
sr_lock_covers (SrLock     *lock,
                const char *path,
                GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (path);

  if (lock->mode == SR_LOCK_EXCLUSIVE && lock->folder != NULL && g_str_equal (lock->folder, folder))
    return TRUE;
  g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("“%s” does not lie in the folder of the CA that is locked"), path);
  return FALSE;
}

const char *
sr_lock_get_config (SrLock *lock)
{
  return lock->config;
}

SrLockMode
sr_lock_get_mode (SrLock *lock)
{
  return lock->mode;
}

const char *
sr_lock_get_folder (SrLock *lock)
{
  return lock->folder;
}

SrRepository *
sr_lock_get_repository (SrLock *lock)
{
  return lock->repository;
}
