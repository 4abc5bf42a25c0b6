/* SPDX-License-Identifier: Apache-2.0 */
#include "records.h"

#include <linux/audit.h>
#include <msgpack.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "names.h"
#include "kernel/path.h"
#include "stream/keep.h"
#include "stream/stack.h"
#include "stream/stream.h"
#include "stream/trace.h"

enum { IMAGES_MAX = 4, RUNS_MAX = 3, TEXT_ROOM = 128 };

struct maker {
	const uint8_t *at, *end;
	struct trace *trace;
};

static uint8_t byte(struct maker *m)
{
	return m->at < m->end ? *m->at++ : 0;
}

static uint32_t number(struct maker *m)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 8 | byte(m);
	return value;
}

/* Returns small numbers more often, and bits at both ends of the word. */
static uint64_t big_number(struct maker *m)
{
	uint8_t shape = byte(m);

	if (shape < 0x80)
		return shape;
	if (shape < 0xc0)
		return 1ULL << (shape & 63);
	return (uint64_t)number(m) << 32 | number(m);
}

/* Adds bytes of the input, or a text that a rule of sp-emit recognizes. */
static void add_text(struct maker *m, char *text, size_t room)
{
	static const char *const known[] = {
		"/proc/1234/task/12/", "/tmp/x.aB3dE9", "/usr/lib/liby.so.1.2.3",
		"/2026-11-24", "0123456789abcdef0123", "/..", "/.", "//", "*",
		"/dev/null", "\x01", "\\x2f", "\n", "\xff\xfe", "\"", "'", "%s",
		"/etc/a b", "/run/x.sock", "#123", "...", "@{HOME}", "/sys/fs",
		"[a-z]", "{b,c}", "/memfd:x (deleted)", "\t", "\x1b[2J", "?",
		"^", "$(x)", "*/",
	};
	uint8_t choice = byte(m);
	size_t n = choice & 15, used = strlen(text);

	if (choice >= 0x80)
		snprintf(text + used, room - used, "%s", known[choice % 32]);
	else
		for (; n && used + 1 < room; n--) {
			uint8_t c = byte(m);

			text[used++] = c ? c : '/';
			text[used] = '\0';
		}
}

static void make_text(struct maker *m, char text[TEXT_ROOM], const char *start)
{
	int parts = byte(m) & 3;

	snprintf(text, TEXT_ROOM, "%s", start);
	for (int i = 0; i <= parts; i++)
		add_text(m, text, TEXT_ROOM);
}

static char *new_text(struct maker *m, const char *start)
{
	char text[TEXT_ROOM];

	make_text(m, text, start);
	return xstrdup(text);
}

static char **new_texts(struct maker *m, const char *first)
{
	char **texts = xcalloc(3, sizeof(*texts));

	texts[0] = xstrdup(first);
	if (byte(m) & 1)
		texts[1] = new_text(m, "");
	return texts;
}

