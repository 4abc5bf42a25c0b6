/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With --paths: the calls with names, and the arguments that hold these names.
 */
#ifndef NAMING_CALLS_H
#define NAMING_CALLS_H

struct record;

/*
 * Fills in `name_specs` and `name_calls` of the kernel side. Call it before
 * loading.
 */
void naming_calls_set(struct record *skel);

#endif
