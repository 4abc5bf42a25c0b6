/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The place of an instruction in a program: the mapped file, the address in
 * that file, and the symbol that covers it.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdint.h>
#include <sys/types.h>

/*
 * The ELF files that were opened so far, in the child process that reads them.
 */
struct objects;

struct objects *objects_new(void);
void objects_free(struct objects *objects);

struct place {
	/*
	 * Such as "/lib/libc.so.6+0x11b0f7", with the virtual address in the
	 * ELF file if it is known; "[vdso]+0x7f0", counted from the start;
	 * "anonymous memory". NULL: unknown.
	 */
	char *text;
	char *symbol;		/* "socket+0x7"; NULL: no symbol covers it */
};

/*
 * Finds the place of the instruction before `ip` in a task of this machine; the
 * address in the text is that of `ip`. The caller frees the texts, and must
 * check afterwards that the task still exists.
 */
void place_find(struct objects *objects, pid_t tid, uint64_t ip,
		struct place *place);

#endif
