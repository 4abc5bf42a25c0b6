/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the functions that led to the call for which a task waits. */
#ifndef CHAIN_H
#define CHAIN_H

#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct chain_finder;

/* The known chains for one place of a task. All 0: none. */
struct chains {
	struct chain *at;
	size_t n;
};

struct chain {
	uint64_t sp;
	/* The words of the stack by which the chain is found again. */
	struct unwind_word *words;
	size_t n_words;
	/*
	 * The text of stack_callers(), and the detail of the fact. NULL:
	 * unknown.
	 */
	char *callers;
	uint8_t *detail;
	size_t detail_size;
};

struct chain_finder *chain_finder_new(void);
void chain_finder_free(struct chain_finder *finder);

/*
 * Returns the chain of a call that waits for our answer, or NULL if it is
 * unknown. `chains` owns it; it is valid until the next call. If `chains` does
 * not have it, and `may_look` is true, this unwinds the stack and sets
 * `*looked`. All chains of a finder together have a limit, too.
 */
const struct chain *chain_find(struct chain_finder *finder,
			       struct chains *chains,
			       const struct seccomp_notif *notification,
			       bool may_look, bool *looked);
/* Drops the chain that was added last. */
void chains_drop(struct chains *chains);
void chains_free(struct chains *chains);

#endif
