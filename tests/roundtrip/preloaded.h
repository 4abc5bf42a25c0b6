/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A preloaded library that enforces the policy $SANDPRINT_POLICY before main().
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

__attribute__((constructor)) static void load(void)
{
	const char *name = getenv("SANDPRINT_POLICY");
	const struct policy *p = policies;

	unsetenv("LD_PRELOAD");
	unsetenv("SANDPRINT_POLICY");
	while (p->name && (!name || strcmp(p->name, name)))
		p++;
	if (!p->name)
		errx(2, "SANDPRINT_POLICY names no policy");
	errno = -p->load();
	if (errno)
		err(2, "%s", p->name);
}
