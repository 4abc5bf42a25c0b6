/* SPDX-License-Identifier: Apache-2.0 */
/* Explains in one line why the kernel refused our programs. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <bpf/libbpf.h>

/*
 * For libbpf_set_print(): keeps what libbpf says is missing in the kernel, and
 * prints everything if SP_DEBUG is set.
 */
int problem_listen(enum libbpf_print_level level, const char *format,
		   va_list arguments) __attribute__((format(printf, 2, 0)));

/* What is missing and how to get it, by the errno; heap. */
char *problem_explain(int error);

#endif
