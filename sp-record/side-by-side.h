/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads BPF programs in several threads, which also do other work that takes
 * the kernel long. The kernel verifies the programs of different threads at the
 * same time, but libbpf would load all programs in one thread, one after the
 * other.
 */
#ifndef SIDE_BY_SIDE_H
#define SIDE_BY_SIDE_H

struct bpf_prog_load_opts;
struct bpf_program;
struct side_by_side;

/*
 * Call this before the object is opened. Returns NULL if there is only one CPU,
 * or this libbpf does not let other code load programs. libbpf then loads all
 * programs itself.
 */
struct side_by_side *side_by_side_new(void);
/*
 * Makes one of the threads call the function. If there are no threads, or no
 * room in the queue, calls it at once.
 */
void side_by_side_do(struct side_by_side *s, void (*work_on)(void *),
		     void *argument);
/*
 * Takes part in the work, and returns when the queue is empty and no thread is
 * busy.
 */
void side_by_side_wait(struct side_by_side *s);
/*
 * libbpf calls this before it loads a program of a tracepoint. Handlers of
 * other programs can call it, too. One of our threads then loads the program,
 * and libbpf loads an empty program instead. If `s` is NULL, libbpf loads the
 * program itself.
 */
int side_by_side_take(struct side_by_side *s, struct bpf_program *program,
		      struct bpf_prog_load_opts *options);
/*
 * Call this before the object is loaded: the program stays empty until
 * side_by_side_late().
 */
void side_by_side_put_off(struct side_by_side *s,
			  const struct bpf_program *program);
/*
 * Call this when libbpf has loaded the object: waits for the threads, and
 * replaces the empty programs by the real ones. `s` can be NULL. Afterwards, the
 * programs have no handler of libbpf any more, so bpf_program__attach() cannot
 * be used.
 */
int side_by_side_finish(struct side_by_side *s);
/* Loads the program that was put off, if there is one. `s` can be NULL. */
int side_by_side_late(struct side_by_side *s);
void side_by_side_free(struct side_by_side *s);

#endif
