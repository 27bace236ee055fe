/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "scripted-host.h"

#include "base/sr-error.h"
#include "session/sr-restore-in-progress.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

Script script;

struct _SrCaHost
{
  GObject parent_instance;

  char *folder;
};

G_DEFINE_FINAL_TYPE (SrCaHost, sr_ca_host, G_TYPE_OBJECT)

static void
sr_ca_host_finalize (GObject *object)
{
  g_free (SR_CA_HOST (object)->folder);
  G_OBJECT_CLASS (sr_ca_host_parent_class)->finalize (object);
}

static void
sr_ca_host_class_init (SrCaHostClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_ca_host_finalize;
}

static void
sr_ca_host_init (SrCaHost *self)
{
}

SrCaHost *
scripted_host_new (const char *folder)
{
  SrCaHost *host = g_object_new (SR_TYPE_CA_HOST, NULL);

  host->folder = g_strdup (folder);
  return host;
}

void
script_reset (void)
{
  g_free (script.last);
  script = (Script) { 0 };
}

const char *
sr_ca_host_get_name (SrCaHost *host)
{
  return "scripted";
}

SrHresult
sr_service_status_get_hresult (const SrServiceStatus *status)
{
  return status->exit_code == 1066 ? status->specific_exit_code : status->exit_code != 0 ? 0x80070000u | status->exit_code : SR_S_OK;
}

/* Faults */

static gboolean
drop (GError **error)
{
  g_set_error_literal (error, SR_ERROR, SR_ERROR_CLOSED, "The connection was dropped by the test");
  return FALSE;
}

static gboolean
before (const char   *call,
        const char   *what,
        GCancellable *cancellable,
        GError      **error)
{
  gboolean now = ++script.calls == script.at && script.fault != SCRIPTED_FULL;

  if (now)
    script.last = g_strdup_printf ("%s %s", call, what);
  if (script.fault == SCRIPTED_GONE && script.calls >= script.at)
    return drop (error);
  if (now && script.fault == SCRIPTED_KILL_BEFORE)
    kill (getpid (), SIGKILL);
  if (now && script.fault == SCRIPTED_CANCEL)
    g_cancellable_cancel (script.cancel);
  if (now && script.fault == SCRIPTED_DROP_BEFORE)
    return drop (error);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
after (GError **error)
{
  if (script.calls != script.at)
    return TRUE;
  if (script.fault == SCRIPTED_KILL_AFTER)
    kill (getpid (), SIGKILL);
  return script.fault != SCRIPTED_DROP_AFTER || drop (error);
}

/* What is on the disk */

static char *
local_path (SrCaHost   *host,
            const char *path)
{
  g_autofree char *rest = g_strdelimit (g_strdup (path + 3), "\\", '/');

  g_assert_cmpint (path[1], ==, ':');
  return g_strdup_printf ("%s/drives/%c/%s", host->folder, g_ascii_toupper (path[0]), rest);
}

static GKeyFile *
load (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "host.ini", NULL);
  GKeyFile *file = g_key_file_new ();

  g_assert_true (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL));
  return file;
}

static void
save (const char *folder,
      GKeyFile   *file)
{
  g_autofree char *path = g_build_filename (folder, "host.ini", NULL);

  g_assert_true (g_key_file_save_to_file (file, path, NULL));
}

/* Services */

static void
fill_status (GKeyFile        *file,
             const char      *service,
             SrServiceStatus *status)
{
  *status = (SrServiceStatus) { .state = (SrServiceState) g_key_file_get_integer (file, service, "state", NULL) };
  status->specific_exit_code = (guint32) g_key_file_get_uint64 (file, service, "exit", NULL);
  status->exit_code = status->specific_exit_code != 0 ? 1066 : 0;
}

gboolean
sr_ca_host_query_service (SrCaHost *host, const char *service, SrServiceStatus *status, GCancellable *cancellable, GError **error)
{
  g_autoptr (GKeyFile) file = load (host->folder);

  if (!before ("query", service, cancellable, error))
    return FALSE;
  fill_status (file, service, status);
  return after (error);
}

