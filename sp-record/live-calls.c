/* SPDX-License-Identifier: Apache-2.0 */
#include "live-calls.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "kernel/argument.h"
#include "kernel/path.h"
#include "kernel/value.h"
#include "rows.h"
#include "tracer-private.h"

#define uthash_malloc(size) xcalloc(1, size)
#include <uthash.h>

/*
 * The number of elements of a map that one look reads. Each takes two system
 * calls.
 */
enum { ELEMENTS_MAX = 4096 };

struct key {
	uint32_t image, row;
	int32_t nr;
};

struct seen {
	UT_hash_handle hh;
	struct live_call call;	/* must be first: `order` points to it */
	struct key key;
	bool wants_arguments;
};

struct total {
	UT_hash_handle hh;
	struct call_id id;
	uint64_t count, before;
};

struct live_calls {
	const struct tracer *t;
	struct seen *seen;		/* hash table by `key` */
	struct live_call **order;	/* in the order of first sight */
	size_t n_order;
	struct total *totals;
	struct live_name *names;
	size_t n_names;
	uint64_t looked_ns;
	/* the number of calls with `wants_arguments` */
	size_t n_wanting;
};

struct live_calls *live_calls_new(const struct tracer *t)
{
	struct live_calls *l = xcalloc(1, sizeof(*l));

	l->t = t;
	return l;
}

void live_calls_free(struct live_calls *l)
{
	struct total *total, *next_total;
	struct seen *seen, *next;

	if (!l)
		return;
	HASH_ITER(hh, l->seen, seen, next) {
		HASH_DELETE(hh, l->seen, seen);
		free(seen->call.text);
		free(seen->call.image);
		free(seen);
	}
	HASH_ITER(hh, l->totals, total, next_total) {
		HASH_DELETE(hh, l->totals, total);
		free(total);
	}
	free(l->order);
	free(l->names);
	free(l);
}

static struct call_id id_of(const struct key *key)
{
	return (struct call_id){ row_arch(key->row), key->nr };
}

/* Returns the path, escaped, because the program chose it. */
static char *executable_text(const struct tracer *t, uint32_t image)
{
	char *path = executable_path(t->executables, image_base(t, image));
	char *text = path_escape(path ? path : "?");

	free(path);
	return text;
}

static void add_seen(struct live_calls *l, const struct key *key,
		     uint64_t first_ns)
{
	struct seen *seen = xcalloc(1, sizeof(*seen));
	struct call_id id = id_of(key);
	char name[SYSCALL_NAME_MAX];

	seen->key = *key;
	seen->call.first_ns = first_ns;
	seen->call.image = executable_text(l->t, key->image);
	seen->call.text = xstrdup(syscall_label(id, name));
	seen->wants_arguments = argument_rule_of(id);
	l->n_wanting += seen->wants_arguments;
	HASH_ADD(hh, l->seen, key, sizeof(seen->key), seen);
	l->order = xgrow(l->order, l->n_order, sizeof(*l->order));
	l->order[l->n_order++] = &seen->call;
}

static void add_count(struct live_calls *l, const struct key *key,
		      uint64_t count, uint64_t first_ns)
{
	struct call_id id = id_of(key);
	struct total *total;
	struct seen *seen;

	HASH_FIND(hh, l->seen, key, sizeof(*key), seen);
	if (!seen)
		add_seen(l, key, first_ns);
	HASH_FIND(hh, l->totals, &id, sizeof(id), total);
	if (!total) {
		total = xcalloc(1, sizeof(*total));
		total->id = id;
		HASH_ADD(hh, l->totals, id, sizeof(id), total);
	}
	total->count += count;
}

/* Reads the counts of an image in all phases. */
static void look_at_image(struct live_calls *l, uint32_t id, uint32_t phases)
{
	for (uint32_t row = 0; row < ROWS; row++)
		for (uint32_t nr = 0; nr < CALLS_PER_ROW; nr++) {
			struct key key = { id, row, nr };
			struct tally sum = { 0 };

			for (uint32_t phase = 0; phase < phases; phase++) {
				struct tally one = table_tally(l->t, phase, id,
							       row, nr);

				if (one.count && (!sum.count || one.first_ns <
						  sum.first_ns))
					sum.first_ns = one.first_ns;
				sum.count += one.count;
			}
			if (sum.count)
				add_count(l, &key, sum.count, sum.first_ns);
		}
}

/*
 * Reads the calls in `rare`: those for which the table has no room, and those
 * with flags.
 */
