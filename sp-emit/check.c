/* SPDX-License-Identifier: Apache-2.0 */
#include "check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "build.h"
#include "kernel/operation.h"
#include "kernel/path.h"
#include "names.h"
#include "stream/ending.h"
#include "stream/keep.h"
#include "stream/select.h"

/* Returns "NAME (ID)"; the caller frees. */
static char *run_text(const struct run *run)
{
	char id[RUN_ID_HEX], *name = text_printable(run->name);
	char *text = xasprintf("%s (%s)", name, run_id_hex(run, id));

	free(name);
	return text;
}

/*
 * Reports a loss that affects the profile. It is an error, or a note if losses
 * are allowed. Returns whether they are.
 */
__attribute__((format(printf, 3, 4)))
static bool report_loss(bool allowed, const struct run *run,
			const char *fmt, ...)
{
	char *name = run_text(run), *what;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&what, fmt, ap) < 0)
		message_fatal("out of memory");
	va_end(ap);
	if (allowed)
		message_note("run %s: %s", name, what);
	else
		message_error("run %s: %s: its profile could lack calls "
			      "(--allow-partial accepts it anyway)",
			      name, what);
	free(name);
	free(what);
	return allowed;
}

static bool check_losses(const struct run *run, bool by_image, bool allowed,
			 bool *partial)
{
	static const struct {
		const char *kind, *what;
		bool of_image;
	} kinds[] = {
		{ "call", "calls were lost", false },
		{ "task", "tasks were not followed", false },
		{ "image", "calls belong to an unknown image", true },
	};
	bool fine = true;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint64_t n = run_lost(run, kinds[i].kind);

		if (!n || (kinds[i].of_image && !by_image))
			continue;
		*partial = true;
		fine &= report_loss(allowed, run, "%" PRIu64 " %s", n,
				    kinds[i].what);
	}
	return fine;
}

static void note_skipped(const struct run *run)
{
	uint64_t n = run_lost(run, "record");
	char *name = run_text(run);

	if (n)
		message_note("run %s: %" PRIu64 " records of unknown kinds "
			     "were skipped", name, n);
	free(name);
}

/*
 * Notes that --image and --tree may not match executables whose names were
 * lost.
 */
static void note_lost_names(const struct run *run)
{
	uint64_t n = run_lost(run, "name");
	char *name = run_text(run);

	if (n)
		message_note("run %s: %" PRIu64 " names of executed files were "
			     "lost: --image and --tree may not find the "
			     "executables by them", name, n);
	free(name);
}

static bool is_printed(const struct trace *t, size_t run, const char *text)
{
	for (size_t i = 0; i < run; i++)
		for (char **b = t->runs[i]->blind; b && *b; b++)
			if (!strcmp(*b, text))
				return true;
	return false;
}

/*
 * Whether the image is a program of a service manager or an engine. It runs
 * before the service, so its start need not be recorded.
 */
static bool is_launcher(const struct image *image)
{
	static const char *const names[] = {
		"systemd", "systemd-executor", "runc", "crun", "conmon",
		"containerd-shim-runc-v2",
	};
	const char *name = image->path ? strrchr(image->path, '/') : NULL;

	if (!name || !strncmp(image->path, "/memfd:", strlen("/memfd:")))
		return true;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(name + 1, names[i]))
			return true;
	return false;
}

static bool was_executed(const struct image *image)
{
	for (size_t k = 0; k < image->n_uses; k++)
		if (image->uses[k].execs)
			return true;
	return false;
}

