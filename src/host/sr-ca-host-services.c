/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "host/sr-ca-host-private.h"

#include "base/sr-error.h"
#include "host/tables/sr-svcctl-services.h"

#include <glib/gi18n-lib.h>

/* Between two looks at a service whose state is pending: a tenth of its hint, within bounds. */
#define SHORTEST_PAUSE (100 * G_TIME_SPAN_MILLISECOND)
#define LONGEST_PAUSE (2 * G_TIME_SPAN_SECOND)

/* A first guess at REnumDependentServicesW's buffer, bytes */
#define USUAL_SERVICES 4096

/* What a work is asked and answers. */
typedef struct
{
  const char *service;
  guint32 error; /* Win32, of the call itself */
  SrSvcctlStatus status;
  GPtrArray *dependents; /* of SrSvcctlService */
} Job;

SrHresult
sr_service_status_get_hresult (const SrServiceStatus *status)
{
  if (status->exit_code == 0 || status->exit_code == SR_WIN32_SERVICE_NEVER_STARTED)
    return SR_S_OK;
  if (status->exit_code != SR_WIN32_SERVICE_SPECIFIC_ERROR)
    return SR_HRESULT_FROM_WIN32 (status->exit_code);
  /* what is no HRESULT is a number of the service's own */
  return SR_FAILED (status->specific_exit_code) ? status->specific_exit_code
                                                : SR_HRESULT_FROM_WIN32 (SR_WIN32_SERVICE_SPECIFIC_ERROR);
}

static gboolean
open_service (SrCaHost            *host,
              const SrHostHandle  *manager,
              const char          *service,
              guint32              access,
              SrHostHandle        *handle,
              GCancellable        *cancellable,
              GError             **error)
{
  SrSvcctlOpenServiceRequest request = { *manager, (char *) service, access };
  SrSvcctlHandleReply reply = { 0 };

  if (!sr_ca_host_call (host, SR_CA_HOST_SERVICES, SR_SVCCTL_OPEN_SERVICE, &request, &reply, cancellable, error))
    return FALSE;
  *handle = reply.handle;
  return reply.error == 0 || sr_ca_host_set_win32_error (error, reply.error, _("Opening the service %s"), service);
}

static gboolean
query_work (SrCaHost            *host,
            const SrHostHandle  *manager,
            gpointer             data,
            GCancellable        *cancellable,
            GError             **error)
{
  Job *job = data;
  SrSvcctlHandleRequest request;
  SrSvcctlStatusReply reply = { 0 };
  gboolean ok;

  if (!open_service (host, manager, job->service, SR_SVCCTL_SERVICE_QUERY_STATUS, &request.handle, cancellable, error))
    return FALSE;
  ok = sr_ca_host_call (host, SR_CA_HOST_SERVICES, SR_SVCCTL_QUERY_SERVICE_STATUS, &request, &reply, cancellable, error);
  sr_ca_host_close_handle (host, SR_CA_HOST_SERVICES, &request.handle);
  job->status = reply.status;
  return ok && (reply.error == 0 ||
                sr_ca_host_set_win32_error (error, reply.error, _("Asking for the state of the service %s"), job->service));
}

static gboolean
stop_work (SrCaHost            *host,
           const SrHostHandle  *manager,
           gpointer             data,
           GCancellable        *cancellable,
           GError             **error)
{
  Job *job = data;
  SrSvcctlControlRequest request = { .control = SR_SVCCTL_CONTROL_STOP };
  SrSvcctlStatusReply reply = { 0 };
  gboolean ok;

  if (!open_service (host, manager, job->service, SR_SVCCTL_SERVICE_STOP, &request.service, cancellable, error))
    return FALSE;
  ok = sr_ca_host_call (host, SR_CA_HOST_SERVICES, SR_SVCCTL_CONTROL_SERVICE, &request, &reply, cancellable, error);
  sr_ca_host_close_handle (host, SR_CA_HOST_SERVICES, &request.service);
  job->error = reply.error;
  return ok;
}

static gboolean
start_work (SrCaHost            *host,
            const SrHostHandle  *manager,
            gpointer             data,
            GCancellable        *cancellable,
            GError             **error)
{
  Job *job = data;
  SrSvcctlStartRequest request = { 0 };
  SrSvcctlErrorReply reply = { 0 };
  gboolean ok;

  if (!open_service (host, manager, job->service, SR_SVCCTL_SERVICE_START, &request.service, cancellable, error))
    return FALSE;
  ok = sr_ca_host_call (host, SR_CA_HOST_SERVICES, SR_SVCCTL_START_SERVICE, &request, &reply, cancellable, error);
  sr_ca_host_close_handle (host, SR_CA_HOST_SERVICES, &request.service);
  job->error = reply.error;
  return ok;
}

