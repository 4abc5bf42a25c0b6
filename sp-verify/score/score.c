/* SPDX-License-Identifier: Apache-2.0 */
#include "score/score.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/json-integer.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/danger.h"
#include "profile/profile.h"
#include "report/verdict.h"
#include "profile/engine.h"

enum { NUMBERS = 1024, X32_BASE = 0x40000000, RANKS = 3 };

/* A call of this machine's architecture that the profile allows. */
struct allowed {
	struct call_id id;
	/* whether it is allowed only for some arguments */
	bool narrowed;
	const struct danger *danger;	/* NULL: not dangerous */
	uint64_t count;		/* how often the call was recorded */
};

/* A profile with which ours is compared. */
struct peer {
	char *name;
	char *source;
	struct allowance allowance;
};

struct score {
	char *name;
	bool recorded;
	/* The number of allowed calls of this architecture with names. */
	size_t n_named;
	struct allowed *calls;
	size_t n;
	struct allowance own;
	size_t n_seen, n_violations;
	size_t n_logged;	/* the number of calls that are logged */
	/* whether numbers without a name are allowed, too */
	bool nameless;
	struct peer *peers;
	size_t n_peers;
	struct other {
		const struct arch *arch;
		size_t n, n_seen;
	} *others;
	size_t n_others;
};

/* Counting. */

static enum verdict judge(const struct filter *filter, struct call_id id)
{
	struct filter_answers answers;

	filter_run_any(filter, id, &answers);
	return verdict_of(&answers);
}

static int32_t first_number(const struct arch *arch)
{
	return !strcmp(arch->name, "x32") ? X32_BASE : 0;
}

/*
 * Calls a function for each call of the architecture that has a name, with the
 * filter's answers.
 */
static void each_call(const struct filter *filter, const struct arch *arch,
		      void (*see)(void *arg, struct call_id id,
				  enum verdict verdict), void *arg)
{
	int32_t first = first_number(arch);
	char buf[SYSCALL_NAME_MAX];

	for (int32_t nr = first; nr < first + NUMBERS; nr++) {
		struct call_id id = { arch->audit, nr };

		if (syscall_name(id, buf))
			see(arg, id, judge(filter, id));
	}
}

static void see_allowance(void *allowance, struct call_id id,
			  enum verdict verdict)
{
	struct allowance *a = allowance;
	const struct danger *danger = danger_of(id);

	if (verdict == VERDICT_DENIED)
		return;
	a->calls++;
	a->narrowed += verdict == VERDICT_UNDECIDED;
	if (danger)
		a->dangers[danger->rank]++;
}

static void see_call(void *score, struct call_id id, enum verdict verdict)
{
	struct score *s = score;
	struct allowed *call;

	s->n_named++;
	see_allowance(&s->own, id, verdict);
	if (verdict == VERDICT_DENIED)
		return;
	s->calls = xgrow(s->calls, s->n, sizeof(*s->calls));
	call = &s->calls[s->n++];
	call->id = id;
	call->narrowed = verdict == VERDICT_UNDECIDED;
	call->danger = danger_of(id);
}

static bool is_logged(const struct filter *filter, struct call_id id)
{
	struct filter_answers answers;

	filter_run_any(filter, id, &answers);
	return answers.n == 1 && !answers.more && answers.actions[0] ==
		SECCOMP_RET_LOG;
}

static bool allows_nameless(const struct filter *filter)
{
	struct call_id id = { arch_native()->audit, NUMBERS };

	return judge(filter, id) != VERDICT_DENIED;
}

static void count_others(struct score *s, const struct filter *filter)
{
	const struct arch *arch;

	for (size_t i = 0; (arch = arch_at(i)); i++) {
		struct allowance a = { 0 };

		if (arch == arch_native())
			continue;
		each_call(filter, arch, see_allowance, &a);
		if (!a.calls)
			continue;
		s->others = xgrow(s->others, s->n_others, sizeof(*s->others));
		s->others[s->n_others++] = (struct other){ arch, a.calls, 0 };
	}
}

