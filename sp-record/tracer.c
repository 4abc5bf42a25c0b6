/* SPDX-License-Identifier: Apache-2.0 */
#include "tracer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "btf.h"
#include "build_id.h"
#include "event.h"
#include "memory.h"
#include "record.skel.h"

enum { PID_MAX_LIMIT = 4 << 20 };	/* linux/threads.h, 64-bit */

/* The architectures of the counting table's rows. */
#if defined(__x86_64__)
static const uint32_t row_archs[ROWS] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386 };
#elif defined(__aarch64__)
static const uint32_t row_archs[ROWS] = { AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM };
#else
#error "sp-record knows x86-64 and arm64"
#endif

/* What user space learns of an image while it runs. */
struct known_image {
	uint8_t build_id[BUILD_ID_MAX];
	size_t build_id_size;
};

struct tracer {
	struct record *skel;
	struct ring_buffer *ring;
	const struct target *target;
	const struct task_slot *tasks;		/* mapped */
	size_t n_tasks;
	const struct image_calls *table;	/* mapped */
	size_t n_table;
	struct known_image *known;		/* by image id */
	size_t n_known;
	struct bpf_link *exits;		/* of sys_exit, while it is watched */
	uint32_t epoch;			/* how often it has been, so far */
	uint64_t needed_ns;		/* when something last needed it */
	uint64_t check_ns;		/* when to look whether something does */
	bool wants_watch, wants_pass;	/* by an event */
};

enum {
	CHECK_MS = 500,		/* between looks at what is watched */
	UNWATCH_AFTER_MS = 2000,	/* an attach soon after waits for the kernel */
};

/* Loading */

static bool has_capability(int capability)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { 0 };

	return syscall(SYS_capget, &header, data) == 0 &&
		data[capability / 32].effective & 1U << capability % 32;
}

static bool is_locked_down(void)
{
	char line[128] = "";
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");

	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		*line = '\0';
	fclose(file);
	return strstr(line, "[confidentiality]");
}

static char *missing_capabilities(void)
{
	bool bpf = has_capability(CAP_BPF) || has_capability(CAP_SYS_ADMIN);
	bool perfmon = has_capability(CAP_PERFMON) ||
		has_capability(CAP_SYS_ADMIN);
	char self[4096] = "sp-record";

	if (bpf && perfmon)
		return NULL;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		strcpy(self, "sp-record");
	return xasprintf("%s%s%s missing: run as root, or once: "
			 "setcap cap_bpf,cap_perfmon=ep '%s'",
			 bpf ? "" : "CAP_BPF", !bpf && !perfmon ?
			 " and " : "", perfmon ? " is" : bpf ?
			 "CAP_PERFMON is" : "CAP_PERFMON are", self);
}

static bool is_older_than(unsigned int major, unsigned int minor,
			  struct utsname *name)
{
	unsigned int a, b;

	if (uname(name) || sscanf(name->release, "%u.%u", &a, &b) != 2)
		return false;
	return a < major || (a == major && b < minor);
}

/* One line: what is missing and how to get it. */
static char *explain(int error)
{
	struct utsname name;
	char *problem;

	if (is_older_than(5, 15, &name))
		return xasprintf("Linux %s is too old: recording needs 5.15 "
				 "or newer", name.release);
	if (error == ENOSYS)
		return xstrdup("this kernel has no BPF: it needs "
			       "CONFIG_BPF_SYSCALL=y");
	problem = missing_capabilities();
	if (problem)
		return problem;
	if (is_locked_down())
		return xstrdup("the kernel is locked down (confidentiality): "
			       "boot with lockdown=integrity or less");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return xasprintf("/sys/kernel/btf/vmlinux: %s: the kernel "
				 "needs CONFIG_DEBUG_INFO_BTF=y",
				 strerror(errno));
	return xasprintf("cannot load the BPF programs: %s (SP_DEBUG=1 shows "
			 "libbpf's messages)", strerror(error));
}

