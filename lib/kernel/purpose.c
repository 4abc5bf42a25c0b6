/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts follow the man pages of section 2. tests/unit/tables.c checks that
 * every call with a name has a row.
 */
#include "kernel/purpose.h"

#include "base/text.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

static const char *const names[SUBJECTS] = {
	[SUBJECT_FILES] = "files", [SUBJECT_DIRECTORIES] = "directories",
	[SUBJECT_METADATA] = "metadata", [SUBJECT_MEMORY] = "memory",
	[SUBJECT_PROCESSES] = "processes", [SUBJECT_IDENTITY] = "identity",
	[SUBJECT_SIGNALS] = "signals", [SUBJECT_THREADS] = "threads",
	[SUBJECT_TIME] = "time", [SUBJECT_EVENTS] = "events",
	[SUBJECT_SOCKETS] = "sockets", [SUBJECT_IPC] = "ipc",
	[SUBJECT_LIMITS] = "limits", [SUBJECT_SYSTEM] = "system",
	[SUBJECT_MOUNTS] = "mounts", [SUBJECT_SECURITY] = "security",
	[SUBJECT_ASYNC] = "async", [SUBJECT_KERNEL] = "kernel",
	[SUBJECT_OLD] = "obsolete", [SUBJECT_UNKNOWN] = "unknown",
};

/*
 * Calls that share a text. In `calls`, each name has a space before and after
 * it.
 */
