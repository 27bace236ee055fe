/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-check.h"

#include "authority/sr-advice.h"
#include "base/sr-error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* What one run needs, copied from the SrAuthority, and what it found. */
typedef struct
{
  SrDcomTarget *target;
  char *host;
  char *address;
  char *name;
  char *user;
  SrCertAdmin *admin;
  SrAuthoritySeen seen;
  GPtrArray *rows;
  SrCheckFunc func;
  gpointer func_data;
  GMainContext *context;
} Run;

typedef gboolean (*Check) (Run          *run,
                           SrCheckRow   *row,
                           GCancellable *cancellable,
                           GError      **error);

void
sr_check_row_free (SrCheckRow *row)
{
  g_free (row->detail);
  g_free (row->advice);
  g_free (row->command);
  g_clear_error (&row->error);
  g_free (row);
}

static SrCheckRow *
row_copy (const SrCheckRow *row)
{
  SrCheckRow *copy = g_new0 (SrCheckRow, 1);

  copy->kind = row->kind;
  copy->state = row->state;
  copy->detail = g_strdup (row->detail);
  copy->advice = g_strdup (row->advice);
  copy->command = g_strdup (row->command);
  copy->error = row->error != NULL ? g_error_copy (row->error) : NULL;
  return copy;
}

static void
run_free (Run *run)
{
  g_clear_pointer (&run->admin, sr_cert_admin_free);
  sr_dcom_target_unref (run->target);
  g_free (run->host);
  g_free (run->address);
  g_free (run->name);
  g_free (run->user);
  sr_authority_seen_clear (&run->seen);
  g_ptr_array_unref (run->rows);
  g_main_context_unref (run->context);
  g_free (run);
}

const char *
sr_check_kind_title (SrCheckKind kind)
{
  static const char *const titles[SR_N_CHECKS] = {
    [SR_CHECK_RESOLVE] = N_("Host Name"),
    [SR_CHECK_PORT] = N_("Activation Port"),
    [SR_CHECK_ACTIVATION] = N_("Sign-In and Activation"),
    [SR_CHECK_ROLES] = N_("Roles of the Account"),
    [SR_CHECK_REMOTE_BACKUP] = N_("Remote Backup"),
    [SR_CHECK_LOCATIONS] = N_("Database Locations"),
  };

  return _(titles[kind]);
}

const char *
sr_check_kind_to_string (SrCheckKind kind)
{
  static const char *const words[SR_N_CHECKS] = {
    "resolve", "port", "activation", "roles", "remote-backup", "locations",
  };

  return words[kind];
}

const char *
sr_check_state_to_string (SrCheckState state)
{
  static const char *const words[] = { "pending", "done", "warning", "failed", "skipped" };

  return words[state];
}

static gboolean
check_resolve (Run          *run,
               SrCheckRow   *row,
               GCancellable *cancellable,
               GError      **error)
{
  const char *wanted = run->address != NULL ? run->address : run->host;
  g_autoptr (GResolver) resolver = NULL;
  g_autoptr (GString) found = NULL;
  GList *addresses;

  if (g_hostname_is_ip_address (wanted))
    {
      if (run->address == NULL)
        {
          row->state = SR_CHECK_WARNING;
          /* Translators: %s is an IP address */
          row->detail = g_strdup_printf (_("%s is an address. Kerberos needs a name: only NTLM can sign in there"), wanted);
        }
      else
        /* Translators: a host, then an IP address */
        row->detail = g_strdup_printf (_("%s is not looked up: the address %s was given for it"), run->host, wanted);
      return TRUE;
    }

  resolver = g_resolver_get_default ();
  g_resolver_set_timeout (resolver, SR_CHECK_SECONDS * 1000);
  addresses = g_resolver_lookup_by_name (resolver, wanted, cancellable, error);
  if (addresses == NULL)
    return FALSE;
  found = g_string_new (NULL);
  for (GList *l = addresses; l != NULL; l = l->next)
    {
      g_autofree char *text = g_inet_address_to_string (l->data);

      g_string_append_printf (found, "%s%s", l != addresses ? ", " : "", text);
    }
  /* Translators: a host, then its IP addresses */
  row->detail = g_strdup_printf (_("%s is %s"), wanted, found->str);
  g_resolver_free_addresses (addresses);
  return TRUE;
}

