/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "rpc-testing.h"
#include "rpc/sr-rpc-pdu-private.h"
#include "rpc/sr-rpc-wire-private.h"

#include <string.h>

/* What a deadline means for bytes that are there, over sockets and over streams that are none. */

#define PDU_SIZE SR_RPC_CALL_HEADER_SIZE

static void
write_pdu (guint8 pdu[PDU_SIZE])
{
  const SrRpcHeader header = { SR_RPC_RESPONSE, SR_RPC_PFC_FIRST_FRAG, PDU_SIZE, 0, 1 };

  memset (pdu, 0, PDU_SIZE);
  sr_rpc_header_write (pdu, &header);
}

/* With one PDU to read. */
static SrRpcWire *
make_wire (gboolean            is_socket,
           GSocketConnection **peer)
{
  guint8 pdu[PDU_SIZE];
  g_autoptr (GSocketConnection) here = NULL;
  g_autoptr (GInputStream) input = NULL;
  g_autoptr (GOutputStream) output = NULL;
  g_autoptr (GIOStream) stream = NULL;

  write_pdu (pdu);
  *peer = NULL;
  if (is_socket)
    {
      rpc_testing_socket_pair (&here, peer);
      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (*peer)), pdu, sizeof pdu, NULL, NULL, NULL));
      return sr_rpc_wire_new (G_IO_STREAM (here), "peer");
    }
  input = g_memory_input_stream_new_from_data (g_memdup2 (pdu, sizeof pdu), sizeof pdu, g_free);
  output = g_memory_output_stream_new_resizable ();
  stream = g_simple_io_stream_new (input, output);
  return sr_rpc_wire_new (stream, "peer");
}

static void
test_deadline (gconstpointer data)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (SrRpcWire) wire = make_wire (GPOINTER_TO_INT (data), &peer);
  g_autoptr (GError) error = NULL;
  guint8 *pdu;
  gsize length;

  g_assert_true (sr_rpc_wire_read_pdu (wire, &pdu, &length, sr_deadline_in (20), NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, PDU_SIZE);
}

static void
test_deadline_passed (gconstpointer data)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (SrRpcWire) wire = make_wire (GPOINTER_TO_INT (data), &peer);
  g_autoptr (GError) error = NULL, write_error = NULL;
  guint8 *pdu, byte = 0;
  gsize length;

  g_assert_false (sr_rpc_wire_read_pdu (wire, &pdu, &length, sr_deadline_in (0), NULL, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_assert_false (sr_rpc_wire_write (wire, &byte, 1, &length, sr_deadline_in (0), NULL, &write_error));
  g_assert_error (write_error, SR_ERROR, SR_ERROR_TIMED_OUT);
  g_assert_cmpuint (length, ==, 0);
}

/* What was read already is not read again. */
static void
test_buffered (gconstpointer data)
{
  g_autoptr (GSocketConnection) peer = NULL;
  g_autoptr (SrRpcWire) wire = make_wire (GPOINTER_TO_INT (data), &peer);
  g_autoptr (GError) error = NULL;
  guint8 *pdu;
  gsize length;

  g_assert_true (sr_rpc_wire_wait (wire, sr_deadline_in (20), NULL, &error));
  g_assert_true (sr_rpc_wire_read_pdu (wire, &pdu, &length, sr_deadline_in (0), NULL, &error));
  g_assert_no_error (error);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (int is_socket = 0; is_socket < 2; is_socket++)
    {
      const char *name = is_socket ? "socket" : "stream";
      g_autofree char *ahead = g_strdup_printf ("/rpc/wire/%s/deadline", name);
      g_autofree char *passed = g_strdup_printf ("/rpc/wire/%s/deadline-passed", name);
      g_autofree char *buffered = g_strdup_printf ("/rpc/wire/%s/buffered", name);

      g_test_add_data_func (ahead, GINT_TO_POINTER (is_socket), test_deadline);
      g_test_add_data_func (passed, GINT_TO_POINTER (is_socket), test_deadline_passed);
      g_test_add_data_func (buffered, GINT_TO_POINTER (is_socket), test_buffered);
    }
  return g_test_run ();
}
