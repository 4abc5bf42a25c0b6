/* SPDX-License-Identifier: Apache-2.0 */
#include "paths.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/path.h"
#include "names.h"
#include "random-name.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

/*
 * Added to an escaped byte, so that it is neither a letter nor a digit, which
 * the rules would match.
 */
enum { ESCAPED = 2 };

static const struct {
	const char *name;
	unsigned int rule;
} rule_names[] = {
	{ "pid", GENERAL_PID }, { "tmp", GENERAL_TMP },
	{ "hash", GENERAL_HASH }, { "date", GENERAL_DATE },
	{ "runs", GENERAL_RUNS }, { "version", GENERAL_VERSION },
	{ "usual", GENERAL_USUAL }, { "all", GENERAL_ALL }, { "none", 0 },
};
enum { N_RULES = sizeof(rule_names) / sizeof(rule_names[0]) };

bool general_parse(const char *list, unsigned int *rules)
{
	*rules = 0;
	while (list) {
		size_t length = strcspn(list, ","), i;

		for (i = 0; i < N_RULES; i++)
			if (strlen(rule_names[i].name) == length &&
			    !memcmp(rule_names[i].name, list, length))
				break;
		if (i == N_RULES)
			return false;
		*rules |= rule_names[i].rule;
		list = list[length] ? list + length + 1 : NULL;
	}
	return true;
}

char *path_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash || slash == path ? xstrdup("/") :
		xasprintf("%.*s", (int)(slash - path), path);
}

char *pattern_of(const char *path)
{
	char *pattern = xcalloc(2 * strlen(path) + 1, 1), *to = pattern;

	for (; *path; path++) {
		bool looks = *path == PATTERN_ANY || *path == PATTERN_ESCAPE;

		if (looks)
			*to++ = PATTERN_ESCAPE;
		*to++ = *path + (looks ? ESCAPED : 0);
	}
	return pattern;
}

int pattern_next(const char **pattern)
{
	const char *at = *pattern;

	if (!*at)
		return 0;
	*pattern += 1 + (*at == PATTERN_ESCAPE);
	return *at == PATTERN_ANY ? -1 : *at == PATTERN_ESCAPE ?
		at[1] - ESCAPED : (unsigned char)*at;
}

bool pattern_is_path(const char *pattern)
{
	return !strchr(pattern, PATTERN_ANY);
}

char *pattern_path(const char *pattern)
{
	char *path = xcalloc(strlen(pattern) + 1, 1), *to = path;
	int c;

	while ((c = pattern_next(&pattern)) > 0)
		*to++ = c;
	if (!c)
		return path;
	free(path);
	return NULL;
}

char *pattern_literal(const char *pattern)
{
	const char *any = strchr(pattern, PATTERN_ANY);
	char *start, *literal;

	if (!any)
		return xstrdup(pattern);
	start = xasprintf("%.*s", (int)(any - pattern), pattern);
	literal = path_parent(start);
	free(start);
	return literal;
}

/* A path while it is folded. */
struct folded {
	UT_hash_handle hh;
	struct path_use use;
	bool own;		/* it was created or removed by the run */
	bool private;		/* created as temporary files are: NAME_PRIVATE */
	bool moves;		/* there is a record of where it moved */
	uint32_t *runs;		/* bits: which runs have it */
};

struct fold {
	struct folded *by_path;
	struct path_move *moves;
	size_t n_moves;
	size_t n_runs, doubtful;
};

/* Components. Each of these gives the length of what it matches, or 0. */

static size_t digits(const char *s, size_t n)
{
	size_t i = 0;

	while (i < n && isdigit((unsigned char)s[i]))
		i++;
	return i;
}

static size_t hexadecimal(const char *s, size_t n)
{
	size_t i = 0, numbers = 0;

	for (; i < n && (isdigit((unsigned char)s[i]) ||
			 (s[i] >= 'a' && s[i] <= 'f')); i++)
		numbers += isdigit((unsigned char)s[i]) != 0;
	return numbers ? i : 0;
}

/* 8-4-4-4-12 */
static size_t uuid(const char *s, size_t n)
{
	static const size_t parts[] = { 8, 4, 4, 4, 12 };
	size_t at = 0;

	for (size_t i = 0; i < 5; i++) {
		for (size_t k = 0; k < parts[i]; k++, at++)
			if (at >= n || !isxdigit((unsigned char)s[at]))
				return 0;
		if (i < 4 && (at >= n || s[at++] != '-'))
			return 0;
	}
	return at;
}

