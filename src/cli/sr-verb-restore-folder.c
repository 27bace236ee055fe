/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/sr-cli-loop-private.h"
#include "cli/sr-cli-sets-private.h"
#include "cli/sr-verb-restore-private.h"

#include "authority/sr-config-string.h"
#include "worker/sr-folder-look.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What lies in a folder that somebody has brought, and whether it is good. */

static gboolean
is_restorable (const SrFolderAuthority *authority,
               SrBackupSet             *set)
{
  SrChain *chain = sr_history_find_chain (authority->history, set);

  return chain != NULL && sr_chain_is_complete (chain);
}

static JsonObject *
authority_to_json (const SrFolderAuthority *authority)
{
  JsonObject *object = json_object_new ();
  JsonArray *sets = json_array_new ();
  JsonArray *restores = json_array_new ();
  JsonArray *unreadable = json_array_new ();

  for (guint i = 0; i < authority->sets->len; i++)
    {
      SrBackupSet *set = authority->sets->pdata[i];
      SrLineage *lineage = sr_history_find_lineage (authority->history, set);
      JsonObject *each = json_object_new ();

      sr_cli_set_text (each, "set", sr_backup_set_get_name (set));
      sr_cli_set_text (each, "kind", sr_backup_set_get_manifest (set)->kind == SR_SET_FULL ? "full" : "log");
      sr_cli_set_time (each, "finished", sr_backup_set_get_manifest (set)->finished);
      json_object_set_int_member (each, "bytes", (gint64) sr_backup_set_get_size (set));
      json_object_set_boolean_member (each, "restorable", is_restorable (authority, set));
      sr_cli_set_number_or_null (each, "lineage", lineage != NULL ? sr_lineage_get_number (lineage) : 0, lineage != NULL);
      json_array_add_object_element (sets, each);
    }
  for (guint i = 0; i < authority->restores->len; i++)
    {
      const SrRestoreEntry *entry = sr_restore_left_get_entry (authority->restores->pdata[i]);

      json_array_add_string_element (restores, entry != NULL ? entry->id : sr_restore_left_get_path (authority->restores->pdata[i]));
    }
  for (guint i = 0; i < authority->unreadable->len; i++)
    json_array_add_string_element (unreadable, ((SrUnreadableSet *) authority->unreadable->pdata[i])->path);
  sr_cli_set_text (object, "config", authority->config);
  sr_cli_set_text (object, "display_name", authority->display_name);
  sr_cli_set_text (object, "newest", authority->newest != NULL ? sr_backup_set_get_name (authority->newest) : NULL);
  json_object_set_array_member (object, "sets", sets);
  json_object_set_array_member (object, "restores", restores);
  json_object_set_array_member (object, "unreadable", unreadable);
  return object;
}

static void
print_authority (SrCli                   *cli,
                 const SrFolderAuthority *authority)
{
  g_autoptr (SrCliTable) table = sr_cli_table_new (_("SET"), _("STARTED"), _("SIZE"), _("RESTORABLE"), NULL);

  if (authority->display_name != NULL)
    sr_cli_print (cli, "%s (%s)", authority->config, authority->display_name);
  else
    sr_cli_print (cli, "%s", authority->config);
  for (guint i = 0; i < authority->sets->len; i++)
    {
      SrBackupSet *set = authority->sets->pdata[i];
      g_autofree char *started = sr_cli_format_time (sr_backup_set_get_manifest (set)->started);
      g_autofree char *size = g_format_size (sr_backup_set_get_size (set));

      sr_cli_table_add (table, sr_backup_set_get_name (set), started, size,
                        is_restorable (authority, set) ? C_("restorable", "yes") : C_("restorable", "no: sets before it are missing"), NULL);
    }
  if (authority->sets->len > 0)
    sr_cli_table_print (cli, table);
  for (guint i = 0; i < authority->restores->len; i++)
    {
      g_autofree char *words = sr_restore_left_describe (authority->restores->pdata[i]);

      /* Translators: %s is a sentence */
      sr_cli_print (cli, _("A restore of it was broken off. %s"), words);
    }
  for (guint i = 0; i < authority->unreadable->len; i++)
    sr_cli_note (_("Not understood: %s"), ((SrUnreadableSet *) authority->unreadable->pdata[i])->error->message);
}

static SrCliExit
list (SrCli        *cli,
      SrFolderLook *look)
{
  g_autoptr (JsonObject) object = sr_verb_restore_to_json (NULL, NULL);
  JsonArray *array = json_object_get_array_member (object, "authorities");

  for (guint i = 0; i < look->authorities->len; i++)
    {
      json_array_add_object_element (array, authority_to_json (look->authorities->pdata[i]));
      if (i > 0)
        sr_cli_print (cli, "%s", "");
      print_authority (cli, look->authorities->pdata[i]);
    }
  sr_cli_emit_object (cli, object);
  if (look->authorities->len == 0)
    sr_cli_print (cli, _("The backup folder “%s” holds no sets."), look->path);
  return SR_CLI_DONE;
}

