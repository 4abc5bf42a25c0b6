/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reasons not to make a profile of a recording. An error is printed and
 * latched; a note is printed.
 */
#ifndef CHECK_H
#define CHECK_H

#include "build.h"
#include "format.h"

/*
 * Incomplete runs, and losses that affect the profile (with `by_image`, losses
 * of attribution too). If they are allowed, they set *partial.
 */
bool check_runs(const struct trace *t, bool by_image, bool allow_partial,
		bool *partial);

/*
 * A program that ran before the recorder attached, and whose start is in no
 * run: the profile would stop it at its next start.
 */
bool check_start(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * Runs that hold only what a profile denied (sp-verify --learn), without any
 * other run beside them. An error for a profile, unless allowed.
 */
bool check_learned(const struct trace *t, const struct format *format,
		   bool allow_partial, bool *partial);

/*
 * Runs that were recorded without paths, or that lost some of which nothing is
 * known: an error for a policy.
 */
bool check_paths(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * Names and addresses that are not known as a whole, if the rules of the format
 * depend on them. To be called after the images are selected.
 */
bool check_names(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * The access bits (NAME_*) of which a name must have one for a rule of the
 * format to depend on it; 0: no rule does.
 */
uint32_t access_of_rules(const struct format *format);

/* Programs that raise privileges, if the format prevents that. */
void note_privileged(const struct trace *t, const struct format *format);

/* The native architecture of all runs; NULL if they differ. */
const struct arch *check_native(const struct trace *t);

/*
 * Calls that the format cannot express; with `allow_denied`, those that were
 * only denied as well.
 */
bool check_calls(const struct trace *t, const struct format *format,
		 const struct arch *native, bool allow_denied);

/*
 * Denials by a filter that was in force already, and operations that no filter
 * sees. If a denial killed the program, the recording lacks what the program
 * would have done next: an error, unless allow_denied or deny_denied is set.
 */
bool check_denials(const struct trace *t, const struct build *b);
/* Executables of a profile, none of which started the others. */
void note_unrelated(const struct trace *t, const struct format *format);
void note_operations(const struct trace *t);

/* An empty profile; with `exact`, one that allows what nobody has seen. */
bool check_profile(const struct profile *p, bool exact);

#endif
