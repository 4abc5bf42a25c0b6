/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes arbitrary bytes to the reader of streams, as a libFuzzer target.
 *
 * With -DEXHAUSTIVE, it is a program instead. It reads a good stream, cuts it
 * at every byte, and changes every byte to every other value. It prints how
 * many results were accepted. Under sanitizers, which are slow, it flips single
 * bits instead. It only reads the other streams on the command line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stream/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Uses a trace as the tools do. This must not read beyond the trace's facts. */
static void ask(const struct trace *t)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n;

	for (size_t i = 0; i < t->arguments.n; i++)
		argument_values(t->arguments.at[i], values);
	free(trace_totals(t, NULL, NULL, &n));
}

/*
 * Returns whether the bytes are a stream. A stream that is accepted must also
 * be writable.
 */
static bool accepts(const uint8_t *data, size_t size, unsigned int flags)
{
	struct trace *t = trace_new();
	FILE *in = size ? fmemopen((void *)data, size, "r") :
		fopen("/dev/null", "r");
	char *problem, *bytes;
	size_t written;
	FILE *out;
	bool ok;

	ok = trace_read(t, in, flags, &problem);
	if (ok == (problem != NULL))
		abort();	/* accepted or a reason, never both */
	if (ok) {
		ask(t);
		out = open_memstream(&bytes, &written);
		trace_write(t, out);
		fclose(out);
		free(bytes);
	}
	free(problem);
	fclose(in);
	trace_free(t);
	return ok;
}

#ifndef EXHAUSTIVE

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	accepts(data, size, 0);
	accepts(data, size, TRACE_PARTIAL);
	return 0;
}

#else

static uint8_t *read_all(const char *path, size_t *size)
{
	FILE *file = fopen(path, "r");
	uint8_t *data = xcalloc(1 << 20, 1);

	if (!file)
		return NULL;
	*size = fread(data, 1, 1 << 20, file);
	fclose(file);
	return data;
}

static int try_cuts(const uint8_t *data, size_t size)
{
	int bad = 0;

	for (size_t n = 0; n < size; n++) {
		uint8_t *cut = xmemdup(data, n);

		if (accepts(cut, n, 0) && ++bad)
			printf("cut at %zu: accepted\n", n);
		accepts(cut, n, TRACE_PARTIAL);
		free(cut);
	}
	return bad;
}

static int next_flip(int flip)
{
#ifdef __SANITIZE_ADDRESS__
	return 2 * flip;
#else
	return flip + 1;
#endif
}

static int try_changes(uint8_t *data, size_t size)
{
	int bad = 0;

	for (size_t i = 0; i < size; i++)
		for (int flip = 1; flip < 256; flip = next_flip(flip)) {
			data[i] ^= flip;
			if (accepts(data, size, 0) && ++bad)
				printf("byte %zu ^ %02x: accepted\n", i, flip);
			data[i] ^= flip;
		}
	return bad;
}

int main(int argc, char **argv)
{
	size_t size;
	uint8_t *data = NULL;
	int bad;

	/* The loop ends with the first stream, which is used below. */
	for (int i = argc - 1; i > 0; i--) {
		free(data);
		data = read_all(argv[i], &size);
		if (!data || !accepts(data, size, 0))
			break;
	}

	if (!data || !accepts(data, size, 0)) {
		printf("usage: stream STREAM…; the first is a good one\n");
		return 2;
	}
	bad = try_cuts(data, size) + try_changes(data, size);
	printf("%zu bytes, %d accepted\n", size, bad);
	free(data);
	return bad != 0;
}

#endif
