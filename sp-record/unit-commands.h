/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of a unit, which all run under its filter. */
#ifndef UNIT_COMMANDS_H
#define UNIT_COMMANDS_H

#include "stream/trace.h"

/*
 * Append to the run's `blind` each command that systemd has for the unit and
 * that no image of the trace has executed: ExecReload=, say.
 */
void unit_commands_check(struct run *run, const struct trace *t,
			 const char *unit);

#endif
