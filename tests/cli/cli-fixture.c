/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli-fixture.h"

#include "authority/sr-practice-program.h"
#include "base/sr-error.h"
#include "base/sr-file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Above any time that a loaded machine needs; a hang ends in meson's time-out. */
#define PATIENCE 120

char *
cli_path (CliFixture *f,
          const char *name,
          ...)
{
  g_autoptr (GPtrArray) parts = g_ptr_array_new ();
  va_list args;

  g_ptr_array_add (parts, f->home);
  va_start (args, name);
  for (const char *part = name; part != NULL; part = va_arg (args, const char *))
    g_ptr_array_add (parts, (gpointer) part);
  va_end (args);
  g_ptr_array_add (parts, NULL);
  return g_build_filenamev ((char **) parts->pdata);
}

static char *
program_path (void)
{
  const char *path = g_getenv ("PATH");

  return g_strconcat (g_getenv ("STRONGROOM_PROGRAMS"), path != NULL ? ":" : "", path, NULL);
}

/* The same for this process, whose own calls of src/authority look there too. */
static void
set_variable (CliFixture *f,
              const char *name,
              const char *value)
{
  f->environment = g_environ_setenv (f->environment, name, value, TRUE);
}

void
cli_fixture_set_up (CliFixture   *f,
                    gconstpointer data)
{
  g_autofree char *config = NULL;
  g_autofree char *state = NULL;
  g_autofree char *share = NULL;
  g_autofree char *path = program_path ();

  f->home = g_dir_make_tmp ("sr-cli-XXXXXX", NULL);
  config = cli_path (f, "config", NULL);
  state = cli_path (f, "state", NULL);
  share = cli_path (f, "share", NULL);
  f->environment = g_get_environ ();
  set_variable (f, "HOME", f->home);
  set_variable (f, "XDG_CONFIG_HOME", config);
  set_variable (f, "XDG_STATE_HOME", state);
  set_variable (f, "XDG_DATA_HOME", share);
  set_variable (f, "PATH", path);
  set_variable (f, "LC_ALL", "C.UTF-8");
  set_variable (f, "TERM", "xterm");
}

static char *
practice_folder (CliFixture *f)
{
  return cli_path (f, "state", "strongroom", "practice", NULL);
}

void
cli_fixture_tear_down (CliFixture   *f,
                       gconstpointer data)
{
  g_autofree char *folder = practice_folder (f);
  g_autoptr (GError) error = NULL;

  sr_practice_program_stop (folder, sr_deadline_in (PATIENCE), NULL, NULL);
  g_assert_true (sr_file_remove_tree (f->home, &error));
  g_strfreev (f->environment);
  g_free (f->home);
}

gboolean
cli_have_practice (void)
{
  g_auto (GStrv) folders = g_strsplit (g_getenv ("STRONGROOM_PROGRAMS"), ":", -1);
  g_autofree char *elsewhere = g_find_program_in_path (SR_PRACTICE_PROGRAM_NAME);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      g_autofree char *path = g_build_filename (folders[i], SR_PRACTICE_PROGRAM_NAME, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return TRUE;
    }
  if (elsewhere == NULL)
    g_test_skip ("strongroom-practice-ca is not built");
  return elsewhere != NULL;
}

static char *
find_program (CliFixture *f)
{
  g_auto (GStrv) folders = g_strsplit (g_environ_getenv (f->environment, "PATH"), ":", -1);

  for (guint i = 0; folders[i] != NULL; i++)
    {
      char *path = g_build_filename (folders[i], "strongroomctl", NULL);

      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return path;
      g_free (path);
    }
  g_assert_not_reached ();
}

static GPtrArray *
collect (CliFixture *f,
         const char *first,
         va_list     args)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (argv, find_program (f));
  for (const char *argument = first; argument != NULL; argument = va_arg (args, const char *))
    g_ptr_array_add (argv, g_strdup (argument));
  return argv;
}

static char *
to_text (GBytes *bytes)
{
  const char *data = g_bytes_get_data (bytes, NULL);

  return data != NULL ? g_strndup (data, g_bytes_get_size (bytes)) : g_strdup ("");
}

