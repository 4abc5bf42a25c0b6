/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checks whether a profile can be made of a recording. An error is printed and
 * latched, a note is only printed.
 */
#ifndef CHECK_H
#define CHECK_H

#include "build.h"
#include "format.h"

/*
 * Checks for incomplete runs, and for losses that affect the profile. With
 * `by_image`, it also matters if the image of a call was lost. If losses are
 * allowed, they set *partial.
 */
bool check_runs(const struct trace *t, bool by_image, bool allow_partial,
		bool *partial);

/*
 * Checks for programs that ran before the recorder attached, and whose start no
 * run has: under the profile, such a program might not start again.
 */
bool check_start(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * Checks whether all runs are of sp-verify --learn, and so have only the calls
 * that a profile denied. This is an error for a profile, unless allowed.
 */
bool check_learned(const struct trace *t, const struct format *format,
		   bool allow_partial, bool *partial);

/*
 * Checks for runs that were recorded without --paths, and for completely lost
 * paths. Both are errors for a policy of paths.
 */
bool check_paths(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * Checks for incomplete names and addresses on which the rules of the format
 * depend. Call it after the images were selected.
 */
bool check_names(const struct trace *t, const struct format *format,
		 bool allow_partial, bool *partial);

/*
 * Returns the access bits (NAME_*) of names on which rules of the format
 * depend. 0: no rule depends on names.
 */
uint32_t access_of_rules(const struct format *format);

/* Notes programs that raise privileges, if the format prevents that. */
void note_privileged(const struct trace *t, const struct format *format);

/* Returns the native architecture of all runs, or NULL if it differs. */
const struct arch *check_native(const struct trace *t);

/*
 * Checks for calls that the format cannot express. With `allow_denied`, also
 * checks calls that were always denied.
 */
bool check_calls(const struct trace *t, const struct format *format,
		 const struct arch *native, bool allow_denied);

/*
 * Reports calls that a filter denied while recording, and operations that no
 * filter sees. If a denial killed the program, the recording lacks the
 * program's later calls. This is an error, unless allow_denied or deny_denied
 * is set.
 */
bool check_denials(const struct trace *t, const struct build *b);
/*
 * Notes that a profile is for several programs, if none of them started the
 * others.
 */
void note_unrelated(const struct trace *t, const struct format *format);
void note_operations(const struct trace *t);

/*
 * Checks for an empty profile. With `exact`, also checks for a profile that
 * allows calls that no run made.
 */
bool check_profile(const struct profile *p, bool exact);

#endif
