/* SPDX-License-Identifier: Apache-2.0 */
/* The mappings of a process: /proc/PID/maps, proc(5). */
#ifndef MAPPING_H
#define MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mapping {
	uint64_t start, end, offset, inode;
	uint32_t device_major, device_minor;
	bool executable;
	char *path;		/* as the process sees it; "//anon"; "" */
};

/*
 * Parses one line of that file. Returns false if it is malformed. The caller
 * frees the path.
 */
bool mapping_parse(const char *line, struct mapping *m);
void mapping_list_free(struct mapping *list, size_t n);

#endif
