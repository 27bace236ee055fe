/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-worker-private.h"

#include "authority/sr-config-string.h"

#include <glib/gi18n-lib.h>

/* How to sign in at one CA, or why that cannot be. */
typedef struct
{
  SrDcomTarget *target;
  GError *error;
} SignIn;

struct _SrRecovery
{
  GHashTable *sign_ins;
  char *only;
  char *journal_folder;
  double seconds;
};

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  g_clear_pointer (&sign_in->target, sr_dcom_target_unref);
  g_clear_error (&sign_in->error);
  g_free (sign_in);
}

static void
add_sign_in (SrRecovery          *self,
             SrAuthority         *authority,
             SrWorkerPasswordFunc password,
             gpointer             password_data)
{
  g_autofree char *key = sr_config_string_key (sr_authority_get_config (authority));
  g_autoptr (SrSecret) secret = NULL;
  SignIn *sign_in;

  if (g_hash_table_contains (self->sign_ins, key))
    return;
  sign_in = g_new0 (SignIn, 1);
  if (password != NULL && sr_authority_needs_password (authority))
    secret = password (authority, password_data);
  sign_in->target = sr_authority_make_target (authority, secret, &sign_in->error);
  g_hash_table_insert (self->sign_ins, g_steal_pointer (&key), sign_in);
}

static gboolean
is_wanted (SrRecovery           *self,
           const SrJournalEntry *entry)
{
  g_autofree char *key = sr_config_string_key (entry->config);

  return self->only == NULL || g_str_equal (key, self->only);
}

SrRecovery *
sr_recovery_new (SrAuthorityList     *authorities,
                 const char          *only,
                 SrWorkerPasswordFunc password,
                 gpointer             password_data,
                 const char          *journal_folder,
                 double               seconds)
{
  SrRecovery *self = g_new0 (SrRecovery, 1);
  g_autoptr (GPtrArray) listed = sr_journal_list (journal_folder, NULL);

  self->sign_ins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, sign_in_free);
  self->only = only != NULL ? sr_config_string_key (only) : NULL;
  self->journal_folder = g_strdup (journal_folder);
  self->seconds = seconds;

  /* Passwords are asked for only where a session needs them. */
  for (guint i = 0; listed != NULL && i < listed->len; i++)
    {
      const SrJournalListed *item = listed->pdata[i];
      g_autoptr (SrAuthority) authority = NULL;

      if (item->entry == NULL || item->alive || !is_wanted (self, item->entry))
        continue;
      authority = sr_authority_list_find_config (authorities, item->entry->config);
      if (authority != NULL)
        add_sign_in (self, authority, password, password_data);
    }
  return self;
}

void
sr_recovery_free (SrRecovery *self)
{
  g_hash_table_unref (self->sign_ins);
  g_free (self->only);
  g_free (self->journal_folder);
  g_free (self);
}

/* A CA that is not in the list any more can be reached with what the journal
 * says, unless a secret was needed. */
static SrDcomTarget *
target_of_entry (const SrJournalEntry *entry,
                 GError              **error)
{
  g_autoptr (SrAuthority) authority = NULL;

  if (entry->credentials_kind != SR_CREDENTIALS_TICKET_CACHE)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _("“%s” is not in the list of CAs any more: add it again, so that the session can be ended"), entry->config);
      return NULL;
    }
  authority = sr_authority_new (entry->config, error);
  if (authority == NULL || !sr_authority_set_endpoint (authority, entry->address, entry->activation_port, error))
    return NULL;
  sr_authority_set_sign_in (authority, SR_CREDENTIALS_TICKET_CACHE, entry->user, NULL, NULL);
  sr_authority_set_ntlm_allowed (authority, entry->ntlm_allowed);
  return sr_authority_make_target (authority, NULL, error);
}

static SrDcomTarget *
find_target (const SrJournalEntry *entry,
             gpointer              user_data,
             GError              **error)
{
  SrRecovery *self = user_data;
  g_autofree char *key = sr_config_string_key (entry->config);
  SignIn *sign_in = g_hash_table_lookup (self->sign_ins, key);

  if (!is_wanted (self, entry))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("“%s” is not asked now"), entry->config);
      return NULL;
    }
  if (sign_in == NULL)
    return target_of_entry (entry, error);
  if (sign_in->target == NULL)
    {
      g_propagate_error (error, g_error_copy (sign_in->error));
      return NULL;
    }
  return sr_dcom_target_ref (sign_in->target);
}

GPtrArray *
sr_recovery_run (SrRecovery   *self,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GPtrArray) items = sr_session_recover (self->journal_folder, find_target, self, self->seconds, cancellable, error);

  for (guint i = items != NULL ? items->len : 0; i-- > 0;)
    {
      const SrRecoveryItem *item = items->pdata[i];

      if (self->only != NULL && (item->entry == NULL || !is_wanted (self, item->entry)))
        g_ptr_array_remove_index (items, i);
    }
  return g_steal_pointer (&items);
}
