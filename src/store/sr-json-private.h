/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "store/sr-store-error.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* A JSON file that may be hostile, read member by member. The first failure sticks: what is read
 * after it is 0 or NULL, and sr_json_reader_finish() tells it. Members that nobody asks for are
 * skipped. */
typedef struct
{
  char *where;       /* the file's path, for messages */
  SrStoreError code; /* what a failure is called */
  char at[64];       /* the place inside, such as "files[3].", for messages */
  JsonParser *parser;
  JsonObject *root;
  GError *error;
} SrJsonReader;

/* Parses and checks the member "format", which every file of ours has; a higher one than @format is
 * SR_STORE_ERROR_NEWER_FORMAT. */
gboolean sr_json_reader_init (SrJsonReader *reader,
                              GBytes       *json,
                              const char   *where,
                              SrStoreError  code,
                              gint64        format,
                              GError      **error);

/* The same with a small file of a folder; SR_STORE_ERROR_MISSING when it is not there, and the errors of sr_store_load(). */
gboolean sr_json_reader_load (SrJsonReader *reader,
                              const char   *folder,
                              const char   *name,
                              gint64        format,
                              GError      **error);

/* FALSE with the error that sticks, if there is one. */
gboolean sr_json_reader_finish (SrJsonReader *reader,
                                GError      **error);

void sr_json_reader_clear (SrJsonReader *reader);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SrJsonReader, sr_json_reader_clear)

/* Makes @format the error, unless there is one. */
void sr_json_reader_fail (SrJsonReader *reader,
                          const char   *format,
                          ...) G_GNUC_PRINTF (2, 3);

/* Members; @object may be NULL after a failure. Absent or null is an error when @required, else NULL or 0. */
JsonObject *sr_json_get_object (SrJsonReader *reader,
                                JsonObject   *object,
                                const char   *member,
                                gboolean      required);
JsonArray *sr_json_get_array (SrJsonReader *reader,
                              JsonObject   *object,
                              const char   *member,
                              guint         max_items);
JsonObject *sr_json_get_item (SrJsonReader *reader,
                              JsonArray    *array,
                              guint         index);
char *sr_json_dup_string (SrJsonReader *reader,
                          JsonObject   *object,
                          const char   *member,
                          gsize         max_length,
                          gboolean      required);
gint64 sr_json_get_int (SrJsonReader *reader,
                        JsonObject   *object,
                        const char   *member,
                        gint64        low,
                        gint64        high,
                        gboolean      required);
/* Absent is FALSE. */
gboolean sr_json_get_boolean (SrJsonReader *reader,
                              JsonObject   *object,
                              const char   *member);
gint64 sr_json_get_time (SrJsonReader *reader,
                         JsonObject   *object,
                         const char   *member,
                         gboolean      required);
/* 2 * @bytes lower-case hexadecimal digits. */
char *sr_json_dup_hex (SrJsonReader *reader,
                       JsonObject   *object,
                       const char   *member,
                       gsize         bytes,
                       gboolean      required);
/* The index of the string in @words, 0 after a failure. */
guint sr_json_get_word (SrJsonReader       *reader,
                        JsonObject         *object,
                        const char         *member,
                        const char * const *words);
char **sr_json_dup_strv (SrJsonReader *reader,
                         JsonObject   *object,
                         const char   *member,
                         guint         max_items,
                         gsize         max_length);

/* The member "detail", as sr_json_add_detail() writes it; NULL when absent. */
char *sr_json_dup_detail (SrJsonReader *reader);

/* Writing: what is NULL (or time 0) is left out. */
void sr_json_add_string (JsonObject *object,
                         const char *member,
                         const char *text);
void sr_json_add_time (JsonObject *object,
                       const char *member,
                       gint64      microseconds);
void sr_json_add_strv (JsonObject *object,
                       const char *member,
                       char      **items);
/* The member "detail": words of errors, of any length and from anywhere, so that they can be read again. */
void sr_json_add_detail (JsonObject *object,
                         const char *detail);
/* A new object with the members "format" and "program" that every file of ours begins with. */
JsonObject *sr_json_object_new (gint64 format);
GBytes *sr_json_to_bytes (JsonObject *object);

/* Writes the object into a folder as a whole (a second file and a rename). */
gboolean sr_json_save (JsonObject *object,
                       const char *folder,
                       const char *name,
                       GError    **error);

G_END_DECLS
