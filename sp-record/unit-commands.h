/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of a unit. They all run under its filter. */
#ifndef UNIT_COMMANDS_H
#define UNIT_COMMANDS_H

#include "stream/trace.h"

/*
 * Appends to the run's `blind` each command of the unit that was not recorded,
 * such as ExecReload=: systemd knows it, but no image of the trace executed it.
 */
void unit_commands_check(struct run *run, const struct trace *t,
			 const char *unit);

#endif
