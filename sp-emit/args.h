/* SPDX-License-Identifier: Apache-2.0 */
/* --args: rules that look at a call's arguments. */
#ifndef ARGS_H
#define ARGS_H

#include "format.h"

/*
 * The index set `wanted` of the rows (argument.h) that a list "socket,ioctl",
 * or "all", names; NULL: the usual ones. False: `*bad` (heap, caller frees) is
 * an unknown name.
 */
enum { ARGS_ROWS_MAX = 64 };
bool args_parse(const char *list, bool wanted[ARGS_ROWS_MAX], char **bad);

/*
 * Restrict calls that the profile allows only because they were observed to the
 * recorded values. A call whose values are not all known stays as it is, and a
 * message names it. With `one_list`, calls of one name share their values.
 */
void args_restrict(struct profile *p, const struct trace *t,
		   const bool wanted[ARGS_ROWS_MAX], bool one_list);

/*
 * Compile the profile, which compares the filter with it, and evaluate every
 * value that was recorded. False, with an error printed: libseccomp makes a
 * wrong filter of it, or one that denies a recorded value.
 */
bool args_check(const struct profile *p, const struct trace *t);

/* How often calls of that name had arguments that are not known. */
uint64_t args_unknown(const struct trace *t, const char *name);
/*
 * Whether the arguments of all calls of that name are known; if not, a note
 * says so.
 */
bool args_knows(const struct trace *t, const char *name);

/*
 * The argument facts of a call, of all images, by detail; the caller frees the
 * array.
 */
struct fact **args_of(const struct trace *t, struct call_id id, size_t *n);

#endif
