/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "worker/sr-job.h"

G_BEGIN_DECLS

/*
 * SrRestoreTravel:
 * @phase: what the session is at, or was at last
 * @furthest: how far it came before it was put back
 * @over: the job has come to its end
 * @done: and all that was wanted is done
 * @put_back: a restore that failed was put back
 */
typedef struct
{
  SrRestorePhase phase;
  SrRestorePhase furthest;
  gboolean over;
  gboolean done;
  gboolean put_back;
  guint file_index;
  guint n_files;
  guint64 bytes;
  guint64 total;
} SrRestoreTravel;

/* (transfer full): of SrRestoreStage; empty where @first comes behind @last */
GListStore *sr_restore_stages_new (SrRestorePhase first,
                                   SrRestorePhase last);

void sr_restore_stages_show (GListStore            *stages,
                             const SrRestoreTravel *travel);

G_END_DECLS
