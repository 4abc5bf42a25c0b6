/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sp-verify: compares a profile with a trace, or with a command that runs under
 * the profile.
 */
#include "base/message.h"
#include "files.h"
#include "mode.h"

static void (*const modes[MODE_COUNT])(const struct options *o) = {
	[MODE_SIMULATE] = mode_simulate,
	[MODE_RUN] = mode_run,
	[MODE_REPLAY] = mode_replay,
	[MODE_AUDIT] = mode_audit,
	[MODE_SCORE] = mode_score,
	[MODE_LANDLOCK] = mode_landlock,
	[MODE_LANDLOCK_RUN] = mode_landlock_run,
};

int main(int argc, char **argv)
{
	struct files files = { 0 };
	struct options o = { .files = &files };

	message_init("sp-verify", STATUS_TROUBLE, argv);
	options_read(&o, argc, argv);
	if (files_open(&files, &o)) {
		files_enter_sandbox(&files, &o);
		modes[o.mode](&o);
	}
	files_close(&files);
	options_free(&o);
	return message_finish();
}
