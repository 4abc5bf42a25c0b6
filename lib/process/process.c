/* SPDX-License-Identifier: Apache-2.0 */
#include "process/process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

long process_status(pid_t pid, const char *field)
{
	char path[32], *line = NULL;
	size_t size = 0, n = strlen(field);
	long value = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && value < 0 && getline(&line, &size, file) > 0)
		if (!strncmp(line, field, n) && line[n] == ':')
			value = strtol(line + n + 1, NULL, 10);
	free(line);
	if (file)
		fclose(file);
	return value;
}
