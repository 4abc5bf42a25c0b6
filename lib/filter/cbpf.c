/* SPDX-License-Identifier: Apache-2.0 */
#include "filter/cbpf.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "stream/kind.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/*
 * The checks are the kernel's: seccomp_check_filter() in kernel/seccomp.c, and
 * bpf_check_classic() in net/core/filter.c, of Linux 6.12.
 */

#define ALU(op) BPF_ALU | op | BPF_K, BPF_ALU | op | BPF_X
#define JMP(op) BPF_JMP | op | BPF_K, BPF_JMP | op | BPF_X

static bool is_allowed(uint16_t code)
{
	static const uint16_t codes[] = {
		ALU(BPF_ADD), ALU(BPF_SUB), ALU(BPF_MUL), ALU(BPF_DIV),
		ALU(BPF_AND), ALU(BPF_OR), ALU(BPF_XOR), ALU(BPF_LSH),
		ALU(BPF_RSH), BPF_ALU | BPF_NEG,
		BPF_LD | BPF_W | BPF_ABS, BPF_LD | BPF_W | BPF_LEN,
		BPF_LDX | BPF_W | BPF_LEN, BPF_LD | BPF_IMM, BPF_LDX | BPF_IMM,
		BPF_LD | BPF_MEM, BPF_LDX | BPF_MEM, BPF_ST, BPF_STX,
		BPF_MISC | BPF_TAX, BPF_MISC | BPF_TXA,
		JMP(BPF_JEQ), JMP(BPF_JGT), JMP(BPF_JGE), JMP(BPF_JSET),
		BPF_JMP | BPF_JA, BPF_RET | BPF_K, BPF_RET | BPF_A,
	};

	for (size_t i = 0; i < N_ELEMENTS(codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}

static bool uses_memory(uint16_t code)
{
	return code == (BPF_LD | BPF_MEM) || code == (BPF_LDX | BPF_MEM) ||
	       code == BPF_ST || code == BPF_STX;
}

/* Returns what is wrong with an operand, or NULL. */
static const char *check_operand(const struct sock_filter *i)
{
	switch (i->code) {
	case BPF_LD | BPF_W | BPF_ABS:
		return i->k < sizeof(struct seccomp_data) && i->k % 4 == 0
			? NULL : "loads from outside struct seccomp_data, or "
			"not a whole word";
	case BPF_ALU | BPF_DIV | BPF_K:
		return i->k ? NULL : "divides by 0";
	case BPF_ALU | BPF_LSH | BPF_K:
	case BPF_ALU | BPF_RSH | BPF_K:
		return i->k < 32 ? NULL : "shifts by more than 31 bits";
	}
	return uses_memory(i->code) && i->k >= BPF_MEMWORDS
		? "uses a memory word above M[15]" : NULL;
}

/* `left` instructions follow this one. */
static bool jumps_beyond(const struct sock_filter *i, size_t left)
{
	if (BPF_CLASS(i->code) != BPF_JMP)
		return false;
	if (BPF_OP(i->code) == BPF_JA)
		return i->k >= left;
	return i->jt >= left || i->jf >= left;
}

static char *check_instruction(const struct sock_filter *code, size_t n,
			       size_t at)
{
	const struct sock_filter *i = &code[at];
	const char *what;

	if (!is_allowed(i->code))
		return xasprintf("instruction %zu: unknown code %#x", at,
				 i->code);
	what = check_operand(i);
	if (!what && jumps_beyond(i, n - at - 1))
		what = "jumps beyond the end";
	return what ? xasprintf("instruction %zu: %s", at, what) : NULL;
}

/*
 * A program may read a word of memory only if every path to that instruction
 * writes the word. For each target of a jump, `written` has the words that are
 * written on all paths to it.
 */
static char *check_memory(const struct sock_filter *code, size_t n)
{
	uint16_t *written = xcalloc(n, sizeof(*written)), here = 0;
	char *problem = NULL;

	_Static_assert(BPF_MEMWORDS == 16, "a bit for each word");
	memset(written, 0xff, n * sizeof(*written));
	for (size_t at = 0; at < n && !problem; at++) {
		const struct sock_filter *i = &code[at];
		size_t yes = at + 1 + i->jt, no = at + 1 + i->jf;

		here &= written[at];
		if (i->code == BPF_ST || i->code == BPF_STX)
			here |= 1U << i->k;
		else if (uses_memory(i->code) && !(here & 1U << i->k))
			problem = xasprintf("instruction %zu: reads memory "
					    "that was not written", at);
		if (BPF_CLASS(i->code) != BPF_JMP)
			continue;
		if (BPF_OP(i->code) == BPF_JA)
			yes = no = at + 1 + i->k;
		written[yes] &= here;
		written[no] &= here;
		here = UINT16_MAX;
	}
	free(written);
	return problem;
}

char *cbpf_check(const struct sock_filter *code, size_t n)
{
	char *problem = NULL;

	if (!n || n > BPF_MAXINSNS)
		return xasprintf("%zu instructions, not 1 to %d", n,
				 BPF_MAXINSNS);
	for (size_t at = 0; at < n && !problem; at++)
		problem = check_instruction(code, n, at);
	if (!problem && BPF_CLASS(code[n - 1].code) != BPF_RET)
		problem = xasprintf("instruction %zu: the last one, and does "
				    "not return", n - 1);
	return problem ? problem : check_memory(code, n);
}

bool cbpf_looks_like(const void *bytes, size_t n)
{
	return n && memchr(bytes, '\0', n) &&
	       kind_of(bytes, n).kind == KIND_BINARY;
}

struct filter *cbpf_parse(const void *bytes, size_t n, char **problem)
{
	struct filter *f;

	if (n % sizeof(*f->code)) {
		*problem = xasprintf("instruction %zu: cut off",
				     n / sizeof(*f->code));
		return NULL;
	}
	f = xcalloc(1, sizeof(*f));
	f->n = n / sizeof(*f->code);
	f->code = xmemdup(bytes, n);
	*problem = cbpf_check(f->code, f->n);
	if (!*problem)
		return f;
	filter_free(f);
	return NULL;
}
