/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-practice-folder.h"

#include <glib/gi18n-lib.h>

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
