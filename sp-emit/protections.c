/* SPDX-License-Identifier: Apache-2.0 */
#include "protections.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/path.h"
#include "kernel/syscall.h"
#include "names.h"
#include "random-name.h"

enum { FIFO = 1, CHARACTER = 2, BLOCK = 6, SOCKET = 12 };	/* S_IFMT types */

/* The effect of an option on a path and on all paths below it. */
enum effect {
	/* no effect, although the directory above is affected */
	SAME,
	READ_ONLY,
	HIDDEN,		/* inaccessible */
	/* without CAP_SYSLOG, the kernel shows addresses there as 0 */
	MASKED,
	/* a new directory that has only the entries marked SAME */
	REPLACED,
};

struct effect_on {
	enum effect effect;
	const char *path;
};

enum { EFFECTS_MAX = 24, CALLS_MAX = 12 };

/*
 * The sources are systemd.exec(5), SANDBOXING, and, where that is incomplete,
 * src/core/namespace.c of systemd 252. sandprint-systemd(7) has the same table.
 * The tests compare both with the effects of systemd's options.
 */
struct protection {
	const char *setting;
	/* The longest entry that matches a path decides. */
	struct effect_on on[EFFECTS_MAX];
	const char *calls[CALLS_MAX];		/* the calls that it denies */
};

static const struct protection table[] = {
	{ "ProtectHome=yes", {
		{ HIDDEN, "/home" }, { HIDDEN, "/root" },
		{ HIDDEN, "/run/user" } }, { NULL } },
	{ "PrivateDevices=yes", {
		{ REPLACED, "/dev" }, { SAME, "/dev/null" },
		{ SAME, "/dev/zero" }, { SAME, "/dev/full" },
		{ SAME, "/dev/random" }, { SAME, "/dev/urandom" },
		{ SAME, "/dev/tty" }, { SAME, "/dev/ptmx" },
		{ SAME, "/dev/pts" }, { SAME, "/dev/shm" },
		{ SAME, "/dev/mqueue" }, { SAME, "/dev/hugepages" },
		{ SAME, "/dev/log" }, { SAME, "/dev/fd" },
		{ SAME, "/dev/stdin" }, { SAME, "/dev/stdout" },
		{ SAME, "/dev/stderr" } },
	  { "ioperm", "iopl", "pciconfig_iobase", "pciconfig_read",
	    "pciconfig_write", "s390_pci_mmio_read", "s390_pci_mmio_write" } },
	{ "ProtectKernelTunables=yes", {
		{ READ_ONLY, "/proc/acpi" }, { READ_ONLY, "/proc/apm" },
		{ READ_ONLY, "/proc/asound" }, { READ_ONLY, "/proc/bus" },
		{ READ_ONLY, "/proc/fs" }, { READ_ONLY, "/proc/irq" },
		{ HIDDEN, "/proc/kallsyms" }, { HIDDEN, "/proc/kcore" },
		{ READ_ONLY, "/proc/latency_stats" },
		{ READ_ONLY, "/proc/mtrr" }, { READ_ONLY, "/proc/scsi" },
		{ READ_ONLY, "/proc/sys" },
		{ READ_ONLY, "/proc/sysrq-trigger" },
		{ READ_ONLY, "/proc/timer_stats" }, { READ_ONLY, "/sys" },
		{ SAME, "/sys/fs/cgroup" }, { SAME, "/sys/fs/selinux" } },
	  { NULL } },
	{ "ProtectControlGroups=yes", { { READ_ONLY, "/sys/fs/cgroup" } },
	  { NULL } },
	{ "ProtectKernelLogs=yes", {
		{ HIDDEN, "/dev/kmsg" }, { HIDDEN, "/proc/kmsg" },
		{ MASKED, "/proc/kallsyms" }, { MASKED, "/proc/modules" } },
	  { "syslog" } },
	{ "ProtectKernelModules=yes", {
		{ HIDDEN, "/usr/lib/modules" }, { HIDDEN, "/lib/modules" } },
	  { "init_module", "finit_module", "delete_module" } },
	/*
	 * This makes up for ProtectSystem=strict, which does not affect /dev.
	 */
	{ "ReadOnlyPaths=-/dev/shm", { { READ_ONLY, "/dev/shm" } }, { NULL } },
};
enum { N_PROTECTIONS = sizeof(table) / sizeof(table[0]) };

bool calls_any(const struct trace *t, const char *const *names)
{
	char buf[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < t->calls.n; i++)
		for (size_t k = 0; names[k]; k++)
			if (!strcmp(syscall_label(t->calls.at[i]->id, buf),
				    names[k]))
				return true;
	return false;
}

bool calls_mount(const struct trace *t)
{
	static const char *const names[] = {
		"mount", "umount", "umount2", "move_mount", "fsmount",
		"mount_setattr", NULL
	};

	return calls_any(t, names);
}

