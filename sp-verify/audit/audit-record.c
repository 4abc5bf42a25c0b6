/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/audit-record.h"

#include <errno.h>
#include <jansson.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Fields. */

/*
 * Decodes hexadecimal digits in place. Returns false if there are other
 * characters.
 */
static bool decode(char *value, size_t n)
{
	if (n % 2 || strspn(value, "0123456789ABCDEF") != n)
		return false;
	for (size_t i = 0; i < n / 2; i++) {
		char two[3] = { value[2 * i], value[2 * i + 1], '\0' };

		value[i] = strtol(two, NULL, 16);
	}
	value[n / 2] = '\0';
	return true;
}

char *audit_value(const char *text, const char *key, bool untrusted)
{
	char *pattern = xasprintf(" %s=", key);
	const char *at = strstr(text, pattern);
	size_t n;
	char *value;

	if (at)
		at += strlen(pattern);
	free(pattern);
	if (!at)
		return NULL;
	if (*at == '"')
		return xasprintf("%.*s", (int)strcspn(at + 1, "\""), at + 1);
	n = strcspn(at, " \n");
	value = xasprintf("%.*s", (int)n, at);
	if (untrusted)
		decode(value, n);
	return value;
}

/* Reads a number that must end at `end`. */
static bool number(const char *text, int base, uint64_t max, const char *end,
		   const char **rest, uint64_t *value)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = strspn(text, base == 10 ? "0123456789" : digits);
	char *after;

	errno = 0;
	*value = strtoull(text, &after, base);
	*rest = text + n;
	return n && after == *rest && !errno && *value <= max &&
		(*end ? **rest && strchr(end, **rest) : !**rest);
}

static bool field(const char *text, const char *key, int base, uint64_t max,
		  uint64_t *value)
{
	char *word = audit_value(text, key, false);
	const char *at = word ? word : "", *rest;
	bool prefixed = base == 16 && !strncmp(at, "0x", 2);
	bool ok = number(at + (prefixed ? 2 : 0), base, max, "", &rest, value);

	free(word);
	return ok;
}

/* Reads a number that a program can pass to the kernel, including -1. */
static bool call_number(const char *text, int32_t *nr)
{
	char *word = audit_value(text, "syscall", false);
	bool negative = word && *word == '-';
	uint64_t value;
	const char *rest;
	bool ok = word && number(word + negative, 10,
				 (uint64_t)INT32_MAX + negative, "", &rest,
				 &value);

	if (ok)
		*nr = negative ? -(int64_t)value : (int64_t)value;
	free(word);
	return ok;
}

/*
 * Reads "audit(1795678469.349:88): ". The kernel writes times in milliseconds.
 */
static bool read_time(const char *text, uint64_t *time_ns)
{
	enum { NS_PER_S = 1000000000, NS_PER_MS = 1000000 };
	uint64_t s, ms, serial;
	const char *at = text + strlen("audit("), *ms_start;

	if (!number(at, 10, UINT32_MAX, ".", &at, &s))
		return false;
	ms_start = ++at;
	if (!number(at, 10, 999, ":", &at, &ms) || at != ms_start + 3 ||
	    !number(at + 1, 10, UINT64_MAX, ")", &at, &serial))
		return false;
	*time_ns = s * NS_PER_S + ms * NS_PER_MS;
	return at[1] == ':' || !strncmp(at + 1, " :", 2);
}

static bool is_action(uint32_t action)
{
	switch (action) {
	case SECCOMP_RET_KILL_PROCESS:
	case SECCOMP_RET_KILL_THREAD:
	case SECCOMP_RET_TRAP:
	case SECCOMP_RET_ERRNO:
	case SECCOMP_RET_USER_NOTIF:
	case SECCOMP_RET_TRACE:
	case SECCOMP_RET_LOG:
	case SECCOMP_RET_ALLOW:
		return true;
	}
	return false;
}

/*
 * Returns the path. The kernel writes "(null)" or "<no_memory>" if it has none.
 */
static char *executable(const char *text)
{
	char *exe = audit_value(text, "exe", true);

	if (!exe || *exe == '/')
		return exe;
	free(exe);
	return NULL;
}

/* The action is read last: in a truncated record, it is missing or wrong. */
const char *audit_record_read(const char *text, struct audit_record *r)
{
	uint64_t arch, pid, ip, code;

	*r = (struct audit_record){ .exe = NULL };
	if (!strncmp(text, "audit(", strlen("audit(")) &&
	    !read_time(text, &r->time_ns))
		return "no time and serial number";
	if (!field(text, "arch", 16, UINT32_MAX, &arch))
		return "arch= is not a number";
	if (!call_number(text, &r->id.nr))
		return "syscall= is not a number";
	if (!field(text, "pid", 10, INT32_MAX, &pid))
		return "pid= is not a number";
	if (!field(text, "ip", 16, UINT64_MAX, &ip))
		return "ip= is not a number";
	if (!field(text, "code", 16, UINT32_MAX, &code) || !is_action(code))
		return "code= is not an action of seccomp";
	r->id.arch = arch;
	r->pid = pid;
	r->ip = ip;
	r->action = code;
	r->exe = executable(text);
	return NULL;
}

