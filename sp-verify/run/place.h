/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The place of an instruction in a program: the file that is mapped there, the
 * address in that file, and the symbol that covers it.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdint.h>
#include <sys/types.h>

/* The ELF files that were opened so far, in a child process that reads them. */
struct objects;

struct objects *objects_new(void);
void objects_free(struct objects *objects);

struct place {
	/*
	 * "/lib/libc.so.6+0x11b0f7": the ELF file's virtual address, if it is
	 * known. Also "[vdso]+0x7f0", from the start, and "anonymous memory".
	 * NULL: not known.
	 */
	char *text;
	char *symbol;		/* "socket+0x7"; NULL: none covers it */
};

/*
 * The place of the instruction before `ip`, with the address of `ip` itself, in
 * a task of this machine. The caller frees the texts, and makes sure that the
 * task still existed.
 */
void place_find(struct objects *objects, pid_t tid, uint64_t ip,
		struct place *place);

#endif
