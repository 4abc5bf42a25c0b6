/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file systems of the tests share this header, which uses fuse(4) without a
 * library. The file that includes it defines answer().
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *directory;
static int device, file;	/* the content of the only file */
static off_t size;

static void answer(const struct fuse_in_header *in);

static void reply(uint64_t id, int error, const void *data, size_t n)
{
	struct fuse_out_header head = {
		.len = sizeof(head) + (error ? 0 : n), .error = -error,
		.unique = id,
	};
	struct iovec parts[] = {
		{ &head, sizeof(head) }, { (void *)data, error ? 0 : n },
	};

	if (writev(device, parts, 2) < 0 && errno != ENOENT)
		warn("writev");
}

static struct fuse_attr attributes(uint64_t node, off_t bytes, mode_t mode)
{
	return (struct fuse_attr){
		.ino = node, .size = bytes, .nlink = 1, .blksize = 4096,
		.mode = node == FUSE_ROOT_ID ? S_IFDIR | 0755 : S_IFREG | mode,
	};
}

/* After this, processes that wait for an answer get ENOTCONN. */
static void end(int signal)
{
	(void)signal;
	umount2(directory, MNT_DETACH);
	_exit(0);
}

/*
 * Mounts on DIRECTORY, and answers until SIGTERM. Returns 77 if the kernel has
 * no FUSE.
 */
static int serve(const char *on, const char *content, const char *name)
{
	static char request[2 << 20] __attribute__((aligned(8)));
	char options[64];

	directory = on;
	file = open(content, O_RDONLY);
	size = lseek(file, 0, SEEK_END);
	device = open("/dev/fuse", O_RDWR);
	if (device < 0)
		return 77;
	snprintf(options, sizeof(options),
		 "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", device);
	if (file < 0 || mount(name, directory, "fuse", MS_NODEV, options))
		err(1, "%s", directory);
	signal(SIGTERM, end);
	while (read(device, request, sizeof(request)) > 0)
		answer((const struct fuse_in_header *)request);
	return 0;
}
