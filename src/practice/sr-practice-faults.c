/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-faults.h"

typedef struct
{
  char *iface; /* NULL: ICertAdminD and ICertAdminD2, whose operations have the same numbers */
  guint16 opnum;
  gboolean after;
  guint calls; /* until it happens */
} Fault;

struct _SrPracticeFaults
{
  GMutex lock;
  GArray *faults; /* of Fault */
};

static void
clear_fault (gpointer data)
{
  g_free (((Fault *) data)->iface);
}

static gboolean
is_meant (const Fault *fault,
          const char  *iface)
{
  return fault->iface != NULL ? g_str_equal (fault->iface, iface) : g_str_has_prefix (iface, "ICertAdminD");
}

SrPracticeFaults *
sr_practice_faults_new (void)
{
  SrPracticeFaults *faults = g_new0 (SrPracticeFaults, 1);

  g_mutex_init (&faults->lock);
  faults->faults = g_array_new (FALSE, FALSE, sizeof (Fault));
  g_array_set_clear_func (faults->faults, clear_fault);
  return faults;
}

void
sr_practice_faults_free (SrPracticeFaults *faults)
{
  g_array_unref (faults->faults);
  g_mutex_clear (&faults->lock);
  g_free (faults);
}

void
sr_practice_faults_add (SrPracticeFaults *faults,
                        const char       *iface,
                        guint16           opnum,
                        guint             call,
                        gboolean          after)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&faults->lock);
  Fault fault = { g_strdup (iface), opnum, after, MAX (call, 1) };

  g_array_append_val (faults->faults, fault);
}

void
sr_practice_faults_clear (SrPracticeFaults *faults)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&faults->lock);

  g_array_set_size (faults->faults, 0);
}

gboolean
sr_practice_faults_hit (SrPracticeFaults *faults,
                        const char       *iface,
                        guint16           opnum,
                        gboolean          after)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&faults->lock);
  gboolean hit = FALSE;

  for (guint i = faults->faults->len; i-- > 0;)
    {
      Fault *fault = &g_array_index (faults->faults, Fault, i);

      if (fault->opnum != opnum || fault->after != after || !is_meant (fault, iface) || --fault->calls > 0)
        continue;
      g_array_remove_index_fast (faults->faults, i);
      hit = TRUE;
    }
  return hit;
}
