/* SPDX-License-Identifier: Apache-2.0 */
/* A trace cut down to some of its images, or to some phases of its runs. */
#ifndef SELECT_H
#define SELECT_H

#include "base/options.h"
#include "stream/trace.h"

/*
 * Patterns (fnmatch(3); `*` matches a slash too): images whose path matches one
 * of `images`, and those that match one of `trees`, with all that these started,
 * and that those started, and so on; but none that matches one of `images` after
 * a '!'. With patterns of that kind alone, all others.
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
	  "only the calls of executables whose path matches,\n" \
	  "or with !PATTERN does not; can be repeated", \
	  selection_option_image, .at = offsetof(type, member), \
	  .modes = (for_modes) }, \
	{ "tree", 0, "PATTERN", \
	  "only those, and what they started; can be repeated", \
	  selection_option_tree, .at = offsetof(type, member), \
	  .modes = (for_modes) }

/*
 * All runs, and the selected images with their calls, and that they are executed,
 * whoever did it. `from` becomes the whole of the new trace, which frees it.
 */
struct trace *select_images(struct trace *from, const struct selection *s);

/*
 * What is wrong with the selection, "--tree: …", and what to note of it, heap
 * texts and NULL after the last; the caller frees all. A pattern that no image
 * matches is wrong, and so is a tree of a run that was recorded without who
 * started whom. To note is an executable of a tree that others started as well.
 */
char **select_problems(const struct trace *t, const struct selection *s);
char **select_notes(const struct trace *t, const struct selection *s);

/*
 * Where there is more than one: the executables that none of the recording
 * started, apart from one that started all, such as the shell of a test. Paths
 * of the trace's, NULL after the last, no two alike; the caller frees the list.
 * Empty where the trace does not tell.
 */
const char **select_unrelated(const struct trace *t);

/*
 * Of each recording with marks, the phases from the one that the mark `from`
 * began (NULL: from the start), and up to the one that `until` began (NULL: to
 * the end). `*t` becomes the whole of the new trace. False: a run has no such
 * mark; `problem` (heap, caller frees) says which, and the trace is as it was.
 */
bool select_phases(struct trace **t, const char *from, const char *until,
		   char **problem);

#endif
