/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: facts FILE — prints each fact, with those members that its kind has.
 */
#include <inttypes.h>
#include <sandprint.h>

static void print_key(const struct sandprint_fact *f)
{
	char arch[SANDPRINT_NAME_SIZE], name[SANDPRINT_NAME_SIZE];

	printf("%d", f->kind);
	if (f->arch)
		printf(" %s %s", sandprint_arch_name(f->arch, f->nr, arch),
		       sandprint_call_name(f->arch, f->nr, name));
	printf(" what=%" PRId32 " family=%" PRIu32 " answer=%" PRId32, f->what,
	       f->family, f->answer);
}

static void print_detail(const struct sandprint_fact *f)
{
	if (f->path)
		printf(" path=%s", f->path);
	if (f->to)
		printf(" to=%s", f->to);
	if (f->address)
		printf(" address=%zu", f->address_size);
	for (size_t i = 0; i < f->n_values; i++)
		printf(" %u:%" PRIx64 ":%" PRIx64, f->values[i].index,
		       f->values[i].mask, f->values[i].value);
	for (size_t i = 0; i < f->n_frames; i++)
		printf(" %s|%s|%" PRIx64 "|%zu", f->frames[i].function,
		       f->frames[i].file, f->frames[i].address,
		       f->frames[i].build_id_size);
	putchar('\n');
}

int main(int argc, char **argv)
{
	char problem[SANDPRINT_PROBLEM_SIZE];
	struct sandprint *s = argc == 2 ? sandprint_open(argv[1], 0, problem) : NULL;
	const struct sandprint_fact *f;

	for (size_t i = 0; s && (f = sandprint_fact(s, i)); i++) {
		print_key(f);
		print_detail(f);
	}
	sandprint_close(s);
	return s ? 0 : 2;
}
