/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run record: everything known about one recording. Fields: sp-stream(5).
 */
#ifndef RUN_H
#define RUN_H

#include <jansson.h>
#include <msgpack.h>
#include <stdbool.h>
#include <stdint.h>

enum { RUN_ID_SIZE = 16, RUN_RLIMITS = 16 };

/* The beginning of the text that an attached recorder adds to `blind`. */
#define RUN_BLIND_START "what was done before the recorder attached"
/* The text in `blind` where a kernel does not show capabilities. */
#define RUN_BLIND_CAPABILITIES "capabilities that were used: Linux has had a " \
	"trace event for them since 6.14"

/* How much of a run was not recorded, by kind; zero is written too. */
struct loss {
	char *kind;		/* see sp-stream(5): "call", "task" … */
	uint64_t count;
};

struct label {
	char *key;
	char *value;
};

struct rlimit_pair {
	uint64_t soft, hard;	/* UINT64_MAX: unlimited, getrlimit(2) */
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
	uint32_t arch;		/* the native AUDIT_ARCH_* */
	char **argv;		/* NULL-terminated; NULL: left out (--no-argv) */
	char *cwd;
	uint32_t uid, gid;
	uint32_t *groups;
	size_t n_groups;
	uint32_t umask;
	struct rlimit_pair rlimits[RUN_RLIMITS];	/* by RLIMIT_* number */
	char **how;		/* NULL-terminated: "command", "no-follow" … */
	bool has_status;
	int32_t status;		/* exit status, or -n: killed by signal n */
	bool complete;
	struct loss *losses;	/* sorted by kind */
	size_t n_losses;
	/* NULL-terminated: what the recording could not see */
	char **blind;
	/*
	 * The part of a recording that this run is, if marks divide it; stored
	 * in a record of its own. The id of part 0 is that of the whole
	 * recording.
	 */
	bool is_part;
	uint8_t whole[RUN_ID_SIZE];
	uint32_t part;		/* from 0 */
	char *mark;		/* the mark that it began with; NULL: part 0 */
};

void run_free(struct run *run);

/* Encode as the fields after the kind, and decode the fields of a record. */
void run_pack(const struct run *run, msgpack_packer *pk);
enum { RUN_FIELDS = 21 };	/* after the kind */
/* `fields` has RUN_FIELDS objects. NULL, or the name of the field that is wrong. */
const char *run_unpack(struct run *run, const msgpack_object *fields);

/*
 * Join two copies of a run, field by field: the greater encoding wins; of
 * losses, the greater count of each kind.
 */
void run_join(struct run *run, const struct run *other);

/* A copy, without the fields that make it a part. */
void run_copy(struct run *to, const struct run *from);

/* The fields after the run's number, in the record of a part. */
enum { PART_FIELDS = 4 };
void run_pack_part(const struct run *run, msgpack_packer *pk);
/* `fields` has PART_FIELDS - 1 objects; joined with what is known already. */
bool run_unpack_part(struct run *run, const msgpack_object *fields);
/* Whether both are parts of one recording. */
bool run_same_whole(const struct run *a, const struct run *b);
/*
 * Whether runs[at] is a part of the same recording as the run before it, with
 * the same status and losses. In a trace, the parts of a recording follow each
 * other, since their ids differ only in the last byte.
 */
bool run_is_later_part(struct run *const *runs, size_t at);

/* The object for runs[] of `sp-emit --json`; the caller owns the reference. */
json_t *run_json(const struct run *run);

/* Whether `how` has the word, or `blind` the text. */
bool run_has_how(const struct run *run, const char *word);
bool run_is_blind(const struct run *run, const char *text);

/* Whether it has what belongs to no run of sp-record --split. */
bool run_is_harness(const struct run *run);

/* Raise the loss of one kind to at least `count`; add the kind if need be. */
void run_lose(struct run *run, const char *kind, uint64_t count);
uint64_t run_lost(const struct run *run, const char *kind);

/* 32 hexadecimal digits. */
enum { RUN_ID_HEX = 2 * RUN_ID_SIZE + 1 };
const char *run_id_hex(const struct run *run, char buf[RUN_ID_HEX]);

#endif
