/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-credentials.h"
#include "base/sr-hresult.h"
#include "host/sr-registry-value.h"

G_BEGIN_DECLS

/**
 * SrCaHost:
 *
 * The Windows host under a CA: its services (MS-SCMR), its registry (MS-RRP)
 * and its files. Services and registry are reached over TCP, signed and
 * encrypted (packet privacy); that is the practice CA's way alone, since
 * Windows offers both on named pipes only. Nothing here activates an object.
 *
 * One object is used by one thread at a time. Calls block, and each message
 * that they exchange has the target's timeout. Connections are made when first
 * needed. One that breaks is made again, once, for calls that may be repeated:
 * all that read, and those that write what is there afterwards either way.
 * sr_ca_host_outcome_unknown() tells of the others.
 *
 * Errors of every function for services and registry: %SR_HRESULT_ERROR with
 * the Win32 error of the answer (0x8007xxxx), %SR_RPC_FAULT, %SR_ERROR_AUTH,
 * %SR_ERROR_WEAK, %SR_ERROR_REFUSED, %SR_ERROR_CLOSED, %SR_ERROR_TIMED_OUT,
 * %SR_ERROR_MALFORMED, %SR_ERROR_LIMIT, %G_IO_ERROR codes of the connection,
 * %G_IO_ERROR_CANCELLED, and %SR_ERROR_UNSUPPORTED where the target has no
 * port. Each message begins with what was tried. Only what is told beside that
 * stands with the functions.
 */
#define SR_TYPE_CA_HOST (sr_ca_host_get_type ())
G_DECLARE_FINAL_TYPE (SrCaHost, sr_ca_host, SR, CA_HOST, GObject)

/**
 * SrCaHostTarget:
 * @host: the host's name, as the user gave it
 * @address: (nullable): the address to connect to in its place
 * @port: where svcctl and winreg are served over TCP, 0 for a host without that
 * @drives: (nullable): a folder of this computer that has the host's drives as
 *   folders “C”, “D” and so on: the practice CA's. %NULL for a host whose files
 *   cannot be reached
 * @ntlm_allowed: whether the user allowed NTLM for this host
 * @timeout: of one message and its answer, microseconds
 */
typedef struct
{
  const char *host;
  const char *address;
  guint16 port;
  const char *drives;
  gboolean ntlm_allowed;
  gint64 timeout;
} SrCaHostTarget;

/**
 * sr_ca_host_new:
 * @target: where the host is; copied
 * @credentials: (nullable) (transfer none): who signs in, %NULL for the default ticket cache
 *
 * Returns: (transfer full): a host that nothing has been sent to yet
 */
SrCaHost *sr_ca_host_new (const SrCaHostTarget *target,
                          SrCredentials        *credentials);

const char *sr_ca_host_get_name (SrCaHost *host);

/**
 * sr_ca_host_has_files:
 * @host: a host
 *
 * Returns: whether its files can be reached
 */
gboolean sr_ca_host_has_files (SrCaHost *host);

/**
 * sr_ca_host_outcome_unknown:
 * @host: a host
 *
 * Returns: whether the last call failed, and may yet have been executed: its answer was lost
 */
gboolean sr_ca_host_outcome_unknown (SrCaHost *host);

/* Services */

/**
 * SrServiceState:
 *
 * States of a service (MS-SCMR 2.2.47).
 */
typedef enum
{
  SR_SERVICE_STOPPED = 1,
  SR_SERVICE_START_PENDING,
  SR_SERVICE_STOP_PENDING,
  SR_SERVICE_RUNNING,
  SR_SERVICE_CONTINUE_PENDING,
  SR_SERVICE_PAUSE_PENDING,
  SR_SERVICE_PAUSED,
} SrServiceState;

/**
 * SrServiceStatus:
 * @state: what it does
 * @exit_code: Win32 error of its last end, 0 for none; 1066 says that @specific_exit_code has it, 1077 that it never ran
 * @specific_exit_code: the service's own; CertSvc puts an HRESULT there
 * @checkpoint: rises while a state is pending
 * @wait_hint: how long until the next checkpoint, milliseconds
 */
