/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --ndjson: writes the events of a stream as they are read, each as a line of
 * JSON. jansson encodes the strings; for speed, numbers are written here.
 */
#include "ndjson.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "format.h"

/* the size of a cache in front of the hash table of names */
enum { NAMES = 1024 };

struct name {
	UT_hash_handle hh;
	struct call_id id;
	uint64_t count;		/* number of its events */
	char *json;		/* the members of the line from "arch" on */
};

struct ndjson {
	struct trace_sink sink;
	FILE *out;
	/* as JSON; includes the run if there are several runs */
	char **images;
	size_t n_images;
	char **files;		/* paths of files, as JSON */
	size_t n_files;
	struct name *names;	/* hash table of names, by call */
	struct name *recent[NAMES];
};

/*
 * Returns the value as one line, which the caller frees, and drops the
 * reference to the value.
 */
static char *dump(json_t *value)
{
	char *text = json_text(value, JSON_ENCODE_ANY | JSON_COMPACT);

	json_decref(value);
	if (!text)
		message_fatal("out of memory");
	return text;
}

static void on_image(void *arg, uint32_t number, const char *path)
{
	struct ndjson *n = arg;

	/* Each segment numbers its images from 0. */
	while (n->n_images > number)
		free(n->images[--n->n_images]);
	n->images = xgrow(n->images, n->n_images, sizeof(*n->images));
	n->images[n->n_images++] = dump(path ? text_json(path) : json_null());
}

static void on_file(void *arg, uint32_t number, const char *path)
{
	struct ndjson *n = arg;

	/* Each segment numbers its files from 0. */
	while (n->n_files > number)
		free(n->files[--n->n_files]);
	n->files = xgrow(n->files, n->n_files, sizeof(*n->files));
	n->files[n->n_files++] = dump(path ? text_json(path) : json_null());
}

static void on_run(void *arg, uint32_t image, uint32_t run)
{
	struct ndjson *n = arg;
	char *text = xasprintf("%s,\"run\":%" PRIu32, n->images[image], run);

	free(n->images[image]);
	n->images[image] = text;
}

/* Returns "\"arch\":\"x86_64\",\"nr\":39,\"name\":\"getpid\"". */
static char *call_json(struct call_id id)
{
	char *text = dump(json_pack("{s:o,s:i,s:o}", "arch", arch_json(id),
				    "nr", (int)id.nr, "name", name_json(id)));
	char *members = xasprintf("%.*s", (int)strlen(text) - 2, text + 1);

	free(text);
	return members;
}

static struct name *name_of(struct ndjson *n, struct call_id id)
{
	struct name **recent = &n->recent[(id.nr ^ id.arch * 31) % NAMES];
	struct name *name;

	if (*recent && !call_id_compare(&(*recent)->id, &id))
		return *recent;
	HASH_FIND(hh, n->names, &id, sizeof(id), name);
	if (!name) {
		name = xcalloc(1, sizeof(*name));
		name->id = id;
		name->json = call_json(id);
		HASH_ADD(hh, n->names, id, sizeof(id), name);
	}
	return *recent = name;
}

static char *put_uint(char *p, uint64_t value)
{
	char digits[20];
	int n = 0;

	do
		digits[n++] = '0' + value % 10;
	while (value /= 10);
	while (n)
		*p++ = digits[--n];
	return p;
}

static char *put_int(char *p, int64_t value)
{
	if (value >= 0)
		return put_uint(p, value);
	*p++ = '-';
	return put_uint(p, -(uint64_t)value);
}

static char *put_text(char *p, const char *text)
{
	return stpcpy(p, text);
}

/*
 * Writes ,"args":[…] as signed numbers, so that -1 is written as -1 and jq
 * keeps every digit.
 */
static char *put_call(struct ndjson *n, char *p, const struct happening *h)
{
	struct name *name = name_of(n, h->id);

	name->count++;
	*p++ = ',';
	p = put_text(p, name->json);
	if (h->flags) {
		char *flags = dump(flags_json(h->flags));

		p = put_text(put_text(p, ",\"flags\":"), flags);
		free(flags);
		return p;
	}
	p = put_text(p, ",\"args\":[");
	for (int i = 0; i < 6; i++) {
		if (i)
			*p++ = ',';
		p = put_int(p, h->args[i]);
	}
	*p++ = ']';
	return p;
}

