/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests profiles and filters with a table of cases. Compares the evaluation in
 * user space with the kernel, for random profiles and arguments.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limit.h"
#include "base/message.h"
#include "filter/cbpf.h"
#include "filter/filter.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define ERRNO(n) (SECCOMP_RET_ERRNO | (n))
#define ALLOW SECCOMP_RET_ALLOW
#define KILL SECCOMP_RET_KILL_THREAD

static struct profile *parse(const char *text, char **problem)
{
	FILE *file = fmemopen((void *)text, strlen(text), "r");
	struct profile *p = profile_read(file, NULL, problem);

	fclose(file);
	return p;
}

static struct filter *compile(const char *text)
{
	char *problem = NULL;
	struct profile *p = parse(text, &problem);
	struct filter *f = NULL;

	if (!p)
		message_fatal("%s: %s", text, problem);
	filter_compile(p, &f, &problem);
	free(problem);
	profile_free(p);
	return f;
}

static const char plain[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 7,"
	" \"architectures\": [\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"],"
	" \"syscalls\": ["
	"  {\"names\": [\"read\", \"accept\", \"no_such_call\"],"
	"   \"action\": \"SCMP_ACT_ALLOW\"},"
	"  {\"names\": [\"write\"], \"action\": \"SCMP_ACT_ERRNO\"},"
	"  {\"names\": [\"open\"], \"action\": \"SCMP_ACT_ERRNO\","
	"   \"errnoRet\": 7},"	/* the default errno */
	"  {\"names\": [\"mmap2\"], \"action\": \"SCMP_ACT_LOG\"},"
	"  {\"names\": [\"mseal\"], \"action\": \"SCMP_ACT_ERRNO\","
	"   \"errnoRet\": 38},"
	"  {\"names\": [\"personality\"], \"action\": \"SCMP_ACT_ALLOW\","
	"   \"args\": [{\"index\": 0, \"value\": 8, \"op\": \"SCMP_CMP_EQ\"}]}"
	" ]}";
static const char all[] =
	"{\"defaultAction\": \"SCMP_ACT_KILL_PROCESS\","
	" \"architectures\": [\"SCMP_ARCH_X32\", \"SCMP_ARCH_X86\"],"
	" \"syscalls\": [{\"names\": [\"read\", \"ioctl\", \"prctl\"],"
	"                 \"action\": \"SCMP_ACT_ALLOW\"}]}";
/*
 * The rule of getuid has two conditions on one argument: one true condition is
 * enough.
 */
