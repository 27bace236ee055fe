/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/sr-ca-host-private.h"

#include "base/sr-error.h"
#include "host/tables/sr-winreg-messages.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PIPE SR_CA_HOST_REGISTRY

#define MAX_ITEMS 4096
/* A first guess at the size of a value, bytes */
#define USUAL_VALUE 4096
/* Room for the name of a key, which has 255 characters at most, and of a value, bytes */
#define KEY_ROOM 512
#define NAME_ROOM (2 * SR_WINREG_MAX_NAME)

/* What a work is asked and answers. */
typedef struct
{
  const char *key;
  const char *name;
  const SrRegistryValue *value;
  gboolean created;
  SrRegistryValue *read;
  GPtrArray *list;
} Job;

/* An error of the registry: what is not there has a code of its own. Returns FALSE. */
static gboolean
fail (GError     **error,
      guint32      code,
      const char  *what,
      const char  *key,
      const char  *name)
{
  g_autofree char *full = name != NULL ? g_strdup_printf ("HKLM\\%s, %s", key, name) : g_strconcat ("HKLM\\", key, NULL);

  if (code != SR_WIN32_FILE_NOT_FOUND)
    return sr_ca_host_set_win32_error (error, code, "%s: %s", what, full);
  g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("The host’s registry does not have “%s”"), full);
  return FALSE;
}

static gboolean
open_key (SrCaHost            *host,
          const SrHostHandle  *root,
          const char          *key,
          guint32              access,
          SrHostHandle        *handle,
          GCancellable        *cancellable,
          GError             **error)
{
  SrWinregOpenKeyRequest request = { *root, { (char *) key, 0 }, 0, access };
  SrWinregKeyReply reply = { 0 };

  if (!sr_ca_host_call (host, PIPE, SR_WINREG_OPEN_KEY, &request, &reply, cancellable, error))
    return FALSE;
  *handle = reply.key;
  return reply.error == 0 || fail (error, reply.error, _("Opening a registry key"), key, NULL);
}

/* Writes a key, and what is below it, to the host's disk. */
static gboolean
flush_key (SrCaHost            *host,
           const SrHostHandle  *handle,
           const char          *key,
           GCancellable        *cancellable,
           GError             **error)
{
  SrWinregKeyRequest request = { *handle };
  SrWinregErrorReply reply = { 0 };

  return sr_ca_host_call (host, PIPE, SR_WINREG_FLUSH_KEY, &request, &reply, cancellable, error) &&
         (reply.error == 0 || fail (error, reply.error, _("Writing the registry to the host’s disk"), key, NULL));
}

static gboolean
flush_work (SrCaHost            *host,
            const SrHostHandle  *root,
            gpointer             data,
            GCancellable        *cancellable,
            GError             **error)
{
  const char *key = data;
  SrHostHandle handle;
  gboolean ok;

  if (!open_key (host, root, key, SR_WINREG_KEY_QUERY_VALUE, &handle, cancellable, error))
    return FALSE;
  ok = flush_key (host, &handle, key, cancellable, error);
  sr_ca_host_close_handle (host, PIPE, &handle);
  return ok;
}

/* After something that must not be done twice: by itself, so that it alone is repeated. */
static gboolean
flush_change (SrCaHost      *host,
              const char    *key,
              GCancellable  *cancellable,
              GError       **error)
{
  gboolean ok = sr_ca_host_run (host, PIPE, flush_work, (gpointer) key, cancellable, error);

  host->outcome_unknown = !ok;
  return ok;
}

static gboolean
has_key_work (SrCaHost            *host,
              const SrHostHandle  *root,
              gpointer             data,
              GCancellable        *cancellable,
              GError             **error)
{
  Job *job = data;
  SrHostHandle handle;

  if (!open_key (host, root, job->key, SR_WINREG_KEY_QUERY_VALUE, &handle, cancellable, error))
    return FALSE;
  sr_ca_host_close_handle (host, PIPE, &handle);
  return TRUE;
}

gboolean
sr_ca_host_has_key (SrCaHost      *host,
                    const char    *key,
                    gboolean      *has,
                    GCancellable  *cancellable,
                    GError       **error)
{
  Job job = { .key = key };
  g_autoptr (GError) local = NULL;

  *has = sr_ca_host_run (host, PIPE, has_key_work, &job, cancellable, &local);
  if (*has || g_error_matches (local, SR_ERROR, SR_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local));
  return FALSE;
}

