/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: limit FILE — reads the stream with every memory limit up to the
 * smallest sufficient one. Exits with 0 if each smaller limit was refused with
 * a message. It is built with -fsanitize=address, which finds memory that is
 * not freed after a refusal, or freed twice.
 */
#include <sandprint.h>
#include <string.h>

enum { STEP = 4093, MOST = 64 << 20 };

int main(int argc, char **argv)
{
	char problem[SANDPRINT_PROBLEM_SIZE] = "";
	struct sandprint *s = NULL;
	size_t refused = 0;

	for (size_t memory = 1; argc == 2 && !s && memory < MOST; memory += STEP) {
		s = sandprint_open(argv[1], memory, problem);
		if (!s && strcmp(problem, "more memory needed than the limit allows")) {
			fprintf(stderr, "limit: %s\n", problem);
			return 1;
		}
		refused += !s;
	}
	if (!s || refused < 20)
		return 1;
	sandprint_close(s);
	return 0;
}
