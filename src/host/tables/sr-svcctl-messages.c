/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/tables/sr-svcctl-messages.h"

#include "base/sr-error.h"

#include <glib/gi18n-lib.h>

/* Requests */

static void
code_handle_request (SrNdr    *ndr,
                     gpointer  message)
{
  SrSvcctlHandleRequest *m = message;

  sr_host_handle_code (ndr, "handle", &m->handle);
}

static void
code_control_request (SrNdr    *ndr,
                      gpointer  message)
{
  SrSvcctlControlRequest *m = message;

  sr_host_handle_code (ndr, "hService", &m->service);
  sr_ndr_uint32 (ndr, "dwControl", &m->control);
}

static void
code_enum_request (SrNdr    *ndr,
                   gpointer  message)
{
  SrSvcctlEnumRequest *m = message;

  sr_host_handle_code (ndr, "hService", &m->service);
  sr_ndr_uint32 (ndr, "dwServiceState", &m->state);
  sr_ndr_count (ndr, "cbBufSize", &m->size, SR_SVCCTL_MAX_SERVICES);
}

static void
code_open_manager_request (SrNdr    *ndr,
                           gpointer  message)
{
  SrSvcctlOpenManagerRequest *m = message;

  sr_ndr_unique_string (ndr, "lpMachineName", &m->machine, SR_SVCCTL_MAX_COMPUTER_NAME);
  sr_ndr_unique_string (ndr, "lpDatabaseName", &m->database, SR_SVCCTL_MAX_NAME);
  sr_ndr_uint32 (ndr, "dwDesiredAccess", &m->access);
}

static void
clear_open_manager_request (gpointer message)
{
  SrSvcctlOpenManagerRequest *m = message;

  g_clear_pointer (&m->machine, g_free);
  g_clear_pointer (&m->database, g_free);
}

static void
code_open_service_request (SrNdr    *ndr,
                           gpointer  message)
{
  SrSvcctlOpenServiceRequest *m = message;

  sr_host_handle_code (ndr, "hSCManager", &m->manager);
  sr_ndr_string (ndr, "lpServiceName", &m->name, SR_SVCCTL_MAX_NAME);
  sr_ndr_uint32 (ndr, "dwDesiredAccess", &m->access);
}

static void
clear_open_service_request (gpointer message)
{
  SrSvcctlOpenServiceRequest *m = message;

  g_clear_pointer (&m->name, g_free);
}

/* The array behind argv: its pointers, then the strings. */
static void
read_arguments (SrNdr   *ndr,
                guint32  count,
                char  ***arguments)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_free);

  for (guint32 i = 0; i < count && sr_ndr_ok (ndr); i++)
    if (!sr_ndr_pointer (ndr, "argv", TRUE) && sr_ndr_ok (ndr))
      sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "argv", _("argument %u is missing"), i);
  for (guint32 i = 0; i < count && sr_ndr_ok (ndr); i++)
    {
      char *text = NULL;

      sr_ndr_string (ndr, "argv", &text, SR_SVCCTL_MAX_ARGUMENTS);
      g_ptr_array_add (items, text);
    }
  if (!sr_ndr_ok (ndr))
    return;
  g_ptr_array_add (items, NULL);
  *arguments = (char **) g_ptr_array_free (g_steal_pointer (&items), FALSE);
}

static void
code_start_request (SrNdr    *ndr,
                    gpointer  message)
{
  SrSvcctlStartRequest *m = message;
  gboolean reading = sr_ndr_is_reading (ndr);
  guint32 count = !reading && m->arguments != NULL ? g_strv_length (m->arguments) : 0;
  guint32 again;

  sr_host_handle_code (ndr, "hService", &m->service);
  sr_ndr_count (ndr, "argc", &count, SR_SVCCTL_MAX_ARGUMENTS);
  if (!sr_ndr_pointer (ndr, "argv", !reading && m->arguments != NULL))
    {
      if (reading && count != 0)
        sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "argv", _("%u arguments are told, none is there"), count);
      return;
    }
  again = count;
  sr_ndr_count (ndr, "argv", &again, SR_SVCCTL_MAX_ARGUMENTS);
  if (sr_ndr_ok (ndr) && again != count)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "argv", _("%u arguments are told, %u are there"), count, again);
  if (reading)
    {
      read_arguments (ndr, count, &m->arguments);
      return;
    }
  for (guint32 i = 0; i < count; i++)
    sr_ndr_pointer (ndr, "argv", TRUE);
  for (guint32 i = 0; i < count; i++)
    sr_ndr_string (ndr, "argv", &m->arguments[i], SR_SVCCTL_MAX_ARGUMENTS);
}

static void
clear_start_request (gpointer message)
{
  SrSvcctlStartRequest *m = message;

  g_clear_pointer (&m->arguments, g_strfreev);
}

