/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "auth/sr-auth-context.h"
#include "rpc/sr-ndr.h"

G_BEGIN_DECLS

/** SR_DCOM_TOWER_TCP: protocol sequence identifier of ncacn_ip_tcp (C706 appendix I) */
#define SR_DCOM_TOWER_TCP 7

/**
 * SrStringBinding:
 * @tower: the protocol sequence identifier
 * @address: "name" or "name[endpoint]"
 *
 * STRINGBINDING (MS-DCOM 2.2.19.3).
 */
typedef struct
{
  guint16 tower;
  char *address;
} SrStringBinding;

/**
 * SrSecurityBinding:
 * @service: the security provider (MS-RPCE 2.2.1.1.7)
 * @principal: the service principal name, "" for none
 *
 * SECURITYBINDING (MS-DCOM 2.2.19.4).
 */
typedef struct
{
  guint16 service;
  char *principal;
} SrSecurityBinding;

/**
 * SrDualStringArray:
 * @strings: (element-type SrStringBinding): where something listens
 * @securities: (element-type SrSecurityBinding): how to sign in there
 *
 * DUALSTRINGARRAY (MS-DCOM 2.2.19).
 */
typedef struct
{
  GArray *strings;
  GArray *securities;
} SrDualStringArray;

/**
 * sr_dual_string_array_new:
 *
 * Returns: (transfer full): no bindings
 */
SrDualStringArray *sr_dual_string_array_new (void);

void sr_dual_string_array_free (SrDualStringArray *array);

/**
 * sr_dual_string_array_add:
 * @array: bindings
 * @tower: the protocol sequence identifier
 * @address: "name" or "name[endpoint]"
 */
void sr_dual_string_array_add (SrDualStringArray *array,
                               guint16            tower,
                               const char        *address);

/**
 * sr_dual_string_array_add_security:
 * @array: bindings
 * @service: the security provider
 * @principal: the service principal name, "" for none
 */
void sr_dual_string_array_add_security (SrDualStringArray *array,
                                        guint16            service,
                                        const char        *principal);

/**
 * sr_dual_string_array_code_packet:
 * @ndr: a cursor
 * @field: the field's name
 * @array: (inout): bindings; a reader sets it to new ones
 *
 * The packet version (MS-DCOM 2.2.19.1), which stands in object references.
 */
void sr_dual_string_array_code_packet (SrNdr              *ndr,
                                       const char         *field,
                                       SrDualStringArray **array);

/**
 * sr_dual_string_array_code:
 * @ndr: a cursor
 * @field: the field's name
 * @array: (inout): bindings; a reader sets it to new ones
 *
 * The IDL version (MS-DCOM 2.2.19.2), which stands in calls, behind its pointer.
 */
void sr_dual_string_array_code (SrNdr              *ndr,
                                const char         *field,
                                SrDualStringArray **array);

/**
 * sr_dual_string_array_find_port:
 * @array: bindings
 *
 * The host parts of bindings are the server's own view of its addresses and
 * not looked at.
 *
 * Returns: the port of the first ncacn_ip_tcp binding that has one, 0 without
 */
guint16 sr_dual_string_array_find_port (const SrDualStringArray *array);

/**
 * sr_dual_string_array_find_principal:
 * @array: bindings
 * @host: a host's name
 *
 * Looks for a service principal that names exactly @host: any other name a
 * server offers could lead us to show a ticket for somebody else.
 *
 * Returns: (transfer full) (nullable): such a principal as "service/host"
 */
char *sr_dual_string_array_find_principal (const SrDualStringArray *array,
                                           const char              *host);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrDualStringArray, sr_dual_string_array_free)

G_END_DECLS
