/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-host-private.h"

/* The services of the CA's host: CertSvc, which is the CA, and one that depends
 * on it and does nothing. */

#define DEPENDENT_SERVICES_RUNNING 1051u
#define SERVICE_ALREADY_RUNNING 1056u
#define SERVICE_CANNOT_ACCEPT_CTRL 1061u
#define SERVICE_NOT_ACTIVE 1062u
#define SERVICE_DEPENDENCY_FAIL 1068u
#define SHUTDOWN_IN_PROGRESS 1115u

static gboolean
is_ca (const char *name)
{
  return g_ascii_strcasecmp (name, SR_PRACTICE_SERVICE) == 0;
}

static gboolean
is_dependent (SrPracticeHost *host,
              const char     *name)
{
  return host->dependent != NULL && g_ascii_strcasecmp (name, host->dependent) == 0;
}

gboolean
sr_practice_services_exist (SrPracticeHost *host,
                            const char     *name)
{
  return is_ca (name) || is_dependent (host, name);
}

/* The lock is held. What runs is asked of the CA, which can be restarted in other ways than by us. */
static SrPracticeServiceState
get_state (SrPracticeHost *host,
           const char     *name)
{
  if (!is_ca (name))
    return host->dependent_runs ? SR_PRACTICE_RUNNING : SR_PRACTICE_STOPPED;
  if (host->pending != 0)
    return host->pending;
  return sr_practice_ca_is_running (host->options.ca) ? SR_PRACTICE_RUNNING : SR_PRACTICE_STOPPED;
}

SrPracticeServiceState
sr_practice_services_get_state (SrPracticeHost *host,
                                const char     *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&host->lock);

  return get_state (host, name);
}

/* Starts or stops the CA, as @pending says. */
static gpointer
change (gpointer data)
{
  SrPracticeHost *host = data;
  g_autoptr (GError) error = NULL;
  gboolean start, ok;

  g_mutex_lock (&host->lock);
  start = host->pending == SR_PRACTICE_START_PENDING;
  g_mutex_unlock (&host->lock);
  ok = start ? host->options.start (host->options.user_data, &error) : host->options.stop (host->options.user_data, &error);
  if (!ok)
    g_message ("Practice CA: %s", error->message);
  g_mutex_lock (&host->lock);
  host->pending = 0;
  g_mutex_unlock (&host->lock);
  return NULL;
}

/* The lock is held, and nothing is pending: the thread before is at its end. */
static guint32
begin_change (SrPracticeHost        *host,
              SrPracticeServiceState pending)
{
  if (host->stopping)
    return SHUTDOWN_IN_PROGRESS;
  if (host->thread != NULL)
    g_thread_join (host->thread);
  host->pending = pending;
  host->thread = g_thread_new ("certsvc", change, host);
  return 0;
}

guint32
sr_practice_services_start (SrPracticeHost *host,
                            const char     *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&host->lock);
  SrPracticeServiceState state = get_state (host, name);

  if (state == SR_PRACTICE_STOP_PENDING)
    return SERVICE_CANNOT_ACCEPT_CTRL;
  if (state != SR_PRACTICE_STOPPED)
    return SERVICE_ALREADY_RUNNING;
  if (is_ca (name))
    return begin_change (host, SR_PRACTICE_START_PENDING);
  if (get_state (host, SR_PRACTICE_SERVICE) != SR_PRACTICE_RUNNING)
    return SERVICE_DEPENDENCY_FAIL;
  host->dependent_runs = TRUE;
  return 0;
}

guint32
sr_practice_services_stop (SrPracticeHost *host,
                           const char     *name)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&host->lock);
  SrPracticeServiceState state = get_state (host, name);

  if (state == SR_PRACTICE_STOPPED)
    return SERVICE_NOT_ACTIVE;
  if (state != SR_PRACTICE_RUNNING)
    return SERVICE_CANNOT_ACCEPT_CTRL;
  if (is_ca (name))
    return host->dependent_runs ? DEPENDENT_SERVICES_RUNNING : begin_change (host, SR_PRACTICE_STOP_PENDING);
  host->dependent_runs = FALSE;
  return 0;
}

void
sr_practice_services_join (SrPracticeHost *host)
{
  GThread *thread;

  g_mutex_lock (&host->lock);
  host->stopping = TRUE;
  thread = g_steal_pointer (&host->thread);
  g_mutex_unlock (&host->lock);
  if (thread != NULL)
    g_thread_join (thread);
}
