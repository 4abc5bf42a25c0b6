/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions of Kafel policies. They are parsed to a tree of comparisons, and
 * then turned into alternatives: groups of comparisons of which one must hold.
 * A comparison covers 64 bits if its argument has 64 bits or its number is
 * larger than 32 bits, and 32 bits otherwise (is_64bit() in src/codegen.c).
 */
#include "profile/kafel.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "profile/compare.h"
#include "profile/kafel-calls.h"

enum {
	NODES_MAX = 4096,
	PARENTHESES_MAX = 64,
	GROUPS_MAX = 4096,
	PRODUCTS_MAX = 1 << 22,	/* in all conditions of a policy together */
};

/* A number, or the expression (argument & and) | or. */
struct value {
	bool is_number, wide, changed;
	uint32_t index;
	uint64_t and, or;	/* a number is stored in `or` */
};

struct node {
	enum { VALUE, COMPARISON, AND, OR, NOT } kind;
	int op;			/* enum scmp_compare */
	struct value value, right_value;
	struct node *left, *right;
};

struct parser {
	struct kafel_words *words;
	const struct kafel_constants *constants;
	const struct kafel_call *call;
	struct node *nodes[NODES_MAX];
	size_t n_nodes, depth;
};

static int compare_constant(const void *name, const void *constant)
{
	return strcmp(name, ((const struct kafel_constant *)constant)->name);
}

const struct kafel_constant *
kafel_constant(const struct kafel_constants *constants, const char *name)
{
	return constants->n ? bsearch(name, constants->list, constants->n,
				      sizeof(*constants->list),
				      compare_constant) : NULL;
}

/* The tree */

static struct node *new_node(struct parser *p, int kind, struct node *left,
			     struct node *right)
{
	struct node *node;

	if (p->n_nodes == NODES_MAX) {
		kafel_refuse(p->words, "a condition that is too long");
		return NULL;
	}
	node = xcalloc(1, sizeof(*node));
	node->kind = kind;
	node->left = left;
	node->right = right;
	p->nodes[p->n_nodes++] = node;
	return node;
}

static struct node *new_number(struct parser *p, uint64_t number)
{
	struct node *node = new_node(p, VALUE, NULL, NULL);

	if (node)
		node->value = (struct value){
			.is_number = true, .or = number,
			.wide = number > UINT32_MAX,
		};
	return node;
}

static bool find_declared(const struct kafel_call *call, const char *name,
			  struct value *value)
{
	for (size_t i = 0; i < call->n; i++)
		if (!strcmp(call->arguments[i], name)) {
			value->index = i;
			value->wide = true;
			return true;
		}
	return false;
}

static bool find_argument(struct parser *p, const char *name,
			  struct value *value)
{
	const struct kafel_call *call = p->call;
	const char *known;

	if (call->elsewhere) {
		*value = (struct value){ .is_number = true };
		return true;
	}
	*value = (struct value){ .and = UINT64_MAX };
	if (call->declared ? find_declared(call, name, value) :
	    call->name && kafel_argument(call->name, name, &value->index,
					 &value->wide))
		return true;
	known = call->name && !call->declared ? kafel_arguments(call->name) :
						NULL;
	return kafel_fail(p->words, "%s: neither a constant nor an argument of "
			  "%s%s%s%s", name, call->name ? call->name : "the call",
			  known ? " (" : "", known ? known : "",
			  known ? ")" : "");
}

static struct node *parse_name(struct parser *p)
{
	char *name = kafel_take_name(p->words,
			       "expected a number, a constant or an argument");
	const struct kafel_constant *constant;
	struct node *node = NULL;

	if (!name)
		return NULL;
	constant = kafel_constant(p->constants, name);
	if (constant) {
		node = new_number(p, constant->value);
	} else {
		node = new_node(p, VALUE, NULL, NULL);
		if (node && !find_argument(p, name, &node->value))
			node = NULL;
	}
	free(name);
	return node;
}

static struct node *parse_list(struct parser *p);

/* Parses a value, or a condition in parentheses. The node says which. */
static struct node *parse_operand(struct parser *p)
{
	struct node *node;
	uint64_t number;

	if (p->words->kind == KAFEL_NUMBER)
		return kafel_take_number(p->words, &number) ?
		       new_number(p, number) : NULL;
	if (!kafel_take(p->words, "("))
		return parse_name(p);
	if (p->depth == PARENTHESES_MAX) {
		kafel_refuse(p->words, "too many parentheses");
		return NULL;
	}
	p->depth++;
	node = parse_list(p);
	p->depth--;
	return node && kafel_expect(p->words, ")") ? node : NULL;
}

/*
 * Combines two operands by & or |. A number with all bits set makes the result
 * a number, or does not change it.
 */