typedef struct
{
  SrServiceState state;
  guint32 exit_code;
  guint32 specific_exit_code;
  guint32 checkpoint;
  guint32 wait_hint;
} SrServiceStatus;

/**
 * sr_service_status_get_hresult:
 * @status: a service's status
 *
 * Returns: why it ended, as an HRESULT; %SR_S_OK when it ended well, or never ran
 */
SrHresult sr_service_status_get_hresult (const SrServiceStatus *status);

/**
 * sr_ca_host_query_service:
 * @host: a host
 * @service: the service's name, such as "CertSvc"
 * @status: (out): its status
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * 0x80070424 says that there is no such service.
 *
 * Returns: whether @status is filled
 */
gboolean sr_ca_host_query_service (SrCaHost         *host,
                                   const char       *service,
                                   SrServiceStatus  *status,
                                   GCancellable     *cancellable,
                                   GError          **error);

/**
 * sr_ca_host_list_dependents:
 * @host: a host
 * @service: the service's name
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Asks which running services sr_ca_host_stop_service() would stop before
 * @service, to be able to start them again whatever becomes of that.
 *
 * Returns: (transfer full) (array zero-terminated=1): their names, in the order in which they are stopped, or %NULL
 */
char **sr_ca_host_list_dependents (SrCaHost      *host,
                                   const char    *service,
                                   GCancellable  *cancellable,
                                   GError       **error);

/**
 * sr_ca_host_stop_service:
 * @host: a host
 * @service: the service's name
 * @wait: how long it may take altogether, microseconds
 * @stopped: (out) (optional) (transfer full) (array zero-terminated=1): the
 *   services that were running and were told to stop, dependents first: to be
 *   started again from the last to the first. Set after a failure, too
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Stops the running services that depend on @service, in the order that the
 * host tells, then @service, and waits for each. To stop what is stopped
 * succeeds. Sets %SR_ERROR_TIMED_OUT when @wait is over.
 *
 * Returns: whether @service is stopped
 */
gboolean sr_ca_host_stop_service (SrCaHost      *host,
                                  const char    *service,
                                  gint64         wait,
                                  char        ***stopped,
                                  GCancellable  *cancellable,
                                  GError       **error);

/**
 * sr_ca_host_start_service:
 * @host: a host
 * @service: the service's name
 * @wait: how long it may take, microseconds
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Starts a service and waits until it runs. To start what runs succeeds.
 *
 * Sets %SR_HRESULT_ERROR with sr_service_status_get_hresult() when the service
 * stops instead, so that a recovery of the CA that failed keeps its number, and
 * %SR_ERROR_TIMED_OUT when @wait is over.
 *
 * Returns: whether it runs
 */
gboolean sr_ca_host_start_service (SrCaHost      *host,
                                   const char    *service,
                                   gint64         wait,
                                   GCancellable  *cancellable,
                                   GError       **error);

/* Registry: keys are paths below HKEY_LOCAL_MACHINE, "SYSTEM\\CurrentControlSet\\Services\\CertSvc" */

/**
 * sr_ca_host_has_key:
 * @host: a host
 * @key: the key's path
 * @has: (out): whether it is there
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Returns: whether @has is known
 */
gboolean sr_ca_host_has_key (SrCaHost      *host,
                             const char    *key,
                             gboolean      *has,
                             GCancellable  *cancellable,
                             GError       **error);

/**
 * sr_ca_host_create_key:
 * @host: a host
 * @key: the key's path
 * @created: (out) (optional): whether it was not there before
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Makes a key, and those above it, and flushes it to the host's disk. A lost
 * answer is not tried again, as it could not be told who made the key.
 *
 * Returns: whether it is there now
 */
