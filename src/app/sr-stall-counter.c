/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-stall-counter.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define MAX_FRAMES 64
#define MAX_SAMPLES 16
/* The handler itself and the kernel's way into it. */
#define OWN_FRAMES 2

#define NS_PER_MS 1e6

/* What a thread's clocks show, in nanoseconds. */
typedef struct
{
  gint64 wall;
  gint64 cpu;
  gint64 waited; /* ready to run, and another one ran */
} Clocks;

typedef struct
{
  guint turns;
  guint stalls;
  guint rendering; /* stalls that would be none without GTK's drawing */
  guint display;   /* nor without waiting for the display server's answer */
  guint frames;
  double longest;  /* without waiting for the processor, in ms, as all times below */
  double longest_wall;
  double longest_blocked;
  double longest_rendering;
} Counts;

/* One main loop, so one counter. */
static struct
{
  int output;
  int schedstat;
  pid_t thread;
  timer_t timer;
  GPollFunc poll;
  Clocks begin;
  gint64 drawing_since; /* 0: no frame is being drawn */
  gint64 drawn;         /* in this turn */
  Counts counts;
} counter = { .output = -1, .schedstat = -1 };

/* Where the thread was when its turn became too long, and at every further SR_STALL_MS. */
typedef struct
{
  void *frames[MAX_FRAMES];
  int n;
} Sample;

static Sample samples[MAX_SAMPLES];
static volatile sig_atomic_t n_samples;

static void
on_too_long (int signal_number)
{
  if (n_samples == MAX_SAMPLES)
    return;
  samples[n_samples].n = backtrace (samples[n_samples].frames, MAX_FRAMES);
  n_samples++;
}

static gint64
clock_ns (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* The second number of /proc/self/task/ID/schedstat; 0 where the kernel does not tell. */
static gint64
read_waited (void)
{
  char text[80];
  ssize_t n = counter.schedstat >= 0 ? pread (counter.schedstat, text, sizeof text - 1, 0) : -1;
  gint64 ran, waited;

  if (n <= 0)
    return 0;
  text[n] = '\0';
  return sscanf (text, "%" G_GINT64_MODIFIER "d %" G_GINT64_MODIFIER "d", &ran, &waited) == 2 ? waited : 0;
}

static void
arm (gint64 ms)
{
  struct itimerspec when = { .it_value = { .tv_nsec = ms * (gint64) NS_PER_MS }, .it_interval = { .tv_nsec = ms * (gint64) NS_PER_MS } };

  timer_settime (counter.timer, 0, &when, NULL);
}

/* What reading itself costs stays outside. */
static void
begin_turn (void)
{
  counter.drawn = 0;
  n_samples = 0;
  arm (SR_STALL_MS);
  counter.begin.waited = read_waited ();
  counter.begin.cpu = clock_ns (CLOCK_THREAD_CPUTIME_ID);
  counter.begin.wall = clock_ns (CLOCK_MONOTONIC);
}

static void
write_line (const char *line)
{
  gsize left = strlen (line);

  while (left > 0)
    {
      ssize_t n = write (counter.output, line, left);

      if (n <= 0)
        return;
      line += n;
      left -= (gsize) n;
    }
}

/* Names as far as the dynamic symbols tell; else the place, for addr2line.
 * Returns whether the thread was waiting for the display server. */
static gboolean
describe (const Sample *sample,
          GString      *words)
{
  gboolean display = FALSE;

  for (int i = OWN_FRAMES; i < sample->n; i++)
    {
      Dl_info info;
      g_autofree char *file = NULL;

      if (dladdr (sample->frames[i], &info) == 0 || info.dli_fname == NULL)
        continue;
      file = g_path_get_basename (info.dli_fname);
      display |= g_str_has_prefix (file, "libxcb.so") || g_str_has_prefix (file, "libwayland-client.so");
      if (info.dli_sname != NULL)
        g_string_append_printf (words, " %s", info.dli_sname);
      else
        g_string_append_printf (words, " %s+0x%zx", file, (gsize) ((char *) sample->frames[i] - (char *) info.dli_fbase));
    }
  return display;
}

/* The first sample, or the first one that waits for the display server. */
static gboolean
append_trace (GString *trace)
{
  for (int i = 0; i < n_samples; i++)
    {
      g_autoptr (GString) words = g_string_new (NULL);
      gboolean display = describe (&samples[i], words);

      if (i == 0 || display)
        g_string_assign (trace, words->str);
      if (display)
        return TRUE;
    }
  return FALSE;
}

static void
tell_stall (double wall,
            double cpu,
            double waited,
            double drawn)
{
  g_autoptr (GString) trace = g_string_new (NULL);
  g_autofree char *line = NULL;
  const char *why = "";

  if (append_trace (trace))
    {
      counter.counts.display += cpu <= SR_STALL_MS;
      why = " display";
    }
  else if (wall - waited - drawn <= SR_STALL_MS)
    {
      counter.counts.rendering++;
      why = " rendering";
    }
  line = g_strdup_printf ("stall %.1f wall %.1f cpu %.1f waited %.1f drawing %.1f%s in%s\n",
                          wall - waited, wall, cpu, waited, drawn, why, trace->str);
  write_line (line);
}

static void
end_turn (void)
{
  Counts *counts = &counter.counts;
  Clocks now = { .wall = clock_ns (CLOCK_MONOTONIC), .cpu = clock_ns (CLOCK_THREAD_CPUTIME_ID), .waited = read_waited () };
  double wall, cpu, waited, drawn, own;

  arm (0);
  wall = (double) (now.wall - counter.begin.wall) / NS_PER_MS;
  cpu = (double) (now.cpu - counter.begin.cpu) / NS_PER_MS;
  waited = (double) (now.waited - counter.begin.waited) / NS_PER_MS;
  drawn = (double) counter.drawn / NS_PER_MS;
  own = wall - waited;

  counts->turns++;
  counts->longest = MAX (counts->longest, own);
  counts->longest_wall = MAX (counts->longest_wall, wall);
  counts->longest_blocked = MAX (counts->longest_blocked, own - cpu);
  counts->longest_rendering = MAX (counts->longest_rendering, drawn);
  if (own <= SR_STALL_MS)
    return;
  counts->stalls++;
  tell_stall (wall, cpu, waited, drawn);
}

static int
counting_poll (GPollFD *fds,
               guint    n_fds,
               int      timeout)
{
  int n;

  if (gettid () != counter.thread)
    return counter.poll (fds, n_fds, timeout);
  end_turn ();
  n = counter.poll (fds, n_fds, timeout);
  begin_turn ();
  return n;
}

/* ---- GTK's drawing, told apart ----------------------------------------------- */

/* Behind GTK's own handlers of the same phase, so between layout and paint. */
static void
on_layout (GdkFrameClock *clock)
{
  counter.drawing_since = clock_ns (CLOCK_MONOTONIC);
}

static void
on_after_paint (GdkFrameClock *clock)
{
  if (counter.drawing_since == 0)
    return;
  counter.drawn += clock_ns (CLOCK_MONOTONIC) - counter.drawing_since;
  counter.drawing_since = 0;
  counter.counts.frames++;
}

static void
on_realize (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);

  g_signal_connect_after (clock, "layout", G_CALLBACK (on_layout), NULL);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint), NULL);
}