static bool join(struct value *value, struct value other, bool is_and)
{
	uint64_t number;

	if (value->is_number) {
		struct value swapped = *value;

		*value = other;
		other = swapped;
	}
	if (!other.is_number)
		return false;
	number = other.or;
	if (value->is_number) {
		value->or = is_and ? value->or & number : value->or | number;
		value->wide = value->or > UINT32_MAX;
	} else if (number == (is_and ? 0 : UINT64_MAX)) {
		*value = (struct value){
			.is_number = true, .or = number,
			.wide = number > UINT32_MAX,
		};
	} else if (number != (is_and ? UINT64_MAX : 0)) {
		value->and &= is_and ? number : ~number;
		value->or = is_and ? value->or & number : value->or | number;
		value->wide |= other.wide;
		value->changed = true;
	}
	return true;
}

static struct node *not_a_value(struct parser *p)
{
	kafel_refuse(p->words, "a condition where a value was expected");
	return NULL;
}

static struct node *join_nodes(struct parser *p, struct node *left,
			       struct node *right, bool is_and)
{
	struct node *node;

	if (!left || !right)
		return NULL;
	if (left->kind != VALUE || right->kind != VALUE)
		return not_a_value(p);
	node = new_node(p, VALUE, NULL, NULL);
	if (!node)
		return NULL;
	node->value = left->value;
	if (join(&node->value, right->value, is_and))
		return node;
	kafel_refuse(p->words, "two arguments joined to one value, which is "
		     "not read");
	return NULL;
}

/* "A & B & C" */
static struct node *parse_and_bits(struct parser *p)
{
	struct node *node = parse_operand(p);

	while (node && kafel_take(p->words, "&"))
		node = join_nodes(p, node, parse_operand(p), true);
	return node;
}

/* "A & B | C" */
static struct node *parse_bits(struct parser *p)
{
	struct node *node = parse_and_bits(p);

	while (node && kafel_take(p->words, "|"))
		node = join_nodes(p, node, parse_and_bits(p), false);
	return node;
}

static bool take_operator(struct kafel_words *w, int *op)
{
	size_t n = w->kind == KAFEL_SIGN ? compare_sign_length(w->word, op) : 0;

	if (!n || n != w->n)
		return false;
	kafel_step(w);
	return true;
}

static int swapped_operator(int op)
{
	switch (op) {
	case SCMP_CMP_LT:
		return SCMP_CMP_GT;
	case SCMP_CMP_LE:
		return SCMP_CMP_GE;
	case SCMP_CMP_GT:
		return SCMP_CMP_LT;
	case SCMP_CMP_GE:
		return SCMP_CMP_LE;
	default:
		return op;
	}
}

/* If one side is an argument, it becomes the left side. */
static struct node *new_comparison(struct parser *p, int op, struct node *left,
				   struct node *right)
{
	struct node *node = left && right ? new_node(p, COMPARISON, NULL, NULL) :
					    NULL;
	bool swap;

	if (!node)
		return NULL;
	if (left->kind != VALUE || right->kind != VALUE)
		return not_a_value(p);
	swap = left->value.is_number;
	node->op = swap ? swapped_operator(op) : op;
	node->value = swap ? right->value : left->value;
	node->right_value = swap ? left->value : right->value;
	if (node->right_value.is_number ||
	    (node->value.index == node->right_value.index &&
	     !node->value.changed && !node->right_value.changed))
		return node;
	kafel_refuse(p->words, "one argument compared with another, which is "
		     "not read");
	return NULL;
}

static struct node *parse_comparison(struct parser *p)
{
	struct node *node;
	int op;

	if (kafel_take(p->words, "!")) {
		if (p->depth == PARENTHESES_MAX) {
			kafel_refuse(p->words, "too many '!'");
			return NULL;
		}
		p->depth++;
		node = parse_comparison(p);
		p->depth--;
		if (node && node->kind == VALUE)
			kafel_refuse(p->words, "no comparison");
		return node && !p->words->failed ?
		       new_node(p, NOT, node, NULL) : NULL;
	}
	node = parse_bits(p);
	if (node && take_operator(p->words, &op))
		node = new_comparison(p, op, node, parse_bits(p));
	return node;
}

/*
 * Parses "A && B", "A || B" or "A, B", in this order of precedence. For a value
 * in parentheses, there is no such operator.
 */
static struct node *parse_chain(struct parser *p, const char *sign, int kind,
				struct node *(*parse)(struct parser *p))
{
	struct node *node = parse(p), *right;

	while (node && kafel_take(p->words, sign)) {
		right = parse(p);
		if (!right)
			return NULL;
		if (node->kind == VALUE || right->kind == VALUE) {
			kafel_refuse(p->words, "no comparison");
			return NULL;
		}
		node = new_node(p, kind, node, right);
	}
	return node;
}

