/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that reads the files of a recorded program for us. Such a
 * file can lie on a file system whose daemon never answers, or be made so that
 * reading it takes hours or gigabytes. The child has limits and a deadline, and
 * is killed and given up when it does not keep to them.
 */
#ifndef FILE_CHILD_H
#define FILE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	FILE_CHILD_BYTES = 16384,	/* at most, a request or an answer */
	FILE_CHILD_MS = 2000,		/* until an answer has to come */
};

struct file_child;

/*
 * Runs in the child: answers one request of `size` bytes with at most
 * FILE_CHILD_BYTES at `answer`, and returns how many those are. `argument` is
 * the child's own copy.
 */
typedef size_t file_child_work(void *argument, const void *request,
			       size_t size, void *answer);

/* The process is started by the first request. */
struct file_child *file_child_new(file_child_work *work, void *argument);
/* Ends the process. NULL is fine. */
void file_child_free(struct file_child *child);

/*
 * Ask without waiting; answers come in the order of the requests. False: the
 * child cannot be asked, or has been given up.
 */
bool file_child_send(struct file_child *child, const void *request,
		     size_t size);
/*
 * The next answer, which has `milliseconds` to come: its size, of which at most
 * `size` bytes are kept. -EAGAIN: `milliseconds` is 0, and none has come yet. Any other -errno: the
 * child was killed, and what else it had been asked gets no answer.
 */
int file_child_receive(struct file_child *child, void *answer, size_t size,
		       int milliseconds);
/* Ask and wait: false when no answer of exactly `answer_size` bytes came. */
bool file_child_ask(struct file_child *child, const void *request,
		    size_t request_size, void *answer, size_t answer_size);

#endif
