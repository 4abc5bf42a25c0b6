/* SPDX-License-Identifier: Apache-2.0 */
#include "known.h"

#include <errno.h>
#include <stdlib.h>

#include "base/input.h"
#include "base/memory.h"
#include "base/message.h"
#include "profile/host.h"
#include "profile/profile.h"
#include "stream/stream.h"
#include "stream/trace.h"

static bool take_stream(struct known *known, FILE *file, char **problem)
{
	struct trace *t = trace_new();
	bool fine = trace_read(t, file, 0, problem);
	struct call_total *totals;

	if (fine) {
		totals = trace_totals(t, NULL, NULL, &known->n);
		known->ids = xcalloc(known->n, sizeof(*known->ids));
		for (size_t i = 0; i < known->n; i++)
			known->ids[i] = totals[i].id;
		free(totals);
	}
	trace_free(t);
	return fine;
}

static bool take_profile(struct known *known, FILE *file, const char *path,
			 char **problem)
{
	struct host host;
	struct profile *p;

	host_init(&host);
	host.path = path;
	p = profile_read(file, &host, problem);
	if (p)
		known->ids = profile_fully_allowed(p, &known->n);
	profile_free(p);
	host_release(&host);
	return p;
}

void known_read(struct known *known, const char *path)
{
	struct input in = { 0 };
	FILE *file = input_open(&in, path) ? input_file(&in) : NULL;
	char *problem = NULL;
	bool fine;
	int first;

	if (!file)
		exit(message_status());
	first = getc(file);
	ungetc(first, file);
	fine = first == STREAM_FIRST_BYTE ?
		take_stream(known, file, &problem) :
		take_profile(known, file, path, &problem);
	if (!fine)
		message_fatal("%s: %s", input_name(path), problem ? problem :
			      profile_strerror(errno));
	input_close(&in);
}

void known_free(struct known *known)
{
	free(known->ids);
}
