/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SR_TYPE_HOST_OUTPUT (sr_host_output_get_type ())
G_DECLARE_FINAL_TYPE (SrHostOutput, sr_host_output, SR, HOST_OUTPUT, GOutputStream)

/* A stream to a new file: @fd, in @folder_fd, both of which it owns. Closing it
 * flushes the file and its name to the disk. @path: for messages. */
GOutputStream *sr_host_output_new (int         fd,
                                   int         folder_fd,
                                   const char *path);

G_END_DECLS
