/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads BPF programs in several threads, since the kernel verifies programs of
 * different threads at the same time. libbpf would load them one after the
 * other. The threads also do other work that takes the kernel long.
 */
#ifndef SIDE_BY_SIDE_H
#define SIDE_BY_SIDE_H

struct bpf_prog_load_opts;
struct bpf_program;
struct side_by_side;

/*
 * Call this before the object is opened. Returns NULL if there is only one CPU,
 * or if this libbpf does not let other code load programs. Then libbpf loads
 * all programs itself.
 */
struct side_by_side *side_by_side_new(void);
/*
 * Adds a call of the function to the queue. If there are no threads, or no room
 * in the queue, calls the function at once.
 */
void side_by_side_do(struct side_by_side *s, void (*work_on)(void *),
		     void *argument);
/* Does jobs, and returns when the queue is empty and no thread is busy. */
void side_by_side_wait(struct side_by_side *s);
/*
 * A callback of libbpf, before it loads a program of a tracepoint; handlers of
 * other programs can call it, too. A thread then loads the program, and libbpf
 * loads an empty one instead. If `s` is NULL, libbpf loads the program itself.
 */
int side_by_side_take(struct side_by_side *s, struct bpf_program *program,
		      struct bpf_prog_load_opts *options);
/*
 * Call this before the object is loaded. The program then stays empty until
 * side_by_side_late().
 */
void side_by_side_put_off(struct side_by_side *s,
			  const struct bpf_program *program);
/*
 * Call this when libbpf has loaded the object. Waits for the threads, and
 * replaces the empty programs by the real ones. `s` can be NULL. Afterwards,
 * libbpf has no handlers for the programs, so bpf_program__attach() cannot be
 * used.
 */
int side_by_side_finish(struct side_by_side *s);
/*
 * Loads the program of side_by_side_put_off(), if there is one. `s` can be
 * NULL.
 */
int side_by_side_late(struct side_by_side *s);
void side_by_side_free(struct side_by_side *s);

#endif
