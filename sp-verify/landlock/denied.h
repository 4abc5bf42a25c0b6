/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Denials by a Landlock policy. Each has a right, an object, and the program.
 */
#ifndef DENIED_H
#define DENIED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "report/room.h"

struct denied;

/* `room` must outlive the list; several lists can share it. */
struct denied *denied_new(struct room *room);
void denied_free(struct denied *d);
/*
 * Adds a denial. `right` is a name such as "fs.read_file"; `object` is a path,
 * escaped as by path_escape().
 */
void denied_add(struct denied *d, const char *right, const char *object,
		const char *image, uint64_t count);
/* Adds all denials of another list. */
void denied_add_all(struct denied *d, const struct denied *more);
/* Returns the number of rows, plus 1 if the list had no room for a denial. */
size_t denied_size(const struct denied *d);
/* Returns how many denials of other objects had no room in the list. */
uint64_t denied_more(const struct denied *d);
/* Prints the denials, sorted by object. Without a denial, prints nothing. */
void denied_print(struct denied *d, FILE *out);
/* Prints an array of objects, in the same order. */
void denied_json(struct denied *d, FILE *out);
/* Writes a failed test case for each denial, or one passed test case. */
void denied_junit(struct denied *d, FILE *out);

#endif
