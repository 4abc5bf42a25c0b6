/* SPDX-License-Identifier: Apache-2.0 */
/* With --paths: which calls name what, and by which arguments. */
#ifndef NAMING_CALLS_H
#define NAMING_CALLS_H

struct record;

/* Before loading: `name_specs` and `name_calls` of the kernel side. */
void naming_calls_set(struct record *skel);

#endif
