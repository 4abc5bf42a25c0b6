/* SPDX-License-Identifier: Apache-2.0 */
/* What every command that sp-verify runs needs: its user and its signals. */
#ifndef WORKLOAD_H
#define WORKLOAD_H

#include "options.h"
#include "process/command.h"
#include "process/passing.h"

struct workload {
	struct passing passing;
	struct command_user user;
	struct command command;
};

/*
 * Find the user, if there is a command, and hold the signals; a user that does
 * not exist ends the program. False: printed and latched. workload_end() in
 * either case.
 */
bool workload_begin(struct workload *w, const struct options *o);
void workload_end(struct workload *w);

#endif
