/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "label.h"
#include "report.h"

/* Writes a field, with quotes if they are needed. */
static void print_field(const char *s, FILE *out)
{
	if (!strpbrk(s, ",\"\r\n")) {
		fputs(s, out);
		return;
	}
	putc('"', out);
	for (; *s; s++) {
		if (*s == '"')
			putc('"', out);
		putc(*s, out);
	}
	putc('"', out);
}

static void print_header(const struct matrix *m, bool by_image, FILE *out)
{
	fputs("arch,nr,name", out);
	if (by_image)
		fputs(",image,build_id", out);
	for (size_t i = 0; i < m->n_columns; i++) {
		putc(',', out);
		print_field(m->columns[i].name, out);
	}
	putc('\n', out);
}

static void print_image(const struct image *image, FILE *out)
{
	char *path = text_printable(image_name(image));
	char id[BUILD_ID_HEX];

	putc(',', out);
	print_field(path, out);
	fprintf(out, ",%s", build_id_label(image, id));
	free(path);
}

static void print_row(const struct matrix *m, const struct row *row, FILE *out)
{
	char arch[ARCH_NAME_MAX], buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(row->id, buf);

	fprintf(out, "%s,%" PRId32 ",%s", arch_label(row->id, arch),
		row->id.nr, name ? name : "");
	if (row->image)
		print_image(row->image, out);
	for (size_t i = 0; i < m->n_columns; i++)
		fprintf(out, ",%" PRIu64, row->counts[i]);
	putc('\n', out);
}

void report_csv(const struct matrix *m, bool by_image, FILE *out)
{
	print_header(m, by_image, out);
	for (size_t i = 0; i < m->n_rows; i++)
		print_row(m, &m->rows[i], out);
}