static gboolean
set_state (SrCaHost      *host,
           const char    *service,
           SrServiceState state,
           SrHresult      exit)
{
  g_autoptr (GKeyFile) file = load (host->folder);
  gboolean changed = g_key_file_get_integer (file, service, "state", NULL) != (int) state;

  g_key_file_set_integer (file, service, "state", state);
  g_key_file_set_uint64 (file, service, "exit", exit);
  save (host->folder, file);
  return changed;
}

gboolean
sr_ca_host_stop_service (SrCaHost *host, const char *service, gint64 wait, char ***stopped, GCancellable *cancellable, GError **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();

  *stopped = g_new0 (char *, 1);
  if (!before ("stop", service, cancellable, error))
    return FALSE;
  if (script.dependent != NULL && set_state (host, script.dependent, SR_SERVICE_STOPPED, 0))
    g_strv_builder_add (names, script.dependent);
  if (set_state (host, service, SR_SERVICE_STOPPED, 0))
    g_strv_builder_add (names, service);
  g_strfreev (*stopped);
  *stopped = g_strv_builder_end (names);
  return after (error);
}

char **
sr_ca_host_list_dependents (SrCaHost *host, const char *service, GCancellable *cancellable, GError **error)
{
  const char *names[] = { NULL, NULL };

  if (!before ("list-dependents", service, cancellable, error) || !after (error))
    return NULL;
  if (script.dependent != NULL && scripted_host_is_running (host->folder, script.dependent))
    names[0] = script.dependent;
  return g_strdupv ((char **) names);
}

static gboolean
is_file (SrCaHost   *host,
         const char *path)
{
  g_autofree char *local = local_path (host, path);

  return g_file_test (local, G_FILE_TEST_IS_REGULAR);
}

static char *
from_unc (const char *unc)
{
  const char *share = strchr (unc + 2, '\\') + 1;

  return g_strdup_printf ("%c:%s", share[0], share + 2);
}

static char *
take_text (GKeyFile   *file,
           const char *name)
{
  g_autofree char *hex = g_key_file_get_string (file, SR_RESTORE_IN_PROGRESS_KEY, name, NULL);

  return hex != NULL ? g_strdup (strchr (hex, ';') + 1) : NULL;
}

/* The bytes of a value, and what is in them, stand in the file: "type:hex;text". */
static guint32
take_number (GKeyFile   *file,
             const char *name)
{
  g_autofree char *text = take_text (file, name);

  return text != NULL ? (guint32) g_ascii_strtoull (text, NULL, 10) : 0;
}

/* Whether all that is registered is there. */
static SrHresult
recover (SrCaHost *host)
{
  g_autoptr (GKeyFile) file = load (host->folder);
  g_autofree char *status = take_text (file, "RestoreStatus");
  g_autofree char *map = take_text (file, "RestoreMap");
  g_autofree char *logs = take_text (file, "BackupLogDirectory");
  g_autofree char *log_path = take_text (file, "LogPath");
  g_autofree char *checkpoint = take_text (file, "CheckPointFile");
  g_auto (GStrv) pair = map != NULL ? g_strsplit (map, "|", -1) : NULL;
  g_autofree char *folder = NULL;
  g_autofree char *database = NULL;
  g_autofree char *current = NULL;

  if (!g_key_file_has_group (file, SR_RESTORE_IN_PROGRESS_KEY))
    return SR_S_OK;
  if (status == NULL || take_number (file, "RestoreStatus") != 0)
    return SR_CERTSRV_E_SERVER_SUSPENDED;
  if (script.recovery != 0)
    {
      g_key_file_set_string_list (file, SR_RESTORE_IN_PROGRESS_KEY, "unused", NULL, 0);
      g_key_file_remove_key (file, SR_RESTORE_IN_PROGRESS_KEY, "unused", NULL);
      return script.recovery;
    }
  g_assert_nonnull (logs);
  g_assert_nonnull (log_path);
  g_assert_nonnull (checkpoint);
  g_assert_cmpint (g_strv_length (pair), ==, 2);
  g_assert_cmpint (take_number (file, "RestoreMapCount"), ==, 1);
  folder = from_unc (logs);
  database = from_unc (pair[1]);
  if (!is_file (host, database))
    return SR_HRESULT_FROM_JET (SR_JET_FILE_NOT_FOUND);
  for (guint32 i = take_number (file, "LowLogNumber"); i <= take_number (file, "HighLogNumber"); i++)
    {
      g_autofree char *log = g_strdup_printf ("%s\\edb%05X.log", folder, i);

      if (!is_file (host, log))
        return SR_HRESULT_FROM_JET (-528);
    }
  /* The engine goes on in logs of its own. */
  {
    g_autofree char *live = from_unc (log_path);
    g_autofree char *path = g_strconcat (live, "\\edb.log", NULL);

    current = local_path (host, path);
    g_unlink (current);
    g_assert_true (g_file_set_contents (current, "recovered", -1, NULL));
  }
  g_key_file_remove_group (file, SR_RESTORE_IN_PROGRESS_KEY, NULL);
  save (host->folder, file);
  return SR_S_OK;
}

