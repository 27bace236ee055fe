/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A GIO module for tests: tells where every widget of the program stands.
 *
 * AT-SPI adds up bounds without the paddings between them, and says nothing of
 * text that was cut. So this reads them inside the program: at SIGUSR2 it
 * writes what is mapped to the file $STRONGROOM_UI_PROBE, as JSON. GIO loads it
 * from $GIO_EXTRA_MODULES; the program knows nothing of it.
 *
 * At SIGUSR1 it spoils the window, to prove that an audit finds it: the file
 * $STRONGROOM_UI_PROBE.plant holds the fault's name, and goes when the fault
 * has been planted. The one before is taken away first; "none" plants none.
 */
#include <adwaita.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

#define NO_CLIP GRAPHENE_RECT_INIT (-32768, -32768, 65536, 65536)

/* The way down to a widget. */
typedef struct
{
  GtkWidget *native; /* whose coordinates are told */
  graphene_rect_t clip;
  gint64 parent;
  gboolean scrolled_x, scrolled_y; /* what is cut can be scrolled to */
  const char *layer;               /* what lies above something else */
} Place;

static const struct
{
  GType (*type) (void);
  const char *name;
} controls[] = {
  { gtk_button_get_type, "button" },
  { gtk_menu_button_get_type, "menu button" },
  { gtk_check_button_get_type, "check button" },
  { gtk_switch_get_type, "switch" },
  { gtk_spin_button_get_type, "spin button" },
  { gtk_text_get_type, "text" },
  { gtk_entry_get_type, "entry" },
  { gtk_progress_bar_get_type, "progress bar" },
  { gtk_list_box_row_get_type, "row" },
  { gtk_drop_down_get_type, "drop down" },
  { gtk_image_get_type, "image" },
  { gtk_label_get_type, "label" },
};

static const char *
control_name (GtkWidget *widget)
{
  for (guint i = 0; i < G_N_ELEMENTS (controls); i++)
    if (g_type_is_a (G_OBJECT_TYPE (widget), controls[i].type ()))
      return controls[i].name;
  return NULL;
}

/* All text below, which is what a finding calls a widget. */
static void
collect_text (GtkWidget *widget,
              GString   *text)
{
  if (GTK_IS_LABEL (widget) && *gtk_label_get_text (GTK_LABEL (widget)) != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " / " : "", gtk_label_get_text (GTK_LABEL (widget)));
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (gtk_widget_get_mapped (child))
      collect_text (child, text);
}

static void
add_rectangle (JsonObject            *object,
               const char            *member,
               const graphene_rect_t *rectangle)
{
  JsonArray *array = json_array_new ();

  json_array_add_double_element (array, rectangle->origin.x);
  json_array_add_double_element (array, rectangle->origin.y);
  json_array_add_double_element (array, rectangle->size.width);
  json_array_add_double_element (array, rectangle->size.height);
  json_object_set_array_member (object, member, array);
}

static void
add_widget (JsonArray             *out,
            GtkWidget             *widget,
            const Place           *place,
            const graphene_rect_t *bounds)
{
  JsonObject *object = json_object_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  const char *tooltip = gtk_widget_get_tooltip_text (widget);

  collect_text (widget, text);
  if (text->len == 0 && tooltip != NULL)
    g_string_append (text, tooltip);
  json_object_set_int_member (object, "parent", place->parent);
  json_object_set_string_member (object, "type", G_OBJECT_TYPE_NAME (widget));
  json_object_set_string_member (object, "layer", place->layer);
  json_object_set_string_member (object, "text", text->str);
  json_object_set_string_member (object, "control", control_name (widget));
  json_object_set_boolean_member (object, "scrolled-x", place->scrolled_x);
  json_object_set_boolean_member (object, "scrolled-y", place->scrolled_y);
  json_object_set_boolean_member (object, "rtl", gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL);
  json_object_set_boolean_member (object, "tooltip", tooltip != NULL);
  json_object_set_boolean_member (object, "ellipsized",
                                  GTK_IS_LABEL (widget) && pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))));
  add_rectangle (object, "bounds", bounds);
  add_rectangle (object, "clip", &place->clip);
  json_array_add_object_element (out, object);
}

static void
enter_layer (GtkWidget *widget,
             Place     *place)
{
  if (ADW_IS_DIALOG (widget) || GTK_IS_POPOVER (widget) || g_str_equal (G_OBJECT_TYPE_NAME (widget), "AdwToastWidget"))
    place->layer = G_OBJECT_TYPE_NAME (widget);
  if (ADW_IS_DIALOG (widget))
    place->clip = NO_CLIP;
  if (GTK_IS_POPOVER (widget))
    {
      place->native = widget;
      place->clip = NO_CLIP;
      place->scrolled_x = place->scrolled_y = FALSE;
    }
}

