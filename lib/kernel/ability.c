/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The column `test` names the event that usually causes a server or a tool to
 * make the calls. tests/unit/tables.c checks that each call is in one row.
 */
#include "kernel/ability.h"

#include "base/text.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define CALLS(list) .calls = " " list " "
#define FUNCTIONS(list) .functions = " " list " "
#define OTHER_WAYS(list) .other_ways = " " list " "
#define NOTABLE .notable = true

static const struct ability table[] = {
{ CALLS("bind listen accept accept4"), OTHER_WAYS("io_uring_enter socketcall"),
  NOTABLE, .text = "accept connections",
  .test = "clients connect to each port and each Unix socket that it can be "
  "told to listen on" },
/* MSG_FASTOPEN connects, and a datagram needs no connection: sendto(2). */
{ CALLS("connect"), OTHER_WAYS("sendto sendmsg sendmmsg io_uring_enter "
  "socketcall"), NOTABLE, .text = "connect to other services",
  .test = "it connects to each service that it can be configured to use, and "
  "one in which that service is down" },
{ CALLS("execve execveat"),
  FUNCTIONS("system popen posix_spawn posix_spawnp wordexp"), NOTABLE,
  .text = "execute other programs",
  .test = "it executes each kind of helper, hook or script that it can" },
/* Each of these can create a file. */
{ CALLS("open openat openat2 creat"),
  OTHER_WAYS("open_by_handle_at io_uring_enter"), NOTABLE,
  .text = "open files, also to create and overwrite them" },
{ CALLS("unlink unlinkat rename renameat renameat2 rmdir mkdir mkdirat link "
	"linkat symlink symlinkat mknod mknodat"),
  FUNCTIONS("mkdtemp mkstemp mkstemp64 tmpfile tmpfile64"),
  OTHER_WAYS("io_uring_enter"), NOTABLE,
  .text = "rename, link or remove files, or make directories",
  .test = "it creates, replaces and removes its files: data, logs that are "
  "rotated, temporary files, a PID file" },
{ CALLS("setuid setuid32 setreuid setreuid32 setresuid setresuid32 setgid "
	"setgid32 setregid setregid32 setresgid setresgid32 setgroups "
	"setgroups32 setfsuid setfsuid32 setfsgid setfsgid32 capset"),
  NOTABLE, .text = "change its user, group or capabilities",
  .test = "root starts it and it changes to its own user" },
{ CALLS("chmod fchmod fchmodat fchmodat2 chown chown32 lchown lchown32 fchown "
	"fchown32 fchownat utime utimes futimesat utimensat utimensat_time64 "
	"setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr "
	"fremovexattr removexattrat file_setattr"),
  OTHER_WAYS("io_uring_enter"), NOTABLE,
  .text = "change modes, owners and attributes of files",
  .test = "it sets the mode, the owner or the times of a file or a socket" },
{ CALLS("kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo "
	"pidfd_send_signal"), FUNCTIONS("abort raise"), NOTABLE,
  .text = "send signals",
  .test = "it signals its own processes: a reload, a restart, a child that "
  "does not end, an abort" },
{ CALLS("rt_sigreturn sigreturn rt_sigsuspend sigsuspend pause rt_sigpending "
	"sigpending rt_sigtimedwait rt_sigtimedwait_time64 signalfd signalfd4 "
	"restart_syscall sigaltstack"),
  .text = "handle signals",
  .test = "it gets each signal that it handles while it works: to reload, to "
  "reopen its logs, to stop" },
{ CALLS("fsync fdatasync sync syncfs sync_file_range sync_file_range2 "
	"arm_sync_file_range msync truncate truncate64 ftruncate ftruncate64 "
	"fallocate"), .text = "save data, and change the size of files",
  .test = "it saves its data, a file of it grows and shrinks, and it stops "
  "in order" },
{ CALLS("send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg "
	"recvmmsg_time64 shutdown"), .text = "exchange messages by sockets",
  .test = "it answers clients, also one that sends too much, one that is "
  "slow, and one that closes the connection early" },
{ FUNCTIONS("getaddrinfo gethostbyname gethostbyname_r gethostbyname2 "
	    "getnameinfo gethostbyaddr res_query res_search"),
  .text = "look up names of hosts",
  .test = "it looks up the name of a host, one that exists and one that does "
  "not" },
{ FUNCTIONS("getpwnam getpwnam_r getpwuid getpwuid_r getgrnam getgrnam_r "
	    "getgrgid getgrgid_r initgroups getgrouplist getspnam"),
  .text = "look up users and groups",
  .test = "its configuration names a user and a group, one that exists and "
  "one that does not" },
{ FUNCTIONS("syslog vsyslog openlog __syslog_chk __vsyslog_chk"),
  .text = "write to the system's log",
  .test = "it writes to the system's log" },
{ FUNCTIONS("dlopen dlmopen"), .text = "load libraries while it runs",
  .test = "it loads each plugin or module that it can be configured to use" },
{ CALLS("fork vfork clone clone3 wait4 waitid waitpid"),
  FUNCTIONS("pthread_create thrd_create daemon"),
  .text = "create processes and threads",
  .test = "it starts its workers, threads and background jobs, and one of "
  "them fails" },
{ CALLS("setsid setpgid vhangup"),
  .text = "leave its session, as a daemon does",
  .test = "it is started in the background, as a daemon" },
{ CALLS("setrlimit prlimit64 setpriority nice ioprio_set sched_setaffinity "
	"sched_setscheduler sched_setparam sched_setattr"),
  .text = "set its limits, priority and processors, or read limits",
  .test = "its options for priority, processors and the number of open files "
  "are set" },
{ CALLS("alarm setitimer getitimer timer_create timer_delete timer_settime "
	"timer_settime64 timer_gettime timer_gettime64 timer_getoverrun "
	"timerfd timerfd_create timerfd_settime timerfd_settime64 "
	"timerfd_gettime timerfd_gettime64 nanosleep clock_nanosleep "
	"clock_nanosleep_time64"), .text = "sleep and use timers",
  .test = "it has nothing to do for a while, and one in which a time-out "
  "passes" },
{ CALLS("poll ppoll ppoll_time64 select _newselect pselect6 pselect6_time64 "
	"epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait "
	"epoll_pwait2 eventfd eventfd2"),
  .text = "wait for events",
  .test = "it serves several clients at once, and one of them is slow" },
{ CALLS("sendfile sendfile64 copy_file_range splice tee vmsplice readahead "
	"fadvise64 fadvise64_64 arm_fadvise64_64 cachestat"),
  .text = "copy files without reading them",
  .test = "it sends or copies a large file" },
{ CALLS("inotify_init inotify_init1 inotify_add_watch inotify_rm_watch "
	"fanotify_init fanotify_mark"), .text = "watch files for changes",
  .test = "a file changes that it watches" },
{ CALLS("flock"), .text = "lock files",
  .test = "two copies of it use the same files" },
{ CALLS("shmget shmat shmdt shmctl semget semop semtimedop "
	"semtimedop_time64 semctl msgget msgsnd msgrcv msgctl ipc mq_open "
	"mq_unlink mq_timedsend mq_timedsend_time64 mq_timedreceive "
	"mq_timedreceive_time64 mq_notify mq_getsetattr memfd_create "
	"pipe pipe2"),
  .text = "share memory, queues and pipes with other processes",
  .test = "its processes share memory, semaphores, queues or pipes" },
{ CALLS("io_uring_setup io_uring_enter io_uring_register io_setup io_submit "
	"io_cancel io_destroy io_getevents io_pgetevents "
	"io_pgetevents_time64"), NOTABLE,
  .text = "use asynchronous I/O, such as io_uring",
  .test = "its option for asynchronous I/O is on" },
{ CALLS("mremap mlock mlock2 mlockall munlock munlockall mincore mbind "
	"set_mempolicy set_mempolicy_home_node get_mempolicy migrate_pages "
	"move_pages remap_file_pages process_madvise process_mrelease "
	"memfd_secret mseal pkey_mprotect pkey_alloc pkey_free userfaultfd"),
  .text = "move, lock and place memory",
  .test = "it holds much data, and gives it back" },
{ CALLS("getdents getdents64 readdir chdir fchdir getcwd readlink readlinkat "
	"getxattr lgetxattr fgetxattr getxattrat listxattr llistxattr "
	"flistxattr listxattrat statfs statfs64 fstatfs fstatfs64 ustat "
	"file_getattr name_to_handle_at quotactl quotactl_fd statmount "
	"listmount"),
  .text = "look through directories and file systems",
  .test = "it works on a directory: it lists it, enters it, or follows a "
  "symbolic link" },
{ CALLS("mount umount umount2 move_mount open_tree open_tree_attr fsopen "
	"fsconfig fsmount fspick mount_setattr pivot_root "
	"chroot fchroot unshare setns open_by_handle_at"), NOTABLE,
  .text = "change mounts, its root or the namespaces that it is in",
  .test = "it isolates itself or a child: a chroot, a mount, a namespace" },
{ CALLS("ptrace process_vm_readv process_vm_writev pidfd_getfd pidfd_open "
	"kcmp"), NOTABLE, .text = "read or control other processes",
  .test = "it watches, debugs or reports on another process" },
{ CALLS("bpf perf_event_open init_module finit_module delete_module "
	"kexec_load kexec_file_load reboot swapon swapoff acct iopl ioperm "
	"sethostname setdomainname syslog clock_settime clock_settime64 "
	"settimeofday stime adjtimex clock_adjtime clock_adjtime64"), NOTABLE,
  .text = "administer the kernel or the machine",
  .test = "it administers the machine, if that is its purpose" },
{ CALLS("seccomp landlock_create_ruleset landlock_add_rule "
	"landlock_restrict_self lsm_get_self_attr lsm_set_self_attr "
	"lsm_list_modules keyctl add_key request_key"),
  .text = "confine itself, and use the kernel's keyrings",
  .test = "its own sandbox is on" },
{ CALLS("readv preadv preadv2 writev pwritev pwritev2 pread64 pwrite64 lseek "
	"_llseek dup dup2 dup3 fcntl fcntl64 ioctl umask"),
  .text = "use files and descriptors in other ways",
  .test = "it reads and writes each kind of file that it knows: large ones, "
  "pipes, a terminal" },
{ CALLS("socket socketpair socketcall setsockopt getsockopt getsockname "
	"getpeername"), .text = "create and configure sockets",
  .test = "each kind of socket is used that its configuration allows: IPv4, "
  "IPv6, Unix" },
{ CALLS("uname sysinfo times getrusage capget getuid getuid32 geteuid "
	"geteuid32 getresuid getresuid32 getgid getgid32 getegid getegid32 "
	"getresgid getresgid32 getgroups getgroups32 getppid getsid getpgid "
	"getpgrp getrlimit ugetrlimit getpriority ioprio_get "
	"sched_getaffinity sched_getscheduler sched_getparam sched_getattr "
	"sched_get_priority_min sched_get_priority_max sched_rr_get_interval "
	"sched_rr_get_interval_time64 listns personality sysfs"),
  .text = "ask about the system and about itself",
  .test = "it reports its version, its status and its statistics" },
{ CALLS("read write close close_range stat stat64 lstat lstat64 fstat fstat64 "
	"newfstatat fstatat64 statx access faccessat faccessat2"),
  .text = "read and write open files, and get attributes of files" },
{ CALLS("brk mmap mmap2 munmap mprotect madvise map_shadow_stack "
	"subpage_prot exit exit_group getpid gettid prctl arch_prctl "
	"rt_sigaction sigaction signal rt_sigprocmask sigprocmask futex "
	"futex_time64 futex_wait futex_wake futex_waitv futex_requeue "
	"set_robust_list get_robust_list set_tid_address set_thread_area "
	"get_thread_area set_tls get_tls rseq rseq_slice_yield membarrier "
	"sched_yield getcpu swapcontext clock_gettime clock_gettime64 "
	"gettimeofday time clock_getres clock_getres_time64 getrandom "
	"modify_ldt"),
  .text = "run at all: memory, threads, time" },
};

const struct ability *ability_at(size_t i)
{
	return i < N_ELEMENTS(table) ? &table[i] : NULL;
}

const struct ability *ability_of(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(id, buf);

	for (size_t i = 0; name && i < N_ELEMENTS(table); i++)
		if (table[i].calls && text_has_word(table[i].calls, name))
			return &table[i];
	return NULL;
}

const struct ability *ability_of_function(const char *name)
{
	for (size_t i = 0; *name && i < N_ELEMENTS(table); i++)
		if (table[i].functions &&
		    text_has_word(table[i].functions, name))
			return &table[i];
	return NULL;
}
