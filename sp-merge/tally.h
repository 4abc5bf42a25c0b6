/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the calls that a text names, and makes a trace of them. A text does
 * not always tell the architecture of its names. They are therefore counted in
 * columns, whose architecture is chosen when everything has been read.
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/syscall.h"
#include "stream/trace.h"

/* Where a text is read, for messages: "FILE: line 7". */
struct place {
	const char *file;
	size_t line;
};

/* How often each name was called in one mode of the processor. */
struct column {
	uint64_t *counts;	/* by the name's number; room for `n` */
	size_t n;
};

struct tally {
	const struct arch *native;
	/* no calls of the other architectures that it can run */
	bool one_arch;
	struct name {
		char *text;
		struct place first;	/* where it was read first */
	} *names;
	size_t n_names;
	struct tally_entry *index;	/* private: by text */
	uint64_t executions;	/* calls that executed a program */
	bool incomplete;	/* the text lacks calls of the run */
	unsigned __int128 hash;	/* of all texts, in any order */
};

/* The number that the name stands for, "syscall_0x1b3"; -1: it is no number. */
int32_t tally_number(const struct tally *t, int name);
/* Whether the name is that number's call; x32's bit can be left out. */
bool tally_has_number(const struct tally *t, int name, const struct arch *arch,
		      int32_t nr);
/*
 * The number of a name, `n` bytes of text that need not end with a NUL; -1: the
 * machine has no such call, which was printed and latched.
 */
int tally_name(struct tally *t, const char *text, size_t n,
	       const struct place *place);
void column_count(struct column *c, int name, uint64_t count);
/* Add up, and leave `from` empty. */
void column_move(struct column *to, struct column *from);

/* A hash of a text, so that a run that is read twice is the same run. */
void tally_hash(unsigned __int128 *hash, const char *bytes, size_t n);
unsigned __int128 tally_hash_start(void);

/* Make the run of the trace: `how` is the kind of text, "strace". */
uint32_t tally_add_run(const struct tally *t, struct trace *trace,
		       const char *name, const char *how);
/* False: a name is no call of the architecture; printed and latched. */
bool tally_add_column(const struct tally *t, struct trace *trace, uint32_t run,
		      const struct column *c, const struct arch *arch);
/* False: it has no call, which was printed and latched. */
bool tally_is_used(const struct tally *t, const char *file);
void tally_free(struct tally *t);

#endif
