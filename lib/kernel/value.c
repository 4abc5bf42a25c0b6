/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/value.h"

#include <fcntl.h>
#include <inttypes.h>
#include <linux/bpf.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/constant.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define ANY UINT32_MAX

/*
 * These values have names of their own. Looking up names by prefix does not
 * work for them, since the headers use one prefix for several sets of values.
 */
static const struct value {
	const char *call;
	unsigned int index;
	/*
	 * the argument that gives this value its meaning, such as the level of
	 * setsockopt(2), or ANY
	 */
	uint32_t context;
	uint32_t value;
	const char *name;
} table[] = {
#define C(call, index, context, name) \
	{ call, index, context, (uint32_t)(name), #name }
	C("fcntl", 1, ANY, F_DUPFD),
	C("fcntl", 1, ANY, F_GETFD),
	C("fcntl", 1, ANY, F_SETFD),
	C("fcntl", 1, ANY, F_GETFL),
	C("fcntl", 1, ANY, F_SETFL),
	C("fcntl", 1, ANY, F_GETLK),
	C("fcntl", 1, ANY, F_SETLK),
	C("fcntl", 1, ANY, F_SETLKW),
	C("fcntl", 1, ANY, F_SETOWN),
	C("fcntl", 1, ANY, F_GETOWN),
	C("fcntl", 1, ANY, F_SETSIG),
	C("fcntl", 1, ANY, F_GETSIG),
	C("fcntl", 1, ANY, F_SETOWN_EX),
	C("fcntl", 1, ANY, F_GETOWN_EX),
	C("fcntl", 1, ANY, F_OFD_GETLK),
	C("fcntl", 1, ANY, F_OFD_SETLK),
	C("fcntl", 1, ANY, F_OFD_SETLKW),
	C("fcntl", 1, ANY, F_DUPFD_CLOEXEC),
	C("fcntl", 1, ANY, F_SETPIPE_SZ),
	C("fcntl", 1, ANY, F_GETPIPE_SZ),
	C("fcntl", 1, ANY, F_ADD_SEALS),
	C("fcntl", 1, ANY, F_GET_SEALS),
	C("fcntl", 1, ANY, F_SETLEASE),
	C("fcntl", 1, ANY, F_GETLEASE),
	C("fcntl", 1, ANY, F_NOTIFY),
	C("ioctl", 1, ANY, TCGETS),
	C("ioctl", 1, ANY, TCSETS),
	C("ioctl", 1, ANY, TCSETSW),
	C("ioctl", 1, ANY, TCSETSF),
	C("ioctl", 1, ANY, TIOCGWINSZ),
	C("ioctl", 1, ANY, TIOCSWINSZ),
	C("ioctl", 1, ANY, TIOCGPGRP),
	C("ioctl", 1, ANY, TIOCSPGRP),
	C("ioctl", 1, ANY, TIOCSCTTY),
	C("ioctl", 1, ANY, TIOCNOTTY),
	C("ioctl", 1, ANY, TIOCSTI),
	C("ioctl", 1, ANY, TIOCGPTN),
	C("ioctl", 1, ANY, TIOCSPTLCK),
	C("ioctl", 1, ANY, FIONREAD),
	C("ioctl", 1, ANY, FIONBIO),
	C("ioctl", 1, ANY, FIOASYNC),
	C("ioctl", 1, ANY, FIOCLEX),
	C("ioctl", 1, ANY, FIONCLEX),
	C("prctl", 0, ANY, PR_SET_PDEATHSIG),
	C("prctl", 0, ANY, PR_GET_PDEATHSIG),
	C("prctl", 0, ANY, PR_GET_DUMPABLE),
	C("prctl", 0, ANY, PR_SET_DUMPABLE),
	C("prctl", 0, ANY, PR_GET_KEEPCAPS),
	C("prctl", 0, ANY, PR_SET_KEEPCAPS),
	C("prctl", 0, ANY, PR_GET_TIMING),
	C("prctl", 0, ANY, PR_SET_TIMING),
	C("prctl", 0, ANY, PR_SET_NAME),
	C("prctl", 0, ANY, PR_GET_NAME),
	C("prctl", 0, ANY, PR_GET_SECCOMP),
	C("prctl", 0, ANY, PR_SET_SECCOMP),
	C("prctl", 0, ANY, PR_CAPBSET_READ),
	C("prctl", 0, ANY, PR_CAPBSET_DROP),
	C("prctl", 0, ANY, PR_GET_TSC),
	C("prctl", 0, ANY, PR_SET_TSC),
	C("prctl", 0, ANY, PR_GET_SECUREBITS),
	C("prctl", 0, ANY, PR_SET_SECUREBITS),
	C("prctl", 0, ANY, PR_SET_TIMERSLACK),
	C("prctl", 0, ANY, PR_GET_TIMERSLACK),
	C("prctl", 0, ANY, PR_TASK_PERF_EVENTS_DISABLE),
	C("prctl", 0, ANY, PR_TASK_PERF_EVENTS_ENABLE),
	C("prctl", 0, ANY, PR_MCE_KILL),
	C("prctl", 0, ANY, PR_SET_MM),
	C("prctl", 0, ANY, PR_SET_PTRACER),
	C("prctl", 0, ANY, PR_SET_CHILD_SUBREAPER),
	C("prctl", 0, ANY, PR_GET_CHILD_SUBREAPER),
	C("prctl", 0, ANY, PR_SET_NO_NEW_PRIVS),
	C("prctl", 0, ANY, PR_GET_NO_NEW_PRIVS),
	C("prctl", 0, ANY, PR_GET_TID_ADDRESS),
	C("prctl", 0, ANY, PR_SET_THP_DISABLE),
	C("prctl", 0, ANY, PR_GET_THP_DISABLE),
	C("prctl", 0, ANY, PR_CAP_AMBIENT),
	C("prctl", 0, ANY, PR_GET_SPECULATION_CTRL),
	C("prctl", 0, ANY, PR_SET_SPECULATION_CTRL),
	C("prctl", 0, ANY, PR_SET_IO_FLUSHER),
	C("prctl", 0, ANY, PR_GET_IO_FLUSHER),
	C("prctl", 0, ANY, PR_SET_SYSCALL_USER_DISPATCH),
	C("prctl", 0, ANY, PR_SCHED_CORE),
	C("prctl", 0, ANY, PR_SET_VMA),
	C("ptrace", 0, ANY, PTRACE_TRACEME),
	C("ptrace", 0, ANY, PTRACE_PEEKTEXT),
	C("ptrace", 0, ANY, PTRACE_PEEKDATA),
	C("ptrace", 0, ANY, PTRACE_PEEKUSER),
	C("ptrace", 0, ANY, PTRACE_POKETEXT),
	C("ptrace", 0, ANY, PTRACE_POKEDATA),
	C("ptrace", 0, ANY, PTRACE_POKEUSER),
	C("ptrace", 0, ANY, PTRACE_CONT),
	C("ptrace", 0, ANY, PTRACE_KILL),
	C("ptrace", 0, ANY, PTRACE_SINGLESTEP),
	C("ptrace", 0, ANY, PTRACE_ATTACH),
	C("ptrace", 0, ANY, PTRACE_DETACH),
	C("ptrace", 0, ANY, PTRACE_SYSCALL),
	C("ptrace", 0, ANY, PTRACE_SETOPTIONS),
	C("ptrace", 0, ANY, PTRACE_GETEVENTMSG),
	C("ptrace", 0, ANY, PTRACE_GETSIGINFO),
	C("ptrace", 0, ANY, PTRACE_SETSIGINFO),
	C("ptrace", 0, ANY, PTRACE_GETREGSET),
	C("ptrace", 0, ANY, PTRACE_SETREGSET),
	C("ptrace", 0, ANY, PTRACE_SEIZE),
	C("ptrace", 0, ANY, PTRACE_INTERRUPT),
	C("ptrace", 0, ANY, PTRACE_LISTEN),
	C("ptrace", 0, ANY, PTRACE_GET_SYSCALL_INFO),
	C("bpf", 0, ANY, BPF_MAP_CREATE),
	C("bpf", 0, ANY, BPF_MAP_LOOKUP_ELEM),
	C("bpf", 0, ANY, BPF_MAP_UPDATE_ELEM),
	C("bpf", 0, ANY, BPF_MAP_DELETE_ELEM),
	C("bpf", 0, ANY, BPF_MAP_GET_NEXT_KEY),
	C("bpf", 0, ANY, BPF_PROG_LOAD),
	C("bpf", 0, ANY, BPF_OBJ_PIN),
	C("bpf", 0, ANY, BPF_OBJ_GET),
	C("bpf", 0, ANY, BPF_PROG_ATTACH),
	C("bpf", 0, ANY, BPF_PROG_DETACH),
	C("bpf", 0, ANY, BPF_PROG_TEST_RUN),
	C("bpf", 0, ANY, BPF_OBJ_GET_INFO_BY_FD),
	C("bpf", 0, ANY, BPF_RAW_TRACEPOINT_OPEN),
	C("bpf", 0, ANY, BPF_BTF_LOAD),
	C("bpf", 0, ANY, BPF_LINK_CREATE),
	C("bpf", 0, ANY, BPF_LINK_UPDATE),
	C("keyctl", 0, ANY, KEYCTL_GET_KEYRING_ID),
	C("keyctl", 0, ANY, KEYCTL_JOIN_SESSION_KEYRING),
	C("keyctl", 0, ANY, KEYCTL_UPDATE),
	C("keyctl", 0, ANY, KEYCTL_REVOKE),
	C("keyctl", 0, ANY, KEYCTL_CHOWN),
	C("keyctl", 0, ANY, KEYCTL_SETPERM),
	C("keyctl", 0, ANY, KEYCTL_DESCRIBE),
	C("keyctl", 0, ANY, KEYCTL_CLEAR),
	C("keyctl", 0, ANY, KEYCTL_LINK),
	C("keyctl", 0, ANY, KEYCTL_UNLINK),
	C("keyctl", 0, ANY, KEYCTL_SEARCH),
	C("keyctl", 0, ANY, KEYCTL_READ),
	C("keyctl", 0, ANY, KEYCTL_INSTANTIATE),
	C("keyctl", 0, ANY, KEYCTL_SET_TIMEOUT),
	C("keyctl", 0, ANY, KEYCTL_GET_PERSISTENT),
	C("socket", 1, ANY, SOCK_STREAM),
	C("socket", 1, ANY, SOCK_DGRAM),
	C("socket", 1, ANY, SOCK_RAW),
	C("socket", 1, ANY, SOCK_RDM),
	C("socket", 1, ANY, SOCK_SEQPACKET),
	C("setsockopt", 1, ANY, SOL_SOCKET),
	C("setsockopt", 1, ANY, IPPROTO_IP),
	C("setsockopt", 1, ANY, IPPROTO_TCP),
	C("setsockopt", 1, ANY, IPPROTO_UDP),
	C("setsockopt", 1, ANY, IPPROTO_IPV6),
	C("setsockopt", 1, ANY, SOL_NETLINK),
	C("setsockopt", 1, ANY, SOL_PACKET),
	C("setsockopt", 2, IPPROTO_TCP, TCP_NODELAY),
	C("setsockopt", 2, IPPROTO_TCP, TCP_MAXSEG),
	C("setsockopt", 2, IPPROTO_TCP, TCP_CORK),
	C("setsockopt", 2, IPPROTO_TCP, TCP_KEEPIDLE),
	C("setsockopt", 2, IPPROTO_TCP, TCP_KEEPINTVL),
	C("setsockopt", 2, IPPROTO_TCP, TCP_KEEPCNT),
	C("setsockopt", 2, IPPROTO_TCP, TCP_SYNCNT),
	C("setsockopt", 2, IPPROTO_TCP, TCP_LINGER2),
	C("setsockopt", 2, IPPROTO_TCP, TCP_DEFER_ACCEPT),
	C("setsockopt", 2, IPPROTO_TCP, TCP_INFO),
	C("setsockopt", 2, IPPROTO_TCP, TCP_QUICKACK),
	C("setsockopt", 2, IPPROTO_TCP, TCP_CONGESTION),
	C("setsockopt", 2, IPPROTO_TCP, TCP_USER_TIMEOUT),
	C("setsockopt", 2, IPPROTO_TCP, TCP_FASTOPEN),
	C("setsockopt", 2, IPPROTO_TCP, TCP_ULP),
	C("setsockopt", 2, IPPROTO_IP, IP_TOS),
	C("setsockopt", 2, IPPROTO_IP, IP_TTL),
	C("setsockopt", 2, IPPROTO_IP, IP_RECVERR),
	C("setsockopt", 2, IPPROTO_IP, IP_PKTINFO),
	C("setsockopt", 2, IPPROTO_IP, IP_MTU_DISCOVER),
	C("setsockopt", 2, IPPROTO_IP, IP_FREEBIND),
	C("setsockopt", 2, IPPROTO_IP, IP_TRANSPARENT),
	C("setsockopt", 2, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT),
	C("setsockopt", 2, IPPROTO_IP, IP_MULTICAST_IF),
	C("setsockopt", 2, IPPROTO_IP, IP_MULTICAST_TTL),
	C("setsockopt", 2, IPPROTO_IP, IP_MULTICAST_LOOP),
	C("setsockopt", 2, IPPROTO_IP, IP_ADD_MEMBERSHIP),
	C("setsockopt", 2, IPPROTO_IP, IP_DROP_MEMBERSHIP),
	C("setsockopt", 2, IPPROTO_IP, IP_RECVTTL),
	C("setsockopt", 2, IPPROTO_IP, IP_RECVTOS),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_V6ONLY),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_RECVERR),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_RECVPKTINFO),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_UNICAST_HOPS),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_MULTICAST_IF),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_MULTICAST_HOPS),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_TCLASS),
	C("setsockopt", 2, IPPROTO_IPV6, IPV6_MTU_DISCOVER),
	C("socket", 2, AF_INET, IPPROTO_ICMP),
	C("socket", 2, AF_INET, IPPROTO_TCP),
	C("socket", 2, AF_INET, IPPROTO_UDP),
	C("socket", 2, AF_INET, IPPROTO_ICMPV6),
	C("socket", 2, AF_INET, IPPROTO_SCTP),
	C("socket", 2, AF_INET, IPPROTO_UDPLITE),
	C("socket", 2, AF_INET, IPPROTO_RAW),
	C("socket", 2, AF_INET6, IPPROTO_ICMP),
	C("socket", 2, AF_INET6, IPPROTO_TCP),
	C("socket", 2, AF_INET6, IPPROTO_UDP),
	C("socket", 2, AF_INET6, IPPROTO_ICMPV6),
	C("socket", 2, AF_INET6, IPPROTO_SCTP),
	C("socket", 2, AF_INET6, IPPROTO_UDPLITE),
	C("socket", 2, AF_INET6, IPPROTO_RAW),
	C("socket", 2, AF_NETLINK, NETLINK_ROUTE),
	C("socket", 2, AF_NETLINK, NETLINK_USERSOCK),
	C("socket", 2, AF_NETLINK, NETLINK_SOCK_DIAG),
	C("socket", 2, AF_NETLINK, NETLINK_NFLOG),
	C("socket", 2, AF_NETLINK, NETLINK_XFRM),
	C("socket", 2, AF_NETLINK, NETLINK_SELINUX),
	C("socket", 2, AF_NETLINK, NETLINK_ISCSI),
	C("socket", 2, AF_NETLINK, NETLINK_AUDIT),
	C("socket", 2, AF_NETLINK, NETLINK_CONNECTOR),
	C("socket", 2, AF_NETLINK, NETLINK_NETFILTER),
	C("socket", 2, AF_NETLINK, NETLINK_KOBJECT_UEVENT),
	C("socket", 2, AF_NETLINK, NETLINK_GENERIC),
	C("socket", 2, AF_NETLINK, NETLINK_RDMA),
	C("socket", 2, AF_NETLINK, NETLINK_CRYPTO),
	C("sched_setscheduler", 1, ANY, SCHED_OTHER),
	C("sched_setscheduler", 1, ANY, SCHED_FIFO),
	C("sched_setscheduler", 1, ANY, SCHED_RR),
	C("sched_setscheduler", 1, ANY, SCHED_BATCH),
	C("sched_setscheduler", 1, ANY, SCHED_IDLE),
