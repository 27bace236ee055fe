/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-host-private.h"

#include "host/tables/sr-winreg-messages.h"
#include "rpc/sr-rpc-fault.h"

/* winreg, as MS-RRP 3.1.5 has it. */

typedef guint32 (*Handler) (SrPracticeHost        *host,
                            const SrRpcServerCall *call,
                            gpointer               request,
                            gpointer               reply,
                            guint32               *error);

static char *
get_key (SrPracticeHost        *host,
         const SrRpcServerCall *call,
         const SrHostHandle    *handle)
{
  return sr_practice_host_get_handle (host, call, SR_PRACTICE_HANDLE_KEY, handle);
}

/* The path of what is named below a key; no name is the key itself. */
static char *
join_path (const char           *key,
           const SrWinregString *name)
{
  if (name->text == NULL || name->text[0] == '\0')
    return g_strdup (key);
  return key[0] != '\0' ? g_strconcat (key, "\\", name->text, NULL) : g_strdup (name->text);
}

static guint32
open_handle (SrPracticeHost        *host,
             const SrRpcServerCall *call,
             const char            *path,
             SrHostHandle          *handle)
{
  return sr_practice_host_open_handle (host, call, SR_PRACTICE_HANDLE_KEY, path, handle) ? 0 : SR_PRACTICE_WIN32_OUT_OF_MEMORY;
}

static guint32
open_local_machine (SrPracticeHost        *host,
                    const SrRpcServerCall *call,
                    gpointer               request,
                    gpointer               reply,
                    guint32               *error)
{
  SrWinregKeyReply *out = reply;

  *error = sr_practice_registry_admits (host->options.ca, call->principal)
           ? open_handle (host, call, "", &out->key) : SR_PRACTICE_WIN32_ACCESS_DENIED;
  out->error = *error;
  return 0;
}

static guint32
close_key (SrPracticeHost        *host,
           const SrRpcServerCall *call,
           gpointer               request,
           gpointer               reply,
           guint32               *error)
{
  const SrWinregKeyRequest *in = request;

  return sr_practice_host_close_handle (host, call, &in->key) ? 0 : SR_NCA_S_FAULT_CONTEXT_MISMATCH;
}

static guint32
flush_key (SrPracticeHost        *host,
           const SrRpcServerCall *call,
           gpointer               request,
           gpointer               reply,
           guint32               *error)
{
  const SrWinregKeyRequest *in = request;
  g_autofree char *key = get_key (host, call, &in->key);

  /* what is written is on the disk already */
  return key != NULL ? 0 : SR_NCA_S_FAULT_CONTEXT_MISMATCH;
}

static guint32
open_key (SrPracticeHost        *host,
          const SrRpcServerCall *call,
          gpointer               request,
          gpointer               reply,
          guint32               *error)
{
  const SrWinregOpenKeyRequest *in = request;
  SrWinregKeyReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);
  g_autofree char *path = key != NULL ? join_path (key, &in->name) : NULL;

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  *error = sr_practice_registry_open (host->options.ca, path);
  if (*error == 0)
    *error = open_handle (host, call, path, &out->key);
  out->error = *error;
  return 0;
}

static guint32
create_key (SrPracticeHost        *host,
            const SrRpcServerCall *call,
            gpointer               request,
            gpointer               reply,
            guint32               *error)
{
  const SrWinregCreateKeyRequest *in = request;
  SrWinregCreateKeyReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);
  g_autofree char *path = key != NULL ? join_path (key, &in->name) : NULL;
  gboolean created = FALSE;

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  *error = sr_practice_registry_create (host->options.ca, path, &created);
  if (*error == 0)
    *error = open_handle (host, call, path, &out->key);
  out->has_disposition = in->has_disposition;
  out->disposition = *error != 0 ? 0 : created ? SR_WINREG_CREATED_NEW_KEY : SR_WINREG_OPENED_EXISTING_KEY;
  out->error = *error;
  return 0;
}