/* The recorded calls. */

static struct allowed *find_call(struct score *s, struct call_id id)
{
	for (size_t i = 0; i < s->n; i++)
		if (!call_id_compare(&s->calls[i].id, &id))
			return &s->calls[i];
	return NULL;
}

static void see_total(struct score *s, const struct filter *filter,
		      const struct call_total *total)
{
	const struct arch *arch = arch_of_call(total->id);
	struct allowed *call = find_call(s, total->id);

	if (call) {
		call->count = total->count ? total->count : 1;
		s->n_seen++;
	} else {
		s->n_violations += judge(filter, total->id) == VERDICT_DENIED;
	}
	for (size_t i = 0; i < s->n_others; i++)
		if (s->others[i].arch == arch)
			s->others[i].n_seen +=
				judge(filter, total->id) != VERDICT_DENIED;
}

static void see_trace(struct score *s, const struct filter *filter,
		      const struct trace *t)
{
	size_t n;
	struct call_total *totals = trace_totals(t, NULL, NULL, &n);

	for (size_t i = 0; i < n; i++)
		see_total(s, filter, &totals[i]);
	free(totals);
}

/* The default profiles of engines. */

/* The note tells that the figures do not come from the installed file. */
static bool measure_file(const char *name, FILE *file, const struct host *host,
			 struct allowance *a)
{
	char *problem = NULL;
	struct profile *p = file ? profile_read(file, host, &problem) : NULL;
	struct filter *filter = NULL;
	int error = 0;
	bool done;

	if (p) {
		free(problem);
		problem = NULL;
		error = filter_compile(p, &filter, &problem);
	}
	if (filter)
		each_call(filter, arch_native(), see_allowance, a);
	else if (file)
		message_note("%s is not measured: %s", name, problem ? problem :
			     strerror(error ? -error : EINVAL));
	done = filter;
	free(problem);
	profile_free(p);
	filter_free(filter);
	return done;
}

static void add_usual(struct score *s, const struct engine *usual,
		      FILE *const files[ENGINE_FILES])
{
	struct peer peer = { .name = xstrdup(usual->name) };
	char *bad = NULL;
	struct host host;

	host_init(&host);
	/* This cannot fail, since all of these names exist. */
	host_set_caps(&host, usual->caps, &bad);
	free(bad);
	for (int i = 0; i < ENGINE_FILES && !peer.source; i++)
		if (measure_file(usual->files[i], files[i], &host,
				 &peer.allowance))
			peer.source = xstrdup(usual->files[i]);
	if (!peer.source && strcmp(usual->arch, arch_native()->name)) {
		free(peer.name);
		return;
	}
	if (!peer.source) {
		peer.source = xstrdup(usual->source);
		peer.allowance = usual->allowance;
	}
	s->peers = xgrow(s->peers, s->n_peers, sizeof(*s->peers));
	s->peers[s->n_peers++] = peer;
}

struct score *score_new(const struct filter *filter, const char *name,
			const struct trace *t,
			const struct engine_files *files)
{
	struct score *s = xcalloc(1, sizeof(*s));
	const struct engine *usual;

	s->name = text_printable(name);
	s->recorded = t;
	each_call(filter, arch_native(), see_call, s);
	s->nameless = allows_nameless(filter);
	for (size_t i = 0; i < s->n; i++)
		s->n_logged += is_logged(filter, s->calls[i].id);
	count_others(s, filter);
	if (t)
		see_trace(s, filter, t);
	for (size_t i = 0; (usual = engine_at(i)); i++)
		add_usual(s, usual, files->at[i]);
	return s;
}

void score_free(struct score *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n_peers; i++) {
		free(s->peers[i].name);
		free(s->peers[i].source);
	}
	free(s->peers);
	free(s->others);
	free(s->calls);
	free(s->name);
	free(s);
}