static void
clip_children (GtkWidget             *widget,
               const graphene_rect_t *bounds,
               Place                 *place)
{
  GtkPolicyType horizontal, vertical;

  if (gtk_widget_get_overflow (widget) == GTK_OVERFLOW_HIDDEN)
    {
      graphene_rect_t clip;

      if (!graphene_rect_intersection (&place->clip, bounds, &clip))
        clip = GRAPHENE_RECT_INIT (0, 0, 0, 0);
      place->clip = clip;
    }
  if (!GTK_IS_SCROLLED_WINDOW (widget))
    return;
  gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (widget), &horizontal, &vertical);
  place->scrolled_x |= horizontal != GTK_POLICY_NEVER;
  place->scrolled_y |= vertical != GTK_POLICY_NEVER;
}

static void
tell (JsonArray *out,
      GtkWidget *widget,
      Place      place)
{
  graphene_rect_t bounds;

  if (!gtk_widget_get_mapped (widget))
    return;
  enter_layer (widget, &place);
  if (!gtk_widget_compute_bounds (widget, place.native, &bounds))
    return;
  add_widget (out, widget, &place, &bounds);
  place.parent = json_array_get_length (out) - 1;
  clip_children (widget, &bounds, &place);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    tell (out, child, place);
}

static JsonNode *
tell_all (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  JsonArray *out = json_array_new ();
  JsonNode *root = json_node_new (JSON_NODE_ARRAY);

  for (GList *l = windows; l != NULL; l = l->next)
    {
      JsonObject *object = json_object_new ();
      JsonArray *widgets = json_array_new ();
      Place place = { .native = l->data, .clip = NO_CLIP, .parent = -1, .layer = "window" };

      tell (widgets, l->data, place);
      json_object_set_string_member (object, "title", gtk_window_get_title (l->data));
      json_object_set_int_member (object, "width", gtk_widget_get_width (l->data));
      json_object_set_int_member (object, "height", gtk_widget_get_height (l->data));
      json_object_set_array_member (object, "widgets", widgets);
      json_array_add_object_element (out, object);
    }
  json_node_take_array (root, out);
  return root;
}

/* Planted faults */

static GtkWidget *
find_type (GtkWidget *widget,
           GType      type,
           gboolean   mapped)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (widget), type) && (!mapped || gtk_widget_get_mapped (widget)) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL; child = gtk_widget_get_next_sibling (child))
    found = find_type (child, type, mapped);
  return found;
}

static GtkWidget *
named (GtkWidget *widget)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, "Planted", -1);
  return widget;
}

static GtkWidget *
cut_label (void)
{
  GtkWidget *label = gtk_label_new ("A label that is cut");

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 4);
  return label;
}

/* What the fault consists of, to be laid into a header bar. */
static GtkWidget *
make_fault (const char *what)
{
  GtkWidget *fixed = gtk_fixed_new ();

  if (g_str_equal (what, "nameless-button"))
    gtk_fixed_put (GTK_FIXED (fixed), gtk_button_new_from_icon_name ("edit-copy-symbolic"), 0, 0);
  else if (g_str_equal (what, "nameless-entry"))
    {
      GtkWidget *entry = gtk_entry_new ();

      gtk_widget_set_size_request (entry, 200, -1);
      gtk_fixed_put (GTK_FIXED (fixed), entry, 0, 0);
    }
  else if (g_str_equal (what, "nameless-switch"))
    gtk_fixed_put (GTK_FIXED (fixed), gtk_switch_new (), 0, 0);
  else if (g_str_equal (what, "nameless-bar"))
    gtk_fixed_put (GTK_FIXED (fixed), gtk_progress_bar_new (), 0, 0);
  else if (g_str_equal (what, "nameless-image"))
    gtk_fixed_put (GTK_FIXED (fixed), gtk_image_new_from_icon_name ("dialog-warning-symbolic"), 0, 0);
  else if (g_str_equal (what, "outside"))
    gtk_fixed_put (GTK_FIXED (fixed), gtk_button_new_with_label ("Planted"), -30, 0);
  else if (g_str_equal (what, "cut"))
    gtk_fixed_put (GTK_FIXED (fixed), cut_label (), 0, 0);
  else if (g_str_equal (what, "overlap"))
    {
      gtk_fixed_put (GTK_FIXED (fixed), named (gtk_switch_new ()), 0, 0);
      gtk_fixed_put (GTK_FIXED (fixed), gtk_button_new_with_label ("Planted"), 10, 0);
    }
  return fixed;
}

