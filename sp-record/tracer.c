/* SPDX-License-Identifier: Apache-2.0 */
#include "tracer.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "cgroup-watch.h"
#include "executables.h"
#include "load.h"
#include "machine.h"
#include "problem.h"
#include "remains.h"
#include "side-by-side.h"
#include "stacks.h"
#include "tracer-private.h"

enum {
	/* interval between checks whether watching is still needed, in ms */
	CHECK_MS = 500,
	/* Attaching again soon after detaching would wait for the kernel. */
	UNWATCH_AFTER_MS = 2000,
	/* Shorter commands end before the program for sys_exit is loaded. */
	LATE_MS = 4,
};

/* Loading */

/*
 * Attaches to the place in the program's section: "raw_tp/NAME" or
 * "tp/GROUP/NAME".
 */
static struct bpf_link *attach_to_section(const struct bpf_program *program)
{
	const char *section = bpf_program__section_name(program);
	char group[64];
	int size = 0;

	if (!strncmp(section, "raw_tp/", 7))
		return bpf_program__attach_raw_tracepoint(program, section + 7);
	if (sscanf(section, "tp/%63[^/]/%n", group, &size) == 1 && size)
		return bpf_program__attach_tracepoint(program, group,
						      section + size);
	errno = EINVAL;
	return NULL;
}

/* Attaches the programs that are needed from the start. */
static int attach_all(struct record *skel)
{
	const struct bpf_object_skeleton *s = skel->skeleton;

	for (int i = 0; i < s->prog_cnt; i++) {
		const struct bpf_program *program = *s->progs[i].prog;

		if (!bpf_program__autoload(program) ||
		    !bpf_program__autoattach(program))
			continue;
		*s->progs[i].link = attach_to_section(program);
		if (!*s->progs[i].link)
			return -errno;
	}
	return 0;
}

static int attach_seeking(struct record *skel, bool classic)
{
	skel->links.seeking_fork = bpf_program__attach_raw_tracepoint(
		skel->progs.seeking_fork, "sched_process_fork");
	if (!classic)		/* otherwise libbpf has attached it */
		skel->links.seeking_exit = bpf_program__attach_raw_tracepoint(
			skel->progs.seeking_exit, "sched_process_exit");
	skel->links.seek = bpf_program__attach_iter(skel->progs.seek, NULL);
	return skel->links.seeking_fork && skel->links.seek &&
		(classic || skel->links.seeking_exit) ? 0 : -errno;
}

/*
 * Attaches to the tracepoint of io_uring. Since Linux 6.0, the request is the
 * first argument of both forms.
 */
static struct bpf_link *attach_io_uring(struct bpf_program *program)
{
	static const char *const names[] = {
		"io_uring_submit_req", "io_uring_submit_sqe",
	};
	struct bpf_link *link = NULL;

	for (size_t i = 0; !link && i < 2 && !kernel_is_older_than(6, 0); i++)
		link = bpf_program__attach_raw_tracepoint(program, names[i]);
	return link;
}

static int attach(struct tracer *t)
{
	struct record *skel = t->skel;
	int error = attach_all(skel);

	if (!error && t->n_targets)
		error = attach_seeking(skel, t->classic);
	if (error)
		return error;
	if (bpf_program__autoload(skel->progs.task_rename)) {
		skel->links.task_rename = bpf_program__attach_raw_tracepoint(
			skel->progs.task_rename, "task_rename");
		if (!skel->links.task_rename)
			return -errno;
	}
	if (t->results) {
		skel->links.note_results = t->classic ?
			attach_to_section(skel->progs.note_results_classic) :
			bpf_program__attach_raw_tracepoint(
				skel->progs.note_results, "sys_exit");
		if (!skel->links.note_results)
			return -errno;
	}
	/* It is no error if the kernel has no vsyscall page. */
	skel->links.emulate_vsyscall =
		attach_to_section(skel->progs.emulate_vsyscall);
	skel->links.io_uring_submit =
		attach_io_uring(skel->progs.io_uring_submit);
	t->sees_operations = skel->links.io_uring_submit;
	if (t->privileges)
		skel->links.cap_capable = bpf_program__attach_raw_tracepoint(
			skel->progs.cap_capable, "cap_capable");
	t->sees_capabilities = skel->links.cap_capable;
	/* The hints require that the programs see every exit and every exec. */
	if (!machine_can_preempt())
		__atomic_store_n(&skel->bss->control.hinting, 1,
				 __ATOMIC_RELEASE);
	return 0;
}

