/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace: the facts of any number of streams, folded. Memory is bounded by
 * the distinct (fact, run) pairs.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/input.h"
#include "kernel/argument.h"
#include "kernel/syscall.h"
#include "stream/events.h"
#include "stream/run.h"

enum sighting_flag {
	SIGHTING_VSYSCALL = 1,	/* through the vsyscall page */
	/* the call had begun when the recording began */
	SIGHTING_INFLIGHT = 2,
	/* a filter's supervisor or a tracer performed it */
	SIGHTING_SKIPPED = 4,
	/* one of these calls is the execve of the command */
	SIGHTING_INITIAL = 8,
};

/* What one run has of a fact. */
struct sighting {
	uint32_t run;		/* index into runs[] */
	uint32_t flags;		/* SIGHTING_* */
	uint64_t count;
	uint64_t first_ns;	/* since the run's start */
};

struct image_use {
	uint32_t run;		/* index into runs[] */
	uint64_t execs;		/* successful execs of the image */
	/* tasks (threads included) that its tasks created */
	uint64_t tasks;
};

enum { BUILD_ID_MAX = 64 };

struct image {
	char *path;		/* NULL: `other`, the image table was full */
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;	/* bytes; 0: none */
	struct image_use *uses;	/* one a run, by run index after trace_sort() */
	size_t n_uses;
};

/*
 * A fact: a call that was made, a call that was denied, an operation, or what
 * a call was given. A call is denied when a seccomp filter of the workload's
 * own answers it with an error, or with death; the same call can be made and
 * denied, by its arguments. An operation is one of io_uring and no call; its
 * id is { 0, opcode }. An argument fact is a call with some of its arguments'
 * values, or with none where there were too many different ones. A path's id
 * is { 0, access } (names.h) and its detail the path; a socket's is { family,
 * operation } and its detail the address (path.h). A move's id is { 0, access }
 * and its detail two paths with a NUL between them: a rename or a link, from
 * the first to the second. A start's id is { 0, 0 } and its detail the path of
 * the image whose task executed its image, empty for `other`. A privilege's id
 * is the call that used it, with nr -1 outside of any, and its detail is
 * privilege_of(). A name's id is { 0, enum name_source } and its detail the name
 * by which its image was executed. A stack's id is the call that was made
 * there, and its detail is in stack.h.
 */
enum fact_kind {
	FACT_CALL, FACT_DENIAL, FACT_OPERATION, FACT_ARGUMENT, FACT_PATH,
	FACT_SOCKET, FACT_MOVE, FACT_START, FACT_PRIVILEGE,
	FACT_NAME, FACT_STACK, FACT_KINDS
};

struct fact {
	uint32_t image;		/* index into images[] */
	struct call_id id;
	int32_t answer;		/* of a denial: -errno, or the signal that
				   killed; of a path or socket: -errno or 0 */
	/*
	 * What its kind has beyond that, in the order of memcmp(3); NULL only
	 * for the kinds that have none.
	 */
	uint8_t *detail;
	size_t detail_size;	/* bytes */
	struct sighting *sightings;	/* one a run, by run index after trace_sort() */
	size_t n_sightings;
};

struct facts {
	struct fact **at;
	size_t n;
};

/*
 * The receiver of a stream's events, which no trace keeps: called in the
 * stream's order, while it is read.
 */
struct trace_sink {
	/* The events of a record come next. NULL: not wanted. */
	void (*begin)(void *arg, bool has_results);
	/* The number starts at 0 in each segment. `path` NULL: not known. */
	void (*image)(void *arg, uint32_t number, const char *path);
	/* A file of a result, which also has a number. NULL: not wanted. */
	void (*file)(void *arg, uint32_t number, const char *path);
	/* The run of an image's events; of images without it, the first. */
	void (*run)(void *arg, uint32_t image, uint32_t run);
	void (*event)(void *arg, const struct happening *event);
	void (*pause)(void *arg);	/* the end of one record's events */
	void *arg;
};

struct trace {
	struct run **runs;
	size_t n_runs;
	struct image **images;
	size_t n_images;
	union {
		struct facts facts[FACT_KINDS];
		struct {
			struct facts calls, denials, operations, arguments,
				     paths, sockets, moves, starts,
				     privileges, names, stacks;
		};
	};
	/*
	 * runs were left out, so that at least as many of a fact's are there
	 * (keep.h); 0: none were
	 */
	uint32_t keep;
	/*
	 * the trace that this was selected from, without its runs; NULL:
	 * nothing was left out
	 */
	struct trace *whole;
	/* events that were read, and not kept */
	uint64_t n_events;
	const struct trace_sink *sink;	/* the caller's; NULL: nobody's */
	struct trace_index *index;	/* private */
};

struct trace *trace_new(void);
void trace_free(struct trace *t);

/*
 * Add one; if it is there already, the two are joined. The index returned is
 * valid until trace_sort(). Takes over a run, and leaves *run empty.
 */
uint32_t trace_add_run(struct trace *t, struct run *run);
uint32_t trace_add_image(struct trace *t, const char *path,
			 const uint8_t *build_id, size_t build_id_size);
void trace_add_use(struct trace *t, uint32_t image,
		   const struct image_use *use);
/* The fact that has the image, id, answer and detail of `key`. */
void trace_add_fact(struct trace *t, enum fact_kind kind,
		    const struct fact *key, const struct sighting *sighting);