static const char either[] =
	"{\"defaultAction\": \"SCMP_ACT_TRAP\", \"syscalls\": ["
	"  {\"names\": [\"getuid\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": ["
	"    {\"index\": 1, \"value\": 3, \"op\": \"SCMP_CMP_EQ\"},"
	"    {\"index\": 1, \"value\": 5, \"op\": \"SCMP_CMP_EQ\"}]},"
	"  {\"names\": [\"getgid\"], \"action\": \"SCMP_ACT_ALLOW\", \"args\": ["
	"    {\"index\": 0, \"value\": 3, \"op\": \"SCMP_CMP_GE\"},"
	"    {\"index\": 1, \"value\": 240, \"valueTwo\": 16,"
	"     \"op\": \"SCMP_CMP_MASKED_EQ\"}]}]}";
static const char open_default[] =
	"{\"linux\": {\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\","
	" \"syscalls\": [{\"names\": [\"ptrace\"], \"args\": null,"
	"   \"action\": \"SCMP_ACT_KILL\"}]}}}";
static const char foreign[] =
	"{\"defaultAction\": \"SCMP_ACT_ERRNO\","
	" \"architectures\": [\"SCMP_ARCH_AARCH64\", \"SCMP_ARCH_ARM\"],"
	" \"syscalls\": [{\"names\": [\"openat\"],"
	"                 \"action\": \"SCMP_ACT_ALLOW\"}]}";

static const struct {
	const char *profile;
	const char *arch;
	int32_t nr;
	uint64_t args[2];
	uint32_t expected;
} cases[] = {
	{ plain, "x86_64", 0, {0}, ALLOW },
	{ plain, "x86_64", 1, {0}, ERRNO(1) },
	{ plain, "x86_64", 2, {0}, ERRNO(7) },
	{ plain, "x86_64", -1, {0}, ERRNO(7) },
	{ plain, "x86_64", 462, {0}, ERRNO(38) },
	{ plain, "x86_64", 135, { 8 }, ALLOW },
	{ plain, "x86_64", 135, { 9 }, ERRNO(7) },
	{ plain, "x86_64", 135, { 1ULL << 32 | 8 }, ERRNO(7) },
	{ plain, "x86", 136, { 1ULL << 32 | 8 }, ALLOW },	/* 32 bits */
	{ plain, "x86", 3, {0}, ALLOW },
	{ plain, "x86", 4, {0}, ERRNO(1) },
	{ plain, "x86", 0, {0}, ERRNO(7) },
	{ plain, "x86", 192, {0}, SECCOMP_RET_LOG },
	/* this calls accept(2) through socketcall(2) */
	{ plain, "x86", 102, { 5 }, ALLOW },
	{ plain, "x86", 102, { 4 }, ERRNO(7) },
	{ plain, "x32", 0x40000000, {0}, KILL },
	{ plain, "aarch64", 63, {0}, KILL },
	/* sp-verify adds this machine's own architecture */
	{ all, "x86_64", 0, {0}, ALLOW },
	{ all, "x86_64", 16, {0}, ALLOW },
	{ all, "x86_64", 1, {0}, SECCOMP_RET_KILL_PROCESS },
	{ all, "x32", 0x40000000, {0}, ALLOW },
	{ all, "x32", 0x40000000 + 514, {0}, ALLOW },	/* its own ioctl */
	{ all, "x32", 0x40000000 + 16, {0}, SECCOMP_RET_KILL_PROCESS },
	{ all, "x32", 0x40000000 + 1, {0}, SECCOMP_RET_KILL_PROCESS },
	{ all, "x86", 172, {0}, ALLOW },
	{ all, "x86", 173, {0}, SECCOMP_RET_KILL_PROCESS },
	{ either, "x86_64", 102, { 0, 3 }, ALLOW },
	{ either, "x86_64", 102, { 0, 5 }, ALLOW },
	{ either, "x86_64", 102, { 0, 4 }, SECCOMP_RET_TRAP },
	{ either, "x86_64", 104, { 3, 0x11f }, ALLOW },
	{ either, "x86_64", 104, { 2, 0x11f }, SECCOMP_RET_TRAP },
	{ either, "x86_64", 104, { 3, 0x12f }, SECCOMP_RET_TRAP },
	{ open_default, "x86_64", 0, {0}, ALLOW },
	{ open_default, "x86_64", 101, {0}, KILL },
	{ foreign, "aarch64", 56, {0}, ALLOW },
	{ foreign, "aarch64", 57, {0}, ERRNO(1) },
	{ foreign, "arm", 322, {0}, ALLOW },
	{ foreign, "x86_64", 257, {0}, KILL },
};

static bool check_cases(void)
{
	bool ok = true;

	for (size_t i = 0; i < N_ELEMENTS(cases); i++) {
		struct filter *f = compile(cases[i].profile);
		struct seccomp_data data = {
			.nr = cases[i].nr,
			.arch = arch_by_name(cases[i].arch)->audit,
			.args = { cases[i].args[0], cases[i].args[1] },
		};
		uint32_t answer;

		if (!f)
			message_fatal("case %zu: not compiled", i);
		answer = filter_run(f, &data);
		if (answer != cases[i].expected) {
			message_error("case %zu: %#x instead of %#x", i, answer,
				      cases[i].expected);
			ok = false;
		}
		filter_free(f);
	}
	return ok;
}

#define RULE(rule) "{\"defaultAction\": \"SCMP_ACT_KILL\", \"syscalls\": [" \
		   rule "]}"
#define NAMED(rest) RULE("{\"names\": [\"read\"], " rest "}")

static const struct {
	const char *text, *problem;
} refused[] = {
	{ "", "empty" },
	{ "\x93", "not a profile: no JSON or YAML, no section of a unit, no "
	  "rule of minijail, LXC, Kafel or snapd, no seccomp line of firejail" },
	{ "\x7f" "ELF", "an ELF file, not a seccomp profile" },
	{ "[]", "not an object" },
	{ "{}", "defaultAction: missing" },
	{ "{\"linux\": {}}", "linux.seccomp: missing" },
	{ "{\"linux\": {\"seccomp\": 3}}", "linux.seccomp: not an object" },
	{ "{\"linux\": {\"seccomp\": {\"defaultAction\": \"\\u001b[1m\"}}}",
	  "linux.seccomp.defaultAction: unknown action \\x1b[1m" },
	{ "{\"defaultAction\": 1}", "defaultAction: not a string" },
	/* Programs in Go accept these spellings, and other programs do not. */
	{ "{\"DefaultAction\": \"SCMP_ACT_KILL\"}",
	  "DefaultAction: runc and docker read it as defaultAction, and crun "
	  "ignores it" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"\u017fyscalls\": []}",
	  "\u017fyscalls: runc and docker read it as syscalls, and crun "
	  "ignores it" },
	{ "{\"Linux\": {}}",
	  "Linux: runc and docker read it as linux, and crun ignores it" },
	{ "{\"linux\": {\"SecComp\": {}}}",
	  "SecComp: runc and docker read it as seccomp, and crun ignores it" },
	{ NAMED("\"Action\": \"SCMP_ACT_ALLOW\""),
	  "Action: runc and docker read it as action, and crun ignores it" },
	{ NAMED("\"action\": \"SCMP_ACT_ALLOW\", \"args\": [{\"Index\": 0}]"),
	  "Index: runc and docker read it as index, and crun ignores it" },
	/*
	 * These files have members of two forms, of which different programs
	 * read different ones.
	 */
	{ "{\"linux\": {\"seccomp\": {\"defaultAction\": \"SCMP_ACT_KILL\"}},"
	  " \"defaultAction\": \"SCMP_ACT_ALLOW\"}",
	  "linux and defaultAction cannot both be given" },
	{ "{\"kind\": \"SeccompProfile\", \"spec\": {\"defaultAction\": "
	  "\"SCMP_ACT_KILL\"}, \"defaultAction\": \"SCMP_ACT_ALLOW\"}",
	  "kind and defaultAction cannot both be given" },
	/*
	 * A runtime ignores these members, and would allow or deny the call
	 * without them.
	 */
	{ "{\"linux\": {\"seccomp\": {\"defaultAction\": \"SCMP_ACT_KILL\","
	  " \"syscalls\": [{\"names\": [\"read\"], \"action\": "
	  "\"SCMP_ACT_ALLOW\", \"excludes\": {\"caps\": [\"CAP_BPF\"]}}]}}}",
	  "linux.seccomp.syscalls[0].excludes: only a container engine reads "
	  "it" },
	{ "{\"linux\": {\"seccomp\": {\"defaultAction\": \"SCMP_ACT_KILL\","
	  " \"archMap\": [{\"architecture\": \"SCMP_ARCH_X86_64\"}]}}}",
	  "linux.seccomp.archMap: only a container engine reads it" },
	{ "{\"kind\": \"SeccompProfile\", \"spec\": {\"defaultAction\": "
	  "\"SCMP_ACT_KILL\", \"syscalls\": [{\"name\": \"read\", "
	  "\"action\": \"SCMP_ACT_ALLOW\"}]}}",
	  "spec.syscalls[0].name: only a container engine reads it" },
	{ "{\"defaultAction\": \"SCMP_ACT_ERRNO\", \"defaultErrnoRet\": 4096}",
	  "defaultErrnoRet: not a number from 0 to 4095" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"architectures\": [\"x\"]}",
	  "architectures[0]: unknown architecture x" },
	{ "{\"defaultAction\": \"SCMP_ACT_KILL\", \"flags\": [\"x\"]}",
	  "flags[0]: unknown flag x" },
	{ RULE("3"), "syscalls[0]: not an object" },
	{ RULE("{\"names\": 1, \"action\": \"SCMP_ACT_KILL\"}"),
	  "syscalls[0].names: not an array" },
	{ RULE("{\"action\": \"SCMP_ACT_KILL\"}"),
	  "syscalls[0].names: missing" },
	{ NAMED("\"action\": \"SCMP_ACT_FOO\""),
	  "syscalls[0].action: unknown action SCMP_ACT_FOO" },
	{ NAMED("\"action\": \"SCMP_ACT_ALLOW\", \"args\": "
		"[{\"index\": 6, \"value\": 1, \"op\": \"SCMP_CMP_EQ\"}]"),
	  "syscalls[0].args[0].index: not a number from 0 to 5" },
	{ NAMED("\"action\": \"SCMP_ACT_ALLOW\", \"args\": "
		"[{\"index\": 5, \"value\": -1, \"op\": \"SCMP_CMP_EQ\"}]"),
	  "syscalls[0].args[0].value: not a number from 0 up" },
	{ NAMED("\"action\": \"SCMP_ACT_ALLOW\", \"args\": "
		"[{\"index\": 5, \"value\": 1, \"op\": \"EQ\"}]"),
	  "syscalls[0].args[0].op: unknown comparison EQ" },
	{ NAMED("\"action\": \"SCMP_ACT_ALLOW\", \"includes\": 1"),
	  "syscalls[0].includes: not an object" },
	{ NAMED("\"action\": \"SCMP_ACT_ALLOW\", \"excludes\": "
		"{\"caps\": [1]}"),
	  "syscalls[0].excludes.caps[0]: not a string" },
	{ NAMED("\"action\": \"SCMP_ACT_ALLOW\", \"includes\": "
		"{\"minKernel\": \"4.8.1\"}"),
	  "syscalls[0].includes.minKernel: not a version like 4.8" },
	{ NAMED("\"action\": \"SCMP_ACT_ALLOW\", \"name\": \"write\""),
	  "syscalls[0].name and names cannot both be given" },
	{ NAMED("\"action\": \"SCMP_ACT_ERRNO\", \"errno\": \"EWHAT\""),
	  "syscalls[0].errno: not an errno" },
};

static bool check_refusals(void)
{
	bool ok = true;

	for (size_t i = 0; i < N_ELEMENTS(refused); i++) {
		char *problem = NULL;
		struct profile *p = parse(refused[i].text, &problem);

		if (p || !problem || strcmp(problem, refused[i].problem)) {
			message_error("%s: %s", refused[i].text,
				      problem ? problem : "accepted");
			ok = false;
		}
		profile_free(p);
		free(problem);
	}
	return ok;
}

static bool check_names(void)
{
	static const struct {
		uint32_t action;
		const char *name;
	} names[] = {
		{ ERRNO(38), "ENOSYS" }, { ERRNO(1), "EPERM" },
		{ ERRNO(200), "errno 200" }, { ERRNO(0), "errno 0" },
		{ KILL, "kill thread" }, { ALLOW, "allow" },
		{ SECCOMP_RET_KILL_PROCESS, "kill process" },
		{ SECCOMP_RET_TRACE | 3, "trace" },
		{ 0x12340000, "kill process" },
	};
	char buf[ACTION_NAME_MAX];
	bool ok = true;

	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		if (strcmp(action_name(names[i].action, buf), names[i].name)) {
			message_error("%#x has the name %s", names[i].action,
				      action_name(names[i].action, buf));
			ok = false;
		}
	return ok;
}

/* Returns whether the given call is among the `n` calls that are allowed. */
static bool allows(const char *text, const char *arch, const char *call,
		   size_t *n)
{
	char *problem = NULL;
	struct profile *p = parse(text, &problem);
	struct call_id *ids = profile_allowed(p, n), id;
	bool found = false;

	syscall_number(arch_by_name(arch), call, &id);
	for (size_t i = 0; i < *n; i++)
		found = found || !call_id_compare(&ids[i], &id);
	free(ids);
	profile_free(p);
	return found;
}

static bool check_allowed(void)
{
	size_t n;

	if (!allows(plain, "x86_64", "read", &n) || n != 6 ||
	    !allows(plain, "x86", "mmap2", &n) ||
	    allows(plain, "x86_64", "write", &n) ||
	    !allows(open_default, "x86_64", "read", &n) || n < 300 ||
	    allows(open_default, "x86_64", "ptrace", &n)) {
		message_error("profile_allowed: wrong calls, %zu of them", n);
		return false;
	}
	return true;
}

/* The code below compares with the kernel. These calls accept any arguments. */

static const struct {
	const char *name;
	long nr, i386;
} calls[] = {
	{ "getpid", SYS_getpid, 20 }, { "getppid", SYS_getppid, 64 },
	{ "getuid", SYS_getuid, 24 }, { "geteuid", SYS_geteuid, 49 },
	{ "getgid", SYS_getgid, 47 }, { "getegid", SYS_getegid, 50 },
	{ "gettid", SYS_gettid, 224 },
};
enum { PROFILES = 1500, PROBES = 12, FIRST_ERRNO = 1000, SEED = 1 };

struct probe {
	bool compat;		/* by int 0x80 */
	struct seccomp_data data;
	long result;		/* the raw result */
};

static uint64_t random_value(void)
{
	static const uint64_t values[] = {
		0, 1, 2, 3, 7, 0x7fffffff, 0x80000000, 0xffffffff,
		0x100000000, 0x100000001, 0x7fffffffffffffff,
	};

	return values[rand() % N_ELEMENTS(values)];
}

static void random_rule(FILE *to)
{
	static const char *const ops[] = {
		"NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ",
	};
	unsigned int errno_value = FIRST_ERRNO + rand() % 100;
	size_t n = rand() % 3;

	fprintf(to, "{\"names\": [\"%s\"], ",
		calls[rand() % N_ELEMENTS(calls)].name);
	if (rand() % 2)
		fprintf(to, "\"action\": \"SCMP_ACT_%s\", \"args\": [",
			rand() % 4 ? "ALLOW" : "LOG");
	else
		fprintf(to, "\"action\": \"SCMP_ACT_ERRNO\", "
			"\"errnoRet\": %u, \"args\": [", errno_value);
	for (size_t i = 0; i < n; i++)
		fprintf(to, "%s{\"index\": %d, \"value\": %llu, \"valueTwo\": "
			"%llu, \"op\": \"SCMP_CMP_%s\"}", i ? ", " : "",
			rand() % 6, (unsigned long long)random_value(),
			(unsigned long long)random_value(),
			ops[rand() % N_ELEMENTS(ops)]);
	fputs("]}", to);
}

/* Makes a profile with random rules, which allows loading another profile. */
static char *random_profile(void)
{
	char *text = NULL;
	size_t size, n = 1 + rand() % 10;
	FILE *to = open_memstream(&text, &size);

	fprintf(to, "{\"defaultAction\": \"SCMP_ACT_ERRNO\", "
		"\"defaultErrnoRet\": %d, \"architectures\": "
		"[\"SCMP_ARCH_X86_64\", \"SCMP_ARCH_X86\"], "
		"\"syscalls\": [{\"names\": [\"exit_group\", \"prctl\"], "
		"\"action\": \"SCMP_ACT_ALLOW\"}",
		FIRST_ERRNO + 100 + rand() % 100);
	for (size_t i = 0; i < n; i++) {
		fputs(", ", to);
		random_rule(to);
	}
	fputs("]}", to);
	fclose(to);
	return text;
}

static void random_probe(struct probe *probe, bool int80)
{
	size_t call = rand() % (N_ELEMENTS(calls) + 1);
	bool compat = false;

#ifdef __x86_64__
	compat = rand() % 4 == 0 && int80;
#endif
	probe->compat = compat;
	probe->data.arch = arch_by_name(compat ? "x86" : "x86_64")->audit;
	probe->data.nr = call == N_ELEMENTS(calls) ? 600 + rand() % 100
		       : compat ? calls[call].i386 : calls[call].nr;
	for (size_t i = 0; i < 6; i++) {
		probe->data.args[i] = random_value();
		if (compat)
			probe->data.args[i] &= i == 5 ? 0 : UINT32_MAX;
	}
}

/*
 * Makes a call by int 0x80. Its sixth argument is in the frame pointer and is
 * always 0 here. The stack pointer skips the red zone.
 */
static long call_compat(const struct seccomp_data *d)
{
	long result = -ENOSYS;

#ifdef __x86_64__
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpush %%rbp\n\t"
			 "xor %%ebp, %%ebp\n\tint $0x80\n\t"
			 "pop %%rbp\n\tlea 128(%%rsp), %%rsp"
			 : "=a"(result)
			 : "a"(d->nr), "b"(d->args[0]), "c"(d->args[1]),
			   "d"(d->args[2]), "S"(d->args[3]), "D"(d->args[4])
			 : "r8", "r9", "r10", "r11", "memory");
#endif
	return (int)result;
}

