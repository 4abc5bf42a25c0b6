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
	const char *name;	/* NULL: the command line is the name */
	const char *user;	/* NULL: the caller's user */
	bool no_argv;
	size_t buffer;		/* value of --buffer; 0: the default */
	struct recording_options recording;
	struct tracer_options tracer;
	struct run run;		/* only for its labels */
	struct target *targets;	/* without a target, a command is recorded */
	size_t n_targets;
	bool restart, reload;	/* units */
	bool live;
	char **command;		/* NULL if there are targets */
	enum method { METHOD_AUTO, METHOD_BPF, METHOD_NOTIFY } method;
	const char *known;	/* --known; NULL: not given */
	/*
	 * "oci-hook": the mode, if a runtime or engine starts us; otherwise
	 * NULL
	 */
	const char *engine;
	const char *runtime;	/* value of --oci-runtime */
	const char *socket;	/* of --nri */
	struct container_options container;
};

/* Returns an option that was given and needs BPF, or NULL. */
const char *options_need_bpf(const struct options *o);
/* Prints and exits if the command line is wrong. */
void options_read(struct options *o, int argc, char **argv);

#endif
