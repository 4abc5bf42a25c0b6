/* SPDX-License-Identifier: Apache-2.0 */
#include "mappings.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "process/peek.h"

enum {
	RING_BYTES = 256 << 10,		/* for each CPU; a power of two */
	/* With so many notes, the older half is dropped. */
	NOTES_MAX = 200000,
	ANCESTORS_MAX = 64,
};

/* An event in a process. */
struct note {
	uint64_t time_ns;
	enum { NOTE_MAP, NOTE_EXEC, NOTE_FORK } what;
	/* For NOTE_FORK, `parent` is the process that forked. */
	uint32_t pid, parent;
	struct mapping map;
};

struct mappings {
	struct perf_ring {
		int fd;
		void *at;
	} *rings;
	size_t n_rings;
	struct note *notes;
	size_t n;
	/* The mappings of the process for which /proc was read last. */
	struct mapping *read;
	size_t n_read;
	uint64_t lost;
	struct peek *peek;
};

/*
 * Opens the ring of one CPU. It covers all processes: short-lived descendants
 * could not be added one by one in time.
 */
static bool open_ring(struct perf_ring *ring, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE, .size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY, .sample_type = PERF_SAMPLE_TIME,
		.mmap = 1, .mmap2 = 1, .comm = 1, .comm_exec = 1, .task = 1,
		.sample_id_all = 1, .use_clockid = 1,
		.clockid = CLOCK_MONOTONIC, .exclude_kernel = 1,
		.watermark = 1, .wakeup_watermark = RING_BYTES / 2,
	};

	ring->at = MAP_FAILED;
	ring->fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1,
			   PERF_FLAG_FD_CLOEXEC);
	if (ring->fd >= 0)
		ring->at = mmap(NULL, RING_BYTES + getpagesize(),
				PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
				0);
	return ring->at != MAP_FAILED;
}

struct mappings *mappings_open(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_CONF);
	struct mappings *m = xcalloc(1, sizeof(*m));

	m->peek = peek_new();
	for (int cpu = 0; cpu < cpus; cpu++) {
		m->rings = xgrow(m->rings, m->n_rings, sizeof(*m->rings));
		if (open_ring(&m->rings[m->n_rings++], cpu) ||
		    errno == ENODEV)	/* the CPU is offline */
			continue;
		mappings_free(m);
		return NULL;
	}
	return m;
}

static void forget_read(struct mappings *m)
{
	mapping_list_free(m->read, m->n_read);
	m->read = NULL;
	m->n_read = 0;
}

void mappings_free(struct mappings *m)
{
	int error = errno;

	if (!m)
		return;
	for (size_t i = 0; i < m->n_rings; i++) {
		if (m->rings[i].at != MAP_FAILED)
			munmap(m->rings[i].at, RING_BYTES + getpagesize());
		if (m->rings[i].fd >= 0)
			close(m->rings[i].fd);
	}
	for (size_t i = 0; i < m->n; i++)
		free(m->notes[i].map.path);
	forget_read(m);
	peek_free(m->peek);
	free(m->notes);
	free(m->rings);
	free(m);
	errno = error;
}

/* Records, as perf_event_open(2) describes them. */

struct map_record {
	struct perf_event_header header;
	uint32_t pid, tid;
	uint64_t address, length, offset;
	uint32_t device_major, device_minor;
	uint64_t inode, generation;
	uint32_t protection, flags;
	char path[];
};

struct task_record {
	struct perf_event_header header;
	/* For PERF_RECORD_COMM, these are the pid and the tid. */
	uint32_t pid, parent;
};

struct lost_record {
	struct perf_event_header header;
	uint64_t id, lost;
};

static struct note *new_note(struct mappings *m,
			     const struct perf_event_header *header)
{
	struct note *note;

	m->notes = xgrow(m->notes, m->n, sizeof(*m->notes));
	note = &m->notes[m->n++];
	*note = (struct note){ 0 };
	/* With sample_id_all, the last field is the time. */
	memcpy(&note->time_ns, (const char *)header + header->size - 8, 8);
	return note;
}

static void take_map(struct mappings *m, const struct map_record *r)
{
	struct note *note = new_note(m, &r->header);
	size_t room = r->header.size - sizeof(*r) - 8;

	note->what = NOTE_MAP;
	note->pid = r->pid;
	note->map = (struct mapping){
		r->address, r->address + r->length, r->offset, r->inode,
		r->device_major, r->device_minor, true,
		strndup(r->path, room),
	};
	if (!note->map.path)
		m->n--;
}

static void take_task(struct mappings *m, const struct task_record *r)
{
	bool is_exec = r->header.type == PERF_RECORD_COMM;
	struct note *note;

	if (is_exec ? !(r->header.misc & PERF_RECORD_MISC_COMM_EXEC) :
	    r->pid == r->parent)	/* a thread */
		return;
	note = new_note(m, &r->header);
	note->what = is_exec ? NOTE_EXEC : NOTE_FORK;
	note->pid = r->pid;
	note->parent = r->parent;
}

