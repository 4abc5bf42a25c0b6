/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disassembles the code of executables, reads their sections, symbols, slots
 * and functions, and finds the calls that the graph reaches.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "fuzz.h"
#include "graph.h"

static void add(struct graph *g, const uint8_t *data, size_t size, bool own)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct binary b;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (!binary_open(&b, fd))
		graph_add(g, &b, own ? "/a" : "/b", own);
}

static void check_functions(const uint8_t *data, size_t size)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct binary b;

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (binary_open(&b, fd))
		return;
	for (size_t i = 0; i < b.n_functions; i++) {
		const struct binary_span *f = &b.functions[i];

		if (f->start > f->end ||
		    (i && f[-1].end > f->start) ||
		    (f->start < f->end && binary_function(&b, f->start) != f))
			abort();
	}
	binary_close(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct graph_result result;
	struct graph *g = graph_new(now_ns() + 2000000000ULL);

	memset(&result, 0, sizeof(result));
	check_functions(data, size);
	/*
	 * The same file is the program and a library from which it can import.
	 */
	add(g, data, size, true);
	add(g, data, size, false);
	graph_solve(g, &result);
	for (int i = 0; i < GRAPH_NUMBERS_MAX; i++)
		if (result.calls[i].near > GRAPH_LIBRARY ||
		    result.calls[i].object[GRAPH_WHY_MAX - 1] ||
		    result.calls[i].function[GRAPH_WHY_MAX - 1])
			abort();
	graph_free(g);
	return 0;
}
