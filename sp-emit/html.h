/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the page that --html writes. */
#ifndef HTML_H
#define HTML_H

#include "proposal.h"

/*
 * The contents of <style> and <script>. The tests compare the hash with the
 * script.
 */
extern const char html_style[], html_script[], html_script_hash[];

/* Write a text, escaped. The second function also frees it. */
void html_put(const char *text, FILE *out);
void html_take(char *text, FILE *out);
/* Writes the proposed test, without its reasons and without a final dot. */
void html_proposal(const struct proposal *one, FILE *out);

/* Limits for the details of each call, so that the page stays small. */
enum { HTML_MAKERS_MAX = 20, HTML_ARGUMENTS_MAX = 60,
       HTML_STACKS_MAX = 20 };

/*
 * Writes in plain words which abilities the profile allows, and which it
 * denies.
 */
void html_abilities(const struct digest *d, FILE *out);
/* Writes a short form of the same two lists. */
void html_can(const struct digest *d, FILE *out);
void html_cannot(const struct digest *d, FILE *out);
void html_proposals(const struct digest *d, const struct proposals *p,
		    FILE *out);
void html_calls(const struct digest *d, FILE *out);
/* Writes nothing without --possible. */
void html_possible(const struct emit *emit, FILE *out);
/* Writes the heat map of runs and calls. */
void html_map(const struct digest *d, FILE *out);
/*
 * Writes the runs, the heat map, and the curve of how many calls so many runs
 * make.
 */
void html_runs(const struct digest *d, FILE *out);
void html_curve(const struct digest *d, FILE *out);
bool html_has_paths(const struct emit *emit);
/* Writes nothing if no run has paths. */
void html_paths(const struct emit *emit, FILE *out);

#endif
