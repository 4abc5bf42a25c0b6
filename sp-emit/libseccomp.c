/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A C header for libseccomp 2.5 and later. It makes a filter for each
 * architecture and then merges them, so that no architecture gets calls of
 * another. It resolves names at run time, so that it compiles whatever names
 * the installed libseccomp knows.
 */
#include <inttypes.h>
#include <seccomp.h>

#include "format.h"
#include "profile/compare.h"

static const char prologue[] =
"#ifndef SANDPRINT_FILTER_H\n"
"#define SANDPRINT_FILTER_H\n"
"\n"
"#include <errno.h>\n"
"#include <seccomp.h>\n"
"#include <stddef.h>\n"
"#include <stdint.h>\n"
"\n"
"struct sandprint_call {\n"
"\tconst char *name;\t/* NULL: only the number is known */\n"
"\tint nr;\n"
"\tuint32_t action;\n"
"\tunsigned int n_args;\n"
"\tconst struct scmp_arg_cmp *args;\t/* all of them have to hold */\n"
"};\n"
"\n"
"struct sandprint_arch {\n"
"\tuint32_t token;\n"
"\tconst struct sandprint_call *calls;\n"
"\tsize_t n;\n"
"};\n";

static const char functions[] =
"\n"
"/*\n"
" * libseccomp takes calls of other architectures only by name; it reads each\n"
" * number as one of the native architecture.\n"
" */\n"
"static inline int sandprint_add(scmp_filter_ctx filter, uint32_t token,\n"
"\t\t\t\tconst struct sandprint_call *call)\n"
"{\n"
"\tint nr = __NR_SCMP_ERROR;\n"
"\n"
"\tif (call->name)\n"
"\t\tnr = seccomp_syscall_resolve_name(call->name);\n"
"\tif (nr == __NR_SCMP_ERROR && token != seccomp_arch_native())\n"
"\t\treturn -EDOM;\n"
"\tif (nr == __NR_SCMP_ERROR)\n"
"\t\tnr = call->nr;\n"
"\treturn seccomp_rule_add_array(filter, call->action, nr, call->n_args,\n"
"\t\t\t\t      call->args);\n"
"}\n"
"\n"
"static inline int sandprint_fill(scmp_filter_ctx filter,\n"
"\t\t\t\t const struct sandprint_arch *arch)\n"
"{\n"
"\tsize_t i;\n"
"\tint rc = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH,\n"
"\t\t\t\t  SANDPRINT_DEFAULT);\n"
"\n"
"\tif (!rc && arch->token != seccomp_arch_native()) {\n"
"\t\trc = seccomp_arch_add(filter, arch->token);\n"
"\t\tif (!rc)\n"
"\t\t\trc = seccomp_arch_remove(filter, SCMP_ARCH_NATIVE);\n"
"\t}\n"
"\tfor (i = 0; !rc && i < arch->n; i++)\n"
"\t\trc = sandprint_add(filter, arch->token, &arch->calls[i]);\n"
"\treturn rc;\n"
"}\n"
"\n"
"/* Makes a filter, which the caller loads and releases. Returns 0 or -errno. */\n"
"static inline int sandprint_build(scmp_filter_ctx *filter)\n"
"{\n"
"\tconst size_t n = sizeof(sandprint_archs) / sizeof(sandprint_archs[0]);\n"
"\tscmp_filter_ctx whole = NULL, part;\n"
"\tsize_t i;\n"
"\tint rc = 0;\n"
"\n"
"\tfor (i = 0; !rc && i < n; i++) {\n"
"\t\tpart = seccomp_init(SANDPRINT_DEFAULT);\n"
"\t\trc = part ? sandprint_fill(part, &sandprint_archs[i]) : -ENOMEM;\n"
"\t\tif (!rc && whole)\n"
"\t\t\trc = seccomp_merge(whole, part);\n"
"\t\telse if (!rc)\n"
"\t\t\twhole = part;\n"
"\t\tif (rc && part)\n"
"\t\t\tseccomp_release(part);\n"
"\t}\n"
"\tif (rc && whole)\n"
"\t\tseccomp_release(whole);\n"
"\telse\n"
"\t\t*filter = whole;\n"
"\treturn rc;\n"
"}\n"
"\n"
"/*\n"
" * Confines the calling thread, and the threads and processes that it starts\n"
" * later. Returns 0 or -errno.\n"
" * Sets no_new_privs.\n"
" */\n"
"static inline int sandprint_load(void)\n"
"{\n"
"\tscmp_filter_ctx filter = NULL;\n"
"\tint rc = sandprint_build(&filter);\n"
"\n"
"\tif (rc)\n"
"\t\treturn rc;\n"
"\trc = seccomp_load(filter);\n"
"\tseccomp_release(filter);\n"
"\treturn rc;\n"
"}\n"
"\n"
"#endif\n";