static bool shows_any_start(const struct trace *t)
{
	for (size_t i = 0; i < t->n_images; i++)
		if (was_executed(t->images[i]))
			return true;
	return false;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Returns the paths of all executed files, sorted. The caller frees the array.
 */
static const char **executed_paths(const struct trace *t, size_t *n)
{
	const char **paths = xcalloc(t->n_images + 1, sizeof(*paths));

	*n = 0;
	for (size_t i = 0; i < t->n_images; i++)
		if (t->images[i]->path && was_executed(t->images[i]))
			paths[(*n)++] = t->images[i]->path;
	if (*n)
		qsort(paths, *n, sizeof(*paths), by_text);
	return paths;
}

/*
 * Returns a flag for each image: whether an attached recorder recorded its
 * calls. The caller frees the array.
 */
static bool *attached_images(const struct trace *t)
{
	bool *attached = xcalloc(t->n_images + 1, sizeof(*attached));

	for (size_t i = 0; i < t->calls.n; i++) {
		const struct fact *fact = t->calls.at[i];

		for (size_t k = 0; k < fact->n_sightings; k++)
			attached[fact->image] |= run_has_how(
				t->runs[fact->sightings[k].run], "attached");
	}
	return attached;
}

/*
 * Returns a program that was running when the recorder attached, and whose
 * start no run has; or NULL.
 */
static const struct image *found_running(const struct trace *t)
{
	bool *attached = attached_images(t);
	size_t n, i;
	const char **executed = executed_paths(t, &n);

	for (i = 0; i < t->n_images; i++)
		if (attached[i] && !is_launcher(t->images[i]) &&
		    (!n || !bsearch(&t->images[i]->path, executed, n,
				    sizeof(*executed), by_text)))
			break;
	free(attached);
	free(executed);
	return i < t->n_images ? t->images[i] : NULL;
}

static bool is_start(const char *blind)
{
	return !strncmp(blind, RUN_BLIND_START, strlen(RUN_BLIND_START));
}

/* Prints each text once, even if several runs have it. */
static void note_blind(const struct trace *t, size_t run)
{
	/* A run of --learn is exempt: check_learned() checks it. */
	if (run_has_how(t->runs[run], "verify"))
		return;
	for (char **b = t->runs[run]->blind; b && *b; b++) {
		char *text;

		if (is_printed(t, run, *b) ||
		    (is_start(*b) && shows_any_start(t) &&
		     !found_running(t)))
			continue;
		text = text_printable(*b);
		message_note("not seen by the recording: %s", text);
		free(text);
	}
}

bool check_runs(const struct trace *t, bool by_image, bool allow_partial,
		bool *partial)
{
	char *kept = keep_text(t);
	bool fine = true;

	for (size_t i = 0; i < t->n_runs; i++) {
		const struct run *run = t->runs[i];

		note_blind(t, i);
		if (run_is_later_part(t->runs, i))
			continue;
		if (!run->complete) {
			*partial = true;
			fine &= report_loss(allow_partial, run, "incomplete");
		}
		fine &= check_losses(run, by_image, allow_partial, partial);
		note_skipped(run);
		if (by_image)
			note_lost_names(run);
	}
	endings_note(t, NULL, NULL);
	if (kept)
		message_note("there are %s: counts and times are those of "
			     "these runs", kept);
	free(kept);
	return fine;
}

bool check_start(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial)
{
	const struct image *image = found_running(t);
	bool any = shows_any_start(t);
	char *name;

	if (!image || !(format->flags & FORMAT_BEFORE) ||
	    (any && !(format->flags & FORMAT_START)))
		return true;
	*partial = true;
	name = text_printable(image_name(image));
	(allow_partial ? message_note : message_error)(
		"%s was already running when the recording began, and no "
		"recording has its start: it may not start under this profile%s",
		name, allow_partial ? "" : " (merge a recording of its start: "
		"sp-merge; --allow-partial writes it anyway)");
	free(name);
	return allow_partial;
}

bool check_learned(const struct trace *t, const struct format *format,
		   bool allow_partial, bool *partial)
{
	for (size_t i = 0; i < t->n_runs; i++)
		if (!run_has_how(t->runs[i], "verify"))
			return true;
	if (!t->n_runs || format->flags & FORMAT_TRACE)
		return true;
	*partial = true;
	(allow_partial ? message_note : message_error)(
		"the recordings only have the calls that a profile denied, not "
		"those that it allowed%s", allow_partial ? "" : ": merge them "
		"with the recordings that the profile is made from (sp-merge)");
	return allow_partial;
}

/* Landlock restricts only these accesses. */
enum {
	LANDLOCK_ACCESS = NAME_ACCESS & ~(NAME_LOOK | NAME_CHANGE | NAME_LOCK |
					  NAME_LOCK_WRITE),
};

/*
 * The accesses on which the rules of a format for paths depend. Other lost
 * names do not affect the format.
 */
static const struct dependence {
	void (*write)(const struct emit *emit, FILE *out);
	uint32_t access;	/* NAME_* of accesses that succeeded */
	/* it depends on addresses of internet sockets */
	bool inet;
} dependences[] = {
	{ write_systemd, NAME_ACCESS, true },
	{ write_apparmor, NAME_ACCESS & ~NAME_LOOK, false },
	{ write_landlock, LANDLOCK_ACCESS, true },
	{ write_landlock_header, LANDLOCK_ACCESS, true },
};

/* Returns NULL for a format whose rules depend on no names. */
static const struct dependence *dependence_of(const struct format *format)
{
	size_t n = sizeof(dependences) / sizeof(dependences[0]);

	for (size_t i = 0; i < n; i++)
		if (dependences[i].write == format->write)
			return &dependences[i];
	return NULL;
}

uint32_t access_of_rules(const struct format *format)
{
	const struct dependence *on = dependence_of(format);

	return on ? on->access : 0;
}

/* Whether the rules could be different if the complete name were known. */
static bool is_doubtful(const struct dependence *on, enum fact_kind kind,
			const struct fact *fact)
{
	enum { UNIX = 1, INET = 2, INET6 = 10 };	/* AF_* */
	uint32_t family = fact->id.arch, access = fact->id.nr;

	if (kind == FACT_PATH)
		return !fact->answer && access & on->access &&
			access & (NAME_CUT | NAME_UNREAD | NAME_LOST);
	return access & SOCKET_LOST &&
		(family == UNIX ||
		 (on->inet && (family == INET || family == INET6)));
}

static char *doubtful_text(enum fact_kind kind, const struct fact *fact)
{
	char *path, *escaped, *access, *text;
	const char *family;

	if (kind == FACT_SOCKET) {
		family = family_name(fact->id.arch);
		return xasprintf("%" PRIu64 " lost (%s of %s)",
				 fact_count(fact),
				 socket_operation_name(fact->id.nr),
				 family ? family : "a socket");
	}
	access = access_text(fact->id.nr);
	path = path_of_fact(fact);
	escaped = path_escape(path);
	text = fact->id.nr & NAME_LOST ?
		xasprintf("%" PRIu64 " lost (%s)", fact_count(fact), access) :
		xasprintf("%s%s (%s)", fact->id.nr & NAME_UNREAD ?
			  "a name from " : "", escaped, access);
	free(escaped);
	free(path);
	free(access);
	return text;
}

static bool has_run(const struct fact *fact, uint32_t run)
{
	for (size_t i = 0; i < fact->n_sightings; i++)
		if (fact->sightings[i].run == run)
			return true;
	return false;
}

/* Facts whose names are doubtful; `n_paths` of them are paths. */
struct doubtful {
	const struct fact **at;
	size_t n, n_paths;
};

static void find_doubtful(const struct trace *t, const struct dependence *on,
			  struct doubtful *d)
{
	static const enum fact_kind kinds[] = { FACT_PATH, FACT_SOCKET };

	for (size_t k = 0; k < 2; k++) {
		const struct facts *facts = &t->facts[kinds[k]];

		for (size_t i = 0; i < facts->n; i++) {
			if (!is_doubtful(on, kinds[k], facts->at[i]))
				continue;
			d->at = xgrow(d->at, d->n, sizeof(*d->at));
			d->at[d->n++] = facts->at[i];
			d->n_paths += kinds[k] == FACT_PATH;
		}
	}
}

/*
 * Returns a text about the doubtful facts of a run, which the caller frees.
 * Returns NULL if the run has none.
 */
static char *list_doubtful(const struct doubtful *d, uint32_t run)
{
	enum { NAMED = 8 };
	char *list = NULL;
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		char *one;

		if (!has_run(d->at[i], run) || ++n > NAMED)
			continue;
		one = doubtful_text(i < d->n_paths ? FACT_PATH : FACT_SOCKET,
				    d->at[i]);
		text_append(&list, ", ", one);
		free(one);
	}
	if (n > NAMED)
		text_append(&list, ", ", "...");
	return list;
}

