/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/group.h"

#include <string.h>

#define BOTH (RUNTIME_RUNC | RUNTIME_CRUN)

#define KERNEL(call, arch, reason) \
	{ GROUP_KERNEL, call, arch, 0, false, reason, 0 }
#define VDSO(call, reason) { GROUP_VDSO, call, NULL, 0, false, reason, 0 }
/*
 * ALWAYS: the runtime makes the call with and without no_new_privs. UNLESS_NNP:
 * it makes the call only without no_new_privs.
 */
#define ALWAYS(call, runtimes, reason) \
	{ GROUP_RUNTIME, call, NULL, runtimes, false, reason, 0 }
#define UNLESS_NNP(call, runtimes, reason) \
	{ GROUP_RUNTIME, call, NULL, runtimes, true, reason, 0 }
#define FIREJAIL(call) \
	ALWAYS(call, RUNTIME_FIREJAIL, \
	       "0.9.72: it runs the program through bash 5.2")
#define TINI(call) { GROUP_TINI, call, NULL, 0, false, \
	"tini 0.19, as docker-init: --init", 0 }
#define CATATONIT(call) { GROUP_CATATONIT, call, NULL, 0, false, \
	"catatonit 0.1.7: --init of podman", 0 }
#define SH(call) { GROUP_SH, call, NULL, 0, false, \
	"dash 0.5.12, bash 5.2 and busybox 1.35 run commands and wait", 0 }
#define LXC_INIT(call) \
	ALWAYS(call, RUNTIME_LXC, \
	       "5.0.2: lxc-execute runs the program through lxc-init")
#define THREADS(call, programs, reason) \
	{ GROUP_THREADS, call, NULL, 0, false, reason, programs }
#define GO "Go 1.19: "
#define FALLBACK(call, reason) \
	{ GROUP_FALLBACK, call, NULL, 0, false, reason, 0 }
#define TIME64(call) FALLBACK(call, \
	"32-bit libc (glibc 2.34, musl 1.2.0): the call with a 32-bit time_t")

/*
 * The rows of runtimes were found by taking one call at a time from a profile
 * under runc 1.1.5, 1.1.15 and 1.3.6, crun 1.8.1, 1.21 and 1.28, with
 * no_new_privs and without, for root and another user (tests/runtime-needs),
 * and in traces of their starts. openat2 was found in runc's source: 1.3.6
 * works without it if the call fails. Whether runc makes brk, mmap and
 * epoll_pwait depends on how much memory it uses: with a large environment it
 * always makes them, and one start in 25 of 1.3.6 needed mmap without it. The
 * rows of LXC were found in the same way under lxc-execute and lxc-start 5.0.2,
 * with no_new_privs and without, for root and another user.
 */
