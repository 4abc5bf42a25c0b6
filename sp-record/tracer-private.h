/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the tracer share, and nobody else includes. */
#ifndef TRACER_PRIVATE_H
#define TRACER_PRIVATE_H

#include "confirm.h"
#include "event.h"
#include "names.h"
#include "naming.h"
#include "record.skel.h"
#include "tracer.h"

/* What user space learns of an image while it runs. */
struct known_image {
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;
	bool is_privileged;
};

enum { TRACER_MAPS = 4, LOG_SIZE_MIN = 1024 };

struct tracer {
	struct record *skel;
	struct ring_buffer *ring;
	struct naming *naming;		/* NULL: without --paths */
	struct confirming *confirming;	/* NULL: the kernel confirms no names */
	bool unconfirmed;		/* do not even try */
	bool classic;			/* by trace events, where that matters */
	int poll_fd;			/* of both rings; -1: of the one */
	const struct target *target;
	const struct task_slot *tasks;		/* mapped */
	size_t n_tasks;
	size_t n_cpus;
	const struct image_calls *table;	/* mapped */
	size_t n_table;			/* images of each group … */
	size_t n_groups;		/* … of CPUs */
	size_t n_phases;		/* that there can be, with the first */
	const struct log_entry *log;	/* mapped, or NULL */
	struct log_ends *log_ends;	/* mapped, or NULL */
	size_t log_size;		/* of each CPU; 0: no log */
	struct {
		void *at;
		size_t size;
	} mapped[TRACER_MAPS];		/* the memory of the four */
	struct known_image *known;		/* by image id */
	size_t n_known;
	struct file_child *files;	/* reads executables */
	uint32_t *asked;		/* image ids, in order */
	size_t n_asked, n_answered;
	struct bpf_link *exits;		/* of sys_exit, while it is watched */
	uint32_t epoch;			/* how often it has been, so far */
	uint64_t needed_ns;		/* when something last needed it */
	uint64_t check_ns;		/* when to look whether something does */
	bool wants_watch, wants_pass;	/* by an event */
	bool sees_operations;		/* of io_uring */
	bool stopped;			/* nothing is counted any more */
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

/* A count of the table in a phase, over all groups of CPUs. */
static inline struct tally table_tally(const struct tracer *t, uint32_t phase,
				       uint32_t id, uint32_t row, uint32_t nr)
{
	struct tally sum = { 0 };

	for (size_t group = 0; group < t->n_groups; group++) {
		const struct tally *one =
			&image_calls(t, group, phase, id)->calls[row][nr];
		/* once: a task that is left running may still add to it */
		uint64_t count = load_u64(&one->count);

		if (count && (!sum.count || one->first_ns < sum.first_ns))
			sum.first_ns = one->first_ns;
		sum.count += count;
	}
	return sum;
}

/* Ids in use; an id may have been given to nobody. */
static inline uint32_t image_end(const struct tracer *t)
{
	uint64_t n = IMAGE_FIRST + t->skel->bss->progress.next_image;

	return n < IMAGE_ARMED ? n : IMAGE_ARMED;
}

/* Show every task to the program `seek`, once: 0 or -errno. */
int run_pass(const struct tracer *t);

/*
 * Each number that a call has in the rows of `traits` and `name_calls`, `at` its
 * index there.
 */
void for_each_number(const char *name,
		     void (*found)(void *arg, uint32_t row, uint32_t at,
				   struct call_id id), void *arg);
/* The architecture of a row of calls: AUDIT_ARCH_*. */
uint32_t row_arch(uint32_t row);
/* SIGHTING_* for RARE_*. */
uint32_t sighting_flags(uint32_t rare);
/* "...": where the beginning is missing; the caller frees. */
char *path_text(const struct image_path *path);
/* What is known of a new image's path in the kernel; false: nothing. */
bool read_path(const struct tracer *t, uint32_t id, struct image_path *path);
/*
 * Have the image's file read, by that path, for its build-id: by a child
 * process, without waiting for it.
 */
void ask_for_image(struct tracer *t, uint32_t id, const char *path);
/* Take the answers that have come, or come in time; 0: do not wait. */
void take_images(struct tracer *t, int milliseconds);

#endif
