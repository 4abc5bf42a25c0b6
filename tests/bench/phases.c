/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures, with LD_PRELOAD, where sp-record spends its time. At the end it
 * appends a line for each phase to the file PHASES: the name, the CPU time on
 * all processors in µs, and the time at which the phase ended, in ns of
 * CLOCK_MONOTONIC. The phase `load` is also divided into parts: the calls of
 * bpf(2) for programs, maps and types, and each single program. The parts have
 * no end time. phases.py reads the file.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum part { PROGRAMS, MAPS, TYPES, OTHER, PARTS };

static const char *const part_names[PARTS] = {
	"load/programs", "load/maps", "load/types", "load/other",
};

static struct {
	const char *name;
	long long cpu, ns;
} phases[32];
static unsigned int n_phases;
static long long parts[PARTS];
static struct {
	char name[BPF_OBJ_NAME_LEN + 16];
	long long cpu;
} programs[64];
static unsigned int n_programs;
static bool loading, recorder;
static int file = -1;

static long long ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void end(const char *name)
{
	if (!recorder || n_phases == sizeof(phases) / sizeof(phases[0]))
		return;
	phases[n_phases].name = name;
	phases[n_phases].cpu = ns(CLOCK_PROCESS_CPUTIME_ID);
	phases[n_phases++].ns = ns(CLOCK_MONOTONIC);
}

static void *next(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("PHASES");

	file = path ? open(path, O_WRONLY | O_APPEND | O_CLOEXEC) : -1;
	unsetenv("LD_PRELOAD");
	unsetenv("PHASES");
	recorder = file >= 0;
	end("exec");
}

__attribute__((destructor)) static void write_all(void)
{
	long long before = 0;

	end("free");
	for (unsigned int i = 0; recorder && i < n_phases; i++) {
		dprintf(file, "%s %lld %lld\n", phases[i].name,
			(phases[i].cpu - before) / 1000, phases[i].ns);
		before = phases[i].cpu;
	}
	for (unsigned int i = 0; recorder && i < PARTS; i++)
		dprintf(file, "%s %lld -\n", part_names[i], parts[i] / 1000);
	for (unsigned int i = 0; recorder && i < n_programs; i++)
		dprintf(file, "%s %lld -\n", programs[i].name,
			programs[i].cpu / 1000);
}

static enum part part_of(long command)
{
	switch (command) {
	case BPF_PROG_LOAD:
		return PROGRAMS;
	case BPF_MAP_CREATE:
	case BPF_MAP_UPDATE_ELEM:
	case BPF_MAP_FREEZE:
		return MAPS;
	case BPF_BTF_LOAD:
		return TYPES;
	default:
		return OTHER;
	}
}

/* The kernel truncates names. If two become equal, the second gets a number. */
static void note_program(const union bpf_attr *attr, long long cpu)
{
	unsigned int i = __atomic_fetch_add(&n_programs, 1, __ATOMIC_RELAXED);
	unsigned int same = 1;

	if (i >= sizeof(programs) / sizeof(programs[0]))
		return;
	for (unsigned int k = 0; k < i; k++)
		same += !strncmp(programs[k].name, attr->prog_name,
				 BPF_OBJ_NAME_LEN - 1);
	snprintf(programs[i].name, sizeof(programs[i].name), "%.*s",
		 BPF_OBJ_NAME_LEN - 1, attr->prog_name);
	if (same > 1)
		snprintf(programs[i].name + BPF_OBJ_NAME_LEN - 1, 16, "-%u",
			 same);
	programs[i].cpu = cpu;
}

/* libbpf calls bpf(2) with this function. */
long syscall(long number, ...)
{
	static long (*call)(long, ...);
	long long before = 0;
	long a[6], result;
	va_list list;

	if (!call)
		call = next("syscall");
	va_start(list, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (loading && number == SYS_bpf && a[0] == BPF_RAW_TRACEPOINT_OPEN) {
		loading = false;
		end("load");
	}
	if (loading && number == SYS_bpf)
		before = ns(CLOCK_THREAD_CPUTIME_ID);
	result = call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	if (before)
		before = ns(CLOCK_THREAD_CPUTIME_ID) - before;
	if (before)
		__atomic_add_fetch(&parts[part_of(a[0])], before,
				   __ATOMIC_RELAXED);
	if (before && a[0] == BPF_PROG_LOAD &&
	    *((const union bpf_attr *)a[1])->prog_name)
		note_program((const void *)a[1], before);
	return result;
}

/* A phase ends when one of these functions is called or returns. */

int bpf_object__open_skeleton(void *skeleton, const void *options)
{
	int (*open_skeleton)(void *, const void *) =
		next("bpf_object__open_skeleton");
	int error;

	end("options");
	error = open_skeleton(skeleton, options);
	end("open");
	return error;
}

int bpf_object__load_skeleton(void *skeleton)
{
	int (*load_skeleton)(void *) = next("bpf_object__load_skeleton");

	end("prepare");
	loading = true;		/* until a program is attached */
	return load_skeleton(skeleton);
}

pid_t fork(void)
{
	static bool forked;
	pid_t (*real)(void) = next("fork");
	pid_t pid;

	if (!forked)
		end("attach");
	forked = true;
	pid = real();
	if (!pid)
		recorder = false;
	return pid;
}

/* The second call ends the phase: it resets the priority. */
int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
	static int calls;
	int (*set)(pid_t, int, const struct sched_param *) =
		next("sched_setscheduler");

	if (calls++ == 1)
		end("run");
	return set(pid, policy, param);
}

/*
 * sp-record calls this to start the process that releases the BPF programs
 * after its exit.
 */
int clone(int (*run)(void *), void *stack, int flags, void *argument, ...)
{
	int (*real)(int (*)(void *), void *, int, void *, ...) = next("clone");
	int pid;

	end("write");
	pid = real(run, stack, flags, argument);
	end("leave");
	return pid;
}
