/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --harden: further restrictions of a unit that a recording shows to be safe.
 */
#ifndef HARDEN_H
#define HARDEN_H

#include "format.h"

/*
 * Whether the recording shows that the unit creates and joins no namespaces,
 * but creates tasks with clone3(2). RestrictNamespaces= makes that call fail
 * with ENOSYS, and a C library then uses clone(2).
 */
bool harden_needs_clone(const struct emit *emit);

/*
 * Whether the call was denied and --allow-denied allows it. The arguments of
 * denied calls are not recorded.
 */
bool harden_allows_denied(const struct emit *emit, const char *call);

/*
 * Writes the settings, each with its evidence in a comment. Notes name the
 * settings that are left out. Do not call this for an incomplete recording,
 * which proves nothing.
 */
void write_harden(const struct emit *emit, FILE *out);

#endif
