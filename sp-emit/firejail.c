/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes lines for a firejail profile: firejail-profile(5). firejail's filters
 * allow all calls of other architectures, unless a line blocks such an
 * architecture. Its list for 32-bit calls is unusable: 0.9.72 compiles
 * seccomp.32.keep for the native architecture, with the numbers of that
 * architecture.
 */
#include "base/message.h"
#include "format.h"

enum {
	LINE_MAX_BYTES = 8191,		/* MAX_READ of firejail */
	/*
	 * 0.9.72 has no names after process_madvise, and silently ignores
	 * unknown names.
	 */
	LAST_NAMED = 440,
};

/* Writes ",NAME" or ",$NUMBER". Returns the length. */
static int write_call(const struct profile_rule *rule, char separator,
		      FILE *out)
{
	return rule->id.nr > LAST_NAMED ?
		fprintf(out, "%c$%d", separator, rule->id.nr) :
		fprintf(out, "%c%s", separator, rule->name);
}

static const char *error_action(uint32_t action, char buf[ACTION_NAME_MAX])
{
	return (action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_KILL_PROCESS ?
		"kill" : action_name(action, buf);
}

void write_firejail(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;
	char buf[ACTION_NAME_MAX];
	int length;

	write_head(emit, "# ", out);
	fprintf(out, "seccomp-error-action %s\nseccomp.block-secondary\n",
		error_action(p->default_action, buf));
	length = fprintf(out, "seccomp.keep");
	for (size_t i = 0; i < p->n_rules; i++)
		length += write_call(&p->rules[i], i ? ',' : ' ', out);
	putc('\n', out);
	if (length > LINE_MAX_BYTES)
		message_error("--firejail: a line of %d bytes, but firejail "
			      "reads at most %d", length, LINE_MAX_BYTES);
}
