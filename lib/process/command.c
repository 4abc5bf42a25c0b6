/* SPDX-License-Identifier: Apache-2.0 */
#include "process/command.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "process/capability.h"

/* Users */

static bool is_number(const char *name, uid_t *uid)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(name, &end, 10);
	*uid = value;
	return !errno && *name >= '0' && *name <= '9' && !*end &&
		value < UINT32_MAX;
}

#ifndef STATIC_BUILD
static struct passwd *user_by_name(const char *name)
{
	return getpwnam(name);
}

static struct passwd *user_by_number(uid_t uid)
{
	return getpwuid(uid);
}

static int find_groups(const struct command_user *user, gid_t *groups, int *n)
{
	return getgrouplist(user->name, user->gid, groups, n);
}
#else
/*
 * In a static program, getpwnam(3) would open shared libraries of the glibc
 * that the program was built with, and other systems lack them. So only
 * /etc/passwd and /etc/group are read. If `name` is NULL, searches for `uid`.
 */
static struct passwd *user_in_file(const char *name, uid_t uid)
{
	FILE *file = fopen("/etc/passwd", "re");
	struct passwd *pw = NULL;

	while (file && (pw = fgetpwent(file)))
		if (name ? !strcmp(pw->pw_name, name) : pw->pw_uid == uid)
			break;
	if (file)
		fclose(file);
	return pw;
}

static struct passwd *user_by_name(const char *name)
{
	return user_in_file(name, 0);
}

static struct passwd *user_by_number(uid_t uid)
{
	return user_in_file(NULL, uid);
}

static bool is_member(const struct group *group, const char *name)
{
	for (char **member = group->gr_mem; *member; member++)
		if (!strcmp(*member, name))
			return true;
	return false;
}

/* Returns what getgrouplist(3) returns. */
static int find_groups(const struct command_user *user, gid_t *groups, int *n)
{
	FILE *file = fopen("/etc/group", "re");
	int room = *n, found = 0;
	struct group *group;

	if (found++ < room)
		groups[0] = user->gid;
	while (file && (group = fgetgrent(file)))
		if (group->gr_gid != user->gid && is_member(group, user->name) &&
		    found++ < room)
			groups[found - 1] = group->gr_gid;
	if (file)
		fclose(file);
	*n = found;
	return found <= room ? found : -1;
}
#endif

static struct passwd *find_user(const char *name)
{
	struct passwd *pw = user_by_name(name);
	uid_t uid;

	return pw || !is_number(name, &uid) ? pw : user_by_number(uid);
}

/* Containers also use numbers that the user database does not have. */
static int bare_user(const char *name, struct command_user *user)
{
	uid_t uid;

	if (!is_number(name, &uid))
		return -ENOENT;
	*user = (struct command_user){ .uid = uid, .gid = uid };
	return 0;
}

int command_user_find(const char *name, struct command_user *user)
{
	struct passwd *pw = find_user(name);
	int n = 32;

	if (!pw)
		return bare_user(name, user);
	*user = (struct command_user){
		.uid = pw->pw_uid,
		.gid = pw->pw_gid,
		.groups = xcalloc(n, sizeof(gid_t)),
		.name = xstrdup(pw->pw_name),
		.home = xstrdup(pw->pw_dir),
		.shell = xstrdup(*pw->pw_shell ? pw->pw_shell : "/bin/sh"),
	};
	while (find_groups(user, user->groups, &n) < 0)
		user->groups = xrealloc(user->groups, n, sizeof(gid_t));
	user->n_groups = n;
	return 0;
}

void command_user_free(struct command_user *user)
{
	free(user->groups);
	free(user->name);
	free(user->home);
	free(user->shell);
	*user = (struct command_user){ 0 };
}

/* The program */

static bool is_program(const char *path)
{
	struct stat st;

	if (stat(path, &st) || access(path, X_OK))
		return false;
	if (S_ISREG(st.st_mode))
		return true;
	errno = EACCES;
	return false;
}

/*
 * Searches as execvp(3) does: if one file gives EACCES, the result is EACCES,
 * not ENOENT.
 */
static char *search_path(const char *name)
{
	const char *path = getenv("PATH"), *end;
	int error = ENOENT;

	if (!path)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (;; path = end + 1) {
		char *file;

		end = strchrnul(path, ':');
		file = xasprintf("%.*s%s%s", (int)(end - path), path,
				 end == path ? "" : "/", name);
		if (is_program(file))
			return file;
		if (errno != ENOENT && errno != ENOTDIR)
			error = errno;
		free(file);
		if (!*end)
			break;
	}
	errno = error;
	return NULL;
}

char *command_find(const char *name)
{
	if (!*name) {
		errno = ENOENT;
		return NULL;
	}
	if (!strchr(name, '/'))
		return search_path(name);
	return is_program(name) ? xstrdup(name) : NULL;
}

/* The child */

/* The child's report that it cannot run the program. */
struct failure {
	int error;
	enum step {
		STEP_SETUP, STEP_DIRECTORY, STEP_USER, STEP_FIND, STEP_HOOK,
		STEP_EXEC,
	} step;
};

static const char *const step_names[] = {
	[STEP_SETUP] = "prepare the command",
	[STEP_DIRECTORY] = "change to the directory",
	[STEP_USER] = "switch to the user",
	[STEP_HOOK] = "prepare the command",
	[STEP_FIND] = "find the command",
	[STEP_EXEC] = "execute the command",
};

