/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/sr-hresult.h"
#include "csra/sr-variant.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/*
 * The messages of ICertAdminD and ICertAdminD2 (MS-CSRA 3.1.4 and appendix A)
 * and the tables of their methods. One coder serves both directions. ORPCTHIS
 * and ORPCTHAT are not part of the messages. A reply's HRESULT is its last
 * member; the other members of a reply with a failed HRESULT mean nothing.
 *
 * Strings are UTF-8 here and UTF-16 on the wire. What a coder reads is owned
 * by the message unless a member says otherwise, and freed by its row's clear
 * function; what is written stays the caller's.
 */

/** SR_CSRA_MAX_NAME: most UTF-16 units of a CA's name, a node path or an entry's name, the NUL among them */
#define SR_CSRA_MAX_NAME 1024

/** SR_CSRA_MAX_PATH: most UTF-16 units of a file's name, the NUL among them: the longest path Windows knows */
#define SR_CSRA_MAX_PATH 32768

/** SR_CSRA_MAX_LIST: most UTF-16 units of a list of names */
#define SR_CSRA_MAX_LIST (8 * 1024 * 1024)

/** SR_CSRA_MAX_BLOB: most bytes of a property */
#define SR_CSRA_MAX_BLOB (16 * 1024 * 1024)

/** SR_CSRA_MAX_READ: most bytes of one BackupReadFile */
#define SR_CSRA_MAX_READ (4 * 1024 * 1024)

/** SR_CLSID_CERT_ADMIN_D: the class to activate, d99e6e73-fc88-11d0-b498-00a0c90312f3 (MS-CSRA 1.9) */
extern const SrGuid SR_CLSID_CERT_ADMIN_D;

/** sr_icertadmind: ICertAdminD, opnums 17 to 27, 29 and 30 */
extern const SrRpcInterface sr_icertadmind;

/** sr_icertadmind2: ICertAdminD2, the inherited rows and opnums 32, 38, 44, 45 and 47 */
extern const SrRpcInterface sr_icertadmind2;

/**
 * SrCsraOpnum:
 *
 * Operation numbers (MS-CSRA 3.1.4.1, 3.1.4.2); the name of each is its method's.
 */
typedef enum
{
  SR_CSRA_SERVER_CONTROL = 17,
  SR_CSRA_PING = 18,
  SR_CSRA_GET_SERVER_STATE = 19,
  SR_CSRA_BACKUP_PREPARE = 20,
  SR_CSRA_BACKUP_END = 21,
  SR_CSRA_BACKUP_GET_ATTACHMENT_INFORMATION = 22,
  SR_CSRA_BACKUP_GET_BACKUP_LOGS = 23,
  SR_CSRA_BACKUP_OPEN_FILE = 24,
  SR_CSRA_BACKUP_READ_FILE = 25,
  SR_CSRA_BACKUP_CLOSE_FILE = 26,
  SR_CSRA_BACKUP_TRUNCATE_LOGS = 27,
  SR_CSRA_BACKUP_GET_DYNAMIC_FILES = 29,
  SR_CSRA_RESTORE_GET_DATABASE_LOCATIONS = 30,
  SR_CSRA_GET_CA_PROPERTY = 32,
  SR_CSRA_PING2 = 38,
  SR_CSRA_GET_CONFIG_ENTRY = 44,
  SR_CSRA_SET_CONFIG_ENTRY = 45,
  SR_CSRA_GET_MY_ROLES = 47,
} SrCsraOpnum;

/**
 * SrCsraEmptyRequest:
 * @unused: nothing
 *
 * The request of BackupEnd, BackupCloseFile, BackupTruncateLogs and of the
 * methods that answer with #SrCsraListReply: no bytes on the wire.
 */
typedef struct
{
  guint unused;
} SrCsraEmptyRequest;

/**
 * SrCsraAuthorityRequest:
 * @authority: (nullable): the CA's name
 *
 * The request of Ping, GetServerState, Ping2 and GetMyRoles.
 */
typedef struct
{
  char *authority;
} SrCsraAuthorityRequest;

/**
 * SrCsraStatusReply:
 * @hr: the method's HRESULT
 *
 * The reply of methods that answer with nothing else.
 */
typedef struct
{
  SrHresult hr;
} SrCsraStatusReply;

/**
 * SrCsraNumberReply:
 * @value: GetServerState: whether the caller may read the database; GetMyRoles: the caller's roles
 * @hr: the method's HRESULT
 */
typedef struct
{
  guint32 value;
  SrHresult hr;
} SrCsraNumberReply;

