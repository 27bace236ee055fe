/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-stubs.h"

#include "base/sr-error.h"

/* A VARIANT alone stands for the message of these rows. */
static void
code_variant (SrNdr    *ndr,
              gpointer  message)
{
  sr_variant_code (ndr, "value", message);
}

static void
clear_variant (gpointer message)
{
  sr_variant_clear (message);
}

static const SrRpcMethod row = {
  .name = "variant",
  .request_size = sizeof (SrVariant),
  .code_request = code_variant,
  .clear_request = clear_variant,
};

static SrVariant *
decode (const char *pattern,
        GError    **error)
{
  g_autoptr (GBytes) stub = test_pattern_bytes (pattern, 0xee);

  return test_decode (&row, FALSE, stub, error);
}

static void
check (const char *pattern,
       SrVariant  *variant)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) ours = test_encode (&row, FALSE, variant);
  SrVariant *copy = decode (pattern, &error);
  g_autoptr (GBytes) again = NULL;

  g_assert_no_error (error);
  g_assert_true (test_pattern_matches (pattern, ours));
  again = test_encode (&row, FALSE, copy);
  g_assert_true (g_bytes_equal (again, ours));
  g_assert_cmpint (copy->type, ==, variant->type);
  test_free_message (&row, FALSE, copy);
}

/* Pointer, gap, size in quadwords, reserved, type, three reserved words, discriminant. */
#define HEAD(quads, type, arm) "........ ........" quads "000000 00000000" type "0000 0000 0000" arm

/* Two pointers, the count of bounds, and the SAFEARRAY up to its count of elements. */
#define ARRAY(features, size, locks, sf) "........ ........ 01000000 0100" features size "000000" locks sf

static void
test_scalars (void)
{
  SrVariant empty = { SR_VT_EMPTY };
  SrVariant number = { SR_VT_I4, .number = -2 };
  SrVariant text = { SR_VT_BSTR, .text = (char *) "ab" };
  SrVariant no_text = { SR_VT_BSTR, .text = (char *) "" };
  SrVariant null = { SR_VT_BSTR };

  check (HEAD ("03", "0000", "00000000"), &empty);
  check (HEAD ("03", "0300", "03000000") "feffffff", &number);
  check (HEAD ("05", "0800", "08000000") "........ 02000000 04000000 02000000 61006200", &text);
  check (HEAD ("05", "0800", "08000000") "........ 00000000 00000000 00000000", &no_text);
  check (HEAD ("05", "0800", "08000000") "........ 00000000 ffffffff 00000000", &null);
}

static void
test_arrays (void)
{
  const char *items[] = { "a", "bc", NULL };
  const char *none[] = { NULL };
  g_autoptr (GBytes) three = g_bytes_new_static ("\1\2\3", 3);
  g_autoptr (GBytes) zero = g_bytes_new_static (NULL, 0);
  SrVariant bytes = { SR_VT_ARRAY_UI1, .bytes = three };
  SrVariant no_bytes = { SR_VT_ARRAY_UI1, .bytes = zero };
  SrVariant strings = { SR_VT_ARRAY_BSTR, .strings = (char **) items };
  SrVariant no_strings = { SR_VT_ARRAY_BSTR, .strings = (char **) none };

  check (HEAD ("09", "1120", "00200000") ARRAY ("8000", "01", "00001100", "10000000")
         "03000000 ........ 03000000 00000000 03000000 010203", &bytes);
  check (HEAD ("09", "1120", "00200000") ARRAY ("8000", "01", "00001100", "10000000")
         "00000000 ........ 00000000 00000000 00000000", &no_bytes);
  check (HEAD ("0e", "0820", "00200000") ARRAY ("8001", "04", "00000800", "08000000")
         "02000000 ........ 02000000 00000000 02000000 ........ ........"
         "01000000 02000000 01000000 6100 .... 02000000 04000000 02000000 62006300", &strings);
  check (HEAD ("09", "0820", "00200000") ARRAY ("8001", "04", "00000800", "08000000")
         "00000000 ........ 00000000 00000000 00000000", &no_strings);
}

