/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-repository.h"

#include "store/sr-json-private.h"
#include "store/sr-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MAX_ID_FILE (64 * 1024)
#define PROBE_NAME ".strongroom-probe"
#define PROBE_BYTES 4096

struct _SrRepository
{
  GObject parent_instance;

  char *path;
  SrGuid id;
};

G_DEFINE_FINAL_TYPE (SrRepository, sr_repository, G_TYPE_OBJECT)

static void
sr_repository_finalize (GObject *object)
{
  SrRepository *self = SR_REPOSITORY (object);

  g_free (self->path);
  G_OBJECT_CLASS (sr_repository_parent_class)->finalize (object);
}

static void
sr_repository_class_init (SrRepositoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_repository_finalize;
}

static void
sr_repository_init (SrRepository *self)
{
}

static SrRepository *
repository_new (const char   *path,
                const SrGuid *id)
{
  SrRepository *self = g_object_new (SR_TYPE_REPOSITORY, NULL);

  self->path = g_strdup (path);
  self->id = *id;
  return self;
}

static gboolean
load_id (const char *path,
         SrGuid     *guid,
         GError    **error)
{
  g_auto (SrJsonReader) reader = { 0 };
  g_autofree char *file = g_build_filename (path, SR_REPOSITORY_ID_NAME, NULL);
  g_autofree char *id = NULL;
  g_autoptr (GError) local = NULL;
  g_autoptr (GBytes) json = sr_store_load (path, SR_REPOSITORY_ID_NAME, MAX_ID_FILE,
                                           SR_STORE_ERROR_NOT_A_REPOSITORY, SR_STORE_ERROR_DAMAGED_ID, &local);

  if (json != NULL && sr_json_reader_init (&reader, json, file, SR_STORE_ERROR_DAMAGED_ID, SR_REPOSITORY_FORMAT, &local))
    {
      id = sr_json_dup_string (&reader, reader.root, "id", 64, TRUE);
      if (id != NULL && (!sr_guid_parse (id, guid) || sr_guid_is_null (guid)))
        sr_json_reader_fail (&reader, _("“id” is not a GUID"));
      if (sr_json_reader_finish (&reader, &local))
        return TRUE;
    }

  if (g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY))
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY,
                 _("“%s” is not a backup folder: it has no file “%s”. If a disk or a share belongs there, mount it. "
                   "If you want a new backup folder there, create one."),
                 path, SR_REPOSITORY_ID_NAME);
  else if (g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_ID))
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_DAMAGED_ID,
                 /* Translators: %s is what is wrong with a file, without a full stop */
                 _("%s. The sets in the backup folder can still be opened one by one. Bring this file back from a copy, "
                   "or remove it and create the backup folder anew at this place: its sets stay."),
                 local->message);
  else
    g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

SrRepository *
sr_repository_create (const char *path,
                      GError    **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *file = g_build_filename (absolute, SR_REPOSITORY_ID_NAME, NULL);
  g_autoptr (JsonObject) object = sr_json_object_new (SR_REPOSITORY_FORMAT);
  g_autoptr (GBytes) json = NULL;
  g_autofree char *id = NULL;
  GError *local = NULL;
  SrGuid guid;

  if (g_mkdir_with_parents (absolute, 0700) != 0)
    {
      sr_store_set_errno (error, errno, _("Making the folder “%s”"), absolute);
      return NULL;
    }

  sr_guid_random (&guid);
  id = sr_guid_dup_string (&guid);
  sr_json_add_string (object, "id", id);
  sr_json_add_time (object, "created", g_get_real_time ());
  json = sr_json_to_bytes (object);
  if (!sr_store_write_new (file, json, &local))
    {
      if (g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS))
        g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_EXISTS,
                     _("“%s” is a backup folder already: open it instead."), absolute);
      else
        g_propagate_error (error, g_steal_pointer (&local));
      g_clear_error (&local);
      return NULL;
    }
  return repository_new (absolute, &guid);
}

