/* SPDX-License-Identifier: Apache-2.0 */
#include "problem.h"

#include <errno.h>
#include <linux/capability.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/memory.h"
#include "btf.h"
#include "machine.h"
#include "older.h"
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
	const char *names = bpf ? "CAP_PERFMON is" : perfmon ? "CAP_BPF is" :
		"CAP_BPF and CAP_PERFMON are";
	char self[4096] = "sp-record";

	if (bpf && perfmon)
		return NULL;
	if (!prctl(PR_CAPBSET_READ, CAP_BPF) ||
	    !prctl(PR_CAPBSET_READ, CAP_PERFMON))
		return xasprintf("%s missing, and cannot be gained here: start "
				 "the container with --cap-add=BPF "
				 "--cap-add=PERFMON or --privileged, or record "
				 "on its host with --container", names);
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		strcpy(self, "sp-record");
	return xasprintf("%s missing: run as root, or give sp-record both: "
			 "setcap cap_bpf,cap_perfmon=ep '%s'", names, self);
}

/* Capabilities in a user namespace have no effect here: user_namespaces(7). */
static bool is_in_user_namespace(void)
{
	unsigned int first = 0, outside = 0, n = UINT32_MAX;
	FILE *file = fopen("/proc/self/uid_map", "re");

	if (!file)
		return false;
	if (fscanf(file, "%u %u %u", &first, &outside, &n) != 3)
		n = 0;
	fclose(file);
	return first || outside || n != UINT32_MAX;
}

static char *refused_here(int error)
{
	if (error != EPERM && error != EACCES)
		return NULL;
	if (is_in_user_namespace())
		return xstrdup("the kernel loads no BPF programs for a user "
			       "namespace, whatever capabilities it has: "
			       "record on the host, with --container or --pid, "
			       "or in a container of root's with --cap-add=BPF "
			       "--cap-add=PERFMON or --privileged");
	return NULL;
}

/*
 * Whether the compiler of BPF programs is off, as by default on some
 * architectures. Our programs need it.
 */
static bool is_compiler_off(int error)
{
	/* private to the kernel: linux/errno.h */
	enum { ENOTSUPP = 524 };
	FILE *file = fopen("/proc/sys/net/core/bpf_jit_enable", "re");
	bool off = file && getc(file) == '0' && error == ENOTSUPP;

	if (file)
		fclose(file);
	return off;
}

/*
 * Returns a text if a seccomp filter of the container's engine denies bpf(2):
 * we have all capabilities.
 */
static char *filtered_here(int error)
{
	if ((error != EPERM && error != ENOSYS) ||
	    prctl(PR_GET_SECCOMP, 0, 0, 0, 0) <= 0)
		return NULL;
	return xasprintf("cannot load the BPF programs: %s: sp-record runs "
			 "under a seccomp filter: start the container with "
			 "--security-opt seccomp=unconfined or --privileged, "
			 "or record on its host with --container",
			 strerror(error));
}

/*
 * The last structure member that libbpf reported as missing, such as
 * "task_struct.pid", or "". It is static, because libbpf's callback gets no
 * argument of ours.
 */
static char missed[128];

/*
 * Keeps the member that libbpf did not find. libbpf makes the instruction
 * invalid, so the verifier stops there, and libbpf's log names the member.
 */
static void keep_missed(const char *text)
{
	const char *at = strstr(text, "failed to resolve CO-RE relocation");
	char member[sizeof(missed)];

	if (at && sscanf(at, "%*[^]]] struct %127[a-z0-9A-Z_.]", member) == 1)
		strcpy(missed, member);
}

static bool is_debugged(void)
{
	static bool known, debugged;

	if (!known)
		debugged = getenv("SP_DEBUG") != NULL;
	known = true;
	return debugged;
}

int problem_listen(enum libbpf_print_level level, const char *format,
		   va_list arguments)
{
	char *text = NULL;

	/* libbpf prints thousands of lines on other levels. */
	if (level != LIBBPF_WARN && !is_debugged())
		return 0;
	if (vasprintf(&text, format, arguments) < 0)
		return 0;
	if (level == LIBBPF_WARN)
		keep_missed(text);
	if (is_debugged())
		fputs(text, stderr);
	free(text);
	return 0;
}

/* Returns NULL if no type is known to be missing. */
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

	if (kernel_is_older_than(5, OLDEST_MINOR) && !uname(&name))
		return xasprintf("Linux %s is too old: recording needs 5.%d "
				 "or newer", name.release, OLDEST_MINOR);
	problem = refused_here(error);
	if (!problem)
		problem = error == ENOSYS ? filtered_here(error) :
			missing_capabilities();
	if (problem)
		return problem;
	if (error == ENOSYS)
		return xstrdup("this kernel has no BPF: it needs "
			       "CONFIG_BPF_SYSCALL=y");
	if (is_compiler_off(error))
		return xstrdup("the kernel's compiler of BPF programs is off: "
			       "turn it on with sysctl -w "
			       "net.core.bpf_jit_enable=1");
	if (is_locked_down())
		return xstrdup("the kernel is locked down (confidentiality): "
			       "boot with lockdown=integrity or less");
	if (access("/sys/kernel/btf/vmlinux", R_OK))
		return xasprintf("/sys/kernel/btf/vmlinux: %s: the kernel "
				 "needs CONFIG_DEBUG_INFO_BTF=y",
				 strerror(errno));
	if (error == EPERM && older_is_needed(false) &&
	    !capability_has(CAP_SYS_RESOURCE))
		return xstrdup("this kernel counts BPF maps as locked memory, "
			       "and the limit is too low: run ulimit -l "
			       "unlimited as root before, or give sp-record "
			       "CAP_SYS_RESOURCE, too");
	problem = uname(&name) ? NULL : changed_types(name.release);
	if (problem)
		return problem;
	problem = filtered_here(error);
	return problem ? problem :
		xasprintf("cannot load the BPF programs: %s (SP_DEBUG=1 shows "
			  "libbpf's messages)", strerror(error));
}