static size_t hash(const char *s, size_t n)
{
	enum { HASH_MIN = 16 };
	size_t length = uuid(s, n);

	if (length)
		return length;
	length = hexadecimal(s, n);
	return length >= HASH_MIN ? length : 0;
}

static int number(const char *s, size_t n)
{
	int value = 0;

	for (size_t i = 0; i < n; i++)
		value = 10 * value + (s[i] - '0');
	return value;
}

static bool is_date(const char *year, const char *month, const char *day)
{
	int m = number(month, 2), d = number(day, 2), y = number(year, 4);

	return y >= 1970 && y < 2100 && m >= 1 && m <= 12 && d >= 1 && d <= 31;
}

/* What may follow a date: digits and what stands between those of a time. */
static size_t date(const char *s, size_t n)
{
	size_t length = 0;

	if (digits(s, n) == 4 && n >= 10 && s[4] == '-' && s[7] == '-' &&
	    digits(s + 5, 2) == 2 && digits(s + 8, 2) == 2 &&
	    is_date(s, s + 5, s + 8))
		length = 10;
	else if ((digits(s, n) == 8 || digits(s, n) >= 12) &&
		 is_date(s, s + 4, s + 6))
		length = digits(s, n);
	while (length && length + 1 < n && strchr("-_T:.", s[length]) &&
	       isdigit((unsigned char)s[length + 1]))
		length += 1 + digits(s + length + 1, n - length - 1);
	return length;
}

/* 1.2 and 1.2.3, with a letter or a revision after it: 1.1.1n, 1.2-3. */
static size_t version(const char *s, size_t n)
{
	size_t length = digits(s, n), next;

	if (!length || length + 1 >= n || s[length] != '.' ||
	    !digits(s + length + 1, n - length - 1))
		return 0;
	while (length + 1 < n && strchr(".-+~_", s[length])) {
		next = digits(s + length + 1, n - length - 1);
		if (!next)
			break;
		length += 1 + next;
	}
	if (length < n && islower((unsigned char)s[length]) &&
	    (length + 1 == n || !isalnum((unsigned char)s[length + 1])))
		length++;
	return length;
}

char *path_shorter_version(const char *path)
{
	const char *name = strrchr(path, '/');
	const char *suffix = name ? strstr(name, ".so.") : NULL;
	const char *dot = strrchr(path, '.');

	if (!suffix || dot <= suffix + 3 ||
	    !isdigit((unsigned char)suffix[strlen(".so.")]))
		return NULL;
	return xasprintf("%.*s", (int)(dot - path), path);
}

struct rewriting {
	struct folded *all;	/* by path */
	const char *path;	/* what is rewritten */
	char *to;
	unsigned int rules, used;
};

/* What is made up in a name, if the run itself made the file or directory. */
static struct name_part made_up(const struct rewriting *r, const char *name,
				size_t n)
{
	struct folded *f;

	HASH_FIND(hh, r->all, r->path, name + n - r->path, f);
	return r->rules & GENERAL_TMP && f && f->own ?
		random_part(name, n, f->private) : (struct name_part){ n, 0 };
}

static void put_any(struct rewriting *r, unsigned int rule)
{
	*r->to++ = PATTERN_ANY;
	r->used |= rule;
}

static bool is_start(const char *s, const char *component)
{
	return s == component || !isalnum((unsigned char)s[-1]);
}

/* What stands from S to END in a component. */
static void rewrite_part(struct rewriting *r, const char *component,
			 const char *s, const char *end)
{
	while (s < end) {
		size_t left = end - s, length = 0;
		unsigned int rule = GENERAL_DATE;

		if (r->rules & GENERAL_DATE && is_start(s, component))
			length = date(s, left);
		if (!length && r->rules & GENERAL_HASH &&
		    is_start(s, component)) {
			length = hash(s, left);
			rule = GENERAL_HASH;
		}
		if (!length && r->rules & GENERAL_VERSION &&
		    (s == component || !isdigit((unsigned char)s[-1]))) {
			length = version(s, left);
			rule = GENERAL_VERSION;
		}
		if (length)
			put_any(r, rule);
		else
			*r->to++ = *s;
		s += length ? length : 1;
	}
}

