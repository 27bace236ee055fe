/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/sr-store-error.h"

G_DEFINE_QUARK (sr-store-error-quark, sr_store_error)
