/* SPDX-License-Identifier: Apache-2.0 */
/* --harden: further restrictions of a unit that a recording proves. */
#ifndef HARDEN_H
#define HARDEN_H

#include "format.h"

/*
 * Whether the recording shows that the unit makes and joins no namespaces, and makes
 * tasks by clone3(2): RestrictNamespaces= answers that with ENOSYS, and a C library
 * then calls clone(2).
 */
bool harden_needs_clone(const struct emit *emit);

/* --allow-denied allows it, and the arguments of denied calls are not recorded. */
bool harden_allows_denied(const struct emit *emit, const char *call);

/*
 * The settings, each with its evidence as a comment; notes name the others. An
 * incomplete recording proves nothing: not for such a one.
 */
void write_harden(const struct emit *emit, FILE *out);

#endif
