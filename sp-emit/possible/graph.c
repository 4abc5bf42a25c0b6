/* SPDX-License-Identifier: Apache-2.0 */
#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "code.h"

enum {
	BYTES_MAX = 64 << 20,	/* bytes of code to disassemble in total */
	FUNCTION_MAX = 4 << 20,	/* bytes of one function */
	EDGES_MAX = 4 << 20,
	/* the most rounds in which functions are found that pass a number on */
	ROUNDS_MAX = 8,
	NO_PARAMETER = -1,
};

struct edge {
	struct node *to;
	struct code_value rax, rdi;
	/* true: the function calls or jumps; false: it takes an address */
	bool goes;
};

/* A function. */
struct node {
	struct object *object;
	const struct binary_span *span;
	bool is_queued, is_read, is_cut, has_caller;
	/*
	 * The register in which the function gets a call's number, or
	 * NO_PARAMETER.
	 */
	int parameter;
	struct edge *edges;
	size_t n_edges;
	int *numbers;
	size_t n_numbers;
	size_t n_unknown;
	enum graph_near near;
	/* the number of calls from the imported function to this one */
	unsigned int steps;
	/*
	 * the imported function through which it is reached, and the object
	 * that imports it
	 */
	const char *root, *root_object;
};

struct object {
	struct binary b;
	char *name;
	bool own;
	/* one node for each function of `b`, or NULL */
	struct node **nodes;
	/*
	 * Sorted: the addresses of functions, and of stubs of the procedure
	 * linkage table, that take the number of a call; and the addresses of
	 * slots that contain such an address.
	 */
	uint64_t *takers, *slots;
	size_t n_takers, n_slots;
	struct object *next;
};

struct graph {
	struct code *code;
	uint64_t deadline;
	struct object *objects, **last;
	struct node **queue;	/* nodes to be read, or to be reached */
	size_t n_queue;
	size_t bytes, n_edges;
	bool stopped;		/* stop reading */
	/* whether reading stopped, or a function was too large */
	bool cut_short;
	struct node *reading;
};

struct graph *graph_new(uint64_t deadline)
{
	struct graph *g = xcalloc(1, sizeof(*g));

	g->deadline = deadline;
	g->last = &g->objects;
	g->code = code_new();
	if (g->code)
		return g;
	free(g);
	return NULL;
}

void graph_add(struct graph *g, struct binary *b, const char *name, bool own)
{
	struct object *o = xcalloc(1, sizeof(*o));

	o->b = *b;
	o->name = xstrdup(name);
	o->own = own;
	o->nodes = xcalloc(b->n_functions + 1, sizeof(struct node *));
	*g->last = o;
	g->last = &o->next;
}

static void free_object(struct object *o)
{
	for (size_t i = 0; i < o->b.n_functions; i++) {
		if (!o->nodes[i])
			continue;
		free(o->nodes[i]->edges);
		free(o->nodes[i]->numbers);
		free(o->nodes[i]);
	}
	free(o->nodes);
	free(o->takers);
	free(o->slots);
	free(o->name);
	binary_close(&o->b);
	free(o);
}

void graph_free(struct graph *g)
{
	if (!g)
		return;
	while (g->objects) {
		struct object *next = g->objects->next;

		free_object(g->objects);
		g->objects = next;
	}
	free(g->queue);
	code_free(g->code);
	free(g);
}

/* Functions */

static struct node *node_at(struct object *o, uint64_t address)
{
	const struct binary_span *span = binary_function(&o->b, address);
	struct node **node;

	if (!span)
		return NULL;
	node = &o->nodes[span - o->b.functions];
	if (!*node) {
		*node = xcalloc(1, sizeof(**node));
		(*node)->object = o;
		(*node)->span = span;
		(*node)->parameter = NO_PARAMETER;
	}
	return *node;
}

