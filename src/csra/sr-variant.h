/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "rpc/sr-ndr.h"

G_BEGIN_DECLS

/**
 * SrVariantType:
 * @SR_VT_EMPTY: nothing
 * @SR_VT_I4: a signed 32-bit number
 * @SR_VT_BSTR: a string
 * @SR_VT_ARRAY_UI1: VT_ARRAY | VT_UI1: bytes
 * @SR_VT_ARRAY_BSTR: VT_ARRAY | VT_BSTR: strings
 *
 * The types that configuration entries use (MS-OAUT 2.2.7).
 */
typedef enum
{
  SR_VT_EMPTY = 0,
  SR_VT_I4 = 3,
  SR_VT_BSTR = 8,
  SR_VT_ARRAY_UI1 = 0x2011,
  SR_VT_ARRAY_BSTR = 0x2008,
} SrVariantType;

/**
 * SrVariant:
 * @type: which of the others is used
 * @number: for %SR_VT_I4
 * @text: (nullable): for %SR_VT_BSTR; %NULL is the null BSTR
 * @bytes: for %SR_VT_ARRAY_UI1
 * @strings: (array zero-terminated=1): for %SR_VT_ARRAY_BSTR
 *
 * A VARIANT (MS-OAUT 2.2.29).
 */
typedef struct
{
  SrVariantType type;
  gint32 number;
  char *text;
  GBytes *bytes;
  char **strings;
} SrVariant;

/**
 * sr_variant_clear:
 * @variant: a variant; frees what it holds and makes it %SR_VT_EMPTY
 */
void sr_variant_clear (SrVariant *variant);

/**
 * sr_variant_code:
 * @ndr: a cursor
 * @field: the field's name
 * @variant: read into or written from
 *
 * Codes a VARIANT behind its unique pointer (wireVARIANT, MS-OAUT 2.2.29.1).
 * Types that are not in #SrVariantType fail with %SR_ERROR_UNSUPPORTED.
 */
void sr_variant_code (SrNdr      *ndr,
                      const char *field,
                      SrVariant  *variant);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrVariant, sr_variant_clear)

G_END_DECLS
