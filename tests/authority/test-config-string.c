/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-error.h"
#include "authority/sr-config-string.h"

static void
test_good (void)
{
  static const struct
  {
    const char *text;
    const char *host;
    const char *name;
  } good[] = {
    { "ca01.contoso.com\\Contoso Issuing CA", "ca01.contoso.com", "Contoso Issuing CA" },
    { "  CA01\\ Contoso CA \n", "CA01", "Contoso CA" },
    { "10.0.0.7\\CA", "10.0.0.7", "CA" },
    { "fe80::1\\CA", "fe80::1", "CA" },
    { "pki_1.corp\\A\\B", "pki_1.corp", "A\\B" },
    { "münchen.example\\Zürich CA", "münchen.example", "Zürich CA" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_autofree char *host = NULL;
      g_autofree char *name = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (sr_config_string_parse (good[i].text, &host, &name, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (host, ==, good[i].host);
      g_assert_cmpstr (name, ==, good[i].name);
    }
}

static void
test_bad (void)
{
  g_autofree char *label = g_strnfill (64, 'a');
  g_autofree char *long_label = g_strconcat (label, "\\CA", NULL);
  g_autofree char *name = g_strnfill (SR_CONFIG_MAX_NAME + 1, 'n');
  g_autofree char *long_name = g_strconcat ("host\\", name, NULL);
  const char *bad[] = {
    "", "\\", "host", "hostCA", "\\CA", "host\\", "host\\  ", "\\\\host\\CA", "host\\\\CA", "-host\\CA", "host-\\CA",
    "a..b\\CA", "ho st\\CA", "host/x\\CA", "host\\C\nA", "host\\C\033[2JA", "host\\CA\xff", "host%\\CA", long_label, long_name,
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *host = NULL;
      g_autofree char *ca = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_false (sr_config_string_parse (bad[i], &host, &ca, &error));
      g_assert_error (error, SR_AUTHORITY_ERROR, SR_AUTHORITY_ERROR_CONFIG_STRING);
      g_assert_null (host);
      g_assert_null (ca);
    }
}

static void
test_key (void)
{
  g_autofree char *a = sr_config_string_key ("CA01.Contoso.com\\Zürich");
  g_autofree char *b = sr_config_string_key ("ca01.contoso.COM\\ZU\314\210RICH");
  g_autofree char *c = sr_config_string_key ("ca01.contoso.com\\Zurich");

  g_assert_cmpstr (a, ==, b);
  g_assert_cmpstr (a, !=, c);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/authority/config-string/good", test_good);
  g_test_add_func ("/authority/config-string/bad", test_bad);
  g_test_add_func ("/authority/config-string/key", test_key);
  return g_test_run ();
}