static int print_debug(enum libbpf_print_level level, const char *fmt,
		       va_list ap)
{
	(void)level;
	return vfprintf(stderr, fmt, ap);
}

bool tracer_sees_pids(void)
{
	char link[32] = "";
	ssize_t n = readlink("/proc/self/ns/pid", link, sizeof(link) - 1);

	return n > 0 && !strcmp(link, "pid:[4026531836]");
}

/* A PID namespace has a limit of its own, and the table the initial one's ids. */
static size_t pid_max(void)
{
	FILE *file = tracer_sees_pids() ?
		fopen("/proc/sys/kernel/pid_max", "re") : NULL;
	unsigned long value = 0;

	if (file) {
		if (fscanf(file, "%lu", &value) != 1)
			value = 0;
		fclose(file);
	}
	return value && value < PID_MAX_LIMIT ? value : PID_MAX_LIMIT;
}

/* A power of two that holds what comes while we sleep: events are rare. */
static size_t ring_size(void)
{
	size_t size = 64 * 1024;
	long cpus = sysconf(_SC_NPROCESSORS_CONF);

	while (cpus > 4 && size < 16 << 20) {
		size *= 2;
		cpus /= 2;
	}
	return size;
}

/* For what few tasks are in at a time: buckets cost memory too. */
static size_t one_a_task(const struct tracer *t)
{
	return t->n_tasks < 65536 ? t->n_tasks : 65536;
}

static void size_maps(struct tracer *t)
{
	struct record *skel = t->skel;
	const struct target *target = t->target;

	t->n_tasks = pid_max();
	t->n_table = bpf_map__max_entries(skel->maps.table);
	bpf_map__set_max_entries(skel->maps.tasks, t->n_tasks);
	bpf_map__set_max_entries(skel->maps.execs, one_a_task(t));
	bpf_map__set_max_entries(skel->maps.trapped, one_a_task(t));
	bpf_map__set_max_entries(skel->maps.ring, ring_size());
	bpf_map__set_max_entries(skel->maps.wanted,
				 target && target->n_pids ?
				 target->n_pids : 1);
}

/* The kernel side has programs for commands, for attaching, and for both. */
static void choose_programs(struct record *skel, bool attaching)
{
	const struct {
		struct bpf_program *program;
		bool needed;
	} choices[] = {
		{ skel->progs.arm, !attaching },
		{ skel->progs.sched_process_fork, !attaching },
		{ skel->progs.sched_process_exit, !attaching },
		{ skel->progs.seek, attaching },
		{ skel->progs.seeking_fork, attaching },
		{ skel->progs.seeking_exit, attaching },
		{ skel->progs.cgroup_attach_task,
		  attaching && skel->rodata->by_cgroup },
	};
	/* Attached by another name, later, or where the kernel has them. */
	struct bpf_program *const by_hand[] = {
		skel->progs.arm, skel->progs.seek, skel->progs.sys_exit,
		skel->progs.seeking_fork, skel->progs.seeking_exit,
		skel->progs.emulate_vsyscall, skel->progs.io_uring_submit,
	};

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		bpf_program__set_autoload(choices[i].program,
					  choices[i].needed);
	for (size_t i = 0; i < sizeof(by_hand) / sizeof(by_hand[0]); i++)
		bpf_program__set_autoattach(by_hand[i], false);
}

/*
 * Open with an excerpt of the kernel's types in the file `fd`, which is filled
 * after that and read when the programs are loaded.
 */
static struct record *open_skeleton(int fd)
{
	char path[32];
	struct bpf_object_open_opts options = {
		.sz = sizeof(options), .btf_custom_path = path,
	};
	struct record *skel = NULL;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (fd >= 0)
		skel = record__open_opts(&options);
	if (skel && btf_write_excerpt(bpf_object__btf(skel->obj), fd))
		return skel;
	record__destroy(skel);
	return record__open();
}

