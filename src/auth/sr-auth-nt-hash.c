/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "auth/sr-auth-nt-hash-private.h"

#include "base/sr-error.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <nettle/md4.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What a key file may hold: more users than a lab has. */
#define MAX_KEY_FILE (1024 * 1024)

static void
write_digits (const guint8 hash[16],
              char         digits[SR_NT_HASH_DIGITS + 1])
{
  static const char alphabet[] = "0123456789abcdef";

  for (guint i = 0; i < 16; i++)
    {
      digits[2 * i] = alphabet[hash[i] >> 4];
      digits[2 * i + 1] = alphabet[hash[i] & 15];
    }
  digits[SR_NT_HASH_DIGITS] = '\0';
}

gboolean
sr_nt_hash (const char *password,
            gsize       length,
            char        digits[SR_NT_HASH_DIGITS + 1])
{
  struct md4_ctx md4;
  guint8 hash[MD4_DIGEST_SIZE];
  gunichar2 *utf16;
  glong units = 0;

  utf16 = g_utf8_to_utf16 (password, (glong) length, NULL, &units, NULL);
  if (utf16 == NULL)
    return FALSE;
  for (glong i = 0; i < units; i++)
    utf16[i] = GUINT16_TO_LE (utf16[i]);
  md4_init (&md4);
  md4_update (&md4, 2 * (gsize) units, (const guint8 *) utf16);
  md4_digest (&md4, sizeof hash, hash);
  write_digits (hash, digits);
  sr_secret_wipe (&md4, sizeof md4);
  sr_secret_wipe (hash, sizeof hash);
  sr_secret_wipe (utf16, 2 * (gsize) units);
  g_free (utf16);
  return TRUE;
}

static gboolean
write_all (int         fd,
           const char *text,
           gsize       length)
{
  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n <= 0)
        return FALSE;
      text += n;
      length -= (gsize) n;
    }
  return TRUE;
}

/* One line of smbpasswd format: user, uid, LM hash, NT hash, what else there
 * is. The LM hash is a random number, so that nobody signs in by it. */
static gboolean
write_user (int         fd,
            const char *domain,
            gsize       domain_length,
            const char *user,
            gsize       user_length,
            const char *password,
            gsize       password_length)
{
  char nt[SR_NT_HASH_DIGITS + 1], lm[SR_NT_HASH_DIGITS + 1], line[1024];
  guint8 random[16];
  gboolean done = FALSE;
  int n;

  if (!sr_nt_hash (password, password_length, nt) || gnutls_rnd (GNUTLS_RND_KEY, random, sizeof random) < 0)
    return FALSE;
  write_digits (random, lm);
  n = g_snprintf (line, sizeof line, "%.*s\\%.*s:0:%s:%s:[U]:\n", (int) domain_length, domain, (int) user_length, user,
                  lm, nt);
  if (n > 0 && n < (int) sizeof line)
    done = write_all (fd, line, (gsize) n);
  sr_secret_wipe (line, sizeof line);
  sr_secret_wipe (nt, sizeof nt);
  return done;
}

/* Whether the line was a user's, a comment or empty. */
static gboolean
convert_line (int         fd,
              const char *line,
              gsize       length)
{
  const char *user, *password, *end = line + length;

  if (length > 0 && end[-1] == '\r')
    end--;
  if (end == line || *line == '#')
    return TRUE;
  user = memchr (line, ':', (gsize) (end - line));
  password = user != NULL ? memchr (user + 1, ':', (gsize) (end - user - 1)) : NULL;
  /* A backslash would move the border between domain and user. */
  if (password == NULL || memchr (line, '\\', (gsize) (password - line)) != NULL)
    return FALSE;
  return write_user (fd, line, (gsize) (user - line), user + 1, (gsize) (password - user - 1), password + 1,
                     (gsize) (end - password - 1));
}

static gboolean
convert (int         fd,
         const char *path,
         const char *text,
         gsize       length,
         GError    **error)
{
  guint number = 1;

  for (const char *at = text, *end = text + length; at < end; number++)
    {
      const char *newline = memchr (at, '\n', (gsize) (end - at));
      gsize line_length = (gsize) ((newline != NULL ? newline : end) - at);

      if (!convert_line (fd, at, line_length))
        {
          g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("%s: line %u is not DOMAIN:user:password"), path, number);
          return FALSE;
        }
      at += line_length + 1;
    }
  return TRUE;
}

int
sr_nt_users_open (const char *path,
                  GError    **error)
{
  g_autoptr (GError) failure = NULL;
  char *text = NULL;
  gsize length = 0;
  int fd = -1;

  if (!g_file_get_contents (path, &text, &length, &failure))
    g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("The NTLM users cannot be read: %s"), failure->message);
  else if (length > MAX_KEY_FILE)
    g_set_error (error, SR_ERROR, SR_ERROR_AUTH, _ ("%s is too large for a file of NTLM users"), path);
  else
    {
      fd = memfd_create ("ntlm-users", MFD_CLOEXEC);
      if (fd < 0)
        g_set_error_literal (error, SR_ERROR, SR_ERROR_AUTH, _ ("The NTLM users cannot be kept in memory"));
      else if (!convert (fd, path, text, length, error))
        {
          close (fd);
          fd = -1;
        }
    }
  if (text != NULL)
    sr_secret_wipe (text, length);
  g_free (text);
  return fd;
}
