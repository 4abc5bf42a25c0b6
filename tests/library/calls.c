/* SPDX-License-Identifier: Apache-2.0 */
/* usage: calls FILE — an example of libsandprint(3): prints the calls of a stream. */
#include <inttypes.h>
#include <sandprint.h>

int main(int argc, char **argv)
{
	char problem[SANDPRINT_PROBLEM_SIZE] = "usage: calls FILE";
	char arch[SANDPRINT_NAME_SIZE], name[SANDPRINT_NAME_SIZE];
	struct sandprint *s = argc == 2 ?
		sandprint_open(argv[1], 1 << 28, problem) : NULL;
	const struct sandprint_fact *f;

	if (!s) {
		fprintf(stderr, "calls: %s\n", problem);
		return 2;
	}
	for (size_t i = 0; (f = sandprint_fact(s, i)); i++) {
		if (f->kind != SANDPRINT_CALL)
			continue;
		printf("%" PRIu64 " %s %" PRId32 " %s ", f->count,
		       sandprint_arch_name(f->arch, f->nr, arch), f->nr,
		       sandprint_call_name(f->arch, f->nr, name));
		sandprint_print(f->image->path ? f->image->path : "(other)", stdout);
		putchar('\n');
	}
	sandprint_close(s);
	return 0;
}