static const struct row {
	const char *calls;
	struct purpose purpose;
} table[] = {
#define P(calls, text) { " " calls " ", { SUBJECT, text } },
#define SUBJECT SUBJECT_FILES
P("read", "read from a descriptor")
P("write", "write to a descriptor")
P("readv preadv preadv2", "read into several buffers")
P("writev pwritev pwritev2", "write from several buffers")
P("pread64", "read at an offset")
P("pwrite64", "write at an offset")
P("open openat openat2", "open or create a file")
P("creat", "create a file")
P("close", "close a descriptor")
P("close_range", "close a range of descriptors")
P("lseek _llseek", "move the offset of a file")
P("dup dup2 dup3", "duplicate a descriptor")
P("fcntl fcntl64", "control a descriptor: flags, locks, leases")
P("ioctl", "control a device, a terminal or a file system")
P("flock", "lock a whole file")
P("fsync fdatasync", "flush a file to its disk")
P("sync syncfs", "flush file systems to their disks")
P("sync_file_range sync_file_range2 arm_sync_file_range",
  "flush a part of a file")
P("truncate truncate64 ftruncate ftruncate64", "set the size of a file")
P("fallocate", "reserve or release space of a file")
P("fadvise64 fadvise64_64 arm_fadvise64_64",
  "announce how a file will be read")
P("readahead", "read a file into the page cache")
P("cachestat", "count the cached pages of a file")
P("sendfile sendfile64", "copy from a file to a descriptor")
P("copy_file_range", "copy between files")
P("splice tee", "move data through a pipe without a copy")
P("vmsplice", "move memory into a pipe")
P("memfd_create", "create a file that is only in memory")
#undef SUBJECT
#define SUBJECT SUBJECT_DIRECTORIES
P("getdents getdents64", "list a directory")
P("mkdir mkdirat", "create a directory")
P("rmdir", "remove a directory")
P("chdir fchdir", "change the working directory")
P("getcwd", "get the working directory")
P("rename renameat renameat2", "rename or move a file")
P("link linkat", "create a hard link")
P("symlink symlinkat", "create a symbolic link")
P("readlink readlinkat", "read a symbolic link")
P("unlink unlinkat", "remove a name of a file")
P("mknod mknodat", "create a device, a FIFO or a file")
P("lookup_dcookie", "get the path of a profiler's cookie")
P("inotify_init inotify_init1 inotify_add_watch inotify_rm_watch",
  "watch files for changes")
P("fanotify_init fanotify_mark",
  "watch whole file systems, and decide on accesses")
P("name_to_handle_at", "get a handle of a file")
P("open_by_handle_at", "open a file by its handle, without a path")
#undef SUBJECT
#define SUBJECT SUBJECT_METADATA
P("stat stat64 lstat lstat64 fstat fstat64 newfstatat fstatat64 statx",
  "get size, type, owner and times of a file")
P("access faccessat faccessat2", "check whether a file may be accessed")
P("chmod fchmod fchmodat fchmodat2", "change the mode of a file")
P("chown chown32 lchown lchown32 fchown fchown32 fchownat",
  "change the owner of a file")
P("utime utimes futimesat utimensat utimensat_time64",
  "set the times of a file")
P("umask", "set the mode mask of new files")
P("getxattr lgetxattr fgetxattr getxattrat",
  "read an extended attribute")
P("setxattr lsetxattr fsetxattr setxattrat",
  "set an extended attribute, such as file capabilities")
P("listxattr llistxattr flistxattr listxattrat",
  "list extended attributes")
P("removexattr lremovexattr fremovexattr removexattrat",
  "remove an extended attribute")
P("file_getattr", "read the flags of an inode")
P("file_setattr", "set the flags of an inode")
P("statfs statfs64 fstatfs fstatfs64 ustat",
  "get type and free space of a file system")
#undef SUBJECT
#define SUBJECT SUBJECT_MEMORY
P("brk", "grow or shrink the heap")
P("mmap mmap2", "map a file or fresh memory")
P("munmap", "unmap memory")
P("mremap", "move or resize a mapping")
P("mprotect", "change the protection of memory")
P("pkey_mprotect pkey_alloc pkey_free", "protect memory with a key")
P("madvise", "announce how memory will be used")
P("process_madvise", "announce how another process uses memory")
P("msync", "flush a mapping to its file")
P("mincore", "ask which pages are in memory")
P("mlock mlock2 mlockall munlock munlockall", "keep pages in memory")
P("mseal", "forbid changes of a mapping")
P("mbind set_mempolicy set_mempolicy_home_node get_mempolicy",
  "choose the NUMA node of memory")
P("migrate_pages move_pages", "move pages to another NUMA node")
P("remap_file_pages", "rearrange a mapping of a file")
P("memfd_secret", "create memory that the kernel itself cannot map")
P("map_shadow_stack", "map a shadow stack for return addresses")
P("userfaultfd", "handle page faults in user space")
P("process_mrelease", "free the memory of a dying process")
P("subpage_prot", "protect parts of a page")
#undef SUBJECT
#define SUBJECT SUBJECT_PROCESSES
P("clone clone3", "create a process, a thread or namespaces")
P("fork vfork", "create a process")
P("execve execveat", "execute a program")
P("exit", "end a thread")
P("exit_group", "end the process")
P("wait4 waitid waitpid", "wait for a child")
P("getpid", "get the process id")
P("getppid", "get the parent's process id")
P("gettid", "get the thread id")
P("getpgrp getpgid setpgid", "get or set the process group")
P("getsid setsid", "get or create a session")
P("prctl", "control the process: name, capabilities, seccomp")
P("arch_prctl", "set registers of the processor, such as the thread pointer")
P("pidfd_open", "get a descriptor of a process")
P("pidfd_getfd", "take a descriptor of another process")
P("process_vm_readv", "read the memory of another process")
P("process_vm_writev", "write the memory of another process")
P("ptrace", "trace and control another process")
P("kcmp", "compare resources of two processes")
P("personality", "choose the execution domain, such as no ASLR")
P("vhangup", "hang up the terminal")
#undef SUBJECT
#define SUBJECT SUBJECT_IDENTITY
P("getuid getuid32 geteuid geteuid32 getresuid getresuid32",
  "get the user id")
P("getgid getgid32 getegid getegid32 getresgid getresgid32",
  "get the group id")
P("getgroups getgroups32", "get the supplementary groups")
P("setuid setuid32 setreuid setreuid32 setresuid setresuid32",
  "change the user id")
P("setgid setgid32 setregid setregid32 setresgid setresgid32",
  "change the group id")
P("setgroups setgroups32", "set the supplementary groups")
P("setfsuid setfsuid32 setfsgid setfsgid32",
  "change the ids for file accesses")
P("capget", "get the capabilities of a process")
P("capset", "set the capabilities")
#undef SUBJECT
#define SUBJECT SUBJECT_SIGNALS
P("rt_sigaction sigaction signal", "install a signal handler")
P("rt_sigprocmask sigprocmask", "block or unblock signals")
P("rt_sigreturn sigreturn", "return from a signal handler")
P("rt_sigpending sigpending", "list pending signals")
P("rt_sigsuspend sigsuspend pause", "wait for a signal")
P("rt_sigtimedwait rt_sigtimedwait_time64",
  "take a pending signal, or wait for it")
P("rt_sigqueueinfo rt_tgsigqueueinfo", "send a signal with data")
P("sigaltstack", "set the stack of signal handlers")
P("kill tkill tgkill pidfd_send_signal", "send a signal")
P("signalfd signalfd4", "receive signals from a descriptor")
P("restart_syscall", "continue a call that a signal interrupted")
#undef SUBJECT
#define SUBJECT SUBJECT_THREADS
P("futex futex_time64 futex_wait futex_wake futex_waitv futex_requeue",
  "wait for or wake threads: locks")
P("set_robust_list get_robust_list", "list the locks that a thread holds")
P("set_tid_address", "set the word that is cleared when the thread ends")
P("set_thread_area get_thread_area set_tls get_tls",
  "set or get the thread pointer")
P("rseq", "register restartable sequences")
P("rseq_slice_yield", "give an extended time slice back")
P("membarrier", "order the memory accesses of all threads")
P("sched_yield", "let other threads run")
P("getcpu", "get the processor that the thread runs on")
P("swapcontext", "switch to another user context")
#undef SUBJECT
#define SUBJECT SUBJECT_TIME
P("clock_gettime clock_gettime64 gettimeofday time", "get the time")
P("clock_getres clock_getres_time64", "get the resolution of a clock")
P("clock_settime clock_settime64 settimeofday stime",
  "set the machine's clock")
P("adjtimex clock_adjtime clock_adjtime64", "get or tune a clock")
P("nanosleep clock_nanosleep clock_nanosleep_time64", "sleep")
P("alarm setitimer getitimer", "set or get a timer that sends a signal")
P("timer_create timer_delete timer_settime timer_settime64 timer_gettime "
  "timer_gettime64 timer_getoverrun", "use a POSIX timer")
P("timerfd timerfd_create timerfd_settime timerfd_settime64 "
  "timerfd_gettime timerfd_gettime64", "use a timer with a descriptor")
P("times getrusage", "get the processor time that was used")
#undef SUBJECT
#define SUBJECT SUBJECT_EVENTS
P("poll ppoll ppoll_time64", "wait for descriptors")
P("select _newselect pselect6 pselect6_time64", "wait for descriptors")
P("epoll_create epoll_create1 epoll_ctl", "set up an epoll descriptor")
P("epoll_wait epoll_pwait epoll_pwait2", "wait for events of epoll")
P("eventfd eventfd2", "create a descriptor that counts events")
P("pipe pipe2", "create a pipe")
#undef SUBJECT
#define SUBJECT SUBJECT_SOCKETS
P("socket", "create a socket")
P("socketpair", "create two connected sockets")
P("bind", "give a socket an address")
P("listen", "accept connections on a socket")
P("accept accept4", "take a connection")
P("connect", "connect a socket")
P("shutdown", "end one direction of a connection")
P("getsockname getpeername", "get an address of a socket")
P("setsockopt", "set an option of a socket")
P("getsockopt", "get an option of a socket")
P("send sendto sendmsg sendmmsg", "send by a socket")
P("recv recvfrom recvmsg recvmmsg recvmmsg_time64", "receive from a socket")
P("socketcall", "any socket call, chosen by its first argument")
#undef SUBJECT
#define SUBJECT SUBJECT_IPC
P("shmget shmat shmdt shmctl", "System V shared memory")
P("semget semop semtimedop semtimedop_time64 semctl",
  "System V semaphores")
P("msgget msgsnd msgrcv msgctl", "System V message queues")
P("ipc", "any System V IPC call, chosen by its first argument")
P("mq_open mq_unlink mq_timedsend mq_timedsend_time64 mq_timedreceive "
  "mq_timedreceive_time64 mq_notify mq_getsetattr",
  "POSIX message queues")
#undef SUBJECT
#define SUBJECT SUBJECT_LIMITS
P("getrlimit ugetrlimit setrlimit prlimit64", "get or set resource limits")
P("getpriority setpriority nice", "get or set the nice value")
P("ioprio_get ioprio_set", "get or set the priority of I/O")
P("sched_getaffinity sched_setaffinity",
  "get or set the processors to run on")
P("sched_getscheduler sched_setscheduler sched_getparam sched_setparam "
  "sched_getattr sched_setattr sched_get_priority_min "
  "sched_get_priority_max sched_rr_get_interval "
  "sched_rr_get_interval_time64", "get or set the scheduling policy")
#undef SUBJECT
#define SUBJECT SUBJECT_SYSTEM
P("uname", "get the names and the release of the system")
P("sysinfo", "get load and memory of the machine")
P("getrandom", "get random bytes")
P("sethostname setdomainname", "set the host or the domain name")
P("syslog", "read or control the kernel's log")
P("reboot", "stop or restart the machine")
P("swapon swapoff", "start or stop swapping to a device")
P("acct", "turn process accounting on or off")
P("quotactl quotactl_fd", "manage disk quotas")
P("iopl ioperm", "get access to the hardware's ports")
P("sysfs", "list the types of file systems")
#undef SUBJECT
#define SUBJECT SUBJECT_MOUNTS
P("mount umount umount2 move_mount open_tree open_tree_attr fsopen fsconfig "
  "fsmount fspick mount_setattr", "change the mounted file systems")
P("statmount listmount", "list the mounted file systems")
P("pivot_root chroot fchroot", "change the root directory")
P("unshare", "leave shared namespaces for new ones")
P("setns", "enter existing namespaces")
P("listns", "list namespaces")
#undef SUBJECT
#define SUBJECT SUBJECT_SECURITY
P("seccomp", "load a filter of system calls")
P("landlock_create_ruleset landlock_add_rule landlock_restrict_self",
  "confine the process with Landlock")
P("lsm_get_self_attr lsm_set_self_attr lsm_list_modules",
  "get or set attributes of security modules")
P("keyctl add_key request_key", "use the kernel's keyrings")
#undef SUBJECT
#define SUBJECT SUBJECT_ASYNC
P("io_uring_setup io_uring_enter io_uring_register",
  "operations by a shared ring, which no filter sees")
P("io_setup io_submit io_cancel io_destroy io_getevents io_pgetevents "
  "io_pgetevents_time64", "Linux asynchronous I/O")
#undef SUBJECT
#define SUBJECT SUBJECT_KERNEL
P("bpf", "load BPF programs and use their maps")
P("perf_event_open", "measure performance, or trace the kernel")
P("init_module finit_module", "load a kernel module")
P("delete_module", "remove a kernel module")
P("kexec_load kexec_file_load", "load another kernel to run")
P("modify_ldt", "change the local descriptor table")
P("uprobe uretprobe", "used by the kernel's probes")
P("cacheflush riscv_flush_icache", "flush the processor's caches")
P("riscv_hwprobe", "get the features of the processor")
P("breakpoint", "raise a breakpoint trap")
P("vm86 vm86old", "enter virtual 8086 mode")
P("switch_endian", "switch the byte order")
P("rtas", "call the firmware")
P("spu_create spu_run", "run code on a Cell processor's unit")
P("pciconfig_iobase pciconfig_read pciconfig_write",
  "access the configuration of PCI devices")
P("s390_guarded_storage s390_pci_mmio_read s390_pci_mmio_write "
  "s390_runtime_instr s390_sthyi", "use features of s390 processors")
P("sys_debug_setcontext", "set a debug context")
#undef SUBJECT
#define SUBJECT SUBJECT_OLD
P("_sysctl", "read or set kernel parameters; removed from Linux")
P("uselib", "load a shared library")
P("oldstat oldlstat oldfstat", "get the metadata of a file")
P("oldolduname olduname", "get the names of the system")
P("readdir", "read one entry of a directory")
P("sgetmask ssetmask", "get or set the signal mask")
P("usr26 usr32", "switch between modes of an ARM processor")
P("multiplexer", "a multiplexer of other calls")
P("epoll_ctl_old epoll_wait_old", "an early epoll, never finished")
P("bdflush", "control the buffers' writer; removed from Linux")
P("create_module get_kernel_syms query_module",
  "module calls of Linux 2.4; removed from Linux")
P("nfsservctl", "control the NFS server; removed from Linux")
P("idle", "idle task; removed from Linux")
P("afs_syscall break ftime getpmsg gtty lock mpx prof profil putpmsg "
  "security stty tuxcall ulimit vserver", "never implemented by Linux")
#undef SUBJECT
#undef P
};

static const struct purpose unknown = {
	SUBJECT_UNKNOWN, "has no name in this version"
};

const struct purpose *purpose_of(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(id, buf);

	for (size_t i = 0; name && i < N_ELEMENTS(table); i++)
		if (text_has_word(table[i].calls, name))
			return &table[i].purpose;
	return &unknown;
}

const char *subject_name(enum subject subject)
{
	return names[subject];
}
