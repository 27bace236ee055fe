/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "scripted-ca.h"

#include "base/sr-file.h"
#include "base/sr-utf16.h"

#include <signal.h>
#include <string.h>

#define USER "TEST\\backup"
#define PASSWORD "Correct-Horse-1"
#define NO_SESSION SR_HRESULT_FROM_JET (SR_JET_INVALID_BACKUP_SEQUENCE)

static const ScriptedFile default_databases[] = {
  { "D\\\\scripted\\C$\\CertLog\\Scripted.edb", 3 * 512 * 1024, 3 * 512 * 1024 }, { NULL },
};
static const ScriptedFile default_logs[] = {
  { "!\\\\scripted\\C$\\CertLog\\edb00001.log", 70000, 70000 },
  { "!\\\\scripted\\C$\\CertLog\\edb00002.log", 0, 0 },
  { NULL },
};

static GBytes *
make_list (const ScriptedFile *files)
{
  const char *names[64] = { NULL };

  for (guint i = 0; files[i].listed != NULL; i++)
    names[i] = files[i].listed;
  return sr_utf16_list_build (names);
}

static const ScriptedFile *
find_file (ScriptedCa *ca,
           const char *path)
{
  const ScriptedFile *lists[] = { ca->databases, ca->logs };

  for (guint l = 0; l < 2; l++)
    for (guint i = 0; lists[l][i].listed != NULL; i++)
      if (strcmp (g_utf8_next_char (lists[l][i].listed), path) == 0)
        return &lists[l][i];
  return NULL;
}

static const ScriptedFault *
find_fault (ScriptedCa *ca,
            guint       opnum,
            FaultKind   kind)
{
  for (guint i = 0; i < ca->n_faults; i++)
    if (ca->faults[i].opnum == opnum && ca->faults[i].kind == kind
        && (ca->faults[i].nth == 0 || ca->faults[i].nth == ca->calls[opnum]))
      return &ca->faults[i];
  return NULL;
}

static void
read_file (ScriptedCa                         *ca,
           const SrCsraBackupReadFileRequest *request,
           SrCsraBackupReadFileReply         *reply)
{
  guint8 *data = g_malloc0 (MAX (request->size, 1));

  reply->read = (guint32) MIN (ca->open->length - ca->position, request->size);
  for (guint32 i = 0; i < reply->read; i++)
    data[i] = (guint8) ((ca->position + i) * 7);
  ca->position += reply->read;
  reply->owner = g_bytes_new_take (data, request->size);
  reply->buffer = data;
  reply->size = request->size;
}

/* The methods of a backup; all of them want a session of this object but BackupPrepare. */
static SrHresult
backup (ScriptedCa *ca,
        gpointer    instance,
        guint       opnum,
        gpointer    request,
        gpointer    reply)
{
  if (opnum == SR_CSRA_BACKUP_PREPARE)
    {
      if (ca->prepared_by != NULL)
        return SR_HRESULT_FROM_JET (SR_JET_BACKUP_IN_PROGRESS);
      ca->prepared_by = instance;
      ca->prepares++;
      return SR_S_OK;
    }
  if (ca->prepared_by != instance)
    return NO_SESSION;
  switch (opnum)
    {
    case SR_CSRA_BACKUP_END:
      ca->prepared_by = NULL;
      ca->open = NULL;
      ca->ends++;
      return SR_S_OK;
    case SR_CSRA_BACKUP_OPEN_FILE:
      ca->open = find_file (ca, ((SrCsraBackupOpenFileRequest *) request)->path);
      ca->position = 0;
      if (ca->open == NULL)
        return SR_HRESULT_FROM_JET (SR_JET_FILE_NOT_FOUND);
      ((SrCsraBackupOpenFileReply *) reply)->length = ca->open->announced;
      return SR_S_OK;
    case SR_CSRA_BACKUP_READ_FILE:
      if (ca->open == NULL)
        return NO_SESSION;
      read_file (ca, request, reply);
      return SR_S_OK;
    case SR_CSRA_BACKUP_CLOSE_FILE:
      if (ca->open == NULL)
        return NO_SESSION;
      ca->open = NULL;
      return SR_S_OK;
    case SR_CSRA_BACKUP_TRUNCATE_LOGS:
      return SR_S_OK;
    case SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION:
      ((SrCsraListReply *) reply)->list = make_list (ca->databases);
      return SR_S_OK;
    case SR_CSRA_BACKUP_GET_BACKUP_LOGS:
      ((SrCsraListReply *) reply)->list = make_list (ca->logs);
      return SR_S_OK;
    default:
      return SR_E_NOTIMPL;
    }
}

