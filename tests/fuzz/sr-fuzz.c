/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sr-fuzz.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_RUNS 20000
#define LONGEST_INPUT (64 * 1024)
/* A run that takes longer hangs. */
#define HANG_SECONDS 30

static volatile guint current_run;

void
sr_fuzz_add_seed (GPtrArray     *seeds,
                  gconstpointer  data,
                  gsize          length)
{
  g_ptr_array_add (seeds, g_bytes_new (data, length));
}

void
sr_fuzz_add_hex_seed (GPtrArray  *seeds,
                      const char *hex)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  int high = -1;

  for (const char *at = hex; *at != '\0'; at++)
    {
      int digit = g_ascii_xdigit_value (*at);
      guint8 byte;

      if (digit < 0)
        continue;
      if (high < 0)
        {
          high = digit;
          continue;
        }
      byte = (guint8) (high << 4 | digit);
      g_byte_array_append (bytes, &byte, 1);
      high = -1;
    }
  sr_fuzz_add_seed (seeds, bytes->data, bytes->len);
}

/* Numbers at which code tends to go wrong. */
static guint32
interesting (GRand *rand,
             gsize  length)
{
  static const guint32 numbers[] = { 0, 1, 2, 3, 4, 7, 8, 15, 16, 17, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xffff,
                                     0x10000, 0x7fffffff, 0x80000000u, 0xfffffff0u, 0xfffffffeu, 0xffffffffu };

  switch (g_rand_int_range (rand, 0, 4))
    {
    case 0:
      return (guint32) length + (guint32) g_rand_int_range (rand, -9, 9);
    case 1:
      return g_rand_int (rand);
    default:
      return numbers[g_rand_int_range (rand, 0, G_N_ELEMENTS (numbers))];
    }
}

static gsize
position (GRand      *rand,
          GByteArray *input)
{
  return input->len == 0 ? 0 : g_rand_int (rand) % input->len;
}

static void
overwrite_number (GRand      *rand,
                  GByteArray *input)
{
  gsize width = (gsize) 1 << g_rand_int_range (rand, 0, 3);
  guint32 number = interesting (rand, input->len);
  gsize at = position (rand, input);
  gboolean big_endian = g_rand_int_range (rand, 0, 8) == 0;

  /* Fields are mostly aligned. */
  if (g_rand_boolean (rand))
    at &= ~(width - 1);
  for (gsize i = 0; i < width && at + i < input->len; i++)
    input->data[at + i] = (guint8) (number >> 8 * (big_endian ? width - 1 - i : i));
}

static void
insert_bytes (GRand        *rand,
              GByteArray   *input,
              const guint8 *data,
              gsize         length)
{
  gsize at = position (rand, input), old = input->len;

  if (length == 0 || old + length > LONGEST_INPUT)
    return;
  g_byte_array_set_size (input, (guint) (old + length));
  memmove (input->data + at + length, input->data + at, old - at);
  memcpy (input->data + at, data, length);
}

static void
splice (GRand      *rand,
        GByteArray *input,
        GPtrArray  *seeds)
{
  GBytes *other = g_ptr_array_index (seeds, g_rand_int (rand) % seeds->len);
  gsize length, from, n;
  const guint8 *data = g_bytes_get_data (other, &length);

  if (length == 0)
    return;
  from = g_rand_int (rand) % length;
  n = 1 + g_rand_int (rand) % (length - from);
  insert_bytes (rand, input, data + from, n);
}

static void
remove_bytes (GRand      *rand,
              GByteArray *input)
{
  gsize at = position (rand, input);

  if (input->len > 0)
    g_byte_array_remove_range (input, (guint) at, 1 + g_rand_int (rand) % MIN (input->len - (guint) at, 64));
}

static void
repeat_bytes (GRand      *rand,
              GByteArray *input)
{
  gsize at = position (rand, input);
  g_autofree guint8 *copy = NULL;
  gsize n;

  if (input->len == 0)
    return;
  n = 1 + g_rand_int (rand) % MIN (input->len - at, 256);
  copy = g_memdup2 (input->data + at, n);
  insert_bytes (rand, input, copy, n);
}

static void
mutate_once (GRand      *rand,
             GByteArray *input,
             GPtrArray  *seeds)
{
  guint8 byte = (guint8) g_rand_int (rand);

  switch (g_rand_int_range (rand, 0, 10))
    {
    case 0:
    case 1:
      if (input->len > 0)
        input->data[position (rand, input)] ^= (guint8) (1u << g_rand_int_range (rand, 0, 8));
      break;
    case 2:
      if (input->len > 0)
        input->data[position (rand, input)] = byte;
      break;
    case 3:
    case 4:
    case 5:
      overwrite_number (rand, input);
      break;
    case 6:
      remove_bytes (rand, input);
      break;
    case 7:
      repeat_bytes (rand, input);
      break;
    case 8:
      splice (rand, input, seeds);
      break;
    default:
      g_byte_array_set_size (input, (guint) position (rand, input));
    }
}

