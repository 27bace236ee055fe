/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "dcom/sr-dcom-object.h"
#include "practice/sr-practice-server.h"

G_BEGIN_DECLS

#define SERVED_OPERATOR "PRACTICE\\operator"
#define SERVED_ADMINISTRATOR "PRACTICE\\administrator"

/* The switches for what is not known of Windows, as bits. */
enum
{
  SERVED_SHARED = 1 << 0,    /* the open backup belongs to the CA, not to the object */
  SERVED_SURVIVES = 1 << 1,  /* the open backup outlives its object */
  SERVED_ALL = 1 << 2,       /* how many combinations there are */
};

/* A practice CA in this process, its clock of pings standing still. */
typedef struct
{
  char *folder;
  guint switches;
  guint16 port;              /* while it is down */
  SrPracticeServer *server;
  SrPracticeCa *ca;
  char *config;
  char *password;            /* of the operator */
  SrDcomTarget *target;      /* as the operator */
} ServedCa;

void served_ca_start (ServedCa *served, guint switches, guint n_certificates);
void served_ca_stop (ServedCa *served);

/* Ends the server and starts it anew at the same activation port; objects get another one. */
void served_ca_start_again (ServedCa *served);

/* The same in two halves: nothing answers between them. Its service may not start then: that is no error here. */
void served_ca_go_down (ServedCa *served);
void served_ca_come_up (ServedCa *served);
SrDcomTarget *served_ca_target (ServedCa *served, const char *user, const char *password);
char *served_ca_password (ServedCa *served, const char *user);
guint served_ca_count (ServedCa *served, const char *name);
guint served_ca_calls (ServedCa *served, guint opnum);
const char *served_ca_switches (guint switches);

/* What the CA says of its backups: the latest, as in `practice inspect`. */
JsonObject *served_ca_last_backup (ServedCa *served);

G_END_DECLS
