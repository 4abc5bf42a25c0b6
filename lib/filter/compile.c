/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles a profile with libseccomp. libseccomp is not trusted: some
 * conditions on the arguments of one call keep it busy forever, and after a
 * failed allocation it crashes or drops rules. So it runs in a child process
 * with limits, and prove() compares the program with the profile. Ordered
 * profiles are compiled without libseccomp.
 */
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limit.h"
#include "base/memory.h"
#include "base/text.h"
#include "filter/filter.h"
#include "filter/ordered.h"
#include "filter/prove.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

enum {
	MEMORY_MAX = 512 << 20,
	SECONDS_MAX = 10,	/* seconds of CPU time */
};

static const char *rule_name(const struct profile_rule *rule,
			     char buf[SYSCALL_NAME_MAX])
{
	return rule->name ? rule->name : syscall_label(rule->id, buf);
}

static const struct arch *rule_arch(const struct profile_rule *rule)
{
	struct call_id id = rule->id;

	if (id.nr < 0)
		id.nr = 0;
	return arch_of_call(id);
}

/*
 * libseccomp takes numbers of this machine's architecture, and translates them.
 * For calls that only other architectures have, it takes its own pseudo
 * numbers. It ignores a rule if it knows no such call on the other
 * architecture: 2.5.4 has no map_shadow_stack on x32, though the kernel does.
 */
static bool library_number(const struct profile_rule *rule, int *nr)
{
	if (rule->id.nr >= 0 && rule_arch(rule) != arch_native() &&
	    !syscall_in_library(rule->id))
		return false;
	*nr = rule->name ? seccomp_syscall_resolve_name(rule->name)
			 : __NR_SCMP_ERROR;
	if (*nr != __NR_SCMP_ERROR)
		return true;
	*nr = rule->id.nr;
	return rule_arch(rule) == arch_native();
}

/*
 * Leaves out rules whose action is the default, as runtimes do, since
 * libseccomp refuses such rules.
 */
static bool is_wanted(const struct profile *p, const struct profile_rule *rule)
{
	return rule->action != p->default_action;
}

static char *left_out(const struct profile *p)
{
	struct text_list list = { NULL, 0 };
	char buf[SYSCALL_NAME_MAX];

	for (size_t i = 0; i < p->n_rules; i++) {
		const struct profile_rule *rule = &p->rules[i];
		char *text;
		int nr;

		if (!is_wanted(p, rule) || library_number(rule, &nr))
			continue;
		text = xasprintf("%s on %s", rule_name(rule, buf),
				 rule_arch(rule)->name);
		text_list_add(&list, text);
		free(text);
	}
	return text_list_end(&list);
}

/* The child returns this in memory that it shares with the parent. */

struct result {
	bool done;
	int err;
	char problem[256];	/* "": none */
};

static int add_rule(scmp_filter_ctx ctx, const struct profile_rule *rule,
		    int nr)
{
	struct scmp_arg_cmp args[N_ELEMENTS(rule->args)];

	for (uint32_t i = 0; i < rule->n_args; i++)
		args[i] = (struct scmp_arg_cmp){
			.arg = rule->args[i].index,
			.op = rule->args[i].op,
			.datum_a = rule->args[i].value,
			.datum_b = rule->args[i].value_two,
		};
	return seccomp_rule_add_array(ctx, rule->action, nr, rule->n_args,
				      args);
}

static void add_rules(scmp_filter_ctx ctx, const struct profile *p,
		      const struct arch *arch, struct result *result)
{
	char buf[SYSCALL_NAME_MAX];
	int nr;

	for (size_t i = 0; i < p->n_rules && !result->err; i++) {
		const struct profile_rule *rule = &p->rules[i];

		if (rule_arch(rule) != arch || !is_wanted(p, rule) ||
		    !library_number(rule, &nr))
			continue;
		result->err = add_rule(ctx, rule, nr);
		if (result->err)
			snprintf(result->problem, sizeof(result->problem),
				 "libseccomp refuses a rule for %s: %s",
				 rule_name(rule, buf), strerror(-result->err));
	}
}

/* Returns a libseccomp context that has the rules of one architecture. */
static scmp_filter_ctx compile_arch(const struct profile *p,
				    const struct arch *arch,
				    struct result *result)
{
	scmp_filter_ctx ctx = seccomp_init(p->default_action);

