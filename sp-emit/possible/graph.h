/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system calls that programs can reach. What an executable or a library
 * imports from the C library leads into the C library's call graph; system calls
 * of their own count wherever in the code they are.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include "binary.h"

enum {
	GRAPH_NUMBERS_MAX = 1024,	/* no call has a greater number */
	GRAPH_WHY_MAX = 192,
};

/* How a call is reached: the lower, the nearer to the program. */
enum graph_near {
	GRAPH_NOT,
	GRAPH_OWN,	/* by the executable itself */
	GRAPH_LIBRARY,	/* by a library */
};

struct graph_call {
	enum graph_near near;
	uint32_t steps;		/* functions of the C library between */
	/* The object and the function of the C library that leads to it, or "". */
	char object[GRAPH_WHY_MAX], function[GRAPH_WHY_MAX];
};

struct graph_result {
	struct graph_call calls[GRAPH_NUMBERS_MAX];
	uint32_t n_unknown;	/* places whose number is not constant */
	uint32_t cut_short;	/* it took too long, or is too much */
};

struct graph;

/* `deadline` as now_ns() has it. NULL: there is no disassembler. */
struct graph *graph_new(uint64_t deadline);
/* Closes what was added. */
void graph_free(struct graph *g);
/* Takes the binary over. */
void graph_add(struct graph *g, struct binary *b, const char *name, bool own);
void graph_solve(struct graph *g, struct graph_result *result);

#endif
