/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table follows the kernel's own list of arguments (the formats of the
 * events syscalls:sys_enter_* in tracefs) and the man pages of section 2.
 * tests/unit/tables.c checks that every call of the kernel has a row.
 */
#include "kernel/signature.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <linux/fs.h>
#include <linux/futex.h>
#include <linux/memfd.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "kernel/constant.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/*
 * One letter for each argument. Most small letters are kinds of values: d is a
 * descriptor; i (int), u (unsigned), l (long), z (size) and x (hexadecimal) are
 * numbers; p is a pointer, o a mode, f a socket's family, n the flags of a new
 * descriptor. V is a value that value_name() can name, and D the third argument
 * of fcntl(2). All other letters are names of sets[]. The result has one of d,
 * i, o, p.
 */
static const struct row {
	const char *call;
	struct signature signature;
} table[] = {
#define A(call, kinds, result) \
	{ call, { sizeof(kinds) - 1, kinds, result } },
	A("_llseek", "duupw", 'i') A("_newselect", "ipppp", 'i')
	A("_sysctl", "p", 'i') A("accept", "dpp", 'd') A("accept4", "dppn", 'd')
	A("access", "pR", 'i') A("acct", "p", 'i') A("add_key", "pppzi", 'i')
	A("adjtimex", "p", 'i') A("alarm", "u", 'i') A("arch_prctl", "ap", 'i')
	A("bdflush", "ix", 'i') A("bind", "dpi", 'i') A("bpf", "Vpu", 'i')
	A("brk", "p", 'p') A("cachestat", "dppx", 'i') A("capget", "pp", 'i')
	A("capset", "pp", 'i') A("chdir", "p", 'i') A("chmod", "po", 'i')
	A("chown", "puu", 'i') A("chown32", "puu", 'i') A("chroot", "p", 'i')
	A("clock_adjtime", "cp", 'i') A("clock_adjtime64", "cp", 'i')
	A("clock_getres", "cp", 'i') A("clock_getres_time64", "cp", 'i')
	A("clock_gettime", "cp", 'i') A("clock_gettime64", "cp", 'i')
	A("clock_nanosleep", "cxpp", 'i')
	A("clock_nanosleep_time64", "cxpp", 'i') A("clock_settime", "cp", 'i')
	A("clock_settime64", "cp", 'i') A("clone", "Cpppx", 'i')
	A("clone3", "pz", 'i') A("close", "d", 'i') A("close_range", "uux", 'i')
	A("connect", "dpi", 'i') A("copy_file_range", "dpdpzx", 'i')
	A("creat", "po", 'd') A("create_module", "pz", 'p')
	A("delete_module", "px", 'i') A("dup", "d", 'd') A("dup2", "di", 'd')
	A("dup3", "din", 'd') A("epoll_create", "i", 'd')
	A("epoll_create1", "n", 'd') A("epoll_ctl", "dedp", 'i')
	A("epoll_pwait", "dpiipz", 'i') A("epoll_pwait2", "dpippz", 'i')
	A("epoll_wait", "dpii", 'i') A("eventfd", "u", 'd')
	A("eventfd2", "un", 'd') A("execve", "ppp", 'i')
	A("execveat", "dpppA", 'i') A("exit", "i", 'i')
	A("exit_group", "i", 'i') A("faccessat", "dpR", 'i')
	A("faccessat2", "dpRE", 'i') A("fadvise64", "dlzi", 'i')
	A("fadvise64_64", "duuuui", 'i') A("fallocate", "dxll", 'i')
	A("fanotify_init", "xx", 'd') A("fanotify_mark", "dxxdp", 'i')
	A("fchdir", "d", 'i') A("fchmod", "do", 'i') A("fchmodat", "dpo", 'i')
	A("fchmodat2", "dpoA", 'i') A("fchown", "duu", 'i')
	A("fchown32", "duu", 'i') A("fchownat", "dpuuA", 'i')
	A("fchroot", "d", 'i') A("fcntl", "dVD", 'i') A("fcntl64", "dVD", 'i')
	A("fdatasync", "d", 'i') A("fgetxattr", "dppz", 'i')
	A("file_getattr", "dppzx", 'i') A("file_setattr", "dppzx", 'i')
	A("finit_module", "dpx", 'i') A("flistxattr", "dpz", 'i')
	A("flock", "dk", 'i') A("fork", "", 'i') A("fremovexattr", "dp", 'i')
	A("fsconfig", "duppi", 'i') A("fsetxattr", "dppzb", 'i')
	A("fsmount", "dxx", 'd') A("fsopen", "px", 'd') A("fspick", "dpx", 'd')
	A("fstat", "dp", 'i') A("fstat64", "dp", 'i')
	A("fstatat64", "dppA", 'i') A("fstatfs", "dp", 'i')
	A("fstatfs64", "dzp", 'i') A("fsync", "d", 'i')
	A("ftruncate", "dl", 'i') A("ftruncate64", "duu", 'i')
	A("futex", "pFuppx", 'i') A("futex_requeue", "pxii", 'i')
	A("futex_time64", "pFuppx", 'i') A("futex_wait", "pxxxpi", 'i')
	A("futex_waitv", "puxpi", 'i') A("futex_wake", "pxix", 'i')
	A("futimesat", "dpp", 'i') A("get_mempolicy", "ppxpx", 'i')
	A("get_robust_list", "ipp", 'i') A("get_thread_area", "p", 'i')
	A("getcpu", "ppp", 'i') A("getcwd", "px", 'i') A("getdents", "dpz", 'i')
	A("getdents64", "dpz", 'i') A("getegid", "", 'i')
	A("getegid32", "", 'i') A("geteuid", "", 'i') A("geteuid32", "", 'i')
	A("getgid", "", 'i') A("getgid32", "", 'i') A("getgroups", "ip", 'i')
	A("getgroups32", "ip", 'i') A("getitimer", "Tp", 'i')
	A("getpeername", "dpp", 'i') A("getpgid", "i", 'i')
	A("getpgrp", "", 'i') A("getpid", "", 'i') A("getppid", "", 'i')
	A("getpriority", "ii", 'i') A("getrandom", "pzg", 'i')
	A("getresgid", "ppp", 'i') A("getresgid32", "ppp", 'i')
	A("getresuid", "ppp", 'i') A("getresuid32", "ppp", 'i')
	A("getrlimit", "tp", 'i') A("getrusage", "Up", 'i')
	A("getsid", "i", 'i') A("getsockname", "dpp", 'i')
	A("getsockopt", "dVVpp", 'i') A("gettid", "", 'i')
	A("gettimeofday", "pp", 'i') A("getuid", "", 'i') A("getuid32", "", 'i')
	A("getxattr", "pppz", 'i') A("getxattrat", "dpxppz", 'i')
	A("init_module", "pzp", 'i') A("inotify_add_watch", "dpu", 'i')
	A("inotify_init", "", 'd') A("inotify_init1", "n", 'd')
	A("inotify_rm_watch", "di", 'i') A("io_cancel", "xpp", 'i')
	A("io_destroy", "x", 'i') A("io_getevents", "xllpp", 'i')
	A("io_pgetevents", "xllppp", 'i')
	A("io_pgetevents_time64", "xllppp", 'i') A("io_setup", "up", 'i')
	A("io_submit", "xlp", 'i') A("io_uring_enter", "duuxpz", 'i')
	A("io_uring_register", "dupu", 'i') A("io_uring_setup", "up", 'd')
	A("ioctl", "dVp", 'i') A("ioperm", "xxi", 'i') A("iopl", "u", 'i')
	A("ioprio_get", "ii", 'i') A("ioprio_set", "iii", 'i')
	A("ipc", "uiiiip", 'i') A("kcmp", "iiixx", 'i')
	A("kexec_file_load", "ddzpx", 'i') A("kexec_load", "xzpx", 'i')
	A("keyctl", "Vxxxx", 'i') A("kill", "iV", 'i')
	A("landlock_add_rule", "dipx", 'i')
	A("landlock_create_ruleset", "pzx", 'd')
	A("landlock_restrict_self", "dx", 'i') A("lchown", "puu", 'i')
	A("lchown32", "puu", 'i') A("lgetxattr", "pppz", 'i')
	A("link", "pp", 'i') A("linkat", "dpdpA", 'i') A("listen", "di", 'i')
	A("listmount", "ppzx", 'i') A("listns", "ppzx", 'i')
	A("listxattr", "ppz", 'i') A("listxattrat", "dpxpz", 'i')
	A("llistxattr", "ppz", 'i') A("lookup_dcookie", "xpz", 'i')
	A("lremovexattr", "pp", 'i')
	A("lseek", "dlw", 'i') A("lsetxattr", "pppzb", 'i')
	A("lsm_get_self_attr", "uppx", 'i') A("lsm_list_modules", "ppx", 'i')
	A("lsm_set_self_attr", "upux", 'i') A("lstat", "pp", 'i')
	A("lstat64", "pp", 'i') A("madvise", "pzv", 'i')
	A("map_shadow_stack", "pzx", 'i') A("mbind", "pzxpxx", 'i')
	A("membarrier", "ixi", 'i') A("memfd_create", "pq", 'd')
	A("memfd_secret", "x", 'd') A("migrate_pages", "izpp", 'i')
	A("mincore", "pzp", 'i') A("mkdir", "po", 'i') A("mkdirat", "dpo", 'i')
	A("mknod", "pox", 'i') A("mknodat", "dpox", 'i') A("mlock", "pz", 'i')
	A("mlock2", "pzx", 'i') A("mlockall", "x", 'i') A("mmap", "pzPMdx", 'p')
	A("mmap2", "pzPMdx", 'p') A("modify_ldt", "ipz", 'i')
	A("mount", "pppJp", 'i') A("mount_setattr", "dpxpz", 'i')
	A("move_mount", "dpdpx", 'i') A("move_pages", "izpppx", 'i')
	A("mprotect", "pzP", 'i') A("mq_getsetattr", "dpp", 'i')
	A("mq_notify", "dp", 'i') A("mq_open", "pOop", 'd')
	A("mq_timedreceive", "dpzpp", 'i')
	A("mq_timedreceive_time64", "dpzpp", 'i')
	A("mq_timedsend", "dpzup", 'i') A("mq_timedsend_time64", "dpzup", 'i')
	A("mq_unlink", "p", 'i') A("mremap", "pzzLp", 'p')
	A("mseal", "pzx", 'i') A("msgctl", "iip", 'i') A("msgget", "ii", 'i')
	A("msgrcv", "ipzli", 'i') A("msgsnd", "ipzi", 'i')
	A("msync", "pzx", 'i') A("munlock", "pz", 'i') A("munlockall", "", 'i')
	A("munmap", "pz", 'i') A("name_to_handle_at", "dpppA", 'i')
	A("nanosleep", "pp", 'i') A("newfstatat", "dppA", 'i')
	A("nice", "i", 'i') A("oldfstat", "dp", 'i') A("oldlstat", "pp", 'i')
	A("oldolduname", "p", 'i') A("oldstat", "pp", 'i')
	A("olduname", "p", 'i') A("open", "pOo", 'd')
	A("open_by_handle_at", "dpO", 'd') A("open_tree", "dpx", 'd')
	A("open_tree_attr", "dpxpz", 'i') A("openat", "dpOo", 'd')
	A("openat2", "dppz", 'd') A("pause", "", 'i')
	A("perf_event_open", "piidx", 'd') A("personality", "x", 'i')
	A("pidfd_getfd", "dix", 'd') A("pidfd_open", "ix", 'd')
	A("pidfd_send_signal", "dSpx", 'i') A("pipe", "p", 'i')
	A("pipe2", "pn", 'i') A("pivot_root", "pp", 'i')
	A("pkey_alloc", "xx", 'i') A("pkey_free", "i", 'i')
	A("pkey_mprotect", "pzPi", 'i') A("poll", "pui", 'i')
	A("ppoll", "puppz", 'i') A("ppoll_time64", "puppz", 'i')
	A("prctl", "Vxxxx", 'i') A("pread64", "dpzl", 'i')
	A("preadv", "dpzll", 'i') A("preadv2", "dpzllx", 'i')
	A("prlimit64", "itpp", 'i') A("process_madvise", "dpzvx", 'i')
	A("process_mrelease", "dx", 'i') A("process_vm_readv", "ipzpzx", 'i')
	A("process_vm_writev", "ipzpzx", 'i') A("pselect6", "ippppp", 'i')
	A("pselect6_time64", "ippppp", 'i') A("ptrace", "Vipp", 'i')
	A("pwrite64", "dpzl", 'i') A("pwritev", "dpzll", 'i')
	A("pwritev2", "dpzllx", 'i') A("quotactl", "xpup", 'i')
	A("quotactl_fd", "duip", 'i') A("read", "dpz", 'i')
	A("readahead", "dlz", 'i') A("readdir", "dpu", 'i')
	A("readlink", "ppi", 'i') A("readlinkat", "dppi", 'i')
	A("readv", "dpz", 'i') A("reboot", "iiup", 'i') A("recv", "dpzm", 'i')
	A("recvfrom", "dpzmpp", 'i') A("recvmmsg", "dpump", 'i')
	A("recvmmsg_time64", "dpump", 'i') A("recvmsg", "dpm", 'i')
	A("remap_file_pages", "pzPzM", 'i') A("removexattr", "pp", 'i')
	A("removexattrat", "dpxp", 'i') A("rename", "pp", 'i')
	A("renameat", "dpdp", 'i') A("renameat2", "dpdpr", 'i')
	A("request_key", "pppi", 'i') A("restart_syscall", "", 'i')
	A("rmdir", "p", 'i') A("rseq", "puxx", 'i')
	A("rseq_slice_yield", "", 'i')
	A("rt_sigaction", "Sppz", 'i') A("rt_sigpending", "pz", 'i')
	A("rt_sigprocmask", "hppz", 'i') A("rt_sigqueueinfo", "iSp", 'i')
	A("rt_sigreturn", "", 'i') A("rt_sigsuspend", "pz", 'i')
	A("rt_sigtimedwait", "pppz", 'i')
	A("rt_sigtimedwait_time64", "pppz", 'i')
	A("rt_tgsigqueueinfo", "iiSp", 'i')
	A("sched_get_priority_max", "i", 'i')
	A("sched_get_priority_min", "i", 'i') A("sched_getaffinity", "izp", 'i')
	A("sched_getattr", "ipux", 'i') A("sched_getparam", "ip", 'i')
	A("sched_getscheduler", "i", 'i') A("sched_rr_get_interval", "ip", 'i')
	A("sched_rr_get_interval_time64", "ip", 'i')
	A("sched_setaffinity", "izp", 'i') A("sched_setattr", "ipx", 'i')
	A("sched_setparam", "ip", 'i') A("sched_setscheduler", "iVp", 'i')
	A("sched_yield", "", 'i') A("seccomp", "sxp", 'i')
	A("select", "ipppp", 'i') A("semctl", "iiix", 'i')
	A("semget", "iii", 'i') A("semop", "ipu", 'i')
	A("semtimedop", "ipup", 'i') A("semtimedop_time64", "ipup", 'i')
	A("send", "dpzm", 'i') A("sendfile", "ddpz", 'i')
	A("sendfile64", "ddpz", 'i') A("sendmmsg", "dpum", 'i')
	A("sendmsg", "dpm", 'i') A("sendto", "dpzmpu", 'i')
	A("set_mempolicy", "ipx", 'i') A("set_mempolicy_home_node", "pzxx", 'i')
	A("set_robust_list", "pz", 'i') A("set_thread_area", "p", 'i')
	A("set_tid_address", "p", 'i') A("setdomainname", "pz", 'i')
	A("setfsgid", "u", 'i') A("setfsgid32", "u", 'i')
	A("setfsuid", "u", 'i') A("setfsuid32", "u", 'i') A("setgid", "u", 'i')
	A("setgid32", "u", 'i') A("setgroups", "ip", 'i')
	A("setgroups32", "ip", 'i') A("sethostname", "pz", 'i')
	A("setitimer", "Tpp", 'i') A("setns", "dC", 'i') A("setpgid", "ii", 'i')
	A("setpriority", "iii", 'i') A("setregid", "uu", 'i')
	A("setregid32", "uu", 'i') A("setresgid", "uuu", 'i')
	A("setresgid32", "uuu", 'i') A("setresuid", "uuu", 'i')
	A("setresuid32", "uuu", 'i') A("setreuid", "uu", 'i')
	A("setreuid32", "uu", 'i') A("setrlimit", "tp", 'i')
	A("setsid", "", 'i') A("setsockopt", "dVVpi", 'i')
	A("settimeofday", "pp", 'i') A("setuid", "u", 'i')
	A("setuid32", "u", 'i') A("setxattr", "pppzb", 'i')
	A("setxattrat", "dpxppz", 'i') A("sgetmask", "", 'i')
	A("shmat", "ipx", 'p') A("shmctl", "iip", 'i') A("shmdt", "p", 'i')
	A("shmget", "izi", 'i') A("shutdown", "dH", 'i')
	A("sigaction", "Spp", 'i') A("sigaltstack", "pp", 'i')
	A("signal", "Sp", 'i') A("signalfd", "dpz", 'd')
	A("signalfd4", "dpzn", 'd') A("sigpending", "p", 'i')
	A("sigprocmask", "hpp", 'i') A("sigreturn", "", 'i')
	A("sigsuspend", "x", 'i') A("socket", "fNV", 'd')
	A("socketcall", "ip", 'i') A("socketpair", "fNVp", 'i')
	A("splice", "dpdpzx", 'i') A("ssetmask", "x", 'i') A("stat", "pp", 'i')
	A("stat64", "pp", 'i') A("statfs", "pp", 'i') A("statfs64", "pzp", 'i')
	A("statmount", "ppzx", 'i') A("statx", "dpAxp", 'i')
	A("stime", "p", 'i') A("swapoff", "p", 'i') A("swapon", "px", 'i')
	A("symlink", "pp", 'i') A("symlinkat", "pdp", 'i') A("sync", "", 'i')
	A("sync_file_range", "dllx", 'i') A("sync_file_range2", "dxll", 'i')
	A("syncfs", "d", 'i') A("sysfs", "ixx", 'i') A("sysinfo", "p", 'i')
	A("syslog", "ipz", 'i') A("tee", "ddzx", 'i') A("tgkill", "iiV", 'i')
	A("time", "p", 'i') A("timer_create", "cpp", 'i')
	A("timer_delete", "i", 'i') A("timer_getoverrun", "i", 'i')
	A("timer_gettime", "ip", 'i') A("timer_gettime64", "ip", 'i')
	A("timer_settime", "ixpp", 'i') A("timer_settime64", "ixpp", 'i')
	A("timerfd_create", "cn", 'd') A("timerfd_gettime", "dp", 'i')
	A("timerfd_gettime64", "dp", 'i') A("timerfd_settime", "dxpp", 'i')
	A("timerfd_settime64", "dxpp", 'i') A("times", "p", 'i')
	A("tkill", "iV", 'i') A("truncate", "pl", 'i')
	A("truncate64", "puu", 'i') A("ugetrlimit", "tp", 'i')
	A("umask", "o", 'o') A("umount2", "pK", 'i') A("uname", "p", 'i')
	A("unlink", "p", 'i') A("unlinkat", "dpA", 'i') A("unshare", "C", 'i')
	A("uprobe", "", 'i') A("uretprobe", "", 'i') A("uselib", "p", 'i')
	A("userfaultfd", "n", 'd') A("ustat", "xp", 'i') A("utime", "pp", 'i')
	A("utimensat", "dppA", 'i') A("utimensat_time64", "dppA", 'i')
	A("utimes", "pp", 'i') A("vfork", "", 'i') A("vhangup", "", 'i')
	A("vm86", "xp", 'i') A("vm86old", "p", 'i') A("vmsplice", "dpzx", 'i')
	A("wait4", "ipWp", 'i') A("waitid", "iipWp", 'i')
	A("waitpid", "ipW", 'i') A("write", "dpz", 'i') A("writev", "dpz", 'i')
#undef A
};

