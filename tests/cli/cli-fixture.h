/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Runs the real strongroomctl, in folders of its own, against the real
 * practice CA. */
typedef struct
{
  char *home;
  char **environment;
} CliFixture;

/* What a program left. */
typedef struct
{
  int exit;
  char *out;
  char *err;
} CliOutcome;

void cli_fixture_set_up (CliFixture   *f,
                         gconstpointer data);

/* Ends the practice CA too, if one runs. */
void cli_fixture_tear_down (CliFixture   *f,
                            gconstpointer data);

#define CLI_ADD(name, func) g_test_add (name, CliFixture, NULL, cli_fixture_set_up, func, cli_fixture_tear_down)

/* FALSE after g_test_skip(): the practice CA is not built. */
gboolean cli_have_practice (void);

/* FALSE after g_test_skip(): no terminal can be made. */
gboolean cli_have_terminal (void);

char *cli_path (CliFixture *f,
                const char *name,
                ...) G_GNUC_NULL_TERMINATED;

/* Runs the program with arguments, and waits. (transfer full) */
CliOutcome *cli_run (CliFixture *f,
                     const char *first_argument,
                     ...) G_GNUC_NULL_TERMINATED;
CliOutcome *cli_run_with_input (CliFixture *f,
                                const char *input,
                                const char *first_argument,
                                ...) G_GNUC_NULL_TERMINATED;
void cli_outcome_free (CliOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CliOutcome, cli_outcome_free)

/* The same with --json: the exit code must be @exit, standard output one JSON
 * value, and that what the verb's table says. (transfer full) */
JsonNode *cli_run_json (CliFixture *f,
                        int         exit,
                        const char *first_argument,
                        ...) G_GNUC_NULL_TERMINATED;

/* Holds a result against the table of its verb. */
void cli_check_json (CliFixture *f,
                     const char *verb,
                     JsonNode   *node);

/* What a failure tells with --json. */
JsonObject *cli_error (JsonNode *node);
const char *cli_error_text (JsonNode   *node,
                            const char *member);

/* Starts the practice CA with @certificates certificates, and returns its
 * config string. */
#define CLI_CONFIG "localhost\\Practice CA"
void cli_start_practice (CliFixture *f,
                         guint       certificates);
gint64 cli_practice_pid (CliFixture *f);

/* What strongroom-practice-ca writes for one option. (transfer full) */
char *cli_practice_output (CliFixture *f,
                           const char *option);

/* Asks the practice CA over its control socket; @request is JSON. */
JsonObject *cli_ask_practice (CliFixture *f,
                              const char *request);
gint64 cli_practice_count (CliFixture *f,
                           const char *name);

/* More certificates, so that there is something to back up. */
void cli_issue (CliFixture *f);

/* Backs the CA up with "--full", "--logs" or NULL, which must make a set of
 * that kind for that rule, and issues. */
void cli_assert_backup (CliFixture *f,
                        const char *option,
                        const char *kind,
                        const char *rule);

/* Where the sets of the practice CA are. (transfer full) */
char *cli_sets_folder (CliFixture *f);

/* Changes a few bytes of a set's file; @name is below DataBase. */
void cli_damage (const char *set,
                 const char *name);

/* Staging folders below the standard backup folder. */
guint cli_count_staging (CliFixture *f);

const char *cli_text (JsonNode   *node,
                      const char *member);
gint64 cli_int (JsonNode   *node,
                const char *member);
JsonNode *cli_element (JsonNode *array,
                       guint     index);

/* The program on a terminal of its own. */
typedef struct
{
  int terminal;
  GPid pid;
  GString *screen;
} CliTerminal;

void cli_terminal_start (CliTerminal       *t,
                         CliFixture        *f,
                         const char *const *arguments);

/* Reads until @text is on the screen; fails when the program ends before. */
void cli_terminal_expect (CliTerminal *t,
                          const char  *text);
void cli_terminal_type (CliTerminal *t,
                        const char  *keys);

/* Reads to the end. Returns the exit code. */
int cli_terminal_finish (CliTerminal *t);
void cli_terminal_clear (CliTerminal *t);

G_END_DECLS