static gboolean
create_key_work (SrCaHost            *host,
                 const SrHostHandle  *root,
                 gpointer             data,
                 GCancellable        *cancellable,
                 GError             **error)
{
  Job *job = data;
  SrWinregCreateKeyRequest request = {
    .key = *root,
    .name = { (char *) job->key, 0 },
    .access = SR_WINREG_KEY_QUERY_VALUE | SR_WINREG_KEY_SET_VALUE | SR_WINREG_KEY_CREATE_SUB_KEY,
    .has_disposition = TRUE,
  };
  SrWinregCreateKeyReply reply = { 0 };

  if (!sr_ca_host_call (host, PIPE, SR_WINREG_CREATE_KEY, &request, &reply, cancellable, error))
    return FALSE;
  if (reply.error != 0)
    return fail (error, reply.error, _("Making a registry key"), job->key, NULL);
  job->created = reply.has_disposition && reply.disposition == SR_WINREG_CREATED_NEW_KEY;
  sr_ca_host_close_handle (host, PIPE, &reply.key);
  return TRUE;
}

gboolean
sr_ca_host_create_key (SrCaHost      *host,
                       const char    *key,
                       gboolean      *created,
                       GCancellable  *cancellable,
                       GError       **error)
{
  Job job = { .key = key };

  if (!sr_ca_host_run (host, PIPE, create_key_work, &job, cancellable, error) ||
      !flush_change (host, key, cancellable, error))
    return FALSE;
  if (created != NULL)
    *created = job.created;
  return TRUE;
}

/* Deletes what is named below a key, with @opnum. */
static gboolean
delete_below (SrCaHost            *host,
              guint16              opnum,
              const SrHostHandle  *handle,
              const Job           *job,
              const char          *name,
              const char          *what,
              GCancellable        *cancellable,
              GError             **error)
{
  SrWinregNameRequest request = { *handle, { (char *) name, 0 } };
  SrWinregErrorReply reply = { 0 };

  if (!sr_ca_host_call (host, PIPE, opnum, &request, &reply, cancellable, error))
    return FALSE;
  return reply.error == 0 || fail (error, reply.error, what, job->key, job->name);
}

static char *
get_parent (const char *key)
{
  const char *slash = strrchr (key, '\\');

  return slash != NULL ? g_strndup (key, (gsize) (slash - key)) : g_strdup ("");
}

static gboolean
delete_key_work (SrCaHost            *host,
                 const SrHostHandle  *root,
                 gpointer             data,
                 GCancellable        *cancellable,
                 GError             **error)
{
  Job *job = data;
  const char *slash = strrchr (job->key, '\\');
  g_autofree char *parent = get_parent (job->key);
  SrHostHandle handle;
  gboolean ok;

  if (!open_key (host, root, parent, SR_WINREG_KEY_QUERY_VALUE | SR_WINREG_KEY_ENUMERATE_SUB_KEYS, &handle, cancellable, error))
    return FALSE;
  ok = delete_below (host, SR_WINREG_DELETE_KEY, &handle, job, slash != NULL ? slash + 1 : job->key,
                     _("Deleting a registry key"), cancellable, error);
  sr_ca_host_close_handle (host, PIPE, &handle);
  return ok;
}

gboolean
sr_ca_host_delete_key (SrCaHost      *host,
                       const char    *key,
                       GCancellable  *cancellable,
                       GError       **error)
{
  g_autofree char *parent = get_parent (key);
  Job job = { .key = key };

  return sr_ca_host_run (host, PIPE, delete_key_work, &job, cancellable, error) &&
         flush_change (host, parent, cancellable, error);
}

static gboolean
delete_value_work (SrCaHost            *host,
                   const SrHostHandle  *root,
                   gpointer             data,
                   GCancellable        *cancellable,
                   GError             **error)
{
  Job *job = data;
  SrHostHandle handle;
  gboolean ok;

  if (!open_key (host, root, job->key, SR_WINREG_KEY_SET_VALUE, &handle, cancellable, error))
    return FALSE;
  ok = delete_below (host, SR_WINREG_DELETE_VALUE, &handle, job, job->name, _("Deleting a registry value"), cancellable, error);
  sr_ca_host_close_handle (host, PIPE, &handle);
  return ok;
}

gboolean
sr_ca_host_delete_value (SrCaHost      *host,
                         const char    *key,
                         const char    *name,
                         GCancellable  *cancellable,
                         GError       **error)
{
  Job job = { .key = key, .name = name };

  return sr_ca_host_run (host, PIPE, delete_value_work, &job, cancellable, error) &&
         flush_change (host, key, cancellable, error);
}

/* Takes a value out of a reply. */
static SrRegistryValue *
take_value (const char          *name,
            const SrWinregData  *data,
            GError             **error)
{
  g_autoptr (GBytes) none = g_bytes_new (NULL, 0);

  if (data->has_type && data->has_size && data->size == (data->data != NULL ? g_bytes_get_size (data->data) : 0))
    return sr_registry_value_new (name, (SrRegistryType) data->type, data->data != NULL ? data->data : none);
  g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("The host’s answer about the registry value “%s” is not complete"), name);
  return NULL;
}

