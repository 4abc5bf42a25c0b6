/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: agree [-k] [-r ROOT] PROFILE [RAW…]
 *
 * Compares the filter of a profile with raw filters (all in force together)
 * that another compiler made from the profile, for all numbers of calls and for
 * arguments made from the constants in the filters. -k treats killing a thread
 * and killing the process as equal. Prints how many inputs were compared, and
 * exits with 1 if an answer differs. Without RAW, writes the profile's filter
 * to stdout.
 */
#include <linux/audit.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/input.h"
#include "base/message.h"
#include "filter/cbpf.h"
#include "filter/filter.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum { SAMPLES = 400, ROUNDS = 3, FILE_MAX = 1 << 20, SHOWN = 5 };

static uint32_t constants[1 << 16];
static size_t n_constants;

static void collect(const struct filter *f)
{
	for (; f; f = f->older)
		for (size_t i = 0; i < f->n; i++)
			if (n_constants < N_ELEMENTS(constants) &&
			    (BPF_CLASS(f->code[i].code) == BPF_JMP ||
			     BPF_CLASS(f->code[i].code) == BPF_ALU))
				constants[n_constants++] = f->code[i].k;
}

static struct filter *read_raw(const char *path, struct filter *older)
{
	char *problem = NULL, *bytes;
	FILE *file = fopen(path, "r");
	struct filter *f;
	size_t n;

	if (!file)
		message_fatal("%s: cannot open the file", path);
	bytes = input_read(file, FILE_MAX, &n);
	fclose(file);
	f = n ? cbpf_parse(bytes, n, &problem) : NULL;
	if (!f)
		message_fatal("%s: %s", path, problem ? problem : "empty");
	free(bytes);
	return filter_join(older, f);
}

static struct filter *read_profile(const char *path, const char *root)
{
	struct filter *f = NULL;
	struct profile *p;
	struct input in;
	struct host host;
	char *problem = NULL;

	host_init(&host);
	host.root = root;
	if (!input_open(&in, path))
		exit(2);
	profile_prepare(&in, &host);
	p = profile_read(input_file(&in), &host, &problem);
	if (!p || filter_compile(p, &f, &problem))
		message_fatal("%s: %s", path, problem);
	for (size_t i = 0; i < p->n_unknown; i++)
		message_note("%s: unknown: %s", path, p->unknown[i]);
	profile_free(p);
	host_release(&host);
	input_close(&in);
	return f;
}

static uint32_t make_word(void)
{
	uint32_t k = constants[rand() % n_constants];

	switch (rand() % 6) {
	case 0:
		return k ^ 1U << rand() % 32;
	case 1:
		return k | constants[rand() % n_constants];
	case 2:
		return k + rand() % 3 - 1;
	case 3:
		return ((uint32_t)rand() << 16) ^ rand();
	default:
		return k;
	}
}

static void make_arguments(struct seccomp_data *d, int round)
{
	for (int i = 0; i < 6; i++) {
		uint64_t high = rand() % 3 ? 0 : make_word();

		d->args[i] = !round ? 0 : high << 32 | make_word();
	}
}

static bool is_kill(uint32_t action)
{
	return action == SECCOMP_RET_KILL_THREAD ||
	       action == SECCOMP_RET_KILL_PROCESS;
}

static size_t inputs, wrong;

static void compare(const struct filter *a, const struct filter *b,
		    const struct seccomp_data *d, bool any_kill)
{
	uint32_t x = filter_run(a, d), y = filter_run(b, d);
	char ours[ACTION_NAME_MAX], other[ACTION_NAME_MAX];

	inputs++;
	if (x == y || (any_kill && is_kill(x) && is_kill(y)) || ++wrong > SHOWN)
		return;
	printf("call %d of 0x%x", d->nr, d->arch);
	for (int i = 0; i < 6; i++)
		printf(" 0x%llx", (unsigned long long)d->args[i]);
	printf(": %s, the other compiler's: %s\n", action_name(x, ours),
	       action_name(y, other));
}

static void compare_call(const struct filter *a, const struct filter *b,
			 uint32_t arch, int nr, bool any_kill)
{
	struct call_id id = { arch, nr };
	struct filter_answers x, y;
	int rounds;

	filter_run_any(a, id, &x);
	filter_run_any(b, id, &y);
	rounds = x.n > 1 || y.n > 1 || x.more || y.more ? SAMPLES : ROUNDS;
	for (int i = 0; i < rounds; i++) {
		struct seccomp_data d = { .nr = nr, .arch = arch };

		make_arguments(&d, i);
		compare(a, b, &d, any_kill);
	}
}

static void compare_all(const struct filter *a, const struct filter *b,
			bool any_kill)
{
	static const uint32_t archs[] = {
		AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64,
	};

	for (size_t i = 0; i < N_ELEMENTS(archs); i++) {
		struct call_id id = { archs[i], 0 };

		if (!arch_is_local(arch_of_call(id), arch_native()))
			continue;
		for (int nr = 0; nr < 512; nr++) {
			compare_call(a, b, archs[i], nr, any_kill);
			compare_call(a, b, archs[i], 0x40000000 + nr, any_kill);
		}
		compare_call(a, b, archs[i], 4096, any_kill);
	}
}

int main(int argc, char **argv)
{
	struct filter *ours, *other = NULL;
	const char *root = NULL;
	bool any_kill = false;
	int c;

	message_init("agree", 2, argv);
	while ((c = getopt(argc, argv, "kr:")) != -1)
		if (c == 'k')
			any_kill = true;
		else
			root = optarg;
	if (optind >= argc)
		message_usage("agree [-k] [-r ROOT] PROFILE [RAW...]");
	ours = read_profile(argv[optind++], root);
	if (optind == argc)
		return fwrite(ours->code, sizeof(*ours->code), ours->n,
			      stdout) != ours->n;
	while (optind < argc)
		other = read_raw(argv[optind++], other);
	collect(ours);
	collect(other);
	compare_all(ours, other, any_kill);
	printf("%zu inputs, %zu answered differently\n", inputs, wrong);
	filter_free(ours);
	filter_free(other);
	return wrong > 0;
}
