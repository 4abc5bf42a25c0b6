/* SPDX-License-Identifier: Apache-2.0 */
/* Fills in the run record when a recording or verification begins. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

#include "process/command.h"
#include "stream/run.h"

/*
 * Fills in all data that are known before the start. `argv` NULL leaves the
 * command line out; `user` NULL means the caller's ids. Returns 0 or -errno.
 */
int describe_run(struct run *run, char **argv, const char *name,
		 const struct command_user *user);
/*
 * Does the same for a running process. If `pid` is 0, the process is unknown,
 * and the caller's ids are used. `with_argv` puts its command line into the
 * record. `name` NULL: the command line is the name.
 */
int describe_process(struct run *run, pid_t pid, bool with_argv,
		     const char *name);
/*
 * Adds "key=value", replacing an earlier value. Returns false if the label has
 * another form.
 */
bool describe_label(struct run *run, const char *label);
/* Appends to a list that ends with NULL: `how` or `blind` of a run. */
void describe_append(char ***list, const char *text);

#endif
