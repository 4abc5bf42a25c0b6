/* SPDX-License-Identifier: Apache-2.0 */
#include "run/caller.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/syscall.h"
#include "process/image-file.h"
#include "process/process.h"
#include "run/chain.h"
#include "run/place.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

enum {
	/*
	 * The most places that are looked up, and the most stacks that are
	 * unwound, for one call.
	 */
	LOOKUPS_MAX = 512,
	PLACES_MAX = 1 << 16,	/* the most places of all calls */
	/*
	 * The command can make lookups slow, for example by 65,000 mappings.
	 * It waits for each of them, so there is a limit for all slow ones.
	 */
	SLOW_MS = 50, SLOW_TOTAL_MS = 3000,
};

/* An executable that was read before, by the key of its file. */
struct known_image {
	UT_hash_handle hh;
	char *key;
	struct executable image;
};

struct key {
	const struct executable *image;
	uint64_t ip;
	uint32_t tid, padding;
};

struct known_place {
	UT_hash_handle hh;
	struct key key;
	struct place place;
	struct chains chains;
	pid_t pid;
};

struct budget {
	UT_hash_handle hh;
	struct call_id id;
	size_t places, chains;
};

struct callers {
	struct known_image *images;
	struct known_place *places;
	struct budget *budgets;
	struct objects *objects;
	struct chain_finder *finder;
	struct file_child *files;	/* the child that reads executables */
	uint64_t slow_ns;	/* the time that slow lookups took */
};

struct callers *callers_new(void)
{
	struct callers *c = xcalloc(1, sizeof(*c));

	c->objects = objects_new();
	c->finder = chain_finder_new();
	c->files = file_child_new(image_file_read, NULL);
	return c;
}

static void forget_place(struct callers *c, struct known_place *k)
{
	HASH_DEL(c->places, k);
	free(k->place.text);
	free(k->place.symbol);
	chains_free(&k->chains);
	free(k);
}

static void forget_image(struct callers *c, struct known_image *k)
{
	HASH_DEL(c->images, k);
	free(k->image.path);
	free(k->key);
	free(k);
}

void callers_free(struct callers *c)
{
	struct known_image *image = NULL, *next_image;
	struct known_place *place = NULL, *next_place;
	struct budget *budget, *next_budget;

	if (!c)
		return;
	HASH_ITER(hh, c->places, place, next_place) {
		forget_place(c, place);
	}
	HASH_ITER(hh, c->images, image, next_image) {
		forget_image(c, image);
	}
	HASH_ITER(hh, c->budgets, budget, next_budget) {
		HASH_DEL(c->budgets, budget);
		free(budget);
	}
	objects_free(c->objects);
	chain_finder_free(c->finder);
	file_child_free(c->files);
	free(c);
}

/* The limit of slow lookups */

static bool may_look(const struct callers *c)
{
	return c->slow_ns < SLOW_TOTAL_MS * 1000000ULL;
}

/* Counts the time of a lookup that began at `start_ns`. */
static void count_time(struct callers *c, uint64_t start_ns)
{
	uint64_t took = now_ns() - start_ns;

	if (!may_look(c) || took < SLOW_MS * 1000000ULL)
		return;
	c->slow_ns += took;
	if (!may_look(c))
		message_note("finding the places of calls took more than %d s: "
			     "further places are unknown",
			     SLOW_TOTAL_MS / 1000);
}

/* Images */

/*
 * Returns a key for the file, from data that the kernel has in memory. The
 * daemon of a file system is not asked, because it could make us wait
 * (AT_STATX_DONT_SYNC, statx(2)).
 */
static char *file_key(const char *path, const char *file)
{
	struct statx st = { 0 };

	if (statx(AT_FDCWD, file, AT_STATX_DONT_SYNC,
		  STATX_INO | STATX_CTIME, &st) && errno == ENOENT)
		return NULL;
	return xasprintf("%x:%x %llx %llx.%x %s", st.stx_dev_major,
			 st.stx_dev_minor, st.stx_ino, st.stx_ctime.tv_sec,
			 st.stx_ctime.tv_nsec, path);
}

static struct known_image *known_image(struct callers *c, const char *path,
				       const char *file, bool *is_new)
{
	char *key = file_key(path, file);
	struct known_image *k = NULL;
	struct image_file read;

	*is_new = false;
	if (key)
		HASH_FIND_STR(c->images, key, k);
	if (k || !key) {
		free(key);
		return k;
	}
	*is_new = true;
	k = xcalloc(1, sizeof(*k));
	k->key = key;
	k->image.path = xstrdup(path);
	if (may_look(c) && image_file_ask(c->files, file, &read)) {
		k->image.build_id_size = read.build_id_size;
		memcpy(k->image.build_id, read.build_id, read.build_id_size);
	}
	HASH_ADD_KEYPTR(hh, c->images, k->key, strlen(k->key), k);
	return k;
}

