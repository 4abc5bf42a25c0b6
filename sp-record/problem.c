/* SPDX-License-Identifier: Apache-2.0 */
#include "problem.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"
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
	return xasprintf("cannot load the BPF programs: %s (SP_DEBUG=1 shows "
			 "libbpf's messages)", strerror(error));
}