bool calls_pivot_root(const struct trace *t)
{
	static const char *const names[] = { "pivot_root", NULL };

	return calls_any(t, names);
}

bool changes_mounts(const struct trace *t)
{
	bool recorded = false;

	for (size_t i = 0; i < t->paths.n; i++)
		if (t->paths.at[i]->id.nr & NAME_MOUNT) {
			recorded = true;
			if (!t->paths.at[i]->answer &&
			    !path_is_doubted(t->paths.at[i]->id.nr))
				return true;
		}
	/* Older recordings have no mount points. */
	return !recorded && (calls_mount(t) || calls_pivot_root(t));
}

/* A use of a path, for the comparison with protections. */
struct use {
	const char *path;
	uint32_t access;	/* names.h */
	bool absent;		/* the path did not exist */
};

static unsigned int type_of(const struct use *u)
{
	return (u->access & NAME_TYPE) >> NAME_TYPE_SHIFT;
}

/* Whether writes to the file work on a read-only mount and on a full disk. */
static bool is_special(const struct use *u)
{
	unsigned int type = type_of(u);

	return type == FIFO || type == CHARACTER || type == BLOCK ||
		type == SOCKET;
}

static bool changes(const struct use *u)
{
	uint32_t changes = u->access & PATH_CHANGES;

	if (is_special(u))
		changes &= ~(uint32_t)(NAME_WRITE | NAME_TRUNCATE);
	return changes && !u->absent;
}

static const struct effect_on *effect_on(const struct protection *p,
					 const char *path)
{
	const struct effect_on *found = NULL;

	for (size_t i = 0; i < EFFECTS_MAX && p->on[i].path; i++)
		if (path_is_below(path, p->on[i].path) && (!found ||
		    strlen(found->path) < strlen(p->on[i].path)))
			found = &p->on[i];
	return found;
}

/*
 * PrivateDevices= makes a new /dev with few entries, which cannot be changed.
 * Files that are mapped from it cannot be executed. Devices outside of it
 * cannot be opened.
 */
static bool contradicts_devices(const struct use *u)
{
	unsigned int type = type_of(u);

	return (type == CHARACTER || type == BLOCK) && !u->absent &&
		!path_is_below(u->path, "/dev") &&
		!path_is_below(u->path, "/proc") &&
		(u->access & (NAME_READ | NAME_WRITE | NAME_CREATE));
}

static bool contradicts(const struct protection *p, const struct use *u)
{
	const struct effect_on *on = effect_on(p, u->path);
	bool devices = p->on[0].effect == REPLACED;

	if (devices && (contradicts_devices(u) ||
			(on && u->access & PATH_RUNS)))
		return true;
	if (!on)
		return false;
	switch (on->effect) {
	case READ_ONLY:
		return changes(u);
	case HIDDEN:
		return true;
	case MASKED:
		return u->access & NAME_READ && !u->absent;
	case REPLACED:
		if (!strcmp(u->path, on->path))
			return u->access & (NAME_LIST | PATH_CHANGES);
		return !u->absent;
	default:
		return false;
	}
}

static bool is_absent(const struct fact *fact)
{
	return fact->answer == -ENOENT || fact->answer == -ENOTDIR;
}

static bool use_contradicts(const struct protection *p, const struct fact *fact)
{
	char *path = path_of_fact(fact);
	struct use use = {
		.path = path, .access = fact->id.nr,
		.absent = is_absent(fact),
	};
	bool is = contradicts(p, &use);

	free(path);
	return is;
}

/* Whether a program's working directory contradicts the protection. */
static bool cwd_contradicts(const struct protection *p, const struct trace *t)
{
	for (size_t i = 0; i < t->n_runs; i++) {
		struct use use = {
			.path = t->runs[i]->cwd, .access = NAME_LOOK,
		};

		if (use.path && contradicts(p, &use))
			return true;
	}
	return false;
}

static bool is_contradicted(const struct protection *p, const struct trace *t)
{
	for (size_t i = 0; i < t->paths.n; i++)
		if (!path_is_doubted(t->paths.at[i]->id.nr) &&
		    use_contradicts(p, t->paths.at[i]))
			return true;
	return cwd_contradicts(p, t) || calls_any(t, p->calls);
}

/* The protection of /tmp and /var/tmp */

static bool is_temporary(const char *path)
{
	return path_is_below(path, "/tmp") || path_is_below(path, "/var/tmp");
}

/*
 * Adds the path if the trace shows that the run created it there, under a name
 * that nobody else can know.
 */
static void add_secret(struct path_list *secret, const struct fact *fact)
{
	char *path = path_of_fact(fact);
	const char *name = strrchr(path, '/');

	if (!fact->answer && fact->id.nr & NAME_CREATE &&
	    !path_is_doubted(fact->id.nr) && is_temporary(path) &&
	    random_part(name + 1, strlen(name + 1),
			fact->id.nr & NAME_PRIVATE ? MADE_PRIVATE :
			MADE).size) {
		secret->at = xgrow(secret->at, secret->n, sizeof(*secret->at));
		secret->at[secret->n++] = path;
	} else {
		free(path);
	}
}

