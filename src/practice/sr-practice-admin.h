/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-backup.h"

G_BEGIN_DECLS

/* The other methods of ICertAdminD and ICertAdminD2 without their wire. Each
 * returns S_OK or the answer of the rule that refused it. */

/** Types of CA properties (MS-CSRA 3.1.4.2.2) */
#define SR_PRACTICE_PROPTYPE_LONG 1
#define SR_PRACTICE_PROPTYPE_BINARY 3
#define SR_PRACTICE_PROPTYPE_STRING 4

/** CA properties (MS-WCCE 3.2.1.4.3.2) that a practice CA has */
#define SR_PRACTICE_PROP_FILEVERSION 0x01
#define SR_PRACTICE_PROP_PRODUCTVERSION 0x02
#define SR_PRACTICE_PROP_EXITCOUNT 0x03
#define SR_PRACTICE_PROP_CANAME 0x06
#define SR_PRACTICE_PROP_SANITIZEDCANAME 0x07
#define SR_PRACTICE_PROP_SHAREDFOLDER 0x08
#define SR_PRACTICE_PROP_PARENTCA 0x09
#define SR_PRACTICE_PROP_CATYPE 0x0a
#define SR_PRACTICE_PROP_CASIGCERTCOUNT 0x0b
#define SR_PRACTICE_PROP_CASIGCERT 0x0c
#define SR_PRACTICE_PROP_CASIGCERTCHAIN 0x0d
#define SR_PRACTICE_PROP_BASECRL 0x11
#define SR_PRACTICE_PROP_CAPROPIDMAX 0x15
#define SR_PRACTICE_PROP_DNSNAME 0x16
#define SR_PRACTICE_PROP_ROLESEPARATIONENABLED 0x17
#define SR_PRACTICE_PROP_SANITIZEDCASHORTNAME 0x28

/**
 * sr_practice_admin_server_control:
 * @ca: a CA
 * @caller: who calls
 * @authority: (nullable): pwszAuthority
 * @control: 1 unregisters the interfaces until the CA is restarted
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_admin_server_control (SrPracticeCa           *ca,
                                            const SrPracticeCaller *caller,
                                            const char             *authority,
                                            guint32                 control);

/**
 * sr_practice_admin_ping:
 * @ca: a CA
 * @caller: who calls
 * @authority: (nullable): pwszAuthority; may be empty (MS-WCCE 3.2.1.4.2.3)
 *
 * Ping and Ping2.
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_admin_ping (SrPracticeCa           *ca,
                                  const SrPracticeCaller *caller,
                                  const char             *authority);

/**
 * sr_practice_admin_get_server_state:
 * @ca: a CA
 * @caller: who calls
 * @authority: (nullable): pwszAuthority
 * @state: (out): 1 when the caller may read the database, else 0
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_admin_get_server_state (SrPracticeCa           *ca,
                                              const SrPracticeCaller *caller,
                                              const char             *authority,
                                              guint32                *state);

/**
 * sr_practice_admin_get_my_roles:
 * @ca: a CA
 * @caller: who calls
 * @authority: (nullable): pwszAuthority
 * @roles: (out): a bitwise or of #SrPracticeRole
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_admin_get_my_roles (SrPracticeCa           *ca,
                                          const SrPracticeCaller *caller,
                                          const char             *authority,
                                          guint32                *roles);

/**
 * sr_practice_admin_get_property:
 * @ca: a CA
 * @caller: who calls
 * @authority: (nullable): pwszAuthority
 * @id: PropId
 * @index: PropIndex
 * @type: PropType
 * @value: (out) (transfer full): the property as a CERTTRANSBLOB holds it
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_admin_get_property (SrPracticeCa           *ca,
                                          const SrPracticeCaller *caller,
                                          const char             *authority,
                                          gint32                  id,
                                          gint32                  index,
                                          gint32                  type,
                                          GBytes                **value);

/**
 * sr_practice_admin_get_config:
 * @ca: a CA
 * @caller: who calls
 * @authority: (nullable): pwszAuthority; empty for the root node
 * @path: (nullable): pwszNodePath
 * @entry: pwszEntry; empty for the names of all
 * @value: (out) (transfer full): the value for the next start
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_admin_get_config (SrPracticeCa           *ca,
                                        const SrPracticeCaller *caller,
                                        const char             *authority,
                                        const char             *path,
                                        const char             *entry,
                                        GVariant              **value);

/**
 * sr_practice_admin_set_config:
 * @ca: a CA
 * @caller: who calls
 * @authority: (nullable): pwszAuthority; empty for the root node
 * @path: (nullable): pwszNodePath
 * @entry: pwszEntry
 * @value: (transfer floating) (nullable): the value for the next start, %NULL deletes the entry
 *
 * Returns: S_OK, or an error
 */
SrHresult sr_practice_admin_set_config (SrPracticeCa           *ca,
                                        const SrPracticeCaller *caller,
                                        const char             *authority,
                                        const char             *path,
                                        const char             *entry,
                                        GVariant               *value);

G_END_DECLS