void audit_record_free(struct audit_record *r)
{
	free(r->exe);
	r->exe = NULL;
}

/* Lines. */

static bool is_one_of(const char *tag, size_t n, const char *const *tags)
{
	for (; *tags; tags++)
		if (n == strlen(*tags) && !strncmp(tag, *tags, n))
			return true;
	return false;
}

/*
 * Whether the text before the message is only a time as in dmesg, a level, a
 * node, or the name of journald's field.
 */
static bool is_bare(const char *text, const char *end)
{
	static const char of_times[] = "0123456789-+:.,TZ<> ";

	/* the line continues the message above */
	if (*text == ' ' || *text == '\t')
		return false;
	if (!strncmp(text, "MESSAGE=", strlen("MESSAGE=")))
		return text + strlen("MESSAGE=") == end;
	if (!strncmp(text, "node=", strlen("node=")))
		text += strcspn(text, " ");
	while (text < end) {
		if (*text == '[')
			text += strcspn(text, "]");
		else if (!strchr(of_times, *text))
			return false;
		text++;
	}
	return true;
}

/*
 * Whether the text before a message can come from the kernel or auditd: a time
 * and a host, a tag, or dmesg's time. Only the first tag counts, because a
 * program can write any text after its tag.
 */
static bool has_tag(const char *line, const char *message,
		    const char *const *tags)
{
	const char *end = strstr(line, ": "), *tag, *rest;
	size_t n;

	if (!end || end >= message)
		return is_bare(line, message);
	for (tag = end; tag > line && tag[-1] != ' '; tag--)
		;
	rest = end + 2;
	if (*rest == '[')
		rest += strcspn(rest, "]") + 2;
	if (rest != message)
		return false;
	if (*tag == ':')	/* dmesg -x writes "kern  :notice:" */
		return !strncmp(line, "kern ", strlen("kern "));
	n = strcspn(tag, "[:");
	return is_one_of(tag, n, tags);
}

static const char *const kernel_tags[] = { "kernel", NULL };
static const char *const auditd_tags[] = {
	"auditd", "audispd", "audisp-syslog", NULL
};
static const char *const journal_tags[] = { "audit", NULL };

static const struct form {
	/* The beginning of the record's text, which belongs to the form. */
	const char *before;
	size_t skip;		/* bytes to skip to reach that text */
	enum audit_way way;
	const char *const *tags;
} forms[] = {
	{ "type=SECCOMP msg=audit(", 17, AUDIT_BY_AUDITD, auditd_tags },
	{ "type=1326 msg=audit(", 14, AUDIT_BY_AUDITD, auditd_tags },
	{ "audit: type=1326 audit(", 17, AUDIT_BY_PRINTK, kernel_tags },
	{ "SECCOMP auid=", 7, AUDIT_BY_JOURNALD, journal_tags },
};
enum { N_FORMS = sizeof(forms) / sizeof(forms[0]) };

/*
 * Returns the start of the message in the line, or NULL if the line has another
 * form.
 */
static char *find_form(char *line, const struct form *f)
{
	char *at = strstr(line, f->before);

	if (!at || !has_tag(line, at, f->tags))
		return NULL;
	/*
	 * Without a tag, the text may be of a program, or a field of an export.
	 */
	if (f->way == AUDIT_BY_JOURNALD && (at == line || at[-1] != ' ') &&
	    strncmp(line, "MESSAGE=SECCOMP", strlen("MESSAGE=SECCOMP")))
		return NULL;
	return at + f->skip;
}

static const struct loss {
	/* The line must have both, in this order. */
	const char *text, *more;
	enum audit_line_kind kind;
} losses[] = {
	/* ___ratelimit() prints this. */
	{ "", "callbacks suppressed", AUDIT_LOST_PRINTK },
	{ "Missed ", " kernel messages", AUDIT_LOST_PRINTK },	/* journald */
	{ "audit: ", "backlog limit exceeded", AUDIT_LOST },
	{ "audit: ", "rate limit exceeded", AUDIT_LOST },
	{ "audit: ", "audit_lost=", AUDIT_LOST },
	{ "audit: ", "queue overflow", AUDIT_LOST },
};
enum { N_LOSSES = sizeof(losses) / sizeof(losses[0]) };

/*
 * For a log of many programs: whether a program wrote the line. Its tag then
 * follows the time and the host.
 */
static bool is_of_program(const char *line)
{
	static const char *const loggers[] = {
		"kernel", "systemd-journald", "journal", "auditd", "audispd",
		"audisp-syslog", NULL
	};
	const char *end = strstr(line, ": "), *tag;
	size_t words = 0;

	if (!end || strchr("[<", line[strspn(line, " ")]))
		return false;
	for (tag = end; tag > line && tag[-1] != ' '; tag--)
		;
	for (const char *at = line; at < tag; at++)
		words += *at == ' ' && at > line && at[-1] != ' ';
	return words >= 2 && !is_one_of(tag, strcspn(tag, "[:"), loggers);
}

