/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: machine [quick | FEATURE]
 *        machine audit
 * Prints which features that the tests depend on this machine has: all
 * features, those that are found quickly, or one feature. Each feature is a
 * line of four fields, separated by tabs: FEATURE, "yes" or "no", the words for
 * it in a sentence, and the reason for "no". With "audit", prints the state of
 * the kernel's auditing.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/landlock.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <mntent.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef PR_SET_SYSCALL_USER_DISPATCH
#define PR_SET_SYSCALL_USER_DISPATCH 59
#endif

enum { REASON = 100 };
enum { SYSLOG_ACTION_SIZE_BUFFER = 10 };	/* syslog(2) */

/*
 * Runs `probe` in a child. Returns 0, the errno with which the child exited, or
 * -SIGNAL.
 */
static int in_child(void (*probe)(void))
{
	int status;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return errno;
	if (!pid) {
		probe();
		_exit(0);
	}
	if (waitpid(pid, &status, 0) < 0)
		return errno;
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* Ends the child with errno as its exit status. */
static void fail_if(bool failed)
{
	if (failed)
		_exit(errno ? errno : EINVAL);
}

static bool works(void (*probe)(void), const char *what, char *reason)
{
	int result = in_child(probe);

	if (result == -SIGSEGV)
		snprintf(reason, REASON, "%s faults", what);
	else if (result < 0)
		snprintf(reason, REASON, "%s dies of signal %d", what, -result);
	else if (result)
		snprintf(reason, REASON, "%s gives %s", what,
			 strerrorname_np(result));
	return !result;
}

static bool has_x86_64(char *reason)
{
#ifdef __x86_64__
	(void)reason;
	return true;
#else
	strcpy(reason, "another architecture");
	return false;
#endif
}

/* A 32-bit program that only calls exit(0). */
#ifdef __aarch64__
enum { MACHINE_32 = 0x28, FLAGS_32 = 5 };	/* for arm with EABI 5 */
#define CODE_32 \
	0x01, 0x70, 0xa0, 0xe3,		/* mov r7, #1 */ \
	0x00, 0x00, 0xa0, 0xe3,		/* mov r0, #0 */ \
	0x00, 0x00, 0x00, 0xef		/* svc #0 */
#else
enum { MACHINE_32 = 3, FLAGS_32 = 0 };		/* i386 */
#define CODE_32 \
	0xb8, 1, 0, 0, 0,		/* mov $1, %eax */ \
	0x31, 0xdb,			/* xor %ebx, %ebx */ \
	0xcd, 0x80, 0x0f, 0x0b, 0	/* int $0x80; ud2 */
#endif

static void run_i386(void)
{
	static const unsigned char elf[] = {
		0x7f, 'E', 'L', 'F', 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		2, 0, MACHINE_32, 0, 1, 0, 0, 0,	/* executable */
		0x54, 0x80, 0x04, 0x08,		/* entry */
		0x34, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, FLAGS_32,
		0x34, 0, 0x20, 0, 1, 0, 0, 0, 0, 0, 0, 0,
		/* the header of the only segment */
		1, 0, 0, 0, 0, 0, 0, 0,
		0, 0x80, 0x04, 0x08, 0, 0x80, 0x04, 0x08,
		0x60, 0, 0, 0, 0x60, 0, 0, 0, 5, 0, 0, 0, 0, 0x10, 0, 0,
		CODE_32,
	};
	int fd = memfd_create("i386", MFD_CLOEXEC);
	char *none[] = { NULL };

	fail_if(fd < 0 || write(fd, elf, sizeof(elf)) != sizeof(elf));
	fexecve(fd, none, none);
	fail_if(true);
}

static bool has_i386(char *reason)
{
	return works(run_i386, "a 32-bit ELF", reason);
}

static void call_int80(void)
{
#ifdef __x86_64__
	long result = 20;	/* getpid */

	__asm__ volatile("int $0x80" : "+a"(result)
			 : : "r8", "r9", "r10", "r11", "memory");
	errno = ENOSYS;
	fail_if((int)result != getpid());
#else
	errno = ENOSYS;
	fail_if(true);
#endif
}

static bool has_int80(char *reason)
{
	return works(call_int80, "int 0x80", reason);
}

static void call_x32(void)
{
	fail_if(syscall(0x40000000 | SYS_getpid) != getpid());
}

static bool has_x32(char *reason)
{
	return works(call_x32, "an x32 call", reason);
}

static void call_vsyscall(void)
{
#ifdef __x86_64__
	((long (*)(long *))0xffffffffff600400)(NULL);
#else
	errno = ENOSYS;
	fail_if(true);
#endif
}

static bool has_vsyscall(char *reason)
{
	return works(call_vsyscall, "the vsyscall page", reason);
}

static void choose_tid(void)
{
	pid_t tid = 31000;
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&tid,
		.set_tid_size = 1,
	};
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (!pid)
		syscall(SYS_exit_group, 0);
	fail_if(pid < 0 && errno != EEXIST);
	wait(NULL);
}

