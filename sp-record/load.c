/* SPDX-License-Identifier: Apache-2.0 */
#include "load.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "btf.h"
#include "kernel/signature.h"
#include "machine.h"
#include "older.h"
#include "object.h"
#include "privilege.h"
#include "process/capability.h"
#include "rows.h"
#include "side-by-side.h"
#include "settings.h"
#include "stacks.h"
#include "tracer-private.h"

/* the largest limit on 64-bit machines: linux/threads.h */
enum { PID_MAX_LIMIT = 4 << 20 };

/*
 * A PID namespace can have a lower limit, but our table is for ids of the
 * initial one.
 */
static size_t pid_max(void)
{
	FILE *file = machine_sees_pids() ?
		fopen("/proc/sys/kernel/pid_max", "re") : NULL;
	unsigned long value = 0;

	if (file) {
		if (fscanf(file, "%lu", &value) != 1)
			value = 0;
		fclose(file);
	}
	return value && value < PID_MAX_LIMIT ? value : PID_MAX_LIMIT;
}

/*
 * The size is a power of two. Events are rare: there must be room for those
 * that come while the recorder sleeps.
 */
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

/*
 * Returns the size of tables that only hold few tasks at a time, since each
 * bucket takes memory.
 */
static size_t one_a_task(const struct tracer *t)
{
	return t->n_tasks < 4096 ? t->n_tasks : 4096;
}

/*
 * The counts of an image take 16 KiB for each group of CPUs. With --split, each
 * program in each run is an image. Images for which the table has no room are
 * counted in `rare`, which is slower.
 */
static void size_table(struct tracer *t)
{
	enum { IMAGES_MIN = 32 };
	const size_t elements = t->split ? 4096 : 128;

	t->n_groups = 1;
	while (t->n_groups < t->n_cpus && t->n_groups < GROUPS_MAX)
		t->n_groups *= 2;
	t->n_table = elements / t->n_groups;
	if (t->n_table < IMAGES_MIN)
		t->n_table = IMAGES_MIN;
	bpf_map__set_max_entries(t->skel->maps.table, t->n_table *
				 t->n_groups * t->n_phases);
	t->skel->rodata->table_images = t->n_table;
	t->skel->rodata->groups_mask = t->n_groups - 1;
}

/* Returns the shortest time that a call takes here, of a few measurements. */
static uint64_t call_ns(void)
{
	enum { TIMES = 8, CALLS = 16 };
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < TIMES; i++) {
		uint64_t start = now_ns(), took;

		for (int k = 0; k < CALLS; k++)
			syscall(SYS_getppid);
		took = now_ns() - start;
		if (took < least)
			least = took;
	}
	return least / CALLS;
}

/*
 * On slow machines a call takes 1.1 us, and 2 us with the log. A fixed limit of
 * RUSH_NS would exclude all calls there, although reading the clock is slow,
 * too.
 */
static uint32_t rush_ns(void)
{
	uint64_t ns = 4 * call_ns();

	return ns < RUSH_NS ? RUSH_NS : ns > RUSH_NS_MAX ? RUSH_NS_MAX : ns;
}

/* The requested size, but at most a limit for all CPUs together. */
static void size_log(struct tracer *t, size_t events)
{
	enum { TOTAL_MAX = 512 << 20 };		/* bytes */

	if (!events)
		return;
	t->log_size = LOG_SIZE_MIN;
	while (t->log_size < events && 2 * t->log_size * t->n_cpus *
	       sizeof(struct log_entry) <= TOTAL_MAX)
		t->log_size *= 2;
	bpf_map__set_max_entries(t->skel->maps.call_log, t->log_size * t->n_cpus);
	bpf_map__set_max_entries(t->skel->maps.log_ends, t->n_cpus);
	t->skel->rodata->rush_ns = rush_ns();
	t->skel->rodata->log_size = t->log_size;
}

