/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of a unit, all of which run under its filter. */
#ifndef UNIT_COMMANDS_H
#define UNIT_COMMANDS_H

#include "stream/trace.h"

/*
 * Append to the run's `blind` each command of the unit, as systemd has them,
 * that no image of the trace shows to have been executed: ExecReload=, say.
 */
void unit_commands_check(struct run *run, const struct trace *t,
			 const char *unit);

#endif
