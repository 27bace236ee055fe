/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-store-error.h"

G_BEGIN_DECLS

/** SR_VERIFICATION_NAME: the file in a set, beside the manifest */
#define SR_VERIFICATION_NAME "verified.json"

/**
 * SrFinding:
 * @SR_FINDING_GOOD: every file was what the manifest says, and nothing else was there
 * @SR_FINDING_UNEXPECTED: the same, but something else lay in the set's folder, such as what a file manager leaves
 * @SR_FINDING_UNREADABLE: not all of it could be read, which may pass
 * @SR_FINDING_DAMAGED: a file was missing, or was another
 *
 * What a verification found; the worse, the greater.
 */
typedef enum
{
  SR_FINDING_GOOD,
  SR_FINDING_UNEXPECTED,
  SR_FINDING_UNREADABLE,
  SR_FINDING_DAMAGED,
} SrFinding;

/**
 * SrVerification:
 * @at: when the set was last read through, microseconds since 1970 UTC
 * @finding: the worst of what was found
 * @manifest_sha256: hash of the manifest that it was compared with, 64 hexadecimal digits
 * @detail: (nullable): what was found, in words
 *
 * What the last verification of a set found, for verified.json.
 */
typedef struct
{
  gint64 at;
  SrFinding finding;
  char *manifest_sha256;
  char *detail;
} SrVerification;

/**
 * sr_verification_clear:
 * @verification: a verification whose strings are freed and whose members become 0
 */
void sr_verification_clear (SrVerification *verification);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrVerification, sr_verification_clear)

/**
 * sr_verification_save:
 * @verification: a verification
 * @folder: a set or a staging folder
 * @error: where to put an error
 *
 * Writes verified.json into the folder as a whole (a second file and a rename).
 *
 * Sets %SR_STORE_ERROR.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_verification_save (const SrVerification *verification,
                               const char           *folder,
                               GError              **error);

/**
 * sr_verification_load:
 * @folder: a set or a staging folder
 * @verification: (out caller-allocates): what was found, all 0 on failure
 * @error: where to put an error
 *
 * Sets %SR_STORE_ERROR_MISSING when there is no verified.json,
 * %SR_STORE_ERROR_NEWER_FORMAT, %SR_STORE_ERROR_DAMAGED_SET, and the codes for
 * files that cannot be read.
 *
 * Returns: whether @verification is set
 */
gboolean sr_verification_load (const char     *folder,
                               SrVerification *verification,
                               GError        **error);

G_END_DECLS
