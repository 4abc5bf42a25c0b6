/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives of a unit that make seccomp filters. A unit can have hundreds
 * of other directives, and each release adds some. So a misspelt directive is
 * recognized by its distance to the known ones. tests/profiles.bats checks this
 * against all directives that systemd lists.
 */
#ifndef SYSTEMD_KEYS_H
#define SYSTEMD_KEYS_H

#include <stdbool.h>

enum systemd_key {
	KEY_NONE,		/* makes no filter */
	KEY_FILTER,
	KEY_LOG,
	KEY_ERRNO,
	KEY_ARCHS,
	KEY_FAMILIES,
	KEY_OTHER,		/* makes a filter that we do not read */
};
enum systemd_key systemd_key_of(const char *name);

/* Returns the directive that the misspelt name is similar to, or NULL. */
const char *systemd_key_near(const char *name);

/* Whether units of this section run processes, as "Service" does. */
bool systemd_is_exec_section(const char *name);
/* Does the same for section names. */
const char *systemd_section_near(const char *name);

#endif