static int load(struct tracer *t, const struct tracer_options *options)
{
	int types_fd = memfd_create("btf", MFD_CLOEXEC), error;
	struct record *skel = open_skeleton(types_fd);

	t->skel = skel;
	t->target = options->target;
	if (!skel) {
		error = -errno;
		goto out;
	}
	size_maps(t);
	skel->rodata->table_images = t->n_table;
	skel->rodata->no_follow = options->no_follow;
	skel->rodata->attaching = t->target;
	if (t->target && t->target->cgroup) {
		skel->rodata->by_cgroup = true;
		skel->rodata->cgroup.id = t->target->cgroup_id;
		skel->rodata->cgroup.hierarchy = t->target->hierarchy;
	}
	choose_programs(skel, t->target);
	error = record__load(skel);
out:
	if (types_fd >= 0)
		close(types_fd);
	return error;
}

static int attach_seeking(struct record *skel)
{
	skel->links.seeking_fork = bpf_program__attach_raw_tracepoint(
		skel->progs.seeking_fork, "sched_process_fork");
	skel->links.seeking_exit = bpf_program__attach_raw_tracepoint(
		skel->progs.seeking_exit, "sched_process_exit");
	skel->links.seek = bpf_program__attach_iter(skel->progs.seek, NULL);
	return skel->links.seeking_fork && skel->links.seeking_exit &&
		skel->links.seek ? 0 : -errno;
}

/* Since 6.0 both names have the request as their first argument. */
static void attach_io_uring(struct record *skel)
{
	static const char *const names[] = {
		"io_uring_submit_req", "io_uring_submit_sqe",
	};
	struct utsname name;

	if (is_older_than(6, 0, &name))
		return;
	for (size_t i = 0; !skel->links.io_uring_submit && i < 2; i++)
		skel->links.io_uring_submit =
			bpf_program__attach_raw_tracepoint(
				skel->progs.io_uring_submit, names[i]);
}

static int attach(struct tracer *t)
{
	struct record *skel = t->skel;
	int error = record__attach(skel);

	if (!error && t->target)
		error = attach_seeking(skel);
	if (error)
		return error;
	/* Not in kernels without the vsyscall page; absence is no error. */
	skel->links.emulate_vsyscall =
		bpf_program__attach(skel->progs.emulate_vsyscall);
	attach_io_uring(skel);
	return 0;
}

static const void *map_memory(const struct bpf_map *map, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ, MAP_SHARED, bpf_map__fd(map), 0);

	return p == MAP_FAILED ? NULL : p;
}

static int map_tables(struct tracer *t)
{
	t->tasks = map_memory(t->skel->maps.tasks,
			      t->n_tasks * sizeof(*t->tasks));
	t->table = map_memory(t->skel->maps.table,
			      t->n_table * sizeof(*t->table));
	return t->tasks && t->table ? 0 : -errno;
}

static int on_event(void *tracer, void *data, size_t size);

/* Whether we are under a seccomp filter, which our command inherits. */
static bool is_filtered(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0;
}

/*
 * Watch sys_exit: from then on a call without sys_enter is known. It costs
 * every call of every process, so it ends when nothing needs it.
 */
static int watch(struct tracer *t)
{
	if (t->exits)
		return 0;
	t->exits = bpf_program__attach(t->skel->progs.sys_exit);
	if (!t->exits)
		return -errno;
	/* The kernel side keeps 16 bits of it. */
	t->epoch = t->epoch % 0xffff + 1;
	__atomic_store_n(&t->skel->bss->control.watch, t->epoch,
			 __ATOMIC_RELEASE);
	return 0;
}

static void unwatch(struct tracer *t)
{
	__atomic_store_n(&t->skel->bss->control.watch, 0, __ATOMIC_RELEASE);
	bpf_link__destroy(t->exits);
	t->exits = NULL;
}

