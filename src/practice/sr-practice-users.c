/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-users.h"

#include "base/sr-error.h"
#include "base/sr-file.h"
#include "base/sr-secret.h"

#include <glib/gi18n-lib.h>
#include <gnutls/crypto.h>
#include <string.h>

#define DOMAIN "PRACTICE"
#define OPERATOR "operator"
#define ADMINISTRATOR "administrator"
#define PASSWORD_LENGTH 24
#define MAX_FILE (1024 * 1024)

/* Fills @password with letters and digits: 24 of 32 are 120 bits. */
static gboolean
make_password (char    *password,
               GError **error)
{
  static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789A";

  G_STATIC_ASSERT (sizeof letters == 32 + 1);
  if (gnutls_rnd (GNUTLS_RND_KEY, password, PASSWORD_LENGTH) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, _("No random numbers for a password"));
      return FALSE;
    }
  for (gsize i = 0; i < PASSWORD_LENGTH; i++)
    password[i] = letters[(guint8) password[i] % 32];
  password[PASSWORD_LENGTH] = '\0';
  return TRUE;
}

char *
sr_practice_users_ensure (const char *folder,
                          GError    **error)
{
  g_autofree char *path = g_build_filename (folder, SR_PRACTICE_USERS_FILE, NULL);
  char operator[PASSWORD_LENGTH + 1], administrator[PASSWORD_LENGTH + 1];
  char text[256];
  gboolean ok;

  if (g_file_test (path, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&path);
  ok = make_password (operator, error) && make_password (administrator, error);
  if (ok)
    {
      g_snprintf (text, sizeof text, DOMAIN ":" OPERATOR ":%s\n" DOMAIN ":" ADMINISTRATOR ":%s\n", operator, administrator);
      ok = sr_file_replace (path, text, strlen (text), error);
      sr_secret_wipe (text, sizeof text);
    }
  sr_secret_wipe (operator, sizeof operator);
  sr_secret_wipe (administrator, sizeof administrator);
  return ok ? g_steal_pointer (&path) : NULL;
}

char *
sr_practice_users_first (const char *path,
                         GError    **error)
{
  g_autoptr (GBytes) bytes = sr_file_load (path, MAX_FILE, error);
  char *user = NULL;
  const char *line;
  gsize length;

  if (bytes == NULL)
    return NULL;
  line = g_bytes_get_data (bytes, &length);
  while (*line == '\n' || *line == '#')
    line += strcspn (line, "\n") + (*line != '\0');
  if (*line == '\0')
    g_set_error (error, SR_ERROR, SR_ERROR_NOT_FOUND, _("“%s” has no users"), path);
  else
    {
      gsize domain = strcspn (line, ":\n"), name = line[domain] == ':' ? strcspn (line + domain + 1, ":\n") : 0;

      if (name == 0 || line[domain + 1 + name] != ':')
        g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("“%s” has a line that is not DOMAIN:user:password"), path);
      else
        user = g_strdup_printf ("%.*s\\%.*s", (int) domain, line, (int) name, line + domain + 1);
    }
  sr_secret_wipe ((void *) g_bytes_get_data (bytes, NULL), length);
  return user;
}

gboolean
sr_practice_users_set_default_roles (SrPracticeCa *ca,
                                     GError      **error)
{
  g_autofree char *roles = g_build_filename (sr_practice_ca_get_folder (ca), "roles.json", NULL);

  return g_file_test (roles, G_FILE_TEST_EXISTS) ||
         (sr_practice_ca_set_roles (ca, DOMAIN "\\" OPERATOR, SR_PRACTICE_ROLE_READ | SR_PRACTICE_ROLE_OPERATOR, error) &&
          sr_practice_ca_set_roles (ca, DOMAIN "\\" ADMINISTRATOR, SR_PRACTICE_ROLE_ADMINISTRATOR, error));
}
