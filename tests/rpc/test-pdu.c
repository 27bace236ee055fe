/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-error.h"
#include "rpc/sr-rpc-fault.h"
#include "rpc/sr-rpc-pdu-private.h"
#include "rpc/sr-rpc-trace.h"

#include <string.h>

/* PDUs of real Windows machines: name, direction and hexadecimal digits a line. */
#define VECTORS "rpc", "windows-binds.txt"

typedef struct
{
  char *name;
  GByteArray *pdu;
} Vector;

static void
vector_clear (gpointer data)
{
  Vector *vector = data;

  g_free (vector->name);
  g_byte_array_unref (vector->pdu);
}

static GByteArray *
parse_hex (const char *hex)
{
  GByteArray *bytes = g_byte_array_new ();

  for (; g_ascii_isxdigit (hex[0]) && g_ascii_isxdigit (hex[1]); hex += 2)
    {
      guint8 byte = (guint8) (g_ascii_xdigit_value (hex[0]) << 4 | g_ascii_xdigit_value (hex[1]));

      g_byte_array_append (bytes, &byte, 1);
    }
  return bytes;
}

static GArray *
load (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, VECTORS, NULL);
  GArray *vectors = g_array_new (FALSE, FALSE, sizeof (Vector));
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GError) error = NULL;

  g_array_set_clear_func (vectors, vector_clear);
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) words = g_strsplit (*line, " ", 3);
      Vector vector;

      if (**line == '#' || g_strv_length (words) < 3)
        continue;
      vector.name = g_strdup (words[0]);
      vector.pdu = parse_hex (words[2]);
      g_array_append_val (vectors, vector);
    }
  return vectors;
}

static GByteArray *
find (GArray     *vectors,
      const char *name)
{
  for (guint i = 0; i < vectors->len; i++)
    if (strcmp (g_array_index (vectors, Vector, i).name, name) == 0)
      return g_array_index (vectors, Vector, i).pdu;
  g_error ("no vector %s", name);
}

static void
read_header (GByteArray  *pdu,
             SrRpcHeader *header)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_rpc_header_read (pdu->data, header, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (header->frag_length, ==, pdu->len);
}

/* Where the PDU's own body ends. */
static gsize
body_end (GByteArray        *pdu,
          const SrRpcHeader *header,
          SrRpcSecTrailer   *trailer)
{
  if (header->auth_length == 0)
    return pdu->len;
  g_assert_true (sr_rpc_sec_trailer_read (pdu->data, header, SR_RPC_HEADER_SIZE, trailer, NULL));
  return trailer->offset - trailer->pad_length;
}

static void
test_headers (void)
{
  g_autoptr (GArray) vectors = load ();

  g_assert_cmpuint (vectors->len, ==, 12);
  for (guint i = 0; i < vectors->len; i++)
    {
      GByteArray *pdu = g_array_index (vectors, Vector, i).pdu;
      SrRpcSecTrailer trailer;
      SrRpcHeader header;
      guint8 bytes[16];

      read_header (pdu, &header);
      sr_rpc_header_write (bytes, &header);
      g_assert_cmpmem (bytes, 16, pdu->data, 16);
      if (header.auth_length == 0)
        continue;
      g_assert_true (sr_rpc_sec_trailer_read (pdu->data, &header, SR_RPC_HEADER_SIZE, &trailer, NULL));
      sr_rpc_sec_trailer_write (bytes, &trailer);
      g_assert_cmpmem (bytes, 8, pdu->data + trailer.offset, 8);
      g_assert_cmpuint (trailer.offset + 8 + trailer.token_length, ==, pdu->len);
    }
}

