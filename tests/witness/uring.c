/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: uring [sqpoll] — makes operations with io_uring, which are not system
 * calls. With sqpoll, a kernel thread submits them.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "witness.h"

static struct io_uring_params params;
static char *ring;
static struct io_uring_sqe *sqes;
static int fd;

static unsigned int *at(uint32_t offset)
{
	return (unsigned int *)(ring + offset);
}

static void open_ring(unsigned int flags)
{
	params.flags = flags;
	params.sq_thread_idle = 100;
	fd = syscall(SYS_io_uring_setup, 8, &params);
	if (fd < 0)
		err(CANNOT, "io_uring_setup");
	ring = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    IORING_OFF_SQ_RING);
	sqes = mmap(NULL, 8 * sizeof(*sqes), PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, IORING_OFF_SQES);
	if (ring == MAP_FAILED || sqes == MAP_FAILED ||
	    !(params.features & IORING_FEAT_SINGLE_MMAP))
		err(CANNOT, "mmap");
}

static int submit(const struct io_uring_sqe *sqe)
{
	unsigned int tail = *at(params.sq_off.tail);
	unsigned int head = *at(params.cq_off.head);
	unsigned int flags = IORING_ENTER_GETEVENTS;
	struct io_uring_cqe *cqe;

	sqes[tail & 7] = *sqe;
	at(params.sq_off.array)[tail & 7] = tail & 7;
	__atomic_store_n(at(params.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	if (params.flags & IORING_SETUP_SQPOLL)
		flags |= IORING_ENTER_SQ_WAKEUP;
	if (syscall(SYS_io_uring_enter, fd, 1, 1, flags, NULL, 0) < 0)
		err(1, "io_uring_enter");
	cqe = (struct io_uring_cqe *)at(params.cq_off.cqes) +
		(head & *at(params.cq_off.ring_mask));
	__atomic_store_n(at(params.cq_off.head), head + 1, __ATOMIC_RELEASE);
	return cqe->res;
}

int main(int argc, char **argv)
{
	struct io_uring_sqe nop = { .opcode = IORING_OP_NOP };
	struct io_uring_sqe make = {
		.opcode = IORING_OP_MKDIRAT, .fd = AT_FDCWD,
		.addr = (uintptr_t)"/dev/null/none", .len = 0700,
	};

	struct io_uring_sqe file = {
		.opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		.addr = (uintptr_t)"/dev/null", .open_flags = O_RDONLY,
	};
	struct io_uring_sqe move = {
		.opcode = IORING_OP_RENAMEAT, .fd = AT_FDCWD, .len = AT_FDCWD,
		.addr = (uintptr_t)"absent/old", .off = (uintptr_t)"/absent/new",
	};

	open_ring(argc > 1 && !strcmp(argv[1], "sqpoll") ?
		  IORING_SETUP_SQPOLL : 0);
	for (int i = 0; i < 3; i++)
		submit(&nop);
	if (submit(&make) != -ENOTDIR)
		errx(1, "mkdirat");
	if (submit(&file) < 0 || submit(&move) != -ENOENT)
		errx(1, "openat, renameat");
	truth("io_uring", "openat", 1, "");
	truth("io_uring", "renameat", 1, "");
	truth("io_uring", "nop", 3, "");
	truth("io_uring", "mkdirat", 1, "");
	TRUTH(mkdirat, 0);
	TRUTH(mkdir, 0);
	return 0;
}
