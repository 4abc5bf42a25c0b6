/* SPDX-License-Identifier: Apache-2.0 */
#include "path-fold.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "kernel/path.h"
#include "names.h"

static void add_runs(struct folded *f, const uint32_t *runs, size_t words)
{
	for (size_t i = 0; i < words; i++)
		f->runs[i] |= runs[i];
}

size_t words_of(size_t n_runs)
{
	return n_runs / 32 + 1;
}

struct folded *folded_path(struct fold *fold, char *path)
{
	struct folded *f;

	HASH_FIND_STR(fold->by_path, path, f);
	if (f) {
		free(path);
		return f;
	}
	f = xcalloc(1, sizeof(*f));
	f->use.pattern = path;
	f->runs = xcalloc(words_of(fold->n_runs), sizeof(*f->runs));
	HASH_ADD_KEYPTR(hh, fold->by_path, f->use.pattern, strlen(f->use.pattern), f);
	return f;
}

void join_folded(struct folded *to, const struct folded *from, size_t words)
{
	to->use.access |= from->use.access;
	to->use.types |= from->use.types;
	to->use.count = count_add(to->use.count, from->use.count);
	to->use.made |= from->use.made;
	to->own |= from->own;
	to->private |= from->private;
	to->removed |= from->removed;
	to->use.rules |= from->use.rules;
	to->use.names += from->use.names;
	add_runs(to, from->runs, words);
}

bool is_nowhere(const char *path)
{
	return *path != '/' || !strncmp(path, "/memfd:", strlen("/memfd:")) ||
		!strncmp(path, "/dev/fd/", strlen("/dev/fd/"));
}

/*
 * Returns the pattern for a file without a name in this directory; the caller
 * frees it.
 */
static char *nameless_in(const char *directory)
{
	return xasprintf("%s/#%c", strcmp(directory, "/") ? directory : "",
			 PATTERN_ANY);
}

/*
 * Whether the kernel made the name for a file without one: d_tmpfile() names it
 * "#" and the number of its inode.
 */
static bool is_nameless(const char *name)
{
	return *name == '#' && name[1] && !name[1 + strspn(name + 1,
							   "0123456789")];
}

char *fold_name(uint32_t access, char *path)
{
	char *pattern = pattern_of(path), *slash = strrchr(pattern, '/'), *name;

	free(path);
	if (access & NAME_DELETED && slash && is_nameless(slash + 1)) {
		*slash = '\0';
		access |= NAME_NAMELESS;
	}
	if (!(access & NAME_NAMELESS))
		return pattern;
	name = nameless_in(*pattern ? pattern : "/");
	free(pattern);
	return name;
}

bool is_usable(const struct fact *fact)
{
	uint32_t access = fact->id.nr;

	return !(access & (NAME_CUT | NAME_UNREAD)) &&
		!path_is_doubted(access) &&
		path_needs_right(access, fact->answer);
}

struct folded *find_folded(const struct fold *fold, const char *path)
{
	struct folded *f;

	HASH_FIND_STR(fold->by_path, path, f);
	return f;
}
