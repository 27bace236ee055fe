/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Bits of InterfaceFlags (MS-CSRA 3.1.4.2.14) */
#define SR_PRACTICE_IF_LOCKICERTREQUEST 0x1u
#define SR_PRACTICE_IF_NOREMOTEICERTADMIN 0x10u
#define SR_PRACTICE_IF_NOREMOTEICERTADMINBACKUP 0x40u
#define SR_PRACTICE_IF_ENFORCEENCRYPTICERTREQUEST 0x200u
#define SR_PRACTICE_IF_ENFORCEENCRYPTICERTADMIN 0x400u
/** SR_PRACTICE_INTERFACE_FLAGS: what a new practice CA has: AD CS's own default, without the bit that forbids remote backup */
#define SR_PRACTICE_INTERFACE_FLAGS \
  (SR_PRACTICE_IF_LOCKICERTREQUEST | SR_PRACTICE_IF_ENFORCEENCRYPTICERTREQUEST | SR_PRACTICE_IF_ENFORCEENCRYPTICERTADMIN)
/** SR_PRACTICE_DBFLAGS_CIRCULARLOGGING: the bit of DBFlags */
#define SR_PRACTICE_DBFLAGS_CIRCULARLOGGING 0x4u
/** SR_PRACTICE_DBFLAGS: what a new practice CA has, as AD CS */
#define SR_PRACTICE_DBFLAGS 0xb0u

/**
 * SrPracticeConfig:
 *
 * The CA's configuration, a tree of typed values as CertSvc keeps it in the
 * registry, stored in a file (mode 0600). What is read and set are the values
 * for the next start; what is in force are those of the last one. A value is a
 * #GVariant: "i" for REG_DWORD, "s" for REG_SZ, "as" for REG_MULTI_SZ, "ay" for
 * REG_BINARY, and "(uay)" with type and bytes for whatever else the registry
 * takes. A key is there while it has values or keys below it, and also without
 * them once sr_practice_config_create_key() made it. Not thread-safe.
 */
typedef struct _SrPracticeConfig SrPracticeConfig;

/**
 * SrPracticeNode:
 * @SR_PRACTICE_NODE_ROOT: CertSvc\Configuration
 * @SR_PRACTICE_NODE_CA: CertSvc\Configuration\(CA)
 *
 * Which node an entry stands at.
 */
typedef enum
{
  SR_PRACTICE_NODE_ROOT,
  SR_PRACTICE_NODE_CA,
} SrPracticeNode;

/**
 * sr_practice_config_open:
 * @path: the file; made by the first sr_practice_config_save()
 * @error: where to put an error
 *
 * Loads the configuration and puts it in force.
 *
 * Sets %SR_ERROR_MALFORMED, %G_IO_ERROR codes.
 *
 * Returns: (transfer full): the configuration, empty when there is no file, or %NULL
 */
SrPracticeConfig *sr_practice_config_open (const char *path,
                                           GError    **error);

/**
 * sr_practice_config_free:
 * @config: (transfer full): a configuration
 */
void sr_practice_config_free (SrPracticeConfig *config);

/**
 * sr_practice_config_is_empty:
 * @config: a configuration
 *
 * Returns: whether it has no values yet
 */
gboolean sr_practice_config_is_empty (SrPracticeConfig *config);

/**
 * sr_practice_config_save:
 * @config: a configuration
 * @error: where to put an error
 *
 * Writes what was set. Sets %G_IO_ERROR codes.
 *
 * Returns: whether it is on the disk
 */
gboolean sr_practice_config_save (SrPracticeConfig *config,
                                  GError          **error);

/**
 * sr_practice_config_revert:
 * @config: a configuration that has been saved before
 * @error: where to put an error
 *
 * Forgets what was set since the last sr_practice_config_save() that worked.
 * Sets as sr_practice_config_open(); then nothing was forgotten.
 *
 * Returns: whether the configuration is what is on the disk
 */
gboolean sr_practice_config_revert (SrPracticeConfig *config,
                                    GError          **error);

/**
 * sr_practice_config_enforce:
 * @config: a configuration
 *
 * Puts the values in force that were set for the next start.
 */
void sr_practice_config_enforce (SrPracticeConfig *config);

/**
 * sr_practice_config_get:
 * @config: a configuration
 * @node: where
 * @path: (nullable): path below @node, "" or %NULL for @node itself
 * @entry: the entry's name, in any case
 *
 * Returns: (transfer none) (nullable): the value for the next start
 */
GVariant *sr_practice_config_get (SrPracticeConfig *config,
                                  SrPracticeNode    node,
                                  const char       *path,
                                  const char       *entry);

/**
 * sr_practice_config_list:
 * @config: a configuration
 * @node: where
 * @path: (nullable): path below @node
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the entries there, sorted
 */
char **sr_practice_config_list (SrPracticeConfig *config,
                                SrPracticeNode    node,
                                const char       *path);

/**
 * sr_practice_config_set:
 * @config: a configuration
 * @node: where
 * @path: (nullable): path below @node
 * @entry: the entry's name
 * @value: (transfer floating) (nullable): the value for the next start, %NULL to delete the entry
 *
 * Sets a value in memory.
 */
void sr_practice_config_set (SrPracticeConfig *config,
                             SrPracticeNode    node,
                             const char       *path,
                             const char       *entry,
                             GVariant         *value);

/**
 * sr_practice_config_has_key:
 * @config: a configuration
 * @node: where
 * @path: (nullable): path of a key below @node, in any case; "" or %NULL for @node itself, which is always there
 *
 * Returns: whether there is such a key
 */
gboolean sr_practice_config_has_key (SrPracticeConfig *config,
                                     SrPracticeNode    node,
                                     const char       *path);

/**
 * sr_practice_config_create_key:
 * @config: a configuration
 * @node: where
 * @path: path of a key below @node, such as "RestoreInProgress"
 *
 * Makes a key, and those above it, in memory.
 *
 * Returns: whether it was not there before
 */
gboolean sr_practice_config_create_key (SrPracticeConfig *config,
                                        SrPracticeNode    node,
                                        const char       *path);

/**
 * sr_practice_config_delete_key:
 * @config: a configuration
 * @node: where
 * @path: path of a key below @node
 *
 * Deletes a key with its values and all that is below it, in memory.
 *
 * Returns: whether it was there
 */
gboolean sr_practice_config_delete_key (SrPracticeConfig *config,
                                        SrPracticeNode    node,
                                        const char       *path);

/**
 * sr_practice_config_list_keys:
 * @config: a configuration
 * @node: where
 * @path: (nullable): path of a key below @node
 *
 * Returns: (transfer full) (array zero-terminated=1): the names of the keys right below it, sorted
 */
char **sr_practice_config_list_keys (SrPracticeConfig *config,
                                     SrPracticeNode    node,
                                     const char       *path);

/**
 * sr_practice_config_in_force:
 * @config: a configuration
 * @node: where
 * @entry: the entry's name
 *
 * Returns: the number in force since the last start, 0 when there is none
 */
guint32 sr_practice_config_in_force (SrPracticeConfig *config,
                                     SrPracticeNode    node,
                                     const char       *entry);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticeConfig, sr_practice_config_free)

G_END_DECLS
