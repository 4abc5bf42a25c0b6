/* SPDX-License-Identifier: Apache-2.0 */
/* Explains in one line why the kernel refused our programs. */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <bpf/libbpf.h>

/*
 * The callback of libbpf_set_print(): keeps the members that libbpf reports as
 * missing in the kernel. Prints all messages if SP_DEBUG is set.
 */
int problem_listen(enum libbpf_print_level level, const char *format,
		   va_list arguments) __attribute__((format(printf, 2, 0)));

/*
 * Returns a text about the missing privilege or feature and how to get it, from
 * the errno. The caller frees the text.
 */
char *problem_explain(int error);

#endif
