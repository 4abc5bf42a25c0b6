/* SPDX-License-Identifier: Apache-2.0 */
/* Parses the formats of strace(1), versions 4 to 6. */
#include "strace-line.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool skip(const char **at, const char *text)
{
	if (strncmp(*at, text, strlen(text)))
		return false;
	*at += strlen(text);
	return true;
}

static void skip_spaces(const char **at)
{
	*at += strspn(*at, " ");
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

/* The text before the call. */

enum { PID_MAX = 1 << 22 };	/* PID_MAX_LIMIT, linux/threads.h */

static bool read_pid(const char **at, uint32_t *pid)
{
	char *end;
	unsigned long value;

	if (!isdigit((unsigned char)**at))
		return false;
	value = strtoul(*at, &end, 10);
	if (!value || value > PID_MAX)
		return false;
	*pid = value;
	*at = end;
	return true;
}

/*
 * Skips "<sh>" after a pid (--decode-pids=comm). The name can have any bytes.
 */
static bool skip_command(const char **at, const char *after)
{
	const char *end = **at == '<' ? strchr(*at, '>') : NULL;

	while (end && strncmp(end + 1, after, strlen(after)))
		end = strchr(end + 1, '>');
	if (end)
		*at = end + 1;
	return end || **at != '<';
}

/* Reads "[pid  1234] " or "1234  ", which strace -f writes. */
static void read_leader(const char **at, struct strace_line *line)
{
	const char *s = *at;
	bool bracket = skip(&s, "[pid ");

	skip_spaces(&s);
	if (!read_pid(&s, &line->pid) ||
	    !skip_command(&s, bracket ? "] " : " ") ||
	    !skip(&s, bracket ? "] " : " ")) {
		line->pid = 0;
		return;
	}
	line->has_pid = true;
	skip_spaces(&s);
	*at = s;
}

/*
 * Skips "12:00:00.123", "1700000000.123" and "     0.000123", which -t and -r
 * write.
 */
static void skip_time(const char **at)
{
	const char *s = *at, *start;

	skip_spaces(&s);
	start = s;
	s += strspn(s, "0123456789:.");
	if (s == start || *s != ' ')
		return;
	skip_spaces(&s);
	*at = s;
	if (!skip(&s, "(+"))
		return;
	skip_spaces(&s);
	s += strspn(s, "0123456789.");
	if (skip(&s, ") "))
		*at = s;
}

/*
 * Reads "[ 257] ", as -n writes it. Skips "[00007f07e4dd7c47] ", as -i writes
 * it, which has more digits.
 */
static void read_brackets(const char **at, struct strace_line *line)
{
	enum { ADDRESS_DIGITS = 8 };
	const char *s = *at, *start;
	size_t n;

	while (skip(&s, "[")) {
		start = s;
		n = strspn(s, "0123456789abcdefx? ");
		s += n;
		if (!skip(&s, "] "))
			return;
		if (n < ADDRESS_DIGITS) {
			line->nr = strtol(start, NULL, 10);
			line->has_nr = true;
		}
		*at = s;
	}
}

/* Calls. */

/*
 * Returns the text after the last ")" and "= " outside of strings, or NULL.
 * (strace escapes quotes in strings.) `*balanced` becomes true if no string is
 * left open.
 */
static const char *find_result(const char *s, bool *balanced)
{
	const char *found = NULL;
	bool quoted = false;

	for (; *s; s++) {
		if (*s == '\\' && s[1]) {
			s++;
		} else if (*s == '"') {
			quoted = !quoted;
		} else if (*s == ')' && !quoted) {
			const char *result = s + 1;

			skip_spaces(&result);
			if (skip(&result, "= "))
				found = result;
		}
	}
	*balanced = !quoted;
	return found;
}

static void read_result(const char *s, struct strace_line *line)
{
	char *end;

	line->result = strtoll(s, &end, 0);
	line->has_result = end != s;
}

/* Reads the line from after "NAME(", or from after "resumed>". */
static bool read_end(const char *s, struct strace_line *line)
{
	bool balanced;
	const char *result = find_result(s, &balanced);

	if (!balanced)
		return false;
	line->detached = ends_with(s, "<detached ...>");
	line->open = line->detached || ends_with(s, "<unfinished ...>");
	if (!line->open && result && *result)
		read_result(result, line);
	return line->open || (result && *result);
}

static void read_call(const char *s, struct strace_line *line)
{
	line->name = s;
	line->name_size = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_SY");
	if (skip(&s, "???" "?("))
		line->kind = STRACE_LOST;
	else if (line->name_size && s[line->name_size] == '(')
		line->kind = STRACE_CALL;
	else
		return;
	if (line->kind == STRACE_CALL && !line->cut &&
	    !read_end(s + line->name_size + 1, line))
		line->kind = STRACE_BAD;
}

static void read_resumed(const char *s, struct strace_line *line)
{
	line->name = s;
	line->name_size = strcspn(s, " ");
	s += line->name_size;
	if (line->name_size && skip(&s, " resumed>") &&
	    (line->cut || read_end(s, line)))
		line->kind = STRACE_RESUMED;
}

/* All other lines. */

/* Reads "+++ exited with 0 +++". */
static void read_exit(const char *s, struct strace_line *line)
{
	if (!ends_with(s, " +++"))
		return;
	if (skip(&s, "superseded by execve in pid "))
		line->kind = read_pid(&s, &line->other) ? STRACE_SUPERSEDED :
			STRACE_BAD;
	else if (skip(&s, "exited with ") || skip(&s, "killed by "))
		line->kind = STRACE_EXIT;
}

/* Reads "32 bit mode. ]". */
static void read_mode(const char *s, enum strace_kind kind,
		      struct strace_line *line)
{
	const char *end = strstr(s, " mode");

	if (!end)
		return;
	line->kind = kind;
	line->mode = s;
	line->mode_size = end - s;
}

static void read_mode_line(const char *s, struct strace_line *line)
{
	if (read_pid(&s, &line->other) && skip(&s, " runs in "))
		read_mode(s, STRACE_MODE, line);
}

/* Reads "Process 12 attached", with or without "strace: " before it. */
static bool read_message(const char *s, struct strace_line *line)
{
	bool named = skip(&s, "strace: ");

	line->kind = named ? STRACE_MESSAGE : line->kind;
	if (!skip(&s, "Process ") || !read_pid(&s, &line->other))
		return named;
	if (skip(&s, " attached")) {
		line->attached = line->other;
		line->kind = STRACE_OTHER;
	} else if (skip(&s, " detached")) {
		line->kind = STRACE_DETACHED;
	}
	return named || line->kind != STRACE_BAD;
}

static void read_body(const char *s, struct strace_line *line)
{
	if (skip(&s, "<... "))
		read_resumed(s, line);
	else if (skip(&s, "+++ "))
		read_exit(s, line);
	else if (skip(&s, "[ Process PID="))
		read_mode_line(s, line);
	else if (skip(&s, "System call usage summary for "))
		read_mode(s, STRACE_SUMMARY_MODE, line);
	else if (skip(&s, "--- "))
		line->kind = ends_with(s, " ---") ? STRACE_OTHER : STRACE_BAD;
	else if (!read_message(s, line))
		read_call(s, line);
}

/*
 * Whether the line belongs to the call before it, since it begins with a space
 * or a sign.
 */
static bool is_extra(const char *text)
{
	return !*text || !strncmp(text, " > ", 3) || !strncmp(text, " | ", 3);
}

/*
 * If strace writes to stderr, its message "strace: Process 12 attached" can
 * interrupt the line of a call, which then continues on the next line.
 */
static bool is_cut(const char *text, struct strace_line *line)
{
	const char *message = NULL, *next = strstr(text, "strace: Process ");

	while (next) {
		message = next;
		next = strstr(next + 1, "strace: Process ");
	}
	return message && message != text && ends_with(text, "tached") &&
		!strchr(message, '"') && read_message(message, line);
}

/*
 * Whether the text is such a continuation: ", child_tidptr=0x7f) = 12" or "
 * <unfinished ...>".
 */
static bool is_rest(const char *text, struct strace_line *line)
{
	return (*text == ',' || *text == ' ' || *text == ')' ||
		isalnum((unsigned char)*text)) && read_end(text, line);
}

static bool is_summary(const char *text)
{
	return strstr(text, "calls") && strstr(text, "syscall") &&
		!strchr(text, '(');
}

void strace_parse(const char *text, struct strace_line *line)
{
	const char *s = text;

	*line = (struct strace_line){ .kind = STRACE_BAD };
	if (is_extra(text)) {
		line->kind = STRACE_OTHER;
		return;
	}
	line->cut = is_cut(text, line);
	line->kind = STRACE_BAD;
	read_leader(&s, line);
	skip_time(&s);
	read_brackets(&s, line);
	read_body(s, line);
	if (line->kind == STRACE_BAD && is_summary(text))
		line->kind = STRACE_SUMMARY;
	else if (line->kind == STRACE_BAD && !line->has_pid &&
		 is_rest(text, line))
		line->kind = STRACE_REST;
}
