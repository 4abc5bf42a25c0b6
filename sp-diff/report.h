/* SPDX-License-Identifier: Apache-2.0 */
/* Prints a matrix. */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "matrix.h"

/*
 * Prints text for people: the smallest set of runs, the calls that only one run
 * makes, the runs, and the matrix. `only` is the architecture of its rows;
 * NULL: all.
 */
void report_text(const struct matrix *m, const struct arch *only, FILE *out);

/*
 * Prints the matrix alone, in the form of RFC 4180, except that lines end in a
 * newline only.
 */
void report_csv(const struct matrix *m, bool by_image, FILE *out);

#endif
