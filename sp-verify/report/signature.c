/* SPDX-License-Identifier: Apache-2.0 */
#include "report/signature.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/value.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The kinds of arguments, a letter each: d is a number; x and X are flags of 32
 * and 64 bits; o is a mode; s is a signal; c is a value that has names; f is a
 * descriptor; i is a process; n is a size, offset or time; p is an address. The
 * last four do not distinguish calls. If the arguments of a call differ between
 * architectures, the letters are for x86-64.
 */
static const struct signature {
	const char *letters, *calls;
} signatures[] = {
	{ "", " getpid getppid getuid geteuid getgid getegid gettid sync"
	  " fork vfork sched_yield pause rt_sigreturn sigreturn vhangup"
	  " munlockall setsid getpgrp inotify_init restart_syscall " },
	{ "p", " brk set_thread_area io_destroy uselib rmdir unlink chdir"
	  " pipe uname time times sysinfo acct chroot swapoff shmdt"
	  " set_tid_address adjtimex umount mq_unlink sigpending " },
	{ "d", " exit exit_group setuid setgid setfsuid setfsgid"
	  " epoll_create setuid32 setgid32 setfsuid32 setfsgid32 alarm"
	  " sched_get_priority_max sched_get_priority_min timer_delete"
	  " timer_getoverrun pkey_free keyctl " },
	{ "x", " personality memfd_secret mlockall inotify_init1"
	  " epoll_create1 unshare iopl userfaultfd " },
	{ "o", " umask " },
	{ "f", " close fsync fdatasync fchdir dup syncfs " },
	{ "i", " getpgid getsid sched_getscheduler " },
	{ "pp", " rename link symlink stat lstat stat64 lstat64 statfs"
	  " gettimeofday settimeofday utime utimes pivot_root nanosleep"
	  " capget capset lremovexattr removexattr sigaltstack " },
	{ "po", " chmod mkdir creat " },
	{ "px", " access pipe2 umount2 swapon memfd_create delete_module"
	  " fsopen " },
	{ "pn", " munmap munlock mlock truncate sethostname setdomainname"
	  " getcwd clone3 set_robust_list rt_sigpending truncate64"
	  " rt_sigsuspend " },
	{ "dp", " clock_gettime clock_settime clock_getres getrlimit"
	  " setrlimit ugetrlimit getitimer timer_gettime clock_gettime64"
	  " clock_settime64 clock_getres_time64 getrusage clock_adjtime"
	  " setgroups getgroups setgroups32 getgroups32 socketcall " },
	{ "dd", " setreuid setregid setreuid32 setregid32 getpriority"
	  " ioprio_get " },
	{ "ddd", " setresuid setresgid setresuid32 setresgid32 ioperm"
	  " setpriority ioprio_set " },
	{ "ff", " dup2 " },
	{ "ffx", " dup3 pidfd_getfd close_range " },
	{ "fo", " fchmod " },
	{ "fp", " fstat mq_notify fstat64 fstatfs fremovexattr"
	  " timerfd_gettime " },
	{ "fn", " ftruncate listen ftruncate64 " },
	{ "fx", " flock shutdown setns landlock_restrict_self " },
	{ "is", " kill tkill " },
	{ "iis", " tgkill " },
	{ "ii", " setpgid " },
	{ "ip", " sched_getparam sched_setparam sched_rr_get_interval " },
	{ "idp", " sched_setscheduler " },
	{ "inp", " sched_setaffinity sched_getaffinity " },
	{ "ipx", " sched_setattr waitpid " },
	{ "ipnx", " sched_getattr " },
	{ "ix", " pidfd_open " },
	{ "fspx", " pidfd_send_signal " },
	{ "ipxp", " wait4 " },
	{ "dipxp", " waitid " },
	{ "fpn", " read write getdents getdents64 bind connect"
	  " mq_getsetattr readv writev signalfd flistxattr " },
	{ "fnd", " lseek " },
	{ "fnn", " readahead " },
	{ "fpnn", " pread64 pwrite64 epoll_wait " },
	{ "fpnnn", " preadv pwritev " },
	{ "fpnnnx", " preadv2 pwritev2 " },
	{ "pxo", " open " },
	{ "fpxo", " openat " },
	{ "fppn", " openat2 readlinkat fgetxattr " },
	{ "pod", " mknod " },
	{ "fpod", " mknodat " },
	{ "fpo", " mkdirat fchmodat " },
	{ "fpox", " fchmodat2 " },
	{ "fpx", " unlinkat faccessat inotify_add_watch sendmsg recvmsg"
	  " finit_module open_by_handle_at " },
	{ "fpxx", " faccessat2 " },
	{ "fppx", " newfstatat fstatat64 utimensat utimensat_time64"
	  " accept4 " },
	{ "fpp", " futimesat accept getsockname getpeername " },
	{ "fpxxp", " statx " },
	{ "fpfp", " renameat " },
	{ "fpfpx", " renameat2 linkat " },
	{ "pfp", " symlinkat " },
	{ "ppn", " readlink mincore listxattr llistxattr " },
	{ "pdd", " chown lchown chown32 lchown32 " },
	{ "fdd", " fchown fchown32 " },
	{ "fpddx", " fchownat " },
	{ "pnxxfn", " mmap mmap2 " },
	{ "pnx", " mprotect msync mlock2 getrandom landlock_create_ruleset " },
	{ "pnxd", " pkey_mprotect " },
	{ "pnnxp", " mremap " },
	{ "pnxpnx", " mbind " },
	{ "xpn", " set_mempolicy bpf syslog " },
	{ "pxdppn", " futex futex_time64 " },
	{ "spp", " signal sigaction " },
	{ "sppn", " rt_sigaction " },
	{ "xppn", " rt_sigprocmask quotactl " },
	{ "isp", " rt_sigqueueinfo " },
	{ "iisp", " rt_tgsigqueueinfo " },
	{ "xX", " arch_prctl " },
	{ "xxp", " seccomp " },
	{ "xipp", " ptrace " },
	{ "Xpppp", " clone " },
	{ "cxd", " socket " },
	{ "cxdp", " socketpair " },
	{ "fpnxpn", " sendto " },
	{ "fpnxpp", " recvfrom " },
	{ "fpnx", " sendmmsg vmsplice signalfd4 " },
	{ "fpnxp", " recvmmsg recvmmsg_time64 " },
	{ "fccpn", " setsockopt " },
	{ "fccpp", " getsockopt " },
	{ "xnnnpn", " ipc " },
	{ "ffpn", " sendfile sendfile64 " },
	{ "fpfpnx", " splice copy_file_range " },
	{ "ffnx", " tee " },
	{ "fxnn", " fallocate " },
	{ "fnnd", " fadvise64 " },
	{ "fnnx", " sync_file_range " },
	{ "pppXp", " mount " },
	{ "ppp", " execve getresuid getresgid getcpu getresuid32"
	  " getresgid32 " },
	{ "fpppx", " execveat name_to_handle_at " },
	{ "pnd", " poll madvise " },
	{ "pnppn", " ppoll ppoll_time64 " },
	{ "npppp", " select _newselect " },
	{ "nppppp", " pselect6 pselect6_time64 " },
	{ "fdfp", " epoll_ctl " },
	{ "fpnnpn", " epoll_pwait " },
	{ "fpnppn", " epoll_pwait2 " },
	{ "n", " eventfd " },
	{ "nx", " eventfd2 " },
	{ "dx", " timerfd_create msgget " },
	{ "fxpp", " timerfd_settime timerfd_settime64 " },
	{ "dpp", " timer_create setitimer " },
	{ "dxpp", " timer_settime clock_nanosleep clock_nanosleep_time64 " },
	{ "fd", " inotify_rm_watch " },
	{ "xx", " fanotify_init pkey_alloc " },
	{ "fxXfp", " fanotify_mark " },
	{ "pppnx", " setxattr lsetxattr " },
	{ "fppnx", " fsetxattr " },
	{ "pppn", " getxattr lgetxattr " },
	{ "idpp", " prlimit64 " },
	{ "pnp", " init_module " },
	{ "pnxx", " rseq " },
	{ "xxd", " membarrier " },
	{ "np", " io_setup io_uring_setup " },
	{ "fnnxpn", " io_uring_enter " },
	{ "fxpn", " io_uring_register " },
	{ "pidfx", " perf_event_open " },
	{ "xxxp", " reboot " },
	{ "iiddd", " kcmp " },
	{ "ipnpnx", " process_vm_readv process_vm_writev " },
	{ "dnx", " shmget " },
	{ "ddx", " semget " },
	{ "dpx", " shmat " },
	{ "dxp", " shmctl msgctl " },
	{ "ddxX", " semctl " },
	{ "dpn", " semop " },
	{ "dpnx", " msgsnd " },
	{ "dpnnx", " msgrcv " },
	{ "pxop", " mq_open " },
	{ "fxpx", " landlock_add_rule " },
	{ "c", " prctl " },
	{ "fc", " fcntl fcntl64 ioctl " },
	{ "pppn", " rt_sigtimedwait rt_sigtimedwait_time64 " },
	{ "dpnp", " semtimedop semtimedop_time64 " },
	{ "dpn", " modify_ldt " },
	{ "ipp", " get_robust_list " },
	{ "fpx", " open_tree fspick " },
	{ "fpfpx", " move_mount " },
	{ "fxx", " fsmount " },
	{ "fxppd", " fsconfig " },
	{ "fpxpn", " mount_setattr " },
	{ "fpndx", " process_madvise " },
	{ "ppnpx", " get_mempolicy " },
	{ "fpndp", " mq_timedsend mq_timedsend_time64 " },
	{ "fpnpp", " mq_timedreceive mq_timedreceive_time64 " },
	{ "ppnd", " add_key " },
	{ "pppd", " request_key " },
	{ "nnpx", " kexec_load " },
	{ "ffnpx", " kexec_file_load " },
	{ "pnxpd", " futex_waitv " },
	{ "pnp", " io_submit " },
	{ "fppx", " cachestat " },
};