/*
 * For a recorder: these add to the counts of the run. The functions above join
 * copies of one fact instead.
 */
void trace_sum_use(struct trace *t, uint32_t image,
		   const struct image_use *use);
void trace_sum_fact(struct trace *t, enum fact_kind kind,
		    const struct fact *key, const struct sighting *sighting);

enum trace_read_flag {
	TRACE_PARTIAL = 1,	/* a truncated segment counts; its runs are not complete */
};

/*
 * Fold a stream into the trace. False: `problem` (heap, caller frees) says
 * where and what: "segment 1: record 17: truncated". An input without any
 * segment is a problem too.
 */
bool trace_read(struct trace *t, FILE *file, unsigned int flags,
		char **problem);
/* The same for an input, which is closed; problems are printed and latched. */
bool trace_load(struct trace *t, struct input *in, unsigned int flags);
/* Reads all inputs even if some fail, so that every bad one is named. */
bool trace_load_all(struct trace *t, struct inputs *inputs, unsigned int flags);

/*
 * The canonical order: runs by id, images by (path, build-id), facts by (image,
 * arch, nr, answer, detail), and the parts of each by run. Indices change.
 */
void trace_sort(struct trace *t);

/*
 * The names of an image, `n` facts. A trace can have many images and names, so
 * that nobody looks through all names for each image. Valid until a fact is
 * added, or trace_sort().
 */
struct fact *const *trace_names(const struct trace *t, uint32_t image,
				size_t *n);

/* One segment in canonical order; sorts. Errors show in ferror(file). */
void trace_write(struct trace *t, FILE *file);
/* The same, into a segment that was already begun; finishes it. */
void trace_finish(struct trace *t, struct stream_writer *w);

/* The detail of an argument fact: values by ascending index. */
enum { ARGUMENT_DETAIL_SIZE = 1 + 8 + 8, ARGUMENT_VALUES_MAX = 6 };
size_t argument_values(const struct fact *fact,
		       struct argument_value values[ARGUMENT_VALUES_MAX]);
/* `detail` has room for ARGUMENT_DETAIL_SIZE * n bytes. */
void argument_detail(const struct argument_value *values, size_t n,
		     uint8_t *detail);

/*
 * The detail of a privilege: a capability, or that the call made a
 * task in other namespaces.
 */
enum {
	PRIVILEGE_DETAIL_SIZE = 2,
	PRIVILEGE_CAPABILITY = 63,	/* bits: its number */
	PRIVILEGE_IS_AMBIENT = 64,	/* in the ambient set */
	PRIVILEGE_OF_NAMESPACES = 256,
};
uint32_t privilege_of(const struct fact *fact);
void privilege_detail(uint32_t what, uint8_t detail[PRIVILEGE_DETAIL_SIZE]);

enum name_source {
	NAME_OPENED,	/* the kernel opened the executable by it */
	NAME_ARGV0,	/* argv[0]: the program's claim */
	NAME_SOURCES
};
enum { NAME_FACT_MAX = 256 };	/* bytes of a name */

/* The path of a path's fact; heap. */
char *path_of_fact(const struct fact *fact);
/* Compares details in their order. */
int detail_compare(const struct fact *a, const struct fact *b);

/* Totals, computed on reading. */
uint64_t fact_count(const struct fact *fact);		/* saturating */
uint64_t fact_first_ns(const struct fact *fact);	/* the earliest */
uint32_t fact_flags(const struct fact *fact);		/* all, by OR */
/* Whether nobody made the call but sp-record, to start the command. */
bool fact_is_initial(const struct fact *fact);

enum { DENIAL_TEXT_MAX = 32 };
/* "EPERM", "errno 200", "killed by SIGSYS" */
const char *denial_text(int32_t answer, char buf[DENIAL_TEXT_MAX]);

/*
 * The distinct calls of a trace whatever their image, sorted by (arch, nr);
 * the caller frees. `keep` NULL keeps all images.
 */
struct call_total {
	struct call_id id;
	uint64_t count;		/* saturating */
	uint64_t first_ns;	/* the earliest */
	uint32_t flags;
};
struct call_total *trace_totals(const struct trace *t,
				bool (*keep)(const struct fact *, void *),
				void *arg, size_t *n);

/*
 * "3 of 40 calls were seen in one run only"; heap. NULL if there are not two runs
 * or more, where phases of one recording are one, and the harness of --split is
 * none. The trace is sorted.
 */
char *trace_seen_once(const struct trace *t);

/*
 * The facts by architecture and number, answer, image and detail, and NULL;
 * the caller frees the array.
 */
struct fact **facts_by_id(const struct facts *facts);
/* The first fact with that call in such a list of `n`, and how many have it. */
struct fact **facts_of_call(struct fact **list, size_t n, struct call_id id,
			    size_t *count);

/* The path, unescaped, or "(other)": use text_printable() before showing it. */
const char *image_name(const struct image *image);
/*
 * The same with the first name by which it was executed, if its last component
 * differs from the path's: "/usr/bin/dash (executed as /bin/sh)". Unescaped;
 * heap.
 */
char *image_text(const struct trace *t, uint32_t image);
/*
 * By (path, build-id), an image without them first; 0: the same image, in any
 * trace.
 */
int image_compare(const struct image *a, const struct image *b);

#endif
