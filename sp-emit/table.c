/* SPDX-License-Identifier: Apache-2.0 */
/* --table: the calls of a trace with their counts, for people. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "format.h"
#include "kernel/operation.h"
#include "results.h"

struct widths {
	/* Widths of columns. arch 0: all calls have the same architecture. */
	int arch, nr, count;
};

/* Puts the most frequent call first. */
static int by_count(const void *a, const void *b)
{
	const struct call_total *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return call_id_compare(&x->id, &y->id);
}

static void widen(int *width, int needed)
{
	if (*width < needed)
		*width = needed;
}

static struct widths measure(const struct call_total *totals, size_t n)
{
	struct widths w = { strlen("ARCH"), strlen("NR"), strlen("COUNT") };
	bool several = false;
	char buf[ARCH_NAME_MAX];

	for (size_t i = 0; i < n; i++) {
		several |= arch_of_call(totals[i].id) !=
			   arch_of_call(totals[0].id);
		several |= totals[i].id.arch != totals[0].id.arch;
		widen(&w.arch, strlen(arch_label(totals[i].id, buf)));
		widen(&w.nr, snprintf(NULL, 0, "%d", totals[i].id.nr));
		widen(&w.count, snprintf(NULL, 0, "%" PRIu64,
					 totals[i].count));
	}
	if (!several)
		w.arch = 0;
	return w;
}

static void write_row(const struct call_total *total, struct widths w,
		      FILE *out)
{
	char arch[ARCH_NAME_MAX], name[SYSCALL_NAME_MAX];

	if (w.arch)
		fprintf(out, "%-*s  ", w.arch, arch_label(total->id, arch));
	fprintf(out, "%*d  %*" PRIu64 "  %s\n", w.nr, total->id.nr, w.count,
		total->count, syscall_label(total->id, name));
}

/*
 * Writes the columns of strace -c -f -w: seconds in calls, time per call, and
 * errors.
 */
static void write_results(const struct results *results,
			  const struct call_total *totals, size_t n, FILE *out)
{
	uint64_t all_ns = 0, left_out = 0;

	for (size_t i = 0; i < n; i++)
		all_ns = count_add(all_ns,
				   results_of(results, totals[i].id).ns);
	fputs("Time in calls, and errors\n"
	      "%TIME      SECONDS    USECS/CALL     CALLS    ERRORS  NAME\n",
	      out);
	for (size_t i = 0; i < n; i++) {
		struct result_sum sum = results_of(results, totals[i].id);
		char name[SYSCALL_NAME_MAX];

		if (totals[i].count > sum.n)
			left_out = count_add(left_out,
					     totals[i].count - sum.n);
		if (!sum.n)
			continue;
		fprintf(out, "%5.1f %12.6f  %12.1f  %8" PRIu64 "  ",
			all_ns ? 100.0 * sum.ns / all_ns : 0, sum.ns / 1e9,
			sum.ns / 1e3 / sum.n, sum.n);
		fprintf(out, sum.errors ? "%8" PRIu64 "  %s\n" : "%8.0"
			PRIu64 "  %s\n", sum.errors,
			syscall_label(totals[i].id, name));
	}
	if (left_out)
		fprintf(out, "%" PRIu64 " calls did not return, or their "
			"results were not recorded\n", left_out);
}

static uint64_t sum(const struct call_total *totals, size_t n)
{
	uint64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count = count_add(count, totals[i].count);
	return count;
}

/*
 * Returns the counts of a call, summed over all images. Moves `*at` to the next
 * call.
 */
static struct call_total take_total(struct fact ***at)
{
	const struct fact *first = **at;
	struct call_total total = { .id = first->id };

	for (; **at && !call_id_compare(&(**at)->id, &first->id) &&
	       (**at)->answer == first->answer; ++*at)
		total.count = count_add(total.count, fact_count(**at));
	return total;
}

static void write_denials(const struct trace *t, struct widths w, FILE *out)
{
	struct fact **denials = facts_by_id(&t->denials), **next = denials;

	if (*next)
		fputs("Denied by a filter that was already in force\n", out);
	while (*next) {
		int32_t answer = (*next)->answer;
		struct call_total total = take_total(&next);
		char arch[ARCH_NAME_MAX], name[SYSCALL_NAME_MAX], text[DENIAL_TEXT_MAX];

		if (w.arch)
			fprintf(out, "%-*s  ", w.arch,
				arch_label(total.id, arch));
		fprintf(out, "%*d  %*" PRIu64 "  %s: %s\n", w.nr, total.id.nr,
			w.count, total.count, syscall_label(total.id, name),
			denial_text(answer, text));
	}
	free(denials);
}

static void write_operations(const struct trace *t, struct widths w, FILE *out)
{
	struct fact **operations = facts_by_id(&t->operations);
	struct fact **next = operations;

	if (*next)
		fputs("Done by io_uring, where no filter sees it\n", out);
	while (*next) {
		struct call_total total = take_total(&next);
		char name[OPERATION_NAME_MAX];

		fprintf(out, "%*s%*d  %*" PRIu64 "  %s\n",
			w.arch ? w.arch + 2 : 0, "", w.nr, total.id.nr, w.count,
			total.count, operation_name(total.id.nr, name));
	}
	free(operations);
}

void write_table(const struct emit *emit, FILE *out)
{
	size_t n;
	struct call_total *totals = trace_totals(emit->trace, NULL, NULL, &n);
	struct widths w = measure(totals, n);

	qsort(totals, n, sizeof(*totals), by_count);
	fprintf(out, "Observed %" PRIu64 " syscall events "
		"(%zu unique syscalls)\n", sum(totals, n), n);
	if (w.arch)
		fprintf(out, "%-*s  ", w.arch, "ARCH");
	fprintf(out, "%*s  %*s  %s\n", w.nr, "NR", w.count, "COUNT", "NAME");
	for (size_t i = 0; i < n; i++)
		write_row(&totals[i], w, out);
	write_denials(emit->trace, w, out);
	write_operations(emit->trace, w, out);
	if (results_exist(emit->results))
		write_results(emit->results, totals, n, out);
	free(totals);
}
