/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sr-man.h"
#include "base/sr-secret.h"
#include "practice/sr-practice-control.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <string.h>

/* Exit codes as strongroomctl has them. */
#define EXIT_DONE 0
#define EXIT_FAILED 1
#define EXIT_USAGE 2

typedef struct
{
  char *state_dir;
  char *name;
  char *host;
  char *address;
  int activation_port;
  char *dependent;
  char *ntlm_users;
  char *keytab;
  char **roles;
  char *interface_flags;
  char *shared_session;
  char *rundown_survives;
  gboolean json;
  gboolean version;
  gboolean dump_man;
} Arguments;

/* strongroom-practice-ca(1), in English. */
static void
write_man (const GOptionEntry *entries,
           const char         *description)
{
  sr_man_write_head (stdout, "strongroom-practice-ca", "a certificate authority to practise backups with");
  printf (".SH SYNOPSIS\n.B strongroom\\-practice\\-ca\n[\\fIOPTION\\fR ...]\n[\\fBinspect\\fR]\n.SH DESCRIPTION\n");
  sr_man_write_text (stdout, description);
  printf (".SH OPTIONS\n");
  for (const GOptionEntry *entry = entries; entry->long_name != NULL; entry++)
    {
      g_autofree char *name = g_strconcat ("--", entry->long_name, NULL);
      g_autofree char *text = g_strconcat (entry->description, ".", NULL);

      if (!(entry->flags & G_OPTION_FLAG_HIDDEN))
        sr_man_write_item (stdout, name, entry->arg_description, text);
    }
  printf (".SH \"EXIT STATUS\"\n");
  sr_man_write_item (stdout, "0", NULL, "It was told to end, and has.");
  sr_man_write_item (stdout, "1", NULL, "Something failed; the message on standard error says what.");
  sr_man_write_item (stdout, "2", NULL, "The command line is wrong.");
  printf (".SH FILES\n");
  sr_man_write_item (stdout, "$XDG_STATE_HOME/strongroom/practice", NULL, "The CA’s folder, unless --state-dir names another.");
  printf (".SH \"SEE ALSO\"\n.BR strongroomctl (1)\n");
}

static gboolean
parse (Arguments *a,
       int       *argc,
       char    ***argv,
       GError   **error)
{
  const GOptionEntry entries[] = {
    { "state-dir", 0, 0, G_OPTION_ARG_FILENAME, &a->state_dir, N_("The CA’s folder; made when it is not there"), N_("DIR") },
    { "name", 0, 0, G_OPTION_ARG_STRING, &a->name, N_("Common name of a new CA (“Practice CA”)"), N_("NAME") },
    { "host", 0, 0, G_OPTION_ARG_STRING, &a->host, N_("Host name that the CA gives itself (“localhost”)"), N_("HOST") },
    { "address", 0, 0, G_OPTION_ARG_STRING, &a->address, N_("Loopback address to listen on (127.0.0.1); no other is accepted"), N_("ADDRESS") },
    { "activation-port", 0, 0, G_OPTION_ARG_INT, &a->activation_port, N_("Port of DCOM activation; any free one unless given. Windows has 135"), N_("PORT") },
    { "dependent", 0, 0, G_OPTION_ARG_STRING, &a->dependent, N_("Name of a service that depends on the CA’s, to be stopped before it; there is none unless given"), N_("NAME") },
    { "ntlm-users", 0, 0, G_OPTION_ARG_FILENAME, &a->ntlm_users, N_("Users and passwords: a file with lines DOMAIN:user:password. Unless given, and without --keytab, the CA makes users with random passwords"), N_("FILE") },
    { "keytab", 0, 0, G_OPTION_ARG_FILENAME, &a->keytab, N_("Keytab, for Kerberos"), N_("FILE") },
    { "role", 0, 0, G_OPTION_ARG_STRING_ARRAY, &a->roles, N_("Gives a user roles: administrator, officer, auditor, operator, read, enroll, or none; may be repeated"), N_("USER=ROLE,…") },
    { "interface-flags", 0, 0, G_OPTION_ARG_STRING, &a->interface_flags, N_("InterfaceFlags from this start on; 0x641 is Windows’ default, which forbids remote backup"), N_("NUMBER") },
    { "shared-session", 0, 0, G_OPTION_ARG_STRING, &a->shared_session, N_("Whether an open backup belongs to the CA or to the object that prepared it (“object”)"), "global|object" },
    { "rundown-survives", 0, 0, G_OPTION_ARG_STRING, &a->rundown_survives, N_("Whether an open backup outlives its object (“no”)"), "yes|no" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &a->json, N_("With inspect: JSON, which is the only form there is"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &a->version, N_("Show the version"), NULL },
    { "dump-man", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_NONE, &a->dump_man, "Write the manual page", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) context = g_option_context_new ("[inspect]");

  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _("A practice certificate authority: serves the backup interface of AD CS on this computer."));
  g_option_context_set_description (context,
    _("Prints one line of JSON when it serves, and runs until it is told to stop: by\n"
      "SIGTERM or SIGINT, or over the socket “control” in its folder.\n"
      "“inspect” prints every certificate and what the CA has seen, whether it runs or not."));
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (a->dump_man)
    {
      g_autofree char *description = g_strconcat (g_option_context_get_summary (context), "\n\n",
                                                  g_option_context_get_description (context), NULL);

      write_man (entries, description);
    }
  return TRUE;
}

static void
clear (Arguments *a)
{
  g_free (a->state_dir);
  g_free (a->name);
  g_free (a->host);
  g_free (a->address);
  g_free (a->dependent);
  g_free (a->ntlm_users);
  g_free (a->keytab);
  g_strfreev (a->roles);
  g_free (a->interface_flags);
  g_free (a->shared_session);
  g_free (a->rundown_survives);
}

static gboolean
usage (GError    **error,
       const char *option)
{
  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, _("The value of “%s” makes no sense"), option);
  return FALSE;
}