struct tracer *tracer_open(const struct tracer_options *options,
			   char **problem)
{
	struct tracer *t = xcalloc(1, sizeof(*t));
	int error;

	libbpf_set_print(getenv("SP_DEBUG") ? print_debug : NULL);
	error = load(t, options);
	if (!error)
		error = attach(t);
	if (!error)
		error = map_tables(t);
	if (!error) {
		t->ring = ring_buffer__new(bpf_map__fd(t->skel->maps.ring),
					   on_event, t, NULL);
		error = t->ring ? 0 : -errno;
	}
	if (!error && is_filtered())
		error = watch(t);
	if (!error)
		return t;
	*problem = explain(-error);
	tracer_close(t);
	return NULL;
}

void tracer_close(struct tracer *t)
{
	if (!t)
		return;
	ring_buffer__free(t->ring);
	bpf_link__destroy(t->exits);
	if (t->tasks)
		munmap((void *)t->tasks, t->n_tasks * sizeof(*t->tasks));
	if (t->table)
		munmap((void *)t->table, t->n_table * sizeof(*t->table));
	record__destroy(t->skel);
	free(t->known);
	free(t);
}

int tracer_arm(void *tracer)
{
	struct tracer *t = tracer;
	LIBBPF_OPTS(bpf_test_run_opts, options);
	int error = bpf_prog_test_run_opts(bpf_program__fd(t->skel->progs.arm),
					   &options);

	if (error)
		return error;
	return options.retval ? -ERANGE : 0;
}

/* While it runs */

int tracer_fd(const struct tracer *t)
{
	return ring_buffer__epoll_fd(t->ring);
}

/* Show every task to `seek`, once. */
static int run_pass(const struct tracer *t)
{
	int fd = bpf_iter_create(bpf_link__fd(t->skel->links.seek));
	char byte;
	ssize_t n;

	if (fd < 0)
		return -errno;
	t->skel->bss->progress.transit = 0;
	do
		n = read(fd, &byte, 1);
	while (n > 0 || (n < 0 && (errno == EINTR || errno == EAGAIN)));
	n = n < 0 ? -errno : 0;
	close(fd);
	return n;
}

