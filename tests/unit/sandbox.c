/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests what each tool can do in its sandbox: write to open files, and rename
 * its output. All other acts must fail. Each tool runs in a process of its own,
 * in an empty directory beside other/.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/message.h"
#include "base/output.h"
#include "process/sandbox.h"
#include "profile/landlock.h"

#define FAILS(call, with) do { \
	errno = 0; \
	if ((call) != -1 || errno != (with)) { \
		fprintf(stderr, "%s: %s\n", #call, strerror(errno)); \
		exit(1); \
	} \
} while (0)

static void try_calls(enum sandbox_tool tool)
{
	char *argv[] = { "true", NULL };
	/*
	 * Calls that a C library may try get ENOSYS in tools where it may need
	 * to.
	 */
	int missing = tool == SANDBOX_READER ? EPERM : ENOSYS;
	char byte = 'x';

	FAILS(socket(AF_INET, SOCK_STREAM, 0), EPERM);
	FAILS(socket(AF_UNIX, SOCK_STREAM, 0), EPERM);
	FAILS(socket(AF_NETLINK, SOCK_RAW, 0), EPERM);
	FAILS(execv("/bin/true", argv), EPERM);
	FAILS(syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0),
	      missing);
	FAILS(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), EPERM);
	if (tool != SANDBOX_EMIT && tool != SANDBOX_VERIFY)
		/* emit and verify compile filters in a child */
		FAILS(fork(), EPERM);
	if (tool == SANDBOX_READER)
		assert(close(open("/etc/passwd", O_RDONLY)) == 0);
	else
		FAILS(open("/etc/passwd", O_RDONLY), EPERM);
	FAILS(open("../other/there", O_RDWR), EPERM);
	FAILS(open("../other/there", O_RDONLY | O_TRUNC), EPERM);
	FAILS(open("new", O_WRONLY | O_CREAT, 0600), EPERM);
	FAILS(syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0), missing);
	FAILS(kill(getppid(), 0), EPERM);
	FAILS(unlink("/tmp/x"), EPERM);
	FAILS(ioctl(STDIN_FILENO, TIOCSTI, &byte), EPERM);
	FAILS(syscall(SYS_ptrace, 0, 0, 0, 0), EPERM);
	FAILS(syscall(SYS_io_uring_setup, 1, NULL), EPERM);
	FAILS(syscall(100000), ENOSYS);
	assert(mmap(NULL, 4096, PROT_READ | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
}

/*
 * Makes calls that the filter allows for outputs, with files to which Landlock
 * denies access.
 */
static void try_files(int directory, int other)
{
	if (landlock_abi() < 1)
		return;
	FAILS(syscall(SYS_renameat, other, "there", directory, "here"), EXDEV);
	FAILS(syscall(SYS_renameat, other, "there", other, "away"), EACCES);
	FAILS(syscall(SYS_renameat, directory, "fine", other, "away"), EXDEV);
}

static void run(enum sandbox_tool tool, bool has_output)
{
	int here = open(".", O_PATH | O_DIRECTORY);
	int other = open("../other", O_PATH | O_DIRECTORY);
	struct output *out = NULL;

	assert(here >= 0 && other >= 0);
	if (has_output)
		assert(output_open(&out, "fine", 0));
	sandbox_enter(tool, out, NULL);
	if (has_output) {
		fputs("text\n", output_file(out));
		assert(output_commit(out));
		try_files(here, other);
	}
	try_calls(tool);
	exit(0);
}

static void check(enum sandbox_tool tool, bool has_output)
{
	pid_t child = fork();
	struct stat st;
	int status;

	if (!child)
		run(tool, has_output);
	assert(waitpid(child, &status, 0) == child);
	if (status) {
		fprintf(stderr, "tool %d, output %d: status %#x\n", tool,
			has_output, status);
		exit(1);
	}
	assert(!has_output || (stat("fine", &st) == 0 && st.st_size == 5));
}

static void scratch(void)
{
	char name[] = "sandbox.XXXXXX";

	assert(mkdtemp(name) && !chdir(name));
	assert(!mkdir("here", 0700) && !mkdir("other", 0700));
	assert(close(open("other/there", O_CREAT | O_WRONLY, 0600)) == 0);
	assert(!chdir("here"));
}

int main(int argc, char **argv)
{
	(void)argc;
	message_init("sandbox", STATUS_TROUBLE, argv);
	scratch();
	for (int tool = SANDBOX_MERGE; tool <= SANDBOX_READER; tool *= 2) {
		check(tool, false);
		/* these tools write no file */
		if (tool == SANDBOX_DIFF || tool == SANDBOX_READER)
			continue;
		check(tool, true);
		/* now the output replaces an existing file */
		check(tool, true);
	}
	return 0;
}
