/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "samr.h"

#include "base/sr-error.h"
#include "base/sr-utf16.h"

#include <string.h>

/* A floor of a protocol tower (C706 appendix L): two counted parts, whose counts are not aligned. */
static void
put_floor (GByteArray   *tower,
           const guint8 *lhs,
           guint8        lhs_length,
           const guint8 *rhs,
           guint8        rhs_length)
{
  guint8 count[2] = { lhs_length, 0 };

  g_byte_array_append (tower, count, 2);
  g_byte_array_append (tower, lhs, lhs_length);
  count[0] = rhs_length;
  g_byte_array_append (tower, count, 2);
  g_byte_array_append (tower, rhs, rhs_length);
}

static void
put_syntax_floor (GByteArray        *tower,
                  const SrRpcSyntax *syntax)
{
  guint8 lhs[19] = { 0x0d }, rhs[2] = { (guint8) syntax->minor, (guint8) (syntax->minor >> 8) };

  sr_guid_write (&syntax->uuid, lhs + 1);
  lhs[17] = (guint8) syntax->major;
  lhs[18] = (guint8) (syntax->major >> 8);
  put_floor (tower, lhs, sizeof lhs, rhs, sizeof rhs);
}

static GByteArray *
make_tower (const SrRpcSyntax *syntax)
{
  static const SrRpcSyntax ndr20 = {
    { 0x8a885d04, 0x1ceb, 0x11c9, { 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60 } }, 2, 0
  };
  static const guint8 floors[2] = { 5, 0 }, zeros[4];
  GByteArray *tower = g_byte_array_new ();

  g_byte_array_append (tower, floors, sizeof floors);
  put_syntax_floor (tower, syntax);
  put_syntax_floor (tower, &ndr20);
  put_floor (tower, (const guint8 *) "\x0b", 1, zeros, 2);
  put_floor (tower, (const guint8 *) "\x07", 1, zeros, 2);
  put_floor (tower, (const guint8 *) "\x09", 1, zeros, 4);
  return tower;
}

static void
code_map_request (SrNdr   *ndr,
                  gpointer message)
{
  EpmMapRequest *m = message;
  g_autoptr (GByteArray) tower = make_tower (&m->syntax);
  guint32 length = tower->len, max_towers = 4;
  guint8 handle[20] = { 0 };

  sr_ndr_pointer (ndr, "obj", FALSE);
  sr_ndr_pointer (ndr, "map_tower", TRUE);
  sr_ndr_uint32 (ndr, "max_count", &length);
  sr_ndr_uint32 (ndr, "tower_length", &length);
  sr_ndr_fixed_bytes (ndr, "tower", tower->data, tower->len);
  sr_ndr_align (ndr, 4);
  sr_ndr_fixed_bytes (ndr, "entry_handle", handle, sizeof handle);
  sr_ndr_uint32 (ndr, "max_towers", &max_towers);
}

/* The port stands behind the identifier of TCP, most significant byte first. */
static guint16
find_port (const guint8 *tower,
           gsize         length)
{
  static const guint8 floor[] = { 1, 0, 0x07, 2, 0 };
  const guint8 *at = memmem (tower, length, floor, sizeof floor);

  if (at == NULL || (gsize) (at - tower) + sizeof floor + 2 > length)
    return 0;
  return (guint16) (at[sizeof floor] << 8 | at[sizeof floor + 1]);
}

static void
code_map_reply (SrNdr   *ndr,
                gpointer message)
{
  EpmMapReply *m = message;
  guint32 n = 0, maximum = 0, offset = 0, actual = 0;
  guint8 handle[20];
  gboolean present[4] = { FALSE };

  sr_ndr_fixed_bytes (ndr, "entry_handle", handle, sizeof handle);
  sr_ndr_count (ndr, "num_towers", &n, 4);
  sr_ndr_count (ndr, "max_count", &maximum, 4);
  sr_ndr_uint32 (ndr, "offset", &offset);
  sr_ndr_count (ndr, "actual_count", &actual, 4);
  for (guint i = 0; i < actual; i++)
    present[i] = sr_ndr_pointer (ndr, "towers", FALSE);
  for (guint i = 0; i < actual; i++)
    {
      guint32 length = 0;
      guint8 tower[256];

      if (!present[i])
        continue;
      sr_ndr_count (ndr, "max_count", &length, sizeof tower);
      sr_ndr_count (ndr, "tower_length", &length, sizeof tower);
      sr_ndr_fixed_bytes (ndr, "tower", tower, length);
      sr_ndr_align (ndr, 4);
      if (m->port == 0)
        m->port = find_port (tower, length);
    }
  sr_ndr_uint32 (ndr, "status", &m->status);
}

