/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads logs of strace(1). A name means a call of the mode in which its process
 * runs. strace prints the mode only if it is not the expected one. It expects
 * the native mode for a process that it starts. For others, it expects the mode
 * of the process that it handled last. A child begins in its parent's mode,
 * whatever strace prints. The child's first lines can come before the end of
 * the parent's call, which shows the child's pid. So the names of a process are
 * counted separately until its mode is known.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "strace-line.h"
#include "text-input.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>
#include <utlist.h>

/* Counts of calls in one mode, which may still be unknown. */
struct group {
	const struct arch *arch;	/* NULL: still unknown */
	/* the group to which this group was joined */
	struct group *same;
	struct column calls;
	/* For messages: the process that made the calls. */
	uint32_t pid;
};

struct process {
	UT_hash_handle hh;
	/* links of the list `alive` */
	struct process *prev, *next;
	uint32_t pid;			/* 0: the log has no pids */
	/* the groups of its first calls, and of its next calls */
	struct group *first, *group;
	/* The number of the name of a call without a result. -1: none. */
	int pending;
	/* whether `first` is its parent's group */
	bool has_parent;
	bool seen;			/* whether the log has its lines */
	bool ended;
	bool watched;			/* whether strace still watches it */
};

enum { MODES = 3, UNKNOWN_MAX = 1 << 16 };

struct log {
	struct tally tally;
	struct process *processes;
	/* whether processes in the log started others */
	bool has_children;
	bool unfollowed;	/* whether the log has no lines of children */
	/* list of processes that have not ended */
	struct process *alive;
	/* the process of lines without a pid */
	struct process *unnamed;
	struct group known[MODES];
	/* all groups whose mode was unknown at first */
	struct group **groups;
	/* n_unknown leaves out groups that were joined to others. */
	size_t n_groups, n_unknown;
	/* The pid in the file's name (strace -ff). 0: none. */
	uint32_t file_pid;
	/* the process whose call a message interrupted */
	struct process *cut;
	bool has_calls;			/* the file has lines with calls */
	bool has_modes;
	bool partial;			/* the log may be truncated */
	struct columns_of_summary {
		/* indexes of columns; n 0: no table */
		int n, calls, errors, name;
	} summary;
	struct group *summary_group;
	uint64_t n_earlier, n_lost, n_messages, n_open;
};

/* Modes */

static struct group *new_group(struct log *log, uint32_t pid)
{
	struct group *g = xcalloc(1, sizeof(*g));

	g->pid = pid;
	log->groups = xgrow(log->groups, log->n_groups, sizeof(*log->groups));
	log->groups[log->n_groups++] = g;
	log->n_unknown++;
	return g;
}

static struct group *group_root(struct group *g)
{
	while (g->same) {
		if (g->same->same)
			g->same = g->same->same;
		g = g->same;
	}
	return g;
}

/* Joins two groups, since they have the same mode. */
static void join_groups(struct log *log, struct group *g, struct group *other)
{
	g = group_root(g);
	other = group_root(other);
	if (g == other || g->arch)
		return;
	column_move(&other->calls, &g->calls);
	g->same = other;
	log->n_unknown--;
}

/*
 * The modes are the native architecture, the 32-bit architecture of the
 * machine, and x32.
 */
static void init_modes(struct log *log)
{
	const struct arch *native = log->tally.native, *arch;

	log->known[0].arch = native;
	for (size_t i = 0; (arch = arch_at(i)); i++)
		if (arch_is_local(arch, native) && arch != native)
			log->known[strcmp(arch->name, "x32") ? 1 : 2].arch =
				arch;
}

/* Returns NULL if the machine does not have the mode. */
static struct group *group_of_mode(struct log *log,
				   const struct strace_line *line)
{
	static const char *const names[MODES] = { "64 bit", "32 bit", "x32" };

	for (size_t i = 0; i < MODES; i++)
		if (strlen(names[i]) == line->mode_size &&
		    !memcmp(names[i], line->mode, line->mode_size))
			return log->known[i].arch ? &log->known[i] : NULL;
	return NULL;
}

