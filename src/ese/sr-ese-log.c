/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ese/sr-ese-log.h"

#include "base/sr-error.h"
#include "ese/sr-ese-checksum-private.h"
#include "ese/sr-ese-time.h"

#include <glib/gi18n-lib.h>

/* ESE log.hxx LGFILEHDR_FIXED */
#define AT_CHECKSUM 0
#define AT_GENERATION 4
#define AT_SECTOR_SIZE 8
#define AT_HEADER_SECTORS 10
#define AT_FILE_SECTORS 12
#define AT_PAGE_SIZE 14
#define AT_CREATED 16
#define AT_PREVIOUS_CREATED 24
#define AT_VERSION 32
#define AT_SIGNATURE 44
#define AT_FLAGS 639
#define AT_FILE_TYPE 667

#define SECTOR_SIZE 4096
#define FLAG_CIRCULAR 2
#define FILE_TYPE_LOG 3

/* The version of current Windows servers: 8.4000, update 5. */
static const guint32 written_version[] = { 8, 4000, 5 };

gboolean
sr_ese_log_header_parse (const guint8   *data,
                         gsize           length,
                         SrEseLogHeader *header,
                         GError        **error)
{
  if (length < SR_ESE_LOG_HEADER_SIZE ||
      data[AT_FILE_TYPE] != FILE_TYPE_LOG ||
      sr_get_le32 (data + AT_CHECKSUM) != sr_ese_header_checksum (data, SR_ESE_LOG_HEADER_SIZE))
    {
      g_set_error_literal (error, SR_ERROR, SR_ERROR_MALFORMED, _("This is not the header of a transaction log, or it is damaged"));
      return FALSE;
    }
  *header = (SrEseLogHeader) {
    .generation = sr_get_le32 (data + AT_GENERATION),
    .created = sr_ese_time_read (data + AT_CREATED),
    .previous_created = sr_ese_time_read (data + AT_PREVIOUS_CREATED),
    .size = (guint64) sr_get_le16 (data + AT_SECTOR_SIZE) * sr_get_le16 (data + AT_FILE_SECTORS),
    .circular = (data[AT_FLAGS] & FLAG_CIRCULAR) != 0,
  };
  memcpy (header->signature, data + AT_SIGNATURE, SR_ESE_SIGNATURE_SIZE);
  if (header->generation == 0 || header->created == 0)
    {
      g_set_error (error, SR_ERROR, SR_ERROR_MALFORMED, _("The header of the transaction log tells generation %u and no time of its making, or neither"),
                   header->generation);
      return FALSE;
    }
  return TRUE;
}

void
sr_ese_log_header_write (const SrEseLogHeader *header,
                         guint8               *page)
{
  memset (page, 0, SR_ESE_LOG_HEADER_SIZE);
  sr_put_le32 (page + AT_GENERATION, header->generation);
  sr_put_le16 (page + AT_SECTOR_SIZE, SECTOR_SIZE);
  sr_put_le16 (page + AT_HEADER_SECTORS, SR_ESE_LOG_HEADER_SIZE / SECTOR_SIZE);
  sr_put_le16 (page + AT_FILE_SECTORS, (guint16) (header->size / SECTOR_SIZE));
  sr_put_le16 (page + AT_PAGE_SIZE, SECTOR_SIZE);
  sr_ese_time_write (page + AT_CREATED, header->created);
  sr_ese_time_write (page + AT_PREVIOUS_CREATED, header->previous_created);
  for (guint i = 0; i < G_N_ELEMENTS (written_version); i++)
    sr_put_le32 (page + AT_VERSION + 4 * i, written_version[i]);
  memcpy (page + AT_SIGNATURE, header->signature, SR_ESE_SIGNATURE_SIZE);
  page[AT_FLAGS] = header->circular ? FLAG_CIRCULAR : 0;
  page[AT_FILE_TYPE] = FILE_TYPE_LOG;
  sr_put_le32 (page + AT_CHECKSUM, sr_ese_header_checksum (page, SR_ESE_LOG_HEADER_SIZE));
}
