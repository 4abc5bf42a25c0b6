/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/systemd-keys.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))

/* From exec_child() in src/core/execute.c of systemd 252. */
static const struct {
	const char *name;
	enum systemd_key key;
} keys[] = {
	{ "SystemCallFilter", KEY_FILTER },
	{ "SystemCallLog", KEY_LOG },
	{ "SystemCallErrorNumber", KEY_ERRNO },
	{ "SystemCallArchitectures", KEY_ARCHS },
	{ "RestrictAddressFamilies", KEY_FAMILIES },
	{ "MemoryDenyWriteExecute", KEY_OTHER },
	{ "RestrictNamespaces", KEY_OTHER },
	{ "RestrictRealtime", KEY_OTHER },
	{ "RestrictSUIDSGID", KEY_OTHER },
	{ "LockPersonality", KEY_OTHER },
	{ "ProtectKernelTunables", KEY_OTHER },
	{ "ProtectKernelModules", KEY_OTHER },
	{ "ProtectKernelLogs", KEY_OTHER },
	{ "ProtectClock", KEY_OTHER },
	{ "ProtectHostname", KEY_OTHER },
	{ "PrivateDevices", KEY_OTHER },
	{ "DynamicUser", KEY_OTHER },
};

static const char *const exec_sections[] = {
	"Service", "Socket", "Mount", "Swap",
};

enum systemd_key systemd_key_of(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(keys); i++)
		if (!strcmp(keys[i].name, name))
			return keys[i].key;
	return KEY_NONE;
}

/*
 * Whether the names are similar, ignoring case: one error is allowed for every
 * five letters.
 */
static bool is_near(const char *name, const char *known)
{
	char a[32], b[32];
	size_t n = strlen(known);

	if (strlen(name) >= sizeof(a) || !strncmp(name, "X-", 2))
		/* systemd ignores directives that begin with X- */
		return false;
	for (size_t i = 0; i <= strlen(name); i++)
		a[i] = tolower((unsigned char)name[i]);
	for (size_t i = 0; i <= n; i++)
		b[i] = tolower((unsigned char)known[i]);
	return text_distance(a, b) <= n / 5;
}

const char *systemd_key_near(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(keys); i++)
		if (is_near(name, keys[i].name))
			return keys[i].name;
	return NULL;
}

bool systemd_is_exec_section(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(exec_sections); i++)
		if (!strcmp(exec_sections[i], name))
			return true;
	return false;
}

const char *systemd_section_near(const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(exec_sections); i++)
		if (is_near(name, exec_sections[i]))
			return exec_sections[i];
	return NULL;
}