static void set_files(void *skeleton, uint32_t row, uint32_t at,
		      struct call_id id)
{
	struct record *skel = skeleton;
	const struct signature *s = signature_of(id);
	unsigned int bits = s && s->result == SIGNATURE_DESCRIPTOR ?
		FILE_RESULT : 0, shift = 0;

	for (unsigned int i = 0; s && i < s->n; i++)
		if (s->kinds[i] == SIGNATURE_DESCRIPTOR && shift < 6) {
			bits |= (i + 1) << shift;
			shift += FILE_SECOND_SHIFT;
		}
	skel->rodata->file_args[row][at] = bits;
}

/* Sets the sizes for --results, and for the files of descriptors. */
static void size_results(struct tracer *t, bool paths)
{
	enum { CALLS_MAX = 65536, RING_SIZE = 8 << 20 };
	struct record *skel = t->skel;
	const char *name;

	bpf_map__set_autocreate(skel->maps.entered_calls, t->results);
	bpf_map__set_autocreate(skel->maps.file_numbers, t->results);
	/* send_file() for older kernels needs these: see OLDER_CHECKED_ONCE */
	bpf_map__set_autocreate(skel->maps.file_ring,
				t->results || t->older.data);
	bpf_map__set_autocreate(skel->maps.new_file,
				t->results || t->older.data);
	if (!t->results)
		return;
	bpf_map__set_max_entries(skel->maps.entered_calls,
				 t->n_tasks < CALLS_MAX ? t->n_tasks :
				 CALLS_MAX);
	bpf_map__set_max_entries(skel->maps.file_ring, RING_SIZE);
	for (size_t i = 0; paths && (name = signature_call_at(i)); i++)
		for_each_number(name, set_files, skel);
}

static void size_maps(struct tracer *t)
{
	struct record *skel = t->skel;
	size_t n_pids = 0;

	for (size_t i = 0; i < t->n_targets; i++)
		n_pids += t->targets[i].n_pids;
	t->n_tasks = pid_max();
	bpf_map__set_max_entries(skel->maps.tasks, t->n_tasks);
	bpf_map__set_max_entries(skel->maps.execs, one_a_task(t));
	bpf_map__set_max_entries(skel->maps.trapped, one_a_task(t));
	bpf_map__set_max_entries(skel->maps.ring, ring_size());
	bpf_map__set_max_entries(skel->maps.wanted, n_pids + t->n_targets + 1);
	if (t->n_targets)
		bpf_map__set_max_entries(skel->maps.parts, PARTS_MAX);
}

static void set_write(void *skeleton, uint32_t row, uint32_t at,
		      struct call_id id)
{
	struct record *skel = skeleton;

	(void)id;
	skel->rodata->traits[row][at] |= TRAIT_MARK;
}

_Static_assert((int)SPLIT_BY_CHILDREN == (int)SPLIT_CHILDREN &&
	       (int)SPLIT_BY_EXEC == (int)SPLIT_EXEC &&
	       (int)SPLIT_BY_MARK == (int)SPLIT_MARK, "kinds");
_Static_assert((int)SPLIT_PATTERN_MAX < (int)SPLIT_PATTERN, "with its NUL");

/*
 * Sets the sizes of the data that each run has. Empty tables only take memory
 * for buckets.
 */
static void set_split(struct tracer *t, const struct split *split)
{
	enum { IMAGES = 2 << 16, RARE = 1 << 20, ARGUMENTS = 1 << 18 };
	struct record *skel = t->skel;

	if (!split->how)
		return;
	bpf_map__set_max_entries(skel->maps.images, IMAGES);
	bpf_map__set_max_entries(skel->maps.rare, RARE);
	bpf_map__set_max_entries(skel->maps.arguments, ARGUMENTS);
	bpf_map__set_max_entries(skel->maps.split_runs, SPLIT_REST + 1);
	bpf_map__set_max_entries(skel->maps.split_images, IMAGE_ID + 1);
	if (split->how == SPLIT_BY_MARK)
		for_each_number("write", set_write, skel);
	if (split->how != SPLIT_BY_EXEC)
		return;
	memcpy((char *)skel->rodata->split_pattern, split->pattern,
	       strlen(split->pattern));
	skel->rodata->split_by_path = strchr(split->pattern, '/');
}

