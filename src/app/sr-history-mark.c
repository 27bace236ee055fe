/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-history-mark.h"

/* Pixels. */
#define FULL_WIDTH 16
#define LOGS_WIDTH 8
#define LINE 2
#define RADIUS 3
#define CROSS 12
#define DATE_GAP 8

struct _SrHistoryMark
{
  GtkWidget parent_instance;

  SrHistoryKind kind;
  int height;
  double share;
  gboolean on_timeline;
  PangoLayout *date;
  SrHistoryItem *item; /* of the timeline */
};

enum
{
  PROP_0,
  PROP_KIND,
  PROP_HEIGHT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

G_DEFINE_FINAL_TYPE (SrHistoryMark, sr_history_mark, GTK_TYPE_WIDGET)

/* ---- Shapes ----------------------------------------------------------------- */

static gboolean
is_logs (SrHistoryKind kind)
{
  return kind == SR_HISTORY_LOGS || kind == SR_HISTORY_LOOSE;
}

static gboolean
is_bar (SrHistoryKind kind)
{
  return kind <= SR_HISTORY_LOOSE;
}

/* Even the smallest full set is taller than any set of logs. */
static graphene_rect_t
bar_of (SrHistoryMark *self,
        float          width)
{
  float across = is_logs (self->kind) ? LOGS_WIDTH : FULL_WIDTH;
  float part = is_logs (self->kind) ? 0.12 + 0.18 * self->share : 0.45 + 0.55 * self->share;
  float tall = MAX (self->height * part, 1.5 * LOGS_WIDTH);

  return GRAPHENE_RECT_INIT ((width - across) / 2, self->height - tall, across, tall);
}

static void
fill_bar (GtkSnapshot           *snapshot,
          const graphene_rect_t *bar,
          const GdkRGBA         *color)
{
  GskRoundedRect rounded;

  gsk_rounded_rect_init_from_rect (&rounded, bar, RADIUS);
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, color, bar);
  gtk_snapshot_pop (snapshot);
}

static void
outline_bar (GtkSnapshot           *snapshot,
             const graphene_rect_t *bar,
             const GdkRGBA         *color)
{
  GskRoundedRect rounded;
  const float widths[4] = { LINE, LINE, LINE, LINE };
  const GdkRGBA colors[4] = { *color, *color, *color, *color };

  gsk_rounded_rect_init_from_rect (&rounded, bar, RADIUS);
  gtk_snapshot_append_border (snapshot, &rounded, widths, colors);
}

/* Two pieces with a gap between. */
static void
cut_bar (GtkSnapshot           *snapshot,
         const graphene_rect_t *bar,
         const GdkRGBA         *color)
{
  float gap = MAX (bar->size.height * 0.14, 4);
  float piece = (bar->size.height - gap) / 2;
  graphene_rect_t upper = GRAPHENE_RECT_INIT (bar->origin.x, bar->origin.y, bar->size.width, piece);
  graphene_rect_t lower = GRAPHENE_RECT_INIT (bar->origin.x, bar->origin.y + piece + gap, bar->size.width, piece);

  fill_bar (snapshot, &upper, color);
  fill_bar (snapshot, &lower, color);
}

static void
stroke_path (GtkSnapshot    *snapshot,
             GskPathBuilder *builder,
             float           width,
             gboolean        dashed,
             const GdkRGBA  *color)
{
  g_autoptr (GskPath) path = gsk_path_builder_free_to_path (builder);
  GskStroke *stroke = gsk_stroke_new (width);
  const float dashes[] = { 5, 4 };

  gsk_stroke_set_line_cap (stroke, dashed ? GSK_LINE_CAP_BUTT : GSK_LINE_CAP_ROUND);
  if (dashed)
    gsk_stroke_set_dash (stroke, dashes, G_N_ELEMENTS (dashes));
  gtk_snapshot_append_stroke (snapshot, path, stroke, color);
  gsk_stroke_free (stroke);
}

/* A dashed line from top to bottom, with a flag on it. */
static void
draw_break (SrHistoryMark *self,
            GtkSnapshot   *snapshot,
            float          width,
            const GdkRGBA *color)
{
  GskPathBuilder *line = gsk_path_builder_new ();
  GskPathBuilder *flag = gsk_path_builder_new ();
  g_autoptr (GskPath) path = NULL;
  float side = MIN (self->height * 0.25, 6);
  float middle = width / 2;

  gsk_path_builder_move_to (line, middle, 2 * side);
  gsk_path_builder_line_to (line, middle, self->height);
  stroke_path (snapshot, line, LINE, TRUE, color);
  gsk_path_builder_move_to (flag, middle, 0);
  gsk_path_builder_line_to (flag, middle + side, side);
  gsk_path_builder_line_to (flag, middle, 2 * side);
  gsk_path_builder_line_to (flag, middle - side, side);
  gsk_path_builder_close (flag);
  path = gsk_path_builder_free_to_path (flag);
  gtk_snapshot_append_fill (snapshot, path, GSK_FILL_RULE_WINDING, color);
}