static gboolean
check_folder (const char *path,
              GError    **error)
{
  struct stat st;

  if (stat (path, &st) != 0)
    {
      if (errno != ENOENT && errno != ENOTDIR)
        return sr_store_set_errno (error, errno, _("Opening the backup folder “%s”"), path);
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING,
                   _("The backup folder “%s” does not exist. If it lies on a removable disk or a network share, mount that; "
                     "otherwise choose another backup folder."),
                   path);
      return FALSE;
    }
  if (S_ISDIR (st.st_mode))
    return TRUE;
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY,
               _("“%s” is not a backup folder: it is a file. Choose a folder."), path);
  return FALSE;
}

SrRepository *
sr_repository_open (const char *path,
                    GError    **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  SrGuid id;

  if (!check_folder (absolute, error) || !load_id (absolute, &id, error))
    return NULL;
  return repository_new (absolute, &id);
}

const char *
sr_repository_get_path (SrRepository *self)
{
  return self->path;
}

const SrGuid *
sr_repository_get_id (SrRepository *self)
{
  return &self->id;
}

/* The folder may have been unmounted, or another one mounted over it, since it was opened. */
gboolean
sr_repository_check_still_there (SrRepository *self,
                                 GError      **error)
{
  SrGuid id;

  if (!check_folder (self->path, error) || !load_id (self->path, &id, error))
    return FALSE;
  if (sr_guid_equal (&id, &self->id))
    return TRUE;
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NOT_A_REPOSITORY,
               _("“%s” is another backup folder than before: another disk is mounted there. Mount the right one, "
                 "or choose this one on purpose."),
               self->path);
  return FALSE;
}

gboolean
sr_repository_get_free_space (SrRepository *self,
                              guint64      *bytes,
                              GError      **error)
{
  struct statvfs st;

  if (statvfs (self->path, &st) != 0)
    return sr_store_set_errno (error, errno, _("Asking for free space in “%s”"), self->path);
  if (!g_uint64_checked_mul (bytes, st.f_bavail, st.f_frsize))
    *bytes = G_MAXUINT64;
  return TRUE;
}

static gboolean
write_probe (SrRepository *self,
             GError      **error)
{
  static const guint8 zeros[PROBE_BYTES];
  g_autofree char *path = g_build_filename (self->path, PROBE_NAME "-XXXXXX", NULL);
  g_autofd int fd = g_mkstemp_full (path, O_WRONLY | O_CLOEXEC, 0600);
  int saved = 0;

  if (fd < 0)
    return sr_store_set_errno (error, errno, _("Writing into the backup folder “%s”"), self->path);
  if (!sr_store_write_all (fd, zeros, sizeof zeros) || fsync (fd) != 0)
    saved = errno;
  if (g_unlink (path) != 0 && saved == 0)
    saved = errno;
  return saved == 0 || sr_store_set_errno (error, saved, _("Writing into the backup folder “%s”"), self->path);
}

gboolean
sr_repository_check_writable (SrRepository *self,
                              guint64       bytes,
                              GError      **error)
{
  g_autofree char *needed = NULL;
  g_autofree char *there = NULL;
  guint64 space = 0;

  if (!sr_repository_check_still_there (self, error) || !write_probe (self, error) ||
      !sr_repository_get_free_space (self, &space, error))
    return FALSE;
  if (space >= bytes)
    return TRUE;

  needed = g_format_size (bytes);
  there = g_format_size (space);
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_FULL,
               /* Translators: a folder and two sizes */
               _("The backup folder “%s” has %s free, and %s are needed. Make room there, or choose another backup folder."),
               self->path, there, needed);
  return FALSE;
}

SrLock *
sr_repository_lock (SrRepository  *self,
                    SrLockMode     mode,
                    SrLockHolder **holder,
                    GError       **error)
{
  g_autofree char *path = g_build_filename (self->path, SR_LOCK_NAME, NULL);
  /* Translators: the beginning of a sentence such as “… is in use by strongroomctl” */
  g_autofree char *what = g_strdup_printf (_("The backup folder “%s”"), self->path);

  if (holder != NULL)
    *holder = NULL;
  if (!sr_repository_check_still_there (self, error))
    return NULL;
  return sr_lock_take (path, mode, what, holder, error);
}
