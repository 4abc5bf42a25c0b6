/* SPDX-License-Identifier: Apache-2.0 */
#include "side-by-side.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

enum { THREADS_MAX = 4, JOBS_MAX = 128, STACK_SIZE = 256 << 10 };

struct job {
	void (*run)(void *argument);	/* NULL: load the program */
	void *argument;
	struct bpf_program *program;
	int fd;
	struct bpf_insn *insns;
	size_t n;
	struct bpf_prog_load_opts *options;
	void *functions;
};

struct side_by_side {
	pthread_mutex_t lock;
	pthread_cond_t change;
	struct job jobs[JOBS_MAX];
	size_t n, next;		/* jobs from `next` on have not begun */
	size_t running;
	/* the program for side_by_side_late(); NULL: none */
	const struct bpf_program *put_off;
	struct job late;	/* the job that loads it */
	bool complete;		/* whether all jobs were added */
	int error;
	pthread_t threads[THREADS_MAX];
	size_t n_threads;
	int handlers[2];	/* handlers that libbpf registered; 0: none */
};

/* The queue of jobs */

static int do_job(struct job *job)
{
	if (job->run) {
		job->run(job->argument);
		return 0;
	}
	job->fd = bpf_prog_load(bpf_program__type(job->program),
				bpf_program__name(job->program), "GPL",
				job->insns, job->n, job->options);
	return job->fd < 0 ? -errno : 0;
}

/*
 * Moves the largest program to the front: if it came last, the other threads
 * would wait for it.
 */
static void choose_next(struct side_by_side *s)
{
	size_t largest = s->next;
	struct job job;

	for (size_t i = s->next; i < s->n; i++)
		if (s->jobs[i].n > s->jobs[largest].n)
			largest = i;
	job = s->jobs[s->next];
	s->jobs[s->next] = s->jobs[largest];
	s->jobs[largest] = job;
}

/*
 * Does jobs until the queue is empty. With `waits`, also waits for jobs that
 * will still be added.
 */
static void work(struct side_by_side *s, bool waits)
{
	pthread_mutex_lock(&s->lock);
	while (s->next < s->n || (waits && !s->complete)) {
		struct job *job = &s->jobs[s->next];
		int error;

		if (s->next == s->n) {
			pthread_cond_wait(&s->change, &s->lock);
			continue;
		}
		choose_next(s);
		s->next++;
		s->running++;
		pthread_mutex_unlock(&s->lock);
		error = do_job(job);
		pthread_mutex_lock(&s->lock);
		s->running--;
		if (error)
			s->error = error;
		pthread_cond_broadcast(&s->change);
	}
	pthread_mutex_unlock(&s->lock);
}

static void *run(void *side_by_side)
{
	work(side_by_side, true);
	return NULL;
}

