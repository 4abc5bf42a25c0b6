/* SPDX-License-Identifier: Apache-2.0 */
/* usage: numbers-many COUNT — one call each of so many numbers that are none */
#include "witness.h"

int main(int argc, char **argv)
{
	long count = argc == 2 ? atol(argv[1]) : 0;

	if (count < 1)
		errx(2, "usage: numbers-many COUNT");
	for (long i = 0; i < count; i++)
		syscall(100000 + i);
}
