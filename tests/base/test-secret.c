/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-secret.h"

#include "base/sr-error.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int __real_munmap (void *address, size_t length);
int __wrap_munmap (void *address, size_t length);

static guint unmapped;
static guint not_wiped;

/* What is given back must hold nothing any more. */
int
__wrap_munmap (void  *address,
               size_t length)
{
  const guint8 *bytes = address;

  unmapped++;
  for (size_t i = 0; i < length; i++)
    if (bytes[i] != 0)
      {
        not_wiped++;
        break;
      }
  return __real_munmap (address, length);
}

static void
test_wiped (void)
{
  g_autofree char *longest = g_strnfill (SR_SECRET_MAX, 'x');
  const char *texts[] = { "", "swordfish", longest };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      SrSecret *secret = sr_secret_new (texts[i], strlen (texts[i]));
      SrSecret *second = sr_secret_ref (secret);
      gsize length = 0;

      g_assert_cmpstr (sr_secret_peek (secret, &length), ==, texts[i]);
      g_assert_cmpuint (length, ==, strlen (texts[i]));
      unmapped = not_wiped = 0;
      sr_secret_unref (secret);
      g_assert_cmpuint (unmapped, ==, 0);
      g_assert_cmpstr (sr_secret_peek (second, NULL), ==, texts[i]);
      sr_secret_unref (second);
      g_assert_cmpuint (unmapped, ==, 1);
      g_assert_cmpuint (not_wiped, ==, 0);
    }
}

/* The flag "dd" of the kernel's list of mappings: left out of core files. */
static void
test_not_dumped (void)
{
  g_autoptr (SrSecret) secret = sr_secret_new ("swordfish", 9);
  guintptr address = (guintptr) sr_secret_peek (secret, NULL);
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean inside = FALSE, found = FALSE;

  if (!g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL))
    {
      g_test_skip ("/proc/self/smaps cannot be read here");
      return;
    }
  lines = g_strsplit (maps, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      guint64 low, high;
      char *end = NULL;

      low = g_ascii_strtoull (lines[i], &end, 16);
      if (*end == '-')
        {
          high = g_ascii_strtoull (end + 1, &end, 16);
          if (*end == ' ')
            inside = address >= low && address < high;
        }
      if (!inside || !g_str_has_prefix (lines[i], "VmFlags:"))
        continue;
      found = TRUE;
      g_assert_nonnull (strstr (lines[i], " dd"));
    }
  g_assert_true (found);
}

static SrSecret *
read_from_pipe (const char *input,
                gsize       length,
                char       *rest,
                gsize       rest_size,
                GError    **error)
{
  int ends[2];
  SrSecret *secret;
  ssize_t n;

  g_assert_cmpint (pipe (ends), ==, 0);
  g_assert_cmpint (write (ends[1], input, length), ==, (ssize_t) length);
  close (ends[1]);
  secret = sr_secret_read_line (ends[0], error);
  n = read (ends[0], rest, rest_size - 1);
  rest[MAX (n, 0)] = '\0';
  close (ends[0]);
  return secret;
}

static void
test_read_line (void)
{
  static const struct
  {
    const char *input;
    gsize length;
    const char *secret;
    gsize secret_length;
    const char *rest;
  } lines[] = {
    { "swordfish\nsecond\n", 17, "swordfish", 9, "second\n" },
    { "swordfish\r\nsecond", 17, "swordfish", 9, "second" },
    { "swordfish", 9, "swordfish", 9, "" },
    { "  a b\t\n", 7, "  a b\t", 6, "" },
    { "\nx", 2, "", 0, "x" },
    { "\r\n", 2, "", 0, "" },
    { "a\rb\n", 4, "a\rb", 3, "" },
    { "a\0b\n", 4, "a\0b", 3, "" },
    { "pässwörd\n", 11, "pässwörd", 10, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autoptr (GError) error = NULL;
      char rest[64];
      g_autoptr (SrSecret) secret = read_from_pipe (lines[i].input, lines[i].length, rest, sizeof rest, &error);
      gsize length = 0;
      const char *data;

      g_assert_no_error (error);
      data = sr_secret_peek (secret, &length);
      g_assert_cmpmem (data, length, lines[i].secret, lines[i].secret_length);
      g_assert_cmpint (data[length], ==, '\0');
      g_assert_cmpstr (rest, ==, lines[i].rest);
    }
}

static void
test_read_line_bounds (void)
{
  g_autofree char *longest = g_strnfill (SR_SECRET_MAX + 1, 'x');
  g_autoptr (GError) error = NULL;
  g_autoptr (SrSecret) secret = NULL;
  char rest[64];
  gsize length = 0;

  longest[SR_SECRET_MAX] = '\n';
  secret = read_from_pipe (longest, SR_SECRET_MAX + 1, rest, sizeof rest, &error);
  g_assert_no_error (error);
  sr_secret_peek (secret, &length);
  g_assert_cmpuint (length, ==, SR_SECRET_MAX);

  longest[SR_SECRET_MAX] = 'x';
  g_assert_null (read_from_pipe (longest, SR_SECRET_MAX + 1, rest, sizeof rest, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_null (read_from_pipe ("", 0, rest, sizeof rest, &error));
  g_assert_error (error, SR_ERROR, SR_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (sr_secret_read_line (-1, &error));
  g_assert_cmpint (error->domain, ==, G_IO_ERROR);
}

static void
test_wipe (void)
{
  char data[64];

  memset (data, 0x5a, sizeof data);
  sr_secret_wipe (data + 1, sizeof data - 2);
  g_assert_cmpint (data[0], ==, 0x5a);
  g_assert_cmpint (data[sizeof data - 1], ==, 0x5a);
  for (gsize i = 1; i < sizeof data - 1; i++)
    g_assert_cmpint (data[i], ==, 0);
  sr_secret_free_string (NULL);
  sr_secret_free_string (g_strdup ("swordfish"));
}

static void
test_harden (void)
{
  int status = 0;
  pid_t pid = fork ();

  if (pid == 0)
    {
      struct rlimit core;

      sr_secret_harden_process ();
      getrlimit (RLIMIT_CORE, &core);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
      _exit (prctl (PR_GET_DUMPABLE) == 1 ? 0 : 1);
#else
      _exit (prctl (PR_GET_DUMPABLE) == 0 && core.rlim_max == 0 ? 0 : 1);
#endif
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_cmpint (status, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base/secret/wiped", test_wiped);
  g_test_add_func ("/base/secret/not-dumped", test_not_dumped);
  g_test_add_func ("/base/secret/read-line", test_read_line);
  g_test_add_func ("/base/secret/read-line-bounds", test_read_line_bounds);
  g_test_add_func ("/base/secret/wipe", test_wipe);
  g_test_add_func ("/base/secret/harden", test_harden);
  return g_test_run ();
}
