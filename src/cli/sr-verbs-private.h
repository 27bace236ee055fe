/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "cli/sr-cli-private.h"

G_BEGIN_DECLS

extern const SrCliVerb sr_verb_practice_start;
extern const SrCliVerb sr_verb_practice_stop;
extern const SrCliVerb sr_verb_practice_status;
extern const SrCliVerb sr_verb_practice_issue;
extern const SrCliVerb sr_verb_practice_revoke;
extern const SrCliVerb sr_verb_practice_inspect;
extern const SrCliVerb sr_verb_ca_add;
extern const SrCliVerb sr_verb_ca_list;
extern const SrCliVerb sr_verb_ca_check;
extern const SrCliVerb sr_verb_ca_remove;
extern const SrCliVerb sr_verb_backup;
extern const SrCliVerb sr_verb_sets;
extern const SrCliVerb sr_verb_show;
extern const SrCliVerb sr_verb_verify;
extern const SrCliVerb sr_verb_export;
extern const SrCliVerb sr_verb_restore;
extern const SrCliVerb sr_verb_sessions;
extern const SrCliVerb sr_verb_repository;
extern const SrCliVerb sr_verb_repository_create;
extern const SrCliVerb sr_verb_repository_use;

G_END_DECLS