static void make_losses(struct maker *m, struct run *run)
{
	static const char *const kinds[] = {
		"call", "detail", "image", "record", "task", "path", "socket",
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		run_lose(run, kinds[i], 0);
	if (byte(m) & 1)
		run_lose(run, kinds[byte(m) % 7], big_number(m));
}

static void make_run(struct maker *m)
{
	uint8_t flags = byte(m);
	struct run run = {
		.name = new_text(m, "n"), .start_ns = big_number(m),
		.duration_ns = big_number(m), .version = xstrdup("0.1.0"),
		.kernel = xstrdup("6.1.0"), .machine = xstrdup("x86_64"),
		.arch = AUDIT_ARCH_X86_64, .cwd = new_text(m, "/"),
		.argv = flags & 1 ? new_texts(m, "a") : NULL,
		.how = new_texts(m, flags & 2 ? "paths" : "command"),
		.blind = new_texts(m, "x"), .has_status = flags & 4,
		.status = (int8_t)byte(m), .complete = !(flags & 8),
	};

	memset(run.id, m->trace->n_runs, RUN_ID_SIZE);
	make_losses(m, &run);
	if (flags & 16) {
		run.is_part = true;
		run.part = m->trace->n_runs;
		run.mark = run.part ? xstrdup("m") : NULL;
	}
	trace_add_run(m->trace, &run);
}

static void make_image(struct maker *m)
{
	static const uint8_t id[] = { 1, 2, 3, 4 };
	uint8_t flags = byte(m);
	struct image_use use = {
		.run = byte(m) % m->trace->n_runs,
		.execs = byte(m), .tasks = byte(m),
	};
	char path[TEXT_ROOM];
	uint32_t image;

	make_text(m, path, "/bin/");
	image = trace_add_image(m->trace, flags & 1 ? path :
				flags & 2 ? "/bin/b" : NULL, id,
				flags & 4 ? sizeof(id) : 0);
	trace_add_use(m->trace, image, &use);
}

static struct call_id make_id(struct maker *m)
{
	static const uint32_t archs[] = {
		AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64,
	};
	uint8_t arch = byte(m), shape = byte(m);
	struct call_id id = { archs[arch % 3], byte(m) };

	if (shape & 1)
		id.nr += 256;
	if (shape == 0xff)
		id.nr = number(m);
	if (shape == 0x80)
		id.nr |= 0x40000000;
	if (arch == 0xff)
		id.arch = number(m);
	return id;
}

static size_t make_values(struct maker *m, uint8_t *detail)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	uint8_t which = byte(m);
	size_t n = 0;

	for (int i = 0; i < ARGUMENT_VALUES_MAX; i++) {
		uint64_t mask;

		if (!(which & 1 << i))
			continue;
		mask = which & 0x80 ? UINT32_MAX : big_number(m);
		values[n++] = (struct argument_value){
			i, mask, big_number(m) & mask,
		};
	}
	argument_detail(values, n, detail);
	return n * ARGUMENT_DETAIL_SIZE;
}

static int32_t make_answer(struct maker *m, enum fact_kind kind)
{
	int32_t answer = -(int32_t)(byte(m) & 0x7f);

	if (kind == FACT_DENIAL)
		return answer ? answer : 9;
	return answer < -40 ? 0 : answer;
}

/* Adds a stack to a fact: its detail and its other fields. */
static void make_stack(struct maker *m, struct fact *fact)
{
	static const uint8_t id[] = { 1, 2, 3, 4 };
	struct argument_value value = { byte(m) & 3, UINT64_MAX, byte(m) };
	uint8_t values[ARGUMENT_DETAIL_SIZE];
	struct stack_writer to;

	argument_detail(&value, 1, values);
	stack_begin(&to, fact->detail, values,
		    byte(m) & 1 ? sizeof(values) : 0);
	for (int i = byte(m) & 3; i >= 0; i--) {
		char function[TEXT_ROOM], file[TEXT_ROOM];

		make_text(m, function, byte(m) & 1 ? "f" : "");
		make_text(m, file, "/lib/");
		stack_add(&to, &(struct stack_frame){
			function, file, big_number(m), id, byte(m) & 4 });
	}
	fact->detail_size = to.size;
}

static void make_detail(struct maker *m, enum fact_kind kind, struct fact *fact)
{
	char *text = (char *)fact->detail;

	switch (kind) {
	case FACT_ARGUMENT:
		fact->id = make_id(m);
		fact->detail_size = make_values(m, fact->detail);
		break;
	case FACT_PATH:
	case FACT_MOVE:
		fact->id = (struct call_id){ 0, number(m) };
		make_text(m, text, "/");
		fact->detail_size = strlen(text);
		if (kind == FACT_PATH)
			break;
		text += fact->detail_size + 1;
		make_text(m, text, "/");
		fact->detail_size += 1 + strlen(text);
		break;
	case FACT_SOCKET:
		fact->id = (struct call_id){ byte(m) % 48, byte(m) & 3 };
		fact->id.nr |= (byte(m) & 7) << 8;
		for (size_t i = byte(m) % 20; i; i--)
			fact->detail[fact->detail_size++] = byte(m);
		break;
	case FACT_START:
		make_text(m, text, byte(m) & 1 ? "/bin/" : "");
		fact->detail_size = strlen(text);
		break;
	case FACT_NAME:
		fact->id = (struct call_id){ 0, byte(m) & 1 };
		make_text(m, text, byte(m) & 1 ? "/bin/" : "n");
		fact->detail_size = strlen(text);
		break;
	case FACT_STACK:
		fact->id = make_id(m);
		make_stack(m, fact);
		break;
	case FACT_THREAD:
		break;
	case FACT_OPERATION:
		fact->id = (struct call_id){ 0, byte(m) };
		break;
	case FACT_PRIVILEGE:
		fact->id = make_id(m);
		if (fact->id.nr == 255)
			fact->id.nr = -1;
		privilege_detail(byte(m) & 64 ? PRIVILEGE_OF_NAMESPACES :
				 byte(m) & 127,
				 fact->detail);
		fact->detail_size = PRIVILEGE_DETAIL_SIZE;
		break;
	default:
		fact->id = make_id(m);
	}
}

