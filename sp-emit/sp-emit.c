/* SPDX-License-Identifier: Apache-2.0 */
/* sp-emit: makes a profile from a trace. */
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "base.h"
#include "base/json-splice.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/output.h"
#include "base/text.h"
#include "build.h"
#include "check.h"
#include "harden.h"
#include "install.h"
#include "ndjson.h"
#include "options.h"
#include "paths.h"
#include "possible/possible.h"
#include "process/sandbox.h"
#include "profile/thread-calls.h"
#include "results.h"
#include "strace.h"
#include "suggest.h"
#include "trust.h"

/* Chooses the default groups for the format, changed by the options. */
static struct group_choice choose_groups(const struct options *o,
					 const struct emit *emit,
					 const struct arch *native)
{
	unsigned int flags = o->format->flags;
	struct group_choice choice = {
		.runtimes = (o->runtimes < 0 ? o->format->runtimes :
			     (unsigned int)o->runtimes) |
			(o->harden && harden_needs_clone(emit) ?
			 RUNTIME_HARDENED : 0),
		.no_new_privs = o->no_new_privs,
		.native = native,
		.threads = emit->threads, .n_threads = emit->n_threads,
	};
	bool applies[GROUP_COUNT] = {
		[GROUP_KERNEL] = true,
		[GROUP_START] = flags & FORMAT_BEFORE,
		[GROUP_VDSO] = true,
		[GROUP_THREADS] = true,
		[GROUP_RUNTIME] = choice.runtimes,
		/*
		 * This group is not needed if all other calls are allowed or
		 * get ENOSYS.
		 */
		[GROUP_FALLBACK] = flags & FORMAT_ERRNO &&
			o->default_action != SECCOMP_RET_LOG &&
			o->default_action != (SECCOMP_RET_ERRNO | ENOSYS),
	};

	for (int g = 0; g < GROUP_COUNT; g++)
		choice.wanted[g] = group_is_optional(g) ? o->with[g] :
			applies[g] && !o->without[g] && !o->exact;
	return choice;
}

static unsigned int read_flags(const struct options *o)
{
	return o->allow_partial ? TRACE_PARTIAL : 0;
}

/* Whether the confined program itself puts the profile in force. */
static bool loads_itself(const struct format *format)
{
	return format->write == write_libseccomp ||
		format->write == write_landlock_header;
}

static void note_phases(const struct options *o)
{
	if (o->from && !loads_itself(o->format) &&
	    o->format->flags & (FORMAT_BEFORE | FORMAT_POLICY))
		message_note("--from=%s: --%s is in force when the program "
			     "starts, and does not allow what it does until "
			     "the mark", o->from, o->format->name);
}

static bool select_from(struct trace **t, const struct options *o)
{
	bool fine = true;
	char *refused = NULL;

	/*
	 * Another phase may show which executable started which, so images are
	 * selected first.
	 */
	if (!selection_is_empty(&o->selection)) {
		message_all(select_notes(*t, &o->selection), message_note);
		fine = !message_all(select_problems(*t, &o->selection),
				message_error);
		if (fine)
			*t = select_images(*t, &o->selection);
	}
	if (fine && (o->from || o->until)) {
		fine = select_phases(t, o->from, o->until, &refused);
		if (!fine)
			message_error("%s", refused);
		free(refused);
	}
	if (fine)
		note_phases(o);
	fine = fine && through_select(t, &o->through);
	return fine;
}

/* A format that shows the trace itself leaves out nothing. */
static bool leave_out_harness(struct trace **t, const struct options *o)
{
	unsigned int flags = o->format->flags;
	char *note;
	bool fine;

	if (o->harness || (flags & FORMAT_TRACE && !(flags & FORMAT_POLICY)))
		return true;
	fine = select_without_harness(t, &note);
	if (note)
		(fine ? message_note : message_error)("%s", note);
	free(note);
	return fine;
}

/* Returns false if libseccomp cannot make a filter of these rules. */
static bool add_args(struct profile *p, struct emit *emit,
		     const struct options *o)
{
	unsigned int flags = o->format->flags;

	if (!o->has_args)
		return true;
	emit->args = o->args;
	if (flags & FORMAT_FAMILIES)
		return true;
	args_restrict(p, emit->trace, o->args, flags & FORMAT_ONE_LIST);
	return args_check(p, emit->trace);
}

