/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc-testing.h"

#include <unistd.h>

/* Serves the testing methods to programs of others until its standard input
 * ends: prints the port. NTLM users are LAB\alice, Kerberos keys those of
 * LAB_KEYTAB if that is set. Samba's client calls interfaces of its own only,
 * so that the methods go by the UUIDs of winreg and svcctl. */
int
main (void)
{
  char *users = rpc_testing_write_users ();
  g_autoptr (GError) error = NULL;
  g_autoptr (SrAuthAcceptor) acceptor = sr_auth_acceptor_new (users, g_getenv ("LAB_KEYTAB"), &error);
  g_autoptr (SrRpcServer) server = NULL;
  SrRpcInterface winreg = rpc_testing_interface, svcctl = rpc_testing_interface;
  guint16 port;
  char byte;

  rpc_testing_remove_users (users);
  g_assert_no_error (error);
  server = sr_rpc_server_new (acceptor);
  winreg.syntax = (SrRpcSyntax) { { 0x338cd001, 0x2244, 0x31f1, { 0xaa, 0xaa, 0x90, 0, 0x38, 0, 0x10, 0x03 } }, 1, 0 };
  svcctl.syntax = (SrRpcSyntax) { { 0x367abb81, 0x9844, 0x35f1, { 0xad, 0x32, 0x98, 0xf0, 0x38, 0, 0x10, 0x03 } }, 2, 0 };
  rpc_testing_server_add (server, &winreg, SR_AUTH_LEVEL_INTEGRITY);
  rpc_testing_server_add (server, &svcctl, SR_AUTH_LEVEL_INTEGRITY);
  sr_rpc_server_listen (server, "127.0.0.1", 0, &port, &error);
  g_assert_no_error (error);
  g_print ("%u\n", port);
  while (read (STDIN_FILENO, &byte, 1) > 0)
    continue;
  sr_rpc_server_stop (server);
  return 0;
}
