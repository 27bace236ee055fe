/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rpc/sr-rpc-trace.h"

#define TRACE_DOMAIN "strongroom-trace"

char *
sr_rpc_trace_line (const SrRpcMethod *method,
                   gboolean           reply,
                   const guint8      *data,
                   gsize              length)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "%s %s, %zu bytes", method->name, reply ? "reply" : "request", length);
  if (method->flags & SR_RPC_METHOD_SECRET)
    g_string_append (line, ", not shown");
  else if (!(method->flags & SR_RPC_METHOD_BULK))
    {
      g_string_append (line, ": ");
      for (gsize i = 0; i < MIN (length, SR_RPC_TRACE_BYTES); i++)
        g_string_append_printf (line, "%02x", data[i]);
      if (length > SR_RPC_TRACE_BYTES)
        g_string_append (line, "...");
    }
  return g_string_free (line, FALSE);
}

void
sr_rpc_trace (const SrRpcMethod *method,
              gboolean           reply,
              const guint8      *data,
              gsize              length)
{
  g_autofree char *line = NULL;

  if (g_log_writer_default_would_drop (G_LOG_LEVEL_DEBUG, TRACE_DOMAIN))
    return;
  line = sr_rpc_trace_line (method, reply, data, length);
  g_log (TRACE_DOMAIN, G_LOG_LEVEL_DEBUG, "%s", line);
}
