/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of sp-emit. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "args.h"
#include "format.h"
#include "possible/possible.h"
#include "profile/group.h"
#include "profile/host.h"
#include "stream/select.h"
#include "stream/unit-choice.h"
#include "through.h"

struct options {
	const struct format *format, *second;	/* NULL if not given */
	bool explain, exact, paths, harden, no_new_privs, allow_partial;
	/* include the calls that belong to no run of --split */
	bool harness;
	bool allow_denied, deny_denied, trust_names, widen_names;
	unsigned int general;	/* bits of enum general_rule */
	bool has_args;
	bool args[ARGS_ROWS_MAX];
	bool without[GROUP_COUNT], with[GROUP_COUNT];
	/* bits of RUNTIME_*; -1: the format's default */
	int runtimes;
	uint32_t default_action;
	bool has_deny;
	const char *from, *until;	/* names of marks, or NULL */
	struct selection selection;
	struct through through;
	const char *base;	/* --base; NULL: none */
	struct host host;	/* the host for the conditions of the base */
	struct unit_choice unit;	/* --unit */
	bool possible;		/* list calls that no run made */
	bool possible_all;	/* --possible=all */
	struct additions add;
	const char *output;	/* NULL: stdout, or the file of `into` */
	const char *into;	/* --into: path of a config.json; NULL: none */
	/* --install: the unit's full name, to be freed; NULL: none */
	char *install;
	char *config;		/* the content of `into`, to be freed */
	char **traces;		/* NULL-terminated */
};

/* Prints and exits if the command line is wrong. */
void options_read(struct options *o, int argc, char **argv);
void options_free(struct options *o);

#endif
