/* SPDX-License-Identifier: Apache-2.0 */
/* Explains in one line why the kernel refused our programs. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <bpf/libbpf.h>

/*
 * For libbpf_set_print(): keeps what libbpf reports as missing in the kernel.
 * Prints everything if SP_DEBUG is set.
 */
int problem_listen(enum libbpf_print_level level, const char *format,
		   va_list arguments) __attribute__((format(printf, 2, 0)));

/*
 * Returns a text with the missing privilege or feature, according to the errno,
 * and how to get it. The caller frees the text.
 */
char *problem_explain(int error);

#endif