static long call_native(const struct seccomp_data *d)
{
	long result = syscall(d->nr, d->args[0], d->args[1], d->args[2],
			      d->args[3], d->args[4], d->args[5]);

	return result == -1 ? -errno : result;
}

static bool load(const struct filter *f)
{
	struct sock_fprog prog;

	if (!f)
		return true;
	prog = (struct sock_fprog){ f->n, f->code };
	return load(f->older) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog);
}

/*
 * The kernel runs the filter in a child, which writes these results for its
 * parent.
 */
struct shared {
	bool answered;
	struct probe probes[PROBES];
	size_t n[2];
	struct sock_filter code[2][BPF_MAXINSNS];
};

static void probe_kernel(const struct filter *f, struct shared *s)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || !load(f))
		_exit(1);
	for (size_t i = 0; i < PROBES; i++)
		s->probes[i].result = s->probes[i].compat
			? call_compat(&s->probes[i].data)
			: call_native(&s->probes[i].data);
	s->answered = true;
	/* sanitizers make calls in _exit() */
	syscall(SYS_exit_group, 0);
}

static void run_child(char *const texts[2], struct shared *s)
{
	struct filter *whole = NULL;

	limit_lower(RLIMIT_CPU, 1);
	for (size_t i = 0; i < 2 && texts[i]; i++) {
		struct filter *f = compile(texts[i]);

		if (!f)
			_exit(0);
		s->n[i] = f->n;
		memcpy(s->code[i], f->code, f->n * sizeof(*f->code));
		whole = filter_join(whole, f);
	}
	probe_kernel(whole, s);
}

