/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: eio-fs DIRECTORY FILE read|write|close — mounts a file system, which
 * has the file "old" with the content of FILE, and room for one new file. The
 * third argument is the operation that fails with EIO: reading the second half
 * of "old", writing, or closing after a write. The directory lists the new file
 * while it has a name. At SIGTERM, unmounts the file system and ends.
 */
#include <stdbool.h>

#include "fuse.h"

enum { OLD = 2, NEW = 3 };

static const char *failing;
static off_t written;
static char new_name[256];	/* empty if the file has no name */

static bool fails(const char *what)
{
	return !strcmp(failing, what);
}

static struct fuse_attr attributes_of(uint64_t node)
{
	return attributes(node, node == OLD ? size :
			  node == NEW ? written : 0, 0644);
}

static struct fuse_entry_out entry_of(uint64_t node)
{
	return (struct fuse_entry_out){ .nodeid = node,
					.attr = attributes_of(node) };
}

static void on_lookup(const struct fuse_in_header *in)
{
	const char *name = (const char *)(in + 1);
	uint64_t node = !strcmp(name, "old") ? OLD :
		*new_name && !strcmp(name, new_name) ? NEW : 0;
	struct fuse_entry_out entry = entry_of(node);

	reply(in->unique, node ? 0 : ENOENT, &entry, sizeof(entry));
}

static void on_create(const struct fuse_in_header *in)
{
	const struct fuse_create_in *what = (const void *)(in + 1);
	struct {
		struct fuse_entry_out entry;
		struct fuse_open_out open;
	} made;

	snprintf(new_name, sizeof(new_name), "%.255s",
		 (const char *)(what + 1));
	written = 0;
	made.entry = entry_of(NEW);
	made.open = (struct fuse_open_out){ .open_flags = FOPEN_DIRECT_IO };
	reply(in->unique, 0, &made, sizeof(made));
}

static void on_read(const struct fuse_in_header *in)
{
	const struct fuse_read_in *what = (const void *)(in + 1);
	static char data[1 << 20];
	size_t most = fails("read") ? size / 2 : size;
	ssize_t n = (off_t)what->offset < (off_t)most ?
		(ssize_t)(most - what->offset) : 0;

	if (n > (ssize_t)what->size)
		n = what->size;
	n = pread(file, data, n, what->offset);
	reply(in->unique, fails("read") && n < 1 ? EIO : 0, data, n);
}

static void on_write(const struct fuse_in_header *in)
{
	const struct fuse_write_in *what = (const void *)(in + 1);
	struct fuse_write_out done = { .size = what->size };

	written += what->size;
	reply(in->unique, fails("write") ? EIO : 0, &done, sizeof(done));
}

static void on_rename(const struct fuse_in_header *in, size_t head)
{
	const char *from = (const char *)(in + 1) + head;

	snprintf(new_name, sizeof(new_name), "%.255s",
		 from + strlen(from) + 1);
	reply(in->unique, 0, NULL, 0);
}

static void answer(const struct fuse_in_header *in)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096,
	};
	struct fuse_attr_out attr = { .attr = attributes_of(in->nodeid) };
	struct fuse_open_out open = { .open_flags = FOPEN_DIRECT_IO };

	switch (in->opcode) {
	case FUSE_INIT: return reply(in->unique, 0, &init, sizeof(init));
	case FUSE_LOOKUP: return on_lookup(in);
	case FUSE_SETATTR:
	case FUSE_GETATTR: return reply(in->unique, 0, &attr, sizeof(attr));
	case FUSE_OPEN: return reply(in->unique, 0, &open, sizeof(open));
	case FUSE_CREATE: return on_create(in);
	case FUSE_READ: return on_read(in);
	case FUSE_WRITE: return on_write(in);
	case FUSE_RENAME:
		return on_rename(in, sizeof(struct fuse_rename_in));
	case FUSE_RENAME2:
		return on_rename(in, sizeof(struct fuse_rename2_in));
	case FUSE_UNLINK: *new_name = '\0'; /* fall through */
	case FUSE_RELEASE: return reply(in->unique, 0, NULL, 0);
	case FUSE_FLUSH: return reply(in->unique,
				      fails("close") ? EIO : 0, NULL, 0);
	case FUSE_FORGET: return;
	default: return reply(in->unique, ENOSYS, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	if (argc != 4)
		errx(2, "usage: eio-fs DIRECTORY FILE read|write|close");
	failing = argv[3];
	return serve(argv[1], argv[2], "eio");
}
