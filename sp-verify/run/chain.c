/* SPDX-License-Identifier: Apache-2.0 */
#include "run/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "kernel/syscall.h"
#include "process/file-child.h"
#include "process/peek.h"
#include "process/unwind.h"
#include "stream/fact-shape.h"
#include "stream/stack.h"

/* The most memory for chains, because the command chooses its stacks. */
enum { CHAIN_BYTES_MAX = 16 << 20 };

struct chain_finder {
	struct file_child *child;	/* the child that unwinds */
	struct peek *peek;
	/* bytes of all chains, including dropped ones */
	size_t bytes;
	/*
	 * Whether libdw is not installed, or the process that uses it failed
	 * too often.
	 */
	bool unavailable;
};

struct chain_finder *chain_finder_new(void)
{
	struct chain_finder *f = xcalloc(1, sizeof(*f));

	f->child = file_child_new(unwind_words_work, NULL);
	f->peek = peek_new();
	return f;
}

void chain_finder_free(struct chain_finder *f)
{
	if (!f)
		return;
	file_child_free(f->child);
	peek_free(f->peek);
	free(f);
}

/* Chains */

static bool has_word(const struct unwind_request *head, const uint8_t *stack,
		     const struct unwind_word *word)
{
	uint64_t at = word->address - head->base;

	return at < head->size && head->size - at >= sizeof(word->value) &&
		!memcmp(stack + at, &word->value, sizeof(word->value));
}

static bool is_chain(const struct chain *chain,
		     const struct unwind_request *head, const uint8_t *stack)
{
	if (chain->sp != head->regs[UNWIND_SP])
		return false;
	for (size_t i = 0; i < chain->n_words; i++)
		if (!has_word(head, stack, &chain->words[i]))
			return false;
	return true;
}

static struct chain *find_known(struct chains *chains,
				const struct unwind_request *head,
				const uint8_t *stack)
{
	for (size_t i = chains->n; i--;)
		if (is_chain(&chains->at[i], head, stack))
			return &chains->at[i];
	return NULL;
}

static void keep_answer(struct chain *chain, struct call_id id,
			const uint8_t *answer, int size)
{
	const struct unwind_words *words = (const void *)answer;
	int detail = size - (int)sizeof(*words);

	/* An answer of one byte means that the stack could not be unwound. */
	if (detail <= 1 || detail > DETAIL_MAX || words->n > UNWIND_WORDS)
		return;
	chain->detail = xmemdup(words->detail, detail);
	chain->detail_size = detail;
	chain->callers = stack_callers(&(struct fact){
		.id = id, .detail = chain->detail, .detail_size = detail });
	chain->n_words = words->n;
	chain->words = xmemdup(words->words,
			       words->n * sizeof(*words->words));
}

static size_t size_of(const struct chain *chain)
{
	return sizeof(*chain) + chain->detail_size +
		chain->n_words * sizeof(*chain->words) +
		(chain->callers ? strlen(chain->callers) : 0);
}

static struct chain *unwind(struct chain_finder *f, struct chains *chains,
			    struct call_id id, struct unwind_request *head,
			    const uint8_t *stack)
{
	static uint8_t answer[FILE_CHILD_BYTES]
		__attribute__((aligned(sizeof(uint64_t))));
	struct chain *chain;
	size_t n, size;
	struct mapping *list = peek_mappings(f->peek, head->pid, &n);
	uint8_t *request = unwind_request_new(head, stack, list, n, &size);

	chains->at = xgrow(chains->at, chains->n, sizeof(*chains->at));
	chain = &chains->at[chains->n++];
	*chain = (struct chain){ .sp = head->regs[UNWIND_SP] };
	if (file_child_send(f->child, request, size))
		keep_answer(chain, id, answer,
			    file_child_receive(f->child, answer, sizeof(answer),
					       FILE_CHILD_MS));
	free(request);
	mapping_list_free(list, n);
	f->bytes += size_of(chain);
	return chain;
}

static void see_failures(struct chain_finder *f)
{
	if (!file_child_is_given_up(f->child))
		return;
	f->unavailable = true;
	message_note("the process that unwinds stacks failed three times and "
		     "is not started again: a file of the command may be made "
		     "to crash it");
}

/* Loads libdw at the first violation: without a violation, it is not needed. */
static bool is_available(struct chain_finder *f)
{
	f->unavailable = f->unavailable || !unwind_load();
	return !f->unavailable;
}

const struct chain *chain_find(struct chain_finder *f, struct chains *chains,
			       const struct seccomp_notif *n, bool may_look,
			       bool *looked)
{
	static struct peek_stack stack;
	struct unwind_request head = {
		.known = 1ULL << UNWIND_SP | 1ULL << UNWIND_PC, .pid = n->pid,
	};
	struct call_id id = { n->data.arch, n->data.nr };
	struct chain *chain;

	*looked = false;
	if (n->data.arch != arch_native()->audit || !is_available(f) ||
	    !peek_stack(f->peek, n->pid, &stack) ||
	    stack.pc != n->data.instruction_pointer)
		return NULL;
	head.regs[UNWIND_SP] = stack.sp;
	head.regs[UNWIND_PC] = stack.pc;
	head.base = stack.base;
	head.size = stack.size;
	chain = find_known(chains, &head, stack.bytes);
	*looked = !chain && may_look && f->bytes < CHAIN_BYTES_MAX;
	if (*looked)
		chain = unwind(f, chains, id, &head, stack.bytes);
	if (*looked)
		see_failures(f);
	return chain && chain->callers ? chain : NULL;
}

static void free_chain(struct chain *chain)
{
	free(chain->words);
	free(chain->callers);
	free(chain->detail);
}

void chains_drop(struct chains *chains)
{
	free_chain(&chains->at[--chains->n]);
}

void chains_free(struct chains *chains)
{
	while (chains->n)
		chains_drop(chains);
	free(chains->at);
	chains->at = NULL;
}