/* Asks for the dependents of an open service, with a larger buffer when the first is too small. */
static gboolean
enum_dependents (SrCaHost            *host,
                 Job                 *job,
                 const SrHostHandle  *service,
                 GCancellable        *cancellable,
                 GError             **error)
{
  SrSvcctlEnumRequest request = { *service, SR_SVCCTL_ACTIVE, USUAL_SERVICES };

  for (guint try = 0; ; try++)
    {
      SrSvcctlEnumReply reply = { 0 };
      guint32 code;

      if (!sr_ca_host_call (host, SR_CA_HOST_SERVICES, SR_SVCCTL_ENUM_DEPENDENT_SERVICES, &request, &reply, cancellable, error))
        return FALSE;
      code = reply.error;
      if (code == 0)
        job->dependents = sr_svcctl_services_parse (reply.buffer, reply.returned, error);
      g_bytes_unref (reply.buffer);
      if (code == 0)
        return job->dependents != NULL;
      if (code != SR_WIN32_MORE_DATA || try > 0)
        return sr_ca_host_set_win32_error (error, code, _("Asking what depends on the service %s"), job->service);
      request.size = SR_SVCCTL_MAX_SERVICES;
    }
}

static gboolean
dependents_work (SrCaHost            *host,
                 const SrHostHandle  *manager,
                 gpointer             data,
                 GCancellable        *cancellable,
                 GError             **error)
{
  Job *job = data;
  SrHostHandle handle;
  gboolean ok;

  if (!open_service (host, manager, job->service, SR_SVCCTL_SERVICE_ENUMERATE_DEPENDENTS, &handle, cancellable, error))
    return FALSE;
  ok = enum_dependents (host, job, &handle, cancellable, error);
  sr_ca_host_close_handle (host, SR_CA_HOST_SERVICES, &handle);
  return ok;
}

gboolean
sr_ca_host_query_service (SrCaHost         *host,
                          const char       *service,
                          SrServiceStatus  *status,
                          GCancellable     *cancellable,
                          GError          **error)
{
  Job job = { .service = service };

  if (!sr_ca_host_run (host, SR_CA_HOST_SERVICES, query_work, &job, cancellable, error))
    return FALSE;
  if (job.status.state < SR_SERVICE_STOPPED || job.status.state > SR_SERVICE_PAUSED)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("%s: the service %s has the state %u, which does not exist"),
                   host->name, service, job.status.state);
      return FALSE;
    }
  status->state = (SrServiceState) job.status.state;
  status->exit_code = job.status.exit_code;
  status->specific_exit_code = job.status.specific_exit_code;
  status->checkpoint = job.status.checkpoint;
  status->wait_hint = job.status.wait_hint;
  return TRUE;
}

/* Waits before the next look at a service. */
static gboolean
pause_for (SrCaHost               *host,
           const char             *service,
           const SrServiceStatus  *status,
           gint64                  deadline,
           GCancellable           *cancellable,
           GError                **error)
{
  gint64 pause = CLAMP ((gint64) status->wait_hint * 100, SHORTEST_PAUSE, LONGEST_PAUSE);
  gint64 left = sr_deadline_left (deadline);
  GPollFD fd;

  if (left == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_TIMED_OUT, _("%s: the service %s takes too long to change its state"),
                   host->name, service);
      return FALSE;
    }
  pause = MIN (pause, left);
  if (cancellable != NULL && g_cancellable_make_pollfd (cancellable, &fd))
    {
      g_poll (&fd, 1, (gint) (pause / 1000) + 1);
      g_cancellable_release_fd (cancellable);
    }
  else
    g_usleep ((gulong) pause);
  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* Tells a service to stop, as often as that is needed, and waits until it is. */
static gboolean
stop_one (SrCaHost      *host,
          const char    *service,
          gint64         deadline,
          GPtrArray     *stopped,
          GCancellable  *cancellable,
          GError       **error)
{
  gboolean noted = FALSE;
  SrServiceStatus status;

  for (;;)
    {
      Job job = { .service = service };
      g_autoptr (GError) local = NULL;

      if (!sr_ca_host_query_service (host, service, &status, cancellable, error))
        return FALSE;
      if (status.state == SR_SERVICE_STOPPED)
        return TRUE;
      if (status.state == SR_SERVICE_RUNNING || status.state == SR_SERVICE_PAUSED)
        {
          if (!noted)
            g_ptr_array_add (stopped, g_strdup (service));
          noted = TRUE;
          /* an answer that is lost is found in the state */
          if (!sr_ca_host_run (host, SR_CA_HOST_SERVICES, stop_work, &job, cancellable, &local) && !host->outcome_unknown)
            {
              g_propagate_error (error, g_steal_pointer (&local));
              return FALSE;
            }
          if (job.error == SR_WIN32_SERVICE_NOT_ACTIVE)
            return TRUE;
          if (job.error != 0 && job.error != SR_WIN32_SERVICE_CANNOT_ACCEPT_CTRL)
            return sr_ca_host_set_win32_error (error, job.error, _("%s: stopping the service %s"), host->name, service);
        }
      if (!pause_for (host, service, &status, deadline, cancellable, error))
        return FALSE;
    }
}

