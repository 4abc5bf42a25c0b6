/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the functions that led to the call for which a task waits. */
#ifndef CHAIN_H
#define CHAIN_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain_finder;

/* The known chains for one place of a task. If no chain is known, all is 0. */
struct chains {
	struct chain *at;
	size_t n;
};

struct chain {
	uint64_t sp;
	/* words of the stack that lead to the same functions */
	struct unwind_word *words;
	size_t n_words;
	/* stack_callers(), and the detail of that fact; NULL: unknown */
	char *callers;
	uint8_t *detail;
	size_t detail_size;
};

struct chain_finder *chain_finder_new(void);
void chain_finder_free(struct chain_finder *finder);

/*
 * The chain of a call that waits for our answer, or NULL if it is unknown.
 * `chains` owns it; it is valid until the next call. If it is not among
 * `chains` and `may_look` is true, the stack is unwound, and `*looked` becomes
 * true. All chains of a finder together have a limit, too.
 */
const struct chain *chain_find(struct chain_finder *finder,
			       struct chains *chains,
			       const struct seccomp_notif *notification,
			       bool may_look, bool *looked);
/* Drops the chain that was added last. */
void chains_drop(struct chains *chains);
void chains_free(struct chains *chains);

#endif
