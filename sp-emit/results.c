/* SPDX-License-Identifier: Apache-2.0 */
#include "results.h"

#include <stdlib.h>
#include <uthash.h>

#include "base/count.h"
#include "base/memory.h"

struct one {
	UT_hash_handle hh;
	struct call_id id;
	struct result_sum sum;
};

struct results {
	struct trace_sink sink;
	struct one *calls;
};

bool result_is_error(int64_t result)
{
	enum { ERRNO_MAX = 4095 };	/* linux/err.h */

	return result < 0 && result >= -ERRNO_MAX;
}

static void on_event(void *results, const struct happening *h)
{
	struct results *r = results;
	struct one *one;

	if (h->what != HAPPENED_RESULT)
		return;
	HASH_FIND(hh, r->calls, &h->id, sizeof(h->id), one);
	if (!one) {
		one = xcalloc(1, sizeof(*one));
		one->id = h->id;
		HASH_ADD(hh, r->calls, id, sizeof(one->id), one);
	}
	one->sum.n++;
	one->sum.errors += result_is_error(h->args[0]);
	one->sum.ns = count_add(one->sum.ns, h->args[1]);
}

static void on_image(void *arg, uint32_t number, const char *path)
{
	(void)arg, (void)number, (void)path;
}

static void on_run(void *arg, uint32_t image, uint32_t run)
{
	(void)arg, (void)image, (void)run;
}

static void on_pause(void *arg)
{
	(void)arg;
}

struct results *results_new(void)
{
	struct results *r = xcalloc(1, sizeof(*r));

	r->sink = (struct trace_sink){
		.image = on_image, .run = on_run, .event = on_event,
		.pause = on_pause, .arg = r,
	};
	return r;
}

void results_free(struct results *r)
{
	struct one *one, *next;

	if (!r)
		return;
	HASH_ITER(hh, r->calls, one, next) {
		HASH_DELETE(hh, r->calls, one);
		free(one);
	}
	free(r);
}

const struct trace_sink *results_sink(const struct results *r)
{
	return &r->sink;
}

bool results_exist(const struct results *r)
{
	return r && r->calls;
}

struct result_sum results_of(const struct results *r, struct call_id id)
{
	struct one *one;

	HASH_FIND(hh, r->calls, &id, sizeof(id), one);
	return one ? one->sum : (struct result_sum){ 0 };
}
