/* SPDX-License-Identifier: Apache-2.0 */
#include "sandprint/sandprint.h"

#include <errno.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/syscall.h"
#include "sandprint/pool.h"
#include "stream/fact-shape.h"
#include "stream/stack.h"

/* A switch that omits a kind of fact is an error at compile time. */
#pragma GCC diagnostic error "-Wswitch"

/*
 * The library hands out some of our structs under its own names. Programs
 * depend on their sizes: when one of them gets a new member, the library needs
 * a struct of its own and code that copies.
 */
#define SAME_MEMBER(ours, theirs, member) \
	_Static_assert(offsetof(struct ours, member) == \
		       offsetof(struct theirs, member) && \
		       sizeof(struct ours) == sizeof(struct theirs), #member)
SAME_MEMBER(label, sandprint_text_pair, key);
SAME_MEMBER(label, sandprint_text_pair, value);
SAME_MEMBER(loss, sandprint_loss, kind);
SAME_MEMBER(loss, sandprint_loss, count);
SAME_MEMBER(sighting, sandprint_sighting, run);
SAME_MEMBER(sighting, sandprint_sighting, flags);
SAME_MEMBER(sighting, sandprint_sighting, count);
SAME_MEMBER(sighting, sandprint_sighting, first_ns);
SAME_MEMBER(argument_value, sandprint_value, index);
SAME_MEMBER(argument_value, sandprint_value, mask);
SAME_MEMBER(argument_value, sandprint_value, value);
SAME_MEMBER(stack_frame, sandprint_frame, function);
SAME_MEMBER(stack_frame, sandprint_frame, file);
SAME_MEMBER(stack_frame, sandprint_frame, address);
SAME_MEMBER(stack_frame, sandprint_frame, build_id);
SAME_MEMBER(stack_frame, sandprint_frame, build_id_size);

struct sandprint {
	struct pool pool;
	struct trace *trace;
	struct sandprint_run *runs;
	struct sandprint_image *images;
	struct sandprint_fact *facts;
	size_t n_facts;
};

static void fill_run(struct sandprint_run *to, const struct run *run)
{
	_Static_assert(sizeof(to->id) == sizeof(run->id), "id");
	*to = (struct sandprint_run){
		.name = run->name,
		.labels = (const struct sandprint_text_pair *)run->labels,
		.n_labels = run->n_labels,
		.start_ns = run->start_ns, .duration_ns = run->duration_ns,
		.version = run->version, .kernel = run->kernel,
		.machine = run->machine, .arch = run->arch,
		.argv = run->argv, .cwd = run->cwd,
		.uid = run->uid, .gid = run->gid, .how = run->how,
		.has_status = run->has_status, .status = run->status,
		.complete = run->complete,
		.losses = (const struct sandprint_loss *)run->losses,
		.n_losses = run->n_losses, .blind = run->blind,
	};
	memcpy(to->id, run->id, sizeof(to->id));
}

static void fill_values(struct sandprint_fact *to, const struct fact *fact)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];

	to->n_values = argument_values(fact, values);
	to->values = xmemdup(values, to->n_values * sizeof(*values));
}

static void fill_stack(struct sandprint_fact *to, const struct fact *fact)
{
	struct stack_frame frames[STACK_FRAMES_MAX];
	struct fact values = stack_values(fact);

	fill_values(to, &values);
	to->n_frames = stack_frames(fact, frames);
	to->frames = xmemdup(frames, to->n_frames * sizeof(*frames));
}

/*
 * Sets the members that are specific to the kind. trace.h describes the `id`
 * and the detail of each kind.
 */