/* These calls have other arguments on 32-bit x86. */
static const struct row rows_x86[] = {
#define A(call, kinds, result) \
	{ call, { sizeof(kinds) - 1, kinds, result } },
	A("mmap", "p", 'p') A("select", "p", 'i') A("pread64", "dpzuu", 'i')
	A("pwrite64", "dpzuu", 'i') A("readahead", "duuz", 'i')
	A("fallocate", "dxuuuu", 'i') A("fadvise64", "duuzi", 'i')
	A("sync_file_range", "duuuux", 'i') A("clone", "CpppP", 'i')
#undef A
};

static const struct row *find(const struct row *rows, size_t n,
			      const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(rows[i].call, name))
			return &rows[i];
	return NULL;
}

const struct signature *signature_of(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(id, buf);
	const struct arch *arch = arch_of_call(id);
	const struct row *row = NULL;

	if (name && arch && !strcmp(arch->name, "x86"))
		row = find(rows_x86, N_ELEMENTS(rows_x86), name);
	if (name && !row)
		row = find(table, N_ELEMENTS(table), name);
	return row ? &row->signature : NULL;
}

const char *signature_call_at(size_t i)
{
	return i < N_ELEMENTS(table) ? table[i].call : NULL;
}

/* Returns the name of a flag, or of one of several exclusive values. */
struct name_of_bits {
	uint64_t value;
	const char *name;
};

