/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-backup-set.h"

#include "store/sr-hash-private.h"
#include "store/sr-store-private.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Room for SR_MANIFEST_MAX_FILES files with names of usual length. */
#define MAX_MANIFEST (64 * 1024 * 1024)
/* Set names tried before giving up. */
#define MAX_NAME_TRIES 10000

struct _SrBackupSet
{
  GObject parent_instance;

  char *path;
  char *name;
  SrManifest *manifest;
  char *manifest_sha256;
  guint64 size;
  SrSessionRecord *session; /* both as they were when the set was loaded, or NULL */
  SrVerification *verification;
};

G_DEFINE_FINAL_TYPE (SrBackupSet, sr_backup_set, G_TYPE_OBJECT)

static void
sr_backup_set_finalize (GObject *object)
{
  SrBackupSet *self = SR_BACKUP_SET (object);

  g_free (self->path);
  g_free (self->name);
  g_free (self->manifest_sha256);
  g_clear_pointer (&self->manifest, sr_manifest_free);
  if (self->session != NULL)
    sr_session_record_clear (self->session);
  g_free (self->session);
  if (self->verification != NULL)
    sr_verification_clear (self->verification);
  g_free (self->verification);
  G_OBJECT_CLASS (sr_backup_set_parent_class)->finalize (object);
}

static void
sr_backup_set_class_init (SrBackupSetClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_backup_set_finalize;
}

static void
sr_backup_set_init (SrBackupSet *self)
{
}

SrManifest *
sr_set_load_manifest (const char *folder,
                      char      **sha256,
                      GError    **error)
{
  g_autofree char *file = g_build_filename (folder, SR_MANIFEST_NAME, NULL);
  g_autoptr (GBytes) json = sr_store_load (folder, SR_MANIFEST_NAME, MAX_MANIFEST,
                                           SR_STORE_ERROR_DAMAGED_SET, SR_STORE_ERROR_DAMAGED_SET, error);
  SrManifest *manifest = json != NULL ? sr_manifest_parse (json, file, error) : NULL;

  if (manifest != NULL)
    *sha256 = sr_hash_bytes (GNUTLS_DIG_SHA256, json);
  return manifest;
}

SrBackupSet *
sr_backup_set_load (const char *path,
                    GError    **error)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);
  g_autofree char *sha256 = NULL;
  SrManifest *manifest;
  SrBackupSet *self;
  struct stat st;

  if (stat (absolute, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET, _("There is no set “%s”"), absolute);
      return NULL;
    }
  manifest = sr_set_load_manifest (absolute, &sha256, error);
  if (manifest == NULL)
    return NULL;

  self = g_object_new (SR_TYPE_BACKUP_SET, NULL);
  self->path = g_steal_pointer (&absolute);
  self->name = g_path_get_basename (self->path);
  self->manifest = manifest;
  self->manifest_sha256 = g_steal_pointer (&sha256);
  self->size = sr_manifest_get_size (manifest);
  self->session = g_new0 (SrSessionRecord, 1);
  if (!sr_session_record_load (self->path, self->session, NULL))
    g_clear_pointer (&self->session, g_free);
  self->verification = g_new0 (SrVerification, 1);
  if (!sr_backup_set_load_verification (self, self->verification, NULL))
    g_clear_pointer (&self->verification, g_free);
  return self;
}

const char *
sr_backup_set_get_path (SrBackupSet *self)
{
  return self->path;
}

const char *
sr_backup_set_get_name (SrBackupSet *self)
{
  return self->name;
}

const SrManifest *
sr_backup_set_get_manifest (SrBackupSet *self)
{
  return self->manifest;
}

const char *
sr_backup_set_get_manifest_sha256 (SrBackupSet *self)
{
  return self->manifest_sha256;
}

guint64
sr_backup_set_get_size (SrBackupSet *self)
{
  return self->size;
}

const SrSessionRecord *
sr_backup_set_peek_session (SrBackupSet *self)
{
  return self->session;
}

const SrVerification *
sr_backup_set_peek_verification (SrBackupSet *self)
{
  return self->verification;
}

gboolean
sr_backup_set_is_same (SrBackupSet *self,
                       SrBackupSet *other)
{
  return self == other || sr_guid_equal (&self->manifest->id, &other->manifest->id);
}

gboolean
sr_backup_set_is_unchanged (SrBackupSet *self,
                            SrBackupSet *now)
{
  if (!sr_backup_set_is_same (self, now) || !g_str_equal (self->path, now->path)
      || (self->session != NULL) != (now->session != NULL))
    return FALSE;
  return self->session == NULL || (self->session->truncated == now->session->truncated && self->session->ended == now->session->ended);
}

