/* SPDX-License-Identifier: Apache-2.0 */
/* The tracer's state, which load.c, tracer.c, collect.c and log.c share. */
#ifndef TRACER_PRIVATE_H
#define TRACER_PRIVATE_H

#include "confirm.h"
#include "executables.h"
#include "naming.h"
#include "object.h"
#include "skeleton.h"
#include "target.h"

enum { TRACER_MAPS = 5, LOG_SIZE_MIN = 1024 };

struct tracer {
	struct record *skel;
	struct object_bytes older;	/* the object for older kernels */
	struct ring_buffer *ring;
	struct naming *naming;		/* NULL: without --paths */
	struct stacks *stacks;		/* NULL: without --stacks */
	/* NULL: the kernel cannot confirm names */
	struct confirming *confirming;
	/* whether to load without programs that confirm names */
	bool unconfirmed;
	/*
	 * Whether the programs are attached to trace events, because programs
	 * at raw tracepoints can be preempted.
	 */
	bool classic;
	/* A descriptor that polls all rings. -1: there is one ring only. */
	int poll_fd;
	struct target *targets;
	size_t n_targets;		/* 0: a command is recorded */
	const struct task_slot *tasks;		/* mapped */
	size_t n_tasks;
	size_t n_cpus;
	const struct image_calls *table;	/* mapped */
	size_t n_table;			/* images in each group of CPUs */
	size_t n_groups;		/* groups of CPUs that share counts */
	/* the largest number of phases, including the first */
	size_t n_phases;
	enum split_how split;
	/* mapped; NULL without --split */
	const struct split_image *split_images;
	const struct log_entry *log;	/* mapped; NULL without --every */
	struct log_ends *log_ends;	/* mapped; NULL without --every */
	size_t log_size;		/* for each CPU; 0: no log */
	bool results;			/* the log has the results of calls */
	/* the number of files whose paths did not come in time */
	uint64_t lost_files;
	struct {
		void *at;
		size_t size;
	} mapped[TRACER_MAPS];		/* memory that tracer_free() unmaps */
	struct executables *executables;
	/* loads the program for sys_exit; NULL: it has been loaded */
	struct side_by_side *late;
	/* When to load it. 0: not known yet. UINT64_MAX: it was tried. */
	uint64_t late_ns;
	/* The link of the program for sys_exit while sys_exit is watched. */
	struct bpf_link *exits;
	/* how often watching began */
	uint32_t epoch;
	/* when watching was last needed */
	uint64_t needed_ns;
	/* when to check again whether it is needed */
	uint64_t check_ns;
	bool wants_watch, wants_pass;	/* requests of events */
	/* whether io_uring operations are seen */
	bool sees_operations;
	bool privileges;		/* record capabilities and namespaces */
	/* whether the kernel shows which capabilities are used */
	bool sees_capabilities;
	bool stopped;			/* counting has ended */
	/* our CLOCK_MONOTONIC minus the kernel's */
	uint64_t skew_ns;
};

static inline uint64_t load_u64(const __u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

/* Returns the counts of an image in a phase, on one group of CPUs. */
static inline const struct image_calls *
image_calls(const struct tracer *t, size_t group, uint32_t phase, uint32_t id)
{
	return &t->table[(group * t->n_phases + phase) * t->n_table + id];
}

/* Returns a call's count in a phase, summed over all groups of CPUs. */
static inline struct tally table_tally(const struct tracer *t, uint32_t phase,
				       uint32_t id, uint32_t row, uint32_t nr)
{
	struct tally sum = { 0 };

	for (size_t group = 0; group < t->n_groups; group++) {
		const struct tally *one =
			&image_calls(t, group, phase, id)->calls[row][nr];
		/* It is read once, because a running task may add to it. */
		uint64_t count = load_u64(&one->count);

		if (count && (!sum.count || one->first_ns < sum.first_ns))
			sum.first_ns = one->first_ns;
		sum.count += count;
	}
	return sum;
}

/*
 * Returns the id of the executable of an image: with --split, each run has an
 * image id of its own for it.
 */
static inline uint32_t image_base(const struct tracer *t, uint32_t image)
{
	uint32_t id = image & IMAGE_ID;

	return t->split_images && t->split_images[id].base ?
		t->split_images[id].base : id;
}

/*
 * Returns the end of the image ids in use. Some ids below it may belong to no
 * image.
 */
static inline uint32_t image_end(const struct tracer *t)
{
	uint64_t n = IMAGE_FIRST + t->skel->bss->progress.next_image;

	return n < IMAGE_ARMED ? n : IMAGE_ARMED;
}

#endif
