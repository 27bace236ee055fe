/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"
#include "csra/sr-csra-messages.h"
#include "dcom/sr-dcom-object.h"

G_BEGIN_DECLS

/**
 * SrCertAdmin:
 *
 * ICertAdminD and ICertAdminD2 of one certificate authority (MS-CSRA), the
 * typed calls. Every call takes a deadline and a cancellable and sets
 * %SR_HRESULT_ERROR with the method's name, the host and the HRESULT when the
 * server refuses, or the errors of sr_dcom_object_call(). Calls come from one
 * thread at a time.
 */
typedef struct _SrCertAdmin SrCertAdmin;

/** SR_CERT_ADMIN_MAX_FILES: most names taken from one of the server's lists */
#define SR_CERT_ADMIN_MAX_FILES 65536

/** SR_CERT_ADMIN_MAX_READ: most bytes asked for in one BackupReadFile */
#define SR_CERT_ADMIN_MAX_READ SR_CSRA_MAX_READ

/**
 * SrBackupKind:
 * @SR_BACKUP_FULL: database and logs
 * @SR_BACKUP_LOGS: logs only
 *
 * What BackupPrepare prepares.
 */
typedef enum
{
  SR_BACKUP_FULL = 0,
  SR_BACKUP_LOGS = 1,
} SrBackupKind;

/**
 * sr_cert_admin_activate:
 * @target: the server
 * @authority: the CA's name as configured, the part behind the backslash of the config string
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Activates CLSID d99e6e73-fc88-11d0-b498-00a0c90312f3 (MS-CSRA 2.1).
 *
 * Returns: (transfer full): the connection, or %NULL
 */
SrCertAdmin *sr_cert_admin_activate (SrDcomTarget *target,
                                     const char   *authority,
                                     gint64        deadline,
                                     GCancellable *cancellable,
                                     GError      **error);

/**
 * sr_cert_admin_new_for_object:
 * @object: (transfer full): an object that is reached again
 * @authority: the CA's name
 * @host: for messages
 *
 * Returns: (transfer full): the connection
 */
SrCertAdmin *sr_cert_admin_new_for_object (SrDcomObject *object,
                                           const char   *authority,
                                           const char   *host);

/**
 * sr_cert_admin_free:
 * @admin: (transfer full) (nullable): a connection; closed without RemRelease, see sr_dcom_object_release()
 */
void sr_cert_admin_free (SrCertAdmin *admin);

/**
 * sr_cert_admin_get_object:
 * @admin: a connection
 *
 * Returns: (transfer none): the object below, for its identity, pings and release
 */
SrDcomObject *sr_cert_admin_get_object (SrCertAdmin *admin);

/**
 * sr_cert_admin_get_authority:
 * @admin: a connection
 *
 * Returns: (transfer none): the CA's name as given
 */
const char *sr_cert_admin_get_authority (SrCertAdmin *admin);

/**
 * sr_cert_admin_outcome_unknown:
 * @admin: a connection
 *
 * Returns: whether the last call failed in a way that leaves open whether the
 * server executed it: the request was sent, and neither an answer that could
 * be read nor a fault from before its execution came back
 */
gboolean sr_cert_admin_outcome_unknown (SrCertAdmin *admin);

/**
 * sr_cert_admin_error_is_refusal:
 * @error: an error of a call
 *
 * A wrong password shows with the first call alone, as a fault; where Kerberos
 * is used, before it. Each try with it may count towards locking the account.
 *
 * Returns: whether the host did not let the account in
 */
gboolean sr_cert_admin_error_is_refusal (const GError *error);

/* ICertAdminD, MS-CSRA 3.1.4.1.15 to 3.1.4.1.28. */

/**
 * sr_cert_admin_server_control:
 * @admin: a connection
 * @control: 1 unregisters the server's interfaces until it starts again; 2 and 3 do nothing
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * ServerControl (3.1.4.1.15). Errors of this and of every call below are as
 * told at #SrCertAdmin.
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_server_control (SrCertAdmin *admin, guint32 control, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_ping:
 *
 * Ping (3.1.4.1.16), called as sr_cert_admin_backup_end(). It needs the CA
 * Administrator role, so it proves nothing to a backup operator.
 */