static void take_record(struct mappings *m,
			const struct perf_event_header *header)
{
	if (header->type == PERF_RECORD_MMAP2 &&
	    header->size > sizeof(struct map_record) + 8)
		take_map(m, (const void *)header);
	else if ((header->type == PERF_RECORD_COMM ||
		  header->type == PERF_RECORD_FORK) &&
		 header->size >= sizeof(struct task_record) + 8)
		take_task(m, (const void *)header);
	else if (header->type == PERF_RECORD_LOST &&
		 header->size >= sizeof(struct lost_record))
		m->lost += ((const struct lost_record *)header)->lost;
}

static void take_ring(struct mappings *m, const struct perf_ring *ring)
{
	static uint64_t record[65536 / 8];
	struct perf_event_mmap_page *page = ring->at;
	const char *data = (const char *)ring->at + getpagesize();
	uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
	uint64_t tail = page->data_tail;

	while (tail < head) {
		struct perf_event_header header;
		size_t at = tail % RING_BYTES, first;

		memcpy(&header, data + at, sizeof(header));
		if (header.size < sizeof(header) + 8)
			break;
		first = RING_BYTES - at < header.size ? RING_BYTES - at :
			header.size;
		memcpy(record, data + at, first);
		memcpy((char *)record + first, data, header.size - first);
		take_record(m, (const void *)record);
		tail += header.size;
	}
	__atomic_store_n(&page->data_tail, head, __ATOMIC_RELEASE);
}

static int by_time(const void *a, const void *b)
{
	const struct note *x = a, *y = b;

	return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

static void forget_half(struct mappings *m)
{
	size_t half = m->n / 2;

	for (size_t i = 0; i < half; i++)
		free(m->notes[i].map.path);
	memmove(m->notes, m->notes + half, (m->n - half) * sizeof(*m->notes));
	m->n -= half;
}

uint64_t mappings_lost(const struct mappings *m)
{
	return m->lost;
}

void mappings_take(struct mappings *m)
{
	size_t before = m->n;

	for (size_t i = 0; i < m->n_rings; i++)
		if (m->rings[i].at != MAP_FAILED)
			take_ring(m, &m->rings[i]);
	array_sort(m->notes + before, m->n - before, sizeof(*m->notes),
		   by_time);
	if (m->n > NOTES_MAX)
		forget_half(m);
}

/* The mappings of a process */

static void add(struct mapping **list, size_t *n, const struct mapping *map)
{
	*list = xgrow(*list, *n, sizeof(**list));
	(*list)[(*n)++] = *map;
}

/*
 * Finds the note with which the process's memory began: its last exec, or its
 * fork if there was no exec. Returns false if there is no such note.
 */
static bool find_begin(const struct mappings *m, uint32_t pid,
		       uint64_t time_ns, size_t *at)
{
	for (*at = m->n; (*at)--;) {
		const struct note *note = &m->notes[*at];

		if (note->pid == pid && note->time_ns <= time_ns &&
		    note->what != NOTE_MAP)
			return true;
	}
	return false;
}

static void add_notes(const struct mappings *m, uint32_t pid, size_t from,
		      uint64_t time_ns, struct mapping **list, size_t *n)
{
	for (size_t i = from; i < m->n; i++)
		if (m->notes[i].pid == pid && m->notes[i].what == NOTE_MAP &&
		    m->notes[i].time_ns <= time_ns)
			add(list, n, &m->notes[i].map);
}

struct mapping *mappings_at(struct mappings *m, pid_t pid, uint64_t time_ns,
			    size_t *n)
{
	struct {
		uint32_t pid;
		uint64_t time_ns;
		size_t from;
	} line[ANCESTORS_MAX];
	size_t depth = 0, at;
	struct mapping *list = NULL;
	bool known;

	do {
		known = find_begin(m, pid, time_ns, &at);
		line[depth].pid = pid;
		line[depth].time_ns = time_ns;
		line[depth++].from = known ? at : 0;
		if (!known || m->notes[at].what == NOTE_EXEC)
			break;
		pid = m->notes[at].parent;
		time_ns = m->notes[at].time_ns;
	} while (depth < ANCESTORS_MAX);
	*n = 0;
	if (!known) {		/* the process began before the first note */
		forget_read(m);
		m->read = peek_mappings(m->peek, pid, &m->n_read);
	}
	for (size_t i = 0; !known && i < m->n_read; i++)
		add(&list, n, &m->read[i]);
	while (depth--)
		add_notes(m, line[depth].pid, line[depth].from,
			  line[depth].time_ns, &list, n);
	return list;
}
