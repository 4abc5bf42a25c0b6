/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a command that is to be recorded or verified, with a user, a
 * directory, limits, and a hook that runs in the child. The hook has the
 * caller's privileges. After it, the child makes no call but execve.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct command_user {
	uid_t uid;
	gid_t gid;
	gid_t *groups;
	size_t n_groups;
	char *name;		/* NULL: do not change the environment */
	char *home;		/* likewise */
	char *shell;
};

/*
 * Finds a user by login name or number in the user database. Returns 0 or
 * -errno. A number that the database does not have becomes both uid and gid,
 * without supplementary groups and environment.
 */
int command_user_find(const char *name, struct command_user *user);
void command_user_free(struct command_user *user);

struct command {
	/* NULL-terminated; argv[0] is looked up in PATH */
	char **argv;
	const char *cwd;	/* NULL: unchanged */
	const struct command_user *user;	/* NULL: unchanged */
	const mode_t *umask;	/* NULL: unchanged */
	/*
	 * RLIM_NLIMITS limits, raised no further than the hard limits allow;
	 * NULL: unchanged
	 */
	const struct rlimit *limits;
	const sigset_t *mask;	/* the blocked signals; NULL: unchanged */
	bool sigpipe_default;	/* reset SIGPIPE, which the caller ignores */
	/* ignore SIGCHLD, as the caller was started with it ignored */
	bool sigchld_ignored;
	int stdout_fd;		/* becomes the child's stdout; -1: unchanged */
	/*
	 * Runs in the child as the last step before execve. Returns 0 or
	 * -errno.
	 */
	int (*hook)(void *arg);
	void *hook_arg;
};

enum command_failure {
	COMMAND_STARTED,
	COMMAND_NOT_FOUND,	/* 127 */
	COMMAND_NOT_EXECUTABLE,	/* 126 */
	COMMAND_FAILED,		/* our own failure: *what names the step */
};

struct command_child {
	pid_t pid;		/* the caller reaps it */
	int pidfd;		/* close-on-exec */
	/* can be read when command_result() will not block */
	int result_fd;
};

/* Forks the child. Returns 0, or -errno if that fails. */
int command_start(const struct command *command, struct command_child *child);
/*
 * Waits until the child runs the new program, or has failed to. If it failed,
 * the child is reaped, `*error` is the errno, and `*what` is a static text that
 * names the step. Closes result_fd.
 */
enum command_failure command_result(struct command_child *child, int *error,
				    const char **what);
/* Kills and reaps the child, and closes its descriptors. */
void command_abort(struct command_child *child);

/* Returns a static text for the errno of an execve that failed. */
const char *command_error(int error);

/* Returns the path for execve, which the caller frees, or NULL with errno. */
char *command_find(const char *name);

#endif
