/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-backup-set-writer.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"
#include "ese/sr-ese-log.h"
#include "store/sr-hash-private.h"
#include "store/sr-safe-name.h"
#include "store/sr-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Characters of a text that is for people only. */
#define MAX_WORDS 1000
/* Names tried for a file before giving up. */
#define MAX_NAME_TRIES 1000
/* The disk starts on what has come so far, so that the fsync() at the end of a file is short. */
#define FLUSH_EVERY (8 * 1024 * 1024)

struct _SrBackupSetWriter
{
  SrLock *lock;
  SrManifest *manifest;
  char *staging; /* NULL once it is published or gone */
  char *database_folder;
  GHashTable *names;       /* sr_safe_name_key() of all files in the folder of the database */
  GHashTable *generations; /* of the logs so far */
  guint64 bytes_written;

  /* The file that is open. */
  int fd;
  SrSetFile *file;
  guint64 expected;
  guint64 flushed;
  struct sha256_ctx hash;
  guint8 head[SR_ESE_LOG_HEADER_SIZE]; /* its first bytes */
};

static void
drop_file (SrBackupSetWriter *self)
{
  g_clear_fd (&self->fd, NULL);
  self->file = NULL;
}

/* Takes the staging folder away; one with the mark of TruncateLogs stays for the next start. */
static void
abort_writer (SrBackupSetWriter *self)
{
  g_autoptr (GError) error = NULL;

  drop_file (self);
  if (self->staging == NULL)
    return;
  if (!sr_staging_may_be_deleted (self->staging, &error) || !sr_store_remove_tree (self->staging, &error))
    g_info ("The staging folder stays: %s", error->message);
  g_clear_pointer (&self->staging, g_free);
}

/* Always FALSE, so that a failing call can end with it. */
static gboolean
give_up (SrBackupSetWriter *self)
{
  abort_writer (self);
  return FALSE;
}

static gboolean
check_state (SrBackupSetWriter *self,
             gboolean           file_is_open,
             GError           **error)
{
  if (self->staging == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("The set is published already, or an error ended it"));
  else if (file_is_open && self->file == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("No file of the set is open"));
  else if (!file_is_open && self->file != NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("The file “%s” of the set is still open"), self->file->path);
  else
    return TRUE;
  return FALSE;
}

/* Text for people: valid and not too long. */
static char *
words (const char *text,
       gssize      length)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, length) : NULL;

  return valid != NULL ? g_utf8_truncate_middle (valid, MAX_WORDS) : NULL;
}

/* Expiry and subject, where the certificate can be read; its hashes do not depend on that. */
static void
describe_certificate (SrManifest *manifest,
                      GBytes     *der)
{
  gsize length = 0;
  const guint8 *data = g_bytes_get_data (der, &length);
  gnutls_datum_t datum = { (guint8 *) data, (guint) length };
  gnutls_datum_t subject = { NULL, 0 };
  gnutls_x509_crt_t certificate;

  manifest->certificate_sha1 = sr_hash_bytes (GNUTLS_DIG_SHA1, der);
  manifest->certificate_sha256 = sr_hash_bytes (GNUTLS_DIG_SHA256, der);
  if (gnutls_x509_crt_init (&certificate) < 0)
    return;
  if (gnutls_x509_crt_import (certificate, &datum, GNUTLS_X509_FMT_DER) >= 0)
    {
      time_t expires = gnutls_x509_crt_get_expiration_time (certificate);

      if (expires != (time_t) -1 && expires < G_MAXINT64 / G_USEC_PER_SEC)
        manifest->certificate_expires = (gint64) expires * G_USEC_PER_SEC;
      if (gnutls_x509_crt_get_dn3 (certificate, &subject, 0) >= 0)
        {
          manifest->certificate_subject = words ((const char *) subject.data, (gssize) subject.size);
          gnutls_free (subject.data);
        }
    }
  gnutls_x509_crt_deinit (certificate);
}

