/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the kernel's type information that our programs need. libbpf
 * would read and index all of it, some 150,000 types, at each start.
 */
#ifndef BTF_H
#define BTF_H

#include <bpf/btf.h>
#include <stdbool.h>
#include <stdint.h>

/* Functions that programs can be attached to: sp-record/confirm.c. */
enum { BTF_HOOKS = 10 };
extern const char *const btf_hooks[BTF_HOOKS];

/* Ids in the kernel's BTF; 0: the kernel has no such type. */
struct btf_ids {
	uint32_t task_struct, pt_regs, file, dentry;
	uint32_t bpf_rdonly_cast;	/* a kfunc since Linux 6.2 */
	/* the function to which iter/task programs attach */
	uint32_t bpf_iter_task;
	uint32_t hooks[BTF_HOOKS];
};

/* Returns a kind of type in the kernel's BTF that is unknown to us, or 0. */
uint32_t btf_unknown_kind(void);

/* Functions whose ids are needed. Finding them takes time. */
struct btf_wishes {
	bool iterator;		/* btf_ids.bpf_iter_task */
	bool hooks;		/* btf_ids.hooks */
};

struct kernel_btf;

/*
 * Returns NULL if this is impossible; libbpf can still read all of the kernel's
 * BTF.
 */
struct kernel_btf *btf_read(const struct btf_wishes *wishes);
void btf_free(struct kernel_btf *k);	/* NULL is accepted */

/*
 * Writes BTF to a file: the structures that `local` and the kernel both have,
 * with the members that both have, laid out as in the kernel. Returns false if
 * this is impossible.
 */
bool btf_write_excerpt(const struct kernel_btf *kernel,
		       const struct btf *local, int fd, struct btf_ids *ids);

#endif