static void rewrite_component(struct rewriting *r, const char *s, size_t n,
			      bool is_pid)
{
	struct name_part part;

	if (is_pid && r->rules & GENERAL_PID && n && digits(s, n) == n) {
		put_any(r, GENERAL_PID);
		return;
	}
	part = made_up(r, s, n);
	if (!part.size)
		part.at = n;
	rewrite_part(r, s, s, s + part.at);
	if (part.size)
		put_any(r, GENERAL_TMP);
	rewrite_part(r, s, s + part.at + part.size, s + n);
}

/* A pattern of the path by these rules; heap. */
static char *generalize(const char *path, struct folded *all,
			unsigned int rules, unsigned int *used)
{
	bool in_proc = !strncmp(path, "/proc/", strlen("/proc/"));
	bool in_pts = !strncmp(path, "/dev/pts/", strlen("/dev/pts/"));
	char *text = xcalloc(strlen(path) + 1, 1);
	struct rewriting r = {
		.all = all, .path = path, .to = text, .rules = rules,
	};

	/*
	 * "/proc/12/task/13/x": the second and the fourth can be pids. The
	 * kernel numbers terminals as they come, too.
	 */
	for (size_t i = 0; *path; i++) {
		size_t n;

		while (*path == '/')
			*r.to++ = *path++;
		n = strcspn(path, "/");
		rewrite_component(&r, path, n,
				  in_proc ? i == 1 || i == 3 :
				  in_pts && i == 2);
		path += n;
	}
	*used = r.used;
	return text;
}

/* Folding. */

static void add_runs(struct folded *f, const uint32_t *runs, size_t words)
{
	for (size_t i = 0; i < words; i++)
		f->runs[i] |= runs[i];
}

static size_t words_of(size_t n_runs)
{
	return n_runs / 32 + 1;
}

/* Takes over the path. */
static struct folded *folded_path(struct fold *fold, char *path)
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

static void join(struct folded *to, const struct folded *from, size_t words)
{
	to->use.access |= from->use.access;
	to->use.types |= from->use.types;
	to->use.count += from->use.count;
	to->use.made |= from->use.made;
	to->own |= from->own;
	to->private |= from->private;
	to->use.rules |= from->use.rules;
	to->use.names += from->use.names;
	add_runs(to, from->runs, words);
}

enum { REGULAR = 8, DIRECTORY = 4 };	/* S_IFMT types */

/* What is in no directory. */
static bool is_nowhere(const char *path)
{
	return *path != '/' || !strncmp(path, "/memfd:", strlen("/memfd:")) ||
		!strncmp(path, "/dev/fd/", strlen("/dev/fd/"));
}

/* A file without a name, in a directory; heap. */
static char *nameless_in(const char *directory)
{
	return xasprintf("%s/#%c", strcmp(directory, "/") ? directory : "",
			 PATTERN_ANY);
}

/* d_tmpfile() calls a file without a name "#" and its inode's number. */
static bool is_nameless(const char *name)
{
	return *name == '#' && name[1] && !name[1 + strspn(name + 1,
							   "0123456789")];
}

/*
 * By what pattern a fact's path is folded; takes it over. Recorders that knew
 * nothing of files without a name noted them as deleted, by the kernel's name.
 */
static char *fold_name(uint32_t access, char *path)
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

bool path_is_below(const char *path, const char *directory)
{
	size_t n = strlen(directory);

	return !strcmp(directory, "/") ||
		(!strncmp(path, directory, n) && (!path[n] || path[n] == '/'));
}

static uint32_t type_bit(uint32_t access)
{
	uint32_t bit = 1U << ((access & NAME_TYPE) >> NAME_TYPE_SHIFT);

	return bit == 1 && (access & (NAME_DELETE | NAME_RENAME)) == NAME_DELETE ?
		PATH_UNLINKED : bit;
}

/* Whether O_CREAT would make the file: the kernel's own are always there. */
static bool may_be_made(uint32_t access, const char *path)
{
	return access & NAME_NAMELESS ||
		(access & NAME_ENSURE && type_bit(access) == 1U << REGULAR &&
		 !path_is_below(path, "/proc") &&
		 !path_is_below(path, "/sys"));
}

static bool is_made_private(uint32_t access)
{
	return access & NAME_CREATE && access & NAME_PRIVATE;
}

