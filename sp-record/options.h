/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of sp-record. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "container/container-options.h"
#include "recording.h"
#include "stream/run.h"
#include "target.h"
#include "tracer.h"

struct options {
	const char *output;	/* NULL: stdout */
	const char *name;	/* NULL: the command line */
	const char *user;	/* NULL: the caller's user */
	bool no_argv;
	size_t buffer;		/* value of --buffer; 0: the default size */
	struct recording_options recording;
	struct tracer_options tracer;
	struct run run;		/* only its labels are set */
	struct target *targets;	/* empty: a command is recorded */
	size_t n_targets;
	bool restart, reload;	/* --restart and --reload */
	bool live;
	char **command;		/* NULL if there are targets */
	enum method { METHOD_AUTO, METHOD_BPF, METHOD_NOTIFY } method;
	const char *known;	/* --known; NULL: not given */
	/*
	 * The mode in which a runtime or engine starts us, such as "oci-hook";
	 * or NULL.
	 */
	const char *engine;
	const char *runtime;	/* value of --oci-runtime */
	const char *socket;	/* value of --nri */
	struct container_options container;
};

/* Returns the name of a given option that needs BPF, or NULL. */
const char *options_need_bpf(const struct options *o);
/* Prints and exits if the command line is wrong. */
void options_read(struct options *o, int argc, char **argv);

#endif