#undef C
};

/* Returns the call whose rows are also valid for this call. */
static const char *call_with_rows(const char *call)
{
	static const char *const same[][2] = {
		{ "fcntl64", "fcntl" }, { "socketpair", "socket" },
		{ "getsockopt", "setsockopt" },
	};

	for (size_t i = 0; i < N_ELEMENTS(same); i++)
		if (!strcmp(call, same[i][0]))
			return same[i][1];
	return call;
}

/*
 * A protocol's meaning depends on the family (for socket(2), argument 0); other
 * values depend on the argument before them.
 */
static uint32_t context_of(const char *call, unsigned int index,
			   const uint64_t args[VALUE_ARGS])
{
	if (index < 2)
		return ANY;
	return args[strcmp(call, "socket") ? index - 1 : 0];
}

static const char *table_name(const char *call, unsigned int index,
			      const uint64_t args[VALUE_ARGS])
{
	uint32_t context = context_of(call, index, args);

	for (size_t i = 0; i < N_ELEMENTS(table); i++)
		if (table[i].index == index &&
		    table[i].value == (uint32_t)args[index] &&
		    (table[i].context == ANY || table[i].context == context) &&
		    !strcmp(table[i].call, call))
			return table[i].name;
	return NULL;
}

/*
 * Requests of ioctl(2) below this number: several drivers use the same numbers.
 */
