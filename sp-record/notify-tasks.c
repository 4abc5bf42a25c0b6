/* SPDX-License-Identifier: Apache-2.0 */
#include "notify-tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/memory.h"
#include "image-facts.h"
#include "process/image-file.h"
#include "process/process.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

/*
 * Identifies an executed file. The number of an inode can be used again, and
 * the content of a file can be replaced. Both set the time of the last change
 * (ctime), which no call can set to another value.
 */
struct file_key {
	uint64_t inode;
	int64_t seconds;
	uint32_t nanoseconds;
	uint32_t major, minor;
	uint32_t zero;		/* padding, since keys are compared as bytes */
};

struct known_file {
	UT_hash_handle hh;
	struct file_key key;
	uint32_t image;
	bool is_privileged;
};

/* Data of a process by which an execve can be noticed. */
struct program {
	struct file_key file;
	long stack;		/* the address where its stack begins */
};

struct process {
	UT_hash_handle hh;
	pid_t pid;
	int pidfd;		/* descriptor that shows its end; -1: none */
	uint32_t image;
	bool is_privileged;
	size_t n_tasks;		/* the number of known threads */
	pid_t executing;	/* the thread that is calling execve; 0: none */
	struct program before;	/* the program before that execve */
};

struct task {
	UT_hash_handle hh;
	pid_t tid;
	struct process *process;
};

struct notify_tasks {
	struct trace *trace;
	struct known_file *files;
	struct process *processes;
	struct task *tasks;
	/* the number of tasks at which sweep() runs next */
	size_t sweep_at;
	struct file_child *reader;	/* the child that reads executables */
	int epoll_fd;
	/* whether /proc shows the ids that notifications have */
	bool has_proc;
	uint64_t count, lost;
	bool saw_privileged;
};

/*
 * Whether /proc is usable. It can be missing, or be that of another PID
 * namespace.
 */
static bool has_own_proc(void)
{
	char link[16] = "";

	return readlink("/proc/self", link, sizeof(link) - 1) > 0 &&
		atoi(link) == getpid();
}

struct notify_tasks *notify_tasks_new(struct trace *trace)
{
	struct notify_tasks *t = xcalloc(1, sizeof(*t));

	t->trace = trace;
	t->reader = file_child_new(image_file_read, NULL);
	t->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	t->has_proc = has_own_proc();
	return t;
}

static void forget_task(struct notify_tasks *t, struct task *task)
{
	task->process->n_tasks--;
	HASH_DEL(t->tasks, task);
	free(task);
}

static struct task *find_task(const struct notify_tasks *t, pid_t tid)
{
	struct task *task;

	HASH_FIND_INT(t->tasks, &tid, task);
	return task;
}

/* Forgets all threads of a process but one (`but`; 0: all). */
static void forget_threads(struct notify_tasks *t, const struct process *p,
			   pid_t but)
{
	struct task *task = find_task(t, p->pid), *next;
	size_t left = but != 0;

	/* Most processes have one thread, so all tasks are searched rarely. */
	if (task && task->process == p && p->pid != but)
		forget_task(t, task);
	if (p->n_tasks <= left)
		return;
	HASH_ITER(hh, t->tasks, task, next) {
		if (task->process == p && task->tid != but)
			forget_task(t, task);
	}
}

/*
 * Whether the thread still exists. A filter of the workload itself, or a
 * signal, can end a thread without a notification. Then another process can get
 * its id, even while the other threads of the process run.
 */
static bool is_still(const struct task *task)
{
	return task->tid == task->process->pid ||
		!syscall(SYS_tgkill, task->process->pid, task->tid, 0) ||
		errno != ESRCH;
}

/*
 * Forgets threads that ended without a notification, so that the table does not
 * grow without limit.
 */
static void sweep(struct notify_tasks *t)
{
	enum { FEW = 1024 };
	struct task *task = NULL, *next;

	if (HASH_COUNT(t->tasks) < t->sweep_at)
		return;
	HASH_ITER(hh, t->tasks, task, next) {
		if (!is_still(task))
			forget_task(t, task);
	}
	t->sweep_at = 2 * HASH_COUNT(t->tasks) + FEW;
}

static void forget_process(struct notify_tasks *t, struct process *p)
{
	forget_threads(t, p, 0);
	if (p->pidfd >= 0)
		close(p->pidfd);
	HASH_DEL(t->processes, p);
	free(p);
}

void notify_tasks_free(struct notify_tasks *t)
{
	struct process *p = NULL, *next;
	struct known_file *file = NULL, *next_file;

	if (!t)
		return;
	HASH_ITER(hh, t->processes, p, next) {
		forget_process(t, p);
	}
	HASH_ITER(hh, t->files, file, next_file) {
		HASH_DEL(t->files, file);
		free(file);
	}
	file_child_free(t->reader);
	if (t->epoll_fd >= 0)
		close(t->epoll_fd);
	free(t);
}

