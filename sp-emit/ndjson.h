/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes the events of a stream as lines of JSON, without building a profile.
 */
#ifndef NDJSON_H
#define NDJSON_H

#include <stdio.h>

#include "stream/trace.h"

struct ndjson;

/* The sink of the result writes every event to `out`. */
struct ndjson *ndjson_new(FILE *out);
const struct trace_sink *ndjson_sink(const struct ndjson *n);
/*
 * Writes a line for each call of the trace that has fewer events than its
 * count.
 */
void ndjson_finish(struct ndjson *n, const struct trace *trace);
void ndjson_free(struct ndjson *n);

#endif
