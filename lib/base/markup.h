/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Escapes names from outside for HTML, Markdown and the commands of GitHub's
 * runner. In all three, unprintable bytes, and characters that change the
 * direction of text, first become \xHH. The caller frees each result.
 */
#ifndef MARKUP_H
#define MARKUP_H

/* For HTML text and for attributes in double quotes. */
char *markup_html(const char *text);
/*
 * Returns "<code>…</code>" for GitHub's Markdown, also within a table:
 * characters that Markdown could interpret become character references.
 */
char *markup_markdown(const char *text);
/* For the message of ::warning::, where a percent sign is written "%25". */
char *markup_command(const char *text);

#endif
