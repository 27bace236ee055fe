/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * SR_DEFINE_QUARK:
 * @string: the quark's name, without quotes
 * @name: its function is @name_quark()
 *
 * G_DEFINE_QUARK() whose variable may be read while another thread writes it.
 */
#define SR_DEFINE_QUARK(string, name) \
  GQuark \
  name##_quark (void) \
  { \
    static guint quark_known; /* atomic */ \
    GQuark quark = g_atomic_int_get (&quark_known); \
\
    if (G_UNLIKELY (quark == 0)) \
      { \
        quark = g_quark_from_static_string (#string); \
        g_atomic_int_set (&quark_known, quark); \
      } \
    return quark; \
  }

/**
 * SR_ERROR:
 *
 * Error domain for what goes wrong between us and a peer or a file, where no
 * HRESULT (%SR_HRESULT_ERROR) or RPC fault (SR_RPC_FAULT) says it better.
 * Operating system errors stay in %G_IO_ERROR, cancellation is always
 * %G_IO_ERROR_CANCELLED.
 */
#define SR_ERROR (sr_error_quark ())
GQuark sr_error_quark (void);

/**
 * SrError:
 * @SR_ERROR_MALFORMED: bytes of a peer or a file do not have the shape they must have; the message names what and where
 * @SR_ERROR_LIMIT: a length or count is above the bound that the caller set
 * @SR_ERROR_CLOSED: the peer closed or reset the connection
 * @SR_ERROR_TIMED_OUT: the deadline passed
 * @SR_ERROR_REFUSED: the peer understood and said no (bind rejected, no such interface)
 * @SR_ERROR_AUTH: authentication failed, on either side
 * @SR_ERROR_WEAK: the peer offers less than packet privacy, or a weak variant of it
 * @SR_ERROR_UNSUPPORTED: the peer asks for something that we do not speak
 * @SR_ERROR_STATE: the call does not fit the state of the object
 * @SR_ERROR_MISMATCH: contents differ from what was promised (a hash, a length, a certificate)
 * @SR_ERROR_NOT_FOUND: what was named does not exist
 *
 * Codes of %SR_ERROR.
 */
typedef enum
{
  SR_ERROR_MALFORMED = 1,
  SR_ERROR_LIMIT,
  SR_ERROR_CLOSED,
  SR_ERROR_TIMED_OUT,
  SR_ERROR_REFUSED,
  SR_ERROR_AUTH,
  SR_ERROR_WEAK,
  SR_ERROR_UNSUPPORTED,
  SR_ERROR_STATE,
  SR_ERROR_MISMATCH,
  SR_ERROR_NOT_FOUND,
} SrError;

/**
 * sr_set_errno_error:
 * @error: (out) (optional): a #GError
 * @err: a value of errno
 * @format: what could not be done and to what, translated, without a full stop: “Opening “%s””
 * @...: what @format wants
 *
 * Sets the code of %G_IO_ERROR that fits @err; its own words follow @format and a colon.
 *
 * Returns: %FALSE
 */
gboolean sr_set_errno_error (GError    **error,
                             int         err,
                             const char *format,
                             ...) G_GNUC_PRINTF (3, 4);

/**
 * SR_DEADLINE_NONE:
 *
 * A deadline that never passes. Deadlines are #gint64 monotonic times in
 * microseconds, as g_get_monotonic_time() counts them.
 */
#define SR_DEADLINE_NONE G_MAXINT64

/**
 * sr_deadline_in:
 * @seconds: from now, fractions allowed
 *
 * Returns: the monotonic time in microseconds that lies @seconds ahead
 */
gint64 sr_deadline_in (double seconds);

/**
 * sr_deadline_left:
 * @deadline: a monotonic time in microseconds
 *
 * Returns: microseconds until @deadline, 0 when it has passed
 */
gint64 sr_deadline_left (gint64 deadline);

G_END_DECLS
