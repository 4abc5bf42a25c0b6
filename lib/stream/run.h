/* SPDX-License-Identifier: Apache-2.0 */
/* The run record: all data about one recording. Fields: sp-stream(5). */
#ifndef RUN_H
#define RUN_H

#include <jansson.h>
#include <msgpack.h>
#include <stdbool.h>
#include <stdint.h>

enum { RUN_ID_SIZE = 16, RUN_RLIMITS = 16 };

/*
 * A text of `blind` begins with this if the recorder attached to running tasks.
 */
#define RUN_BLIND_START "what was done before the recorder attached"
/*
 * The text of `blind` for kernels that do not show which capabilities were
 * used.
 */
#define RUN_BLIND_CAPABILITIES "capabilities that were used: Linux has had a " \
	"trace event for them since 6.14"

/*
 * The number of things in a run that were not recorded, for one kind of loss. A
 * loss of 0 is also written.
 */
struct loss {
	char *kind;		/* see sp-stream(5): "call", "task" … */
	uint64_t count;
};

struct label {
	char *key;
	char *value;
};

struct rlimit_pair {
	uint64_t soft, hard;	/* UINT64_MAX means unlimited: getrlimit(2) */
};

struct run {
	uint8_t id[RUN_ID_SIZE];
	char *name;
	struct label *labels;	/* sorted by key */
	size_t n_labels;
	uint64_t start_ns;	/* UTC, ns since the epoch */
	uint64_t duration_ns;
	char *version;		/* of sp-record */
	char *kernel;		/* release, uname(2) */
	char *machine;		/* uname(2) */
	uint32_t arch;		/* the AUDIT_ARCH_* of the kernel */
	char **argv;		/* NULL-terminated; NULL: left out (--no-argv) */
	char *cwd;
	uint32_t uid, gid;
	uint32_t *groups;
	size_t n_groups;
	uint32_t umask;
	/* indexed by RLIMIT_* */
	struct rlimit_pair rlimits[RUN_RLIMITS];
	char **how;		/* NULL-terminated: "command", "no-follow" … */
	bool has_status;
	/* exit status, or -n if signal n killed the command */
	int32_t status;
	bool complete;
	struct loss *losses;	/* sorted by kind */
	size_t n_losses;
	/* NULL-terminated: what the recording could not see */
	char **blind;
	/*
	 * A recording can be divided into parts by marks. These fields, which
	 * have a record of their own, say which part this run is. Part 0 has
	 * the id of the whole recording.
	 */
	bool is_part;
	uint8_t whole[RUN_ID_SIZE];
	uint32_t part;		/* from 0 */
	/* the mark that began the part; NULL for part 0 */
	char *mark;
};

void run_free(struct run *run);

/*
 * run_pack() encodes the fields that follow the record's kind, and run_unpack()
 * decodes them.
 */
void run_pack(const struct run *run, msgpack_packer *pk);
enum { RUN_FIELDS = 21 };	/* the number of these fields */
/*
 * `fields` has RUN_FIELDS objects. Returns NULL, or the name of the malformed
 * field.
 */
const char *run_unpack(struct run *run, const msgpack_object *fields);

/*
 * Joins two copies of a run, field by field. The greater encoding of a field
 * wins. For losses, the greater count of each kind wins.
 */
void run_join(struct run *run, const struct run *other);

/* Copies a run, without the fields that make it a part. */
void run_copy(struct run *to, const struct run *from);

/* The number of fields that a part's record has after the run's number. */
enum { PART_FIELDS = 4 };
void run_pack_part(const struct run *run, msgpack_packer *pk);
/*
 * `fields` has PART_FIELDS - 1 objects. They are joined with the run's present
 * fields.
 */
bool run_unpack_part(struct run *run, const msgpack_object *fields);
/* Whether both runs are parts of the same recording. */
bool run_same_whole(const struct run *a, const struct run *b);
/*
 * Whether runs[at] belongs to the same recording as the run before it, and has
 * the same status and losses. In a trace, the parts of a recording are
 * neighbours, since their ids differ only in the last byte.
 */
bool run_is_later_part(struct run *const *runs, size_t at);

/*
 * Returns the run as an element of runs[] in `sp-emit --json`. The caller owns
 * the reference.
 */
json_t *run_json(const struct run *run);

/* Whether `how` contains the word, and whether `blind` contains the text. */
bool run_has_how(const struct run *run, const char *word);
bool run_is_blind(const struct run *run, const char *text);

/*
 * Whether the run is the harness of sp-record --split, which has all facts that
 * belong to no run.
 */
bool run_is_harness(const struct run *run);

/* Raises one kind of loss to at least `count`, and adds the kind if needed. */
void run_lose(struct run *run, const char *kind, uint64_t count);
uint64_t run_lost(const struct run *run, const char *kind);

/* The size of an id in hexadecimal, with a NUL. */
enum { RUN_ID_HEX = 2 * RUN_ID_SIZE + 1 };
const char *run_id_hex(const struct run *run, char buf[RUN_ID_HEX]);

#endif
