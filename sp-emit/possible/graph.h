/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds the system calls that programs can reach. It follows the call graph of
 * the C library from each function that an executable or a library imports.
 * System calls in the code of an executable or a library always count, even if
 * nothing leads to them.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "binary.h"

enum {
	GRAPH_NUMBERS_MAX = 1024,	/* more than the number of any call */
	GRAPH_WHY_MAX = 192,
};

/* Who makes a call. Lower values are nearer to the program. */
enum graph_near {
	GRAPH_NOT,
	GRAPH_OWN,	/* made by the executable itself */
	GRAPH_LIBRARY,	/* by a library */
};

struct graph_call {
	enum graph_near near;
	/* the number of functions of the C library on the way */
	uint32_t steps;
	/* the object that imports it, and the imported function, or "" */
	char object[GRAPH_WHY_MAX], function[GRAPH_WHY_MAX];
};

struct graph_result {
	struct graph_call calls[GRAPH_NUMBERS_MAX];
	uint32_t n_unknown;	/* places where the number is not constant */
	uint32_t cut_short;	/* whether a limit stopped the reading */
};

struct graph;

/*
 * Returns NULL without a disassembler. `deadline` is on the clock of now_ns().
 */
struct graph *graph_new(uint64_t deadline);
/* Closes the added binaries, too. */
void graph_free(struct graph *g);
/* Takes ownership of the binary. */
void graph_add(struct graph *g, struct binary *b, const char *name, bool own);
void graph_solve(struct graph *g, struct graph_result *result);

#endif