static void
describe (SrManifest                   *manifest,
          const char                   *config,
          const SrBackupSetDescription *description)
{
  manifest->kind = description->kind;
  manifest->keep_logs = description->keep_logs;
  manifest->config = g_strdup (config);
  manifest->display_name = words (description->display_name, -1);
  manifest->started = description->started != 0 ? description->started : g_get_real_time ();
  manifest->server_time = description->server_time;
  manifest->program_version = words (description->program_version != NULL ? description->program_version : PACKAGE_VERSION, -1);
  if (description->certificate != NULL)
    describe_certificate (manifest, description->certificate);
}

static gboolean
make_folder (const char *path,
             GError    **error)
{
  if (g_mkdir (path, 0700) != 0)
    return sr_store_set_errno (error, errno, _("Making the folder “%s”"), path);
  return TRUE;
}

/* A small file of the set whose bytes are all there. */
static gboolean
add_whole_file (SrBackupSetWriter *self,
                SrFileRole         role,
                const char        *path,
                GBytes            *contents,
                GError           **error)
{
  g_autofree char *full = g_build_filename (self->staging, path, NULL);
  SrSetFile *file;

  if (!sr_store_write_new (full, contents, error))
    return FALSE;
  file = g_new0 (SrSetFile, 1);
  file->path = g_strdup (path);
  file->role = role;
  file->size = g_bytes_get_size (contents);
  file->sha256 = sr_hash_bytes (GNUTLS_DIG_SHA256, contents);
  g_ptr_array_add (self->manifest->files, file);
  self->bytes_written += file->size;
  return TRUE;
}

SrBackupSetWriter *
sr_backup_set_writer_begin (SrLock                       *lock,
                            const SrBackupSetDescription *description,
                            GError                      **error)
{
  g_autoptr (SrBackupSetWriter) self = NULL;
  g_autofree char *name = NULL;
  g_autofree char *staging = NULL;

  g_return_val_if_fail (sr_lock_get_config (lock) != NULL, NULL);
  g_return_val_if_fail (sr_lock_get_mode (lock) == SR_LOCK_EXCLUSIVE, NULL);

  self = g_new0 (SrBackupSetWriter, 1);
  self->fd = -1;
  self->lock = lock;
  self->manifest = sr_manifest_new ();
  self->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->generations = g_hash_table_new (NULL, NULL);
  g_hash_table_add (self->names, sr_safe_name_key (SR_LOCATIONS_NAME));
  describe (self->manifest, sr_lock_get_config (lock), description);

  name = sr_set_name_new (self->manifest);
  staging = g_strdup_printf ("%s/" SR_STAGING_PREFIX "%s-%08x", sr_lock_get_folder (lock), name, g_random_int ());
  self->database_folder = g_build_filename (staging, SR_DATABASE_FOLDER, NULL);
  if (!sr_repository_check_still_there (sr_lock_get_repository (lock), error) || !make_folder (staging, error))
    return NULL;
  self->staging = g_steal_pointer (&staging);
  if (!make_folder (self->database_folder, error))
    return NULL;
  if (description->certificate != NULL &&
      !add_whole_file (self, SR_FILE_CERTIFICATE, SR_CERTIFICATE_NAME, description->certificate, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
check_names (char      **names,
             const char *list,
             GError    **error)
{
  if (g_strv_length (names) > SR_MANIFEST_MAX_FILES)
    {
      /* Translators: %s is “The list of locations” or “The list of dynamic files” */
      g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("%s has more than %u items"), list, SR_MANIFEST_MAX_FILES);
      return FALSE;
    }
  for (guint i = 0; names[i] != NULL; i++)
    if (strlen (names[i]) > SR_MANIFEST_MAX_NAME)
      {
        /* Translators: %s is “The list of locations” or “The list of dynamic files” */
        g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("%s: item %u is longer than %u bytes"), list, i, SR_MANIFEST_MAX_NAME);
        return FALSE;
      }
  return TRUE;
}

gboolean
sr_backup_set_writer_set_locations (SrBackupSetWriter *self,
                                    const guint8      *list,
                                    gsize              length,
                                    GError           **error)
{
  g_auto (GStrv) items = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (list, length);

  if (!check_state (self, FALSE, error))
    return FALSE;
  g_return_val_if_fail (self->manifest->locations->len == 0, FALSE);

  items = sr_utf16_list_parse (list, length, SR_MANIFEST_MAX_LOCATIONS, error);
  if (items == NULL ||
      !check_names (items, _("The list of locations"), error) ||
      !add_whole_file (self, SR_FILE_LOCATIONS, SR_DATABASE_FOLDER "/" SR_LOCATIONS_NAME, bytes, error))
    return give_up (self);

  for (guint i = 0; items[i] != NULL; i++)
    {
      SrSetLocation *location = g_new0 (SrSetLocation, 1);

      location->type = g_utf8_get_char (items[i]);
      location->path = g_strdup (g_utf8_next_char (items[i]));
      g_ptr_array_add (self->manifest->locations, location);
    }
  return TRUE;
}

gboolean
sr_backup_set_writer_set_dynamic_files (SrBackupSetWriter  *self,
                                        const char * const *paths,
                                        GError            **error)
{
  if (!check_state (self, FALSE, error))
    return FALSE;
  if (!check_names ((char **) paths, _("The list of dynamic files"), error))
    return give_up (self);
  g_strfreev (self->manifest->dynamic_files);
  self->manifest->dynamic_files = g_strdupv ((char **) paths);
  return TRUE;
}

/* A log is known by its name, and two of one name or generation cannot both be meant; any other file
 * gets a number behind its name. */
static char *
choose_name (SrBackupSetWriter *self,
             SrFileRole         role,
             const char        *server_name,
             guint32           *generation,
             GError           **error)
{
  g_autofree char *safe = NULL;

  /* Room for the certificate and the list of locations is left. */
  if (self->manifest->files->len + 2 >= SR_MANIFEST_MAX_FILES || strlen (server_name) > SR_MANIFEST_MAX_NAME)
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NAME,
                   _("The server lists more than %u files, or one with a name of more than %u bytes"),
                   SR_MANIFEST_MAX_FILES, SR_MANIFEST_MAX_NAME);
      return NULL;
    }

  safe = sr_safe_name_from_path (server_name);
  *generation = role == SR_FILE_LOG ? sr_log_generation (safe) : 0;
  if (*generation != 0 && !g_hash_table_add (self->generations, GUINT_TO_POINTER (*generation)))
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NAME,
                   _("The server lists two logs of generation 0x%x, the second as “%s”"), *generation, server_name);
      return NULL;
    }
  for (guint attempt = 1; attempt <= MAX_NAME_TRIES; attempt++)
    {
      g_autofree char *name = sr_safe_name_numbered (safe, attempt);

      if (g_hash_table_add (self->names, sr_safe_name_key (name)))
        return g_steal_pointer (&name);
      if (role == SR_FILE_LOG)
        break;
    }
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NAME,
               _("The server lists more files called “%s” than can be kept, the last as “%s”"), safe, server_name);
  return NULL;
}

