/* SPDX-License-Identifier: Apache-2.0 */
/* Names of systemd's units: systemd.unit(5). */
#ifndef UNIT_NAME_H
#define UNIT_NAME_H

#include <stdbool.h>

/* Adds ".service" to a name without a dot; the caller frees the result. */
char *unit_name_whole(const char *name);
/* Whether this is a valid full name of a unit, of any type. */
bool unit_name_is_valid(const char *unit);

#endif