/* Makes the profile for the format. Returns NULL on failure. */
static struct profile *make_profile(struct emit *emit, const struct options *o,
				    const struct base *base)
{
	const struct arch *native = check_native(emit->trace);
	struct build build = {
		.default_action = o->default_action,
		.flags = o->format->flags,
		.allow_denied = o->allow_denied,
		.deny_denied = o->deny_denied,
	};
	struct profile *p;

	if (!native ||
	    !check_calls(emit->trace, o->format, native, o->allow_denied) ||
	    !check_denials(emit->trace, &build))
		return NULL;
	note_operations(emit->trace);
	emit->threads = thread_calls(emit->trace, &emit->n_threads);
	emit->choice = build.choice = choose_groups(o, emit, native);
	p = build_profile(emit->trace, &build);
	if (check_profile(p, o->exact) && add_args(p, emit, o) &&
	    base_join(base, p, o->format))
		return p;
	profile_free(p);
	return NULL;
}

static bool wants_possible(const struct options *o)
{
	return o->possible || o->add.possible;
}

/*
 * Handles --possible and --add. Returns false if it printed and latched an
 * error.
 */
static bool add_calls(struct possible *possible, struct emit *emit,
		      const struct options *o, struct reader *reader,
		      struct profile *p)
{
	if (wants_possible(o)) {
		if (!possible_find(possible, reader, emit->trace, p))
			return false;
		emit->possible = possible;
		emit->lists_possible = o->possible;
		emit->lists_all = o->possible_all;
	}
	return possible_add(possible, &o->add, p, o->format);
}

/* Returns the reason for a rule under which the summary counts it. */
static int first_origin(const struct profile_rule *rule)
{
	if (rule->origin & PROFILE_OBSERVED)
		return GROUP_COUNT;
	for (int g = 0; g < GROUP_COUNT; g++)
		if (rule->origin & 1U << g)
			return g;
	if (rule->origin & ORIGIN_BASE)
		return GROUP_COUNT + 1;
	return rule->origin & ORIGIN_ADDED ? GROUP_COUNT + 2 : -1;
}

static void print_gains(const struct profile *p)
{
	for (size_t i = 0; i < p->n_archs; i++) {
		size_t gain = profile_gain(p, p->archs[i]);

		if (gain)
			message_note("%s gains %zu call%s that were not "
				     "recorded there, since one list serves "
				     "all architectures", p->archs[i]->name,
				     gain, gain == 1 ? "" : "s");
	}
}

/* Prints "27 observed + 5 kernel + 6 vdso + 19 runtime; 8 get ENOSYS". */
static void print_summary(const struct profile *p, const struct trace *t)
{
	static const char *const others[] = { "base", "added" };
	char *once = trace_seen_once(t);
	size_t counts[GROUP_COUNT + 3] = { 0 };
	char *line;

	for (size_t i = 0; i < p->n_rules; i++)
		if (first_origin(&p->rules[i]) >= 0 &&
		    (!i || call_id_compare(&p->rules[i - 1].id,
					   &p->rules[i].id)))
			counts[first_origin(&p->rules[i])]++;
	line = xasprintf("%zu observed", counts[GROUP_COUNT]);
	for (int g = 0; g < GROUP_FALLBACK; g++) {
		char *longer;

		if (!counts[g])
			continue;
		longer = xasprintf("%s + %zu %s", line, counts[g],
				   group_name(g));
		free(line);
		line = longer;
	}
	for (int i = 0; i < 2; i++) {
		char *more = xasprintf("%zu %s", counts[GROUP_COUNT + 1 + i],
				       others[i]);

		if (counts[GROUP_COUNT + 1 + i])
			text_append(&line, " + ", more);
		free(more);
	}
	if (counts[GROUP_FALLBACK])
		message_note("%s; %zu get ENOSYS", line,
			     counts[GROUP_FALLBACK]);
	else
		message_note("%s", line);
	free(line);
	if (once)
		message_note("%s", once);
	free(once);
	print_gains(p);
}

static void explain_paths(const struct emit *emit, FILE *out)
{
	struct path_uses *uses = paths_fold(emit->trace, emit->general);

	paths_explain(uses, out);
	paths_free(uses);
}

static void write_to(const struct emit *emit, const struct options *o, FILE *out)
{
	if (o->explain && o->format->flags & FORMAT_LANDLOCK)
		explain_landlock(emit, out);
	else if (o->explain && o->format->flags & FORMAT_POLICY)
		explain_paths(emit, out);
	else if (o->explain)
		write_explanation(emit, out);
	else
		o->format->write(emit, out);
}

