/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-secret.h"

#include "base/sr-error.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* A mapping of its own, since mlock() and MADV_DONTDUMP work on whole pages
 * and what shares a page with a secret would share their fate. */
struct _SrSecret
{
  gatomicrefcount ref_count;
  gsize mapped;
  gsize length;
  char data[];
};

SrSecret *
sr_secret_new (const void *data,
               gsize       length)
{
  gsize mapped = sizeof (SrSecret) + length + 1;
  SrSecret *secret;

  g_return_val_if_fail (length <= SR_SECRET_MAX, NULL);

  secret = mmap (NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (secret == MAP_FAILED)
    g_error ("mmap of %zu bytes failed: %s", mapped, g_strerror (errno));

  /* Both may be refused (limits of a container); the secret is still wiped. */
  (void) mlock (secret, mapped);
  (void) madvise (secret, mapped, MADV_DONTDUMP);

  g_atomic_ref_count_init (&secret->ref_count);
  secret->mapped = mapped;
  secret->length = length;
  if (length > 0)
    memcpy (secret->data, data, length);
  return secret;
}

SrSecret *
sr_secret_ref (SrSecret *secret)
{
  g_atomic_ref_count_inc (&secret->ref_count);
  return secret;
}

void
sr_secret_unref (SrSecret *secret)
{
  gsize mapped = secret->mapped;

  if (!g_atomic_ref_count_dec (&secret->ref_count))
    return;
  sr_secret_wipe (secret, mapped);
  munmap (secret, mapped);
}

const char *
sr_secret_peek (SrSecret *secret,
                gsize    *length)
{
  if (length != NULL)
    *length = secret->length;
  return secret->data;
}

SrSecret *
sr_secret_read_line (int      fd,
                     GError **error)
{
  char line[SR_SECRET_MAX];
  gsize n = 0;
  SrSecret *secret = NULL;

  for (;;)
    {
      char c;
      ssize_t got = read (fd, &c, 1);

      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        {
          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno),
                       _("Reading the password: %s"), g_strerror (errno));
          break;
        }
      if (got == 0 && n == 0)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("No password there: the input is empty"));
          break;
        }
      if (got == 0 || c == '\n')
        {
          if (n > 0 && line[n - 1] == '\r')
            n--;
          secret = sr_secret_new (line, n);
          break;
        }
      if (n == sizeof line)
        {
          g_set_error (error, SR_ERROR, SR_ERROR_LIMIT, _("The password is longer than %u bytes"), SR_SECRET_MAX);
          break;
        }
      line[n++] = c;
    }

  sr_secret_wipe (line, sizeof line);
  return secret;
}

void
sr_secret_wipe (void *data,
                gsize length)
{
  explicit_bzero (data, length);
}

void
sr_secret_free_string (char *text)
{
  if (text == NULL)
    return;
  sr_secret_wipe (text, strlen (text));
  g_free (text);
}

void
sr_secret_harden_process (void)
{
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  struct rlimit none = { 0, 0 };

  (void) setrlimit (RLIMIT_CORE, &none);
  (void) prctl (PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
