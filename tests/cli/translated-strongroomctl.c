/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strongroomctl as it is, with the translations of this build instead of those that are installed. */
#include "config.h"

#undef LOCALEDIR
#define LOCALEDIR BUILT_LOCALEDIR

#include "cli/main.c"
