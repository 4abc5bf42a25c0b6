/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that belong to a unit: the drop-ins in UNIT.d beside it, and the
 * profile that a container of podman names (podman-systemd.unit(5)).
 */
#include "profile/systemd-files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "profile/included.h"

/*
 * Returns "DIR/x.service.d/", which the caller frees. NULL: the unit has no
 * path.
 */
static char *drop_in_directory(const char *unit)
{
	return unit && strcmp(unit, "-") ? xasprintf("%s.d/", unit) : NULL;
}

static bool is_conf(const char *name)
{
	size_t n = strlen(name), ending = strlen(".conf");

	return n > ending && !strcmp(name + n - ending, ".conf");
}

static int is_drop_in(const struct dirent *entry)
{
	return *entry->d_name != '.' && is_conf(entry->d_name);
}

/* systemd reads drop-ins in the order of strcmp(3). */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* A link to /dev/null disables drop-ins of that name in other directories. */
static bool is_mask(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISCHR(st.st_mode);
}

static void load_drop_ins(struct host *host)
{
	char *directory = drop_in_directory(host->path);
	struct dirent **entries = NULL;
	int n = directory ? scandir(directory, &entries, is_drop_in,
				    compare_names) : 0;

	/*
	 * Count a directory that cannot be listed as a drop-in that cannot be
	 * read.
	 */
	if (n < 0 && errno != ENOENT && errno != ENOTDIR)
		included_load(&host->included, directory);
	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s%s", directory, entries[i]->d_name);

		if (i <= DROP_INS_MAX && !is_mask(path))
			included_load(&host->included, path);
		free(path);
		free(entries[i]);
	}
	free(entries);
	free(directory);
}

/* Whether the path is a drop-in, or the directory itself. */
static bool is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strncmp(path, directory, n) && (!path[n] || is_conf(path + n));
}

const struct included_file *systemd_drop_in(const struct host *host, size_t i)
{
	char *directory = drop_in_directory(host->path);
	const struct included_file *file = NULL;

	for (size_t at = 0; directory; at++) {
		file = included_at(host->included, at);
		if (!file || (is_below(file->path, directory) && !i--))
			break;
	}
	free(directory);
	return file;
}

char *systemd_profile_path(const struct host *host, const char *value)
{
	return xasprintf("%s%s", host->root ? host->root : "", value);
}

static void load_profile(struct host *host, const char *text)
{
	static const char key[] = "SeccompProfile=";
	char *value, *path;

	while ((text = strstr(text, key))) {
		text += strlen(key);
		value = xasprintf("%.*s", (int)strcspn(text, "\n"), text);
		path = systemd_profile_path(host, text_strip(value));
		if (*text_strip(value) == '/')
			included_load(&host->included, path);
		free(path);
		free(value);
	}
}

void systemd_prepare(struct host *host, const char *text)
{
	const struct included_file *file;

	load_drop_ins(host);
	load_profile(host, text);
	for (size_t i = 0; (file = systemd_drop_in(host, i)); i++)
		if (file->text)
			load_profile(host, file->text);
}

bool systemd_names_calls(const struct host *host, const char *text)
{
	static const char key[] = "SystemCall";
	const struct included_file *file;

	if (strstr(text, key))
		return true;
	for (size_t i = 0; (file = systemd_drop_in(host, i)); i++)
		if (file->text && strstr(file->text, key))
			return true;
	return false;
}