bool check_names(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial)
{
	const struct dependence *on = dependence_of(format);
	struct doubtful d = { 0 };

	if (on)
		find_doubtful(t, on, &d);
	for (size_t i = 0; i < t->n_runs; i++) {
		char *list = list_doubtful(&d, i);
		char *name = run_text(t->runs[i]);

		if (list)
			(allow_partial ? message_note : message_error)(
				"run %s: names are not completely known: %s%s",
				name, list, allow_partial ? "" :
				" (--allow-partial leaves them out)");
		free(name);
		free(list);
	}
	free(d.at);
	*partial |= d.n != 0;
	return !d.n || allow_partial;
}

bool check_paths(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial)
{
	bool is_list = !dependence_of(format), fine = true;

	for (size_t i = 0; i < t->n_runs; i++) {
		const struct run *run = t->runs[i];
		uint64_t lost = run_lost(run, "path");

		if (!run_has_how(run, "paths")) {
			char *name = run_text(run);

			message_error("run %s: recorded without --paths, which "
				      "--%s needs: record it again", name,
				      format->name);
			free(name);
			fine = false;
		} else if (lost) {
			*partial = true;
			fine &= report_loss(allow_partial || is_list, run,
					    "%" PRIu64
					    " paths or addresses were lost",
					    lost);
		}
	}
	return fine;
}

