/* SPDX-License-Identifier: Apache-2.0 */
/* Why the kernel did not take our programs, in a line for people. */
#ifndef PROBLEM_H
#define PROBLEM_H

/* What is missing and how to get it, by the errno; heap. */
char *problem_explain(int error);

#endif
