/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/fact-shape.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "stream/stack.h"

/* The range of an answer: linux/err.h, signal(7). */
enum { ANSWER_ERRNO_MAX = 4095, DENIAL_SIGNAL_MAX = 64 };

static void put_u64(uint64_t value, uint8_t *to)
{
	for (int i = 0; i < 8; i++)
		to[i] = value >> (56 - 8 * i);
}

static uint64_t get_u64(const uint8_t *from)
{
	uint64_t value = 0;

	for (int i = 0; i < 8; i++)
		value = value << 8 | from[i];
	return value;
}

size_t argument_values(const struct fact *fact,
		       struct argument_value values[ARGUMENT_VALUES_MAX])
{
	const uint8_t *at = fact->detail;
	size_t n = fact->detail_size / ARGUMENT_DETAIL_SIZE;

	for (size_t i = 0; i < n; i++, at += ARGUMENT_DETAIL_SIZE)
		values[i] = (struct argument_value){
			at[0], get_u64(at + 1), get_u64(at + 9)
		};
	return n;
}

void argument_detail(const struct argument_value *values, size_t n,
		     uint8_t *detail)
{
	for (size_t i = 0; i < n; i++, detail += ARGUMENT_DETAIL_SIZE) {
		detail[0] = values[i].index;
		put_u64(values[i].mask, detail + 1);
		put_u64(values[i].value, detail + 9);
	}
}

/* In a stream, a value is its index, mask and value; the next value follows. */
static bool read_values(const msgpack_object *o, uint8_t *detail, size_t *size)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	const msgpack_object *part = o->via.array.ptr;
	size_t n = o->via.array.size / 3;
	uint64_t index;

	if (o->type != MSGPACK_OBJECT_ARRAY || o->via.array.size % 3 ||
	    n > ARGUMENT_VALUES_MAX)
		return false;
	for (size_t i = 0; i < n; i++, part += 3) {
		if (!uint_unpack(&part[0], ARGUMENT_VALUES_MAX - 1, &index) ||
		    !uint_unpack(&part[1], UINT64_MAX, &values[i].mask) ||
		    !uint_unpack(&part[2], UINT64_MAX, &values[i].value) ||
		    values[i].value & ~values[i].mask ||
		    (i && index <= values[i - 1].index))
			return false;
		values[i].index = index;
	}
	argument_detail(values, n, detail);
	*size = n * ARGUMENT_DETAIL_SIZE;
	return true;
}

static void write_values(const struct fact *fact, msgpack_packer *pk)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	size_t n = argument_values(fact, values);

	msgpack_pack_array(pk, 3 * n);
	for (size_t i = 0; i < n; i++) {
		msgpack_pack_uint8(pk, values[i].index);
		msgpack_pack_uint64(pk, values[i].mask);
		msgpack_pack_uint64(pk, values[i].value);
	}
}

static bool read_path(const msgpack_object *o, uint8_t *detail, size_t *size)
{
	char *text;

	if (!text_unpack(o, &text))
		return false;
	*size = strlen(text);
	if (*size <= PATH_FACT_MAX)
		memcpy(detail, text, *size);
	free(text);
	return *size && *size <= PATH_FACT_MAX;
}

static void write_path(const struct fact *fact, msgpack_packer *pk)
{
	char *text = path_of_fact(fact);

	text_pack(text, pk);
	free(text);
}

char *path_of_fact(const struct fact *fact)
{
	char *text = xcalloc(fact->detail_size + 1, 1);

	if (fact->detail_size)
		memcpy(text, fact->detail, fact->detail_size);
	return text;
}

/* A move is an array of two paths. */
static bool read_move(const msgpack_object *o, uint8_t *detail, size_t *size)
{
	const msgpack_object *paths = o->via.array.ptr;
	size_t first, second;

	if (o->type != MSGPACK_OBJECT_ARRAY || o->via.array.size != 2 ||
	    !read_path(&paths[0], detail, &first))
		return false;
	detail[first] = '\0';
	if (!read_path(&paths[1], detail + first + 1, &second))
		return false;
	*size = first + 1 + second;
	return true;
}

static void write_move(const struct fact *fact, msgpack_packer *pk)
{
	char *from = path_of_fact(fact);

	msgpack_pack_array(pk, 2);
	text_pack(from, pk);
	text_pack(from + strlen(from) + 1, pk);
	free(from);
}

uint32_t privilege_of(const struct fact *fact)
{
	return (uint32_t)fact->detail[0] << 8 | fact->detail[1];
}

void privilege_detail(uint32_t what, uint8_t detail[PRIVILEGE_DETAIL_SIZE])
{
	detail[0] = what >> 8;
	detail[1] = what;
}

static bool read_privilege(const msgpack_object *o, uint8_t *detail,
			   size_t *size)
{
	uint64_t what;

	if (!uint_unpack(o, PRIVILEGE_OF_NAMESPACES, &what) ||
	    (what & ~(uint64_t)(PRIVILEGE_CAPABILITY | PRIVILEGE_IS_AMBIENT) &&
	     what != PRIVILEGE_OF_NAMESPACES))
		return false;
	privilege_detail(what, detail);
	*size = PRIVILEGE_DETAIL_SIZE;
	return true;
}

static void write_privilege(const struct fact *fact, msgpack_packer *pk)
{
	msgpack_pack_uint16(pk, privilege_of(fact));
}

/* A starter is a path, or nothing for the image `other`. */
static bool read_starter(const msgpack_object *o, uint8_t *detail,
			 size_t *size)
{
	*size = 0;
	return o->type == MSGPACK_OBJECT_NIL || read_path(o, detail, size);
}