static bool answers_have(const struct filter_answers *answers, uint32_t action)
{
	for (size_t i = 0; i < answers->n; i++)
		if (answers->actions[i] == action)
			return true;
	return false;
}

/*
 * For arguments of which only some bits are known, the possible answers must
 * include the real answer. If all bits are known, it must be the only one.
 */
static bool check_known(const struct filter *f, const struct probe *probe,
			uint32_t answer)
{
	struct call_id id = { probe->data.arch, probe->data.nr };
	struct argument_value values[6];
	struct filter_answers some, one;
	size_t n = 0;

	for (uint8_t i = 0; i < 6; i++) {
		uint64_t mask = rand() % 2 ? ~random_value() : UINT64_MAX;

		if (rand() % 3)
			values[n++] = (struct argument_value){
				i, mask, probe->data.args[i] & mask
			};
	}
	filter_run_known(f, id, values, n, &some);
	for (uint8_t i = 0; i < 6; i++)
		values[i] = (struct argument_value){
			i, UINT64_MAX, probe->data.args[i]
		};
	filter_run_known(f, id, values, 6, &one);
	return (some.more || answers_have(&some, answer)) && one.n == 1 &&
		!one.more && one.actions[0] == answer;
}

static bool denies(uint32_t action)
{
	return !action_allows(action);
}

