/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the tracer share, and nobody else includes. */
#ifndef TRACER_PRIVATE_H
#define TRACER_PRIVATE_H

#include "event.h"
#include "record.skel.h"
#include "tracer.h"

/* What user space learns of an image while it runs. */
struct known_image {
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;
};

struct tracer {
	struct record *skel;
	struct ring_buffer *ring;
	const struct target *target;
	const struct task_slot *tasks;		/* mapped */
	size_t n_tasks;
	const struct image_calls *table;	/* mapped */
	size_t n_table;
	struct known_image *known;		/* by image id */
	size_t n_known;
	struct bpf_link *exits;		/* of sys_exit, while it is watched */
	uint32_t epoch;			/* how often it has been, so far */
	uint64_t needed_ns;		/* when something last needed it */
	uint64_t check_ns;		/* when to look whether something does */
	bool wants_watch, wants_pass;	/* by an event */
};

static inline uint64_t load_u64(const __u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

/* Ids in use; an id may have been given to nobody. */
static inline uint32_t image_end(const struct tracer *t)
{
	uint64_t n = IMAGE_FIRST + t->skel->bss->progress.next_image;

	return n < IMAGE_ARMED ? n : IMAGE_ARMED;
}

/* Show every task to the program `seek`, once: 0 or -errno. */
int run_pass(const struct tracer *t);

/* What is known of a new image's path in the kernel; false: nothing. */
bool read_path(const struct tracer *t, uint32_t id, struct image_path *path);
/*
 * Read the build-id if the file is the image: its inode must agree, and its
 * device where the kernel's number is what stat(2) shows (not on overlayfs
 * and btrfs, whose devices have major number 0).
 */
void learn_build_id(struct tracer *t, uint32_t id, const char *path,
		    const struct image_key *key);

#endif
