/* SPDX-License-Identifier: Apache-2.0 */
/* Reduces a trace to some of its images, or to some phases of its runs. */
#ifndef SELECT_H
#define SELECT_H

#include "base/options.h"
#include "stream/trace.h"

/*
 * Patterns (fnmatch(3); `*` matches a slash too), for the path of an image and
 * the absolute names by which it was executed. Selected are images that match
 * one of `images`, and those that match one of `trees`, with
 * everything that these started, directly or not; except those that match one
 * of `images` after a '!'. If all patterns are of that kind, all other images
 * are selected.
 */
struct selection {
	const char **images, **trees;
	size_t n_images, n_trees;
};

bool selection_is_empty(const struct selection *s);
void selection_free(struct selection *s);

/* --image and --tree, as setters of options: `at` is where the selection is. */
option_set selection_option_image, selection_option_tree;
#define SELECTION_OPTIONS(type, member, for_modes) \
	{ "image", 0, "PATTERN", \
	  "only the calls of executables whose path or name matches,\n" \
	  "or with !PATTERN does not; can be repeated", \
	  selection_option_image, .at = offsetof(type, member), \
	  .modes = (for_modes) }, \
	{ "tree", 0, "PATTERN", \
	  "only those, and what they started; can be repeated", \
	  selection_option_tree, .at = offsetof(type, member), \
	  .modes = (for_modes) }

/*
 * Reduce the trace to the runs for which `within` is set; it becomes the whole
 * of the new trace.
 */
struct trace *select_within(struct trace *all, const bool *within);

/*
 * For each run, whether it was recorded without who started whom; the caller
 * frees.
 */
bool *select_startless(const struct trace *t);

/*
 * Reduce the trace to the selected images: all runs, these images with their
 * calls, and their executions, whoever made them. The new trace frees `from`,
 * which becomes its `whole`.
 */
struct trace *select_images(struct trace *from, const struct selection *s);

/* Reduce the trace to the facts that `keeps` returns true for, likewise. */
struct trace *select_facts(struct trace *from,
			   bool (*keeps)(void *arg, enum fact_kind kind,
					 const struct fact *fact), void *arg);

/*
 * What is wrong with the selection, "--tree: …", and what to note about it:
 * heap texts, and NULL after the last; the caller frees all. It is wrong if no
 * image matches a pattern, or if a tree is selected from a run that was
 * recorded without who started whom. A note names an executable of a tree that
 * others started as well, or one that is selected by its name and not its path.
 */
char **select_problems(const struct trace *t, const struct selection *s);
char **select_notes(const struct trace *t, const struct selection *s);

/*
 * The executables that none of the recording started, if there is more than
 * one; without the one that started all, such as the shell of a test. Paths of
 * the trace, all different, NULL after the last; the caller frees the list.
 * Empty if the trace does not tell.
 */
const char **select_unrelated(const struct trace *t);

/*
 * Of each recording with marks, keep the phases from the one that the mark
 * `from` began (NULL: from the start) up to the one that `until` began (NULL:
 * to the end). `*t` becomes the `whole` of the new trace. False: a run has no
 * such mark; `problem` (heap, caller frees) names it, and the trace has not
 * changed.
 */
bool select_phases(struct trace **t, const char *from, const char *until,
		   char **problem);

/* --harness, a flag of this member. */
#define HARNESS_OPTION(type, member, for_modes) \
	{ "harness", 0, NULL, \
	  "with what belongs to no run of sp-record --split", \
	  OPTION_FLAG(type, member), .modes = (for_modes) }

/*
 * Leave out what belongs to no run of --split. `*t` becomes the whole of the new
 * trace, if there is any such. `note` (heap, caller frees) says so; NULL: there
 * was none. False: there is nothing else, as `note` says.
 */
bool select_without_harness(struct trace **t, char **note);

#endif
