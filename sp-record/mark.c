/* SPDX-License-Identifier: Apache-2.0 */
#include "mark.h"

#include <linux/types.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "event.h"
#include "kernel/syscall.h"

_Static_assert((int)MARKS == (int)MARKS_MAX, "as many as the kernel side has");

static const struct {
	const char *name;
	int signal;
} signals[] = { { "SIGUSR1", SIGUSR1 }, { "SIGUSR2", SIGUSR2 } };

static int signal_of(const char *name)
{
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (!strcmp(signals[i].name, name))
			return signals[i].signal;
	return 0;
}

static bool is_call(const char *name)
{
	const struct arch *arch;
	struct call_id id;

	for (size_t i = 0; (arch = arch_at(i)); i++)
		if (!syscall_number(arch, name, &id))
			return true;
	return false;
}

static bool same_text(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

/*
 * Whether another mark is already for this event, since an event makes one mark
 * only.
 */
static bool is_taken(const struct marks *m, const struct mark *mark)
{
	for (size_t i = 0; i < m->n; i++)
		if (same_text(m->at[i].call, mark->call) ||
		    same_text(m->at[i].comm, mark->comm) ||
		    (mark->signal && m->at[i].signal == mark->signal))
			return true;
	return false;
}

/* Sets the kind of the mark. */
static char *set_what(struct mark *mark, const char *what)
{
	static const char comm[] = "comm:";

	mark->signal = what ? signal_of(what) : 0;
	if (mark->signal)
		return NULL;
	if (!what || !strncmp(what, comm, strlen(comm))) {
		mark->comm = what ? what + strlen(comm) : mark->name;
		if (*mark->comm && strlen(mark->comm) < COMM_SIZE)
			return NULL;
		return xasprintf("a thread's name has 1 to %d bytes",
				 COMM_SIZE - 1);
	}
	mark->call = what;
	if (is_call(what))
		return NULL;
	return xasprintf("'%s' is not a system call, SIGUSR1, SIGUSR2 or "
			 "comm:NAME", what);
}

static char *problem_of(const struct marks *m, const struct mark *mark)
{
	if (!*mark->name)
		return xstrdup("a phase needs a name");
	for (size_t i = 0; i < m->n; i++)
		if (!strcmp(m->at[i].name, mark->name))
			return xstrdup("given twice");
	if (m->n == MARKS)
		return xasprintf("at most %d marks", MARKS);
	return NULL;
}

bool mark_add(struct marks *m, const char *arg, char **problem)
{
	const char *equals = strchr(arg, '=');
	struct mark mark = {
		.name = equals ? xasprintf("%.*s", (int)(equals - arg), arg) :
			xstrdup(arg),
	};

	*problem = problem_of(m, &mark);
	if (!*problem)
		*problem = set_what(&mark, equals ? equals + 1 : NULL);
	if (!*problem && is_taken(m, &mark))
		*problem = xstrdup("another phase begins at the same event");
	if (*problem) {
		free(mark.name);
		return false;
	}
	m->at[m->n++] = mark;
	return true;
}

void mark_add_keys(struct marks *m)
{
	for (; m->n < MARKS; m->n++)
		m->at[m->n] = (struct mark){
			.name = xasprintf("m%zu", m->n + 1), .key = true,
		};
}

size_t mark_of_signal(const struct marks *m, int signal)
{
	size_t i = 0;

	while (i < m->n && m->at[i].signal != signal)
		i++;
	return i;
}

void marks_free(struct marks *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->at[i].name);
}
