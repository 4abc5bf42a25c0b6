/* SPDX-License-Identifier: Apache-2.0 */
#include "executables.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/clock.h"
#include "base/memory.h"
#include "event.h"
#include "process/file-child.h"
#include "process/image-file.h"

struct executables {
	const struct bpf_map *paths;
	struct file_child *files;	/* the child that reads executables */
	struct executable *known;	/* by image id */
	size_t n_known;
	/* ids of the images that the child was asked about, in order */
	uint32_t *asked;
	size_t n_asked, n_answered;
};

struct executables *executables_new(void)
{
	struct executables *e = xcalloc(1, sizeof(*e));

	e->files = file_child_new(image_file_read, NULL);
	return e;
}

void executables_free(struct executables *e)
{
	if (!e)
		return;
	file_child_free(e->files);
	free(e->asked);
	free(e->known);
	free(e);
}

void executables_start(struct executables *e)
{
	file_child_start(e->files);
}

void executables_use(struct executables *e, const struct bpf_map *paths)
{
	e->paths = paths;
}

static struct executable *known(struct executables *e, uint32_t id)
{
	if (id >= e->n_known) {
		size_t n = id + 16;

		e->known = xrealloc(e->known, n, sizeof(*e->known));
		memset(e->known + e->n_known, 0,
		       (n - e->n_known) * sizeof(*e->known));
		e->n_known = n;
	}
	return &e->known[id];
}

const struct executable *executable_at(struct executables *e, uint32_t id)
{
	return known(e, id);
}

/*
 * Whether the file is that of the image. Inode and device must be equal. The
 * device is not compared for overlayfs and btrfs, where stat(2) shows another
 * number than the kernel's; the kernel's then has the major number 0.
 */
static bool is_file_of(const struct stat *st, const struct image_key *key)
{
	unsigned int major_nr = key->device >> 20;

	return S_ISREG(st->st_mode) && st->st_ino == key->inode &&
		(!major_nr || (major(st->st_dev) == major_nr &&
			       minor(st->st_dev) == (key->device & 0xfffff)));
}

static bool look_up(const struct executables *e, uint32_t id,
		    struct image_path *path)
{
	return !bpf_map__lookup_elem(e->paths, &id, sizeof(id), path,
				     sizeof(*path), 0);
}

static void learn(struct executables *e, uint32_t id,
		  const struct image_file *file)
{
	struct executable *of = known(e, id);
	struct image_path path;

	if (!look_up(e, id, &path) || !is_file_of(&file->st, &path.key))
		return;
	memcpy(of->build_id, file->build_id, file->build_id_size);
	of->build_id_size = file->build_id_size;
	of->is_privileged = file->is_privileged;
}

void executables_ask(struct executables *e, uint32_t id, pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	if (!file_child_send(e->files, path, strlen(path) + 1))
		return;
	e->asked = xgrow(e->asked, e->n_asked, sizeof(*e->asked));
	e->asked[e->n_asked++] = id;
}

void executables_take(struct executables *e, int milliseconds)
{
	uint64_t end = now_ns() + milliseconds * 1000000ULL;

	while (e->n_answered < e->n_asked) {
		struct image_file file;
		uint64_t now = milliseconds ? now_ns() : end;
		int size = file_child_receive(e->files, &file, sizeof(file),
			now < end ? (end - now + 999999) / 1000000 :
			milliseconds ? 1 : 0);

		if (size == -EAGAIN)
			return;
		if (size == sizeof(file))
			learn(e, e->asked[e->n_answered++], &file);
		/* After a failure, the child answers no further request. */
		else
			e->n_answered = e->n_asked;
	}
}

char *executable_path(const struct executables *e, uint32_t id)
{
	struct image_path path;
	uint32_t start;

	if (!look_up(e, id, &path))
		return NULL;
	start = path.start < PATH_SIZE ? path.start : PATH_SIZE;
	return xasprintf("%s%.*s", path.cut ? "..." : "",
			 (int)(PATH_SIZE - start), path.bytes + start);
}

uint32_t executable_scope(const struct executables *e, uint32_t id)
{
	struct image_path path;

	return look_up(e, id, &path) && path.key.scope < SCOPES_MAX ?
		path.key.scope : 0;
}

void executable_read(struct executables *e, uint32_t id, const char *path)
{
	struct image_file file;

	if (!known(e, id)->build_id_size &&
	    image_file_ask(e->files, path, &file))
		learn(e, id, &file);
}