static struct node *parse_and(struct parser *p)
{
	return parse_chain(p, "&&", AND, parse_comparison);
}

static struct node *parse_or(struct parser *p)
{
	return parse_chain(p, "||", OR, parse_and);
}

static struct node *parse_list(struct parser *p)
{
	return parse_chain(p, ",", OR, parse_or);
}

/* The groups */

static void add_group(struct kafel_condition *c,
		      const struct kafel_group *group)
{
	c->groups = xgrow(c->groups, c->n, sizeof(*group));
	c->groups[c->n++] = *group;
}

/*
 * Adds the condition that bits of an argument have a value. Without bits, this
 * holds for every call.
 */
static void add_bits(struct kafel_condition *c, uint32_t index, uint64_t mask,
		     uint64_t value)
{
	struct kafel_group group = { .n = mask != 0 };

	group.args[0] = (struct profile_arg){
		index, SCMP_CMP_MASKED_EQ, mask, value,
	};
	add_group(c, &group);
}

static void add_plain(struct kafel_condition *c, uint32_t index, int op,
		      uint64_t value, uint64_t value_two)
{
	struct kafel_group group = {
		.args = { { index, op, value, value_two } }, .n = 1,
	};

	add_group(c, &group);
}

static void add_equal(struct kafel_condition *c, const struct value *v,
		      uint64_t k, bool unequal)
{
	if ((k & v->or) != v->or || k & ~(v->and | v->or)) {
		if (unequal)
			add_bits(c, v->index, 0, 0);
	} else if (!unequal) {
		add_bits(c, v->index, v->and, k & ~v->or);
	} else if (v->and) {
		add_plain(c, v->index, PROFILE_CMP_MASKED_NE, v->and,
			  k & ~v->or);
	}
}

/*
 * A value that differs from k is above or below k, depending on the highest bit
 * that differs. There is one group for each such bit; the bits above it equal
 * those of k.
 */
static void add_order(struct kafel_condition *c, const struct value *v,
		      uint64_t k, bool larger)
{
	uint64_t mask = 0, bits = 0;

	for (uint64_t bit = 1ULL << 63; bit; bit >>= 1) {
		bool fixed = !(v->and & bit), set = v->or & bit;
		bool differs = !(k & bit) == larger;

		if (differs && !fixed)
			add_bits(c, v->index, mask | bit,
				 bits | (larger ? bit : 0));
		else if (differs && set == larger)
			add_bits(c, v->index, mask, bits);
		if (fixed && set != !!(k & bit))
			return;
		if (!fixed) {
			mask |= bit;
			bits |= k & bit;
		}
	}
}

static int opposite_operator(int op)
{
	switch (op) {
	case SCMP_CMP_EQ:
		return SCMP_CMP_NE;
	case SCMP_CMP_NE:
		return SCMP_CMP_EQ;
	case SCMP_CMP_LT:
		return SCMP_CMP_GE;
	case SCMP_CMP_LE:
		return SCMP_CMP_GT;
	case SCMP_CMP_GT:
		return SCMP_CMP_LE;
	default:
		return SCMP_CMP_LT;
	}
}

static bool holds(int op, uint64_t a, uint64_t b)
{
	switch (op) {
	case SCMP_CMP_EQ:
		return a == b;
	case SCMP_CMP_NE:
		return a != b;
	case SCMP_CMP_LT:
		return a < b;
	case SCMP_CMP_LE:
		return a <= b;
	case SCMP_CMP_GT:
		return a > b;
	default:
		return a >= b;
	}
}

static void add_inequality(struct kafel_condition *c, const struct value *v,
			   int op, uint64_t k)
{
	bool larger = op == SCMP_CMP_GT || op == SCMP_CMP_GE;

	if (v->and == UINT64_MAX) {
		add_plain(c, v->index, op, k, 0);
		return;
	}
	if (op == SCMP_CMP_GE || op == SCMP_CMP_LE)
		add_equal(c, v, k, false);
	add_order(c, v, k, larger);
}

static void add_comparison(struct kafel_condition *c, const struct node *node,
			   bool negate)
{
	struct value v = node->value, k = node->right_value;
	int op = negate ? opposite_operator(node->op) : node->op;
	uint64_t all = v.wide || k.wide ? UINT64_MAX : UINT32_MAX;

	/*
	 * two numbers, or an argument that is compared with itself, as in "fd
	 * == fd"
	 */
	if (v.is_number || !k.is_number) {
		if (v.is_number ? holds(op, v.or, k.or) : holds(op, 0, 0))
			add_bits(c, 0, 0, 0);
		return;
	}
	v.and &= all & ~v.or;
	v.or &= all;
	k.or &= all;
	if (op == SCMP_CMP_EQ || op == SCMP_CMP_NE)
		add_equal(c, &v, k.or, op == SCMP_CMP_NE);
	else
		add_inequality(c, &v, op, k.or);
}

