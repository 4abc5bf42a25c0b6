/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An executable or a library, as its file says: its code, where its functions
 * begin, what it imports and exports, and the libraries that it needs. The file
 * is a recorded program's choice, and is read by a child process: reader.h.
 */
#ifndef BINARY_H
#define BINARY_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct binary_symbol {
	const char *name;	/* in the file */
	uint64_t address;	/* 0: imported */
	uint64_t size;		/* 0: not known */
};

/* A place in memory that the dynamic loader fills in. */
struct binary_slot {
	uint64_t address;
	const char *name;	/* with the address of this symbol, or NULL: … */
	uint64_t target;	/* … with that of this place in the same file */
};

struct binary_span {		/* addresses, from start up to end */
	uint64_t start, end;
};

struct binary {
	Elf *elf;
	int fd;
	const uint8_t *bytes;	/* of the whole file */
	size_t size;
	uint8_t build_id[64];
	size_t build_id_size;	/* 0: none */
	struct binary_span *texts;	/* sections of code, ascending */
	size_t n_texts;
	struct binary_symbol *symbols;	/* functions, by name */
	size_t n_symbols;
	struct binary_slot *slots;	/* by address */
	size_t n_slots;
	struct binary_span *functions;	/* ascending, without overlaps */
	size_t n_functions;
	const char **needed;	/* DT_NEEDED */
	size_t n_needed;
	const char *run_path;	/* DT_RUNPATH or DT_RPATH; NULL: none */
	const char *interpreter;	/* PT_INTERP; NULL: none */
	bool is_libc;		/* it starts programs: only what they import counts */
};

/*
 * 0: `b` is filled in, and keeps `fd`; -ENOEXEC: it is no ELF file for x86-64, or
 * is malformed; -EFBIG: it has more of something than any linker writes. On an
 * error, `fd` is closed.
 */
int binary_open(struct binary *b, int fd);
void binary_close(struct binary *b);

/* The bytes at an address, and how many follow it in its segment; or NULL. */
const uint8_t *binary_at(const struct binary *b, uint64_t address, size_t *n);
/* The function that has the address, or NULL. */
const struct binary_span *binary_function(const struct binary *b,
					  uint64_t address);
/* The slot at exactly this address, or NULL. */
const struct binary_slot *binary_slot(const struct binary *b,
				      uint64_t address);
/* The first symbol of that name, of the `*n` that there are; NULL: none. */
const struct binary_symbol *binary_symbols(const struct binary *b,
					   const char *name, size_t *n);

#endif
