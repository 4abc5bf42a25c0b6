/* SPDX-License-Identifier: Apache-2.0 */
#include "collect.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "image-facts.h"
#include "process/file-child.h"
#include "rows.h"
#include "splits.h"
#include "stacks.h"
#include "stream/fact-shape.h"
#include "stream/stack.h"
#include "tracer-private.h"

struct collection {
	struct tracer *tracer;
	struct trace *trace;
	uint32_t run;
	struct tracer_phase phases[TRACER_PHASES];
	size_t n_phases;
	uint32_t *images;	/* index in the trace + 1, by image id */
	struct splits_read *splits;	/* NULL: without --split */
	uint32_t *runs;		/* the run's index + 1, by image id */
};

/*
 * Returns the phase of an image: the part of the recording in which it was
 * executed.
 */
static uint32_t phase_of(const struct collection *c, uint32_t image)
{
	uint32_t phase = image >> IMAGE_PHASE_SHIFT;

	return phase < c->n_phases ? phase : c->n_phases - 1;
}

/*
 * Returns the run to which calls of the image belong. There is one for each
 * target, for each phase, or for each part by --split.
 */
static uint32_t run_of(const struct collection *c, uint32_t image)
{
	uint32_t id = image & IMAGE_ID, *run = &c->runs[id];

	if (!*run)
		*run = (c->splits ? splits_run_of(c->splits, id) :
			executable_scope(c->tracer->executables, id)) + 1;
	return c->run + *run - 1 + phase_of(c, image);
}

static uint32_t add_image(struct collection *c, uint32_t id)
{
	struct executables *executables = c->tracer->executables;
	char *path = executable_path(executables, id);
	const struct executable *of;
	uint32_t image;

	if (!path)
		return trace_add_image(c->trace, NULL, NULL, 0);
	executable_read(executables, id, path);
	of = executable_at(executables, id);
	image = trace_add_image(c->trace, path, of->build_id,
				of->build_id_size);
	free(path);
	return image;
}

static uint32_t trace_image(struct collection *c, uint32_t image)
{
	uint32_t id = image_base(c->tracer, image);

	if (!c->images[id])
		c->images[id] = add_image(c, id) + 1;
	return c->images[id] - 1;
}

static struct sighting sighting_of(const struct collection *c, uint32_t image,
				   const struct tally *tally, uint32_t flags)
{
	uint32_t phase = phase_of(c, image);
	uint64_t start_ns = c->phases[phase].start_ns;
	uint32_t run = run_of(c, image);

	if (c->splits)
		start_ns = splits_start(c->splits, run - c->run);
	return (struct sighting){
		.run = run,
		.flags = flags,
		.count = tally->count,
		.first_ns = tally->first_ns > start_ns ?
			tally->first_ns - start_ns : 0,
	};
}

static void collect_fact(struct collection *c, enum fact_kind kind,
			 const struct rare_key *key, const struct tally *tally,
			 uint32_t flags)
{
	struct sighting sighting = sighting_of(c, key->image, tally, flags);
	struct fact fact = {
		.id = { row_arch(key->row), key->nr },
		.answer = kind == FACT_DENIAL ? key->answer : 0,
	};

	if (!sighting.count)
		return;
	fact.image = trace_image(c, key->image);
	trace_sum_fact(c->trace, kind, &fact, &sighting);
}

static void collect_use(struct collection *c, uint32_t image, uint32_t use,
			uint64_t count)
{
	struct image_use u = {
		.run = run_of(c, image),
		.execs = use == USE_EXECS ? count : 0,
		.tasks = use == USE_EXECS ? 0 : count,
	};

	if (!count)
		return;
	trace_sum_use(c->trace, trace_image(c, image), &u);
	if (use == USE_THREADS)
		add_threads(c->trace, trace_image(c, image), u.run, count);
	if (u.execs && executable_at(c->tracer->executables,
			image_base(c->tracer, image))->is_privileged)
		add_privileged(c->trace, trace_image(c, image), &u);
}

