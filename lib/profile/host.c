/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/host.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>

#include "base/memory.h"
#include "base/text.h"
#include "profile/included.h"
#include "profile/systemd-groups.h"

#define N_ELEMENTS(array) (sizeof(array) / sizeof((array)[0]))
#define BIT(cap) (1ULL << (cap))

#define CAP(name) [name] = #name
static const char *const names[] = {
	CAP(CAP_CHOWN), CAP(CAP_DAC_OVERRIDE), CAP(CAP_DAC_READ_SEARCH),
	CAP(CAP_FOWNER), CAP(CAP_FSETID), CAP(CAP_KILL), CAP(CAP_SETGID),
	CAP(CAP_SETUID), CAP(CAP_SETPCAP), CAP(CAP_LINUX_IMMUTABLE),
	CAP(CAP_NET_BIND_SERVICE), CAP(CAP_NET_BROADCAST), CAP(CAP_NET_ADMIN),
	CAP(CAP_NET_RAW), CAP(CAP_IPC_LOCK), CAP(CAP_IPC_OWNER),
	CAP(CAP_SYS_MODULE), CAP(CAP_SYS_RAWIO), CAP(CAP_SYS_CHROOT),
	CAP(CAP_SYS_PTRACE), CAP(CAP_SYS_PACCT), CAP(CAP_SYS_ADMIN),
	CAP(CAP_SYS_BOOT), CAP(CAP_SYS_NICE), CAP(CAP_SYS_RESOURCE),
	CAP(CAP_SYS_TIME), CAP(CAP_SYS_TTY_CONFIG), CAP(CAP_MKNOD),
	CAP(CAP_LEASE), CAP(CAP_AUDIT_WRITE), CAP(CAP_AUDIT_CONTROL),
	CAP(CAP_SETFCAP), CAP(CAP_MAC_OVERRIDE), CAP(CAP_MAC_ADMIN),
	CAP(CAP_SYSLOG), CAP(CAP_WAKE_ALARM), CAP(CAP_BLOCK_SUSPEND),
	CAP(CAP_AUDIT_READ), CAP(CAP_PERFMON), CAP(CAP_BPF),
	CAP(CAP_CHECKPOINT_RESTORE),
};
#undef CAP

static const uint64_t docker_default =
	BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) |
	BIT(CAP_FOWNER) | BIT(CAP_MKNOD) | BIT(CAP_NET_RAW) |
	BIT(CAP_SETGID) | BIT(CAP_SETUID) | BIT(CAP_SETFCAP) |
	BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) |
	BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL) | BIT(CAP_AUDIT_WRITE);

void host_init(struct host *h)
{
	struct utsname system;

	*h = (struct host){ .caps = docker_default };
	if (!uname(&system))
		host_set_kernel(h, system.release);
}

void host_release(struct host *h)
{
	systemd_groups_free(h->groups);
	included_free(h->included);
	h->groups = NULL;
	h->included = NULL;
}

static bool add_cap(struct host *h, const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		if (!strcasecmp(name, names[i]) ||
		    !strcasecmp(name, names[i] + strlen("CAP_"))) {
			h->caps |= BIT(i);
			return true;
		}
	return false;
}

bool host_set_caps(struct host *h, const char *list, char **bad)
{
	char *copy = xstrdup(list), *rest = copy, *name;

	h->caps = !strcmp(list, "all") ? UINT64_MAX : 0;
	h->caps_given = true;
	*bad = NULL;
	if (!h->caps && strcmp(list, "none"))
		while (!*bad && (name = strsep(&rest, ",")))
			if (!add_cap(h, name))
				*bad = xstrdup(name);
	free(copy);
	return !*bad;
}

/* Digits, and what follows them. */
static bool read_number(const char *text, unsigned int *value, char **end)
{
	unsigned long number;

	if (*text < '0' || *text > '9')
		return false;
	number = strtoul(text, end, 10);
	*value = number;
	return number <= 255;	/* KERNEL_VERSION, linux/version.h */
}

bool host_set_kernel(struct host *h, const char *release)
{
	char *end;

	return read_number(release, &h->version, &end) && *end == '.' &&
	       read_number(end + 1, &h->patchlevel, &end);
}

bool host_has_cap(const struct host *h, const char *name)
{
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		if (!strcmp(name, names[i]))
			return h->caps & BIT(i);
	return false;
}

bool host_has_kernel(const struct host *h, unsigned int version,
		     unsigned int patchlevel)
{
	return h->version > version ||
	       (h->version == version && h->patchlevel >= patchlevel);
}

char *host_caps_text(const struct host *h)
{
	char *text = NULL;

	if (!h->caps_given)
		return xstrdup("Docker's default capabilities");
	if (!h->caps || h->caps == UINT64_MAX)
		return xstrdup(h->caps ? "all capabilities" :
				       "no capability");
	for (size_t i = 0; i < N_ELEMENTS(names); i++)
		if (h->caps & BIT(i))
			text_append(&text, ", ", names[i]);
	return text;
}

char *host_option_caps(const struct option_row *row, void *to, const char *list)
{
	char *bad, *problem;

	if (host_set_caps((void *)((char *)to + row->at), list, &bad))
		return NULL;
	problem = xasprintf("no capability is called '%s'", bad);
	free(bad);
	return problem;
}

char *host_option_kernel(const struct option_row *row, void *to,
			 const char *release)
{
	struct host *h = (void *)((char *)to + row->at);

	h->kernel_given = true;
	return host_set_kernel(h, release) ? NULL :
		xstrdup("not a version like 6.1");
}
