/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the kernel's type information that our programs need. libbpf
 * would read and index all of it, some 150,000 types, at every start.
 */
#ifndef BTF_H
#define BTF_H

#include <bpf/btf.h>
#include <stdbool.h>

/*
 * Write to a file BTF of the structures that `local` has and the kernel too,
 * with the members that both have, as the kernel lays them out. False: not to
 * be had; libbpf can still read all of it.
 */
bool btf_write_excerpt(const struct btf *local, int fd);

#endif