/* Executables */

/*
 * Reads data that the kernel has. The daemon of a file system is not asked,
 * because it could make us wait (AT_STATX_DONT_SYNC, statx(2)).
 */
static bool stat_program(pid_t pid, struct statx *st)
{
	char link[32];

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	return !statx(AT_FDCWD, link, AT_STATX_DONT_SYNC,
		      STATX_INO | STATX_CTIME | STATX_NLINK, st);
}

/*
 * Returns false if the executable cannot be read. /proc/PID/auxv would also
 * show an execve. But to open it, the kernel waits for an execve of another
 * thread, which a file system can delay forever.
 */
static bool read_program(pid_t pid, struct program *program, bool *is_deleted)
{
	struct statx st;

	memset(program, 0, sizeof(*program));
	program->stack = process_stat(pid, STAT_STACK);
	if (!stat_program(pid, &st))
		return false;
	program->file = (struct file_key){
		st.stx_ino, st.stx_ctime.tv_sec, st.stx_ctime.tv_nsec,
		st.stx_dev_major, st.stx_dev_minor, 0,
	};
	*is_deleted = !st.stx_nlink;
	return true;
}

/* Returns the path from /proc/PID/exe; the caller frees it. */
static char *program_path(const char *link, bool is_deleted)
{
	static const char mark[] = " (deleted)";
	char path[PATH_MAX];
	ssize_t n = readlink(link, path, sizeof(path) - 1);
	size_t size = n > 0 ? n : 0, end = sizeof(mark) - 1;

	if (!size)
		return NULL;
	if (is_deleted && size > end && !memcmp(path + size - end, mark, end))
		size -= end;
	path[size] = '\0';
	return xstrdup(path);
}

static struct known_file *add_file(struct notify_tasks *t, pid_t pid,
				   const struct file_key *key, bool is_deleted)
{
	struct known_file *k = xcalloc(1, sizeof(*k));
	struct image_file file = { 0 };
	char link[32], *path;

	snprintf(link, sizeof(link), "/proc/%d/exe", pid);
	path = program_path(link, is_deleted);
	if (!image_file_ask(t->reader, link, &file))
		file.build_id_size = 0;
	k->key = *key;
	k->is_privileged = file.is_privileged;
	k->image = trace_add_image(t->trace, path, file.build_id,
				   path ? file.build_id_size : 0);
	free(path);
	HASH_ADD(hh, t->files, key, sizeof(k->key), k);
	return k;
}

/*
 * Finds the image of a process. Returns false if its executable cannot be read.
 */
static bool find_image(struct notify_tasks *t, struct process *p,
		       struct program *program)
{
	struct known_file *k = NULL;
	bool is_deleted;

	p->is_privileged = false;
	if (!t->has_proc || !read_program(p->pid, program, &is_deleted))
		return false;
	HASH_FIND(hh, t->files, &program->file, sizeof(k->key), k);
	if (!k)
		k = add_file(t, p->pid, &program->file, is_deleted);
	p->image = k->image;
	p->is_privileged = k->is_privileged;
	return true;
}

static uint32_t lose_image(struct notify_tasks *t)
{
	t->lost++;
	return trace_add_image(t->trace, NULL, NULL, 0);
}

static void set_image(struct notify_tasks *t, struct process *p,
		      struct program *program)
{
	if (!find_image(t, p, program))
		p->image = lose_image(t);
}

static void use_image(struct notify_tasks *t, const struct process *p,
		      uint64_t execs, uint64_t tasks)
{
	struct image_use use = { .execs = execs, .tasks = tasks };

	trace_sum_use(t->trace, p->image, &use);
	t->count += tasks;
	if (!execs || !p->is_privileged)
		return;
	t->saw_privileged = true;
	add_privileged(t->trace, p->image, &use);
}

/* Processes and threads. */

/*
 * Opens a pidfd, to notice when the process ends and its id can be used again.
 * Leaves enough descriptors for files in /proc, however many processes there
 * are.
 */
static void watch_end(struct notify_tasks *t, struct process *p)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = p };
	enum { KEPT = 16 };
	struct rlimit most;

	p->pidfd = syscall(SYS_pidfd_open, p->pid, 0);
	if (p->pidfd < 0 ||
	    (!getrlimit(RLIMIT_NOFILE, &most) &&
	     (rlim_t)p->pidfd + KEPT < most.rlim_cur &&
	     !epoll_ctl(t->epoll_fd, EPOLL_CTL_ADD, p->pidfd, &event)))
		return;
	close(p->pidfd);
	p->pidfd = -1;
}

/* Adds a process. The caller sets its image. */
static struct process *add_process(struct notify_tasks *t, pid_t pid)
{
	struct process *p = xcalloc(1, sizeof(*p));

