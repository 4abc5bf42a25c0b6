/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests that a recording gets an object that has all code which it needs, for
 * each kind of target, user and kernel with each option, and with all options.
 * The objects are opened, but not loaded.
 */
#include <stdio.h>
#include <string.h>

#include "../../sp-record/privilege.h"

static bool is_root;
#define privilege_is_unlimited() is_root
/* Reading this file would take most of the time. */
#define fopen(path, mode) \
	(strcmp(path, "/proc/kallsyms") ? fopen(path, mode) : NULL)

#include "../../sp-record/load.c"

static int failures;

enum target_kind { NO_TARGET, BY_PID, BY_CGROUP, BY_AWAITED, TARGET_KINDS };

static struct target target_of_kind(enum target_kind kind)
{
	static struct target_cgroup awaited;
	static char cgroup[] = "/a";
	static pid_t pid = 1;
	struct target t = { .how = "unit", .name = "a" };

	if (kind == BY_PID)
		t = (struct target){ .pids = &pid, .n_pids = 1, .how = "pid" };
	else if (kind == BY_CGROUP)
		t.cgroup = cgroup;
	else
		t.awaited = &awaited, t.n_awaited = 1;
	return t;
}

enum { OPTIONS = 12 };

/* Turns on an option. Some of them need others, as in options.c. */
static void turn_on(struct tracer_options *o, int option)
{
	static char name[] = "m";

	switch (option) {
	case 0: o->no_follow = true; break;
	case 1: o->from_exec = true; break;
	case 2: o->log_events = 1024; break;
	case 3: o->log_events = 1024; o->exact_times = true; break;
	case 4: o->log_events = 1024; o->results = true; break;
	case 5: o->paths = true; break;
	case 6: o->privileges = true; break;
	case 7: o->stacks = true; break;
	case 8: o->marks.n = 1; o->marks.at[0] = (struct mark){
			.name = name, .comm = "m" }; break;
	case 9: o->split.how = SPLIT_BY_CHILDREN; break;
	case 10: o->split.how = SPLIT_BY_EXEC; o->split.pattern = "a*"; break;
	case 11: o->split.how = SPLIT_BY_MARK; break;
	}
}

static bool is_in(const struct bpf_object *object, const char *variable)
{
	return btf__find_by_name_kind(bpf_object__btf(object), variable,
				      BTF_KIND_VAR) > 0;
}

static void fail(const char *what, const char *name, const char *text)
{
	printf("%s: %s %s\n", text, name, what);
	failures++;
}

/* The programs that this object lacks have only two instructions. */
static void check_programs(const struct tracer *t, const char *text)
{
	struct bpf_program *program;

	/* cppcheck-suppress unknownMacro */
	bpf_object__for_each_program(program, t->skel->obj)
		if (bpf_program__autoload(program) &&
		    bpf_program__insn_cnt(program) < 4)
			fail("is empty", bpf_program__name(program), text);
}

/* A setting that is a constant in the object must have that value. */
static void check_settings(const struct tracer *t, const char *text)
{
#define CHECK(type, name, plain) \
	if (is_in(t->skel->obj, "plain_" #name) ? \
	    t->skel->rodata->name != (plain) : !is_in(t->skel->obj, #name)) \
		fail("is constant", #name, text);
	ALL_SETTINGS(CHECK)
}

/* Programs that are chosen after the object was opened. */
static void check_later(const struct tracer *t,
			const struct tracer_options *o, const char *text)
{
	struct record *skel = t->skel;
	const struct bpf_program *const programs[] = {
		skel->progs.confirm_entry, skel->progs.confirm_rename,
		skel->progs.confirm_link, skel->progs.confirm_object,
	};

	for (size_t i = 0; o->paths && i < sizeof(programs) / sizeof(*programs);
	     i++)
		if (bpf_program__insn_cnt(programs[i]) < 4)
			fail("is empty", bpf_program__name(programs[i]), text);
}

static void check(const struct tracer_options *o, bool classic,
		  const struct object_bytes *older, const char *text)
{
	struct tracer t = {
		.classic = classic, .older = *older,
		.targets = o->targets, .n_targets = o->n_targets,
	};

	t.skel = open_skeleton(kind_of(&t, o), older, -1);
	if (!t.skel) {
		fail("cannot be opened", "the object", text);
		return;
	}
	set_up(&t, o);
	check_programs(&t, text);
	check_settings(&t, text);
	check_later(&t, o, text);
	record__destroy(t.skel);
}

/* `option` OPTIONS: none; OPTIONS + 1: all that can be combined. */
static void check_option(int option, enum target_kind kind, bool classic,
			 const struct object_bytes *older)
{
	struct target target = target_of_kind(kind);
	struct tracer_options o = {
		.targets = kind ? &target : NULL, .n_targets = !!kind,
	};
	char text[96];

	for (int i = 0; i < OPTIONS; i++)
		if (i == option || option > OPTIONS)
			turn_on(&o, i);
	snprintf(text, sizeof(text), "option %d, target %d, %s events, %s%s",
		 option, kind, classic ? "trace" : "raw",
		 is_root ? "root" : "a user", older->data ? ", older" : "");
	check(&o, classic, older, text);
}

static void check_all(const struct object_bytes *older)
{
	for (int option = 0; option <= OPTIONS + 1; option++)
		for (int kind = 0; kind < TARGET_KINDS; kind++)
			for (int bits = 0; bits < 4; bits++) {
				is_root = bits & 1;
				check_option(option, kind, bits & 2, older);
			}
}

/* Without this, the complete object for all recordings would pass. */
static void check_kinds(void)
{
	struct tracer_options command = { 0 }, attaching = { .n_targets = 1 };
	struct tracer raw = { 0 }, classic = { .classic = true };

	is_root = true;
	if (kind_of(&raw, &command) != OBJECT_COMMAND ||
	    kind_of(&classic, &command) != OBJECT_PLAIN ||
	    kind_of(&raw, &attaching) != OBJECT_PLAIN)
		fail("is too large", "the object", "without options");
}

int main(void)
{
	struct object_bytes older = { 0 };

	check_all(&older);
	check_kinds();
#if defined(__x86_64__)
	older.data = older_object(&older.size);
	check_all(&older);
	free(older.data);
#endif
	return failures != 0;
}