enum { REQUEST_MIN = 0x1000 };

static const char *request_name(uint64_t request)
{
	static const char *const prefixes[] = {
		"TC", "FIO", "TIOC", "SIOC", "BLK", "FS_IOC", "FICLONE",
		"LOOP_", "TUN", "RND", "UFFDIO_", "SECCOMP_IOCTL_",
	};
	const char *name = NULL;

	for (size_t i = 0; request >= REQUEST_MIN && !name &&
	     i < N_ELEMENTS(prefixes); i++)
		name = constant_name(prefixes[i], request);
	return name;
}

const char *signal_name(uint64_t number)
{
	static const char *const names[] = {
#define SIGNAL(name) [name] = #name
		SIGNAL(SIGHUP), SIGNAL(SIGINT), SIGNAL(SIGQUIT),
		SIGNAL(SIGILL), SIGNAL(SIGTRAP), SIGNAL(SIGABRT),
		SIGNAL(SIGBUS), SIGNAL(SIGFPE), SIGNAL(SIGKILL),
		SIGNAL(SIGUSR1), SIGNAL(SIGSEGV), SIGNAL(SIGUSR2),
		SIGNAL(SIGPIPE), SIGNAL(SIGALRM), SIGNAL(SIGTERM),
		SIGNAL(SIGSTKFLT), SIGNAL(SIGCHLD), SIGNAL(SIGCONT),
		SIGNAL(SIGSTOP), SIGNAL(SIGTSTP), SIGNAL(SIGTTIN),
		SIGNAL(SIGTTOU), SIGNAL(SIGURG), SIGNAL(SIGXCPU),
		SIGNAL(SIGXFSZ), SIGNAL(SIGVTALRM), SIGNAL(SIGPROF),
		SIGNAL(SIGWINCH), SIGNAL(SIGPOLL), SIGNAL(SIGPWR),
		SIGNAL(SIGSYS),
#undef SIGNAL
	};

	return number < N_ELEMENTS(names) ? names[number] : NULL;
}

