/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that profile_read() and the readers of the formats share. A reader
 * gets the whole file as a text without NULs, which it may change. On failure,
 * it sets the problem and returns false. All data that it reads may be hostile.
 */
#ifndef PROFILE_PRIVATE_H
#define PROFILE_PRIVATE_H

#include <jansson.h>

#include "profile/host.h"
#include "profile/profile.h"

struct reader {
	struct profile *profile;	/* the format's reader makes it */
	const struct host *host;
	/* prefix of every place in a message: "linux.seccomp." */
	const char *root;
	/* the file with the problem; NULL: the profile itself */
	const char *file;
	size_t line;		/* the line with the problem; 0: none */
	char **problem;
	/* the file has conditions on capabilities, or on the kernel */
	bool caps_decided, kernel_decided;
	bool stray_errno;	/* a note about an errno was added */
	/* all documents of the file; NULL: it had only one object */
	const json_t *documents;
};

bool read_json(struct reader *r, char *text, size_t n);
bool read_yaml(struct reader *r, char *text, size_t n);
bool read_minijail(struct reader *r, char *text, size_t n);
bool read_firejail(struct reader *r, char *text, size_t n);
bool read_systemd(struct reader *r, char *text, size_t n);
bool read_lxc(struct reader *r, char *text, size_t n);
/*
 * Whether a text begins like an LXC policy, with a version and the kind of
 * list.
 */
bool is_lxc(const char *text);
bool read_snap(struct reader *r, char *text, size_t n);
/* Whether a line can only be from a snapd list: a call, or one of its marks. */
bool is_snap_line(const char *line, size_t n);
bool read_kafel(struct reader *r, char *text, size_t n);
/* Whether a text begins like a Kafel policy, after comments and definitions. */
bool is_kafel(const char *text);

/*
 * Load the files that a text of this form includes, before the tool enters its
 * sandbox.
 */
void minijail_prepare(struct host *host, const char *text);
void firejail_prepare(struct host *host, const char *text);
void kafel_prepare(struct host *host, const char *text);
/* Loads the users and groups that the list names. */
void snap_prepare(struct host *host, const char *text);

/*
 * Reads the JSON and YAML forms after parsing: an object, or the documents of a
 * file.
 */
bool read_object(struct reader *r, const json_t *root);
bool read_documents(struct reader *r, const json_t *documents);
/*
 * Returns an array of the documents that are not empty. On failure, sets the
 * problem and returns NULL.
 */
json_t *yaml_documents(struct reader *r, const char *text, size_t n);
/*
 * Loads the base that a SeccompProfile names, before the tool enters its
 * sandbox.
 */
void resource_prepare(struct host *host, const char *text);

/*
 * Sets the problem, with r->line if that is set. Always returns false, so that
 * callers can return its result.
 */
__attribute__((format(printf, 2, 3)))
bool refuse(struct reader *r, const char *fmt, ...);

/*
 * Adds a copy of the rule for the call that `name` means on `arch`. Adds
 * nothing if the name is unknown there. Returns false if there are too many
 * rules.
 */
bool reader_add_rule(struct reader *r, const struct arch *arch,
		     const char *name, const struct profile_rule *rule,
		     bool *known);
/*
 * Does the same for every architecture of the profile. Notes a name that no
 * architecture has.
 */
bool reader_add_name(struct reader *r, const char *name,
		     const struct profile_rule *rule);
/* Notes a name that is left out. Returns false if there are too many. */
bool reader_add_unknown(struct reader *r, const char *name);

bool profile_has_arch(const struct profile *p, const struct arch *arch);

/* Reads "EPERM" or "1". Returns false if the text is neither. */
enum { ERRNO_MAX = 4095 };	/* MAX_ERRNO, linux/err.h */
bool errno_by_name(const char *name, uint32_t *value);

struct included_file;	/* profile/included.h */
/*
 * Lets `read` read an included file as a text, which it may change. Until it
 * returns, problems are reported for that file.
 */
bool reader_include(struct reader *r, const struct included_file *file,
		    bool (*read)(void *state, const char *path, char *text),
		    void *state);

/*
 * Appends a line to a heap string that holds the lines before it, or to NULL.
 * Returns false if the string is longer than in any profile in use.
 */
bool reader_join(struct reader *r, char **whole, const char *line);

/* Removes white space at both ends. */
char *text_strip(char *text);

#endif
