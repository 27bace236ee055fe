/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <X11/Xlib.h>
#include <X11/Xutil.h>
#include <X11/extensions/Xdamage.h>
#include <errno.h>
#include <glib.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a program takes to its first painted frame, and the memory it then
 * holds, seen from outside and so the same way for any program: the X server
 * tells of every change of the screen, and the time stops at the first one
 * after which a window has colours. A window that is mapped and still blank
 * does not count.
 *
 *     first-frame PROGRAM [ARGUMENT...]
 *
 * prints, as JSON: "frame", seconds from the start of the process; "cpu", the
 * seconds of CPU it took to get there; "painted", the share of the pixels that
 * are by then what they are at rest; "resident" and "private" (dirty) in KiB,
 * at rest. Both are null where there is no /proc. The program is killed then.
 */

/* After the first frame: enough for what a program does when it is idle. */
#define REST_SECONDS 3
#define PATIENCE_SECONDS 60

/* Fewer colours than in any text that is drawn with grey edges; more than in a background with a border. */
#define BLANK_COLORS 16
#define SMALLEST_WINDOW 200

static double
now (void)
{
  return (double) g_get_monotonic_time () / G_USEC_PER_SEC;
}

/* Windows come and go while they are asked about. */
static int
ignore_error (Display     *display,
              XErrorEvent *event)
{
  return 0;
}

static XImage *
picture_of (Display *display,
            Window   window)
{
  XWindowAttributes attributes;

  if (!XGetWindowAttributes (display, window, &attributes) || attributes.map_state != IsViewable ||
      attributes.width < SMALLEST_WINDOW || attributes.height < SMALLEST_WINDOW)
    return NULL;
  return XGetImage (display, window, 0, 0, (unsigned) attributes.width, (unsigned) attributes.height, AllPlanes, ZPixmap);
}

static gboolean
is_blank (XImage *image)
{
  g_autoptr (GHashTable) colors = g_hash_table_new (NULL, NULL);

  for (int y = 0; y < image->height; y++)
    for (int x = 0; x < image->width; x++)
      {
        g_hash_table_add (colors, GSIZE_TO_POINTER (XGetPixel (image, x, y)));
        if (g_hash_table_size (colors) > BLANK_COLORS)
          return FALSE;
      }
  return TRUE;
}

/* The first window with something in it, and its picture. */
static XImage *
find_painted (Display *display,
              Window  *window)
{
  Window root, parent, *children = NULL;
  unsigned int n_children = 0;
  XImage *found = NULL;

  XQueryTree (display, DefaultRootWindow (display), &root, &parent, &children, &n_children);
  for (unsigned int i = 0; i < n_children && found == NULL; i++)
    {
      XImage *image = picture_of (display, children[i]);

      if (image != NULL && !is_blank (image))
        {
          *window = children[i];
          found = image;
        }
      else if (image != NULL)
        XDestroyImage (image);
    }
  if (children != NULL)
    XFree (children);
  return found;
}

static double
share_alike (XImage *first,
             XImage *last)
{
  gsize same = 0;

  if (first->width != last->width || first->height != last->height)
    return 0;
  for (int y = 0; y < first->height; y++)
    for (int x = 0; x < first->width; x++)
      same += XGetPixel (first, x, y) == XGetPixel (last, x, y);
  return (double) same / ((double) first->width * first->height);
}

/* Seconds of CPU of all threads; 0 where there is no telling. */
static double
cpu_seconds (pid_t pid)
{
  struct timespec used;
  clockid_t clock;

  if (clock_getcpuclockid (pid, &clock) != 0 || clock_gettime (clock, &used) != 0)
    return 0;
  return (double) used.tv_sec + (double) used.tv_nsec * 1e-9;
}

/* A line of smaps_rollup or status, in KiB; -1 where there is none. */
static long
read_kib (pid_t       pid,
          const char *file,
          const char *name)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, file);
  g_autofree char *text = NULL;
  const char *line;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (line = strstr (text, name)) == NULL)
    return -1;
  return strtol (line + strlen (name), NULL, 10);
}

static void
print_kib (const char *name,
           pid_t       pid,
           const char *exact,
           const char *rough)
{
  long value = read_kib (pid, "smaps_rollup", exact);

  /* A process that may not be dumped shows its maps to root alone. */
  if (value < 0)
    value = read_kib (pid, "status", rough);
  if (value < 0)
    printf (", \"%s\": null", name);
  else
    printf (", \"%s\": %ld", name, value);
}

/* Waits for the first frame; its window and picture, and when it was. */
static XImage *
wait_for_frame (Display *display,
                int      damage_event,
                pid_t    pid,
                Window  *window,
                double  *at)
{
  double until = now () + PATIENCE_SECONDS;
  XImage *found = NULL;

  while (found == NULL && now () < until)
    {
      struct pollfd socket = { .fd = ConnectionNumber (display), .events = POLLIN };
      gboolean changed = FALSE;

      if (XPending (display) == 0)
        poll (&socket, 1, 100);
      *at = now ();
      while (XPending (display) > 0)
        {
          XEvent event;

          XNextEvent (display, &event);
          if (event.type == damage_event)
            {
              XDamageSubtract (display, ((XDamageNotifyEvent *) &event)->damage, None, None);
              changed = TRUE;
            }
        }
      if (changed)
        found = find_painted (display, window);
      else if (waitpid (pid, NULL, WNOHANG) == pid)
        {
          g_printerr ("first-frame: the program has ended without a window\n");
          exit (1);
        }
    }
  return found;
}

int
main (int   argc,
      char *argv[])
{
  Display *display = XOpenDisplay (NULL);
  int damage_event, damage_error, status;
  XImage *first, *last;
  double start, frame, cpu;
  Window window;
  pid_t pid;

  if (argc < 2 || display == NULL || !XDamageQueryExtension (display, &damage_event, &damage_error))
    {
      g_printerr (argc < 2 ? "Usage: first-frame PROGRAM [ARGUMENT...]\n" : "first-frame: no X server with the extension DAMAGE\n");
      return 2;
    }
  XSetErrorHandler (ignore_error);
  XDamageCreate (display, DefaultRootWindow (display), XDamageReportNonEmpty);
  XSync (display, False);

  start = now ();
  status = posix_spawnp (&pid, argv[1], NULL, NULL, argv + 1, environ);
  if (status != 0)
    {
      g_printerr ("first-frame: %s: %s\n", argv[1], g_strerror (status));
      return 1;
    }
  first = wait_for_frame (display, damage_event + XDamageNotify, pid, &window, &frame);
  cpu = cpu_seconds (pid);
  if (first != NULL)
    {
      g_usleep (REST_SECONDS * G_USEC_PER_SEC);
      last = picture_of (display, window);
      printf ("{\"frame\": %.4f, \"cpu\": %.4f, \"painted\": %.4f", frame - start, cpu, last != NULL ? share_alike (first, last) : 0);
      print_kib ("resident", pid, "\nRss:", "VmRSS:");
      print_kib ("private", pid, "\nPrivate_Dirty:", "RssAnon:");
      printf ("}\n");
    }
  else
    g_printerr ("first-frame: no window was painted within %d s\n", PATIENCE_SECONDS);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  return first != NULL ? 0 : 1;
}
