/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "session/sr-restore-files-private.h"
#include "session/sr-restore-plan.h"

G_BEGIN_DECLS

struct _SrRestorePlan
{
  GObject parent_instance;

  /* What is wanted. */
  SrRepository *repository; /* NULL outside of one */
  gboolean automatic;
  gboolean mode_known;      /* with @automatic: whether the checks have chosen */

  /* What the manifests tell. */
  SrRestoreEntry *entry;    /* id, config, mode, sets and generations; the host's part by the checks */
  char *display_name;
  GPtrArray *sets;          /* of SrBackupSet */
  GPtrArray *files;         /* of SrRestoreFile */
  gboolean before_restore;

  /* What the checks found. */
  GPtrArray *checks;
  gboolean ready;
  gboolean taken;           /* by a session */
  gboolean has_places;      /* whether the entry's paths are known */
  char *aside_folder;
  SrServiceStatus service;
  GPtrArray *live;          /* of SrLiveFile, NULL before */
  SrLiveLogs live_logs;
  gboolean live_logs_known;
  gboolean certificate_compared;
  SrDcomTarget *target;
  SrRestoreLoss loss;
};

void sr_restore_plan_clear_findings (SrRestorePlan *self);

G_END_DECLS
