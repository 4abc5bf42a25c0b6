/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the reader of strace's logs. The traced program chooses much of their
 * text.
 */
#include "base/message.h"
#include "fuzz.h"

/* Discards the tool's messages, which would fill the fuzzer's output. */
static void ignore_message(const char *fmt, ...)
{
	(void)fmt;
}
#define message_error ignore_message
#define message_note ignore_message
#include "../../sp-merge/lines.c"
#include "../../sp-merge/strace-line.c"
#include "../../sp-merge/tally.c"
#include "../../sp-merge/strace.c"

static uint64_t count_calls(const struct trace *t)
{
	uint64_t n = 0;

	for (size_t i = 0; i < t->calls.n; i++)
		n += fact_count(t->calls.at[i]);
	return n;
}

/* Returns whether the log is accepted, and sets the number of its calls. */
static bool read_once(const uint8_t *data, size_t size, bool partial,
		      uint64_t *n_calls)
{
	struct input input = { .path = "log", .file = fuzz_open(data, size) };
	struct inputs inputs = { .at = &input, .n = 1 };
	struct trace *t = trace_new();
	bool ok = read_strace(&inputs, arch_native(), partial, t);

	*n_calls = count_calls(t);
	if (ok && (t->n_runs != 1 || !*n_calls))
		abort();
	input_close(&input);
	trace_free(t);
	return ok;
}

/*
 * A log that is accepted as complete must also be accepted with
 * --allow-partial, with the same number of calls.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t whole, partial;

	if (read_once(data, size, false, &whole) &&
	    (!read_once(data, size, true, &partial) || whole != partial))
		abort();
	return 0;
}
