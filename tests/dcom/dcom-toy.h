/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dcom-object.h"
#include "dcom/sr-dcom-server-private.h"

/* A class that only tests have: IToy, and IToy2 that inherits it. */
extern const SrGuid toy_clsid;
extern const SrRpcInterface toy_interface;
extern const SrRpcInterface toy2_interface;

enum
{
  TOY_ADD = 3,
  TOY_FILL = 4,
  TOY_SLEEP = 5,
  TOY_PEEK = 6,
  TOY_WHO = 7,
};

/* Requests of all methods but TOY_ADD, and of TOY_ADD */
typedef struct
{
  guint32 number;
  guint32 other;
} ToyRequest;

/* TOY_ADD: the sum; TOY_PEEK: how often it was executed */
typedef struct
{
  guint32 number;
  guint32 hr;
} ToyReply;

/* TOY_FILL: so many bytes as were asked for */
typedef struct
{
  GBytes *bytes;
  guint32 hr;
} ToyFillReply;

typedef struct
{
  char *principal;
  guint32 level;
  guint32 hr;
} ToyWhoReply;

/* What the next call does to the connection. */
typedef enum
{
  TOY_CALM,
  TOY_DROP_BEFORE,
  TOY_DROP_AFTER,
} ToyMood;

/* A server of toys and what became of them; the counts are under @lock. */
typedef struct
{
  SrDcomServer *server;
  SrAuthAcceptor *acceptor;
  char *users;
  gboolean shared;                      /* one toy for everybody */
  guint32 create_hr;                    /* failed: no toy is made */
  gint64 now;                           /* the server's clock stands at this */

  GMutex lock;
  GCond changed;
  guint created;
  guint released;
  guint rundowns;
  guint executed;
  guint asleep;
  gboolean awake;
  ToyMood mood;
  GPtrArray *toys;
} ToyBox;

/* Listens on loopback; with @ntlm users have to sign in. The clock stands still until toy_box_wind(). */
ToyBox *toy_box_new (gboolean                  ntlm,
                     const SrDcomServerQuirks *quirks);

/* The same for anybody whom @acceptor takes. */
ToyBox *toy_box_new_for (SrAuthAcceptor           *acceptor,
                         const char               *host_name,
                         const SrDcomServerQuirks *quirks);

void toy_box_free (ToyBox *box);

/* Moves the server's clock on and lets it look for missed pings; returns how many objects went. */
guint toy_box_wind (ToyBox *box,
                    double  seconds);

void toy_box_set_mood (ToyBox *box,
                       ToyMood mood);

/* A count as it is under the lock. */
guint toy_box_count (ToyBox      *box,
                     const guint *count);

/* TOY_SLEEP sleeps as long as the box is not awake, which it is not at first.
 * Who wakes it waits until nobody sleeps any more. */
void toy_box_wait_asleep (ToyBox *box);
void toy_box_set_awake (ToyBox  *box,
                        gboolean awake);

SrDcomServerStats toy_box_stats (ToyBox *box);

/* Waits until at least @n ComplexPings, and @simple SimplePings, came; for at most ten seconds. */
void toy_box_wait_pings (ToyBox  *box,
                         guint64  complex,
                         guint64  simple);

/* (transfer full): how to reach @box, signing in when it wants that */
SrDcomTarget *toy_box_target (ToyBox *box);

/* Ten seconds from now */
gint64 toy_soon (void);

/* (transfer full): a toy with the first @n of IToy and IToy2 */
SrDcomObject *toy_activate (ToyBox  *box,
                            guint    n,
                            GError **error);

/* Calls TOY_ADD with 40 and 2 by @iface. */
gboolean toy_add (SrDcomObject         *object,
                  const SrRpcInterface *iface,
                  gboolean             *sent,
                  GError              **error);
