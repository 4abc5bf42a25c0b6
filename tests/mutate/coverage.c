/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records which code of a program a test runs. tests/mutate/run copies this
 * file into lib/ of its copy of the tree, and builds with
 * -fsanitize-coverage=trace-pc, which calls the function below in each basic
 * block.
 *
 * $SP_COVERAGE is a directory. It gets one file for each test and program,
 * named SIZE.FILE.bats.TEST, where SIZE is the length of the program's code.
 * The file has a byte for each byte of code; a byte is not 0 if the function
 * returned to its address. The file is mapped as shared memory. So recording
 * needs no system call, which a filter could deny.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define UNSEEN __attribute__((no_sanitize_coverage))

extern char __executable_start[], etext[];

static char *seen;

void __sanitizer_cov_trace_pc(void);

UNSEEN void __sanitizer_cov_trace_pc(void)
{
	char *at = __builtin_return_address(0);

	if (seen && at >= __executable_start && at < etext)
		seen[at - __executable_start] = 1;
}

UNSEEN __attribute__((constructor)) static void start(void)
{
	const char *dir = getenv("SP_COVERAGE");
	const char *file = getenv("BATS_TEST_FILENAME");
	const char *test = getenv("BATS_TEST_NAME");
	size_t size = etext - __executable_start;
	char path[1024];
	void *map;
	int fd;

	if (!dir || !file)
		return;
	file = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
	snprintf(path, sizeof(path), "%s/%zu.%s.%.200s", dir, size, file,
		 test && *test ? test : "setup_file");
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (fd < 0)
		return;
	fchmod(fd, 0666);
	if (!ftruncate(fd, size)) {
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			   0);
		seen = map == MAP_FAILED ? NULL : map;
	}
	close(fd);
}
