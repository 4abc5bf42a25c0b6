/* SPDX-License-Identifier: Apache-2.0 */
#include "run/prepare.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/message.h"

/*
 * Returns the destination of the command's stdout. It is stderr unless -o is
 * given, because sp-verify's own stdout is for the list.
 */
static int command_stdout(const struct options *o)
{
	return o->output && strcmp(o->output, "-") ? -1 : STDERR_FILENO;
}

/* Returns NULL for the user who called sp-verify. */
static const struct command_user *find_user(const char *name,
					    struct command_user *user)
{
	int error = name ? command_user_find(name, user) : 0;

	if (error)
		message_fatal("user %s: %s", name, error == -ENOENT ?
			      "no such user" : strerror(-error));
	return name ? user : NULL;
}

bool prepare(struct prepared *w, const struct options *o)
{
	int error;

	*w = (struct prepared){
		.command = { .argv = o->command,
			     .stdout_fd = command_stdout(o) },
	};
	w->command.user = find_user(o->user, &w->user);
	forward_hold(&w->forward);
	error = forward_open(&w->forward);
	if (error)
		message_error("cannot wait for signals: %s", strerror(-error));
	return !error;
}

void prepare_end(struct prepared *w)
{
	forward_close(&w->forward);
	forward_release(&w->forward);
	command_user_free(&w->user);
}