#define N(name) { (uint32_t)(name), #name }

/*
 * From asm-generic/fcntl.h. On arm, arm64 and powerpc, four flags have other
 * values.
 */
#define OPEN_FLAGS(direct, large, directory, no_follow) \
	N(O_CREAT), N(O_EXCL), N(O_NOCTTY), N(O_TRUNC), N(O_APPEND), \
	N(O_NONBLOCK), N(O_SYNC), N(O_DSYNC), N(O_ASYNC), \
	{ direct, "O_DIRECT" }, { large, "O_LARGEFILE" }, \
	{ no_follow, "O_NOFOLLOW" }, N(O_NOATIME), N(O_CLOEXEC), N(O_PATH), \
	{ 020000000 | (directory), "O_TMPFILE" }, \
	{ directory, "O_DIRECTORY" }, { 0, NULL }
static const struct name_of_bits open_flags[] = {
	OPEN_FLAGS(040000, 0100000, 0200000, 0400000),
};
static const struct name_of_bits open_flags_arm[] = {
	OPEN_FLAGS(0200000, 0400000, 040000, 0100000),
};
static const struct name_of_bits protections[] = {
	N(PROT_READ), N(PROT_WRITE), N(PROT_EXEC), N(PROT_GROWSDOWN),
	N(PROT_GROWSUP), { 0, NULL },
};
static const struct name_of_bits mapping_types[] = {
	N(MAP_SHARED), N(MAP_PRIVATE), N(MAP_SHARED_VALIDATE), { 0, NULL },
};
static const struct name_of_bits mappings[] = {
	N(MAP_FIXED), N(MAP_ANONYMOUS), N(MAP_NORESERVE), N(MAP_POPULATE),
	N(MAP_NONBLOCK), N(MAP_GROWSDOWN), { 0x800, "MAP_DENYWRITE" },
	{ 0x1000, "MAP_EXECUTABLE" }, N(MAP_LOCKED), N(MAP_STACK),
	N(MAP_HUGETLB), N(MAP_SYNC), N(MAP_FIXED_NOREPLACE),
	{ 0x40, "MAP_32BIT" }, { 0, NULL },
};
static const struct name_of_bits at_flags[] = {
	N(AT_SYMLINK_NOFOLLOW), N(AT_REMOVEDIR), N(AT_SYMLINK_FOLLOW),
	N(AT_NO_AUTOMOUNT), N(AT_EMPTY_PATH), { 0x2000, "AT_STATX_FORCE_SYNC" },
	{ 0x4000, "AT_STATX_DONT_SYNC" }, { 0x8000, "AT_RECURSIVE" },
	{ 0, NULL },
};
/* AT_EACCESS has the value that AT_REMOVEDIR has for other calls. */
static const struct name_of_bits at_access_flags[] = {
	N(AT_SYMLINK_NOFOLLOW), N(AT_EACCESS), N(AT_EMPTY_PATH), { 0, NULL },
};
static const struct name_of_bits access_modes[] = {
	N(R_OK), N(W_OK), N(X_OK), { 0, NULL },
};
static const struct name_of_bits wait_flags[] = {
	N(WNOHANG), N(WSTOPPED), N(WEXITED), N(WCONTINUED), N(WNOWAIT),
	{ 0x20000000, "__WNOTHREAD" }, { 0x40000000, "__WALL" },
	{ 0x80000000, "__WCLONE" }, { 0, NULL },
};
static const struct name_of_bits clone_flags[] = {
	N(CLONE_VM), N(CLONE_FS), N(CLONE_FILES), N(CLONE_SIGHAND),
	{ 0x1000, "CLONE_PIDFD" }, N(CLONE_PTRACE), N(CLONE_VFORK),
	N(CLONE_PARENT), N(CLONE_THREAD), N(CLONE_NEWNS), N(CLONE_SYSVSEM),
	N(CLONE_SETTLS), N(CLONE_PARENT_SETTID), N(CLONE_CHILD_CLEARTID),
	N(CLONE_DETACHED), N(CLONE_UNTRACED), N(CLONE_CHILD_SETTID),
	N(CLONE_NEWCGROUP), N(CLONE_NEWUTS), N(CLONE_NEWIPC), N(CLONE_NEWUSER),
	N(CLONE_NEWPID), N(CLONE_NEWNET), N(CLONE_IO), { 0, NULL },
};
static const struct name_of_bits message_flags[] = {
	N(MSG_OOB), N(MSG_PEEK), N(MSG_DONTROUTE), N(MSG_CTRUNC),
	{ 0x10, "MSG_PROXY" }, N(MSG_TRUNC), N(MSG_DONTWAIT), N(MSG_EOR),
	N(MSG_WAITALL), N(MSG_FIN), N(MSG_SYN), N(MSG_CONFIRM), N(MSG_RST),
	N(MSG_ERRQUEUE), N(MSG_NOSIGNAL), N(MSG_MORE), N(MSG_WAITFORONE),
	N(MSG_BATCH), N(MSG_ZEROCOPY), N(MSG_FASTOPEN), N(MSG_CMSG_CLOEXEC),
	{ 0, NULL },
};
static const struct name_of_bits random_flags[] = {
	N(GRND_NONBLOCK), N(GRND_RANDOM), { 4, "GRND_INSECURE" }, { 0, NULL },
};
static const struct name_of_bits rename_flags[] = {
	N(RENAME_NOREPLACE), N(RENAME_EXCHANGE), N(RENAME_WHITEOUT),
	{ 0, NULL },
};
static const struct name_of_bits remap_flags[] = {
	N(MREMAP_MAYMOVE), N(MREMAP_FIXED), { 4, "MREMAP_DONTUNMAP" },
	{ 0, NULL },
};
static const struct name_of_bits memory_files[] = {
	N(MFD_CLOEXEC), N(MFD_ALLOW_SEALING), N(MFD_HUGETLB), { 0, NULL },
};
static const struct name_of_bits attribute_flags[] = {
	N(XATTR_CREATE), N(XATTR_REPLACE), { 0, NULL },
};
static const struct name_of_bits mount_flags[] = {
	{ 1, "MS_RDONLY" }, { 2, "MS_NOSUID" }, { 4, "MS_NODEV" },
	{ 8, "MS_NOEXEC" }, { 16, "MS_SYNCHRONOUS" }, { 32, "MS_REMOUNT" },
	{ 64, "MS_MANDLOCK" }, { 128, "MS_DIRSYNC" }, { 1024, "MS_NOATIME" },
	{ 2048, "MS_NODIRATIME" }, { 4096, "MS_BIND" }, { 8192, "MS_MOVE" },
	{ 16384, "MS_REC" }, { 32768, "MS_SILENT" }, { 65536, "MS_POSIXACL" },
	{ 1 << 17, "MS_UNBINDABLE" }, { 1 << 18, "MS_PRIVATE" },
	{ 1 << 19, "MS_SLAVE" }, { 1 << 20, "MS_SHARED" },
	{ 1 << 21, "MS_RELATIME" }, { 1 << 24, "MS_STRICTATIME" },
	{ 0, NULL },
};
static const struct name_of_bits unmount_flags[] = {
	{ 1, "MNT_FORCE" }, { 2, "MNT_DETACH" }, { 4, "MNT_EXPIRE" },
	{ 8, "UMOUNT_NOFOLLOW" }, { 0, NULL },
};
static const struct name_of_bits seeks[] = {
	N(SEEK_SET), N(SEEK_CUR), N(SEEK_END), { 3, "SEEK_DATA" },
	{ 4, "SEEK_HOLE" }, { 0, NULL },
};
static const struct name_of_bits mask_changes[] = {
	N(SIG_BLOCK), N(SIG_UNBLOCK), N(SIG_SETMASK), { 0, NULL },
};
static const struct name_of_bits resources[] = {
	N(RLIMIT_CPU), N(RLIMIT_FSIZE), N(RLIMIT_DATA), N(RLIMIT_STACK),
	N(RLIMIT_CORE), N(RLIMIT_RSS), N(RLIMIT_NPROC), N(RLIMIT_NOFILE),
	N(RLIMIT_MEMLOCK), N(RLIMIT_AS), N(RLIMIT_LOCKS), N(RLIMIT_SIGPENDING),
	N(RLIMIT_MSGQUEUE), N(RLIMIT_NICE), N(RLIMIT_RTPRIO), N(RLIMIT_RTTIME),
	{ 0, NULL },
};
static const struct name_of_bits clocks[] = {
	N(CLOCK_REALTIME), N(CLOCK_MONOTONIC), N(CLOCK_PROCESS_CPUTIME_ID),
	N(CLOCK_THREAD_CPUTIME_ID), N(CLOCK_MONOTONIC_RAW),
	N(CLOCK_REALTIME_COARSE), N(CLOCK_MONOTONIC_COARSE), N(CLOCK_BOOTTIME),
	N(CLOCK_REALTIME_ALARM), N(CLOCK_BOOTTIME_ALARM), N(CLOCK_TAI),
	{ 0, NULL },
};
static const struct name_of_bits epoll_changes[] = {
	N(EPOLL_CTL_ADD), N(EPOLL_CTL_DEL), N(EPOLL_CTL_MOD), { 0, NULL },
};
static const struct name_of_bits arch_options[] = {	/* x86: asm/prctl.h */
	{ 0x1001, "ARCH_SET_GS" }, { 0x1002, "ARCH_SET_FS" },
	{ 0x1003, "ARCH_GET_FS" }, { 0x1004, "ARCH_GET_GS" },
	{ 0x1011, "ARCH_GET_CPUID" }, { 0x1012, "ARCH_SET_CPUID" },
	{ 0x3001, "ARCH_CET_STATUS" }, { 0, NULL },
};
static const struct name_of_bits advices[] = {
	N(MADV_NORMAL), N(MADV_RANDOM), N(MADV_SEQUENTIAL), N(MADV_WILLNEED),
	N(MADV_DONTNEED), N(MADV_FREE), N(MADV_REMOVE), N(MADV_DONTFORK),
	N(MADV_DOFORK), N(MADV_MERGEABLE), N(MADV_UNMERGEABLE),
	N(MADV_HUGEPAGE), N(MADV_NOHUGEPAGE), N(MADV_DONTDUMP), N(MADV_DODUMP),
	N(MADV_WIPEONFORK), N(MADV_KEEPONFORK), N(MADV_COLD), N(MADV_PAGEOUT),
	{ 0, NULL },
};
static const struct name_of_bits filter_operations[] = {
	N(SECCOMP_SET_MODE_STRICT), N(SECCOMP_SET_MODE_FILTER),
	N(SECCOMP_GET_ACTION_AVAIL), N(SECCOMP_GET_NOTIF_SIZES), { 0, NULL },
};
static const struct name_of_bits locks[] = {
	N(LOCK_SH), N(LOCK_EX), N(LOCK_NB), N(LOCK_UN), { 0, NULL },
};
static const struct name_of_bits shutdowns[] = {
	N(SHUT_RD), N(SHUT_WR), N(SHUT_RDWR), { 0, NULL },
};
static const struct name_of_bits usages[] = {
	N(RUSAGE_SELF), N(RUSAGE_CHILDREN), N(RUSAGE_THREAD), { 0, NULL },
};
static const struct name_of_bits timers[] = {
	N(ITIMER_REAL), N(ITIMER_VIRTUAL), N(ITIMER_PROF), { 0, NULL },
};
static const struct name_of_bits futex_operations[] = {
	N(FUTEX_WAIT), N(FUTEX_WAKE), N(FUTEX_FD), N(FUTEX_REQUEUE),
	N(FUTEX_CMP_REQUEUE), N(FUTEX_WAKE_OP), N(FUTEX_LOCK_PI),
	N(FUTEX_UNLOCK_PI), N(FUTEX_TRYLOCK_PI), N(FUTEX_WAIT_BITSET),
	N(FUTEX_WAKE_BITSET), N(FUTEX_WAIT_REQUEUE_PI),
	N(FUTEX_CMP_REQUEUE_PI), { 0, NULL },
};