static CliOutcome *
run (CliFixture *f,
     GPtrArray  *argv,
     const char *input)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
    G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GBytes) in = g_bytes_new (input != NULL ? input : "", input != NULL ? strlen (input) : 0);
  g_autoptr (GBytes) out = NULL;
  g_autoptr (GBytes) err = NULL;
  g_autoptr (GError) error = NULL;
  CliOutcome *outcome = g_new0 (CliOutcome, 1);

  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_environ (launcher, f->environment);
  process = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, &error);
  g_assert_no_error (error);
  g_subprocess_communicate (process, in, NULL, &out, &err, &error);
  /* One that ends without reading breaks the pipe. */
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BROKEN_PIPE))
    g_assert_no_error (error);
  g_subprocess_wait (process, NULL, NULL);
  g_assert_true (g_subprocess_get_if_exited (process));
  outcome->exit = g_subprocess_get_exit_status (process);
  outcome->out = to_text (out);
  outcome->err = to_text (err);
  return outcome;
}

void
cli_outcome_free (CliOutcome *outcome)
{
  g_free (outcome->out);
  g_free (outcome->err);
  g_free (outcome);
}

CliOutcome *
cli_run (CliFixture *f,
         const char *first_argument,
         ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  va_list args;

  va_start (args, first_argument);
  argv = collect (f, first_argument, args);
  va_end (args);
  return run (f, argv, NULL);
}

CliOutcome *
cli_run_with_input (CliFixture *f,
                    const char *input,
                    const char *first_argument,
                    ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  va_list args;

  va_start (args, first_argument);
  argv = collect (f, first_argument, args);
  va_end (args);
  return run (f, argv, input);
}

/* ---- JSON, held against the tables ------------------------------------------ */

static JsonNode *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  JsonNode *node = json_from_string (text, &error);

  if (node == NULL)
    g_error ("not JSON: %s: %s", error != NULL ? error->message : "empty", text);
  return node;
}

static JsonObject *
find_verb (JsonNode   *tables,
           const char *name)
{
  JsonArray *verbs = json_node_get_array (tables);

  for (guint i = 0; i < json_array_get_length (verbs); i++)
    {
      JsonObject *verb = json_array_get_object_element (verbs, i);

      if (g_str_equal (json_object_get_string_member (verb, "name"), name))
        return verb;
    }
  g_error ("no verb %s in the tables", name);
}

static const char *
type_of (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return "object";
  if (JSON_NODE_HOLDS_ARRAY (node))
    return "array";
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return "string";
    case G_TYPE_BOOLEAN:
      return "boolean";
    default:
      return "number";
    }
}

/* The type that the table has for a path, or that what is below it implies. */
static const char *
documented_type (JsonArray  *members,
                 const char *path,
                 gboolean   *leaf)
{
  const char *implied = NULL;

  *leaf = FALSE;
  for (guint i = 0; i < json_array_get_length (members); i++)
    {
      JsonObject *member = json_array_get_object_element (members, i);
      const char *documented = json_object_get_string_member (member, "path");
      gsize length = strlen (path);

      if (g_str_equal (documented, path))
        {
          *leaf = TRUE;
          return json_object_get_string_member (member, "type");
        }
      if (strncmp (documented, path, length) == 0)
        {
          if (documented[length] == '.')
            implied = "object";
          else if (documented[length] == '[')
            implied = "array";
        }
    }
  return implied;
}

static void check_node (JsonArray  *members,
                        gboolean    open,
                        const char *path,
                        JsonNode   *node,
                        GHashTable *seen);

