/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "scripted-ca.h"

#include "base/sr-utf16.h"

#include <signal.h>
#include <string.h>

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

/* With the mutex held, which others get meanwhile. */
static void
stall (ScriptedCa *ca)
{
  ca->n_stalled++;
  while (!ca->resumed)
    g_cond_wait (&ca->changed, &ca->toy.mutex);
  ca->n_stalled--;
  g_cond_broadcast (&ca->changed);
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
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);
  const ScriptedFault *fault;
  SrHresult hr;

  ca->calls[call->opnum]++;
  g_cond_broadcast (&ca->changed);
  if (find_fault (ca, call->opnum, FAULT_GONE) != NULL)
    ca->deaf = TRUE;
  if (find_fault (ca, call->opnum, FAULT_KILL_BEFORE) != NULL)
    kill (ca->victim, SIGKILL);
  if (ca->deaf || find_fault (ca, call->opnum, FAULT_DROP_BEFORE) != NULL || find_fault (ca, call->opnum, FAULT_KILL_BEFORE) != NULL)
    return SR_RPC_SERVER_DROP;
  if (find_fault (ca, call->opnum, FAULT_STALL) != NULL)
    stall (ca);

  if ((fault = find_fault (ca, call->opnum, FAULT_ANSWER)) != NULL)
    hr = fault->hr;
  else
    hr = execute (ca, instance, call->opnum, request, reply);
  if ((fault = find_fault (ca, call->opnum, FAULT_ANSWER_AFTER)) != NULL)
    hr = fault->hr;
  toy_ca_set_hresult (method, reply, hr);
  return 0;
}

static gboolean
drop_after (const SrRpcServerCall *call,
            gboolean               after,
            gpointer               user_data)
{
  ScriptedCa *ca = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);

  if (!after)
    return FALSE;
  if (find_fault (ca, call->opnum, FAULT_KILL_AFTER) != NULL)
    kill (ca->victim, SIGKILL);
  return find_fault (ca, call->opnum, FAULT_DROP_AFTER) != NULL || find_fault (ca, call->opnum, FAULT_KILL_AFTER) != NULL;
}

void
scripted_ca_add_fault (ScriptedCa   *ca,
                       ScriptedFault fault)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);

  g_assert_cmpint (ca->n_faults, <, G_N_ELEMENTS (ca->faults));
  ca->faults[ca->n_faults++] = fault;
}

void
scripted_ca_clear_faults (ScriptedCa *ca)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);

  g_assert_cmpuint (ca->n_stalled, ==, 0);
  ca->n_faults = 0;
  ca->deaf = FALSE;
  ca->resumed = FALSE;
}

void
scripted_ca_wait_calls (ScriptedCa *ca,
                        SrCsraOpnum opnum,
                        guint       n)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);

  while (ca->calls[opnum] < n)
    g_cond_wait (&ca->changed, &ca->toy.mutex);
}

void
scripted_ca_resume (ScriptedCa *ca)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);

  ca->resumed = TRUE;
  g_cond_broadcast (&ca->changed);
  while (ca->n_stalled > 0)
    g_cond_wait (&ca->changed, &ca->toy.mutex);
}

void
scripted_ca_forget (ScriptedCa *ca)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);

  memset (ca->calls, 0, sizeof ca->calls);
  ca->prepares = ca->ends = 0;
}

gboolean
scripted_ca_has_session (ScriptedCa *ca)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&ca->toy.mutex);

  return ca->prepared_by != NULL;
}

ScriptedCa *
scripted_ca_new (void)
{
  ScriptedCa *ca = g_new0 (ScriptedCa, 1);

  ca->databases = default_databases;
  ca->logs = default_logs;
  ca->roles = 0x108;
  g_cond_init (&ca->changed);
  toy_ca_start (&ca->toy, 2, invoke, drop_after, ca);
  return ca;
}

void
scripted_ca_free (ScriptedCa *ca)
{
  toy_ca_clear (&ca->toy);
  g_cond_clear (&ca->changed);
  g_free (ca);
}
