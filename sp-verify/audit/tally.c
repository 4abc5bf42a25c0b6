/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/tally.h"

#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/memory.h"
#include "profile/profile.h"

enum { ENTRIES_MAX = 1 << 14 };

struct entry {
	struct call_id id;
	uint32_t action;
	char *exe;		/* NULL: unknown */
	char *key;
	uint32_t pid;		/* pid in the first record */
	uint64_t first_ns;	/* 0: not known */
	uint64_t counts[AUDIT_WAYS];
	UT_hash_handle hh;
};

struct tally {
	struct entry *entries;
	uint64_t n, first_ns, last_ns;
};

struct tally *tally_new(void)
{
	return xcalloc(1, sizeof(struct tally));
}

void tally_free(struct tally *t)
{
	struct entry *e, *next;

	if (!t)
		return;
	HASH_ITER(hh, t->entries, e, next) {
		HASH_DEL(t->entries, e);
		free(e->exe);
		free(e->key);
		free(e);
	}
	free(t);
}

/*
 * Returns the entry of the call, and adds it if needed. Returns NULL if the
 * table is full.
 */
static struct entry *find(struct tally *t, const struct audit_record *r,
			  const char *exe, size_t max)
{
	char *key = xasprintf("%x %d %x %s", r->id.arch, r->id.nr, r->action,
			      exe ? exe : "");
	struct entry *e;

	HASH_FIND_STR(t->entries, key, e);
	if (e || HASH_COUNT(t->entries) >= max) {
		free(key);
		return e;
	}
	e = xcalloc(1, sizeof(*e));
	e->id = r->id;
	e->action = r->action;
	e->exe = exe ? xstrdup(exe) : NULL;
	e->key = key;
	e->pid = r->pid;
	HASH_ADD_KEYPTR(hh, t->entries, e->key, strlen(e->key), e);
	return e;
}

static void extend(uint64_t *first, uint64_t *last, uint64_t time)
{
	if (!time)
		return;
	if (!*first || time < *first)
		*first = time;
	if (last && time > *last)
		*last = time;
}

bool tally_add(struct tally *t, const struct audit_record *r,
	       enum audit_way way)
{
	struct entry *e = find(t, r, r->exe, ENTRIES_MAX / 2);

	if (!e)
		e = find(t, r, NULL, ENTRIES_MAX);
	if (!e)
		return false;
	e->counts[way]++;
	t->n++;
	extend(&e->first_ns, NULL, r->time_ns);
	extend(&t->first_ns, &t->last_ns, r->time_ns);
	return true;
}

uint64_t tally_count(const struct tally *t)
{
	return t->n;
}

uint64_t tally_first_ns(const struct tally *t)
{
	return t->first_ns;
}

uint64_t tally_last_ns(const struct tally *t)
{
	return t->last_ns;
}

static uint64_t most(const struct entry *e)
{
	uint64_t most = 0;

	for (size_t i = 0; i < AUDIT_WAYS; i++)
		if (e->counts[i] > most)
			most = e->counts[i];
	return most;
}

bool tally_has_more_than_printk(const struct tally *t)
{
	const struct entry *e;

	for (e = t->entries; e; e = e->hh.next)
		if (e->counts[AUDIT_BY_AUDITD] < most(e) &&
		    e->counts[AUDIT_BY_JOURNALD] < most(e))
			return false;
	return t->entries;
}

/*
 * Returns the answer without an errno, which a record does not have: "EPERM"
 * would be a guess, and errno 0 would be wrong.
 */
static const char *answer_of(uint32_t action, char buf[ACTION_NAME_MAX])
{
	return action == SECCOMP_RET_ERRNO ? "errno" :
		action_name(action, buf);
}

/* Returns the time of the first record, in ns since `start_ns`. */
static uint64_t first_of(const struct entry *e, uint64_t start_ns)
{
	return e->first_ns > start_ns ? e->first_ns - start_ns : 0;
}

void tally_learn(const struct tally *t, uint64_t start_ns,
		 struct learn *learn)
{
	for (const struct entry *e = t->entries; e; e = e->hh.next)
		learn_logged(learn, e->exe, e->id, most(e),
			     first_of(e, start_ns));
}

void tally_report(const struct tally *t, uint64_t start_ns,
		  struct report *report)
{
	const struct entry *e;
	char buf[ACTION_NAME_MAX];

	for (e = t->entries; e; e = e->hh.next)
		report_add(report, &(struct violation){
			.id = e->id, .answer = answer_of(e->action, buf),
			.image = e->exe, .pid = e->pid,
			.has_time = e->first_ns,
			.time_ns = first_of(e, start_ns),
			.count = most(e),
		});
}

/* FNV-1a, for which an attacker can find collisions. */
static uint64_t hash(uint64_t seed, const char *text)
{
	for (; *text; text++)
		seed = (seed ^ (unsigned char)*text) * 0x100000001b3;
	return seed;
}

bool tally_id(const struct tally *t, const char *salt, uint8_t id[RUN_ID_SIZE])
{
	const struct entry *e, *first = NULL;
	uint64_t words[2];

	for (e = t->entries; e; e = e->hh.next)
		if (e->first_ns == t->first_ns &&
		    (!first || strcmp(e->key, first->key) < 0))
			first = e;
	if (!first)
		return false;
	words[0] = hash(0xcbf29ce484222325 ^ t->first_ns, salt);
	words[1] = hash(words[0] ^ first->pid, first->key);
	memcpy(id, words, RUN_ID_SIZE);
	return true;
}
