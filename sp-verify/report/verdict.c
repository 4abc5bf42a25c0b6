/* SPDX-License-Identifier: Apache-2.0 */
#include "report/verdict.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"

enum verdict verdict_of(const struct filter_answers *answers)
{
	size_t allowed = 0;

	for (size_t i = 0; i < answers->n; i++)
		allowed += action_allows(answers->actions[i]);
	if (answers->more)
		return VERDICT_UNDECIDED;
	if (allowed == answers->n)
		return VERDICT_ALLOWED;
	return allowed ? VERDICT_UNDECIDED : VERDICT_DENIED;
}

char *verdict_text(const struct filter_answers *answers)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < answers->n; i++) {
		char buf[ACTION_NAME_MAX];

		text_append(&text, " or ",
			    action_name(answers->actions[i], buf));
	}
	return text;
}
