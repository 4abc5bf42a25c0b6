/* SPDX-License-Identifier: Apache-2.0 */
/* --base: another profile, whose calls are allowed as well. */
#ifndef BASE_H
#define BASE_H

#include "base/input.h"
#include "format.h"
#include "profile/host.h"

struct base {
	const char *path;		/* NULL: the option was not given */
	struct input input;
	struct profile *profile;
};

/*
 * Call this before the sandbox. Returns false if it printed and latched an
 * error.
 */
bool base_open(struct base *base, const char *path, struct host *host);
/*
 * Returns false if the file is not a profile, or cannot be joined; this was
 * printed and latched.
 */
bool base_read(struct base *base, const struct host *prepared);
void base_close(struct base *base);

/*
 * Allows in `p` what the base allows on the architectures of `p`. Returns false
 * if it printed and latched an error: this format cannot express a rule.
 */
bool base_join(const struct base *base, struct profile *p,
	       const struct format *format);

/*
 * Allows the call for all arguments. In a format with one list of names, also
 * allows calls with this name on the other architectures of `p`.
 */
void base_allow(struct profile *p, struct call_id id, const char *name,
		uint32_t origin, bool one_list);

#endif