static guint32
delete_key (SrPracticeHost        *host,
            const SrRpcServerCall *call,
            gpointer               request,
            gpointer               reply,
            guint32               *error)
{
  const SrWinregNameRequest *in = request;
  SrWinregErrorReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);
  g_autofree char *path = key != NULL ? join_path (key, &in->name) : NULL;

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  *error = in->name.text == NULL || in->name.text[0] == '\0' ? SR_PRACTICE_WIN32_INVALID_PARAMETER
                                                             : sr_practice_registry_delete (host->options.ca, path);
  out->error = *error;
  return 0;
}

static guint32
delete_value (SrPracticeHost        *host,
              const SrRpcServerCall *call,
              gpointer               request,
              gpointer               reply,
              guint32               *error)
{
  const SrWinregNameRequest *in = request;
  SrWinregErrorReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  *error = sr_practice_registry_unset (host->options.ca, key, in->name.text != NULL ? in->name.text : "");
  out->error = *error;
  return 0;
}

/* A name for an answer, if there is room for it. */
static guint32
answer_name (const SrWinregString *room,
             const char           *name,
             SrWinregString       *out)
{
  if (sr_winreg_string_length (name) > room->room)
    return SR_PRACTICE_WIN32_MORE_DATA;
  out->text = g_strdup (name);
  out->room = room->room;
  return 0;
}

static guint32
enum_key (SrPracticeHost        *host,
          const SrRpcServerCall *call,
          gpointer               request,
          gpointer               reply,
          guint32               *error)
{
  const SrWinregEnumKeyRequest *in = request;
  SrWinregEnumKeyReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);
  g_auto (GStrv) names = NULL;

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  *error = sr_practice_registry_list_keys (host->options.ca, key, &names);
  if (*error == 0)
    *error = in->index < g_strv_length (names) ? answer_name (&in->name, names[in->index], &out->name)
                                               : SR_PRACTICE_WIN32_NO_MORE_ITEMS;
  out->has_time = in->has_time;
  out->error = *error;
  return 0;
}

/* Type, size and, where there is room, bytes of a value. With a room that is
 * too small the size alone, and the error that says so. */
static guint32
answer_data (const SrWinregData *in,
             guint32             type,
             GBytes             *data,
             SrWinregData       *out)
{
  guint32 size = (guint32) g_bytes_get_size (data);
  guint32 room = MIN (in->has_room ? in->room : 0, in->has_size ? in->size : 0);

  out->has_type = in->has_type;
  out->type = type;
  out->has_size = in->has_size;
  out->size = size;
  out->has_length = in->has_length;
  if (!in->has_room)
    return 0; /* only how large it is was asked for */
  if (size > room)
    return SR_PRACTICE_WIN32_MORE_DATA;
  out->has_room = TRUE;
  out->room = size;
  out->data = g_bytes_ref (data);
  out->length = size;
  return 0;
}

static guint32
query_value (SrPracticeHost        *host,
             const SrRpcServerCall *call,
             gpointer               request,
             gpointer               reply,
             guint32               *error)
{
  const SrWinregQueryValueRequest *in = request;
  SrWinregQueryValueReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);
  g_autoptr (GBytes) data = NULL;
  guint32 type = 0;

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  *error = in->data.has_room && !in->data.has_size ? SR_PRACTICE_WIN32_INVALID_PARAMETER
           : sr_practice_registry_get (host->options.ca, key, in->name.text != NULL ? in->name.text : "", &type, &data);
  if (*error == 0)
    *error = answer_data (&in->data, type, data, &out->data);
  out->error = *error;
  return 0;
}

