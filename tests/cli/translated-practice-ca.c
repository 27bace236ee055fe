/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strongroom-practice-ca as it is, with the translations of this build instead of those that are installed. */
#include "config.h"

#undef LOCALEDIR
#define LOCALEDIR BUILT_LOCALEDIR

#include "practice/main.c"
