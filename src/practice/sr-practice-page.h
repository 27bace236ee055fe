/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The practice CA's database file is a row of pages of one size, each with a
 * checksum. This is a format of our own, not ESE; it keeps what matters for a
 * backup: pages change while they are copied, and the transaction logs make
 * the copy consistent. */

/** SR_PRACTICE_PAGE_SIZE: bytes of a page */
#define SR_PRACTICE_PAGE_SIZE 4096
/** SR_PRACTICE_FIRST_ROW_PAGE: pages 0 and 1 hold the header and its shadow */
#define SR_PRACTICE_FIRST_ROW_PAGE 2
/** SR_PRACTICE_MAX_PAGES: a database is never larger than 16 GiB */
#define SR_PRACTICE_MAX_PAGES (4u * 1024 * 1024)

/**
 * SrPracticeLsn:
 *
 * A place in the stream of log records: generation in the upper half, byte
 * offset in that log in the lower one. Grows only.
 */
typedef guint64 SrPracticeLsn;

#define SR_PRACTICE_LSN(generation, offset) (((guint64) (generation) << 32) | (guint32) (offset))
#define SR_PRACTICE_LSN_GENERATION(lsn) ((guint32) ((lsn) >> 32))
#define SR_PRACTICE_LSN_OFFSET(lsn) ((guint32) (lsn))

/**
 * SrPracticePageType:
 * @SR_PRACTICE_PAGE_UNUSED: all zero
 * @SR_PRACTICE_PAGE_HEADER: the database's header or its shadow
 * @SR_PRACTICE_PAGE_ROWS: rows of the request table
 * @SR_PRACTICE_PAGE_PADDING: nothing but size
 * @SR_PRACTICE_PAGE_TRAILER: behind the last page of a backup's copy
 */
typedef enum
{
  SR_PRACTICE_PAGE_UNUSED,
  SR_PRACTICE_PAGE_HEADER,
  SR_PRACTICE_PAGE_ROWS,
  SR_PRACTICE_PAGE_PADDING,
  SR_PRACTICE_PAGE_TRAILER,
} SrPracticePageType;

/** SR_PRACTICE_PAGE_PAYLOAD: where a page's contents begin */
#define SR_PRACTICE_PAGE_PAYLOAD 32
/** SR_PRACTICE_PAGE_ROOM: how much fits */
#define SR_PRACTICE_PAGE_ROOM (SR_PRACTICE_PAGE_SIZE - SR_PRACTICE_PAGE_PAYLOAD)
/** SR_PRACTICE_MAX_ROW: the longest coded row that fits a page behind its length */
#define SR_PRACTICE_MAX_ROW (SR_PRACTICE_PAGE_ROOM - 2)

/**
 * sr_practice_page_init:
 * @page: (array fixed-size=4096): a page
 * @pgno: its number
 * @type: what it will hold
 *
 * Empties a page.
 */
void sr_practice_page_init (guint8            *page,
                            guint32            pgno,
                            SrPracticePageType type);

/**
 * sr_practice_page_seal:
 * @page: (array fixed-size=4096): a page; gets its checksum
 */
void sr_practice_page_seal (guint8 *page);

/**
 * sr_practice_page_verify:
 * @page: (array fixed-size=4096): a page
 * @pgno: the number that it must have
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED for a wrong checksum, number or length.
 *
 * Returns: whether the page is whole, or unused
 */
gboolean sr_practice_page_verify (const guint8 *page,
                                  guint32       pgno,
                                  GError      **error);

/**
 * sr_practice_page_get_type:
 * @page: (array fixed-size=4096): a page
 *
 * The functions below get and set the other fields of a page's header.
 *
 * Returns: what it holds
 */
SrPracticePageType sr_practice_page_get_type (const guint8 *page);
SrPracticeLsn sr_practice_page_get_lsn (const guint8 *page);
guint sr_practice_page_get_used (const guint8 *page);
void sr_practice_page_set_used (guint8 *page,
                                guint   used);
void sr_practice_page_set_lsn (guint8       *page,
                               SrPracticeLsn lsn);

/**
 * sr_practice_page_fill_padding:
 * @page: (array fixed-size=4096): a page
 * @pgno: its number
 * @lsn: of the record that asks for it
 * @seed: of that record
 *
 * Makes a sealed page of bytes that do not compress and follow from @pgno and @seed.
 */
void sr_practice_page_fill_padding (guint8       *page,
                                    guint32       pgno,
                                    SrPracticeLsn lsn,
                                    guint64       seed);

/**
 * SrPracticePages:
 *
 * The pages with rows, in memory, with what is not yet in the file.
 */
typedef struct _SrPracticePages SrPracticePages;

/**
 * sr_practice_pages_new:
 *
 * Returns: (transfer full): no pages
 */
SrPracticePages *sr_practice_pages_new (void);
void sr_practice_pages_free (SrPracticePages *pages);

/**
 * sr_practice_pages_get_count:
 * @pages: pages
 *
 * Returns: how many pages the database has, padding and header counted
 */
guint32 sr_practice_pages_get_count (SrPracticePages *pages);

/**
 * sr_practice_pages_load:
 * @pages: pages
 * @pgno: a page number at the end or one beyond
 * @data: (array fixed-size=4096): its bytes as read from a file
 * @error: where to put an error
 *
 * Takes over a page of a file. Only pages with rows are kept in memory.
 *
 * Sets %SR_ERROR_MALFORMED.
 *
 * Returns: whether the page is whole
 */
gboolean sr_practice_pages_load (SrPracticePages *pages,
                                 guint32          pgno,
                                 const guint8    *data,
                                 GError         **error);

