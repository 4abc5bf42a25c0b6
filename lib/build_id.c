/* SPDX-License-Identifier: Apache-2.0 */
#include "build_id.h"

#include <elf.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>

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

size_t build_id_read(int fd, uint8_t id[static BUILD_ID_MAX])
{
	size_t n = 0, size = 0;
	Elf *elf;

	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (!elf || elf_getphdrnum(elf, &n))
		n = 0;
	for (size_t i = 0; i < n && !size; i++) {
		Elf_Data *data;
		GElf_Phdr p;

		if (!gelf_getphdr(elf, i, &p) || p.p_type != PT_NOTE)
			continue;
		data = elf_getdata_rawchunk(elf, p.p_offset, p.p_filesz,
					    p.p_align == 8 ? ELF_T_NHDR8 :
					    ELF_T_NHDR);
		if (data)
			size = find_note(data, id);
	}
	elf_end(elf);
	return size;
}
