/* SPDX-License-Identifier: Apache-2.0 */
#include "process/process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/*
 * Reads a field of /proc/PID/status, up to the newline. Returns a text that the
 * caller frees, or NULL. The process's name in that file is escaped, so that it
 * cannot imitate another field.
 */
static char *status_field(pid_t pid, const char *field)
{
	char path[32], *line = NULL, *value = NULL;
	size_t size = 0, n = strlen(field);
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	file = fopen(path, "re");
	while (file && !value && getline(&line, &size, file) > 0)
		if (!strncmp(line, field, n) && line[n] == ':')
			value = xstrdup(line + n + 1);
	free(line);
	if (file)
		fclose(file);
	return value;
}

long process_status(pid_t pid, const char *field)
{
	char *text = status_field(pid, field);
	long value = text ? strtol(text, NULL, 10) : -1;

	free(text);
	return value;
}

/*
 * The process's name can contain any bytes, such as ")" and spaces: search from
 * the end.
 */
long process_stat(pid_t pid, enum process_stat_field field)
{
	char path[32], line[1024] = "", *at;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	line[fread(line, 1, sizeof(line) - 1, file)] = '\0';
	fclose(file);
	at = strrchr(line, ')');
	if (!at++)
		return -1;
	for (int i = 0; i <= (int)field; i++) {
		at = strchr(at, ' ');
		if (!at++)
			return -1;
	}
	return strtol(at, NULL, 10);
}

/*
 * /proc/PID/stat has the state of the first thread, which can end before the
 * others.
 */
bool process_lives(pid_t pid)
{
	char *state = status_field(pid, "State");
	bool lives;

	if (state)
		lives = !strpbrk(state, "ZX") ||
			process_status(pid, "Threads") > 1;
	else
		lives = !kill(pid, 0) || errno != ESRCH;
	free(state);
	return lives;
}