gboolean sr_cert_admin_ping (SrCertAdmin *admin, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_get_server_state:
 *
 * GetServerState (3.1.4.1.17), called as sr_cert_admin_backup_end(), and
 * gives 1 when the caller may read the database, else 0.
 */
gboolean sr_cert_admin_get_server_state (SrCertAdmin *admin, guint32 *state, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_backup_prepare:
 * @admin: a connection
 * @kind: what to prepare
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * BackupPrepare (3.1.4.1.18). For every one that succeeds, and for every one
 * with sr_cert_admin_outcome_unknown(), there is one BackupEnd.
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_backup_prepare (SrCertAdmin *admin, SrBackupKind kind, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_backup_end:
 * @admin: a connection
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * BackupEnd (3.1.4.1.19).
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_backup_end (SrCertAdmin *admin, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_backup_get_database_names:
 * @admin: a connection with a prepared full backup
 * @names: (out) (transfer full) (array zero-terminated=1): the names as the server sent them, prefix included
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * BackupGetAttachmentInformation (3.1.4.1.20).
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_backup_get_database_names (SrCertAdmin *admin, char ***names, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_backup_get_logs:
 *
 * BackupGetBackupLogs (3.1.4.1.21), as
 * sr_cert_admin_backup_get_database_names(). Only behind the last database
 * file: opening a database fails from then on.
 */
gboolean sr_cert_admin_backup_get_logs (SrCertAdmin *admin, char ***names, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_backup_get_dynamic_files:
 *
 * BackupGetDynamicFiles (3.1.4.1.27), as
 * sr_cert_admin_backup_get_database_names(), but the names have no prefix.
 */
gboolean sr_cert_admin_backup_get_dynamic_files (SrCertAdmin *admin, char ***names, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_backup_open_file:
 * @admin: a connection with a prepared backup
 * @path: a name from one of the lists, without its prefix character
 * @length: (out): the file's length in bytes
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * BackupOpenFile (3.1.4.1.22).
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_backup_open_file (SrCertAdmin *admin, const char *path, guint64 *length, gint64 deadline, GCancellable *cancellable, GError **error);

/** SR_CERT_ADMIN_READ_UNIT: what sizes of reads are multiples of, the page size of the server's system (3.1.4.1.23) */
#define SR_CERT_ADMIN_READ_UNIT 4096

/**
 * sr_cert_admin_round_read_size:
 * @hint: how many bytes a read should bring
 *
 * Rounds as certbcli.h does with its read hint: up to a power of two, at
 * least 64 KiB, at most %SR_CERT_ADMIN_MAX_READ.
 *
 * Returns: a size for sr_cert_admin_backup_read_file()
 */
guint32 sr_cert_admin_round_read_size (gsize hint);

/**
 * sr_cert_admin_backup_read_file:
 * @admin: a connection with an open file
 * @size: bytes wanted, at most %SR_CERT_ADMIN_MAX_READ, a multiple of %SR_CERT_ADMIN_READ_UNIT
 * @data: (out) (array length=length) (transfer none): the bytes, valid until the next call
 * @length: (out): how many; fewer than @size at the end of the file only
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * BackupReadFile (3.1.4.1.23). Never two in flight.
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_backup_read_file (SrCertAdmin *admin, guint32 size, const guint8 **data, gsize *length, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_backup_close_file:
 *
 * BackupCloseFile (3.1.4.1.24), called as sr_cert_admin_backup_end().
 */
gboolean sr_cert_admin_backup_close_file (SrCertAdmin *admin, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_backup_truncate_logs:
 *
 * BackupTruncateLogs (3.1.4.1.25), called as sr_cert_admin_backup_end().
 * Only when every file that was read is safe on disk.
 */
gboolean sr_cert_admin_backup_truncate_logs (SrCertAdmin *admin, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_restore_get_database_locations:
 * @admin: a connection
 * @raw: (out) (transfer full): the list as it came, UTF-16 (what certbkxp.dat holds)
 * @names: (out) (transfer full) (array zero-terminated=1) (optional): the same, parsed, prefixes included
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * RestoreGetDatabaseLocations (3.1.4.1.28).
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_restore_get_database_locations (SrCertAdmin *admin, GBytes **raw, char ***names, gint64 deadline, GCancellable *cancellable, GError **error);

/* ICertAdminD2, MS-CSRA 3.1.4.2. */

/**
 * sr_cert_admin_get_ca_property:
 * @admin: a connection
 * @id: CR_PROP_* (MS-WCCE 3.2.1.4.3.2)
 * @index: index of an indexed property
 * @type: PROPTYPE_*: 1 long, 3 binary, 4 string
 * @value: (out) (transfer full): the raw value
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * GetCAProperty (3.1.4.2.2).
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_get_ca_property (SrCertAdmin *admin, gint32 id, gint32 index, gint32 type, GBytes **value, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_get_config_entry:
 * @admin: a connection
 * @node: node path below the CA's configuration, "" for the CA itself
 * @entry: the value's name
 * @value: (out caller-allocates): cleared by the caller with sr_variant_clear()
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * GetConfigEntry (3.1.4.2.14): the value as of the next start of the service.
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_get_config_entry (SrCertAdmin *admin, const char *node, const char *entry, SrVariant *value, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_set_config_entry:
 *
 * SetConfigEntry (3.1.4.2.15), called as sr_cert_admin_get_config_entry(). A
 * value of type %SR_VT_EMPTY deletes the entry. It works from the next start
 * of the service.
 */

/**
 * sr_cert_admin_get_server_entry:
 * @admin: a connection
 * @entry: the value's name
 * @value: (out caller-allocates): cleared by the caller with sr_variant_clear()
 * @deadline: monotonic time in microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * GetConfigEntry with an empty authority: values above the CA's own, such as
 * DBFlags and DBLastFullBackup.
 *
 * Returns: whether it worked
 */
gboolean sr_cert_admin_get_server_entry (SrCertAdmin *admin, const char *entry, SrVariant *value, gint64 deadline, GCancellable *cancellable, GError **error);
gboolean sr_cert_admin_set_config_entry (SrCertAdmin *admin, const char *node, const char *entry, const SrVariant *value, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_get_my_roles:
 *
 * GetMyRoles (3.1.4.2.17), called as sr_cert_admin_backup_end(), and gives
 * the caller's CA_ACCESS_* bits (3.1.1.7).
 */
gboolean sr_cert_admin_get_my_roles (SrCertAdmin *admin, guint32 *roles, gint64 deadline, GCancellable *cancellable, GError **error);

/**
 * sr_cert_admin_ping2:
 *
 * Ping2 (3.1.4.2.8), as sr_cert_admin_ping().
 */
gboolean sr_cert_admin_ping2 (SrCertAdmin *admin, gint64 deadline, GCancellable *cancellable, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCertAdmin, sr_cert_admin_free)

G_END_DECLS
