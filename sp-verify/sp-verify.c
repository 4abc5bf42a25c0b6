/* SPDX-License-Identifier: Apache-2.0 */
/* sp-verify: a profile against a trace, or against a command run under it. */
#include "base/message.h"
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
	struct options o = { 0 };

	message_init("sp-verify", STATUS_TROUBLE, argv);
	options_read(&o, argc, argv);
	modes[o.mode](&o);
	options_free(&o);
	return message_finish();
}