static gboolean
check_port (Run          *run,
            SrCheckRow   *row,
            GCancellable *cancellable,
            GError      **error)
{
  guint16 minor = 0;

  if (!sr_dcom_server_alive (run->target, &minor, sr_deadline_in (SR_CHECK_SECONDS), cancellable, error))
    return FALSE;
  row->detail = g_strdup_printf (_("The host answers and speaks DCOM 5.%u"), minor);
  return TRUE;
}

static gboolean
check_activation (Run          *run,
                  SrCheckRow   *row,
                  GCancellable *cancellable,
                  GError      **error)
{
  run->admin = sr_cert_admin_activate (run->target, run->name, sr_deadline_in (SR_CHECK_SECONDS), cancellable, error);
  if (run->admin == NULL)
    return FALSE;
  run->seen.reached_at = g_get_real_time ();
  if (run->user != NULL)
    /* Translators: %s is a user */
    row->detail = g_strdup_printf (_("Signed in as %s, encrypted"), run->user);
  else
    row->detail = g_strdup (_("Signed in with the tickets of this session, encrypted"));
  return TRUE;
}

static char *
describe_roles (guint32 roles)
{
  static const struct
  {
    SrCaRoles role;
    const char *words;
  } known[] = {
    { SR_CA_ROLE_ADMINISTRATOR, N_("administrator") },
    { SR_CA_ROLE_OFFICER, N_("certificate manager") },
    { SR_CA_ROLE_AUDITOR, N_("auditor") },
    { SR_CA_ROLE_OPERATOR, N_("backup operator") },
    { SR_CA_ROLE_READ, N_("reader") },
    { SR_CA_ROLE_ENROLL, N_("enrollee") },
  };
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (roles & known[i].role)
      g_string_append_printf (text, "%s%s", text->len > 0 ? ", " : "", _(known[i].words));
  if (text->len == 0)
    g_string_append (text, C_("roles", "none"));
  return g_string_free_and_steal (g_steal_pointer (&text));
}

/* Whom to make a backup operator, as a command line of Windows takes it. */
static char *
account_for_command (Run *run)
{
  g_autofree char *principal = run->user == NULL ? sr_credentials_find_ticket () : g_strdup (run->user);
  char *at = principal != NULL ? strrchr (principal, '@') : NULL;

  /* What would end the quotation, or be a variable in it, is left for the reader to fill in. */
  if (principal == NULL || strpbrk (principal, "\"%\r\n") != NULL)
    return g_strdup ("DOMAIN\\USER");
  if (at == NULL)
    return g_steal_pointer (&principal);
  *at = '\0';
  return g_strdup_printf ("%s\\%s", at + 1, principal);
}

static gboolean
check_roles (Run          *run,
             SrCheckRow   *row,
             GCancellable *cancellable,
             GError      **error)
{
  guint32 roles = 0;
  g_autofree char *words = NULL;
  g_autofree char *account = NULL;

  if (!sr_cert_admin_get_my_roles (run->admin, &roles, sr_deadline_in (SR_CHECK_SECONDS), cancellable, error))
    return FALSE;
  run->seen.roles = roles;
  words = describe_roles (roles);
  if (roles & SR_CA_ROLE_OPERATOR)
    {
      /* Translators: %s is a list such as “backup operator, reader” */
      row->detail = g_strdup_printf (_("The account’s roles: %s"), words);
      return TRUE;
    }
  row->state = SR_CHECK_FAILED;
  row->detail = g_strdup_printf (_("The account is no backup operator of the CA. Its roles: %s"), words);
  row->advice = g_strdup (_("A backup operator needs the Read permission on the CA and the right “Back up files and directories” on its host: "
                            "make the account a member of the host’s group “Backup Operators”, and sign in again:"));
  account = account_for_command (run);
  row->command = g_strdup_printf ("net localgroup \"Backup Operators\" \"%s\" /add", account);
  return TRUE;
}

