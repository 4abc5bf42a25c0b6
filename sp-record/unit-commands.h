/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of a unit, which all run under its filter. */
#ifndef UNIT_COMMANDS_H
#define UNIT_COMMANDS_H

#include "stream/trace.h"

/*
 * Appends each command of the unit that was not recorded to the run's `blind`,
 * such as ExecReload=: it is in the unit, but no image of the trace executed
 * it.
 */
void unit_commands_check(struct run *run, const struct trace *t,
			 const char *unit);

#endif
