/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libsandprint: reads the streams of sandprint. libsandprint(3) describes it.
 *
 * A stream is read as a whole. Its data does not change afterwards, so that any
 * number of threads can use it. All pointers stay valid until
 * sandprint_close(). The library never prints, and never ends the program.
 *
 * Later versions add kinds of facts, and members to the ends of struct
 * sandprint_run, sandprint_image and sandprint_fact. A program therefore
 * ignores kinds that it does not know, and neither copies nor makes arrays of
 * these three structs. The structs that they point to never change.
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
 * Reads a stream: all segments up to the end of the file, joined as
 * sp-stream(5) says. `memory` is the number of bytes that the library may keep
 * for the stream; 0 is no limit. Decoding a record can take up to 64 MiB more
 * for a short time. Returns NULL on failure, and puts the reason into
 * `problem`: "segment 1: record 17: truncated". sandprint_read() does not close
 * the file.
 */
struct sandprint *sandprint_open(const char *path, size_t memory,
				 char problem[SANDPRINT_PROBLEM_SIZE]);
struct sandprint *sandprint_read(FILE *file, size_t memory,
				 char problem[SANDPRINT_PROBLEM_SIZE]);
/* Frees everything. Accepts NULL. */
void sandprint_close(struct sandprint *s);

struct sandprint_text_pair {
	char *key, *value;
};

struct sandprint_loss {
	/* "call", "task" …: see Losses in sp-stream(5) */
	char *kind;
	uint64_t count;
};

/* A recording. The fields are those of sp-stream(5), Run. */
struct sandprint_run {
	uint8_t id[16];
	const char *name;
	const struct sandprint_text_pair *labels;
	size_t n_labels;
	uint64_t start_ns;	/* in UTC, since 1970 */
	uint64_t duration_ns;
	const char *version, *kernel, *machine;
	uint32_t arch;		/* AUDIT_ARCH_*, linux/audit.h */
	/* ends with NULL; NULL if the command line was left out */
	char *const *argv;
	const char *cwd;
	uint32_t uid, gid;
	char *const *how;	/* ends with NULL */
	bool has_status;
	/* exit status, or -N if signal N killed the command */
	int32_t status;
	bool complete;
	const struct sandprint_loss *losses;
	size_t n_losses;
	/* what the recording could not see; ends with NULL */
	char *const *blind;
};

/* An executable. */
struct sandprint_image {
	const char *path;	/* NULL for unknown images */
	const uint8_t *build_id;
	size_t build_id_size;	/* in bytes; 0: none */
};

/* Each kind has the number of its record in sp-stream(5) and sp-facts(5). */
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
	SANDPRINT_THREAD = 22,
};

/* The data that one run has about a fact. */
struct sandprint_sighting {
	uint32_t run;		/* for sandprint_run() */
	uint32_t flags;		/* see Call in sp-stream(5) */
	uint64_t count;		/* at least 1 */
	uint64_t first_ns;	/* since the run's start */
};

struct sandprint_value {
	uint8_t index;		/* which argument, 0 to 5 */
	uint64_t mask;		/* the bits that were recorded */
	uint64_t value;
};

/* A function in the chain of callers. */
struct sandprint_frame {
	const char *function;	/* "": not known */
	/* path of the ELF file, or "anonymous memory" */
	const char *file;
	/* the ELF file's address after the call instruction; 0: in no file */
	uint64_t address;
	const uint8_t *build_id;
	size_t build_id_size;	/* in bytes; 0: none */
};

/* A member that does not apply to the kind is 0 or NULL. */
struct sandprint_fact {
	enum sandprint_kind kind;
	const struct sandprint_image *image;
	uint32_t arch;		/* AUDIT_ARCH_* */
	int32_t nr;		/* as in struct seccomp_data */
	/*
	 * path, move: the access; socket, io_uring: the operation; privilege:
	 * its `what`; name: its source
	 */
	int32_t what;
	uint32_t family;	/* socket: AF_* */
	int32_t answer;		/* -errno; for a denial, possibly a signal */
	/*
	 * path, move: the path; start: the executable that started it; name:
	 * the name
	 */
	const char *path;
	const char *to;		/* of a move */
	const uint8_t *address;	/* of a socket */
	size_t address_size;	/* bytes */
	/* argument, stack: the arguments' values */
	const struct sandprint_value *values;
	size_t n_values;
	/* the sum over all runs; stays at its maximum */
	uint64_t count;
	uint64_t first_ns;	/* the earliest */
	uint32_t flags;		/* of all runs */
	const struct sandprint_sighting *sightings;	/* ordered by run */
	size_t n_sightings;	/* at least 1 */
	/* stack: the innermost function first */
	const struct sandprint_frame *frames;
	size_t n_frames;
};

/*
 * Numbers start at 0. The functions return NULL for a number that is too large.
 */
size_t sandprint_n_runs(const struct sandprint *s);
const struct sandprint_run *sandprint_run(const struct sandprint *s, size_t i);
size_t sandprint_n_images(const struct sandprint *s);
const struct sandprint_image *sandprint_image(const struct sandprint *s,
					      size_t i);
/* In the order that Joining in sp-stream(5) gives. */
size_t sandprint_n_facts(const struct sandprint *s);
const struct sandprint_fact *sandprint_fact(const struct sandprint *s,
					    size_t i);
/* The K of sp-merge --keep-runs=K if runs were left out, and 0 otherwise. */
uint32_t sandprint_keep(const struct sandprint *s);

/*
 * Names: "openat", or "syscall_600" if no name is known; "x86_64", or
 * "0xc000003e". `buf` holds the name if needed.
 */
const char *sandprint_call_name(uint32_t arch, int32_t nr,
				char buf[SANDPRINT_NAME_SIZE]);
const char *sandprint_arch_name(uint32_t arch, int32_t nr,
				char buf[SANDPRINT_NAME_SIZE]);
/*
 * Writes a text for people. Recorded programs choose some names in a stream,
 * and can put control characters into them: these become \xHH.
 */
void sandprint_print(const char *text, FILE *file);

/* Returns the library's version, "0.1.0". */
const char *sandprint_version(void);

#ifdef __cplusplus
}
#endif

#endif