static void enqueue(struct graph *g, struct node *node)
{
	if (node->is_queued)
		return;
	node->is_queued = true;
	g->queue = xgrow(g->queue, g->n_queue, sizeof(*g->queue));
	g->queue[g->n_queue++] = node;
}

/* Calls a function for each exported function of a C library with that name. */
static void each_export(struct graph *g, const char *name,
			void (*act)(struct graph *, struct node *, void *),
			void *arg)
{
	for (struct object *o = g->objects; o; o = o->next) {
		size_t n;
		const struct binary_symbol *s;

		if (!o->b.is_libc)
			continue;
		s = binary_symbols(&o->b, name, &n);
		for (size_t i = 0; i < n; i++) {
			struct node *node = s[i].address ?
				node_at(o, s[i].address) : NULL;

			if (node)
				act(g, node, arg);
		}
	}
}

/* Reads a function. */

/*
 * Returns the slot through which a stub of the procedure linkage table jumps,
 * or 0 if there is no stub at this address.
 */
static uint64_t slot_of_stub(const struct binary *b, uint64_t address)
{
	static const uint8_t mark[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	size_t n, at = 0;
	const uint8_t *code = binary_at(b, address, &n);
	int32_t offset;

	if (!code || n < 11)
		return 0;
	if (!memcmp(code, mark, sizeof(mark)))	/* endbr64 */
		at += sizeof(mark);
	if (code[at] == 0xf2)			/* bnd */
		at++;
	if (code[at] != 0xff || code[at + 1] != 0x25)
		return 0;
	memcpy(&offset, code + at + 2, sizeof(offset));
	return address + at + 6 + offset;
}

static void add_edge(struct graph *g, struct node *to, void *arg)
{
	const struct code_found *found = arg;
	struct node *from = g->reading;

	if (to->is_cut || to == from)
		return;
	if (g->n_edges++ > EDGES_MAX) {
		g->stopped = true;
		return;
	}
	from->edges = xgrow(from->edges, from->n_edges, sizeof(*from->edges));
	from->edges[from->n_edges++] = (struct edge){
		to, found->rax, found->rdi, found->use != USE_TAKE };
	to->has_caller |= found->use != USE_TAKE;
	if (to->object->b.is_libc)
		enqueue(g, to);
}

static void add_slot_edge(struct graph *g, uint64_t address,
			  const struct code_found *found)
{
	struct object *o = g->reading->object;
	const struct binary_slot *slot = binary_slot(&o->b, address);
	struct node *to;

	if (!slot)
		return;
	if (slot->name) {
		each_export(g, slot->name, add_edge, (void *)found);
		return;
	}
	to = node_at(o, slot->target);
	if (to && to->span->start == slot->target)
		add_edge(g, to, (void *)found);
}

static void add_number(struct node *node, uint32_t number)
{
	for (size_t i = 0; i < node->n_numbers; i++)
		if (node->numbers[i] == (int)number)
			return;
	node->numbers = xgrow(node->numbers, node->n_numbers,
			      sizeof(*node->numbers));
	node->numbers[node->n_numbers++] = number;
}

static bool is_parameter(uint32_t reg)
{
	return reg == CODE_RAX || reg == CODE_RDI;
}

/*
 * Adds a number with which this function makes a call, itself or in a function
 * that takes the number.
 */
static void add_value(struct node *node, const struct code_value *value)
{
	bool fits = value->kind == VALUE_NUMBERS;

	for (unsigned int i = 0; fits && i < value->n; i++)
		fits = value->at[i] < GRAPH_NUMBERS_MAX;
	if (fits)
		for (unsigned int i = 0; i < value->n; i++)
			add_number(node, value->at[i]);
	else if (value->kind == VALUE_ENTRY && is_parameter(value->at[0]))
		node->parameter = value->at[0];
	else
		node->n_unknown++;
}

static void go_to(struct graph *g, const struct code_found *found)
{
	struct object *o = g->reading->object;
	uint64_t slot = slot_of_stub(&o->b, found->target);
	struct node *to;

	if (slot) {
		add_slot_edge(g, slot, found);
		return;
	}
	to = node_at(o, found->target);
	if (to)
		add_edge(g, to, (void *)found);
}

static void on_found(void *arg, const struct code_found *found)
{
	struct graph *g = arg;
	struct node *to;

	switch (found->use) {
	case USE_SYSCALL:
		add_value(g->reading, &found->rax);
		break;
	case USE_GO:
		go_to(g, found);
		break;
	case USE_GO_BY:
		add_slot_edge(g, found->target, found);
		break;
	case USE_TAKE:
		if (!g->reading->object->b.is_libc)
			break;
		to = node_at(g->reading->object, found->target);
		if (to && to->span->start == found->target)
			add_edge(g, to, (void *)found);
		else if (!to)
			add_slot_edge(g, found->target, found);
	}
}

static void read_node(struct graph *g, struct node *node)
{
	size_t size = node->span->end - node->span->start, n;
	const uint8_t *bytes;

	if (node->is_read)
		return;
	node->is_read = true;
	bytes = binary_at(&node->object->b, node->span->start, &n);
	if (bytes && size > n)
		size = n;
	g->stopped |= g->bytes > BYTES_MAX || now_ns() > g->deadline;
	g->cut_short |= g->stopped || size > FUNCTION_MAX;
	if (!bytes || g->stopped || size > FUNCTION_MAX)
		return;
	g->bytes += size;
	g->reading = node;
	code_read(g->code, bytes, size, node->span->start, on_found, g);
}

static void read_queue(struct graph *g)
{
	while (g->n_queue && !g->stopped)
		read_node(g, g->queue[--g->n_queue]);
	g->n_queue = 0;
}

/*
 * Objects that make calls of their own. Only functions with such calls are
 * read.
 */

static void queue_export(struct graph *g, struct node *node, void *unused)
{
	(void)unused;
	enqueue(g, node);
}

static void queue_imports(struct graph *g, struct object *o)
{
	for (size_t i = 0; i < o->b.n_symbols && !g->stopped; i++) {
		g->stopped |= now_ns() > g->deadline;
		if (!o->b.symbols[i].address)
			each_export(g, o->b.symbols[i].name, queue_export, NULL);
	}
}

/*
 * Calls a function for each address in the code. It gets the bytes up to the
 * end of the section.
 */
static void each_place(struct graph *g, struct object *o,
		       void (*act)(struct graph *, struct object *,
				   const uint8_t *, uint64_t))
{
	enum { LONGEST = 6 };

	for (size_t t = 0; t < o->b.n_texts; t++) {
		const struct binary_span *text = &o->b.texts[t];
		size_t n;
		const uint8_t *at = binary_at(&o->b, text->start, &n);

		if (!at)
			continue;
		if (n > text->end - text->start)
			n = text->end - text->start;
		for (size_t i = 0; i + LONGEST <= n; i++)
			act(g, o, at + i, text->start + i);
	}
}

static void queue_syscall(struct graph *g, struct object *o, const uint8_t *at,
			  uint64_t address)
{
	struct node *node;

	if (at[0] != 0x0f || at[1] != 0x05)
		return;
	node = node_at(o, address);
	if (node)
		enqueue(g, node);
}

static void look_for_parameter(struct graph *g, struct node *node, void *arg)
{
	(void)g;
	*(bool *)arg |= node->parameter != NO_PARAMETER;
}

static bool is_among(const uint64_t *list, size_t n, uint64_t address)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == address)
			return true;
	return false;
}

