/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel verifies one program at a time for each thread that loads one, and
 * libbpf loads them one after the other. Here several threads do, and other work
 * that takes the kernel long.
 */
#ifndef SIDE_BY_SIDE_H
#define SIDE_BY_SIDE_H

struct bpf_prog_load_opts;
struct bpf_program;
struct side_by_side;

/*
 * To be called before the object is opened. NULL: there is one CPU, or libbpf
 * does not allow it, so that libbpf loads all programs.
 */
struct side_by_side *side_by_side_new(void);
/* Have a thread call the function, if there is one. */
void side_by_side_do(struct side_by_side *s, void (*work_on)(void *),
		     void *argument);
/* Until nothing is left to do. */
void side_by_side_wait(struct side_by_side *s);
/*
 * Called before libbpf loads a program of a tracepoint; others can call it from
 * such a function of their own. A thread loads the program, and libbpf loads an
 * empty one. NULL: libbpf loads it.
 */
int side_by_side_take(struct side_by_side *s, struct bpf_program *program,
		      struct bpf_prog_load_opts *options);
/*
 * Once libbpf is done: wait for the threads, and put the programs in the place
 * of the empty ones. Frees `s`; NULL is accepted. From here on the programs have
 * no handler of libbpf's: bpf_program__attach() cannot be used.
 */
int side_by_side_finish(struct side_by_side *s);

#endif
