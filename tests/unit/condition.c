/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares the answers of filters with an evaluation of the policy, for random
 * conditions.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "filter/filter.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum { ROUNDS = 400, ATOMS = 3, GROUPS = 3, ARGS = 2, EPERM_TAIL = 13 };

static const uint64_t values[] = {
	0, 1, 2, 3, 5, 7, 8, 9, 0x10, 0xff, 0x5401, 0x7fffffff, 0x80000000,
	0xfffffffe, 0xffffffff, 0x100000000, 0x100000001, 0x1ffffffff,
	0x8000000000000000, 0xfffffffffffffffe, 0xffffffffffffffff,
};
/* the number of small values, which are the most frequent in policies */
enum { SMALL = 9 };

static const char *const ops[] = {
	"==", "!=", "<", "<=", ">", ">=", "&", "in",
};

/*
 * Makes few comparisons with bounds: they are rare in policies and need many
 * rules.
 */
static int make_op(void)
{
	static const int likely[] = { 0, 0, 1, 6, 6, 7 };

	return rand() % 8 ? likely[rand() % N_ELEMENTS(likely)] :
			    (int)(rand() % N_ELEMENTS(ops));
}

struct policy {
	struct atom {
		int arg, op;
		uint64_t value;
	} groups[GROUPS][ATOMS];
	int n_groups, n_atoms[GROUPS];
	bool tail;
};

static struct policy make_policy(void)
{
	struct policy p = { .n_groups = 1 + rand() % GROUPS,
			    .tail = rand() % 2 };

	for (int i = 0; i < p.n_groups; i++) {
		p.n_atoms[i] = 1 + rand() % ATOMS;
		for (int j = 0; j < p.n_atoms[i]; j++)
			p.groups[i][j] = (struct atom){
				rand() % ARGS, make_op(),
				values[rand() % (rand() % 4 ? SMALL :
						 N_ELEMENTS(values))]
			};
	}
	return p;
}

static void write_policy(const struct policy *p, FILE *out)
{
	fputs("getpid: ", out);
	for (int i = 0; i < p->n_groups; i++)
		for (int j = 0; j < p->n_atoms[i]; j++)
			fprintf(out, "%sarg%d %s 0x%" PRIx64,
				j ? " && " : i ? " || " : "",
				p->groups[i][j].arg, ops[p->groups[i][j].op],
				p->groups[i][j].value);
	if (p->tail)
		fprintf(out, "; return %d", EPERM_TAIL);
	putc('\n', out);
}

static bool atom_holds(const struct atom *a, const uint64_t *args)
{
	uint64_t arg = args[a->arg];

	switch (a->op) {
	case 0: return arg == a->value;
	case 1: return arg != a->value;
	case 2: return arg < a->value;
	case 3: return arg <= a->value;
	case 4: return arg > a->value;
	case 5: return arg >= a->value;
	case 6: return arg & a->value;
	default: return !(arg & ~a->value);
	}
}

static uint32_t expected(const struct policy *p, const uint64_t *args)
{
	for (int i = 0; i < p->n_groups; i++) {
		int j = 0;

		while (j < p->n_atoms[i] &&
		       atom_holds(&p->groups[i][j], args))
			j++;
		if (j == p->n_atoms[i])
			return SECCOMP_RET_ALLOW;
	}
	return p->tail ? SECCOMP_RET_ERRNO | EPERM_TAIL :
			 SECCOMP_RET_KILL_PROCESS;
}

static bool agrees(const struct policy *p, const struct filter *f,
		   const char *text)
{
	struct seccomp_data data = { .arch = arch_native()->audit };
	struct call_id id;

	syscall_number(arch_native(), "getpid", &id);
	data.nr = id.nr;
	for (size_t i = 0; i < N_ELEMENTS(values) * N_ELEMENTS(values); i++) {
		uint32_t answer;

		data.args[0] = values[i % N_ELEMENTS(values)];
		data.args[1] = values[i / N_ELEMENTS(values)];
		answer = filter_run(f, &data);
		if (answer == expected(p, (const uint64_t *)data.args))
			continue;
		message_error("%s%#llx, %#llx: %#x", text, data.args[0],
			      data.args[1], answer);
		return false;
	}
	return true;
}

static void check(const struct policy *p)
{
	char *text = NULL, *problem = NULL;
	struct filter *filter = NULL;
	struct profile *profile;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	write_policy(p, file);
	fclose(file);
	file = fmemopen(text, size, "r");
	profile = profile_read(file, NULL, &problem);
	fclose(file);
	if (!profile)
		message_error("%s%s", text, problem);
	else if (filter_compile(profile, &filter, &problem))
		message_error("%s%s", text, problem);
	else
		agrees(p, filter, text);
	filter_free(filter);
	profile_free(profile);
	free(problem);
	free(text);
}

int main(int argc, char **argv)
{
	unsigned int seed = argc > 1 ? atoi(argv[1]) : 1;

	message_init("condition", STATUS_TROUBLE, argv);
	srand(seed);
	for (int i = 0; i < ROUNDS; i++) {
		struct policy p = make_policy();

		check(&p);
	}
	return message_finish();
}
