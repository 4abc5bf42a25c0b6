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
	 * "/lib/libc.so.6+0x11b0f7", with the virtual address in the ELF file,
	 * if that is known. Other forms are "[vdso]+0x7f0", counted from the
	 * start, and "anonymous memory". NULL: unknown.
	 */
	char *text;
	char *symbol;		/* "socket+0x7"; NULL: no symbol covers it */
};

/*
 * Finds the place of the instruction before `ip`, but uses `ip` itself as its
 * address, in a task of this machine. The caller frees the texts, and must
 * check afterwards that the task still exists.
 */
void place_find(struct objects *objects, pid_t tid, uint64_t ip,
		struct place *place);

#endif
