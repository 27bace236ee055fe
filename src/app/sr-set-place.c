/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-set-place.h"

#include "app/sr-format.h"
#include "app/sr-history-section.h"

#include <glib/gi18n.h>

/* Of more sets that are lost only the number is told. */
#define MAX_NAMED 4

void
sr_set_place_clear (SrSetPlace *place)
{
  g_clear_pointer (&place->chain, g_free);
  g_clear_pointer (&place->lineage, g_free);
}

/* What a full set is followed by. */
static char *
continued_words (SrChain *chain)
{
  guint n = sr_chain_get_sets (chain)->len - 1;
  guint32 high = 0;

  if (!sr_chain_is_complete (chain))
    return g_strdup (_("It lacks logs in the middle: it cannot be restored"));
  if (n == 0)
    return g_strdup (_("No log-only set continues it"));
  sr_chain_get_generations (chain, NULL, &high);
  /* Translators: %u are how many, then the last log generation */
  return g_strdup_printf (ngettext ("%u log-only set continues it, up to log %u", "%u log-only sets continue it, up to log %u", n), n, high);
}

/* What a log-only set needs. */
static char *
needs_words (SrChain     *chain,
             SrBackupSet *set)
{
  GPtrArray *sets = sr_chain_get_sets (chain);
  g_autofree char *full = sr_format_set_title (sr_chain_get_full (chain));
  guint between = 0;

  while (between + 1 < sets->len && !sr_backup_set_is_same (sets->pdata[between + 1], set))
    between++;
  if (between == 0)
    /* Translators: %s is such as “Full backup of 22 November 2026, 14:15” */
    return g_strdup_printf (_("It continues: %s"), full);
  /* Translators: %s is such as “Full backup of 22 November 2026, 14:15” */
  return g_strdup_printf (ngettext ("It continues: %s, with %u log-only set between", "It continues: %s, with %u log-only sets between", between), full, between);
}

static char *
lineage_words (SrHistory   *history,
               SrBackupSet *set)
{
  SrLineage *lineage = sr_history_find_lineage (history, set);
  g_autoptr (SrHistorySection) section = NULL;
  const char *words;

  if (lineage == NULL)
    return NULL;
  section = sr_history_section_new (history, sr_lineage_get_number (lineage) - 1);
  words = sr_history_section_get_words (section);
  return g_strdup (words != NULL ? words : sr_history_section_get_title (section));
}

void
sr_set_place_load (SrBackupSet *set,
                   SrSetPlace  *place)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrHistory) history = sr_history_load_beside (set, &error);
  SrChain *chain = history != NULL ? sr_history_find_chain (history, set) : NULL;

  *place = (SrSetPlace) { 0 };
  if (history == NULL)
    {
      place->chain = g_strdup (error->message);
      return;
    }
  place->lineage = lineage_words (history, set);
  place->restorable = chain != NULL && sr_chain_is_complete (chain);
  if (chain == NULL)
    place->chain = g_strdup (_("Sets before it are missing: it cannot be restored"));
  else if (sr_backup_set_get_manifest (set)->kind == SR_SET_FULL)
    place->chain = continued_words (chain);
  else
    place->chain = needs_words (chain, set);
}

char *
sr_set_place_describe_loss (SrBackupSet *set)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (SrHistory) history = sr_history_load_beside (set, &error);
  g_autoptr (GPtrArray) lost = history != NULL ? sr_history_list_dependents (history, set) : NULL;
  GString *words;

  if (lost == NULL)
    /* Translators: %s is why */
    return g_strdup_printf (_("Whether other sets need it is not known. %s"), error->message);
  if (lost->len == 0)
    return NULL;
  words = g_string_new (NULL);
  g_string_append_printf (words, ngettext ("%u other set needs it, and could not be restored any more:",
                                           "%u other sets need it, and could not be restored any more:", lost->len), lost->len);
  for (guint i = 0; i < MIN (lost->len, MAX_NAMED); i++)
    {
      g_autofree char *title = sr_format_set_title (lost->pdata[i]);

      g_string_append_printf (words, "\n%s", title);
    }
  if (lost->len > MAX_NAMED)
    {
      g_string_append_c (words, '\n');
      g_string_append_printf (words, ngettext ("and %u more", "and %u more", lost->len - MAX_NAMED), lost->len - MAX_NAMED);
    }
  return g_string_free (words, FALSE);
}
