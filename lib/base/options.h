/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a tool, each described once: the parser, --help, the modes
 * that an option belongs to, and the completions of shells use one table.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_row;

/*
 * Stores the value of an option. `to` is what options_parse() was given;
 * `value` is NULL where there is none. Returns NULL, or what is wrong with the
 * value, on the heap: "not a number of seconds".
 */
typedef char *option_set(const struct option_row *row, void *to,
			 const char *value);

struct option_row {
	const char *name;	/* without "--"; NULL: a line of --help alone */
	char letter;		/* 0: none */
	/* "FILE"; "[GROUPS]" is optional and follows "="; NULL: no value.
	   Completions offer files for a value that ends in FILE. */
	const char *value;
	/* Lines of at most 56 columns; NULL: not in --help. */
	const char *help;
	option_set *set;
	size_t at;		/* set by the two setters below: */
	const void *extra;	/* options_flag() sets the bool at `at` */
	/* a bit for each mode that takes the option; 0: all */
	uint32_t modes;
	uint32_t selects;	/* the modes that it stands for; 0: none */
	const char *choices;	/* "kill log": the values that shells offer */
};

/* Setters that store a bool, or a const char *, at `at` bytes into `to`. */
option_set options_flag, options_text;
#define OPTION_FLAG(type, member) \
	.set = options_flag, .at = offsetof(type, member)
#define OPTION_TEXT(type, member) \
	.set = options_text, .at = offsetof(type, member)

enum { OPTION_ROWS_MAX = 64 };

enum option_operands {
	OPERANDS_FILES,		/* anywhere; "--" ends the options */
	OPERANDS_COMMAND,	/* the first operand begins a command */
	OPERANDS_OR_COMMAND,	/* files anywhere; "--" begins a command */
};

struct option_table {
	const char *usage;	/* the synopsis and what the tool does */
	const struct option_row *rows;
	size_t n_rows;		/* OPTION_ROWS_MAX at most */
	const char *end;	/* the last lines of --help; NULL: none */
	enum option_operands operands;
};

struct option_line {
	uint64_t given;		/* bit i: rows[i] */
	char **operands;	/* NULL-terminated, in argv */
	size_t n_operands;
	char **command;		/* NULL-terminated, in argv; NULL: none */
};

/*
 * Parses the line, reorders argv, and calls the rows' setters in the line's
 * order. Prints and exits for --help, --version, --completion=SHELL and a line
 * that is wrong.
 */
void options_parse(const struct option_table *table, int argc, char **argv,
		   void *to, struct option_line *line);

/*
 * Exits with a message unless every option that was given belongs to the mode.
 * `names` are the modes' names for people: "--replay", "a command".
 */
void options_check_mode(const struct option_table *table,
			const struct option_line *line,
			const char *const *names, size_t n_names,
			unsigned int mode);

#endif
