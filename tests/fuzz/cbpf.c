/* SPDX-License-Identifier: Apache-2.0 */
/* Tests the reader and the evaluation of raw filters. */
#include <stdlib.h>

#include "filter/cbpf.h"

/*
 * The answer to a call must be among the answers that filter_run_any() finds
 * for unknown arguments.
 */
static void run_any(const struct filter *f)
{
	const struct seccomp_data data = { .nr = 1, .arch = 0xc000003e };
	struct filter_answers answers;
	uint32_t answer = filter_run(f, &data);
	bool found = false;

	filter_run_any(f, (struct call_id){ data.arch, data.nr }, &answers);
	for (size_t i = 0; i < answers.n; i++)
		found |= answers.actions[i] == answer;
	if (!found && !answers.more)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool denies(uint32_t action)
{
	return !action_allows(action);
}

/*
 * If cbpf_check() accepts a program, the program and the filter with
 * notifications that is made from it can be run. Each denial becomes a
 * notification, except for a division by 0, which kills.
 */
static void run(struct filter *f)
{
	const struct seccomp_data data = { .nr = 1, .arch = 0xc000003e };
	uint32_t answer = filter_run(f, &data), expected = answer, notified;
	struct filter *notifying = filter_notifying(f, denies);
	char *problem;

	if (!notifying)
		return;
	problem = cbpf_check(notifying->code, notifying->n);
	notified = filter_run(notifying, &data);
	if (denies(answer) && notified != SECCOMP_RET_KILL_THREAD)
		expected = SECCOMP_RET_USER_NOTIF;
	if (problem || notified != expected)
		abort();
	filter_free(notifying);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct filter *f = NULL;
	char *problem = NULL;

	if (!cbpf_looks_like(data, size))
		return 0;
	f = cbpf_parse(data, size, &problem);
	if (!f == !problem)
		abort();	/* a filter or a reason, never both */
	if (f) {
		run(f);
		run_any(f);
	}
	filter_free(f);
	free(problem);
	return 0;
}
