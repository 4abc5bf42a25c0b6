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

#define PODMAN_VALUES " -c --connection --cgroup-manager --conmon " \
	"--events-backend --hooks-dir --identity --log-level --namespace " \
	"--network-cmd-path --network-config-dir --root --runroot --runtime " \
	"--runtime-flag --ssh --storage-driver --storage-opt --tmpdir --url " \
	"--volumepath "
#define ANY_WORD "*"
#define COMPOSE_VALUES " -f --file -p --project-name --profile --env-file " \
	"--project-directory --parallel --ansi "

static const struct client {
	const char *name;
	/*
	 * Commands that ask the daemon to run something, such as " run exec ".
	 */
	const char *verbs;
	const char *groups;	/* words that can come before the verb */
	const char *values;	/* options whose value is the next word */
	/* Options that the line must have, and must not have. */
	const char *needs, *lacks;
	const char *daemon, *advice;
} clients[] = {
	{ "docker", " run exec start restart up ", " container compose ",
	  " -H --host -c --context --config -l --log-level --tlscacert "
	  "--tlscert --tlskey " COMPOSE_VALUES,
	  NULL, NULL, "dockerd", CONTAINER_ADVICE },
	{ "docker-compose", " run exec start restart up ", NULL,
	  COMPOSE_VALUES, NULL, NULL, "dockerd", CONTAINER_ADVICE },
	{ "nerdctl", " run exec start restart up ", " container compose ",
	  " -a --address -H --host -n --namespace --snapshotter --data-root "
	  "--cni-path --cni-netconfpath --cgroup-manager " COMPOSE_VALUES,
	  NULL, NULL, "containerd", CONTAINER_ADVICE },
	{ "ctr", " run exec start ", " t task tasks ",
	  " -a --address -n --namespace --timeout --connect-timeout ",
	  NULL, NULL, "containerd", CONTAINER_ADVICE },
	{ "crictl", " run exec start ", NULL,
	  " -r --runtime-endpoint -i --image-endpoint -c --config -t "
	  "--timeout ", NULL, NULL,
	  "the container runtime's daemon", CONTAINER_ADVICE },
	{ "kubectl", " run exec create apply debug restart ", " rollout ",
	  " -n --namespace --context --cluster --user --kubeconfig -s "
	  "--server --token --as --as-group --as-uid --cache-dir "
	  "--certificate-authority --client-certificate --client-key "
	  "--request-timeout --tls-server-name -v --v --profile ",
	  NULL, NULL, "the cluster", "see sandprint-containers(7)" },
	{ "podman", " run exec start restart ", " container pod ",
	  PODMAN_VALUES, "--remote", NULL,
	  "podman's service", CONTAINER_ADVICE },
	{ "podman", " run exec start restart ", " container pod ",
	  PODMAN_VALUES, "-r", NULL, "podman's service", CONTAINER_ADVICE },
	{ "podman-remote", " run exec start restart ", " container pod ",
	  PODMAN_VALUES, NULL, NULL,
	  "podman's service", CONTAINER_ADVICE },
	{ "systemctl", " start restart reload try-restart ", NULL,
	  " -H --host -M --machine -t --type -p --property -P --state -s "
	  "--signal -n --lines -o --output --root --image --job-mode ",
	  NULL, NULL, "systemd", UNIT_ADVICE },
	{ "service", " start restart reload force-reload ", ANY_WORD, NULL,
	  NULL, NULL, "systemd", UNIT_ADVICE },
	{ "systemd-run", NULL, NULL, NULL, NULL, "--scope", "systemd",
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

/* Returns the first word from `argv` on that is not an option, or NULL. */
static char *const *find_word(const struct client *c, char *const *argv)
{
	for (; *argv; argv++) {
		if (**argv != '-')
			return argv;
		if (!strcmp(*argv, "--"))
			return NULL;
		if (c->values && argv[1] && has_word(c->values, *argv))
			argv++;
	}
	return NULL;
}

/*
 * Whether the command asks the daemon to run something. Only the first word
 * counts, since a later one can be equal: `docker rm start`.
 */
static bool has_verb(const struct client *c, char *const argv[])
{
	char *const *word = find_word(c, argv + 1);

	if (word && c->groups && (!strcmp(c->groups, ANY_WORD) ||
				  has_word(c->groups, *word)))
		word = find_word(c, word + 1);
	return word && has_word(c->verbs, *word);
}

static bool has_option(char *const argv[], const char *option)
{
	for (size_t i = 1; argv[i]; i++)
		if (!strcmp(argv[i], option))
			return true;
	return false;
}

/*
 * Whether the command line is this client. Without systemd, service(8) is no
 * client, since it runs the script itself.
 */
static bool is_client(const struct client *c, char *const argv[])
{
	if (strcmp(base_name(argv[0]), c->name) ||
	    (c->verbs && !has_verb(c, argv)) ||
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
			return xasprintf("processes that %s starts: only its "
					 "client %s was recorded",
					 clients[i].daemon, clients[i].name);
		}
	return NULL;
}