/* Reads every bind and ack, and writes the same bytes; Windows leaves rubbish in the gap behind an empty address. */
static void
test_round_trip (void)
{
  g_autoptr (GArray) vectors = load ();
  guint n = 0;

  for (guint i = 0; i < vectors->len; i++)
    {
      GByteArray *pdu = g_array_index (vectors, Vector, i).pdu;
      g_autofree SrRpcBind *bind = g_new0 (SrRpcBind, 1);
      g_autofree SrRpcBindAck *ack = g_new0 (SrRpcBindAck, 1);
      g_autoptr (GBytes) written = NULL;
      g_autoptr (GError) error = NULL;
      SrRpcSecTrailer trailer;
      SrRpcHeader header;
      gboolean is_bind, is_ack;
      gsize end, consumed;
      SrNdr ndr;

      read_header (pdu, &header);
      is_bind = header.type == SR_RPC_BIND || header.type == SR_RPC_ALTER_CONTEXT;
      is_ack = header.type == SR_RPC_BIND_ACK || header.type == SR_RPC_ALTER_CONTEXT_RESP;
      if (!is_bind && !is_ack)
        continue;
      end = body_end (pdu, &header, &trailer);
      sr_ndr_init_reader (&ndr, "vector", pdu->data, end);
      if (is_bind)
        sr_rpc_code_bind (&ndr, bind);
      else
        sr_rpc_code_bind_ack (&ndr, ack);
      g_assert_true (sr_ndr_finish_prefix (&ndr, &consumed, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (consumed, ==, end);

      sr_ndr_init_writer (&ndr, "vector");
      if (is_bind)
        sr_rpc_code_bind (&ndr, bind);
      else
        sr_rpc_code_bind_ack (&ndr, ack);
      written = sr_ndr_finish_bytes (&ndr, &error);
      g_assert_no_error (error);
      if (is_ack && ack->address_length == 0)
        memset (pdu->data + 26, 0, 2);
      g_assert_cmpmem ((const guint8 *) g_bytes_get_data (written, NULL) + 16, g_bytes_get_size (written) - 16,
                       pdu->data + 16, end - 16);
      n++;
    }
  g_assert_cmpuint (n, ==, 12);
}

/* What the captures say, from the bytes by hand. */
static void
test_contents (void)
{
  g_autoptr (GArray) vectors = load ();
  g_autofree SrRpcBind *bind = g_new0 (SrRpcBind, 1);
  g_autofree SrRpcBindAck *ack = g_new0 (SrRpcBindAck, 1);
  SrRpcSecTrailer trailer;
  SrRpcHeader header;
  GByteArray *pdu;
  guint8 bits = 0;
  SrNdr ndr;
  gsize n;

  pdu = find (vectors, "bind_SVCCTL_ntlm");
  read_header (pdu, &header);
  g_assert_cmphex (header.flags, ==, SR_RPC_PFC_FIRST_FRAG | SR_RPC_PFC_LAST_FRAG | SR_RPC_PFC_SUPPORT_HEADER_SIGN);
  n = body_end (pdu, &header, &trailer);
  g_assert_cmpuint (trailer.type, ==, 10);
  g_assert_cmpuint (trailer.level, ==, 6);
  sr_ndr_init_reader (&ndr, "bind", pdu->data, n);
  sr_rpc_code_bind (&ndr, bind);
  g_assert_true (sr_ndr_finish_prefix (&ndr, &n, NULL));
  g_assert_cmpuint (bind->max_send, ==, SR_RPC_DEFAULT_FRAGMENT);
  g_assert_cmpuint (bind->n_contexts, ==, 2);
  g_assert_cmphex (bind->contexts[0].abstract.uuid.data1, ==, 0x367abb81);
  g_assert_cmpuint (bind->contexts[0].abstract.major, ==, 2);
  g_assert_true (sr_rpc_syntax_equal (&bind->contexts[0].transfers[0], &sr_rpc_syntax_ndr20));
  g_assert_true (sr_rpc_syntax_is_features (&bind->contexts[1].transfers[0], &bits));
  g_assert_cmphex (bits, ==, SR_RPC_FEATURE_SECURITY_CONTEXT_MULTIPLEXING | SR_RPC_FEATURE_KEEP_CONNECTION_ON_ORPHAN);

  pdu = find (vectors, "bind_ack_SVCCTL_ntlm");
  read_header (pdu, &header);
  g_assert_true (header.flags & SR_RPC_PFC_SUPPORT_HEADER_SIGN);
  sr_ndr_init_reader (&ndr, "bind_ack", pdu->data, body_end (pdu, &header, &trailer));
  sr_rpc_code_bind_ack (&ndr, ack);
  g_assert_true (sr_ndr_finish_prefix (&ndr, &n, NULL));
  g_assert_cmpstr (ack->address, ==, "49688");
  g_assert_cmpuint (ack->n_results, ==, 2);
  g_assert_cmpuint (ack->results[0].result, ==, SR_RPC_ACCEPTANCE);
  g_assert_cmpuint (ack->results[1].result, ==, SR_RPC_NEGOTIATE_ACK);
  g_assert_cmpuint (ack->results[1].reason, ==, 3);

  /* NDR64 in the second place, refused when it is not preferred */
  pdu = find (vectors, "bind_ack_ISystemActivator");
  read_header (pdu, &header);
  sr_ndr_init_reader (&ndr, "bind_ack", pdu->data, body_end (pdu, &header, &trailer));
  sr_rpc_code_bind_ack (&ndr, ack);
  g_assert_true (sr_ndr_finish_prefix (&ndr, &n, NULL));
  g_assert_cmpstr (ack->address, ==, "135");
  g_assert_true (sr_rpc_syntax_equal (&ack->results[0].transfer, &sr_rpc_syntax_ndr20));
}

static void
test_syntaxes (void)
{
  g_autofree char *text = sr_rpc_syntax_to_string (&sr_rpc_syntax_ndr20);
  g_autofree char *other = sr_rpc_syntax_to_string (&sr_rpc_syntax_ndr64);
  SrRpcSyntax features;
  guint8 bits;

  /* MS-RPCE 2.2.4.12, 2.2.5, 3.3.1.5.3 */
  g_assert_cmpstr (text, ==, "8a885d04-1ceb-11c9-9fe8-08002b104860 version 2.0");
  g_assert_cmpstr (other, ==, "71710533-beba-4937-8319-b5dbef9ccc36 version 1.0");
  sr_rpc_syntax_make_features (&features, 0x02);
  g_assert_true (sr_rpc_syntax_is_features (&features, &bits));
  g_assert_cmphex (bits, ==, 2);
  g_assert_false (sr_rpc_syntax_is_features (&sr_rpc_syntax_ndr20, &bits));
}

static void
test_fault_words (void)
{
  g_assert_cmpstr (sr_rpc_fault_words (5), ==, "access denied");
  g_assert_cmpstr (sr_rpc_fault_words (0x1c010003), ==, "the interface is unknown");
  g_assert_cmpstr (sr_rpc_fault_words (0x12345678), ==, "unknown fault");
  g_assert_false (sr_rpc_fault_executed (SR_NCA_S_FAULT_ACCESS_DENIED));
  g_assert_false (sr_rpc_fault_executed (SR_NCA_S_UNK_IF));
  g_assert_false (sr_rpc_fault_executed (SR_NCA_S_OP_RNG_ERROR));
  g_assert_false (sr_rpc_fault_executed (SR_NCA_S_PROTO_ERROR));
  g_assert_false (sr_rpc_fault_executed (SR_NCA_S_FAULT_SEC_PKG_ERROR));
  g_assert_true (sr_rpc_fault_executed (SR_NCA_S_FAULT_UNSPEC));
  g_assert_true (sr_rpc_fault_executed (SR_NCA_S_FAULT_NDR));
  g_assert_true (sr_rpc_fault_executed (0x12345678));
}

/* The row decides what a trace shows. */
static void
test_trace (void)
{
  static const guint8 stub[] = { 0xde, 0xad, 0xbe, 0xef };
  g_autofree guint8 *large = g_malloc0 (SR_RPC_TRACE_BYTES + 1);
  SrRpcMethod method = { .name = "Method" };
  g_autofree char *plain = sr_rpc_trace_line (&method, FALSE, stub, sizeof stub);
  g_autofree char *cut = sr_rpc_trace_line (&method, TRUE, large, SR_RPC_TRACE_BYTES + 1);
  g_autofree char *secret = NULL;
  g_autofree char *bulk = NULL;

  g_assert_cmpstr (plain, ==, "Method request, 4 bytes: deadbeef");
  g_assert_true (g_str_has_suffix (cut, "00..."));
  method.flags = SR_RPC_METHOD_SECRET;
  secret = sr_rpc_trace_line (&method, TRUE, stub, sizeof stub);
  g_assert_cmpstr (secret, ==, "Method reply, 4 bytes, not shown");
  method.flags = SR_RPC_METHOD_BULK;
  bulk = sr_rpc_trace_line (&method, TRUE, stub, sizeof stub);
  g_assert_cmpstr (bulk, ==, "Method reply, 4 bytes");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rpc/pdu/headers", test_headers);
  g_test_add_func ("/rpc/pdu/round-trip", test_round_trip);
  g_test_add_func ("/rpc/pdu/contents", test_contents);
  g_test_add_func ("/rpc/pdu/syntaxes", test_syntaxes);
  g_test_add_func ("/rpc/pdu/fault-words", test_fault_words);
  g_test_add_func ("/rpc/trace", test_trace);
  return g_test_run ();
}
