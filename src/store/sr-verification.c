/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-verification.h"

#include "store/sr-json-private.h"
#include "store/sr-store-private.h"

#define FORMAT 1
#define SHA256_BYTES 32

static const char * const result_words[] = { "bad", "good", NULL };
static const char * const finding_words[] = { "good", "unexpected", "unreadable", "damaged", NULL };

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

  sr_json_add_time (root, "at", verification->at);
  sr_json_add_string (root, "result", result_words[verification->finding == SR_FINDING_GOOD]);
  sr_json_add_string (root, "finding", finding_words[verification->finding]);
  sr_json_add_string (root, "manifestSha256", verification->manifest_sha256);
  sr_json_add_detail (root, verification->detail);
  return sr_json_save (root, folder, SR_VERIFICATION_NAME, error);
}

/* Without a finding of its own what is bad counts as the worst. */
static SrFinding
load_finding (SrJsonReader *reader)
{
  gboolean good = sr_json_get_word (reader, reader->root, "result", result_words) == 1;

  if (json_object_has_member (reader->root, "finding"))
    return (SrFinding) sr_json_get_word (reader, reader->root, "finding", finding_words);
  return good ? SR_FINDING_GOOD : SR_FINDING_DAMAGED;
}

gboolean
sr_verification_load (const char     *folder,
                      SrVerification *verification,
                      GError        **error)
{
  g_auto (SrJsonReader) reader = { 0 };

  *verification = (SrVerification) { 0 };
  if (!sr_json_reader_load (&reader, folder, SR_VERIFICATION_NAME, FORMAT, error))
    return FALSE;

  verification->at = sr_json_get_time (&reader, reader.root, "at", TRUE);
  verification->finding = load_finding (&reader);
  verification->manifest_sha256 = sr_json_dup_hex (&reader, reader.root, "manifestSha256", SHA256_BYTES, TRUE);
  verification->detail = sr_json_dup_detail (&reader);

  if (sr_json_reader_finish (&reader, error))
    return TRUE;
  sr_verification_clear (verification);
  return FALSE;
}
