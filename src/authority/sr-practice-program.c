/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-practice-program-private.h"

#include "authority/sr-authority-error.h"
#include "base/sr-error.h"
#include "base/sr-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_READY_LINE (64 * 1024)
#define LAST_WORDS 2000
#define POLL_MS 100

char *
sr_practice_program_get_standard_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "strongroom", "practice", NULL);
}

char *
sr_practice_program_find (GError **error)
{
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *beside = folder != NULL ? g_build_filename (folder, SR_PRACTICE_PROGRAM_NAME, NULL) : NULL;
  char *found;

  if (beside != NULL && g_file_test (beside, G_FILE_TEST_IS_EXECUTABLE))
    return g_steal_pointer (&beside);
  found = g_find_program_in_path (SR_PRACTICE_PROGRAM_NAME);
  if (found == NULL)
    g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NO_PROGRAM,
                 _("The program “%s” is neither beside this one nor on PATH"), SR_PRACTICE_PROGRAM_NAME);
  return found;
}

static int
open_log (const char *folder,
          off_t      *begin,
          GError    **error)
{
  g_autofree char *path = g_build_filename (folder, SR_PRACTICE_PROGRAM_LOG, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);

  if (fd < 0)
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Opening the log “%s”: %s"), path, g_strerror (errno));
  else
    *begin = lseek (fd, 0, SEEK_END);
  return fd;
}

/* What it has written since it was started. (transfer full) */
static char *
last_words (int   log,
            off_t begin)
{
  char text[LAST_WORDS + 1];
  ssize_t n = pread (log, text, LAST_WORDS, begin);

  text[MAX (n, 0)] = '\0';
  return n > 0 ? g_strstrip (g_utf8_make_valid (text, -1)) : g_strdup (_("it said nothing"));
}

/* Between fork and exec: only what a signal handler may do. */
static void
detach (gpointer user_data)
{
  sigset_t none;

  setsid ();
  umask (077);
  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
}

static char **
make_arguments (const char                     *program,
                const char                     *folder,
                const SrPracticeProgramOptions *options)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_strv_builder_add_many (builder, program, "--state-dir", folder, NULL);
  if (options->name != NULL)
    g_strv_builder_add_many (builder, "--name", options->name, NULL);
  if (options->host != NULL)
    g_strv_builder_add_many (builder, "--host", options->host, NULL);
  if (options->activation_port != 0)
    {
      g_strv_builder_add (builder, "--activation-port");
      g_strv_builder_take (builder, g_strdup_printf ("%u", options->activation_port));
    }
  if (options->interface_flags >= 0)
    {
      g_strv_builder_add (builder, "--interface-flags");
      g_strv_builder_take (builder, g_strdup_printf ("0x%x", (guint) options->interface_flags));
    }
  return g_strv_builder_end (builder);
}

/* Reads its first line. Its end is the end of the program. */
static gboolean
wait_until_ready (int           output,
                  gint64        deadline,
                  GCancellable *cancellable,
                  GError      **error)
{
  gsize length = 0;

  while (length < MAX_READY_LINE)
    {
      struct pollfd fd = { output, POLLIN, 0 };
      char c = 0;
      ssize_t n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (sr_deadline_left (deadline) == 0)
        {
          g_set_error_literal (error, SR_ERROR, SR_ERROR_TIMED_OUT, _("The practice CA does not get ready"));
          return FALSE;
        }
      if (poll (&fd, 1, POLL_MS) <= 0)
        continue;
      n = read (output, &c, 1);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        break;
      if (c == '\n')
        return TRUE;
      length++;
    }
  g_set_error_literal (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_PRACTICE, _("The practice CA ended before it was ready"));
  return FALSE;
}