/*
 * Whether the arguments are in memory, as those of mmap(2) and select(2) are on
 * 32-bit x86.
 */
static bool is_indirect(struct call_id id, const char *call)
{
	const struct arch *arch = arch_of_call(id);

	return arch && !strcmp(arch->name, "x86") &&
		(!strcmp(call, "mmap") || !strcmp(call, "select"));
}

/* Returns the letters of a call, or NULL if it is unknown. */
static const char *letters_of(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	const char *call = syscall_label(id, buf);

	if (is_indirect(id, call))
		return "p";
	for (size_t i = 0; i < N_ELEMENTS(signatures); i++)
		if (text_has_word(signatures[i].calls, call))
			return signatures[i].letters;
	return NULL;
}

/*
 * Keeps a special value of a descriptor, as a signed int, and drops all others.
 */
static uint64_t keep_descriptor(uint64_t arg)
{
	int fd = (int)arg;

	return fd == AT_FDCWD || fd == -1 ? (uint32_t)fd : 0;
}

static uint64_t keep_one(char letter, uint64_t arg)
{
	switch (letter) {
	case 'X':
		return arg;
	case 'f':
		return keep_descriptor(arg);
	case 'p':
		return arg != 0;
	case 'i':
	case 'n':
		return 0;
	default:
		return (uint32_t)arg;
	}
}