static gboolean
parse_switch (const char *value,
              const char *option,
              const char *yes,
              const char *no,
              gboolean   *result,
              GError    **error)
{
  if (value == NULL)
    return TRUE;
  *result = g_str_equal (value, yes);
  return *result || g_str_equal (value, no) || usage (error, option);
}

static gboolean
parse_flags (const char *text,
             guint32    *flags,
             GError    **error)
{
  char *end = NULL;
  guint64 value = g_ascii_strtoull (text, &end, 0);

  *flags = (guint32) value;
  return (end != text && *end == '\0' && value <= G_MAXUINT32) || usage (error, "--interface-flags");
}

/* "USER=ROLE,ROLE" or "USER=none" */
static gboolean
parse_role (const char *text,
            char      **user,
            guint32    *mask,
            GError    **error)
{
  const char *equals = strrchr (text, '=');
  g_auto (GStrv) names = NULL;

  *user = NULL;
  *mask = 0;
  if (equals == NULL || equals == text)
    return usage (error, "--role");
  names = g_strsplit (equals + 1, ",", -1);
  if (!g_str_equal (equals + 1, "none") && !sr_practice_roles_parse ((const char * const *) names, mask, error))
    return FALSE;
  *user = g_strndup (text, (gsize) (equals - text));
  return TRUE;
}

/* Everything that can be wrong in the arguments, before anything is made. */
static gboolean
parse_options (const Arguments         *a,
               SrPracticeServerOptions *options,
               GError                 **error)
{
  guint32 flags;

  options->ca.name = a->name;
  options->ca.host = a->host;
  options->ca.start_may_fail = TRUE; /* the host goes on without the service, for it to be repaired */
  options->address = a->address;
  options->activation_port = (guint16) a->activation_port;
  options->dependent = a->dependent;
  options->ntlm_users = a->ntlm_users;
  options->keytab = a->keytab;
  if (a->activation_port < 0 || a->activation_port > G_MAXUINT16)
    return usage (error, "--activation-port");
  if (!parse_switch (a->shared_session, "--shared-session", "global", "object", &options->ca.shared_session, error) ||
      !parse_switch (a->rundown_survives, "--rundown-survives", "yes", "no", &options->ca.survives_rundown, error) ||
      (a->interface_flags != NULL && !parse_flags (a->interface_flags, &flags, error)))
    return FALSE;
  for (guint i = 0; a->roles != NULL && a->roles[i] != NULL; i++)
    {
      g_autofree char *user = NULL;
      guint32 mask;

      if (!parse_role (a->roles[i], &user, &mask, error))
        return FALSE;
    }
  return TRUE;
}

