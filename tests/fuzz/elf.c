/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tests the readers of executables, which a recorded program chooses:
 * build-ids, segments and symbols, and a line of /proc/PID/maps.
 */
#include "../../sp-verify/run/place.c"

#include <sys/mman.h>

#include "fuzz.h"
#include "process/image-file.h"

/* Writes the content to a file in memory, which all runs reuse. */
static int put_file(const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", MFD_CLOEXEC);
	if (ftruncate(fd, 0) ||
	    pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return fd;
}

static void find_build_id(int fd)
{
	struct image_file file;
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	image_file_read(NULL, path, strlen(path) + 1, &file);
	if (file.build_id_size > BUILD_ID_MAX)
		abort();
}

static void find_symbols(int fd)
{
	static const uint64_t offsets[] = {
		0, 1, 0x40, 0x1000, 0x1010, UINT32_MAX, UINT64_MAX,
	};
	struct object o = { .segments = NULL };
	uint64_t address;

	read_elf(&o, fd);
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		if (address_of(&o, offsets[i], &address))
			free(symbol_at(&o, address));
	for (size_t i = 0; i < o.n_symbols && i < 16; i++)
		free(symbol_at(&o, o.symbols[i].start + 1));
	free_object(&o);
}

static void find_mapped(const uint8_t *data, size_t size)
{
	char *line = fuzz_text(data, size < 512 ? size : 512);
	struct mapping m;

	if (mapping_parse(line, &m))
		free(m.path);
	free(line);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	elf_version(EV_CURRENT);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = put_file(data, size);

	find_build_id(fd);
	find_symbols(fd);
	find_mapped(data, size);
	return 0;
}