static SrHresult
execute (ScriptedCa *ca,
         gpointer    instance,
         guint       opnum,
         gpointer    request,
         gpointer    reply)
{
  static const char *const locations[] = {
    "D\\\\scripted\\C$\\CertLog\\Scripted.edb", "\xc2\x82" "\\\\scripted\\C$\\CertLog", "\xc2\x83" "\\\\scripted\\C$\\CertLog", NULL,
  };

  switch (opnum)
    {
    case SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS:
      ((SrCsraListReply *) reply)->list = sr_utf16_list_build (locations);
      return SR_S_OK;
    case SR_CSRA_BACKUP_GET_DYNAMIC_FILES:
      return SR_S_OK;
    case SR_CSRA_GET_CA_PROPERTY:
      return SR_E_ACCESSDENIED;
    case SR_CSRA_GET_MY_ROLES:
      ((SrCsraNumberReply *) reply)->value = ca->roles;
      return ca->configuration_denied ? SR_E_ACCESSDENIED : SR_S_OK;
    case SR_CSRA_GET_CONFIG_ENTRY:
      ((SrCsraConfigEntryReply *) reply)->value = (SrVariant) { .type = SR_VT_I4, .number = (gint32) ca->interface_flags };
      return ca->configuration_denied ? SR_E_ACCESSDENIED : SR_S_OK;
    default:
      return backup (ca, instance, opnum, request, reply);
    }
}

/* The HRESULT is a reply's last member. */
static void
set_hr (const SrRpcMethod *method,
        gpointer           reply,
        SrHresult          hr)
{
  switch (method->opnum)
    {
    case SR_CSRA_GET_SERVER_STATE:
    case SR_CSRA_GET_MY_ROLES:
      ((SrCsraNumberReply *) reply)->hr = hr;
      break;
    case SR_CSRA_GET_CA_PROPERTY:
    case SR_CSRA_SERVER_CONTROL:
      ((SrCsraBlobReply *) reply)->hr = hr;
      break;
    case SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION:
    case SR_CSRA_BACKUP_GET_BACKUP_LOGS:
    case SR_CSRA_BACKUP_GET_DYNAMIC_FILES:
    case SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS:
      ((SrCsraListReply *) reply)->hr = hr;
      break;
    case SR_CSRA_BACKUP_OPEN_FILE:
      ((SrCsraBackupOpenFileReply *) reply)->hr = hr;
      break;
    case SR_CSRA_BACKUP_READ_FILE:
      ((SrCsraBackupReadFileReply *) reply)->hr = hr;
      break;
    case SR_CSRA_GET_CONFIG_ENTRY:
      ((SrCsraConfigEntryReply *) reply)->hr = hr;
      break;
    default:
      ((SrCsraStatusReply *) reply)->hr = hr;
      break;
    }
}

static guint32
invoke (gpointer               instance,
        const SrRpcServerCall *call,
        const SrRpcMethod     *method,
        gpointer               request,
        gpointer               reply,
        gpointer               user_data)
{
  ScriptedCa *ca = user_data;
  const ScriptedFault *fault;
  double seconds = 0;
  SrHresult hr;

  g_mutex_lock (&ca->mutex);
  ca->calls[call->opnum]++;
  if (find_fault (ca, call->opnum, FAULT_GONE) != NULL)
    ca->deaf = TRUE;
  if (find_fault (ca, call->opnum, FAULT_KILL_BEFORE) != NULL)
    kill (ca->victim, SIGKILL);
  if (ca->deaf || find_fault (ca, call->opnum, FAULT_DROP_BEFORE) != NULL || find_fault (ca, call->opnum, FAULT_KILL_BEFORE) != NULL)
    {
      g_mutex_unlock (&ca->mutex);
      return SR_RPC_SERVER_DROP;
    }
  if ((fault = find_fault (ca, call->opnum, FAULT_STALL)) != NULL)
    seconds = fault->seconds;
  g_mutex_unlock (&ca->mutex);
  if (seconds > 0)
    g_usleep ((gulong) (seconds * G_USEC_PER_SEC));

  g_mutex_lock (&ca->mutex);
  if ((fault = find_fault (ca, call->opnum, FAULT_ANSWER)) != NULL)
    hr = fault->hr;
  else
    hr = execute (ca, instance, call->opnum, request, reply);
  if ((fault = find_fault (ca, call->opnum, FAULT_ANSWER_AFTER)) != NULL)
    hr = fault->hr;
  g_mutex_unlock (&ca->mutex);
  set_hr (method, reply, hr);
  return 0;
}

