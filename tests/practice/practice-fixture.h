/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "practice/sr-practice-admin.h"
#include "practice/sr-practice-backup.h"
#include "practice/sr-practice-drives.h"

G_BEGIN_DECLS

#define OPERATOR "PRACTICE\\operator"
#define ADMINISTRATOR "PRACTICE\\administrator"
#define NOBODY "PRACTICE\\nobody"
#define CA_NAME "Contoso Root CA"

/* A CA in a folder of its own, with an operator and an administrator. */
typedef struct
{
  char *folder;
  SrPracticeOptions options;
  SrPracticeCa *ca;
} PracticeFixture;

void practice_fixture_set_up (PracticeFixture *f,
                              gconstpointer    data);
void practice_fixture_tear_down (PracticeFixture *f,
                                 gconstpointer    data);

/* Stops the CA and opens its folder again. */
void practice_fixture_reopen (PracticeFixture *f);

void practice_fixture_issue (PracticeFixture *f,
                             guint            count);

/* Makes a folder below the fixture's. */
char *practice_fixture_make_folder (PracticeFixture *f,
                                    const char      *name);

/* Opens a file of the backup, reads it in pieces of @piece bytes, writes it to
 * @folder and closes it; @between is called before every read. */
typedef void (*PracticeBetween) (PracticeFixture *f);
void practice_fixture_fetch (PracticeFixture        *f,
                             const SrPracticeCaller *caller,
                             const char             *name,
                             const char             *folder,
                             gint32                  piece,
                             PracticeBetween         between);

/* A whole backup but for truncation and End. */
void practice_fixture_copy (PracticeFixture        *f,
                            const SrPracticeCaller *caller,
                            gboolean                full,
                            const char             *folder,
                            PracticeBetween         between);

/* A whole backup. */
void practice_fixture_backup (PracticeFixture        *f,
                              const SrPracticeCaller *caller,
                              gboolean                full,
                              gboolean                truncate,
                              const char             *folder);

G_END_DECLS
