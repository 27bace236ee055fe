/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-guid.h"
#include "store/sr-store-error.h"

G_BEGIN_DECLS

/** SR_MANIFEST_FORMAT: the format version that this program writes, and the highest that it reads */
#define SR_MANIFEST_FORMAT 1

/** SR_MANIFEST_NAME: the file in a set */
#define SR_MANIFEST_NAME "manifest.json"

/** SR_MANIFEST_MAX_FILES: more files make a manifest invalid; as many dynamic files are taken */
#define SR_MANIFEST_MAX_FILES 100000

/** SR_MANIFEST_MAX_SEQUENCE: a higher sequence makes a manifest invalid: there must always be one behind it */
#define SR_MANIFEST_MAX_SEQUENCE (G_GINT64_CONSTANT (1) << 53)

/** SR_MANIFEST_MAX_LOCATIONS: more locations make a manifest invalid */
#define SR_MANIFEST_MAX_LOCATIONS 1000

/** SR_MANIFEST_MAX_NAME: the longest name of the server's, in bytes */
#define SR_MANIFEST_MAX_NAME (16 * 1024)

/**
 * SrSetKind:
 * @SR_SET_FULL: database and logs
 * @SR_SET_LOG_ONLY: logs since the set before it
 */
typedef enum
{
  SR_SET_FULL,
  SR_SET_LOG_ONLY,
} SrSetKind;

/**
 * SrFileRole:
 * @SR_FILE_DATABASE: a database with its backup trailer
 * @SR_FILE_LOG: a transaction log
 * @SR_FILE_PATCH: a patch file, not used since Windows Server 2003
 * @SR_FILE_LOCATIONS: certbkxp.dat, the server's list of locations as it came
 * @SR_FILE_CERTIFICATE: the certificate of the CA, DER
 * @SR_FILE_OTHER: anything else
 */
typedef enum
{
  SR_FILE_DATABASE,
  SR_FILE_LOG,
  SR_FILE_PATCH,
  SR_FILE_LOCATIONS,
  SR_FILE_CERTIFICATE,
  SR_FILE_OTHER,
} SrFileRole;

/**
 * SrSetFile:
 * @path: where it lies in the set: relative, with slashes, checked to stay inside
 * @role: what it is
 * @size: in bytes
 * @sha256: 64 hexadecimal digits, lower case
 * @generation: the log generation that its name tells, 0 when it tells none
 * @created: of a log: when it was made, as its header tells (see #SrEseLogHeader); 0 when not known
 * @previous_created: of a log: when the one before was made, as its header tells; 0 when not known, or for the first
 * @signature: (nullable): of a log: the signature of its stream, 56 hexadecimal digits
 * @server_name: (nullable): the name by which the server knows it, as sent
 */
typedef struct
{
  char *path;
  SrFileRole role;
  guint64 size;
  char *sha256;
  guint32 generation;
  gint64 created;
  gint64 previous_created;
  char *signature;
  char *server_name;
} SrSetFile;

/**
 * SrSetLocation:
 * @type: the character in front of the path, CSBFT_* of certbcli.h; 0 for none
 * @path: as sent
 */
typedef struct
{
  guint32 type;
  char *path;
} SrSetLocation;

/**
 * SrManifest:
 * @id: the set's own id
 * @sequence: counts the sets (and events, see #SrLineageEvent) of one CA in one backup folder, from 1; a set published later has a higher one, whatever the clocks say
 * @kind: full or log-only
 * @keep_logs: whether the CA was to keep its logs, which makes a full set a copy for ESE; what came of it tells session.json
 * @config: config string of the CA, HOST\CA
 * @display_name: (nullable): the CA's name for people
 * @certificate_sha1: (nullable): thumbprint of the CA certificate, 40 hexadecimal digits
 * @certificate_sha256: (nullable): the same with SHA-256
 * @certificate_subject: (nullable): its subject
 * @certificate_expires: when it expires, microseconds since 1970 UTC; 0 when not known
 * @started: when the session began by our clock, microseconds since 1970 UTC
 * @finished: when the last file had come, by our clock
 * @server_time: the server's clock at the start, 0 when not known
 * @program_version: of the program that wrote the set
 * @files: (element-type SrSetFile): the files
 * @locations: (element-type SrSetLocation): where the CA keeps its files
 * @dynamic_files: (array zero-terminated=1): files that belong to the CA and are not in the set, as sent
 *
 * What manifest.json says. Readers skip members that they do not know; the
 * format version rises only when skipping one would mislead.
 */
typedef struct
{
  SrGuid id;
  gint64 sequence;
  SrSetKind kind;
  gboolean keep_logs;
  char *config;
  char *display_name;
  char *certificate_sha1;
  char *certificate_sha256;
  char *certificate_subject;
  gint64 certificate_expires;
  gint64 started;
  gint64 finished;
  gint64 server_time;
  char *program_version;
  GPtrArray *files;
  GPtrArray *locations;
  char **dynamic_files;
} SrManifest;

/**
 * sr_manifest_new:
 *
 * Returns: (transfer full): a manifest with a random id and nothing in it
 */
SrManifest *sr_manifest_new (void);

/**
 * sr_manifest_free:
 * @manifest: (transfer full): a manifest
 */
void sr_manifest_free (SrManifest *manifest);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrManifest, sr_manifest_free)

/**
 * sr_manifest_parse:
 * @json: what manifest.json holds; trusted for nothing
 * @where: its path, for messages
 * @error: where to put an error
 *
 * Checks shape, bounds and meaning: every path is relative, normal and
 * listed once, hashes are hashes, sizes are not negative, generations are
 * those that the names of logs tell and none is there twice, a full set has a
 * database.
 *
 * Sets %SR_STORE_ERROR_NEWER_FORMAT, %SR_STORE_ERROR_DAMAGED_SET.
 *
 * Returns: (transfer full): the manifest, or %NULL
 */
SrManifest *sr_manifest_parse (GBytes     *json,
                               const char *where,
                               GError    **error);

/**
 * sr_manifest_to_json:
 * @manifest: a manifest
 *
 * Returns: (transfer full): manifest.json
 */
GBytes *sr_manifest_to_json (const SrManifest *manifest);

/**
 * sr_manifest_get_size:
 * @manifest: a manifest
 *
 * Returns: bytes of all files together
 */
guint64 sr_manifest_get_size (const SrManifest *manifest);

/**
 * sr_set_files_get_generations:
 * @files: (element-type SrSetFile): files of a set
 * @low: (out) (optional): lowest log generation
 * @high: (out) (optional): highest log generation
 *
 * Returns: whether there is a log whose generation is known
 */
gboolean sr_set_files_get_generations (GPtrArray *files,
                                       guint32   *low,
                                       guint32   *high);

/**
 * sr_manifest_get_generations:
 * @manifest: a manifest
 * @low: (out) (optional): lowest log generation
 * @high: (out) (optional): highest log generation
 *
 * Returns: whether there is a log whose generation is known
 */
gboolean sr_manifest_get_generations (const SrManifest *manifest,
                                      guint32          *low,
                                      guint32          *high);

/**
 * sr_set_kind_to_string:
 * @kind: a kind
 *
 * Returns: (transfer none): "full" or "log", the word in manifests and folder names
 */
const char *sr_set_kind_to_string (SrSetKind kind);

/**
 * sr_file_role_to_string:
 * @role: a role
 *
 * Returns: (transfer none): the word in manifests
 */
const char *sr_file_role_to_string (SrFileRole role);

G_END_DECLS