/* Processes */

static struct process *find_process(struct log *log, uint32_t pid)
{
	struct process *p;

	HASH_FIND(hh, log->processes, &pid, sizeof(pid), p);
	return p;
}

static void add_process(struct log *log, struct process *p)
{
	HASH_ADD(hh, log->processes, pid, sizeof(p->pid), p);
}

static void set_ended(struct log *log, struct process *p, bool ended)
{
	if (ended && !p->ended)
		DL_DELETE(log->alive, p);
	else if (!ended && p->ended)
		DL_PREPEND(log->alive, p);
	p->ended = ended;
}

/* Adds a process. It replaces an ended process with the same pid. */
static struct process *new_process(struct log *log, uint32_t pid,
				   struct group *group)
{
	struct process *p = find_process(log, pid);

	if (!p) {
		p = xcalloc(1, sizeof(*p));
		p->pid = pid;
		p->ended = true;
		add_process(log, p);
	}
	p->pending = -1;
	p->has_parent = group;
	p->seen = false;
	set_ended(log, p, false);
	p->watched = true;
	p->first = p->group = group ? group : new_group(log, pid);
	return p;
}

/*
 * Names the process of the lines without a pid: a later line has shown its pid.
 */
static struct process *name_unnamed(struct log *log, uint32_t pid)
{
	struct process *p = log->unnamed;

	HASH_DEL(log->processes, p);
	p->pid = pid;
	add_process(log, p);
	return p;
}

/*
 * Returns the process of lines without a pid: the only one that has not ended,
 * or the first one of the log.
 */
static struct process *unnamed_process(struct log *log)
{
	if (log->alive && !log->alive->next)
		return log->alive;
	if (!log->unnamed)
		log->unnamed = new_process(log, 0, &log->known[0]);
	return log->unnamed;
}

static struct process *process_of(struct log *log,
				  const struct strace_line *line)
{
	uint32_t pid = line->has_pid ? line->pid : log->file_pid;
	struct process *p = find_process(log, pid);

	if (!pid && log->unnamed && !log->unnamed->pid)
		p = log->unnamed;	/* the usual case, without a search */
	else if (!pid)
		p = unnamed_process(log);
	else if (!p && log->unnamed && !log->unnamed->pid)
		p = name_unnamed(log, pid);
	else if (!p || p->ended)
		/*
		 * strace expects that a process which it starts has the native
		 * mode.
		 */
		p = new_process(log, pid, HASH_COUNT(log->processes) ||
				log->file_pid ? NULL : &log->known[0]);
	p->seen = true;
	return p;
}

/* The line of a parent's call gives the pid of its child. */
static void see_child(struct log *log, struct process *parent, uint32_t pid)
{
	struct process *child = find_process(log, pid);

	if (child == parent)
		return;
	if (!child || (child->ended && child->has_parent)) {
		new_process(log, pid, group_root(parent->group));
	} else if (!child->has_parent) {
		join_groups(log, child->first, parent->group);
		child->has_parent = true;
	}
}

/* Calls */

static bool is_name(const struct log *log, int name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(log->tally.names[name].text, *list))
			return true;
	return false;
}

static void see_result(struct log *log, struct process *p, int name,
		       const struct strace_line *line)
{
	static const char *const forks[] = {
		"fork", "vfork", "clone", "clone3", NULL,
	};
	static const char *const executions[] = { "execve", "execveat", NULL };

	if (!line->has_result)
		return;
	if (line->result > 0 && line->result <= UINT32_MAX &&
	    is_name(log, name, forks)) {
		see_child(log, p, line->result);
		log->has_children = true;
	}
	log->tally.executions += !line->result && is_name(log, name,
							  executions);
}

