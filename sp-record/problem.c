/* SPDX-License-Identifier: Apache-2.0 */
#include "problem.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"
#include "btf.h"
#include "machine.h"
#include "process/capability.h"

static bool is_locked_down(void)
{
	char line[128] = "";
	FILE *file = fopen("/sys/kernel/security/lockdown", "re");

	if (!file)
		return false;
	if (!fgets(line, sizeof(line), file))
		*line = '\0';
	fclose(file);
	return strstr(line, "[confidentiality]");
}

static char *missing_capabilities(void)
{
	bool bpf = capability_has(CAP_BPF) || capability_has(CAP_SYS_ADMIN);
	bool perfmon = capability_has(CAP_PERFMON) ||
		capability_has(CAP_SYS_ADMIN);
	char self[4096] = "sp-record";

	if (bpf && perfmon)
		return NULL;
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		strcpy(self, "sp-record");
	return xasprintf("%s%s%s missing: run as root, or give "
			 "sp-record both: setcap cap_bpf,cap_perfmon=ep '%s'",
			 bpf ? "" : "CAP_BPF", !bpf && !perfmon ?
			 " and " : "", perfmon ? " is" : bpf ?
			 "CAP_PERFMON is" : "CAP_PERFMON are", self);
}

/*
 * The member of a structure that libbpf missed last, as "task_struct.pid"; "":
 * none. libbpf passes no state to its callback.
 */
static char missed[128];

/*
 * libbpf replaces the call of a function that does not exist, where the verifier
 * stopped, by the name of the member that it did not find.
 */
static void hear(const char *said)
{
	const char *at = strstr(said, "failed to resolve CO-RE relocation");
	char member[sizeof(missed)];

	if (at && sscanf(at, "%*[^]]] struct %127[a-z0-9A-Z_.]", member) == 1)
		strcpy(missed, member);
}

int problem_listen(enum libbpf_print_level level, const char *format,
		   va_list arguments)
{
	char *said = NULL;

	if (level != LIBBPF_WARN && !getenv("SP_DEBUG"))
		return 0;
	if (vasprintf(&said, format, arguments) < 0)
		return 0;
	if (level == LIBBPF_WARN)
		hear(said);
	if (getenv("SP_DEBUG"))
		fputs(said, stderr);
	free(said);
	return 0;
}

/* NULL: the kernel has the types that we need, as far as we know. */
static char *changed_types(const char *release)
{
	uint32_t kind = btf_unknown_kind();

	if (kind)
		return xasprintf("the BTF of Linux %s has a type of kind %u, "
				 "which is unknown here: use a newer sp-record",
				 release, kind);
	return *missed ? xasprintf("the structures of Linux %s lack %s, which "
				   "recording needs: use a newer sp-record",
				   release, missed) : NULL;
}

char *problem_explain(int error)
{
	struct utsname name;
	char *problem;

	if (kernel_is_older_than(5, 15) && !uname(&name))
		return xasprintf("Linux %s is too old: recording needs 5.15 "
				 "or newer", name.release);
	if (error == ENOSYS)
		return xstrdup("this kernel has no BPF: it needs "
			       "CONFIG_BPF_SYSCALL=y");
	problem = missing_capabilities();
	if (problem)
		return problem;
	if (is_locked_down())
		return xstrdup("the kernel is locked down (confidentiality): "
			       "boot with lockdown=integrity or less");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return xasprintf("/sys/kernel/btf/vmlinux: %s: the kernel "
				 "needs CONFIG_DEBUG_INFO_BTF=y",
				 strerror(errno));
	problem = uname(&name) ? NULL : changed_types(name.release);
	if (problem)
		return problem;
	return xasprintf("cannot load the BPF programs: %s (SP_DEBUG=1 shows "
			 "libbpf's messages)", strerror(error));
}
