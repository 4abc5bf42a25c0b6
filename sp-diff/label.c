/* SPDX-License-Identifier: Apache-2.0 */
#include "label.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "stream/keep.h"

bool is_foreign(struct call_id id, const struct arch *native)
{
	return arch_of_call(id) != native;
}

const char *build_id_label(const struct image *image, char buf[BUILD_ID_HEX])
{
	buf[0] = '\0';
	for (size_t i = 0; i < image->build_id_size; i++)
		sprintf(buf + 2 * i, "%02x", image->build_id[i]);
	return buf;
}

char *image_label(const struct image *image)
{
	char *path = text_printable(image_name(image));
	char id[BUILD_ID_HEX];
	char *label;

	if (!image->build_id_size)
		return path;
	label = xasprintf("%s@%.8s", path, build_id_label(image, id));
	free(path);
	return label;
}

const struct arch *trace_native(const struct trace *t)
{
	const struct arch *arch = NULL;

	if (t->n_runs)
		arch = arch_of_call((struct call_id){ t->runs[0]->arch, 0 });
	return arch ? arch : arch_native();
}

static bool may_lack_calls(const struct run *run, bool selected)
{
	return !run->complete || run_lost(run, "call") ||
		run_lost(run, "task") || (selected && run_lost(run, "image"));
}

void note_losses(const struct trace *t, const char *name, bool selected)
{
	char *kept = keep_text(t);
	size_t n = 0;

	if (kept)
		message_note("%s: there are %s", name, kept);
	free(kept);
	for (size_t i = 0; i < t->n_runs; i++)
		n += may_lack_calls(t->runs[i], selected);
	if (n)
		message_note("%s: %zu of %zu runs may lack calls: they were cut "
			     "short, or lost calls or tasks%s", name, n,
			     t->n_runs, selected ? " or images" : "");
}
