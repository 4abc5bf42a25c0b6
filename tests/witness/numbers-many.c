/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: numbers-many COUNT — makes one call with each of COUNT numbers that
 * belong to no call
 */
#include "witness.h"

int main(int argc, char **argv)
{
	long count = argc == 2 ? atol(argv[1]) : 0;

	if (count < 1)
		errx(2, "usage: numbers-many COUNT");
	for (long i = 0; i < count; i++)
		syscall(100000 + i);
}