static bool is_usable(const struct fact *fact)
{
	uint32_t access = fact->id.nr;

	return !(access & (NAME_CUT | NAME_UNREAD)) &&
		!path_is_doubted(access) &&
		path_needs_right(access, fact->answer);
}

/* systemd, before it executes a service, makes RuntimeDirectory= and the like. */
static bool is_manager(const struct image *image)
{
	const char *dir = image->path ? strstr(image->path, "/systemd/") : NULL;

	return dir && (!strcmp(dir, "/systemd/systemd") ||
		       !strcmp(dir, "/systemd/systemd-executor"));
}

/*
 * What the run made, by whichever image. What the service's manager made is
 * there before a policy is in force.
 */
static void fold_made(struct fold *fold, const struct fact *fact)
{
	char *path = path_of_fact(fact);
	uint32_t access = fact->id.nr;
	struct folded *f;

	if (!is_usable(fact) || is_nowhere(path) ||
	    !(access & (NAME_CREATE | NAME_DELETE))) {
		free(path);
		return;
	}
	f = folded_path(fold, fold_name(access, path));
	f->use.made = f->own = true;
	f->private |= is_made_private(access);
}

/* The phases of one recording are one run: they share what they name. */
static uint32_t recording_of(const struct trace *t, uint32_t run)
{
	while (run_is_later_part(t->runs, run))
		run--;
	return run;
}

static void add_sightings(struct folded *f, const struct trace *t,
			  const struct fact *fact)
{
	for (size_t i = 0; i < fact->n_sightings; i++) {
		uint32_t run = recording_of(t, fact->sightings[i].run);

		f->runs[run / 32] |= 1U << run % 32;
	}
}

static void fold_fact(struct fold *fold, const struct trace *t,
		      const struct fact *fact)
{
	uint32_t access = fact->id.nr;
	char *path = path_of_fact(fact);
	struct folded *f;

	if (access & (NAME_CUT | NAME_UNREAD))
		fold->doubtful++;
	if (!is_usable(fact) || is_nowhere(path)) {
		free(path);
		return;
	}
	f = folded_path(fold, fold_name(access, path));
	f->use.access |= access & NAME_ACCESS;
	if ((access & NAME_ACCESS) != NAME_LOOK || access & NAME_TYPE)
		f->use.types |= type_bit(access);
	f->use.count += fact_count(fact);
	f->own |= access & (NAME_CREATE | NAME_DELETE);
	f->private |= is_made_private(access);
	f->use.made |= f->own || may_be_made(access, f->use.pattern);
	f->use.names = 1;
	add_sightings(f, t, fact);
}

static struct folded *find_folded(const struct fold *fold, const char *path)
{
	struct folded *f;

	HASH_FIND_STR(fold->by_path, path, f);
	return f;
}

/*
 * A service removes the socket or the file that an earlier run left behind, and
 * makes its own. There was none to remove while it was recorded, and there will
 * be one after a crash.
 */
static void fold_removal(struct fold *fold, const struct fact *fact)
{
	uint32_t access = fact->id.nr;
	struct folded *f;
	char *pattern;

	if (!(access & NAME_DELETE) || access & NAME_RENAME ||
	    fact->answer != -ENOENT || access & (NAME_CUT | NAME_UNREAD) ||
	    path_is_doubted(access))
		return;
	pattern = fold_name(access, path_of_fact(fact));
	f = find_folded(fold, pattern);
	if (f && f->use.access & NAME_CREATE)
		f->use.access |= NAME_DELETE;
	free(pattern);
}

/* Moves. */

static bool same_directory(const char *a, const char *b)
{
	char *x = path_parent(a), *y = path_parent(b);
	bool same = !strcmp(x, y);

	free(x);
	free(y);
	return same;
}

/* Takes over the paths. */
static void add_move(struct fold *fold, char *from, char *to, uint32_t access)
{
	fold->moves = xgrow(fold->moves, fold->n_moves, sizeof(*fold->moves));
	fold->moves[fold->n_moves++] = (struct path_move){
		.from = from, .to = to, .access = access,
		.same_directory = same_directory(from, to),
	};
}

/*
 * A move that no rule can use still shows where its ends moved, so that none of
 * them is paired with others by guess_moves().
 */