static void collect_table(struct collection *c, uint32_t phase, uint32_t id)
{
	const struct image_calls *of = image_calls(c->tracer, 0, phase, id);
	uint32_t image = id | phase << IMAGE_PHASE_SHIFT;

	for (uint32_t row = 0; row < ROWS; row++)
		for (int32_t nr = 0; nr < CALLS_PER_ROW; nr++) {
			struct rare_key key = { image, row, nr, 0, 0 };
			struct tally tally = table_tally(c->tracer, phase, id,
							 row, nr);

			collect_fact(c, FACT_CALL, &key, &tally, 0);
		}
	for (uint32_t use = 0; use < USES; use++)
		collect_use(c, image, use, of->uses[use].count);
}

static void collect_start(struct collection *c, const struct rare_key *key,
			  const struct tally *tally)
{
	struct sighting sighting = sighting_of(c, key->image, tally, 0);
	uint32_t by = trace_image(c, key->nr);

	add_start(c->trace, trace_image(c, key->image), by, &sighting);
}

static void collect_privilege(struct collection *c, const struct rare_key *key,
			      const struct tally *tally)
{
	struct sighting sighting = sighting_of(c, key->image, tally, 0);
	uint8_t detail[PRIVILEGE_DETAIL_SIZE];
	struct fact fact = {
		.id = { row_arch(key->row - ROW_PRIVILEGE), key->nr },
		.image = trace_image(c, key->image),
		.detail = detail, .detail_size = sizeof(detail),
	};

	privilege_detail(key->answer, detail);
	trace_sum_fact(c->trace, FACT_PRIVILEGE, &fact, &sighting);
}

static void collect_one(struct collection *c, const struct rare_key *key,
			const struct tally *tally)
{
	if ((key->image & IMAGE_ID) == IMAGE_ARMED)
		return;
	if (key->row == ROW_USE)
		collect_use(c, key->image, key->nr, tally->count);
	else if (key->row == ROW_START)
		collect_start(c, key, tally);
	else if (key->row == ROW_OPERATION)
		collect_fact(c, FACT_OPERATION, key, tally, 0);
	else if (key->row >= ROW_PRIVILEGE)
		collect_privilege(c, key, tally);
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

/* Adds the name by which the file was executed, unless it is the path. */
static void collect_exec_name(struct collection *c,
			      const struct exec_name *key,
			      const struct tally *tally)
{
	struct sighting sighting = sighting_of(c, key->image, tally, 0);
	struct fact fact = {
		.id = { 0, key->source == EXEC_ARGV0 ? NAME_ARGV0 :
			NAME_OPENED },
		.image = trace_image(c, key->image),
		.detail = (uint8_t *)key->name,
		.detail_size = strnlen(key->name, sizeof(key->name)),
	};
	const char *path = c->trace->images[fact.image]->path;

	if (!path || strncmp(path, key->name, sizeof(key->name)))
		trace_sum_fact(c->trace, FACT_NAME, &fact, &sighting);
}

static void collect_exec_names(struct collection *c)
{
	int fd = bpf_map__fd(c->tracer->skel->maps.exec_names);
	struct exec_name key, *previous = NULL;
	struct tally tally;

	while (!bpf_map_get_next_key(fd, previous, &key)) {
		previous = &key;
		if (!bpf_map_lookup_elem(fd, &key, &tally))
			collect_exec_name(c, &key, &tally);
	}
}

/* Writes the detail of a fact about arguments. Returns its size. */
static size_t values_detail(const struct argument_key *key, struct call_id id,
			    uint8_t *detail)
{
	const struct argument_rule *rule = argument_rule_of(id);
	struct argument_value values[ARGUMENTS_MAX];
	size_t n = rule ? rule->n : 0;

	for (size_t i = 0; i < n; i++)
		values[i] = (struct argument_value){
			rule->arguments[i].index, rule->arguments[i].recorded,
			key->values[i]
		};
	argument_detail(values, n, detail);
	return n * ARGUMENT_DETAIL_SIZE;
}

static void collect_argument(struct collection *c,
			     const struct argument_key *key,
			     const struct tally *tally)
{
	struct fact fact = { .id = { row_arch(key->row), key->nr } };
	uint8_t detail[ARGUMENTS_MAX * ARGUMENT_DETAIL_SIZE];
	struct sighting sighting = sighting_of(c, key->image, tally, 0);

	if (key->what == ARGUMENT_NUMBER ||
	    (key->image & IMAGE_ID) == IMAGE_ARMED)
		return;
	fact.detail = detail;
	if (key->what == ARGUMENT_VALUES)
		fact.detail_size = values_detail(key, fact.id, detail);
	fact.image = trace_image(c, key->image);
	trace_sum_fact(c->trace, FACT_ARGUMENT, &fact, &sighting);
}

static void collect_arguments(struct collection *c)
{
	int fd = bpf_map__fd(c->tracer->skel->maps.arguments);
	struct argument_key key, *previous = NULL;
	struct tally tally;

	while (!bpf_map_get_next_key(fd, previous, &key)) {
		previous = &key;
		if (!bpf_map_lookup_elem(fd, &key, &tally))
			collect_argument(c, &key, &tally);
	}
}

/* Adds calls for which the task got a signal and survived it. */
static void collect_trapped(struct collection *c)
{
	int fd = bpf_map__fd(c->tracer->skel->maps.trapped);
	struct tally once = { .count = 1 };
	uint64_t address, *previous = NULL;
	struct rare_key key;

	once.first_ns = c->phases[0].start_ns;
	while (!bpf_map_get_next_key(fd, previous, &address)) {
		previous = &address;
		if (bpf_map_lookup_elem(fd, &address, &key))
			continue;
		key.flags = RARE_SKIPPED;
		collect_one(c, &key, &once);
	}
}

/*
 * Returns how often the kernel skipped the program because it was already
 * running on the CPU.
 */
static uint64_t program_misses(const struct bpf_program *program)
{
	struct bpf_prog_info info = { 0 };
	uint32_t size = sizeof(info);

	if (bpf_program__fd(program) < 0 ||
	    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size))
		return 0;
	return info.recursion_misses;
}

