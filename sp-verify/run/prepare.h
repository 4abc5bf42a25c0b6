/* SPDX-License-Identifier: Apache-2.0 */
/* Prepares the user and the signals for all commands that sp-verify runs. */
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
 * Looks up the user, if a command is run, and blocks the signals. Exits for an
 * unknown user. Returns false if it printed and latched an error. Call
 * prepare_end() in either case.
 */
bool prepare(struct prepared *w, const struct options *o);
void prepare_end(struct prepared *w);

#endif
