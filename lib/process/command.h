/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts a command that will be recorded or verified: its user, directory,
 * limits, and a hook in the child. The hook has the caller's privileges; after
 * it, the child makes no call but execve.
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
	char *name;		/* NULL: the environment is left alone */
	char *home;		/* likewise */
	char *shell;
};

/*
 * By login name or number, from the user database: 0 or -errno. A number that
 * the database does not have is used as uid and gid, without supplementary
 * groups and environment.
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
	 * RLIM_NLIMITS limits, applied as far as the hard limits allow; NULL:
	 * unchanged
	 */
	const struct rlimit *limits;
	const sigset_t *mask;	/* signals blocked; NULL: unchanged */
	bool sigpipe_default;	/* undo that the caller ignores this signal */
	bool sigchld_ignored;	/* and that it does not ignore this one */
	int stdout_fd;		/* becomes the child's stdout; -1: unchanged */
	/* Runs in the child, last before execve: 0 or -errno. */
	int (*hook)(void *arg);
	void *hook_arg;
};

enum command_failure {
	COMMAND_STARTED,
	COMMAND_NOT_FOUND,	/* 127 */
	COMMAND_NOT_EXECUTABLE,	/* 126 */
	COMMAND_FAILED,		/* our own failure: *what says at which step */
};

struct command_child {
	pid_t pid;		/* the caller reaps it */
	int pidfd;		/* close-on-exec */
	int result_fd;		/* readable when command_result() will not block */
};

/* Fork the child. 0 or -errno: our own failure. */
int command_start(const struct command *command, struct command_child *child);
/*
 * Wait until the child runs the new program or has failed to. In the latter
 * case the child is reaped, `*error` has the errno and `*what` a static text
 * for the step. Closes result_fd.
 */
enum command_failure command_result(struct command_child *child, int *error,
				    const char **what);

/* Why a command cannot be executed, by the errno: a static text. */
const char *command_error(int error);

/* The path that execve will be given, or NULL with errno; the caller frees. */
char *command_find(const char *name);

#endif