static bool has_settid(char *reason)
{
	return works(choose_tid, "clone3 with a tid", reason);
}

static void set_up_uring(void)
{
	struct io_uring_params params = { 0 };

	fail_if(syscall(SYS_io_uring_setup, 1, &params) < 0);
}

/* Before Linux 6.0, the trace event of an operation has too few fields. */
static bool has_uring(char *reason)
{
	struct utsname kernel;

	if (!works(set_up_uring, "io_uring_setup", reason))
		return false;
	if (uname(&kernel) || strtol(kernel.release, NULL, 10) >= 6)
		return true;
	strcpy(reason, "operations can only be recorded from Linux 6.0 on");
	return false;
}

static void set_dispatch(void)
{
	fail_if(prctl(PR_SET_SYSCALL_USER_DISPATCH, 0, 0, 0, 0) < 0);
}

static bool has_dispatch(char *reason)
{
	return works(set_dispatch, "PR_SET_SYSCALL_USER_DISPATCH", reason);
}

static bool has_root(char *reason)
{
	strcpy(reason, "not root");
	return !geteuid();
}

/*
 * Returns whether a mount of this type with this option exists, and processes
 * can be moved to its cgroups.
 */
static bool has_mount(const char *type, const char *with)
{
	FILE *mounts = setmntent("/proc/self/mounts", "r");
	bool found = false;
	struct mntent *m;
	char path[4096];

	while (mounts && !found && (m = getmntent(mounts))) {
		snprintf(path, sizeof(path), "%s/cgroup.procs", m->mnt_dir);
		found = !strcmp(m->mnt_type, type) &&
			(!with || hasmntopt(m, with)) && !access(path, W_OK);
	}
	if (mounts)
		endmntent(mounts);
	return found;
}

static bool has_cgroup1(char *reason)
{
	strcpy(reason, "no pids hierarchy of version 1 is writable");
	return has_mount("cgroup", "pids");
}

static bool has_cgroup2(char *reason)
{
	strcpy(reason, "no hierarchy of version 2 is writable");
	return has_mount("cgroup2", NULL);
}

static bool has_landlock(char *reason)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	if (abi < 0)
		snprintf(reason, REASON, "making a ruleset gives %s",
			 strerrorname_np(errno));
	return abi > 0;
}

static bool has_landlock_records(char *reason)
{
	enum { RECORDS_ABI = 7 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
			   LANDLOCK_CREATE_RULESET_VERSION);

	snprintf(reason, REASON, "Landlock's ABI is %ld", abi);
	return abi >= RECORDS_ABI;
}

static bool has_apparmor(char *reason)
{
	FILE *file = fopen("/sys/module/apparmor/parameters/enabled", "r");
	bool enabled = file && getc(file) == 'Y';

	if (file)
		fclose(file);
	strcpy(reason, enabled ? "" : "AppArmor is not enabled");
	return enabled;
}

/*
 * Tries to load a program, because the list of LSMs does not show whether that
 * works.
 */