static void
code_connect_request (SrNdr   *ndr,
                      gpointer message)
{
  SamrConnectRequest *m = message;

  sr_ndr_unique_string (ndr, "ServerName", &m->server, 256);
  sr_ndr_uint32 (ndr, "DesiredAccess", &m->access);
}

static void
code_handle (SrNdr      *ndr,
             SamrHandle *handle)
{
  sr_ndr_align (ndr, 4);
  sr_ndr_fixed_bytes (ndr, "handle", handle->bytes, sizeof handle->bytes);
}

static void
code_handle_reply (SrNdr   *ndr,
                   gpointer message)
{
  SamrHandleReply *m = message;

  code_handle (ndr, &m->handle);
  sr_ndr_uint32 (ndr, "status", &m->status);
}

/* RPC_UNICODE_STRING (MS-DTYP 2.3.10), its text behind it by and by */
static void
put_unicode_string (SrNdr      *ndr,
                    const char *text)
{
  g_autoptr (GBytes) utf16 = sr_utf16_from_utf8 (text, FALSE);
  guint16 length = (guint16) g_bytes_get_size (utf16);

  sr_ndr_uint16 (ndr, "Length", &length);
  sr_ndr_uint16 (ndr, "MaximumLength", &length);
  sr_ndr_pointer (ndr, "Buffer", TRUE);
}

static void
put_unicode_text (SrNdr      *ndr,
                  const char *text)
{
  g_autoptr (GBytes) utf16 = sr_utf16_from_utf8 (text, FALSE);
  guint32 units = (guint32) g_bytes_get_size (utf16) / 2, offset = 0;

  sr_ndr_uint32 (ndr, "max_count", &units);
  sr_ndr_uint32 (ndr, "offset", &offset);
  sr_ndr_uint32 (ndr, "actual_count", &units);
  sr_ndr_fixed_bytes (ndr, "text", (guint8 *) g_bytes_get_data (utf16, NULL), g_bytes_get_size (utf16));
}

static void
code_lookup_domain_request (SrNdr   *ndr,
                            gpointer message)
{
  SamrLookupDomainRequest *m = message;

  code_handle (ndr, &m->handle);
  put_unicode_string (ndr, m->name);
  put_unicode_text (ndr, m->name);
}

/* RPC_SID (MS-DTYP 2.4.2.3): a conformant structure */
static void
code_sid (SrNdr   *ndr,
          guint8   sid[SAMR_MAX_SID],
          guint32 *length)
{
  guint32 count = (*length - 8) / 4;

  sr_ndr_count (ndr, "SubAuthorityCount", &count, 15);
  *length = 8 + 4 * count;
  sr_ndr_fixed_bytes (ndr, "sid", sid, *length);
}

static void
code_lookup_domain_reply (SrNdr   *ndr,
                          gpointer message)
{
  SamrLookupDomainReply *m = message;

  m->sid_length = 8;
  if (sr_ndr_pointer (ndr, "DomainId", FALSE))
    code_sid (ndr, m->sid, &m->sid_length);
  sr_ndr_uint32 (ndr, "status", &m->status);
}

static void
code_open_domain_request (SrNdr   *ndr,
                          gpointer message)
{
  SamrOpenDomainRequest *m = message;

  code_handle (ndr, &m->handle);
  sr_ndr_uint32 (ndr, "DesiredAccess", &m->access);
  code_sid (ndr, m->sid, &m->sid_length);
}

static void
code_lookup_names_request (SrNdr   *ndr,
                           gpointer message)
{
  SamrLookupNamesRequest *m = message;
  guint32 maximum = SAMR_MAX_NAMES, offset = 0;

  code_handle (ndr, &m->handle);
  sr_ndr_uint32 (ndr, "Count", &m->n_names);
  sr_ndr_uint32 (ndr, "max_count", &maximum);
  sr_ndr_uint32 (ndr, "offset", &offset);
  sr_ndr_uint32 (ndr, "actual_count", &m->n_names);
  for (guint i = 0; i < m->n_names; i++)
    put_unicode_string (ndr, m->names[i]);
  for (guint i = 0; i < m->n_names; i++)
    put_unicode_text (ndr, m->names[i]);
}