/* Replies */

static void
code_handle_reply (SrNdr    *ndr,
                   gpointer  message)
{
  SrSvcctlHandleReply *m = message;

  sr_host_handle_code (ndr, "handle", &m->handle);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

void
sr_svcctl_status_code (SrNdr          *ndr,
                       SrSvcctlStatus *status)
{
  sr_ndr_uint32 (ndr, "dwServiceType", &status->type);
  sr_ndr_uint32 (ndr, "dwCurrentState", &status->state);
  sr_ndr_uint32 (ndr, "dwControlsAccepted", &status->controls);
  sr_ndr_uint32 (ndr, "dwWin32ExitCode", &status->exit_code);
  sr_ndr_uint32 (ndr, "dwServiceSpecificExitCode", &status->specific_exit_code);
  sr_ndr_uint32 (ndr, "dwCheckPoint", &status->checkpoint);
  sr_ndr_uint32 (ndr, "dwWaitHint", &status->wait_hint);
}

static void
code_status_reply (SrNdr    *ndr,
                   gpointer  message)
{
  SrSvcctlStatusReply *m = message;

  sr_svcctl_status_code (ndr, &m->status);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
code_enum_reply (SrNdr    *ndr,
                 gpointer  message)
{
  SrSvcctlEnumReply *m = message;

  sr_ndr_byte_array (ndr, "lpServices", &m->buffer, SR_SVCCTL_MAX_SERVICES);
  sr_ndr_count (ndr, "pcbBytesNeeded", &m->needed, SR_SVCCTL_MAX_SERVICES);
  sr_ndr_count (ndr, "lpServicesReturned", &m->returned, SR_SVCCTL_MAX_SERVICES);
  sr_ndr_uint32 (ndr, "error", &m->error);
}

static void
clear_enum_reply (gpointer message)
{
  SrSvcctlEnumReply *m = message;

  g_clear_pointer (&m->buffer, g_bytes_unref);
}

static void
code_error_reply (SrNdr    *ndr,
                  gpointer  message)
{
  SrSvcctlErrorReply *m = message;

  sr_ndr_uint32 (ndr, "error", &m->error);
}

/* The table */

#define HANDLE_REQUEST sizeof (SrSvcctlHandleRequest), code_handle_request, NULL
#define HANDLE_REPLY sizeof (SrSvcctlHandleReply), code_handle_reply, NULL
#define STATUS_REPLY sizeof (SrSvcctlStatusReply), code_status_reply, NULL

static const SrRpcMethod svcctl_methods[] = {
  { SR_SVCCTL_CLOSE_SERVICE_HANDLE, "RCloseServiceHandle", HANDLE_REQUEST, HANDLE_REPLY, SR_RPC_METHOD_NONE },
  { SR_SVCCTL_CONTROL_SERVICE, "RControlService",
    sizeof (SrSvcctlControlRequest), code_control_request, NULL, STATUS_REPLY, SR_RPC_METHOD_NONE },
  { SR_SVCCTL_QUERY_SERVICE_STATUS, "RQueryServiceStatus", HANDLE_REQUEST, STATUS_REPLY, SR_RPC_METHOD_IDEMPOTENT },
  { SR_SVCCTL_ENUM_DEPENDENT_SERVICES, "REnumDependentServicesW",
    sizeof (SrSvcctlEnumRequest), code_enum_request, NULL,
    sizeof (SrSvcctlEnumReply), code_enum_reply, clear_enum_reply, SR_RPC_METHOD_IDEMPOTENT },
  { SR_SVCCTL_OPEN_SC_MANAGER, "ROpenSCManagerW",
    sizeof (SrSvcctlOpenManagerRequest), code_open_manager_request, clear_open_manager_request,
    HANDLE_REPLY, SR_RPC_METHOD_IDEMPOTENT },
  { SR_SVCCTL_OPEN_SERVICE, "ROpenServiceW",
    sizeof (SrSvcctlOpenServiceRequest), code_open_service_request, clear_open_service_request,
    HANDLE_REPLY, SR_RPC_METHOD_IDEMPOTENT },
  { SR_SVCCTL_START_SERVICE, "RStartServiceW",
    sizeof (SrSvcctlStartRequest), code_start_request, clear_start_request,
    sizeof (SrSvcctlErrorReply), code_error_reply, NULL, SR_RPC_METHOD_NONE },
};

const SrRpcInterface sr_svcctl = {
  .name = "svcctl",
  .syntax = { { 0x367abb81, 0x9844, 0x35f1, { 0xad, 0x32, 0x98, 0xf0, 0x38, 0x00, 0x10, 0x03 } }, 2, 0 },
  .methods = svcctl_methods,
  .n_methods = G_N_ELEMENTS (svcctl_methods),
};
