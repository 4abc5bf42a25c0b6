/* SPDX-License-Identifier: Apache-2.0 */
#include "code.h"

#include <capstone/capstone.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "base/memory.h"

enum { REGISTERS = 16, RSP = 4, RBP = 5, NONE = REGISTERS };
enum { PLACES_MAX = 24, JOINS_MAX = 65536 };

/*
 * A place on the stack: its distance from the value that rsp had at the entry.
 */
struct place {
	int64_t offset;
	struct code_value value;
};

struct state {
	struct code_value registers[REGISTERS];
	struct place places[PLACES_MAX];
	size_t n_places;
	int64_t rsp, rbp;	/* the distance of each from rsp at the entry */
	bool has_rsp, has_rbp;	/* whether these distances are known */
};

/* The state in which jumps reach an address. */
struct join {
	uint64_t address;
	struct state state;
	UT_hash_handle hh;
};

struct code {
	csh capstone;
	cs_insn *insn;
	struct state state;
	/* whether some path leads to the next instruction */
	bool is_reached;
	struct join *joins;
	uint64_t start, end;	/* the start and the end of the function */
	struct code_found *found;	/* the results of this pass */
	size_t n_found;
};

/* The functions of capstone; all NULL until code_load(). */
static struct capstone {
	typeof(cs_open) *open;
	typeof(cs_close) *close;
	typeof(cs_option) *option;
	typeof(cs_malloc) *malloc;
	typeof(cs_free) *free;
	typeof(cs_disasm_iter) *disasm_iter;
	typeof(cs_insn_group) *insn_group;
} capstone;

#ifdef STATIC_BUILD

bool code_load(void)
{
	capstone = (struct capstone){
		cs_open, cs_close, cs_option, cs_malloc, cs_free,
		cs_disasm_iter, cs_insn_group,
	};
	return true;
}

#else

#define NAME_OF(major) "libcapstone.so." #major
#define LIBRARY(major) NAME_OF(major)

static void *find(void *library, const char *name, bool *found)
{
	void *function = dlsym(library, name);

	*found = *found && function;
	return function;
}

