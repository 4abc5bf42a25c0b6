/* SPDX-License-Identifier: Apache-2.0 */
#include "report/site.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/text.h"
#include "report/report.h"
#include "stream/stack.h"

enum {
	SITES_MAX = 512,		/* the most sites of one call */
	/* the most bytes of stacks, of all calls */
	STACK_BYTES_MAX = 16 << 20,
};

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool is_site(const struct site *s, const struct violation *v,
		    const uint64_t kept[SIGNATURE_ARGS])
{
	return s->has_args == (v->args != NULL) &&
		!memcmp(s->kept, kept, sizeof(s->kept)) &&
		same_text(s->place, v->place) && same_text(s->own, v->own) &&
		same_text(s->image, v->image) &&
		same_text(s->callers, v->callers);
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static size_t text_bytes(const char *text)
{
	return text ? strlen(text) + 1 : 0;
}

static size_t site_bytes(const struct violation *v)
{
	return sizeof(struct site) + text_bytes(v->image) +
		text_bytes(v->place) + text_bytes(v->symbol) +
		text_bytes(v->own) + text_bytes(v->callers) + v->stack_size;
}

static void new_site(struct sites *sites, const struct violation *v,
		     const uint64_t kept[SIGNATURE_ARGS])
{
	struct site *s;

	sites->at = xgrow(sites->at, sites->n, sizeof(*sites->at));
	s = &sites->at[sites->n++];
	*s = (struct site){
		.image = copy(v->image), .place = copy(v->place),
		.symbol = copy(v->symbol), .own = copy(v->own),
		.callers = copy(v->callers),
		.stack = v->stack ? xmemdup(v->stack, v->stack_size) : NULL,
		.stack_size = v->stack_size,
		.has_args = v->args, .pid = v->pid, .tid = v->tid,
		.has_time = v->has_time, .time_ns = v->time_ns,
		.count = v->count,
	};
	memcpy(s->kept, kept, sizeof(s->kept));
}

static struct site *find_site(const struct sites *sites,
			      const struct violation *v,
			      const uint64_t kept[SIGNATURE_ARGS])
{
	for (size_t i = 0; i < sites->n; i++)
		if (is_site(&sites->at[i], v, kept))
			return &sites->at[i];
	return NULL;
}

void sites_add(struct sites *sites, const struct violation *v,
	       size_t *stack_bytes, struct room *room)
{
	uint64_t kept[SIGNATURE_ARGS] = { 0 };
	struct violation plain = *v;
	struct site *s;

	if (v->args)
		signature_keep(v->id, v->args, kept);
	s = find_site(sites, v, kept);
	if (!s && *stack_bytes >= STACK_BYTES_MAX) {
		plain.stack = NULL;
		plain.stack_size = 0;
		plain.callers = NULL;
		s = find_site(sites, &plain, kept);
	}
	if (s) {
		s->count = count_add(s->count, v->count);
	} else if (sites->n < SITES_MAX &&
		   room_take(room, site_bytes(&plain))) {
		new_site(sites, &plain, kept);
		*stack_bytes += plain.stack_size;
	} else {
		sites->more = count_add(sites->more, v->count);
	}
}

void sites_free(struct sites *sites)
{
	for (size_t i = 0; i < sites->n; i++) {
		free(sites->at[i].image);
		free(sites->at[i].place);
		free(sites->at[i].symbol);
		free(sites->at[i].own);
		free(sites->at[i].callers);
		free(sites->at[i].stack);
	}
	free(sites->at);
}

static int compare_sites(const void *a, const void *b)
{
	const struct site *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->time_ns > y->time_ns) - (x->time_ns < y->time_ns);
}

void sites_sort(struct sites *sites)
{
	array_sort(sites->at, sites->n, sizeof(*sites->at), compare_sites);
}

