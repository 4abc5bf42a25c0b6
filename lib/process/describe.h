/* SPDX-License-Identifier: Apache-2.0 */
/* The run record of what is about to begin: a recording or a verification. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>

#include "process/command.h"
#include "stream/run.h"

/*
 * Fill in everything that is known before the start; `argv` NULL is left
 * out. Of `user` NULL the caller's ids are taken. 0 or -errno.
 */
int describe_run(struct run *run, char **argv, const char *name,
		 const struct command_user *user);
/*
 * The same for what runs already, described by the process (0: unknown, and
 * the caller is): its argv is in the record when `with_argv`. `name` NULL is
 * its command line.
 */
int describe_process(struct run *run, pid_t pid, bool with_argv,
		     const char *name);
/* "key=value", a later one replaces an earlier one; false when it is none. */
bool describe_label(struct run *run, const char *label);
/* Append to a NULL-terminated list: `how` and `blind` of a run. */
void describe_append(char ***list, const char *text);

#endif
