/* SPDX-License-Identifier: Apache-2.0 */
/* Makes calls through functions whose names tests/stacks.bats expects. */
#include <sys/socket.h>
#include <unistd.h>

#define APART __attribute__((noinline, noipa))

static volatile int last;

static APART void innermost(int family)
{
	last = socket(family, SOCK_DGRAM, 0);
	last++;			/* prevents a tail call */
}

static APART void middle(void)
{
	innermost(AF_UNIX);
	last++;
}

static APART void outer(void)
{
	innermost(AF_INET);
	last++;
	middle();
	last++;
}

int main(void)
{
	outer();
	middle();
	return 0;
}
