/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Restricts itself with Landlock without executing another program. Its own
 * domain denies a FIFO, and the policy of sp-verify denies a directory.
 */
#include <errno.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	struct landlock_ruleset_attr own = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_FIFO,
	};
	int fd = syscall(SYS_landlock_create_ruleset, &own, sizeof(own), 0);

	if (fd < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_landlock_restrict_self, fd, 0)) {
		perror("landlock");
		return 1;
	}
	if (!mkfifo("fifo", 0600) || errno != EACCES ||
	    !mkdir("directory", 0700) || errno != EACCES) {
		fputs("not denied\n", stderr);
		return 1;
	}
	return 0;
}