static void fill_detail(struct sandprint_fact *to, const struct fact *fact)
{
	switch (to->kind) {
	case SANDPRINT_CALL:
	case SANDPRINT_DENIAL:
	case SANDPRINT_OPERATION:
	case SANDPRINT_THREAD:
		break;
	case SANDPRINT_ARGUMENT:
		fill_values(to, fact);
		break;
	case SANDPRINT_PRIVILEGE:
		to->what = privilege_of(fact);
		break;
	case SANDPRINT_SOCKET:
		to->family = to->arch;
		to->arch = 0;
		to->address = fact->detail;
		to->address_size = fact->detail_size;
		break;
	case SANDPRINT_MOVE:
	case SANDPRINT_NAME:
	case SANDPRINT_PATH:
		to->path = path_of_fact(fact);
		if (to->kind == SANDPRINT_MOVE)
			to->to = to->path + strlen(to->path) + 1;
		break;
	case SANDPRINT_START:
		to->path = fact->detail_size ? path_of_fact(fact) : NULL;
		break;
	case SANDPRINT_STACK:
		fill_stack(to, fact);
		break;
	}
}

/* The library's kinds have the numbers of the stream's records. */
static enum sandprint_kind kind_of(enum fact_kind kind)
{
	switch (kind) {
#define KIND(name) \
	case FACT_##name: \
		return SANDPRINT_##name; \
		_Static_assert((int)SANDPRINT_##name == (int)STREAM_##name, \
			       #name)
	KIND(CALL);
	KIND(DENIAL);
	KIND(OPERATION);
	KIND(ARGUMENT);
	KIND(PATH);
	KIND(SOCKET);
	KIND(MOVE);
	KIND(START);
	KIND(PRIVILEGE);
	KIND(NAME);
	KIND(STACK);
	KIND(THREAD);
#undef KIND
	case FACT_KINDS:
		break;
	}
	__builtin_unreachable();
}

/* Whether the key of this kind has the number of a call. */
static bool fact_is_of_call(enum sandprint_kind kind)
{
	switch (kind) {
	case SANDPRINT_CALL:
	case SANDPRINT_DENIAL:
	case SANDPRINT_ARGUMENT:
	case SANDPRINT_PRIVILEGE:
	case SANDPRINT_STACK:
		return true;
	case SANDPRINT_OPERATION:
	case SANDPRINT_PATH:
	case SANDPRINT_SOCKET:
	case SANDPRINT_MOVE:
	case SANDPRINT_START:
	case SANDPRINT_NAME:
	case SANDPRINT_THREAD:
		return false;
	}
	__builtin_unreachable();
}

static void fill_fact(const struct sandprint *s, struct sandprint_fact *to,
		      enum fact_kind kind, const struct fact *fact)
{
	*to = (struct sandprint_fact){
		.kind = kind_of(kind),
		.image = &s->images[fact->image],
		.arch = fact->id.arch, .nr = fact->id.nr,
		.answer = fact->answer, .count = fact_count(fact),
		.first_ns = fact_first_ns(fact), .flags = fact_flags(fact),
		.sightings = (const struct sandprint_sighting *)fact->sightings,
		.n_sightings = fact->n_sightings,
	};
	if (!fact_is_of_call(to->kind)) {
		to->what = to->nr;
		to->nr = 0;
	}
	fill_detail(to, fact);
}

static void fill_facts(struct sandprint *s)
{
	const struct trace *t = s->trace;
	struct sandprint_fact *to;

	for (int kind = 0; kind < FACT_KINDS; kind++)
		s->n_facts += t->facts[kind].n;
	to = s->facts = xcalloc(s->n_facts, sizeof(*s->facts));
	for (int kind = 0; kind < FACT_KINDS; kind++)
		for (size_t i = 0; i < t->facts[kind].n; i++)
			fill_fact(s, to++, kind, t->facts[kind].at[i]);
}

static void fill(struct sandprint *s)
{
	const struct trace *t = s->trace;

	s->runs = xcalloc(t->n_runs, sizeof(*s->runs));
	for (size_t i = 0; i < t->n_runs; i++)
		fill_run(&s->runs[i], t->runs[i]);
	s->images = xcalloc(t->n_images, sizeof(*s->images));
	for (size_t i = 0; i < t->n_images; i++)
		s->images[i] = (struct sandprint_image){
			t->images[i]->path, t->images[i]->build_id,
			t->images[i]->build_id_size
		};
	fill_facts(s);
}

static bool read_stream(struct sandprint *s, FILE *file, char *problem)
{
	char *why;
	bool ok;

	s->trace = trace_new();
	ok = trace_read(s->trace, file, 0, &why);
	if (!ok) {
		snprintf(problem, SANDPRINT_PROBLEM_SIZE, "%s", why);
		return false;
	}
	trace_sort(s->trace);
	fill(s);
	return true;
}

/* No variable changes between setjmp(3) and longjmp(3). */
static bool fill_from(struct sandprint *s, FILE *file, char *problem)
{
	if (!setjmp(s->pool.failed))
		return read_stream(s, file, problem);
	snprintf(problem, SANDPRINT_PROBLEM_SIZE, "more memory needed than %s",
		 s->pool.most ? "the limit allows" : "there is");
	return false;
}

struct sandprint *sandprint_read(FILE *file, size_t memory,
				 char problem[SANDPRINT_PROBLEM_SIZE])
{
	struct sandprint *s = (calloc)(1, sizeof(*s));
	struct pool *last;
	bool ok;

	*problem = '\0';
	if (!s) {
		snprintf(problem, SANDPRINT_PROBLEM_SIZE, "out of memory");
		return NULL;
	}
	s->pool.most = memory;
	last = pool_use(&s->pool);
	ok = fill_from(s, file, problem);
	pool_use(last);
	if (ok)
		return s;
	sandprint_close(s);
	return NULL;
}

struct sandprint *sandprint_open(const char *path, size_t memory,
				 char problem[SANDPRINT_PROBLEM_SIZE])
{
	FILE *file = fopen(path, "re");
	struct sandprint *s;

	if (!file) {
		snprintf(problem, SANDPRINT_PROBLEM_SIZE, "%s",
			 strerror(errno));
		return NULL;
	}
	s = sandprint_read(file, memory, problem);
	fclose(file);
	return s;
}

void sandprint_close(struct sandprint *s)
{
	if (!s)
		return;
	pool_clear(&s->pool);
	(free)(s);
}

size_t sandprint_n_runs(const struct sandprint *s)
{
	return s->trace->n_runs;
}

const struct sandprint_run *sandprint_run(const struct sandprint *s, size_t i)
{
	return i < s->trace->n_runs ? &s->runs[i] : NULL;
}

size_t sandprint_n_images(const struct sandprint *s)
{
	return s->trace->n_images;
}

const struct sandprint_image *sandprint_image(const struct sandprint *s,
					      size_t i)
{
	return i < s->trace->n_images ? &s->images[i] : NULL;
}

size_t sandprint_n_facts(const struct sandprint *s)
{
	return s->n_facts;
}

const struct sandprint_fact *sandprint_fact(const struct sandprint *s,
					    size_t i)
{
	return i < s->n_facts ? &s->facts[i] : NULL;
}

uint32_t sandprint_keep(const struct sandprint *s)
{
	return s->trace->keep;
}

const char *sandprint_call_name(uint32_t arch, int32_t nr,
				char buf[SANDPRINT_NAME_SIZE])
{
	_Static_assert((int)SANDPRINT_NAME_SIZE >= (int)SYSCALL_NAME_MAX,
		       "names fit");
	return syscall_label((struct call_id){ arch, nr }, buf);
}

const char *sandprint_arch_name(uint32_t arch, int32_t nr,
				char buf[SANDPRINT_NAME_SIZE])
{
	_Static_assert((int)SANDPRINT_NAME_SIZE >= (int)ARCH_NAME_MAX,
		       "names fit");
	return arch_label((struct call_id){ arch, nr }, buf);
}

void sandprint_print(const char *text, FILE *file)
{
	text_put_printable(text, file);
}

const char *sandprint_version(void)
{
	return VERSION;
}