static void set_rule(struct argument_rule_bits *bits,
		     const struct argument_rule *rule)
{
	for (size_t i = 0; i < 3; i++) {
		bool used = i < rule->n;

		bits->index[i] = used ? rule->arguments[i].index : 0;
		bits->masks[i] = used ? rule->arguments[i].recorded : 0;
	}
}

/* A call that makes a mark. */
struct mark_setting {
	struct record *skel;
	size_t mark;
};

static void set_mark(void *setting, uint32_t row, uint32_t at,
		     struct call_id id)
{
	const struct mark_setting *s = setting;

	(void)id;
	s->skel->rodata->traits[row][at] |= TRAIT_MARK;
	s->skel->rodata->mark_calls[row][at] = s->mark + 1;
}

static void set_marks(struct record *skel, const struct marks *marks)
{
	struct mark_setting s = { .skel = skel };
	bool named = false;

	for (size_t i = 0; i < marks->n; i++) {
		struct mark_name *name =
			(struct mark_name *)&skel->rodata->mark_names[i];
		const struct mark *mark = &marks->at[i];

		s.mark = i;
		if (mark->call)
			for_each_number(mark->call, set_mark, &s);
		if (mark->comm)
			memcpy(name->comm, mark->comm, strlen(mark->comm));
		named |= mark->comm != NULL;
	}
	bpf_program__set_autoload(skel->progs.task_rename, named);
}

struct trait_setting {
	struct record *skel;
	/* NULL: the call has another trait */
	const struct argument_rule *rule;
	uint16_t trait;
};

static void set_trait(void *setting, uint32_t row, uint32_t at,
		      struct call_id id)
{
	const struct trait_setting *s = setting;

	if (!s->rule || argument_rule_of(id) == s->rule)
		s->skel->rodata->traits[row][at] |= s->trait;
}

static void set_execve(void *skeleton, uint32_t row, uint32_t at,
		       struct call_id id)
{
	struct record *skel = skeleton;

	/* an x32 number does not count here */
	if (row == ROW_NATIVE && (uint32_t)id.nr == at)
		skel->rodata->execve_nr = id.nr;
}

/*
 * Sets the traits of calls, starting from names. Looking up the names of all
 * numbers would take longer than all other work.
 */
static void set_traits(struct record *skel)
{
	static const struct {
		const char *name;
		uint16_t trait;
	} others[] = {
		{ "execve", TRAIT_EXEC }, { "execveat", TRAIT_EXEC },
		{ "fork", TRAIT_FORK }, { "vfork", TRAIT_FORK },
		{ "clone", TRAIT_FORK }, { "clone3", TRAIT_FORK },
		{ "seccomp", TRAIT_FILTER },
		{ "prctl", TRAIT_FILTER | TRAIT_PRCTL },
	};
	struct trait_setting s = { .skel = skel };

	for (size_t i = 0; (s.rule = argument_rule_at(i)); i++) {
		if (!s.rule->group && !skel->rodata->privileges)
			continue;
		s.trait = i + 1;
		set_rule(&skel->rodata->argument_rules[i + 1], s.rule);
		for_each_number(s.rule->call, set_trait, &s);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		s.trait = others[i].trait;
		for_each_number(others[i].name, set_trait, &s);
	}
	for_each_number("execve", set_execve, skel);
}

/* Whether a cgroup that is created later can belong to a target. */
static bool awaits_cgroups(const struct tracer *t)
{
	for (size_t i = 0; i < t->n_targets; i++)
		if (t->targets[i].n_awaited)
			return true;
	return false;
}