static gboolean
check_remote_backup (Run          *run,
                     SrCheckRow   *row,
                     GCancellable *cancellable,
                     GError      **error)
{
  g_auto (SrVariant) value = { SR_VT_EMPTY };
  guint32 flags;

  if (!sr_cert_admin_get_config_entry (run->admin, "", "InterfaceFlags", &value,
                                       sr_deadline_in (SR_CHECK_SECONDS), cancellable, error))
    return FALSE;
  if (value.type != SR_VT_I4)
    {
      /* Translators: %s is a CA as HOST\CA */
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("InterfaceFlags of “%s” are not a number"), run->name);
      return FALSE;
    }

  flags = (guint32) value.number;
  run->seen.interface_flags = flags;
  if (flags & SR_AUTHORITY_INTERFACE_NO_REMOTE_BACKUP)
    {
      row->state = SR_CHECK_FAILED;
      row->detail = g_strdup_printf (_("The CA does not allow remote backup: InterfaceFlags 0x%x have the flag 0x40, as is the default"), flags);
      row->advice = g_strdup (_("An administrator of the CA clears the flag and restarts Certificate Services there, which takes some seconds:"));
      row->command = g_strdup (SR_CHECK_REMOTE_BACKUP_COMMAND);
      return TRUE;
    }
  /* The value is that of the service's next start. */
  row->detail = g_strdup_printf (_("Allowed: InterfaceFlags are 0x%x. If they were changed since the service started, it has to be restarted first"), flags);
  return TRUE;
}

/* The locations are refused for the reasons that were just told. */
static gboolean
is_explained (Run *run)
{
  for (guint i = 0; i < run->rows->len; i++)
    if (((SrCheckRow *) run->rows->pdata[i])->state == SR_CHECK_FAILED)
      return TRUE;
  return FALSE;
}

static gboolean
check_locations (Run          *run,
                 SrCheckRow   *row,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr (GBytes) raw = NULL;
  g_auto (GStrv) names = NULL;
  guint n;

  if (!sr_cert_admin_restore_get_database_locations (run->admin, &raw, &names,
                                                     sr_deadline_in (SR_CHECK_SECONDS), cancellable, error))
    return FALSE;
  n = g_strv_length (names);
  if (n == 0)
    {
      row->state = SR_CHECK_WARNING;
      row->detail = g_strdup (_("The CA names no location at all"));
      return TRUE;
    }
  row->detail = g_strdup_printf (ngettext ("The CA names %u location", "The CA names %u locations", n), n);
  return TRUE;
}

static const struct
{
  Check check;
  SrAdviceStep step;
  SrCheckState if_error;
  gboolean needed_by_next;
} checks[SR_N_CHECKS] = {
  [SR_CHECK_RESOLVE] = { check_resolve, SR_ADVICE_RESOLVE, SR_CHECK_FAILED, TRUE },
  [SR_CHECK_PORT] = { check_port, SR_ADVICE_CONNECT, SR_CHECK_FAILED, TRUE },
  [SR_CHECK_ACTIVATION] = { check_activation, SR_ADVICE_ACTIVATE, SR_CHECK_FAILED, TRUE },
  /* Only BackupPrepare proves permission: what these two cannot be told is no failure. */
  [SR_CHECK_ROLES] = { check_roles, SR_ADVICE_ASK, SR_CHECK_WARNING, FALSE },
  [SR_CHECK_REMOTE_BACKUP] = { check_remote_backup, SR_ADVICE_ASK, SR_CHECK_WARNING, FALSE },
  [SR_CHECK_LOCATIONS] = { check_locations, SR_ADVICE_PREPARE, SR_CHECK_FAILED, FALSE },
};

typedef struct
{
  SrCheckFunc func;
  gpointer func_data;
  GCancellable *cancellable;
  SrCheckRow *row;
} Told;

static gboolean
tell_row (gpointer data)
{
  Told *told = data;

  /* Whoever has cancelled may show another run's rows by now. */
  if (!g_cancellable_is_cancelled (told->cancellable))
    told->func (told->row, told->func_data);
  return G_SOURCE_REMOVE;
}

static void
told_free (gpointer data)
{
  Told *told = data;

  sr_check_row_free (told->row);
  g_clear_object (&told->cancellable);
  g_free (told);
}

/* The same priority as the task's own callback, so that no row comes behind it. */
static void
tell (Run              *run,
      const SrCheckRow *row,
      GCancellable     *cancellable)
{
  g_autoptr (GSource) source = NULL;
  Told *told;

  if (run->func == NULL)
    return;
  told = g_new0 (Told, 1);
  told->func = run->func;
  told->func_data = run->func_data;
  told->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  told->row = row_copy (row);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "sr_authority_check");
  g_source_set_callback (source, tell_row, told, told_free);
  g_source_attach (source, run->context);
}