/*
 * Returns the group of the mode in which the call has the number of the line.
 * Returns NULL if the line has no number, or several modes fit.
 */
static struct group *group_of_number(struct log *log, int name,
				     const struct strace_line *line)
{
	int32_t nr = line->has_nr ? line->nr : tally_number(&log->tally, name);
	struct group *found = NULL;

	for (size_t i = 0; i < MODES && nr >= 0; i++) {
		struct group *g = &log->known[i];

		if (!g->arch ||
		    !tally_has_number(&log->tally, name, g->arch, nr))
			continue;
		if (found)
			return NULL;
		found = g;
	}
	return found;
}

static void count_name(struct log *log, struct process *p, int name,
		       const struct strace_line *line)
{
	struct group *g = group_of_number(log, name, line);

	column_count(g ? &g->calls : &group_root(p->group)->calls, name, 1);
}

/* Handles the part of the line after the call. */
static void see_rest(struct log *log, struct process *p, int name,
		     const struct strace_line *line)
{
	static const char *const exits[] = { "exit", "exit_group", NULL };

	log->has_calls = true;
	p->pending = line->open || line->cut ? name : -1;
	log->cut = line->cut ? p : NULL;
	p->watched = !line->detached;
	if (!line->open && !line->cut)
		see_result(log, p, name, line);
	p->watched &= !is_name(log, name, exits);
}

/* strace prints the flags of these calls, and no text of the program. */
static bool creates_thread(const struct log *log, int name, const char *line)
{
	static const char *const clones[] = { "clone", "clone3", NULL };

	return is_name(log, name, clones) && strstr(line, "CLONE_THREAD");
}

static bool see_call(struct log *log, struct lines *l,
		     const struct strace_line *line)
{
	struct process *p = process_of(log, line);
	int name = tally_name(&log->tally, line->name, line->name_size,
			      &l->place);

	if (name < 0)
		return false;
	count_name(log, p, name, line);
	log->tally.threads += creates_thread(log, name, l->text);
	see_rest(log, p, name, line);
	return true;
}

/* Resumes a call. If it began before the log, it is counted now. */
static bool see_resumed(struct log *log, struct lines *l,
			const struct strace_line *line)
{
	struct process *p = process_of(log, line);
	int name = tally_name(&log->tally, line->name, line->name_size,
			      &l->place);

	if (name < 0)
		return false;
	if (p->pending >= 0 && p->pending != name)
		return lines_refuse(l, "the process had begun %s",
				    log->tally.names[p->pending].text);
	if (p->pending < 0) {
		count_name(log, p, name, line);
		log->n_earlier++;
	}
	see_rest(log, p, name, line);
	return true;
}

static bool see_continuation(struct log *log, struct lines *l,
			     const struct strace_line *line)
{
	struct process *p = log->cut;

	if (!p || p->pending < 0)
		return lines_refuse(l, "not a complete line of strace");
	see_rest(log, p, p->pending, line);
	return true;
}

/* Other lines */

static void see_exit(struct log *log, const struct strace_line *line)
{
	struct process *p = process_of(log, line);

	set_ended(log, p, true);
	p->pending = -1;
}

/*
 * A thread executed a program: it takes the place of the process, with its pid.
 */
static void see_superseded(struct log *log, const struct strace_line *line)
{
	struct process *p = process_of(log, line);
	struct process *thread = find_process(log, line->other);

	if (!thread || thread == p)
		return;
	p->group = group_root(thread->group);
	p->pending = thread->pending;
	p->watched = true;
	set_ended(log, p, false);
	set_ended(log, thread, true);
	thread->pending = -1;
}

static bool see_mode(struct log *log, struct lines *l,
		     const struct strace_line *line)
{
	struct process *p = process_of(log, line);
	struct group *group = group_of_mode(log, line);

	if (!group)
		return lines_refuse(l, "a mode that %s does not have",
				    log->tally.native->name);
	if (p == log->unnamed && !p->pid && !find_process(log, line->other))
		p = name_unnamed(log, line->other);
	log->has_modes |= group != &log->known[0];
	p->group = group;
	return true;
}