/* Does not create maps that the programs of this recording do not use. */
static void choose_maps(const struct tracer *t)
{
	const struct record *skel = t->skel;
	const bool by_cgroup = skel->rodata->by_cgroup;
	const struct {
		struct bpf_map *map;
		bool needed;
	} choices[] = {
		{ skel->maps.call_log, t->log_size },
		{ skel->maps.log_ends, t->log_size },
		{ skel->maps.split_runs, t->split },
		{ skel->maps.blank_run, t->split },
		{ skel->maps.split_images, t->split },
		{ skel->maps.wanted, t->n_targets },
		{ skel->maps.cgroups, by_cgroup },
		{ skel->maps.awaited, by_cgroup },
		{ skel->maps.parts, by_cgroup },
		{ skel->maps.given_mounts, by_cgroup },
	};

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		bpf_map__set_autocreate(choices[i].map, choices[i].needed);
}

/* Some programs of the kernel side are for commands, some for attaching. */
static void choose_programs(const struct tracer *t, bool paths)
{
	const bool attaching = t->n_targets, classic = t->classic;
	struct record *skel = t->skel;
	const struct {
		struct bpf_program *program;
		bool needed;
	} choices[] = {
		{ skel->progs.sys_enter, !classic },
		{ skel->progs.sys_enter_classic, classic },
		{ skel->progs.sys_exit, !classic },
		{ skel->progs.sys_exit_classic, classic },
		{ skel->progs.arm, !attaching },
		{ skel->progs.tell_time, machine_has_own_clock() },
		{ skel->progs.sched_process_exec_classic, classic },
		{ skel->progs.sched_process_fork, !attaching },
		{ skel->progs.task_newtask_classic, !attaching && classic },
		{ skel->progs.sched_process_exit, !attaching && !classic },
		{ skel->progs.sched_process_exit_classic,
		  !attaching && classic },
		{ skel->progs.seek, attaching },
		{ skel->progs.seeking_fork, attaching },
		{ skel->progs.seeking_fork_classic, attaching && classic },
		{ skel->progs.seeking_exit, attaching && !classic },
		{ skel->progs.seeking_exit_classic, attaching && classic },
		{ skel->progs.cgroup_attach_task, skel->rodata->by_cgroup },
		{ skel->progs.cgroup_mkdir, awaits_cgroups(t) },
		{ skel->progs.cgroup_rmdir, skel->rodata->by_cgroup },
		{ skel->progs.note_names, paths && !classic },
		{ skel->progs.note_names_classic, paths && classic },
		{ skel->progs.note_results, skel->rodata->results && !classic },
		{ skel->progs.note_results_classic,
		  skel->rodata->results && classic },
		{ skel->progs.note_execs, paths },
		{ skel->progs.note_operations, paths && !t->older.data },
		{ skel->progs.cap_capable, skel->rodata->privileges },
		{ skel->progs.find_mark_file,
		  skel->rodata->split_by == SPLIT_MARK },
	};
	/*
	 * Programs that are attached later or in another way, or only if the
	 * kernel has what they need.
	 */
	struct bpf_program *const by_hand[] = {
		skel->progs.arm, skel->progs.tell_time, skel->progs.seek,
		skel->progs.find_mark_file,
		skel->progs.sys_exit,
		skel->progs.sys_exit_classic,
		skel->progs.seeking_fork, skel->progs.seeking_exit,
		skel->progs.emulate_vsyscall, skel->progs.io_uring_submit,
		skel->progs.note_names, skel->progs.note_names_classic,
		skel->progs.note_results, skel->progs.note_results_classic,
		skel->progs.note_execs,
		skel->progs.note_operations, skel->progs.task_rename,
		skel->progs.cap_capable,
	};

	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
		bpf_program__set_autoload(choices[i].program,
					  choices[i].needed);
	for (size_t i = 0; i < sizeof(by_hand) / sizeof(by_hand[0]); i++)
		bpf_program__set_autoattach(by_hand[i], false);
}

