/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "process/file-child.h"
#include "process/unwind.h"

/*
 * Whether a known register or a word of the stack points to the mapping.
 * Mappings to which nothing points cannot contain the code of a frame.
 */
static bool is_pointed_to(const struct unwind_request *head,
			  const uint8_t *stack, const struct mapping *m)
{
	uint64_t word;

	for (size_t i = 0; i < UNWIND_REGISTERS; i++)
		if (head->known >> i & 1 && head->regs[i] >= m->start &&
		    head->regs[i] <= m->end)
			return true;
	for (size_t i = 0; i < head->size / sizeof(word); i++) {
		memcpy(&word, stack + i * sizeof(word), sizeof(word));
		if (word >= m->start && word <= m->end)
			return true;
	}
	return false;
}

static void append(uint8_t *to, size_t *at, const void *bytes, size_t n)
{
	memcpy(to + *at, bytes, n);
	*at += n;
}

static bool append_mapping(uint8_t *to, size_t *at, const struct mapping *m)
{
	struct unwind_mapping mapped = {
		m->start, m->end, m->offset, m->inode, m->device_major,
		m->device_minor,
	};
	size_t path = strlen(m->path) + 1;

	if (*at + sizeof(mapped) + path > FILE_CHILD_BYTES)
		return false;
	append(to, at, &mapped, sizeof(mapped));
	append(to, at, m->path, path);
	return true;
}

/*
 * If several mappings have the same address, the child uses the first one in
 * the request.
 */
uint8_t *unwind_request_new(struct unwind_request *head, const uint8_t *stack,
			    const struct mapping *list, size_t n,
			    size_t *size)
{
	uint8_t *request = xcalloc(FILE_CHILD_BYTES, 1);

	*size = sizeof(*head);
	append(request, size, stack, head->size);
	head->n_mappings = 0;
	while (n-- && head->n_mappings < UNWIND_MAPPINGS)
		if (list[n].executable &&
		    is_pointed_to(head, stack, &list[n]) &&
		    append_mapping(request, size, &list[n]))
			head->n_mappings++;
	memcpy(request, head, sizeof(*head));
	return xrealloc(request, *size, 1);
}
