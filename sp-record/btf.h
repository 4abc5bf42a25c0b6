/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of the kernel's type information that our programs need. libbpf
 * would read and index all 150,000 types at each start.
 */
#ifndef BTF_H
#define BTF_H

#include <bpf/btf.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The functions of the kernel to which programs can attach:
 * sp-record/confirm.c.
 */
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

/*
 * Returns a kind of type in the kernel's BTF that sp-record does not know, or
 * 0.
 */
uint32_t btf_unknown_kind(void);

/* Functions whose ids are needed. Finding them takes time. */
struct btf_wishes {
	bool iterator;		/* btf_ids.bpf_iter_task */
	bool hooks;		/* btf_ids.hooks */
};

struct kernel_btf;

/*
 * Reads the kernel's BTF. Returns NULL on failure; libbpf can still read it
 * then.
 */
struct kernel_btf *btf_read(const struct btf_wishes *wishes);
void btf_free(struct kernel_btf *k);	/* NULL is allowed */

/*
 * Writes BTF to a file. It has the structures that are both in `local` and in
 * the kernel, with the members that both have, laid out as in the kernel.
 * Returns false on failure.
 */
bool btf_write_excerpt(const struct kernel_btf *kernel,
		       const struct btf *local, int fd, struct btf_ids *ids);

#endif