#define MEMBER(type, name, plain) type name;
struct settings {
	ALL_SETTINGS(MEMBER)
};

static struct settings settings_of(const struct tracer *t,
				   const struct tracer_options *o)
{
	return (struct settings){
		.every = o->log_events,
		.exact_times = o->exact_times || o->results,
		.results = o->results,
		.numbers_files = o->results && o->paths,
		.privileges = o->privileges,
		.n_phases = o->marks.n + 1,
		.split_by = o->split.how,
		.with_stacks = o->stacks,
		.no_follow = o->no_follow,
		.attaching = o->n_targets,
		.limited = !privilege_is_unlimited(),
		.events_twice = t->classic,
	};
}

/* Chooses the smallest object that can make the recording. */
static enum object_kind kind_of(const struct tracer *t,
				const struct tracer_options *o)
{
	const struct settings s = settings_of(t, o);

#define AND_PLAIN(type, name, plain) && s.name == (plain)
	if (o->paths || !(true SETTINGS(AND_PLAIN)))
		return OBJECT_COMPLETE;
	return true COMMAND_SETTINGS(AND_PLAIN) ? OBJECT_COMMAND : OBJECT_PLAIN;
}

static void set_settings(const struct tracer *t, const struct tracer_options *o)
{
	const struct settings s = settings_of(t, o);

#define SET(type, name, plain) t->skel->rodata->name = s.name;
	ALL_SETTINGS(SET)
}

/*
 * Opens the skeleton with an excerpt of the kernel's types in the file `fd`.
 * The file is written later, and libbpf reads it when the programs are loaded.
 */
static struct record *open_skeleton(enum object_kind kind,
				    const struct object_bytes *older, int fd)
{
	char path[32];
	struct bpf_object_open_opts options = {
		.sz = sizeof(options), .btf_custom_path = path,
	};

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return object_open(kind, older, fd < 0 ? NULL : &options);
}

/* The data with which programs of the section iter/task are loaded. */
struct iterators {
	struct btf_ids ids;
	struct side_by_side *threads;	/* NULL: libbpf loads them */
};

/*
 * libbpf calls this before it loads a program of the section iter/task. It sets
 * the function to attach to; libbpf would read all of the kernel's BTF to find
 * it.
 */
static int attach_to_iterator(struct bpf_program *program,
			      struct bpf_prog_load_opts *options, long cookie)
{
	const struct iterators *i = (const void *)cookie;
	int error, id = i->ids.bpf_iter_task ? (int)i->ids.bpf_iter_task :
		libbpf_find_vmlinux_btf_id("task", BPF_TRACE_ITER);

	if (id < 0)
		return id;
	options->attach_btf_id = id;
	options->expected_attach_type = BPF_TRACE_ITER;
	error = bpf_program__set_type(program, BPF_PROG_TYPE_TRACING);
	return error ? error : side_by_side_take(i->threads, program, options);
}

/*
 * Gives the program, until it is loaded, a type for which libbpf does not need
 * the kernel's BTF. Returns the handler's number, or a negative error.
 */
static int handle_iterators(const struct iterators *iterators)
{
	const struct libbpf_prog_handler_opts options = {
		.sz = sizeof(options),
		.cookie = (long)iterators,
		.prog_prepare_load_fn = attach_to_iterator,
	};

	return libbpf_register_prog_handler("iter/task",
					    BPF_PROG_TYPE_RAW_TRACEPOINT, 0,
					    &options);
}

/* Replaces CAST_PLACEHOLDER by the kernel's function. */
static int put_casts(struct bpf_program *program, const struct btf_ids *ids)
{
	size_t n = bpf_program__insn_cnt(program);
	struct bpf_insn *insns = xcalloc(n, sizeof(*insns));
	int error;

	memcpy(insns, bpf_program__insns(program), n * sizeof(*insns));
	for (size_t i = 0; i < n; i++)
		if (insns[i].code == (BPF_JMP | BPF_CALL) &&
		    !insns[i].src_reg && insns[i].imm == CAST_PLACEHOLDER) {
			insns[i].src_reg = BPF_PSEUDO_KFUNC_CALL;
			insns[i].imm = ids->bpf_rdonly_cast;
		}
	error = bpf_program__set_insns(program, insns, n);
	free(insns);
	return error;
}

