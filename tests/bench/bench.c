/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench.h"

#include "base/sr-error.h"

#include <stdlib.h>
#include <time.h>

static double
seconds (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

double
bench_cpu_seconds (void)
{
  return seconds (CLOCK_PROCESS_CPUTIME_ID);
}

double
bench_wall_seconds (void)
{
  return seconds (CLOCK_MONOTONIC);
}

gint64
bench_soon (void)
{
  return sr_deadline_in (60);
}

void
bench_must (gboolean    done,
            GError    **error,
            const char *what)
{
  if (!done)
    g_error ("%s: %s", what, (*error)->message);
}

static int
compare (const void *a,
         const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return x < y ? -1 : x > y;
}

static double
median (double *values)
{
  qsort (values, BENCH_RUNS, sizeof *values, compare);
  return values[BENCH_RUNS / 2];
}

void
bench_tell_time (const char *what,
                 double      seconds_taken,
                 guint64     bytes)
{
  g_print ("%-24s%8.3f s  %6.0f MB/s\n", what, seconds_taken, (double) bytes / 1e6 / seconds_taken);
}

void
bench_tell_reading (guint64 bytes,
                    guint   n_pdus,
                    double *reading,
                    double *unsealing,
                    double  target)
{
  double ratio[BENCH_RUNS], middle;

  for (guint i = 0; i < BENCH_RUNS; i++)
    ratio[i] = reading[i] / unsealing[i];
  middle = median (ratio);
  g_print ("%.0f MiB in %u PDUs, median of %d runs\n", (double) bytes / (1024 * 1024), n_pdus, BENCH_RUNS);
  bench_tell_time ("reading, CPU", median (reading), bytes);
  bench_tell_time ("unsealing alone", median (unsealing), bytes);
  g_print ("%-24s%8.3f    (%.3f to %.3f)", "ratio", middle, ratio[0], ratio[BENCH_RUNS - 1]);
  if (target > 0)
    g_print ("   at most %.2f: %s", target, middle <= target ? "met" : "missed");
  g_print ("\n");
}

GByteArray *
bench_capture (SrRpcClient         *client,
               const SrRpcCallHead *call,
               GBytes              *request,
               guint                n_calls)
{
  GByteArray *captured = g_byte_array_sized_new (n_calls * (BENCH_PIECE + BENCH_PIECE / 32));
  SrRpcPatience patience = { bench_soon (), NULL };
  g_autoptr (GError) error = NULL;
  gsize request_length;
  const guint8 *stub = g_bytes_get_data (request, &request_length);

  for (guint i = 0; i < n_calls; i++)
    {
      SrRpcCallHead head = *call;
      SrRpcHeader header;
      gboolean sent;
      guint8 *pdu;
      gsize length;

      head.call_id = ++client->call_id;
      bench_must (sr_rpc_channel_send_stub (&client->channel, &head, stub, request_length, NULL, &sent, &patience,
                                            &error), &error, "send");
      do
        {
          bench_must (sr_rpc_wire_read_pdu (client->channel.wire, &pdu, &length, patience.deadline, NULL, &error),
                      &error, "read");
          sr_rpc_header_read (pdu, &header, NULL);
          g_assert_cmpuint (header.type, ==, SR_RPC_RESPONSE);
          g_byte_array_append (captured, pdu, (guint) length);
        }
      while (!(header.flags & SR_RPC_PFC_LAST_FRAG));
    }
  return captured;
}

double
bench_unseal (SrRpcClient *client,
              GByteArray  *captured,
              guint       *n_pdus)
{
  SrAuthContext *auth = client->channel.auth;
  g_autoptr (GError) error = NULL;
  double before = bench_cpu_seconds ();

  *n_pdus = 0;
  for (gsize at = 0; at < captured->len; (*n_pdus)++)
    {
      guint8 *pdu = captured->data + at;
      gsize length = sr_rpc_read16 (pdu + 8), token = sr_rpc_read16 (pdu + 10);
      gsize trailer = length - token - SR_RPC_SEC_TRAILER_SIZE;
      const SrAuthParts parts = sr_auth_parts (pdu, SR_RPC_CALL_HEADER_SIZE, trailer - SR_RPC_CALL_HEADER_SIZE, token);

      bench_must (sr_auth_context_unseal (auth, client->channel.sign_header, &parts, &error), &error, "unseal");
      at += length;
    }
  return bench_cpu_seconds () - before;
}