static void fold_move(struct fold *fold, const struct fact *fact)
{
	uint32_t access = fact->id.nr;
	char *from = path_of_fact(fact);
	char *to = xstrdup(from + strlen(from) + 1);
	bool usable = is_usable(fact) && !is_nowhere(from) && !is_nowhere(to);
	struct folded *f, *t;

	from = fold_name(access & NAME_NAMELESS, from);
	to = fold_name(0, to);
	f = find_folded(fold, from);
	t = find_folded(fold, to);
	if (f)
		f->moves = true;
	if (t)
		t->moves = true;
	if (usable) {
		add_move(fold, from, to,
			 access & (NAME_RENAME | NAME_LINK | NAME_DELETE));
		return;
	}
	free(from);
	free(to);
}

/* A name that moved to or from nobody knows where. */
static bool is_unpaired(const struct folded *f, bool source)
{
	uint32_t access = f->use.access;

	if (f->moves || !(access & (NAME_RENAME | NAME_LINK)))
		return false;
	return source ? access & NAME_DELETE || access & NAME_LINK :
		access & NAME_CREATE;
}

/* A directory that has been seen. */
struct seen {
	UT_hash_handle hh;
	char path[];
};

/* Whether it is the first name in its directory. */
static bool see_directory(struct seen **seen, const char *path)
{
	char *parent = path_parent(path);
	size_t length = strlen(parent);
	struct seen *s;

	HASH_FIND(hh, *seen, parent, length, s);
	if (!s) {
		struct seen *new = xcalloc(1, sizeof(*new) + length + 1);

		memcpy(new->path, parent, length);
		HASH_ADD_KEYPTR(hh, *seen, new->path, length, new);
	}
	free(parent);
	return !s;
}

/* One such name of each directory: the rest of them adds nothing. */
static struct folded **find_unpaired(const struct fold *fold, bool source,
				     size_t *n)
{
	struct folded **found = NULL, *f = NULL, *next;
	struct seen *seen = NULL, *s, *next_seen;

	*n = 0;
	HASH_ITER(hh, fold->by_path, f, next) {
		if (!is_unpaired(f, source) ||
		    !see_directory(&seen, f->use.pattern))
			continue;
		found = xgrow(found, *n, sizeof(struct folded *));
		found[(*n)++] = f;
	}
	HASH_ITER(hh, seen, s, next_seen) {
		HASH_DELETE(hh, seen, s);
		free(s);
	}
	return found;
}

/* The older recordings: from each directory to each. */
static void guess_moves(struct fold *fold)
{
	size_t n, m;
	struct folded **from = find_unpaired(fold, true, &n);
	struct folded **to = find_unpaired(fold, false, &m);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			add_move(fold, xstrdup(from[i]->use.pattern),
				 xstrdup(to[k]->use.pattern),
				 from[i]->use.access &
				 (NAME_RENAME | NAME_LINK));
	free(from);
	free(to);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All paths, sorted; the caller frees the array. */
static const char **sort_names(const struct fold *fold)
{
	const char **names = xcalloc(HASH_COUNT(fold->by_path) + 1,
				     sizeof(*names));
	struct folded *f = NULL, *next;
	size_t n = 0;

	HASH_ITER(hh, fold->by_path, f, next) {
		names[n++] = f->use.pattern;
	}
	if (n)
		qsort(names, n, sizeof(*names), by_name);
	return names;
}

/* The first name after "directory/", in the order of the names, tells. */
static bool has_names_below(const struct fold *fold, const char **names,
			    const char *directory)
{
	char *start = xasprintf("%s/", directory);
	size_t low = 0, n = HASH_COUNT(fold->by_path), high = n;
	bool has;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names[middle], start) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	has = low < n && !strncmp(names[low], start, strlen(start));
	free(start);
	return has;
}

/*
 * What is moved has one type under both names; a directory has names below it,
 * whichever of the two it had then.
 */
static void learn_type(struct fold *fold, const char **names,
		       struct path_move *move)
{
	struct folded *from = find_folded(fold, move->from);
	struct folded *to = find_folded(fold, move->to);
	uint32_t types = (from ? from->use.types : 0) |
		(to ? to->use.types : 0);