static gboolean
run_one (Run          *run,
         SrCheckKind   kind,
         GCancellable *cancellable)
{
  g_autoptr (SrCheckRow) row = g_new0 (SrCheckRow, 1);
  gboolean go_on = TRUE;

  row->kind = kind;
  tell (run, row, cancellable);
  row->state = SR_CHECK_DONE;
  if (!checks[kind].check (run, row, cancellable, &row->error))
    {
      gboolean cancelled = g_error_matches (row->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

      row->state = cancelled ? SR_CHECK_SKIPPED : checks[kind].if_error;
      row->detail = g_strdup (row->error->message);
      if (!is_explained (run))
        row->advice = g_strdup (sr_advice_for_error (row->error, checks[kind].step));
      go_on = !cancelled && !checks[kind].needed_by_next;
    }
  tell (run, row, cancellable);
  g_ptr_array_add (run->rows, g_steal_pointer (&row));
  return go_on;
}

static void
run_checks (GTask        *task,
            gpointer      source,
            gpointer      task_data,
            GCancellable *cancellable)
{
  Run *run = task_data;
  guint kind = 0;

  while (kind < SR_N_CHECKS && !g_cancellable_is_cancelled (cancellable))
    if (!run_one (run, kind++, cancellable))
      break;
  for (; kind < SR_N_CHECKS; kind++)
    {
      SrCheckRow *row = g_new0 (SrCheckRow, 1);

      row->kind = kind;
      row->state = SR_CHECK_SKIPPED;
      tell (run, row, cancellable);
      g_ptr_array_add (run->rows, row);
    }

  /* Given back even when it was cancelled; the server would reclaim it, later. */
  if (run->admin != NULL)
    sr_dcom_object_release (sr_cert_admin_get_object (run->admin), sr_deadline_in (SR_CHECK_SECONDS), NULL);
  g_clear_pointer (&run->admin, sr_cert_admin_free);

  if (!g_task_return_error_if_cancelled (task))
    g_task_return_boolean (task, TRUE);
}

void
sr_authority_check_async (SrAuthority        *self,
                          SrSecret           *password,
                          SrCheckFunc         func,
                          gpointer            func_data,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  SrDcomTarget *target = sr_authority_make_target (self, password, &error);
  Run *run;

  g_task_set_source_tag (task, sr_authority_check_async);
  if (target == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  run = g_new0 (Run, 1);
  run->target = target;
  run->host = g_strdup (sr_authority_get_host (self));
  run->address = g_strdup (sr_authority_get_address (self));
  run->name = g_strdup (sr_authority_get_name (self));
  run->user = g_strdup (sr_authority_get_user (self));
  sr_authority_seen_clear (&run->seen);
  run->seen.checked_at = g_get_real_time ();
  run->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) sr_check_row_free);
  run->func = func;
  run->func_data = func_data;
  run->context = g_main_context_ref_thread_default ();
  g_task_set_task_data (task, run, (GDestroyNotify) run_free);
  g_task_run_in_thread (task, run_checks);
}

const SrCheckRow *
sr_check_rows_worst (GPtrArray *rows)
{
  const SrCheckRow *worst = NULL;

  for (guint i = 0; i < rows->len; i++)
    {
      const SrCheckRow *row = rows->pdata[i];

      if (row->state == SR_CHECK_FAILED)
        return row;
      if (row->state == SR_CHECK_WARNING && (worst == NULL || worst->state != SR_CHECK_WARNING))
        worst = row;
      else if (worst == NULL || worst->state != SR_CHECK_WARNING)
        worst = row;
    }
  return worst;
}

GPtrArray *
sr_authority_check_finish (SrAuthority  *self,
                           GAsyncResult *result,
                           GError      **error)
{
  const SrCheckRow *worst;
  Run *run;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;

  run = g_task_get_task_data (G_TASK (result));
  worst = sr_check_rows_worst (run->rows);
  g_set_str (&run->seen.problem, worst->state == SR_CHECK_FAILED ? worst->detail : NULL);
  sr_authority_set_seen (self, &run->seen);
  return g_ptr_array_ref (run->rows);
}
