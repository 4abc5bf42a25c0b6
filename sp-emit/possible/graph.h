/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the system calls that programs can reach. From each function that an
 * executable or a library imports from the C library, the call graph of the C
 * library is followed. System calls in an object's own code always count,
 * wherever they are.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "binary.h"

enum {
	GRAPH_NUMBERS_MAX = 1024,	/* more than the number of any call */
	GRAPH_WHY_MAX = 192,
};

/* How a call is reached: lower values are nearer to the program. */
enum graph_near {
	GRAPH_NOT,
	GRAPH_OWN,	/* made by the executable itself */
	GRAPH_LIBRARY,	/* by a library */
};

struct graph_call {
	enum graph_near near;
	/* the number of functions of the C library in between */
	uint32_t steps;
	/* the object that imports it, and the imported function, or "" */
	char object[GRAPH_WHY_MAX], function[GRAPH_WHY_MAX];
};

struct graph_result {
	struct graph_call calls[GRAPH_NUMBERS_MAX];
	uint32_t n_unknown;	/* places where the number is not constant */
	uint32_t cut_short;	/* reading was stopped by a limit */
};

struct graph;

/*
 * `deadline` is on the clock of now_ns(). Returns NULL without a disassembler.
 */
struct graph *graph_new(uint64_t deadline);
/* Also closes the binaries that were added. */
void graph_free(struct graph *g);
/* Takes ownership of the binary. */
void graph_add(struct graph *g, struct binary *b, const char *name, bool own);
void graph_solve(struct graph *g, struct graph_result *result);

#endif
