/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority.h"
#include "practice/sr-practice-server.h"

G_BEGIN_DECLS

/* Practice CAs in this process, so that both ends of every call are under the
 * sanitizers. Their clocks of pings stand still: a session that nobody ends
 * stays open, and no rundown makes up for it. */

typedef struct
{
  SrPracticeServer *server;
  SrAuthority *authority;
} ManyCa;

typedef struct
{
  gint64 prepares;
  gint64 ends;
  gint64 rundowns;
  gint64 others;   /* sessions that ended in any other way */
} ManyCounts;

/* @folder gets a folder for each. (element-type ManyCa) */
GPtrArray *many_cas_start (const char *folder,
                           guint       n);
void many_cas_stop (GPtrArray *cas);

/* By the server's own count. Any thread. */
ManyCounts many_ca_count (ManyCa *ca);

G_END_DECLS
