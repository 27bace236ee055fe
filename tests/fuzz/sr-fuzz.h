/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

G_BEGIN_DECLS

/*
 * A fuzzer is a program with these two functions, linked with sr_fuzz_dep,
 * whose main() makes it an ordinary test: seeds are mutated the same way in
 * every run, as often as a limit says. With clang's -fsanitize=fuzzer in place
 * of sr_fuzz_dep it is a libFuzzer program.
 *
 *     fuzz-NAME [--runs N] [--only RUN] [--dump FILE] [SEED-FILE...]
 *
 * Run N is always the same input: when one crashes, hangs or leaks, its number
 * is told, --only N repeats it and --dump writes it to a file. SR_FUZZ_RUNS in
 * the environment changes the number of runs too.
 */

/* Takes one input; must never crash, hang, leak, or take memory that the input does not pay for. Returns 0. */
int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         size);

/* Puts valid inputs in, for mutation to start from: sr_fuzz_add_seed() for each. Called once. */
void sr_fuzz_add_seeds (GPtrArray *seeds);

/* Adds a copy of @data. */
void sr_fuzz_add_seed (GPtrArray     *seeds,
                       gconstpointer  data,
                       gsize          length);

/* The same for text such as "05 00 0b 03"; white space is ignored. */
void sr_fuzz_add_hex_seed (GPtrArray  *seeds,
                           const char *hex);

G_END_DECLS
