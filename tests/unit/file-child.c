/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child that reads hostile files must answer, or the parent must give it up
 * in time. The parent must not wait for the child's end.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/message.h"
#include "process/file-child.h"

enum { ECHO = 'e', HANG = 'h', CRASH = 'c', EAT = 'm', LEAVE = 'l', BIG = 'b' };

static size_t work(void *count, const void *request, size_t size, void *answer)
{
	size_t *n = count;
	const char *what = request;

	++*n;
	if (*what == HANG)
		for (;;)
			pause();
	if (*what == CRASH)
		abort();
	if (*what == LEAVE)
		exit(0);
	if (*what == EAT)
		for (;;)
			memset(malloc(1 << 20), 1, 1 << 20);
	if (*what == BIG) {
		memset(answer, BIG, FILE_CHILD_BYTES);
		return FILE_CHILD_BYTES;
	}
	memcpy(answer, request, size);
	((char *)answer)[1] = '0' + *n;
	return size;
}

static void answers(void)
{
	size_t count = 0;
	struct file_child *child = file_child_new(work, &count);
	char answer[FILE_CHILD_BYTES], two[2] = { ECHO };

	assert(file_child_ask(child, two, 2, answer, 2));
	assert(!memcmp(answer, "e1", 2));
	assert(file_child_ask(child, two, 2, answer, 2));
	assert(!memcmp(answer, "e2", 2));
	assert(!count);		/* the child has a copy of its own */
	assert(!file_child_ask(child, two, 2, answer, 1));
	assert(file_child_ask(child, "b", 1, answer, FILE_CHILD_BYTES));
	assert(answer[FILE_CHILD_BYTES - 1] == BIG);
	file_child_free(child);
}

/* Answers come in the order of the questions, and sending does not wait. */
static void queue(void)
{
	size_t count = 0;
	struct file_child *child = file_child_new(work, &count);
	char answer[2], two[2] = { ECHO };
	int size;

	for (int i = 0; i < 5; i++)
		assert(file_child_send(child, two, 2));
	for (int i = 0; i < 5; i++) {
		do
			size = file_child_receive(child, answer, 2, 0);
		while (size == -EAGAIN);
		assert(size == 2 && answer[1] == '1' + i);
	}
	assert(file_child_receive(child, answer, 2, 0) == -EAGAIN);
	file_child_free(child);
}

/*
 * The parent gives up each child within the deadline, and starts no child after
 * three failures.
 */
static void fails(char what, bool at_once)
{
	size_t count = 0;
	struct file_child *child = file_child_new(work, &count);
	char answer[2], two[2] = { ECHO };

	for (int i = 0; i < 3; i++) {
		uint64_t start = now_ms();

		assert(!file_child_ask(child, &what, 1, answer, 1));
		assert(now_ms() - start < FILE_CHILD_MS + 5000);
		if (at_once)
			assert(i || file_child_ask(child, two, 2, answer, 2));
		else
			i = 2;
	}
	if (at_once)
		assert(!file_child_send(child, two, 2));
	file_child_free(child);
}

/* A child that hangs must not keep the parent's pipe open. */
static void holds_nothing(void)
{
	size_t count = 0;
	struct file_child *child = file_child_new(work, &count);
	struct pollfd end = { .events = POLLIN };
	int fds[2];

	assert(!pipe2(fds, O_CLOEXEC));
	assert(file_child_send(child, "h", 1));
	close(fds[1]);
	end.fd = fds[0];
	assert(poll(&end, 1, 5000) == 1 && end.revents == POLLHUP);
	close(fds[0]);
	file_child_free(child);
}

static void on_alarm(int signal)
{
	(void)signal;
}

/* A signal must not end the wait or extend it. */
static void survives_signals(void)
{
	struct sigaction action = { .sa_handler = on_alarm };
	size_t count = 0;
	struct file_child *child = file_child_new(work, &count);
	char answer;
	uint64_t start = now_ms();

	sigaction(SIGALRM, &action, NULL);
	ualarm(100000, 100000);
	assert(!file_child_ask(child, "h", 1, &answer, 1));
	ualarm(0, 0);
	assert(now_ms() - start >= FILE_CHILD_MS - 10);
	assert(now_ms() - start < FILE_CHILD_MS + 5000);
	file_child_free(child);
}

int main(int argc, char **argv)
{
	(void)argc;
	message_init("file-child", STATUS_TROUBLE, argv);
	answers();
	queue();
	fails(CRASH, true);
	fails(LEAVE, true);
#ifndef __SANITIZE_ADDRESS__
	fails(EAT, false);
#endif
	holds_nothing();
	survives_signals();
	puts("ok");
	return 0;
}
