/* SPDX-License-Identifier: Apache-2.0 */
/* A matrix on paper. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "matrix.h"

/*
 * For people: the runs, the matrix, the calls that one run alone makes, the
 * smallest set of runs and those that add nothing to it.
 */
void report_text(const struct matrix *m, FILE *out);

/* The matrix alone, as RFC 4180 has it but for the line ends. */
void report_csv(const struct matrix *m, bool by_image, FILE *out);

#endif
