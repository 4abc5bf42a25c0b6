/* SPDX-License-Identifier: Apache-2.0 */
#include "tally.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "text-input.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

struct tally_entry {
	UT_hash_handle hh;
	int number;
	char text[];
};

/* Names */

/*
 * Recognizes "syscall_0x1b3" or "syscall_435", which strace prints for a call
 * without a name.
 */
static bool is_number(const char *name, int32_t *nr)
{
	static const char *const prefixes[] = { "syscall_", "SYS_" };
	unsigned long value;
	char *end;

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		const char *digits = name + strlen(prefixes[i]);

		if (strncmp(name, prefixes[i], strlen(prefixes[i])) ||
		    !isdigit((unsigned char)*digits))
			continue;
		value = strtoul(digits, &end, 0);
		*nr = value;
		return !*end && value <= INT32_MAX;
	}
	return false;
}

/* Finds the call with this number. Texts can leave out the x32 bit. */
static bool find_number(const struct arch *arch, int32_t nr,
			struct call_id *id)
{
	enum { X32_BIT = 0x40000000 };

	bool is_x32 = !strcmp(arch->name, "x32");

	*id = (struct call_id){ arch->audit, is_x32 ? nr | X32_BIT : nr };
	return is_x32 || nr < X32_BIT;
}

static bool find_call(const struct arch *arch, const char *name,
		      struct call_id *id)
{
	int32_t nr;

	if (!is_number(name, &nr))
		return !syscall_number(arch, name, id);
	return find_number(arch, nr, id);
}

/*
 * strace prints the operation of socketcall(2) and ipc(2) in place of the call.
 * If there is also a call of that name, the log does not show which one was
 * made.
 */
static bool find_multiplexer(const struct arch *arch, const char *name,
			     struct call_id *id)
{
	static const struct {
		const char *by, *calls;
	} multiplexers[] = {
		{ "socketcall", " socket bind connect listen accept "
		  "getsockname getpeername socketpair send recv sendto "
		  "recvfrom shutdown setsockopt getsockopt sendmsg recvmsg "
		  "accept4 recvmmsg sendmmsg " },
		{ "ipc", " semop semget semctl semtimedop msgsnd msgrcv "
		  "msgget msgctl shmat shmdt shmget shmctl " },
	};
	char *word = xasprintf(" %s ", name);
	bool found = false;

	for (size_t i = 0; i < 2 && !found; i++)
		found = strstr(multiplexers[i].calls, word) &&
			!syscall_number(arch, multiplexers[i].by, id);
	free(word);
	return found;
}

static bool has_call(const struct arch *arch, const char *name)
{
	struct call_id id;

	return find_call(arch, name, &id) || find_multiplexer(arch, name, &id);
}

int32_t tally_number(const struct tally *t, int name)
{
	int32_t nr;

	return is_number(t->names[name].text, &nr) ? nr : -1;
}

bool tally_has_number(const struct tally *t, int name, const struct arch *arch,
		      int32_t nr)
{
	const char *text = t->names[name].text;
	struct call_id wanted, id;

	if (!find_number(arch, nr, &wanted))
		return false;
	return (find_call(arch, text, &id) && id.nr == wanted.nr) ||
		(find_multiplexer(arch, text, &id) && id.nr == wanted.nr);
}

/* Whether any architecture of the machine has the call. */
static bool is_known(const struct tally *t, const char *name)
{
	const struct arch *native = t->native;
	const struct arch *arch;

	if (has_call(native, name))
		return true;
	for (size_t i = 0; !t->one_arch && (arch = arch_at(i)); i++)
		if (arch_is_local(arch, native) && has_call(arch, name))
			return true;
	return false;
}

static void refuse_name(const struct tally *t, const char *name,
			const struct place *place)
{
	char *shown = lines_shown(name);

	message_error("%s: line %zu: '%s' is no system call of %s; "
		      "--arch names another architecture", place->file,
		      place->line, shown, t->native->name);
	free(shown);
}

static int add_name(struct tally *t, struct tally_entry *e,
		    const struct place *place)
{
	e->number = t->n_names;
	t->names = xgrow(t->names, t->n_names, sizeof(*t->names));
	t->names[t->n_names++] = (struct name){
		xstrdup(e->text), { xstrdup(place->file), place->line },
	};
	HASH_ADD_KEYPTR(hh, t->index, e->text, strlen(e->text), e);
	return e->number;
}

int tally_name(struct tally *t, const char *text, size_t n,
	       const struct place *place)
{
	struct tally_entry *e;

	HASH_FIND(hh, t->index, text, n, e);
	if (e)
		return e->number;
	e = xcalloc(1, sizeof(*e) + n + 1);
	memcpy(e->text, text, n);
	if (is_known(t, e->text))
		return add_name(t, e, place);
	refuse_name(t, e->text, place);
	free(e);
	return -1;
}

void tally_free(struct tally *t)
{
	struct tally_entry *e, *next;

	HASH_ITER(hh, t->index, e, next) {
		HASH_DEL(t->index, e);
		free(e);
	}
	for (size_t i = 0; i < t->n_names; i++) {
		free(t->names[i].text);
		free((char *)t->names[i].first.file);
	}
	free(t->names);
}