gboolean
sr_ca_host_start_service (SrCaHost *host, const char *service, gint64 wait, GCancellable *cancellable, GError **error)
{
  SrHresult hr;

  if (!before ("start", service, cancellable, error))
    return FALSE;
  hr = SR_S_OK;
  if (g_str_equal (service, "CertSvc") && !scripted_host_is_running (host->folder, service))
    hr = script.engine != NULL ? script.engine (host->folder) : recover (host);
  set_state (host, service, hr == SR_S_OK ? SR_SERVICE_RUNNING : SR_SERVICE_STOPPED, hr);
  if (!after (error))
    return FALSE;
  if (hr != SR_S_OK)
    sr_hresult_set_error (error, hr, "Starting %s", service);
  return hr == SR_S_OK;
}

/* Registry: a group for each key */

gboolean
sr_ca_host_has_key (SrCaHost *host, const char *key, gboolean *has, GCancellable *cancellable, GError **error)
{
  g_autoptr (GKeyFile) file = load (host->folder);

  if (!before ("has-key", key, cancellable, error))
    return FALSE;
  *has = g_key_file_has_group (file, key);
  return after (error);
}

gboolean
sr_ca_host_create_key (SrCaHost *host, const char *key, gboolean *created, GCancellable *cancellable, GError **error)
{
  g_autoptr (GKeyFile) file = load (host->folder);

  if (!before ("create-key", key, cancellable, error))
    return FALSE;
  g_key_file_set_string (file, key, "(default)", "0:;");
  save (host->folder, file);
  return after (error);
}

gboolean
sr_ca_host_delete_key (SrCaHost *host, const char *key, GCancellable *cancellable, GError **error)
{
  g_autoptr (GKeyFile) file = load (host->folder);
  gboolean there;

  if (!before ("delete-key", key, cancellable, error))
    return FALSE;
  there = g_key_file_remove_group (file, key, NULL);
  save (host->folder, file);
  if (!after (error))
    return FALSE;
  if (!there)
    g_set_error_literal (error, SR_ERROR, SR_ERROR_NOT_FOUND, "no such key");
  return there;
}

static SrRegistryValue *
parse_value (GKeyFile   *file,
             const char *key,
             const char *name)
{
  g_autofree char *text = g_key_file_get_string (file, key, name, NULL);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GBytes) data = NULL;
  const char *hex;

  if (text == NULL)
    return NULL;
  for (hex = strchr (text, ':') + 1; *hex != ';'; hex += 2)
    {
      guint8 byte = (guint8) (16 * g_ascii_xdigit_value (hex[0]) + g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  data = g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  return sr_registry_value_new (name, (SrRegistryType) atoi (text), data);
}

SrRegistryValue *
sr_ca_host_read_value (SrCaHost *host, const char *key, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GKeyFile) file = load (host->folder);
  g_autoptr (SrRegistryValue) value = NULL;

  if (!before ("read-value", name, cancellable, error))
    return NULL;
  value = parse_value (file, key, name);
  if (!after (error))
    return NULL;
  if (value == NULL)
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "%s is not there", name);
  return g_steal_pointer (&value);
}