	if (move->access == NAME_LINK)		/* of no directory */
		types |= 1U << REGULAR;
	else if (!(types & ~(1U | PATH_UNLINKED)) &&
		 (has_names_below(fold, names, move->from) ||
		  has_names_below(fold, names, move->to)))
		types |= 1U << DIRECTORY;
	types &= ~(1U | PATH_UNLINKED);
	move->types = types ? types : 1;
	if (from)
		from->use.types |= move->types;
	if (to)
		to->use.types |= move->types;
}

static void fold_moves(struct fold *fold, const struct facts *moves)
{
	const char **names;

	for (size_t i = 0; i < moves->n; i++)
		fold_move(fold, moves->at[i]);
	guess_moves(fold);
	names = sort_names(fold);
	for (size_t i = 0; i < fold->n_moves; i++)
		learn_type(fold, names, &fold->moves[i]);
	free(names);
}

static int compare_moves(const void *a, const void *b)
{
	const struct path_move *x = a, *y = b;
	int order = strcmp(x->from, y->from);

	if (!order)
		order = strcmp(x->to, y->to);
	if (!order)
		order = (x->access > y->access) - (x->access < y->access);
	return order ? order : x->same_directory - y->same_directory;
}

static void free_move(struct path_move *move)
{
	free(move->from);
	free(move->to);
}

/* Many become one when their names become patterns. */
static void join_moves(struct fold *fold)
{
	size_t n = 0;

	array_sort(fold->moves, fold->n_moves, sizeof(*fold->moves),
		   compare_moves);
	for (size_t i = 0; i < fold->n_moves; i++) {
		struct path_move *move = &fold->moves[i];

		if (n && !compare_moves(&fold->moves[n - 1], move)) {
			fold->moves[n - 1].types |= move->types;
			free_move(move);
		} else {
			fold->moves[n++] = *move;
		}
	}
	fold->n_moves = n;
}

/* The name of a path by some rules; heap. */
typedef char *(*naming)(const struct fold *fold, struct folded *all,
			const struct folded *f, void *arg, unsigned int *used);

static void rename_end(const struct fold *fold, struct folded *all,
		       naming name, void *arg, char **path)
{
	unsigned int used = 0;
	struct folded *f;
	char *to;

	HASH_FIND_STR(all, *path, f);
	if (!f)
		return;
	to = name(fold, all, f, arg, &used);
	free(*path);
	*path = to;
}

/* By another name where the rules say so. */
static void regroup(struct fold *fold, naming name, void *arg)
{
	struct folded *old = fold->by_path, *f, *next;

	for (size_t i = 0; i < fold->n_moves; i++) {
		rename_end(fold, old, name, arg, &fold->moves[i].from);
		rename_end(fold, old, name, arg, &fold->moves[i].to);
	}
	join_moves(fold);
	fold->by_path = NULL;
	HASH_ITER(hh, old, f, next) {
		unsigned int used = 0;
		char *path = name(fold, old, f, arg, &used);

		f->use.rules |= used;
		join(folded_path(fold, path), f, words_of(fold->n_runs));
	}
	HASH_ITER(hh, old, f, next) {
		HASH_DELETE(hh, old, f);
		free(f->use.pattern);
		free(f->runs);
		free(f);
	}
}

static char *name_by_rules(const struct fold *fold, struct folded *all,
			   const struct folded *f, void *arg,
			   unsigned int *used)
{
	(void)fold;
	return generalize(f->use.pattern, all, *(unsigned int *)arg, used);
}

/* Numbers that differ between runs. */

/* With each number of the path a PATTERN_ANY; heap. NULL: it has none. */
static char *shape_of(const char *path)
{
	char *shape = xcalloc(strlen(path) + 1, 1), *to = shape;
	bool any = false;

	while (*path) {
		size_t n = digits(path, strlen(path));

		*to++ = n ? PATTERN_ANY : *path;
		any |= n != 0;
		path += n ? n : 1;
	}
	if (any)
		return shape;
	free(shape);
	return NULL;
}

struct shape {
	UT_hash_handle hh;
	char *text;
	size_t members;
	bool steady;		/* one of them is in several runs */
	uint32_t *runs;
};

static size_t count_runs(const uint32_t *runs, size_t words)
{
	size_t n = 0;

	for (size_t i = 0; i < words; i++)
		n += __builtin_popcount(runs[i]);
	return n;
}

static struct shape *find_shape(struct shape *shapes, const char *path)
{
	char *text = shape_of(path);
	struct shape *s = NULL;