static const struct group_member table[] = {
	KERNEL("restart_syscall", NULL,
	       "the kernel continues an interrupted sleep with it, signal(7)"),
	KERNEL("rt_sigreturn", NULL, "return from a signal handler"),
	KERNEL("sigreturn", "x86", "return from a signal handler"),
	KERNEL("sigreturn", "arm", "return from a signal handler"),
	KERNEL("uretprobe", "x86_64",
	       "made by the kernel where a tool watches a function return"),
	KERNEL("uprobe", "x86_64",
	       "made by the kernel where a tool watches an instruction"),
	KERNEL("exit", NULL, "a task that was killed did not call it"),
	KERNEL("exit_group", NULL, "a process that was killed did not call it"),

	{ GROUP_START, "execve", NULL, 0, false,
	  "the program that loads the filter executes the command", 0 },

	VDSO("clock_gettime",
	     "the clock source decides if the vDSO makes it, vdso(7)"),
	VDSO("clock_gettime64",
	     "the clock source decides if the vDSO makes it, vdso(7)"),
	VDSO("clock_getres",
	     "the machine decides if the vDSO makes it, vdso(7)"),
	VDSO("clock_getres_time64",
	     "the machine decides if the vDSO makes it, vdso(7)"),
	VDSO("gettimeofday",
	     "the clock source decides if the vDSO makes it, vdso(7)"),
	VDSO("time", "the machine decides if the vDSO makes it, vdso(7)"),
	VDSO("getcpu", "the machine decides if the vDSO makes it, vdso(7)"),
	VDSO("getrandom",
	     "the vDSO replaces it from Linux 6.11 and glibc 2.41 on"),

	THREADS("futex", THREADED_ANY, "a thread that waits for another one"),
	THREADS("madvise", THREADED_GLIBC,
		"glibc 2.36: a thread that ends before its process does"),
	THREADS("munmap", THREADED_MUSL,
		"musl 1.2.3: a detached thread that ends before its process "
		"does"),
	THREADS("nanosleep", THREADED_GO, GO "its monitor waits"),
	THREADS("sched_yield", THREADED_GO, GO "a thread waits for a lock"),
	THREADS("getpid", THREADED_GO, GO "for tgkill"),
	THREADS("tgkill", THREADED_GO, GO "stops a thread that runs long"),
	THREADS("pipe2", THREADED_GO, GO "a garbage collection begins"),
	THREADS("epoll_create1", THREADED_GO, GO "a garbage collection begins"),
	THREADS("epoll_ctl", THREADED_GO, GO "a garbage collection begins"),
	THREADS("epoll_pwait", THREADED_GO, GO "waits for events"),
	THREADS("write", THREADED_GO, GO "wakes the thread in epoll_pwait"),
	THREADS("getpid", THREADED_GLIBC_IDS, "glibc 2.36 setuid: for tgkill"),
	THREADS("tgkill", THREADED_GLIBC_IDS,
		"glibc 2.36 setuid: to the threads that have not ended"),

	ALWAYS("execve", BOTH, "runs the program"),
	ALWAYS("close", BOTH, "closes what the program must not inherit"),
	ALWAYS("write", BOTH, "tells the parent how the start went"),
	ALWAYS("openat", RUNTIME_RUNC, "lists /proc/self/fd"),
	ALWAYS("fstatfs", RUNTIME_RUNC, "makes sure that it is /proc"),
	ALWAYS("getdents64", RUNTIME_RUNC, "lists /proc/self/fd"),
	ALWAYS("openat2", RUNTIME_RUNC, "1.2.8, 1.3.3: opens below /proc"),
	ALWAYS("statx", RUNTIME_RUNC, "1.2.8, 1.3.3: mount id in /proc"),
	ALWAYS("fstat", RUNTIME_RUNC,
	       "1.3.6: makes sure that it is /proc; before, without "
	       "no_new_privs: standard input and output"),
	ALWAYS("futex", RUNTIME_RUNC, "Go runtime: threads"),
	ALWAYS("mmap", RUNTIME_RUNC, "Go runtime: the heap grows"),
	ALWAYS("epoll_pwait", RUNTIME_RUNC,
	       "Go runtime: a garbage collection begins"),
	ALWAYS("rt_sigreturn", RUNTIME_RUNC, "Go runtime: preemption"),
	ALWAYS("getpid", RUNTIME_RUNC, "Go runtime: signals to itself"),
	ALWAYS("epoll_ctl", RUNTIME_RUNC, "Go runtime: opened files"),
	ALWAYS("fcntl", RUNTIME_RUNC, "Go runtime: opened files"),
	ALWAYS("close_range", RUNTIME_CRUN,
	       "closes what the program must not inherit"),
	ALWAYS("read", RUNTIME_CRUN, "waits for start after create"),
	ALWAYS("pselect6", RUNTIME_CRUN, "waits for start after create"),
	UNLESS_NNP("brk", RUNTIME_RUNC, "C library: HOME is set"),
	UNLESS_NNP("read", RUNTIME_RUNC, "capabilities, user database"),
	UNLESS_NNP("prctl", BOTH, "capabilities, parent death signal"),
	UNLESS_NNP("capset", BOTH, "drops capabilities"),
	UNLESS_NNP("capget", RUNTIME_RUNC, "drops capabilities"),
	UNLESS_NNP("setuid", RUNTIME_RUNC, "becomes the user"),
	UNLESS_NNP("setgid", RUNTIME_RUNC, "becomes the user"),
	UNLESS_NNP("setgroups", RUNTIME_RUNC, "becomes the user"),
	UNLESS_NNP("setresuid", RUNTIME_CRUN, "becomes the user"),
	UNLESS_NNP("setresgid", RUNTIME_CRUN, "becomes the user"),
	UNLESS_NNP("rt_sigaction", RUNTIME_CRUN, "resets signals"),
	UNLESS_NNP("rt_sigprocmask", RUNTIME_CRUN, "resets signals"),
	UNLESS_NNP("chdir", RUNTIME_RUNC, "the working directory"),
	UNLESS_NNP("getcwd", RUNTIME_RUNC, "the working directory"),
	UNLESS_NNP("getppid", RUNTIME_RUNC, "sees whether the parent died"),
	UNLESS_NNP("fchown", RUNTIME_RUNC,
		   "gives standard input and output to the user"),
	UNLESS_NNP("newfstatat", RUNTIME_RUNC, "finds the program"),
	UNLESS_NNP("faccessat2", RUNTIME_RUNC, "1.1.5: finds the program"),

	ALWAYS("execve", RUNTIME_BWRAP, "runs the program"),
	ALWAYS("wait4", RUNTIME_BWRAP, "0.8.0: its process 1 waits for it"),
	ALWAYS("write", RUNTIME_BWRAP, "0.8.0: its process 1 tells the status"),

	ALWAYS("write", RUNTIME_SYSTEMD,
	       "Type=exec: tells the manager that it runs the program now"),
	ALWAYS("clone", RUNTIME_HARDENED,
	       "RestrictNamespaces= answers clone3 with ENOSYS, so libc "
	       "calls clone"),

	ALWAYS("execve", RUNTIME_LXC, "runs the program"),
	ALWAYS("read", RUNTIME_LXC, "5.0.2: waits for the parent"),
	ALWAYS("write", RUNTIME_LXC, "5.0.2: tells the parent"),
	ALWAYS("getuid", RUNTIME_LXC,
	       "5.0.2: as root, it leaves the ambient capabilities alone"),
	ALWAYS("chdir", RUNTIME_LXC, "5.0.2: goes to lxc.init.cwd"),
	ALWAYS("sendmsg", RUNTIME_LXC, "5.0.2: hands over lxc.pty.max terminals"),
	ALWAYS("setgroups", RUNTIME_LXC, "5.0.2: becomes lxc.init.uid"),
	ALWAYS("setresuid", RUNTIME_LXC, "5.0.2: becomes lxc.init.uid"),
	ALWAYS("setresgid", RUNTIME_LXC, "5.0.2: becomes lxc.init.gid"),
	LXC_INIT("rt_sigaction"),
	LXC_INIT("rt_sigreturn"),
	LXC_INIT("clone"),
	LXC_INIT("wait4"),
	LXC_INIT("dup3"),
	LXC_INIT("close_range"),

	FIREJAIL("execve"),
	FIREJAIL("brk"),
	FIREJAIL("read"),
	FIREJAIL("write"),
	FIREJAIL("close"),
	FIREJAIL("mmap"),
	FIREJAIL("mprotect"),
	FIREJAIL("munmap"),
	FIREJAIL("access"),
	FIREJAIL("openat"),
	FIREJAIL("newfstatat"),
	FIREJAIL("pread64"),
	FIREJAIL("ioctl"),
	FIREJAIL("arch_prctl"),
	FIREJAIL("set_tid_address"),
	FIREJAIL("set_robust_list"),
	FIREJAIL("rseq"),
	FIREJAIL("prlimit64"),
	FIREJAIL("getrandom"),
	FIREJAIL("futex"),
	FIREJAIL("readlink"),
	FIREJAIL("rt_sigaction"),
	FIREJAIL("rt_sigprocmask"),
	FIREJAIL("rt_sigreturn"),
	FIREJAIL("getuid"),
	FIREJAIL("geteuid"),
	FIREJAIL("getgid"),
	FIREJAIL("getegid"),
	FIREJAIL("getpid"),
	FIREJAIL("getppid"),
	FIREJAIL("getpgrp"),
	FIREJAIL("uname"),
	FIREJAIL("sysinfo"),
	FIREJAIL("fcntl"),
	FIREJAIL("dup2"),
	FIREJAIL("getcwd"),
	FIREJAIL("getpeername"),

	TINI("access"),
	TINI("arch_prctl"),
	TINI("brk"),
	TINI("clone"),
	TINI("close"),
	TINI("execve"),
	TINI("exit_group"),
	TINI("getpgrp"),
	TINI("getpid"),
	TINI("getrandom"),
	TINI("ioctl"),
	TINI("kill"),
	TINI("mmap"),
	TINI("mprotect"),
	TINI("munmap"),
	TINI("newfstatat"),
	TINI("openat"),
	TINI("prctl"),
	TINI("pread64"),
	TINI("prlimit64"),
	TINI("read"),
	TINI("readlink"),
	TINI("rseq"),
	TINI("rt_sigaction"),
	TINI("rt_sigprocmask"),
	TINI("rt_sigtimedwait"),
	TINI("set_robust_list"),
	TINI("set_tid_address"),
	TINI("setpgid"),
	TINI("wait4"),
	TINI("write"),

	CATATONIT("arch_prctl"),
	CATATONIT("brk"),
	CATATONIT("clone"),
	CATATONIT("close_range"),
	CATATONIT("execve"),
	CATATONIT("exit_group"),
	CATATONIT("getpgrp"),
	CATATONIT("getpid"),
	CATATONIT("getrandom"),
	CATATONIT("ioctl"),
	CATATONIT("kill"),
	CATATONIT("mprotect"),
	CATATONIT("openat"),
	CATATONIT("prctl"),
	CATATONIT("prlimit64"),
	CATATONIT("read"),
	CATATONIT("readlink"),
	CATATONIT("rseq"),
	CATATONIT("rt_sigprocmask"),
	CATATONIT("set_robust_list"),
	CATATONIT("set_tid_address"),
	CATATONIT("setpgid"),
	CATATONIT("signalfd4"),
	CATATONIT("wait4"),
	CATATONIT("write"),

	SH("access"),
	SH("arch_prctl"),
	SH("brk"),
	SH("chdir"),
	SH("clone"),
	SH("close"),
	SH("dup2"),
	SH("execve"),
	SH("exit_group"),
	SH("fcntl"),
	SH("futex"),
	SH("getegid"),
	SH("geteuid"),
	SH("getgid"),
	SH("getpeername"),
	SH("getpgrp"),
	SH("getpid"),
	SH("getppid"),
	SH("getrandom"),
	SH("getuid"),
	SH("ioctl"),
	SH("kill"),
	SH("mmap"),
	SH("mprotect"),
	SH("munmap"),
	SH("newfstatat"),
	SH("openat"),
	SH("pipe2"),
	SH("prctl"),
	SH("pread64"),
	SH("prlimit64"),
	SH("read"),
	SH("readlink"),
	SH("rseq"),
	SH("rt_sigaction"),
	SH("rt_sigprocmask"),
	SH("rt_sigreturn"),
	SH("rt_sigsuspend"),
	SH("sendfile"),
	SH("set_robust_list"),
	SH("set_tid_address"),
	SH("sysinfo"),
	SH("uname"),
	SH("wait4"),
	SH("write"),

	FALLBACK("clone3", "glibc 2.34 pthread_create, posix_spawn: clone"),
	FALLBACK("faccessat2", "glibc 2.33, musl 1.2.2 faccessat: faccessat"),
	FALLBACK("fchmodat2", "glibc 2.39 fchmodat: /proc/self/fd"),
	FALLBACK("close_range", "glibc 2.34 closefrom: /proc/self/fd"),
	FALLBACK("execveat", "glibc 2.27, musl fexecve: /proc/self/fd"),
	FALLBACK("openat2", "runc 1.2.8, crun 1.0, systemd: openat"),
	FALLBACK("preadv2", "glibc 2.26 preadv2: preadv"),
	FALLBACK("pwritev2", "glibc 2.26 pwritev2: pwritev"),
	FALLBACK("rseq", "glibc 2.35 tries it when a thread starts"),
	FALLBACK("statx", "glibc 2.28 statx, musl stat: fstatat"),
	TIME64("clock_gettime64"),
	TIME64("clock_settime64"),
	TIME64("clock_adjtime64"),
	TIME64("clock_getres_time64"),
	TIME64("clock_nanosleep_time64"),
	TIME64("futex_time64"),
	TIME64("mq_timedreceive_time64"),
	TIME64("mq_timedsend_time64"),
	TIME64("ppoll_time64"),
	TIME64("pselect6_time64"),
	TIME64("recvmmsg_time64"),
	TIME64("rt_sigtimedwait_time64"),
	TIME64("sched_rr_get_interval_time64"),
	TIME64("semtimedop_time64"),
	TIME64("timer_gettime64"),
	TIME64("timer_settime64"),
	TIME64("timerfd_gettime64"),
	TIME64("timerfd_settime64"),
	TIME64("utimensat_time64"),
};
enum { N_MEMBERS = sizeof(table) / sizeof(table[0]) };