/* --into: writes the configuration with a new profile, otherwise unchanged. */
static void put_into(const struct options *o, char *profile, FILE *out)
{
	static const char *const place[] = { "linux", "seccomp", NULL };
	char *text;

	profile[strlen(profile) - 1] = '\0';	/* remove the last newline */
	text = json_put(o->config, place, profile);

	if (text)
		fputs(text, out);
	else
		message_error("%s: not a configuration of the OCI runtime "
			      "specification", input_name(o->into));
	free(text);
}

/*
 * Writes to memory first, so that stdout stays empty if a writer stops with an
 * error.
 */
static bool write_whole(const struct emit *emit, const struct options *o,
			FILE *out)
{
	char *text = NULL;
	size_t n;
	FILE *memory = open_memstream(&text, &n);

	if (memory)
		write_to(emit, o, memory);
	if (!memory || ferror(memory) || fclose(memory))
		message_fatal("out of memory");
	if (!message_status() && o->config)
		put_into(o, text, out);
	else if (!message_status())
		fwrite(text, 1, n, out);
	free(text);
	return !message_status();
}

/* The following functions return whether they committed the output. */

static bool write_emit(const struct emit *emit, const struct options *o,
		       struct output *out)
{
	if (!write_whole(emit, o, output_file(out)))
		return false;
	if (output_commit(out) && emit->profile)
		print_summary(emit->profile, emit->trace);
	return true;
}

static void note_start(const struct options *o)
{
	if (!message_status() && loads_itself(o->format) && !o->from &&
	    !o->explain)
		message_note("calls that the program makes before %s() are "
			     "allowed, too, unless left out by sp-record --mark "
			     "and --from", o->format->write == write_libseccomp ?
			     "sandprint_load" : "sandprint_landlock");
}

/*
 * The files that were opened, and the processes that were started, before the
 * sandbox.
 */
struct sources {
	struct inputs inputs;
	struct base base;
	struct reader *reader;	/* NULL if not needed */
	/* Summed while the stream is read; NULL without --table. */
	struct results *results;
};

static bool emit_trace(const struct trace *t, const struct options *o,
		       const struct sources *from, bool partial,
		       struct output *out)
{
	struct emit emit = {
		.trace = t, .partial = partial,
		.general = o->general | (loads_itself(o->format) ?
					 PATHS_OF_RUNNING : 0),
		.paths = o->paths, .widen = o->widen_names,
		.harden = o->harden, .allow_denied = o->allow_denied,
		.unit = o->unit, .complain = o->has_deny, .base = from->base.path,
		.results = from->results,
	};
	struct possible possible = { .n = 0 };
	struct profile *p = NULL;
	bool committed;

	if (!t->calls.n) {
		message_error("no calls were recorded");
		return false;
	}
	if (!(o->format->flags & FORMAT_TRACE)) {
		p = make_profile(&emit, o, &from->base);
		if (!p) {
			free(emit.threads);
			return false;
		}
		emit.profile = p;
	}
	committed = (!p || add_calls(&possible, &emit, o, from->reader, p)) &&
		write_emit(&emit, o, out);
	note_start(o);
	profile_free(p);
	free(emit.threads);
	possible_free(&possible);
	return committed;
}

/*
 * Writes events while the stream is read, so that memory only holds the counts.
 */
static bool emit_events(struct trace **trace, const struct options *o,
			struct inputs *inputs, struct output *out)
{
	bool as_json = !strcmp(o->format->name, "ndjson");
	struct ndjson *ndjson = as_json ? ndjson_new(output_file(out)) : NULL;
	struct strace *strace = as_json ? NULL : strace_new(output_file(out));
	struct trace *t = *trace;
	bool ok;

	t->sink = as_json ? ndjson_sink(ndjson) : strace_sink(strace);
	ok = trace_load_all(t, inputs, read_flags(o));
	if (ok && !t->n_events)
		message_error("no events were recorded: sp-record --every "
			      "writes them");
	ok = ok && t->n_events;
	if (ok) {
		if (as_json)
			ndjson_finish(ndjson, t);
		else
			strace_finish(strace, t);
		output_commit(out);
	}
	ndjson_free(ndjson);
	strace_free(strace);
	return ok;
}

/* Results are those of the whole recording, so a selection drops them. */
static void take_results(struct trace *t, const struct options *o,
			 struct sources *from)
{
	if (o->format->write != write_table || o->from || o->until ||
	    !selection_is_empty(&o->selection))
		return;
	from->results = results_new();
	t->sink = results_sink(from->results);
}

static bool have_labels(const struct trace *t, const struct unit_choice *unit)
{
	for (size_t i = 0; i < t->n_runs; i++) {
		char *name = text_printable(t->runs[i]->name);
		bool has = unit_has_label(t->runs[i], name, unit);

		free(name);
		if (!has)
			return false;
	}
	return true;
}