static char *put_task(char *p, const struct happening *h)
{
	switch (h->what) {
	case HAPPENED_FORK:
		p = put_text(p, ",\"child\":{\"pid\":");
		p = put_uint(p, h->args[1]);
		p = put_text(p, ",\"tid\":");
		p = put_uint(p, h->args[0]);
		*p++ = '}';
		break;
	case HAPPENED_EXIT:
		if (h->args[0] & 0x7f) {
			p = put_text(p, ",\"signal\":");
			return put_uint(p, h->args[0] & 0x7f);
		}
		p = put_text(p, ",\"status\":");
		p = put_uint(p, h->args[0] >> 8 & 0xff);
		break;
	}
	return p;
}

/* Writes ,"result":-2,"duration":120. */
static char *put_result(struct ndjson *n, char *p, const struct happening *h)
{
	*p++ = ',';
	p = put_text(p, name_of(n, h->id)->json);
	p = put_text(p, ",\"result\":");
	p = put_int(p, h->args[0]);
	p = put_text(p, ",\"duration\":");
	return put_uint(p, h->args[1]);
}

/* Writes ,"first":"/etc/passwd". */
static void put_file(const struct ndjson *n, const char *key, uint64_t number)
{
	if (number && number <= n->n_files)
		fprintf(n->out, ",\"%s\":%s", key, n->files[number - 1]);
}

static void put_files(const struct ndjson *n, const struct happening *h)
{
	if (h->what != HAPPENED_RESULT)
		return;
	put_file(n, "first", h->args[2]);
	put_file(n, "second", h->args[3]);
	put_file(n, "returned", h->args[4]);
}

static void on_event(void *arg, const struct happening *h)
{
	static const char *const whats[HAPPENED_KINDS] = {
		[HAPPENED_CALL] = "call", [HAPPENED_FORK] = "fork",
		[HAPPENED_EXEC] = "exec", [HAPPENED_EXIT] = "exit",
		[HAPPENED_RESULT] = "result",
	};
	struct ndjson *n = arg;
	char line[1024], *p = line;

	p = put_text(p, "{\"event\":\"");
	p = put_text(p, whats[h->what]);
	p = put_text(p, "\",\"ns\":");
	p = put_uint(p, h->ns);
	p = put_text(p, ",\"pid\":");
	p = put_uint(p, h->pid);
	p = put_text(p, ",\"tid\":");
	p = put_uint(p, h->tid);
	p = h->what == HAPPENED_CALL ? put_call(n, p, h) :
		h->what == HAPPENED_RESULT ? put_result(n, p, h) :
		put_task(p, h);
	p = put_text(p, ",\"image\":");
	fwrite_unlocked(line, 1, p - line, n->out);
	fputs_unlocked(n->images[h->image], n->out);
	put_files(n, h);
	fputs_unlocked("}\n", n->out);
}

static void on_pause(void *arg)
{
	struct ndjson *n = arg;

	fflush(n->out);
}

struct ndjson *ndjson_new(FILE *out)
{
	struct ndjson *n = xcalloc(1, sizeof(*n));

	n->out = out;
	n->sink = (struct trace_sink){
		.image = on_image, .run = on_run, .event = on_event, .pause = on_pause,
		.file = on_file, .arg = n,
	};
	return n;
}

const struct trace_sink *ndjson_sink(const struct ndjson *n)
{
	return &n->sink;
}

void ndjson_finish(struct ndjson *n, const struct trace *trace)
{
	uint64_t lost = 0;
	struct call_total *totals;
	size_t n_totals;

	for (size_t i = 0; i < trace->n_runs; i++)
		lost = count_add(lost, run_lost(trace->runs[i], "event"));
	if (!lost)
		return;
	message_note("%" PRIu64 " events were lost while recording: the last "
		     "lines list the calls that lack events",
		     lost);
	totals = trace_totals(trace, NULL, NULL, &n_totals);
	for (size_t i = 0; i < n_totals; i++) {
		struct name *name = name_of(n, totals[i].id);

		if (totals[i].count > name->count)
			fprintf(n->out, "{\"event\":\"lost\",\"count\":%" PRIu64
				",%s}\n", totals[i].count - name->count,
				name->json);
	}
	free(totals);
}

void ndjson_free(struct ndjson *n)
{
	struct name *name, *next;

	if (!n)
		return;
	while (n->n_images)
		free(n->images[--n->n_images]);
	while (n->n_files)
		free(n->files[--n->n_files]);
	free(n->files);
	HASH_ITER(hh, n->names, name, next) {
		HASH_DELETE(hh, n->names, name);
		free(name->json);
		free(name);
	}
	free(n->images);
	free(n);
}
