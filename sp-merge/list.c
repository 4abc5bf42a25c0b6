/* SPDX-License-Identifier: Apache-2.0 */
/* Reads a list of names, one in each line, with the number of calls. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text-input.h"

static bool is_count(const char *word, uint64_t *count)
{
	char *end;

	errno = 0;
	*count = strtoull(word, &end, 10);
	return isdigit((unsigned char)*word) && !*end && !errno;
}

/* Divides a line: "read", "read 12", or "12 read" as uniq -c writes it. */
static bool count_words(struct lines *l, char *words[3], int n, struct tally *t,
			struct column *c)
{
	uint64_t count = 1;
	const char *name = words[0];
	int number;

	if (n == 2 && is_count(words[0], &count))
		name = words[1];
	else if (n > 2 || (n == 2 && !is_count(words[1], &count)))
		return lines_refuse(l, "neither NAME nor NAME COUNT");
	if (!count)
		return lines_refuse(l, "a count of 0");
	number = tally_name(t, name, strlen(name), &l->place);
	if (number >= 0)
		column_count(c, number, count);
	return number >= 0;
}

static bool read_entry(struct lines *l, struct tally *t, struct column *c)
{
	char *words[3] = { NULL }, *comment = strchr(l->text, '#');
	bool ok;
	int n;

	if (comment)
		*comment = '\0';
	n = sscanf(l->text, "%ms %ms %ms", &words[0], &words[1], &words[2]);
	ok = n <= 0 || count_words(l, words, n, t, c);
	for (int i = 0; i < 3; i++)
		free(words[i]);
	return ok;
}

static bool read_file(struct input *in, struct tally *t, struct column *c)
{
	FILE *file = input_file(in);
	bool ok = file;
	struct lines l;

	if (!file)
		return false;
	lines_open(&l, file, input_name(in->path));
	while (ok && lines_next(&l))
		ok = read_entry(&l, t, c);
	ok = ok && !l.bad;
	t->hash += l.hash;
	lines_close(&l);
	input_close(in);
	return ok;
}

bool read_list(struct inputs *inputs, const struct arch *native, bool partial,
	       struct trace *trace)
{
	struct tally t = { .native = native, .one_arch = true };
	struct column c = { 0 };
	const char *name = inputs->n ? input_name(inputs->at[0].path) : "";
	bool ok = !inputs->incomplete;

	(void)partial;
	for (size_t i = 0; i < inputs->n; i++)
		ok &= read_file(&inputs->at[i], &t, &c);
	ok = ok && tally_is_used(&t, name) &&
		tally_add_column(&t, trace,
				 tally_add_run(&t, trace, name, "list"), &c,
				 native);
	free(c.counts);
	tally_free(&t);
	return ok;
}