static uint64_t load_u64(const __u64 *counter)
{
	return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

/* Passes, until one finds nobody new. */
static int seek(struct tracer *t)
{
	const __u64 *found = &t->skel->bss->progress.found;
	uint64_t before;
	int error;

	t->skel->bss->control.seeking = 1;
	do {
		before = load_u64(found);
		error = run_pass(t);
	} while (!error && load_u64(found) != before);
	t->skel->bss->control.seeking = 0;
	return error;
}

int tracer_attach(struct tracer *t, pid_t *missing)
{
	int fd = bpf_map__fd(t->skel->maps.wanted), error;
	uint32_t zero = 0, was_found;
	struct timespec now;

	for (size_t i = 0; i < t->target->n_pids; i++)
		if (bpf_map_update_elem(fd, &t->target->pids[i], &zero,
					BPF_ANY))
			return -errno;
	clock_gettime(CLOCK_MONOTONIC, &now);
	t->skel->bss->progress.start_ns =
		now.tv_sec * 1000000000ULL + now.tv_nsec;
	error = watch(t);
	if (!error)
		error = seek(t);
	for (size_t i = 0; !error && i < t->target->n_pids; i++) {
		*missing = t->target->pids[i];
		if (bpf_map_lookup_elem(fd, missing, &was_found) || !was_found)
			error = -ESRCH;
	}
	/* Found, but nothing was left of it to follow. */
	if (!error && t->target->n_pids && !tracer_began(t)) {
		*missing = t->target->pids[0];
		error = -ESRCH;
	}
	return error;
}

/* End watching when nothing has needed it for a while. */
static void reconsider(struct tracer *t, uint64_t now_ns)
{
	const struct progress *p = &t->skel->bss->progress;

	if (!t->exits || now_ns < t->check_ns)
		return;
	t->check_ns = now_ns + CHECK_MS * 1000000ULL;
	if (p->transit)
		run_pass(t);		/* who sleeps by now is no longer */
	if (p->transit || load_u64(&p->filtered) || is_filtered())
		t->needed_ns = now_ns;
	if (now_ns - t->needed_ns > UNWATCH_AFTER_MS * 1000000ULL)
		unwatch(t);
}

uint64_t tracer_dispatch(struct tracer *t, uint64_t now_ns)
{
	ring_buffer__consume(t->ring);
	if (t->wants_watch || t->wants_pass) {
		t->wants_watch = false;
		t->needed_ns = now_ns;
		t->check_ns = now_ns + CHECK_MS * 1000000ULL;
		watch(t);
	}
	if (t->wants_pass) {
		t->wants_pass = false;
		seek(t);
	}
	reconsider(t, now_ns);
	return t->exits ? t->check_ns : 0;
}

static struct known_image *known_image(struct tracer *t, uint32_t id)
{
	if (id >= t->n_known) {
		size_t n = id + 16;

		t->known = xrealloc(t->known, n, sizeof(*t->known));
		memset(t->known + t->n_known, 0,
		       (n - t->n_known) * sizeof(*t->known));
		t->n_known = n;
	}
	return &t->known[id];
}

/*
 * Read the build-id if the file is the image: its inode must agree, and its
 * device where the kernel's number is what stat(2) shows (not on overlayfs
 * and btrfs, whose devices have major number 0).
 */
static void learn_build_id(struct tracer *t, uint32_t id, const char *path,
			   const struct image_key *key)
{
	struct known_image *known = known_image(t, id);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	unsigned int major_nr = key->device >> 20;
	struct stat st;

	if (fd < 0)
		return;
	if (!fstat(fd, &st) && S_ISREG(st.st_mode) &&
	    st.st_ino == key->inode &&
	    (!major_nr || (major(st.st_dev) == major_nr &&
			   minor(st.st_dev) == (key->device & 0xfffff))))
		known->build_id_size = build_id_read(fd, known->build_id);
	close(fd);
}

static bool read_path(const struct tracer *t, uint32_t id,
		      struct image_path *path)
{
	return !bpf_map__lookup_elem(t->skel->maps.paths, &id, sizeof(id),
				     path, sizeof(*path), 0);
}

static void on_image(struct tracer *t, const struct event *event)
{
	struct image_path path;
	char exe[32];

	if (!read_path(t, event->image, &path))
		return;
	snprintf(exe, sizeof(exe), "/proc/%u/exe", event->pid);
	learn_build_id(t, event->image, exe, &path.key);
}

static int on_event(void *tracer, void *data, size_t size)
{
	const struct event *event = data;
	struct tracer *t = tracer;

	if (size < sizeof(*event))
		return 0;
	if (event->type == EVENT_IMAGE)
		on_image(t, event);
	t->wants_watch |= event->type == EVENT_FILTER;
	t->wants_pass |= event->type == EVENT_SEEK;
	return 0;
}

uint64_t tracer_live(const struct tracer *t)
{
	return load_u64(&t->skel->bss->progress.live);
}

bool tracer_began(const struct tracer *t)
{
	return load_u64(&t->skel->bss->progress.tasks) != 0;
}

static uint64_t image_count(const struct image_calls *image)
{
	uint64_t count = 0;

	for (unsigned int row = 0; row < ROWS; row++)
		for (unsigned int nr = 0; nr < CALLS_PER_ROW; nr++)
			count += image->calls[row][nr].count;
	return count;
}

/* Ids in use; an id may have been given to nobody. */
static uint32_t image_end(const struct tracer *t)
{
	uint64_t n = IMAGE_FIRST + t->skel->bss->progress.next_image;

	return n < IMAGE_ARMED ? n : IMAGE_ARMED;
}

void tracer_glance(const struct tracer *t, struct tracer_glance *glance)
{
	const struct progress *p = &t->skel->bss->progress;

	*glance = (struct tracer_glance){
		.start_ns = p->start_ns,
		.last_new_ns = p->last_new_ns,
		.live = p->live,
		.tasks = p->tasks,
		.distinct = p->distinct,
		.calls = p->rare_calls,
		.sees_operations = t->skel->links.io_uring_submit,
		.unwatched = p->unwatched,
	};
	for (uint32_t id = 0; id < image_end(t) && id < t->n_table; id++)
		glance->calls += image_count(&t->table[id]);
}

size_t tracer_tasks(const struct tracer *t, pid_t *tids, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_tasks; i++) {
		uint32_t image = t->tasks[i].image;

		if (image == IMAGE_NONE || image == IMAGE_ARMED)
			continue;
		if (n < max)
			tids[n] = i;
		n++;
	}
	return n;
}