static const struct set {
	char kind;
	/* the values are exclusive: they are never combined */
	bool is_value;
	const char *zero;	/* the text if no bit is set; NULL: "0" */
	const struct name_of_bits *names;
} sets[] = {
	{ 'P', false, "PROT_NONE", protections }, { 'A', false, NULL, at_flags },
	{ 'E', false, NULL, at_access_flags },
	{ 'R', false, "F_OK", access_modes }, { 'W', false, NULL, wait_flags },
	{ 'm', false, NULL, message_flags }, { 'g', false, NULL, random_flags },
	{ 'r', false, NULL, rename_flags }, { 'L', false, NULL, remap_flags },
	{ 'q', false, NULL, memory_files }, { 'b', false, NULL, attribute_flags },
	{ 'J', false, NULL, mount_flags }, { 'K', false, NULL, unmount_flags },
	{ 'k', false, NULL, locks }, { 'w', true, NULL, seeks },
	{ 'h', true, NULL, mask_changes }, { 't', true, NULL, resources },
	{ 'c', true, NULL, clocks }, { 'e', true, NULL, epoll_changes },
	{ 'a', true, NULL, arch_options }, { 'v', true, NULL, advices },
	{ 's', true, NULL, filter_operations }, { 'H', true, NULL, shutdowns },
	{ 'U', true, NULL, usages }, { 'T', true, NULL, timers },
};