/* The table of -c. Its first line has the names of the columns. */

static bool begin_summary(struct log *log, struct lines *l)
{
	struct columns_of_summary s = { .calls = -1, .errors = -1, .name = -1 };
	char *words = xstrdup(l->text), *rest = words, *word;

	for (; (word = strtok_r(rest, " \t", &rest)); s.n++) {
		s.calls = !strcmp(word, "calls") ? s.n : s.calls;
		s.errors = !strcmp(word, "errors") ? s.n : s.errors;
		s.name = !strcmp(word, "syscall") ? s.n : s.name;
		s.n -= !strcmp(word, "%");	/* "% time" is one column */
	}
	free(words);
	if (s.calls < 0 || s.name < 0)
		return lines_refuse(l, "a table without the columns calls and "
				    "syscall");
	log->summary = s;
	return true;
}

/*
 * Returns the index of the word for a column in a row of `n` words. If there is
 * one word too few, the number of errors is missing.
 */
static int word_of_column(const struct columns_of_summary *s, int column, int n)
{
	return column - (n < s->n && s->errors >= 0 && column > s->errors);
}

enum { SUMMARY_WORDS = 16 };

static bool count_row(struct log *log, struct lines *l, char **words, int n)
{
	const struct columns_of_summary *s = &log->summary;
	const char *name, *count;
	uint64_t calls;
	char *end;
	int number;

	if (n != s->n && (n != s->n - 1 || s->errors < 0))
		return lines_refuse(l, "not a row of the table");
	name = words[word_of_column(s, s->name, n)];
	count = words[word_of_column(s, s->calls, n)];
	calls = strtoull(count, &end, 10);
	if (*end || !calls)
		return lines_refuse(l, "not a number of calls");
	number = tally_name(&log->tally, name, strlen(name), &l->place);
	if (number >= 0)
		column_count(&log->summary_group->calls, number, calls);
	return number >= 0;
}

/*
 * The rows are between two lines of dashes. After them is a row with the sums.
 */
static bool read_row(struct log *log, struct lines *l)
{
	char *copy, *rest, *words[SUMMARY_WORDS];
	bool is_total = false, ok = true;
	int n = 0;

	if (!strncmp(l->text, "---", 3) || !l->size)
		return true;
	rest = copy = xstrdup(l->text);
	while (n < SUMMARY_WORDS && (words[n] = strtok_r(rest, " \t", &rest)))
		is_total |= !strcmp(words[n++], "total");
	if (is_total)
		log->summary.n = 0;
	else
		ok = count_row(log, l, words, n);
	free(copy);
	return ok;
}

/*
 * With -C, strace writes this table after the calls. It would count them again.
 */
static bool skip_summary(struct lines *l)
{
	while (lines_next(l))
		;
	return !l->bad;
}

static bool see_summary(struct log *log, struct lines *l,
			const struct strace_line *line)
{
	if (log->has_calls)
		return skip_summary(l);
	if (line->kind == STRACE_SUMMARY)
		return begin_summary(log, l);
	log->summary_group = group_of_mode(log, line);
	return log->summary_group ||
		lines_refuse(l, "a mode that %s does not have",
			     log->tally.native->name);
}

/* Whole logs */

static void see_message(struct log *log, const struct lines *l)
{
	char *text = lines_shown(l->text);

	if (!log->n_messages++)
		message_note("%s: line %zu: a message of strace: %s",
			     l->place.file, l->place.line, text);
	free(text);
}

static void see_detached(struct log *log, const struct strace_line *line)
{
	struct process *p = find_process(log, line->other);

	if (p)
		p->watched = false;
	if (log->unnamed && !log->unnamed->pid)
		log->unnamed->watched = false;
}