/* Returns 0 if the group cannot hold, and -1 if it has too many conditions. */
static int add_arg(struct kafel_group *group, const struct profile_arg *arg)
{
	for (uint32_t i = 0; i < group->n; i++) {
		struct profile_arg *other = &group->args[i];

		if (other->index != arg->index || other->op != arg->op)
			continue;
		if (arg->op == SCMP_CMP_MASKED_EQ) {
			if ((arg->value_two ^ other->value_two) & arg->value &
			    other->value)
				return 0;
			other->value |= arg->value;
			other->value_two |= arg->value_two;
			return 1;
		}
		if (other->value == arg->value &&
		    other->value_two == arg->value_two)
			return 1;
	}
	if (group->n == sizeof(group->args) / sizeof(group->args[0]))
		return -1;
	group->args[group->n++] = *arg;
	return 1;
}

/* Makes a group of the conditions of two groups. */
static int both(struct kafel_group *group, const struct kafel_group *other)
{
	int result = 1;

	for (uint32_t i = 0; i < other->n && result > 0; i++)
		result = add_arg(group, &other->args[i]);
	return result;
}

static bool refuse_long(struct parser *p)
{
	return kafel_fail(p->words, "a condition with too many cases");
}

/* Combines each group of one condition with each group of the other. */
static bool multiply(struct parser *p, struct kafel_condition *a,
		     const struct kafel_condition *b,
		     struct kafel_condition *out)
{
	p->words->n_products += a->n * b->n;
	if (p->words->n_products > PRODUCTS_MAX)
		return refuse_long(p);
	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < b->n; j++) {
			struct kafel_group group = a->groups[i];
			int result = both(&group, &b->groups[j]);

			if (result < 0 || out->n == GROUPS_MAX)
				return refuse_long(p);
			if (result)
				add_group(out, &group);
		}
	return true;
}

static bool is_always(const struct kafel_condition *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!c->groups[i].n)
			return true;
	return false;
}

/* Moves the groups of `a` to `out`, which is cheaper than copying. */
static bool add_up(struct parser *p, struct kafel_condition *a,
		   const struct kafel_condition *b, struct kafel_condition *out)
{
	if (is_always(a) || is_always(b)) {
		add_bits(out, 0, 0, 0);
		return true;
	}
	if (a->n + b->n > GROUPS_MAX)
		return refuse_long(p);
	*out = *a;
	*a = (struct kafel_condition){ NULL, 0 };
	for (size_t i = 0; i < b->n; i++)
		add_group(out, &b->groups[i]);
	return true;
}

static bool expand(struct parser *p, const struct node *node, bool negate,
		   struct kafel_condition *out)
{
	struct kafel_condition left = { NULL, 0 }, right = { NULL, 0 };
	bool ok;

	*out = left;
	if (node->kind == NOT)
		return expand(p, node->left, !negate, out);
	if (node->kind == COMPARISON) {
		add_comparison(out, node, negate);
		return true;
	}
	ok = expand(p, node->left, negate, &left) &&
	     expand(p, node->right, negate, &right) &&
	     ((node->kind == AND) != negate ? multiply : add_up)(p, &left,
								 &right, out);
	free(left.groups);
	free(right.groups);
	return ok;
}

/* Replaces a mask of all bits by a plain comparison. */
static void simplify(struct kafel_condition *c)
{
	for (size_t i = 0; i < c->n; i++)
		for (uint32_t j = 0; j < c->groups[i].n; j++) {
			struct profile_arg *arg = &c->groups[i].args[j];

			if (arg->value != UINT64_MAX ||
			    (arg->op != SCMP_CMP_MASKED_EQ &&
			     arg->op != PROFILE_CMP_MASKED_NE))
				continue;
			arg->op = arg->op == SCMP_CMP_MASKED_EQ ? SCMP_CMP_EQ :
								  SCMP_CMP_NE;
			arg->value = arg->value_two;
			arg->value_two = 0;
		}
}

bool kafel_read_condition(struct kafel_words *w,
			  const struct kafel_constants *constants,
			  const struct kafel_call *call,
			  struct kafel_condition *out)
{
	struct parser *p = xcalloc(1, sizeof(*p));
	struct node *node;
	bool ok;

	*out = (struct kafel_condition){ NULL, 0 };
	p->words = w;
	p->constants = constants;
	p->call = call;
	node = parse_list(p);
	if (node && node->kind == VALUE)
		kafel_refuse(w, "no comparison");
	ok = node && !w->failed && kafel_expect(w, "}") &&
	     expand(p, node, false, out);
	simplify(out);
	for (size_t i = 0; i < p->n_nodes; i++)
		free(p->nodes[i]);
	free(p);
	return ok;
}
