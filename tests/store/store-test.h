/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-backup-set-writer.h"
#include "store/sr-repository.h"
#include "store/sr-staging.h"

#include <sys/types.h>

G_BEGIN_DECLS

#define TEST_CONFIG "ca01.example.test\\Contoso Issuing CA"
#define TEST_PAGE 8192

/* A folder that goes away with the test. */
typedef struct
{
  char *path;
} TestFolder;

void test_folder_init (TestFolder *folder);
void test_folder_clear (TestFolder *folder);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TestFolder, test_folder_clear)

/* A new repository "backup" in @folder. */
SrRepository *test_repository_new (const TestFolder *folder);

SrLock *test_lock (SrRepository *repository,
                   const char   *config);

/* A self-signed certificate, DER; the same one at every call. */
GBytes *test_certificate (void);

/* Bytes that depend on @seed and place only. */
GBytes *test_bytes (guint32 seed,
                    gsize   length);

/* The list RestoreGetDatabaseLocations gives. */
GBytes *test_locations (void);

/* Writes one file of the set, in pieces. */
gboolean test_write_file (SrBackupSetWriter *writer,
                          SrFileRole         role,
                          const char        *server_name,
                          GBytes            *contents,
                          GError           **error);

/* All that a full backup writes before it publishes: locations, a database of @pages, two logs, the dynamic list. */
gboolean test_write_all (SrBackupSetWriter *writer,
                         guint              pages,
                         GError           **error);

/* A writer for a full set of @lock's CA, with certificate. */
SrBackupSetWriter *test_writer_new (SrLock  *lock,
                                    GError **error);

/* The whole of it. */
SrBackupSet *test_publish (SrRepository *repository,
                           const char   *config,
                           guint         pages);

/* Runs @func in a forked child that ends with _exit(0); returns its wait status. */
int test_run_child (void (*func) (gpointer data),
                    gpointer data);
#define test_assert_child_good(status) g_assert_cmphex ((guint) (status), ==, 0)

/* Forks a child that runs @func and then sleeps for ever; returns once @func is done in it. */
pid_t test_start_child (void (*func) (gpointer data),
                        gpointer data);
void test_kill_child (pid_t pid);

/* A private mount namespace for this (forked) process; FALSE when that is not allowed here. */
gboolean test_unshare_mounts (void);

/* Names in @folder that begin with @prefix. */
guint test_count_names (const char *folder,
                        const char *prefix);

/* The CA's folder in @repository. */
char *test_authority_path (SrRepository *repository);

/* Asserts that @repository has @sets sets, that all verify, that nothing is unreadable, that nothing of an
 * interrupted session is left. */
void test_assert_clean (SrRepository *repository,
                        guint         sets);

G_END_DECLS