static bool has_bpf_lsm(char *reason)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options,
		    .expected_attach_type = BPF_LSM_MAC);
	int id, fd;

	libbpf_set_print(NULL);
	id = libbpf_find_vmlinux_btf_id("file_open", BPF_LSM_MAC);
	options.attach_btf_id = id > 0 ? id : 0;
	fd = id > 0 ? bpf_prog_load(BPF_PROG_TYPE_LSM, NULL, "GPL", code, 2,
				    &options) : id;
	if (fd < 0)
		snprintf(reason, REASON, "loading an LSM program gives %s",
			 strerrorname_np(-fd));
	else
		close(fd);
	return fd >= 0;
}

static bool has_capabilities(char *reason)
{
	int id;

	libbpf_set_print(NULL);
	id = libbpf_find_vmlinux_btf_id("cap_capable", BPF_TRACE_RAW_TP);
	if (id < 0)
		strcpy(reason, "no trace event cap_capable (Linux 6.14)");
	return id >= 0;
}

static void open_fuse(void)
{
	fail_if(open("/dev/fuse", O_RDWR | O_CLOEXEC) < 0);
}

/* The count exists since Linux 5.16. */
static bool has_verified_insns(char *reason)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info);
	int fd = bpf_prog_load(BPF_PROG_TYPE_SOCKET_FILTER, NULL, "GPL", code,
			       2, NULL);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		snprintf(reason, REASON, "a BPF program: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return info.verified_insns;
}

static bool has_fuse(char *reason)
{
	return works(open_fuse, "/dev/fuse", reason);
}

/* Returns the first number in a file, or -1. */
static long number_in(const char *path)
{
	FILE *file = fopen(path, "re");
	long number = -1;

	if (file && fscanf(file, "%ld", &number) != 1)
		number = -1;
	if (file)
		fclose(file);
	return number;
}

static bool has_protected_links(char *reason)
{
	strcpy(reason, "fs.protected_symlinks is off");
	return number_in("/proc/sys/fs/protected_symlinks") > 0;
}

static bool has_uprobes(char *reason)
{
	strcpy(reason, "the kernel has no uprobe events");
	return number_in("/sys/bus/event_source/devices/uprobe/type") >= 0;
}

/* Called outside of a probe, these two calls end their caller with a signal. */
static bool makes_call(long nr, char *reason)
{
	int result;
	pid_t pid = fork();

	strcpy(reason, "probes do not use it on this kernel");
	if (!pid) {
		signal(SIGILL, SIG_DFL);
		syscall(nr);
		_exit(errno);
	}
	return pid > 0 && waitpid(pid, &result, 0) == pid &&
	       !(WIFEXITED(result) && WEXITSTATUS(result) == ENOSYS);
}

static bool has_uretprobe(char *reason)
{
	return has_x86_64(reason) && makes_call(335, reason);
}

static bool has_uprobe(char *reason)
{
	return has_x86_64(reason) && makes_call(336, reason);
}

/* Requires 2 GiB of memory that programs can still use (MemAvailable). */
static bool has_memory(char *reason)
{
	FILE *file = fopen("/proc/meminfo", "re");
	unsigned long kib = 0;
	char line[256];

	while (file && fgets(line, sizeof(line), file) &&
	       sscanf(line, "MemAvailable: %lu", &kib) != 1)
		;
	if (file)
		fclose(file);
	snprintf(reason, REASON, "%lu MiB are free", kib >> 10);
	return kib >= 2UL << 20;
}

/*
 * Returns whether libseccomp is older than 2.6.1, which is the first release
 * with this call of Linux 7.0.
 */
static bool has_older_names(char *reason)
{
	strcpy(reason, "the installed version has them");
	return seccomp_syscall_resolve_name("rseq_slice_yield") ==
	       __NR_SCMP_ERROR;
}