static void write_bits(const struct name_of_bits *names, uint64_t bits,
		       const char *zero, FILE *out)
{
	const char *before = "";

	if (!bits)
		fputs(zero ? zero : "0", out);
	for (size_t i = 0; names[i].name; i++)
		if (names[i].value && (bits & names[i].value) == names[i].value) {
			fprintf(out, "%s%s", before, names[i].name);
			bits &= ~names[i].value;
			before = "|";
		}
	if (bits)
		fprintf(out, "%s0x%" PRIx64, before, bits);
}

static const char *name_of(const struct name_of_bits *names, uint64_t value)
{
	for (size_t i = 0; names[i].name; i++)
		if (names[i].value == value)
			return names[i].name;
	return NULL;
}

static void write_value(const struct name_of_bits *names, uint32_t value,
			FILE *out)
{
	const char *name = name_of(names, value);

	if (name)
		fputs(name, out);
	else
		fprintf(out, value < 10 ? "%" PRIu32 : "0x%" PRIx32, value);
}

static bool has_flags_of_arm(uint32_t arch)
{
	return arch == AUDIT_ARCH_AARCH64 || arch == AUDIT_ARCH_ARM ||
		arch == AUDIT_ARCH_PPC64LE;
}

/* The flags hold an access mode and flags. */
static void write_open(uint32_t arch, uint32_t flags, FILE *out)
{
	static const char *const modes[] = {
		"O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE",
	};

	fputs(modes[flags & O_ACCMODE], out);
	flags &= ~O_ACCMODE;
	if (!flags)
		return;
	fputc('|', out);
	write_bits(has_flags_of_arm(arch) ? open_flags_arm : open_flags, flags,
		   NULL, out);
}