static void
check_children (JsonArray  *members,
                gboolean    open,
                const char *path,
                JsonNode   *node,
                GHashTable *seen)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      g_autoptr (GList) names = json_object_get_members (json_node_get_object (node));

      for (GList *l = names; l != NULL; l = l->next)
        {
          g_autofree char *below = *path != '\0' ? g_strconcat (path, ".", l->data, NULL) : g_strdup (l->data);

          /* What went wrong stands beside a verb's own members, and has a table of its own. */
          if (!g_str_equal (below, "error"))
            check_node (members, open, below, json_object_get_member (json_node_get_object (node), l->data), seen);
        }
    }
  else if (JSON_NODE_HOLDS_ARRAY (node))
    {
      g_autofree char *below = g_strconcat (path, "[]", NULL);

      for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
        check_node (members, open, below, json_array_get_element (json_node_get_array (node), i), seen);
    }
}

static void
check_node (JsonArray  *members,
            gboolean    open,
            const char *path,
            JsonNode   *node,
            GHashTable *seen)
{
  gboolean leaf;
  const char *type = documented_type (members, path, &leaf);

  if (type == NULL && open)
    return;
  if (type == NULL)
    g_error ("the member “%s” is not documented", path);
  g_hash_table_add (seen, g_strdup (path));
  if (JSON_NODE_HOLDS_NULL (node))
    {
      if (!g_str_has_suffix (type, "?"))
        g_error ("the member “%s” is null and documented as %s", path, type);
      return;
    }
  if (strncmp (type, type_of (node), strcspn (type, "?")) != 0)
    g_error ("the member “%s” is %s and documented as %s", path, type_of (node), type);
  if (!leaf)
    check_children (members, open, path, node, seen);
}

/* Whether one of the arrays that hold it is there and empty. */
static gboolean
is_in_empty_array (const char *path,
                   GHashTable *seen)
{
  for (const char *bracket = strstr (path, "[]"); bracket != NULL; bracket = strstr (bracket + 2, "[]"))
    {
      g_autofree char *holder = g_strndup (path, (gsize) (bracket - path));
      g_autofree char *element = g_strconcat (holder, "[]", NULL);

      if (g_hash_table_contains (seen, holder) && !g_hash_table_contains (seen, element))
        return TRUE;
    }
  return FALSE;
}

/* A member must be there unless the array that holds it is empty. */
static void
check_present (JsonArray  *members,
               GHashTable *seen)
{
  for (guint i = 0; i < json_array_get_length (members); i++)
    {
      const char *path = json_object_get_string_member (json_array_get_object_element (members, i), "path");

      if (!g_hash_table_contains (seen, path) && !is_in_empty_array (path, seen))
        g_error ("the member “%s” is documented and not there", path);
    }
}

static void
check_object (JsonObject *verb,
              JsonNode   *node)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *members = json_object_get_array_member (verb, "members");

  g_assert_true (JSON_NODE_HOLDS_OBJECT (node));
  check_children (members, json_object_get_boolean_member (verb, "open"), "", node, seen);
  check_present (members, seen);
}

static void
check_error (JsonObject *verb,
             JsonObject *object)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  JsonArray *members = json_object_get_array_member (verb, "error_members");

  check_node (members, FALSE, "error", json_object_get_member (object, "error"), seen);
  check_present (members, seen);
}

void
cli_check_json (CliFixture *f,
                const char *verb,
                JsonNode   *node)
{
  g_autoptr (CliOutcome) outcome = cli_run (f, "--dump-tables", NULL);
  g_autoptr (JsonNode) tables = parse (outcome->out);
  JsonObject *table = find_verb (tables, verb);

  if (JSON_NODE_HOLDS_OBJECT (node) && json_object_has_member (json_node_get_object (node), "error"))
    {
      check_error (table, json_node_get_object (node));
      if (json_object_get_size (json_node_get_object (node)) > 1)
        check_object (table, node);
      return;
    }
  if (g_str_equal (json_object_get_string_member (table, "json"), "object"))
    {
      check_object (table, node);
      return;
    }
  g_assert_true (JSON_NODE_HOLDS_ARRAY (node));
  for (guint i = 0; i < json_array_get_length (json_node_get_array (node)); i++)
    check_object (table, json_array_get_element (json_node_get_array (node), i));
}