/* For these rules, libseccomp 2.5.4 searches until it is stopped. */
static void search_rules(void)
{
	struct itimerval limit = { .it_value.tv_usec = 200000 };
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int nr = SCMP_SYS(getpid), fd = memfd_create("filter", MFD_CLOEXEC);

	setitimer(ITIMER_PROF, &limit, NULL);
	seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 2,
			 SCMP_A0(SCMP_CMP_NE, 2),
			 SCMP_A1(SCMP_CMP_LE, 2147483648));
	seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 2,
			 SCMP_A3(SCMP_CMP_LE, 7), SCMP_A0(SCMP_CMP_NE, 2));
	seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 2,
			 SCMP_A4(SCMP_CMP_LT, 1), SCMP_A0(SCMP_CMP_EQ, 7));
	seccomp_export_bpf(ctx, fd);
}

static bool has_endless_rules(char *reason)
{
	strcpy(reason, "the search of the installed version ends");
	return in_child(search_rules) == -SIGPROF;
}

/*
 * The bug GHSA-4q85-33p6-j5g6: for these two rules, libseccomp makes a filter
 * that allows what neither rule allows. A child under that filter ends with
 * SIGSEGV.
 */
static void allow_too_much(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int nr = SCMP_SYS(getpid);

	fail_if(seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1,
				 SCMP_A5(SCMP_CMP_GT, 4294967296)) ||
		seccomp_rule_add(ctx, SCMP_ACT_ALLOW, nr, 1,
				 SCMP_A5(SCMP_CMP_LT, 1)) ||
		seccomp_load(ctx));
	if (syscall(SYS_getpid, 0, 0, 0, 0, 0, 3L) > 0)
		*(volatile int *)NULL = 0;
	__builtin_trap();
}

static bool has_wrong_filters(char *reason)
{
	strcpy(reason, "the filters of the installed version are right");
	return in_child(allow_too_much) == -SIGSEGV;
}

static bool has_firejail(char *reason)
{
	strcpy(reason, "it cannot run a program here");
	return !system("firejail --quiet --noprofile -- true </dev/null "
		       ">/dev/null 2>&1");
}

/*
 * The setting Audit= exists since systemd 246. The test mounts a new /run for
 * journald.
 */
static bool has_journald(char *reason)
{
	strcpy(reason, "it is older than 246, or a new /run cannot be mounted");
	return !system("{ v=$(journalctl --version) && v=${v#systemd } && "
		       "[ \"${v%%[!0-9]*}\" -ge 246 ] && unshare -m "
		       "--propagation private mount -t tmpfs none /run; "
		       "} >/dev/null 2>&1");
}

/* Gets the state of auditing. Returns 0 or the errno. */
static int get_audit(struct audit_status *status)
{
	struct nlmsghdr request = {
		.nlmsg_len = NLMSG_HDRLEN,
		.nlmsg_type = AUDIT_GET,
		.nlmsg_flags = NLM_F_REQUEST,
	};
	struct timeval limit = { .tv_sec = 5 };
	char answer[8192] __attribute__((aligned(8)));
	struct nlmsghdr *head = (void *)answer;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);
	int error = 0;
	ssize_t n = -1;

	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (send(fd, &request, request.nlmsg_len, 0) > 0)
		n = recv(fd, answer, sizeof(answer), 0);
	if (n < (ssize_t)NLMSG_HDRLEN)
		error = n < 0 ? errno : EPROTO;
	else if (head->nlmsg_type == NLMSG_ERROR)
		error = -((struct nlmsgerr *)NLMSG_DATA(head))->error;
	else
		memcpy(status, NLMSG_DATA(head),
		       n - NLMSG_HDRLEN < (ssize_t)sizeof(*status)
			? (size_t)n - NLMSG_HDRLEN : sizeof(*status));
	close(fd);
	return error;
}

static bool has_audit(char *reason)
{
	struct audit_status status;
	int error = get_audit(&status);

	if (error)
		snprintf(reason, REASON, "AUDIT_GET gives %s",
			 strerrorname_np(error));
	return !error;
}

/*
 * If a process receives the records, the kernel does not write them to its log.
 */