GPtrArray *
sr_ca_host_list_values (SrCaHost *host, const char *key, GCancellable *cancellable, GError **error)
{
  g_autoptr (GKeyFile) file = load (host->folder);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_registry_value_unref);
  g_auto (GStrv) names = g_key_file_get_keys (file, key, NULL, NULL);

  if (!before ("list-values", key, cancellable, error))
    return NULL;
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    g_ptr_array_add (list, parse_value (file, key, names[i]));
  return after (error) ? g_steal_pointer (&list) : NULL;
}

static void
put_value (GKeyFile              *file,
           const char            *key,
           const SrRegistryValue *value)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (sr_registry_value_get_data (value), &length);
  g_autofree char *text = sr_registry_value_get_text (value, NULL);
  g_auto (GStrv) texts = sr_registry_value_get_texts (value, NULL);
  g_autoptr (GString) line = g_string_new (NULL);
  guint64 number = 0;

  g_string_printf (line, "%d:", sr_registry_value_get_value_type (value));
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (line, "%02x", data[i]);
  g_string_append_c (line, ';');
  if (sr_registry_value_get_number (value, &number, NULL))
    g_string_append_printf (line, "%u", (guint) number);
  if (text != NULL)
    g_string_append (line, text);
  if (texts != NULL)
    {
      g_autofree char *joined = g_strjoinv ("|", texts);

      g_string_append (line, joined);
    }
  g_key_file_set_string (file, key, sr_registry_value_get_name (value), line->str);
}

gboolean
sr_ca_host_write_value (SrCaHost *host, const char *key, const SrRegistryValue *value, GCancellable *cancellable, GError **error)
{
  g_autoptr (GKeyFile) file = load (host->folder);

  if (!before ("write-value", sr_registry_value_get_name (value), cancellable, error))
    return FALSE;
  g_assert_true (g_key_file_has_group (file, key));
  put_value (file, key, value);
  save (host->folder, file);
  return after (error);
}

gboolean
sr_ca_host_delete_value (SrCaHost *host, const char *key, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GKeyFile) file = load (host->folder);
  gboolean there;

  if (!before ("delete-value", name, cancellable, error))
    return FALSE;
  there = g_key_file_remove_key (file, key, name, NULL);
  save (host->folder, file);
  if (!after (error))
    return FALSE;
  if (!there)
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, "%s is not there", name);
  return there;
}

/* Files */

GInputStream *
sr_ca_host_read_file (SrCaHost *host, const char *path, guint64 *size, GCancellable *cancellable, GError **error)
{
  g_autofree char *local = local_path (host, path);
  g_autoptr (GFile) file = g_file_new_for_path (local);
  g_autoptr (GFileInputStream) stream = NULL;

  if (!before ("read-file", path, cancellable, error) || (stream = g_file_read (file, NULL, error)) == NULL || !after (error))
    return NULL;
  return G_INPUT_STREAM (g_steal_pointer (&stream));
}

/* A stream that knows of a full disk */

#define TEST_TYPE_STREAM (test_stream_get_type ())
G_DECLARE_FINAL_TYPE (TestStream, test_stream, TEST, STREAM, GFilterOutputStream)
struct _TestStream
{
  GFilterOutputStream parent_instance;
};
G_DEFINE_FINAL_TYPE (TestStream, test_stream, G_TYPE_FILTER_OUTPUT_STREAM)

