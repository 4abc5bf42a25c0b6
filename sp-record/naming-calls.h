/* SPDX-License-Identifier: Apache-2.0 */
/* With --paths: which calls name what, and in which arguments. */
#ifndef NAMING_CALLS_H
#define NAMING_CALLS_H

struct record;

/*
 * To be called before loading: fills `name_specs` and `name_calls` of the
 * kernel side.
 */
void naming_calls_set(struct record *skel);

#endif
