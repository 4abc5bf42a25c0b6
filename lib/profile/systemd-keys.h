/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives of a unit that make seccomp filters. A unit has hundreds of
 * others, and each release adds some. So a misspelt one is recognized by its
 * distance to one of these; tests/profiles.bats compares the distances with all
 * directives that systemd itself lists.
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

/*
 * The directive that a misspelt name stands for; NULL: it is near none of them.
 */
const char *systemd_key_near(const char *name);

/* Whether it is a section of units that run processes: "Service" and others. */
bool systemd_is_exec_section(const char *name);
/* As systemd_key_near(), for sections. */
const char *systemd_section_near(const char *name);

#endif