static bool emit_facts(struct trace **t, const struct options *o,
		       struct sources *from, struct output *out)
{
	bool has_paths = o->format->flags & FORMAT_PATHS || o->paths;
	bool partial = false;

	take_results(*t, o, from);
	if (!base_read(&from->base, &o->host) ||
	    !trace_load_all(*t, &from->inputs, read_flags(o)) ||
	    !leave_out_harness(t, o) ||
	    !check_runs(*t, !selection_is_empty(&o->selection),
			o->allow_partial, &partial) ||
	    !check_learned(*t, o->format, o->allow_partial, &partial) ||
	    (has_paths && !check_paths(*t, o->format, o->allow_partial,
				       &partial)) ||
	    !select_from(t, o) || !have_labels(*t, &o->unit) ||
	    (has_paths && !check_names(*t, o->format, o->allow_partial,
				       &partial)) ||
	    !check_start(*t, o->format, o->allow_partial, &partial))
		return false;
	note_privileged(*t, o->format);
	if (!o->exact)
		suggest_groups(*t, o->format, o->with);
	trace_sort(*t);
	if (o->paths || o->format->flags & FORMAT_POLICY)
		note_doubted(*t, access_of_rules(o->format), o->trust_names);
	if (o->trust_names)
		trust_names(*t);
	if (selection_is_empty(&o->selection))
		note_unrelated(*t, o->format);
	return emit_trace(*t, o, from, partial, out);
}

static bool emit_to(struct trace **t, const struct options *o,
		    struct sources *from, struct output *out)
{
	return o->format->flags & FORMAT_EVENTS ?
		emit_events(t, o, &from->inputs, out) :
		emit_facts(t, o, from, out);
}

/*
 * Whether the JSON is a configuration: it has a member that the specification
 * requires, and that no other JSON file has.
 */
static bool is_configuration(const char *text)
{
	json_t *root = json_loads(text, JSON_DECODE_INT_AS_REAL, NULL);
	bool is = json_is_string(json_object_get(root, "ociVersion"));

	json_decref(root);
	return is;
}

/*
 * Call this before the sandbox. Returns false if it printed and latched an
 * error.
 */
static bool read_config(struct options *o)
{
	enum { CONFIG_MAX = 64 << 20 };
	struct input in = { 0 };
	FILE *file;
	size_t n;

	if (!o->into)
		return true;
	file = input_open(&in, o->into) ? input_file(&in) : NULL;
	o->config = file ? input_read(file, CONFIG_MAX, &n) : NULL;
	if (file && (!o->config || n > CONFIG_MAX || strlen(o->config) != n))
		message_error("%s: %s", input_name(o->into), o->config ?
			      "not JSON" : strerror(errno));
	else if (file && !is_configuration(o->config))
		message_error("%s: not a configuration of the OCI runtime "
			      "specification",
			      input_name(o->into));
	input_close(&in);
	return !message_status();
}

/*
 * Call this before the sandbox. Returns false if it printed and latched an
 * error.
 */
static bool start_reader(struct sources *from, const struct options *o)
{
	if (!wants_possible(o))
		return true;
	from->reader = reader_start(o->host.root);
	if (!from->reader)
		message_error("--possible: cannot start the "
			      "process that reads executables: %s",
			      strerror(errno));
	return from->reader;
}

static void emit(struct options *o)
{
	bool binary = o->format->flags & FORMAT_BINARY && !o->explain;
	struct trace *t = trace_new();
	struct sources from = { .reader = NULL };
	struct output *out;

	inputs_open(&from.inputs, o->traces);
	if (base_open(&from.base, o->base, &o->host) && read_config(o) &&
	    start_reader(&from, o) &&
	    output_open(&out, o->output, binary ? OUTPUT_BINARY : 0)) {
		if (inputs_are_open(&from.inputs))
			sandbox_enter(SANDBOX_EMIT, out, NULL);
		if (!emit_to(&t, o, &from, out))
			output_abandon(out);
	}
	inputs_close(&from.inputs);
	base_close(&from.base);
	reader_free(from.reader);
	results_free(from.results);
	host_release(&o->host);
	trace_free(t);
}

static int emit_alone(void *options)
{
	emit(options);
	return message_finish();
}

int main(int argc, char **argv)
{
	struct options o = { 0 };

	message_init("sp-emit", STATUS_TROUBLE, argv);
	message_keep_notes();
	options_read(&o, argc, argv);
	if (o.install)
		install_drop_in(o.install, emit_alone, &o);
	else
		emit(&o);
	options_free(&o);
	return message_finish();
}
