/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "practice/sr-practice-jet.h"

#include "base/sr-error.h"

gboolean
sr_practice_jet_error (GError **error,
                       int      jet)
{
  g_autoptr (GError) before = NULL;

  if (error == NULL || *error == NULL || (*error)->domain != SR_ERROR)
    return FALSE;
  before = g_steal_pointer (error);
  sr_hresult_set_error (error, SR_HRESULT_FROM_JET (jet), "%s", before->message);
  return FALSE;
}

SrHresult
sr_practice_error_to_hresult (const GError *error)
{
  static const struct
  {
    int code;
    SrHresult hr;
  } known[] = {
    { G_IO_ERROR_NOT_FOUND, SR_HRESULT_FROM_JET (SR_JET_FILE_NOT_FOUND) },
    { G_IO_ERROR_PERMISSION_DENIED, SR_HRESULT_FROM_JET (SR_JET_FILE_ACCESS_DENIED) },
    { G_IO_ERROR_NO_SPACE, SR_HRESULT_FROM_JET (SR_JET_DISK_FULL) },
  };
  SrHresult hr = sr_hresult_from_error (error);

  for (gsize i = 0; hr == SR_S_OK && i < G_N_ELEMENTS (known); i++)
    if (g_error_matches (error, G_IO_ERROR, known[i].code))
      hr = known[i].hr;
  if (hr == SR_S_OK && error->domain == G_IO_ERROR)
    hr = SR_HRESULT_FROM_JET (SR_JET_DISK_IO);
  return hr != SR_S_OK ? hr : SR_E_FAIL;
}