static void
draw_cross (SrHistoryMark *self,
            GtkSnapshot   *snapshot,
            float          width,
            gboolean       ringed,
            const GdkRGBA *color)
{
  GskPathBuilder *builder = gsk_path_builder_new ();
  float side = (ringed ? 0.6 : 1) * CROSS / 2;
  float x = width / 2, y = self->height - CROSS / 2.0 - 4;

  gsk_path_builder_move_to (builder, x - side, y - side);
  gsk_path_builder_line_to (builder, x + side, y + side);
  gsk_path_builder_move_to (builder, x + side, y - side);
  gsk_path_builder_line_to (builder, x - side, y + side);
  if (ringed)
    gsk_path_builder_add_circle (builder, &GRAPHENE_POINT_INIT (x, y), CROSS * 0.7);
  stroke_path (snapshot, builder, LINE + (ringed ? 0 : 0.5), FALSE, color);
}

/* ---- The line of time ------------------------------------------------------- */

/* The sets of one chain stand on one line. */
static void
draw_ground (SrHistoryMark *self,
             GtkSnapshot   *snapshot,
             float          width,
             const GdkRGBA *color)
{
  gboolean mirrored = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  gboolean begins = self->kind != SR_HISTORY_LOGS;
  float start = begins ? (width - FULL_WIDTH) / 2 : 0;
  GdkRGBA faint = *color;

  if (!is_bar (self->kind) || self->kind == SR_HISTORY_LOOSE)
    return;
  faint.alpha *= 0.35;
  gtk_snapshot_append_color (snapshot, &faint,
                             &GRAPHENE_RECT_INIT (mirrored ? 0 : start, self->height + 2, width - start, LINE));
}

static void
draw_date (SrHistoryMark *self,
           GtkSnapshot   *snapshot,
           float          width)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));
  GdkRGBA color;
  int across;

  if (self->date == NULL || parent == NULL)
    return;
  gtk_widget_get_color (parent, &color);
  color.alpha *= 0.75;
  pango_layout_get_pixel_size (self->date, &across, NULL);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((width - across) / 2, self->height + DATE_GAP));
  gtk_snapshot_append_layout (snapshot, self->date, &color);
  gtk_snapshot_restore (snapshot);
}

/* ---- The widget ------------------------------------------------------------- */

static void
sr_history_mark_snapshot (GtkWidget   *widget,
                          GtkSnapshot *snapshot)
{
  SrHistoryMark *self = SR_HISTORY_MARK (widget);
  float width = gtk_widget_get_width (widget);
  graphene_rect_t bar = bar_of (self, width);
  GdkRGBA color;

  gtk_widget_get_color (widget, &color);
  if (self->on_timeline)
    draw_ground (self, snapshot, width, &color);
  switch (self->kind)
    {
    case SR_HISTORY_COPY:
    case SR_HISTORY_LOOSE:
      outline_bar (snapshot, &bar, &color);
      break;
    case SR_HISTORY_BROKEN:
      cut_bar (snapshot, &bar, &color);
      break;
    case SR_HISTORY_BREAK:
      draw_break (self, snapshot, width, &color);
      break;
    case SR_HISTORY_FAILED:
    case SR_HISTORY_CANCELLED:
      draw_cross (self, snapshot, width, self->kind == SR_HISTORY_CANCELLED, &color);
      break;
    case SR_HISTORY_FULL:
    case SR_HISTORY_LOGS:
    default:
      fill_bar (snapshot, &bar, &color);
      break;
    }
  draw_date (self, snapshot, width);
}

static int
wanted_width (SrHistoryMark *self)
{
  if (!self->on_timeline)
    return FULL_WIDTH + 4;
  return is_logs (self->kind) ? 3 * LOGS_WIDTH : 2 * FULL_WIDTH + 4;
}

static int
wanted_height (SrHistoryMark *self)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  PangoFontMetrics *metrics;
  int line;

  if (!self->on_timeline)
    return self->height;
  metrics = pango_context_get_metrics (context, NULL, NULL);
  line = PANGO_PIXELS_CEIL (pango_font_metrics_get_height (metrics));
  pango_font_metrics_unref (metrics);
  /* Every one leaves room for a day and a year. */
  return self->height + DATE_GAP + 2 * line;
}

