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
  GPtrArray *lookups; /* Lookup, under way */
  GQueue writes;      /* GTask: one goes to the Secret Service at a time, so that the last one wins */
  gboolean writing;
  guint name_watch;
  gboolean persistent;
};

G_DEFINE_FINAL_TYPE (SrKeyring, sr_keyring, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_PERSISTENT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

#define SECRET_SERVICE "org.freedesktop.secrets"

typedef struct
{
  char *id;
  char *config;
  SrSecret *password; /* NULL to clear it */
} Write;

typedef struct
{
  SrAuthority *authority;
  gboolean outdated; /* by what was told or forgotten since */
} Lookup;

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
write_free (gpointer data)
{
  Write *write = data;

  g_free (write->id);
  g_free (write->config);
  g_clear_pointer (&write->password, sr_secret_unref);
  g_free (write);
}

static void
lookup_free (gpointer data)
{
  Lookup *lookup = data;

  g_object_unref (lookup->authority);
  g_free (lookup);
}

static void
sr_keyring_finalize (GObject *object)
{
  SrKeyring *self = SR_KEYRING (object);

  if (self->name_watch != 0)
    g_bus_unwatch_name (self->name_watch);
  g_queue_clear (&self->writes);
  g_ptr_array_unref (self->lookups);
  g_hash_table_unref (self->memory);
  G_OBJECT_CLASS (sr_keyring_parent_class)->finalize (object);
}

static void
sr_keyring_get_property (GObject    *object,
                         guint       id,
                         GValue     *value,
                         GParamSpec *pspec)
{
  g_value_set_boolean (value, SR_KEYRING (object)->persistent);
}

static void
sr_keyring_class_init (SrKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sr_keyring_finalize;
  G_OBJECT_CLASS (klass)->get_property = sr_keyring_get_property;
  properties[PROP_PERSISTENT] = g_param_spec_boolean ("persistent", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
sr_keyring_init (SrKeyring *self)
{
  self->memory = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sr_secret_unref);
  self->lookups = g_ptr_array_new ();
  g_queue_init (&self->writes);
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
set_memory (SrKeyring   *self,
            SrAuthority *authority,
            SrSecret    *password)
{
  if (password != NULL)
    g_hash_table_insert (self->memory, g_strdup (sr_authority_get_id (authority)), sr_secret_ref (password));
  else
    g_hash_table_remove (self->memory, sr_authority_get_id (authority));
}

/* What is told or forgotten is newer than what a lookup under way will find. */
static void
change_memory (SrKeyring   *self,
               SrAuthority *authority,
               SrSecret    *password)
{
  set_memory (self, authority, password);
  for (guint i = 0; i < self->lookups->len; i++)
    {
      Lookup *lookup = self->lookups->pdata[i];

      lookup->outdated = lookup->outdated || g_str_equal (sr_authority_get_id (lookup->authority), sr_authority_get_id (authority));
    }
}

void
sr_keyring_hold (SrKeyring   *self,
                 SrAuthority *authority,
                 SrSecret    *password)
{
  change_memory (self, authority, password);
}

static void
set_persistent (SrKeyring *self,
                gboolean   persistent)
{
  if (self->persistent == persistent)
    return;
  self->persistent = persistent;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PERSISTENT]);
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
  set_persistent (self, error == NULL);
  if (error == NULL)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/* Looking up what is certainly not there shows whether any keyring answers,
 * whichever way libsecret has to it (the service, or a portal's file). */
static void
probe (GTask *task)
{
  secret_password_lookup (schema (), g_task_get_cancellable (task), on_probed, task, "authority", "none", NULL);
}

/* A service that comes later than this program. */
static void
on_service_appeared (GDBusConnection *connection,
                     const char      *name,
                     const char      *owner,
                     gpointer         user_data)
{
  SrKeyring *self = user_data;

  if (!self->persistent)
    probe (g_task_new (self, NULL, NULL, NULL));
}

void
sr_keyring_open_async (SrKeyring          *self,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, sr_keyring_open_async);
  if (self->name_watch == 0)
    self->name_watch = g_bus_watch_name (G_BUS_TYPE_SESSION, SECRET_SERVICE, G_BUS_NAME_WATCHER_FLAGS_NONE,
                                         on_service_appeared, NULL, self, NULL);
  probe (task);
}

gboolean
sr_keyring_open_finish (SrKeyring    *self,
                        GAsyncResult *result,
                        GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void begin_write (SrKeyring *self);

static void
end_write (GTask  *task,
           GError *error)
{
  SrKeyring *self = g_task_get_source_object (task);

  self->writing = FALSE;
  begin_write (self);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
on_stored (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GError *error = NULL;

  secret_password_store_finish (result, &error);
  end_write (user_data, error);
}

static void
on_cleared (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  GError *error = NULL;

  secret_password_clear_finish (result, &error);
  end_write (user_data, error);
}

static void
begin_write (SrKeyring *self)
{
  GTask *task = self->writing ? NULL : g_queue_pop_head (&self->writes);
  GCancellable *cancellable;
  const Write *write;
  g_autofree char *label = NULL;

  if (task == NULL)
    return;
  self->writing = TRUE;
  write = g_task_get_task_data (task);
  cancellable = g_task_get_cancellable (task);
  if (write->password == NULL)
    {
      secret_password_clear (schema (), cancellable, on_cleared, task, "authority", write->id, NULL);
      return;
    }
  /* Translators: names a password in the system's password program; %s is a CA */
  label = g_strdup_printf (_("Strongroom: sign-in at %s"), write->config);
  secret_password_store (schema (), SECRET_COLLECTION_DEFAULT, label, sr_secret_peek (write->password, NULL),
                         cancellable, on_stored, task,
                         "authority", write->id, "config", write->config, NULL);
}

/* Takes @task. */
static void
queue_write (SrKeyring   *self,
             SrAuthority *authority,
             SrSecret    *password,
             GTask       *task)
{
  Write *write;

  if (!self->persistent)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  write = g_new0 (Write, 1);
  write->id = g_strdup (sr_authority_get_id (authority));
  write->config = g_strdup (sr_authority_get_config (authority));
  write->password = password != NULL ? sr_secret_ref (password) : NULL;
  g_task_set_task_data (task, write, write_free);
  g_queue_push_tail (&self->writes, task);
  begin_write (self);
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

  g_task_set_source_tag (task, sr_keyring_store_async);
  sr_keyring_hold (self, authority, password);
  /* An older one would come back with the next start. */
  queue_write (self, authority, remember ? password : NULL, task);
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
  Lookup *lookup = g_task_get_task_data (task);
  g_autoptr (SrSecret) secret = NULL;
  GError *error = NULL;
  gchar *found = secret_password_lookup_nonpageable_finish (result, &error);

  g_ptr_array_remove_fast (self->lookups, lookup);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (lookup->outdated)
    secret = sr_keyring_peek (self, lookup->authority);
  else if (found != NULL && strlen (found) <= SR_SECRET_MAX)
    {
      secret = sr_secret_new (found, strlen (found));
      set_memory (self, lookup->authority, secret);
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
  Lookup *lookup;

  g_task_set_source_tag (task, sr_keyring_lookup_async);
  if (known != NULL || !self->persistent)
    {
      g_task_return_pointer (task, known, (GDestroyNotify) sr_secret_unref);
      g_object_unref (task);
      return;
    }
  lookup = g_new0 (Lookup, 1);
  lookup->authority = g_object_ref (authority);
  g_ptr_array_add (self->lookups, lookup);
  g_task_set_task_data (task, lookup, lookup_free);
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
  change_memory (self, authority, NULL);
  queue_write (self, authority, NULL, task);
}

gboolean
sr_keyring_clear_finish (SrKeyring    *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
