/* SPDX-License-Identifier: Apache-2.0 */
#include "process/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "profile/landlock.h"
#include "kernel/syscall.h"

enum {
	ALL = SANDBOX_MERGE | SANDBOX_DIFF | SANDBOX_EMIT | SANDBOX_VERIFY,
};

/* A call that some tools may make. */
struct row {
	int nr;
	unsigned int tools;	/* enum sandbox_tool */
	/* answer ENOSYS, as a kernel without the call does */
	bool missing;
	unsigned int index;	/* which argument decides, if mask is not 0 */
	uint64_t mask, value;	/* the condition is argument & mask == value */
};

#define CALL(of, call) { .nr = SYS_##call, .tools = of }
#define CALL_IF(of, call, argument, bits, is) \
	{ .nr = SYS_##call, .tools = of, .index = argument, .mask = bits, \
	  .value = is }
#define NO_CALL(of, call) { .nr = SYS_##call, .tools = of, .missing = true }

static const struct row recorded[] = {
#include "process/sandbox-data.h"
};

/*
 * Calls that few or no recorded runs made, but that others may need: for a
 * large input, for an output that replaces a file, or on a file system without
 * O_TMPFILE.
 */
static const struct row rare[] = {
	CALL_IF(ALL, mmap, 2, PROT_EXEC, 0),
	CALL(ALL, munmap), CALL(ALL, mremap), CALL(ALL, madvise),
	CALL(ALL, brk),
	CALL(ALL, linkat), CALL(ALL, unlinkat),
#ifdef SYS_renameat
	CALL(ALL, renameat),
#else
	CALL(ALL, renameat2),				/* riscv */
#endif
	CALL_IF(ALL, ioctl, 1, UINT32_MAX, TCGETS),	/* isatty() */
	CALL(ALL, futex),
	CALL(ALL, rt_sigprocmask), CALL(ALL, getpid), CALL(ALL, gettid),
	CALL(ALL, getrusage),				/* filter/compile.c */
	CALL(ALL, tgkill),				/* abort() */
	/*
	 * Calls that other C libraries, or other versions of glibc, make
	 * instead:
	 */
	CALL(ALL, fstat),		/* glibc 2.38 and later, musl */
	CALL(ALL, newfstatat),		/* glibc 2.33 to 2.37: fstat() */
	CALL(ALL, lseek),
	CALL(ALL, readv), CALL(ALL, writev),		/* musl's stdio */
	CALL_IF(ALL, ioctl, 1, UINT32_MAX, TIOCGWINSZ),	/* its isatty() */
};
/*
 * The process in which sp-emit reads executables makes these further calls,
 * which were found with strace over a run of --possible. Some of them are only
 * made when a file needs more memory.
 */
static const struct row reading[] = {
	CALL_IF(SANDBOX_READER, openat, 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY),
	CALL(SANDBOX_READER, read), CALL(SANDBOX_READER, pread64),
	CALL(SANDBOX_READER, lseek), CALL(SANDBOX_READER, close),
	CALL(SANDBOX_READER, fstat), CALL(SANDBOX_READER, newfstatat),
	CALL_IF(SANDBOX_READER, fcntl, 1, UINT32_MAX, F_GETFL),
	CALL_IF(SANDBOX_READER, fcntl, 1, UINT32_MAX, F_GETFD),
	CALL_IF(SANDBOX_READER, mmap, 2, PROT_EXEC, 0),
	CALL(SANDBOX_READER, munmap), CALL(SANDBOX_READER, mremap),
	CALL(SANDBOX_READER, madvise), CALL(SANDBOX_READER, brk),
	CALL(SANDBOX_READER, write), CALL(SANDBOX_READER, futex),
	CALL(SANDBOX_READER, clock_gettime), CALL(SANDBOX_READER, getrandom),
	CALL(SANDBOX_READER, exit_group), CALL(SANDBOX_READER, rt_sigreturn),
	CALL(SANDBOX_READER, restart_syscall),
	CALL(SANDBOX_READER, sysinfo),			/* qsort() */
};
enum {
	N_READING = sizeof(reading) / sizeof(reading[0]),
	N_RECORDED = sizeof(recorded) / sizeof(recorded[0]),
	N_RARE = sizeof(rare) / sizeof(rare[0]),
};

/* The seccomp filter */

enum { ROW_LENGTH = 9 };	/* instructions, at most */

struct program {
	struct sock_filter code[8 + ROW_LENGTH * (N_RECORDED + N_RARE + N_READING)];
	unsigned short n;
};

static void add(struct program *p, unsigned short code, uint32_t k,
		unsigned char yes, unsigned char no)
{
	p->code[p->n++] = (struct sock_filter){ code, yes, no, k };
}

