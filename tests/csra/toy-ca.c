/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "toy-ca.h"

#include "base/sr-file.h"

#include <string.h>

static const SrRpcInterface *const interfaces[] = { &sr_icertadmind, &sr_icertadmind2 };

static gpointer
create (const SrRpcServerCall *call,
        guint32               *hr,
        gpointer               user_data)
{
  ToyCa *toy = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&toy->mutex);

  toy->activations++;
  return g_new0 (char, 1);
}

static guint32
invoke (gpointer               instance,
        const SrRpcServerCall *call,
        const SrRpcMethod     *method,
        gpointer               request,
        gpointer               reply,
        gpointer               user_data)
{
  ToyCa *toy = user_data;

  return toy->invoke (instance, call, method, request, reply, toy->user_data);
}

static gboolean
drop (const SrRpcServerCall *call,
      gboolean               after,
      gpointer               user_data)
{
  ToyCa *toy = user_data;

  return (call->iface == &sr_icertadmind || call->iface == &sr_icertadmind2) && toy->drop (call, after, toy->user_data);
}

static void
released (gpointer instance,
          gboolean rundown,
          gpointer user_data)
{
  ToyCa *toy = user_data;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&toy->mutex);

  toy->releases++;
  g_free (instance);
}

void
toy_ca_start (ToyCa          *toy,
              guint           n_interfaces,
              ToyCaInvoke     invoke_method,
              SrRpcServerDrop drop_call,
              gpointer        user_data)
{
  g_autofree char *users = NULL;
  g_autoptr (SrSecret) password = sr_secret_new (TOY_CA_PASSWORD, strlen (TOY_CA_PASSWORD));
  g_autoptr (SrCredentials) credentials = sr_credentials_new_password (TOY_CA_USER, password);
  g_autoptr (GError) error = NULL;

  *toy = (ToyCa) { .invoke = invoke_method, .drop = drop_call, .user_data = user_data };
  toy->klass = (SrDcomClass) {
    .clsid = SR_CLSID_CERT_ADMIN_D,
    .interfaces = interfaces,
    .n_interfaces = n_interfaces,
    .create = create,
    .invoke = invoke,
    .released = released,
  };
  g_mutex_init (&toy->mutex);
  toy->folder = g_dir_make_tmp ("strongroom-toy-XXXXXX", NULL);
  users = g_build_filename (toy->folder, "users", NULL);
  g_assert_true (g_file_set_contents_full (users, "TEST:backup:" TOY_CA_PASSWORD "\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));

  toy->acceptor = sr_auth_acceptor_new (users, NULL, &error);
  g_assert_no_error (error);
  toy->server = sr_dcom_server_new (toy->acceptor, &toy->klass, toy);
  sr_dcom_server_set_drop (toy->server, drop, toy);
  g_assert_true (sr_dcom_server_listen (toy->server, "127.0.0.1", 0, 0, &error));
  g_assert_no_error (error);
  toy->target = sr_dcom_target_new ("localhost", "127.0.0.1", sr_dcom_server_get_activation_port (toy->server), credentials, TRUE);
}

void
toy_ca_stop (ToyCa *toy)
{
  if (toy->server != NULL)
    sr_dcom_server_stop (toy->server);
  g_clear_object (&toy->server);
}

void
toy_ca_clear (ToyCa *toy)
{
  toy_ca_stop (toy);
  g_clear_pointer (&toy->target, sr_dcom_target_unref);
  g_clear_pointer (&toy->acceptor, sr_auth_acceptor_unref);
  g_assert_true (sr_file_remove_tree (toy->folder, NULL));
  g_clear_pointer (&toy->folder, g_free);
  g_mutex_clear (&toy->mutex);
}

guint
toy_ca_count (ToyCa       *toy,
              const guint *count)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&toy->mutex);

  return *count;
}

void
toy_ca_set_hresult (const SrRpcMethod *method,
                    gpointer           reply,
                    SrHresult          hr)
{
  switch ((int) method->opnum)
    {
    case SR_CSRA_GET_SERVER_STATE:
    case SR_CSRA_GET_MY_ROLES:
      ((SrCsraNumberReply *) reply)->hr = hr;
      break;
    case SR_CSRA_SERVER_CONTROL:
    case SR_CSRA_GET_CA_PROPERTY:
      ((SrCsraBlobReply *) reply)->hr = hr;
      break;
    case SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION:
    case SR_CSRA_BACKUP_GET_BACKUP_LOGS:
    case SR_CSRA_BACKUP_GET_DYNAMIC_FILES:
    case SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS:
      ((SrCsraListReply *) reply)->hr = hr;
      break;
    case SR_CSRA_BACKUP_OPEN_FILE:
      ((SrCsraBackupOpenFileReply *) reply)->hr = hr;
      break;
    case SR_CSRA_BACKUP_READ_FILE:
      ((SrCsraBackupReadFileReply *) reply)->hr = hr;
      break;
    case SR_CSRA_GET_CONFIG_ENTRY:
      ((SrCsraConfigEntryReply *) reply)->hr = hr;
      break;
    default:
      ((SrCsraStatusReply *) reply)->hr = hr;
    }
}
