/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-private.h"

#include "authority/sr-authority-error.h"
#include "base/sr-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define KEY_INTERRUPT 3
#define KEY_END 4
#define KEY_ERASE_LINE 21
#define KEY_BACKSPACE 8
#define KEY_DELETE 127

static SrSecret *
read_file (const char *path,
           GError    **error)
{
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  struct stat st;

  if (fd < 0 || fstat (fd, &st) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Opening the password file “%s”: %s"), path, g_strerror (errno));
      return NULL;
    }
  if (S_ISREG (st.st_mode) && (st.st_mode & 077) != 0)
    sr_cli_note (_("Others may read the password file “%s” (mode %04o): “chmod 600” keeps it to yourself."), path, st.st_mode & 07777);
  return sr_secret_read_line (fd, error);
}

static void
write_text (int         fd,
            const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      ssize_t n = write (fd, text, length);

      if (n < 0 && errno != EINTR)
        return;
      if (n > 0)
        {
          text += n;
          length -= (gsize) n;
        }
    }
}

/* Waits for a key or a signal, which is used up. Returns -1 for the end. */
static int
next_key (int tty,
          int signals)
{
  struct pollfd fds[] = { { tty, POLLIN, 0 }, { signals, POLLIN, 0 } };
  struct signalfd_siginfo info;
  unsigned char key;

  while (poll (fds, 2, -1) < 0)
    if (errno != EINTR)
      return -1;
  if (fds[1].revents != 0 && read (signals, &info, sizeof info) > 0)
    return -1;
  if ((fds[0].revents & POLLIN) == 0)
    return -1;
  return read (tty, &key, 1) == 1 ? key : -1;
}

/* A character of UTF-8 has one first byte. */
static gsize
erase_one (char *line,
           gsize length)
{
  while (length > 0)
    if (((unsigned char) line[--length] & 0xc0) != 0x80)
      break;
  return length;
}

static SrSecret *
read_keys (int      tty,
           int      signals,
           GError **error)
{
  char line[SR_SECRET_MAX];
  gsize length = 0;
  SrSecret *secret = NULL;
  int key;

  while ((key = next_key (tty, signals)) >= 0 && key != KEY_INTERRUPT)
    {
      if (key == '\n' || key == '\r' || (key == KEY_END && length > 0))
        {
          secret = sr_secret_new (line, length);
          break;
        }
      if (key == KEY_END)
        break;
      if (key == KEY_BACKSPACE || key == KEY_DELETE)
        length = erase_one (line, length);
      else if (key == KEY_ERASE_LINE)
        length = 0;
      else if (length < sizeof line)
        line[length++] = (char) key;
    }
  sr_secret_wipe (line, sizeof line);
  if (secret == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("The password prompt was cancelled"));
  return secret;
}

/* Signals are taken while the terminal does not echo, so that it is put right
 * whatever ends the prompt. */
static SrSecret *
prompt (int         tty,
        const char *question,
        GError    **error)
{
  struct termios before, silent;
  sigset_t mask, old_mask;
  SrSecret *secret = NULL;
  g_autofd int signals = -1;

  sigemptyset (&mask);
  sigaddset (&mask, SIGINT);
  sigaddset (&mask, SIGTERM);
  sigaddset (&mask, SIGHUP);
  sigaddset (&mask, SIGQUIT);
  if (tcgetattr (tty, &before) != 0 || (signals = signalfd (-1, &mask, SFD_CLOEXEC)) < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Asking for the password: %s"), g_strerror (errno));
      return NULL;
    }

  silent = before;
  silent.c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG);
  silent.c_cc[VMIN] = 1;
  silent.c_cc[VTIME] = 0;
  pthread_sigmask (SIG_BLOCK, &mask, &old_mask);
  if (tcsetattr (tty, TCSAFLUSH, &silent) == 0)
    {
      write_text (tty, question);
      secret = read_keys (tty, signals, error);
      write_text (tty, "\n");
    }
  else
    g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("Asking for the password: %s"), g_strerror (errno));
  tcsetattr (tty, TCSAFLUSH, &before);
  pthread_sigmask (SIG_SETMASK, &old_mask, NULL);
  return secret;
}

SrSecret *
sr_cli_get_password (SrCli       *cli,
                     SrAuthority *authority,
                     GError     **error)
{
  g_autofree char *question = NULL;
  g_autofree char *safe = NULL;
  g_autofd int tty = -1;

  if (!sr_authority_needs_password (authority))
    return NULL;
  if (sr_cli_has (cli, "password-file"))
    return read_file (sr_cli_value (cli, "password-file"), error);
  if (sr_cli_has (cli, "password-stdin"))
    return sr_secret_read_line (STDIN_FILENO, error);

  tty = open ("/dev/tty", O_RDWR | O_CLOEXEC);
  if (tty < 0)
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEEDS_PASSWORD,
                   _("“%s” is signed in to with a password, and there is no terminal to ask for it"), sr_authority_get_config (authority));
      return NULL;
    }
  /* Translators: a user, then a CA as HOST\CA */
  question = g_strdup_printf (_("Password of %s for %s: "), sr_authority_get_user (authority), sr_authority_get_config (authority));
  safe = sr_cli_make_safe (question);
  return prompt (tty, safe, error);
}