static void write_mapping(uint32_t flags, FILE *out)
{
	enum { TYPE = 0xf };

	write_value(mapping_types, flags & TYPE, out);
	flags &= ~TYPE;
	if (!flags)
		return;
	fputc('|', out);
	write_bits(mappings, flags, NULL, out);
}

/*
 * In the flags of clone(2), the lowest byte is a signal; unshare(2) has no
 * signal.
 */
static void write_clone(uint64_t flags, FILE *out)
{
	const char *name = signal_name(flags & 0xff);
	uint64_t rest = flags & ~0xffULL;

	if (rest || !(flags & 0xff))
		write_bits(clone_flags, rest, NULL, out);
	if (!(flags & 0xff))
		return;
	if (rest)
		fputc('|', out);
	if (name)
		fputs(name, out);
	else
		fprintf(out, "%u", (unsigned int)(flags & 0xff));
}

static void write_futex(uint32_t operation, FILE *out)
{
	uint32_t flags = operation &
		(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);

	write_value(futex_operations, operation & ~flags, out);
	if (flags & FUTEX_PRIVATE_FLAG)
		fputs("_PRIVATE", out);
	if (flags & FUTEX_CLOCK_REALTIME)
		fputs("|FUTEX_CLOCK_REALTIME", out);
}

/* The flags of a new descriptor have a different prefix in each call. */
static void write_new(const char *call, uint32_t flags, FILE *out)
{
	static const char *const prefixes[][2] = {
		{ "eventfd2", "EFD_" }, { "epoll_create1", "EPOLL_" },
		{ "inotify_init1", "IN_" }, { "signalfd4", "SFD_" },
		{ "timerfd_create", "TFD_" }, { "accept4", "SOCK_" },
		{ "socket", "SOCK_" }, { "socketpair", "SOCK_" },
	};
	const char *prefix = "O_", *before = "";

	for (size_t i = 0; i < N_ELEMENTS(prefixes); i++)
		if (!strcmp(prefixes[i][0], call))
			prefix = prefixes[i][1];
	if (!flags)
		fputc('0', out);
	for (int i = 0; i < 3 && flags; i++) {
		static const struct name_of_bits bits[] = {
			{ O_CLOEXEC, "CLOEXEC" }, { O_NONBLOCK, "NONBLOCK" },
			{ EFD_SEMAPHORE, "SEMAPHORE" },
		};

		if (!(flags & bits[i].value) ||
		    (i == 2 && strcmp(prefix, "EFD_")))
			continue;
		fprintf(out, "%s%s%s", before, prefix, bits[i].name);
		flags &= ~(uint32_t)bits[i].value;
		before = "|";
	}
	if (flags)
		fprintf(out, "%s0x%" PRIx32, before, flags);
}

