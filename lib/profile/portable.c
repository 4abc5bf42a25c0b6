/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/portable.h"

#include <string.h>

/* These calls with "at" take a directory's descriptor: */
#define AT "arm64 and riscv have only the call with \"at\", syscalls(2)"
/* These calls take flags: */
#define FLAGS "arm64 and riscv have only the call with flags, syscalls(2)"
#define TIME64 "32-bit: glibc 2.34 and musl 1.2.0 make the call with a 64-bit time"
#define LARGE "32-bit: the call with 64-bit offsets, syscalls(2)"
#define IDS "32-bit: the call with 32-bit user ids, syscalls(2)"
/* Every program makes these calls between its execve and main(): */
#define START "glibc 2.36 and musl 1.2.3: the start of a program"

/*
 * The rows were made from recordings of both libraries (glibc 2.36, musl 1.2.3,
 * x86-64). The source of other rows is section 2 of the manual: "C
 * library/kernel differences" of the call's page, or syscalls(2).
 */
static const struct portable_family families[] = {
	{ { "execve", "access", "arch_prctl", "brk", "close", "mmap",
	    "mprotect", "munmap", "newfstatat", "openat" }, true, START },
	{ { "execve", "pread64", "prlimit64", "read", "rseq",
	    "set_robust_list", "set_tid_address", "open", "fstat", "fcntl" },
	  true, START },
	{ { "execve", "getrandom", "exit_group", "mmap2", "fstat64",
	    "fstatat64", "fcntl64", "set_thread_area" }, true, START },

	{ { "open", "openat", "creat" }, false,
	  "glibc 2.26 open: openat; musl: open; " AT },
	{ { "stat", "lstat", "fstat", "newfstatat", "statx", "stat64",
	    "lstat64", "fstat64", "fstatat64" }, false,
	  "glibc 2.33 stat, fstat: newfstatat; musl: stat, fstat; 32-bit: "
	  "statx" },
	{ { "access", "faccessat", "faccessat2" }, false,
	  "glibc 2.33 faccessat: faccessat2; " AT },
	{ { "mkdir", "mkdirat" }, false, AT },
	{ { "mknod", "mknodat" }, false, "glibc 2.33 mknod: mknodat; " AT },
	{ { "rmdir", "unlink", "unlinkat" }, false, AT },
	{ { "rename", "renameat", "renameat2" }, false,
	  "riscv has only renameat2; " AT },
	{ { "link", "linkat" }, false, AT },
	{ { "symlink", "symlinkat" }, false, AT },
	{ { "readlink", "readlinkat" }, false, AT },
	{ { "chmod", "fchmodat", "fchmodat2" }, false,
	  "glibc 2.39 fchmodat: fchmodat2; " AT },
	{ { "chown", "lchown", "fchownat", "chown32", "lchown32" }, false, AT },
	{ { "fchown", "fchown32" }, false, IDS },
	{ { "utime", "utimes", "futimesat", "utimensat", "utimensat_time64" },
	  false, "glibc and musl utimes: utimensat; " AT },
	{ { "getdents", "getdents64" }, false,
	  "glibc and musl: getdents64 under both names, getdents(2)" },

	{ { "fork", "vfork", "clone", "clone3" }, false,
	  "glibc 2.34 posix_spawn, pthread_create: clone3; musl: fork, vfork, "
	  "clone" },
	{ { "clone", "rt_sigprocmask", "rt_sigaction", "gettid",
	    "membarrier" }, true,
	  "musl 1.2.3 fork, pthread_create; glibc 2.36 pthread_create, "
	  "posix_spawn: rt_sigaction" },
	{ { "clone3", "rt_sigprocmask", "rt_sigaction", "gettid",
	    "membarrier" }, true,
	  "musl 1.2.3 fork, pthread_create" },
	{ { "fork", "rt_sigprocmask", "gettid" }, true, "musl 1.2.3 fork" },
	{ { "wait4", "waitpid", "waitid" }, false,
	  "glibc waitpid: wait4; 32-bit riscv: waitid" },
	{ { "tkill", "tgkill" }, false,
	  "glibc raise, pthread_kill: tgkill; musl: tkill" },
	{ { "tgkill", "getpid", "gettid" }, true,
	  "glibc 2.36 raise: getpid, gettid" },
	{ { "tkill", "getpid", "gettid" }, true,
	  "glibc 2.36 raise: getpid, gettid" },
	{ { "getpgrp", "getpgid" }, false,
	  "musl getpgrp: getpgid; arm64 has only that" },
	{ { "alarm", "setitimer" }, false,
	  "musl alarm: setitimer; arm64 has only that" },
	{ { "pause", "ppoll", "ppoll_time64" }, true,
	  "glibc pause: ppoll on arm64" },
	{ { "nanosleep", "clock_nanosleep", "clock_nanosleep_time64" }, false,
	  "glibc 2.31 nanosleep: clock_nanosleep; musl: nanosleep" },
	{ { "getrlimit", "setrlimit", "prlimit64", "ugetrlimit" }, false,
	  "glibc and musl getrlimit, setrlimit: prlimit64" },
	{ { "set_robust_list", "rseq" }, false,
	  "glibc 2.35 makes both when a thread starts, musl neither" },

	{ { "poll", "ppoll", "ppoll_time64" }, false,
	  "glibc poll: ppoll on arm64; " TIME64 },
	{ { "select", "_newselect", "pselect6", "pselect6_time64" }, false,
	  "glibc 2.34 select: pselect6; musl: select" },
	{ { "epoll_create", "epoll_create1" }, false, FLAGS },
	{ { "epoll_wait", "epoll_pwait", "epoll_pwait2" }, false,
	  "glibc epoll_wait: epoll_pwait on arm64" },
	{ { "eventfd", "eventfd2" }, false, FLAGS },
	{ { "inotify_init", "inotify_init1" }, false, FLAGS },
	{ { "signalfd", "signalfd4" }, false, FLAGS },
	{ { "dup2", "dup3" }, false, FLAGS },
	{ { "pipe", "pipe2" }, false, FLAGS },
	{ { "accept", "accept4" }, false, FLAGS },
	{ { "send", "sendto" }, false, "64-bit has only sendto, syscalls(2)" },
	{ { "recv", "recvfrom" }, false,
	  "64-bit has only recvfrom, syscalls(2)" },

	{ { "read", "readv" }, false, "stdio: glibc read, musl readv" },
	{ { "write", "writev" }, false, "stdio: glibc write, musl writev" },
	{ { "write", "ioctl" }, true,
	  "musl stdio: asks once whether it writes to a terminal" },
	{ { "preadv", "preadv2" }, false, "glibc 2.26 preadv2: preadv" },
	{ { "pwritev", "pwritev2" }, false, "glibc 2.26 pwritev2: pwritev" },
	{ { "brk", "mmap", "munmap", "mremap", "madvise", "mmap2" }, false,
	  "malloc: glibc brk and mmap; musl brk, mmap and madvise" },
	{ { "umount", "umount2" }, false, "glibc umount: umount2 on x86-64" },

	{ { "mmap", "mmap2" }, false, LARGE },
	{ { "lseek", "_llseek" }, false, LARGE },
	{ { "fcntl", "fcntl64" }, false, LARGE },
	{ { "truncate", "truncate64" }, false, LARGE },
	{ { "ftruncate", "ftruncate64" }, false, LARGE },
	{ { "statfs", "statfs64" }, false, LARGE },
	{ { "fstatfs", "fstatfs64" }, false, LARGE },
	{ { "sendfile", "sendfile64" }, false, LARGE },
	{ { "fadvise64", "fadvise64_64", "arm_fadvise64_64" }, false, LARGE },
	{ { "sync_file_range", "sync_file_range2", "arm_sync_file_range" },
	  false, LARGE },

	{ { "getuid", "getuid32" }, false, IDS },
	{ { "geteuid", "geteuid32" }, false, IDS },
	{ { "getgid", "getgid32" }, false, IDS },
	{ { "getegid", "getegid32" }, false, IDS },
	{ { "setuid", "setuid32" }, false, IDS },
	{ { "setgid", "setgid32" }, false, IDS },
	{ { "setreuid", "setreuid32" }, false, IDS },
	{ { "setregid", "setregid32" }, false, IDS },
	{ { "setresuid", "setresuid32" }, false, IDS },
	{ { "setresgid", "setresgid32" }, false, IDS },
	{ { "getresuid", "getresuid32" }, false, IDS },
	{ { "getresgid", "getresgid32" }, false, IDS },
	{ { "getgroups", "getgroups32" }, false, IDS },
	{ { "setgroups", "setgroups32" }, false, IDS },
	{ { "setfsuid", "setfsuid32" }, false, IDS },
	{ { "setfsgid", "setfsgid32" }, false, IDS },

	{ { "clock_gettime", "clock_gettime64" }, false, TIME64 },
	{ { "clock_settime", "clock_settime64", "settimeofday", "stime" },
	  false, "glibc 2.31 settimeofday: clock_settime; " TIME64 },
	{ { "clock_adjtime", "clock_adjtime64", "adjtimex" }, false, TIME64 },
	{ { "clock_getres", "clock_getres_time64" }, false, TIME64 },
	{ { "futex", "futex_time64" }, false, TIME64 },
	{ { "mq_timedreceive", "mq_timedreceive_time64" }, false, TIME64 },
	{ { "mq_timedsend", "mq_timedsend_time64" }, false, TIME64 },
	{ { "recvmmsg", "recvmmsg_time64" }, false, TIME64 },
	{ { "rt_sigtimedwait", "rt_sigtimedwait_time64" }, false, TIME64 },
	{ { "sched_rr_get_interval", "sched_rr_get_interval_time64" }, false,
	  TIME64 },
	{ { "semop", "semtimedop", "semtimedop_time64" }, false,
	  "glibc 2.34 semop: semtimedop on some architectures; " TIME64 },
	{ { "timer_gettime", "timer_gettime64" }, false, TIME64 },
	{ { "timer_settime", "timer_settime64" }, false, TIME64 },
	{ { "timerfd_gettime", "timerfd_gettime64" }, false, TIME64 },
	{ { "timerfd_settime", "timerfd_settime64" }, false, TIME64 },
};

const struct portable_family *portable_at(size_t i)
{
	return i < sizeof(families) / sizeof(families[0]) ? &families[i] : NULL;
}

bool portable_brings(const struct portable_family *family, const char *name)
{
	for (size_t i = 0; family->calls[i]; i++) {
		if (!strcmp(family->calls[i], name))
			return true;
		if (family->is_one_way)
			return false;
	}
	return false;
}