/* At the end */

struct collection {
	struct tracer *tracer;
	struct trace *trace;
	uint32_t run;
	uint64_t start_ns;
	uint32_t *images;	/* index in the trace by image id, +1 */
};

/* "...": where the beginning is missing. */
static char *path_text(const struct image_path *path)
{
	uint32_t start = path->start < PATH_SIZE ? path->start : PATH_SIZE;

	return xasprintf("%s%.*s", path->cut ? "..." : "",
			 (int)(PATH_SIZE - start), path->bytes + start);
}

static uint32_t add_image(struct collection *c, uint32_t id)
{
	struct known_image *known;
	struct image_path path;
	uint32_t image;
	char *text;

	if (!read_path(c->tracer, id, &path))
		return trace_add_image(c->trace, NULL, NULL, 0);
	text = path_text(&path);
	known = known_image(c->tracer, id);
	if (!known->build_id_size)
		learn_build_id(c->tracer, id, text, &path.key);
	image = trace_add_image(c->trace, text, known->build_id,
				known->build_id_size);
	free(text);
	return image;
}

static uint32_t trace_image(struct collection *c, uint32_t id)
{
	if (!c->images[id])
		c->images[id] = add_image(c, id) + 1;
	return c->images[id] - 1;
}

static struct sighting sighting_of(const struct collection *c,
				   const struct tally *tally, uint32_t flags)
{
	return (struct sighting){
		.run = c->run,
		.flags = flags,
		/* once: a task that is left running may still add to it */
		.count = __atomic_load_n(&tally->count, __ATOMIC_RELAXED),
		.first_ns = tally->first_ns > c->start_ns ?
			tally->first_ns - c->start_ns : 0,
	};
}

static void collect_fact(struct collection *c, enum fact_kind kind,
			 const struct rare_key *key, const struct tally *tally,
			 uint32_t flags)
{
	struct sighting sighting = sighting_of(c, tally, flags);
	struct call fact = {
		.id = { key->row < ROWS ? row_archs[key->row] : 0, key->nr },
		.answer = kind == FACT_DENIAL ? key->answer : 0,
	};

	if (!sighting.count)
		return;
	fact.image = trace_image(c, key->image);
	trace_sum_fact(c->trace, kind, &fact, &sighting);
}

static void collect_use(struct collection *c, uint32_t id, uint32_t use,
			uint64_t count)
{
	struct image_use u = {
		.run = c->run,
		.execs = use == USE_EXECS ? count : 0,
		.tasks = use == USE_TASKS ? count : 0,
	};

	if (count)
		trace_sum_use(c->trace, trace_image(c, id), &u);
}

static void collect_table(struct collection *c, uint32_t id)
{
	const struct image_calls *image = &c->tracer->table[id];

	for (uint32_t row = 0; row < ROWS; row++)
		for (int32_t nr = 0; nr < CALLS_PER_ROW; nr++) {
			struct rare_key key = { id, row, nr, 0, 0 };

			collect_fact(c, FACT_CALL, &key, &image->calls[row][nr],
				     0);
		}
	for (uint32_t use = 0; use < USES; use++)
		collect_use(c, id, use, image->uses[use].count);
}

