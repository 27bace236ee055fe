/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "authority/sr-authority-list.h"
#include "store/sr-repository.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* strongroomctl. A verb is a row of tables: its options and the members of its
 * JSON stand there once, for parsing, --help, the man page and the tests. */

/*
 * SrCliExit:
 * @SR_CLI_DONE: all that was asked is done
 * @SR_CLI_FAILED: something went wrong
 * @SR_CLI_USAGE: the command line is wrong
 * @SR_CLI_REFUSED: a rule forbids it
 * @SR_CLI_CANCELLED: the user cancelled it
 *
 * Exit codes.
 */
typedef enum
{
  SR_CLI_DONE = 0,
  SR_CLI_FAILED = 1,
  SR_CLI_USAGE = 2,
  SR_CLI_REFUSED = 3,
  SR_CLI_CANCELLED = 4,
} SrCliExit;

typedef enum
{
  SR_CLI_FLAG,
  SR_CLI_TEXT,
  SR_CLI_FILE,
  SR_CLI_NUMBER,
} SrCliArg;

/* @low to @high bound a number. Tables end with a row without a name. */
typedef struct
{
  const char *name;
  SrCliArg arg;
  const char *placeholder;
  const char *help;
  gint64 low;
  gint64 high;
} SrCliOption;

/* @path is a member, "a.b" one of an object below, "a[]" the elements of an
 * array, "a[].b" a member of each. @type is string, number, boolean, object or
 * array, with a question mark where it may be null. @help stands in the manual
 * page alone, in English. */
typedef struct
{
  const char *path;
  const char *type;
  const char *help;
} SrCliMember;

typedef struct _SrCli SrCli;

/* @json_open: other members may come than those in the table. */
typedef struct
{
  const char *name;
  const char *arguments;
  guint min_arguments;
  guint max_arguments;
  const char *summary;
  const char *description;
  const SrCliOption *options;
  gboolean signs_in;
  gboolean json_array;
  gboolean json_open;
  const SrCliMember *members;
  SrCliExit (*run) (SrCli *cli);
} SrCliVerb;

/* (array zero-terminated=1): all verbs, in the order of the manual. */
extern const SrCliVerb *const sr_cli_verbs[];

/* Options of every verb, and those of verbs that sign in. */
extern const SrCliOption sr_cli_common_options[];
extern const SrCliOption sr_cli_sign_in_options[];

/* Members of {"error": {...}}, and the exit codes with their meaning. */
extern const SrCliMember sr_cli_error_members[];
extern const char *const sr_cli_exit_words[];

SrCliExit sr_cli_main (int    argc,
                       char **argv);

/* ---- Command line -------------------------------------------------------- */

const SrCliVerb *sr_cli_get_verb (SrCli *cli);
gboolean sr_cli_get_json (SrCli *cli);

/* (nullable): a positional argument */
const char *sr_cli_argument (SrCli *cli,
                             guint  index);
gboolean sr_cli_has (SrCli      *cli,
                     const char *option);

/* (nullable) */
const char *sr_cli_value (SrCli      *cli,
                          const char *option);
gint64 sr_cli_number (SrCli      *cli,
                      const char *option,
                      gint64      fallback);

/* Says what is wrong with the command line, and where help is. */
SrCliExit sr_cli_misuse (SrCli      *cli,
                         const char *format,
                         ...) G_GNUC_PRINTF (2, 3);

/* Writes the tables: what --help shows, strongroomctl(1), and the same as JSON. */
void sr_cli_help (const char      *group,
                  const SrCliVerb *verb);
void sr_cli_dump_man (void);
void sr_cli_dump_tables (void);

/* The option tables of a verb, in the order of the manual. */
#define SR_CLI_N_TABLES 3
void sr_cli_verb_tables (const SrCliVerb   *verb,
                         const SrCliOption *tables[SR_CLI_N_TABLES]);

/* ---- Output ----------------------------------------------------------------- */

/* Text from elsewhere may hold control characters that a terminal obeys: all
 * but line ends and tabs are replaced in whatever these print. */
char *sr_cli_make_safe (const char *text);

/* To standard output, not with --json. */
void sr_cli_print (SrCli      *cli,
                   const char *format,
                   ...) G_GNUC_PRINTF (2, 3);

/* To standard error, always. */
void sr_cli_note (const char *format,
                  ...) G_GNUC_PRINTF (1, 2);

/* (transfer full): @text in lines of @width columns, each behind @indent spaces */
char *sr_cli_wrap (const char *text,
                   guint       indent,
                   guint       width);

/* A table for people: the first row holds the headings. */
typedef struct _SrCliTable SrCliTable;
SrCliTable *sr_cli_table_new (const char *first_heading,
                              ...) G_GNUC_NULL_TERMINATED;
void sr_cli_table_add (SrCliTable *table,
                       const char *first_cell,
                       ...) G_GNUC_NULL_TERMINATED;
void sr_cli_table_print (SrCli      *cli,
                         SrCliTable *table);
void sr_cli_table_free (SrCliTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrCliTable, sr_cli_table_free)

/* To standard output as JSON, with --json only. */
void sr_cli_emit_object (SrCli      *cli,
                         JsonObject *object);
void sr_cli_emit_array (SrCli     *cli,
                        JsonArray *array);

/* Members that are null when there is nothing to tell. */
void sr_cli_set_text (JsonObject *object,
                      const char *name,
                      const char *text);
void sr_cli_set_time (JsonObject *object,
                      const char *name,
                      gint64      unix_us);
void sr_cli_set_number_or_null (JsonObject *object,
                                const char *name,
                                gint64      number,
                                gboolean    known);

/* (transfer full): for people, in their zone and locale */
char *sr_cli_format_time (gint64 unix_us);
char *sr_cli_format_duration (gint64 us);

/* ---- Errors ------------------------------------------------------------------ */

/* Tells an error: to people what was done, where, the code, what to do; with
 * --json as {"error": {...}}, with the members of @more before it. */
SrCliExit sr_cli_fail (SrCli        *cli,
                       const char   *step,
                       const char   *host,
                       const GError *error,
                       const char   *advice,
                       JsonObject   *more);

/* The same where a rule may have refused it: with @rule its code, which is told, and the exit code is %SR_CLI_REFUSED. */
SrCliExit sr_cli_refuse (SrCli        *cli,
                         const char   *step,
                         const char   *host,
                         const GError *error,
                         const char   *rule,
                         const char   *advice,
                         JsonObject   *more);

/* (transfer full): the "error" object */
JsonObject *sr_cli_error_object (const char   *step,
                                 const char   *host,
                                 const GError *error,
                                 const char   *advice);
SrCliExit sr_cli_exit_for (const GError *error);

/* ---- What verbs share ------------------------------------------------------- */

/* (transfer full) (nullable): the list, or NULL after the error was told as @exit */
SrAuthorityList *sr_cli_load_authorities (SrCli     *cli,
                                          SrCliExit *exit);
SrAuthority *sr_cli_find_authority (SrCli           *cli,
                                    SrAuthorityList *list,
                                    const char      *text,
                                    SrCliExit       *exit);

/* The one named with --repository, or the chosen one. With @make the standard
 * one may be made, which is told. */
SrRepository *sr_cli_open_repository (SrCli     *cli,
                                      gboolean   make,
                                      SrCliExit *exit);

/* The password for a CA that needs one, from where the options say. NULL with
 * @error unset when none is needed. */
SrSecret *sr_cli_get_password (SrCli       *cli,
                               SrAuthority *authority,
                               GError     **error);

G_END_DECLS