static int use_casts(struct record *skel, const struct btf_ids *ids)
{
	struct bpf_program *const programs[] = {
		skel->progs.sys_enter, skel->progs.sys_enter_classic,
		skel->progs.note_names, skel->progs.note_names_classic,
		skel->progs.note_execs, skel->progs.note_operations,
	};
	int error = 0;

	if (!ids->bpf_rdonly_cast || !ids->task_struct || !ids->pt_regs)
		return 0;
	skel->rodata->task_struct_id = ids->task_struct;
	skel->rodata->pt_regs_id = ids->pt_regs;
	skel->rodata->file_id = ids->file;
	skel->rodata->dentry_id = ids->dentry;
	for (size_t i = 0; !error && i < sizeof(programs) / sizeof(*programs);
	     i++)
		error = put_casts(programs[i], ids);
	return error;
}

/* For users without root's rights: see struct viewer. */
static void set_viewer(struct record *skel)
{
	skel->rodata->viewer.caps = capability_effective();
	skel->rodata->viewer.uid = geteuid();
	skel->rodata->viewer.gid = getegid();
}

/*
 * Finds the address of a kernel function in /proc/kallsyms, which is sorted by
 * address. Its end stays 0 if addresses are hidden.
 */
static void find_code(const char *line, const char *function,
		      struct code_range *range)
{
	unsigned long long address;
	char name[64];

	if (sscanf(line, "%llx %*c %63s", &address, name) != 2)
		return;
	if (!range->start && !strcmp(name, function))
		range->start = address;
	else if (range->start && !range->end && address > range->start)
		range->end = address;
}

static void find_for_memory(struct code_range ranges[FOR_MEMORY])
{
	static const char *const functions[FOR_MEMORY] = {
		"security_vm_enough_memory_mm", "cap_vm_enough_memory",
	};
	FILE *file = fopen("/proc/kallsyms", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file))
		for (size_t i = 0; i < FOR_MEMORY; i++)
			find_code(line, functions[i], &ranges[i]);
	if (file)
		fclose(file);
}

static void set_privileges(struct tracer *t, bool privileges)
{
	t->privileges = privileges;
	if (privileges)
		find_for_memory((struct code_range *)
				t->skel->rodata->for_memory);
}

_Static_assert((int)TARGETS_MAX <= (int)SCOPES_MAX, "a scope for each target");

static void set_targets(const struct tracer *t,
			const struct tracer_options *options)
{
	struct record *skel = t->skel;

	skel->rodata->from_exec = options->from_exec;
	for (size_t i = 0; i < t->n_targets; i++) {
		const struct target *target = &t->targets[i];

		skel->rodata->by_cgroup |= target->cgroup || target->n_awaited;
		skel->rodata->arm_joining[i] = options->from_exec ||
			target_has_manager(target);
	}
}

/*
 * Makes the kernel allocate the memory of all maps when they are created. The
 * largest ones then have room for fewer elements.
 */
static void allocate_ahead(struct record *skel)
{
	enum { PATHS = 4096, RARE = 1 << 18 };
	struct bpf_map *map;

	/* cppcheck-suppress unknownMacro */
	bpf_object__for_each_map(map, skel->obj)
		bpf_map__set_map_flags(map, bpf_map__map_flags(map) &
				       ~BPF_F_NO_PREALLOC);
	bpf_map__set_max_entries(skel->maps.paths, PATHS);
	if (bpf_map__max_entries(skel->maps.rare) > RARE)
		bpf_map__set_max_entries(skel->maps.rare, RARE);
}