static const char *option_name(const uint64_t args[VALUE_ARGS])
{
	return (uint32_t)args[1] == SOL_SOCKET ?
		constant_name("SO_", (uint32_t)args[2]) : NULL;
}

static bool sends_signal(const char *call, unsigned int index)
{
	return (!strcmp(call, "tgkill") && index == 2) ||
		(index == 1 && (!strcmp(call, "kill") ||
				!strcmp(call, "tkill")));
}

const char *value_name(const char *name, unsigned int index,
		       const uint64_t args[VALUE_ARGS])
{
	const char *call = call_with_rows(name);
	const char *found = table_name(call, index, args);

	if (found)
		return found;
	if (!strcmp(call, "socket") && !index)
		return family_name((uint32_t)args[0]);
	if (!strcmp(call, "ioctl") && index == 1)
		return request_name((uint32_t)args[1]);
	if (!strcmp(call, "setsockopt") && index == 2)
		return option_name(args);
	return sends_signal(call, index) ? signal_name((uint32_t)args[index]) :
		NULL;
}

/* Arguments of which the recorder keeps some bits. `recorded` finds the row. */
static const struct bit_set {
	/* argument_rule.recorded of arguments with these bits */
	uint64_t recorded[2];
	const char *none;
	struct { uint64_t bit; const char *name; } bits[7];
} bit_sets[] = {
	{ { 0x7e020000 }, "no namespace", {
		{ 0x20000, "CLONE_NEWNS" }, { 0x2000000, "CLONE_NEWCGROUP" },
		{ 0x4000000, "CLONE_NEWUTS" }, { 0x8000000, "CLONE_NEWIPC" },
		{ 0x10000000, "CLONE_NEWUSER" },
		{ 0x20000000, "CLONE_NEWPID" },
		{ 0x40000000, "CLONE_NEWNET" } } },
	{ { PROT_EXEC, PROT_WRITE | PROT_EXEC }, "no PROT_EXEC", {
		{ PROT_WRITE, "PROT_WRITE" }, { PROT_EXEC, "PROT_EXEC" } } },
	{ { S_ISUID | S_ISGID }, "no S_ISUID, no S_ISGID", {
		{ S_ISUID, "S_ISUID" }, { S_ISGID, "S_ISGID" } } },
	{ { 0x8000 }, "no SHM_EXEC", { { 0x8000, "SHM_EXEC" } } },
	{ { 020000100 }, "no O_CREAT", {
		{ 0100, "O_CREAT" }, { 020000000, "__O_TMPFILE" } } },
};