/* By config string, by the CA's part of it, or the only one. */
static const SrFolderAuthority *
find_authority (SrFolderLook *look,
                const char   *text,
                GError      **error)
{
  const SrFolderAuthority *found = NULL;

  for (guint i = 0; i < look->authorities->len; i++)
    {
      const SrFolderAuthority *each = look->authorities->pdata[i];
      g_autofree char *key = sr_config_string_key (each->config);
      g_autofree char *wanted = text != NULL ? sr_config_string_key (text) : NULL;
      const char *backslash = strchr (key, '\\');

      if (wanted != NULL && !g_str_equal (key, wanted) && (backslash == NULL || !g_str_equal (backslash + 1, wanted)))
        continue;
      if (found != NULL)
        {
          g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_AMBIGUOUS, _("The folder “%s” has sets of “%s” and of “%s”. Name the CA"),
                       look->path, found->config, each->config);
          return NULL;
        }
      found = each;
    }
  if (found == NULL)
    g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET, _("The folder “%s” has no sets of such a CA"), look->path);
  return found;
}

static SrBackupSet *
find_set (const SrFolderAuthority *authority,
          const char              *name,
          GError                 **error)
{
  if (name == NULL || g_str_equal (name, "latest"))
    {
      if (authority->newest == NULL)
        g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET, _("There is no set of %s that can be restored"), authority->config);
      return authority->newest;
    }
  for (guint i = 0; i < authority->sets->len; i++)
    if (g_str_equal (sr_backup_set_get_name (authority->sets->pdata[i]), name))
      return authority->sets->pdata[i];
  g_set_error (error, SR_STORE_ERROR, SR_STORE_ERROR_NO_SUCH_SET, _("There is no set “%s” of %s"), name, authority->config);
  return NULL;
}

static SrCliExit
check (SrCli        *cli,
       SrFolderLook *look,
       SrCliLoop    *loop)
{
  g_autoptr (GError) error = NULL;
  const SrFolderAuthority *authority = find_authority (look, sr_cli_argument (cli, 0), &error);
  SrBackupSet *set = authority != NULL ? find_set (authority, sr_cli_value (cli, "to"), &error) : NULL;
  SrRestoreRequest request = { .repository = look->repository, .set = set, .mode = SR_RESTORE_POINT };
  g_autoptr (SrRestore) restore = NULL;
  g_autoptr (SrCliChecks) checks = NULL;
  g_autoptr (JsonObject) object = NULL;

  if (set == NULL)
    return sr_cli_fail (cli, _("Finding the set"), NULL, error, NULL, NULL);
  request.config = authority->config;
  restore = sr_restore_new (&request);
  checks = sr_cli_checks_new (restore);
  sr_restore_run_checks_async (restore, sr_cli_loop_get_cancellable (loop), sr_cli_loop_callback, loop);
  sr_restore_run_checks_finish (restore, sr_cli_loop_wait (loop), &error);
  g_clear_pointer (&checks, sr_cli_checks_free);
  object = sr_verb_restore_to_json (restore, NULL);
  if (error != NULL)
    return sr_cli_refuse (cli, _("Checking the sets"), NULL, error, sr_verb_restore_get_rule (restore), sr_verb_restore_get_advice (restore), object);
  sr_cli_emit_object (cli, object);
  sr_verb_restore_print_plan (cli, sr_restore_get_plan (restore));
  sr_cli_print (cli, _("The sets are good."));
  return SR_CLI_DONE;
}

SrCliExit
sr_verb_restore_folder (SrCli *cli)
{
  g_autoptr (SrCliLoop) loop = sr_cli_loop_new (_("Cancelling."), _("Cancelling is under way."));
  g_autofree char *path = g_canonicalize_filename (sr_cli_value (cli, "folder"), NULL);
  g_autoptr (SrFolderLook) look = NULL;
  g_autoptr (GError) error = NULL;

  sr_folder_look_async (path, sr_cli_loop_get_cancellable (loop), sr_cli_loop_callback, loop);
  look = sr_folder_look_finish (sr_cli_loop_wait (loop), &error);
  if (look == NULL)
    return sr_cli_fail (cli, _("Opening the backup folder"), NULL, error, NULL, NULL);
  return sr_cli_has (cli, "check") ? check (cli, look, loop) : list (cli, look);
}