/* Sets everything that cannot change once the programs are loaded. */
static void set_up(struct tracer *t, const struct tracer_options *options)
{
	struct record *skel = t->skel;

	set_settings(t, options);
	t->n_cpus = libbpf_num_possible_cpus();
	t->n_phases = options->marks.n + 1;
	t->split = options->split.how;
	bpf_map__set_autocreate(skel->maps.locked_words, t->older.data);
	bpf_map__set_autocreate(skel->maps.walks, t->older.data);
	size_maps(t);
	size_table(t);
	t->results = options->results;
	size_log(t, options->log_events);
	size_results(t, options->paths);
	skel->rodata->own_counts = t->n_cpus <= t->n_groups &&
		!machine_can_preempt();
	set_privileges(t, options->privileges);
	stacks_prepare(skel, options->stacks);
	set_traits(skel);
	set_marks(skel, &options->marks);
	set_split(t, &options->split);
	set_targets(t, options);
	set_viewer(skel);
	naming_prepare(skel, options->paths);
	confirm_prepare(skel, &(struct btf_ids){ 0 }, false);
	choose_maps(t);
	choose_programs(t, options->paths);
	if (older_warns_of_allocation())
		allocate_ahead(skel);
}

/*
 * Does work that libbpf would do later; if something fails here, libbpf tries
 * it again.
 */
static void create_map(void *argument)
{
	struct bpf_map *map = argument;
	const struct bpf_map_create_opts options = {
		.sz = sizeof(options), .map_flags = bpf_map__map_flags(map),
	};
	int fd = bpf_map_create(bpf_map__type(map), bpf_map__name(map),
				bpf_map__key_size(map),
				bpf_map__value_size(map),
				bpf_map__max_entries(map), &options);

	if (fd < 0)
		return;
	bpf_map__reuse_fd(map, fd);
	close(fd);
}

/*
 * Of the maps with variables, `bss` is also created here: libbpf would copy its
 * 130 KB of zeros.
 */
static void create_maps(struct side_by_side *threads, const struct record *skel)
{
	struct bpf_map *map;

	/* cppcheck-suppress unknownMacro */
	bpf_object__for_each_map(map, skel->obj)
		if (bpf_map__autocreate(map) &&
		    (!bpf_map__is_internal(map) || map == skel->maps.bss))
			side_by_side_do(threads, create_map, map);
}

/*
 * Since version 1.5, libbpf does not map the variables of a map that it did not
 * create.
 */
static int map_variables(struct record *skel)
{
	return mmap(skel->bss, sizeof(*skel->bss), PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_FIXED, bpf_map__fd(skel->maps.bss), 0) ==
		MAP_FAILED ? -errno : 0;
}

/* The excerpt of the kernel's types that our programs need. */
struct types {
	struct btf_wishes wishes;
	sem_t opened;
	const struct bpf_object *object;	/* NULL: cannot be opened */
	int fd;
	struct btf_ids *ids;
	bool complete;
};

/* Reads the kernel's types while the object is opened, and then goes on. */
static void excerpt_types(void *types)
{
	struct types *t = types;
	struct kernel_btf *kernel = btf_read(&t->wishes);

	while (sem_wait(&t->opened) && errno == EINTR)
		;
	t->complete = kernel && t->object &&
		btf_write_excerpt(kernel, bpf_object__btf(t->object), t->fd,
				  t->ids);
	btf_free(kernel);
}

/* Opens the object, whose maps are created as soon as it is open. */
static int open_object(struct tracer *t, const struct tracer_options *options,
		       int types_fd, struct side_by_side *threads)
{
	t->skel = open_skeleton(kind_of(t, options), &t->older, types_fd);
	if (!t->skel)
		return -errno;
	set_up(t, options);
	create_maps(threads, t->skel);
	return 0;
}

/*
 * Whether the program for sys_exit can be loaded later. Attaching needs it at
 * once. Linux 5.10 counts programs as locked memory, whose limit is raised only
 * now.
 */
