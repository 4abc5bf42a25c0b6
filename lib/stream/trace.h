/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trace: the facts of any number of streams, joined. Memory is limited by the
 * number of distinct pairs of a fact and a run.
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
	/* a filter's supervisor or a tracer answered the call */
	SIGHTING_SKIPPED = 4,
	/* one of these calls is the execve of the command itself */
	SIGHTING_INITIAL = 8,
};

/* The data that one run has about a fact. */
struct sighting {
	uint32_t run;		/* index into runs[] */
	uint32_t flags;		/* SIGHTING_* */
	uint64_t count;
	uint64_t first_ns;	/* since the run's start */
};

struct image_use {
	uint32_t run;		/* index into runs[] */
	uint64_t execs;		/* successful execs of the image */
	/* tasks, including threads, that tasks of the image created */
	uint64_t tasks;
};

enum { BUILD_ID_MAX = 64 };

struct image {
	/* NULL for the image `other`, when the image table was full */
	char *path;
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;	/* bytes; 0: none */
	/* one for each run, in the order of runs after trace_sort() */
	struct image_use *uses;
	size_t n_uses;
};

/*
 * The kinds of facts. Each kind gives its own meaning to the fact's id (a pair
 * of numbers) and to its detail:
 *
 *	CALL		id: the call that was made
 *	DENIAL		id: the call that a seccomp filter of the workload
 *			denied, with an error or a signal; the same call can
 *			also have been made with other arguments
 *	OPERATION	id: 0, opcode of an io_uring operation
 *	ARGUMENT	id: the call; detail: values of some of its arguments,
 *			or nothing if there were too many different ones
 *	PATH		id: 0, access (names.h); detail: the path
 *	SOCKET		id: family, operation; detail: the address (path.h)
 *	MOVE		a rename or a link; id: 0, access; detail: the old path,
 *			a NUL, and the new path
 *	START		id: 0, 0; detail: the path of the image that executed
 *			the fact's image, empty if that was `other`
 *	PRIVILEGE	id: the call that used it, with nr -1 outside of any
 *			call; detail: privilege_of()
 *	NAME		id: 0, enum name_source; detail: the name by which the
 *			image was executed
 *	STACK		id: the call; detail: see stack.h
 *	THREAD		id: 0, 0; a thread that ran the image, and was not the
 *			first one of its process
 */
enum fact_kind {
	FACT_CALL, FACT_DENIAL, FACT_OPERATION, FACT_ARGUMENT, FACT_PATH,
	FACT_SOCKET, FACT_MOVE, FACT_START, FACT_PRIVILEGE,
	FACT_NAME, FACT_STACK, FACT_THREAD, FACT_KINDS
};

struct fact {
	uint32_t image;		/* index into images[] */
	struct call_id id;
	/*
	 * Of a denial: -errno, or the signal that killed the task. Of a path or
	 * socket: -errno, or 0.
	 */
	int32_t answer;
	/*
	 * The other data that identify a fact of its kind; facts are sorted by
	 * them as by memcmp(3). NULL only for kinds without a detail.
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
 * Receives the events of a stream, which are not kept in the trace. The
 * functions are called in the stream's order, while the stream is read.
 */
struct trace_sink {
	/* the events of a record follow; NULL: the receiver ignores this */
	void (*begin)(void *arg, bool has_results);
	/* an image; numbers start at 0 in each segment; `path` NULL: unknown */
	void (*image)(void *arg, uint32_t number, const char *path);
	/*
	 * a file of a result, numbered like the images; NULL: the receiver
	 * ignores this
	 */
	void (*file)(void *arg, uint32_t number, const char *path);
	/*
	 * the run of an image's events; an image without it has the first run
	 */
	void (*run)(void *arg, uint32_t image, uint32_t run);
	void (*event)(void *arg, const struct happening *event);
	void (*pause)(void *arg);	/* the events of a record have ended */
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
				     privileges, names, stacks, threads;
		};
	};
	/*
	 * Runs were left out. At least this many of the runs of each fact were
	 * kept (keep.h). 0: no run was left out.
	 */
	uint32_t keep;
	/*
	 * The trace that this one was selected from. It has no runs of its own.
	 * NULL: nothing was left out.
	 */
	struct trace *whole;
	/* events that were read but not kept */
	uint64_t n_events;
	const struct trace_sink *sink;	/* the caller's receiver; NULL: none */
	struct trace_index *index;	/* private */
};

struct trace *trace_new(void);
void trace_free(struct trace *t);

/*
 * Adds an element, or joins it with the same element of the trace. The index
 * returned is valid until trace_sort(). trace_add_run() takes ownership of the
 * run's contents, and leaves *run empty.
 */
uint32_t trace_add_run(struct trace *t, struct run *run);
uint32_t trace_add_image(struct trace *t, const char *path,
			 const uint8_t *build_id, size_t build_id_size);
void trace_add_use(struct trace *t, uint32_t image,
		   const struct image_use *use);
/* Adds to the fact that has the image, id, answer and detail of `key`. */
void trace_add_fact(struct trace *t, enum fact_kind kind,
		    const struct fact *key, const struct sighting *sighting);

/*
 * For a recorder: these functions add to the counts of the run, where the
 * functions above join two copies of one fact.
 */