static guint32
enum_value (SrPracticeHost        *host,
            const SrRpcServerCall *call,
            gpointer               request,
            gpointer               reply,
            guint32               *error)
{
  const SrWinregEnumValueRequest *in = request;
  SrWinregEnumValueReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);
  g_auto (GStrv) names = NULL;
  g_autoptr (GBytes) data = NULL;
  guint32 type = 0;

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  *error = in->data.has_room && !in->data.has_size ? SR_PRACTICE_WIN32_INVALID_PARAMETER
           : sr_practice_registry_list_values (host->options.ca, key, &names);
  if (*error == 0 && in->index >= g_strv_length (names))
    *error = SR_PRACTICE_WIN32_NO_MORE_ITEMS;
  if (*error == 0)
    *error = sr_practice_registry_get (host->options.ca, key, names[in->index], &type, &data);
  if (*error == 0)
    *error = answer_data (&in->data, type, data, &out->data);
  if (*error == 0)
    *error = answer_name (&in->name, names[in->index], &out->name);
  out->error = *error;
  return 0;
}

static guint32
longest_name (char **names)
{
  gsize longest = 2;

  for (guint i = 0; names[i] != NULL; i++)
    longest = MAX (longest, sr_winreg_string_length (names[i]));
  return (guint32) longest - 2; /* without the NUL */
}

static guint32
query_info (SrPracticeHost        *host,
            const SrRpcServerCall *call,
            gpointer               request,
            gpointer               reply,
            guint32               *error)
{
  const SrWinregInfoRequest *in = request;
  SrWinregInfoReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);
  g_auto (GStrv) keys = NULL;
  g_auto (GStrv) values = NULL;

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  *error = sr_practice_registry_list_keys (host->options.ca, key, &keys);
  if (*error == 0)
    *error = sr_practice_registry_list_values (host->options.ca, key, &values);
  for (guint i = 0; *error == 0 && values[i] != NULL; i++)
    {
      g_autoptr (GBytes) data = NULL;
      guint32 type;

      if (sr_practice_registry_get (host->options.ca, key, values[i], &type, &data) == 0)
        out->max_data = MAX (out->max_data, (guint32) g_bytes_get_size (data));
    }
  if (*error == 0)
    {
      out->keys = g_strv_length (keys);
      out->max_key = longest_name (keys);
      out->values = g_strv_length (values);
      out->max_name = longest_name (values);
    }
  out->error = *error;
  return 0;
}

static guint32
set_value (SrPracticeHost        *host,
           const SrRpcServerCall *call,
           gpointer               request,
           gpointer               reply,
           guint32               *error)
{
  const SrWinregSetValueRequest *in = request;
  SrWinregErrorReply *out = reply;
  g_autofree char *key = get_key (host, call, &in->key);

  if (key == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  out->error = *error = sr_practice_registry_set (host->options.ca, key, in->name.text != NULL ? in->name.text : "", in->type, in->data);
  return 0;
}

static const struct
{
  SrWinregOpnum opnum;
  Handler handler;
} handlers[] = {
  { SR_WINREG_OPEN_LOCAL_MACHINE, open_local_machine },
  { SR_WINREG_CLOSE_KEY, close_key },
  { SR_WINREG_CREATE_KEY, create_key },
  { SR_WINREG_DELETE_KEY, delete_key },
  { SR_WINREG_DELETE_VALUE, delete_value },
  { SR_WINREG_ENUM_KEY, enum_key },
  { SR_WINREG_ENUM_VALUE, enum_value },
  { SR_WINREG_FLUSH_KEY, flush_key },
  { SR_WINREG_OPEN_KEY, open_key },
  { SR_WINREG_QUERY_INFO_KEY, query_info },
  { SR_WINREG_QUERY_VALUE, query_value },
  { SR_WINREG_SET_VALUE, set_value },
};

guint32
sr_practice_winreg_handle (SrPracticeHost        *host,
                           const SrRpcServerCall *call,
                           gpointer               request,
                           gpointer               reply,
                           guint32               *error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (handlers); i++)
    if (handlers[i].opnum == call->opnum)
      return handlers[i].handler (host, call, request, reply, error);
  return SR_NCA_S_OP_RNG_ERROR;
}