static void add_address(struct graph *g, uint64_t **list, size_t *n,
			uint64_t address)
{
	/* This is limited, because each address is compared with every call. */
	enum { MOST = 64 };

	if (is_among(*list, *n, address))
		return;
	g->cut_short |= *n == MOST;
	if (*n == MOST)
		return;
	*list = xgrow(*list, *n, sizeof(**list));
	(*list)[(*n)++] = address;
}

/* Finds the slots with the address of a function that takes a call's number. */
static void find_slots(struct graph *g, struct object *o)
{
	for (size_t i = 0; i < o->b.n_slots; i++) {
		const struct binary_slot *slot = &o->b.slots[i];
		bool takes = false;

		if (slot->name)
			each_export(g, slot->name, look_for_parameter, &takes);
		if (takes)
			add_address(g, &o->slots, &o->n_slots, slot->address);
	}
}

static void find_stub(struct graph *g, struct object *o, const uint8_t *at,
		      uint64_t address)
{
	uint64_t slot;

	if (at[0] != 0xff && at[0] != 0xf2 && at[0] != 0xf3)
		return;
	slot = slot_of_stub(&o->b, address);
	if (slot && is_among(o->slots, o->n_slots, slot))
		add_address(g, &o->takers, &o->n_takers, address);
}

/* Returns whether it found further ones. */
static bool find_takers(struct graph *g, struct object *o)
{
	size_t n = o->n_takers, n_slots = o->n_slots;

	for (size_t i = 0; i < o->b.n_functions; i++)
		if (o->nodes[i] && o->nodes[i]->parameter != NO_PARAMETER)
			add_address(g, &o->takers, &o->n_takers,
				    o->nodes[i]->span->start);
	find_slots(g, o);
	if (o->n_slots > n_slots)
		each_place(g, o, find_stub);
	return o->n_takers > n || o->n_slots > n_slots;
}

