/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "many-cas.h"

#define N_CERTIFICATES 20

static ManyCa *
start (const char *folder,
       guint       n)
{
  ManyCa *ca = g_new0 (ManyCa, 1);
  g_autofree char *name = g_strdup_printf ("CA %02u", n);
  g_autofree char *config = g_strconcat ("localhost\\", name, NULL);
  g_autofree char *path = g_build_filename (folder, name, NULL);
  SrPracticeServerOptions options = { .ca = { .name = name } };
  g_autoptr (GError) error = NULL;

  ca->server = sr_practice_server_start (path, &options, &error);
  g_assert_no_error (error);
  sr_practice_server_freeze_clock (ca->server, TRUE);
  g_assert_true (sr_practice_ca_issue (sr_practice_server_get_ca (ca->server), N_CERTIFICATES, NULL, "TEST\\requester", NULL, &error));
  g_assert_no_error (error);

  ca->authority = sr_authority_new (config, &error);
  g_assert_no_error (error);
  sr_authority_set_practice_folder (ca->authority, path);
  sr_authority_set_ntlm_allowed (ca->authority, TRUE);
  return ca;
}

static void
stop (ManyCa *ca)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sr_practice_server_stop (ca->server, &error));
  g_assert_no_error (error);
  g_object_unref (ca->server);
  g_object_unref (ca->authority);
  g_free (ca);
}

GPtrArray *
many_cas_start (const char *folder,
                guint       n)
{
  GPtrArray *cas = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (cas, start (folder, i));
  return cas;
}

void
many_cas_stop (GPtrArray *cas)
{
  for (guint i = 0; i < cas->len; i++)
    stop (cas->pdata[i]);
  g_ptr_array_unref (cas);
}

ManyCounts
many_ca_count (ManyCa *ca)
{
  SrPracticeCa *counter = sr_practice_server_get_ca (ca->server);

  return (ManyCounts) {
    .prepares = sr_practice_ca_get_count (counter, "counts", "prepare"),
    .ends = sr_practice_ca_get_count (counter, "counts", "end"),
    .rundowns = sr_practice_ca_get_count (counter, "counts", "rundown"),
    .others = sr_practice_ca_get_count (counter, "counts", "released") + sr_practice_ca_get_count (counter, "counts", "lost"),
  };
}
