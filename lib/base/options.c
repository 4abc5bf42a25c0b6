/* SPDX-License-Identifier: Apache-2.0 */
#include "base/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"

/* getopt_long() returns FIRST_ROW plus the row's index. */
enum { FIRST_ROW = 256 };

static option_set show_help, show_version, show_completion;

/* Options that every tool has, after its own rows. */
static const struct option_row common[] = {
	{ "help", 'h', NULL, "print this help", .set = show_help },
	{ "version", 'V', NULL, "print the version", .set = show_version },
	{ "completion", 0, "SHELL",
	  "print the completions for bash, zsh or fish",
	  .set = show_completion, .choices = "bash zsh fish" },
};
enum { N_COMMON = sizeof(common) / sizeof(common[0]),
       N_ROWS = OPTION_ROWS_MAX + N_COMMON };

char *options_flag(const struct option_row *row, void *to, const char *value)
{
	(void)value;
	*(bool *)((char *)to + row->at) = true;
	return NULL;
}

char *options_text(const struct option_row *row, void *to, const char *value)
{
	*(const char **)((char *)to + row->at) = value;
	return NULL;
}

static const struct option_row *row_at(const struct option_table *t, size_t i)
{
	return i < t->n_rows ? &t->rows[i] : &common[i - t->n_rows];
}

static size_t n_rows(const struct option_table *t)
{
	return t->n_rows + N_COMMON;
}

static bool is_optional(const struct option_row *row)
{
	return row->value && *row->value == '[';
}

static int argument_of(const struct option_row *row)
{
	return !row->value ? no_argument :
		is_optional(row) ? optional_argument : required_argument;
}

/* --help */

enum { HELP_COLUMN = 23 };

/* "      --args[=GROUPS]", "  -o, --output=FILE" */
static int print_name(const struct option_row *row)
{
	bool optional = is_optional(row);
	int width = row->letter ? printf("  -%c, ", row->letter) :
		printf("      ");

	width += printf("--%s", row->name);
	if (row->value)
		width += printf("%s=%s", optional ? "[" : "",
				row->value + optional);
	return width;
}

static void print_row(const struct option_row *row)
{
	const char *line = row->help, *end;
	int width = row->name ? print_name(row) : HELP_COLUMN;

	if (!row->name) {
		puts(line);
		return;
	}
	if (width >= HELP_COLUMN) {
		putchar('\n');
		width = 0;
	}
	for (;; line = end + 1, width = 0) {
		end = strchrnul(line, '\n');
		printf("%*s%.*s\n", HELP_COLUMN - width, "",
		       (int)(end - line), line);
		if (!*end)
			break;
	}
}

/*
 * The setters of the common rows get this: --help needs it to print the table.
 */
struct parsing {
	const struct option_table *table;
	void *to;
};

static char *show_help(const struct option_row *row, void *parsing,
		       const char *value)
{
	const struct option_table *t =
		((const struct parsing *)parsing)->table;

	(void)row, (void)value;
	fputs(t->usage, stdout);
	putchar('\n');
	for (size_t i = 0; i < n_rows(t); i++)
		if (row_at(t, i)->help)
			print_row(row_at(t, i));
	if (t->end)
		printf("\n%s", t->end);
	message_end();
}

static char *show_version(const struct option_row *row, void *parsing,
			  const char *value)
{
	(void)row, (void)parsing, (void)value;
	message_version();
}

/* Completions */

/* Whether the shell offers file names as values of the option. */
static bool takes_file(const struct option_row *row)
{
	const char *file = row->value ? strstr(row->value, "FILE") : NULL;

	return file && strspn(file, "FILE]") == strlen(file);
}

/*
 * Prints the first line of the option's help for use in single quotes, with a
 * backslash before each character of `special`.
 */
static void print_quoted(const char *text, const char *special)
{
	for (; *text && *text != '\n'; text++)
		if (*text == '\'')
			printf("'\\''");
		else
			printf("%s%c", strchr(special, *text) ? "\\" : "",
			       *text);
}

/* "--output|-o": a pattern for the shell's `case`. */
static void print_pattern(const struct option_row *row)
{
	printf("--%s", row->name);
	if (row->letter)
		printf("|-%c", row->letter);
}

/*
 * Returns what bash offers as the option's value: files, the choices, or
 * nothing.
 */
