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

#include "run.h"
#include "syscall.h"

enum sighting_flag {
	SIGHTING_VSYSCALL = 1,	/* through the vsyscall page */
};

/* One run's view of a fact. */
struct sighting {
	uint32_t run;		/* index into runs[] */
	uint32_t flags;		/* SIGHTING_* */
	uint64_t count;
	uint64_t first_ns;	/* since the run's start */
};

struct image_use {
	uint32_t run;		/* index into runs[] */
	uint64_t execs;		/* successful execs of the image */
	uint64_t tasks;		/* tasks (threads included) its tasks created */
};

enum { BUILD_ID_MAX = 64 };

struct image {
	char *path;		/* NULL: `other`, the image table was full */
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;	/* bytes; 0: none */
	struct image_use *uses;	/* one a run, by run index after trace_sort() */
	size_t n_uses;
};

struct call {
	struct call_id id;
	uint32_t image;		/* index into images[] */
	struct sighting *sightings;	/* one a run, by run index after trace_sort() */
	size_t n_sightings;
};

struct trace {
	struct run **runs;
	size_t n_runs;
	struct image **images;
	size_t n_images;
	struct call **calls;
	size_t n_calls;
	struct trace_index *index;	/* private */
};

struct trace *trace_new(void);
void trace_free(struct trace *t);

/*
 * Add one; what is already there is joined. The index returned holds until
 * trace_sort(). A run is taken over, and *run is empty afterwards.
 */
uint32_t trace_add_run(struct trace *t, struct run *run);
uint32_t trace_add_image(struct trace *t, const char *path,
			 const uint8_t *build_id, size_t build_id_size);
void trace_add_use(struct trace *t, uint32_t image,
		   const struct image_use *use);
void trace_add_call(struct trace *t, uint32_t image, struct call_id id,
		    const struct sighting *sighting);

/*
 * For a recorder: more of the same run, which adds up, where the functions
 * above join copies of one fact.
 */
void trace_sum_use(struct trace *t, uint32_t image,
		   const struct image_use *use);
void trace_sum_call(struct trace *t, uint32_t image, struct call_id id,
		    const struct sighting *sighting);

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
/* The same by path, "-" is stdin; problems are printed and latched. */
bool trace_load(struct trace *t, const char *path, unsigned int flags);

/*
 * The canonical order: runs by id, images by (path, build-id), calls by
 * (image, arch, nr), and the parts of each by run. Indices change.
 */
void trace_sort(struct trace *t);

/* One segment in canonical order; sorts. Errors show in ferror(file). */
void trace_write(struct trace *t, FILE *file);

/* Totals, computed on reading. */
uint64_t call_count(const struct call *call);		/* saturating */
uint64_t call_first_ns(const struct call *call);	/* the earliest */
uint32_t call_flags(const struct call *call);		/* all, by OR */

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
				bool (*keep)(const struct call *, void *),
				void *arg, size_t *n);

/* The path as it is, or "(other)": text_printable() before it is shown. */
const char *image_name(const struct image *image);
/* By (path, build-id), none first; 0 is the same image, in any trace. */
int image_compare(const struct image *a, const struct image *b);

#endif