/* How much room the next try needs; FALSE with an error when it is too much. */
static gboolean
make_room (guint32      needed,
           const Job   *job,
           guint32     *room,
           GError     **error)
{
  if (needed <= SR_WINREG_MAX_DATA)
    {
      *room = MAX (needed, *room);
      return TRUE;
    }
  g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("A value of the registry key “%s” has %u bytes, at most %u are allowed"),
               job->key, needed, SR_WINREG_MAX_DATA);
  return FALSE;
}

static SrWinregData
ask_for (guint32 room)
{
  return (SrWinregData) { .has_type = TRUE, .has_room = TRUE, .room = room, .has_size = TRUE, .size = room, .has_length = TRUE };
}

static gboolean
query_value (SrCaHost            *host,
             const SrHostHandle  *handle,
             Job                 *job,
             GCancellable        *cancellable,
             GError             **error)
{
  guint32 room = USUAL_VALUE;

  /* the value may grow between two tries, but nobody makes it grow for ever */
  for (guint try = 0; ; try++)
    {
      SrWinregQueryValueRequest request = { *handle, { (char *) job->name, 0 }, ask_for (room) };
      SrWinregQueryValueReply reply = { 0 };
      guint32 needed;

      if (!sr_ca_host_call (host, PIPE, SR_WINREG_QUERY_VALUE, &request, &reply, cancellable, error))
        return FALSE;
      needed = reply.data.has_size ? reply.data.size : 0;
      if (reply.error == 0)
        job->read = take_value (job->name, &reply.data, error);
      g_clear_pointer (&reply.data.data, g_bytes_unref);
      if (reply.error == 0)
        return job->read != NULL;
      if (reply.error != SR_WIN32_MORE_DATA || try > 2)
        return fail (error, reply.error, _("Reading a registry value"), job->key, job->name);
      if (!make_room (needed, job, &room, error))
        return FALSE;
    }
}

static gboolean
read_value_work (SrCaHost            *host,
                 const SrHostHandle  *root,
                 gpointer             data,
                 GCancellable        *cancellable,
                 GError             **error)
{
  Job *job = data;
  SrHostHandle handle;
  gboolean ok;

  if (!open_key (host, root, job->key, SR_WINREG_KEY_QUERY_VALUE, &handle, cancellable, error))
    return FALSE;
  ok = query_value (host, &handle, job, cancellable, error);
  sr_ca_host_close_handle (host, PIPE, &handle);
  return ok;
}

SrRegistryValue *
sr_ca_host_read_value (SrCaHost      *host,
                       const char    *key,
                       const char    *name,
                       GCancellable  *cancellable,
                       GError       **error)
{
  Job job = { .key = key, .name = name };

  return sr_ca_host_run (host, PIPE, read_value_work, &job, cancellable, error) ? job.read : NULL;
}

static gboolean
too_many (Job      *job,
          GError  **error)
{
  if (job->list->len <= MAX_ITEMS)
    return FALSE;
  g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("The registry key “%s” has more than %d items"), job->key, MAX_ITEMS);
  return TRUE;
}

/* Asks for the value at @index, with larger room when the first is too small. @end: there is none. */
static gboolean
enum_value (SrCaHost            *host,
            const SrHostHandle  *handle,
            Job                 *job,
            guint32              index,
            gboolean            *end,
            GCancellable        *cancellable,
            GError             **error)
{
  guint32 room = USUAL_VALUE;

  *end = FALSE;
  for (guint try = 0; ; try++)
    {
      SrWinregEnumValueRequest request = { *handle, index, { NULL, NAME_ROOM }, ask_for (room) };
      SrWinregEnumValueReply reply = { 0 };
      SrRegistryValue *value = NULL;
      guint32 needed;

      if (!sr_ca_host_call (host, PIPE, SR_WINREG_ENUM_VALUE, &request, &reply, cancellable, error))
        return FALSE;
      needed = reply.data.has_size ? reply.data.size : 0;
      if (reply.error == 0)
        value = take_value (reply.name.text != NULL ? reply.name.text : "", &reply.data, error);
      sr_winreg_string_clear (&reply.name);
      g_clear_pointer (&reply.data.data, g_bytes_unref);
      if (value != NULL)
        g_ptr_array_add (job->list, value);
      *end = reply.error == SR_WIN32_NO_MORE_ITEMS;
      if (reply.error == 0 || *end)
        return value != NULL || *end;
      if (reply.error != SR_WIN32_MORE_DATA || try > 2)
        return fail (error, reply.error, _("Listing the values of a registry key"), job->key, NULL);
      if (!make_room (needed, job, &room, error))
        return FALSE;
    }
}

