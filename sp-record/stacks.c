/* SPDX-License-Identifier: Apache-2.0 */
#include "stacks.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "mappings.h"
#include "process/file-child.h"
#include "process/unwind.h"
#include "skeleton.h"
#include "stream/fact-shape.h"

enum {
	WAITING_MAX = 4,	/* requests that the child has */
	/* For all stacks that are left at the end. */
	FINISH_MS = 20000,
};

_Static_assert((int)STACK_REGISTERS == (int)UNWIND_REGISTERS &&
	       (int)UNWIND_STACK == (int)STACK_PAGES * STACK_PAGE, "sizes");

struct one {
	struct argument_key where;
	uint64_t time_ns;
	uint8_t *bytes;		/* the request, then the detail */
	size_t size;		/* 0: lost */
};

struct stacks {
	struct record *skel;
	struct ring_buffer *ring;
	struct mappings *mappings;
	struct file_child *child;
	struct one *all;
	/* in order: the requests sent, and the answers */
	size_t n, n_sent, n_answered;
	struct stack_sample *fresh;	/* came in this turn */
	size_t n_fresh;
	uint64_t skew_ns;
};

void stacks_prepare(struct record *skel, bool wanted)
{
	skel->rodata->with_stacks = wanted;
	bpf_map__set_autocreate(skel->maps.stacks, wanted);
}

static int on_sample(void *stacks, void *data, size_t size)
{
	struct stacks *s = stacks;

	if (size < sizeof(*s->fresh))
		return 0;
	s->fresh = xgrow(s->fresh, s->n_fresh, sizeof(*s->fresh));
	memcpy(&s->fresh[s->n_fresh++], data, sizeof(*s->fresh));
	return 0;
}

struct stacks *stacks_open(struct record *skel, uint64_t skew_ns)
{
	struct stacks *s = xcalloc(1, sizeof(*s));

	s->skel = skel;
	s->skew_ns = skew_ns;
	s->child = file_child_new(unwind_work, NULL);
	s->mappings = mappings_open();
	s->ring = s->mappings ?
		ring_buffer__new(bpf_map__fd(skel->maps.stacks), on_sample, s,
				 NULL) : NULL;
	if (s->ring)
		return s;
	stacks_free(s);
	return NULL;
}

void stacks_free(struct stacks *s)
{
	int error = errno;

	if (!s)
		return;
	ring_buffer__free(s->ring);
	mappings_free(s->mappings);
	file_child_free(s->child);
	for (size_t i = 0; i < s->n; i++)
		free(s->all[i].bytes);
	free(s->all);
	free(s->fresh);
	free(s);
	errno = error;
}

int stacks_fd(const struct stacks *s)
{
	return ring_buffer__epoll_fd(s->ring);
}

/* Requests */

/*
 * Whether a word of the stack or a register points there: no other mapping can
 * have a frame.
 */
static bool is_pointed_to(const struct stack_sample *from,
			  const struct mapping *m)
{
	size_t n = from->pages * STACK_PAGE / sizeof(uint64_t);
	uint64_t word;

	for (size_t i = 0; i < STACK_REGISTERS; i++)
		if (from->regs[i] >= m->start && from->regs[i] <= m->end)
			return true;
	for (size_t i = 0; i < n; i++) {
		memcpy(&word, from->bytes + i * sizeof(word), sizeof(word));
		if (word >= m->start && word <= m->end)
			return true;
	}
	return false;
}

static void append(struct one *one, const void *bytes, size_t n)
{
	memcpy(one->bytes + one->size, bytes, n);
	one->size += n;
}

static bool append_mapping(struct one *one, const struct mapping *m)
{
	struct unwind_mapping to = {
		m->start, m->end, m->offset, m->inode, m->device_major,
		m->device_minor,
	};
	size_t path = strlen(m->path) + 1;

	if (one->size + sizeof(to) + path > FILE_CHILD_BYTES)
		return false;
	append(one, &to, sizeof(to));
	append(one, m->path, path);
	return true;
}

