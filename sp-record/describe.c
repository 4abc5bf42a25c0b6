/* SPDX-License-Identifier: Apache-2.0 */
#include "describe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "memory.h"
#include "syscall.h"

static char **copy_list(char **list)
{
	char **copy;
	size_t n = 0;

	while (list[n])
		n++;
	copy = xcalloc(n + 1, sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = xstrdup(list[i]);
	return copy;
}

static char *join(char **list)
{
	size_t size = 1;
	char *text, *end;

	for (char **s = list; *s; s++)
		size += strlen(*s) + 1;
	text = end = xcalloc(size, 1);
	for (char **s = list; *s; s++) {
		if (s > list)
			*end++ = ' ';
		end = stpcpy(end, *s);
	}
	return text;
}

static void describe_caller(struct run *run)
{
	int n = getgroups(0, NULL);

	run->uid = geteuid();
	run->gid = getegid();
	run->groups = xcalloc(n > 0 ? n : 0, sizeof(*run->groups));
	n = getgroups(n, run->groups);
	run->n_groups = n > 0 ? n : 0;
}

static void describe_user(struct run *run, const struct command_user *user)
{
	run->uid = user->uid;
	run->gid = user->gid;
	run->n_groups = user->n_groups;
	run->groups = xmemdup(user->groups,
			      user->n_groups * sizeof(*user->groups));
}

static void describe_limits(struct run *run)
{
	for (int i = 0; i < RUN_RLIMITS; i++) {
		struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };

		getrlimit(i, &limit);
		run->rlimits[i] = (struct rlimit_pair){
			limit.rlim_cur, limit.rlim_max,
		};
	}
	run->umask = umask(0);
	umask(run->umask);
}

int describe_run(struct run *run, char **argv, const char *name,
		 const struct command_user *user)
{
	struct utsname uts;
	char *cwd = getcwd(NULL, 0);

	if (getrandom(run->id, RUN_ID_SIZE, 0) != RUN_ID_SIZE || uname(&uts)) {
		free(cwd);
		return -errno;
	}
	run->name = name ? xstrdup(name) : argv ? join(argv) : xstrdup("");
	run->argv = argv ? copy_list(argv) : NULL;
	run->version = xstrdup(VERSION);
	run->kernel = xstrdup(uts.release);
	run->machine = xstrdup(uts.machine);
	run->arch = arch_native()->audit;
	run->cwd = cwd ? cwd : xstrdup("");
	run->how = xcalloc(1, sizeof(*run->how));
	run->blind = xcalloc(1, sizeof(*run->blind));
	describe_limits(run);
	if (user)
		describe_user(run, user);
	else
		describe_caller(run);
	return 0;
}

static int compare_labels(const void *a, const void *b)
{
	return strcmp(((const struct label *)a)->key,
		      ((const struct label *)b)->key);
}

bool describe_label(struct run *run, const char *label)
{
	const char *equals = strchr(label, '=');
	struct label new;

	if (!equals || equals == label)
		return false;
	new.key = xasprintf("%.*s", (int)(equals - label), label);
	new.value = xstrdup(equals + 1);
	for (size_t i = 0; i < run->n_labels; i++) {
		if (strcmp(run->labels[i].key, new.key))
			continue;
		free(new.key);
		free(run->labels[i].value);
		run->labels[i].value = new.value;
		return true;
	}
	run->labels = xgrow(run->labels, run->n_labels, sizeof(new));
	run->labels[run->n_labels++] = new;
	qsort(run->labels, run->n_labels, sizeof(new), compare_labels);
	return true;
}

void describe_append(char ***list, const char *text)
{
	size_t n = 0;

	while ((*list)[n])
		n++;
	*list = xrealloc(*list, n + 2, sizeof(**list));
	(*list)[n] = xstrdup(text);
	(*list)[n + 1] = NULL;
}