static gssize
test_stream_write (GOutputStream *stream,
                   const void    *data,
                   gsize          length,
                   GCancellable  *cancellable,
                   GError       **error)
{
  if (++script.writes >= script.at && script.fault == SCRIPTED_FULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "The disk of the host is full");
      return -1;
    }
  return g_output_stream_write (g_filter_output_stream_get_base_stream (G_FILTER_OUTPUT_STREAM (stream)), data, length, cancellable, error);
}

static void
test_stream_class_init (TestStreamClass *klass)
{
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = test_stream_write;
}

static void
test_stream_init (TestStream *stream)
{
}

GOutputStream *
sr_ca_host_create_file (SrCaHost *host, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *local = local_path (host, path);
  g_autoptr (GFile) file = g_file_new_for_path (local);
  g_autoptr (GFileOutputStream) stream = NULL;

  if (!before ("create-file", path, cancellable, error) || (stream = g_file_create (file, G_FILE_CREATE_NONE, NULL, error)) == NULL || !after (error))
    return NULL;
  return g_object_new (TEST_TYPE_STREAM, "base-stream", stream, NULL);
}

void
sr_host_file_info_free (SrHostFileInfo *info)
{
  g_free (info->name);
  g_free (info);
}

static SrHostFileInfo *
get_info (const char *local)
{
  SrHostFileInfo *info;
  struct stat st;

  if (lstat (local, &st) != 0)
    return NULL;
  info = g_new0 (SrHostFileInfo, 1);
  info->name = g_path_get_basename (local);
  info->is_folder = S_ISDIR (st.st_mode);
  info->size = info->is_folder ? 0 : (guint64) st.st_size;
  info->modified = (gint64) st.st_mtim.tv_sec * G_USEC_PER_SEC + st.st_mtim.tv_nsec / 1000;
  return info;
}

SrHostFileInfo *
sr_ca_host_get_file_info (SrCaHost *host, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *local = local_path (host, path);
  g_autoptr (SrHostFileInfo) info = NULL;

  if (!before ("file-info", path, cancellable, error))
    return NULL;
  info = get_info (local);
  if (!after (error))
    return NULL;
  if (info == NULL)
    sr_set_errno_error (error, ENOENT, "%s", path);
  return g_steal_pointer (&info);
}

GPtrArray *
sr_ca_host_list_folder (SrCaHost *host, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *local = local_path (host, path);
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_host_file_info_free);
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (!before ("list-folder", path, cancellable, error))
    return NULL;
  dir = g_dir_open (local, 0, NULL);
  if (!after (error))
    return NULL;
  if (dir == NULL)
    {
      sr_set_errno_error (error, ENOENT, "%s", path);
      return NULL;
    }
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (local, name, NULL);

      g_ptr_array_add (list, get_info (file));
    }
  return g_steal_pointer (&list);
}

static gboolean
result (int         status,
        const char *path,
        GError    **error)
{
  int err = errno;

  if (!after (error))
    return FALSE;
  return status == 0 || sr_set_errno_error (error, err, "%s", path);
}

gboolean
sr_ca_host_make_folder (SrCaHost *host, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *local = local_path (host, path);

  return before ("make-folder", path, cancellable, error) && result (mkdir (local, 0700), path, error);
}

gboolean
sr_ca_host_rename (SrCaHost *host, const char *from, const char *to, GCancellable *cancellable, GError **error)
{
  g_autofree char *source = local_path (host, from);
  g_autofree char *target = local_path (host, to);

  return before ("rename", from, cancellable, error) && result (renameat2 (AT_FDCWD, source, AT_FDCWD, target, RENAME_NOREPLACE), from, error);
}

gboolean
sr_ca_host_remove (SrCaHost *host, const char *path, GCancellable *cancellable, GError **error)
{
  g_autofree char *local = local_path (host, path);

  return before ("remove", path, cancellable, error) && result (remove (local), path, error);
}

gboolean
sr_ca_host_get_free_space (SrCaHost *host, const char *path, guint64 *bytes, GCancellable *cancellable, GError **error)
{
  if (!before ("free-space", path, cancellable, error))
    return FALSE;
  *bytes = (guint64) 1 << 40;
  return after (error);
}

