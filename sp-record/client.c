/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

#define CONTAINER_ADVICE "create the container, have sp-record --container " \
	"NAME wait for it, and start it"
#define UNIT_ADVICE "sp-record --unit NAME --restart starts the unit"

static const struct client {
	const char *name;
	const char *verbs;	/* " run exec "; one of them is an argument */
	const char *needs, *lacks;	/* options that it has, or has not */
	const char *daemon, *advice;
} clients[] = {
	{ "docker", " run exec start restart compose ", NULL, NULL,
	  "dockerd", CONTAINER_ADVICE },
	{ "docker-compose", " run exec start restart up ", NULL, NULL,
	  "dockerd", CONTAINER_ADVICE },
	{ "nerdctl", " run exec start restart compose ", NULL, NULL,
	  "containerd", CONTAINER_ADVICE },
	{ "ctr", " run exec start ", NULL, NULL, "containerd",
	  CONTAINER_ADVICE },
	{ "crictl", " run exec start ", NULL, NULL,
	  "the container runtime's daemon", CONTAINER_ADVICE },
	{ "kubectl", " run exec create apply debug ", NULL, NULL,
	  "the cluster", "see sandprint-containers(7)" },
	{ "podman", " run exec start restart ", "--remote", NULL,
	  "podman's service", CONTAINER_ADVICE },
	{ "podman-remote", " run exec start restart ", NULL, NULL,
	  "podman's service", CONTAINER_ADVICE },
	{ "systemctl", " start restart reload try-restart ", NULL, NULL,
	  "systemd", UNIT_ADVICE },
	{ "service", " start restart reload force-reload ", NULL, NULL,
	  "systemd", UNIT_ADVICE },
	{ "systemd-run", NULL, NULL, "--scope", "systemd",
	  "sp-record --unit NAME waits for the unit; systemd-run --unit=NAME "
	  "names it, and with --scope it can be recorded as it is" },
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool has_word(const char *words, const char *word)
{
	char *spaced = xasprintf(" %s ", word);
	bool has = strstr(words, spaced);

	free(spaced);
	return has;
}

/* Up to "--", an argument among the words. */
static bool has_argument(char *const argv[], const char *words)
{
	for (size_t i = 1; argv[i] && strcmp(argv[i], "--"); i++)
		if (has_word(words, argv[i]))
			return true;
	return false;
}

static bool has_option(char *const argv[], const char *option)
{
	for (size_t i = 1; argv[i]; i++)
		if (!strcmp(argv[i], option))
			return true;
	return false;
}

/* Without systemd, service(8) executes the script itself. */
static bool is_client(const struct client *c, char *const argv[])
{
	if (strcmp(base_name(argv[0]), c->name) ||
	    (c->verbs && !has_argument(argv, c->verbs)) ||
	    (c->needs && !has_option(argv, c->needs)) ||
	    (c->lacks && has_option(argv, c->lacks)))
		return false;
	return strcmp(c->name, "service") ||
		!access("/run/systemd/system", F_OK);
}

char *client_of(char *const argv[], const char **advice)
{
	if (!strcmp(base_name(argv[0]), "sudo") && argv[1])
		argv++;
	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
		if (is_client(&clients[i], argv)) {
			*advice = clients[i].advice;
			return xasprintf("what %s was asked to run: the "
					 "recording is of the client %s",
					 clients[i].daemon, clients[i].name);
		}
	return NULL;
}