static bool check_probe(const struct filter *f, const struct filter *notifying,
			const struct probe *probe)
{
	uint32_t answer = filter_run(f, &probe->data);
	uint32_t notified = filter_run(notifying, &probe->data);
	struct filter_answers any;
	bool by_filter = probe->result <= -FIRST_ERRNO;

	filter_run_any(f, (struct call_id){ probe->data.arch, probe->data.nr },
		       &any);
	if (!any.more && !answers_have(&any, answer))
		message_error("answer %#x is not a possible answer", answer);
	else if (!check_known(f, probe, answer))
		message_error("answer %#x differs when arguments are known",
			      answer);
	else if (by_filter ? answer != ERRNO((uint32_t)-probe->result)
			   : denies(answer))
		message_error("nr %d of %#x: %#x here, the kernel %ld",
			      probe->data.nr, probe->data.arch, answer,
			      probe->result);
	else if (notified != (denies(answer) ? SECCOMP_RET_USER_NOTIF : answer))
		message_error("%#x becomes %#x when notifying", answer,
			      notified);
	else
		return true;
	return false;
}

/*
 * The kernel has accepted these programs, so the reader of raw filters must
 * accept them.
 */
static bool check_program(const struct filter *f)
{
	for (; f; f = f->older) {
		char *problem = cbpf_check(f->code, f->n);

		if (!problem)
			continue;
		message_error("a notifying program: %s", problem);
		free(problem);
		return false;
	}
	return true;
}