const char *group_name(enum group group)
{
	static const char *const names[] = {
		[GROUP_KERNEL] = "kernel",
		[GROUP_START] = "start",
		[GROUP_VDSO] = "vdso",
		[GROUP_THREADS] = "threads",
		[GROUP_RUNTIME] = "runtime",
		[GROUP_TINI] = "tini",
		[GROUP_CATATONIT] = "catatonit",
		[GROUP_SH] = "sh",
		[GROUP_PORTABLE] = "portable",
		[GROUP_FALLBACK] = "fallback",
	};

	return names[group];
}

bool group_is_optional(enum group group)
{
	return group == GROUP_TINI || group == GROUP_CATATONIT ||
		group == GROUP_SH || group == GROUP_PORTABLE;
}

const struct group_member *group_member_at(size_t i)
{
	return i < N_MEMBERS ? &table[i] : NULL;
}

static bool on_arch(const struct group_member *m, const struct arch *arch,
		    const struct arch *native)
{
	if (m->group == GROUP_START || m->group == GROUP_RUNTIME ||
	    group_is_optional(m->group))
		return arch == native;
	return !m->arch || !strcmp(m->arch, arch->name);
}

static const struct group_member *
find_of_threads(const struct group_choice *choice, struct call_id id)
{
	for (size_t i = 0; i < choice->n_threads; i++)
		if (!call_id_compare(&choice->threads[i].id, &id))
			return choice->threads[i].member;
	return NULL;
}

