/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "dcom/sr-activation.h"
#include "dcom/sr-objref.h"
#include "dcom/sr-orpc.h"

#include "base/sr-error.h"
#include "base/sr-hresult.h"
#include "rpc/sr-ndr-serialization.h"

#include <string.h>

static const SrGuid iid = { 1, 2, 3, { 4, 5, 6, 7, 8, 9, 10, 11 } };

static SrDualStringArray *
some_bindings (const char *address)
{
  SrDualStringArray *array = sr_dual_string_array_new ();

  sr_dual_string_array_add (array, SR_DCOM_TOWER_TCP, address);
  sr_dual_string_array_add_security (array, 10, "");
  return array;
}

static GBytes *
build (SrObjref *objref)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = sr_objref_build (objref, &error);

  g_assert_no_error (error);
  return bytes;
}

static gboolean
parse (GBytes   *bytes,
       gsize     length,
       SrObjref *objref,
       GError  **error)
{
  return sr_objref_parse (g_bytes_get_data (bytes, NULL), length, objref, error);
}

/* Every format comes back as it went, with bindings of even and odd length; every shorter one is refused. */
static void
test_formats (void)
{
  static const SrObjrefKind kinds[] = { SR_OBJREF_STANDARD, SR_OBJREF_HANDLER, SR_OBJREF_EXTENDED };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (kinds); i++)
    {
      SrObjref out = { .kind = kinds[i / 2], .iid = iid, .clsid = { 7 },
                       .std = { SR_OBJREF_NO_PING, 3, 4, 5, { 6 } } };
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      gsize size;
      SrObjref in;

      out.resolver = some_bindings (i % 2 == 0 ? "host" : "hosts");
      if (out.kind == SR_OBJREF_EXTENDED)
        out.data = g_bytes_new_static ("context", 7);
      bytes = build (&out);
      size = g_bytes_get_size (bytes);
      parse (bytes, size, &in, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (in.kind, ==, out.kind);
      g_assert_true (sr_guid_equal (&in.iid, &iid));
      g_assert_cmpmem (&in.std, sizeof in.std, &out.std, sizeof out.std);
      g_assert_cmpuint (in.resolver->strings->len, ==, 1);
      if (out.kind != SR_OBJREF_STANDARD)
        g_assert_true (sr_guid_equal (&in.clsid, &out.clsid));
      if (out.kind == SR_OBJREF_EXTENDED)
        g_assert_cmpmem (g_bytes_get_data (in.data, NULL), g_bytes_get_size (in.data), "context", 7);
      sr_objref_clear (&in);
      while (size-- > 0)
        {
          g_assert_false (parse (bytes, size, &in, &error));
          g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
          g_clear_error (&error);
          sr_objref_clear (&in);
        }
      sr_objref_clear (&out);
    }
}

