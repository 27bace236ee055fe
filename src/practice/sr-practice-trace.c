/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-trace.h"

#include "base/sr-error.h"
#include "practice/sr-practice-log-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_SIZE (64 * 1024 * 1024)

struct _SrPracticeTrace
{
  int fd;
};

SrPracticeTrace *
sr_practice_trace_open (const char *path,
                        GError    **error)
{
  g_autofree char *aside = g_strconcat (path, ".1", NULL);
  SrPracticeTrace *trace;
  GStatBuf st;
  int fd;

  if (g_stat (path, &st) == 0 && st.st_size > MAX_SIZE)
    g_rename (path, aside);
  fd = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0)
    {
      sr_set_errno_error (error, errno, _("Opening the log “%s”"), path);
      return NULL;
    }
  trace = g_new0 (SrPracticeTrace, 1);
  trace->fd = fd;
  return trace;
}

void
sr_practice_trace_free (SrPracticeTrace *trace)
{
  close (trace->fd);
  g_free (trace);
}

void
sr_practice_trace_write (SrPracticeTrace *trace,
                         const char      *event,
                         JsonObject      *facts)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format_iso8601 (now);
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;
  g_autofree char *line = NULL;

  if (facts == NULL)
    facts = json_object_new ();
  json_object_set_string_member (facts, "time", time);
  json_object_set_string_member (facts, "event", event);
  json_node_init_object (node, facts);
  json_object_unref (facts);
  text = json_to_string (node, FALSE);
  line = g_strconcat (text, "\n", NULL);
  /* one write() with O_APPEND: lines of several threads do not mix; a full disk loses lines, not the CA */
  if (write (trace->fd, line, strlen (line)) < 0)
    g_debug ("Writing the practice CA's log: %s", g_strerror (errno));
}