static uint32_t sighting_flags(uint32_t rare)
{
	return (rare & RARE_VSYSCALL ? SIGHTING_VSYSCALL : 0) |
	       (rare & RARE_INFLIGHT ? SIGHTING_INFLIGHT : 0) |
	       (rare & RARE_SKIPPED ? SIGHTING_SKIPPED : 0);
}

static void collect_one(struct collection *c, const struct rare_key *key,
			const struct tally *tally)
{
	if (key->image >= IMAGE_ARMED)
		return;
	if (key->row == ROW_USE)
		collect_use(c, key->image, key->nr, tally->count);
	else if (key->row == ROW_OPERATION)
		collect_fact(c, FACT_OPERATION, key, tally, 0);
	else if (key->flags & RARE_DENIED)
		collect_fact(c, FACT_DENIAL, key, tally, 0);
	else
		collect_fact(c, FACT_CALL, key, tally,
			     sighting_flags(key->flags));
}

static void collect_rare(struct collection *c)
{
	int fd = bpf_map__fd(c->tracer->skel->maps.rare);
	struct rare_key key, *previous = NULL;
	struct tally tally;

	while (!bpf_map_get_next_key(fd, previous, &key)) {
		previous = &key;
		if (!bpf_map_lookup_elem(fd, &key, &tally))
			collect_one(c, &key, &tally);
	}
}

/* The task went on with a signal in place of its call; it lives. */
static void collect_trapped(struct collection *c)
{
	int fd = bpf_map__fd(c->tracer->skel->maps.trapped);
	struct tally once = { .count = 1 };
	uint64_t address, *previous = NULL;
	struct rare_key key;

	once.first_ns = c->start_ns;
	while (!bpf_map_get_next_key(fd, previous, &address)) {
		previous = &address;
		if (bpf_map_lookup_elem(fd, &address, &key))
			continue;
		key.flags = RARE_SKIPPED;
		collect_one(c, &key, &once);
	}
}

/* How often a program was not run, since it was running on that CPU. */
static uint64_t program_misses(const struct bpf_program *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_program__fd(program) < 0 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
		return 0;
	return info.recursion_misses;
}

static void collect_losses(const struct tracer *t, struct run *run)
{
	const struct progress *p = &t->skel->bss->progress;
	const struct record *skel = t->skel;

	run_lose(run, "call", p->lost_calls +
		 program_misses(skel->progs.sys_enter) +
		 program_misses(skel->progs.sys_exit) +
		 program_misses(skel->progs.emulate_vsyscall));
	run_lose(run, "task", p->lost_tasks +
		 program_misses(skel->progs.sched_process_fork) +
		 program_misses(skel->progs.sched_process_exec) +
		 program_misses(skel->progs.sched_process_exit) +
		 program_misses(skel->progs.seeking_fork) +
		 program_misses(skel->progs.seeking_exit) +
		 program_misses(skel->progs.cgroup_attach_task));
	run_lose(run, "image", p->lost_images);
	run_lose(run, "detail", p->lost_details);
	run_lose(run, "record", 0);
}

void tracer_collect(struct tracer *t, struct trace *trace, uint32_t run)
{
	struct collection c = {
		.tracer = t,
		.trace = trace,
		.run = run,
		.start_ns = t->skel->bss->progress.start_ns,
		.images = xcalloc(IMAGE_ARMED, sizeof(*c.images)),
	};

	ring_buffer__consume(t->ring);
	if (t->target)
		run_pass(t);
	for (uint32_t id = 0; id < image_end(t) && id < t->n_table; id++)
		collect_table(&c, id);
	collect_rare(&c);
	collect_trapped(&c);
	collect_losses(t, trace->runs[run]);
	free(c.images);
}