static const struct bit_set *bit_set_of(const struct argument_rule *rule,
					unsigned int index)
{
	for (size_t i = 0; rule && i < rule->n; i++)
		for (size_t k = 0; k < N_ELEMENTS(bit_sets); k++)
			if (rule->arguments[i].index == index &&
			    (rule->arguments[i].recorded ==
			     bit_sets[k].recorded[0] ||
			     rule->arguments[i].recorded ==
			     bit_sets[k].recorded[1]))
				return &bit_sets[k];
	return NULL;
}

/*
 * Returns "CLONE_NEWNS|CLONE_NEWNET"; bits without a name follow as a number.
 */
static char *bits_text(const struct bit_set *set, uint64_t bits)
{
	char *text = NULL, *rest;

	if (!bits)
		return xstrdup(set->none);
	for (size_t i = 0; i < N_ELEMENTS(set->bits); i++)
		if (bits & set->bits[i].bit) {
			text_append(&text, "|", set->bits[i].name);
			bits &= ~set->bits[i].bit;
		}
	if (bits) {
		rest = xasprintf("0x%" PRIx64, bits);
		text_append(&text, "|", rest);
		free(rest);
	}
	return text;
}

static char *one_text(const char *call, const struct argument_rule *rule,
		      const struct argument_value *v,
		      const uint64_t args[VALUE_ARGS])
{
	const char *name = value_name(call, v->index, args);
	const struct bit_set *set = bit_set_of(rule, v->index);

	if (name)
		return xstrdup(name);
	if (set)
		return bits_text(set, v->value);
	return xasprintf(v->value < 10 ? "%" PRIu64 : "0x%" PRIx64, v->value);
}

/* Most socket types have only the protocol 0, which need not be shown. */
static bool is_default(const char *call, const struct argument_value *v)
{
	return !strncmp(call, "socket", strlen("socket")) && v->index == 2 &&
		!v->value;
}

char *call_text(struct call_id id, const struct argument_value *values,
		size_t n)
{
	const struct argument_rule *rule = argument_rule_of(id);
	uint64_t args[VALUE_ARGS] = { 0 };
	char buf[SYSCALL_NAME_MAX], *list = NULL, *text;
	const char *call = syscall_label(id, buf);

	for (size_t i = 0; i < n; i++)
		args[values[i].index] = values[i].value;
	for (size_t i = 0; i < n; i++) {
		char *one = one_text(call, rule, &values[i], args);

		if (!is_default(call, &values[i]) ||
		    value_name(call, values[i].index, args))
			text_append(&list, ", ", one);
		free(one);
	}
	text = xasprintf("%s(%s)", call, list ? list : "...");
	free(list);
	return text;
}
