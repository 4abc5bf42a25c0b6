/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/thread-calls.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* The images of a trace in the order of image_compare(). */
struct images {
	const struct image **at;
	size_t n;
};

static int compare_images(const void *a, const void *b)
{
	return image_compare(*(const struct image *const *)a,
			     *(const struct image *const *)b);
}

/* Returns the images that made calls; the caller frees the array. */
static struct images images_with_calls(const struct trace *t)
{
	bool *seen = xcalloc(t->n_images + 1, sizeof(*seen));
	struct images images = {
		.at = xcalloc(t->n_images + 1, sizeof(*images.at)),
	};

	for (size_t i = 0; i < t->calls.n; i++)
		seen[t->calls.at[i]->image] = true;
	for (size_t i = 0; i < t->n_images; i++)
		if (seen[i])
			images.at[images.n++] = t->images[i];
	qsort(images.at, images.n, sizeof(*images.at), compare_images);
	free(seen);
	return images;
}

/*
 * Whether each image of `whole` ran in several threads, and made calls in the
 * trace that was selected from it.
 */
static bool *threaded_images(const struct trace *t, const struct trace *whole)
{
	bool *threaded = xcalloc(whole->n_images + 1, sizeof(*threaded));
	struct images images = images_with_calls(t);

	for (size_t i = 0; i < whole->threads.n; i++) {
		uint32_t index = whole->threads.at[i]->image;

		threaded[index] = bsearch(&whole->images[index], images.at,
					  images.n, sizeof(*images.at),
					  compare_images);
	}
	free(images.at);
	return threaded;
}

static int compare_calls(const void *a, const void *b)
{
	const struct fact *x = *(const struct fact *const *)a;
	const struct fact *y = *(const struct fact *const *)b;
	int order = (x->image > y->image) - (x->image < y->image);

	return order ? order : call_id_compare(&x->id, &y->id);
}

/* Returns the calls by image, architecture and number; the caller frees them. */
static struct fact **calls_by_image(const struct trace *t)
{
	struct fact **calls = xcalloc(t->calls.n + 1, sizeof(*calls));

	for (size_t i = 0; i < t->calls.n; i++)
		calls[i] = t->calls.at[i];
	qsort(calls, t->calls.n, sizeof(*calls), compare_calls);
	return calls;
}

/* The calls that one image made on one architecture. */
struct made {
	struct fact **at;
	size_t n;
	const struct arch *arch;
};

/* Returns the calls of the first image and architecture in a sorted list. */
static struct made made_first(struct fact **calls, size_t n)
{
	struct made made = { .at = calls, .arch = arch_of_call(calls[0]->id) };

	while (made.n < n && calls[made.n]->image == calls[0]->image &&
	       arch_of_call(calls[made.n]->id) == made.arch)
		made.n++;
	return made;
}

static bool has_call(const struct made *made, const char *name)
{
	struct call_id id;

	if (syscall_number(made->arch, name, &id))
		return false;
	for (size_t i = 0; i < made->n; i++)
		if (!call_id_compare(&made->at[i]->id, &id))
			return true;
	return false;
}

static bool changes_ids(const struct made *made)
{
	static const char *const names[] = {
		"setuid", "setgid", "setgroups", "setreuid", "setregid",
		"setresuid", "setresgid", "setuid32", "setgid32", "setgroups32",
		"setreuid32", "setregid32", "setresuid32", "setresgid32",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (has_call(made, names[i]))
			return true;
	return false;
}

/*
 * When a program starts, both C libraries call set_tid_address, and glibc then
 * calls set_robust_list. A Go program without C makes neither of these calls,
 * but calls sched_getaffinity and sigaltstack.
 */
static bool is_of(const struct made *made, enum threaded programs)
{
	bool is_glibc = has_call(made, "set_robust_list");
	bool is_c = is_glibc || has_call(made, "set_tid_address");

	switch (programs) {
	case THREADED_ANY:
		return true;
	case THREADED_GLIBC:
		return is_glibc;
	case THREADED_GLIBC_IDS:
		return is_glibc && changes_ids(made);
	case THREADED_MUSL:
		return is_c && !is_glibc;
	case THREADED_GO:
		return !is_c && has_call(made, "sched_getaffinity") &&
			has_call(made, "sigaltstack");
	}
	return false;
}

struct list {
	struct thread_call *at;
	size_t n;
};

static void add(struct list *list, struct call_id id,
		const struct group_member *member)
{
	for (size_t i = 0; i < list->n; i++)
		if (!call_id_compare(&list->at[i].id, &id))
			return;
	list->at = xgrow(list->at, list->n, sizeof(*list->at));
	list->at[list->n++] = (struct thread_call){ id, member };
}

static void add_members(struct list *list, const struct made *made)
{
	const struct group_member *m;
	struct call_id id;

	for (size_t i = 0; made->arch && (m = group_member_at(i)); i++)
		if (m->group == GROUP_THREADS && is_of(made, m->programs) &&
		    !syscall_number(made->arch, m->call, &id))
			add(list, id, m);
}

/* The execve that starts a program can be of another architecture. */
static bool is_start(const struct made *made)
{
	return made->n == 1 && fact_is_initial(made->at[0]);
}

/*
 * In a selected phase, threads can be older than the phase, and so is the start
 * of the program, which shows its C library. So the whole recording is searched.
 */
struct thread_call *thread_calls(const struct trace *t, size_t *n)
{
	const struct trace *whole = t;
	struct list list = { 0 };
	struct fact **calls;
	bool *threaded;
	struct made made;

	while (whole->whole)
		whole = whole->whole;
	threaded = threaded_images(t, whole);
	calls = calls_by_image(whole);
	for (size_t i = 0; i < whole->calls.n; i += made.n) {
		made = made_first(calls + i, whole->calls.n - i);
		if (threaded[made.at[0]->image] && !is_start(&made))
			add_members(&list, &made);
	}
	free(calls);
	free(threaded);
	*n = list.n;
	return list.at;
}
