/* SPDX-License-Identifier: Apache-2.0 */
#include "process/mapping.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

bool mapping_parse(const char *line, struct mapping *m)
{
	char mode[8];
	int at = 0;

	*m = (struct mapping){ 0 };
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64
		   " %" SCNx32 ":%" SCNx32 " %" SCNu64 " %n",
		   &m->start, &m->end, mode, &m->offset, &m->device_major,
		   &m->device_minor, &m->inode, &at) < 7 || strlen(mode) < 3)
		return false;
	m->executable = mode[2] == 'x';
	m->path = xasprintf("%.*s", at ? (int)strcspn(line + at, "\n") : 0,
			    line + at);
	return true;
}

void mapping_list_free(struct mapping *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(list[i].path);
	free(list);
}
