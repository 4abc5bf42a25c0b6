/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What the kernel side and sp-record share: the layout of the maps and of
 * the ring buffer's records. The includer has __u32 and its like.
 */
#ifndef EVENT_H
#define EVENT_H

/* Image ids: a task's entry in the `tasks` map. */
enum {
	IMAGE_NONE = 0,		/* not followed */
	IMAGE_OTHER = 1,	/* followed; the image table was full */
	IMAGE_FIRST = 2,
	IMAGE_ARMED = 0xffff,	/* followed from its next successful execve on */
};

/* Entries of an element of `tasks`, which the kernel keeps 8-byte aligned. */
enum { TASKS_PER_ELEMENT = 4 };

struct tasks_element {
	__u16 image[TASKS_PER_ELEMENT];
};
_Static_assert(sizeof(struct tasks_element) == 8, "layout");

/* The counting table has a row for each of these, CALLS_PER_ROW numbers wide. */
enum calls_row { ROW_NATIVE, ROW_COMPAT, ROWS };
enum { CALLS_PER_ROW = 512 };

struct tally {
	__u64 count;
	__u64 first_ns;		/* CLOCK_MONOTONIC, of the first one */
};
_Static_assert(sizeof(struct tally) == 16, "layout");

enum use_kind { USE_EXECS, USE_TASKS, USES };

/* An element of `table`: everything that tasks of one image did. */
struct image_calls {
	struct tally calls[ROWS][CALLS_PER_ROW];
	struct tally uses[USES];
};
_Static_assert(sizeof(struct image_calls) == 16 * (2 * 512 + 2), "layout");

/*
 * Whatever has no place in `table`: numbers beyond it, images beyond it,
 * calls that carry a flag. A use has row ROWS and its enum use_kind as nr.
 */
struct rare_key {
	__u32 image;
	__u32 row;
	__s32 nr;
	__u32 flags;		/* RARE_* */
};
_Static_assert(sizeof(struct rare_key) == 16, "layout");
enum { RARE_VSYSCALL = 1 };

/* What tells images apart within a run. */
struct image_key {
	__u64 device;		/* the kernel's dev_t */
	__u64 inode;
	__u32 generation;	/* inode numbers are used again */
	__u32 zero;
};
_Static_assert(sizeof(struct image_key) == 24, "layout");

/* In bytes, in components, and what one component can take (NAME_MAX). */
enum { PATH_SIZE = 4096, PATH_DEPTH = 48, PATH_COMPONENT = 256 };

/* The path as the task sees it, without a NUL: bytes[start] to [PATH_SIZE). */
struct image_path {
	struct image_key key;
	__u32 start;		/* index of the path's first byte in bytes */
	__u32 cut;		/* the beginning is missing: too deep or too long */
	char bytes[PATH_SIZE + PATH_COMPONENT];
};
_Static_assert(sizeof(struct image_path) == 24 + 8 + 4096 + 256, "layout");

enum event_type { EVENT_IMAGE = 1, EVENT_DONE = 2 };

/* A record of the ring buffer. */
struct event {
	__u32 type;		/* enum event_type */
	__u32 image;		/* EVENT_IMAGE: a new image … */
	__u32 pid;		/* … and a process that runs it, initial namespace */
	__u32 zero;
};
_Static_assert(sizeof(struct event) == 16, "layout");

/* A call of a task that is not followed yet; the kernel side's own. */
struct armed_call {
	__u32 row;
	__s32 nr;
};
_Static_assert(sizeof(struct armed_call) == 8, "layout");

/* Written by the kernel side, read at any time. */
struct progress {
	__u64 start_ns;		/* of the command's execve; 0: not yet */
	__u64 last_new_ns;	/* the last time a tally went from 0 to 1 */
	__u64 distinct;		/* tallies that are not 0 */
	__u64 live;		/* tasks that are followed */
	__u64 tasks;		/* that ever were */
	__u64 next_image;
	__u64 lost_calls;	/* the overflow of `rare` */
	__u64 lost_tasks;	/* beyond the `tasks` map */
	__u64 lost_images;	/* attributed to IMAGE_OTHER */
	__u64 lost_details;	/* records the ring buffer had no room for */
	__u64 rare_calls;	/* calls counted in `rare`, or lost there */
	__u64 filtered;		/* 1: a task was under a seccomp filter */
};
_Static_assert(sizeof(struct progress) == 96, "layout");

#endif
