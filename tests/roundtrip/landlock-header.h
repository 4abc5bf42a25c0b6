/* SPDX-License-Identifier: Apache-2.0 */
/* usage: loader ROW COMMAND... — behind the headers of all rows */
#include <err.h>
#include <errno.h>
#include <string.h>

int main(int argc, char **argv)
{
	for (const struct policy *p = policies; argc > 2 && p->name; p++)
		if (!strcmp(p->name, argv[1])) {
			errno = -p->load();
			if (errno)
				err(2, "%s", p->name);
			execv(argv[2], argv + 2);
			err(126, "%s", argv[2]);
		}
	errx(2, "no such policy");
}
