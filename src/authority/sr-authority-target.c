/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-practice-folder.h"
#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static SrCredentials *
make_credentials (SrAuthority *self,
                  SrSecret    *password,
                  GError     **error)
{
  switch (sr_authority_get_sign_in (self))
    {
    case SR_CREDENTIALS_KEYTAB:
      if (!g_file_test (sr_authority_get_key_source (self), G_FILE_TEST_EXISTS))
        {
          /* Translators: a file, then a CA as HOST\CA */
          g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN, _("The keytab “%s” of %s does not exist"),
                       sr_authority_get_key_source (self), sr_authority_get_config (self));
          return NULL;
        }
      return sr_credentials_new_keytab (sr_authority_get_key_source (self), sr_authority_get_user (self));

    case SR_CREDENTIALS_PASSWORD:
      if (password == NULL)
        {
          /* Translators: a user, then a CA as HOST\CA */
          g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_NEEDS_PASSWORD, _("The password of %s for %s is not at hand"),
                       sr_authority_get_user (self), sr_authority_get_config (self));
          return NULL;
        }
      return sr_credentials_new_password (sr_authority_get_user (self), password);

    case SR_CREDENTIALS_TICKET_CACHE:
    default:
      return sr_credentials_new_ticket_cache (sr_authority_get_key_source (self), sr_authority_get_user (self));
    }
}

/* A practice CA may have another port after each start, and signs in whom its
 * own file says. NTLM stays on this machine there. */
static SrDcomTarget *
make_practice_target (SrAuthority *self,
                      GError     **error)
{
  g_autoptr (SrPracticeFolder) folder = sr_practice_folder_read (sr_authority_get_practice_folder (self), error);
  g_autoptr (SrSecret) password = NULL;
  g_autoptr (SrCredentials) credentials = NULL;

  if (folder == NULL)
    return NULL;
  if (folder->user != NULL)
    {
      password = sr_practice_folder_get_password (folder, error);
      if (password == NULL)
        return NULL;
      credentials = sr_credentials_new_password (folder->user, password);
    }
  else
    credentials = make_credentials (self, NULL, error);
  if (credentials == NULL)
    return NULL;
  return sr_dcom_target_new (sr_authority_get_host (self), folder->address, folder->activation_port, credentials,
                             sr_authority_get_ntlm_allowed (self));
}

SrDcomTarget *
sr_authority_make_target (SrAuthority *self,
                          SrSecret    *password,
                          GError     **error)
{
  g_autoptr (SrCredentials) credentials = NULL;

  if (sr_authority_is_practice (self))
    return make_practice_target (self, error);
  credentials = make_credentials (self, password, error);
  if (credentials == NULL)
    return NULL;
  return sr_dcom_target_new (sr_authority_get_host (self), sr_authority_get_address (self), sr_authority_get_port (self),
                             credentials, sr_authority_get_ntlm_allowed (self));
}

/* The administrator of a practice CA with users of its own; the one to back it up may not be one. */
static gboolean
find_host_credentials (SrPracticeFolder *folder,
                       SrCredentials   **credentials,
                       GError          **error)
{
  g_autofree char *domain = folder->user != NULL ? g_strndup (folder->user, strcspn (folder->user, "\\")) : NULL;
  g_autoptr (SrSecret) password = NULL;

  *credentials = NULL;
  if (folder->user == NULL)
    return TRUE;
  g_free (folder->user);
  folder->user = folder->host_user != NULL ? g_strdup (folder->host_user) : g_strconcat (domain, "\\administrator", NULL);
  password = sr_practice_folder_get_password (folder, error);
  if (password == NULL)
    return FALSE;
  *credentials = sr_credentials_new_password (folder->user, password);
  return TRUE;
}

gboolean
sr_authority_find_host (SrAuthority    *self,
                        guint16        *port,
                        char          **drives,
                        SrCredentials **credentials,
                        GError        **error)
{
  g_autoptr (SrPracticeFolder) folder = NULL;

  if (!sr_authority_is_practice (self))
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED,
                   _("The host of %s cannot be reached for a restore yet: export the chain, and restore it there with certutil"),
                   sr_authority_get_config (self));
      return FALSE;
    }
  folder = sr_practice_folder_read (sr_authority_get_practice_folder (self), error);
  if (folder == NULL)
    return FALSE;
  if (folder->host_port == 0 || folder->drives == NULL)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED, _("The practice CA %s was started by an older version, which serves no host: start it again"),
                   sr_authority_get_config (self));
      return FALSE;
    }
  if (!find_host_credentials (folder, credentials, error))
    return FALSE;
  *port = folder->host_port;
  *drives = g_steal_pointer (&folder->drives);
  return TRUE;
}
