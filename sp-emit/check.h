/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a profile must not be made from. A problem is printed and latched; a
 * doubt is printed.
 */
#ifndef CHECK_H
#define CHECK_H

#include "build.h"
#include "format.h"

/*
 * Incomplete runs, and losses that touch the allowlist (with `by_image`,
 * those of attribution too). Where these are allowed they set *partial.
 */
bool check_runs(const struct trace *t, bool by_image, bool allow_partial,
		bool *partial);

/*
 * A program that ran before the recorder attached, and whose start is in no
 * run: a profile that is in force when it starts would stop it.
 */
bool check_start(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * Runs that hold only what a profile denied (sp-verify --learn), and no other
 * beside them. A problem for a profile, unless it is allowed.
 */
bool check_learned(const struct trace *t, const struct format *format,
		   bool allow_partial, bool *partial);

/*
 * Runs that were recorded without paths, or lost some of which nothing is
 * known: for a policy that is a problem.
 */
bool check_paths(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * Names and addresses that are not known as a whole, as far as rules of the
 * format stand on them. To be called for the images that are selected.
 */
bool check_names(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * What the access of a name (NAME_*) has to have a bit of, for a rule of the
 * format to stand on it; 0: none does.
 */
uint32_t access_of_rules(const struct format *format);

/* Programs that raise privileges, where the format takes that from them. */
void note_privileged(const struct trace *t, const struct format *format);

/* The native architecture of all the runs, NULL when they differ. */
const struct arch *check_native(const struct trace *t);

/*
 * Calls that the format cannot carry; with `allow_denied` also among those that
 * were only denied.
 */
bool check_calls(const struct trace *t, const struct format *format,
		 const struct arch *native, bool allow_denied);

/*
 * Denials by a filter that was there already, and operations that no filter
 * sees. A call whose denial killed is a problem, since nobody knows what would
 * have followed, unless one of the two says what to do.
 */
bool check_denials(const struct trace *t, const struct build *b);
/* Executables of a profile of which none started the others. */
void note_unrelated(const struct trace *t, const struct format *format);
void note_operations(const struct trace *t);

/* An empty profile; with `exact`, one that allows what nobody has seen. */
bool check_profile(const struct profile *p, bool exact);

#endif