/* For tests */

#define LIVE_FOLDER "drives/C/Windows/system32/CertLog"

static void
link_tree (const char *from,
           const char *to)
{
  g_autoptr (GDir) dir = g_dir_open (from, 0, NULL);
  const char *name;

  g_assert_nonnull (dir);
  g_assert_cmpint (g_mkdir_with_parents (to, 0700), ==, 0);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *source = g_build_filename (from, name, NULL);
      g_autofree char *target = g_build_filename (to, name, NULL);

      g_assert_cmpint (link (source, target), ==, 0);
    }
}

void
scripted_host_create (const char *folder,
                      const char *live,
                      const char *authority,
                      const char *certificate_sha1,
                      gboolean    running)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *target = g_build_filename (folder, LIVE_FOLDER, NULL);
  g_autofree char *key = g_strconcat (SR_CERTSVC_KEY "\\", authority, NULL);
  const char *hashes[] = { "00 01", certificate_sha1, NULL };
  g_autoptr (SrRegistryValue) hash = sr_registry_value_new_multi_sz ("CACertHash", hashes);
  g_autoptr (SrRegistryValue) active = sr_registry_value_new_sz ("Active", authority);
  g_autoptr (SrRegistryValue) database = sr_registry_value_new_sz ("DBDirectory", "C:\\Windows\\system32\\CertLog");

  link_tree (live, target);
  put_value (file, key, hash);
  put_value (file, SR_CERTSVC_KEY, active);
  put_value (file, SR_CERTSVC_KEY, database);
  g_key_file_set_integer (file, "CertSvc", "state", running ? SR_SERVICE_RUNNING : SR_SERVICE_STOPPED);
  g_key_file_set_integer (file, "Dependent", "state", running ? SR_SERVICE_RUNNING : SR_SERVICE_STOPPED);
  save (folder, file);
}

gboolean
scripted_host_is_running (const char *folder,
                          const char *service)
{
  g_autoptr (GKeyFile) file = load (folder);

  return g_key_file_get_integer (file, service, "state", NULL) == SR_SERVICE_RUNNING;
}

gboolean
scripted_host_has_restore (const char *folder)
{
  g_autoptr (GKeyFile) file = load (folder);

  return g_key_file_has_group (file, SR_RESTORE_IN_PROGRESS_KEY);
}

GHashTable *
scripted_host_list_restore (const char *folder)
{
  g_autoptr (GKeyFile) file = load (folder);
  g_auto (GStrv) names = g_key_file_get_keys (file, SR_RESTORE_IN_PROGRESS_KEY, NULL, NULL);
  GHashTable *values = names != NULL ? g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free) : NULL;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    g_hash_table_insert (values, g_strdup (names[i]), take_text (file, names[i]));
  return values;
}

void
scripted_host_drop_restore (const char *folder)
{
  g_autoptr (GKeyFile) file = load (folder);

  g_key_file_remove_group (file, SR_RESTORE_IN_PROGRESS_KEY, NULL);
  save (folder, file);
}

char *
scripted_host_snapshot (const char *folder)
{
  g_autofree char *live = g_build_filename (folder, LIVE_FOLDER, NULL);
  g_autoptr (GDir) dir = g_dir_open (live, 0, NULL);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_assert_nonnull (dir);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (live, name, NULL);
      struct stat st;

      g_assert_cmpint (lstat (path, &st), ==, 0);

      if (!S_ISDIR (st.st_mode))
        {
          g_autofree char *contents = NULL;
          g_autofree char *hash = NULL;
          gsize length;

          g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
          hash = g_compute_checksum_for_data (G_CHECKSUM_MD5, (guint8 *) contents, length);
          g_ptr_array_add (lines, g_strdup_printf ("%s %" G_GSIZE_FORMAT " %s", name, length, hash));
        }
    }
  g_ptr_array_sort_values (lines, (GCompareFunc) strcmp);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}