static void make_fact(struct maker *m, enum fact_kind kind)
{
	static uint8_t detail[2 * PATH_FACT_MAX + 1];
	struct fact fact = {
		.image = byte(m) % m->trace->n_images, .detail = detail,
	};
	struct sighting sighting = {
		.run = byte(m) % m->trace->n_runs, .count = 1 + byte(m),
		.first_ns = byte(m), .flags = byte(m),
	};

	if (kind == FACT_DENIAL || kind == FACT_PATH || kind == FACT_SOCKET ||
	    kind == FACT_MOVE)
		fact.answer = make_answer(m, kind);
	make_detail(m, kind, &fact);
	trace_add_fact(m->trace, kind, &fact, &sighting);
}

static void make_record(struct maker *m)
{
	uint8_t what = byte(m) % 16;

	if (what < FACT_KINDS)
		make_fact(m, what);
	else if (what == 12 && m->trace->n_images < IMAGES_MAX)
		make_image(m);
	else if (what == 13 && m->trace->n_runs < RUNS_MAX)
		make_run(m);
	else if (what == 14)
		m->trace->keep = KEEP_MIN + byte(m);
	else	/* most formats use facts of these kinds */
		make_fact(m, what & 1 ? FACT_CALL : FACT_PATH);
}

static void make_trace(struct maker *m, FILE *out)
{
	m->trace = trace_new();
	make_run(m);
	make_image(m);
	while (m->at < m->end)
		make_record(m);
	trace_write(m->trace, out);
	trace_free(m->trace);
}

/* The functions below write records from the bytes of the input. */

/* Adds up the counts of a call's sightings, which are in the last field. */
static void count_calls(struct stream_writer *w,
			const struct stream_record *record)
{
	const msgpack_object_array *list, *one;

	if (record->kind != STREAM_CALL || record->n_fields != 4 ||
	    record->fields[3].type != MSGPACK_OBJECT_ARRAY)
		return;
	list = &record->fields[3].via.array;
	for (uint32_t i = 0; i < list->size; i++) {
		one = &list->ptr[i].via.array;
		if (list->ptr[i].type == MSGPACK_OBJECT_ARRAY &&
		    one->size > 1 &&
		    one->ptr[1].type == MSGPACK_OBJECT_POSITIVE_INTEGER)
			stream_writer_count(w, one->ptr[1].via.u64);
	}
}

/* Returns a truncated segment that has the header and the input. */
static FILE *open_segment(const struct maker *m, char **bytes)
{
	size_t n, cut;
	FILE *out = open_memstream(bytes, &n);
	struct stream_writer *w = stream_writer_new(out);

	stream_put(w, m->at, m->end - m->at, "", 0);
	fflush(out);
	cut = n;
	stream_writer_finish(w);
	fclose(out);
	return fmemopen(*bytes, cut, "r");
}

static void copy_records(struct maker *m, FILE *out)
{
	struct stream_writer *w = stream_writer_new(out);
	struct stream_record record;
	char *bytes = NULL;
	FILE *in = open_segment(m, &bytes);
	struct stream_reader *r = stream_reader_new(in);

	stream_next(r, &record);	/* skips the header */
	while (stream_next(r, &record) == STREAM_RECORD) {
		count_calls(w, &record);
		stream_put(w, record.data, record.size, "", 0);
	}
	stream_reader_free(r);
	fclose(in);
	free(bytes);
	stream_writer_finish(w);
}

char *records_stream(const uint8_t *data, size_t size, size_t *n)
{
	struct maker m = { .at = data, .end = data + size };
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, n);

	if (byte(&m) < 0xc0)
		make_trace(&m, out);
	else
		copy_records(&m, out);
	fclose(out);
	return bytes;
}
