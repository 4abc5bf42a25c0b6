/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: stuck-fs DIRECTORY FILE [close|read] — mounts a file system with a
 * file "prog" that has the content of FILE. Only the first process can open it;
 * other processes wait forever. With "close" or "read", every process can open
 * it, but waits forever when it closes or reads it. At SIGTERM, unmounts the
 * file system and ends.
 */
#include <stdbool.h>

#include "fuse.h"

enum { PROG = 2 };

static uint32_t opener;
static bool close_sticks, read_sticks;

static struct fuse_attr attributes_of(uint64_t node)
{
	return attributes(node, node == PROG ? size : 0, 0755);
}

static void on_lookup(const struct fuse_in_header *in)
{
	struct fuse_entry_out entry = {
		.nodeid = PROG, .entry_valid = 3600, .attr_valid = 3600,
		.attr = attributes_of(PROG),
	};
	int error = strcmp((const char *)(in + 1), "prog") ? ENOENT : 0;

	reply(in->unique, error, &entry, sizeof(entry));
}

static void on_read(const struct fuse_in_header *in)
{
	const struct fuse_read_in *what = (const void *)(in + 1);
	static char data[1 << 20];
	ssize_t n = pread(file, data, what->size, what->offset);

	reply(in->unique, n < 0 ? EIO : 0, data, n);
}

static void answer(const struct fuse_in_header *in)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096,
	};
	struct fuse_attr_out attr = {
		.attr_valid = 3600, .attr = attributes_of(in->nodeid),
	};
	struct fuse_open_out open = { .open_flags = FOPEN_KEEP_CACHE };

	switch (in->opcode) {
	case FUSE_INIT: return reply(in->unique, 0, &init, sizeof(init));
	case FUSE_LOOKUP: return on_lookup(in);
	case FUSE_GETATTR: return reply(in->unique, 0, &attr, sizeof(attr));
	case FUSE_READ: return read_sticks ? (void)0 : on_read(in);
	case FUSE_FORGET: return;
	case FUSE_FLUSH:
		if (close_sticks)
			return;
		/* fallthrough */
	case FUSE_RELEASE: return reply(in->unique, 0, NULL, 0);
	case FUSE_OPEN:
		if (!opener || close_sticks || read_sticks)
			opener = in->pid;
		if (opener == in->pid)
			reply(in->unique, 0, &open, sizeof(open));
		return;
	default: return reply(in->unique, ENOSYS, NULL, 0);
	}
}

int main(int argc, char **argv)
{
	if (argc != 3 && argc != 4)
		errx(2, "usage: stuck-fs DIRECTORY FILE [close|read]");
	close_sticks = argc == 4 && !strcmp(argv[3], "close");
	read_sticks = argc == 4 && !strcmp(argv[3], "read");
	return serve(argv[1], argv[2], "stuck");
}