void trace_sum_use(struct trace *t, uint32_t image,
		   const struct image_use *use);
void trace_sum_fact(struct trace *t, enum fact_kind kind,
		    const struct fact *key, const struct sighting *sighting);

enum trace_read_flag {
	/* accept a truncated segment; its runs are not complete */
	TRACE_PARTIAL = 1,
};

/*
 * Reads a stream into the trace. Returns false on failure; `problem`, which the
 * caller frees, then says where and what: "segment 1: record 17: truncated". An
 * input without any segment is an error, too.
 */
bool trace_read(struct trace *t, FILE *file, unsigned int flags,
		char **problem);
/*
 * Reads an input and closes it. Returns false if it printed and latched an
 * error.
 */
bool trace_load(struct trace *t, struct input *in, unsigned int flags);
/*
 * Reads all inputs, even if some are bad, so that an error names each bad one.
 */
bool trace_load_all(struct trace *t, struct inputs *inputs, unsigned int flags);

/*
 * Sorts into the canonical order: runs by id, images by (path, build-id), facts
 * by (image, arch, nr, answer, detail), and the sightings of each by run. All
 * indices change.
 */
void trace_sort(struct trace *t);

/*
 * Returns the `n` names of an image. Both can be many, so an index is built
 * instead of searching all names for each image. The result is valid until a
 * fact is added or trace_sort() is called.
 */
struct fact *const *trace_names(const struct trace *t, uint32_t image,
				size_t *n);

/*
 * Writes one segment in canonical order, after sorting. ferror(file) shows
 * errors.
 */
void trace_write(struct trace *t, FILE *file);
/* Writes into a segment that was already begun, and finishes it. */
void trace_finish(struct trace *t, struct stream_writer *w);

/* The detail of an argument fact: its values, by ascending index. */
enum { ARGUMENT_DETAIL_SIZE = 1 + 8 + 8, ARGUMENT_VALUES_MAX = 6 };
size_t argument_values(const struct fact *fact,
		       struct argument_value values[ARGUMENT_VALUES_MAX]);
/* `detail` has room for ARGUMENT_DETAIL_SIZE * n bytes. */
void argument_detail(const struct argument_value *values, size_t n,
		     uint8_t *detail);

/*
 * The detail of a privilege: a capability, or the fact that the call created a
 * task in other namespaces.
 */
enum {
	PRIVILEGE_DETAIL_SIZE = 2,
	PRIVILEGE_CAPABILITY = 63,	/* mask of the capability's number */
	/* the capability is in the ambient set */
	PRIVILEGE_IS_AMBIENT = 64,
	PRIVILEGE_OF_NAMESPACES = 256,
};
uint32_t privilege_of(const struct fact *fact);
void privilege_detail(uint32_t what, uint8_t detail[PRIVILEGE_DETAIL_SIZE]);

enum name_source {
	NAME_OPENED,	/* the name by which the kernel opened the executable */
	NAME_ARGV0,	/* argv[0], which the program's starter chose */
	NAME_SOURCES
};
enum { NAME_FACT_MAX = 256 };	/* The longest name, in bytes. */

/* Returns the path of a path's fact; the caller frees it. */
char *path_of_fact(const struct fact *fact);
/* Compares two details, in the order of memcmp(3). */
int detail_compare(const struct fact *a, const struct fact *b);

/* Returns the sum over all runs, which stays at its maximum. */
uint64_t fact_count(const struct fact *fact);		/* saturating */
uint64_t fact_first_ns(const struct fact *fact);	/* the earliest */
uint32_t fact_flags(const struct fact *fact);		/* all, by OR */
/* Whether only sp-record made the call, to start the command. */
bool fact_is_initial(const struct fact *fact);

enum { DENIAL_TEXT_MAX = 32 };
/* Returns "EPERM", "errno 200", "killed by SIGSYS" */
const char *denial_text(int32_t answer, char buf[DENIAL_TEXT_MAX]);

/*
 * The distinct calls of a trace, whatever their image, sorted by (arch, nr).
 * The caller frees the array. `keep` NULL includes all images.
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
 * Returns "3 of 40 calls were seen in one run only", which the caller frees.
 * NULL if there are fewer than two runs. For this, phases of one recording are
 * one run, and the harness of --split and runs of `sp-verify --learn` are not
 * counted. The trace must be sorted.
 */
char *trace_seen_once(const struct trace *t);

/*
 * Returns the facts sorted by architecture and number, answer, image and
 * detail; NULL follows the last. The caller frees the array.
 */
struct fact **facts_by_id(const struct facts *facts);
/*
 * Finds the call in such a list of `n` facts: returns the first fact with it,
 * and how many there are.
 */
struct fact **facts_of_call(struct fact **list, size_t n, struct call_id id,
			    size_t *count);

/*
 * Returns the path, unescaped, or "(other)". Use text_printable() before
 * printing it.
 */
const char *image_name(const struct image *image);
/*
 * Returns the path, and the first name by which it was executed if the last
 * components differ: "/usr/bin/dash (executed as /bin/sh)". Unescaped; the
 * caller frees it.
 */
char *image_text(const struct trace *t, uint32_t image);
/*
 * Compares by (path, build-id); an image without these comes first. 0: both are
 * the same image, even if they are in different traces.
 */
int image_compare(const struct image *a, const struct image *b);

#endif
