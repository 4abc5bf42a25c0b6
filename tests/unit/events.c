/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random events of all sizes must be the same after writing and reading. The
 * reader must not crash on a record with a changed or missing byte.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "stream/events.h"

enum { EVENTS = 20000, CHANGES = 20000 };

static uint64_t any_number(void)
{
	uint64_t bits = (uint64_t)random() << 33 ^ (uint64_t)random() << 8 ^
		(uint64_t)random();
	int width = random() % 65;

	bits = width == 64 ? bits : bits & ((1ULL << width) - 1);
	return random() % 4 ? bits : -bits;
}

/* Makes an event of one of `tasks` tasks. */
static struct happening any_event(const struct happening *before, int tasks)
{
	struct happening h = {
		.ns = before->ns + any_number() % 100000 - 1000,
		.what = random() % HAPPENED_KINDS,
		.flags = random() % 3 ? 0 : random() % 8,
		.pid = random() % tasks,
		.tid = random() % tasks,
		.image = random() % 3,
		.id = { random() % 2 ? 0xc000003e : 0x40000003,
			any_number() },
	};

	for (int i = 0; i < 6; i++)
		h.args[i] = random() % 2 ? before->args[i] : any_number();
	return h;
}

static void write_all(FILE *file, const struct happening *events)
{
	struct stream_writer *stream = stream_writer_new(file);
	struct events_writer *writer = events_writer_new(stream,
							 STREAM_TRACED);

	events_image(writer, "/bin/a");
	events_image(writer, NULL);
	events_image(writer, "/bin/\xff");
	for (int i = 0; i < EVENTS; i++)
		events_add(writer, &events[i]);
	events_flush(writer);
	events_writer_free(writer);
	stream_writer_finish(stream);
}

static void check_record(const struct stream_record *record,
			 const struct happening *events, int *n)
{
	struct events_reader reader;
	struct happening h;
	enum events_next next;

	if (!events_open(&reader, record))
		message_fatal("cannot open the record after event %d", *n);
	while ((next = events_next(&reader, &h)) == EVENTS_ONE) {
		if (*n == EVENTS || memcmp(&h, &events[*n], sizeof(h)))
			message_fatal("event %d differs after reading", *n);
		++*n;
	}
	if (next != EVENTS_END)
		message_fatal("no end after event %d", *n);
}

static void check_round_trip(int tasks)
{
	struct happening *events = calloc(EVENTS, sizeof(*events));
	struct happening none = { .ns = 1000 };
	struct stream_record record;
	struct stream_reader *reader;
	enum stream_event event;
	char *data;
	size_t size;
	FILE *file = open_memstream(&data, &size);
	int n = 0;

	for (int i = 0; i < EVENTS; i++)
		events[i] = any_event(i ? &events[i - 1] : &none, tasks);
	write_all(file, events);
	fclose(file);
	file = fmemopen(data, size, "r");
	reader = stream_reader_new(file);
	while ((event = stream_next(reader, &record)) == STREAM_SEGMENT ||
	       event == STREAM_RECORD)
		if (event == STREAM_RECORD && record.kind == STREAM_TRACED)
			check_record(&record, events, &n);
	if (event != STREAM_COMPLETE || n != EVENTS)
		message_fatal("%d of %d events were read", n, EVENTS);
	stream_reader_free(reader);
	fclose(file);
	free(data);
	free(events);
}

/*
 * Reads all events. The copy has the exact size, so that ASan sees reads beyond
 * its end.
 */
static void read_bytes(const uint8_t *bytes, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);
	struct stream_record record = { .data = copy, .size = size };
	struct events_reader reader;
	struct happening h;

	memcpy(copy, bytes, size);
	if (events_open(&reader, &record))
		while (events_next(&reader, &h) == EVENTS_ONE)
			if (h.what >= HAPPENED_KINDS)
				message_fatal("an event has an unknown kind");
	free(copy);
}

static void check_hostile(void)
{
	static const uint8_t good[] = {
		0x94, 7, 5, 0x9c, 0, 0, 1, 2, 0, 0xce, 0xc0, 0, 0, 0x3e,
		1, 0, 1, 2, 0, 0,
		0xdc, 0, 12, 63, 0, 39, 0x40, 0xd0, 0x80, 0xcd, 1, 2, 1, 2,
		3, 4, 5, 6,
	};
	uint8_t bad[sizeof(good)];

	for (size_t size = 0; size <= sizeof(good); size++)
		read_bytes(good, size);
	for (int i = 0; i < CHANGES; i++) {
		memcpy(bad, good, sizeof(good));
		for (int n = random() % 3; n >= 0; n--)
			bad[random() % sizeof(bad)] = random();
		read_bytes(bad, sizeof(bad) - random() % 3);
	}
}

int main(int argc, char **argv)
{
	(void)argc;
	message_init("events", 1, argv);
	check_round_trip(2);
	check_round_trip(100);
	check_round_trip(1000);
	check_hostile();
	return message_finish();
}
