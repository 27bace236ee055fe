/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-ca.h"

G_BEGIN_DECLS

/*
 * The registry of the CA's host, as far as there is one: below
 * HKEY_LOCAL_MACHINE the keys down to SYSTEM\CurrentControlSet\Services\CertSvc\Configuration,
 * and below that the CA's configuration, running or not. Keys are paths
 * below HKEY_LOCAL_MACHINE, "" for that itself; case does not matter. What is
 * written is on the disk when a function returns. All return a Win32 error, 0
 * for none; thread-safe.
 */

/** SR_PRACTICE_MAX_REGISTRY_VALUE: most bytes of a value */
#define SR_PRACTICE_MAX_REGISTRY_VALUE 65536

/* Win32 errors that they return (MS-ERREF 2.2). */
#define SR_PRACTICE_WIN32_FILE_NOT_FOUND 2u
#define SR_PRACTICE_WIN32_ACCESS_DENIED 5u
#define SR_PRACTICE_WIN32_OUT_OF_MEMORY 14u
#define SR_PRACTICE_WIN32_INVALID_PARAMETER 87u
#define SR_PRACTICE_WIN32_REGISTRY_IO_FAILED 1016u

/**
 * sr_practice_registry_open:
 * @ca: a CA
 * @key: a key
 *
 * Returns: 0 when it is there, %SR_PRACTICE_WIN32_FILE_NOT_FOUND or %SR_PRACTICE_WIN32_INVALID_PARAMETER
 */
guint32 sr_practice_registry_open (SrPracticeCa *ca,
                                   const char   *key);

/**
 * sr_practice_registry_create:
 * @ca: a CA
 * @key: a key below Configuration
 * @created: (out): whether it was not there before
 *
 * Makes a key with those above it.
 *
 * Returns: 0, %SR_PRACTICE_WIN32_ACCESS_DENIED elsewhere, or an error
 */
guint32 sr_practice_registry_create (SrPracticeCa *ca,
                                     const char   *key,
                                     gboolean     *created);

/**
 * sr_practice_registry_delete:
 * @ca: a CA
 * @key: a key below Configuration without keys of its own
 *
 * Deletes a key with its values.
 *
 * Returns: 0, %SR_PRACTICE_WIN32_ACCESS_DENIED for the CA's own key and one with keys below it, or an error
 */
guint32 sr_practice_registry_delete (SrPracticeCa *ca,
                                     const char   *key);

/**
 * sr_practice_registry_list_keys:
 * @ca: a CA
 * @key: a key
 * @names: (out) (transfer full) (array zero-terminated=1): the keys right below it
 *
 * Returns: 0 or an error
 */
guint32 sr_practice_registry_list_keys (SrPracticeCa *ca,
                                        const char   *key,
                                        char       ***names);

/**
 * sr_practice_registry_list_values:
 * @ca: a CA
 * @key: a key
 * @names: (out) (transfer full) (array zero-terminated=1): its values, sorted
 *
 * Returns: 0 or an error
 */
guint32 sr_practice_registry_list_values (SrPracticeCa *ca,
                                          const char   *key,
                                          char       ***names);

/**
 * sr_practice_registry_get:
 * @ca: a CA
 * @key: a key
 * @name: a value's name
 * @type: (out): its type
 * @data: (out) (transfer full): its bytes
 *
 * Returns: 0 or an error
 */
guint32 sr_practice_registry_get (SrPracticeCa *ca,
                                  const char   *key,
                                  const char   *name,
                                  guint32      *type,
                                  GBytes      **data);

/**
 * sr_practice_registry_set:
 * @ca: a CA
 * @key: a key below Configuration
 * @name: a value's name
 * @type: its type
 * @data: its bytes, %SR_PRACTICE_MAX_REGISTRY_VALUE at most
 *
 * Returns: 0 or an error; the value is then what it was
 */
guint32 sr_practice_registry_set (SrPracticeCa *ca,
                                  const char   *key,
                                  const char   *name,
                                  guint32       type,
                                  GBytes       *data);

/**
 * sr_practice_registry_unset:
 * @ca: a CA
 * @key: a key
 * @name: a value's name
 *
 * Deletes a value. The key stays.
 *
 * Returns: 0 or an error
 */
guint32 sr_practice_registry_unset (SrPracticeCa *ca,
                                    const char   *key,
                                    const char   *name);

/**
 * sr_practice_registry_admits:
 * @ca: a CA
 * @principal: (nullable): a client
 *
 * Windows wants a local administrator; here, as for ServerControl, the CA's administrator or operator is one.
 *
 * Returns: whether @principal may use services and registry of the host
 */
gboolean sr_practice_registry_admits (SrPracticeCa *ca,
                                      const char   *principal);

G_END_DECLS
