/* SPDX-License-Identifier: Apache-2.0 */
/* --args: rules with conditions on a call's arguments. */
#ifndef ARGS_H
#define ARGS_H

#include "format.h"

/*
 * Sets the rows of argument.h that are `wanted`, by index: those of a list
 * "socket,ioctl", those of "all", or the usual ones (NULL). Returns false if a
 * name is unknown; `*bad`, which the caller frees, is the name.
 */
enum { ARGS_ROWS_MAX = 64 };
bool args_parse(const char *list, bool wanted[ARGS_ROWS_MAX], char **bad);

/*
 * Restricts calls to their recorded values, if the profile allows them only
 * because they were observed. A call with unknown values is not restricted, and
 * a message names it. With `one_list`, calls with the same name share their
 * values.
 */
void args_restrict(struct profile *p, const struct trace *t,
		   const bool wanted[ARGS_ROWS_MAX], bool one_list);

/*
 * Compiles the profile, compares the filter with the profile, and evaluates the
 * filter for every recorded value. Prints an error and returns false if
 * libseccomp makes a wrong filter, or one that denies a recorded value.
 */
bool args_check(const struct profile *p, const struct trace *t);

/* Returns how often calls with that name had unknown arguments. */
uint64_t args_unknown(const struct trace *t, const char *name);
/*
 * Whether the arguments of all calls with that name are known. If not, prints a
 * note.
 */
bool args_knows(const struct trace *t, const char *name);

/*
 * The argument facts of a call, of all images, sorted by detail. The caller
 * frees the array.
 */
struct fact **args_of(const struct trace *t, struct call_id id, size_t *n);

#endif
