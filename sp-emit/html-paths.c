/* SPDX-License-Identifier: Apache-2.0 */
/* The recorded paths as a tree, and the addresses of sockets. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "html.h"
#include "kernel/path.h"
#include "paths.h"

struct leaf {
	char *text;		/* the pattern, for display */
	const struct path_use *use;
};

/*
 * Compares paths with a slash before every other byte, so that the contents of
 * a directory follow it directly.
 */
static int compare_paths(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	if (*a == '/' || *b == '/')
		return !*a ? -1 : !*b ? 1 : (*b == '/') - (*a == '/');
	return (unsigned char)*a - (unsigned char)*b;
}

static int compare_leaves(const void *a, const void *b)
{
	return compare_paths(((const struct leaf *)a)->text,
			     ((const struct leaf *)b)->text);
}

static struct leaf *leaves_of(const struct path_uses *uses, size_t *n)
{
	struct leaf *leaves = xcalloc(uses->n + 1, sizeof(*leaves));

	*n = 0;
	for (size_t i = 0; i < uses->n; i++)
		if (uses->at[i].access)
			leaves[(*n)++] = (struct leaf){
				pattern_text(uses->at[i].pattern),
				&uses->at[i] };
	array_sort(leaves, *n, sizeof(*leaves), compare_leaves);
	return leaves;
}

/*
 * Returns the end of the component that begins at `at`. A slash at `at` belongs
 * to it.
 */
static size_t component_end(const char *text, size_t at)
{
	return at + (text[at] == '/') + strcspn(text + at + (text[at] == '/'),
						"/");
}

static void write_part(const char *text, size_t from, size_t to, FILE *out)
{
	char *part = xasprintf("%.*s", (int)(to - from), text + from);

	fputs("<span class=\"path\">", out);
	html_take(part, out);
	fputs("</span>", out);
}

static void write_leaf(const struct leaf *leaf, size_t from, FILE *out)
{
	char *access = access_text(leaf->use->access);

	fputs("<li>", out);
	if (leaf->text[from])
		write_part(leaf->text, from, strlen(leaf->text), out);
	else
		fputs("(itself)", out);
	fputs(" <span class=\"access\">", out);
	html_take(access, out);
	fputs("</span></li>\n", out);
}

/*
 * Returns how many bytes the leaves have in common, in whole components. `from`
 * is the end of the part that is already known to be common.
 */
static size_t common_end(const struct leaf *leaves, size_t n, size_t from)
{
	const char *first = leaves[0].text, *last = leaves[n - 1].text;
	size_t end = from, next = component_end(first, from);

	while (next > end && !strncmp(first, last, next) &&
	       component_end(last, end) == next) {
		end = next;
		next = first[end] ? component_end(first, end) : end;
	}
	return end;
}

/* Returns how many leaves, from the first on, have the same next component. */
static size_t siblings(const struct leaf *leaves, size_t n, size_t from)
{
	size_t end = component_end(leaves[0].text, from), count = 1;

	while (count < n && !strncmp(leaves[0].text, leaves[count].text, end) &&
	       component_end(leaves[count].text, from) == end)
		count++;
	return count;
}

/*
 * Below DEPTH_MAX levels, each path is one line, because a browser's stack is
 * limited. Directories with more than OPEN_MAX paths are closed at first.
 */
enum { DEPTH_MAX = 24, OPEN_MAX = 30 };

/* The most paths and addresses on the page. */
enum { LEAVES_MAX = 2000, SOCKETS_MAX = 200 };

static void write_level(const struct leaf *leaves, size_t n, size_t from,
			int depth, FILE *out)
{
	fputs("<ul>\n", out);
	while (n) {
		size_t count = siblings(leaves, n, from), end;

		if (count == 1 || depth == DEPTH_MAX) {
			write_leaf(leaves++, from, out);
			n--;
			continue;
		}
		end = common_end(leaves, count, from);
		fprintf(out, "<li><details%s><summary>",
			depth < 1 && count <= OPEN_MAX ? " open" : "");
		write_part(leaves->text, from, end, out);
		fprintf(out, " <span class=\"access\">%zu</span></summary>\n",
			count);
		write_level(leaves, count, end, depth + 1, out);
		fputs("</details></li>\n", out);
		leaves += count;
		n -= count;
	}
	fputs("</ul>\n", out);
}

static void write_sockets(const struct trace *t, FILE *out)
{
	if (!t->sockets.n)
		return;
	fputs("<h3>Addresses</h3>\n<ul>\n", out);
	for (size_t i = 0; i < t->sockets.n && i < SOCKETS_MAX; i++) {
		const struct fact *fact = t->sockets.at[i];
		const char *operation = socket_operation_name(fact->id.nr);

		fprintf(out, "<li>%s <span class=\"path\">",
			operation ? operation : "use");
		html_take(socket_text(fact), out);
		fputs("</span></li>\n", out);
	}
	if (t->sockets.n > SOCKETS_MAX)
		fprintf(out, "<li>and %zu more</li>\n",
			t->sockets.n - SOCKETS_MAX);
	fputs("</ul>\n", out);
}

bool html_has_paths(const struct emit *emit)
{
	return emit->trace->paths.n || emit->trace->sockets.n;
}

void html_paths(const struct emit *emit, FILE *out)
{
	struct path_uses *uses;
	struct leaf *leaves;
	size_t n;

	if (!html_has_paths(emit))
		return;
	uses = paths_fold(emit->trace, emit->general);
	leaves = leaves_of(uses, &n);
	fprintf(out, "<section aria-labelledby=\"paths\">\n<h2 id=\"paths\">"
		"Paths</h2>\n<p>%zu paths need a right; a star stands for what "
		"differs from run to run. The numbers count the paths below "
		"a directory. A profile of calls does not restrict paths: see "
		"sp-emit --landlock.</p>\n<div class=\"tree\">\n", n);
	if (n)
		write_level(leaves, n < LEAVES_MAX ? n : LEAVES_MAX, 0, 0, out);
	fputs("</div>\n", out);
	if (n > LEAVES_MAX)
		fprintf(out, "<p>These are the first %d; sp-emit --path-list "
			"prints all.</p>\n", LEAVES_MAX);
	write_sockets(emit->trace, out);
	fputs("</section>\n", out);
	for (size_t i = 0; i < n; i++)
		free(leaves[i].text);
	free(leaves);
	paths_free(uses);
}
