/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A filter as bytes: an array of struct sock_filter in this machine's byte
 * order, as seccomp_export_bpf(3) writes it and `bwrap --seccomp` reads it.
 */
#ifndef CBPF_H
#define CBPF_H

#include "filter/filter.h"

/*
 * Whether the bytes look like such a filter: unlike a text, a filter has NUL
 * bytes.
 */
bool cbpf_looks_like(const void *bytes, size_t n);

/*
 * Returns a filter that the kernel would accept. Returns NULL if it would not;
 * `problem`, which the caller frees, then says where and why: "instruction 3:
 * jumps beyond the end".
 */
struct filter *cbpf_parse(const void *bytes, size_t n, char **problem);

/*
 * Checks a program that the caller made. Returns NULL, or a text as
 * cbpf_parse() sets it.
 */
char *cbpf_check(const struct sock_filter *code, size_t n);

#endif