static struct filter *shared_filter(const struct shared *s)
{
	struct filter *whole = NULL;

	for (size_t i = 0; i < 2 && s->n[i]; i++) {
		char *problem;
		struct filter *f = cbpf_parse(s->code[i], s->n[i] *
					      sizeof(*s->code[i]), &problem);

		if (!f)
			message_fatal("program %zu: %s", i, problem);
		whole = filter_join(whole, f);
	}
	return whole;
}

static bool check_probes(const struct shared *s)
{
	struct filter *f = shared_filter(s);
	struct filter *notifying = filter_notifying(f, denies);
	bool ok = check_program(notifying);

	for (size_t i = 0; i < PROBES && ok; i++)
		ok = check_probe(f, notifying, &s->probes[i]);
	filter_free(f);
	filter_free(notifying);
	return ok;
}

/*
 * Returns false if libseccomp refused the profile. Either its rules contradict
 * each other, or libseccomp 2.5.4 reached its time limit for rules on different
 * arguments of one call.
 */
static bool ask_kernel(char *const texts[2], struct shared *s)
{
	int status = -1;
	pid_t pid;

	s->answered = false;
	s->n[0] = s->n[1] = 0;
	pid = fork();
	if (pid == 0)
		run_child(texts, s);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		message_fatal("the child failed: status %#x", status);
	return s->answered;
}