/* Where the file system can tell that there is not enough room, it tells now. */
static gboolean
reserve (int         fd,
         const char *path,
         guint64     length,
         GError    **error)
{
  int result;

  if (length == 0)
    return TRUE;
  if (length > G_MAXINT64)
    return sr_store_set_errno (error, EFBIG, _("Making room for “%s”"), path);
  do
    result = fallocate (fd, FALLOC_FL_KEEP_SIZE, 0, (off_t) length);
  while (result != 0 && errno == EINTR);
  if (result == 0 || errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL)
    return TRUE;
  return sr_store_set_errno (error, errno, _("Making room for “%s”"), path);
}

gboolean
sr_backup_set_writer_begin_file (SrBackupSetWriter *self,
                                 SrFileRole         role,
                                 const char        *server_name,
                                 guint64            length,
                                 GError           **error)
{
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  guint32 generation = 0;

  g_return_val_if_fail (role != SR_FILE_LOCATIONS && role != SR_FILE_CERTIFICATE, FALSE);
  if (!check_state (self, FALSE, error))
    return FALSE;
  name = choose_name (self, role, server_name, &generation, error);
  if (name == NULL)
    return give_up (self);

  path = g_build_filename (self->database_folder, name, NULL);
  self->fd = open (path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (self->fd < 0)
    {
      sr_store_set_errno (error, errno, _("Making the file “%s”"), path);
      return give_up (self);
    }
  if (!reserve (self->fd, path, length, error))
    return give_up (self);

  self->file = g_new0 (SrSetFile, 1);
  self->file->path = g_strconcat (SR_DATABASE_FOLDER "/", name, NULL);
  self->file->role = role;
  self->file->generation = generation;
  self->file->server_name = g_utf8_make_valid (server_name, -1);
  g_ptr_array_add (self->manifest->files, self->file);
  self->expected = length;
  self->flushed = 0;
  sha256_init (&self->hash);
  return TRUE;
}

gboolean
sr_backup_set_writer_write (SrBackupSetWriter *self,
                            const void        *data,
                            gsize              length,
                            GError           **error)
{
  SrSetFile *file = self->file;

  if (!check_state (self, TRUE, error))
    return FALSE;
  if (length > self->expected - file->size)
    {
      g_autofree char *announced = g_format_size_full (self->expected, G_FORMAT_SIZE_LONG_FORMAT);
      g_autofree char *sent = g_format_size_full (file->size + length, G_FORMAT_SIZE_LONG_FORMAT);

      /* Translators: a file and two sizes */
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LENGTH, _("“%s”: the server announced %s and sends %s or more"),
                   file->server_name, announced, sent);
      return give_up (self);
    }
  if (!sr_store_write_all (self->fd, data, length))
    {
      sr_store_set_errno (error, errno, _("Writing “%s”"), file->path);
      return give_up (self);
    }
  sha256_update (&self->hash, length, data);
  if (file->size < sizeof self->head)
    memcpy (self->head + file->size, data, MIN (length, sizeof self->head - file->size));
  file->size += length;
  self->bytes_written += length;

  if (file->size - self->flushed >= FLUSH_EVERY)
    {
      /* Only a hint: errors show at fsync(). */
      (void) sync_file_range (self->fd, (off_t) self->flushed, (off_t) (file->size - self->flushed), SYNC_FILE_RANGE_WRITE);
      self->flushed = file->size;
    }
  return TRUE;
}

