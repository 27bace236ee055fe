/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-private.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-config-string.h"
#include "base/sr-guid.h"

#include <glib/gi18n-lib.h>

struct _SrAuthority
{
  GObject parent_instance;
  char *id;
  char *config;
  char *host;
  char *name;
  char *address;
  guint16 port;
  char *practice_folder;
  SrCredentialsKind sign_in;
  char *user;
  char *key_source;
  gboolean ntlm_allowed;
  SrAuthoritySeen seen;
};

G_DEFINE_FINAL_TYPE (SrAuthority, sr_authority, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_ID,
  PROP_CONFIG,
  PROP_NAME,
  PROP_HOST,
  PROP_ADDRESS,
  PROP_PORT,
  PROP_PRACTICE,
  PROP_USER,
  PROP_NTLM_ALLOWED,
  PROP_CHECKED_AT,
  PROP_REACHED_AT,
  PROP_PROBLEM,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

void
sr_authority_seen_clear (SrAuthoritySeen *seen)
{
  g_clear_pointer (&seen->problem, g_free);
  *seen = (SrAuthoritySeen) { .roles = -1, .interface_flags = -1 };
}

static void
sr_authority_get_property (GObject    *object,
                           guint       id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  SrAuthority *self = SR_AUTHORITY (object);

  switch (id)
    {
    case PROP_ID:
      g_value_set_string (value, self->id);
      break;
    case PROP_CONFIG:
      g_value_set_string (value, self->config);
      break;
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_HOST:
      g_value_set_string (value, self->host);
      break;
    case PROP_ADDRESS:
      g_value_set_string (value, self->address);
      break;
    case PROP_PORT:
      g_value_set_uint (value, self->port);
      break;
    case PROP_PRACTICE:
      g_value_set_boolean (value, sr_authority_is_practice (self));
      break;
    case PROP_USER:
      g_value_set_string (value, self->user);
      break;
    case PROP_NTLM_ALLOWED:
      g_value_set_boolean (value, self->ntlm_allowed);
      break;
    case PROP_CHECKED_AT:
      g_value_set_int64 (value, self->seen.checked_at);
      break;
    case PROP_REACHED_AT:
      g_value_set_int64 (value, self->seen.reached_at);
      break;
    case PROP_PROBLEM:
      g_value_set_string (value, self->seen.problem);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
sr_authority_finalize (GObject *object)
{
  SrAuthority *self = SR_AUTHORITY (object);

  g_free (self->id);
  g_free (self->config);
  g_free (self->host);
  g_free (self->name);
  g_free (self->address);
  g_free (self->practice_folder);
  g_free (self->user);
  g_free (self->key_source);
  sr_authority_seen_clear (&self->seen);
  G_OBJECT_CLASS (sr_authority_parent_class)->finalize (object);
}

static void
sr_authority_class_init (SrAuthorityClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = sr_authority_get_property;
  object_class->finalize = sr_authority_finalize;

  properties[PROP_ID] = g_param_spec_string ("id", NULL, NULL, NULL, flags);
  properties[PROP_CONFIG] = g_param_spec_string ("config", NULL, NULL, NULL, flags);
  properties[PROP_NAME] = g_param_spec_string ("name", NULL, NULL, NULL, flags);
  properties[PROP_HOST] = g_param_spec_string ("host", NULL, NULL, NULL, flags);
  properties[PROP_ADDRESS] = g_param_spec_string ("address", NULL, NULL, NULL, flags);
  properties[PROP_PORT] = g_param_spec_uint ("port", NULL, NULL, 0, G_MAXUINT16, 0, flags);
  properties[PROP_PRACTICE] = g_param_spec_boolean ("practice", NULL, NULL, FALSE, flags);
  properties[PROP_USER] = g_param_spec_string ("user", NULL, NULL, NULL, flags);
  properties[PROP_NTLM_ALLOWED] = g_param_spec_boolean ("ntlm-allowed", NULL, NULL, FALSE, flags);
  properties[PROP_CHECKED_AT] = g_param_spec_int64 ("checked-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_REACHED_AT] = g_param_spec_int64 ("reached-at", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_PROBLEM] = g_param_spec_string ("problem", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
sr_authority_init (SrAuthority *self)
{
  SrGuid id;

  sr_guid_random (&id);
  self->id = sr_guid_dup_string (&id);
  sr_authority_seen_clear (&self->seen);
}

SrAuthority *
sr_authority_new (const char *config,
                  GError    **error)
{
  g_autofree char *host = NULL;
  g_autofree char *name = NULL;
  SrAuthority *self;

  if (!sr_config_string_parse (config, &host, &name, error))
    return NULL;
  self = g_object_new (SR_TYPE_AUTHORITY, NULL);
  self->config = g_strconcat (host, "\\", name, NULL);
  self->host = g_steal_pointer (&host);
  self->name = g_steal_pointer (&name);
  return self;
}

const char *
sr_authority_get_id (SrAuthority *self)
{
  return self->id;
}

void
sr_authority_set_id (SrAuthority *self,
                     const char  *id)
{
  if (g_set_str (&self->id, id))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ID]);
}

const char *
sr_authority_get_config (SrAuthority *self)
{
  return self->config;
}

const char *
sr_authority_get_name (SrAuthority *self)
{
  return self->name;
}

const char *
sr_authority_get_host (SrAuthority *self)
{
  return self->host;
}

const char *
sr_authority_get_address (SrAuthority *self)
{
  return self->address;
}

guint16
sr_authority_get_port (SrAuthority *self)
{
  return self->port;
}

gboolean
sr_authority_set_endpoint (SrAuthority *self,
                           const char  *address,
                           guint16      port,
                           GError     **error)
{
  if (address != NULL && !sr_host_is_valid (address))
    {
      g_set_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_ADDRESS,
                   _("“%s” is neither an address nor the name of a host"), address);
      return FALSE;
    }
  if (g_set_str (&self->address, address))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ADDRESS]);
  if (self->port != port)
    {
      self->port = port;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PORT]);
    }
  return TRUE;
}

