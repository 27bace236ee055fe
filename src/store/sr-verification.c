/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-verification.h"

#include "store/sr-json-private.h"
#include "store/sr-store-private.h"

#define FORMAT 1
#define MAX_FILE (64 * 1024)
#define MAX_DETAIL (8 * 1024)
#define SHA256_BYTES 32

static const char * const result_words[] = { "bad", "good", NULL };

void
sr_verification_clear (SrVerification *verification)
{
  g_free (verification->manifest_sha256);
  g_free (verification->detail);
  *verification = (SrVerification) { 0 };
}

gboolean
sr_verification_save (const SrVerification *verification,
                      const char           *folder,
                      GError              **error)
{
  g_autoptr (JsonObject) root = sr_json_object_new (FORMAT);
  g_autofree char *path = g_build_filename (folder, SR_VERIFICATION_NAME, NULL);
  g_autofree char *valid = verification->detail != NULL ? g_utf8_make_valid (verification->detail, -1) : NULL;
  g_autofree char *detail = valid != NULL ? g_utf8_truncate_middle (valid, MAX_DETAIL / 4) : NULL;
  g_autoptr (GBytes) json = NULL;

  sr_json_add_time (root, "at", verification->at);
  sr_json_add_string (root, "result", result_words[verification->good]);
  sr_json_add_string (root, "manifestSha256", verification->manifest_sha256);
  sr_json_add_string (root, "detail", detail);
  json = sr_json_to_bytes (root);
  return sr_store_replace (path, json, error);
}

gboolean
sr_verification_load (const char     *folder,
                      SrVerification *verification,
                      GError        **error)
{
  g_auto (SrJsonReader) reader = { 0 };
  g_autofree char *path = g_build_filename (folder, SR_VERIFICATION_NAME, NULL);
  g_autoptr (GBytes) json = NULL;

  *verification = (SrVerification) { 0 };
  json = sr_store_load (folder, SR_VERIFICATION_NAME, MAX_FILE,
                        SR_STORE_ERROR_MISSING, SR_STORE_ERROR_DAMAGED_SET, error);
  if (json == NULL ||
      !sr_json_reader_init (&reader, json, path, SR_STORE_ERROR_DAMAGED_SET, FORMAT, error))
    return FALSE;

  verification->at = sr_json_get_time (&reader, reader.root, "at", TRUE);
  verification->good = sr_json_get_word (&reader, reader.root, "result", result_words) == 1;
  verification->manifest_sha256 = sr_json_dup_hex (&reader, reader.root, "manifestSha256", SHA256_BYTES, TRUE);
  verification->detail = sr_json_dup_string (&reader, reader.root, "detail", MAX_DETAIL, FALSE);

  if (sr_json_reader_finish (&reader, error))
    return TRUE;
  sr_verification_clear (verification);
  return FALSE;
}
