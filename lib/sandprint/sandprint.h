/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsandprint: reads the streams of sandprint. libsandprint(3) describes it.
 *
 * A stream is read as a whole; what was read does not change afterwards, and
 * any number of threads can look at it. All pointers stay valid until
 * sandprint_close(). The library never prints, and never ends the program.
 *
 * Later versions add kinds of facts, and members to the ends of struct
 * sandprint_run, sandprint_image and sandprint_fact. A program therefore ignores
 * kinds that it does not know, and neither copies nor makes arrays of these
 * three structs. The structs that they point to never change.
 */
#ifndef SANDPRINT_H
#define SANDPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sandprint;

enum { SANDPRINT_PROBLEM_SIZE = 256, SANDPRINT_NAME_SIZE = 64 };

/*
 * Read a stream: all segments up to the end of the file, joined as sp-stream(5)
 * says. `memory` is the most bytes that the library keeps for it, 0 is no limit;
 * decoding a record takes up to 64 MiB more for a time. Returns NULL on failure,
 * with the reason in `problem`, such as "segment 1: record 17: truncated".
 * sandprint_read() does not close the file.
 */
struct sandprint *sandprint_open(const char *path, size_t memory,
				 char problem[SANDPRINT_PROBLEM_SIZE]);
struct sandprint *sandprint_read(FILE *file, size_t memory,
				 char problem[SANDPRINT_PROBLEM_SIZE]);
/* Frees all. Accepts NULL. */
void sandprint_close(struct sandprint *s);

struct sandprint_text_pair {
	char *key, *value;
};

struct sandprint_loss {
	char *kind;		/* "call", "task" …: sp-stream(5), Losses */
	uint64_t count;
};

/* A recording. The fields are those of sp-stream(5), Run. */
struct sandprint_run {
	uint8_t id[16];
	const char *name;
	const struct sandprint_text_pair *labels;
	size_t n_labels;
	uint64_t start_ns;	/* UTC, since 1970 */
	uint64_t duration_ns;
	const char *version, *kernel, *machine;
	uint32_t arch;		/* AUDIT_ARCH_*, linux/audit.h */
	char *const *argv;	/* ends with NULL; NULL: left out */
	const char *cwd;
	uint32_t uid, gid;
	char *const *how;	/* ends with NULL */
	bool has_status;
	int32_t status;		/* exit status, or -N: killed by signal N */
	bool complete;
	const struct sandprint_loss *losses;
	size_t n_losses;
	char *const *blind;	/* ends with NULL: what could not be seen */
};

/* An executable. */
struct sandprint_image {
	const char *path;	/* NULL: unknown images */
	const uint8_t *build_id;
	size_t build_id_size;	/* bytes; 0: none */
};

/* The kinds of facts are those of their records in sp-stream(5), sp-facts(5). */
enum sandprint_kind {
	SANDPRINT_CALL = 4,
	SANDPRINT_DENIAL = 5,
	SANDPRINT_OPERATION = 6,
	SANDPRINT_ARGUMENT = 9,
	SANDPRINT_PATH = 10,
	SANDPRINT_SOCKET = 11,
	SANDPRINT_MOVE = 12,
	SANDPRINT_START = 13,
	SANDPRINT_PRIVILEGE = 15,
	SANDPRINT_NAME = 18,
	SANDPRINT_STACK = 19,
};

/* What one run has of a fact. */
struct sandprint_sighting {
	uint32_t run;		/* for sandprint_run() */
	uint32_t flags;		/* sp-stream(5), Call */
	uint64_t count;		/* at least 1 */
	uint64_t first_ns;	/* since the run's start */
};

struct sandprint_value {
	uint8_t index;		/* of the argument, 0 to 5 */
	uint64_t mask;		/* the bits that were recorded */
	uint64_t value;
};

/* A function of a stack. */
struct sandprint_frame {
	const char *function;	/* "": not known */
	const char *file;	/* path of the ELF file, or "anonymous memory" */
	/* after the call instruction, of the ELF file; 0: in no file */
	uint64_t address;
	const uint8_t *build_id;
	size_t build_id_size;	/* bytes; 0: none */
};

/* Members that a kind does not have are 0 or NULL. */
struct sandprint_fact {
	enum sandprint_kind kind;
	const struct sandprint_image *image;
	uint32_t arch;		/* AUDIT_ARCH_* */
	int32_t nr;		/* as in struct seccomp_data */
	/*
	 * The access of a path or move, the operation of a socket or of
	 * io_uring, the `what` of a privilege, the source of a name.
	 */
	int32_t what;
	uint32_t family;	/* of a socket, AF_* */
	int32_t answer;		/* -errno; of a denial also a signal */
	/* Of a path, of a move; of a start who executed it; of a name. */
	const char *path;
	const char *to;		/* of a move */
	const uint8_t *address;	/* of a socket */
	size_t address_size;	/* bytes */
	const struct sandprint_value *values;	/* of an argument, of a stack */
	size_t n_values;
	uint64_t count;		/* of all runs; stays at its maximum */
	uint64_t first_ns;	/* the earliest */
	uint32_t flags;		/* of all runs */
	const struct sandprint_sighting *sightings;	/* by ascending run */
	size_t n_sightings;	/* at least 1 */
	const struct sandprint_frame *frames;	/* of a stack, innermost first */
	size_t n_frames;
};

/* Numbers count from 0; out of range, the functions return NULL. */
size_t sandprint_n_runs(const struct sandprint *s);
const struct sandprint_run *sandprint_run(const struct sandprint *s, size_t i);
size_t sandprint_n_images(const struct sandprint *s);
const struct sandprint_image *sandprint_image(const struct sandprint *s,
					      size_t i);
/* In the order of sp-stream(5), Joining. */
size_t sandprint_n_facts(const struct sandprint *s);
const struct sandprint_fact *sandprint_fact(const struct sandprint *s,
					    size_t i);
/* K, if runs were left out by sp-merge --keep-runs=K, or 0. */
uint32_t sandprint_keep(const struct sandprint *s);

/*
 * "openat", or "syscall_600" if no name is known; "x86_64", or "0xc000003e".
 * `buf` may hold the name.
 */
const char *sandprint_call_name(uint32_t arch, int32_t nr,
				char buf[SANDPRINT_NAME_SIZE]);
const char *sandprint_arch_name(uint32_t arch, int32_t nr,
				char buf[SANDPRINT_NAME_SIZE]);
/*
 * Write a text of a stream for people: recorded programs choose names, and can
 * put control characters into them. These become \xHH.
 */
void sandprint_print(const char *text, FILE *file);

/* Of the library, "0.1.0". */
const char *sandprint_version(void);

#ifdef __cplusplus
}
#endif

#endif