/* What other programs may send and we do not. */
static void
test_other_forms (void)
{
  g_autoptr (GError) error = NULL;
  SrVariant *value;

  /* No VARIANT at all. */
  value = decode ("00000000", &error);
  g_assert_no_error (error);
  g_assert_cmpint (value->type, ==, SR_VT_EMPTY);
  test_free_message (&row, FALSE, value);

  /* A BSTR without a pointer. */
  value = decode (HEAD ("03", "0800", "08000000") "00000000", &error);
  g_assert_no_error (error);
  g_assert_null (value->text);
  test_free_message (&row, FALSE, value);

  /* No array, and an array without elements' pointer. */
  value = decode (HEAD ("03", "1120", "00200000") "00000000", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (value->bytes), ==, 0);
  test_free_message (&row, FALSE, value);
  value = decode (HEAD ("08", "0820", "00200000") ARRAY ("8001", "04", "00000800", "08000000")
                  "00000000 00000000 00000000 00000000", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (value->strings), ==, 0);
  test_free_message (&row, FALSE, value);

  /* A lower bound, features of our peer's own, locks, no element type, and a null string among strings. */
  value = decode (HEAD ("0e", "0820", "00200000") ARRAY ("0001", "08", "07000000", "08000000")
                  "02000000 ........ 02000000 feffffff 02000000 ........ 00000000"
                  "01000000 02000000 01000000 6100", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (value->strings), ==, 2);
  g_assert_cmpstr (value->strings[0], ==, "a");
  g_assert_cmpstr (value->strings[1], ==, "");
  test_free_message (&row, FALSE, value);

  /* Elements of text end at a NUL that is counted. */
  value = decode (HEAD ("05", "0800", "08000000") "........ 02000000 04000000 02000000 61000000", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (value->text, ==, "a");
  test_free_message (&row, FALSE, value);
}

static const struct
{
  const char *what;
  const char *pattern;
  SrError code;
} hostile[] = {
  { "VT_R8", HEAD ("04", "0500", "05000000") "00000000 00000000 00000000", SR_ERROR_UNSUPPORTED },
  { "a pointer to itself", HEAD ("04", "0c40", "0c400000") "02000000", SR_ERROR_UNSUPPORTED },
  { "a discriminant of another type", HEAD ("03", "0300", "08000000") "01000000", SR_ERROR_MALFORMED },
  { "odd bytes of text", HEAD ("05", "0800", "08000000") "........ 02000000 03000000 02000000 61006200", SR_ERROR_MALFORMED },
  { "a null string with units", HEAD ("05", "0800", "08000000") "........ 01000000 ffffffff 01000000 6100", SR_ERROR_MALFORMED },
  { "two counts of text", HEAD ("05", "0800", "08000000") "........ 03000000 04000000 02000000 61006200", SR_ERROR_MALFORMED },
  { "text above the bound", HEAD ("05", "0800", "08000000") "........ 01800000 02000100 01800000", SR_ERROR_LIMIT },
  { "text longer than the stub", HEAD ("05", "0800", "08000000") "........ 00700000 00e00000 00700000", SR_ERROR_MALFORMED },
  { "two dimensions", HEAD ("0a", "1120", "00200000") "........ ........ 02000000 0200 8000 01000000 00001100 10000000"
    "01000000 ........ 01000000 00000000 01000000 00000000 01000000 01", SR_ERROR_MALFORMED },
  { "two counts of dimensions", HEAD ("09", "1120", "00200000") "........ ........ 01000000 0200 8000 01000000 00001100 10000000"
    "01000000 ........ 01000000 00000000 01000000 01", SR_ERROR_MALFORMED },
  { "numbers said to be bytes", HEAD ("09", "1120", "00200000") ARRAY ("8000", "01", "00000300", "10000000")
    "01000000 ........ 01000000 00000000 01000000 01", SR_ERROR_MALFORMED },
  { "bytes said to be strings", HEAD ("09", "1120", "00200000") ARRAY ("8000", "01", "00001100", "08000000")
    "01000000 ........ 01000000 00000000 01000000 01", SR_ERROR_MALFORMED },
  { "a size that is not the bound's", HEAD ("09", "1120", "00200000") ARRAY ("8000", "01", "00001100", "10000000")
    "02000000 ........ 01000000 00000000 02000000 0102", SR_ERROR_MALFORMED },
  { "a maximum that is not the size", HEAD ("09", "1120", "00200000") ARRAY ("8000", "01", "00001100", "10000000")
    "01000000 ........ 01000000 00000000 02000000 0102", SR_ERROR_MALFORMED },
  { "bytes above the bound", HEAD ("09", "1120", "00200000") ARRAY ("8000", "01", "00001100", "10000000")
    "ffffffff ........ ffffffff 00000000 ffffffff 01", SR_ERROR_LIMIT },
  { "bytes more than the stub has", HEAD ("09", "1120", "00200000") ARRAY ("8000", "01", "00001100", "10000000")
    "00000f00 ........ 00000f00 00000000 00000f00 01", SR_ERROR_MALFORMED },
  { "strings above the bound", HEAD ("09", "0820", "00200000") ARRAY ("8001", "04", "00000800", "08000000")
    "ffffff3f ........ ffffff3f 00000000 ffffff3f ........", SR_ERROR_LIMIT },
  { "strings more than the stub has", HEAD ("09", "0820", "00200000") ARRAY ("8001", "04", "00000800", "08000000")
    "00100000 ........ 00100000 00000000 00100000 ........", SR_ERROR_MALFORMED },
  { "bytes that are not there", HEAD ("08", "1120", "00200000") ARRAY ("8000", "01", "00001100", "10000000")
    "01000000 00000000 01000000 00000000", SR_ERROR_MALFORMED },
};

static void
test_hostile (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (hostile); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", hostile[i].what);
      g_assert_null (decode (hostile[i].pattern, &error));
      g_assert_error (error, SR_ERROR, (int) hostile[i].code);
      g_test_message ("%s", error->message);
      g_assert_true (g_str_has_prefix (error->message, "variant: value at byte "));
    }
}