size_t score_violations(const struct score *s)
{
	return s->n_violations;
}

/* Output for people. */

static size_t n_dangers(const struct allowance *a)
{
	size_t n = 0;

	for (int rank = 1; rank <= RANKS; rank++)
		n += a->dangers[rank];
	return n;
}

/* Prints "none", or the calls with the worst first: "2 (ptrace, keyctl)". */
static void print_dangers(const struct score *s, FILE *out)
{
	enum { NAMED = 5 };
	size_t n = 0, all = n_dangers(&s->own);
	char buf[SYSCALL_NAME_MAX];

	if (!all)
		fputs("none", out);
	else
		fprintf(out, "%zu", all);
	for (int rank = 1; rank <= RANKS; rank++)
		for (size_t i = 0; i < s->n; i++)
			if (s->calls[i].danger && n < NAMED &&
			    s->calls[i].danger->rank == rank)
				fprintf(out, "%s%s", n++ ? ", " : " (",
					syscall_label(s->calls[i].id, buf));
	if (all)
		fputs(n < all ? ", ...)" : ")", out);
}

static void print_line(const struct score *s, FILE *out)
{
	fprintf(out, "%zu of %zu calls allowed", s->own.calls, s->n_named);
	if (s->own.narrowed)
		fprintf(out, ", %zu by arguments", s->own.narrowed);
	for (size_t i = 0; i < s->n_peers; i++)
		fprintf(out, "%s%s: %zu%s", i ? ", " : " (",
			s->peers[i].name, s->peers[i].allowance.calls,
			i + 1 == s->n_peers ? ")" : "");
	if (s->recorded)
		fprintf(out, "; %zu observed, %zu never", s->n_seen,
			s->own.calls - s->n_seen);
	fputs("; dangerous: ", out);
	print_dangers(s, out);
	putc('\n', out);
}

static void print_peer(const char *name, const struct allowance *a,
		       const char *source, int width, FILE *out)
{
	fprintf(out, "%-*s  %7zu  %8zu  %9zu  %5zu  %5zu  %5zu%s%s\n", width,
		name, a->calls, a->narrowed, n_dangers(a), a->dangers[1],
		a->dangers[2], a->dangers[3], source ? "  " : "",
		source ? source : "");
}

static void print_peers(const struct score *s, FILE *out)
{
	int width = strlen(s->name);

	for (size_t i = 0; i < s->n_peers; i++)
		if ((int)strlen(s->peers[i].name) > width)
			width = strlen(s->peers[i].name);
	if (width < (int)strlen("PROFILE"))
		width = strlen("PROFILE");
	fprintf(out, "\n%-*s  ALLOWED  NARROWED  DANGEROUS  RANK1  RANK2  "
		"RANK3  SOURCE\n", width, "PROFILE");
	print_peer(s->name, &s->own, NULL, width, out);
	for (size_t i = 0; i < s->n_peers; i++)
		print_peer(s->peers[i].name, &s->peers[i].allowance,
			   s->peers[i].source, width, out);
}

static void print_danger(const struct score *s, const struct allowed *call,
			 int width, FILE *out)
{
	char buf[SYSCALL_NAME_MAX], count[24] = "-";

	if (s->recorded)
		snprintf(count, sizeof(count), "%" PRIu64, call->count);
	fprintf(out, "%4d  %-*s  %8s  %-8s  %s\n", call->danger->rank, width,
		syscall_label(call->id, buf), count,
		call->narrowed ? "yes" : "no", call->danger->reason);
}