static void look_at_rare(struct live_calls *l)
{
	int fd = bpf_map__fd(l->t->skel->maps.rare);
	struct rare_key rare, *before = NULL;
	struct tally tally;

	for (int i = 0; i < ELEMENTS_MAX &&
	     !bpf_map_get_next_key(fd, before, &rare); i++, before = &rare) {
		struct key key = { rare.image & IMAGE_ID, rare.row, rare.nr };

		if (rare.row < ROWS && !(rare.flags & RARE_DENIED) &&
		    !bpf_map_lookup_elem(fd, &rare, &tally))
			add_count(l, &key, tally.count, tally.first_ns);
	}
}

/* Changes "ioctl" to "ioctl(TCGETS)". */
static void add_arguments(struct seen *seen, const struct argument_key *key)
{
	struct call_id id = id_of(&seen->key);
	const struct argument_rule *rule = argument_rule_of(id);
	struct argument_value values[ARGUMENTS_MAX];

	for (size_t i = 0; i < rule->n; i++)
		values[i] = (struct argument_value){
			rule->arguments[i].index, rule->arguments[i].recorded,
			key->values[i],
		};
	free(seen->call.text);
	seen->call.text = call_text(id, values, rule->n);
	seen->wants_arguments = false;
}

static void look_for_arguments(struct live_calls *l)
{
	int fd = bpf_map__fd(l->t->skel->maps.arguments);
	struct argument_key argument, *before = NULL;
	struct seen *seen;

	for (int i = 0; l->n_wanting && i < ELEMENTS_MAX &&
	     !bpf_map_get_next_key(fd, before, &argument);
	     i++, before = &argument) {
		struct key key = { argument.image & IMAGE_ID, argument.row,
				   argument.nr };

		HASH_FIND(hh, l->seen, &key, sizeof(key), seen);
		if (!seen || !seen->wants_arguments ||
		    argument.what != ARGUMENT_VALUES)
			continue;
		add_arguments(seen, &argument);
		l->n_wanting--;
	}
	/*
	 * The arguments of these calls are not recorded, so later looks can
	 * skip them.
	 */
	for (seen = l->seen; seen; seen = seen->hh.next)
		seen->wants_arguments = false;
	l->n_wanting = 0;
}

static int by_sight(const void *a, const void *b)
{
	const struct live_call *const *x = a, *const *y = b;

	return ((*x)->first_ns > (*y)->first_ns) -
		((*x)->first_ns < (*y)->first_ns);
}

static int by_rate(const void *a, const void *b)
{
	const struct live_name *x = a, *y = b;

	if (x->rate != y->rate)
		return x->rate < y->rate ? 1 : -1;
	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return call_id_compare(&x->id, &y->id);
}

static void sum_up(struct live_calls *l, uint64_t now_ns)
{
	double seconds = l->looked_ns && now_ns > l->looked_ns ?
		(now_ns - l->looked_ns) / 1e9 : 0;
	struct total *total;

	free(l->names);
	l->names = xcalloc(HASH_COUNT(l->totals) + 1, sizeof(*l->names));
	l->n_names = 0;
	for (total = l->totals; total; total = total->hh.next) {
		/*
		 * A count that is read while it grows can be smaller than
		 * before.
		 */
		uint64_t more = total->count > total->before ?
			total->count - total->before : 0;

		l->names[l->n_names++] = (struct live_name){
			total->id, total->count, seconds > 0 ? more / seconds : 0,
		};
		total->before = total->count;
		total->count = 0;
	}
	qsort(l->names, l->n_names, sizeof(*l->names), by_rate);
	if (l->n_order)
		qsort(l->order, l->n_order, sizeof(*l->order), by_sight);
}

void live_calls_look(struct live_calls *l, uint64_t now_ns)
{
	const struct tracer *t = l->t;
	uint32_t phases = __atomic_load_n(&t->skel->bss->phases.now,
					  __ATOMIC_ACQUIRE) + 1;

	if (phases > t->n_phases)
		phases = t->n_phases;
	for (uint32_t id = 0; id < image_end(t) && id < t->n_table; id++)
		look_at_image(l, id, phases);
	if (load_u64(&t->skel->bss->progress.rare_distinct))
		look_at_rare(l);
	if (l->n_wanting)
		look_for_arguments(l);
	sum_up(l, now_ns);
	l->looked_ns = now_ns;
}

const struct live_call *const *live_calls_seen(const struct live_calls *l,
					       size_t *n)
{
	*n = l->n_order;
	return (const struct live_call *const *)l->order;
}

const struct live_name *live_calls_names(const struct live_calls *l, size_t *n)
{
	*n = l->n_names;
	return l->names;
}