/* The newest mappings first: these hide older ones at the same addresses. */
static void make_request(struct stacks *s, struct one *one,
			 const struct stack_sample *from)
{
	struct unwind_request request = {
		.base = from->base, .size = from->pages * STACK_PAGE,
		.pid = from->pid,
	};
	struct mapping *list;
	size_t n;

	memcpy(request.regs, from->regs, sizeof(request.regs));
	one->bytes = xcalloc(FILE_CHILD_BYTES, 1);
	append(one, &request, sizeof(request));
	append(one, from->bytes, request.size);
	list = mappings_at(s->mappings, from->pid, from->time_ns + s->skew_ns,
			   &n);
	while (n-- && request.n_mappings < UNWIND_MAPPINGS)
		if (is_pointed_to(from, &list[n]) &&
		    append_mapping(one, &list[n]))
			request.n_mappings++;
	free(list);
	memcpy(one->bytes, &request, sizeof(request));
	one->bytes = xrealloc(one->bytes, one->size, 1);
}

static void take_samples(struct stacks *s)
{
	s->n_fresh = 0;
	ring_buffer__consume(s->ring);
	mappings_take(s->mappings);	/* afterwards: those before the stacks */
	for (size_t i = 0; i < s->n_fresh; i++) {
		const struct stack_sample *from = &s->fresh[i];
		struct one *one;

		s->all = xgrow(s->all, s->n, sizeof(*s->all));
		one = &s->all[s->n++];
		*one = (struct one){
			.where = { .image = from->image, .row = from->row,
				   .nr = from->nr, .what = from->has_values },
			.time_ns = from->time_ns,
		};
		memcpy(one->where.values, from->values, sizeof(from->values));
		make_request(s, one, from);
	}
}

/* Answers */

static void keep_answer(struct one *one, const uint8_t *answer, int size)
{
	free(one->bytes);
	one->bytes = NULL;
	one->size = 0;
	if (size <= 1 || size > DETAIL_MAX)	/* nothing was unwound */
		return;
	one->bytes = xmemdup(answer, size);
	one->size = size;
}

/* False: the answer is not there yet. */
static bool take_answer(struct stacks *s, int milliseconds)
{
	static uint8_t answer[FILE_CHILD_BYTES];
	int size = file_child_receive(s->child, answer, sizeof(answer),
				      milliseconds);

	if (size == -EAGAIN)
		return false;
	keep_answer(&s->all[s->n_answered++], answer, size);
	/* After a failure, the child answers no other request either. */
	while (size < 0 && s->n_answered < s->n_sent)
		keep_answer(&s->all[s->n_answered++], NULL, 0);
	return true;
}

static void send_requests(struct stacks *s)
{
	while (s->n_sent < s->n && s->n_sent - s->n_answered < WAITING_MAX) {
		struct one *one = &s->all[s->n_sent];

		if (file_child_send(s->child, one->bytes, one->size)) {
			s->n_sent++;
			continue;
		}
		if (s->n_sent > s->n_answered)	/* its queue is full */
			return;
		s->n_sent++;
		keep_answer(one, NULL, 0);
		s->n_answered++;
	}
}

uint64_t stacks_lost_mappings(const struct stacks *s)
{
	return mappings_lost(s->mappings);
}

void stacks_take(struct stacks *s)
{
	take_samples(s);
	send_requests(s);
	while (s->n_answered < s->n_sent && take_answer(s, 0))
		send_requests(s);
}

uint64_t stacks_finish(struct stacks *s,
		       void (*found)(void *arg,
				     const struct argument_key *where,
				     uint64_t time_ns, uint8_t *detail,
				     size_t size), void *arg)
{
	uint64_t lost = s->skel->bss->lost_stacks;
	uint64_t end = now_ns() + FINISH_MS * 1000000ULL;

	stacks_take(s);
	while (s->n_answered < s->n && now_ns() < end) {
		send_requests(s);
		if (s->n_answered < s->n_sent)
			take_answer(s, FILE_CHILD_MS);
	}
	for (size_t i = 0; i < s->n; i++) {
		struct one *one = &s->all[i];

		if (i < s->n_answered && one->size)
			found(arg, &one->where, one->time_ns, one->bytes,
			      one->size);
		else
			lost++;
	}
	return lost;
}
