/* SPDX-License-Identifier: Apache-2.0 */
/* What oci.c shares with formats that are based on the OCI's. */
#ifndef OCI_H
#define OCI_H

#include "format.h"

/*
 * Writes an action as two members. `errno_key` NULL: its errno is the default,
 * and not written.
 */
void oci_set_action(json_t *object, const char *action_key,
		    const char *errno_key, uint32_t action);
/* The names of the profile's architectures, from number `from` on. */
json_t *oci_archs(const struct profile *p, size_t from);
/*
 * Returns the list `syscalls`, with an entry for each action. Values of
 * arguments are stored as by json_fold_integers().
 */
json_t *oci_rules(const struct profile *p);
/* Writes a profile with such a list, and a newline. */
void oci_write(const json_t *object, FILE *out);

#endif