/* Columns */

static void add_to(uint64_t *sum, uint64_t count)
{
	if (__builtin_add_overflow(*sum, count, sum))
		*sum = UINT64_MAX;
}

void column_count(struct column *c, int name, uint64_t count)
{
	while (c->n <= (size_t)name) {
		c->counts = xgrow(c->counts, c->n, sizeof(*c->counts));
		c->n++;
	}
	add_to(&c->counts[name], count);
}

void column_move(struct column *to, struct column *from)
{
	for (size_t i = 0; i < from->n; i++)
		if (from->counts[i])
			column_count(to, i, from->counts[i]);
	free(from->counts);
	*from = (struct column){ 0 };
}

/*
 * The hash is FNV-1a with 128 bits. These are its offset basis and its prime.
 */

unsigned __int128 tally_hash_start(void)
{
	return (unsigned __int128)0x6c62272e07bb0142 << 64 | 0x62b821756295c58d;
}

void tally_hash(unsigned __int128 *hash, const char *bytes, size_t n)
{
	const unsigned __int128 prime = (unsigned __int128)1 << 88 | 0x13b;

	for (size_t i = 0; i < n; i++)
		*hash = (*hash ^ (unsigned char)bytes[i]) * prime;
}

/* The trace */

bool tally_is_used(const struct tally *t, const char *file)
{
	if (!t->n_names)
		message_error("%s: it has no system call", file);
	return t->n_names;
}

static char **texts(const char *first, const char *second)
{
	char **list = xcalloc(3, sizeof(*list));

	list[0] = xstrdup(first);
	list[1] = second ? xstrdup(second) : NULL;
	return list;
}

/* Adds the kinds of loss that every run has: sp-stream(5). */
static void add_losses(const struct tally *t, struct run *run)
{
	static const char *const kinds[] = {
		"call", "detail", "image", "record", "task",
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		run_lose(run, kinds[i], 0);
	/* A text names no executables, not even the first one. */
	run_lose(run, "image", t->executions ? t->executions : 1);
}

/* A log does not tell which program created the threads. */
static void add_threads(const struct tally *t, struct trace *trace,
			uint32_t run)
{
	const struct fact key = {
		.image = trace_add_image(trace, NULL, NULL, 0),
	};
	const struct sighting sighting = { .run = run, .count = t->threads };

	if (t->threads)
		trace_sum_fact(trace, FACT_THREAD, &key, &sighting);
}

uint32_t tally_add_run(const struct tally *t, struct trace *trace,
		       const char *name, const char *how)
{
	struct run run = {
		.name = xstrdup(name), .version = xstrdup(VERSION),
		.kernel = xstrdup(""), .machine = xstrdup(""),
		.arch = t->native->audit, .cwd = xstrdup(""),
		.how = texts("log", how), .complete = !t->incomplete,
		.blind = texts("arguments, paths, executables, and calls that "
			       "a seccomp filter denied; the run was read "
			       "from a text", NULL),
	};
	unsigned __int128 hash = t->hash;
	uint32_t index;

	tally_hash(&hash, how, strlen(how) + 1);
	tally_hash(&hash, t->native->name, strlen(t->native->name));
	memcpy(run.id, &hash, RUN_ID_SIZE);
	for (int i = 0; i < RUN_RLIMITS; i++)
		run.rlimits[i] = (struct rlimit_pair){ UINT64_MAX, UINT64_MAX };
	add_losses(t, &run);
	index = trace_add_run(trace, &run);
	add_threads(t, trace, index);
	return index;
}

static void add_call(struct trace *trace, uint32_t run, struct call_id id,
		     uint64_t count)
{
	const struct fact key = {
		.image = trace_add_image(trace, NULL, NULL, 0), .id = id,
	};
	const struct sighting sighting = { .run = run, .count = count };

	trace_sum_fact(trace, FACT_CALL, &key, &sighting);
}

static void refuse_arch(const struct name *name, const struct arch *arch)
{
	message_error("%s: line %zu: '%s' is no system call of %s, and nothing "
		      "shows that its process ran in another mode; strace -n "
		      "does, and --quiet=none", name->first.file,
		      name->first.line, name->text, arch->name);
}

static bool add_name_calls(const struct tally *t, struct trace *trace,
			   uint32_t run, int name, const struct arch *arch,
			   uint64_t count)
{
	const char *text = t->names[name].text;
	struct call_id id;
	bool direct = find_call(arch, text, &id);

	if (direct)
		add_call(trace, run, id, count);
	if (find_multiplexer(arch, text, &id)) {
		add_call(trace, run, id, count);
		return true;
	}
	if (!direct)
		refuse_arch(&t->names[name], arch);
	return direct;
}

bool tally_add_column(const struct tally *t, struct trace *trace, uint32_t run,
		      const struct column *c, const struct arch *arch)
{
	bool ok = true;

	for (size_t i = 0; i < c->n; i++)
		if (c->counts[i])
			ok &= add_name_calls(t, trace, run, i, arch,
					     c->counts[i]);
	return ok;
}