static void
read_numbers (SrNdr   *ndr,
              guint32 *n,
              guint32 *numbers)
{
  guint32 maximum = 0;

  sr_ndr_count (ndr, "Count", n, SAMR_MAX_NAMES);
  if (!sr_ndr_pointer (ndr, "Element", FALSE))
    return;
  sr_ndr_count (ndr, "max_count", &maximum, SAMR_MAX_NAMES);
  if (sr_ndr_ok (ndr) && maximum != *n)
    sr_ndr_fail (ndr, SR_ERROR_MALFORMED, "max_count", "%u for %u elements", maximum, *n);
  for (guint i = 0; i < maximum && sr_ndr_ok (ndr); i++)
    sr_ndr_uint32 (ndr, "Element", &numbers[i]);
}

static void
code_lookup_names_reply (SrNdr   *ndr,
                         gpointer message)
{
  SamrLookupNamesReply *m = message;

  read_numbers (ndr, &m->n_rids, m->rids);
  read_numbers (ndr, &m->n_types, m->types);
  sr_ndr_uint32 (ndr, "status", &m->status);
}

static void
code_nothing (SrNdr   *ndr,
              gpointer message)
{
}

static void
code_listening_reply (SrNdr   *ndr,
                      gpointer message)
{
  MgmtListeningReply *m = message;

  sr_ndr_uint32 (ndr, "status", &m->status);
  sr_ndr_uint32 (ndr, "listening", &m->listening);
}

static const SrRpcMethod epm_methods[] = {
  { EPM_OP_MAP, "ept_map", sizeof (EpmMapRequest), code_map_request, NULL, sizeof (EpmMapReply), code_map_reply, NULL,
    SR_RPC_METHOD_PLAIN },
};

static const SrRpcMethod samr_methods[] = {
  { SAMR_OP_LOOKUP_DOMAIN, "SamrLookupDomainInSamServer", sizeof (SamrLookupDomainRequest), code_lookup_domain_request,
    NULL, sizeof (SamrLookupDomainReply), code_lookup_domain_reply, NULL, SR_RPC_METHOD_NONE },
  { SAMR_OP_OPEN_DOMAIN, "SamrOpenDomain", sizeof (SamrOpenDomainRequest), code_open_domain_request, NULL,
    sizeof (SamrHandleReply), code_handle_reply, NULL, SR_RPC_METHOD_NONE },
  { SAMR_OP_LOOKUP_NAMES, "SamrLookupNamesInDomain", sizeof (SamrLookupNamesRequest), code_lookup_names_request, NULL,
    sizeof (SamrLookupNamesReply), code_lookup_names_reply, NULL, SR_RPC_METHOD_NONE },
  { SAMR_OP_CONNECT2, "SamrConnect2", sizeof (SamrConnectRequest), code_connect_request, NULL,
    sizeof (SamrHandleReply), code_handle_reply, NULL, SR_RPC_METHOD_NONE },
};

static const SrRpcMethod mgmt_methods[] = {
  { MGMT_OP_IS_SERVER_LISTENING, "rpc__mgmt_is_server_listening", 0, code_nothing, NULL, sizeof (MgmtListeningReply),
    code_listening_reply, NULL, SR_RPC_METHOD_NONE },
};

const SrRpcInterface epm_interface = {
  "epm",
  { { 0xe1af8308, 0x5d1f, 0x11c9, { 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa } }, 3, 0 },
  epm_methods,
  G_N_ELEMENTS (epm_methods),
};

const SrRpcInterface samr_interface = {
  "samr",
  { { 0x12345778, 0x1234, 0xabcd, { 0xef, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xac } }, 1, 0 },
  samr_methods,
  G_N_ELEMENTS (samr_methods),
};

const SrRpcInterface mgmt_interface = {
  "mgmt",
  { { 0xafa8bd80, 0x7d8a, 0x11c9, { 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89 } }, 1, 0 },
  mgmt_methods,
  G_N_ELEMENTS (mgmt_methods),
};
