/* SPDX-License-Identifier: Apache-2.0 */
#include "profile/host.h"

#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>

#include "base/memory.h"
#include "base/text.h"
#include "kernel/capability.h"
#include "profile/included.h"
#include "profile/systemd-groups.h"

#define BIT(cap) (1ULL << (cap))

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
	const char *known;

	for (uint32_t i = 0; (known = capability_at(i)); i++)
		if (!strcasecmp(name, known) ||
		    !strcasecmp(name, known + strlen("CAP_"))) {
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

/* Reads digits. `*end` points behind them afterwards. */
static bool read_number(const char *text, unsigned int *value, char **end)
{
	unsigned long number;

	if (*text < '0' || *text > '9')
		return false;
	number = strtoul(text, end, 10);
	*value = number;
	/* the kernel keeps it in 8 bits: KERNEL_VERSION, linux/version.h */
	return number <= 255;
}

bool host_set_kernel(struct host *h, const char *release)
{
	char *end;

	return read_number(release, &h->version, &end) && *end == '.' &&
	       read_number(end + 1, &h->patchlevel, &end);
}

bool host_has_cap(const struct host *h, const char *name)
{
	const char *known;

	for (uint32_t i = 0; (known = capability_at(i)); i++)
		if (!strcmp(name, known))
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
	const char *known;
	char *text = NULL;

	if (!h->caps_given)
		return xstrdup("Docker's default capabilities");
	if (!h->caps || h->caps == UINT64_MAX)
		return xstrdup(h->caps ? "all capabilities" :
				       "no capability");
	for (uint32_t i = 0; (known = capability_at(i)); i++)
		if (h->caps & BIT(i))
			text_append(&text, ", ", known);
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