static void write_starter(const struct fact *fact, msgpack_packer *pk)
{
	if (fact->detail_size)
		write_path(fact, pk);
	else
		msgpack_pack_nil(pk);
}

/* A name has at most NAME_FACT_MAX bytes. */
static bool read_name(const msgpack_object *o, uint8_t *detail, size_t *size)
{
	return read_path(o, detail, size) && *size <= NAME_FACT_MAX;
}

static bool read_address(const msgpack_object *o, uint8_t *detail,
			 size_t *size)
{
	if (o->type != MSGPACK_OBJECT_BIN ||
	    o->via.bin.size > ADDRESS_FACT_MAX)
		return false;
	*size = o->via.bin.size;
	if (*size)
		memcpy(detail, o->via.bin.ptr, *size);
	return true;
}

static void write_address(const struct fact *fact, msgpack_packer *pk)
{
	msgpack_pack_bin_with_body(pk, fact->detail, fact->detail_size);
}

/* Reads one frame: four elements of the array, from `f` on. */
static bool read_frame(const msgpack_object *f, struct stack_writer *to)
{
	struct stack_frame frame = { 0 };
	char *function = NULL, *file = NULL;
	bool ok = text_unpack(&f[0], &function) && text_unpack(&f[1], &file) &&
		uint_unpack(&f[2], UINT64_MAX, &frame.address) &&
		f[3].type == MSGPACK_OBJECT_BIN &&
		f[3].via.bin.size <= BUILD_ID_MAX;

	if (ok) {
		frame.function = function;
		frame.file = file;
		frame.build_id = (const uint8_t *)f[3].via.bin.ptr;
		frame.build_id_size = f[3].via.bin.size;
		ok = stack_add(to, &frame);
	}
	free(function);
	free(file);
	return ok;
}

/*
 * A stack is an array of two arrays: values as in an argument's record, and
 * frames.
 */
static bool read_stack(const msgpack_object *o, uint8_t *detail, size_t *size)
{
	const msgpack_object *part = o->via.array.ptr;
	uint8_t values[ARGUMENT_VALUES_MAX * ARGUMENT_DETAIL_SIZE];
	struct stack_writer to;
	size_t n;

	if (o->type != MSGPACK_OBJECT_ARRAY || o->via.array.size != 2 ||
	    !read_values(&part[0], values, &n) ||
	    part[1].type != MSGPACK_OBJECT_ARRAY || !part[1].via.array.size ||
	    part[1].via.array.size % STACK_FRAME_FIELDS)
		return false;
	stack_begin(&to, detail, values, n);
	for (uint32_t i = 0; i < part[1].via.array.size;
	     i += STACK_FRAME_FIELDS)
		if (!read_frame(&part[1].via.array.ptr[i], &to))
			return false;
	*size = to.size;
	return true;
}

static void write_stack(const struct fact *fact, msgpack_packer *pk)
{
	struct fact values = stack_values(fact);
	struct stack_frame frames[STACK_FRAMES_MAX];
	size_t n = stack_frames(fact, frames);

	msgpack_pack_array(pk, 2);
	write_values(&values, pk);
	msgpack_pack_array(pk, n * STACK_FRAME_FIELDS);
	for (size_t i = 0; i < n; i++) {
		text_pack(frames[i].function, pk);
		text_pack(frames[i].file, pk);
		msgpack_pack_uint64(pk, frames[i].address);
		msgpack_pack_bin_with_body(pk, frames[i].build_id,
					   frames[i].build_id_size);
	}
}

const struct fact_shape fact_shapes[FACT_KINDS] = {
#define PROBLEMS(kind) \
	"malformed " kind " record", kind " record without a list of runs", \
	kind " record with an unknown run"
	[FACT_CALL] = { STREAM_CALL, true, 0, 0, false, NULL, NULL,
			PROBLEMS("call") },
	[FACT_DENIAL] = { STREAM_DENIAL, true, -ANSWER_ERRNO_MAX,
			  DENIAL_SIGNAL_MAX, false, NULL, NULL,
			  PROBLEMS("denial") },
	[FACT_OPERATION] = { STREAM_OPERATION, false, 0, 0, false, NULL, NULL,
			     PROBLEMS("operation") },
	[FACT_ARGUMENT] = { STREAM_ARGUMENT, true, 0, 0, false, read_values,
			    write_values, PROBLEMS("argument") },
	[FACT_PATH] = { STREAM_PATH, false, -ANSWER_ERRNO_MAX, 0, true,
			read_path, write_path, PROBLEMS("path") },
	[FACT_SOCKET] = { STREAM_SOCKET, true, -ANSWER_ERRNO_MAX, 0, true,
			  read_address, write_address, PROBLEMS("socket") },
	[FACT_MOVE] = { STREAM_MOVE, false, -ANSWER_ERRNO_MAX, 0, true,
			read_move, write_move, PROBLEMS("move") },
	[FACT_START] = { STREAM_START, false, 0, 0, false, read_starter,
			 write_starter, PROBLEMS("start") },
	[FACT_PRIVILEGE] = { STREAM_PRIVILEGE, true, 0, 0, false,
			     read_privilege, write_privilege,
			     PROBLEMS("privilege") },
	[FACT_NAME] = { STREAM_NAME, false, 0, 0, false, read_name, write_path,
			PROBLEMS("name") },
	[FACT_STACK] = { STREAM_STACK, true, 0, 0, false, read_stack,
			 write_stack, PROBLEMS("stack") },
	[FACT_THREAD] = { STREAM_THREAD, false, 0, 0, false, NULL, NULL,
			  PROBLEMS("thread") },
#undef PROBLEMS
};