/**
 * SrCsraBlobReply:
 * @blob: (nullable): the bytes, %NULL for none
 * @hr: the method's HRESULT
 *
 * The reply of ServerControl and GetCAProperty: a CERTTRANSBLOB (MS-WCCE 2.2.2.2).
 */
typedef struct
{
  GBytes *blob;
  SrHresult hr;
} SrCsraBlobReply;

/**
 * SrCsraListReply:
 * @list: (nullable): NUL-terminated UTF-16 strings and a closing NUL, as sr_utf16_list_parse() takes them; %NULL for an empty list
 * @hr: the method's HRESULT
 *
 * The reply of BackupGetAttachmentInformation, BackupGetBackupLogs,
 * BackupGetDynamicFiles and RestoreGetDatabaseLocations. The bytes are kept as
 * they came.
 */
typedef struct
{
  GBytes *list;
  SrHresult hr;
} SrCsraListReply;

/**
 * SrCsraServerControlRequest:
 * @authority: (nullable): the CA's name
 * @control: 1 unregisters the interfaces, 2 and 3 do nothing (MS-CSRA 3.1.4.1.15)
 */
typedef struct
{
  char *authority;
  guint32 control;
} SrCsraServerControlRequest;

/**
 * SrCsraBackupPrepareRequest:
 * @authority: (nullable): the CA's name
 * @grbit: 0 full, 1 logs only (MS-CSRA 3.1.4.1.18)
 * @flags: 0 by MS-CSRA; 1 full, 2 logs only by certbcli.h
 * @annotation: one UTF-16 unit behind a reference pointer in the IDL, and not used: write 0
 * @client_id: not used: write 0, then the last eight bytes read the same where the annotation is taken for a null pointer
 */
typedef struct
{
  char *authority;
  guint32 grbit;
  guint32 flags;
  guint16 annotation;
  guint32 client_id;
} SrCsraBackupPrepareRequest;

/**
 * SrCsraBackupOpenFileRequest:
 * @path: (nullable): the file's name without its prefix character
 */
typedef struct
{
  char *path;
} SrCsraBackupOpenFileRequest;

/**
 * SrCsraBackupOpenFileReply:
 * @length: the file's length in bytes
 * @hr: the method's HRESULT
 */
typedef struct
{
  guint64 length;
  SrHresult hr;
} SrCsraBackupOpenFileReply;

/**
 * SrCsraBackupReadFileRequest:
 * @size: bytes wanted, at most %SR_CSRA_MAX_READ (a request for more does not decode)
 */
typedef struct
{
  guint32 size;
} SrCsraBackupReadFileRequest;

/**
 * SrCsraBackupReadFileReply:
 * @buffer: (array length=size): the whole buffer. A reader gets a view into the stub and a writer's bytes stay the caller's: neither is freed
 * @size: its length: what the request asked for, however little of it was read
 * @read: how many bytes of it are from the file, at most @size
 * @owner: (nullable) (transfer full): freed with the reply; a server whose reply is cleared by the row's function puts what owns @buffer here
 * @hr: the method's HRESULT
 */
typedef struct
{
  const guint8 *buffer;
  guint32 size;
  guint32 read;
  GBytes *owner;
  SrHresult hr;
} SrCsraBackupReadFileReply;

/**
 * SrCsraGetCaPropertyRequest:
 * @authority: (nullable): the CA's name
 * @id: CR_PROP_* (MS-WCCE 3.2.1.4.3.2)
 * @index: index of an indexed property
 * @type: PROPTYPE_*
 */
typedef struct
{
  char *authority;
  gint32 id;
  gint32 index;
  gint32 type;
} SrCsraGetCaPropertyRequest;

/**
 * SrCsraConfigEntryRequest:
 * @authority: (nullable): the CA's name
 * @node: (nullable): node path; MS-CSRA forbids %NULL, some clients send it
 * @entry: the value's name, never %NULL
 *
 * The request of GetConfigEntry.
 */
typedef struct
{
  char *authority;
  char *node;
  char *entry;
} SrCsraConfigEntryRequest;

/**
 * SrCsraSetConfigEntryRequest:
 * @where: which entry
 * @value: its new value; %SR_VT_EMPTY deletes it
 */
typedef struct
{
  SrCsraConfigEntryRequest where;
  SrVariant value;
} SrCsraSetConfigEntryRequest;

/**
 * SrCsraConfigEntryReply:
 * @value: the value
 * @hr: the method's HRESULT
 */
typedef struct
{
  SrVariant value;
  SrHresult hr;
} SrCsraConfigEntryReply;

G_END_DECLS
