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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

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
	const struct tasks_element *tasks;	/* mapped */
	size_t n_tasks;				/* elements */
	const struct image_calls *table;	/* mapped */
	size_t n_table;
	struct known_image *known;		/* by image id */
	size_t n_known;
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

	if (is_older_than(5, 12, &name))
		return xasprintf("Linux %s is too old: recording needs 5.12 "
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

static int load(struct tracer *t, const struct tracer_options *options)
{
	struct record *skel = record__open();

	t->skel = skel;
	if (!skel)
		return -errno;
	t->n_tasks = (pid_max() + TASKS_PER_ELEMENT - 1) / TASKS_PER_ELEMENT;
	t->n_table = bpf_map__max_entries(skel->maps.table);
	bpf_map__set_max_entries(skel->maps.tasks, t->n_tasks);
	skel->rodata->table_images = t->n_table;
	skel->rodata->no_follow = options->no_follow;
	bpf_program__set_autoattach(skel->progs.arm, false);
	/* Not in kernels without the vsyscall page; absence is no error. */
	bpf_program__set_autoattach(skel->progs.emulate_vsyscall, false);
	return record__load(skel);
}

static int attach(struct tracer *t)
{
	struct record *skel = t->skel;
	int error = record__attach(skel);

	if (error)
		return error;
	skel->links.emulate_vsyscall =
		bpf_program__attach(skel->progs.emulate_vsyscall);
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

void tracer_dispatch(struct tracer *t)
{
	ring_buffer__consume(t->ring);
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

static int on_event(void *tracer, void *data, size_t size)
{
	const struct event *event = data;
	struct tracer *t = tracer;
	struct image_path path;
	char exe[32];

	if (size < sizeof(*event) || event->type != EVENT_IMAGE ||
	    !read_path(t, event->image, &path))
		return 0;
	snprintf(exe, sizeof(exe), "/proc/%u/exe", event->pid);
	learn_build_id(t, event->image, exe, &path.key);
	return 0;
}

uint64_t tracer_live(const struct tracer *t)
{
	return __atomic_load_n(&t->skel->bss->progress.live, __ATOMIC_ACQUIRE);
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
		.filtered = p->filtered,
	};
	for (uint32_t id = 0; id < image_end(t) && id < t->n_table; id++)
		glance->calls += image_count(&t->table[id]);
}

size_t tracer_tasks(const struct tracer *t, pid_t *tids, size_t max)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n_tasks * TASKS_PER_ELEMENT; i++) {
		uint16_t image = t->tasks[i / TASKS_PER_ELEMENT]
				   .image[i % TASKS_PER_ELEMENT];

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

static void collect_tally(struct collection *c, uint32_t id, uint32_t row,
			  int32_t nr, const struct tally *tally, uint32_t flags)
{
	struct sighting sighting = {
		.run = c->run,
		.flags = flags,
		/* once: a task that is left running may still add to it */
		.count = __atomic_load_n(&tally->count, __ATOMIC_RELAXED),
		.first_ns = tally->first_ns > c->start_ns ?
			tally->first_ns - c->start_ns : 0,
	};

	if (sighting.count)
		trace_sum_call(c->trace, trace_image(c, id),
			       (struct call_id){ row_archs[row], nr },
			       &sighting);
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
		for (int32_t nr = 0; nr < CALLS_PER_ROW; nr++)
			collect_tally(c, id, row, nr, &image->calls[row][nr],
				      0);
	for (uint32_t use = 0; use < USES; use++)
		collect_use(c, id, use, image->uses[use].count);
}

static void collect_rare(struct collection *c)
{
	int fd = bpf_map__fd(c->tracer->skel->maps.rare);
	struct rare_key key, *previous = NULL;
	struct tally tally;

	while (!bpf_map_get_next_key(fd, previous, &key)) {
		previous = &key;
		if (key.image >= IMAGE_ARMED ||
		    bpf_map_lookup_elem(fd, &key, &tally))
			continue;
		if (key.row < ROWS)
			collect_tally(c, key.image, key.row, key.nr, &tally,
				      key.flags & RARE_VSYSCALL ?
				      SIGHTING_VSYSCALL : 0);
		else
			collect_use(c, key.image, key.nr, tally.count);
	}
}

/* How often a program was not run, since it was running on that CPU. */
static uint64_t program_misses(const struct bpf_program *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
		return 0;
	return info.recursion_misses;
}

static void collect_losses(const struct tracer *t, struct run *run)
{
	const struct progress *p = &t->skel->bss->progress;
	const struct record *skel = t->skel;

	run_lose(run, "call", p->lost_calls +
		 program_misses(skel->progs.sys_enter) +
		 program_misses(skel->progs.emulate_vsyscall));
	run_lose(run, "task", p->lost_tasks +
		 program_misses(skel->progs.sched_process_fork) +
		 program_misses(skel->progs.sched_process_exec) +
		 program_misses(skel->progs.sched_process_exit));
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

	tracer_dispatch(t);
	for (uint32_t id = 0; id < image_end(t) && id < t->n_table; id++)
		collect_table(&c, id);
	collect_rare(&c);
	collect_losses(t, trace->runs[run]);
	free(c.images);
}
