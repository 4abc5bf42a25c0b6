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
	const char *user;	/* NULL: the caller */
	bool no_argv;
	size_t buffer;		/* --buffer; 0: the default */
	struct recording_options recording;
	struct tracer_options tracer;
	struct run run;		/* collects the labels */
	struct target *targets;	/* none: a command */
	size_t n_targets;
	bool restart, reload;	/* units */
	bool live;
	char **command;		/* NULL: there are targets */
	enum method { METHOD_AUTO, METHOD_BPF, METHOD_NOTIFY } method;
	const char *known;	/* --known; NULL: not given */
	/* "oci-hook": the mode, when a runtime or engine starts it; else NULL */
	const char *engine;
	const char *runtime;	/* of --oci-runtime */
	const char *socket;	/* of --nri */
	struct container_options container;
};

/* The option that only BPF can do, or NULL. */
const char *options_need_bpf(const struct options *o);
/* Prints and exits where the command line makes no sense. */
void options_read(struct options *o, int argc, char **argv);

#endif