static int attach_names(struct tracer *t)
{
	struct record *skel = t->skel;

	skel->links.note_execs = bpf_program__attach_raw_tracepoint(
		skel->progs.note_execs, "sched_process_exec");
	skel->links.note_names = t->classic ?
		attach_to_section(skel->progs.note_names_classic) :
		bpf_program__attach_raw_tracepoint(skel->progs.note_names,
						   "sys_exit");
	if (!skel->links.note_names || !skel->links.note_execs)
		return -errno;
	skel->links.note_operations =
		attach_io_uring(skel->progs.note_operations);
	t->naming = naming_open(skel, t->skew_ns);
	return t->naming ? 0 : -errno;
}

static bool map_memory(const struct bpf_map *map, int protection,
		       void *address, size_t *size)
{
	size_t element = bpf_map__value_size(map);
	size_t bytes = bpf_map__max_entries(map) * element;
	void *p = mmap(NULL, bytes, protection, MAP_SHARED, bpf_map__fd(map), 0);

	if (p == MAP_FAILED)
		return false;
	*(void **)address = p;
	*size = bytes;
	return true;
}

static int map_tables(struct tracer *t)
{
	const struct {
		const struct bpf_map *map;
		void *address;
		int protection;
		bool needed;
	} maps[TRACER_MAPS] = {
		{ t->skel->maps.tasks, &t->tasks, PROT_READ, true },
		{ t->skel->maps.table, &t->table, PROT_READ, true },
		{ t->skel->maps.call_log, &t->log, PROT_READ, t->log_size },
		{ t->skel->maps.log_ends, &t->log_ends,
		  PROT_READ | PROT_WRITE, t->log_size },
		{ t->skel->maps.split_images, &t->split_images, PROT_READ,
		  t->split },
	};

	for (size_t i = 0; i < TRACER_MAPS; i++) {
		if (maps[i].needed &&
		    !map_memory(maps[i].map, maps[i].protection,
				maps[i].address, &t->mapped[i].size))
			return -errno;
		t->mapped[i].at = *(void **)maps[i].address;
	}
	return 0;
}

static int on_event(void *tracer, void *data, size_t size);

/*
 * Whether a seccomp filter is in force for us, which the command would inherit.
 */
static bool is_filtered(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0;
}

static int load_late(struct tracer *t)
{
	int error = side_by_side_late(t->late);

	if (error)
		return error;
	side_by_side_free(t->late);
	t->late = NULL;
	return 0;
}

/*
 * Attaches to sys_exit, which shows calls without a sys_enter. It slows down
 * every call of every process, so it is detached when it is not needed.
 */