char **
sr_ca_host_list_dependents (SrCaHost      *host,
                            const char    *service,
                            GCancellable  *cancellable,
                            GError       **error)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  Job job = { .service = service };

  if (!sr_ca_host_run (host, SR_CA_HOST_SERVICES, dependents_work, &job, cancellable, error))
    return NULL;
  for (guint i = 0; i < job.dependents->len; i++)
    g_strv_builder_add (names, ((SrSvcctlService *) g_ptr_array_index (job.dependents, i))->name);
  g_ptr_array_unref (job.dependents);
  return g_strv_builder_end (names);
}

gboolean
sr_ca_host_stop_service (SrCaHost      *host,
                         const char    *service,
                         gint64         wait,
                         char        ***stopped,
                         GCancellable  *cancellable,
                         GError       **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  gint64 deadline = g_get_monotonic_time () + wait;
  Job job = { .service = service };
  gboolean ok;

  ok = sr_ca_host_run (host, SR_CA_HOST_SERVICES, dependents_work, &job, cancellable, error);
  for (guint i = 0; ok && i < job.dependents->len; i++)
    {
      const SrSvcctlService *dependent = g_ptr_array_index (job.dependents, i);

      ok = stop_one (host, dependent->name, deadline, names, cancellable, error);
    }
  g_clear_pointer (&job.dependents, g_ptr_array_unref);
  ok = ok && stop_one (host, service, deadline, names, cancellable, error);
  g_ptr_array_add (names, NULL);
  if (stopped != NULL)
    *stopped = (char **) g_ptr_array_free (g_steal_pointer (&names), FALSE);
  return ok;
}

/* Tells a service to start. A lost answer is no failure yet: its state tells. */
static gboolean
start_one (SrCaHost      *host,
           const char    *service,
           gboolean      *lost,
           GCancellable  *cancellable,
           GError       **error)
{
  Job job = { .service = service };
  g_autoptr (GError) local = NULL;

  *lost = FALSE;
  if (!sr_ca_host_run (host, SR_CA_HOST_SERVICES, start_work, &job, cancellable, &local))
    {
      *lost = host->outcome_unknown && !g_cancellable_is_cancelled (cancellable);
      if (!*lost)
        g_propagate_error (error, g_steal_pointer (&local));
      return *lost;
    }
  if (job.error != 0 && job.error != SR_WIN32_SERVICE_ALREADY_RUNNING)
    return sr_ca_host_set_win32_error (error, job.error, _("%s: starting the service %s"), host->name, service);
  return TRUE;
}

/* A service that was told to start, and is stopped. */
static void
set_start_error (SrCaHost               *host,
                 const char             *service,
                 const SrServiceStatus  *status,
                 gboolean                lost,
                 GError                **error)
{
  SrHresult hr = sr_service_status_get_hresult (status);

  if (hr != SR_S_OK)
    sr_hresult_set_error (error, hr, _("%s: the service %s did not start"), host->name, service);
  else if (lost)
    g_set_error (error, SR_ERROR, SR_ERROR_CLOSED,
                 _("%s: the connection broke while the service %s was told to start, and it is stopped"), host->name, service);
  else
    g_set_error (error, SR_ERROR, SR_ERROR_STATE, _("%s: the service %s started, and stopped again by itself"), host->name, service);
}

gboolean
sr_ca_host_start_service (SrCaHost      *host,
                          const char    *service,
                          gint64         wait,
                          GCancellable  *cancellable,
                          GError       **error)
{
  gint64 deadline = g_get_monotonic_time () + wait;
  gboolean lost, again = FALSE;
  SrServiceStatus status;

  if (!start_one (host, service, &lost, cancellable, error))
    return FALSE;
  for (;;)
    {
      if (!sr_ca_host_query_service (host, service, &status, cancellable, error))
        return FALSE;
      if (status.state == SR_SERVICE_RUNNING)
        return TRUE;
      if (status.state == SR_SERVICE_STOPPED && (!lost || again))
        {
          set_start_error (host, service, &status, lost, error);
          return FALSE;
        }
      if (status.state == SR_SERVICE_STOPPED)
        {
          /* it was not told, or has failed, which it does again: a service that is stopped can be told once more */
          again = TRUE;
          if (!start_one (host, service, &lost, cancellable, error))
            return FALSE;
        }
      if (!pause_for (host, service, &status, deadline, cancellable, error))
        return FALSE;
    }
}