static void load(struct program *p, size_t offset)
{
	add(p, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

static void answer(struct program *p, uint32_t action)
{
	add(p, BPF_RET | BPF_K, action, 0, 0);
}

enum {
	NO_SUCH_CALL = SECCOMP_RET_ERRNO | ENOSYS,
	NO_PERMISSION = SECCOMP_RET_ERRNO | EPERM,
};

/* Returns the position of the low or the high 32 bits of an argument. */
static size_t argument_at(unsigned int index, bool high)
{
	bool second = high == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);

	return offsetof(struct seccomp_data, args[index]) + (second ? 4 : 0);
}

/*
 * Compares 32 bits of an argument. If they differ, skips `left` more
 * instructions.
 */
static void compare(struct program *p, const struct row *row, bool high,
		    unsigned char left)
{
	load(p, argument_at(row->index, high));
	add(p, BPF_ALU | BPF_AND | BPF_K, high ? row->mask >> 32 : row->mask,
	    0, 0);
	add(p, BPF_JMP | BPF_JEQ | BPF_K, high ? row->value >> 32 : row->value,
	    0, left);
}

/* The number must be in the accumulator, and is in it again afterwards. */
static void add_row(struct program *p, const struct row *row)
{
	if (!row->mask) {
		add(p, BPF_JMP | BPF_JEQ | BPF_K, row->nr, 0, 1);
		answer(p, row->missing ? NO_SUCH_CALL : SECCOMP_RET_ALLOW);
		return;
	}
	add(p, BPF_JMP | BPF_JEQ | BPF_K, row->nr, 0, ROW_LENGTH - 1);
	compare(p, row, false, 4);
	compare(p, row, true, 1);
	answer(p, SECCOMP_RET_ALLOW);
	load(p, offsetof(struct seccomp_data, nr));
}

/*
 * Numbers above the largest known one belong to newer calls. A C library that
 * tries such a call works without it after ENOSYS.
 */
static void add_rows(struct program *p, enum sandbox_tool tool)
{
	int newest = 0;

	for (int i = 0; i < N_RECORDED; i++)
		if (recorded[i].nr > newest)
			newest = recorded[i].nr;
	add(p, BPF_JMP | BPF_JGT | BPF_K, newest, 0, 1);
	answer(p, NO_SUCH_CALL);
	for (int i = 0; i < N_RECORDED; i++)
		if (recorded[i].tools & tool)
			add_row(p, &recorded[i]);
	for (int i = 0; i < N_RARE; i++)
		if (rare[i].tools & tool)
			add_row(p, &rare[i]);
	for (int i = 0; i < N_READING; i++)
		if (reading[i].tools & tool)
			add_row(p, &reading[i]);
}

static void filter_calls(enum sandbox_tool tool)
{
	struct program p = { .n = 0 };
	struct sock_fprog loaded;

	load(&p, offsetof(struct seccomp_data, arch));
	add(&p, BPF_JMP | BPF_JEQ | BPF_K, arch_native()->audit, 1, 0);
	answer(&p, SECCOMP_RET_KILL_PROCESS);
	load(&p, offsetof(struct seccomp_data, nr));
	add_rows(&p, tool);
	answer(&p, NO_PERMISSION);
	loaded = (struct sock_fprog){ p.n, p.code };
	syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &loaded);
}

/*
 * The Landlock policy: it denies all access, except for creating the output
 * files.
 */

static void allow_commit(struct landlock_policy *p, const struct output *out)
{
	char path[32];

	if (!out || output_directory(out) < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", output_directory(out));
	landlock_allow(p, path, SANDBOX_OUTPUT);
}

static void note_missing(const char *path, void *missing)
{
	(void)path;
	*(bool *)missing = true;
}

static void restrict_files(enum sandbox_tool tool, const struct output *out,
			   const struct output *other)
{
	struct landlock_policy *p = landlock_new();
	int abi = landlock_abi(), ruleset = -1;
	bool missing = false;

	p->handled[LANDLOCK_FS] = LANDLOCK_FS_ALL;
	p->handled[LANDLOCK_NET] = LANDLOCK_NET_ALL;
	p->handled[LANDLOCK_SCOPE] = LANDLOCK_SCOPE_ALL;
	allow_commit(p, out);
	allow_commit(p, other);
	if (tool == SANDBOX_READER)
		landlock_allow(p, "/", LANDLOCK_FS_READ_FILE |
			       LANDLOCK_FS_READ_DIR);
	if (abi)
		ruleset = landlock_ruleset(p, abi, note_missing, &missing);
	/* without /proc, the tool could not commit an output */
	if (ruleset >= 0 && !missing)
		landlock_restrict(ruleset, abi);
	if (ruleset >= 0)
		close(ruleset);
	landlock_free(p);
}

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#endif

void sandbox_enter(enum sandbox_tool tool, const struct output *out,
		   const struct output *other)
{
	/* initialize the hash now, which reads /dev/urandom once */
	if (tool != SANDBOX_MERGE && tool != SANDBOX_READER)
		json_object_seed(0);
/* LeakSanitizer starts a thread that traces us */
#if defined(SANITIZED)
	(void)restrict_files, (void)filter_calls;
	(void)tool, (void)out, (void)other;
/* with sp-record --mark=sandbox, this begins a phase */
#elif defined(SANDBOX_RECORD)
	(void)restrict_files, (void)filter_calls;
	(void)tool, (void)out, (void)other;
	prctl(PR_SET_NAME, "sandbox", 0, 0, 0);
#else
	restrict_files(tool, out, other);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	filter_calls(tool);
#endif
}