	p->pid = pid;
	watch_end(t, p);
	HASH_ADD_INT(t->processes, pid, p);
	return p;
}

static struct task *add_task(struct notify_tasks *t, pid_t tid,
			     struct process *p)
{
	struct task *task;

	sweep(t);
	task = xcalloc(1, sizeof(*task));
	task->tid = tid;
	task->process = p;
	p->n_tasks++;
	HASH_ADD_INT(t->tasks, tid, task);
	return task;
}

/*
 * Finds out, at the first call after an execve, whether the execve succeeded.
 * If it did, the thread now has the id of its process.
 */
static void settle_exec(struct notify_tasks *t, struct process *p, pid_t tid,
			uint64_t since_ns)
{
	struct sighting start = { .count = 1, .first_ns = since_ns };
	struct program now;
	uint32_t by = p->image;

	if (tid != p->executing && tid != p->pid)
		return;
	set_image(t, p, &now);
	if (!memcmp(&now, &p->before, sizeof(now))) {
		if (tid == p->executing)
			p->executing = 0;	/* the execve failed */
		return;
	}
	p->executing = 0;
	forget_threads(t, p, tid);
	use_image(t, p, 1, 0);
	add_start(t->trace, p->image, by, &start);
}

void notify_will_exec(struct notify_tasks *t, pid_t tid)
{
	struct task *task = find_task(t, tid);
	bool unused;

	if (!task)
		return;
	read_program(task->process->pid, &task->process->before, &unused);
	task->process->executing = tid;
}

void notify_will_exit(struct notify_tasks *t, pid_t tid)
{
	struct task *task = find_task(t, tid);

	if (task && tid != task->process->pid)
		forget_task(t, task);
}

/* Adds a task. */
static struct task *meet(struct notify_tasks *t, pid_t tid, bool *new_process)
{
	long pid = t->has_proc ? process_status(tid, "Tgid") : 0;
	struct process *p;
	int key = pid;

	*new_process = false;
	if (pid <= 0)
		return NULL;
	HASH_FIND_INT(t->processes, &key, p);
	*new_process = !p;
	if (!p)
		p = add_process(t, pid);
	return add_task(t, tid, p);
}

/*
 * Adds the task that waits for an answer. Returns false if it has gone: then
 * another task may have its id.
 */
static bool meet_caller(struct notify_tasks *t, const struct listener *listener,
			const struct seccomp_notif *n, struct task **task)
{
	bool new_process = false, found = true;
	struct program program;
	struct process *p;

	*task = n->pid ? meet(t, n->pid, &new_process) : NULL;
	p = *task ? (*task)->process : NULL;
	if (new_process)
		found = find_image(t, p, &program);
	if (listener_is_valid(listener, n->id)) {
		if (!found)
			p->image = lose_image(t);
		if (p)
			use_image(t, p, 0, 1);
		if (p && (pid_t)n->pid != p->pid)
			add_threads(t->trace, p->image, 0, 1);
		return true;
	}
	if (new_process)
		forget_process(t, p);
	else if (p)
		forget_task(t, *task);
	return false;
}

bool notify_image(struct notify_tasks *t, const struct listener *listener,
		  const struct seccomp_notif *n, uint64_t since_ns,
		  uint32_t *image)
{
	struct task *task = n->pid ? find_task(t, n->pid) : NULL;
	struct program program;

	if (task && !is_still(task)) {
		forget_task(t, task);
		task = NULL;
	}
	if (!task && !meet_caller(t, listener, n, &task))
		return false;
	if (!task) {		/* the task has no id in /proc */
		*image = lose_image(t);
		return true;
	}
	if (task->process->executing)
		settle_exec(t, task->process, n->pid, since_ns);
	/* The id may have been used again. */
	else if (task->process->pidfd < 0)
		set_image(t, task->process, &program);
	*image = task->process->image;
	return true;
}

uint32_t notify_first_image(struct notify_tasks *t, pid_t pid)
{
	struct process *p = add_process(t, pid);
	struct program program;

	set_image(t, p, &program);
	add_task(t, pid, p);
	use_image(t, p, 1, 1);
	return p->image;
}

int notify_tasks_fd(const struct notify_tasks *t)
{
	return t->epoll_fd;
}

void notify_tasks_reap(struct notify_tasks *t)
{
	struct epoll_event events[16];
	int n;

	do {
		n = epoll_wait(t->epoll_fd, events, 16, 0);
		for (int i = 0; i < n; i++)
			forget_process(t, events[i].data.ptr);
	} while (n == 16);
}

uint64_t notify_task_count(const struct notify_tasks *t)
{
	return t->count;
}

uint64_t notify_images_lost(const struct notify_tasks *t)
{
	return t->lost;
}

bool notify_saw_privileged(const struct notify_tasks *t)
{
	return t->saw_privileged;
}