static void print_bash_value(const struct option_row *row)
{
	printf("\t");
	print_pattern(row);
	if (takes_file(row))
		printf(") COMPREPLY=($(compgen -f -- \"$cur\"))");
	else
		printf(") COMPREPLY=($(compgen -W '%s' -- \"$cur\"))",
		       row->choices ? row->choices : "");
	printf("; return ;;\n");
}

/*
 * Prints code that finds where the command begins, if the tool runs one. After
 * that point, the command's own completion is used, or names of commands and
 * files are offered. The code skips values of options.
 */
static void print_bash_command(const struct option_table *t)
{
	if (t->operands == OPERANDS_FILES)
		return;
	printf("\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	       "\t\tcase ${COMP_WORDS[i]} in\n"
	       "\t\t--) ((i++)); break ;;\n\t\t=) ((i++)) ;;\n");
	for (size_t i = 0; i < n_rows(t); i++) {
		const struct option_row *row = row_at(t, i);

		if (!row->name || argument_of(row) != required_argument)
			continue;
		printf("\t\t");
		print_pattern(row);
		printf(") [[ ${COMP_WORDS[i + 1]} == = ]] || ((i++)) ;;\n");
	}
	printf("\t\t-*) ;;\n\t\t*) %s ;;\n\t\tesac\n\tdone\n",
	       t->operands == OPERANDS_COMMAND ? "break" : ":");
	printf("\tif ((i < COMP_CWORD)) || [[ ${COMP_WORDS[i - 1]} == -- ]]; then\n"
	       "\t\tif declare -F _command_offset >/dev/null; then\n"
	       "\t\t\t_command_offset $i\n"
	       "\t\telif ((i < COMP_CWORD)); then\n"
	       "\t\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
	       "\t\telse\n\t\t\tCOMPREPLY=($(compgen -c -- \"$cur\"))\n"
	       "\t\tfi\n\t\treturn\n\tfi\n");
}

static void complete_bash(const struct option_table *t)
{
	const char *tool = message_tool();

	printf("_sp_%s()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} i\n",
	       tool + strlen("sp-"));
	print_bash_command(t);
	/* bash splits "--output=FILE" into three words. */
	printf("\tif [[ $cur == = ]]; then\n\t\tcur=\n"
	       "\telif [[ $prev == = ]]; then\n"
	       "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n\tfi\n"
	       "\tcase $prev in\n");
	for (size_t i = 0; i < n_rows(t); i++)
		if (row_at(t, i)->name && row_at(t, i)->value)
			if (argument_of(row_at(t, i)) == required_argument)
				print_bash_value(row_at(t, i));
	printf("\tesac\n\tif [[ $cur == -* ]]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W '");
	for (size_t i = 0; i < n_rows(t); i++)
		if (row_at(t, i)->name && row_at(t, i)->help)
			printf("%s--%s", i ? " " : "", row_at(t, i)->name);
	printf("' -- \"$cur\"))\n\telse\n"
	       "\t\tCOMPREPLY=($(compgen -%s -- \"$cur\"))\n\tfi\n}\n"
	       "complete -o filenames -F _sp_%s %s\n",
	       t->operands == OPERANDS_COMMAND ? "c" : "f",
	       tool + strlen("sp-"), tool);
}

/* "--output=[help]:value:_files", and the same for -o */
static void print_zsh_option(const struct option_row *row, const char *name)
{
	bool is_long = name[1] == '-';

	printf("\t'*%s%s[", name, !row->value ? "" : is_optional(row) ?
	       is_long ? "=-" : "-" : is_long ? "=" : "+");
	print_quoted(row->help, "[]:\\");
	printf("]");
	if (row->value)
		printf("%s", is_optional(row) ? "::value:" : ":value:");
	if (takes_file(row))
		printf("_files");
	else if (row->choices)
		printf("(%s)", row->choices);
	printf("' \\\n");
}

static void complete_zsh(const struct option_table *t)
{
	printf("#compdef %s\n_arguments -S \\\n", message_tool());
	for (size_t i = 0; i < n_rows(t); i++) {
		const struct option_row *row = row_at(t, i);
		char letter[] = { '-', row->letter, '\0' }, *name;

		if (!row->name || !row->help)
			continue;
		name = xasprintf("--%s", row->name);
		print_zsh_option(row, name);
		if (row->letter)
			print_zsh_option(row, letter);
		free(name);
	}
	printf("\t'*:%s\n", t->operands == OPERANDS_FILES ? "file:_files'" :
	       ":command:_normal'");
}