static void
test_custom (void)
{
  SrObjref out = { .kind = SR_OBJREF_CUSTOM, .iid = iid, .clsid = { 7 }, .reserved = 99 }, in;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  out.data = g_bytes_new_static ("anything", 8);
  bytes = build (&out);
  parse (bytes, g_bytes_get_size (bytes), &in, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (in.reserved, ==, 99);
  g_assert_true (g_bytes_equal (in.data, out.data));
  sr_objref_clear (&in);
  sr_objref_clear (&out);
}

static void
assert_objref_fails (GBytes *bytes,
                     gsize   at,
                     guint8  value)
{
  g_autoptr (GByteArray) copy = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  SrObjref in;

  g_byte_array_append (copy, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  copy->data[at] = value;
  g_assert_false (sr_objref_parse (copy->data, copy->len, &in, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  sr_objref_clear (&in);
}

static void
test_broken (void)
{
  SrObjref out = { .kind = SR_OBJREF_EXTENDED, .iid = iid, .clsid = { 7 } };
  g_autoptr (GBytes) bytes = NULL;
  gsize size;

  out.resolver = some_bindings ("host");
  out.data = g_bytes_new_static ("context", 7);
  bytes = build (&out);
  size = g_bytes_get_size (bytes);
  assert_objref_fails (bytes, 0, 'N');          /* signature */
  assert_objref_fails (bytes, 4, 3);            /* two formats at once */
  assert_objref_fails (bytes, 4, 0);            /* none */
  assert_objref_fails (bytes, 64, 0);           /* Signature1 */
  assert_objref_fails (bytes, 69, 0xff);        /* wNumEntries */
  assert_objref_fails (bytes, 71, 0xff);        /* wSecurityOffset */
  assert_objref_fails (bytes, size - 40, 2);    /* nElms */
  assert_objref_fails (bytes, size - 36, 2);    /* Signature2 */
  assert_objref_fails (bytes, size - 16, 9);    /* cbSize */
  assert_objref_fails (bytes, size - 12, 9);    /* cbRounded */
  sr_objref_clear (&out);
}

/* Units of a packet; NULL when they are refused. */
static SrDualStringArray *
parse_units (const char    *units,
             gsize          length,
             guint16        offset,
             GError       **error)
{
  g_autoptr (GByteArray) packet = g_byte_array_new ();
  guint16 head[2] = { GUINT16_TO_LE ((guint16) (length / 2)), GUINT16_TO_LE (offset) };
  g_autoptr (SrDualStringArray) array = NULL;
  SrNdr ndr;

  g_byte_array_append (packet, (const guint8 *) head, sizeof head);
  g_byte_array_append (packet, (const guint8 *) units, (guint) length);
  sr_ndr_init_reader (&ndr, "DUALSTRINGARRAY", packet->data, packet->len);
  sr_dual_string_array_code_packet (&ndr, "bindings", &array);
  return sr_ndr_finish (&ndr, error) ? g_steal_pointer (&array) : NULL;
}

static void
test_bindings (void)
{
  static const char smallest[] = "\0\0\0\0\0\0\0\0";
  static const char endless[] = "\7\0a\0b\0c\0";
  static const char no_terminator[] = "\7\0a\0\0\0\11\0\377\377\0\0\0\0";
  static const char surrogate[] = "\7\0\0\330\0\0\0\0\0\0\0\0";
  g_autoptr (SrDualStringArray) array = NULL;
  g_autoptr (GError) error = NULL;

  /* The smallest one of MS-DCOM 2.2.19.1 */
  array = parse_units (smallest, 8, 2, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (array->strings->len, ==, 0);
  g_assert_cmpuint (sr_dual_string_array_find_port (array), ==, 0);

  g_assert_null (parse_units (endless, 8, 4, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  /* The strings run into the security bindings. */
  g_assert_null (parse_units (no_terminator, 14, 3, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (parse_units (surrogate, 12, 4, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (parse_units (smallest, 0, 0, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
}

static void
test_ports_and_principals (void)
{
  static const struct
  {
    guint16 tower;
    const char *address;
    guint16 port;
  } cases[] = {
    { 7, "ca.test[49152]", 49152 }, { 7, "[::1][135]", 135 }, { 7, "ca.test", 0 }, { 7, "ca.test[]", 0 },
    { 7, "ca.test[x]", 0 }, { 7, "ca.test[65536]", 0 }, { 7, "ca.test[-1]", 0 }, { 7, "ca.test[1]x", 0 },
    { 7, "ca.test[99999999999999999999]", 0 }, { 15, "ca.test[49152]", 0 }, { 7, "::1", 0 },
  };
  static const char *const strangers[] = {
    "NT AUTHORITY\\SYSTEM", "host/other.test", "host/ca.test@OTHER", "/ca.test", "ca.test", "host/ca.test.evil.test", "",
  };
  g_autoptr (SrDualStringArray) securities = sr_dual_string_array_new ();
  g_autofree char *principal = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SrDualStringArray) array = sr_dual_string_array_new ();

      sr_dual_string_array_add (array, cases[i].tower, cases[i].address);
      g_assert_cmpuint (sr_dual_string_array_find_port (array), ==, cases[i].port);
    }
  for (guint i = 0; i < G_N_ELEMENTS (strangers); i++)
    sr_dual_string_array_add_security (securities, 16, strangers[i]);
  g_assert_null (sr_dual_string_array_find_principal (securities, "ca.test"));
  sr_dual_string_array_add_security (securities, 16, "certsvc/CA.test");
  principal = sr_dual_string_array_find_principal (securities, "ca.test");
  g_assert_cmpstr (principal, ==, "certsvc/CA.test");
}

/* Extensions of a call come back as they went, one and two of them. */
static void
test_extents (void)
{
  g_autoptr (GBytes) seven = g_bytes_new_static ("seven..", 7);
  g_autoptr (GBytes) eight = g_bytes_new_static ("eight...", 8);
  g_autoptr (GError) error = NULL;

  for (guint n = 0; n <= 3; n++)
    {
      SrOrpcThat out = { 1, sr_orpc_extents_new () }, in = { 0 };
      g_autoptr (GBytes) bytes = NULL;
      SrNdr ndr;

      for (guint i = 0; i < n; i++)
        sr_orpc_extents_add (out.extents, &(SrGuid) { i }, i == 0 ? seven : eight);
      sr_ndr_init_writer (&ndr, "ORPCTHAT");
      sr_orpc_that_code (&ndr, &out);
      bytes = sr_ndr_finish_bytes (&ndr, &error);
      g_assert_no_error (error);
      sr_ndr_init_reader (&ndr, "ORPCTHAT", g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
      sr_orpc_that_code (&ndr, &in);
      sr_ndr_finish (&ndr, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (in.extents->len, ==, n);
      for (guint i = 0; i < n; i++)
        {
          SrOrpcExtent *extent = g_ptr_array_index (in.extents, i);

          g_assert_cmpuint (extent->id.data1, ==, i);
          g_assert_true (g_bytes_equal (extent->data, i == 0 ? seven : eight));
        }
      sr_orpc_that_clear (&in);
      sr_orpc_that_clear (&out);
    }
}

static void
assert_extents_fail (const guint32 *words,
                     guint          n,
                     int            code)
{
  g_autofree guint32 *wire = g_new (guint32, n);
  g_autoptr (GError) error = NULL;
  SrOrpcThat in = { 0 };
  SrNdr ndr;

  for (guint i = 0; i < n; i++)
    wire[i] = GUINT32_TO_LE (words[i]);
  sr_ndr_init_reader (&ndr, "ORPCTHAT", (const guint8 *) wire, 4 * n);
  sr_orpc_that_code (&ndr, &in);
  g_assert_false (sr_ndr_finish (&ndr, &error));
  g_assert_error (error, SR_ERROR, code);
  sr_orpc_that_clear (&in);
}

static void
test_broken_extents (void)
{
  /* flags, pointer, size, reserved, pointer, array length, pointers..., count, id, size, data */
  const guint32 too_many[] = { 0, 1, 0x7fffffff, 0, 1, 0x80000000 };
  const guint32 at_null[] = { 0, 1, 1, 0, 0 };
  const guint32 other_length[] = { 0, 1, 1, 0, 1, 1, 1 };
  const guint32 both_null[] = { 0, 1, 1, 0, 1, 2, 0, 0 };
  const guint32 one_too_many[] = { 0, 1, 1, 0, 1, 2, 1, 1 };
  const guint32 too_long[] = { 0, 1, 1, 0, 1, 2, 1, 0, 0xfffffff8, 0, 0, 0, 0, 0xfffffff1 };
  const guint32 not_rounded[] = { 0, 1, 1, 0, 1, 2, 1, 0, 8, 0, 0, 0, 0, 9, 0, 0, 0 };
  const guint32 cut[] = { 0, 1, 1, 0, 1, 2, 1, 0, 8, 0, 0, 0, 0, 8, 0 };

  assert_extents_fail (too_many, G_N_ELEMENTS (too_many), SR_ERROR_LIMIT);
  assert_extents_fail (at_null, G_N_ELEMENTS (at_null), SR_ERROR_MALFORMED);
  assert_extents_fail (other_length, G_N_ELEMENTS (other_length), SR_ERROR_MALFORMED);
  assert_extents_fail (both_null, G_N_ELEMENTS (both_null), SR_ERROR_MALFORMED);
  assert_extents_fail (one_too_many, G_N_ELEMENTS (one_too_many), SR_ERROR_MALFORMED);
  assert_extents_fail (too_long, G_N_ELEMENTS (too_long), SR_ERROR_LIMIT);
  assert_extents_fail (not_rounded, G_N_ELEMENTS (not_rounded), SR_ERROR_MALFORMED);
  assert_extents_fail (cut, G_N_ELEMENTS (cut), SR_ERROR_MALFORMED);
}

static void
test_versions (void)
{
  g_assert_true (sr_com_version_accepted ((SrComVersion) { 5, 1 }, 7));
  g_assert_true (sr_com_version_accepted ((SrComVersion) { 5, 7 }, 7));
  g_assert_false (sr_com_version_accepted ((SrComVersion) { 5, 8 }, 7));
  g_assert_false (sr_com_version_accepted ((SrComVersion) { 4, 7 }, 7));
  g_assert_false (sr_com_version_accepted ((SrComVersion) { 6, 0 }, 7));
}

static GBytes *
build_request (SrActivationRequest *request)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  sr_activation_request_init (request, &(SrGuid) { 1 }, &iid, 1, "ca.test", 7);
  bytes = sr_activation_request_build (request, &error);
  g_assert_no_error (error);
  return bytes;
}

/* Independent clients send no context, and some no special properties: what comes back then. */
static void
test_request_without_context (void)
{
  SrActivationRequest out, in;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;

  sr_activation_request_init (&out, &(SrGuid) { 1 }, &iid, 1, NULL, 6);
  out.has_context = FALSE;
  bytes = sr_activation_request_build (&out, &error);
  g_assert_no_error (error);
  sr_activation_request_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &in, &error);
  g_assert_no_error (error);
  g_assert_false (in.has_context);
  g_assert_cmpuint (in.client_version.minor, ==, 6);
  g_assert_cmpuint (in.iids->len, ==, 1);
  sr_activation_request_clear (&out);
  sr_activation_request_clear (&in);
}

/* A context that is none has its own HRESULT (MS-DCOM 2.2.22.2.5). */
static void
test_request_with_wrong_context (void)
{
  static const guint8 extents[] = { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 };
  SrActivationRequest out, in;
  g_autoptr (GBytes) bytes = build_request (&out);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  gsize length = g_bytes_get_size (bytes);
  g_autoptr (GError) error = NULL;
  guint8 id[16];
  guint8 *at;

  sr_guid_write (&out.context_id, id);
  at = memmem (copy, length, id, sizeof id);
  g_assert_nonnull (at);
  memcpy (at + 24, extents, 4);
  g_assert_false (sr_activation_request_parse (copy, length, &in, &error));
  g_assert_cmphex (sr_hresult_from_error (error), ==, SR_RPC_E_INVALID_OBJREF);
  sr_activation_request_clear (&out);
  sr_activation_request_clear (&in);
}

/* Every shortened request and reply is refused, and none with one more or less interface than told. */
static void
test_cut_short (void)
{
  SrActivationRequest out, in;
  g_autoptr (GBytes) bytes = build_request (&out);

  for (gsize length = 0; length < g_bytes_get_size (bytes); length++)
    {
      g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (bytes, NULL), length);
      g_autoptr (GError) error = NULL;

      g_assert_false (sr_activation_request_parse (copy, length, &in, &error));
      g_assert_nonnull (error);
      sr_activation_request_clear (&in);
    }
  sr_activation_request_clear (&out);
}

static void
code_number (SrNdr    *ndr,
             gpointer  message)
{
  sr_ndr_uint32 (ndr, "number", message);
}

static void
test_serialization (void)
{
  guint32 number = 0x04030201, again = 0;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = sr_ndr_serialize ("number", code_number, &number, &error);
  static const guint8 expected[] = { 1, 0x10, 8, 0, 0xcc, 0xcc, 0xcc, 0xcc, 8, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0 };
  guint8 copy[sizeof expected];
  gsize consumed;

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, sizeof expected);
  memcpy (copy, expected, sizeof copy);
  /* Independent clients leave the padding out of the length. */
  copy[8] = 4;
  sr_ndr_deserialize ("number", copy, sizeof copy, code_number, &again, &consumed, &error);
  g_assert_no_error (error);
  g_assert_cmphex (again, ==, number);
  g_assert_cmpuint (consumed, ==, 24);
  copy[8] = 9;
  g_assert_false (sr_ndr_deserialize ("number", copy, sizeof copy, code_number, &again, &consumed, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_MALFORMED);
  g_clear_error (&error);
  copy[8] = 8;
  copy[1] = 0;
  g_assert_false (sr_ndr_deserialize ("number", copy, sizeof copy, code_number, &again, &consumed, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_UNSUPPORTED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dcom/objref/formats", test_formats);
  g_test_add_func ("/dcom/objref/custom", test_custom);
  g_test_add_func ("/dcom/objref/broken", test_broken);
  g_test_add_func ("/dcom/objref/bindings", test_bindings);
  g_test_add_func ("/dcom/objref/ports-and-principals", test_ports_and_principals);
  g_test_add_func ("/dcom/orpc/extents", test_extents);
  g_test_add_func ("/dcom/orpc/broken-extents", test_broken_extents);
  g_test_add_func ("/dcom/orpc/versions", test_versions);
  g_test_add_func ("/dcom/activation/without-context", test_request_without_context);
  g_test_add_func ("/dcom/activation/wrong-context", test_request_with_wrong_context);
  g_test_add_func ("/dcom/activation/cut-short", test_cut_short);
  g_test_add_func ("/dcom/serialization", test_serialization);
  return g_test_run ();
}
