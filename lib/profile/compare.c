/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/compare.h"

#include <seccomp.h>
#include <string.h>

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* A longer sign comes before a shorter one with which it begins. */
static const struct {
	const char *name, *sign;
	int op;
} comparisons[] = {
	{ "SCMP_CMP_NE", "!=", SCMP_CMP_NE },
	{ "SCMP_CMP_LE", "<=", SCMP_CMP_LE },
	{ "SCMP_CMP_LT", "<", SCMP_CMP_LT },
	{ "SCMP_CMP_EQ", "==", SCMP_CMP_EQ },
	{ "SCMP_CMP_GE", ">=", SCMP_CMP_GE },
	{ "SCMP_CMP_GT", ">", SCMP_CMP_GT },
	{ "SCMP_CMP_MASKED_EQ", NULL, SCMP_CMP_MASKED_EQ },
};

const char *compare_name(int op)
{
	for (size_t i = 0; i < N_ELEMENTS(comparisons); i++)
		if (comparisons[i].op == op)
			return comparisons[i].name;
	return NULL;
}

bool compare_by_name(const char *name, int *op)
{
	for (size_t i = 0; i < N_ELEMENTS(comparisons); i++)
		if (!strcmp(comparisons[i].name, name)) {
			*op = comparisons[i].op;
			return true;
		}
	return false;
}

const char *compare_sign(int op)
{
	for (size_t i = 0; i < N_ELEMENTS(comparisons); i++)
		if (comparisons[i].op == op)
			return comparisons[i].sign;
	return NULL;
}

size_t compare_sign_length(const char *text, int *op)
{
	for (size_t i = 0; i < N_ELEMENTS(comparisons); i++) {
		const char *sign = comparisons[i].sign;

		if (sign && !strncmp(text, sign, strlen(sign))) {
			*op = comparisons[i].op;
			return strlen(sign);
		}
	}
	return 0;
}
