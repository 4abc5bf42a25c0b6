/* SPDX-License-Identifier: Apache-2.0 */
#include "process/unit-name.h"

#include <limits.h>
#include <string.h>

#include "base/memory.h"

char *unit_name_whole(const char *name)
{
	return strchr(name, '.') ? xstrdup(name) :
		xasprintf("%s.service", name);
}

bool unit_name_is_valid(const char *unit)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789:-_.\\@";
	const char *type = strrchr(unit, '.');

	return !unit[strspn(unit, letters)] && type && type != unit &&
		type[1] && strlen(unit) <= NAME_MAX;
}