/* (transfer full) (nullable): what tells the end of the program's first line */
static gboolean
spawn (const char                     *program,
       const char                     *folder,
       const SrPracticeProgramOptions *options,
       int                             log,
       GPid                           *pid,
       int                            *output,
       GError                        **error)
{
  g_auto (GStrv) argv = make_arguments (program, folder, options);
  g_autofd int null = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  g_autoptr (GError) local = NULL;

  /* Not ours to reap: a process of its own, that outlives us. */
  if (!g_spawn_async_with_pipes_and_fds ("/", (const char *const *) argv, NULL, G_SPAWN_DEFAULT, detach, NULL, null, -1, log,
                                         NULL, NULL, 0, pid, NULL, output, NULL, &local))
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_PRACTICE, _("Starting “%s”: %s"), program, local->message);
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_running (const char *folder)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;

  json_object_set_string_member (request, "do", "status");
  answer = sr_practice_program_ask (folder, request, sr_deadline_in (10), NULL, NULL);
  return answer != NULL;
}

SrPracticeFolder *
sr_practice_program_start (const char                     *folder,
                           const SrPracticeProgramOptions *options,
                           gint64                          deadline,
                           GCancellable                   *cancellable,
                           GError                        **error)
{
  g_autofree char *program = sr_practice_program_find (error);
  g_autoptr (GError) local = NULL;
  g_autofd int log = -1;
  g_autofd int output = -1;
  off_t begin = 0;
  GPid pid = 0;

  if (program == NULL || !sr_file_make_private_folder (folder, error))
    return NULL;
  if (is_running (folder))
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_RUNNING, _("A practice CA runs in “%s” already"), folder);
      return NULL;
    }
  log = open_log (folder, &begin, error);
  if (log < 0 || !spawn (program, folder, options, log, &pid, &output, error))
    return NULL;

  if (!wait_until_ready (output, deadline, cancellable, &local))
    {
      g_autofree char *words = last_words (log, begin);

      if (g_error_matches (local, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_PRACTICE))
        g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_PRACTICE, "%s: %s", local->message, words);
      else
        {
          kill (pid, SIGTERM);
          g_propagate_error (error, g_steal_pointer (&local));
        }
      return NULL;
    }
  return sr_practice_folder_read (folder, error);
}

/* A CA that does not run is inspected by the program itself, from its files. */
static JsonObject *
inspect_files (const char   *folder,
               GCancellable *cancellable,
               GError      **error)
{
  g_autofree char *program = sr_practice_program_find (error);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) output = NULL;
  g_autofree char *words = NULL;
  g_autoptr (GBytes) errors = NULL;

  if (program == NULL)
    return NULL;
  if (sr_practice_program_wants_english ())
    g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  process = g_subprocess_launcher_spawn (launcher, error, program, "--state-dir", folder, "inspect", "--json", NULL);
  if (process == NULL || !g_subprocess_communicate (process, NULL, cancellable, &output, &errors, error))
    return NULL;
  if (g_subprocess_get_successful (process))
    return sr_practice_program_parse (g_bytes_get_data (output, NULL), g_bytes_get_size (output), error);

  words = g_strndup (g_bytes_get_data (errors, NULL), MIN (g_bytes_get_size (errors), LAST_WORDS));
  g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_PRACTICE, _("The practice CA says: %s"), g_strstrip (words));
  return NULL;
}

JsonObject *
sr_practice_program_inspect (const char   *folder,
                             GCancellable *cancellable,
                             GError      **error)
{
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GError) local = NULL;
  JsonObject *inspection;

  json_object_set_string_member (request, "do", "inspect");
  answer = sr_practice_program_ask (folder, request, SR_DEADLINE_NONE, cancellable, &local);
  if (answer != NULL)
    {
      inspection = sr_settings_object (answer, "inspection");
      if (inspection == NULL)
        g_set_error_literal (error, SR_ERROR, SR_ERROR_MALFORMED, _("The practice CA’s answer cannot be understood"));
      return inspection != NULL ? json_object_ref (inspection) : NULL;
    }
  if (g_error_matches (local, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NOT_RUNNING))
    return inspect_files (folder, cancellable, error);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
