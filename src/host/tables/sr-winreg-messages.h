/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host/tables/sr-host-handle.h"
#include "host/tables/sr-winreg-string.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/*
 * The messages of the Windows Remote Registry Protocol (MS-RRP 3.1.5) that a
 * restore needs, and the table of their methods. Everything that
 * sr-svcctl-messages.h says of messages is true here, too.
 */

/** SR_WINREG_MAX_DATA: most bytes of a value */
#define SR_WINREG_MAX_DATA (1024 * 1024)

/* Rights to a key (REGSAM, MS-RRP 2.2.3). */
#define SR_WINREG_KEY_QUERY_VALUE 0x0001
#define SR_WINREG_KEY_SET_VALUE 0x0002
#define SR_WINREG_KEY_CREATE_SUB_KEY 0x0004
#define SR_WINREG_KEY_ENUMERATE_SUB_KEYS 0x0008

/** SR_WINREG_CREATED_NEW_KEY: the disposition of a key that was not there before; SR_WINREG_OPENED_EXISTING_KEY of one that was */
#define SR_WINREG_CREATED_NEW_KEY 1
#define SR_WINREG_OPENED_EXISTING_KEY 2

/** sr_winreg: winreg, 338cd001-2244-31f1-aaaa-900038001003 version 1.0 (MS-RRP 1.9) */
extern const SrRpcInterface sr_winreg;

/**
 * SrWinregOpnum:
 *
 * Operation numbers (MS-RRP 3.1.5); the name of each is its method's.
 */
typedef enum
{
  SR_WINREG_OPEN_LOCAL_MACHINE = 2,
  SR_WINREG_CLOSE_KEY = 5,
  SR_WINREG_CREATE_KEY = 6,
  SR_WINREG_DELETE_KEY = 7,
  SR_WINREG_DELETE_VALUE = 8,
  SR_WINREG_ENUM_KEY = 9,
  SR_WINREG_ENUM_VALUE = 10,
  SR_WINREG_FLUSH_KEY = 11,
  SR_WINREG_OPEN_KEY = 15,
  SR_WINREG_QUERY_INFO_KEY = 16,
  SR_WINREG_QUERY_VALUE = 17,
  SR_WINREG_SET_VALUE = 22,
} SrWinregOpnum;

/** SrWinregTime: @low: and @high: halves of a FILETIME */
typedef struct
{
  guint32 low;
  guint32 high;
} SrWinregTime;

/**
 * SrWinregData:
 * @has_type: whether lpType is there
 * @type: the value's type
 * @data: (nullable): lpData's bytes; requests send none, whatever a reader finds there is dropped
 * @has_room: whether lpData is there
 * @room: bytes that lpData has room for
 * @has_size: whether lpcbData is there
 * @size: of the buffer in a request, of the value in a reply, bytes
 * @has_length: whether lpcbLen is there
 * @length: of what is transmitted, bytes
 *
 * The four parameters with which BaseRegQueryValue and BaseRegEnumValue ask for a value and answer with it.
 */
typedef struct
{
  gboolean has_type;
  guint32 type;
  GBytes *data;
  gboolean has_room;
  guint32 room;
  gboolean has_size;
  guint32 size;
  gboolean has_length;
  guint32 length;
} SrWinregData;

/** SrWinregOpenRootRequest: @has_server: whether a server's name is there; @server: its one character, without meaning; @access: rights wanted */
typedef struct
{
  gboolean has_server;
  guint16 server;
  guint32 access;
} SrWinregOpenRootRequest;

/** SrWinregKeyRequest: @key: of BaseRegCloseKey and BaseRegFlushKey */
typedef struct
{
  SrHostHandle key;
} SrWinregKeyRequest;

/** SrWinregNameRequest: @key: where; @name: of the key (BaseRegDeleteKey) or the value (BaseRegDeleteValue) */
typedef struct
{
  SrHostHandle key;
  SrWinregString name;
} SrWinregNameRequest;

/** SrWinregOpenKeyRequest: @key: where; @name: path below it; @options: 0; @access: rights wanted */
typedef struct
{
  SrHostHandle key;
  SrWinregString name;
  guint32 options;
  guint32 access;
} SrWinregOpenKeyRequest;