	if (!ctx) {
		result->err = -EINVAL;
		return NULL;
	}
	if (arch != arch_native()) {
		result->err = seccomp_arch_remove(ctx, SCMP_ARCH_NATIVE);
		if (!result->err)
			result->err = seccomp_arch_add(ctx, arch->scmp);
	}
	if (!result->err)
		result->err = seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH,
					       p->other_arch_action);
	if (!result->err)
		add_rules(ctx, p, arch, result);
	return ctx;
}

static void merge(scmp_filter_ctx *ctx, scmp_filter_ctx one,
		  const struct profile *p, size_t i, struct result *result)
{
	if (!*ctx) {
		*ctx = one;
		return;
	}
	result->err = seccomp_merge(*ctx, one);
	if (result->err)
		snprintf(result->problem, sizeof(result->problem),
			 "libseccomp cannot filter %s and %s at once",
			 p->archs[0]->name, p->archs[i]->name);
}

static void compile_to(int fd, const struct profile *p, struct result *result)
{
	scmp_filter_ctx ctx = NULL;

	for (size_t i = 0; i < p->n_archs && !result->err; i++) {
		scmp_filter_ctx one = compile_arch(p, p->archs[i], result);

		if (!result->err)
			merge(&ctx, one, p, i, result);
	}
	if (!result->err)
		result->err = ctx ? seccomp_export_bpf(ctx, fd) : -EINVAL;
	result->done = true;
}

/*
 * The child begins with the memory of the parent, which counts towards the
 * limit. So the limit is this memory plus MEMORY_MAX.
 */
static void limit_memory(void)
{
/* AddressSanitizer alone needs more than this limit. */
#ifndef __SANITIZE_ADDRESS__
	struct rusage used;

	if (!getrusage(RUSAGE_SELF, &used))
		limit_lower(RLIMIT_DATA, MEMORY_MAX +
			    1024 * (rlim_t)used.ru_maxrss);
#endif
}

static void set_limits(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit_lower(RLIMIT_CORE, 0);
	limit_lower(RLIMIT_CPU, SECONDS_MAX + 1);
	limit_lower_soft(RLIMIT_CPU, SECONDS_MAX);
	limit_memory();
}

/* Runs in the parent if the child ended without a result. */

static int no_answer(int status, char **problem)
{
	int sig = WTERMSIG(status);

	/* The child ran out of memory. base/memory has already printed that. */
	if (WIFEXITED(status))
		exit(WEXITSTATUS(status));
	if (sig == SIGXCPU)
		*problem = xasprintf("libseccomp takes more than %d seconds "
				     "for this profile: use fewer conditions "
				     "on the arguments of one call",
				     SECONDS_MAX);
	else if (sig == SIGKILL)
		*problem = xstrdup("libseccomp was killed, perhaps because "
				   "memory ran out");
	else
		*problem = xasprintf("libseccomp crashed (%s)",
				     sigdescr_np(sig));
	return -EIO;
}

static int wait_for(pid_t pid, const struct result *result, char **problem)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!result->done || status)
		return no_answer(status, problem);
	if (*result->problem)
		*problem = xstrdup(result->problem);
	return result->err;
}

