/* SPDX-License-Identifier: Apache-2.0 */
#include "process/peek.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "process/file-child.h"

enum {
	PAGE = 4096, PAGES = UNWIND_STACK / PAGE,
	/*
	 * usually more than the mappings of a process, of which there are at
	 * most 65,530
	 */
	MAPS_MAX = 16 << 20,	/* bytes */
	/* more bytes than an execve(2) can pass */
	ARGUMENTS_MAX = 8 << 20,
};
_Static_assert(sizeof(struct peek_stack) <= FILE_CHILD_BYTES, "an answer");

struct peek {
	struct file_child *child;
};

struct question {
	pid_t id;
	enum ask { ASK_STACK, ASK_MAPS, ASK_ARGUMENTS, ASK_MORE } what;
};

/* The child */

/*
 * /proc/TID/syscall (proc(5)) only has the stack pointer and the program
 * counter of the waiting task. To read the other registers with ptrace(2), the
 * task would have to be stopped. But the signal that stops it would arrive in
 * the middle of its call, which would end with EINTR.
 */
static bool read_registers(pid_t tid, uint64_t *sp, uint64_t *pc)
{
	char path[32], line[256];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, line, sizeof(line) - 1);
	close(fd);
	line[n > 0 ? n : 0] = '\0';
	return sscanf(line, "%*s %*s %*s %*s %*s %*s %*s %" SCNx64 " %" SCNx64,
		      sp, pc) == 2;
}

/*
 * Copies whole pages, as many as exist, from the page of the stack pointer on.
 */
static size_t copy_stack(pid_t tid, uint64_t base, uint8_t bytes[UNWIND_STACK])
{
	struct iovec to = { bytes, UNWIND_STACK }, from[PAGES];
	ssize_t n;

	for (size_t i = 0; i < PAGES; i++)
		from[i] = (struct iovec){ (void *)(base + i * PAGE), PAGE };
	n = process_vm_readv(tid, &to, 1, from, PAGES, 0);
	return n > 0 ? n : 0;
}

/* If the stack cannot be read, all of `s` is zero. */
static void read_stack(pid_t tid, struct peek_stack *s)
{
	memset(s, 0, sizeof(*s));
	if (!read_registers(tid, &s->sp, &s->pc))
		return;
	s->base = s->sp & -(uint64_t)PAGE;
	s->size = copy_stack(tid, s->base, s->bytes);
}

/*
 * Answers with a byte that says whether the file could be read, and then the
 * next part of its text. An answer without text means that the end was reached.
 */
static size_t read_file(const struct question *q, char *answer)
{
	static int fd = -1;
	char path[32];
	ssize_t n = 0;

	if (q->what != ASK_MORE) {
		if (fd >= 0)
			close(fd);
		snprintf(path, sizeof(path), "/proc/%d/%s", q->id,
			 q->what == ASK_MAPS ? "maps" : "cmdline");
		fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (fd >= 0)
		n = read(fd, answer + 1, FILE_CHILD_BYTES - 1);
	*answer = fd >= 0 && n >= 0;
	return 1 + (n > 0 ? n : 0);
}

static size_t work(void *unused, const void *request, size_t size,
		   void *answer)
{
	struct question q = { 0 };

	(void)unused;
	memcpy(&q, request, size < sizeof(q) ? size : sizeof(q));
	if (q.what != ASK_STACK)
		return read_file(&q, answer);
	read_stack(q.id, answer);
	return sizeof(struct peek_stack);
}

/* The parent */

struct peek *peek_new(void)
{
	struct peek *p = xcalloc(1, sizeof(*p));

	p->child = file_child_new(work, NULL);
	return p;
}

void peek_free(struct peek *p)
{
	if (!p)
		return;
	file_child_free(p->child);
	free(p);
}

bool peek_stack(struct peek *p, pid_t tid, struct peek_stack *stack)
{
	struct question q = { tid, ASK_STACK };

	return file_child_ask(p->child, &q, sizeof(q), stack,
			      sizeof(*stack)) &&
		stack->sp && stack->size <= sizeof(stack->bytes);
}

/*
 * Returns the text of a file, which the caller frees, or NULL. If not all of it
 * could be read, `*whole` is false. Each part can take long, so there is a time
 * limit for all of them.
 */
static char *read_text(struct peek *p, struct question q, size_t most,
		       size_t *n, bool *whole)
{
	static char answer[FILE_CHILD_BYTES];
	uint64_t end = now_ns() + FILE_CHILD_MS * 1000000ULL;
	char *text = NULL;
	int size = 0;

	*n = 0;
	*whole = false;
	while (!*whole && *n <= most && now_ns() < end) {
		if (!file_child_send(p->child, &q, sizeof(q)))
			break;
		size = file_child_receive(p->child, answer, sizeof(answer),
					  FILE_CHILD_MS);
		if (size < 1 || !*answer)
			break;
		text = xrealloc(text, *n + size, 1);
		memcpy(text + *n, answer + 1, size - 1);
		*n += size - 1;
		text[*n] = '\0';
		*whole = size == 1;
		q.what = ASK_MORE;
	}
	return text;
}

char *peek_arguments(struct peek *p, pid_t pid, size_t *n)
{
	struct question q = { pid, ASK_ARGUMENTS };
	bool whole;
	char *text = read_text(p, q, ARGUMENTS_MAX, n, &whole);

	if (whole)
		return text;
	free(text);
	return NULL;
}

struct mapping *peek_mappings(struct peek *p, pid_t pid, size_t *n)
{
	struct question q = { pid, ASK_MAPS };
	size_t size;
	bool whole;
	char *text = read_text(p, q, MAPS_MAX, &size, &whole), *rest = text;
	char *line;
	struct mapping *list = NULL, m;

	*n = 0;
	while ((line = strsep(&rest, "\n"))) {
		if (!mapping_parse(line, &m))
			continue;
		if (!m.executable) {
			free(m.path);
			continue;
		}
		list = xgrow(list, *n, sizeof(*list));
		list[(*n)++] = m;
	}
	free(text);
	return list;
}
