/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compares names and numbers with lines "ARCH NR NAME" on stdin, which come
 * from the kernel's headers.
 */
#include <stdio.h>
#include <string.h>

#include "kernel/syscall.h"

static bool agrees(const struct arch *arch, int32_t nr, const char *name)
{
	struct call_id id = { arch->audit, nr }, same;
	char buf[SYSCALL_NAME_MAX];
	const char *ours = syscall_name(id, buf);

	return ours && !strcmp(ours, name) &&
	       !syscall_number(arch, name, &same) && same.nr == nr;
}

int main(void)
{
	size_t lines = 0, wrong = 0;
	char arch[32], name[64];
	int32_t nr;

	for (; scanf("%31s %d %63s", arch, &nr, name) == 3; lines++) {
		const struct arch *known = arch_by_name(arch);

		if (known && agrees(known, nr, name))
			continue;
		printf("%s %d %s: not known\n", arch, nr, name);
		wrong++;
	}
	if (!lines || !feof(stdin))
		puts("stdin: not lines of \"ARCH NR NAME\"");
	printf("%zu of %zu calls are wrong\n", wrong, lines);
	return wrong || !lines || !feof(stdin);
}
