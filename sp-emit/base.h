/* SPDX-License-Identifier: Apache-2.0 */
/* --base: another profile, whose calls are allowed, too. */
#ifndef BASE_H
#define BASE_H

#include "base/input.h"
#include "format.h"
#include "profile/host.h"

struct base {
	const char *path;		/* NULL: none was given */
	struct input input;
	struct profile *profile;
};

/* Before the sandbox. False: it was printed and latched. */
bool base_open(struct base *base, const char *path, struct host *host);
/* False: it is not a profile, or cannot be joined. */
bool base_read(struct base *base, const struct host *prepared);
void base_close(struct base *base);

/*
 * Allow in `p` what the base allows on the architectures of `p`. False: a rule
 * cannot be joined in this format; printed and latched.
 */
bool base_join(const struct base *base, struct profile *p,
	       const struct format *format);

/*
 * Allow the call whatever its arguments, and in a format with one list of names
 * those of the same name on the other architectures of `p`.
 */
void base_allow(struct profile *p, struct call_id id, const char *name,
		uint32_t origin, bool one_list);

#endif