static bool chosen(const struct group_choice *choice,
		   const struct group_member *m)
{
	if (m->group != GROUP_RUNTIME)
		return true;
	return m->runtimes & choice->runtimes &&
	       !(m->needs_new_privs && choice->no_new_privs);
}

const struct group_member *group_find(const struct group_choice *choice,
				      enum group group, struct call_id id)
{
	const struct arch *arch = arch_of_call(id);
	char name[SYSCALL_NAME_MAX];

	if (!choice->wanted[group] || !arch || !syscall_name(id, name))
		return NULL;
	if (group == GROUP_THREADS)
		return find_of_threads(choice, id);
	for (size_t i = 0; i < N_MEMBERS; i++)
		if (table[i].group == group && chosen(choice, &table[i]) &&
		    on_arch(&table[i], arch, choice->native) &&
		    !strcmp(table[i].call, name))
			return &table[i];
	return NULL;
}

bool group_adds(const struct group_choice *choice, struct call_id id)
{
	struct group_choice all = *choice;

	for (int g = 0; g < GROUP_FALLBACK; g++) {
		all.wanted[g] = !group_is_optional(g);
		if (group_find(&all, g, id))
			return true;
	}
	return false;
}

bool group_is_kernel(struct call_id id)
{
	const struct group_choice kernel = {
		.wanted = { [GROUP_KERNEL] = true },
	};

	return group_find(&kernel, GROUP_KERNEL, id);
}