static enum audit_line_kind find_loss(const char *line)
{
	if (is_of_program(line))
		return AUDIT_OTHER;
	for (size_t i = 0; i < N_LOSSES; i++) {
		const char *at = strstr(line, losses[i].text);

		if (at && strstr(at, losses[i].more))
			return losses[i].kind;
	}
	return AUDIT_OTHER;
}

/* Recognizes dmesg's times: in seconds, in words for people, or by ISO 8601. */
static bool has_time_of_dmesg(const char *line)
{
	int end = 0;

	if (*line == '<')
		line += strspn(line, "<0123456789>");
	sscanf(line, "[%*[ 0-9].%*[0-9]]%n", &end);
	if (!end)
		sscanf(line, "[%*3[A-Z a-z] %*3[A-Z a-z] %*[0-9 :]]%n", &end);
	if (!end)
		sscanf(line, "%*4[0-9]-%*2[0-9]-%*2[0-9]T%*[0-9:],%*[0-9]%n",
		       &end);
	return end;
}

/* Whether the kernel or auditd wrote the line, whatever the message is. */
static bool is_of_kernel(const char *line)
{
	static const char *const tags[] = {
		"kernel", "audit", "auditd", "audispd", "audisp-syslog", NULL
	};
	static const char *const bare[] = {
		"type=", "node=", "kern ", "_TRANSPORT=kernel",
		"_TRANSPORT=audit", "_TRANSPORT=driver",
	};
	const char *end = strstr(line, ": "), *tag = end;

	for (size_t i = 0; i < sizeof(bare) / sizeof(bare[0]); i++)
		if (!strncmp(line, bare[i], strlen(bare[i])))
			return i > 1 || strstr(line, "msg=audit(");
	while (tag && tag > line && tag[-1] != ' ')
		tag--;
	return has_time_of_dmesg(line) ||
		(tag && is_one_of(tag, strcspn(tag, "[:"), tags));
}

static void read_text(const char *text, enum audit_way way,
		      struct audit_line *l)
{
	l->way = way;
	l->problem = audit_record_read(text, &l->record);
	l->kind = l->problem ? AUDIT_GARBLED : AUDIT_RECORD;
}

static void read_plain(char *line, struct audit_line *l)
{
	/* After this character, auditd adds fields for people. */
	line[strcspn(line, "\x1d")] = '\0';
	l->of_kernel = is_of_kernel(line);
	for (size_t i = 0; i < N_FORMS; i++) {
		const char *text = find_form(line, &forms[i]);

		if (text) {
			read_text(text, forms[i].way, l);
			return;
		}
	}
	l->kind = find_loss(line);
}

/*
 * Reads a line of journald's JSON: the message, and the process from which
 * journald got it.
 */
static void read_json(const char *line, struct audit_line *l)
{
	json_t *entry = json_loads(line, 0, NULL);
	const char *text, *by, *time;
	uint64_t us;
	char *message;

	text = json_string_value(json_object_get(entry, "MESSAGE"));
	by = json_string_value(json_object_get(entry, "_TRANSPORT"));
	time = json_string_value(json_object_get(entry,
					"_SOURCE_REALTIME_TIMESTAMP"));
	l->of_kernel = by && !strcmp(by, "audit");
	if (text && by && !strcmp(by, "audit") &&
	    !strncmp(text, "SECCOMP ", strlen("SECCOMP "))) {
		read_text(text + strlen("SECCOMP"), AUDIT_BY_JOURNALD, l);
		if (l->kind == AUDIT_RECORD && time &&
		    number(time, 10, UINT64_MAX / 1000, "", &time, &us))
			l->record.time_ns = us * 1000;
	} else if (text && by && (!strcmp(by, "kernel") ||
				  !strcmp(by, "driver"))) {
		message = xstrdup(text);
		read_plain(message, l);
		free(message);
		l->of_kernel = true;
	} else if (!entry && strstr(line, "type=1326 audit(")) {
		l->kind = AUDIT_GARBLED;
		l->problem = "not JSON, or cut";
	}
	json_decref(entry);
}

void audit_line_read(char *line, struct audit_line *l)
{
	*l = (struct audit_line){ .kind = AUDIT_OTHER };
	if (*line == '{')
		read_json(line, l);
	else
		read_plain(line, l);
}

bool audit_line_next(FILE *file, char buf[static AUDIT_LINE_MAX], bool *cut)
{
	size_t n = 0;
	int c;

	*cut = false;
	while ((c = getc_unlocked(file)) != EOF && c != '\n') {
		if (n < AUDIT_LINE_MAX - 1)
			buf[n++] = c ? c : '\1';
		else
			*cut = true;
	}
	buf[n] = '\0';
	return c != EOF || n;
}
