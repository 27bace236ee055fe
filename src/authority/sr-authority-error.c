/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "authority/sr-authority-error.h"

#include "base/sr-error.h"

SR_DEFINE_QUARK (sr-authority-error-quark, sr_authority_error)
