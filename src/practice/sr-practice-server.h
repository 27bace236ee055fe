/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-ca.h"

G_BEGIN_DECLS

/**
 * SrPracticeServer:
 *
 * A practice CA on the network: DCOM activation, ICertAdminD and ICertAdminD2
 * on a loopback address, over an #SrPracticeCa, and beside them the host that
 * it runs on: svcctl, winreg and its drives. The host goes on while the CA's
 * service is stopped; activation is then refused. Every call is counted in the
 * CA's ledger and told in its log, server.log, without its body.
 */
#define SR_TYPE_PRACTICE_SERVER (sr_practice_server_get_type ())
G_DECLARE_FINAL_TYPE (SrPracticeServer, sr_practice_server, SR, PRACTICE_SERVER, GObject)

/**
 * SrPracticeServerOptions:
 * @ca: of the CA itself
 * @address: (nullable): a loopback address, %NULL for 127.0.0.1
 * @activation_port: 0 for any free port
 * @host_port: of svcctl and winreg, 0 for any free port
 * @dependent: (nullable): the name of a service that depends on CertSvc, and does nothing
 * @ntlm_users: (nullable): a key file with lines DOMAIN:user:password; without
 *   one and without @keytab, the CA has a file of its own with random passwords
 * @keytab: (nullable): a keytab for Kerberos
 */
typedef struct
{
  SrPracticeOptions ca;
  const char *address;
  guint16 activation_port;
  guint16 host_port;
  const char *dependent;
  const char *ntlm_users;
  const char *keytab;
} SrPracticeServerOptions;

/**
 * sr_practice_server_start:
 * @folder: the CA's folder
 * @options: see there
 * @error: where to put an error
 *
 * Opens the CA and serves it. While it is served, the folder has a file
 * ready.json with what sr_practice_server_describe() tells.
 *
 * Sets %G_IO_ERROR_INVALID_ARGUMENT for an address that is not loopback,
 * %SR_ERROR_AUTH, and as sr_practice_ca_open().
 *
 * Returns: (transfer full): a server, or %NULL
 */
SrPracticeServer *sr_practice_server_start (const char                    *folder,
                                            const SrPracticeServerOptions *options,
                                            GError                       **error);

/**
 * sr_practice_server_stop:
 * @server: a server
 * @error: where to put an error
 *
 * Closes connections and the CA; an open backup is lost. Sets %G_IO_ERROR codes.
 *
 * Returns: whether everything is on the disk
 */
gboolean sr_practice_server_stop (SrPracticeServer *server,
                                  GError          **error);

/**
 * sr_practice_server_restart:
 * @server: a server
 * @error: where to put an error
 *
 * What restarting CertSvc does: sr_practice_ca_restart(), and every object is
 * gone. The ports stay. Sets as sr_practice_server_start().
 *
 * Returns: whether it serves again
 */
gboolean sr_practice_server_restart (SrPracticeServer *server,
                                     GError          **error);

/**
 * sr_practice_server_restore:
 * @server: a server
 * @folder: a backup's folder, see sr_practice_ca_restore()
 * @error: where to put an error
 *
 * Restores the CA as another tool would: sr_practice_ca_restore(), and every
 * object is gone as after sr_practice_server_restart(). Sets as those two.
 *
 * Returns: whether it runs again with the backup's rows; after an error of the backup it runs as before
 */
gboolean sr_practice_server_restore (SrPracticeServer *server,
                                     const char       *folder,
                                     GError          **error);

/**
 * sr_practice_server_stop_service:
 * @server: a server
 * @error: where to put an error
 *
 * What stopping CertSvc does: an open backup is lost, every object is gone, and
 * none can be activated. The activation port and the host stay.
 *
 * Sets %G_IO_ERROR codes.
 *
 * Returns: whether everything is on the disk; it is stopped in any case
 */
gboolean sr_practice_server_stop_service (SrPracticeServer *server,
                                          GError          **error);

/**
 * sr_practice_server_start_service:
 * @server: a server
 * @error: where to put an error
 *
 * What starting CertSvc does, which recovers a restore that is registered. Sets
 * as sr_practice_ca_open(); the CA is then stopped, and
 * sr_practice_ca_get_exit_code() tells why.
 *
 * Returns: whether it runs
 */
gboolean sr_practice_server_start_service (SrPracticeServer *server,
                                           GError          **error);

/**
 * sr_practice_server_get_host_port:
 * @server: a server
 *
 * Returns: the port of svcctl and winreg
 */
guint16 sr_practice_server_get_host_port (SrPracticeServer *server);

/**
 * sr_practice_server_get_ca:
 * @server: a server
 *
 * Returns: (transfer none): the CA
 */
SrPracticeCa *sr_practice_server_get_ca (SrPracticeServer *server);

guint16 sr_practice_server_get_activation_port (SrPracticeServer *server);

/**
 * sr_practice_server_describe:
 * @server: a server
 *
 * Returns: (transfer full): name, host, config (HOST\name), address,
 *   activationPort, objectPort, hostPort, drives (the folder of the host's
 *   drives), pid, folder, control, and when there are NTLM users: usersFile and
 *   user (the first)
 */
JsonObject *sr_practice_server_describe (SrPracticeServer *server);

/**
 * sr_practice_server_add_facts:
 * @server: a server
 * @object: gets the members service (stopped, starting, stopping, running) and
 *   dcom: objects, sets, activations, simplePings, complexPings, releases, rundowns
 */
void sr_practice_server_add_facts (SrPracticeServer *server,
                                   JsonObject       *object);

/**
 * sr_practice_server_freeze_clock:
 * @server: a server
 * @frozen: whether the clock of pings stands still (tests)
 */
void sr_practice_server_freeze_clock (SrPracticeServer *server,
                                      gboolean          frozen);

/**
 * sr_practice_server_advance_clock:
 * @server: a server
 * @seconds: how far the clock of pings jumps ahead (tests)
 *
 * Moves the clock, and reclaims what missed its pings by then.
 *
 * Returns: how many objects were run down
 */
guint sr_practice_server_advance_clock (SrPracticeServer *server,
                                        guint             seconds);

/**
 * sr_practice_server_drop:
 * @server: a server
 * @iface: (nullable): the interface's name as its specification writes it, such
 *   as IRemUnknown, svcctl or winreg, %NULL for ICertAdminD and ICertAdminD2
 * @opnum: an operation
 * @call: which call from now on, 1 for the next one
 * @after: whether the call is executed first
 *
 * Lets a connection be dropped in a call (tests).
 */
void sr_practice_server_drop (SrPracticeServer *server,
                              const char       *iface,
                              guint16           opnum,
                              guint             call,
                              gboolean          after);

/**
 * sr_practice_server_drop_connections:
 * @server: a server
 *
 * Closes every connection, and forgets what sr_practice_server_drop() was told (tests).
 */
void sr_practice_server_drop_connections (SrPracticeServer *server);

G_END_DECLS