static bool is_shared_use(const struct path_list *secret,
			  const struct fact *fact)
{
	struct use use = { .access = fact->id.nr, .absent = is_absent(fact) };
	char *path = path_of_fact(fact);
	bool shared;

	if (!is_temporary(path) || use.absent ||
	    path_is_doubted(fact->id.nr))
		shared = false;
	else if (!strcmp(path, "/tmp") || !strcmp(path, "/var/tmp"))
		shared = use.access & (NAME_LIST | NAME_CHANGE | NAME_DELETE |
				       NAME_MOUNT);
	else
		shared = is_special(&use) ||
			(!path_list_has(secret, path, path_is_below) &&
			 !(use.access & NAME_NAMELESS));
	free(path);
	return shared;
}

/*
 * Whether a file was moved or linked out of these directories, which is to
 * another mount.
 */
static bool is_move_out(const struct fact *fact)
{
	char *from = path_of_fact(fact);
	const char *to = from + strlen(from) + 1;
	bool is = !fact->answer && !path_is_doubted(fact->id.nr) &&
		is_temporary(from) != is_temporary(to);

	free(from);
	return is;
}

bool has_private_tmp(const struct trace *t)
{
	struct path_list secret = { NULL, 0 };
	bool private = true;

	for (size_t i = 0; i < t->paths.n; i++)
		add_secret(&secret, t->paths.at[i]);
	path_list_sort(&secret);
	for (size_t i = 0; private && i < t->paths.n; i++)
		private = !is_shared_use(&secret, t->paths.at[i]);
	for (size_t i = 0; private && i < t->moves.n; i++)
		private = !is_move_out(t->moves.at[i]);
	for (size_t i = 0; private && i < t->n_runs; i++)
		private = !t->runs[i]->cwd || !is_temporary(t->runs[i]->cwd);
	path_list_free(&secret);
	return private;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void path_list_sort(struct path_list *list)
{
	array_sort(list->at, list->n, sizeof(*list->at), by_name);
}

/*
 * Searches the list for each directory above the path, since the list can be
 * long.
 */
bool path_list_has(const struct path_list *list, const char *path,
		   bool (*covers)(const char *path, const char *directory))
{
	char *at = xstrdup(path), *up;
	bool has = false;

	while (list->n) {
		has = bsearch(&at, list->at, list->n, sizeof(*list->at),
			      by_name) && covers(path, at);
		if (has || !strcmp(at, "/"))
			break;
		up = path_parent(at);
		free(at);
		at = up;
	}
	free(at);
	return has;
}

void path_list_free(struct path_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->at[i]);
	free(list->at);
}

/* The homes of users, which ProtectSystem=strict does not affect */

static const char *const homes[] = { "/home", "/root", "/run/user", NULL };

static bool has_entry(const struct path_list *list, const char *path)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->at[i], path))
			return true;
	return false;
}

/*
 * ReadWritePaths= makes paths below a read-only directory writable, but not
 * that directory itself: if two settings are for the same path, the stricter
 * one wins.
 */
static void write_homes(const struct path_list *writable, bool used, FILE *out)
{
	bool any = false;

	for (size_t i = 0; homes[i]; i++)
		any |= has_entry(writable, homes[i]);
	if (!used && !any) {
		fputs("ProtectHome=yes\n", out);
		return;
	}
	if (!any) {
		fputs("ProtectHome=read-only\n", out);
		return;
	}
	for (size_t i = 0; homes[i]; i++)
		if (!has_entry(writable, homes[i]))
			fprintf(out, "ReadOnlyPaths=-%s\n", homes[i]);
}

/*
 * ProtectKernelTunables= and ProtectControlGroups= imply MountAPIVFS=. That
 * adds /run to systemd's own list of mounts, which ProtectSystem=strict does
 * not change: apivfs_table and apply_mounts() in src/core/namespace.c of
 * systemd 248 and later.
 */
static void write_run(const struct path_list *writable, FILE *out)
{
	if (!has_entry(writable, "/run") && !has_entry(writable, "/"))
		fputs("ReadOnlyPaths=-/run\n", out);
}

void write_protections(const struct trace *t, const struct path_list *writable,
		       bool private_tmp, FILE *out)
{
	write_run(writable, out);
	write_homes(writable, is_contradicted(&table[0], t), out);
	if (private_tmp)
		fputs("PrivateTmp=yes\n", out);
	for (size_t i = 1; i < N_PROTECTIONS; i++)
		if (!is_contradicted(&table[i], t))
			fprintf(out, "%s\n", table[i].setting);
}
