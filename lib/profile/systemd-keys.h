/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directives of a unit that make seccomp filters. A unit has hundreds of
 * others, and new ones with each release: so a misspelt one is told by how
 * near it is to one of these. tests/profiles.bats holds the distances against
 * all directives that systemd itself lists.
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
	KEY_OTHER,		/* makes a filter that is not read */
};
enum systemd_key systemd_key_of(const char *name);

/* What a misspelt name stands for; NULL: it is not near any of them. */
const char *systemd_key_near(const char *name);

/* "Service" and others: the sections of units that run processes. */
bool systemd_is_exec_section(const char *name);
/* The same as systemd_key_near(). */
const char *systemd_section_near(const char *name);

#endif
