/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contents of an executable or a library: its code, the starts of its
 * functions, its imports and exports, and the libraries that it needs. A
 * recorded program chose the file, so a child process reads it: reader.h.
 */
#ifndef BINARY_H
#define BINARY_H

#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct binary_symbol {
	const char *name;	/* points into the file */
	uint64_t address;	/* 0: imported */
	uint64_t size;		/* 0: not known */
};

/* A word in memory that the dynamic loader sets. */
struct binary_slot {
	uint64_t address;
	/* the loader sets it to the address of this symbol */
	const char *name;
	/*
	 * If there is no name, the loader sets it to this address in the same
	 * file.
	 */
	uint64_t target;
};

struct binary_span {		/* the addresses from `start` to before `end` */
	uint64_t start, end;
};

/* A part of the file that is loaded at an address. */
struct binary_load {
	uint64_t address, size, offset;
};

struct binary {
	Elf *elf;
	int fd;
	const uint8_t *bytes;	/* the bytes of the whole file */
	size_t size;
	struct binary_load *loads;
	size_t n_loads;
	/* bytes in all sections, and in the names that were read */
	size_t section_bytes, name_bytes;
	uint8_t build_id[64];
	size_t build_id_size;	/* 0: none */
	/* sections of code, in ascending order */
	struct binary_span *texts;
	size_t n_texts;
	struct binary_symbol *symbols;	/* defined functions, sorted by name */
	size_t n_symbols;
	struct binary_slot *slots;	/* sorted by address */
	size_t n_slots;
	/* ascending, without overlaps */
	struct binary_span *functions;
	size_t n_functions;
	const char **needed;	/* DT_NEEDED */
	size_t n_needed;
	const char *run_path;	/* DT_RUNPATH or DT_RPATH; NULL: neither */
	const char *interpreter;	/* PT_INTERP; NULL: none */
	/*
	 * It is a C library. It starts programs, so only imported functions
	 * count.
	 */
	bool is_libc;
};

/*
 * Returns 0 if `b` was filled in; `b` then owns `fd`. Returns -ENOEXEC for a
 * file that is malformed or is not ELF for x86-64, and -EFBIG for one with more
 * entries than any linker writes, or with sections that overlap. On an error,
 * `fd` is closed.
 */
int binary_open(struct binary *b, int fd);
void binary_close(struct binary *b);

/*
 * Returns the bytes at an address, and their number up to the end of the
 * segment, or NULL.
 */
const uint8_t *binary_at(const struct binary *b, uint64_t address, size_t *n);
/* Returns the function that contains the address, or NULL. */
const struct binary_span *binary_function(const struct binary *b,
					  uint64_t address);
/* Returns the slot at exactly this address, or NULL. */
const struct binary_slot *binary_slot(const struct binary *b,
				      uint64_t address);
/* Returns the first of `*n` symbols with that name, or NULL. */
const struct binary_symbol *binary_symbols(const struct binary *b,
					   const char *name, size_t *n);

#endif