const struct arch *check_native(const struct trace *t)
{
	const struct arch *native = NULL;

	for (size_t i = 0; i < t->n_runs; i++) {
		struct call_id id = { .arch = t->runs[i]->arch };
		const struct arch *arch = arch_of_call(id);

		if (!arch) {
			message_error("a run on an unknown architecture, "
				      "0x%08x", id.arch);
			return NULL;
		}
		if (native && arch != native) {
			message_error("runs on %s and on %s: each needs a "
				      "profile of its own", native->name,
				      arch->name);
			return NULL;
		}
		native = arch;
	}
	return native;
}

/*
 * Notes a name that minijail0 may not know: it has the names of the kernel
 * headers with which it was built.
 */
static void note_strict(struct call_id id, const struct format *format)
{
	char name[SYSCALL_NAME_MAX];

	if (build_leaves_out(id, format->flags))
		message_note("%s: left out, since an older minijail0 refuses "
			     "the name; no filter sees the call from Linux "
			     "6.14 on", syscall_label(id, name));
	else if (syscall_linux(id))
		message_note("%s: a minijail0 that was built with headers from "
			     "before Linux %s refuses the policy",
			     syscall_label(id, name), syscall_linux(id));
}

/*
 * Notes a name that the loader may not know. Calls that the kernel makes by
 * itself are left out.
 */
static void note_new(struct call_id id, const struct format *format)
{
	char name[SYSCALL_NAME_MAX];
	const char *since = syscall_since(id);

	if (format->flags & FORMAT_STRICT) {
		note_strict(id, format);
		return;
	}
	if (!syscall_name(id, name) || syscall_in_library(id) ||
	    group_is_kernel(id))
		return;
	if (since)
		message_note("%s: libseccomp knows it from %s on; an older "
			     "one may refuse or ignore it", name, since);
	else
		message_note("%s: no release of libseccomp knows it so far; "
			     "it may be refused or ignored", name);
}

