/* SPDX-License-Identifier: Apache-2.0 */
/* Explains in one line why the kernel refused our programs. */
#ifndef PROBLEM_H
#define PROBLEM_H

/* What is missing and how to get it, by the errno; heap. */
char *problem_explain(int error);

#endif
