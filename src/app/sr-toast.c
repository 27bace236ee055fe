/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/sr-toast.h"

void
sr_toast_show (AdwToastOverlay *overlay,
               const char      *text)
{
  AdwToast *toast = adw_toast_new ("");

  adw_toast_set_use_markup (toast, FALSE);
  adw_toast_set_title (toast, text);
  adw_toast_overlay_dismiss_all (overlay);
  adw_toast_overlay_add_toast (overlay, toast);
}