static bool check_call(struct call_id id, const struct format *format,
		       const struct arch *native)
{
	const struct arch *arch = arch_of_call(id);
	char name[SYSCALL_NAME_MAX];

	if (!arch) {
		message_error("0x%08x %d: unknown architecture", id.arch,
			      id.nr);
		return false;
	}
	if (id.nr < 0) {
		message_note("%s %d: not the number of a call, left out",
			     arch->name, id.nr);
		return true;
	}
	if (arch != native && format->flags & FORMAT_NATIVE) {
		message_error("%s %d: --%s is for %s alone", arch->name, id.nr,
			      format->name, native->name);
		return false;
	}
	if (!syscall_name(id, name) &&
	    (format->flags & (FORMAT_ONE_LIST | FORMAT_NAMES) ||
	     arch != native)) {
		message_error("%s %d: the call has no name, and --%s cannot "
			      "hold its number", arch->name, id.nr,
			      format->name);
		return false;
	}
	note_new(id, format);
	return true;
}

static int by_id(const void *id, const void *total)
{
	return call_id_compare(id, &((const struct call_total *)total)->id);
}

static bool was_made(const struct call_total *totals, size_t n,
		     struct call_id id)
{
	return bsearch(&id, totals, n, sizeof(*totals), by_id);
}

/* Checks each call that was always denied, once. */
static bool check_denied_calls(const struct trace *t,
			       const struct call_total *totals, size_t n,
			       const struct format *format,
			       const struct arch *native)
{
	struct fact **denials = facts_by_id(&t->denials);
	bool fine = true;

	for (size_t i = 0; denials[i]; i++)
		if ((!i || call_id_compare(&denials[i - 1]->id,
					   &denials[i]->id)) &&
		    !was_made(totals, n, denials[i]->id))
			fine &= check_call(denials[i]->id, format, native);
	free(denials);
	return fine;
}

bool check_calls(const struct trace *t, const struct format *format,
		 const struct arch *native, bool allow_denied)
{
	size_t n;
	struct call_total *totals = trace_totals(t, NULL, NULL, &n);
	bool fine = true;

	for (size_t i = 0; i < n; i++)
		fine &= check_call(totals[i].id, format, native);
	if (fine && allow_denied)
		fine = check_denied_calls(t, totals, n, format, native);
	free(totals);
	return fine;
}

static void add_denial(struct text_list *list, const struct fact *denial)
{
	char name[SYSCALL_NAME_MAX], answer[DENIAL_TEXT_MAX];
	char *one = xasprintf("%s %s", syscall_label(denial->id, name),
			      denial_text(denial->answer, answer));

	text_list_add(list, one);
	free(one);
}

/*
 * Whether the previous fact is of the same call and answer. These facts are
 * neighbours, and each call is listed once.
 */
static bool is_repeated(const struct fact *fact, const struct fact *previous)
{
	return previous && !call_id_compare(&fact->id, &previous->id) &&
		fact->answer == previous->answer;
}

enum denial_list { LEFT_OUT, KILLED, MADE, MISSING, LISTS };

/* Returns the list for a denied call. `totals` are the calls that were made. */
static enum denial_list list_of_denial(const struct build *b,
				       const struct fact *denial,
				       const struct call_total *totals,
				       size_t n)
{
	if (denial->answer > 0 && !b->deny_denied && !b->allow_denied)
		return KILLED;
	if (was_made(totals, n, denial->id))
		return MADE;
	return denial->answer == -ENOSYS && build_allows_missing(b) ?
		MISSING : LEFT_OUT;
}

static void list_denials(const struct trace *t, const struct build *b,
			 struct text_list lists[LISTS])
{
	struct fact **denials = facts_by_id(&t->denials), *previous = NULL;
	size_t n;
	struct call_total *totals = trace_totals(t, NULL, NULL, &n);