/* Each call adds an item to the list, until it tells that there is no more. */
typedef gboolean (*Enumerate) (SrCaHost            *host,
                               const SrHostHandle  *handle,
                               Job                 *job,
                               guint32              index,
                               gboolean            *end,
                               GCancellable        *cancellable,
                               GError             **error);

static gboolean
list_items (SrCaHost            *host,
            const SrHostHandle  *root,
            guint32              access,
            Enumerate            enumerate,
            Job                 *job,
            GCancellable        *cancellable,
            GError             **error)
{
  SrHostHandle handle;
  gboolean end = FALSE, ok = TRUE;

  g_ptr_array_set_size (job->list, 0);
  if (!open_key (host, root, job->key, access, &handle, cancellable, error))
    return FALSE;
  for (guint32 i = 0; ok && !end; i++)
    ok = !too_many (job, error) && enumerate (host, &handle, job, i, &end, cancellable, error);
  sr_ca_host_close_handle (host, PIPE, &handle);
  return ok;
}

static gboolean
list_values_work (SrCaHost            *host,
                  const SrHostHandle  *root,
                  gpointer             data,
                  GCancellable        *cancellable,
                  GError             **error)
{
  return list_items (host, root, SR_WINREG_KEY_QUERY_VALUE, enum_value, data, cancellable, error);
}

GPtrArray *
sr_ca_host_list_values (SrCaHost      *host,
                        const char    *key,
                        GCancellable  *cancellable,
                        GError       **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_registry_value_unref);
  Job job = { .key = key, .list = list };

  return sr_ca_host_run (host, PIPE, list_values_work, &job, cancellable, error) ? g_steal_pointer (&list) : NULL;
}

static gboolean
enum_key (SrCaHost            *host,
          const SrHostHandle  *handle,
          Job                 *job,
          guint32              index,
          gboolean            *end,
          GCancellable        *cancellable,
          GError             **error)
{
  SrWinregEnumKeyRequest request = { .key = *handle, .index = index, .name = { NULL, KEY_ROOM } };
  SrWinregEnumKeyReply reply = { 0 };

  if (!sr_ca_host_call (host, PIPE, SR_WINREG_ENUM_KEY, &request, &reply, cancellable, error))
    return FALSE;
  *end = reply.error == SR_WIN32_NO_MORE_ITEMS;
  if (reply.error == 0)
    g_ptr_array_add (job->list, reply.name.text != NULL ? g_steal_pointer (&reply.name.text) : g_strdup (""));
  sr_winreg_string_clear (&reply.name);
  sr_winreg_string_clear (&reply.class);
  return reply.error == 0 || *end || fail (error, reply.error, _("Listing the keys below a registry key"), job->key, NULL);
}

static gboolean
list_keys_work (SrCaHost            *host,
                const SrHostHandle  *root,
                gpointer             data,
                GCancellable        *cancellable,
                GError             **error)
{
  return list_items (host, root, SR_WINREG_KEY_ENUMERATE_SUB_KEYS, enum_key, data, cancellable, error);
}

char **
sr_ca_host_list_keys (SrCaHost      *host,
                      const char    *key,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_free);
  Job job = { .key = key, .list = list };

  if (!sr_ca_host_run (host, PIPE, list_keys_work, &job, cancellable, error))
    return NULL;
  g_ptr_array_add (list, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&list), FALSE);
}

static gboolean
write_value_work (SrCaHost            *host,
                  const SrHostHandle  *root,
                  gpointer             data,
                  GCancellable        *cancellable,
                  GError             **error)
{
  Job *job = data;
  SrWinregSetValueRequest request = {
    .name = { (char *) job->name, 0 },
    .type = sr_registry_value_get_value_type (job->value),
    .data = sr_registry_value_get_data (job->value),
  };
  SrWinregErrorReply reply = { 0 };
  gboolean ok;

  if (!open_key (host, root, job->key, SR_WINREG_KEY_SET_VALUE, &request.key, cancellable, error))
    return FALSE;
  ok = sr_ca_host_call (host, PIPE, SR_WINREG_SET_VALUE, &request, &reply, cancellable, error) &&
       (reply.error == 0 || fail (error, reply.error, _("Writing a registry value"), job->key, job->name)) &&
       flush_key (host, &request.key, job->key, cancellable, error);
  sr_ca_host_close_handle (host, PIPE, &request.key);
  return ok;
}

gboolean
sr_ca_host_write_value (SrCaHost               *host,
                        const char             *key,
                        const SrRegistryValue  *value,
                        GCancellable           *cancellable,
                        GError                **error)
{
  Job job = { .key = key, .name = sr_registry_value_get_name (value), .value = value };

  return sr_ca_host_run (host, PIPE, write_value_work, &job, cancellable, error);
}
