/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/syscall.h"

#include <elf.h>
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X32_BIT 0x40000000	/* __X32_SYSCALL_BIT, asm/unistd.h */

#define ARCH(name, audit, systemd, scmp) \
	{ name, audit, scmp, #scmp, systemd }

/* Add an architecture here when a recorder supports it. */
static const struct arch table[] = {
	ARCH("x86_64", AUDIT_ARCH_X86_64, "x86-64", SCMP_ARCH_X86_64),
	ARCH("x86", AUDIT_ARCH_I386, "x86", SCMP_ARCH_X86),
	ARCH("x32", AUDIT_ARCH_X86_64, "x32", SCMP_ARCH_X32),
	ARCH("aarch64", AUDIT_ARCH_AARCH64, "arm64", SCMP_ARCH_AARCH64),
	ARCH("arm", AUDIT_ARCH_ARM, "arm", SCMP_ARCH_ARM),
	ARCH("riscv64", AUDIT_ARCH_RISCV64, "riscv64", SCMP_ARCH_RISCV64),
	ARCH("ppc64le", AUDIT_ARCH_PPC64LE, "ppc64-le", SCMP_ARCH_PPC64LE),
	ARCH("s390x", AUDIT_ARCH_S390X, "s390x", SCMP_ARCH_S390X),
};
enum { N_ARCHS = sizeof(table) / sizeof(table[0]) };

/*
 * Calls of Linux 6.2 to 7.3, which the installed libseccomp may not know. From
 * 424 on, a number means the same call on every architecture (Linux,
 * scripts/syscall.tbl).
 */
static const struct supplement {
	int32_t nr;		/* without the x32 bit */
	const char *name;
	const char *release;	/* the Linux release that introduced it */
	/* first libseccomp release that knows it; NULL: none so far */
	const char *since;
	/* the only architecture that has it; NULL: all have it */
	const char *arch;
} supplement[] = {
	{ 258, "riscv_hwprobe", "6.4", "2.5.5", "riscv64" },
	{ 335, "uretprobe", "6.11", "2.6.0", "x86_64" },
	{ 335, "uretprobe", "6.11", "2.6.0", "x32" },
	{ 336, "uprobe", "6.18", "2.6.1", "x86_64" },
	{ 336, "uprobe", "6.18", "2.6.1", "x32" },
	{ 451, "cachestat", "6.5", "2.5.5", NULL },
	{ 452, "fchmodat2", "6.6", "2.5.5", NULL },
	{ 453, "map_shadow_stack", "6.6", "2.5.5", NULL },
	{ 454, "futex_wake", "6.7", "2.5.5", NULL },
	{ 455, "futex_wait", "6.7", "2.5.5", NULL },
	{ 456, "futex_requeue", "6.7", "2.5.5", NULL },
	{ 457, "statmount", "6.8", "2.6.0", NULL },
	{ 458, "listmount", "6.8", "2.6.0", NULL },
	{ 459, "lsm_get_self_attr", "6.8", "2.6.0", NULL },
	{ 460, "lsm_set_self_attr", "6.8", "2.6.0", NULL },
	{ 461, "lsm_list_modules", "6.8", "2.6.0", NULL },
	{ 462, "mseal", "6.10", "2.6.0", NULL },
	{ 463, "setxattrat", "6.13", "2.6.0", NULL },
	{ 464, "getxattrat", "6.13", "2.6.0", NULL },
	{ 465, "listxattrat", "6.13", "2.6.0", NULL },
	{ 466, "removexattrat", "6.13", "2.6.0", NULL },
	{ 467, "open_tree_attr", "6.15", "2.6.1", NULL },
	{ 468, "file_getattr", "6.17", "2.6.1", NULL },
	{ 469, "file_setattr", "6.17", "2.6.1", NULL },
	{ 470, "listns", "6.19", "2.6.1", NULL },
	{ 471, "rseq_slice_yield", "7.0", "2.6.1", NULL },
	{ 472, "fchroot", "7.3", NULL, NULL },
};
enum { N_SUPPLEMENT = sizeof(supplement) / sizeof(supplement[0]) };

int call_id_compare(const struct call_id *a, const struct call_id *b)
{
	if (a->arch != b->arch)
		return a->arch < b->arch ? -1 : 1;
	return (a->nr > b->nr) - (a->nr < b->nr);
}

const struct arch *arch_at(size_t i)
{
	return i < N_ARCHS ? &table[i] : NULL;
}

static bool is_x32(const struct arch *arch)
{
	return arch->scmp == SCMP_ARCH_X32;
}

const struct arch *arch_of_call(struct call_id id)
{
	bool x32 = id.arch == AUDIT_ARCH_X86_64 && id.nr >= X32_BIT;

	for (size_t i = 0; i < N_ARCHS; i++)
		if (table[i].audit == id.arch && is_x32(&table[i]) == x32)
			return &table[i];
	return NULL;
}

const char *arch_label(struct call_id id, char buf[ARCH_NAME_MAX])
{
	const struct arch *arch = arch_of_call(id);

	if (arch)
		return arch->name;
	snprintf(buf, ARCH_NAME_MAX, "0x%08x", id.arch);
	return buf;
}

const struct arch *arch_by_name(const char *name)
{
	for (size_t i = 0; i < N_ARCHS; i++)
		if (!strcmp(table[i].name, name))
			return &table[i];
	return NULL;
}

const struct arch *arch_by_oci(const char *name)
{
	for (size_t i = 0; i < N_ARCHS; i++)
		if (!strcmp(table[i].oci, name))
			return &table[i];
	return NULL;
}

const struct arch *arch_native(void)
{
	for (size_t i = 0; i < N_ARCHS; i++)
		if (table[i].scmp == seccomp_arch_native())
			return &table[i];
	return &table[0];
}

bool arch_is_local(const struct arch *arch, const struct arch *native)
{
	static const struct {
		uint32_t arch, native;
	} pairs[] = {
		{ SCMP_ARCH_X86, SCMP_ARCH_X86_64 },
		{ SCMP_ARCH_X32, SCMP_ARCH_X86_64 },
		{ SCMP_ARCH_ARM, SCMP_ARCH_AARCH64 },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (pairs[i].arch == arch->scmp &&
		    pairs[i].native == native->scmp)
			return true;
	return arch == native;
}

bool arch_is_wide(const struct arch *arch)
{
	return arch->scmp != SCMP_ARCH_X86 && !is_x32(arch) &&
		arch->scmp != SCMP_ARCH_ARM;
}

/* Returns the name in libseccomp's table. */
static const char *library_name(struct call_id id, char buf[SYSCALL_NAME_MAX])
{
	const struct arch *arch = arch_of_call(id);
	char *name;

	/* libseccomp uses negative numbers as pseudo numbers */
	if (!arch || id.nr < 0)
		return NULL;
	name = seccomp_syscall_resolve_num_arch(arch->scmp, id.nr);
	if (!name)
		return NULL;
	snprintf(buf, SYSCALL_NAME_MAX, "%s", name);
	free(name);
	return buf;
}

static bool supplement_has(const struct supplement *extra,
			   const struct arch *arch)
{
	return !extra->arch || !strcmp(extra->arch, arch->name);
}

static const struct supplement *supplement_of(struct call_id id)
{
	const struct arch *arch = arch_of_call(id);
	int32_t nr = id.nr;

	if (!arch)
		return NULL;
	if (is_x32(arch))
		nr -= X32_BIT;
	for (size_t i = 0; i < N_SUPPLEMENT; i++)
		if (supplement[i].nr == nr &&
		    supplement_has(&supplement[i], arch))
			return &supplement[i];
	return NULL;
}

const char *syscall_name(struct call_id id, char buf[SYSCALL_NAME_MAX])
{
	const struct supplement *extra;

	if (library_name(id, buf))
		return buf;
	extra = supplement_of(id);
	if (!extra)
		return NULL;
	snprintf(buf, SYSCALL_NAME_MAX, "%s", extra->name);
	return buf;
}

const char *syscall_label(struct call_id id, char buf[SYSCALL_NAME_MAX])
{
	if (syscall_name(id, buf))
		return buf;
	snprintf(buf, SYSCALL_NAME_MAX, "syscall_%d", id.nr);
	return buf;
}

bool syscall_in_library(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];

	return library_name(id, buf);
}

const char *syscall_since(struct call_id id)
{
	const struct supplement *extra = supplement_of(id);

	return extra ? extra->since : NULL;
}

const char *syscall_linux(struct call_id id)
{
	const struct supplement *extra = supplement_of(id);

	return extra ? extra->release : NULL;
}

/* Returns the same values as syscall_number(). */
static int supplement_number(const struct arch *arch, const char *name,
			     struct call_id *id)
{
	int32_t base = is_x32(arch) ? X32_BIT : 0;
	int err = -EINVAL;

	for (size_t i = 0; i < N_SUPPLEMENT; i++) {
		if (strcmp(supplement[i].name, name))
			continue;
		err = -ENOENT;
		if (!supplement_has(&supplement[i], arch))
			continue;
		*id = (struct call_id){ arch->audit, base + supplement[i].nr };
		return 0;
	}
	return err;
}

/*
 * On architectures with multiplexed calls (socketcall, ipc), libseccomp turns a
 * name into a pseudo number even if there is a direct call as well.
 */
static int direct_number(const struct arch *arch, const char *name,
			 struct call_id *id)
{
	enum { NUMBERS = 1024 };	/* greater than every call's number */
	int32_t base = is_x32(arch) ? X32_BIT : 0;
	char buf[SYSCALL_NAME_MAX];

	for (int32_t nr = base; nr < base + NUMBERS; nr++) {
		*id = (struct call_id){ arch->audit, nr };
		if (library_name(*id, buf) && !strcmp(buf, name))
			return 0;
	}
	return -ENOENT;
}

/*
 * Pseudo numbers above this one belong to multiplexed calls. A number below it
 * means that the architecture lacks the call (seccomp.h).
 */
enum { NOT_ON_ARCH = -10000 };

int syscall_number(const struct arch *arch, const char *name,
		   struct call_id *id)
{
	int nr = seccomp_syscall_resolve_name_arch(arch->scmp, name);

	if (nr == __NR_SCMP_ERROR)
		return supplement_number(arch, name, id);
	/* according to libseccomp, which may be old */
	if (nr <= NOT_ON_ARCH)
		return supplement_number(arch, name, id) ? -ENOENT : 0;
	if (nr < 0)
		return direct_number(arch, name, id);
	*id = (struct call_id){ arch->audit, nr };
	return 0;
}