/* The input of one run: the seeds as they are come first. */
static GByteArray *
make_input (guint      run,
            GPtrArray *seeds)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (run);
  GBytes *seed = g_ptr_array_index (seeds, run % seeds->len);
  GByteArray *input = g_byte_array_new ();
  guint mutations = run < seeds->len ? 0 : 1u << g_rand_int_range (rand, 0, 5);

  g_byte_array_append (input, g_bytes_get_data (seed, NULL), (guint) g_bytes_get_size (seed));
  while (mutations-- > 0)
    mutate_once (rand, input, seeds);
  return input;
}

/* Only what a signal handler may do. */
static void
tell_run (void)
{
  char text[64] = "# fuzz: this was --only ", digits[12];
  gsize n = strlen (text), d = 0;
  guint run = current_run;

  do
    digits[d++] = (char) ('0' + run % 10);
  while ((run /= 10) > 0);
  while (d > 0)
    text[n++] = digits[--d];
  text[n++] = '\n';
  if (write (STDERR_FILENO, text, n) < 0)
    return;
}

static void
on_signal (int number)
{
  tell_run ();
  signal (number, SIG_DFL);
  raise (number == SIGALRM ? SIGABRT : number);
}

/* Sanitizers that find something end the process by themselves. */
void __sanitizer_set_death_callback (void (*callback) (void)) __attribute__ ((weak));

static void
watch_for_the_end (void)
{
  signal (SIGABRT, on_signal);
  signal (SIGALRM, on_signal);
  if (__sanitizer_set_death_callback != NULL)
    __sanitizer_set_death_callback (tell_run);
  else
    signal (SIGSEGV, on_signal);
}

static void
run_one (guint      run,
         GPtrArray *seeds)
{
  g_autoptr (GByteArray) input = make_input (run, seeds);
  /* In memory of its very size, so that a sanitizer sees one byte too many. */
  g_autofree guint8 *exact = g_memdup2 (input->data, input->len);

  current_run = run;
  alarm (HANG_SECONDS);
  if (LLVMFuzzerTestOneInput (exact, input->len) != 0)
    g_error ("fuzz: run %u was rejected", run);
  alarm (0);
}

static guint
default_runs (void)
{
  const char *text = g_getenv ("SR_FUZZ_RUNS");

  return text != NULL ? (guint) strtoul (text, NULL, 10) : DEFAULT_RUNS;
}

static void
read_seed_files (GPtrArray *seeds,
                 char     **paths)
{
  for (; paths != NULL && *paths != NULL; paths++)
    {
      g_autofree char *text = NULL;
      gsize length;

      if (g_file_get_contents (*paths, &text, &length, NULL))
        sr_fuzz_add_seed (seeds, text, MIN (length, LONGEST_INPUT));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GPtrArray) seeds = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autofree char *name = g_path_get_basename (argv[0]);
  g_autofree char *dump = NULL;
  g_auto (GStrv) paths = NULL;
  int runs = (int) default_runs (), only = -1;
  const GOptionEntry entries[] = {
    { "runs", 0, 0, G_OPTION_ARG_INT, &runs, "How many runs", "N" },
    { "only", 0, 0, G_OPTION_ARG_INT, &only, "Only this run", "RUN" },
    { "dump", 0, 0, G_OPTION_ARG_FILENAME, &dump, "With --only: write the input to a file", "FILE" },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &paths, NULL, NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) options = g_option_context_new ("[SEED-FILE...]");
  g_autoptr (GError) error = NULL;

  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  sr_fuzz_add_seeds (seeds);
  read_seed_files (seeds, paths);
  if (seeds->len == 0)
    sr_fuzz_add_seed (seeds, "", 0);
  if (only >= 0 && dump != NULL)
    {
      g_autoptr (GByteArray) input = make_input ((guint) only, seeds);

      g_file_set_contents (dump, (const char *) input->data, input->len, NULL);
    }

  watch_for_the_end ();
  g_print ("TAP version 14\n1..1\n");
  for (int run = only >= 0 ? only : 0; run < (only >= 0 ? only + 1 : runs); run++)
    run_one ((guint) run, seeds);
  g_print ("ok 1 /fuzz/%s %d runs of %u seeds\n", name, only >= 0 ? 1 : runs, seeds->len);
  return 0;
}