gboolean
sr_authority_is_practice (SrAuthority *self)
{
  return self->practice_folder != NULL;
}

const char *
sr_authority_get_practice_folder (SrAuthority *self)
{
  return self->practice_folder;
}

void
sr_authority_set_practice_folder (SrAuthority *self,
                                  const char  *folder)
{
  gboolean was = sr_authority_is_practice (self);

  g_set_str (&self->practice_folder, folder);
  if (was != sr_authority_is_practice (self))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PRACTICE]);
}

SrCredentialsKind
sr_authority_get_sign_in (SrAuthority *self)
{
  return self->sign_in;
}

const char *
sr_authority_get_user (SrAuthority *self)
{
  return self->user;
}

const char *
sr_authority_get_key_source (SrAuthority *self)
{
  return self->key_source;
}

gboolean
sr_authority_set_sign_in (SrAuthority      *self,
                          SrCredentialsKind kind,
                          const char       *user,
                          const char       *key_source,
                          GError          **error)
{
  const char *missing = NULL;

  if (kind != SR_CREDENTIALS_TICKET_CACHE && (user == NULL || *user == '\0'))
    missing = _("Signing in with a keytab or a password needs a user");
  else if (kind == SR_CREDENTIALS_KEYTAB && (key_source == NULL || !g_path_is_absolute (key_source)))
    missing = _("Signing in with a keytab needs the keytab’s absolute path");
  if (missing != NULL)
    {
      g_set_error_literal (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_SIGN_IN, missing);
      return FALSE;
    }

  self->sign_in = kind;
  g_set_str (&self->key_source, kind != SR_CREDENTIALS_PASSWORD ? key_source : NULL);
  if (g_set_str (&self->user, user))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER]);
  return TRUE;
}

gboolean
sr_authority_get_ntlm_allowed (SrAuthority *self)
{
  return self->ntlm_allowed;
}

void
sr_authority_set_ntlm_allowed (SrAuthority *self,
                               gboolean     allowed)
{
  if (self->ntlm_allowed == !!allowed)
    return;
  self->ntlm_allowed = !!allowed;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NTLM_ALLOWED]);
}

const SrAuthoritySeen *
sr_authority_get_seen (SrAuthority *self)
{
  return &self->seen;
}

void
sr_authority_set_seen (SrAuthority           *self,
                       const SrAuthoritySeen *seen)
{
  if (seen == &self->seen)
    return;

  g_object_freeze_notify (G_OBJECT (self));
  if (self->seen.checked_at != seen->checked_at)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHECKED_AT]);
  if (self->seen.reached_at != seen->reached_at && seen->reached_at != 0)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REACHED_AT]);
  self->seen.checked_at = seen->checked_at;
  if (seen->reached_at != 0)
    self->seen.reached_at = seen->reached_at;
  if (seen->roles >= 0)
    self->seen.roles = seen->roles;
  if (seen->interface_flags >= 0)
    self->seen.interface_flags = seen->interface_flags;
  if (g_set_str (&self->seen.problem, seen->problem))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROBLEM]);
  g_object_thaw_notify (G_OBJECT (self));
}

void
sr_authority_update (SrAuthority *self,
                     SrAuthority *other)
{
  g_object_freeze_notify (G_OBJECT (self));
  if (g_set_str (&self->config, other->config))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CONFIG]);
  if (g_set_str (&self->host, other->host))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HOST]);
  if (g_set_str (&self->name, other->name))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NAME]);
  sr_authority_set_endpoint (self, other->address, other->port, NULL);
  sr_authority_set_practice_folder (self, other->practice_folder);
  sr_authority_set_sign_in (self, other->sign_in, other->user, other->key_source, NULL);
  sr_authority_set_ntlm_allowed (self, other->ntlm_allowed);
  sr_authority_set_seen (self, &other->seen);
  g_object_thaw_notify (G_OBJECT (self));
}

SrAuthority *
sr_authority_copy (SrAuthority *self)
{
  SrAuthority *copy = g_object_new (SR_TYPE_AUTHORITY, NULL);

  sr_authority_set_id (copy, self->id);
  sr_authority_update (copy, self);
  return copy;
}

gboolean
sr_authority_needs_password (SrAuthority *self)
{
  return self->sign_in == SR_CREDENTIALS_PASSWORD && self->practice_folder == NULL;
}
