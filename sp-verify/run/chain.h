/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which functions had called each other when a task made the call for which it
 * waits.
 */
#ifndef CHAIN_H
#define CHAIN_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain_finder;

/* The chains that are known of one place of a task. Zeroed: none. */
struct chains {
	struct chain *at;
	size_t n;
};

struct chain {
	uint64_t sp;
	struct unwind_word *words;	/* that lead to the same functions */
	size_t n_words;
	/* stack_callers(), and the detail of that fact; NULL: not known. */
	char *callers;
	uint8_t *detail;
	size_t detail_size;
};

struct chain_finder *chain_finder_new(void);
void chain_finder_free(struct chain_finder *finder);

/*
 * The chain of a call that waits for our answer; `chains` owns it, and it is
 * valid until the next call. NULL: not known. If it is not among `chains` and
 * `may_look` is true, the stack is unwound, and `*looked` is set.
 */
const struct chain *chain_find(struct chain_finder *finder,
			       struct chains *chains,
			       const struct seccomp_notif *notification,
			       bool may_look, bool *looked);
/* Forget the chain that was added last. */
void chains_drop(struct chains *chains);
void chains_free(struct chains *chains);

#endif
