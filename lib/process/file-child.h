/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child process that reads files of a recorded program for us. Such a file
 * can be on a file system with a daemon that never answers, or reading it can
 * take hours or gigabytes. So the child has limits and a deadline. If it
 * exceeds them, the parent kills it and does not wait for its end.
 */
#ifndef FILE_CHILD_H
#define FILE_CHILD_H

#include <stdbool.h>
#include <stddef.h>

enum {
	/* the largest request and the largest answer */
	FILE_CHILD_BYTES = 65536,
	FILE_CHILD_MS = 2000,		/* time limit for an answer */
};

struct file_child;

/*
 * Runs in the child. Answers one request of `size` bytes with up to
 * FILE_CHILD_BYTES at `answer`, and returns the size of the answer. `argument`
 * is the child's own copy.
 */
typedef size_t file_child_work(void *argument, const void *request,
			       size_t size, void *answer);

/* Starts nothing: the first request starts the process. */
struct file_child *file_child_new(file_child_work *work, void *argument);
/* Starts the process, so that the first request need not. */
void file_child_start(struct file_child *child);
/* Ends the process. Accepts NULL. */
void file_child_free(struct file_child *child);

/*
 * Sends a request without waiting. Answers come in the order of the requests.
 * Returns false if the child cannot be asked, or has been given up.
 */
bool file_child_send(struct file_child *child, const void *request,
		     size_t size);
/*
 * Returns whether the child has failed so often that no further process is
 * started.
 */
bool file_child_is_given_up(const struct file_child *child);
/*
 * Waits up to `milliseconds` for the next answer. Returns its size, and stores
 * at most `size` bytes of it. Returns -EAGAIN if `milliseconds` is 0 and no
 * answer has come. For any other -errno, the child was killed, and no further
 * request gets an answer.
 */
int file_child_receive(struct file_child *child, void *answer, size_t size,
		       int milliseconds);
/*
 * Sends a request and waits. Returns false if no answer of exactly
 * `answer_size` bytes came.
 */
bool file_child_ask(struct file_child *child, const void *request,
		    size_t request_size, void *answer, size_t answer_size);

#endif
