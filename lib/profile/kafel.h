/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kafel, the language of nsjail's policies: its words and its conditions, as in
 * README.md, src/lexer.l and src/parser.y of github.com/google/kafel.
 */
#ifndef KAFEL_H
#define KAFEL_H

#include "profile/private.h"

/* nesting of includes: MAX_INCLUDE_DEPTH, lexer.l */
enum { KAFEL_DEPTH_MAX = 16 };

enum kafel_kind { KAFEL_END, KAFEL_NAME, KAFEL_NUMBER, KAFEL_SIGN };

struct kafel_words {
	struct reader *reader;
	/* loads included files; NULL: they are loaded already */
	struct host *loading;
	/* the policy, and the files that are being included */
	struct kafel_text {
		const char *at;
		const char *file;	/* as in struct reader */
		size_t line;
		bool including;		/* within "#include …" */
	} texts[KAFEL_DEPTH_MAX + 1];
	size_t n_texts, n_includes, n_bytes;
	/* cases in all conditions: see PRODUCTS_MAX */
	size_t n_products;
	bool failed;			/* the problem is set */
	/* the next word */
	enum kafel_kind kind;
	const char *word;		/* `n` bytes */
	size_t n;
	uint64_t number;
};

/* Begins with the first word of a text. */
void kafel_words_begin(struct kafel_words *w, const char *text);
/* Goes to the next word. After a problem, the next word is always KAFEL_END. */
void kafel_step(struct kafel_words *w);
/*
 * kafel_is() says whether this is the next word; kafel_take() also goes past
 * it.
 */
bool kafel_is(const struct kafel_words *w, const char *word);
bool kafel_take(struct kafel_words *w, const char *word);
/* Goes past the word, or sets the problem. */
bool kafel_expect(struct kafel_words *w, const char *word);
/*
 * Take a name, which the caller frees, or a number. If there is none, they
 * return NULL or false, and the problem is that `what` was expected.
 */
char *kafel_take_name(struct kafel_words *w, const char *what);
bool kafel_take_number(struct kafel_words *w, uint64_t *value);
/*
 * Set the problem and return false. kafel_refuse() adds the word at which it
 * occurred.
 */
__attribute__((format(printf, 2, 3)))
bool kafel_fail(struct kafel_words *w, const char *fmt, ...);
bool kafel_refuse(struct kafel_words *w, const char *what);

/* Names for numbers, defined by "#define NAME NUMBER". */
struct kafel_constants {
	struct kafel_constant {
		char *name;
		uint64_t value;
	} *list;		/* sorted by strcmp(3) */
	size_t n;
};

const struct kafel_constant *
kafel_constant(const struct kafel_constants *constants, const char *name);

/* The call of a rule: conditions can name its arguments. */
struct kafel_call {
	char *name;		/* NULL: the call is given as a number */
	/* the rule is for another machine: accept any argument */
	bool elsewhere;
	bool declared;		/* as NAME(a, b): all arguments have 64 bits */
	char *arguments[6];
	size_t n;
};

/*
 * At least one group must hold. A group holds if all of its comparisons hold.
 */
struct kafel_condition {
	struct kafel_group {
		struct profile_arg args[6];
		uint32_t n;	/* 0: holds for every call */
	} *groups;
	size_t n;		/* 0: holds for no call */
};

/* Reads from after "{" to "}". The caller frees out->groups. */
bool kafel_read_condition(struct kafel_words *w,
			  const struct kafel_constants *constants,
			  const struct kafel_call *call,
			  struct kafel_condition *out);

#endif
