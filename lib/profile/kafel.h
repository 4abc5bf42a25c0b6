/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kafel, the language of nsjail's policies: its words and its conditions. As
 * README.md, src/lexer.l and src/parser.y of github.com/google/kafel have it.
 */
#ifndef KAFEL_H
#define KAFEL_H

#include "profile/private.h"

enum { KAFEL_DEPTH_MAX = 16 };	/* of includes: MAX_INCLUDE_DEPTH, lexer.l */

enum kafel_kind { KAFEL_END, KAFEL_NAME, KAFEL_NUMBER, KAFEL_SIGN };

struct kafel_words {
	struct reader *reader;
	/* Where included files are loaded; NULL: they are looked up. */
	struct host *loading;
	/* The policy and the files that are being included. */
	struct kafel_text {
		const char *at;
		const char *file;	/* as in struct reader */
		size_t line;
		bool including;		/* within "#include …" */
	} texts[KAFEL_DEPTH_MAX + 1];
	size_t n_texts, n_includes, n_bytes;
	size_t n_products;		/* of cases, in all conditions */
	bool failed;			/* the problem is set */
	/* The word that comes next. */
	enum kafel_kind kind;
	const char *word;		/* `n` bytes */
	size_t n;
	uint64_t number;
};

/* The first word of a text comes next. */
void kafel_words_begin(struct kafel_words *w, const char *text);
/* Step over a word; after a problem, only KAFEL_END follows. */
void kafel_step(struct kafel_words *w);
/* Whether the next word is this one; take it then. */
bool kafel_is(const struct kafel_words *w, const char *word);
bool kafel_take(struct kafel_words *w, const char *word);
/* Take it or refuse. */
bool kafel_expect(struct kafel_words *w, const char *word);
/* Take a name (heap) or a number; NULL and false: refused, as not `what`. */
char *kafel_take_name(struct kafel_words *w, const char *what);
bool kafel_take_number(struct kafel_words *w, uint64_t *value);
/* Always false: what is wrong; and, with the second one, at which word. */
__attribute__((format(printf, 2, 3)))
bool kafel_fail(struct kafel_words *w, const char *fmt, ...);
bool kafel_refuse(struct kafel_words *w, const char *what);

/* Names of numbers: "#define NAME NUMBER". */
struct kafel_constants {
	struct kafel_constant {
		char *name;
		uint64_t value;
	} *list;		/* sorted by strcmp(3) */
	size_t n;
};

const struct kafel_constant *
kafel_constant(const struct kafel_constants *constants, const char *name);

/* Whose arguments a condition can name. */
struct kafel_call {
	char *name;		/* NULL: a number */
	bool elsewhere;		/* its rule is not for this machine: any argument */
	bool declared;		/* with arguments of 64 bits: NAME(a, b) */
	char *arguments[6];
	size_t n;
};

/* Any of the groups, of which all arguments must hold. */
struct kafel_condition {
	struct kafel_group {
		struct profile_arg args[6];
		uint32_t n;	/* 0: for every call */
	} *groups;
	size_t n;		/* 0: for no call */
};

/* From after "{" up to "}"; the caller frees out->groups. */
bool kafel_read_condition(struct kafel_words *w,
			  const struct kafel_constants *constants,
			  const struct kafel_call *call,
			  struct kafel_condition *out);

#endif
