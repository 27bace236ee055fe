/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-backup.h"
#include "rpc/sr-rpc-method.h"

G_BEGIN_DECLS

/**
 * sr_practice_handle:
 * @ca: a CA
 * @caller: who calls
 * @method: a row of sr_icertadmind2
 * @request: the request's structure
 * @reply: the reply's structure, zeroed; its row's function clears it
 * @hr: (out): the method's HRESULT, also in @reply
 *
 * Runs one method of ICertAdminD or ICertAdminD2.
 *
 * Returns: 0, or the status of a fault
 */
guint32 sr_practice_handle (SrPracticeCa           *ca,
                            const SrPracticeCaller *caller,
                            const SrRpcMethod      *method,
                            gpointer                request,
                            gpointer                reply,
                            SrHresult              *hr);

G_END_DECLS
