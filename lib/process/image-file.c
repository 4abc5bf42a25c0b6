/* SPDX-License-Identifier: Apache-2.0 */
#include "process/image-file.h"

#include <elf.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* Linkers write less than this; larger notes are not read. */
enum { SEGMENTS_MAX = 4096, NOTES_MAX = 64 << 10 };

static size_t find_note(Elf_Data *notes, uint8_t id[static BUILD_ID_MAX])
{
	size_t at = 0, name, desc;
	GElf_Nhdr note;

	while ((at = gelf_getnote(notes, at, &note, &name, &desc))) {
		if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 ||
		    memcmp((char *)notes->d_buf + name, "GNU", 4) ||
		    note.n_descsz > BUILD_ID_MAX)
			continue;
		memcpy(id, (char *)notes->d_buf + desc, note.n_descsz);
		return note.n_descsz;
	}
	return 0;
}

static size_t read_build_id(int fd, uint8_t id[static BUILD_ID_MAX])
{
	size_t n = 0, size = 0;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_getphdrnum(elf, &n) || n > SEGMENTS_MAX)
		n = 0;
	for (size_t i = 0; i < n && !size; i++) {
		Elf_Data *data;
		GElf_Phdr p;

		if (!gelf_getphdr(elf, i, &p) || p.p_type != PT_NOTE)
			continue;
		if (p.p_filesz > NOTES_MAX)
			p.p_filesz = NOTES_MAX;
		data = elf_getdata_rawchunk(elf, p.p_offset, p.p_filesz,
					    p.p_align == 8 ? ELF_T_NHDR8 :
					    ELF_T_NHDR);
		if (data)
			size = find_note(data, id);
	}
	elf_end(elf);
	return size;
}

/* Whether execve(2) of the file can raise privileges. */
static bool is_privileged(int fd, mode_t mode)
{
	bool set_group = mode & S_ISGID && mode & S_IXGRP;

	return mode & S_ISUID || set_group ||
		fgetxattr(fd, "security.capability", NULL, 0) > 0;
}

int regular_file_open(const char *path, struct stat *st)
{
	int place = open(path, O_PATH | O_CLOEXEC), fd = -1;
	char link[32];

	if (place < 0)
		return -1;
	if (!fstat(place, st) && S_ISREG(st->st_mode) && st->st_size) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", place);
		fd = open(link, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	}
	close(place);
	return fd;
}

size_t image_file_read(void *unused, const void *path, size_t size,
		       void *answer)
{
	struct image_file *file = answer;
	int fd;

	(void)unused;
	memset(file, 0, sizeof(*file));
	if (!size || ((const char *)path)[size - 1])
		return sizeof(*file);
	fd = regular_file_open(path, &file->st);
	if (fd < 0)
		return sizeof(*file);
	file->build_id_size = read_build_id(fd, file->build_id);
	file->is_privileged = is_privileged(fd, file->st.st_mode);
	close(fd);
	return sizeof(*file);
}

bool image_file_ask(struct file_child *child, const char *path,
		    struct image_file *file)
{
	return file_child_ask(child, path, strlen(path) + 1, file,
			      sizeof(*file));
}
