/* SPDX-License-Identifier: Apache-2.0 */
/* The signs for libseccomp's comparisons: enum scmp_compare (seccomp.h). */
#ifndef COMPARE_H
#define COMPARE_H

#include <stdbool.h>
#include <stddef.h>

/* "SCMP_CMP_NE" */
const char *compare_name(int op);
bool compare_by_name(const char *name, int *op);
/*
 * Returns "!=" and so on. NULL for SCMP_CMP_MASKED_EQ, for which formats use
 * different signs.
 */
const char *compare_sign(int op);
/* Returns the length of the sign at the beginning of a text, or 0. */
size_t compare_sign_length(const char *text, int *op);

#endif