static int run_child(int fd, const struct profile *p, char **problem)
{
	struct result *result = mmap(NULL, sizeof(*result),
				     PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	int err;

	if (result == MAP_FAILED)
		return -errno;
	pid = fork();
	if (!pid) {
		set_limits();
		compile_to(fd, p, result);
		_exit(0);
	}
	err = pid < 0 ? -errno : wait_for(pid, result, problem);
	munmap(result, sizeof(*result));
	return err;
}

static int read_program(int fd, struct filter **filter, char **problem)
{
	struct sock_filter *code;
	struct stat st;
	size_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	n = st.st_size / sizeof(*code);
	if (n > BPF_MAXINSNS) {
		*problem = xasprintf("the filter would have %zu instructions, "
				     "but the kernel accepts at most %d", n,
				     BPF_MAXINSNS);
		return -E2BIG;
	}
	code = xcalloc(st.st_size + 1, 1);
	if (pread(fd, code, st.st_size, 0) != st.st_size) {
		free(code);
		return -EIO;
	}
	*filter = xcalloc(1, sizeof(**filter));
	(*filter)->code = code;
	(*filter)->n = n;
	return 0;
}

static int compile(const struct profile *p, struct filter **filter,
		   char **problem)
{
	int fd = memfd_create("filter", MFD_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = run_child(fd, p, problem);
	if (!err)
		err = read_program(fd, filter, problem);
	close(fd);
	return err;
}

/* Making the profile that the program is compared with. */

/*
 * Whether a condition is always true because it compares no bit: on an
 * architecture with 32-bit arguments, a mask can have only upper bits.
 */
static bool is_tautology(const struct profile_arg *arg,
			 const struct arch *arch)
{
	uint64_t mask = arch_is_wide(arch) ? arg->value : (uint32_t)arg->value;

	return arg->op == SCMP_CMP_MASKED_EQ && !mask;
}

/*
 * Some calls can also be made through socketcall(2) or ipc(2). For such a call,
 * libseccomp adds a rule for socketcall(2) or ipc(2), whose first argument is
 * the number of the operation. The new rule has a condition on that argument,
 * and the other conditions of the original rule. A condition of the original
 * rule on the first argument is dropped (abi_rule_add(), src/syscalls.c).
 */
static void add_multiplexed(struct profile *to, const struct arch *arch,
			    const struct profile_rule *rule)
{
	int nr = rule->name ? seccomp_syscall_resolve_name_arch(arch->scmp,
								rule->name) : 0;
	bool is_socket = nr <= __PNR_socket && nr > __PNR_semop;
	struct profile_rule other = { .action = rule->action, .n_args = 1 };

	if (!is_socket && !(nr <= __PNR_semop && nr >= __PNR_shmctl))
		return;
	other.id.arch = arch->audit;
	other.id.nr = seccomp_syscall_resolve_name_arch(arch->scmp, is_socket ?
							"socketcall" : "ipc");
	other.args[0] = (struct profile_arg){
		.op = SCMP_CMP_EQ, .value = -nr % (is_socket ? 100 : 200),
	};
	for (uint32_t i = 0; i < rule->n_args; i++)
		if (rule->args[i].index && !is_tautology(&rule->args[i], arch))
			other.args[other.n_args++] = rule->args[i];
	profile_add_rule(to, &other);
}

static void add_expected(struct profile *to, const struct profile_rule *rule)
{
	struct profile_rule copy = *rule;

	copy.name = NULL;
	copy.n_args = 0;
	for (uint32_t i = 0; i < rule->n_args; i++)
		if (!is_tautology(&rule->args[i], rule_arch(rule)))
			copy.args[copy.n_args++] = rule->args[i];
	add_multiplexed(to, rule_arch(rule), rule);
	if (copy.id.nr >= 0)
		profile_add_rule(to, &copy);
}

static uint64_t first_value(const struct profile_rule *rule)
{
	const struct profile_arg *arg = rule->args;

	if (!rule->n_args)
		return 0;
	return arg->op == SCMP_CMP_MASKED_EQ ? arg->value_two : arg->value;
}

/* Rules without conditions come first and keep their order. */
static int by_value(const void *a, const void *b)
{
	const struct profile_rule *const *x = a, *const *y = b;
	uint64_t v = first_value(*x), w = first_value(*y);

	if (!(*x)->n_args != !(*y)->n_args)
		return (*x)->n_args ? 1 : -1;
	return v != w ? (v < w) - (v > w) : (*x > *y) - (*x < *y);
}

/*
 * Sorts as libseccomp does, so that prove() is fast. This does not change the
 * meaning of the profile, because rules without conditions keep their order.
 */
static void add_sorted(struct profile *to, const struct profile *from)
{
	const struct profile_rule **order = xcalloc(from->n_rules,
						    sizeof(*order));

	for (size_t i = 0; i < from->n_rules; i++)
		order[i] = &from->rules[i];
	qsort(order, from->n_rules, sizeof(*order), by_value);
	for (size_t i = 0; i < from->n_rules; i++)
		profile_add_rule(to, order[i]);
	free(order);
}

static struct profile *expected(const struct profile *p)
{
	struct profile *all = profile_new(p->default_action);
	struct profile *to = profile_new(p->default_action);
	int nr;

	to->other_arch_action = p->other_arch_action;
	for (size_t i = 0; i < p->n_archs; i++)
		profile_add_arch(to, p->archs[i]);
	for (size_t i = 0; i < p->n_rules; i++)
		if (is_wanted(p, &p->rules[i]) &&
		    library_number(&p->rules[i], &nr))
			add_expected(all, &p->rules[i]);
	add_sorted(to, all);
	profile_sort(to);
	profile_free(all);
	return to;
}

static char *version_text(void)
{
	const struct scmp_version *v = seccomp_version();

	return v ? xasprintf("libseccomp %u.%u.%u", v->major, v->minor,
			     v->micro) : xstrdup("libseccomp");
}

static int check(const struct profile *p, const struct filter *f,
		 char **problem)
{
	char *text = prove(f->code, f->n, p), *version;

	if (!text)
		return 0;
	version = version_text();
	*problem = xasprintf("%s makes a wrong filter of this profile: %s",
			     version, text);
	free(version);
	free(text);
	return -EBADMSG;
}

static int by_low_word(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/*
 * Whether the rule compares the whole lower half of an argument with one value.
 */
static bool compares_low_word(const struct profile_rule *rule, uint32_t index,
			      uint32_t *value)
{
	const struct profile_arg *arg = rule->args;

	*value = arg->op == SCMP_CMP_EQ ? arg->value : arg->value_two;
	return rule->n_args == 1 && arg->index == index &&
		(arg->op == SCMP_CMP_EQ ||
		 (arg->op == SCMP_CMP_MASKED_EQ &&
		  (uint32_t)arg->value == UINT32_MAX));
}

/*
 * Returns the smallest number of instructions that the rules of one call can
 * take, if each compares one argument with one value: one instruction for each
 * different lower half.
 */
static size_t least_size(const struct profile_rule *rules, size_t n)
{
	uint32_t *low = xcalloc(n, sizeof(*low));
	size_t distinct = 0;

	for (size_t i = 0; i < n; i++) {
		if (!compares_low_word(&rules[i], rules->args->index,
				       &low[i])) {
			free(low);
			return 1;
		}
	}
	qsort(low, n, sizeof(*low), by_low_word);
	for (size_t i = 0; i < n; i++)
		distinct += !i || low[i] != low[i - 1];
	free(low);
	return distinct;
}

/*
 * Refuses early, because libseccomp can take hours to build a program that is
 * too long for the kernel.
 */
static int check_size(const struct profile *p, char **problem)
{
	size_t least = 0;

	for (size_t i = 0, n; i < p->n_rules; i += n) {
		n = 1;
		while (i + n < p->n_rules &&
		       !call_id_compare(&p->rules[i].id, &p->rules[i + n].id))
			n++;
		least += least_size(&p->rules[i], n);
	}
	if (least <= BPF_MAXINSNS)
		return 0;
	*problem = xasprintf("the filter would have more than %zu "
			     "instructions, but the kernel accepts at most %d",
			     least, BPF_MAXINSNS);
	return -E2BIG;
}

static bool is_foreign_order(const struct arch *arch)
{
	return (arch->audit ^ arch_native()->audit) & __AUDIT_ARCH_LE;
}

static int compile_checked(const struct profile *p, struct filter **filter,
			   char **problem)
{
	struct profile *all = expected(p);
	int err = check_size(all, problem);

	if (!err)
		err = compile(p, filter, problem);
	if (!err && is_foreign_order(p->archs[0])) {
		*problem = xasprintf("a filter for %s has another byte order: "
				     "use a machine of that kind",
				     p->archs[0]->name);
		err = -EOPNOTSUPP;
	}
	if (!err)
		err = check(all, *filter, problem);
	profile_free(all);
	return err;
}

/*
 * Compiles without libseccomp, but also compares the program with the profile.
 */
static int compile_ordered(const struct profile *p, struct filter **filter,
			   char **problem)
{
	char *wrong;

	*filter = ordered_compile(p);
	if (!*filter) {
		*problem = xasprintf("the filter would have more than %d "
				     "instructions, which is the most that the "
				     "kernel accepts", BPF_MAXINSNS);
		return -E2BIG;
	}
	wrong = prove((*filter)->code, (*filter)->n, p);
	if (!wrong)
		return 0;
	*problem = xasprintf("the filter cannot be checked: %s", wrong);
	free(wrong);
	return -EBADMSG;
}

/* Compiles every profile of the chain. Their filters are in force together. */
static int compile_all(const struct profile *p, struct filter **filter,
		       char **problem)
{
	int err = 0;

	for (; p && !err; p = p->next) {
		struct filter *one = NULL;

		err = p->ordered ? compile_ordered(p, &one, problem) :
				   compile_checked(p, &one, problem);
		*filter = filter_join(*filter, one);
	}
	return err;
}

int filter_compile(const struct profile *profile, struct filter **filter,
		   char **problem)
{
	char *list;
	int err;

	*problem = NULL;
	*filter = NULL;
	err = compile_all(profile, filter, problem);
	if (err) {
		filter_free(*filter);
		*filter = NULL;
		if (!*problem)
			*problem = xasprintf("cannot compile the filter: %s",
					     strerror(-err));
		return err;
	}
	list = profile->ordered ? NULL : left_out(profile);
	if (list)
		*problem = xasprintf("left out, since the installed libseccomp "
				     "does not know them: %s", list);
	free(list);
	return 0;
}