/*
 * Handles a line that cannot be parsed. It may still have the name of a call.
 */
static bool see_bad(struct log *log, struct lines *l,
		    const struct strace_line *line)
{
	int name;

	if (!l->cut || !log->partial)
		return lines_refuse(l, "%s", l->cut ?
				    "the log ends within this line "
				    "(--allow-partial accepts it)" :
				    "not a complete line of strace");
	log->tally.incomplete = true;
	if (!line->name_size || line->name[line->name_size] != '(')
		return true;
	name = tally_name(&log->tally, line->name, line->name_size, &l->place);
	if (name >= 0)
		count_name(log, process_of(log, line), name, line);
	return name >= 0;
}

static bool see_line(struct log *log, struct lines *l)
{
	struct strace_line line;

	if (log->summary.n)
		return read_row(log, l);
	strace_parse(l->text, &line);
	if (line.attached && !find_process(log, line.attached))
		new_process(log, line.attached, log->processes ? NULL :
			    &log->known[0]);
	switch (line.kind) {
	case STRACE_CALL:
		return see_call(log, l, &line);
	case STRACE_RESUMED:
		return see_resumed(log, l, &line);
	case STRACE_REST:
		return see_continuation(log, l, &line);
	case STRACE_MODE:
		return see_mode(log, l, &line);
	case STRACE_SUMMARY:
	case STRACE_SUMMARY_MODE:
		return see_summary(log, l, &line);
	case STRACE_BAD:
		return see_bad(log, l, &line);
	case STRACE_EXIT:
		see_exit(log, &line);
		break;
	case STRACE_SUPERSEDED:
		see_superseded(log, &line);
		break;
	case STRACE_DETACHED:
		see_detached(log, &line);
		break;
	case STRACE_LOST:
		process_of(log, &line);
		log->n_lost++;
		break;
	case STRACE_MESSAGE:
		see_message(log, l);
		break;
	case STRACE_OTHER:
		break;
	}
	return true;
}

/*
 * Checks that the names with an unknown mode are not in too many groups, each
 * of which needs a column.
 */
static bool check_unknown(const struct log *log, const struct lines *l)
{
	return log->n_unknown <= UNKNOWN_MAX ||
		lines_refuse(l, "more than %d processes before it have no line "
			     "that shows their mode or their parent",
			     UNKNOWN_MAX);
}

/* Returns the pid in a file name of strace -ff: 1234 in "log.1234". */
static uint32_t pid_of_file(const char *path)
{
	const char *dot = strrchr(path, '.');
	char *end;
	unsigned long pid = dot && dot[1] ? strtoul(dot + 1, &end, 10) : 0;

	return pid && !*end && pid <= INT32_MAX ? pid : 0;
}

/* Whether strace did not follow children. Only strace -f writes pids. */
static bool follows_none(const struct log *log)
{
	const struct process *p;

	if (!log->has_children || log->file_pid || !log->unnamed ||
	    log->unnamed->pid)
		return false;
	for (p = log->processes; p; p = p->hh.next)
		if (p != log->unnamed && p->seen)
			return false;
	return true;
}

/*
 * Ends the process of lines without a pid: in the next file, these are of
 * another process.
 */
static void forget_unnamed(struct log *log)
{
	struct process *p = log->unnamed;

	log->unfollowed |= follows_none(log);
	log->unnamed = log->cut = NULL;
	if (!p || p->pid)
		return;
	log->n_open += !p->ended && p->watched;
	set_ended(log, p, true);
	HASH_DEL(log->processes, p);
	free(p);
}