static int watch(struct tracer *t)
{
	int error;

	if (t->exits)
		return 0;
	error = load_late(t);
	if (error)
		return error;
	t->exits = attach_to_section(t->classic ?
		t->skel->progs.sys_exit_classic : t->skel->progs.sys_exit);
	if (!t->exits)
		return -errno;
	/* The kernel side keeps 16 bits of the epoch. */
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

/* Makes one descriptor that can be read when a ring has data. */
static int poll_all(struct tracer *t)
{
	const int fds[] = {
		ring_buffer__epoll_fd(t->ring),
		t->naming ? naming_fd(t->naming) : -1,
		t->stacks ? stacks_fd(t->stacks) : -1,
	};
	struct epoll_event events = { .events = EPOLLIN };

	t->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (t->poll_fd < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		if (fds[i] >= 0 &&
		    epoll_ctl(t->poll_fd, EPOLL_CTL_ADD, fds[i], &events))
			return -errno;
	return 0;
}

static int run_once(const struct bpf_program *program, uint32_t *result)
{
	LIBBPF_OPTS(bpf_test_run_opts, options);
	int error = bpf_prog_test_run_opts(bpf_program__fd(program), &options);

	*result = options.retval;
	return error;
}

static int compare_clocks(struct tracer *t)
{
	uint64_t before = now_ns();
	uint32_t unused;
	int error = run_once(t->skel->progs.tell_time, &unused);

	t->skew_ns = before - t->skel->bss->progress.asked_ns;
	return error;
}

/*
 * Tells the kernel side the address of the FIFO's file, which it finds by our
 * descriptor.
 */
static int find_mark_file(struct tracer *t, const struct split *split)
{
	uint32_t unused;

	if (split->how != SPLIT_BY_MARK)
		return 0;
	t->skel->bss->splits.mark_fd = split->fd;
	return run_once(t->skel->progs.find_mark_file, &unused);
}

static int load_and_attach(struct tracer *t,
			   const struct tracer_options *options)
{
	int error = load(t, options);

	if (!error)
		executables_use(t->executables, t->skel->maps.paths);
	if (!error && machine_has_own_clock())
		error = compare_clocks(t);
	if (!error)
		error = find_mark_file(t, &options->split);
	if (!error && options->paths)
		error = attach_names(t);
	if (!error && options->stacks) {
		t->stacks = stacks_open(t->skel, t->skew_ns);
		error = t->stacks ? 0 : -errno;
	}
	if (!error)
		error = attach(t);
	return error;
}

static void unload(struct tracer *t)
{
	naming_free(t->naming);
	t->naming = NULL;
	stacks_free(t->stacks);
	t->stacks = NULL;
	side_by_side_free(t->late);
	t->late = NULL;
	confirm_detach(t->confirming);
	t->confirming = NULL;
	record__destroy(t->skel);
	t->skel = NULL;
	free(t->older.data);
	t->older.data = NULL;
}

uint64_t tracer_now(const struct tracer *t)
{
	return now_ns() - t->skew_ns;
}

struct tracer *tracer_open(const struct tracer_options *options,
			   char **problem)
{
	struct tracer *t = xcalloc(1, sizeof(*t));
	int error;

	libbpf_set_print(problem_listen);
	t->poll_fd = -1;
	t->executables = executables_new();
	t->classic = machine_can_preempt() && machine_has_trace_events();
	error = load_and_attach(t, options);
	/*
	 * The verifier of some kernels refuses the programs that confirm names.
	 */
	if (error && options->paths) {
		unload(t);
		t->unconfirmed = true;
		error = load_and_attach(t, options);
	}
	/* perf_event_open(2) can be forbidden. */
	if (error && t->classic) {
		unload(t);
		t->classic = false;
		error = load_and_attach(t, options);
	}
	if (!error && t->log_size)
		error = map_tables(t);
	if (!error) {
		t->ring = ring_buffer__new(bpf_map__fd(t->skel->maps.ring),
					   on_event, t, NULL);
		error = t->ring ? 0 : -errno;
	}
	if (!error && (t->naming || t->stacks))
		error = poll_all(t);
	if (!error && is_filtered())
		error = watch(t);
	if (!error)
		return t;
	*problem = problem_explain(-error);
	tracer_close(t);
	errno = -error;
	return NULL;
}

void tracer_close(struct tracer *t)
{
	if (!t)
		return;
	ring_buffer__free(t->ring);
	if (t->poll_fd >= 0)
		close(t->poll_fd);
	bpf_link__destroy(t->exits);
	for (size_t i = 0; i < TRACER_MAPS; i++)
		if (t->mapped[i].at)
			munmap(t->mapped[i].at, t->mapped[i].size);
	unload(t);
	executables_free(t->executables);
	free(t);
}

/* A leak sanitizer would report memory that is not freed. */
#ifdef __SANITIZE_ADDRESS__
void tracer_leave(struct tracer *t)
{
	tracer_close(t);
}
#else
static void keep(int **fds, size_t *n, int fd)
{
	if (fd < 0)
		return;
	*fds = xgrow(*fds, *n, sizeof(**fds));
	(*fds)[(*n)++] = fd;
}

/* Returns the descriptors of all links, programs and maps. */
static int *kernel_side(const struct tracer *t, size_t *n)
{
	const struct bpf_object_skeleton *s = t->skel->skeleton;
	int *fds = NULL;

	*n = 0;
	for (int i = 0; i < s->prog_cnt; i++) {
		keep(&fds, n, bpf_program__fd(*s->progs[i].prog));
		if (*s->progs[i].link)
			keep(&fds, n, bpf_link__fd(*s->progs[i].link));
	}
	for (int i = 0; i < s->map_cnt; i++)
		keep(&fds, n, bpf_map__fd(*s->maps[i].map));
	if (t->exits)
		keep(&fds, n, bpf_link__fd(t->exits));
	return fds;
}

void tracer_leave(struct tracer *t)
{
	int *fds;
	size_t n;

	if (!t)
		return;
	fds = kernel_side(t, &n);
	/* Our exit also ends the process that reads executables. */
	if (remains_leave(fds, n))
		return;
	free(fds);
	tracer_close(t);
}
#endif

int tracer_complete(struct tracer *t)
{
	executables_start(t->executables);
	return t->table ? 0 : map_tables(t);
}

int tracer_arm(void *tracer)
{
	struct tracer *t = tracer;
	uint32_t is_beyond;
	int error = run_once(t->skel->progs.arm, &is_beyond);

	return error ? error : is_beyond ? -ERANGE : 0;
}

/* A running recording */

int tracer_fd(const struct tracer *t)
{
	return t->poll_fd >= 0 ? t->poll_fd : ring_buffer__epoll_fd(t->ring);
}

int tracer_pass(const struct tracer *t)
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

/* Looks at all tasks repeatedly, until it finds no new one. */
static int seek(struct tracer *t)
{
	const __u64 *found = &t->skel->bss->progress.found;
	uint64_t before;
	int error;

	t->skel->bss->control.seeking = 1;
	do {
		before = load_u64(found);
		error = tracer_pass(t);
	} while (!error && load_u64(found) != before);
	t->skel->bss->control.seeking = 0;
	return error;
}

/* Whether any task was ever followed. */
static bool tracer_began(const struct tracer *t)
{
	return load_u64(&t->skel->bss->progress.tasks) != 0;
}

/* Whether processes were found, and the user may trace none of them. */
static bool is_all_withheld(const struct tracer *t)
{
	uint32_t pid;

	return !tracer_began(t) &&
		!bpf_map_get_next_key(bpf_map__fd(t->skel->maps.withheld_names),
				      NULL, &pid);
}

char *tracer_withheld(const struct tracer *t)
{
	int fd = bpf_map__fd(t->skel->maps.withheld_names);
	uint64_t more = load_u64(&t->skel->bss->progress.withheld);
	uint32_t pid, *previous = NULL;
	struct mark_name name;
	char *list = NULL;

	for (; !bpf_map_get_next_key(fd, previous, &pid); previous = &pid) {
		char *one;

		if (bpf_map_lookup_elem(fd, &pid, &name))
			continue;
		one = xasprintf("%u (%.*s)", pid, COMM_SIZE, name.comm);
		text_append(&list, ", ", one);
		free(one);
	}
	if (more)
		text_append(&list, ", ", "...");
	return list;
}

/*
 * Makes the kernel side look for the processes of a target, whose index is
 * `scope`.
 */
static int want(struct tracer *t, uint32_t scope)
{
	struct target *target = &t->targets[scope];
	int fd = bpf_map__fd(t->skel->maps.wanted), error;

	error = cgroup_watch(t->skel, target, scope);
	t->skel->bss->scopes_created[scope] = target->is_created;
	for (size_t i = 0; !error && i < target->n_pids; i++)
		error = bpf_map_update_elem(fd, &target->pids[i], &scope,
					    BPF_ANY);
	return error;
}

/* Returns -ESRCH if a process of the target was not found. */
static int check_found(const struct tracer *t, const struct target *target,
		       pid_t *missing)
{
	int fd = bpf_map__fd(t->skel->maps.wanted);
	uint32_t value;

	for (size_t i = 0; i < target->n_pids; i++) {
		*missing = target->pids[i];
		if (bpf_map_lookup_elem(fd, missing, &value) ||
		    !(value & WANTED_FOUND))
			return -ESRCH;
	}
	return 0;
}

int tracer_attach(struct tracer *t, pid_t *missing)
{
	int error = 0;

	t->skel->bss->progress.start_ns = tracer_now(t);
	for (size_t i = 0; !error && i < t->n_targets; i++)
		error = want(t, i);
	if (!error)
		error = watch(t);
	if (!error)
		error = seek(t);
	for (size_t i = 0; !error && i < t->n_targets; i++)
		error = check_found(t, &t->targets[i], missing);
	if (!error && is_all_withheld(t))
		return -EACCES;
	/* Processes were found, but all of them have exited. */
	for (size_t i = 0; !error && i < t->n_targets; i++)
		if (t->targets[i].n_pids && !tracer_began(t) &&
		    !t->skel->bss->progress.armed) {
			*missing = t->targets[i].pids[0];
			error = -ESRCH;
		}
	return error;
}

/* Ends watching if it was not needed for a while. */
static void reconsider(struct tracer *t, uint64_t now_ns)
{
	const struct progress *p = &t->skel->bss->progress;

	if (!t->exits || now_ns < t->check_ns)
		return;
	t->check_ns = now_ns + CHECK_MS * 1000000ULL;
	if (p->transit)
		/*
		 * This finds tasks that sleep, which are no longer in transit.
		 */
		tracer_pass(t);
	if (p->transit || load_u64(&p->filtered) || load_u64(&p->armed) ||
	    is_filtered())
		t->needed_ns = now_ns;
	if (now_ns - t->needed_ns > UNWATCH_AFTER_MS * 1000000ULL)
		unwatch(t);
}

/*
 * Loads the program for sys_exit when the command has run for a while, which
 * saves watch() the time. Returns when this is due. 0: never.
 */
static uint64_t prepare_watch(struct tracer *t, uint64_t now_ns)
{
	if (!t->late || t->late_ns == UINT64_MAX)
		return 0;
	if (!t->late_ns)
		t->late_ns = now_ns + LATE_MS * 1000000ULL;
	if (now_ns < t->late_ns)
		return t->late_ns;
	/*
	 * If this fails, watch() will fail, too, and the loss will be in the
	 * stream.
	 */
	t->late_ns = UINT64_MAX;
	load_late(t);
	return 0;
}

uint64_t tracer_dispatch(struct tracer *t, uint64_t now_ns)
{
	ring_buffer__consume(t->ring);
	if (t->naming)
		naming_take(t->naming);
	if (t->stacks)
		stacks_take(t->stacks);
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
	return t->exits ? t->check_ns : prepare_watch(t, now_ns);
}

void tracer_rest(struct tracer *t, bool comes_first)
{
	t->skel->bss->control.next_cpu = comes_first ? sched_getcpu() + 1 : 0;
}

static void on_image(struct tracer *t, const struct event *event)
{
	executables_ask(t->executables, event->image, event->pid);
	executables_take(t->executables, 0);
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

/*
 * Waits for programs that were running when they were detached. They run with
 * preemption disabled, and membarrier(2) waits until every CPU has had it
 * enabled. If the kernel lacks this call (nohz_full), sleeps for a while.
 */
static void settle(void)
{
	enum { SETTLE_MS = 10 };

	if (machine_can_preempt() ||
	    syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0))
		usleep(SETTLE_MS * 1000);
}

void tracer_stop(struct tracer *t)
{
	struct record *skel = t->skel;
	struct bpf_link **const links[] = {
		&skel->links.sys_enter, &skel->links.sys_enter_classic,
		&skel->links.emulate_vsyscall, &skel->links.io_uring_submit,
		&skel->links.note_names, &skel->links.note_execs,
		&skel->links.note_results,
		&skel->links.note_operations, &skel->links.task_rename,
		&skel->links.cap_capable,
	};

	if (t->stopped || !tracer_live(t))
		return;
	t->stopped = true;
	if (t->n_targets)
		/* counts the calls in which tasks are */
		tracer_pass(t);
	unwatch(t);
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		bpf_link__destroy(*links[i]);
		*links[i] = NULL;
	}
	settle();
}

uint64_t tracer_live(const struct tracer *t)
{
	return load_u64(&t->skel->bss->progress.live);
}

bool tracer_target_began(const struct tracer *t, size_t target)
{
	return __atomic_load_n(&t->skel->bss->scopes_began[target],
			       __ATOMIC_ACQUIRE);
}

uint64_t tracer_cgroups(const struct tracer *t)
{
	return load_u64(&t->skel->bss->progress.cgroups);
}

uint64_t tracer_armed(const struct tracer *t)
{
	return load_u64(&t->skel->bss->progress.armed);
}

void tracer_mark(struct tracer *t, size_t mark)
{
	struct phases *p = &t->skel->bss->phases;
	uint64_t now = tracer_now(t);
	uint32_t at;

	if (__atomic_exchange_n(&p->taken[mark], 1, __ATOMIC_SEQ_CST))
		return;
	at = __atomic_add_fetch(&p->now, 1, __ATOMIC_SEQ_CST);
	p->at[at].start_ns = now;
	p->at[at].mark = mark + 1;
}

size_t tracer_phases(const struct tracer *t,
		     struct tracer_phase phases[TRACER_PHASES])
{
	const struct phases *p = &t->skel->bss->phases;
	size_t n = p->now + 1;

	phases[0] = (struct tracer_phase){ 0, t->skel->bss->progress.start_ns };
	for (size_t i = 1; i < n; i++)
		phases[i] = (struct tracer_phase){ p->at[i].mark - 1,
						   p->at[i].start_ns };
	return n;
}

/* Adds an image's calls so far to the sums: all, and distinct ones. */
static void count_image(const struct tracer *t, uint32_t phase, uint32_t id,
			struct tracer_glance *glance)
{
	for (unsigned int row = 0; row < ROWS; row++)
		for (unsigned int nr = 0; nr < CALLS_PER_ROW; nr++) {
			uint64_t count = table_tally(t, phase, id, row,
						     nr).count;

			glance->calls += count;
			glance->distinct += count != 0;
		}
}

void tracer_glance(const struct tracer *t, struct tracer_glance *glance)
{
	const struct progress *p = &t->skel->bss->progress;

	*glance = (struct tracer_glance){
		.start_ns = p->start_ns,
		.last_new_ns = p->last_new_ns,
		.live = p->live,
		.tasks = p->tasks,
		.distinct = p->rare_distinct,
		.calls = p->rare_calls,
		.sees_operations = t->sees_operations,
		.sees_capabilities = t->sees_capabilities,
		.unwatched = p->unwatched,
		.skippable = machine_can_preempt() && !t->classic,
	};
	for (uint32_t id = 0; id < image_end(t) && id < t->n_table; id++)
		for (uint32_t phase = 0; phase < t->n_phases; phase++)
			count_image(t, phase, id, glance);
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
