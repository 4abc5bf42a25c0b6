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
	/* the most requests that the child gets before it answers */
	WAITING_MAX = 4,
	/* the time limit for all remaining stacks at the end */
	FINISH_MS = 20000,
};

_Static_assert((int)STACK_REGISTERS == (int)UNWIND_REGISTERS &&
	       (int)UNWIND_STACK == (int)STACK_PAGES * STACK_PAGE, "sizes");

struct one {
	struct argument_key where;
	uint64_t time_ns;
	/* The request, and later the detail of the answer. */
	uint8_t *bytes;
	size_t size;		/* 0: lost */
};

struct stacks {
	struct record *skel;
	struct ring_buffer *ring;
	struct mappings *mappings;
	struct file_child *child;
	struct one *all;
	/*
	 * The samples are in order: n_sent of n were sent, and n_answered of
	 * these have an answer.
	 */
	size_t n, n_sent, n_answered;
	/* samples that came since the last look */
	struct stack_sample *fresh;
	size_t n_fresh;
	uint64_t skew_ns;
};

void stacks_prepare(struct record *skel, bool wanted)
{
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

static void make_request(struct stacks *s, struct one *one,
			 const struct stack_sample *from)
{
	struct unwind_request head = {
		.known = ~0ULL, .base = from->base,
		.size = from->pages * STACK_PAGE, .pid = from->pid,
	};
	size_t n;
	struct mapping *list =
		mappings_at(s->mappings, from->pid, from->time_ns + s->skew_ns,
			    &n);

	memcpy(head.regs, from->regs, sizeof(head.regs));
	one->bytes = unwind_request_new(&head, (const uint8_t *)from->bytes,
					list, n, &one->size);
	free(list);
}

static void take_samples(struct stacks *s)
{
	s->n_fresh = 0;
	ring_buffer__consume(s->ring);
	/*
	 * Mappings are taken after the stacks, so that those of each stack have
	 * come.
	 */
	mappings_take(s->mappings);
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
	/* the child could not unwind the stack */
	if (size <= 1 || size > DETAIL_MAX)
		return;
	one->bytes = xmemdup(answer, size);
	one->size = size;
}

/* Returns false if the answer has not come yet. */
static bool take_answer(struct stacks *s, int milliseconds)
{
	static uint8_t answer[FILE_CHILD_BYTES];
	int size = file_child_receive(s->child, answer, sizeof(answer),
				      milliseconds);

	if (size == -EAGAIN)
		return false;
	keep_answer(&s->all[s->n_answered++], answer, size);
	/* After a failure, the child answers no further request. */
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
		if (s->n_sent > s->n_answered)	/* the child's queue is full */
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

bool stacks_gave_up(const struct stacks *s)
{
	return file_child_is_given_up(s->child);
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