	if (text)
		HASH_FIND_STR(shapes, text, s);
	free(text);
	return s;
}

static void add_shape(struct shape **shapes, const struct folded *f,
		      size_t words)
{
	char *text = shape_of(f->use.pattern);
	struct shape *s;

	if (!text)
		return;
	HASH_FIND_STR(*shapes, text, s);
	if (!s) {
		s = xcalloc(1, sizeof(*s));
		s->text = text;
		s->runs = xcalloc(words, sizeof(*s->runs));
		HASH_ADD_KEYPTR(hh, *shapes, s->text, strlen(s->text), s);
	} else {
		free(text);
	}
	s->members++;
	s->steady |= count_runs(f->runs, words) > 1;
	for (size_t i = 0; i < words; i++)
		s->runs[i] |= f->runs[i];
}

/* Each run had others: none of the shape's names is in two of them. */
static char *name_by_runs(const struct fold *fold, struct folded *all,
			  const struct folded *f, void *arg,
			  unsigned int *used)
{
	struct shape *s = find_shape(arg, f->use.pattern);

	(void)all;
	if (!s || s->steady || s->members < 2 ||
	    count_runs(s->runs, words_of(fold->n_runs)) < 2)
		return xstrdup(f->use.pattern);
	*used = GENERAL_RUNS;
	return xstrdup(s->text);
}

static void generalize_by_runs(struct fold *fold)
{
	struct shape *shapes = NULL, *s, *next;
	struct folded *f = NULL, *next_f;

	HASH_ITER(hh, fold->by_path, f, next_f) {
		add_shape(&shapes, f, words_of(fold->n_runs));
	}
	regroup(fold, name_by_runs, shapes);
	HASH_ITER(hh, shapes, s, next) {
		HASH_DELETE(hh, shapes, s);
		free(s->text);
		free(s->runs);
		free(s);
	}
}

static int by_path(const void *a, const void *b)
{
	const struct path_use *x = a, *y = b;

	return strcmp(x->pattern, y->pattern);
}

static struct path_uses *unfold(struct fold *fold)
{
	struct path_uses *uses = xcalloc(1, sizeof(*uses));
	struct folded *f, *next;

	HASH_ITER(hh, fold->by_path, f, next) {
		HASH_DELETE(hh, fold->by_path, f);
		uses->at = xgrow(uses->at, uses->n, sizeof(*uses->at));
		uses->at[uses->n++] = f->use;
		free(f->runs);
		free(f);
	}
	array_sort(uses->at, uses->n, sizeof(*uses->at), by_path);
	uses->doubtful = fold->doubtful;
	uses->moves = fold->moves;
	uses->n_moves = fold->n_moves;
	return uses;
}

/* Starts */

/* Older recordings do not say which program started which. */
static bool knows_starts(const struct trace *t)
{
	bool knows = t->n_images == 1;

	for (; t; t = t->whole)
		knows |= t->starts.n;
	return knows;
}

/* What the images of a trace, by their path, do with one another. */
struct kin {
	UT_hash_handle hh;
	bool starts;		/* one that is at the path started one */
};

struct kinship {
	struct kin *by_path;	/* the keys are the images' own */
	bool *was_started;	/* by image: by one of the trace */
};

static void free_kinship(struct kinship *k)
{
	struct kin *kin, *next;

	HASH_ITER(hh, k->by_path, kin, next) {
		HASH_DELETE(hh, k->by_path, kin);
		free(kin);
	}
	free(k->was_started);
}

static struct kin *find_kin(const struct kinship *k, const void *path,
			    size_t size)
{
	struct kin *kin;

	HASH_FIND(hh, k->by_path, path, size, kin);
	return kin;
}

static void add_kin(struct kinship *k, const char *path)
{
	struct kin *kin;

	if (!path || find_kin(k, path, strlen(path)))
		return;
	kin = xcalloc(1, sizeof(*kin));
	HASH_ADD_KEYPTR(hh, k->by_path, path, strlen(path), kin);
}

static void find_kinship(struct kinship *k, const struct trace *t)
{
	k->was_started = xcalloc(t->n_images + 1, sizeof(*k->was_started));
	for (size_t i = 0; i < t->n_images; i++)
		add_kin(k, t->images[i]->path);
	for (size_t i = 0; i < t->starts.n; i++) {
		const struct fact *start = t->starts.at[i];
		struct kin *by = find_kin(k, start->detail, start->detail_size);

		k->was_started[start->image] |= by != NULL;
		if (by)
			by->starts = true;
	}
}