static void print_danger_table(const struct score *s, FILE *out)
{
	char buf[SYSCALL_NAME_MAX];
	int width = strlen("CALL");

	for (size_t i = 0; i < s->n; i++)
		if (s->calls[i].danger &&
		    (int)strlen(syscall_label(s->calls[i].id, buf)) > width)
			width = strlen(syscall_label(s->calls[i].id, buf));
	if (n_dangers(&s->own))
		fprintf(out, "\nRANK  %-*s  OBSERVED  NARROWED  WHY\n", width,
			"CALL");
	for (int rank = 1; rank <= RANKS; rank++)
		for (size_t i = 0; i < s->n; i++)
			if (s->calls[i].danger &&
			    s->calls[i].danger->rank == rank)
				print_danger(s, &s->calls[i], width, out);
}

/*
 * Prints "also allowed: 369 calls of x86 (1 observed), 308 of x32 (0
 * observed)".
 */
static void print_others(const struct score *s, FILE *out)
{
	for (size_t i = 0; i < s->n_others; i++) {
		fprintf(out, "%s%zu%s of %s", i ? ", " : "also allowed: ",
			s->others[i].n, i ? "" : " calls",
			s->others[i].arch->name);
		if (s->recorded)
			fprintf(out, " (%zu observed)", s->others[i].n_seen);
	}
	if (s->n_others)
		putc('\n', out);
}

void score_print(const struct score *s, FILE *out)
{
	print_line(s, out);
	print_others(s, out);
	if (s->n_logged)
		fprintf(out, "%zu of the allowed calls are logged, as a "
			"profile for staging has it\n", s->n_logged);
	if (s->nameless)
		fputs("numbers without a name are allowed too\n", out);
	print_peers(s, out);
	print_danger_table(s, out);
}

/* Output for programs. */

static json_t *allowance_json(const struct allowance *a)
{
	return json_pack("{sI sI s[III]}", "allowed", (json_int_t)a->calls,
			 "narrowed", (json_int_t)a->narrowed, "dangerous",
			 (json_int_t)a->dangers[1], (json_int_t)a->dangers[2],
			 (json_int_t)a->dangers[3]);
}

static json_t *calls_json(const struct score *s)
{
	json_t *list = json_array();
	char buf[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < s->n; i++) {
		const struct allowed *call = &s->calls[i];

		json_array_append_new(list, json_pack("{ss si sb so so}",
			"name", syscall_label(call->id, buf),
			"nr", (int)call->id.nr, "narrowed", call->narrowed,
			"observed", s->recorded ? uint_json(call->count) :
				json_null(),
			"rank", call->danger ?
				json_integer(call->danger->rank) :
				json_null()));
	}
	return list;
}

static json_t *peers_json(const struct score *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_peers; i++) {
		json_t *peer = allowance_json(&s->peers[i].allowance);

		json_object_set_new(peer, "name",
				    json_string(s->peers[i].name));
		json_object_set_new(peer, "source",
				    json_string(s->peers[i].source));
		json_array_append_new(list, peer);
	}
	return list;
}

static json_t *others_json(const struct score *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_others; i++)
		json_array_append_new(list, json_pack("{ss sI so}",
			"arch", s->others[i].arch->name,
			"allowed", (json_int_t)s->others[i].n, "observed",
			s->recorded ? json_integer(s->others[i].n_seen) :
				json_null()));
	return list;
}

void score_json(const struct score *s, FILE *out)
{
	json_t *root = allowance_json(&s->own);

	json_object_set_new(root, "arch", json_string(arch_native()->name));
	json_object_set_new(root, "named", json_integer(s->n_named));
	json_object_set_new(root, "logged", json_integer(s->n_logged));
	json_object_set_new(root, "nameless", json_boolean(s->nameless));
	json_object_set_new(root, "observed", s->recorded ?
			    json_integer(s->n_seen) : json_null());
	json_object_set_new(root, "violations", s->recorded ?
			    json_integer(s->n_violations) : json_null());
	json_object_set_new(root, "calls", calls_json(s));
	json_object_set_new(root, "others", others_json(s));
	json_object_set_new(root, "compared", peers_json(s));
	json_print(root, out);
	json_decref(root);
}