/* The verb's name is its first word, or its first two. */
static char *
verb_of (CliFixture *f,
         GPtrArray  *argv)
{
  g_autoptr (CliOutcome) outcome = cli_run (f, "--dump-tables", NULL);
  g_autoptr (JsonNode) tables = parse (outcome->out);
  JsonArray *verbs = json_node_get_array (tables);
  g_autofree char *two = argv->len > 2 ? g_strconcat (argv->pdata[1], " ", argv->pdata[2], NULL) : g_strdup (argv->pdata[1]);

  for (guint i = 0; i < json_array_get_length (verbs); i++)
    if (g_str_equal (json_object_get_string_member (json_array_get_object_element (verbs, i), "name"), two))
      return g_steal_pointer (&two);
  return g_strdup (argv->pdata[1]);
}

JsonNode *
cli_run_json (CliFixture *f,
              int         exit,
              const char *first_argument,
              ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  g_autoptr (CliOutcome) outcome = NULL;
  g_autofree char *verb = NULL;
  JsonNode *node;
  va_list args;

  va_start (args, first_argument);
  argv = collect (f, first_argument, args);
  va_end (args);
  verb = verb_of (f, argv);
  g_ptr_array_add (argv, g_strdup ("--json"));
  outcome = run (f, argv, NULL);
  if (outcome->exit != exit)
    g_error ("%s: exit code %d instead of %d\n%s%s", verb, outcome->exit, exit, outcome->out, outcome->err);
  node = parse (outcome->out);
  cli_check_json (f, verb, node);
  return node;
}

const char *
cli_text (JsonNode   *node,
          const char *member)
{
  return json_object_get_string_member_with_default (json_node_get_object (node), member, NULL);
}

JsonObject *
cli_error (JsonNode *node)
{
  return json_object_get_object_member (json_node_get_object (node), "error");
}

const char *
cli_error_text (JsonNode   *node,
                const char *member)
{
  return json_object_get_string_member_with_default (cli_error (node), member, NULL);
}

gint64
cli_int (JsonNode   *node,
         const char *member)
{
  return json_object_get_int_member (json_node_get_object (node), member);
}

JsonNode *
cli_element (JsonNode *array,
             guint     index)
{
  g_assert_cmpuint (index, <, json_array_get_length (json_node_get_array (array)));
  return json_array_get_element (json_node_get_array (array), index);
}

/* ---- The practice CA ------------------------------------------------------------- */

void
cli_start_practice (CliFixture *f,
                    guint       certificates)
{
  g_autofree char *count = g_strdup_printf ("%u", certificates);
  g_autoptr (JsonNode) started = cli_run_json (f, 0, "practice", "start", "--certificates", count, NULL);

  g_assert_cmpstr (cli_text (started, "config"), ==, CLI_CONFIG);
}

gint64
cli_practice_pid (CliFixture *f)
{
  g_autoptr (JsonNode) status = cli_run_json (f, 0, "practice", "status", NULL);

  return cli_int (status, "pid");
}

char *
cli_practice_output (CliFixture *f,
                     const char *option)
{
  const char *argv[] = { SR_PRACTICE_PROGRAM_NAME, option, NULL };
  g_autoptr (GError) error = NULL;
  char *out = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, f->environment, G_SPAWN_SEARCH_PATH_FROM_ENVP, NULL, NULL, &out, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
  return out;
}

JsonObject *
cli_ask_practice (CliFixture *f,
                  const char *request)
{
  g_autofree char *folder = practice_folder (f);
  g_autoptr (JsonNode) node = parse (request);
  g_autoptr (GError) error = NULL;
  JsonObject *answer = sr_practice_program_ask (folder, json_node_get_object (node), sr_deadline_in (PATIENCE), NULL, &error);

  g_assert_no_error (error);
  return answer;
}

gint64
cli_practice_count (CliFixture *f,
                    const char *name)
{
  g_autoptr (JsonObject) answer = cli_ask_practice (f, "{\"do\":\"status\"}");

  return json_object_get_int_member (json_object_get_object_member (answer, "counts"), name);
}