/*
 * Returns the number of forks that no program saw. If two programs see each
 * fork, a task is lost if the kernel skipped both, or skipped the second one
 * and the first one did not find the task.
 */
static uint64_t missed_forks(const struct tracer *t)
{
	const struct record *skel = t->skel;
	uint64_t second = program_misses(skel->progs.sched_process_fork) +
		program_misses(skel->progs.seeking_fork);
	uint64_t first = load_u64(&skel->bss->progress.unfound) +
		program_misses(skel->progs.task_newtask_classic) +
		program_misses(skel->progs.seeking_fork_classic);

	return skel->rodata->events_twice && first < second ? first : second;
}

static void collect_losses(const struct tracer *t, struct run *run)
{
	const struct progress *p = &t->skel->bss->progress;
	const struct record *skel = t->skel;
	uint64_t events = 0, details = p->lost_details;
	uint64_t results = p->lost_results + t->lost_files;

	for (size_t cpu = 0; t->log_ends && cpu < t->n_cpus; cpu++) {
		events += t->log_ends[cpu].lost;
		details += t->log_ends[cpu].lost_tasks;
		results += t->log_ends[cpu].lost_results;
	}

	run_lose(run, "call", p->lost_calls +
		 program_misses(skel->progs.sys_enter) +
		 program_misses(skel->progs.sys_enter_classic) +
		 program_misses(skel->progs.sys_exit) +
		 program_misses(skel->progs.sys_exit_classic) +
		 program_misses(skel->progs.emulate_vsyscall));
	run_lose(run, "task", p->lost_tasks + missed_forks(t) +
		 program_misses(skel->rodata->events_twice ?
				skel->progs.sched_process_exec_classic :
				skel->progs.sched_process_exec) +
		 program_misses(skel->progs.sched_process_exit) +
		 program_misses(skel->progs.sched_process_exit_classic) +
		 program_misses(skel->progs.seeking_exit) +
		 program_misses(skel->progs.seeking_exit_classic) +
		 program_misses(skel->progs.cgroup_attach_task));
	run_lose(run, "image", p->lost_images);
	run_lose(run, "detail", details);
	run_lose(run, "name", p->lost_exec_names);
	if (t->log_ends)
		run_lose(run, "event", events);
	if (t->results)
		run_lose(run, "result", results +
			 program_misses(skel->progs.note_results) +
			 program_misses(skel->progs.note_results_classic));
	if (t->privileges)
		run_lose(run, "privilege",
			 program_misses(skel->progs.cap_capable));
	run_lose(run, "record", 0);
}