/* The threads block all signals, so that the main thread gets these. */
static void start(struct side_by_side *s, size_t n)
{
	pthread_attr_t attributes;
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	while (s->n_threads < n &&
	       !pthread_create(&s->threads[s->n_threads], &attributes, run, s))
		s->n_threads++;
	pthread_attr_destroy(&attributes);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void add(struct side_by_side *s)
{
	pthread_mutex_lock(&s->lock);
	s->n++;
	pthread_cond_broadcast(&s->change);
	pthread_mutex_unlock(&s->lock);
}

void side_by_side_do(struct side_by_side *s, void (*work_on)(void *),
		     void *argument)
{
	if (!s || s->n == JOBS_MAX) {
		work_on(argument);
		return;
	}
	s->jobs[s->n].run = work_on;
	s->jobs[s->n].argument = argument;
	s->jobs[s->n].fd = -1;
	add(s);
}

void side_by_side_wait(struct side_by_side *s)
{
	if (!s)
		return;
	work(s, false);
	pthread_mutex_lock(&s->lock);
	while (s->running)
		pthread_cond_wait(&s->change, &s->lock);
	pthread_mutex_unlock(&s->lock);
}

/* libbpf */

static void *copy(const void *data, size_t size)
{
	void *copied = xcalloc(size ? size : 1, 1);

	return size ? memcpy(copied, data, size) : copied;
}

/*
 * Copies the options. Leaves out fd_array, which our programs do not need, and
 * which libbpf frees before the thread loads the program. Leaves out source
 * lines, which are only for the log of the verifier.
 */
static void fill(struct job *job, struct bpf_program *program,
		 const struct bpf_prog_load_opts *options)
{
	struct bpf_prog_load_opts *o = copy(options, options->sz);

	job->program = program;
	job->n = bpf_program__insn_cnt(program);
	job->insns = copy(bpf_program__insns(program),
			  job->n * sizeof(*job->insns));
	job->functions = copy(o->func_info, (size_t)o->func_info_cnt *
			      o->func_info_rec_size);
	o->func_info = job->functions;
	o->line_info = NULL;
	o->line_info_cnt = 0;
	o->fd_array = NULL;
	job->options = o;
	job->fd = -1;
}

int side_by_side_take(struct side_by_side *s, struct bpf_program *program,
		      struct bpf_prog_load_opts *options)
{
	struct bpf_insn empty[] = {
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};

	if (!s || s->n == JOBS_MAX)
		return 0;
	if (program == s->put_off) {
		fill(&s->late, program, options);
	} else {
		fill(&s->jobs[s->n], program, options);
		add(s);
	}
	options->func_info = options->line_info = NULL;
	options->func_info_cnt = options->line_info_cnt = 0;
	return bpf_program__set_insns(program, empty, 2);
}

static int take(struct bpf_program *program, struct bpf_prog_load_opts *options,
		long cookie)
{
	/* confirm.c loads these programs from their instructions. */
	if (!strncmp(bpf_program__name(program), "confirm_", 8))
		return 0;
	return side_by_side_take((void *)cookie, program, options);
}

static bool handle(struct side_by_side *s)
{
	const struct libbpf_prog_handler_opts options = {
		.sz = sizeof(options),
		.cookie = (long)s,
		.prog_prepare_load_fn = take,
	};

	s->handlers[0] = libbpf_register_prog_handler(
		"raw_tp+", BPF_PROG_TYPE_RAW_TRACEPOINT, 0, &options);
	s->handlers[1] = libbpf_register_prog_handler(
		"tp+", BPF_PROG_TYPE_TRACEPOINT, 0, &options);
	return s->handlers[0] > 0 && s->handlers[1] > 0;
}

static void release_job(struct job *job)
{
	free(job->insns);
	free(job->functions);
	free(job->options);
	if (job->fd >= 0)
		close(job->fd);
	*job = (struct job){ .fd = -1 };
}

static void release_jobs(struct side_by_side *s)
{
	for (size_t i = 0; i < s->n; i++)
		release_job(&s->jobs[i]);
	s->n = s->next = 0;
	for (size_t i = 0; i < 2; i++)
		if (s->handlers[i] > 0)
			libbpf_unregister_prog_handler(s->handlers[i]);
	s->handlers[0] = s->handlers[1] = 0;
}

void side_by_side_free(struct side_by_side *s)
{
	if (!s)
		return;
	release_jobs(s);
	release_job(&s->late);
	pthread_cond_destroy(&s->change);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

struct side_by_side *side_by_side_new(void)
{
	struct side_by_side *s;
	cpu_set_t cpus;
	size_t n;

	n = sched_getaffinity(0, sizeof(cpus), &cpus) ? 1 : CPU_COUNT(&cpus);
	if (n < 2)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->late.fd = -1;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->change, NULL);
	if (handle(s)) {
		start(s, (n < THREADS_MAX ? n : THREADS_MAX) - 1);
		return s;
	}
	side_by_side_free(s);
	return NULL;
}

void side_by_side_put_off(struct side_by_side *s,
			  const struct bpf_program *program)
{
	if (s)
		s->put_off = program;
}

/* Replaces the empty program by the loaded one. */
static int replace(const struct job *job)
{
	return dup3(job->fd, bpf_program__fd(job->program), O_CLOEXEC) < 0 ?
		-errno : 0;
}

int side_by_side_finish(struct side_by_side *s)
{
	int error;

	if (!s)
		return 0;
	pthread_mutex_lock(&s->lock);
	s->complete = true;
	pthread_cond_broadcast(&s->change);
	pthread_mutex_unlock(&s->lock);
	work(s, false);
	for (size_t i = 0; i < s->n_threads; i++)
		pthread_join(s->threads[i], NULL);
	error = s->error;
	for (size_t i = 0; !error && i < s->n; i++)
		if (s->jobs[i].program)
			error = replace(&s->jobs[i]);
	release_jobs(s);
	return error;
}

int side_by_side_late(struct side_by_side *s)
{
	int error;

	if (!s || !s->late.program)
		return 0;
	error = do_job(&s->late);
	if (!error)
		error = replace(&s->late);
	if (!error)
		release_job(&s->late);
	return error;
}
