/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that reads the files of a recorded program for us. Such a
 * file can be on a file system whose daemon never answers, or be made so that
 * reading it takes hours or gigabytes. The child has limits and a deadline; if
 * it does not keep to them, it is killed and given up.
 */
#ifndef FILE_CHILD_H
#define FILE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	/* the largest request and the largest answer */
	FILE_CHILD_BYTES = 65536,
	FILE_CHILD_MS = 2000,		/* time for an answer */
};

struct file_child;

/*
 * Runs in the child: answers one request of `size` bytes with up to
 * FILE_CHILD_BYTES at `answer`, and returns how many bytes these are.
 * `argument` is the child's own copy.
 */
typedef size_t file_child_work(void *argument, const void *request,
			       size_t size, void *answer);

/* The process is started by the first request. */
struct file_child *file_child_new(file_child_work *work, void *argument);
/* Ends the process. NULL is fine. */
void file_child_free(struct file_child *child);

/*
 * Send a request without waiting; answers come in the order of the requests.
 * False: the child cannot be asked, or has been given up.
 */
bool file_child_send(struct file_child *child, const void *request,
		     size_t size);
/*
 * Wait up to `milliseconds` for the next answer. Returns its size, of which at
 * most `size` bytes are kept. -EAGAIN: `milliseconds` is 0, and no answer is
 * there yet. Any other -errno: the child was killed, and the other requests get
 * no answer.
 */
int file_child_receive(struct file_child *child, void *answer, size_t size,
		       int milliseconds);
/* Ask and wait: false if no answer of exactly `answer_size` bytes came. */
bool file_child_ask(struct file_child *child, const void *request,
		    size_t request_size, void *answer, size_t answer_size);

#endif
