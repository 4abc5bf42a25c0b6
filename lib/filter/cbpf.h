/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter as bytes: an array of struct sock_filter in this machine's byte
 * order, as seccomp_export_bpf(3) writes it and `bwrap --seccomp` reads it.
 */
#ifndef CBPF_H
#define CBPF_H

#include "filter/filter.h"

/* Whether the bytes can be such a filter: unlike text, it has NUL bytes. */
bool cbpf_is_meant(const void *bytes, size_t n);

/*
 * A filter that the kernel would accept. NULL: `problem` (heap, caller frees)
 * says where and why: "instruction 3: jumps beyond the end".
 */
struct filter *cbpf_parse(const void *bytes, size_t n, char **problem);

/* Check a program that we made: returns NULL or the same text. */
char *cbpf_check(const struct sock_filter *code, size_t n);

#endif
