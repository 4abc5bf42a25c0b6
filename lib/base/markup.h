/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names from outside in HTML, Markdown and commands of GitHub's runner. Bytes
 * that are not printable, and characters that change the direction of text,
 * become \xHH first. All results are heap texts, which the caller frees.
 */
#ifndef MARKUP_H
#define MARKUP_H

/* For text and for attributes in double quotes. */
char *markup_html(const char *text);
/*
 * "<code>…</code>": every character that GitHub's Markdown could take for a
 * sign is a reference, also within a table.
 */
char *markup_markdown(const char *text);
/* For the message of ::warning::, "%25" for a percent sign. */
char *markup_command(const char *text);

#endif
