/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the calls that a text names, and makes a trace of them. A text does
 * not always show the architecture of its names. So calls are counted in
 * columns, and the architecture of each column is chosen at the end.
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/syscall.h"
#include "stream/trace.h"

/* A position in a text, for messages: "FILE: line 7". */
struct place {
	const char *file;
	size_t line;
};

/* How often each name was called in one mode of the processor. */
struct column {
	/* Indexed by the number of the name; `n` elements are allocated. */
	uint64_t *counts;
	size_t n;
};

struct tally {
	const struct arch *native;
	/* whether the texts only have calls of one architecture */
	bool one_arch;
	struct name {
		char *text;
		struct place first;	/* where the name was read first */
	} *names;
	size_t n_names;
	struct tally_entry *index;	/* private: hash table of the names */
	uint64_t executions;	/* calls that executed a program */
	uint64_t threads;	/* calls that created a thread */
	bool incomplete;	/* whether the text lacks calls of the run */
	unsigned __int128 hash;	/* of all texts, independent of their order */
};

/* Returns the number in a name such as "syscall_0x1b3"; -1: it has none. */
int32_t tally_number(const struct tally *t, int name);
/*
 * Whether the call has this number on the architecture; the x32 bit can be
 * missing.
 */
bool tally_has_number(const struct tally *t, int name, const struct arch *arch,
		      int32_t nr);
/*
 * Returns the number of a name, which has `n` bytes and needs no NUL. Returns
 * -1 if the machine has no such call; this was printed and latched.
 */
int tally_name(struct tally *t, const char *text, size_t n,
	       const struct place *place);
void column_count(struct column *c, int name, uint64_t count);
/* Adds the counts of `from` to `to`, and empties `from`. */
void column_move(struct column *to, struct column *from);

/* Adds a text to a hash, so that reading a run twice gives the same id. */
void tally_hash(unsigned __int128 *hash, const char *bytes, size_t n);
unsigned __int128 tally_hash_start(void);

/*
 * Makes the run of the trace. `how` is the kind of the text, such as "strace".
 */
uint32_t tally_add_run(const struct tally *t, struct trace *trace,
		       const char *name, const char *how);
/*
 * Returns false if a name is not a call of the architecture; this was printed
 * and latched.
 */
bool tally_add_column(const struct tally *t, struct trace *trace, uint32_t run,
		      const struct column *c, const struct arch *arch);
/* Returns false if there is no call; this was printed and latched. */
bool tally_is_used(const struct tally *t, const char *file);
void tally_free(struct tally *t);

#endif