static GtkWidget *
find_header_bar (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  GtkWidget *bar = NULL;

  for (GList *l = windows; l != NULL && bar == NULL; l = l->next)
    if (gtk_widget_get_mapped (l->data))
      bar = find_type (l->data, ADW_TYPE_HEADER_BAR, TRUE);
  return bar;
}

static gboolean
on_plant (gpointer user_data)
{
  static GtkWidget *fault;
  static GtkWidget *bar;
  g_autofree char *path = g_strconcat (g_getenv ("STRONGROOM_UI_PROBE"), ".plant", NULL);
  g_autofree char *what = NULL;
  g_autoptr (GError) error = NULL;

  if (!g_file_get_contents (path, &what, NULL, &error))
    {
      g_warning ("%s", error->message);
      return G_SOURCE_CONTINUE;
    }
  if (fault != NULL)
    adw_header_bar_remove (ADW_HEADER_BAR (bar), fault);
  g_clear_weak_pointer (&fault);
  g_clear_weak_pointer (&bar);
  if (!g_str_equal (what, "none"))
    {
      g_set_weak_pointer (&bar, find_header_bar ());
      g_set_weak_pointer (&fault, make_fault (what));
      adw_header_bar_pack_start (ADW_HEADER_BAR (bar), fault);
    }
  g_unlink (path);
  return G_SOURCE_CONTINUE;
}

static void
write_layout (void)
{
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = tell_all ();
  g_autoptr (GError) error = NULL;

  json_generator_set_root (generator, root);
  if (!json_generator_to_file (generator, g_getenv ("STRONGROOM_UI_PROBE"), &error))
    g_warning ("%s", error->message);
}

static gboolean
on_frame (GtkWidget     *window,
          GdkFrameClock *clock,
          gpointer       user_data)
{
  guint *frames = user_data;

  if (++*frames < 2)
    return G_SOURCE_CONTINUE;
  write_layout ();
  return G_SOURCE_REMOVE;
}

/* At the second frame from here, in which what was asked for before has its place. */
static gboolean
on_tell (gpointer user_data)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  GtkWidget *mapped = NULL;

  for (GList *l = windows; l != NULL && mapped == NULL; l = l->next)
    if (gtk_widget_get_mapped (l->data))
      mapped = l->data;
  if (mapped != NULL)
    gtk_widget_add_tick_callback (mapped, on_frame, g_new0 (guint, 1), g_free);
  else
    write_layout ();
  return G_SOURCE_CONTINUE;
}

/* Warnings */

static gboolean
alert_is_shown (void)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (find_type (l->data, ADW_TYPE_ALERT_DIALOG, FALSE) != NULL)
      return TRUE;
  return FALSE;
}

/* What is told of others than this program: libadwaita 1.7 tries the heading of an alert in its large size even
 * where it is too long, GTK warns of that, and the small size is taken; a text of GTK is selected while its
 * cursor is drawn; and no screen of a test has a place for notifications. All other warnings end the program, as tests ask for. */
static gboolean
is_of_others (const char *message)
{
  return (g_str_has_prefix (message, "Trying to measure GtkLabel ") && alert_is_shown ())
         || g_str_has_prefix (message, "GtkText - unexpected blinking selection")
         || (g_str_has_prefix (message, "unable to send notifications ") && strstr (message, "ServiceUnknown") != NULL);
}

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (g_str_equal (fields[i].key, "MESSAGE") && fields[i].length < 0 && is_of_others (fields[i].value))
      return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, user_data);
}

/* Modules are loaded more than once, and not only by programs with windows. */
void
g_io_module_load (GIOModule *module)
{
  static gboolean loaded;

  g_type_module_use (G_TYPE_MODULE (module));
  if (!loaded && g_getenv ("STRONGROOM_UI_PROBE") != NULL)
    {
      g_unix_signal_add (SIGUSR1, on_plant, NULL);
      g_unix_signal_add (SIGUSR2, on_tell, NULL);
      g_log_set_writer_func (write_log, NULL, NULL);
    }
  g_unsetenv ("GIO_EXTRA_MODULES"); /* not for programs that this one starts */
  loaded = TRUE;
}

void
g_io_module_unload (GIOModule *module)
{
}

char **
g_io_module_query (void)
{
  return g_strdupv ((char *[]) { (char *) "strongroom-ui-probe", NULL });
}
