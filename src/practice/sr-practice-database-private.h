/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-database.h"

G_BEGIN_DECLS

/* Where a row stands. */
typedef struct
{
  guint32 pgno;
  guint16 offset;
} SrPracticePlace;

struct _SrPracticeDatabase
{
  char *folder;
  char *path;
  int fd;
  gboolean read_only;
  gboolean broken; /* a change reached the log or memory by half */
  gboolean circular;
  gboolean backup;
  SrPracticeDbHeader header;
  SrPracticePages *pages;
  SrPracticeLog *log; /* NULL when read-only */
  SrPracticeLsn checkpoint;
  guint32 checkpointed_in; /* generation in which the checkpoint was last moved */
  GArray *places; /* of SrPracticePlace, by request id - 1 */
  GHashTable *serials; /* serial -> request id */
};

/* Says why a database that is not there cannot be opened: SR_HRESULT_ERROR, JET -1811 or -1216. */
gboolean sr_practice_database_missing (const char *folder,
                                       const char *path,
                                       GError    **error);

/* Applies a record to pages in memory; padding only counts. */
gboolean sr_practice_pages_apply (SrPracticePages      *pages,
                                  SrPracticeLsn         lsn,
                                  SrPracticeRecordType  type,
                                  const guint8         *payload,
                                  gsize                 length,
                                  GError              **error);

/* Writes the pages that a padding record asks for, and syncs them. */
gboolean sr_practice_write_padding (int           fd,
                                    const char   *path,
                                    SrPracticeLsn lsn,
                                    const guint8 *payload,
                                    GError      **error);
/* Of such a record. */
#define SR_PRACTICE_PADDING_SIZE 16

/* Notes a row in places and serials; its request id must be the next one. */
gboolean sr_practice_database_note_row (SrPracticeDatabase *database,
                                        guint32             pgno,
                                        guint16             offset,
                                        const guint8       *row,
                                        gsize               length,
                                        GError            **error);

/* Writes the pages changed before @before, then moves the checkpoint up. */
gboolean sr_practice_database_move_checkpoint (SrPracticeDatabase *database,
                                               SrPracticeLsn       before,
                                               GError            **error);

gboolean sr_practice_database_write_header (SrPracticeDatabase *database,
                                            GError            **error);

/* Reads the database's header, or its shadow; SR_HRESULT_ERROR, JET -1018 when neither is whole. */
gboolean sr_practice_db_header_load (int                 fd,
                                     const char         *path,
                                     SrPracticeDbHeader *header,
                                     GError            **error);
/* Writes and syncs both. */
gboolean sr_practice_db_header_store (int                       fd,
                                      const char               *path,
                                      const SrPracticeDbHeader *header,
                                      GError                  **error);

/* The checkpoint file, edb.chk. Reading sets SR_HRESULT_ERROR, JET -533 and -532. */
#define SR_PRACTICE_CHECKPOINT_NAME "edb.chk"
gboolean sr_practice_checkpoint_write (const char    *folder,
                                       const guint8  *signature,
                                       SrPracticeLsn  lsn,
                                       GError       **error);
gboolean sr_practice_checkpoint_read (const char    *folder,
                                      const guint8  *signature,
                                      SrPracticeLsn *lsn,
                                      GError       **error);

G_END_DECLS