/**
 * SrWinregCreateKeyRequest:
 * @key: where
 * @name: path below it
 * @class: the key's class
 * @options: 0
 * @access: rights wanted
 * @has_disposition: whether the disposition is asked for
 * @disposition: without meaning in a request
 *
 * Security attributes are never sent; a reader checks and drops them.
 */
typedef struct
{
  SrHostHandle key;
  SrWinregString name;
  SrWinregString class;
  guint32 options;
  guint32 access;
  gboolean has_disposition;
  guint32 disposition;
} SrWinregCreateKeyRequest;

/** SrWinregEnumKeyRequest: @key: where; @index: which, from 0; @name: room for the answer; @has_class: whether @class is there; @class: room; @has_time: whether the time is asked for; @time: without meaning */
typedef struct
{
  SrHostHandle key;
  guint32 index;
  SrWinregString name;
  gboolean has_class;
  SrWinregString class;
  gboolean has_time;
  SrWinregTime time;
} SrWinregEnumKeyRequest;

/** SrWinregEnumValueRequest: @key: where; @index: which, from 0; @name: room for the answer; @data: room for the answer */
typedef struct
{
  SrHostHandle key;
  guint32 index;
  SrWinregString name;
  SrWinregData data;
} SrWinregEnumValueRequest;

/** SrWinregInfoRequest: @key: which; @class: room for the answer */
typedef struct
{
  SrHostHandle key;
  SrWinregString class;
} SrWinregInfoRequest;

/** SrWinregQueryValueRequest: @key: where; @name: the value's; @data: room for the answer */
typedef struct
{
  SrHostHandle key;
  SrWinregString name;
  SrWinregData data;
} SrWinregQueryValueRequest;

/** SrWinregSetValueRequest: @key: where; @name: the value's; @type: its type; @data: its bytes */
typedef struct
{
  SrHostHandle key;
  SrWinregString name;
  guint32 type;
  GBytes *data;
} SrWinregSetValueRequest;

/** SrWinregKeyReply: @key: opened, or no handle when closed; @error: Win32 */
typedef struct
{
  SrHostHandle key;
  guint32 error;
} SrWinregKeyReply;

/** SrWinregErrorReply: @error: Win32 */
typedef struct
{
  guint32 error;
} SrWinregErrorReply;

/** SrWinregCreateKeyReply: @key: the key; @has_disposition: whether the next is there; @disposition: such as %SR_WINREG_CREATED_NEW_KEY; @error: Win32 */
typedef struct
{
  SrHostHandle key;
  gboolean has_disposition;
  guint32 disposition;
  guint32 error;
} SrWinregCreateKeyReply;

/** SrWinregEnumKeyReply: @name: the key's; @has_class: whether @class is there; @class: its class; @has_time: whether @time is there; @time: last change; @error: Win32 */
typedef struct
{
  SrWinregString name;
  gboolean has_class;
  SrWinregString class;
  gboolean has_time;
  SrWinregTime time;
  guint32 error;
} SrWinregEnumKeyReply;

/** SrWinregEnumValueReply: @name: the value's; @data: the value; @error: Win32 */
typedef struct
{
  SrWinregString name;
  SrWinregData data;
  guint32 error;
} SrWinregEnumValueReply;

/**
 * SrWinregInfoReply:
 * @class: the key's class
 * @keys: how many keys are below it
 * @max_key: of the longest name of those, bytes
 * @max_class: of their longest class, bytes
 * @values: how many values it has
 * @max_name: of the longest name of those, bytes
 * @max_data: of the longest value, bytes
 * @security: of the security descriptor, bytes
 * @time: last change
 * @error: Win32
 */
typedef struct
{
  SrWinregString class;
  guint32 keys;
  guint32 max_key;
  guint32 max_class;
  guint32 values;
  guint32 max_name;
  guint32 max_data;
  guint32 security;
  SrWinregTime time;
  guint32 error;
} SrWinregInfoReply;

/** SrWinregQueryValueReply: @data: the value; with ERROR_MORE_DATA its size alone; @error: Win32 */
typedef struct
{
  SrWinregData data;
  guint32 error;
} SrWinregQueryValueReply;

G_END_DECLS
