/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-log.h"

G_BEGIN_DECLS

/* Behind the header, records: length, checksum of all but itself, type, two spare fields, place,
 * payload, padding to 8. A length and type of zero mean that nothing follows. */
#define SR_PRACTICE_RECORD_HEADER 24
#define SR_PRACTICE_RECORD_ALIGN(n) (((n) + 7) & ~(gsize) 7)

guint32 sr_practice_record_checksum (const guint8 *record,
                                     gsize         length);

G_END_DECLS
