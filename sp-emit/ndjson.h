/* SPDX-License-Identifier: Apache-2.0 */
/* The events of a stream as lines of JSON: no profile, and no fold. */
#ifndef NDJSON_H
#define NDJSON_H

#include <stdio.h>

#include "stream/trace.h"

struct ndjson;

/* Writes to `out` what the sink is given. */
struct ndjson *ndjson_new(FILE *out);
const struct trace_sink *ndjson_sink(const struct ndjson *n);
/* A line for each call of the trace that has more calls than events. */
void ndjson_finish(struct ndjson *n, const struct trace *trace);
void ndjson_free(struct ndjson *n);

#endif
