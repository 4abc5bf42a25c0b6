/* SPDX-License-Identifier: Apache-2.0 */
/* A matrix on paper. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "matrix.h"

/*
 * For people: the smallest set of runs, the calls that one run alone makes, the
 * runs, the matrix. `only`: the architecture of its rows; NULL: all.
 */
void report_text(const struct matrix *m, const struct arch *only, FILE *out);

/* The matrix alone, as RFC 4180 has it but for the line ends. */
void report_csv(const struct matrix *m, bool by_image, FILE *out);

#endif
