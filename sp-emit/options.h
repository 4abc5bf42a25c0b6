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
#include "through.h"

struct options {
	const struct format *format, *second;	/* NULL: not given */
	bool explain, exact, paths, harden, no_new_privs, allow_partial;
	bool harness;		/* what belongs to no run of --split, too */
	bool allow_denied, deny_denied, trust_names, widen_names;
	unsigned int general;	/* enum general_rule */
	bool has_args;
	bool args[ARGS_ROWS_MAX];
	bool without[GROUP_COUNT], with[GROUP_COUNT];
	int runtimes;		/* RUNTIME_*; -1: as the format has it */
	uint32_t default_action;
	bool has_deny;
	const char *from, *until;	/* marks, or NULL */
	struct selection selection;
	struct through through;
	const char *base;	/* --base; NULL: none */
	struct host host;	/* that its conditions are resolved for */
	bool possible;		/* --possible: list what no run made */
	struct additions add;
	const char *output;	/* NULL: stdout, or `into` */
	const char *into;	/* --into: a config.json; NULL: none */
	char *install;		/* --install: the unit's whole name; heap, or NULL */
	char *config;		/* what is in it; heap */
	char **traces;		/* NULL-terminated */
};

/* Prints and exits where the command line makes no sense. */
void options_read(struct options *o, int argc, char **argv);
void options_free(struct options *o);

#endif
