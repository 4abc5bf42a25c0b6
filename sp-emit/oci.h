/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of oci.c for formats that are based on the OCI's. */
#ifndef OCI_H
#define OCI_H

#include "format.h"

/*
 * Sets two members for an action. With `errno_key` NULL, the errno is the
 * default one and is left out.
 */
void oci_set_action(json_t *object, const char *action_key,
		    const char *errno_key, uint32_t action);
/* Returns the names of the profile's architectures, from index `from` on. */
json_t *oci_archs(const struct profile *p, size_t from);
/*
 * Returns the list `syscalls`, with an entry for each action. Values of
 * arguments are stored as by json_fold_integers().
 */
json_t *oci_rules(const struct profile *p);
/* Writes a profile, with a newline at its end. */
void oci_write(const json_t *object, FILE *out);

#endif