/* Queues a function that calls or jumps to a function that takes a number. */
static void queue_caller(struct graph *g, struct object *o, const uint8_t *at,
			 uint64_t address)
{
	int32_t offset;
	bool takes = false;
	struct node *node;

	if (at[0] == 0xe8 || at[0] == 0xe9) {
		memcpy(&offset, at + 1, sizeof(offset));
		takes = is_among(o->takers, o->n_takers, address + 5 + offset);
	} else if (at[0] == 0xff && (at[1] == 0x15 || at[1] == 0x25)) {
		memcpy(&offset, at + 2, sizeof(offset));
		takes = is_among(o->slots, o->n_slots, address + 6 + offset);
	}
	node = takes ? node_at(o, address) : NULL;
	if (node && !slot_of_stub(&o->b, node->span->start))
		enqueue(g, node);
}

/* Functions that pass a number on */

static const struct code_value *passed(const struct edge *edge)
{
	return edge->to->parameter == CODE_RAX ? &edge->rax : &edge->rdi;
}

static void each_node(struct graph *g, void (*act)(struct graph *, struct node *))
{
	for (struct object *o = g->objects; o; o = o->next)
		for (size_t i = 0; i < o->b.n_functions; i++)
			if (o->nodes[i] && o->nodes[i]->is_read)
				act(g, o->nodes[i]);
}

/*
 * If a function passes a parameter to one that takes a number, it takes a
 * number itself.
 */
static void find_parameter(struct graph *g, struct node *node)
{
	(void)g;
	for (size_t i = 0; i < node->n_edges; i++) {
		const struct edge *edge = &node->edges[i];

		if (edge->goes && edge->to->parameter != NO_PARAMETER &&
		    passed(edge)->kind == VALUE_ENTRY &&
		    is_parameter(passed(edge)->at[0]))
			node->parameter = passed(edge)->at[0];
	}
}

static void take_numbers(struct graph *g, struct node *node)
{
	(void)g;
	for (size_t i = 0; i < node->n_edges; i++) {
		const struct edge *edge = &node->edges[i];

		if (edge->goes && edge->to->parameter != NO_PARAMETER)
			add_value(node, passed(edge));
	}
	/*
	 * Calls through pointers are not followed: such a function can get any
	 * number.
	 */
	node->n_unknown += node->parameter != NO_PARAMETER &&
		!node->has_caller && !node->object->b.is_libc;
}

