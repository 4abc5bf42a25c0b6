/* SPDX-License-Identifier: Apache-2.0 */
/* Functions that the readers of JSON forms share, in oci.c and resource.c. */
#ifndef PROFILE_OCI_H
#define PROFILE_OCI_H

#include "profile/private.h"

/* Returns a member, or NULL if it is absent or null. */
static inline json_t *member(const json_t *object, const char *key)
{
	json_t *value = json_object_get(object, key);

	return json_is_null(value) ? NULL : value;
}

/* Whether the value is absent, null, or empty. */
static inline bool is_empty(const json_t *value)
{
	return !value || (json_is_object(value) && !json_object_size(value)) ||
	       (json_is_array(value) && !json_array_size(value)) ||
	       (json_is_string(value) && !*json_string_value(value));
}

/*
 * Makes r->profile from a seccomp object that a runtime or the operator reads.
 */
bool oci_read(struct reader *r, json_t *seccomp);
/* Adds the rules of such an object to r->profile. */
bool oci_add_rules(struct reader *r, json_t *seccomp);
/* Reads the document of a SeccompProfile, with its base. */
bool read_resource(struct reader *r, const json_t *root);

#endif
