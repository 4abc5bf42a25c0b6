/* SPDX-License-Identifier: Apache-2.0 */
#include "log-files.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <inttypes.h>
#include <linux/magic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "tracer.h"
#include "tracer-private.h"

#ifndef PIPEFS_MAGIC
#define PIPEFS_MAGIC 0x50495045
#endif

struct log_files {
	struct tracer *tracer;
	struct ring_buffer *ring;
	/* The files, indexed by the kernel's number. */
	struct log_file {
		char *path;		/* NULL after the path was written */
		/* The number in the stream plus 1. 0: not written so far. */
		uint32_t number;
	} *at;
	uint32_t n;			/* the number of elements of `at` */
	uint32_t n_written;
};

/* Returns the path as in /proc/PID/fd. */
static char *path_of(const struct file_event *e)
{
	uint32_t start = e->path.start < PATH_SIZE ? e->path.start : PATH_SIZE;
	int size = PATH_SIZE - start;
	const char *path = e->path.bytes + start;
	const char *deleted = e->deleted ? " (deleted)" : "";

	switch (e->magic) {
	case PIPEFS_MAGIC:
		return xasprintf("pipe:[%" PRIu64 "]", (uint64_t)e->inode);
	case SOCKFS_MAGIC:
		return xasprintf("socket:[%" PRIu64 "]", (uint64_t)e->inode);
	case ANON_INODE_FS_MAGIC:
		return xasprintf("anon_inode:%.*s", size ? size - 1 : 0,
				 size ? path + 1 : path);
	}
	return xasprintf("%s%.*s%s%s", e->path.cut ? "..." : "", size, path,
			 size ? "" : "/", deleted);
}

static void make_room(struct log_files *f, uint32_t number)
{
	uint32_t n = f->n ? f->n : 256;

	while (n <= number)
		n *= 2;
	if (n == f->n)
		return;
	f->at = xrealloc(f->at, n, sizeof(*f->at));
	for (; f->n < n; f->n++)
		f->at[f->n] = (struct log_file){ 0 };
}

static int on_file(void *files, void *data, size_t size)
{
	const struct file_event *e = data;
	struct log_files *f = files;

	if (size < sizeof(*e) || e->number > 2 * FILE_NUMBERS_MAX)
		return 0;
	make_room(f, e->number);
	if (!f->at[e->number].path)
		f->at[e->number].path = path_of(e);
	return 0;
}

struct log_files *log_files_open(struct tracer *t)
{
	struct log_files *f = xcalloc(1, sizeof(*f));

	f->tracer = t;
	f->ring = ring_buffer__new(bpf_map__fd(t->skel->maps.file_ring),
				   on_file, f, NULL);
	return f;
}

void log_files_free(struct log_files *f)
{
	if (!f)
		return;
	for (uint32_t i = 0; i < f->n; i++)
		free(f->at[i].path);
	ring_buffer__free(f->ring);
	free(f->at);
	free(f);
}

void log_files_take(struct log_files *f)
{
	if (f && f->ring)
		ring_buffer__consume(f->ring);
}

uint64_t log_files_number(struct log_files *f, struct events_writer *e,
			  uint64_t number)
{
	struct log_file *file;

	if (!f || !number)
		return 0;
	/* Another CPU may have sent the path a moment ago. */
	if (number >= f->n || (!f->at[number].path && !f->at[number].number))
		log_files_take(f);
	file = number < f->n ? &f->at[number] : NULL;
	if (!file || (!file->path && !file->number)) {
		f->tracer->lost_files++;
		return 0;
	}
	if (!file->number) {
		events_file(e, file->path);
		file->number = ++f->n_written;
		free(file->path);
		file->path = NULL;
	}
	return file->number;
}