static bool has_audit_log(char *reason)
{
	struct audit_status status = { 0 };

	if (!has_audit(reason))
		return false;
	get_audit(&status);
	snprintf(reason, REASON, "process %u receives them", status.pid);
	if (klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0) < 0)
		snprintf(reason, REASON, "klogctl gives %s",
			 strerrorname_np(errno));
	else if (!status.pid)
		return true;
	return false;
}

static int print_audit(void)
{
	struct audit_status s = { 0 };
	int error = get_audit(&s);

	if (error)
		printf("error %d\n", error);
	else
		printf("enabled %u\nfailure %u\npid %u\nrate_limit %u\n"
		       "backlog_limit %u\n", s.enabled, s.failure, s.pid,
		       s.rate_limit, s.backlog_limit);
	return 0;
}

static const struct feature {
	const char *name, *noun;
	bool (*has)(char *reason);
	/* a slow feature is tested only when a test needs it */
	bool is_slow;
} features[] = {
	{ "root", "root", has_root, false },
	{ "x86_64", "x86-64", has_x86_64, false },
	{ "i386", "32-bit programs", has_i386, false },
	{ "int80", "32-bit calls", has_int80, false },
	{ "x32", "x32 calls", has_x32, false },
	{ "vsyscall", "vsyscall calls", has_vsyscall, false },
	{ "dispatch", "syscall user dispatch", has_dispatch, false },
	{ "settid", "threads with a chosen tid", has_settid, false },
	{ "io_uring", "io_uring", has_uring, false },
	{ "uprobes", "uprobes", has_uprobes, false },
	{ "uprobe", "calls of uprobe", has_uprobe, false },
	{ "uretprobe", "calls of uretprobe", has_uretprobe, false },
	{ "cgroup1", "cgroup v1", has_cgroup1, false },
	{ "cgroup2", "cgroup v2", has_cgroup2, false },
	{ "audit", "audit records", has_audit, false },
	{ "audit_log", "audit records in the kernel's log", has_audit_log,
	  false },
	{ "landlock", "Landlock", has_landlock, false },
	{ "landlock_records", "Landlock's audit records", has_landlock_records,
	  false },
	{ "apparmor", "AppArmor", has_apparmor, false },
	{ "bpf_lsm", "BPF LSM programs", has_bpf_lsm, true },
	{ "capabilities", "a trace event for capabilities", has_capabilities,
	  true },
	{ "verified_insns", "counts of verified instructions",
	  has_verified_insns, false },
	{ "fuse", "FUSE", has_fuse, false },
	{ "protected_links", "protected links", has_protected_links, false },
	{ "memory", "2 GiB of memory", has_memory, false },
	{ "older_names", "a libseccomp without the names of Linux 7.0",
	  has_older_names, false },
	{ "endless_rules", "a libseccomp that searches forever",
	  has_endless_rules, true },
	{ "wrong_filters", "a libseccomp that makes wrong filters",
	  has_wrong_filters, false },
	{ "firejail", "firejail", has_firejail, true },
	{ "journald", "a journald that reads audit records", has_journald,
	  true },
};

static void print(const struct feature *feature)
{
	char reason[REASON] = "";
	bool yes = feature->has(reason);

	printf("%s\t%s\t%s\t%s\n", feature->name, yes ? "yes" : "no",
	       feature->noun, yes ? "" : reason);
}

static bool is_asked_for(const struct feature *feature, const char *which)
{
	if (!which)
		return true;
	return strcmp(which, "quick") ? !strcmp(which, feature->name) :
	       !feature->is_slow;
}

int main(int argc, char **argv)
{
	size_t n = sizeof(features) / sizeof(*features);

	if (argc > 2)
		errx(2, "usage: machine [audit | quick | FEATURE]");
	if (argc > 1 && !strcmp(argv[1], "audit"))
		return print_audit();
	for (size_t i = 0; i < n; i++)
		if (is_asked_for(&features[i], argv[1]))
			print(&features[i]);
	return 0;
}
