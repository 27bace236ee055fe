/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "host/tables/sr-host-handle.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/*
 * The messages of the Service Control Manager Remote Protocol (MS-SCMR 3.1.4)
 * that a restore needs, and the table of their methods. One coder serves both
 * directions. A reply's last member is its Win32 error; the other members of a
 * failed reply mean nothing, unless a remark says otherwise.
 *
 * Strings are UTF-8 here and UTF-16 on the wire. What a coder reads is owned by
 * the message and freed by its row's clear function; what is written stays the
 * caller's.
 */

/** SR_SVCCTL_MAX_NAME: most UTF-16 units of a name, the NUL among them (SC_MAX_NAME_LENGTH, MS-SCMR 3.1.4) */
#define SR_SVCCTL_MAX_NAME 257

/** SR_SVCCTL_MAX_COMPUTER_NAME: most UTF-16 units of the machine's name, the NUL among them (SC_MAX_COMPUTER_NAME_LENGTH) */
#define SR_SVCCTL_MAX_COMPUTER_NAME 1024

/** SR_SVCCTL_MAX_ARGUMENTS: most arguments of a start, and most UTF-16 units of one (SC_MAX_ARGUMENTS, SC_MAX_ARGUMENT_LENGTH) */
#define SR_SVCCTL_MAX_ARGUMENTS 1024

/** SR_SVCCTL_MAX_SERVICES: most bytes of REnumDependentServicesW's buffer (the IDL's range) */
#define SR_SVCCTL_MAX_SERVICES (256 * 1024)

/** SR_SVCCTL_CONTROL_STOP: SERVICE_CONTROL_STOP (MS-SCMR 3.1.4.2) */
#define SR_SVCCTL_CONTROL_STOP 1
/** SR_SVCCTL_ACTIVE: SERVICE_ACTIVE, those that are not stopped (MS-SCMR 3.1.4.13); the rest are SERVICE_INACTIVE */
#define SR_SVCCTL_ACTIVE 1
#define SR_SVCCTL_INACTIVE 2
/** SR_SVCCTL_ACCEPT_STOP: the bit of dwControlsAccepted: the service can be stopped (MS-SCMR 2.2.47) */
#define SR_SVCCTL_ACCEPT_STOP 1
/** SR_SVCCTL_WIN32_OWN_PROCESS: the type of a service that has a process of its own (MS-SCMR 2.2.47) */
#define SR_SVCCTL_WIN32_OWN_PROCESS 0x10

/* Rights of MS-SCMR 3.1.4 to the manager and to a service. */
#define SR_SVCCTL_MANAGER_CONNECT 0x0001
#define SR_SVCCTL_SERVICE_QUERY_STATUS 0x0004
#define SR_SVCCTL_SERVICE_ENUMERATE_DEPENDENTS 0x0008
#define SR_SVCCTL_SERVICE_START 0x0010
#define SR_SVCCTL_SERVICE_STOP 0x0020

/** sr_svcctl: svcctl, 367abb81-9844-35f1-ad32-98f038001003 version 2.0 (MS-SCMR 1.9) */
extern const SrRpcInterface sr_svcctl;

/**
 * SrSvcctlOpnum:
 *
 * Operation numbers (MS-SCMR 3.1.4); the name of each is its method's.
 */
typedef enum
{
  SR_SVCCTL_CLOSE_SERVICE_HANDLE = 0,
  SR_SVCCTL_CONTROL_SERVICE = 1,
  SR_SVCCTL_QUERY_SERVICE_STATUS = 6,
  SR_SVCCTL_ENUM_DEPENDENT_SERVICES = 13,
  SR_SVCCTL_OPEN_SC_MANAGER = 15,
  SR_SVCCTL_OPEN_SERVICE = 16,
  SR_SVCCTL_START_SERVICE = 19,
} SrSvcctlOpnum;

/**
 * SrSvcctlStatus:
 * @type: of the service, such as %SR_SVCCTL_WIN32_OWN_PROCESS
 * @state: 1 stopped, 2 start pending, 3 stop pending, 4 running, 5 continue pending, 6 pause pending, 7 paused
 * @controls: what it accepts, such as %SR_SVCCTL_ACCEPT_STOP
 * @exit_code: Win32 error; 1066 says that @specific_exit_code has it
 * @specific_exit_code: the service's own
 * @checkpoint: rises while a state is pending
 * @wait_hint: until the next checkpoint, milliseconds
 *
 * SERVICE_STATUS (MS-SCMR 2.2.47).
 */
typedef struct
{
  guint32 type;
  guint32 state;
  guint32 controls;
  guint32 exit_code;
  guint32 specific_exit_code;
  guint32 checkpoint;
  guint32 wait_hint;
} SrSvcctlStatus;

/**
 * sr_svcctl_status_code:
 * @ndr: a cursor
 * @status: (inout): the status
 */
void sr_svcctl_status_code (SrNdr          *ndr,
                            SrSvcctlStatus *status);

/** SrSvcctlHandleRequest: @handle: of RCloseServiceHandle and RQueryServiceStatus */
typedef struct
{
  SrHostHandle handle;
} SrSvcctlHandleRequest;

/** SrSvcctlControlRequest: @service: which; @control: such as %SR_SVCCTL_CONTROL_STOP */
typedef struct
{
  SrHostHandle service;
  guint32 control;
} SrSvcctlControlRequest;

/** SrSvcctlEnumRequest: @service: whose dependents; @state: %SR_SVCCTL_ACTIVE, %SR_SVCCTL_INACTIVE or both; @size: of the buffer, bytes */
typedef struct
{
  SrHostHandle service;
  guint32 state;
  guint32 size;
} SrSvcctlEnumRequest;

/** SrSvcctlOpenManagerRequest: @machine: (nullable): a name; @database: (nullable): “ServicesActive”; @access: rights wanted */
typedef struct
{
  char *machine;
  char *database;
  guint32 access;
} SrSvcctlOpenManagerRequest;

/** SrSvcctlOpenServiceRequest: @manager: from ROpenSCManagerW; @name: the service's, not its display name; @access: rights wanted */
typedef struct
{
  SrHostHandle manager;
  char *name;
  guint32 access;
} SrSvcctlOpenServiceRequest;

/** SrSvcctlStartRequest: @service: which; @arguments: (nullable) (array zero-terminated=1): for the service */
typedef struct
{
  SrHostHandle service;
  char **arguments;
} SrSvcctlStartRequest;

/** SrSvcctlHandleReply: @handle: opened, or no handle when closed; @error: Win32 */
typedef struct
{
  SrHostHandle handle;
  guint32 error;
} SrSvcctlHandleReply;

/** SrSvcctlStatusReply: @status: of the service; @error: Win32 */
typedef struct
{
  SrSvcctlStatus status;
  guint32 error;
} SrSvcctlStatusReply;

/**
 * SrSvcctlEnumReply:
 * @buffer: as long as asked for, see sr_svcctl_services_parse()
 * @needed: bytes that were missing, with ERROR_MORE_DATA
 * @returned: how many services @buffer has
 * @error: Win32
 */
typedef struct
{
  GBytes *buffer;
  guint32 needed;
  guint32 returned;
  guint32 error;
} SrSvcctlEnumReply;

/** SrSvcctlErrorReply: @error: Win32; of RStartServiceW */
typedef struct
{
  guint32 error;
} SrSvcctlErrorReply;

G_END_DECLS