/* Takes ownership of the list and of the part, which can be NULL. */
static char *append(char *list, char *part)
{
	char *longer = part ? xasprintf("%s  %s", list, part) : xstrdup(list);

	free(list);
	free(part);
	return longer;
}

static char *task_text(const struct site *s)
{
	if (s->pid && s->tid && s->pid != s->tid)
		return xasprintf("pid %u, thread %u", s->pid, s->tid);
	if (s->pid)
		return xasprintf("pid %u", s->pid);
	return s->tid ? xasprintf("thread %u", s->tid) : NULL;
}

/*
 * Returns the place. The name of the file is enough, because the JSON has its
 * path.
 */
static char *place_text(const struct site *s)
{
	const char *slash = s->place ? strrchr(s->place, '/') : NULL;
	char *text, *printable;

	if (!s->place)
		return s->has_args && !s->pid ? xstrdup("place not known") :
			NULL;
	text = xasprintf("%s%s%s%s", slash ? slash + 1 : s->place,
			 s->symbol ? " (" : "", s->symbol ? s->symbol : "",
			 s->symbol ? ")" : "");
	printable = text_printable(text);
	free(text);
	return printable;
}

char *site_text(const struct site *s, struct call_id id, bool with_image)
{
	char buf[SYSCALL_NAME_MAX], *callers;
	char *text = s->has_args ? signature_text(id, s->kept) :
		xstrdup(syscall_label(id, buf));

	if (s->callers) {
		callers = text_printable(s->callers);
		text_append(&text, " <- ", callers);
		free(callers);
	}
	text = append(text, task_text(s));
	if (s->has_time)
		text = append(text, xasprintf("%.3f s", s->time_ns / 1e9));
	if (!s->callers)
		text = append(text, place_text(s));
	if (with_image && s->image)
		text = append(text, text_printable(s->image));
	if (s->own)
		text = append(text, xasprintf("its own filter answers first: "
					      "%s", s->own));
	return text;
}

char *sites_rest(const struct sites *sites)
{
	size_t n = sites->n > SITES_SHOWN ? sites->n - SITES_SHOWN : 0;

	if (!n)
		return NULL;
	return xasprintf("and %s%zu more place%s", sites->more ? "at least " :
			 "", n, n == 1 ? "" : "s");
}

static json_t *args_json(const struct site *s, struct call_id id)
{
	char *texts[SIGNATURE_ARGS];
	int n = s->has_args ? signature_texts(id, s->kept, texts) : -1;
	json_t *list = n < 0 ? json_null() : json_array();

	for (int i = 0; i < n; i++) {
		json_array_append_new(list, json_string(texts[i]));
		free(texts[i]);
	}
	return list;
}

static json_t *text_or_null(const char *text)
{
	return text ? text_json(text) : json_null();
}

static json_t *number_or_null(uint32_t number)
{
	return number ? json_integer(number) : json_null();
}

static json_t *site_json(const struct site *s, struct call_id id)
{
	struct fact stack = {
		.id = id, .detail = s->stack, .detail_size = s->stack_size,
	};
	json_t *o = json_pack("{so so so so so so so so}",
			      "image", text_or_null(s->image),
			      "pid", number_or_null(s->pid),
			      "tid", number_or_null(s->tid),
			      "time_ns", s->has_time ? uint_json(s->time_ns) :
			      json_null(),
			      "count", uint_json(s->count ? s->count : 1),
			      "args", args_json(s, id),
			      "place", text_or_null(s->place),
			      "symbol", text_or_null(s->symbol));

	if (s->stack)
		json_object_set_new(o, "frames", stack_frames_json(&stack));
	if (s->own)
		json_object_set_new(o, "own_filter", json_string(s->own));
	return o;
}

json_t *sites_json(const struct sites *sites, struct call_id id)
{
	json_t *list = json_array();

	for (size_t i = 0; i < sites->n; i++)
		json_array_append_new(list, site_json(&sites->at[i], id));
	return list;
}