/**
 * sr_practice_pages_load_file:
 * @pages: no pages yet
 * @fd: a database file
 * @path: its name, for messages
 * @end: pages from the first one with rows up to before this one are taken over
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED, %SR_ERROR_LIMIT, %G_IO_ERROR codes.
 *
 * Returns: whether all pages are whole
 */
gboolean sr_practice_pages_load_file (SrPracticePages *pages,
                                      int              fd,
                                      const char      *path,
                                      guint64          end,
                                      GError         **error);

/**
 * sr_practice_pages_place_row:
 * @pages: pages
 * @length: of a coded row, at most %SR_PRACTICE_MAX_ROW
 * @pgno: (out): the page where it would go, a new one if need be
 * @offset: (out): its offset there
 *
 * Returns: %FALSE when the database is full
 */
gboolean sr_practice_pages_place_row (SrPracticePages *pages,
                                      gsize            length,
                                      guint32         *pgno,
                                      guint16         *offset);

/**
 * sr_practice_pages_insert:
 * @pages: pages
 * @lsn: of the record that says so
 * @pgno: the page
 * @offset: where in it
 * @row: (array length=length): the coded row
 * @length: in bytes
 * @error: where to put an error
 *
 * Puts a row into its page; does nothing when the page has it already.
 *
 * Sets %SR_ERROR_MALFORMED when the page is not as the record expects it.
 *
 * Returns: whether the row is there now
 */
gboolean sr_practice_pages_insert (SrPracticePages *pages,
                                   SrPracticeLsn    lsn,
                                   guint32          pgno,
                                   guint16          offset,
                                   const guint8    *row,
                                   gsize            length,
                                   GError         **error);

/**
 * sr_practice_pages_set_state:
 * @pages: pages
 * @lsn: of the record that says so
 * @pgno: the page
 * @offset: where the row begins in it
 * @state: (array fixed-size=16): the coded row's new changing part
 * @error: where to put an error
 *
 * Changes a row; does nothing when the page has the change already. Sets
 * %SR_ERROR_MALFORMED when no row is there.
 *
 * Returns: whether the row has that state now
 */
gboolean sr_practice_pages_set_state (SrPracticePages *pages,
                                      SrPracticeLsn    lsn,
                                      guint32          pgno,
                                      guint16          offset,
                                      const guint8    *state,
                                      GError         **error);

/**
 * sr_practice_pages_grow:
 * @pages: pages
 * @count: how many there are at least from now on
 */
void sr_practice_pages_grow (SrPracticePages *pages,
                             guint32          count);

/**
 * SrPracticeRowFunc:
 * @pgno: the row's page
 * @offset: where it begins there
 * @row: (array length=length): the coded row
 * @length: in bytes
 * @user_data: as given
 * @error: where to put an error
 *
 * Returns: whether to go on
 */
typedef gboolean (*SrPracticeRowFunc) (guint32       pgno,
                                       guint16       offset,
                                       const guint8 *row,
                                       gsize         length,
                                       gpointer      user_data,
                                       GError      **error);

/**
 * sr_practice_pages_foreach_row:
 * @pages: pages
 * @func: called for every row, in the order of insertion
 * @user_data: for @func
 * @error: where to put an error
 *
 * Sets %SR_ERROR_MALFORMED for a page whose rows do not fill it, and what @func sets.
 *
 * Returns: whether all were visited
 */
gboolean sr_practice_pages_foreach_row (SrPracticePages   *pages,
                                        SrPracticeRowFunc  func,
                                        gpointer           user_data,
                                        GError           **error);

/**
 * sr_practice_pages_peek_row:
 * @pages: pages
 * @pgno: a page
 * @offset: where a row begins there
 * @length: (out): its length in bytes
 *
 * Returns: (transfer none): the coded row, as long as nothing changes
 */
const guint8 *sr_practice_pages_peek_row (SrPracticePages *pages,
                                          guint32          pgno,
                                          guint16          offset,
                                          gsize           *length);

/**
 * sr_practice_pages_oldest_change:
 * @pages: pages
 *
 * Returns: the oldest change that is not in the file, %G_MAXUINT64 when all are
 */
SrPracticeLsn sr_practice_pages_oldest_change (SrPracticePages *pages);

/**
 * sr_practice_pages_flush:
 * @pages: pages
 * @fd: the database file; the log is on the disk already
 * @before: pages whose oldest change lies below this are written
 * @error: where to put an error
 *
 * Writes pages; does not sync. Sets %G_IO_ERROR codes.
 *
 * Returns: whether they are written
 */
gboolean sr_practice_pages_flush (SrPracticePages *pages,
                                  int              fd,
                                  SrPracticeLsn    before,
                                  GError         **error);

/**
 * sr_practice_write_at:
 * @fd: a file
 * @data: (array length=length): bytes
 * @length: how many
 * @offset: where in the file
 * @what: the file's name, for the message
 * @error: where to put an error
 *
 * Writes all of it. Sets %G_IO_ERROR codes.
 *
 * Returns: whether that worked
 */
gboolean sr_practice_write_at (int         fd,
                               const void *data,
                               gsize       length,
                               guint64     offset,
                               const char *what,
                               GError    **error);

/**
 * sr_practice_read_at:
 *
 * The reverse of sr_practice_write_at(). Sets %SR_ERROR_MALFORMED when the file is too short.
 *
 * Returns: whether all bytes were there
 */
gboolean sr_practice_read_at (int         fd,
                              void       *data,
                              gsize       length,
                              guint64     offset,
                              const char *what,
                              GError    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SrPracticePages, sr_practice_pages_free)

G_END_DECLS
