/* SPDX-License-Identifier: Apache-2.0 */
/* --args: rules with conditions on a call's arguments. */
#ifndef ARGS_H
#define ARGS_H

#include "format.h"

/*
 * Sets the wanted rows of argument.h, by index: those that a list such as
 * "socket,ioctl" names, all rows for "all", or the usual ones for NULL. Returns
 * false if a name is unknown; the caller frees this name, `*bad`.
 */
enum { ARGS_ROWS_MAX = 64 };
bool args_parse(const char *list, bool wanted[ARGS_ROWS_MAX], char **bad);

/*
 * Restricts calls to their recorded arguments, unless the profile also allows
 * them for another reason. A call with unknown arguments is not restricted, and
 * a message names it. With `one_list`, calls of all architectures with the same
 * name get the same values.
 */
void args_restrict(struct profile *p, const struct trace *t,
		   const bool wanted[ARGS_ROWS_MAX], bool one_list);

/*
 * Compiles the profile, and checks the filter against the profile and against
 * every recorded value. Returns false if libseccomp makes a wrong filter, or
 * one that denies a recorded value; this was printed and latched.
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
 * Returns the argument facts of a call, of all images, sorted by detail. The
 * caller frees the array.
 */
struct fact **args_of(const struct trace *t, struct call_id id, size_t *n);

#endif
