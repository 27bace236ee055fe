/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * sr_quit_dialog_new:
 * @n_backups: how many backups run or wait
 * @n_verifications: how many sets are verified
 * @n_restores: how many restores run or wait
 *
 * Returns: (transfer floating): a dialog that asks whether what runs is to be cancelled; the response that says yes is "quit"
 */
AdwDialog *sr_quit_dialog_new (guint n_backups,
                               guint n_verifications,
                               guint n_restores);

G_END_DECLS