static void complete_fish(const struct option_table *t)
{
	for (size_t i = 0; i < n_rows(t); i++) {
		const struct option_row *row = row_at(t, i);

		if (!row->name || !row->help)
			continue;
		printf("complete -c %s -l %s", message_tool(), row->name);
		if (row->letter)
			printf(" -s %c", row->letter);
		if (argument_of(row) == required_argument)
			printf(" -r");
		if (row->value && !takes_file(row))
			printf(" -f");
		if (row->choices)
			printf(" -a '%s'", row->choices);
		printf(" -d '");
		print_quoted(row->help, "\\");
		printf("'\n");
	}
}

static char *show_completion(const struct option_row *row, void *parsing,
			     const char *shell)
{
	static const struct {
		const char *shell;
		void (*print)(const struct option_table *t);
	} shells[] = {
		{ "bash", complete_bash },
		{ "zsh", complete_zsh },
		{ "fish", complete_fish },
	};

	(void)row;
	for (size_t i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].shell, shell))
			continue;
		shells[i].print(((struct parsing *)parsing)->table);
		message_end();
	}
	return xstrdup("not bash, zsh or fish");
}

/* Parsing */

static const char *nearest(const struct option_table *t, const char *name)
{
	size_t best = strlen(name) / 2 + 1;
	const char *found = NULL;

	for (size_t i = 0; i < n_rows(t); i++) {
		const struct option_row *row = row_at(t, i);
		size_t d = row->name && row->help ?
			text_distance(name, row->name) : SIZE_MAX;

		if (d >= best)
			continue;
		best = d;
		found = row->name;
	}
	return found;
}

/* Finds all long names that begin with `name`: " --from --fail-on". */
static char *candidates(const struct option_table *t, const char *name)
{
	char *list = xstrdup("");

	for (size_t i = 0; i < n_rows(t); i++) {
		const char *row = row_at(t, i)->name;
		char *longer;

		if (!row || strncmp(row, name, strlen(name)))
			continue;
		longer = xasprintf("%s --%s", list, row);
		free(list);
		list = longer;
	}
	return list;
}

/* Reminds the user of "--" if the option could be meant for the command. */
static const char *hint(const struct option_table *t)
{
	return t->operands == OPERANDS_OR_COMMAND ?
		"; if it is a command's, write -- before the command" : "";
}

static void refuse_name(const struct option_table *t, const char *arg)
{
	char *name = xasprintf("%.*s", (int)strcspn(arg + 2, "="), arg + 2);
	const char *near = nearest(t, name);
	size_t n = 0;

	for (size_t i = 0; i < n_rows(t); i++)
		if (row_at(t, i)->name && *name &&
		    !strncmp(row_at(t, i)->name, name, strlen(name)))
			n++;
	if (n > 1)
		message_usage("option '--%s' is ambiguous:%s", name,
			      candidates(t, name));
	if (near)
		message_usage("unknown option '--%s': did you mean '--%s'?",
			      name, near);
	message_usage("unknown option '--%s'%s", name, hint(t));
}

/* getopt_long() has refused something: explains what. */
__attribute__((noreturn))
static void refuse(const struct option_table *t, int c, const char *arg)
{
	if (optopt >= FIRST_ROW && c == ':')
		message_usage("option '--%s' needs a value: %s",
			      row_at(t, optopt - FIRST_ROW)->name,
			      row_at(t, optopt - FIRST_ROW)->value);
	if (c == ':')
		message_usage("option '-%c' needs a value", optopt);
	if (optopt >= FIRST_ROW)
		message_usage("option '--%s' takes no value",
			      row_at(t, optopt - FIRST_ROW)->name);
	if (!optopt)
		refuse_name(t, arg);
	message_usage("unknown option '-%c'%s", optopt, hint(t));
}

/* The rows in getopt_long()'s form. */
struct getopt_rows {
	struct option longs[N_ROWS + 1];
	char letters[2 * N_ROWS + 3];
};