/*
 * Whether a program was executed from outside: by the recorder, or by a program
 * that is left out. Its dynamic loader and its script are executed with it.
 */
static bool is_outside_start(const struct trace *t, const struct kinship *k,
		     const struct fact *fact)
{
	const char *path = t->images[fact->image]->path;

	if (!path || !(fact->id.nr & NAME_EXECUTE) ||
	    k->was_started[fact->image])
		return false;
	return !find_kin(k, path, strlen(path))->starts ||
		(strlen(path) == fact->detail_size &&
		 !memcmp(path, fact->detail, fact->detail_size));
}

static void fold_facts(struct fold *fold, const struct trace *t, bool running)
{
	struct kinship k = { NULL, NULL };
	bool leave_out = running && knows_starts(t);

	if (leave_out)
		find_kinship(&k, t);
	for (size_t i = 0; i < t->paths.n; i++)
		if (!leave_out || !is_outside_start(t, &k, t->paths.at[i]))
			fold_fact(fold, t, t->paths.at[i]);
	for (size_t i = 0; i < t->paths.n; i++)
		fold_removal(fold, t->paths.at[i]);
	free_kinship(&k);
}

struct path_uses *paths_fold(const struct trace *t, unsigned int rules)
{
	struct fold fold = { .n_runs = t->n_runs };

	for (const struct trace *all = t->whole; all; all = all->whole)
		for (size_t i = 0; i < all->paths.n; i++) {
			const struct fact *fact = all->paths.at[i];

			if (!is_manager(all->images[fact->image]))
				fold_made(&fold, fact);
		}
	fold_facts(&fold, t, rules & PATHS_OF_RUNNING);
	fold_moves(&fold, &t->moves);
	regroup(&fold, name_by_rules, &rules);
	if (rules & GENERAL_RUNS)
		generalize_by_runs(&fold);
	return unfold(&fold);
}

const struct path_use *paths_find(const struct path_uses *uses,
				  const char *pattern)
{
	struct path_use key = { .pattern = (char *)pattern };

	return uses->n ? bsearch(&key, uses->at, uses->n, sizeof(key),
				 by_path) : NULL;
}

char *paths_lasting(const struct path_uses *uses, const char *pattern)
{
	char *at = pattern_literal(pattern), *up;
	const struct path_use *use = paths_find(uses, at);

	while (strcmp(at, "/") && use && use->made) {
		up = path_parent(at);
		free(at);
		at = up;
		use = paths_find(uses, at);
	}
	return at;
}

void paths_free(struct path_uses *uses)
{
	if (!uses)
		return;
	for (size_t i = 0; i < uses->n; i++)
		free(uses->at[i].pattern);
	for (size_t i = 0; i < uses->n_moves; i++)
		free_move(&uses->moves[i]);
	free(uses->moves);
	free(uses->at);
	free(uses);
}

char *pattern_text(const char *pattern)
{
	char *text = NULL;
	int c;

	while ((c = pattern_next(&pattern))) {
		size_t n = 0;
		char *part, *escaped, run[PATH_FACT_MAX + 1];

		for (; c > 0 && n < PATH_FACT_MAX; c = pattern_next(&pattern))
			run[n++] = c;
		run[n] = '\0';
		part = path_escape(run);
		escaped = c < 0 ? xasprintf("%s*", part) : xstrdup(part);
		text_append(&text, "", escaped);
		free(escaped);
		free(part);
		if (!c)
			break;
	}
	return text ? text : xstrdup("");
}

void paths_explain(const struct path_uses *uses, FILE *out)
{
	for (size_t i = 0; i < uses->n; i++) {
		const struct path_use *u = &uses->at[i];
		char *access, *text;

		if (!u->access)
			continue;
		access = access_text(u->access);
		text = pattern_text(u->pattern);
		fprintf(out, "%s\t%zu\t", access, u->names);
		for (size_t k = 0; k < 6; k++)
			if (u->rules & rule_names[k].rule)
				fprintf(out, "%s ", rule_names[k].name);
		fprintf(out, "%s\t%s\n", u->rules ? "" : "-", text);
		free(text);
		free(access);
	}
}
