/* SPDX-License-Identifier: Apache-2.0 */
/* The denials of a Landlock policy: which right, to what, by whom. */
#ifndef DENIED_H
#define DENIED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct denied;

struct denied *denied_new(void);
void denied_free(struct denied *d);
/* `right` as "fs.read_file"; `object` a path, escaped as by path_escape(). */
void denied_add(struct denied *d, const char *right, const char *object,
		const char *image, uint64_t count);
/* Add all denials of another list. */
void denied_add_all(struct denied *d, const struct denied *more);
size_t denied_size(const struct denied *d);
/* Sorted by object; nothing when empty. */
void denied_print(struct denied *d, FILE *out);
/* An array of objects, in the same order. */
void denied_json(struct denied *d, FILE *out);
/* A failed test case for each denial, or one that passed. */
void denied_junit(struct denied *d, FILE *out);

#endif
