/* SPDX-License-Identifier: Apache-2.0 */
#include "log.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/memory.h"
#include "log-files.h"
#include "rows.h"
#include "tracer-private.h"

enum {
	IDLE_MS = 8,		/* the longest sleep while no entry comes */
	/*
	 * the number of entries that are read before the kernel may overwrite
	 * them
	 */
	PUBLISH_EVERY = 512,
};

/* The kinds have the same numbers in the log and in the stream. */
_Static_assert((int)LOG_CALL == (int)HAPPENED_CALL &&
	       (int)LOG_FORK == (int)HAPPENED_FORK &&
	       (int)LOG_EXEC == (int)HAPPENED_EXEC &&
	       (int)LOG_EXIT == (int)HAPPENED_EXIT &&
	       (int)LOG_RESULT == (int)HAPPENED_RESULT, "kinds");

/* One CPU's ring. */
struct ring {
	const struct log_entry *entries;
	struct log_ends *ends;
	/* index of the next entry to read; end of the complete entries */
	uint64_t at, head;
};

struct log {
	struct tracer *tracer;
	FILE *file;
	struct stream_writer *stream;
	struct events_writer *events;
	struct ring *rings;		/* by CPU */
	pthread_t thread;
	int stop_fd;
	/* number in the stream plus 1, by image id */
	uint32_t *images;
	uint32_t n_images;
	struct log_files *files;	/* NULL: without --results */
	uint64_t received[ROWS][CALLS_PER_ROW];
	/*
	 * Later entries are not read yet. Another CPU can have an earlier entry
	 * of the same task that was written after its ring was read.
	 */
	uint64_t limit_ns;
};

/*
 * Returns the number of an image in the stream. Writes the image to the stream
 * if needed.
 */
static uint32_t name_image(struct log *l, uint32_t id)
{
	const struct tracer *t = l->tracer;
	uint32_t run = t->split_images ? t->split_images[id].run : 0;
	char *path = executable_path(t->executables, image_base(t, id));

	events_image(l->events, path);
	free(path);
	/*
	 * SPLIT_REST, which collects the runs for which the table has no room,
	 * is the last run. Its number in the stream is known only at the end.
	 */
	if (t->split && run < SPLIT_REST)
		events_run(l->events, l->n_images, run);
	l->images[id] = ++l->n_images;
	return l->n_images;
}

static void take(struct log *l, const struct log_entry *entry)
{
	uint64_t start_ns = l->tracer->skel->bss->progress.start_ns;
	uint32_t row = entry->what >> LOG_ROW_SHIFT & 1;
	uint32_t id = entry->image & IMAGE_ID;
	struct happening h = {
		.ns = entry->time_ns > start_ns ? entry->time_ns - start_ns : 0,
		.what = entry->what & LOG_WHAT,
		.flags = sighting_flags(entry->what >> LOG_FLAGS_SHIFT),
		.pid = entry->pid,
		.tid = entry->tid,
	};

	if (h.what == HAPPENED_CALL) {
		h.id = (struct call_id){ row_arch(row), entry->nr };
		if ((uint32_t)entry->nr < CALLS_PER_ROW)
			l->received[row][entry->nr]++;
	}
	h.image = (l->images[id] ? l->images[id] : name_image(l, id)) - 1;
	memcpy(h.args, entry->args, sizeof(h.args));
	if (h.what == HAPPENED_RESULT) {
		h.id = (struct call_id){ row_arch(row), entry->nr };
		h.args[1] = entry->time_ns - entry->args[1];
		for (int i = 2; i < 5; i++)
			h.args[i] = log_files_number(l->files, l->events,
						     entry->args[i]);
	}
	events_add(l->events, &h);
}

/* Returns the next entry of a ring, or NULL if none is complete. */
static const struct log_entry *peek(const struct log *l, const struct ring *r)
{
	const struct log_entry *entry =
		&r->entries[r->at & (l->tracer->log_size - 1)];

	return r->at < r->head &&
		__atomic_load_n(&entry->turn, __ATOMIC_ACQUIRE) ==
		(uint32_t)(r->at + 1) && entry->time_ns <= l->limit_ns ?
		entry : NULL;
}

static void publish(struct ring *r)
{
	__atomic_store_n(&r->ends->tail, r->at, __ATOMIC_RELEASE);
}

/*
 * Returns the ring with the earliest entry. No other ring has an entry before
 * `*until_ns`.
 */
static struct ring *earliest(struct log *l, uint64_t *until_ns)
{
	uint64_t first_ns = UINT64_MAX;
	struct ring *first = NULL;

	*until_ns = UINT64_MAX;
	for (size_t i = 0; i < l->tracer->n_cpus; i++) {
		const struct log_entry *entry = peek(l, &l->rings[i]);

		if (!entry)
			continue;
		if (!first || entry->time_ns < first_ns) {
			*until_ns = first_ns;
			first_ns = entry->time_ns;
			first = &l->rings[i];
		} else if (entry->time_ns < *until_ns) {
			*until_ns = entry->time_ns;
		}
	}
	return first;
}

