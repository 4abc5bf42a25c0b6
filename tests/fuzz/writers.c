/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs sp-emit in memory. The first byte chooses a command line, and the other
 * bytes are a stream. If sandprint has a reader for the format, it must accept
 * the output.
 */
#define exit(status) abort()	/* no input may make the tool call exit() */
#include "base/message.c"
#undef exit

#include <getopt.h>
#include <jansson.h>

#include "filter/cbpf.h"
#include "base/output.h"
#include "fuzz.h"
#include "process/sandbox.h"
#include "profile/landlock.h"
#include "profile/profile.h"
#include "records.h"

int sp_emit_main(int argc, char **argv);

/* Replaces output.c: the output goes to memory. */
struct output {
	FILE *file;
} captured;

bool output_open(struct output **out, const char *path, unsigned int flags)
{
	(void)path, (void)flags;
	*out = &captured;
	return true;
}

FILE *output_file(struct output *out)
{
	return out->file;
}

bool output_commit(struct output *out)
{
	return !ferror(out->file);
}

void output_abandon(struct output *out)
{
	(void)out;
}

/* A sandbox would confine the fuzzer. */
void sandbox_enter(enum sandbox_tool who, const struct output *out,
		   const struct output *other)
{
	(void)who, (void)out, (void)other;
}

/* Counts reach 2^64-1, but integers of jansson only 2^63-1. */
static void is_json(char *text, size_t n)
{
	json_t *json = json_loadb(text, n, JSON_REJECT_DUPLICATES |
				  JSON_DECODE_INT_AS_REAL, NULL);

	if (!json)
		abort();
	json_decref(json);
}

static void is_profile(char *text, size_t n)
{
	const struct host host = { .version = 6, .patchlevel = 1 };
	FILE *file = fmemopen(text, n, "r");
	char *problem = NULL;
	struct profile *p = profile_read(file, &host, &problem);

	if (!p) {
		fprintf(stderr, "%s\n%s", problem, text);
		abort();
	}
	profile_free(p);
	fclose(file);
}

static void is_landlock(char *text, size_t n)
{
	FILE *file = fmemopen(text, n, "r");
	char *problem = NULL;
	struct landlock_policy *p = landlock_read(file, &problem);

	if (!p) {
		fprintf(stderr, "%s\n%s", problem, text);
		abort();
	}
	landlock_free(p);
	fclose(file);
}

static void is_filter(char *text, size_t n)
{
	char *problem = NULL;
	struct filter *f = cbpf_parse(text, n, &problem);

	if (!f)
		abort();
	filter_free(f);
}

/* The text must consist of lines, and must not contain control characters. */
static void is_text(char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)text[i] < ' ' && !strchr("\n\t", text[i]))
			abort();
}

#define TRUST "--allow-partial", "--allow-denied"

/*
 * Append new commands at the end: the first byte of an existing finding is an
 * index.
 */
static const struct command {
	const char *options[8];
	void (*judge)(char *text, size_t n);
} commands[] = {
	{ { "--oci", TRUST }, is_profile },
	{ { "--oci", TRUST, "--args=all", "--exact" }, is_profile },
	{ { "--docker", TRUST, "--no-runtime", "--args" }, is_profile },
	{ { "--spo", TRUST, "--deny=kill" }, is_profile },
	{ { "--systemd", TRUST }, is_profile },
	{ { "--systemd", TRUST, "--paths", "--args" }, is_profile },
	{ { "--libseccomp", TRUST, "--args" }, is_text },
	{ { "--bpf", TRUST }, is_filter },
	{ { "--bpf", TRUST, "--args=all" }, is_filter },
	{ { "--minijail", TRUST, "--args=all" }, is_profile },
	{ { "--firejail", TRUST }, is_profile },
	{ { "--path-list", "--allow-partial" }, is_text },
	{ { "--apparmor", "--allow-partial", "--generalize=all" }, is_text },
	{ { "--apparmor", "--allow-partial", "--generalize=none", "--deny=log" }, is_text },
	{ { "--landlock", "--allow-partial" }, is_landlock },
	{ { "--landlock", "--allow-partial", "--tree=/bin/*", "--generalize=all" },
	  is_landlock },
	{ { "--landlock-header", "--allow-partial" }, is_text },
	{ { "--json", "--allow-partial" }, is_json },
	{ { "--table", "--allow-partial" }, is_text },
	{ { "--ndjson", "--allow-partial" }, NULL },
	{ { "--strace", "--allow-partial" }, NULL },
	{ { "--explain", TRUST, "--args" }, is_text },
	{ { "--explain", "--landlock", "--allow-partial" }, is_text },
	{ { "--table", "--allow-partial", "--from=m" }, is_text },
	{ { "--landlock-header", "--allow-partial", "--image=/bin/*" }, is_text },
	{ { "--lxc", TRUST }, is_profile },
	{ { "--lxc", TRUST, "--exact", "--tree=/bin/*" }, is_profile },
	{ { "--oci", TRUST, "--deny=kill" }, is_profile },
	{ { "--systemd", TRUST, "--deny=kill", "--paths", "--harden" },
	  is_profile },
	{ { "--systemd", TRUST, "--deny=log" }, is_profile },
	{ { "--libseccomp", TRUST, "--deny=log", "--args=all" }, is_text },
	{ { "--bpf", TRUST, "--deny=kill", "--exact" }, is_filter },
	{ { "--minijail", TRUST, "--deny=kill" }, is_profile },
	{ { "--firejail", TRUST, "--exact", "--deny=kill" }, is_profile },
	{ { "--explain", "--systemd", TRUST, "--args=all" }, is_text },
	{ { "--explain", "--apparmor", "--allow-partial" }, is_text },
	{ { "--explain", "--firejail", TRUST }, is_text },
	{ { "--kafel", TRUST, "--args=all" }, is_profile },
	{ { "--markdown", TRUST, "--args" }, is_text },
	{ { "--html", TRUST, "--args=all" }, is_text },
	{ { "--timeline", "--allow-partial" }, is_text },
};
enum { N_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* Resets the state that the next run of the tool would otherwise inherit. */
static void forget(void)
{
	for (size_t i = 0; notes && notes[i]; i++)
		free(notes[i]);
	free(notes);
	notes = NULL;
	n_notes = 0;
	latched = 0;
	optind = 0;	/* makes getopt(3) start again */
}

static int emit(const struct command *c, FILE *in, FILE *out)
{
	FILE *old_in = stdin;
	char *argv[sizeof(c->options) / sizeof(c->options[0]) + 2] = { "" };
	int argc = 1, status;

	while (c->options[argc - 1]) {
		argv[argc] = (char *)c->options[argc - 1];
		argc++;
	}
	stdin = in;
	captured.file = out;
	status = sp_emit_main(argc, argv);
	stdin = old_in;
	forget();
	return status;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	if (!getenv("FUZZ_MESSAGES"))
		stderr = fopen("/dev/null", "w");
	return setenv("PATH", "/nonexistent", 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct command *c = &commands[size ? data[0] % N_COMMANDS : 0];
	size_t n, written;
	char *stream, *text = NULL;
	FILE *in, *out;
	int status;

	stream = records_stream(data + !!size, size - !!size, &n);
	in = fmemopen(stream, n, "r");
	out = open_memstream(&text, &written);
	status = emit(c, in, out);
	fclose(in);
	fclose(out);
	if (status < 0 || status > STATUS_TROUBLE)
		abort();
	/* --ndjson may write some lines before it finds an error. */
	if (status && written && c->judge)
		abort();
	if (!status && c->judge)
		c->judge(text, written);
	free(text);
	free(stream);
	return 0;
}