static gboolean
replied (gpointer               instance,
         const SrRpcServerCall *call,
         const SrRpcMethod     *method,
         gpointer               user_data)
{
  ScriptedCa *ca = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->mutex);

  if (find_fault (ca, call->opnum, FAULT_KILL_AFTER) != NULL)
    kill (ca->victim, SIGKILL);
  return find_fault (ca, call->opnum, FAULT_DROP_AFTER) != NULL || find_fault (ca, call->opnum, FAULT_KILL_AFTER) != NULL;
}

static gpointer
create (const SrRpcServerCall *call,
        guint32               *hr,
        gpointer               user_data)
{
  return g_new0 (char, 1);
}

static void
released (gpointer instance,
          gboolean rundown,
          gpointer user_data)
{
  ScriptedCa *ca = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->mutex);

  ca->releases++;
  g_free (instance);
}

static const SrRpcInterface *const interfaces[] = { &sr_icertadmind, &sr_icertadmind2 };

static SrDcomClass klass = {
  .interfaces = interfaces,
  .n_interfaces = G_N_ELEMENTS (interfaces),
  .create = create,
  .invoke = invoke,
  .replied = replied,
  .released = released,
};

void
scripted_ca_add_fault (ScriptedCa   *ca,
                       ScriptedFault fault)
{
  g_assert_cmpint (ca->n_faults, <, G_N_ELEMENTS (ca->faults));
  ca->faults[ca->n_faults++] = fault;
}

ScriptedCa *
scripted_ca_new (void)
{
  ScriptedCa *ca = g_new0 (ScriptedCa, 1);
  g_autofree char *users = NULL;
  g_autoptr (SrSecret) password = sr_secret_new (PASSWORD, strlen (PASSWORD));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (USER, password);
  g_autoptr (GError) error = NULL;

  g_mutex_init (&ca->mutex);
  ca->databases = default_databases;
  ca->logs = default_logs;
  ca->roles = 0x108;
  ca->user = USER;
  ca->password = PASSWORD;
  ca->folder = g_dir_make_tmp ("strongroom-scripted-XXXXXX", NULL);
  users = g_build_filename (ca->folder, "users", NULL);
  g_assert_true (g_file_set_contents_full (users, "TEST:backup:" PASSWORD "\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));

  ca->acceptor = sr_auth_acceptor_new (users, NULL, &error);
  g_assert_no_error (error);
  klass.clsid = SR_CLSID_CERT_ADMIN_D;
  ca->server = sr_dcom_server_new (ca->acceptor, &klass, ca);
  g_assert_true (sr_dcom_server_listen (ca->server, "127.0.0.1", 0, 0, &error));
  g_assert_no_error (error);
  ca->target = sr_dcom_target_new ("localhost", "127.0.0.1", sr_dcom_server_get_activation_port (ca->server), credentials, TRUE);
  return ca;
}

void
scripted_ca_free (ScriptedCa *ca)
{
  sr_dcom_server_stop (ca->server);
  g_object_unref (ca->server);
  sr_auth_acceptor_unref (ca->acceptor);
  sr_dcom_target_unref (ca->target);
  sr_file_remove_tree (ca->folder, NULL);
  g_free (ca->folder);
  g_mutex_clear (&ca->mutex);
  g_free (ca);
}
