/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/stack.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/value.h"
#include "stream/fact-shape.h"

/*
 * A detail consists of the size of the values in one byte, the values, and the
 * frames. A frame is the function and the file, each with a NUL, the address in
 * 8 bytes, the size of the build-id in one byte, and the build-id.
 */
void stack_begin(struct stack_writer *w, uint8_t *detail,
		 const uint8_t *values, size_t size)
{
	*w = (struct stack_writer){ detail, 1 + size, 0 };
	detail[0] = size;
	if (size)
		memcpy(detail + 1, values, size);
}

static void put(struct stack_writer *w, const void *bytes, size_t n)
{
	if (n)
		memcpy(w->detail + w->size, bytes, n);
	w->size += n;
}

bool stack_add(struct stack_writer *w, const struct stack_frame *frame)
{
	size_t function = strlen(frame->function) + 1;
	size_t file = strlen(frame->file) + 1;
	uint8_t number[9];

	if (w->n == STACK_FRAMES_MAX || function > STACK_FUNCTION_MAX + 1 ||
	    file > PATH_FACT_MAX || frame->build_id_size > BUILD_ID_MAX ||
	    w->size + function + file + sizeof(number) +
	    frame->build_id_size > DETAIL_MAX)
		return false;
	for (int i = 0; i < 8; i++)
		number[i] = frame->address >> (56 - 8 * i);
	number[8] = frame->build_id_size;
	put(w, frame->function, function);
	put(w, frame->file, file);
	put(w, number, sizeof(number));
	put(w, frame->build_id, frame->build_id_size);
	w->n++;
	return true;
}

/*
 * Returns the text at `*at` and moves `*at` behind its NUL. Returns NULL if
 * there is no NUL.
 */
static const char *take_text(const uint8_t **at, const uint8_t *end)
{
	const uint8_t *text = *at, *nul = memchr(text, '\0', end - text);

	if (nul)
		*at = nul + 1;
	return nul ? (const char *)text : NULL;
}

static bool take_frame(const uint8_t **at, const uint8_t *end,
		       struct stack_frame *f)
{
	f->function = take_text(at, end);
	f->file = f->function ? take_text(at, end) : NULL;
	if (!f->file || end - *at < 9)
		return false;
	f->address = 0;
	for (int i = 0; i < 8; i++)
		f->address = f->address << 8 | *(*at)++;
	f->build_id_size = *(*at)++;
	f->build_id = *at;
	if (f->build_id_size > (size_t)(end - *at))
		return false;
	*at += f->build_id_size;
	return true;
}

/*
 * Can return fewer frames: the child process that wrote the detail is not
 * trusted, so it can be malformed.
 */
size_t stack_frames(const struct fact *fact,
		    struct stack_frame frames[STACK_FRAMES_MAX])
{
	const uint8_t *end = fact->detail + fact->detail_size;
	const uint8_t *at = fact->detail + 1;
	size_t n = 0;

	if (fact->detail[0] > end - at)
		return 0;
	at += fact->detail[0];
	while (at < end && n < STACK_FRAMES_MAX &&
	       take_frame(&at, end, &frames[n]))
		n++;
	return n;
}

struct fact stack_values(const struct fact *fact)
{
	return (struct fact){
		.image = fact->image, .id = fact->id,
		.detail = fact->detail + 1, .detail_size = fact->detail[0],
	};
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/*
 * Returns "__check_pf <- getaddrinfo (libc.so.6) <- main (/bin/app)",
 * unescaped; the caller frees it. Frames of the same file in a row are followed
 * by the file's name once. A library is shown without its folder.
 */
static char *stack_text(const struct stack_frame *frames, size_t n)
{
	char *text = NULL;

	for (size_t i = 0; i < n; i++) {
		const struct stack_frame *f = &frames[i];
		const char *file = strstr(f->file, ".so") ?
			last_part(f->file) : f->file;
		bool last = i + 1 == n || strcmp(f->file, f[1].file);
		char *one = *f->function ? xstrdup(f->function) :
			f->address ? xasprintf("0x%" PRIx64, f->address) :
			xstrdup("?");

		if (last) {
			char *both = xasprintf("%s (%s)", one, file);

			free(one);
			one = both;
		}
		text_append(&text, " <- ", one);
		free(one);
	}
	return text ? text : xstrdup("");
}

/*
 * Whether the frame is the libc function of the call. Its name is the call's,
 * apart from underscores.
 */
static bool is_wrapper(const struct stack_frame *frame, struct call_id id)
{
	char name[SYSCALL_NAME_MAX];
	const char *function = frame->function;

	return !strcmp(function + strspn(function, "_"),
		       syscall_label(id, name));
}

char *stack_callers(const struct fact *stack)
{
	struct stack_frame frames[STACK_FRAMES_MAX];
	size_t n = stack_frames(stack, frames);
	size_t skip = n && is_wrapper(&frames[0], stack->id);

	return n > skip ? stack_text(frames + skip, n - skip) : NULL;
}

char *stack_chain(const struct fact *stack)
{
	struct argument_value values[ARGUMENT_VALUES_MAX];
	struct stack_frame frames[STACK_FRAMES_MAX];
	struct fact argument = stack_values(stack);
	size_t n_values = argument_values(&argument, values);
	size_t n = stack_frames(stack, frames);
	size_t skip = n > 1 && is_wrapper(&frames[0], stack->id);
	char name[SYSCALL_NAME_MAX];
	char *call = n_values ? call_text(stack->id, values, n_values) :
		xstrdup(syscall_label(stack->id, name));
	char *rest = stack_text(frames + skip, n - skip);
	char *text = xasprintf("%s <- %s", call, rest);

	free(rest);
	free(call);
	return text;
}

static json_t *build_id_json(const struct stack_frame *f)
{
	char hex[2 * BUILD_ID_MAX + 1];

	if (!f->build_id_size || f->build_id_size > BUILD_ID_MAX)
		return json_null();
	for (size_t i = 0; i < f->build_id_size; i++)
		sprintf(hex + 2 * i, "%02x", f->build_id[i]);
	return json_string(hex);
}

json_t *stack_frames_json(const struct fact *stack)
{
	struct stack_frame frames[STACK_FRAMES_MAX];
	size_t n = stack_frames(stack, frames);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct stack_frame *f = &frames[i];

		json_array_append_new(list, json_pack("{so so so so}",
			"function", *f->function ? text_json(f->function) :
				json_null(),
			"file", text_json(f->file),
			"address", uint_json(f->address),
			"build_id", build_id_json(f)));
	}
	return list;
}