gboolean sr_ca_host_create_key (SrCaHost      *host,
                                const char    *key,
                                gboolean      *created,
                                GCancellable  *cancellable,
                                GError       **error);

/**
 * sr_ca_host_delete_key:
 * @host: a host
 * @key: the key's path
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Deletes a key with its values. Sets %SR_ERROR_NOT_FOUND when it is not there,
 * 0x80070005 when it has keys below it.
 *
 * Returns: whether it is gone
 */
gboolean sr_ca_host_delete_key (SrCaHost      *host,
                                const char    *key,
                                GCancellable  *cancellable,
                                GError       **error);

/**
 * sr_ca_host_read_value:
 * @host: a host
 * @key: the key's path
 * @name: the value's name
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Sets %SR_ERROR_NOT_FOUND when key or value is not there, %SR_ERROR_LIMIT above 1 MiB.
 *
 * Returns: (transfer full): the value, or %NULL
 */
SrRegistryValue *sr_ca_host_read_value (SrCaHost      *host,
                                        const char    *key,
                                        const char    *name,
                                        GCancellable  *cancellable,
                                        GError       **error);

/**
 * sr_ca_host_list_values:
 * @host: a host
 * @key: the key's path
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Sets %SR_ERROR_NOT_FOUND when the key is not there, %SR_ERROR_LIMIT above 4096 values or 1 MiB in one.
 *
 * Returns: (transfer full) (element-type SrRegistryValue): its values, or %NULL
 */
GPtrArray *sr_ca_host_list_values (SrCaHost      *host,
                                   const char    *key,
                                   GCancellable  *cancellable,
                                   GError       **error);

/**
 * sr_ca_host_list_keys:
 * @host: a host
 * @key: the key's path
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Sets %SR_ERROR_NOT_FOUND when the key is not there, %SR_ERROR_LIMIT above 4096 keys.
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the keys right below it, or %NULL
 */
char **sr_ca_host_list_keys (SrCaHost      *host,
                             const char    *key,
                             GCancellable  *cancellable,
                             GError       **error);

/**
 * sr_ca_host_write_value:
 * @host: a host
 * @key: the path of a key that is there
 * @value: the value
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Writes a value, or replaces it, and flushes it to the host's disk. Sets
 * %SR_ERROR_NOT_FOUND when the key is not there.
 *
 * Returns: whether it is there
 */
gboolean sr_ca_host_write_value (SrCaHost               *host,
                                 const char             *key,
                                 const SrRegistryValue  *value,
                                 GCancellable           *cancellable,
                                 GError                **error);

/**
 * sr_ca_host_delete_value:
 * @host: a host
 * @key: the key's path
 * @name: the value's name
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Sets %SR_ERROR_NOT_FOUND when key or value is not there.
 *
 * Returns: whether it is gone
 */
gboolean sr_ca_host_delete_value (SrCaHost      *host,
                                  const char    *key,
                                  const char    *name,
                                  GCancellable  *cancellable,
                                  GError       **error);

/*
 * Files: paths as the host has them, "C:\\Windows\\system32\\CertLog". Every
 * part of a path is checked: no "..", no device names such as "NUL", no
 * alternate streams, nothing that Windows would read as another name; case does
 * not matter. Symbolic links are never followed, and nothing is opened but
 * folders and ordinary files.
 *
 * Errors of all of them: %G_IO_ERROR_INVALID_FILENAME for such a path, other
 * %G_IO_ERROR codes (%G_IO_ERROR_NOT_FOUND, %G_IO_ERROR_NO_SPACE, ...) with the
 * path in the message, %SR_ERROR_UNSUPPORTED where sr_ca_host_has_files() says no.
 */

/**
 * sr_ca_host_read_file:
 * @host: a host
 * @path: the file
 * @size: (out) (optional): in bytes
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Returns: (transfer full): a stream of its contents, or %NULL
 */
GInputStream *sr_ca_host_read_file (SrCaHost      *host,
                                    const char    *path,
                                    guint64       *size,
                                    GCancellable  *cancellable,
                                    GError       **error);