bool code_load(void)
{
	void *library;
	bool found = true;

	if (capstone.open)
		return true;
	library = dlopen(LIBRARY(CS_API_MAJOR), RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return false;
	capstone = (struct capstone){
		find(library, "cs_open", &found),
		find(library, "cs_close", &found),
		find(library, "cs_option", &found),
		find(library, "cs_malloc", &found),
		find(library, "cs_free", &found),
		find(library, "cs_disasm_iter", &found),
		find(library, "cs_insn_group", &found),
	};
	if (!found)
		capstone.open = NULL;
	return found;
}

#endif

struct code *code_new(void)
{
	struct code *c = xcalloc(1, sizeof(*c));

	if (!code_load() ||
	    capstone.open(CS_ARCH_X86, CS_MODE_64, &c->capstone)) {
		free(c);
		return NULL;
	}
	capstone.option(c->capstone, CS_OPT_DETAIL, CS_OPT_ON);
	capstone.option(c->capstone, CS_OPT_SKIPDATA, CS_OPT_ON);
	c->insn = capstone.malloc(c->capstone);
	return c;
}

void code_free(struct code *c)
{
	if (!c)
		return;
	free(c->found);
	capstone.free(c->insn, 1);
	capstone.close(&c->capstone);
	free(c);
}

/* Values */

static const struct code_value unknown = { .kind = VALUE_UNKNOWN };

static struct code_value number(uint64_t n)
{
	return (struct code_value){ VALUE_NUMBERS, 1, { n } };
}

static bool has_number(const struct code_value *v, uint32_t n)
{
	for (unsigned int i = 0; i < v->n; i++)
		if (v->at[i] == n)
			return true;
	return false;
}

/*
 * Joins two values. The result has the numbers of both, or is unknown if these
 * are too many.
 */
static struct code_value either(struct code_value a,
				const struct code_value *b)
{
	if (a.kind == VALUE_ENTRY && b->kind == VALUE_ENTRY &&
	    a.at[0] == b->at[0])
		return a;
	if (a.kind != VALUE_NUMBERS || b->kind != VALUE_NUMBERS)
		return unknown;
	for (unsigned int i = 0; i < b->n; i++) {
		if (has_number(&a, b->at[i]))
			continue;
		if (a.n == CODE_NUMBERS_MAX)
			return unknown;
		a.at[a.n++] = b->at[i];
	}
	return a;
}

/* States */

static void enter(struct state *s)
{
	memset(s, 0, sizeof(*s));
	for (uint32_t r = 0; r < REGISTERS; r++)
		s->registers[r] = (struct code_value){ VALUE_ENTRY, 0, { r } };
	s->has_rsp = true;
}

static void forget(struct state *s)
{
	memset(s, 0, sizeof(*s));
}

static struct place *find_place(struct state *s, int64_t offset)
{
	for (size_t i = 0; i < s->n_places; i++)
		if (s->places[i].offset == offset)
			return &s->places[i];
	return NULL;
}

static void store(struct state *s, int64_t offset, struct code_value value)
{
	struct place *place = find_place(s, offset);

	if (!place && value.kind != VALUE_UNKNOWN && s->n_places < PLACES_MAX)
		place = &s->places[s->n_places++];
	if (place)
		*place = (struct place){ offset, value };
}

static struct code_value load(struct state *s, int64_t offset)
{
	struct place *place = find_place(s, offset);

	return place ? place->value : unknown;
}

/*
 * Joins two states: keeps the places that both have, with the values of both.
 */
static void join_states(struct state *s, const struct state *other)
{
	struct state theirs = *other;
	size_t kept = 0;

	for (int r = 0; r < REGISTERS; r++)
		s->registers[r] = either(s->registers[r], &other->registers[r]);
	s->has_rsp &= other->has_rsp && s->rsp == other->rsp;
	s->has_rbp &= other->has_rbp && s->rbp == other->rbp;
	for (size_t i = 0; i < s->n_places; i++) {
		struct place *same = find_place(&theirs, s->places[i].offset);

		if (!same)
			continue;
		s->places[kept] = s->places[i];
		s->places[kept].value = either(s->places[i].value, &same->value);
		kept++;
	}
	s->n_places = kept;
}

static void jump_to(struct code *c, uint64_t address)
{
	struct join *join;

	HASH_FIND(hh, c->joins, &address, sizeof(address), join);
	if (join) {
		join_states(&join->state, &c->state);
	} else {
		join = xcalloc(1, sizeof(*join));
		join->address = address;
		join->state = c->state;
		/*
		 * No compiler makes so many jumps in a function: stops
		 * following them.
		 */
		if (HASH_COUNT(c->joins) >= JOINS_MAX) {
			free(join);
			return;
		}
		HASH_ADD(hh, c->joins, address, sizeof(address), join);
	}
}

/*
 * Joins the state with those of all jumps to this address from lower addresses.
 */
static void arrive(struct code *c, uint64_t address)
{
	struct join *join;

	HASH_FIND(hh, c->joins, &address, sizeof(address), join);
	if (!join && !c->is_reached)
		forget(&c->state);
	else if (join && c->is_reached)
		join_states(&c->state, &join->state);
	else if (join)
		c->state = join->state;
	c->is_reached = true;
	if (!join)
		return;
	HASH_DEL(c->joins, join);
	free(join);
}

static void free_joins(struct code *c)
{
	struct join *join, *next;

	HASH_ITER(hh, c->joins, join, next) {
		HASH_DEL(c->joins, join);
		free(join);
	}
}

/* Operands */

/*
 * Returns the number of the register that a name of capstone belongs to, or
 * NONE. The names of its parts count, too.
 */
static int register_of(unsigned int reg)
{
	static const x86_reg names[REGISTERS][4] = {
		{ X86_REG_RAX, X86_REG_EAX, X86_REG_AX, X86_REG_AL },
		{ X86_REG_RCX, X86_REG_ECX, X86_REG_CX, X86_REG_CL },
		{ X86_REG_RDX, X86_REG_EDX, X86_REG_DX, X86_REG_DL },
		{ X86_REG_RBX, X86_REG_EBX, X86_REG_BX, X86_REG_BL },
		{ X86_REG_RSP, X86_REG_ESP, X86_REG_SP, X86_REG_SPL },
		{ X86_REG_RBP, X86_REG_EBP, X86_REG_BP, X86_REG_BPL },
		{ X86_REG_RSI, X86_REG_ESI, X86_REG_SI, X86_REG_SIL },
		{ X86_REG_RDI, X86_REG_EDI, X86_REG_DI, X86_REG_DIL },
		{ X86_REG_R8, X86_REG_R8D, X86_REG_R8W, X86_REG_R8B },
		{ X86_REG_R9, X86_REG_R9D, X86_REG_R9W, X86_REG_R9B },
		{ X86_REG_R10, X86_REG_R10D, X86_REG_R10W, X86_REG_R10B },
		{ X86_REG_R11, X86_REG_R11D, X86_REG_R11W, X86_REG_R11B },
		{ X86_REG_R12, X86_REG_R12D, X86_REG_R12W, X86_REG_R12B },
		{ X86_REG_R13, X86_REG_R13D, X86_REG_R13W, X86_REG_R13B },
		{ X86_REG_R14, X86_REG_R14D, X86_REG_R14W, X86_REG_R14B },
		{ X86_REG_R15, X86_REG_R15D, X86_REG_R15W, X86_REG_R15B },
	};
	/* The number of the register, plus 1. 0: not looked up so far. */
	static uint8_t known[X86_REG_ENDING];

	if (!known[X86_REG_RAX]) {
		for (int r = 0; r < REGISTERS; r++)
			for (int i = 0; i < 4; i++)
				known[names[r][i]] = r + 1;
		known[X86_REG_AH] = 1;
		known[X86_REG_CH] = 2;
		known[X86_REG_DH] = 3;
		known[X86_REG_BH] = 4;
	}
	return reg < X86_REG_ENDING && known[reg] ? known[reg] - 1 : NONE;
}

/*
 * Returns the register if the operand is a whole one or a lower half, since a
 * write to the lower half clears the upper half. Otherwise returns NONE.
 */
static int whole_register(const cs_x86_op *op)
{
	return op->type == X86_OP_REG && op->size >= 4 ?
		register_of(op->reg) : NONE;
}

/* Whether an operand is a place on the stack. If so, sets `place`. */
static bool is_place(const struct state *s, const cs_x86_op *op,
		     int64_t *offset)
{
	if (op->type != X86_OP_MEM || op->mem.index != X86_REG_INVALID ||
	    op->mem.segment != X86_REG_INVALID || op->size < 4)
		return false;
	if (op->mem.base == X86_REG_RSP && s->has_rsp)
		*offset = s->rsp + op->mem.disp;
	else if (op->mem.base == X86_REG_RBP && s->has_rbp)
		*offset = s->rbp + op->mem.disp;
	else
		return false;
	return true;
}

static struct code_value value_of(struct state *s, const cs_x86_op *op)
{
	int64_t offset;

	if (op->type == X86_OP_IMM)
		return number(op->imm);
	if (whole_register(op) != NONE)
		return s->registers[whole_register(op)];
	return is_place(s, op, &offset) ? load(s, offset) : unknown;
}

/* Returns the address that an operand relative to rip names, or 0. */
static uint64_t near_address(const cs_insn *insn, const cs_x86_op *op)
{
	return op->type == X86_OP_MEM && op->mem.base == X86_REG_RIP &&
		op->mem.index == X86_REG_INVALID ?
		insn->address + insn->size + op->mem.disp : 0;
}

/* Apply the effects of instructions to the state. */

static void write_register(struct state *s, int r, struct code_value value)
{
	if (r == NONE)
		return;
	s->registers[r] = value;
	if (r == RSP)
		s->has_rsp = false;
	if (r == RBP)
		s->has_rbp = false;
}

static void move(struct state *s, const cs_x86_op *ops)
{
	int to = whole_register(&ops[0]), from = whole_register(&ops[1]);
	struct code_value value = value_of(s, &ops[1]);
	int64_t offset;

	if (is_place(s, &ops[0], &offset))
		store(s, offset, value);
	if (to == NONE)
		return;
	write_register(s, to, value);
	if (to == RBP && from == RSP && s->has_rsp) {
		s->rbp = s->rsp;
		s->has_rbp = true;
	} else if (to == RSP && from == RBP && s->has_rbp) {
		s->rsp = s->rbp;
		s->has_rsp = true;
	}
}

static void push(struct state *s, const cs_x86_op *op)
{
	struct code_value value = value_of(s, op);

	s->rsp -= 8;
	if (s->has_rsp)
		store(s, s->rsp, value);
}

static void pop(struct state *s, const cs_x86_op *op)
{
	struct code_value value = s->has_rsp ? load(s, s->rsp) : unknown;

	s->rsp += 8;
	if (whole_register(op) != NONE && whole_register(op) != RSP)
		write_register(s, whole_register(op), value);
}

/* Follows arithmetic with rsp. Returns false for any other instruction. */
static bool move_stack(struct state *s, const cs_insn *insn,
		       const cs_x86_op *ops)
{
	if (whole_register(&ops[0]) != RSP || ops[1].type != X86_OP_IMM)
		return false;
	if (insn->id == X86_INS_SUB)
		s->rsp -= ops[1].imm;
	else if (insn->id == X86_INS_ADD)
		s->rsp += ops[1].imm;
	else
		return false;
	return true;
}

static bool is_zeroing(const cs_insn *insn, const cs_x86 *x86)
{
	return (insn->id == X86_INS_XOR || insn->id == X86_INS_SUB) &&
		x86->op_count == 2 && whole_register(&x86->operands[0]) != NONE &&
		whole_register(&x86->operands[1]) ==
			whole_register(&x86->operands[0]);
}

static bool is_conditional_move(const cs_insn *insn)
{
	return insn->id >= X86_INS_CMOVA && insn->id <= X86_INS_CMOVS;
}

/* Makes all values unknown that an instruction writes: it is not followed. */
static void spoil(struct state *s, const cs_insn *insn, const cs_x86 *x86)
{
	int64_t offset;

	for (int i = 0; i < x86->op_count; i++) {
		const cs_x86_op *op = &x86->operands[i];

		if (!(op->access & CS_AC_WRITE))
			continue;
		if (op->type == X86_OP_REG)
			write_register(s, register_of(op->reg), unknown);
		else if (is_place(s, op, &offset))
			store(s, offset, unknown);
	}
	for (int i = 0; i < insn->detail->regs_write_count; i++)
		write_register(s, register_of(insn->detail->regs_write[i]),
			       unknown);
}

/* A called function need not restore these registers: System V ABI. */
static void spoil_by_call(struct state *s)
{
	static const uint8_t lost[] = { 0, 1, 2, 6, 7, 8, 9, 10, 11 };

	for (size_t i = 0; i < sizeof(lost); i++)
		s->registers[lost[i]] = unknown;
}

static void apply(struct state *s, const cs_insn *insn, const cs_x86 *x86)
{
	const cs_x86_op *ops = x86->operands;

	if ((insn->id == X86_INS_MOV || insn->id == X86_INS_MOVABS) &&
	    x86->op_count == 2)
		move(s, ops);
	else if (insn->id == X86_INS_PUSH && x86->op_count == 1)
		push(s, ops);
	else if (insn->id == X86_INS_POP && x86->op_count == 1)
		pop(s, ops);
	else if (is_zeroing(insn, x86))
		write_register(s, whole_register(&ops[0]), number(0));
	else if (is_conditional_move(insn) && x86->op_count == 2 &&
		 whole_register(&ops[0]) != NONE) {
		struct code_value other = value_of(s, &ops[1]);
		int to = whole_register(&ops[0]);

		s->registers[to] = either(s->registers[to], &other);
	} else if (x86->op_count != 2 || !move_stack(s, insn, ops))
		spoil(s, insn, x86);
	if (insn->id == X86_INS_MOV && x86->op_count == 2 &&
	    ops[0].type == X86_OP_REG && ops[0].size < 4)
		write_register(s, register_of(ops[0].reg), unknown);
}

/* Reports the uses in an instruction. */

static void tell(struct code *c, enum code_use use, uint64_t target)
{
	const struct code_found found = {
		.use = use, .target = target,
		.rax = c->state.registers[CODE_RAX],
		.rdi = c->state.registers[CODE_RDI],
	};

	c->found = xgrow(c->found, c->n_found, sizeof(found));
	c->found[c->n_found++] = found;
}

/*
 * A jump within the function joins states. A jump to another function is a use,
 * like a call.
 */
static void go(struct code *c, const cs_insn *insn, bool is_call)
{
	const cs_x86_op *op = &insn->detail->x86.operands[0];
	uint64_t to;

	if (!insn->detail->x86.op_count)
		return;
	to = op->type == X86_OP_IMM ? (uint64_t)op->imm : 0;
	if (to && !is_call && to >= c->start && to < c->end)
		jump_to(c, to);
	else if (to && (is_call || to < c->start || to >= c->end))
		tell(c, USE_GO, to);
	else if (near_address(insn, op))
		tell(c, USE_GO_BY, near_address(insn, op));
}

static void take_addresses(struct code *c, const cs_insn *insn)
{
	const cs_x86 *x86 = &insn->detail->x86;

	for (int i = 0; i < x86->op_count; i++) {
		const cs_x86_op *op = &x86->operands[i];
		uint64_t address = near_address(insn, op);

		/* In a static program, the operand is the address. */
		if (!address && op->type == X86_OP_IMM && op->size >= 4 &&
		    op->imm >= 0x1000)
			address = op->imm;
		if (address)
			tell(c, USE_TAKE, address);
	}
}

static bool ends_flow(const cs_insn *insn)
{
	switch (insn->id) {
	case X86_INS_JMP:
	case X86_INS_LJMP:
	case X86_INS_RET:
	case X86_INS_RETF:
	case X86_INS_HLT:
	case X86_INS_UD2:
	case X86_INS_INT3:
		return true;
	}
	return false;
}

static void read_instruction(struct code *c, const cs_insn *insn)
{
	/* These bytes are not an instruction. */
	if (!insn->id) {
		forget(&c->state);
		return;
	}
	if (insn->id == X86_INS_CALL) {
		go(c, insn, true);
		spoil_by_call(&c->state);
	} else if (capstone.insn_group(c->capstone, insn, X86_GRP_JUMP)) {
		go(c, insn, false);
	} else if (insn->id == X86_INS_SYSCALL) {
		tell(c, USE_SYSCALL, insn->address);
		spoil(&c->state, insn, &insn->detail->x86);
		c->state.registers[CODE_RAX] = unknown;
	} else {
		take_addresses(c, insn);
		apply(&c->state, insn, &insn->detail->x86);
	}
	if (ends_flow(insn))
		c->is_reached = false;
}

static void read_once(struct code *c, const uint8_t *bytes, size_t n,
		      uint64_t address)
{
	c->is_reached = true;
	c->n_found = 0;
	enter(&c->state);
	while (n && capstone.disasm_iter(c->capstone, &bytes, &n, &address,
					 c->insn)) {
		arrive(c, c->insn->address);
		read_instruction(c, c->insn);
	}
}

/*
 * The states of backward jumps are known only at the end, so a second pass
 * joins them. Values that a loop changes are then unknown within the loop.
 */
void code_read(struct code *c, const uint8_t *bytes, size_t n,
	       uint64_t address,
	       void (*found)(void *arg, const struct code_found *), void *arg)
{
	c->start = address;
	c->end = address + n;
	read_once(c, bytes, n, address);
	if (c->joins)
		read_once(c, bytes, n, address);
	free_joins(c);
	for (size_t i = 0; i < c->n_found; i++)
		found(arg, &c->found[i]);
}