	for (struct fact **d = denials; *d; previous = *d++)
		if (!is_repeated(*d, previous))
			add_denial(&lists[list_of_denial(b, *d, totals, n)],
				   *d);
	free(totals);
	free(denials);
}

bool check_denials(const struct trace *t, const struct build *b)
{
	struct text_list lists[LISTS] = { 0 };
	char *texts[LISTS];
	bool killed;

	list_denials(t, b, lists);
	for (int i = 0; i < LISTS; i++)
		texts[i] = text_list_end(&lists[i]);
	killed = texts[KILLED];
	if (texts[MADE])
		message_note("allowed, since they were both made and denied "
			     "while recording: %s", texts[MADE]);
	if (texts[LEFT_OUT])
		message_note("denied while it was recorded, %s: %s",
			     b->allow_denied ? "but allowed here" :
			     "and left out (--allow-denied adds them)",
			     texts[LEFT_OUT]);
	if (texts[MISSING])
		message_note("denied while it was recorded, but allowed here, "
			     "since a program works without the call only if "
			     "it gets ENOSYS (--deny-denied denies it): %s",
			     texts[MISSING]);
	if (killed)
		message_error("%s: this call killed the program, so its later "
			      "calls were not recorded "
			      "(--allow-denied allows the call, "
			      "--deny-denied leaves it out)", texts[KILLED]);
	for (int i = 0; i < LISTS; i++)
		free(texts[i]);
	return !killed;
}

void note_privileged(const struct trace *t, const struct format *format)
{
	struct text_list privileged = { NULL, 0 };
	char *list;

	for (size_t i = 0; format->no_new_privs && i < t->paths.n; i++) {
		const struct fact *fact = t->paths.at[i];
		char *path, *text;

		if (!(fact->id.nr & NAME_PRIVILEGED))
			continue;
		path = path_of_fact(fact);
		text = text_printable(path);
		text_list_add(&privileged, text);
		free(text);
		free(path);
	}
	list = text_list_end(&privileged);
	if (list)
		message_note("executed with raised privileges (set-user-ID, "
			     "set-group-ID, capabilities): %s; %s, and then "
			     "such programs get none", list,
			     format->no_new_privs);
	free(list);
}

void note_unrelated(const struct trace *t, const struct format *format)
{
	enum { NAMED = 4 };
	const char **paths = select_unrelated(t);
	char *list = NULL;
	size_t n = 0;

	for (; paths[n]; n++) {
		char *path = n < NAMED ? text_printable(paths[n]) : NULL;

		if (path)
			text_append(&list, ", ", path);
		free(path);
	}
	if (n && !(format->flags & FORMAT_TRACE))
		message_note("the profile is for %zu programs that did not "
			     "start one another: %s%s (--tree=PATTERN takes "
			     "one with all that it starts)", n, list,
			     n > NAMED ? ", ..." : "");
	free(list);
	free(paths);
}

void note_operations(const struct trace *t)
{
	struct fact **operations = facts_by_id(&t->operations);
	char *list = NULL, buf[OPERATION_NAME_MAX];

	for (struct fact **o = operations; *o; o++)
		if (o == operations || o[0]->id.nr != o[-1]->id.nr)
			text_append(&list, ", ",
				    operation_name((*o)->id.nr, buf));
	if (list)
		message_note("done by io_uring, where no filter sees it: %s",
			     list);
	free(list);
	free(operations);
}

bool check_profile(const struct profile *p, bool exact)
{
	bool any = false, fine = true;

	for (size_t i = 0; i < p->n_rules; i++)
		any |= action_allows(p->rules[i].action);
	if (!any)
		message_error("no call to allow");
	for (size_t i = 0; exact && i < p->n_archs; i++) {
		size_t gain = profile_gain(p, p->archs[i]);

		if (!gain)
			continue;
		message_error("--exact: with one list for all architectures "
			      "%s gains %zu (--libseccomp has a list for "
			      "each)", p->archs[i]->name, gain);
		fine = false;
	}
	return any && fine;
}
