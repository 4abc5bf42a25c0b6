/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: exec-late FILE — a thread that is not the leader executes FILE, whose
 * only segment is beyond the address space. So execve fails after the point of
 * no return. The process is then killed with the leader's tid, which the thread
 * has taken.
 */
#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>

#include "witness.h"

static void write_file(const char *path)
{
	struct {
		Elf64_Ehdr header;
		Elf64_Phdr segment;
	} elf = {
		.header = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64,
				     ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_X86_64,
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(elf.header),
			.e_ehsize = sizeof(elf.header),
			.e_phentsize = sizeof(elf.segment),
			.e_phnum = 1,
		},
		.segment = {
			.p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = 0xffff800000000000,
			.p_filesz = 0x1000,
			.p_memsz = 0x1000,
			.p_align = 0x1000,
		},
	};
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	if (fd < 0 || write(fd, &elf, sizeof(elf)) != sizeof(elf) ||
	    ftruncate(fd, 0x2000) || close(fd))
		err(1, "%s", path);
}

static void *execute(void *path)
{
	execl(path, path, NULL);
	err(1, "execl");
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 2)
		errx(2, "usage: exec-late FILE");
	write_file(argv[1]);
	if (pthread_create(&thread, NULL, execute, argv[1]))
		errx(1, "pthread_create");
	pthread_join(thread, NULL);
}
