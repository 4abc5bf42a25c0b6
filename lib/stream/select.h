/* SPDX-License-Identifier: Apache-2.0 */
/* Reduces a trace to some of its images, or to some phases of its runs. */
#ifndef SELECT_H
#define SELECT_H

#include "base/options.h"
#include "stream/trace.h"

/*
 * Patterns of fnmatch(3), where `*` also matches a slash. They are compared
 * with the path of an image, and with the absolute names by which it was
 * executed. `images` selects the matching images. `trees` selects the matching
 * images and everything that they started, directly or not. A pattern of
 * `images` that begins with '!' excludes the images that match the rest. If all
 * patterns are exclusions, all other images are selected.
 */
struct selection {
	const char **images, **trees;
	size_t n_images, n_trees;
};

bool selection_is_empty(const struct selection *s);
void selection_free(struct selection *s);

/* The setters of --image and --tree; `at` is the offset of the selection. */
option_set selection_option_image, selection_option_tree;
#define SELECTION_OPTIONS(type, member, for_modes) \
	{ "image", 0, "PATTERN", \
	  "only the calls of executables whose path or name matches,\n" \
	  "or with !PATTERN does not; can be repeated", \
	  selection_option_image, .at = offsetof(type, member), \
	  .modes = (for_modes) }, \
	{ "tree", 0, "PATTERN", \
	  "only these, and what they started; can be repeated", \
	  selection_option_tree, .at = offsetof(type, member), \
	  .modes = (for_modes) }

/*
 * Reduces the trace to the runs for which `within` is set. The old trace
 * becomes the `whole` of the new one.
 */
struct trace *select_within(struct trace *all, const bool *within);

/*
 * Finds each run without facts about which program started which. The caller
 * frees the array of flags.
 */
bool *select_startless(const struct trace *t);

/*
 * Reduces the trace to the selected images. The new trace has all runs, these
 * images with their calls, and every execution of these images. `from` becomes
 * its `whole`, and is freed with it.
 */
struct trace *select_images(struct trace *from, const struct selection *s);

/*
 * Reduces the trace in the same way to the facts for which `keeps` returns
 * true.
 */
struct trace *select_facts(struct trace *from,
			   bool (*keeps)(void *arg, enum fact_kind kind,
					 const struct fact *fact), void *arg);

/*
 * Errors in the selection, "--tree: …", and notes on it. Both are lists of heap
 * texts that end with NULL; the caller frees them. It is an error if no image
 * matches a pattern, or if a tree is selected from a run without facts about
 * which program started which. A note names an executable of the tree that
 * other programs started as well, or one that was selected by its name rather
 * than its path.
 */
char **select_problems(const struct trace *t, const struct selection *s);
char **select_notes(const struct trace *t, const struct selection *s);

/*
 * Returns the paths of the executables that no other one started, if a
 * recording has several of them. The executable that started all others, such
 * as the shell of a test, is not counted. All paths are different and point
 * into the trace; NULL follows the last. The caller frees the list. It is empty
 * if the trace lacks these facts.
 */
const char **select_unrelated(const struct trace *t);

/*
 * Of each recording with marks, keeps the phases from the mark `from` (NULL:
 * from the start) up to the mark `until` (NULL: to the end). `*t` becomes the
 * `whole` of the new trace. Returns false if a run lacks one of the marks;
 * `problem`, which the caller frees, then says which, and the trace has not
 * changed.
 */
bool select_phases(struct trace **t, const char *from, const char *until,
		   char **problem);

/* The row of --harness, which sets the flag `member`. */
#define HARNESS_OPTION(type, member, for_modes) \
	{ "harness", 0, NULL, \
	  "include what belongs to no run of sp-record --split", \
	  OPTION_FLAG(type, member), .modes = (for_modes) }

/*
 * Leaves out the harness of --split, which has the facts that belong to no run.
 * `*t` becomes the `whole` of the new trace, and the text `note`, which the
 * caller frees, reports this. If there was no harness, `note` is NULL and the
 * trace does not change. Returns false if there is nothing but harness; `note`
 * then reports that.
 */
bool select_without_harness(struct trace **t, char **note);

#endif
