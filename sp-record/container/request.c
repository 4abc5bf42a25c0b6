/* SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "process/describe.h"

#define KEY "io.sandprint."
#define PEERS_KEY "io.containers.trace-syscall"

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

static bool says_yes(const char *text)
{
	static const char *const words[] = {
		"", "yes", "true", "1", "on", NULL,
	};

	return is_one_of(text, words);
}

static bool says_no(const char *text)
{
	static const char *const words[] = {
		"no", "false", "0", "off", NULL,
	};

	return is_one_of(text, words);
}

/*
 * The options that an annotation may use. The recorder limits the resources
 * that they take, and they put no data about the machine or other containers
 * into the stream. --every is missing: it writes an event for each call, to a
 * disk that others share.
 */
static const struct {
	const char *name;
	bool has_value, is_costly;
} options[] = {
	{ "--paths", false, false },
	{ "--no-argv", false, false },
	{ "--mark", true, false },
	{ "--label", true, false },
	{ "--name", true, false },
	{ "--time", true, false },
	{ "--every", false, true },
	{ "--exact-times", false, true },
	{ "--results", false, true },
};

static char *check_option(const char *word, const struct container_options *o)
{
	size_t n = strcspn(word, "=");

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (strlen(options[i].name) != n ||
		    strncmp(options[i].name, word, n))
			continue;
		if (options[i].has_value != (word[n] == '='))
			return xasprintf("annotation " KEY "options: %s %s a "
					 "value", options[i].name,
					 options[i].has_value ?
					 "needs" : "takes no");
		if (options[i].is_costly && !o->allow_every)
			return xasprintf("annotation " KEY "options: %s: the "
					 "administrator has not set "
					 "--allow-every", word);
		return NULL;
	}
	return xasprintf("annotation " KEY "options: %s is not an option that "
			 "an annotation can set", word);
}

static char *read_options(struct request *r, const char *text,
			  const struct container_options *o)
{
	char *copy = xstrdup(text), *rest = copy, *word, *problem = NULL;

	while (!problem && (word = strsep(&rest, " \t\n"))) {
		if (!*word)
			continue;
		problem = check_option(word, o);
		describe_append(&r->options, word);
	}
	free(copy);
	return problem;
}

/*
 * Reads "of:/abs/out.json;if:/abs/base.json", in any order, where `if:` is
 * optional.
 */
static char *read_peers(struct request *r, const char *text)
{
	char *copy = xstrdup(text), *rest = copy, *part, *problem = NULL;

	while (!problem && (part = strsep(&rest, ";"))) {
		char **to = !strncmp(part, "of:", 3) ? &r->profile :
			!strncmp(part, "if:", 3) ? &r->base : NULL;

		if (!to || *to || part[3] != '/')
			problem = xasprintf("annotation " PEERS_KEY ": '%s' is "
					    "not of:/FILE or of:/FILE;if:/FILE",
					    text);
		else
			*to = xstrdup(part + 3);
	}
	if (!problem && !r->profile)
		problem = xstrdup("annotation " PEERS_KEY ": of:/FILE is "
				  "missing");
	free(copy);
	return problem;
}

static void read_output(struct request *r, const char *text)
{
	r->asked = true;
	r->refused = says_no(text);
	if (!r->refused && !says_yes(text))
		r->output = xstrdup(text);
}

static char *read_required(struct request *r, const char *text)
{
	r->required = says_yes(text);
	return r->required || says_no(text) ? NULL :
		xasprintf("annotation " KEY "required: '%s' is not true or "
			  "false", text);
}

bool request_read(struct request *r, const struct subject *s,
		  const struct container_options *o, char **problem)
{
	const char *record = subject_annotation(s, KEY "record");
	const char *peers = subject_annotation(s, PEERS_KEY);
	const char *words = subject_annotation(s, KEY "options");
	const char *required = subject_annotation(s, KEY "required");

	*r = (struct request){
		.asked = peers, .options = xcalloc(1, sizeof(char *)),
	};
	*problem = NULL;
	if (record)
		read_output(r, record);
	if (required)
		*problem = read_required(r, required);
	if (!*problem && words)
		*problem = read_options(r, words, o);
	if (!*problem && peers && !r->refused)
		*problem = read_peers(r, peers);
	return !*problem;
}

void request_free(struct request *r)
{
	for (char **o = r->options; o && *o; o++)
		free(*o);
	free(r->options);
	free(r->output);
	free(r->profile);
	free(r->base);
}