static bool can_put_off(const struct tracer *t)
{
	return !t->n_targets && !t->older.data;
}

/* Opens the object. A thread reads the kernel's types meanwhile. */
static int open_with_types(struct tracer *t,
			   const struct tracer_options *options, int types_fd,
			   struct iterators *iterators)
{
	struct types types = {
		.wishes = { options->n_targets, options->paths },
		.fd = types_fd,
		.ids = &iterators->ids,
	};
	int error;

	sem_init(&types.opened, 0, 0);
	if (iterators->threads)
		side_by_side_do(iterators->threads, excerpt_types, &types);
	error = open_object(t, options, types_fd, iterators->threads);
	types.object = error ? NULL : t->skel->obj;
	sem_post(&types.opened);
	if (!iterators->threads)
		excerpt_types(&types);
	side_by_side_wait(iterators->threads);
	sem_destroy(&types.opened);
	if (error || types.complete)
		return error;
	record__destroy(t->skel);	/* libbpf reads all types */
	return open_object(t, options, -1, NULL);
}

/* Gets everything ready for loading. */
static int prepare(struct tracer *t, const struct tracer_options *options,
		   int types_fd, struct iterators *iterators)
{
	int error = open_with_types(t, options, types_fd, iterators);

	if (error)
		return error;
	confirm_prepare(t->skel, &iterators->ids,
			options->paths && !t->unconfirmed);
	if (can_put_off(t))
		side_by_side_put_off(iterators->threads, t->classic ?
				     t->skel->progs.sys_exit_classic :
				     t->skel->progs.sys_exit);
	return use_casts(t->skel, &iterators->ids);
}

static int load_by(struct tracer *t, const struct tracer_options *options,
		   struct iterators *iterators)
{
	int types_fd = memfd_create("btf", MFD_CLOEXEC);
	int handler = handle_iterators(iterators);
	int error = prepare(t, options, types_fd, iterators);

	if (!error)
		error = record__load(t->skel);
	if (!error)
		error = map_variables(t->skel);
	if (handler >= 0)
		libbpf_unregister_prog_handler(handler);
	if (types_fd >= 0)
		close(types_fd);
	return error;
}

/*
 * libbpf 1.1 frees its list of handlers when the last handler is removed, and
 * frees it again when another handler is added. This handler is never removed,
 * so that the list does not become empty.
 */
static void keep_handlers(void)
{
	libbpf_register_prog_handler("none/", BPF_PROG_TYPE_UNSPEC, 0, NULL);
}

static int load_object(struct tracer *t, const struct tracer_options *options)
{
	struct iterators iterators = { 0 };
	int error, failed;

	keep_handlers();
	iterators.threads = side_by_side_new();
	t->targets = options->targets;
	t->n_targets = options->n_targets;
	error = load_by(t, options, &iterators);
	failed = side_by_side_finish(iterators.threads);
	t->late = iterators.threads;
	if (!error && failed) {
		/* libbpf gets the verifier's log. */
		record__destroy(t->skel);
		side_by_side_free(t->late);
		t->late = NULL;
		iterators.threads = NULL;
		error = load_by(t, options, &iterators);
	}
	if (!error && options->paths)
		t->confirming = confirm_attach(t->skel, &iterators.ids);
	return error;
}

/* Loads the object that this kernel needs. */
static int load_one(struct tracer *t, const struct tracer_options *options)
{
	if (older_is_needed(options->paths)) {
		t->older.data = older_object(&t->older.size);
		if (!t->older.data)
			return -EINVAL;
		older_raise_limit();
	}
	return load_object(t, options);
}

/*
 * libbpf also raises the limit of locked memory if the kernel refuses its first
 * trial program, as old kernels do. The command must not inherit the raised
 * limit.
 */
int load(struct tracer *t, const struct tracer_options *options)
{
	struct rlimit limit = older_limit();
	int error = load_one(t, options);

	older_restore_limit(&limit);
	return error;
}
