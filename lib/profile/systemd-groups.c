/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/systemd-groups.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"

enum { OUTPUT_MAX = 1 << 20 };

const char *const systemd_default_calls[] = {
	"arch_prctl", "brk", "cacheflush", "clock_getres",
	"clock_getres_time64", "clock_gettime", "clock_gettime64",
	"clock_nanosleep", "clock_nanosleep_time64", "execve", "exit",
	"exit_group", "futex", "futex_time64", "futex_waitv",
	"get_robust_list", "get_thread_area", "getegid", "getegid32",
	"geteuid", "geteuid32", "getgid", "getgid32", "getgroups",
	"getgroups32", "getpgid", "getpgrp", "getpid", "getppid", "getrandom",
	"getresgid", "getresgid32", "getresuid", "getresuid32", "getrlimit",
	"getsid", "gettid", "gettimeofday", "getuid", "getuid32",
	"membarrier", "mmap", "mmap2", "mprotect", "munmap", "nanosleep",
	"pause", "prlimit64", "restart_syscall", "riscv_flush_icache",
	"riscv_hwprobe", "rseq", "rt_sigreturn", "sched_getaffinity",
	"sched_yield", "set_robust_list", "set_thread_area",
	"set_tid_address", "set_tls", "sigreturn", "time", "ugetrlimit",
	"uretprobe", NULL
};

/* Starts systemd-analyze. Returns its pid, or -1, and the pipe to read from. */
static pid_t start(int *fd)
{
	char *argv[] = {
		"systemd-analyze", "--no-pager", "syscall-filter", NULL
	};
	char *path = xasprintf("PATH=%s", getenv("PATH") ?: "/usr/bin:/bin");
	char *env[] = { path, "LC_ALL=C", "SYSTEMD_COLORS=0", NULL };
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int fds[2], err;

	if (pipe2(fds, O_CLOEXEC) < 0) {
		free(path);
		return -1;
	}
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
					 O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null",
					 O_WRONLY, 0);
	err = posix_spawnp(&pid, *argv, &actions, NULL, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	close(fds[1]);
	if (err)
		close(fds[0]);
	*fd = fds[0];
	free(path);
	return err ? -1 : pid;
}

static char *read_output(int fd)
{
	char *text = xcalloc(OUTPUT_MAX + 1, 1);
	size_t used = 0;
	ssize_t n = 1;

	while (used < OUTPUT_MAX && n) {
		n = read(fd, text + used, OUTPUT_MAX - used);
		if (n < 0 && errno != EINTR)
			break;
		used += n > 0 ? n : 0;
	}
	close(fd);
	return text;
}

static void add_member(struct systemd_group *group, const char *name)
{
	group->members = xgrow(group->members, group->n,
			       sizeof(*group->members));
	group->members[group->n++] = name;
}

/* A line "@name" begins a group. Its members follow on indented lines. */
static void parse(struct systemd_groups *groups)
{
	char *rest = groups->text, *line;

	while ((line = strsep(&rest, "\n"))) {
		size_t indent = strspn(line, " ");

		line += indent;
		if (*line == '@' && !indent) {
			groups->groups = xgrow(groups->groups, groups->n,
					       sizeof(*groups->groups));
			groups->groups[groups->n++].name = line;
		} else if (*line && *line != '#' && indent && groups->n) {
			add_member(&groups->groups[groups->n - 1], line);
		}
	}
}

struct systemd_groups *systemd_groups_load(void)
{
	struct systemd_groups *groups;
	int fd, status = -1;
	pid_t pid = start(&fd);

	if (pid < 0)
		return NULL;
	groups = xcalloc(1, sizeof(*groups));
	groups->text = read_output(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!status)
		parse(groups);
	if (groups->n)
		return groups;
	systemd_groups_free(groups);
	return NULL;
}

void systemd_groups_free(struct systemd_groups *groups)
{
	if (!groups)
		return;
	for (size_t i = 0; i < groups->n; i++)
		free(groups->groups[i].members);
	free(groups->groups);
	free(groups->text);
	free(groups);
}

const struct systemd_group *
systemd_group_find(const struct systemd_groups *groups, const char *name)
{
	for (size_t i = 0; i < groups->n; i++)
		if (!strcmp(groups->groups[i].name, name))
			return &groups->groups[i];
	return NULL;
}
