/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target on files, without libFuzzer. The test suite builds it with
 * each compiler, and repeats inputs that a fuzzer has found.
 */
#include "fuzz.h"

#pragma weak LLVMFuzzerInitialize

static void replay(const char *path)
{
	enum { MOST = 1 << 20 };
	uint8_t *data = xcalloc(MOST, 1), *exact;
	FILE *file = fopen(path, "re");
	size_t n;

	if (!file) {
		perror(path);
		exit(2);
	}
	n = fread(data, 1, MOST, file);
	fclose(file);
	/*
	 * The copy has the exact size, so that ASan sees reads beyond its end.
	 */
	exact = xmemdup(data, n);
	free(data);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
}

int main(int argc, char **argv)
{
	if (LLVMFuzzerInitialize)
		LLVMFuzzerInitialize(&argc, &argv);
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	return 0;
}
