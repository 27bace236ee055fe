/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-keyring.h"

#include <glib/gi18n-lib.h>
#include <libsecret/secret.h>
#include <string.h>

struct _SrKeyring
{
  GObject parent_instance;

  GHashTable *memory; /* id of a CA -> SrSecret */
  gboolean persistent;
};

G_DEFINE_FINAL_TYPE (SrKeyring, sr_keyring, G_TYPE_OBJECT)

/* Passwords are found by the CA's id and told apart by its config string and
 * user, which the user reads in the system's own password program. */
static const SecretSchema *
schema (void)
{
  static const SecretSchema the_schema = {
    "io.github.strongroom.Authority", SECRET_SCHEMA_NONE,
    {
      { "authority", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { "config", SECRET_SCHEMA_ATTRIBUTE_STRING },
      { NULL, 0 },
    }
  };

  return &the_schema;
}

static void
sr_keyring_finalize (GObject *object)
{
  SrKeyring *self = SR_KEYRING (object);

  g_hash_table_unref (self->memory);
  G_OBJECT_CLASS (sr_keyring_parent_class)->finalize (object);
}

static void
sr_keyring_class_init (SrKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_keyring_finalize;
}

static void
sr_keyring_init (SrKeyring *self)
{
  self->memory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sr_secret_unref);
}

SrKeyring *
sr_keyring_new (void)
{
  return g_object_new (SR_TYPE_KEYRING, NULL);
}

gboolean
sr_keyring_is_persistent (SrKeyring *self)
{
  return self->persistent;
}

SrSecret *
sr_keyring_peek (SrKeyring   *self,
                 SrAuthority *authority)
{
  SrSecret *secret = g_hash_table_lookup (self->memory, sr_authority_get_id (authority));

  return secret != NULL ? sr_secret_ref (secret) : NULL;
}

static void
keep (SrKeyring  *self,
      const char *id,
      SrSecret   *secret)
{
  g_hash_table_insert (self->memory, g_strdup (id), sr_secret_ref (secret));
}

static void
on_probed (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SrKeyring *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  gchar *found = secret_password_lookup_nonpageable_finish (result, &error);

  if (found != NULL)
    secret_password_free (found);
  self->persistent = error == NULL;
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Looking up what is certainly not there shows whether any keyring answers,
 * whichever way libsecret has to it (the service, or a portal's file). */
void
sr_keyring_open_async (SrKeyring          *self,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sr_keyring_open_async);
  secret_password_lookup (schema (), cancellable, on_probed, task, "authority", "none", NULL);
}

gboolean
sr_keyring_open_finish (SrKeyring    *self,
                        GAsyncResult *result,
                        GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (secret_password_store_finish (result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  secret_password_clear_finish (result, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* Takes @task. */
static void
clear_stored (SrKeyring   *self,
              SrAuthority *authority,
              GTask       *task)
{
  if (!self->persistent)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  secret_password_clear (schema (), g_task_get_cancellable (task), on_cleared, task,
                         "authority", sr_authority_get_id (authority), NULL);
}

void
sr_keyring_store_async (SrKeyring          *self,
                        SrAuthority        *authority,
                        SrSecret           *password,
                        gboolean            remember,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *label = NULL;

  g_task_set_source_tag (task, sr_keyring_store_async);
  keep (self, sr_authority_get_id (authority), password);
  if (!remember || !self->persistent)
    {
      /* An older one would come back with the next start. */
      clear_stored (self, authority, task);
      return;
    }
  /* Translators: names a password in the system's password program; %s is a CA */
  label = g_strdup_printf (_("Strongroom: sign-in at %s"), sr_authority_get_config (authority));
  secret_password_store (schema (), SECRET_COLLECTION_DEFAULT, label, sr_secret_peek (password, NULL),
                         cancellable, on_stored, task,
                         "authority", sr_authority_get_id (authority),
                         "config", sr_authority_get_config (authority),
                         NULL);
}

gboolean
sr_keyring_store_finish (SrKeyring    *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  SrKeyring *self = g_task_get_source_object (task);
  const char *id = g_task_get_task_data (task);
  g_autoptr (SrSecret) secret = NULL;
  GError *error = NULL;
  gchar *found = secret_password_lookup_nonpageable_finish (result, &error);

  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (found != NULL && strlen (found) <= SR_SECRET_MAX)
    {
      secret = sr_secret_new (found, strlen (found));
      keep (self, id, secret);
    }
  if (found != NULL)
    secret_password_free (found);
  g_task_return_pointer (task, g_steal_pointer (&secret), (GDestroyNotify) sr_secret_unref);
}

void
sr_keyring_lookup_async (SrKeyring          *self,
                         SrAuthority        *authority,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  SrSecret *known = sr_keyring_peek (self, authority);

  g_task_set_source_tag (task, sr_keyring_lookup_async);
  g_task_set_task_data (task, g_strdup (sr_authority_get_id (authority)), g_free);
  if (known != NULL || !self->persistent)
    {
      g_task_return_pointer (task, known, (GDestroyNotify) sr_secret_unref);
      g_object_unref (task);
      return;
    }
  secret_password_lookup (schema (), cancellable, on_found, task,
                          "authority", sr_authority_get_id (authority), NULL);
}

SrSecret *
sr_keyring_lookup_finish (SrKeyring    *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
sr_keyring_clear_async (SrKeyring          *self,
                        SrAuthority        *authority,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sr_keyring_clear_async);
  g_hash_table_remove (self->memory, sr_authority_get_id (authority));
  clear_stored (self, authority, task);
}

gboolean
sr_keyring_clear_finish (SrKeyring    *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