static int switch_user(const struct command_user *user)
{
	if (setgroups(user->n_groups, user->groups) ||
	    setresgid(user->gid, user->gid, user->gid) ||
	    prctl(PR_SET_KEEPCAPS, 1) ||
	    setresuid(user->uid, user->uid, user->uid) ||
	    /* the hook may use the capabilities; execve drops them */
	    capability_raise())
		return -1;
	if (!user->name)
		return 0;
	if (setenv("HOME", user->home, 1) || setenv("USER", user->name, 1) ||
	    setenv("LOGNAME", user->name, 1) ||
	    setenv("SHELL", user->shell, 1))
		return -1;
	return 0;
}

static int restore_signals(const struct command *command)
{
	if (command->sigpipe_default && signal(SIGPIPE, SIG_DFL) == SIG_ERR)
		return -1;
	if (command->sigchld_ignored && signal(SIGCHLD, SIG_IGN) == SIG_ERR)
		return -1;
	if (!command->mask)
		return 0;
	return sigprocmask(SIG_SETMASK, command->mask, NULL);
}

/* If a hard limit may not be raised, it stays as it is. */
static void set_limits(const struct rlimit *limits)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit now;

		if (!setrlimit(i, &limits[i]) || getrlimit(i, &now))
			continue;
		now.rlim_cur = limits[i].rlim_cur < now.rlim_max ?
			limits[i].rlim_cur : now.rlim_max;
		setrlimit(i, &now);
	}
}

/*
 * Takes all steps before the hook. `step` becomes the failed step; errno is
 * set.
 */
static bool prepare(const struct command *command, enum step *step)
{
	*step = STEP_SETUP;
	if (command->stdout_fd >= 0 &&
	    dup2(command->stdout_fd, STDOUT_FILENO) < 0)
		return false;
	*step = STEP_DIRECTORY;
	if (command->cwd && chdir(command->cwd))
		return false;
	if (command->umask)
		umask(*command->umask);
	if (command->limits)
		set_limits(command->limits);
	*step = STEP_USER;
	if (command->user && switch_user(command->user))
		return false;
	*step = STEP_SETUP;
	return restore_signals(command) == 0;
}

static bool is_elf(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[4] = "";
	bool elf = fd >= 0 && read(fd, magic, sizeof(magic)) == 4 &&
		!memcmp(magic, "\177ELF", 4);

	if (fd >= 0)
		close(fd);
	return elf;
}

/*
 * Like execvp(3), this runs a file in a format that the kernel does not know as
 * a shell script. The exception is an ELF file: it is a program that this
 * kernel cannot run.
 */
static void execute(const char *path, char **argv, bool elf)
{
	size_t n = 0;
	char **script;

	execve(path, argv, environ);
	if (errno != ENOEXEC || elf)
		return;
	while (argv[n])
		n++;
	script = xcalloc(n + 2, sizeof(*script));
	script[0] = "/bin/sh";
	script[1] = (char *)path;
	if (n)
		memcpy(script + 2, argv + 1, n * sizeof(*argv));
	execve(script[0], script, environ);
	free(script);
}

static void child(const struct command *command, struct failure *failure)
{
	char *path;
	bool elf;
	int error;

	if (!prepare(command, &failure->step))
		return;
	failure->step = STEP_FIND;
	path = command_find(command->argv[0]);
	if (!path)
		return;
	/* check now: the hook may forbid the calls that this needs */
	elf = is_elf(path);
	failure->step = STEP_HOOK;
	error = command->hook ? command->hook(command->hook_arg) : 0;
	if (error) {
		errno = -error;
		return;
	}
	execute(path, command->argv, elf);
	failure->step = STEP_EXEC;
}

static _Noreturn void run_child(const struct command *command, int result_fd)
{
	struct failure failure;
	ssize_t ignored;

	child(command, &failure);
	failure.error = errno;
	ignored = write(result_fd, &failure, sizeof(failure));
	/* the parent sees that the child exited without a report */
	(void)ignored;
	_exit(127);
}

void command_abort(struct command_child *child)
{
	kill(child->pid, SIGKILL);
	waitpid(child->pid, NULL, 0);
	if (child->pidfd >= 0)
		close(child->pidfd);
	close(child->result_fd);
}

int command_start(const struct command *command, struct command_child *result)
{
	int fds[2], error;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	result->result_fd = fds[0];
	result->pid = fork();
	if (!result->pid)
		run_child(command, fds[1]);
	error = errno;
	close(fds[1]);
	if (result->pid < 0) {
		close(fds[0]);
		return -error;
	}
	result->pidfd = syscall(SYS_pidfd_open, result->pid, 0);
	if (result->pidfd >= 0)
		return 0;
	error = errno;
	command_abort(result);
	return -error;
}

static enum command_failure classify(const struct failure *failure)
{
	if (failure->step == STEP_EXEC)
		return COMMAND_NOT_EXECUTABLE;
	if (failure->step != STEP_FIND)
		return COMMAND_FAILED;
	return failure->error == ENOENT || failure->error == ENOTDIR ?
		COMMAND_NOT_FOUND : COMMAND_NOT_EXECUTABLE;
}

enum command_failure command_result(struct command_child *started, int *error,
				    const char **what)
{
	struct failure failure;
	ssize_t n;

	do
		n = read(started->result_fd, &failure, sizeof(failure));
	while (n < 0 && errno == EINTR);
	close(started->result_fd);
	started->result_fd = -1;
	if (n != sizeof(failure))
		return COMMAND_STARTED;
	waitpid(started->pid, NULL, 0);
	close(started->pidfd);
	*error = failure.error;
	*what = step_names[failure.step];
	return classify(&failure);
}

const char *command_error(int error)
{
	return error != ENOEXEC ? strerror(error) :
		"this kernel runs no programs of its architecture (32-bit ones "
		"need ia32_emulation): Exec format error";
}
