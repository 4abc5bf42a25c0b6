/* SPDX-License-Identifier: Apache-2.0 */
#include "stacks.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/value.h"
#include "stream/stack.h"

/* A function of libc that has the call's name, underscores apart. */
static bool is_wrapper(const struct stack_frame *frame, struct call_id id)
{
	char name[SYSCALL_NAME_MAX];
	const char *function = frame->function;

	return !strcmp(function + strspn(function, "_"),
		       syscall_label(id, name));
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
