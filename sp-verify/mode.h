/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The modes of sp-verify. Each is a function in mode.c of the folder with its
 * name. A mode prints its results and latches the exit status.
 */
#ifndef MODE_H
#define MODE_H

#include "options.h"

void mode_simulate(const struct options *o);
void mode_run(const struct options *o);
void mode_replay(const struct options *o);		/* run/ */
void mode_audit(const struct options *o);
void mode_score(const struct options *o);
void mode_landlock(const struct options *o);
void mode_landlock_run(const struct options *o);	/* landlock/ */

#endif