void
cli_issue (CliFixture *f)
{
  g_autoptr (JsonObject) answer = cli_ask_practice (f, "{\"do\": \"issue\", \"count\": 20}");

  g_assert_nonnull (answer);
}

void
cli_assert_backup (CliFixture *f,
                   const char *option,
                   const char *kind,
                   const char *rule)
{
  g_autoptr (JsonNode) made = cli_run_json (f, 0, "backup", "Practice CA", option, NULL);

  g_assert_cmpstr (cli_text (made, "kind"), ==, kind);
  g_assert_cmpstr (cli_text (made, "rule"), ==, rule);
  g_assert_true ((cli_text (made, "reason") != NULL) == (rule != NULL));
  cli_issue (f);
}

char *
cli_sets_folder (CliFixture *f)
{
  return cli_path (f, "share", "strongroom", "backups", "Practice CA", NULL);
}

void
cli_damage (const char *set,
            const char *name)
{
  g_autofree char *path = g_build_filename (set, "DataBase", name, NULL);
  int fd = open (path, O_WRONLY);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (pwrite (fd, "damaged", 7, 5000), ==, 7);
  close (fd);
}

/* A set's folder has a manifest, a staging folder is any other. */
guint
cli_count_staging (CliFixture *f)
{
  g_autofree char *path = cli_sets_folder (f);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;
  guint n = 0;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *below = g_build_filename (path, name, NULL);
      g_autofree char *manifest = g_build_filename (below, "manifest.json", NULL);

      if (g_file_test (below, G_FILE_TEST_IS_DIR) && (name[0] == '.' || !g_file_test (manifest, G_FILE_TEST_EXISTS)))
        n++;
    }
  return n;
}

/* ---- On a terminal ------------------------------------------------------------------ */

gboolean
cli_have_terminal (void)
{
  int master, slave;

  if (openpty (&master, &slave, NULL, NULL, NULL) != 0)
    {
      g_test_skip ("no pseudo-terminal can be made here");
      return FALSE;
    }
  close (master);
  close (slave);
  return TRUE;
}

void
cli_terminal_start (CliTerminal       *t,
                    CliFixture        *f,
                    const char *const *arguments)
{
  g_autofree char *program = find_program (f);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) argv = NULL;
  const struct winsize size = { .ws_row = 25, .ws_col = 100 };

  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);
  t->screen = g_string_new (NULL);
  t->pid = forkpty (&t->terminal, NULL, NULL, &size);
  g_assert_cmpint (t->pid, >=, 0);
  if (t->pid == 0)
    {
      execve (program, argv, f->environment);
      _exit (127);
    }
}

/* FALSE at the end of the program's output. */
static gboolean
read_more (CliTerminal *t)
{
  struct pollfd fd = { t->terminal, POLLIN, 0 };
  char buffer[4096];
  ssize_t n;

  if (poll (&fd, 1, PATIENCE * 1000) <= 0)
    g_error ("the program is silent; so far: %s", t->screen->str);
  n = read (t->terminal, buffer, sizeof buffer);
  if (n < 0 && errno == EINTR)
    return TRUE;
  if (n > 0)
    g_string_append_len (t->screen, buffer, n);
  return n > 0;
}

void
cli_terminal_expect (CliTerminal *t,
                     const char  *text)
{
  while (strstr (t->screen->str, text) == NULL)
    if (!read_more (t))
      g_error ("“%s” did not come; the screen: %s", text, t->screen->str);
}

void
cli_terminal_type (CliTerminal *t,
                   const char  *keys)
{
  g_assert_cmpint (write (t->terminal, keys, strlen (keys)), ==, (ssize_t) strlen (keys));
}

int
cli_terminal_finish (CliTerminal *t)
{
  int status;

  while (read_more (t))
    ;
  g_assert_cmpint (waitpid (t->pid, &status, 0), ==, t->pid);
  g_assert_true (WIFEXITED (status));
  return WEXITSTATUS (status);
}

void
cli_terminal_clear (CliTerminal *t)
{
  close (t->terminal);
  g_string_free (t->screen, TRUE);
}