/* The argument holds a type and flags of the new descriptor. */
static void write_socket_type(const char *call, const uint64_t args[VALUE_ARGS],
			      FILE *out)
{
	enum { TYPE = 0xf };		/* SOCK_TYPE_MASK, linux/net.h */
	uint64_t type[VALUE_ARGS] = { args[0], args[1] & TYPE };
	const char *name = value_name(call, 1, type);

	if (name)
		fputs(name, out);
	else
		fprintf(out, "%u", (unsigned int)type[1]);
	if (!((uint32_t)args[1] & ~(uint32_t)TYPE))
		return;
	fputc('|', out);
	write_new(call, args[1] & ~(uint64_t)TYPE, out);
}

static void write_named(const char *call, unsigned int i,
			const uint64_t args[VALUE_ARGS], FILE *out)
{
	const char *name = value_name(call, i, args);
	uint32_t value = args[i];

	if (!name && !strcmp(call, "fcntl64"))
		name = value_name("fcntl", i, args);
	if (name)
		fputs(name, out);
	else
		fprintf(out, value < 10 ? "%" PRIu32 : "0x%" PRIx32, value);
}

/* Writes the third argument of fcntl(2). Its meaning depends on the command. */
static void write_command(uint32_t arch, uint32_t command, uint64_t value,
			  FILE *out)
{
	static const struct name_of_bits descriptor_flags[] = {
		N(FD_CLOEXEC), { 0, NULL },
	};

	switch (command) {
	case F_SETFD:
		write_bits(descriptor_flags, (uint32_t)value, NULL, out);
		break;
	case F_SETFL:
		write_open(arch, value, out);
		break;
	case F_DUPFD:
	case F_DUPFD_CLOEXEC:
	case F_SETPIPE_SZ:
		fprintf(out, "%" PRId32, (int32_t)value);
		break;
	default:
		fprintf(out, value ? "0x%" PRIx64 : "%" PRIx64, value);
	}
}

