/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

/* A wrapper of GLib's function @name: WRAP() stands before it, REAL() is what it wraps. */
#define REAL(name) ((__typeof__ (&(name))) tsan_glib_look_up (&real_##name, #name))
#define WRAP(name) static void *real_##name;

void *tsan_glib_look_up (void      **real,
                         const char *name);

/* Whether our own code calls: the program, and no library. */
#define OURS() (tsan_glib_is_ours (__builtin_return_address (0)))

gboolean tsan_glib_is_ours (void *caller);

/* What was done by those who let go of it is seen by those who get hold of it. */
void tsan_glib_let_go (gconstpointer token);
void tsan_glib_get_hold (gconstpointer token);