/* What begins like no log of ESE tells nothing: its name and hash must do. */
static gboolean
note_log_header (SrBackupSetWriter *self,
                 SrSetFile         *file,
                 GError           **error)
{
  SrEseLogHeader header;

  if (file->role != SR_FILE_LOG || !sr_ese_log_header_parse (self->head, MIN (file->size, sizeof self->head), &header, NULL))
    return TRUE;
  if (file->generation != 0 && file->generation != header.generation)
    {
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH,
                   _("“%s” is not the log that its name says: its header tells generation 0x%x"), file->server_name, header.generation);
      return FALSE;
    }
  if (file->size != header.size)
    {
      g_autofree char *told = g_format_size_full (header.size, G_FORMAT_SIZE_LONG_FORMAT);
      g_autofree char *sent = g_format_size_full (file->size, G_FORMAT_SIZE_LONG_FORMAT);

      /* Translators: a file and two sizes */
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_MISMATCH, _("“%s”: the log’s header tells a size of %s, and %s were sent"),
                   file->server_name, told, sent);
      return FALSE;
    }
  file->created = header.created;
  file->previous_created = header.previous_created;
  file->signature = sr_hash_to_hex (header.signature, sizeof header.signature);
  return TRUE;
}

gboolean
sr_backup_set_writer_end_file (SrBackupSetWriter *self,
                               GError           **error)
{
  SrSetFile *file = self->file;
  int fd;

  if (!check_state (self, TRUE, error))
    return FALSE;
  if (file->size != self->expected)
    {
      g_autofree char *announced = g_format_size_full (self->expected, G_FORMAT_SIZE_LONG_FORMAT);
      g_autofree char *sent = g_format_size_full (file->size, G_FORMAT_SIZE_LONG_FORMAT);

      /* Translators: a file and two sizes */
      g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_LENGTH, _("“%s”: the server announced %s and sent only %s"),
                   file->server_name, announced, sent);
      return give_up (self);
    }
  if (!note_log_header (self, file, error))
    return give_up (self);
  if (fsync (self->fd) != 0)
    {
      sr_store_set_errno (error, errno, _("Syncing “%s”"), file->path);
      return give_up (self);
    }
  /* Network file systems tell some write errors only here. */
  fd = g_steal_fd (&self->fd);
  if (close (fd) != 0 && errno != EINTR)
    {
      sr_store_set_errno (error, errno, _("Closing “%s”"), file->path);
      return give_up (self);
    }
  file->sha256 = sr_sha256_finish (&self->hash);
  self->file = NULL;
  return TRUE;
}