/**
 * sr_ca_host_create_file:
 * @host: a host
 * @path: a file that is not there, in a folder that is
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Never replaces a file: sets %G_IO_ERROR_EXISTS. Closing the stream flushes
 * contents and name to the host's disk, and only a close that succeeds says that
 * they are there. What was written before an error stays, for the caller to
 * sr_ca_host_remove().
 *
 * Returns: (transfer full): a stream to write to, or %NULL
 */
GOutputStream *sr_ca_host_create_file (SrCaHost      *host,
                                       const char    *path,
                                       GCancellable  *cancellable,
                                       GError       **error);

/**
 * SrHostFileInfo:
 * @name: the name alone
 * @is_folder: whether it is a folder
 * @is_other: whether it is neither folder nor ordinary file, such as a symbolic link; such a thing can be neither read nor removed
 * @size: in bytes, 0 for a folder
 * @modified: last change, microseconds since 1970
 */
typedef struct
{
  char *name;
  gboolean is_folder;
  gboolean is_other;
  guint64 size;
  gint64 modified;
} SrHostFileInfo;

/**
 * sr_host_file_info_free:
 * @info: (transfer full): what there is to know of a file
 */
void sr_host_file_info_free (SrHostFileInfo *info);

/**
 * sr_ca_host_get_file_info:
 * @host: a host
 * @path: a file or folder
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Returns: (transfer full): what there is to know of it, or %NULL
 */
SrHostFileInfo *sr_ca_host_get_file_info (SrCaHost      *host,
                                          const char    *path,
                                          GCancellable  *cancellable,
                                          GError       **error);

/**
 * sr_ca_host_list_folder:
 * @host: a host
 * @path: a folder
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Sets %SR_ERROR_LIMIT above 65536 names.
 *
 * Returns: (transfer full) (element-type SrHostFileInfo): what is in it, by name, or %NULL
 */
GPtrArray *sr_ca_host_list_folder (SrCaHost      *host,
                                   const char    *path,
                                   GCancellable  *cancellable,
                                   GError       **error);

/**
 * sr_ca_host_make_folder:
 * @host: a host
 * @path: a folder that is not there, in one that is
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Sets %G_IO_ERROR_EXISTS when anything has that name.
 *
 * Returns: whether it was made, and is on the host's disk
 */
gboolean sr_ca_host_make_folder (SrCaHost      *host,
                                 const char    *path,
                                 GCancellable  *cancellable,
                                 GError       **error);

/**
 * sr_ca_host_rename:
 * @host: a host
 * @from: a file or folder
 * @to: its new path, on the same drive; nothing has that name
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Never replaces: sets %G_IO_ERROR_EXISTS.
 *
 * Returns: whether it has the new name, on the host's disk too
 */
gboolean sr_ca_host_rename (SrCaHost      *host,
                            const char    *from,
                            const char    *to,
                            GCancellable  *cancellable,
                            GError       **error);

/**
 * sr_ca_host_remove:
 * @host: a host
 * @path: a file, or a folder with nothing in it
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Sets %G_IO_ERROR_NOT_EMPTY for a folder with something in it.
 *
 * Returns: whether it is gone
 */
gboolean sr_ca_host_remove (SrCaHost      *host,
                            const char    *path,
                            GCancellable  *cancellable,
                            GError       **error);

/**
 * sr_ca_host_get_free_space:
 * @host: a host
 * @path: a file or folder
 * @bytes: (out): what can still be written to its drive
 * @cancellable: (nullable): a cancellable
 * @error: where to put an error
 *
 * Returns: whether @bytes is known
 */
gboolean sr_ca_host_get_free_space (SrCaHost      *host,
                                    const char    *path,
                                    guint64       *bytes,
                                    GCancellable  *cancellable,
                                    GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrHostFileInfo, sr_host_file_info_free)

G_END_DECLS
