/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What profile_read() and the readers of its formats share. Each reader gets
 * the whole file as a text without NULs, which it may change, and returns false
 * with the problem set: everything that it reads may be hostile.
 */
#ifndef PROFILE_PRIVATE_H
#define PROFILE_PRIVATE_H

#include <jansson.h>

#include "profile/host.h"
#include "profile/profile.h"

struct reader {
	struct profile *profile;	/* made by the format's reader */
	const struct host *host;
	const char *root;	/* prefix of every place: "linux.seccomp." */
	/* file of the problem; NULL: the profile itself */
	const char *file;
	size_t line;		/* line of the problem; 0: none */
	char **problem;
	bool caps_decided, kernel_decided;	/* conditions of the file */
	bool stray_errno;	/* noted */
	/* the whole file; NULL: there was one object only */
	const json_t *documents;
};

bool read_json(struct reader *r, char *text, size_t n);
bool read_yaml(struct reader *r, char *text, size_t n);
bool read_minijail(struct reader *r, char *text, size_t n);
bool read_firejail(struct reader *r, char *text, size_t n);
bool read_systemd(struct reader *r, char *text, size_t n);
bool read_lxc(struct reader *r, char *text, size_t n);
/*
 * Whether a text begins like a policy of LXC: a version, and the kind of list.
 */
bool is_lxc(const char *text);
bool read_snap(struct reader *r, char *text, size_t n);
/* Whether a line can only be one of a list of snapd: a call, or its marks. */
bool is_snap_line(const char *line, size_t n);
bool read_kafel(struct reader *r, char *text, size_t n);
/* Whether it begins as a policy of Kafel, comments and definitions apart. */
bool is_kafel(const char *text);

/* Load what a text of this form includes, before a sandbox. */
void minijail_prepare(struct host *host, const char *text);
void firejail_prepare(struct host *host, const char *text);
void kafel_prepare(struct host *host, const char *text);
/* The names of users and groups that it has. */
void snap_prepare(struct host *host, const char *text);

/* The JSON and YAML forms, after parsing: one object, or a file's documents. */
bool read_object(struct reader *r, const json_t *root);
bool read_documents(struct reader *r, const json_t *documents);
/* An array of the documents that are not empty; NULL with the problem set. */
json_t *yaml_documents(struct reader *r, const char *text, size_t n);
/* Load the base that a SeccompProfile names, before a sandbox. */
void resource_prepare(struct host *host, const char *text);

/*
 * Always returns false, so that callers can return it; adds r->line if that is
 * set.
 */
__attribute__((format(printf, 2, 3)))
bool refuse(struct reader *r, const char *fmt, ...);

/*
 * Add a copy of the rule for the call that `name` is on `arch`; no rule if the
 * name is not known there. False if there are too many rules.
 */
bool reader_add_rule(struct reader *r, const struct arch *arch,
		     const char *name, const struct profile_rule *rule,
		     bool *known);
/* The same on every architecture of the profile; noted if it is on none. */
bool reader_add_name(struct reader *r, const char *name,
		     const struct profile_rule *rule);
/* Note a name that is left out; false if there are too many. */
bool reader_add_unknown(struct reader *r, const char *name);

bool profile_has_arch(const struct profile *p, const struct arch *arch);

/* "EPERM" or "1": false when it is neither. */
enum { ERRNO_MAX = 4095 };	/* MAX_ERRNO, linux/err.h */
bool errno_by_name(const char *name, uint32_t *value);

struct included_file;	/* profile/included.h */
/*
 * Read a file that is included by `read`, which gets a text that it may change:
 * until then, problems are in that file.
 */
bool reader_include(struct reader *r, const struct included_file *file,
		    bool (*read)(void *state, const char *path, char *text),
		    void *state);

/*
 * Append a line to a heap string that holds the lines it continues, or to NULL.
 * False if it becomes longer than any that is in use.
 */
bool reader_join(struct reader *r, char **whole, const char *line);

/* Remove white space at both ends. */
char *text_strip(char *text);

#endif