static bool read_log(struct log *log, struct input *in)
{
	FILE *file = input_file(in);
	bool ok = file;
	struct lines l;

	if (!file)
		return false;
	log->file_pid = pid_of_file(in->path);
	log->has_calls = false;
	log->summary.n = 0;
	log->summary_group = &log->known[0];
	lines_open(&l, file, input_name(in->path));
	while (ok && lines_next(&l))
		ok = see_line(log, &l) && check_unknown(log, &l);
	ok = ok && !l.bad;
	forget_unnamed(log);
	log->tally.incomplete |= log->summary.n;
	log->tally.hash += l.hash;
	lines_close(&l);
	input_close(in);
	return ok;
}

/*
 * The end of all logs: each group whose mode no line shows gets a mode.
 */

static size_t count_unknown(const struct log *log)
{
	size_t n = 0;

	for (size_t i = 0; i < log->n_groups; i++)
		n += !log->groups[i]->same && log->groups[i]->calls.n;
	return n;
}

/*
 * Gives the native mode to groups without a mode: strace would have shown
 * another one. Refuses several such groups if the log has other modes, too.
 */
static bool resolve_groups(struct log *log, const char *name)
{
	size_t n = count_unknown(log);

	for (size_t i = 0; i < log->n_groups; i++) {
		struct group *g = log->groups[i];

		if (g->same || !g->calls.n)
			continue;
		if (log->has_modes && n > 1) {
			message_error("%s: process %" PRIu32 ": no line shows "
				      "the mode in which it begins, or its "
				      "parent; give the logs of all processes",
				      name, g->pid);
			return false;
		}
		join_groups(log, g, &log->known[0]);
	}
	return true;
}

static void note_gaps(struct log *log, const char *name)
{
	struct process *p, *next;
	uint64_t n = log->n_open;

	HASH_ITER(hh, log->processes, p, next)
		n += p->seen && !p->ended && p->watched;
	if (n)
		message_note("%s: the log lacks the end of %" PRIu64
			     " process%s or thread%s: the run is not complete, "
			     "and sp-emit accepts it only with --allow-partial",
			     name, n, n == 1 ? "" : "es", n == 1 ? "" : "s");
	if (log->unfollowed)
		message_note("%s: the log has no calls of child processes: "
			     "strace -f follows them", name);
	if (log->n_earlier)
		message_note("%s: %" PRIu64 " calls had begun before the log",
			     name, log->n_earlier);
	if (log->n_lost)
		message_note("%s: %" PRIu64 " calls have no name, since their "
			     "process was killed before it made them", name,
			     log->n_lost);
	log->tally.incomplete |= n || log->n_earlier;
}

static bool add_groups(struct log *log, struct trace *trace, const char *name)
{
	uint32_t run = tally_add_run(&log->tally, trace, name, "strace");
	bool ok = true;

	for (size_t i = 0; i < MODES; i++)
		ok &= tally_add_column(&log->tally, trace, run,
				       &log->known[i].calls,
				       log->known[i].arch);
	return ok;
}

static void log_clear(struct log *log)
{
	struct process *p, *next;

	HASH_ITER(hh, log->processes, p, next) {
		HASH_DEL(log->processes, p);
		free(p);
	}
	for (size_t i = 0; i < log->n_groups; i++) {
		free(log->groups[i]->calls.counts);
		free(log->groups[i]);
	}
	for (size_t i = 0; i < MODES; i++)
		free(log->known[i].calls.counts);
	free(log->groups);
	tally_free(&log->tally);
}

bool read_strace(struct inputs *inputs, const struct arch *native,
		 bool partial, struct trace *trace)
{
	struct log log = { .tally.native = native, .partial = partial };
	const char *name = inputs->n ? input_name(inputs->at[0].path) : "";
	bool ok = !inputs->incomplete;

	init_modes(&log);
	for (size_t i = 0; ok && i < inputs->n; i++)
		ok = read_log(&log, &inputs->at[i]);
	ok = ok && tally_is_used(&log.tally, name) &&
		resolve_groups(&log, name);
	if (ok)
		note_gaps(&log, name);
	ok = ok && add_groups(&log, trace, name);
	log_clear(&log);
	return ok;
}
