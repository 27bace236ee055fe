/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-host-private.h"

#include "host/tables/sr-svcctl-services.h"
#include "rpc/sr-rpc-fault.h"

#include <string.h>

/* svcctl, as MS-SCMR 3.1.4 has it. */

#define SERVICE_SPECIFIC_ERROR 1066u
#define SERVICE_DOES_NOT_EXIST 1060u
#define CONTROL_INTERROGATE 4
/* What a client is told to wait before it looks again, milliseconds */
#define WAIT_HINT 1000

typedef guint32 (*Handler) (SrPracticeHost        *host,
                            const SrRpcServerCall *call,
                            gpointer               request,
                            gpointer               reply,
                            guint32               *error);

static SrSvcctlStatus
get_status (SrPracticeHost *host,
            const char     *name)
{
  SrPracticeServiceState state = sr_practice_services_get_state (host, name);
  gboolean is_ca = g_ascii_strcasecmp (name, SR_PRACTICE_SERVICE) == 0;
  SrSvcctlStatus status = { .type = SR_SVCCTL_WIN32_OWN_PROCESS, .state = state };
  SrHresult hr = is_ca && state == SR_PRACTICE_STOPPED ? sr_practice_ca_get_exit_code (host->options.ca) : SR_S_OK;

  if (state == SR_PRACTICE_RUNNING)
    status.controls = SR_SVCCTL_ACCEPT_STOP;
  else if (state != SR_PRACTICE_STOPPED)
    {
      status.checkpoint = 1;
      status.wait_hint = WAIT_HINT;
    }
  /* as the event log of Windows words it: “terminated with the following service-specific error” */
  status.exit_code = hr != SR_S_OK ? SERVICE_SPECIFIC_ERROR : 0;
  status.specific_exit_code = hr;
  return status;
}

static guint32
open_manager (SrPracticeHost        *host,
              const SrRpcServerCall *call,
              gpointer               request,
              gpointer               reply,
              guint32               *error)
{
  SrSvcctlHandleReply *out = reply;

  if (!sr_practice_registry_admits (host->options.ca, call->principal))
    *error = SR_PRACTICE_WIN32_ACCESS_DENIED;
  else if (!sr_practice_host_open_handle (host, call, SR_PRACTICE_HANDLE_MANAGER, "", &out->handle))
    *error = SR_PRACTICE_WIN32_OUT_OF_MEMORY;
  out->error = *error;
  return 0;
}