/* Finds the image of the trace and the sighting for a fact about a name. */
static uint32_t place_name(void *collection, uint32_t image,
			   const struct tally *tally, struct sighting *sighting)
{
	*sighting = sighting_of(collection, image, tally, 0);
	return trace_image(collection, image);
}

static void collect_names(struct collection *c)
{
	struct tracer *t = c->tracer;
	uint64_t lost;

	if (!t->naming)
		return;
	lost = naming_collect(t->naming, t->skel, c->trace, place_name, c);
	run_lose(c->trace->runs[c->run], "path",
		 lost + program_misses(t->skel->progs.note_names) +
		 program_misses(t->skel->progs.note_names_classic) +
		 program_misses(t->skel->progs.note_execs) +
		 program_misses(t->skel->progs.note_operations));
}

static void collect_stack(void *collection, const struct argument_key *where,
			  uint64_t time_ns, uint8_t *answer, size_t size)
{
	struct collection *c = collection;
	const struct tally once = { 1, time_ns };
	struct sighting sighting = sighting_of(c, where->image, &once, 0);
	uint8_t values[ARGUMENTS_MAX * ARGUMENT_DETAIL_SIZE];
	static uint8_t detail[DETAIL_MAX];
	struct stack_frame frames[STACK_FRAMES_MAX];
	struct fact fact = {
		.id = { row_arch(where->row), where->nr },
		.image = trace_image(c, where->image),
		.detail = answer, .detail_size = size,
	};
	size_t n = stack_frames(&fact, frames);
	struct stack_writer to;

	stack_begin(&to, detail, values,
		    where->what ? values_detail(where, fact.id, values) : 0);
	for (size_t i = 0; i < n && stack_add(&to, &frames[i]); i++)
		;
	fact.detail = detail;
	fact.detail_size = to.size;
	trace_sum_fact(c->trace, FACT_STACK, &fact, &sighting);
}

static void collect_stacks(struct collection *c)
{
	if (!c->tracer->stacks)
		return;
	run_lose(c->trace->runs[c->run], "stack",
		 stacks_finish(c->tracer->stacks, collect_stack, c));
	if (stacks_gave_up(c->tracer->stacks))
		message_note("the process that unwinds stacks failed "
			     "three times and was not started again: a file "
			     "of the command may be made to crash it");
	run_lose(c->trace->runs[c->run], "mapping",
		 stacks_lost_mappings(c->tracer->stacks));
}

/* Adds the losses to each run, since the run that they belong to is unknown. */
static void share_losses(const struct collection *c)
{
	const struct run *first = c->trace->runs[c->run];

	for (size_t run = c->run + 1; run < c->trace->n_runs; run++)
		for (size_t i = 0; i < first->n_losses; i++)
			run_lose(c->trace->runs[run],
				 first->losses[i].kind,
				 first->losses[i].count);
}

void collect(struct tracer *t, struct splits_read *splits,
	     struct trace *trace, uint32_t run)
{
	struct collection c = {
		.tracer = t,
		.trace = trace,
		.run = run,
		.images = xcalloc(IMAGE_ID + 1, sizeof(*c.images)),
		.splits = splits,
		.runs = xcalloc(IMAGE_ID + 1, sizeof(*c.runs)),
	};

	c.n_phases = tracer_phases(t, c.phases);
	ring_buffer__consume(t->ring);
	if (t->n_targets && !t->stopped)
		tracer_pass(t);
	executables_take(t->executables, FILE_CHILD_MS);
	for (uint32_t id = 0; id < image_end(t) && id < t->n_table; id++)
		for (uint32_t phase = 0; phase < c.n_phases; phase++)
			collect_table(&c, phase, id);
	collect_rare(&c);
	collect_exec_names(&c);
	collect_arguments(&c);
	collect_trapped(&c);
	collect_losses(t, trace->runs[run]);
	collect_names(&c);
	collect_stacks(&c);
	share_losses(&c);
	free(c.images);
	free(c.runs);
}
