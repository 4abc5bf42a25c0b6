/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fills in the run record of a recording or verification that is about to
 * begin.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

#include "process/command.h"
#include "stream/run.h"

/*
 * Fill in everything that is known before the start; with `argv` NULL it is
 * left out, with `user` NULL the caller's ids are taken. 0 or -errno.
 */
int describe_run(struct run *run, char **argv, const char *name,
		 const struct command_user *user);
/*
 * The same for a target that runs already, taken from the process (0: unknown,
 * then the caller's ids are used). The record has its argv if `with_argv`.
 * `name` NULL: its command line is the name.
 */
int describe_process(struct run *run, pid_t pid, bool with_argv,
		     const char *name);
/*
 * Add "key=value", which replaces an earlier value; false: it has another form.
 */
bool describe_label(struct run *run, const char *label);
/* Append to a NULL-terminated list: `how` or `blind` of a run. */
void describe_append(char ***list, const char *text);

#endif