static struct known_image *image_of(struct callers *c, pid_t tid,
				    bool *is_new)
{
	char link[64], path[PATH_MAX];
	ssize_t size;

	*is_new = false;
	snprintf(link, sizeof(link), "/proc/%d/exe", tid);
	size = readlink(link, path, sizeof(path) - 1);
	if (size < 0)
		return NULL;
	path[size] = '\0';
	return known_image(c, path, link, is_new);
}

const struct executable *caller_image(struct callers *c, pid_t pid,
				      const char *path)
{
	bool is_new;
	struct known_image *k = image_of(c, pid, &is_new);
	char *real = !k && path ? realpath(path, NULL) : NULL;

	if (real)
		k = known_image(c, real, real, &is_new);
	free(real);
	return k ? &k->image : NULL;
}

/* Places */

/* Returns the process of a task. 0: unknown. */
static pid_t process_of(pid_t tid)
{
	long pid = process_status(tid, "Tgid");

	return pid > 0 ? pid : 0;
}

static struct budget *budget_of(struct callers *c, struct call_id id)
{
	struct budget *b;

	HASH_FIND(hh, c->budgets, &id, sizeof(id), b);
	if (!b) {
		b = xcalloc(1, sizeof(*b));
		b->id = id;
		HASH_ADD(hh, c->budgets, id, sizeof(id), b);
	}
	return b;
}

/* Returns NULL if the place must not be looked up. */
static struct known_place *place_of(struct callers *c, const struct key *key,
				    struct budget *budget, bool *is_new)
{
	struct known_place *k;

	*is_new = false;
	HASH_FIND(hh, c->places, key, sizeof(*key), k);
	if (k || !may_look(c) || budget->places++ >= LOOKUPS_MAX ||
	    HASH_COUNT(c->places) >= PLACES_MAX)
		return k;
	*is_new = true;
	k = xcalloc(1, sizeof(*k));
	k->key = *key;
	k->pid = process_of(key->tid);
	place_find(c->objects, key->tid, key->ip, &k->place);
	HASH_ADD(hh, c->places, key, sizeof(k->key), k);
	return k;
}

pid_t caller_process(const struct listener *listener,
		     const struct seccomp_notif *n)
{
	pid_t pid = n->pid ? process_of(n->pid) : 0;

	return listener_is_valid(listener, n->id) ? pid : -1;
}

/* Returns "[name]", from /proc/TID/comm: proc(5). */
static char *task_name(pid_t tid)
{
	char path[32], name[16] = "?";	/* TASK_COMM_LEN */
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/comm", tid);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%15[^\n]", name) != 1)
		strcpy(name, "?");
	if (file)
		fclose(file);
	return xasprintf("[%s]", name);
}

char *caller_name(const struct caller *who)
{
	char *name, *printable;

	if (!who->image)
		return xstrdup("a task");
	/*
	 * The file is the root of a mount without a path, as with runc in some
	 * setups.
	 */
	if (strcmp(who->image->path, "/"))
		return text_printable(who->image->path);
	name = task_name(who->tid);
	printable = text_printable(name);
	free(name);
	return printable;
}

static struct caller find(struct callers *c, const struct listener *listener,
			  const struct seccomp_notif *n)
{
	struct caller who = { .tid = n->pid };
	struct call_id id = { n->data.arch, n->data.nr };
	struct known_place *place = NULL;
	const struct chain *chain = NULL;
	struct budget *budget = budget_of(c, id);
	bool new_image, new_place = false, new_chain = false;
	struct known_image *image = n->pid ?
		image_of(c, n->pid, &new_image) : NULL;
	struct key key = {
		.image = image ? &image->image : NULL,
		.ip = n->data.instruction_pointer, .tid = n->pid,
	};

	if (image)
		place = place_of(c, &key, budget, &new_place);
	if (place && may_look(c))
		chain = chain_find(c->finder, &place->chains, n,
				   budget->chains < LOOKUPS_MAX, &new_chain);
	budget->chains += new_chain;
	/*
	 * The task may have ended meanwhile, and another one may have its id.
	 */
	if (image && !listener_is_valid(listener, n->id)) {
		if (new_chain)
			chains_drop(&place->chains);
		if (new_place)
			forget_place(c, place);
		if (new_image)
			forget_image(c, image);
		return who;
	}
	who.image = key.image;
	if (place) {
		who.pid = place->pid;
		who.place = place->place.text;
		who.symbol = place->place.symbol;
		who.chain = chain;
	}
	return who;
}

struct caller caller_find(struct callers *c, const struct listener *listener,
			  const struct seccomp_notif *n)
{
	uint64_t start_ns = now_ns();
	struct caller who = find(c, listener, n);

	count_time(c, start_ns);
	return who;
}