static void read_all(struct graph *g)
{
	for (struct object *o = g->objects; o; o = o->next) {
		if (o->b.is_libc)
			continue;
		queue_imports(g, o);
		each_place(g, o, queue_syscall);
	}
	for (int round = 0; round < ROUNDS_MAX && !g->stopped; round++) {
		read_queue(g);
		each_node(g, find_parameter);
		for (struct object *o = g->objects; o; o = o->next)
			if (!o->b.is_libc && find_takers(g, o))
				each_place(g, o, queue_caller);
		if (!g->n_queue)
			break;
	}
	g->cut_short |= g->n_queue;
	read_queue(g);
	each_node(g, take_numbers);
}

/*
 * Cuts edges to functions that handle errors, because nearly everything can be
 * reached from there.
 */
static void cut(struct graph *g, struct node *node, void *unused)
{
	(void)g, (void)unused;
	node->is_cut = true;
}

static void cut_edges(struct graph *g)
{
	static const char *const names[] = {
		"abort", "__stack_chk_fail", "__assert_fail", "__assert",
		"__assert_perror_fail", "__pthread_unwind", "dcgettext",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		each_export(g, names[i], cut, NULL);
}

/* Reachability */

struct root {
	enum graph_near near;
	unsigned int steps;
	const char *name, *object;
};

static void reach(struct graph *g, struct node *node, void *arg)
{
	const struct root *root = arg;

	if (node->near || !node->is_read)
		return;
	node->near = root->near;
	node->steps = root->steps;
	node->root = root->name;
	node->root_object = root->object;
	g->queue = xgrow(g->queue, g->n_queue, sizeof(*g->queue));
	g->queue[g->n_queue++] = node;
}

static void reach_roots(struct graph *g, struct object *o,
			enum graph_near near)
{
	struct root root = { near, 0, "", o->name };

	for (size_t i = 0; i < o->b.n_functions; i++)
		if (o->nodes[i])
			reach(g, o->nodes[i], &root);
	for (size_t i = 0; i < o->b.n_symbols; i++) {
		root.name = o->b.symbols[i].name;
		if (!o->b.symbols[i].address)
			each_export(g, root.name, reach, &root);
	}
}

/* Visits the nearest nodes first, so that each node gets the fewest steps. */
static void spread(struct graph *g)
{
	for (size_t at = 0; at < g->n_queue; at++) {
		const struct node *node = g->queue[at];
		struct root root = {
			node->near, node->steps + 1, node->root,
			node->root_object,
		};

		for (size_t i = 0; i < node->n_edges; i++)
			if (node->edges[i].to->object->b.is_libc)
				reach(g, node->edges[i].to, &root);
	}
	g->n_queue = 0;
}

static void report(struct graph_result *result, const struct node *node)
{
	for (size_t i = 0; i < node->n_numbers; i++) {
		struct graph_call *call = &result->calls[node->numbers[i]];

		if (call->near && (call->near < node->near ||
				   (call->near == node->near &&
				    call->steps <= node->steps)))
			continue;
		call->near = node->near;
		call->steps = node->steps;
		strncpy(call->object, node->root_object, GRAPH_WHY_MAX - 1);
		strncpy(call->function, node->root, GRAPH_WHY_MAX - 1);
	}
	result->n_unknown += node->n_unknown;
}

void graph_solve(struct graph *g, struct graph_result *result)
{
	cut_edges(g);
	read_all(g);
	g->n_queue = 0;
	for (int near = GRAPH_OWN; near <= GRAPH_LIBRARY; near++) {
		for (struct object *o = g->objects; o; o = o->next)
			if (!o->b.is_libc && o->own == (near == GRAPH_OWN))
				reach_roots(g, o, near);
		spread(g);
	}
	for (struct object *o = g->objects; o; o = o->next)
		for (size_t i = 0; i < o->b.n_functions; i++)
			if (o->nodes[i] && o->nodes[i]->near)
				report(result, o->nodes[i]);
	result->cut_short = g->cut_short || g->stopped;
}
