/* SPDX-License-Identifier: Apache-2.0 */
/* The tracer's state, for load.c, tracer.c, collect.c and log.c. */
#ifndef TRACER_PRIVATE_H
#define TRACER_PRIVATE_H

#include "confirm.h"
#include "executables.h"
#include "naming.h"
#include "skeleton.h"
#include "target.h"

enum { TRACER_MAPS = 5, LOG_SIZE_MIN = 1024 };

struct tracer {
	struct record *skel;
	struct ring_buffer *ring;
	struct naming *naming;		/* NULL: without --paths */
	struct stacks *stacks;		/* NULL: without --stacks */
	struct confirming *confirming;	/* NULL: the kernel confirms no names */
	bool unconfirmed;		/* do not try to confirm names */
	/* attached to trace events, where preemption requires that */
	bool classic;
	/* polls both rings; -1: there is only one */
	int poll_fd;
	struct target *targets;
	size_t n_targets;		/* 0: a command */
	const struct task_slot *tasks;		/* mapped */
	size_t n_tasks;
	size_t n_cpus;
	const struct image_calls *table;	/* mapped */
	size_t n_table;			/* images of each group … */
	size_t n_groups;		/* … of CPUs */
	size_t n_phases;		/* that there can be, with the first */
	enum split_how split;
	const struct split_image *split_images;	/* mapped, or NULL */
	const struct log_entry *log;	/* mapped, or NULL */
	struct log_ends *log_ends;	/* mapped, or NULL */
	size_t log_size;		/* of each CPU; 0: no log */
	bool results;			/* of the calls in the log */
	uint64_t lost_files;		/* paths that did not come in time */
	struct {
		void *at;
		size_t size;
	} mapped[TRACER_MAPS];		/* the memory of these */
	struct executables *executables;
	struct bpf_link *exits;		/* of sys_exit, while it is watched */
	/* how often it has been watched so far */
	uint32_t epoch;
	/* when something last needed the watch */
	uint64_t needed_ns;
	/* when to check whether something needs the watch */
	uint64_t check_ns;
	bool wants_watch, wants_pass;	/* by an event */
	bool sees_operations;		/* of io_uring */
	bool privileges;		/* are recorded … */
	bool sees_capabilities;		/* … and the kernel shows these */
	bool stopped;			/* counting has ended */
	uint64_t skew_ns;		/* our CLOCK_MONOTONIC less the kernel's */
};

static inline uint64_t load_u64(const __u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

/* What tasks of an image did in a phase, on a group of CPUs. */
static inline const struct image_calls *
image_calls(const struct tracer *t, size_t group, uint32_t phase, uint32_t id)
{
	return &t->table[(group * t->n_phases + phase) * t->n_table + id];
}

/* A count of the table in a phase, summed over all groups of CPUs. */
static inline struct tally table_tally(const struct tracer *t, uint32_t phase,
				       uint32_t id, uint32_t row, uint32_t nr)
{
	struct tally sum = { 0 };

	for (size_t group = 0; group < t->n_groups; group++) {
		const struct tally *one =
			&image_calls(t, group, phase, id)->calls[row][nr];
		/* read once: a task that is still running may add to it */
		uint64_t count = load_u64(&one->count);

		if (count && (!sum.count || one->first_ns < sum.first_ns))
			sum.first_ns = one->first_ns;
		sum.count += count;
	}
	return sum;
}

/* The id of an image's executable: with --split, each run has its own. */
static inline uint32_t image_base(const struct tracer *t, uint32_t image)
{
	uint32_t id = image & IMAGE_ID;

	return t->split_images && t->split_images[id].base ?
		t->split_images[id].base : id;
}

/* Ids in use; some may have been given to no image. */
static inline uint32_t image_end(const struct tracer *t)
{
	uint64_t n = IMAGE_FIRST + t->skel->bss->progress.next_image;

	return n < IMAGE_ARMED ? n : IMAGE_ARMED;
}

#endif
