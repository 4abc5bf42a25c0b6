/* SPDX-License-Identifier: Apache-2.0 */
/* What libseccomp's comparisons are called: enum scmp_compare (seccomp.h). */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stddef.h>

/* "SCMP_CMP_NE" */
const char *compare_name(int op);
bool compare_by_name(const char *name, int *op);
/* "!="; NULL: SCMP_CMP_MASKED_EQ has none that all formats share. */
const char *compare_sign(int op);
/* How many bytes the sign has that a text begins with; 0: it has none. */
size_t compare_sign_length(const char *text, int *op);

#endif
