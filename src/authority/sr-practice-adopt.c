/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-practice-program.h"

/* Brings a CA of the list in line with what the program says of itself. */
static gboolean
describe (SrAuthority      *authority,
          SrPracticeFolder *ready,
          const char       *folder,
          GError          **error)
{
  sr_authority_set_practice_folder (authority, folder);
  /* It listens on this machine alone, where NTLM gives nothing away. */
  sr_authority_set_ntlm_allowed (authority, TRUE);
  return sr_authority_set_endpoint (authority, ready->address, ready->activation_port, error)
         && (ready->user == NULL || sr_authority_set_sign_in (authority, SR_CREDENTIALS_PASSWORD, ready->user, NULL, error));
}

SrAuthority *
sr_practice_program_adopt (const char       *folder,
                           SrPracticeFolder *ready,
                           SrAuthorityList  *list,
                           GError          **error)
{
  g_autoptr (SrAuthority) known = sr_authority_list_find_practice (list, folder);
  g_autoptr (SrAuthority) authority = NULL;

  if (known != NULL && g_str_equal (sr_authority_get_config (known), ready->config))
    return describe (known, ready, folder, error) && sr_authority_list_save (list, known, error) ? g_steal_pointer (&known) : NULL;

  /* Another name than before: a new CA was made in the folder. */
  if (known != NULL && !sr_authority_list_remove (list, known, error))
    return NULL;
  authority = sr_authority_new (ready->config, error);
  if (authority == NULL || !describe (authority, ready, folder, error) || !sr_authority_list_add (list, authority, error))
    return NULL;
  return g_steal_pointer (&authority);
}