static void
on_window_added (GtkApplication *application,
                 GtkWindow      *window)
{
  if (gtk_widget_get_realized (GTK_WIDGET (window)))
    on_realize (GTK_WIDGET (window));
  else
    g_signal_connect (window, "realize", G_CALLBACK (on_realize), NULL);
}

/* ---- Actions ------------------------------------------------------------------- */

static void
on_mark (GSimpleAction *action,
         GVariant      *parameter,
         gpointer       user_data)
{
  Counts *counts = &counter.counts;
  g_autofree char *line = NULL;

  line = g_strdup_printf ("mark %s: turns %u stalls %u rendering %u display %u frames %u longest %.1f wall %.1f blocked %.1f drawing %.1f\n",
                          g_variant_get_string (parameter, NULL), counts->turns, counts->stalls, counts->rendering,
                          counts->display, counts->frames, counts->longest, counts->longest_wall, counts->longest_blocked,
                          counts->longest_rendering);
  write_line (line);
  *counts = (Counts) { 0 };
}

static void
on_plant (GSimpleAction *action,
          GVariant      *parameter,
          gpointer       user_data)
{
  g_usleep (g_variant_get_uint32 (parameter) * G_GUINT64_CONSTANT (1000));
}

static gboolean
make_timer (void)
{
  struct sigaction action = { .sa_handler = on_too_long, .sa_flags = SA_RESTART };
  struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGPROF };

  /* The first call loads a library, which a signal handler must not. */
  backtrace (samples[0].frames, MAX_FRAMES);
  event._sigev_un._tid = counter.thread;
  return sigaction (SIGPROF, &action, NULL) == 0 && timer_create (CLOCK_MONOTONIC, &event, &counter.timer) == 0;
}

void
sr_stall_counter_start (GtkApplication *application,
                        const char     *path)
{
  static const GActionEntry actions[] = {
    { .name = "mark-stalls", .activate = on_mark, .parameter_type = "s" },
    { .name = "plant-stall", .activate = on_plant, .parameter_type = "u" },
  };
  g_autofree char *schedstat = NULL;

  counter.thread = gettid ();
  counter.output = open (path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
  if (counter.output < 0 || !make_timer ())
    {
      g_warning ("Stalls cannot be counted in “%s”", path);
      return;
    }
  schedstat = g_strdup_printf ("/proc/self/task/%d/schedstat", (int) counter.thread);
  counter.schedstat = open (schedstat, O_RDONLY | O_CLOEXEC);
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), NULL);
  g_signal_connect (application, "window-added", G_CALLBACK (on_window_added), NULL);

  begin_turn ();
  counter.poll = g_main_context_get_poll_func (NULL);
  g_main_context_set_poll_func (NULL, counting_poll);
}