static void write_action(uint32_t action, FILE *out)
{
	char buf[ACTION_NAME_MAX];

	switch (action & SECCOMP_RET_ACTION_FULL) {
	case SECCOMP_RET_ALLOW:
		fputs("SCMP_ACT_ALLOW", out);
		break;
	case SECCOMP_RET_LOG:
		fputs("SCMP_ACT_LOG", out);
		break;
	case SECCOMP_RET_ERRNO:
		fprintf(out, "SCMP_ACT_ERRNO(%s)", action_name(action, buf));
		break;
	default:
		fputs("SCMP_ACT_KILL_PROCESS", out);
	}
}

/*
 * Writes a call. `number` is the rule's number, which the name of its array of
 * conditions contains.
 */
static void write_call(const struct profile_rule *rule, size_t number,
		       FILE *out)
{
	if (rule->name)
		fprintf(out, "\t{ \"%s\", %d, ", rule->name, rule->id.nr);
	else
		fprintf(out, "\t{ NULL, %d, ", rule->id.nr);
	write_action(rule->action, out);
	if (rule->n_args)
		fprintf(out, ", %u, sandprint_args_%zu },\n", rule->n_args,
			number);
	else
		fputs(", 0, NULL },\n", out);
}

static void write_conditions(const struct profile_rule *rule, size_t number,
			     FILE *out)
{
	fprintf(out, "\nstatic const struct scmp_arg_cmp "
		"sandprint_args_%zu[] = {\n", number);
	for (uint32_t i = 0; i < rule->n_args; i++)
		fprintf(out, "\t{ %u, %s, 0x%" PRIx64 ", 0x%" PRIx64
			" },\n", rule->args[i].index,
			compare_name(rule->args[i].op),
			rule->args[i].value, rule->args[i].value_two);
	fputs("};\n", out);
}

static void write_calls(const struct profile *p, const struct arch *arch,
			FILE *out)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (p->rules[i].n_args && arch_of_call(p->rules[i].id) == arch)
			write_conditions(&p->rules[i], i, out);
	fprintf(out, "\nstatic const struct sandprint_call "
		"sandprint_%s[] = {\n",
		arch->name);
	for (size_t i = 0; i < p->n_rules; i++)
		if (arch_of_call(p->rules[i].id) == arch)
			write_call(&p->rules[i], i, out);
	fputs("};\n", out);
}

static bool has_rules(const struct profile *p, const struct arch *arch)
{
	for (size_t i = 0; i < p->n_rules; i++)
		if (arch_of_call(p->rules[i].id) == arch)
			return true;
	return false;
}

static void write_archs(const struct profile *p, FILE *out)
{
	fputs("\nstatic const struct sandprint_arch sandprint_archs[] = {\n",
	      out);
	for (size_t i = 0; i < p->n_archs; i++)
		if (has_rules(p, p->archs[i]))
			fprintf(out, "\t{ %s, sandprint_%s,\n"
				"\t  sizeof(sandprint_%s) / "
				"sizeof(sandprint_%s[0]) },\n",
				p->archs[i]->oci, p->archs[i]->name,
				p->archs[i]->name, p->archs[i]->name);
	fputs("};\n", out);
}

void write_libseccomp(const struct emit *emit, FILE *out)
{
	const struct profile *p = emit->profile;

	fputs("/*\n", out);
	write_head(emit, " * ", out);
	fputs(" *\n * Link with -lseccomp.\n */\n", out);
	fputs(prologue, out);
	fputs("\n/* The action for calls outside the profile. */\n"
	      "#define SANDPRINT_DEFAULT ", out);
	write_action(p->default_action, out);
	putc('\n', out);
	for (size_t i = 0; i < p->n_archs; i++)
		if (has_rules(p, p->archs[i]))
			write_calls(p, p->archs[i], out);
	write_archs(p, out);
	fputs(functions, out);
}
