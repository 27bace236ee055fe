/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SrRegistryType:
 * @SR_REG_NONE: no type
 * @SR_REG_SZ: text
 * @SR_REG_EXPAND_SZ: text with names of environment variables
 * @SR_REG_BINARY: bytes
 * @SR_REG_DWORD: a number of 32 bits
 * @SR_REG_MULTI_SZ: several texts
 * @SR_REG_QWORD: a number of 64 bits
 *
 * Types of registry values (MS-RRP 3.1.1.5). Windows knows more, and takes any number.
 */
typedef enum
{
  SR_REG_NONE = 0,
  SR_REG_SZ = 1,
  SR_REG_EXPAND_SZ = 2,
  SR_REG_BINARY = 3,
  SR_REG_DWORD = 4,
  SR_REG_MULTI_SZ = 7,
  SR_REG_QWORD = 11,
} SrRegistryType;

/**
 * SrRegistryValue:
 *
 * A registry value: name, type, and the bytes as the registry has them.
 * Immutable. A boxed type.
 */
#define SR_TYPE_REGISTRY_VALUE (sr_registry_value_get_type ())
typedef struct _SrRegistryValue SrRegistryValue;
GType sr_registry_value_get_type (void);

/**
 * sr_registry_value_new:
 * @name: the value's name; "" is the key's default value
 * @type: any type
 * @data: the bytes; a reference is kept
 *
 * Returns: (transfer full): a value
 */
SrRegistryValue *sr_registry_value_new (const char     *name,
                                        SrRegistryType  type,
                                        GBytes         *data);

/**
 * sr_registry_value_new_sz:
 * @name: the value's name
 * @text: UTF-8
 *
 * Returns: (transfer full): a value of type %SR_REG_SZ, with its NUL
 */
SrRegistryValue *sr_registry_value_new_sz (const char *name,
                                           const char *text);

/**
 * sr_registry_value_new_multi_sz:
 * @name: the value's name
 * @items: (array zero-terminated=1): UTF-8, none of them empty
 *
 * Returns: (transfer full): a value of type %SR_REG_MULTI_SZ, closed by an empty text
 */
SrRegistryValue *sr_registry_value_new_multi_sz (const char         *name,
                                                 const char * const *items);

/**
 * sr_registry_value_new_dword:
 * @name: the value's name
 * @number: the number
 *
 * Returns: (transfer full): a value of type %SR_REG_DWORD
 */
SrRegistryValue *sr_registry_value_new_dword (const char *name,
                                              guint32     number);

/**
 * sr_registry_value_new_binary:
 * @name: the value's name
 * @data: (array length=length): the bytes
 * @length: in bytes
 *
 * Returns: (transfer full): a value of type %SR_REG_BINARY
 */
SrRegistryValue *sr_registry_value_new_binary (const char   *name,
                                               const guint8 *data,
                                               gsize         length);

/**
 * sr_registry_value_ref:
 * @value: a value
 *
 * Returns: (transfer full): @value
 */
SrRegistryValue *sr_registry_value_ref (SrRegistryValue *value);

/**
 * sr_registry_value_unref:
 * @value: (transfer full): a value
 */
void sr_registry_value_unref (SrRegistryValue *value);

const char *sr_registry_value_get_name (const SrRegistryValue *value);
SrRegistryType sr_registry_value_get_value_type (const SrRegistryValue *value);

/**
 * sr_registry_value_get_data:
 * @value: a value
 *
 * Returns: (transfer none): the bytes as the registry has them
 */
GBytes *sr_registry_value_get_data (const SrRegistryValue *value);

/**
 * sr_registry_value_get_text:
 * @value: a value
 * @error: where to put an error
 *
 * Texts without their NUL, as careless programs write them, are read.
 *
 * Sets %SR_ERROR_MISMATCH for another type than %SR_REG_SZ and
 * %SR_REG_EXPAND_SZ (whose variables stay as they are),
 * %SR_ERROR_MALFORMED for bytes that are no text.
 *
 * Returns: (transfer full): UTF-8, or %NULL
 */
char *sr_registry_value_get_text (const SrRegistryValue  *value,
                                  GError                **error);

/**
 * sr_registry_value_get_texts:
 * @value: a value
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MISMATCH for another type than %SR_REG_MULTI_SZ,
 * %SR_ERROR_MALFORMED for bytes that are no list, %SR_ERROR_LIMIT above 65536 texts.
 *
 * Returns: (transfer full) (array zero-terminated=1): UTF-8, or %NULL
 */
char **sr_registry_value_get_texts (const SrRegistryValue  *value,
                                    GError                **error);

/**
 * sr_registry_value_get_number:
 * @value: a value
 * @number: (out): the number
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MISMATCH for another type than %SR_REG_DWORD and
 * %SR_REG_QWORD, %SR_ERROR_MALFORMED for another length than its type has.
 *
 * Returns: whether it is one
 */
gboolean sr_registry_value_get_number (const SrRegistryValue  *value,
                                       guint64                *number,
                                       GError                **error);

/**
 * sr_registry_value_get_bytes:
 * @value: a value
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MISMATCH for another type than %SR_REG_BINARY.
 *
 * Returns: (transfer none): the bytes, or %NULL
 */
GBytes *sr_registry_value_get_bytes (const SrRegistryValue  *value,
                                     GError                **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrRegistryValue, sr_registry_value_unref)

G_END_DECLS