/* What only an open CA can be told. InterfaceFlags come into force by a restart, which no client sees yet. */
static gboolean
apply_settings (SrPracticeServer *server,
                const Arguments  *a,
                GError          **error)
{
  SrPracticeCa *ca = sr_practice_server_get_ca (server);
  guint32 value;

  for (guint i = 0; a->roles != NULL && a->roles[i] != NULL; i++)
    {
      g_autofree char *user = NULL;

      if (!parse_role (a->roles[i], &user, &value, error) || !sr_practice_ca_set_roles (ca, user, value, error))
        return FALSE;
    }
  return a->interface_flags == NULL ||
         (parse_flags (a->interface_flags, &value, error) &&
          sr_practice_ca_set_config (ca, SR_PRACTICE_NODE_CA, "InterfaceFlags", g_variant_new_int32 ((gint32) value), error) &&
          sr_practice_server_restart (server, error));
}

static void
print (JsonObject *object,
       gboolean    pretty)
{
  g_autoptr (JsonNode) node = json_node_alloc ();
  g_autofree char *text = NULL;

  json_node_init_object (node, object);
  text = json_to_string (node, pretty);
  g_print ("%s\n", text);
  fflush (stdout);
}

static void
quit (gpointer user_data)
{
  g_main_loop_quit (user_data);
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
serve (const Arguments *a,
       GError         **error)
{
  SrPracticeServerOptions options = { 0 };
  g_autofree char *certificate = g_build_filename (a->state_dir, "ca.crt", NULL);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (SrPracticeServer) server = NULL;
  g_autoptr (SrPracticeControl) control = NULL;
  g_autoptr (JsonObject) ready = NULL;

  if (!parse_options (a, &options, error))
    return FALSE;
  if (a->name == NULL && !g_file_test (certificate, G_FILE_TEST_EXISTS))
    options.ca.name = "Practice CA";

  g_unix_signal_add (SIGTERM, on_signal, loop);
  g_unix_signal_add (SIGINT, on_signal, loop);
  server = sr_practice_server_start (a->state_dir, &options, error);
  if (server == NULL)
    return FALSE;
  if (!apply_settings (server, a, error) ||
      (control = sr_practice_control_start (server, quit, loop, error)) == NULL)
    {
      sr_practice_server_stop (server, NULL);
      return FALSE;
    }
  ready = sr_practice_server_describe (server);
  json_object_set_boolean_member (ready, "ready", TRUE);
  print (ready, FALSE);
  g_main_loop_run (loop);
  sr_practice_control_stop (control);
  return sr_practice_server_stop (server, error);
}

static gboolean
inspect (const Arguments *a,
         GError         **error)
{
  g_autoptr (GError) local = NULL;
  g_autoptr (JsonObject) inspection = sr_practice_inspect_folder (a->state_dir, &local);
  g_autoptr (JsonObject) request = json_object_new ();
  g_autoptr (JsonObject) answer = NULL;

  if (g_error_matches (local, G_IO_ERROR, G_IO_ERROR_BUSY))
    {
      json_object_set_string_member (request, "do", "inspect");
      answer = sr_practice_control_ask (a->state_dir, request, error);
      if (answer == NULL)
        return FALSE;
      inspection = json_object_ref (json_object_get_object_member (answer, "inspection"));
    }
  else if (inspection == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  print (inspection, TRUE);
  return TRUE;
}

int
main (int    argc,
      char **argv)
{
  Arguments arguments = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean ok;
  int code;

  sr_secret_harden_process ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  signal (SIGPIPE, SIG_IGN);

  ok = parse (&arguments, &argc, &argv, &error);
  if (ok && arguments.dump_man)
    {
      clear (&arguments);
      return EXIT_DONE;
    }
  if (ok && arguments.version)
    {
      g_print ("strongroom-practice-ca " PACKAGE_VERSION "\n");
      clear (&arguments);
      return EXIT_DONE;
    }
  if (ok && arguments.state_dir == NULL)
    arguments.state_dir = g_build_filename (g_get_user_state_dir (), "strongroom", "practice", NULL);
  else if (ok)
    {
      char *absolute = g_canonicalize_filename (arguments.state_dir, NULL);

      g_free (arguments.state_dir);
      arguments.state_dir = absolute;
    }
  if (ok && argc == 2 && g_str_equal (argv[1], "inspect"))
    ok = inspect (&arguments, &error);
  else if (ok && argc > 1)
    {
      g_set_error (&error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("“%s” is not understood"), argv[1]);
      ok = FALSE;
    }
  else if (ok)
    ok = serve (&arguments, &error);

  code = ok ? EXIT_DONE : error->domain == G_OPTION_ERROR ? EXIT_USAGE : EXIT_FAILED;
  if (!ok)
    g_printerr ("strongroom-practice-ca: %s\n", error->message);
  clear (&arguments);
  return code;
}
