/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-private.h"

#include "authority/sr-advice.h"
#include "worker/sr-backup-folder.h"

#include <glib/gi18n-lib.h>

SrAuthorityList *
sr_cli_load_authorities (SrCli     *cli,
                         SrCliExit *exit)
{
  g_autoptr (SrAuthorityList) list = sr_authority_list_new (NULL);
  g_autoptr (GError) error = NULL;

  if (sr_authority_list_load (list, &error))
    return g_steal_pointer (&list);
  *exit = sr_cli_fail (cli, _("Reading the list of CAs"), NULL, error, NULL, NULL);
  return NULL;
}

SrAuthority *
sr_cli_find_authority (SrCli           *cli,
                       SrAuthorityList *list,
                       const char      *text,
                       SrCliExit       *exit)
{
  g_autoptr (GError) error = NULL;
  SrAuthority *authority = sr_authority_list_find (list, text, &error);

  if (authority == NULL)
    *exit = sr_cli_fail (cli, _("Finding the CA"), NULL, error, NULL, NULL);
  return authority;
}

SrRepository *
sr_cli_open_repository (SrCli     *cli,
                        gboolean   make,
                        SrCliExit *exit)
{
  const char *path = sr_cli_value (cli, "repository");
  g_autoptr (GError) error = NULL;
  gboolean created = FALSE;
  SrRepository *repository = path != NULL ? sr_repository_open (path, &error)
                                          : sr_backup_folder_open (make, &created, &error);

  if (repository == NULL)
    *exit = sr_cli_fail (cli, _("Opening the backup folder"), NULL, error, NULL, NULL);
  else if (created)
    sr_cli_note (_("No backup folder was chosen yet: made “%s” and chose it. “strongroomctl repository” changes that."),
                 sr_repository_get_path (repository));
  return repository;
}
