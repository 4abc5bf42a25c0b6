/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: stuck-fs DIRECTORY FILE — mounts a file system with one file, "prog",
 * which is FILE. Only the first process that opens it gets an answer; each other
 * one waits for ever. Ends with SIGTERM, and unmounts.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *directory;
static int device, file;
static uint32_t opener;
static off_t size;

static void reply(uint64_t id, int error, const void *data, size_t n)
{
	struct fuse_out_header head = {
		.len = sizeof(head) + n, .error = -error, .unique = id,
	};
	struct iovec parts[] = {
		{ &head, sizeof(head) }, { (void *)data, n },
	};

	if (writev(device, parts, 2) < 0 && errno != ENOENT)
		warn("writev");
}

static struct fuse_attr attributes(uint64_t node)
{
	return (struct fuse_attr){
		.ino = node, .nlink = 1, .blksize = 4096,
		.size = node == FUSE_ROOT_ID ? 0 : size,
		.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | 0755,
	};
}

static void on_lookup(const struct fuse_in_header *in)
{
	struct fuse_entry_out entry = {
		.nodeid = 2, .entry_valid = 3600, .attr_valid = 3600,
		.attr = attributes(2),
	};
	int error = strcmp((const char *)(in + 1), "prog") ? ENOENT : 0;

	reply(in->unique, error, &entry, error ? 0 : sizeof(entry));
}

static void on_read(const struct fuse_in_header *in)
{
	const struct fuse_read_in *what = (const void *)(in + 1);
	static char data[1 << 20];
	ssize_t n = pread(file, data, what->size, what->offset);

	reply(in->unique, n < 0 ? EIO : 0, data, n < 0 ? 0 : n);
}

static void answer(const struct fuse_in_header *in)
{
	struct fuse_init_out init = {
		.major = FUSE_KERNEL_VERSION, .minor = 31, .max_write = 4096,
	};
	struct fuse_attr_out attr = {
		.attr_valid = 3600, .attr = attributes(in->nodeid),
	};
	struct fuse_open_out open = { .open_flags = FOPEN_KEEP_CACHE };

	switch (in->opcode) {
	case FUSE_INIT: return reply(in->unique, 0, &init, sizeof(init));
	case FUSE_LOOKUP: return on_lookup(in);
	case FUSE_GETATTR: return reply(in->unique, 0, &attr, sizeof(attr));
	case FUSE_READ: return on_read(in);
	case FUSE_FORGET: return;
	case FUSE_FLUSH:
	case FUSE_RELEASE: return reply(in->unique, 0, NULL, 0);
	case FUSE_OPEN:
		if (!opener)
			opener = in->pid;
		if (opener == in->pid)
			reply(in->unique, 0, &open, sizeof(open));
		return;
	default: return reply(in->unique, ENOSYS, NULL, 0);
	}
}

static void end(int signal)
{
	(void)signal;
	umount2(directory, MNT_DETACH);
	_exit(0);	/* closes the device: who waits gets ENOTCONN */
}

int main(int argc, char **argv)
{
	static char request[2 << 20] __attribute__((aligned(8)));
	char options[64];

	if (argc != 3)
		errx(2, "usage: stuck-fs DIRECTORY FILE");
	directory = argv[1];
	file = open(argv[2], O_RDONLY);
	size = lseek(file, 0, SEEK_END);
	device = open("/dev/fuse", O_RDWR);
	if (device < 0)
		return 77;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
	if (file < 0 || mount("stuck", directory, "fuse", MS_NODEV, options))
		err(1, "%s", directory);
	signal(SIGTERM, end);
	while (read(device, request, sizeof(request)) > 0)
		answer((const struct fuse_in_header *)request);
	return 0;
}