gboolean
sr_backup_set_load_session (SrBackupSet     *self,
                            SrSessionRecord *record,
                            GError         **error)
{
  return sr_session_record_load (self->path, record, error);
}

gboolean
sr_backup_set_record_session (SrBackupSet           *self,
                              const SrSessionRecord *record,
                              GError               **error)
{
  return sr_session_record_save (record, self->path, error);
}

int
sr_backup_set_open_file (SrBackupSet     *self,
                         const SrSetFile *file,
                         GError         **error)
{
  g_autofree char *path = g_build_filename (self->path, file->path, NULL);
  g_autofd int fd = sr_store_open_beneath (self->path, file->path);
  struct stat st;

  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, _("“%s” is missing"), path);
  else if ((fd < 0 && errno == ELOOP) || (fd >= 0 && fstat (fd, &st) == 0 && !S_ISREG (st.st_mode)))
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, _("“%s” is not a regular file"), path);
  else if (fd < 0)
    sr_store_set_errno (error, errno, _("Opening “%s”"), path);
  else
    return g_steal_fd (&fd);
  return -1;
}

gboolean
sr_backup_set_record_verification (SrBackupSet  *self,
                                   SrFinding     finding,
                                   const GError *problems,
                                   GError      **error)
{
  SrVerification verification = {
    .at = g_get_real_time (),
    .finding = finding,
    .manifest_sha256 = self->manifest_sha256,
    .detail = problems != NULL ? problems->message : NULL,
  };

  return sr_verification_save (&verification, self->path, error);
}

gboolean
sr_backup_set_load_verification (SrBackupSet    *self,
                                 SrVerification *verification,
                                 GError        **error)
{
  if (!sr_verification_load (self->path, verification, error))
    return FALSE;
  if (g_ascii_strcasecmp (verification->manifest_sha256, self->manifest_sha256) == 0)
    return TRUE;
  sr_verification_clear (verification);
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISSING,
               _("“%s” speaks of another manifest than that of “%s”"), SR_VERIFICATION_NAME, self->path);
  return FALSE;
}

/* Names can be used again: sets may have been moved about by hand since the list was read. */
static gboolean
is_still_there (SrBackupSet *self,
                GError     **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (SrBackupSet) now = sr_backup_set_load (self->path, &local);

  /* One whose manifest was damaged may go; it is refused only when it is surely another one. */
  if (now != NULL ? sr_guid_equal (&now->manifest->id, &self->manifest->id)
                  : !g_error_matches (local, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET))
    return TRUE;
  if (now == NULL)
    g_propagate_error (error, g_steal_pointer (&local));
  else
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET,
                 _("Another set lies in “%s” by now: nothing was deleted"), self->path);
  return FALSE;
}

gboolean
sr_backup_set_delete (SrBackupSet *self,
                      SrLock      *lock,
                      GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *trash = NULL;

  if (!sr_lock_covers (lock, self->path, error) || !is_still_there (self, error))
    return FALSE;
  trash = g_strdup_printf ("%s/" SR_TRASH_PREFIX "%s-%08x", folder, self->name, g_random_int ());
  if (!sr_store_rename_new (self->path, trash))
    return sr_store_set_errno (error, errno, _("Deleting the set “%s”"), self->path);
  return sr_store_sync_folder (folder, error) && sr_store_remove_tree (trash, error);
}

char *
sr_set_name_new (const SrManifest *manifest)
{
  g_autoptr (GDateTime) started = g_date_time_new_from_unix_utc_usec (manifest->started);
  g_autofree char *time = started != NULL ? g_date_time_format (started, "%Y%m%dT%H%M%SZ") : g_strdup ("00000000T000000Z");

  return g_strdup_printf ("%s-%s", time, sr_set_kind_to_string (manifest->kind));
}

SrBackupSet *
sr_set_publish (const char       *staging,
                const char       *folder,
                const SrManifest *manifest,
                GError          **error)
{
  g_autofree char *name = sr_set_name_new (manifest);
  g_autofree char *path = NULL;
  guint attempt = 1;

  do
    {
      g_free (path);
      path = attempt == 1 ? g_build_filename (folder, name, NULL) : g_strdup_printf ("%s/%s-%u", folder, name, attempt);
      if (sr_store_rename_new (staging, path))
        break;
      if (errno != EEXIST || attempt == MAX_NAME_TRIES)
        {
          sr_store_set_errno (error, errno, _("Publishing the set as “%s”"), path);
          return NULL;
        }
      attempt++;
    }
  while (TRUE);

  if (!sr_store_sync_folder (folder, error))
    {
      g_prefix_error (error, _("The set “%s” is published, but it is not certain that it survives a loss of power: "), path);
      return NULL;
    }
  return sr_backup_set_load (path, error);
}
