/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The filter itself, in the form that seccomp(2) takes and `bwrap --seccomp FD`
 * reads: an array of struct sock_filter in this machine's byte order.
 * libseccomp compiles it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "filter/filter.h"
#include "format.h"

void write_bpf(const struct emit *emit, FILE *out)
{
	struct filter *filter = NULL;
	char *problem;

	filter_compile(emit->profile, &filter, &problem);
	/* Either there was an error, or libseccomp left out a call. */
	if (problem)
		message_error("%s", problem);
	else
		fwrite(filter->code, sizeof(*filter->code), filter->n, out);
	free(problem);
	filter_free(filter);
}