static void write_signal(uint32_t number, FILE *out)
{
	const char *name = signal_name(number);

	if (name)
		fputs(name, out);
	else if (number >= 32 && number <= 64)
		fprintf(out, "SIGRT_%" PRIu32, number - 32);
	else
		fprintf(out, "%" PRIu32, number);
}

static void write_descriptor(int32_t fd, FILE *out)
{
	if (fd == AT_FDCWD)
		fputs("AT_FDCWD", out);
	else
		fprintf(out, "%" PRId32, fd);
}

static void write_pointer(uint64_t value, FILE *out)
{
	if (value)
		fprintf(out, "0x%" PRIx64, value);
	else
		fputs("NULL", out);
}

static void write_set(char kind, uint64_t value, FILE *out)
{
	for (size_t i = 0; i < N_ELEMENTS(sets); i++) {
		const struct set *set = &sets[i];

		if (set->kind != kind)
			continue;
		if (set->is_value)
			write_value(set->names, value, out);
		else
			write_bits(set->names, (uint32_t)value, set->zero, out);
		return;
	}
	fprintf(out, value ? "0x%" PRIx64 : "%" PRIx64, value);
}

void signature_write(struct call_id id, const struct signature *s,
		     unsigned int i, const uint64_t args[VALUE_ARGS], FILE *out)
{
	char buf[SYSCALL_NAME_MAX];
	const char *call = syscall_label(id, buf), *name;
	uint64_t value = args[i];

	/* The upper half of a 32-bit program's register is arbitrary. */
	if (!(id.arch & __AUDIT_ARCH_64BIT))
		value = (uint32_t)value;
	switch (s->kinds[i]) {
	case 'd':
		write_descriptor(value, out);
		break;
	case 'i':
		fprintf(out, "%" PRId32, (int32_t)value);
		break;
	case 'u':
		/* -1 stands for "no change", as in (uid_t)-1 */
		fprintf(out, (uint32_t)value == UINT32_MAX ? "-1" :
			"%" PRIu32, (uint32_t)value);
		break;
	case 'l':
		fprintf(out, "%" PRId64, (int64_t)value);
		break;
	case 'z':
		fprintf(out, "%" PRIu64, value);
		break;
	case 'p':
		write_pointer(value, out);
		break;
	case 'o':
		fprintf(out, "%#03" PRIo32, (uint32_t)value);
		break;
	case 'O':
		write_open(id.arch, value, out);
		break;
	case 'M':
		write_mapping(value, out);
		break;
	case 'C':
		write_clone(value, out);
		break;
	case 'F':
		write_futex(value, out);
		break;
	case 'S':
		write_signal(value, out);
		break;
	case 'n':
		write_new(call, value, out);
		break;
	case 'N':
		write_socket_type(call, args, out);
		break;
	case 'f':
		name = family_name(value);
		if (name)
			fputs(name, out);
		else
			fprintf(out, "%" PRIu32, (uint32_t)value);
		break;
	case 'D':
		write_command(id.arch, args[1], value, out);
		break;
	case 'V':
		write_named(call, i, args, out);
		break;
	default:
		write_set(s->kinds[i], value, out);
	}
}

void signature_write_result(const struct signature *s, int64_t result,
			    FILE *out)
{
	char kind = s ? s->result : 'i';

	if (kind == 'p' && result)
		fprintf(out, "0x%" PRIx64, (uint64_t)result);
	else
		fprintf(out, kind == 'o' ? "%#03" PRIo64 : "%" PRId64, result);
}

/* Returns the number of arguments that an operation of futex(2) has. */
static unsigned int futex_count(uint32_t operation)
{
	switch (operation & ~(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME)) {
	case FUTEX_WAKE:
	case FUTEX_FD:
		return 3;
	case FUTEX_UNLOCK_PI:
	case FUTEX_TRYLOCK_PI:
		return 2;
	case FUTEX_WAIT:
	case FUTEX_LOCK_PI:
		return 4;
	case FUTEX_REQUEUE:
		return 5;
	default:
		return 6;
	}
}

static unsigned int fcntl_count(uint32_t command)
{
	switch (command) {
	case F_GETFD:
	case F_GETFL:
	case F_GETOWN:
	case F_GETSIG:
	case F_GETLEASE:
	case F_GETPIPE_SZ:
	case F_GET_SEALS:
		return 2;
	default:
		return 3;
	}
}

/* Whether these flags can create a file; then a mode follows them. */
static bool makes_file(uint64_t flags)
{
	return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE;
}

unsigned int signature_count(struct call_id id, const struct signature *s,
			     const uint64_t args[VALUE_ARGS])
{
	unsigned int last = s->n ? s->n - 1 : 0;
	char buf[SYSCALL_NAME_MAX];
	const char *call;

	if (s->n > 1 && s->kinds[last] == 'o' && s->kinds[last - 1] == 'O' &&
	    !makes_file(args[last - 1]))
		return last;
	if (s->n > 1 && s->kinds[1] == 'F')
		return futex_count(args[1]);
	if (s->n == 5 && s->kinds[3] == 'L' &&
	    !(args[3] & ~(uint64_t)MREMAP_MAYMOVE))
		return 4;
	call = syscall_label(id, buf);
	if (!strcmp(call, "mq_open") && !(args[1] & O_CREAT))
		return 2;
	if (!strncmp(call, "fcntl", strlen("fcntl")))
		return fcntl_count(args[1]);
	return s->n;
}
