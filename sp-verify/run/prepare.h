/* SPDX-License-Identifier: Apache-2.0 */
/* Prepares every command that sp-verify runs: its user and its signals. */
#ifndef PREPARE_H
#define PREPARE_H

#include "options.h"
#include "process/command.h"
#include "process/forward.h"

struct prepared {
	struct forward forward;
	struct command_user user;
	struct command command;
};

/*
 * Look up the user, if there is a command, and hold the signals. An unknown
 * user ends the program. False: printed and latched. prepare_end() in either
 * case.
 */
bool prepare(struct prepared *w, const struct options *o);
void prepare_end(struct prepared *w);

#endif
