/* SPDX-License-Identifier: Apache-2.0 */
/* Names of systemd's units: systemd.unit(5). */
#ifndef UNIT_NAME_H
#define UNIT_NAME_H

#include <stdbool.h>

/* With ".service" if there is no dot in it; heap. */
char *unit_name_whole(const char *name);
/* Whether a unit can have such a whole name, of whatever type. */
bool unit_name_is_valid(const char *unit);

#endif
