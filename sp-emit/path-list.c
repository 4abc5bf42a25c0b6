/* SPDX-License-Identifier: Apache-2.0 */
/* Lists the paths and sockets of a trace, for grep(1) and for people. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/text.h"
#include "format.h"
#include "kernel/path.h"
#include "names.h"

struct line {
	const char *what;	/* to be freed */
	const char *name;	/* to be freed */
	const char *how;
	int32_t answer;
	uint64_t count;
};

static int by_name(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = strcmp(x->what, y->what);
	if (!order)
		order = strcmp(x->how, y->how);
	return order ? order : (x->answer < y->answer) - (x->answer > y->answer);
}

static const char *how_text(uint32_t access)
{
	return access & NAME_LOST ? "lost" :
		access & NAME_UNREAD ? "unread" : access & NAME_CUT ? "cut" :
		access & NAME_ELSEWHERE ? "elsewhere" :
		access & NAME_CLAIM ? "claim" :
		access & NAME_DELETED ? "deleted" :
		access & NAME_GIVEN ? "given" : "-";
}

static struct line path_line(const struct fact *fact)
{
	char *path = path_of_fact(fact);
	struct line line = {
		.what = access_text(fact->id.nr), .name = path_escape(path),
		.how = how_text(fact->id.nr), .answer = fact->answer,
		.count = fact_count(fact),
	};

	free(path);
	return line;
}

char *socket_text(const struct fact *fact)
{
	const char *family = family_name(fact->id.arch);
	char *address = fact->id.nr & SOCKET_LOST ? xstrdup("...") :
		address_text(fact->id.arch, fact->detail, fact->detail_size);
	char *text = family ? xasprintf("%s %s", family, address) :
		xasprintf("AF_%u %s", fact->id.arch, address);

	free(address);
	return text;
}

static struct line socket_line(const struct fact *fact)
{
	const char *operation = socket_operation_name(fact->id.nr);

	return (struct line){
		.what = operation ? xstrdup(operation) :
			xasprintf("operation %d", fact->id.nr),
		.name = socket_text(fact),
		.how = fact->id.nr & SOCKET_LOST ? "lost" : "socket",
		.answer = fact->answer, .count = fact_count(fact),
	};
}

static void write_line(const struct line *line, FILE *out)
{
	const char *error = strerrorname_np(-line->answer);

	fprintf(out, "%s\t", line->what);
	if (!line->answer)
		fputs("ok", out);
	else if (error)
		fputs(error, out);
	else
		fprintf(out, "errno %d", -line->answer);
	fprintf(out, "\t%" PRIu64 "\t%s\t%s\n", line->count, line->how,
		line->name);
}

/* Writes neighbours that only differ in the image as one line. */
static void write_lines(struct line *lines, size_t n, FILE *out)
{
	array_sort(lines, n, sizeof(*lines), by_name);
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n && !by_name(&lines[i], &lines[i + 1]))
			lines[i + 1].count = count_add(lines[i].count,
						       lines[i + 1].count);
		else
			write_line(&lines[i], out);
		free((char *)lines[i].what);
		free((char *)lines[i].name);
	}
}

void write_path_list(const struct emit *emit, FILE *out)
{
	const struct trace *t = emit->trace;
	size_t n = 0;
	struct line *lines = xcalloc(t->paths.n + t->sockets.n, sizeof(*lines));

	for (size_t i = 0; i < t->paths.n; i++)
		lines[n++] = path_line(t->paths.at[i]);
	for (size_t i = 0; i < t->sockets.n; i++)
		lines[n++] = socket_line(t->sockets.at[i]);
	write_lines(lines, n, out);
	free(lines);
}
