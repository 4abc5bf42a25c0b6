/* SPDX-License-Identifier: Apache-2.0 */
#include "older.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/memory.h"
#include "machine.h"

/*
 * Whether the kernel lacks a helper. libbpf assumes that a kernel that loads no
 * programs has all helpers.
 */
static bool lacks(enum bpf_func_id helper)
{
	return !libbpf_probe_bpf_helper(BPF_PROG_TYPE_RAW_TRACEPOINT, helper,
					NULL);
}

/* For tests: SP_DEBUG=older treats any kernel as an old one. */
static bool is_forced(void)
{
	return machine_has_debug("older");
}

bool older_warns_of_allocation(void)
{
	/* This helper is as new as the kernels that do not warn: 6.1. */
	return is_forced() || (kernel_is_older_than(6, 1) &&
				  lacks(BPF_FUNC_user_ringbuf_drain));
}

#if defined(__x86_64__)
static const unsigned char packed[] = {	/* by gzip(1) */
#include "bpf/older.h"
};

/*
 * Whether the kernel loads any program. Up to 5.10, kernels count the programs
 * of all processes of a user against the limit of locked memory.
 */
static bool loads_programs(void)
{
	const struct bpf_insn nothing[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K },	/* r0 = 0 */
		{ .code = BPF_JMP | BPF_EXIT },
	};
	int fd = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, NULL, "GPL",
			       nothing, 2, NULL);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

bool older_is_needed(bool paths)
{
	if (!kernel_is_older_than(5, 17))
		return is_forced();
	if (!loads_programs())
		return kernel_is_older_than(5, paths ? 17 : 15);
	/*
	 * These are the newest helpers: the first one is needed always, and
	 * exists since 5.15; the second one is needed for --paths, and exists
	 * since 5.17.
	 */
	return is_forced() || lacks(BPF_FUNC_task_pt_regs) ||
		(paths && lacks(BPF_FUNC_find_vma));
}
#else
static const unsigned char packed[4];

bool older_is_needed(bool paths)
{
	(void)paths;
	return false;
}
#endif

/* Returns the last four bytes of the gzip format (RFC 1952). */
static uint32_t unpacked_size(void)
{
	const unsigned char *end = packed + sizeof(packed);

	return end[-4] | end[-3] << 8 | end[-2] << 16 | (uint32_t)end[-1] << 24;
}

void *older_object(size_t *size)
{
	enum { WINDOW = 15, GZIP = 16 };
	z_stream z = {
		.next_in = (unsigned char *)packed, .avail_in = sizeof(packed),
		.avail_out = unpacked_size(),
	};
	void *object = xcalloc(z.avail_out + 1, 1);
	int result;

	*size = z.avail_out;
	z.next_out = object;
	result = inflateInit2(&z, WINDOW + GZIP);
	if (result == Z_OK) {
		result = inflate(&z, Z_FINISH);
		inflateEnd(&z);
	}
	if (result == Z_STREAM_END)
		return object;
	free(object);
	return NULL;
}

struct rlimit older_limit(void)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

	getrlimit(RLIMIT_MEMLOCK, &limit);
	return limit;
}

void older_raise_limit(void)
{
	const struct rlimit most = { RLIM_INFINITY, RLIM_INFINITY };
	struct rlimit limit = older_limit();

	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_MEMLOCK, &most))
		setrlimit(RLIMIT_MEMLOCK, &limit);
}

void older_restore_limit(const struct rlimit *former)
{
	struct rlimit now = older_limit();

	if (now.rlim_cur != former->rlim_cur || now.rlim_max != former->rlim_max)
		setrlimit(RLIMIT_MEMLOCK, former);
}
