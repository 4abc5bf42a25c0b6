/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporary names: the characters that mkstemp(3) and similar functions
 * generate.
 */
#ifndef RANDOM_NAME_H
#define RANDOM_NAME_H

#include <stdbool.h>
#include <stddef.h>

struct name_part {
	size_t at, size;	/* bytes; size 0: none */
};

/*
 * The random part of a name of N bytes. PRIVATE: the run made the file as
 * mkstemp(3) does (NAME_PRIVATE), so that fewer signs are enough.
 */
struct name_part random_part(const char *name, size_t n, bool private);

#endif
