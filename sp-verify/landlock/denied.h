/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The denials of a Landlock policy: the right, the object, and the program to
 * which it was denied.
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
 * `right` is such as "fs.read_file"; `object` is a path, escaped as by
 * path_escape().
 */
void denied_add(struct denied *d, const char *right, const char *object,
		const char *image, uint64_t count);
/* Adds all denials of another list. */
void denied_add_all(struct denied *d, const struct denied *more);
/* The number of rows, and one more if the list had no room for a denial. */
size_t denied_size(const struct denied *d);
/* How many denials of other objects the list had no room for. */
uint64_t denied_more(const struct denied *d);
/* Prints the denials sorted by object. Without a denial it prints nothing. */
void denied_print(struct denied *d, FILE *out);
/* Prints an array of objects, in the same order. */
void denied_json(struct denied *d, FILE *out);
/* Writes a failed test case for each denial, or one passed test case. */
void denied_junit(struct denied *d, FILE *out);

#endif