const char *
sr_backup_set_writer_get_staging_path (SrBackupSetWriter *self)
{
  return self->staging;
}

GPtrArray *
sr_backup_set_writer_get_files (SrBackupSetWriter *self)
{
  return self->manifest->files;
}

guint64
sr_backup_set_writer_get_bytes_written (SrBackupSetWriter *self)
{
  return self->bytes_written;
}

static gboolean
choose_sequence (SrBackupSetWriter *self,
                 GError           **error)
{
  self->manifest->sequence = sr_authority_next_sequence (sr_lock_get_repository (self->lock), self->manifest->config, error);
  return self->manifest->sequence != 0;
}

/* The manifest comes last: a staging folder that has one has everything. */
static gboolean
write_own_files (SrBackupSetWriter *self,
                 GError           **error)
{
  g_autofree char *name = sr_set_name_new (self->manifest);
  g_autofree char *target = g_build_filename (sr_lock_get_folder (self->lock), name, NULL);
  g_autofree char *manifest_path = g_build_filename (self->staging, SR_MANIFEST_NAME, NULL);
  g_autofree char *sums_path = g_build_filename (self->staging, SR_SUMS_NAME, NULL);
  g_autofree char *sheet_path = g_build_filename (self->staging, SR_SHEET_NAME, NULL);
  g_autoptr (GBytes) json = sr_manifest_to_json (self->manifest);
  g_autofree char *sha256 = sr_hash_bytes (GNUTLS_DIG_SHA256, json);
  g_autoptr (GBytes) sums = sr_sums_format (self->manifest, sha256);
  g_autoptr (GBytes) sheet = sr_restore_sheet_format (self->manifest, sha256, target);
  g_autoptr (SrManifest) check = NULL;

  /* What we could not read again later is an error now. */
  check = sr_manifest_parse (json, manifest_path, error);
  return check != NULL &&
         sr_store_write_new (sums_path, sums, error) &&
         sr_store_write_new (sheet_path, sheet, error) &&
         sr_store_sync_folder (self->database_folder, error) &&
         sr_store_write_new (manifest_path, json, error);
}

static gboolean
read_back (SrBackupSetWriter *self,
           SrStoreProgress    progress,
           gpointer           user_data,
           GCancellable      *cancellable,
           GError           **error)
{
  g_autoptr (SrBackupSet) set = sr_backup_set_load (self->staging, error);

  if (set == NULL || !sr_backup_set_verify (set, progress, user_data, NULL, cancellable, error))
    {
      g_prefix_error (error, _("Reading back what was written: "));
      return FALSE;
    }
  return sr_backup_set_record_verification (set, SR_FINDING_GOOD, NULL, error);
}

SrBackupSet *
sr_backup_set_writer_publish (SrBackupSetWriter *self,
                              SrPublishFlags     flags,
                              SrStoreProgress    progress,
                              gpointer           user_data,
                              GCancellable      *cancellable,
                              GError           **error)
{
  SrBackupSet *set;

  if (!check_state (self, FALSE, error))
    return NULL;
  self->manifest->finished = g_get_real_time ();
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !choose_sequence (self, error) || !write_own_files (self, error) ||
      (!(flags & SR_PUBLISH_NO_VERIFY) && !read_back (self, progress, user_data, cancellable, error)) ||
      g_cancellable_set_error_if_cancelled (cancellable, error))
    {
      abort_writer (self);
      return NULL;
    }

  set = sr_set_publish (self->staging, sr_lock_get_folder (self->lock), self->manifest, error);
  /* When the rename worked and something after it did not, the staging folder is gone and nothing is removed. */
  if (set == NULL)
    abort_writer (self);
  else
    g_clear_pointer (&self->staging, g_free);
  return set;
}

void
sr_backup_set_writer_free (SrBackupSetWriter *self)
{
  abort_writer (self);
  sr_manifest_free (self->manifest);
  g_hash_table_unref (self->names);
  g_hash_table_unref (self->generations);
  g_free (self->database_folder);
  g_free (self);
}
