/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "worker/sr-worker-private.h"

#include "authority/sr-advice.h"
#include "authority/sr-config-string.h"
#include "session/sr-journal.h"

#include <glib/gi18n-lib.h>

/* How to sign in at one CA of the list. */
typedef struct
{
  SrAuthority *authority; /* a copy; NULL when the CA is not in the list */
  SrSecret *password;
  GError *refusal; /* why the host has not let it in: not to be tried again */
} SignIn;

struct _SrRecovery
{
  /* For the main thread alone. */
  GMainContext *context;
  SrAuthorityList *authorities;
  SrWorkerPasswordFunc password;
  gpointer password_data;

  /* For the thread alone. */
  GHashTable *sign_ins; /* what was asked for, by the key of the config string */
  char *only;
  char *journal_folder;
  double seconds;
};

static void
sign_in_free (gpointer data)
{
  SignIn *sign_in = data;

  g_clear_object (&sign_in->authority);
  g_clear_pointer (&sign_in->password, sr_secret_unref);
  g_clear_error (&sign_in->refusal);
  g_free (sign_in);
}

static gboolean
is_only (const SrJournalEntry *entry,
         gpointer              user_data)
{
  SrRecovery *self = user_data;
  g_autofree char *key = sr_config_string_key (entry->config);

  return g_str_equal (key, self->only);
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

  self->context = g_main_context_ref_thread_default ();
  self->authorities = g_object_ref (authorities);
  self->password = password;
  self->password_data = password_data;
  self->sign_ins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, sign_in_free);
  self->only = only != NULL ? sr_config_string_key (only) : NULL;
  self->journal_folder = g_strdup (journal_folder);
  self->seconds = seconds;
  return self;
}

void
sr_recovery_free (SrRecovery *self)
{
  g_main_context_unref (self->context);
  g_object_unref (self->authorities);
  g_hash_table_unref (self->sign_ins);
  g_free (self->only);
  g_free (self->journal_folder);
  g_free (self);
}

/* ---- The thread asks the main thread, for a CA that has a session open ---------- */

typedef struct
{
  SrRecovery *recovery;
  const char *config;
  SignIn *answer;
  gboolean answered;
  GMutex mutex;
  GCond cond;
} Wish;

static gboolean
answer_wish (gpointer data)
{
  Wish *wish = data;
  SrRecovery *self = wish->recovery;
  SignIn *answer = g_new0 (SignIn, 1);
  g_autoptr (SrAuthority) authority = sr_authority_list_find_config (self->authorities, wish->config);

  if (authority != NULL)
    answer->authority = sr_authority_copy (authority);
  if (authority != NULL && self->password != NULL && sr_authority_needs_password (authority))
    answer->password = self->password (authority, self->password_data);

  g_mutex_lock (&wish->mutex);
  wish->answer = answer;
  wish->answered = TRUE;
  g_cond_signal (&wish->cond);
  g_mutex_unlock (&wish->mutex);
  return G_SOURCE_REMOVE;
}

/* (transfer full) */
static SignIn *
ask (SrRecovery *self,
     const char *config)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Wish wish = { .recovery = self, .config = config };

  g_mutex_init (&wish.mutex);
  g_cond_init (&wish.cond);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "SrRecovery");
  g_source_set_callback (source, answer_wish, &wish, NULL);
  g_source_attach (source, self->context);

  g_mutex_lock (&wish.mutex);
  while (!wish.answered)
    g_cond_wait (&wish.cond, &wish.mutex);
  g_mutex_unlock (&wish.mutex);
  g_mutex_clear (&wish.mutex);
  g_cond_clear (&wish.cond);
  return wish.answer;
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

  if (sign_in == NULL)
    {
      sign_in = ask (self, entry->config);
      g_hash_table_insert (self->sign_ins, g_steal_pointer (&key), sign_in);
    }
  if (sign_in->refusal != NULL)
    {
      g_propagate_error (error, g_error_copy (sign_in->refusal));
      return NULL;
    }
  if (sign_in->authority == NULL)
    return target_of_entry (entry, error);
  return sr_authority_make_target (sign_in->authority, sign_in->password, error);
}

static void
note_refusal (const SrRecoveryItem *item,
              gpointer              user_data)
{
  SrRecovery *self = user_data;
  g_autofree char *key = item->entry != NULL ? sr_config_string_key (item->entry->config) : NULL;
  SignIn *sign_in = key != NULL ? g_hash_table_lookup (self->sign_ins, key) : NULL;

  if (sign_in != NULL && sign_in->refusal == NULL && item->error != NULL && sr_advice_is_sign_in (item->error))
    sign_in->refusal = g_error_copy (item->error);
}

GHashTable *
sr_recovery_find_keys (SrRecovery *self)
{
  g_autoptr (GPtrArray) listed = self->only == NULL ? sr_journal_list (self->journal_folder, NULL) : NULL;
  GHashTable *keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (self->only != NULL)
    g_hash_table_add (keys, g_strdup (self->only));
  for (guint i = 0; listed != NULL && i < listed->len; i++)
    {
      const SrJournalListed *found = listed->pdata[i];

      if (!found->alive && found->entry != NULL)
        g_hash_table_add (keys, sr_config_string_key (found->entry->config));
    }
  return keys;
}

GPtrArray *
sr_recovery_run (SrRecovery   *self,
                 GCancellable *cancellable,
                 GError      **error)
{
  const SrRecoveryFuncs funcs = {
    .wants = self->only != NULL ? is_only : NULL,
    .find_target = find_target,
    .tell = note_refusal,
  };

  return sr_session_recover (self->journal_folder, &funcs, self, self->seconds, cancellable, error);
}