/*
 * Compares one filter or, in one of four cases, two filters that are in force
 * together.
 */
static bool check_random(struct shared *s, bool int80)
{
	char *texts[2] = { NULL, NULL };
	bool answered = false, ok = true;

	while (!answered) {
		texts[0] = random_profile();
		texts[1] = rand() % 4 ? NULL : random_profile();
		for (size_t i = 0; i < PROBES; i++)
			random_probe(&s->probes[i], int80);
		answered = ask_kernel(texts, s);
		if (answered)
			ok = check_probes(s);
		for (size_t i = 0; i < 2; i++) {
			if (!ok && texts[i])
				message_error("profile: %s", texts[i]);
			free(texts[i]);
		}
	}
	return ok;
}

static bool check_kernel(bool int80, unsigned int profiles)
{
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		message_fatal("mmap: %s", strerror(errno));
	for (unsigned int i = 0; i < profiles; i++) {
		srand(SEED + i);
		if (check_random(s, int80))
			continue;
		message_error("random filter %u: wrong", SEED + i);
		return false;
	}
	return true;
}

static bool check_own_loads(void)
{
	static const struct {
		const char *call;
		uint64_t operation;
		bool notified;
	} rows[] = {
		{ "seccomp", SECCOMP_SET_MODE_FILTER, true },
		{ "seccomp", SECCOMP_GET_ACTION_AVAIL, false },
		{ "prctl", PR_SET_SECCOMP, true },
		{ "prctl", PR_SET_NAME, false },
		{ "read", PR_SET_SECCOMP, false },
	};
	struct filter *f = compile(open_default);
	struct filter *notifying = filter_notifying(f, denies);
	bool ok = true;

	for (size_t i = 0; i < N_ELEMENTS(rows); i++) {
		struct seccomp_data data = { .args = { rows[i].operation } };
		struct call_id id;

		syscall_number(arch_native(), rows[i].call, &id);
		data.nr = id.nr;
		data.arch = id.arch;
		if (filter_is_own_load(&data) != rows[i].notified ||
		    (filter_run(notifying, &data) == SECCOMP_RET_USER_NOTIF) !=
		    rows[i].notified) {
			message_error("own load: row %zu is wrong", i);
			ok = false;
		}
	}
	filter_free(f);
	filter_free(notifying);
	return ok;
}

/*
 * usage: filter [native] [PROFILES] — tests PROFILES random profiles. "native"
 * leaves out 32-bit calls, for machines that do not have them.
 */
int main(int argc, char **argv)
{
	bool native = argc > 1 && !strcmp(argv[1], "native");
	const char *profiles = argv[1 + native];

	message_init("filter", 1, argv);
	check_names();
	check_refusals();
	check_cases();
	check_allowed();
	check_own_loads();
	check_kernel(!native, profiles ? atoi(profiles) : PROFILES);
	return message_finish();
}
