/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/argument.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

#define ALL UINT64_MAX
/* for an int, of which the kernel reads only these bits */
#define LOW ((uint64_t)UINT32_MAX)

/*
 * The CLONE_NEW* of linux/sched.h without CLONE_NEWTIME, whose bit is part of
 * the signal in clone(2).
 */
#define NAMESPACES 0x7e020000
enum { TYPE_MASK = 0xf };		/* SOCK_TYPE_MASK, linux/net.h */
enum { EXECUTE = 4, WRITE = 2 };	/* PROT_EXEC, PROT_WRITE */
enum { SHM_EXECUTE = 0x8000 };		/* SHM_EXEC, linux/shm.h */
enum { SET_IDS = 06000 };		/* S_ISUID, S_ISGID */
/* O_CREAT, __O_TMPFILE: asm-generic/fcntl.h, which x86, arm and arm64 use. */
enum { CREATES = 0100 | 020000000 };

#define INT(i) { i, ALL, LOW }
#define LONG(i) { i, ALL, ALL }
#define BITS(i, bits) { i, bits, bits }
#define SOCKET(call) { "socket", true, call, 3, \
	{ INT(0), BITS(1, TYPE_MASK), INT(2) } }
#define EXEC(call) \
	{ "exec", true, call, 1, { { 2, EXECUTE | WRITE, EXECUTE } } }
#define ONE(group, usual, call, argument) \
	{ group, usual, call, 1, { argument } }

static const struct argument_rule table[] = {
	SOCKET("socket"),
	SOCKET("socketpair"),
	ONE("ioctl", true, "ioctl", INT(1)),
	ONE("prctl", true, "prctl", INT(0)),
	ONE("personality", true, "personality", INT(0)),
	ONE("ptrace", true, "ptrace", LONG(0)),
	ONE("bpf", true, "bpf", INT(0)),
	ONE("keyctl", true, "keyctl", INT(0)),
	ONE("clone", true, "clone", BITS(0, NAMESPACES)),
	ONE("clone", true, "unshare", BITS(0, NAMESPACES)),
	EXEC("mmap"),
	EXEC("mmap2"),
	ONE("exec", true, "mprotect", BITS(2, EXECUTE)),
	ONE("exec", true, "pkey_mprotect", BITS(2, EXECUTE)),
	ONE("fcntl", false, "fcntl", INT(1)),
	ONE("fcntl", false, "fcntl64", INT(1)),
	{ "setsockopt", false, "setsockopt", 2, { INT(1), INT(2) } },
	ONE("kill", false, "kill", INT(1)),
	ONE("kill", false, "tkill", INT(1)),
	ONE("kill", false, "tgkill", INT(2)),
	ONE(NULL, false, "shmat", BITS(2, SHM_EXECUTE)),
	ONE(NULL, false, "sched_setscheduler", INT(1)),
	ONE(NULL, false, "chmod", BITS(1, SET_IDS)),
	ONE(NULL, false, "fchmod", BITS(1, SET_IDS)),
	ONE(NULL, false, "fchmodat", BITS(2, SET_IDS)),
	ONE(NULL, false, "fchmodat2", BITS(2, SET_IDS)),
	ONE(NULL, false, "mkdir", BITS(1, SET_IDS)),
	ONE(NULL, false, "mkdirat", BITS(2, SET_IDS)),
	ONE(NULL, false, "mknod", BITS(1, SET_IDS)),
	ONE(NULL, false, "mknodat", BITS(2, SET_IDS)),
	ONE(NULL, false, "creat", BITS(1, SET_IDS)),
	{ NULL, false, "open", 2, { BITS(1, CREATES), BITS(2, SET_IDS) } },
	{ NULL, false, "openat", 2, { BITS(2, CREATES), BITS(3, SET_IDS) } },
};

const struct argument_rule *argument_rule_at(size_t i)
{
	return i < N_ELEMENTS(table) ? &table[i] : NULL;
}

const struct argument_rule *argument_rule_of(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(id, buf);

	/* mmap(2) of 32-bit x86 takes a pointer to its arguments. */
	if (!name || (!strcmp(name, "mmap") && arch_of_call(id) &&
		      !strcmp(arch_of_call(id)->name, "x86")))
		return NULL;
	for (size_t i = 0; i < N_ELEMENTS(table); i++)
		if (!strcmp(table[i].call, name))
			return &table[i];
	return NULL;
}

const char *family_name(uint64_t family)
{
	static const char *const names[] = {
#define FAMILY(name) [name] = #name
		FAMILY(AF_UNSPEC), FAMILY(AF_UNIX), FAMILY(AF_INET),
		FAMILY(AF_AX25), FAMILY(AF_IPX), FAMILY(AF_APPLETALK),
		FAMILY(AF_NETROM), FAMILY(AF_BRIDGE), FAMILY(AF_ATMPVC),
		FAMILY(AF_X25), FAMILY(AF_INET6), FAMILY(AF_ROSE),
		FAMILY(AF_DECnet), FAMILY(AF_NETBEUI), FAMILY(AF_SECURITY),
		FAMILY(AF_KEY), FAMILY(AF_NETLINK), FAMILY(AF_PACKET),
		FAMILY(AF_ASH), FAMILY(AF_ECONET), FAMILY(AF_ATMSVC),
		FAMILY(AF_RDS), FAMILY(AF_SNA), FAMILY(AF_IRDA),
		FAMILY(AF_PPPOX), FAMILY(AF_WANPIPE), FAMILY(AF_LLC),
		FAMILY(AF_IB), FAMILY(AF_MPLS), FAMILY(AF_CAN),
		FAMILY(AF_TIPC), FAMILY(AF_BLUETOOTH), FAMILY(AF_IUCV),
		FAMILY(AF_RXRPC), FAMILY(AF_ISDN), FAMILY(AF_PHONET),
		FAMILY(AF_IEEE802154), FAMILY(AF_CAIF), FAMILY(AF_ALG),
		FAMILY(AF_NFC), FAMILY(AF_VSOCK), FAMILY(AF_KCM),
		FAMILY(AF_QIPCRTR), FAMILY(AF_SMC), FAMILY(AF_XDP),
#undef FAMILY
	};

	return family < N_ELEMENTS(names) ? names[family] : NULL;
}

static char *value_text(const char *call, const struct argument_value *v)
{
	uint32_t low = v->value;
	const char *family = !strncmp(call, "socket", strlen("socket")) &&
		!v->index ? family_name(low) : NULL;

	if (family)
		return xstrdup(family);
	return xasprintf(v->value < 10 ? "%" PRIu64 : "0x%" PRIx64, v->value);
}

char *argument_text(struct call_id id, const struct argument_value *values,
		    size_t n)
{
	char buf[SYSCALL_NAME_MAX];
	const char *call = syscall_label(id, buf);
	char *text = n ? value_text(call, values) : xstrdup("any");

	for (size_t i = 1; i < n; i++) {
		char *one = value_text(call, &values[i]);
		char *longer = xasprintf("%s %s", text, one);

		free(one);
		free(text);
		text = longer;
	}
	return text;
}
