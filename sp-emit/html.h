/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the page that --html writes. */
#ifndef HTML_H
#define HTML_H

#include "digest.h"

/* The whole of <style> and of <script>; tests compare the hash of the script. */
extern const char html_style[], html_script[], html_script_hash[];

/* Escaped; the second takes the text over. */
void html_put(const char *text, FILE *out);
void html_take(char *text, FILE *out);

/* Of a call; the page stays small, whatever was recorded. */
enum { HTML_MAKERS_MAX = 20, HTML_ARGUMENTS_MAX = 60,
       HTML_STACKS_MAX = 20 };

void html_calls(const struct digest *d, FILE *out);
/* Nothing without --possible. */
void html_possible(const struct emit *emit, FILE *out);
/* Which run made which call, and how many calls so many runs make. */
void html_runs(const struct digest *d, FILE *out);
void html_curve(const struct digest *d, FILE *out);
/* Nothing, if no run has paths. */
void html_paths(const struct emit *emit, FILE *out);

#endif