static void
sr_history_mark_measure (GtkWidget     *widget,
                         GtkOrientation orientation,
                         int            for_size,
                         int           *minimum,
                         int           *natural,
                         int           *minimum_baseline,
                         int           *natural_baseline)
{
  SrHistoryMark *self = SR_HISTORY_MARK (widget);

  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? wanted_width (self) : wanted_height (self);
}

/* Asked for when it is wanted: a tooltip that is set asks the display server where the pointer is, for each of hundreds. */
static gboolean
sr_history_mark_query_tooltip (GtkWidget  *widget,
                               int         x,
                               int         y,
                               gboolean    keyboard,
                               GtkTooltip *tooltip)
{
  SrHistoryMark *self = SR_HISTORY_MARK (widget);
  g_autofree char *words = self->item != NULL ? sr_history_item_dup_server_time (self->item) : NULL;

  if (words == NULL && self->item != NULL)
    words = sr_history_item_dup_title (self->item);
  gtk_tooltip_set_text (tooltip, words);
  return words != NULL;
}

static void
sr_history_mark_get_property (GObject    *object,
                              guint       id,
                              GValue     *value,
                              GParamSpec *spec)
{
  SrHistoryMark *self = SR_HISTORY_MARK (object);

  if (id == PROP_KIND)
    g_value_set_enum (value, self->kind);
  else if (id == PROP_HEIGHT)
    g_value_set_int (value, self->height);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_history_mark_set_property (GObject      *object,
                              guint         id,
                              const GValue *value,
                              GParamSpec   *spec)
{
  SrHistoryMark *self = SR_HISTORY_MARK (object);

  if (id == PROP_KIND)
    sr_history_mark_set_kind (self, g_value_get_enum (value));
  else if (id == PROP_HEIGHT)
    self->height = g_value_get_int (value);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
}

static void
sr_history_mark_dispose (GObject *object)
{
  SrHistoryMark *self = SR_HISTORY_MARK (object);

  g_clear_object (&self->date);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (sr_history_mark_parent_class)->dispose (object);
}

static void
sr_history_mark_class_init (SrHistoryMarkClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = sr_history_mark_dispose;
  object_class->get_property = sr_history_mark_get_property;
  object_class->set_property = sr_history_mark_set_property;
  props[PROP_KIND] = g_param_spec_enum ("kind", NULL, NULL, SR_TYPE_HISTORY_KIND, SR_HISTORY_FULL,
                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  props[PROP_HEIGHT] = g_param_spec_int ("height", NULL, NULL, 1, 1000, 28, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  widget_class->measure = sr_history_mark_measure;
  widget_class->snapshot = sr_history_mark_snapshot;
  widget_class->query_tooltip = sr_history_mark_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "historymark");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
sr_history_mark_init (SrHistoryMark *self)
{
  self->height = 28;
  self->share = 1;
}

void
sr_history_mark_set_kind (SrHistoryMark *self,
                          SrHistoryKind  kind)
{
  static const char *const styles[][2] = {
    [SR_HISTORY_FULL] = { "accent", NULL },
    [SR_HISTORY_COPY] = { "accent", NULL },
    [SR_HISTORY_BROKEN] = { "error", NULL },
    [SR_HISTORY_LOGS] = { "accent", NULL },
    [SR_HISTORY_LOOSE] = { "error", NULL },
    [SR_HISTORY_BREAK] = { "warning", NULL },
    [SR_HISTORY_FAILED] = { "error", NULL },
    [SR_HISTORY_CANCELLED] = { "dimmed", NULL },
  };

  self->kind = kind;
  gtk_widget_set_css_classes (GTK_WIDGET (self), (const char **) styles[kind]);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

void
sr_history_mark_set_on_timeline (SrHistoryMark *self,
                                 SrHistoryItem *item)
{
  g_autofree char *date = sr_history_item_dup_date (item);

  self->on_timeline = TRUE;
  g_set_object (&self->item, item);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  self->share = sr_history_item_get_share (item);
  g_clear_object (&self->date);
  if (date != NULL)
    {
      g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

      self->date = gtk_widget_create_pango_layout (GTK_WIDGET (self), date);
      pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
      pango_layout_set_attributes (self->date, attributes);
      pango_layout_set_alignment (self->date, PANGO_ALIGN_CENTER);
    }
  sr_history_mark_set_kind (self, sr_history_item_get_kind (item));
}