static void take_until(struct log *l, struct ring *r, uint64_t until_ns)
{
	const struct log_entry *entry = peek(l, r);

	do {
		take(l, entry);
		if (!(++r->at % PUBLISH_EVERY))
			publish(r);
		entry = peek(l, r);
	} while (entry && entry->time_ns <= until_ns);
}

/*
 * Writes the entries of all rings. Returns how full the fullest ring was.
 * `last`: no further entries will come.
 */
static uint64_t drain(struct log *l, bool last)
{
	uint64_t most = 0, until_ns;
	struct ring *r;

	l->limit_ns = last ? UINT64_MAX : tracer_now(l->tracer);
	for (size_t i = 0; i < l->tracer->n_cpus; i++) {
		r = &l->rings[i];
		r->head = load_u64(&r->ends->head);
		if (r->head - r->at > most)
			most = r->head - r->at;
	}
	log_files_take(l->files);
	while ((r = earliest(l, &until_ns)))
		take_until(l, r, until_ns);
	for (size_t i = 0; i < l->tracer->n_cpus; i++)
		publish(&l->rings[i]);
	return most;
}

/* Polls the rings: a call must not wait for this thread, nor wake it. */
static void *run(void *log)
{
	struct log *l = log;
	struct pollfd stop = { .fd = l->stop_fd, .events = POLLIN };
	int ms = 1;

	while (!poll(&stop, 1, ms) && !ferror(l->file)) {
		uint64_t n = drain(l, false);

		if (n) {
			events_flush(l->events);
			fflush(l->file);
		}
		if (n > l->tracer->log_size / 16)
			ms = 0;
		else if (n > l->tracer->log_size / 256)
			ms = 1;
		else if (ms < IDLE_MS)
			ms++;
	}
	return NULL;
}

static struct ring *open_rings(const struct tracer *t)
{
	struct ring *rings = xcalloc(t->n_cpus, sizeof(*rings));

	for (size_t i = 0; i < t->n_cpus; i++) {
		rings[i].entries = t->log + i * t->log_size;
		rings[i].ends = &t->log_ends[i];
	}
	return rings;
}

/* The thread blocks all signals, so that the main thread gets them. */
static int start_thread(struct log *l)
{
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&l->thread, NULL, run, l);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return error;
}

struct log *log_start(struct tracer *t, FILE *file)
{
	struct log *l = xcalloc(1, sizeof(*l));

	l->tracer = t;
	l->file = file;
	l->rings = open_rings(t);
	l->images = xcalloc(IMAGE_ARMED, sizeof(*l->images));
	l->stream = stream_writer_new(file);
	l->events = events_writer_new(l->stream, t->results ? STREAM_TRACED :
				      STREAM_EVENTS);
	if (t->results)
		l->files = log_files_open(t);
	l->stop_fd = eventfd(0, EFD_CLOEXEC);
	errno = l->stop_fd < 0 ? errno : start_thread(l);
	if (!errno)
		return l;
	log_free(l);
	return NULL;
}

struct stream_writer *log_stop(struct log *l)
{
	eventfd_write(l->stop_fd, 1);
	pthread_join(l->thread, NULL);
	tracer_stop(l->tracer);
	if (!ferror(l->file))
		drain(l, true);
	events_flush(l->events);
	return l->stream;
}

/* Sorts by count, the largest first. */
static int by_count(const void *a, const void *b)
{
	const struct call_total *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	if (x->id.nr != y->id.nr)
		return x->id.nr < y->id.nr ? -1 : 1;
	return (x->id.arch > y->id.arch) - (x->id.arch < y->id.arch);
}

struct call_total *log_missing(const struct log *l, const struct trace *trace,
			       size_t *n)
{
	struct call_total *totals = trace_totals(trace, NULL, NULL, n);
	size_t used = 0;

	for (size_t i = 0; i < *n; i++) {
		uint32_t nr = totals[i].id.nr;
		uint32_t row = totals[i].id.arch != row_arch(ROW_NATIVE);

		/*
		 * Calls for which the table has no room are not counted here.
		 */
		if (nr >= CALLS_PER_ROW ||
		    totals[i].count <= l->received[row][nr])
			continue;
		totals[used] = totals[i];
		totals[used++].count -= l->received[row][nr];
	}
	if (used)
		qsort(totals, used, sizeof(*totals), by_count);
	*n = used;
	return totals;
}

void log_free(struct log *l)
{
	if (!l)
		return;
	if (l->stop_fd >= 0)
		close(l->stop_fd);
	events_writer_free(l->events);
	log_files_free(l->files);
	free(l->rings);
	free(l->images);
	free(l);
}