/* Writers are bound too: a type without a form, and more than fits. */
static void
test_writer_bounds (void)
{
  g_autofree char *letters = g_strnfill (40000, 'x');
  SrVariant wrong[] = { { (SrVariantType) 5 }, { SR_VT_BSTR, .text = letters } };
  const SrError codes[] = { SR_ERROR_UNSUPPORTED, SR_ERROR_LIMIT };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) stub = NULL;
      SrNdr ndr;

      sr_ndr_init_writer (&ndr, "variant");
      sr_variant_code (&ndr, "value", &wrong[i]);
      stub = sr_ndr_finish_bytes (&ndr, &error);
      g_assert_null (stub);
      g_assert_error (error, SR_ERROR, (int) codes[i]);
    }
}

static void
test_clear (void)
{
  g_auto (SrVariant) variant = { SR_VT_ARRAY_BSTR, .strings = g_strsplit ("a b", " ", -1) };

  sr_variant_clear (&variant);
  g_assert_cmpint (variant.type, ==, SR_VT_EMPTY);
  g_assert_null (variant.strings);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/csra/variant/scalars", test_scalars);
  g_test_add_func ("/csra/variant/arrays", test_arrays);
  g_test_add_func ("/csra/variant/other-forms", test_other_forms);
  g_test_add_func ("/csra/variant/hostile", test_hostile);
  g_test_add_func ("/csra/variant/writer-bounds", test_writer_bounds);
  g_test_add_func ("/csra/variant/clear", test_clear);

  return g_test_run ();
}
