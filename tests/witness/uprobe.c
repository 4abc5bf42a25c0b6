/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: uprobe entry|return|libc — sets a kernel probe on a function of this
 * program or of libc, as a tracing tool does. The kernel then makes calls in
 * this process.
 */
#include <linux/perf_event.h>
#include <inttypes.h>
#include <stdint.h>
#include <string.h>

#include "witness.h"

#define UPROBES "/sys/bus/event_source/devices/uprobe/type"

enum { TIMES = 1000 };

#ifdef __x86_64__
/*
 * If the instruction is a nop of five bytes, the kernel replaces it by a call
 * of a trampoline, which makes uprobe(2).
 */
__attribute__((naked, noinline)) static void probed(void)
{
	__asm__(".byte 0x0f, 0x1f, 0x44, 0, 0\n\tret");
}
#else
static void probed(void)
{
	exit(CANNOT);
}
#endif

/* Finds the file that is mapped at `address`, and the offset in the file. */
static uint64_t find(uintptr_t address, char path[4096])
{
	FILE *maps = fopen("/proc/self/maps", "re");
	uintptr_t start, end;
	uint64_t offset;
	char line[4200];

	while (maps && fgets(line, sizeof(line), maps))
		if (sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %" SCNx64
			   " %*s %*s %4095[^\n]", &start, &end, &offset,
			   path) == 4 && start <= address && address < end) {
			fclose(maps);
			return address - start + offset;
		}
	errx(1, "/proc/self/maps: no file at the address");
}

static void probe(uintptr_t address, int is_return)
{
	char path[4096];
	struct perf_event_attr attr = {
		.size = sizeof(attr), .config = is_return,
		.probe_offset = find(address, path),
		.uprobe_path = (uintptr_t)path,
	};
	FILE *type = fopen(UPROBES, "re");

	if (!type || fscanf(type, "%" SCNu32, &attr.type) != 1)
		exit(CANNOT);
	fclose(type);
	if (syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0) < 0)
		exit(CANNOT);
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "libc"))
		probe((uintptr_t)getppid, 1);
	else
		probe((uintptr_t)probed, !strcmp(what, "return"));
	for (int i = 0; i < TIMES; i++)
		if (!strcmp(what, "libc"))
			(void)getppid();
		else
			probed();
}