bool signature_keep(struct call_id id, const uint64_t args[SIGNATURE_ARGS],
		    uint64_t kept[SIGNATURE_ARGS])
{
	const char *letters = letters_of(id);
	const struct arch *arch = arch_of_call(id);
	bool is_64 = arch && arch->audit & __AUDIT_ARCH_64BIT;

	memset(kept, 0, SIGNATURE_ARGS * sizeof(*kept));
	for (size_t i = 0; letters && letters[i]; i++)
		kept[i] = keep_one(letters[i],
				   is_64 ? args[i] : (uint32_t)args[i]);
	return letters;
}

static char *number(uint64_t value)
{
	return xasprintf(value < 10 ? "%" PRIu64 : "0x%" PRIx64, value);
}

static char *text_of(const char *call, int index, char letter,
		     const uint64_t kept[SIGNATURE_ARGS])
{
	uint64_t value = kept[index];
	const char *name = letter == 'c' ? value_name(call, index, kept) :
		letter == 's' ? signal_name(value) : NULL;

	if (name)
		return xstrdup(name);
	switch (letter) {
	case 'd':
		return xasprintf("%d", (int)value);
	case 'o':
		return xasprintf("%#o", (unsigned int)value);
	case 'f':
		return xstrdup(!value ? "fd" : (int)value == -1 ? "-1" :
			       "AT_FDCWD");
	case 'i':
		return xstrdup("pid");
	case 'n':
		return xstrdup("n");
	case 'p':
		return xstrdup(value ? "ptr" : "NULL");
	default:
		return number(value);
	}
}

int signature_texts(struct call_id id, const uint64_t kept[SIGNATURE_ARGS],
		    char *texts[SIGNATURE_ARGS])
{
	char buf[SYSCALL_NAME_MAX];
	const char *call = syscall_label(id, buf);
	const char *letters = letters_of(id);
	int n = 0;

	if (!letters)
		return -1;
	for (; letters[n]; n++)
		texts[n] = text_of(call, n, letters[n], kept);
	return n;
}

char *signature_text(struct call_id id, const uint64_t kept[SIGNATURE_ARGS])
{
	char *texts[SIGNATURE_ARGS], buf[SYSCALL_NAME_MAX];
	int n = signature_texts(id, kept, texts);
	char *list = xstrdup(n < 0 ? "..." : ""), *text;

	for (int i = 0; i < n; i++) {
		text_append(&list, ", ", texts[i]);
		free(texts[i]);
	}
	text = xasprintf("%s(%s)", syscall_label(id, buf), list);
	free(list);
	return text;
}