static guint32
open_service (SrPracticeHost        *host,
              const SrRpcServerCall *call,
              gpointer               request,
              gpointer               reply,
              guint32               *error)
{
  const SrSvcctlOpenServiceRequest *in = request;
  SrSvcctlHandleReply *out = reply;
  g_autofree char *manager = sr_practice_host_get_handle (host, call, SR_PRACTICE_HANDLE_MANAGER, &in->manager);

  if (manager == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  if (!sr_practice_services_exist (host, in->name))
    *error = SERVICE_DOES_NOT_EXIST;
  else if (!sr_practice_host_open_handle (host, call, SR_PRACTICE_HANDLE_SERVICE, in->name, &out->handle))
    *error = SR_PRACTICE_WIN32_OUT_OF_MEMORY;
  out->error = *error;
  return 0;
}

static guint32
close_handle (SrPracticeHost        *host,
              const SrRpcServerCall *call,
              gpointer               request,
              gpointer               reply,
              guint32               *error)
{
  const SrSvcctlHandleRequest *in = request;

  return sr_practice_host_close_handle (host, call, &in->handle) ? 0 : SR_NCA_S_FAULT_CONTEXT_MISMATCH;
}

static guint32
query_status (SrPracticeHost        *host,
              const SrRpcServerCall *call,
              gpointer               request,
              gpointer               reply,
              guint32               *error)
{
  const SrSvcctlHandleRequest *in = request;
  SrSvcctlStatusReply *out = reply;
  g_autofree char *name = sr_practice_host_get_handle (host, call, SR_PRACTICE_HANDLE_SERVICE, &in->handle);

  if (name == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  out->status = get_status (host, name);
  return 0;
}

static guint32
control (SrPracticeHost        *host,
         const SrRpcServerCall *call,
         gpointer               request,
         gpointer               reply,
         guint32               *error)
{
  const SrSvcctlControlRequest *in = request;
  SrSvcctlStatusReply *out = reply;
  g_autofree char *name = sr_practice_host_get_handle (host, call, SR_PRACTICE_HANDLE_SERVICE, &in->service);

  if (name == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  if (in->control == SR_SVCCTL_CONTROL_STOP)
    *error = sr_practice_services_stop (host, name);
  else if (in->control != CONTROL_INTERROGATE)
    *error = SR_PRACTICE_WIN32_INVALID_PARAMETER;
  out->status = get_status (host, name);
  out->error = *error;
  return 0;
}

/* The reply's buffer is as long as was asked for, whatever is in it. */
static guint32
enum_dependents (SrPracticeHost        *host,
                 const SrRpcServerCall *call,
                 gpointer               request,
                 gpointer               reply,
                 guint32               *error)
{
  const SrSvcctlEnumRequest *in = request;
  SrSvcctlEnumReply *out = reply;
  g_autofree char *name = sr_practice_host_get_handle (host, call, SR_PRACTICE_HANDLE_SERVICE, &in->service);
  g_autofree guint8 *buffer = NULL;
  g_autoptr (GBytes) list = NULL;
  SrSvcctlService service = { 0 };
  guint32 count = 0;

  if (name == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  if (in->state < SR_SVCCTL_ACTIVE || in->state > (SR_SVCCTL_ACTIVE | SR_SVCCTL_INACTIVE))
    *error = SR_PRACTICE_WIN32_INVALID_PARAMETER;
  else if (host->dependent != NULL && g_ascii_strcasecmp (name, SR_PRACTICE_SERVICE) == 0)
    {
      service = (SrSvcctlService) { host->dependent, host->dependent, get_status (host, host->dependent) };
      count = (in->state & (service.status.state == SR_PRACTICE_STOPPED ? SR_SVCCTL_INACTIVE : SR_SVCCTL_ACTIVE)) != 0;
    }
  list = sr_svcctl_services_build (&service, count);
  buffer = g_malloc0 (in->size + 1);
  if (g_bytes_get_size (list) > in->size)
    {
      *error = SR_PRACTICE_WIN32_MORE_DATA;
      out->needed = (guint32) g_bytes_get_size (list) - in->size;
      count = 0;
    }
  else if (count > 0)
    memcpy (buffer, g_bytes_get_data (list, NULL), g_bytes_get_size (list));
  out->buffer = g_bytes_new_take (g_steal_pointer (&buffer), in->size);
  out->returned = count;
  out->error = *error;
  return 0;
}

static guint32
start (SrPracticeHost        *host,
       const SrRpcServerCall *call,
       gpointer               request,
       gpointer               reply,
       guint32               *error)
{
  const SrSvcctlStartRequest *in = request;
  SrSvcctlErrorReply *out = reply;
  g_autofree char *name = sr_practice_host_get_handle (host, call, SR_PRACTICE_HANDLE_SERVICE, &in->service);

  if (name == NULL)
    return SR_NCA_S_FAULT_CONTEXT_MISMATCH;
  out->error = *error = sr_practice_services_start (host, name);
  return 0;
}

static const struct
{
  SrSvcctlOpnum opnum;
  Handler handler;
} handlers[] = {
  { SR_SVCCTL_CLOSE_SERVICE_HANDLE, close_handle },
  { SR_SVCCTL_CONTROL_SERVICE, control },
  { SR_SVCCTL_QUERY_SERVICE_STATUS, query_status },
  { SR_SVCCTL_ENUM_DEPENDENT_SERVICES, enum_dependents },
  { SR_SVCCTL_OPEN_SC_MANAGER, open_manager },
  { SR_SVCCTL_OPEN_SERVICE, open_service },
  { SR_SVCCTL_START_SERVICE, start },
};

guint32
sr_practice_svcctl_handle (SrPracticeHost        *host,
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
