/* SPDX-License-Identifier: Apache-2.0 */
/* What oci.c shares with formats that derive from the OCI's. */
#ifndef OCI_H
#define OCI_H

#include "format.h"

/* An action as two members; without `errno_key`, its errno is the default. */
void oci_set_action(json_t *object, const char *action_key,
		    const char *errno_key, uint32_t action);
/* The names of the profile's architectures, from one of them on. */
json_t *oci_archs(const struct profile *p, size_t from);
/*
 * The list `syscalls`, an entry for each action. Values of arguments are as
 * json_fold_integers() has them.
 */
json_t *oci_rules(const struct profile *p);
/* A profile that has this list, and a newline. */
void oci_write(const json_t *object, FILE *out);

#endif