static void fill_rows(const struct option_table *t, struct getopt_rows *g)
{
	static const char *const order[] = {
		[OPERANDS_FILES] = ":", [OPERANDS_COMMAND] = "+:",
		[OPERANDS_OR_COMMAND] = "-:",
	};
	struct option *next = g->longs;
	char *letter = stpcpy(g->letters, order[t->operands]);

	for (size_t i = 0; i < n_rows(t); i++) {
		const struct option_row *row = row_at(t, i);

		if (!row->name)
			continue;
		*next++ = (struct option){ row->name, argument_of(row), NULL,
					   FIRST_ROW + (int)i };
		if (!row->letter)
			continue;
		*letter++ = row->letter;
		if (row->value)
			*letter++ = ':';
	}
	*letter = '\0';
}

static size_t find_row(const struct option_table *t, int c)
{
	size_t i = 0;

	if (c >= FIRST_ROW)
		return c - FIRST_ROW;
	while (row_at(t, i)->letter != c)
		i++;
	return i;
}

/* `--args socket`: an optional value needs "=" and cannot follow a space. */
static void check_optional(const struct option_row *row, const char *next)
{
	if (is_optional(row) && !optarg && next && *next != '-' &&
	    access(next, F_OK))
		message_usage("%s: no such file; a value of --%s follows "
			      "'=': --%s=%s", next, row->name, row->name, next);
}

static void take(const struct option_table *t, size_t i, struct parsing *p,
		 struct option_line *line, const char *next)
{
	const struct option_row *row = row_at(t, i);
	char *problem;

	check_optional(row, next);
	/*
	 * `--mark -- ls`: getopt_long() would use "--" as the option's value.
	 */
	if (argument_of(row) == required_argument && !strcmp(optarg, "--"))
		message_usage("option '--%s' needs a value: %s", row->name,
			      row->value);
	if (i < t->n_rows)
		line->given |= UINT64_C(1) << i;
	problem = row->set(row, i < t->n_rows ? p->to : p, optarg);
	if (problem)
		message_usage("--%s=%s: %s", row->name, optarg, problem);
}

void options_parse(const struct option_table *t, int argc, char **argv,
		   void *to, struct option_line *line)
{
	struct parsing parsing = { t, to };
	struct getopt_rows g = { 0 };
	int c, before = optind;
	size_t n = 0;

	fill_rows(t, &g);
	opterr = 0;
	*line = (struct option_line){ .operands = argv + 1 };
	while ((c = getopt_long(argc, argv, g.letters, g.longs, NULL)) != -1) {
		/* an operand: the options before it have been parsed */
		if (c == 1)
			line->operands[n++] = optarg;
		else if (c == '?' || c == ':')
			refuse(t, c, argv[optind - 1]);
		else
			take(t, find_row(t, c), &parsing, line, argv[optind]);
		before = optind;
	}
	switch (t->operands) {
	case OPERANDS_OR_COMMAND:
		/*
		 * getopt_long()'s last step skipped "--", which was not the
		 * value of an option.
		 */
		if (optind > before)
			line->command = argv + optind;
		line->operands[n] = NULL;
		break;
	case OPERANDS_COMMAND:
		if (argv[optind])
			line->command = argv + optind;
		break;
	case OPERANDS_FILES:
		line->operands = argv + optind;
		n = argc - optind;
	}
	line->n_operands = n;
}

/* Joins the names of modes: "--replay, --audit and a command" */
static char *name_modes(const char *const *names, size_t n, uint32_t modes)
{
	char *list = xstrdup("");

	for (size_t i = 0; i < n; i++) {
		char *longer;

		if (!(modes & 1U << i))
			continue;
		modes &= ~(1U << i);
		longer = xasprintf("%s%s%s", list, !*list ? "" :
				   modes ? ", " : " and ", names[i]);
		free(list);
		list = longer;
	}
	return list;
}

void options_check_mode(const struct option_table *t,
			const struct option_line *line,
			const char *const *names, size_t n_names,
			unsigned int mode)
{
	for (size_t i = 0; i < t->n_rows; i++) {
		const struct option_row *row = &t->rows[i];
		uint32_t takes = row->selects ? row->selects : row->modes;

		if (!(line->given >> i & 1) || !takes || takes & 1U << mode)
			continue;
		if (row->selects || *names[mode] == '-')
			message_usage("--%s cannot be combined with %s",
				      row->name, names[mode]);
		message_usage("--%s is only for %s", row->name,
			      name_modes(names, n_names, takes));
	}
}
