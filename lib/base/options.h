/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The options of a tool. One table describes each option: the parser, --help,
 * the modes that accept the option, and the shells' completions all use it.
 */
#ifndef BASE_OPTIONS_H
#define BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct option_row;

/*
 * Stores the value of an option in `to`, which the caller of options_parse()
 * gave. `value` is NULL if the option has none. Returns NULL, or a text that
 * says what is wrong with the value, such as "not a number of seconds"; the
 * caller frees it.
 */
typedef char *option_set(const struct option_row *row, void *to,
			 const char *value);

struct option_row {
	/* without "--"; NULL: the row is only a line of --help */
	const char *name;
	char letter;		/* 0: none */
	/* "FILE"; "[GROUPS]" is optional and follows "="; NULL: no value.
	   Completions offer files for a value that ends in FILE. */
	const char *value;
	/* lines of at most 56 columns; NULL: --help does not list the option */
	const char *help;
	option_set *set;
	/* byte offset in `to`, for the two setters below */
	size_t at;
	const void *extra;	/* for a setter that needs more */
	/* a bit for each mode that accepts the option; 0: all modes do */
	uint32_t modes;
	uint32_t selects;	/* the modes that the option selects; 0: none */
	const char *choices;	/* "kill log": the values that shells offer */
};

/*
 * Setters that store a bool, or a const char *, at the byte offset `at` of
 * `to`.
 */
option_set options_flag, options_text;
#define OPTION_FLAG(type, member) \
	.set = options_flag, .at = offsetof(type, member)
#define OPTION_TEXT(type, member) \
	.set = options_text, .at = offsetof(type, member)

enum { OPTION_ROWS_MAX = 64 };

enum option_operands {
	OPERANDS_FILES,		/* files anywhere; "--" ends the options */
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
	uint64_t given;		/* bit i is set if rows[i] was given */
	char **operands;	/* NULL-terminated, in argv */
	size_t n_operands;
	char **command;		/* NULL-terminated, in argv; NULL: none */
};

/*
 * Parses the command line, reorders argv, and calls the rows' setters in the
 * order of the options. Prints and exits for --help, --version,
 * --completion=SHELL and a wrong command line.
 */
void options_parse(const struct option_table *table, int argc, char **argv,
		   void *to, struct option_line *line);

/*
 * Exits with a message unless the mode accepts every option that was given.
 * `names` has the modes' names for the message: "--replay", "a command".
 */
void options_check_mode(const struct option_table *table,
			const struct option_line *line,
			const char *const *names, size_t n_names,
			unsigned int mode);

#endif
