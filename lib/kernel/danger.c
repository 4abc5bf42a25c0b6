/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/danger.h"

#include <string.h>

#define KEXEC "replaces the running kernel"
#define MODULE "loads or removes kernel code"
#define MOUNT "mounts file systems, even over the sandbox's own files"
#define PORTS "gives access to the hardware's ports"
#define MEMORY "reads or writes another process's memory"
#define KEYS "uses kernel keyrings, which containers share with the host"
#define URING "starts operations that no filter sees"

static const struct danger table[] = {
	{ "kexec_load", 1, KEXEC, "kexec_load(2)" },
	{ "kexec_file_load", 1, KEXEC, "kexec_load(2)" },
	{ "init_module", 1, MODULE, "init_module(2)" },
	{ "finit_module", 1, MODULE, "init_module(2)" },
	{ "delete_module", 1, MODULE, "delete_module(2)" },
	{ "bpf", 1, "loads programs into the kernel", "bpf(2)" },
	{ "iopl", 1, PORTS, "iopl(2)" },
	{ "ioperm", 1, PORTS, "ioperm(2)" },
	{ "reboot", 1, "stops or restarts the machine", "reboot(2)" },
	{ "ptrace", 2, "controls other processes", "ptrace(2)" },
	{ "process_vm_readv", 2, MEMORY, "process_vm_readv(2)" },
	{ "process_vm_writev", 2, MEMORY, "process_vm_readv(2)" },
	{ "pidfd_getfd", 2, "takes open files of another process",
	  "pidfd_getfd(2)" },
	{ "open_by_handle_at", 2, "opens files by handle, without a path",
	  "open_by_handle_at(2)" },
	{ "mount", 2, MOUNT, "mount(2)" },
	{ "umount", 2, MOUNT, "umount(2)" },
	{ "umount2", 2, MOUNT, "umount(2)" },
	{ "pivot_root", 2, MOUNT, "pivot_root(2)" },
	{ "move_mount", 2, MOUNT, "mount_namespaces(7)" },
	{ "open_tree", 2, MOUNT, "mount_namespaces(7)" },
	{ "fsopen", 2, MOUNT, "mount_namespaces(7)" },
	{ "fsconfig", 2, MOUNT, "mount_namespaces(7)" },
	{ "fsmount", 2, MOUNT, "mount_namespaces(7)" },
	{ "fspick", 2, MOUNT, "mount_namespaces(7)" },
	{ "mount_setattr", 2, MOUNT, "mount_setattr(2)" },
	{ "chroot", 2, "changes the root, so that the old one can be left",
	  "chroot(2)" },
	{ "setns", 2, "enters another process's namespaces", "setns(2)" },
	{ "unshare", 2, "creates namespaces, which open more of the kernel",
	  "user_namespaces(7)" },
	{ "io_uring_setup", 3, URING, "io_uring(7)" },
	{ "io_uring_enter", 3, URING, "io_uring(7)" },
	{ "io_uring_register", 3, URING, "io_uring(7)" },
	{ "userfaultfd", 3, "pauses the kernel at page faults",
	  "userfaultfd(2), vm.unprivileged_userfaultfd" },
	{ "perf_event_open", 3, "measures other processes and the kernel",
	  "perf_event_open(2), kernel.perf_event_paranoid" },
	{ "keyctl", 3, KEYS, "keyctl(2)" },
	{ "add_key", 3, KEYS, "add_key(2)" },
	{ "request_key", 3, KEYS, "request_key(2)" },
	{ "syslog", 3, "reads the kernel's log, with its addresses",
	  "syslog(2)" },
	{ "acct", 3, "turns process accounting on or off", "acct(2)" },
	{ "swapon", 3, "starts or stops swapping", "swapon(2)" },
	{ "swapoff", 3, "starts or stops swapping", "swapon(2)" },
	{ "settimeofday", 3, "sets the machine's clock", "settimeofday(2)" },
	{ "clock_settime", 3, "sets the machine's clock", "clock_settime(2)" },
	{ "clock_adjtime", 3, "sets the machine's clock", "adjtimex(2)" },
	{ "modify_ldt", 3, "sets up segments, a frequent source of kernel "
	  "bugs", "modify_ldt(2)" },
	{ "vm86", 3, "enters the processor's virtual 8086 mode", "vm86(2)" },
	{ "vm86old", 3, "enters the processor's virtual 8086 mode", "vm86(2)" },
	{ "uselib", 3, "loads a library from inside the kernel", "uselib(2)" },
};
enum { N_ROWS = sizeof(table) / sizeof(table[0]) };

const struct danger *danger_at(size_t i)
{
	return i < N_ROWS ? &table[i] : NULL;
}

const struct danger *danger_of(struct call_id id)
{
	char buf[SYSCALL_NAME_MAX];
	const char *name = syscall_name(id, buf);

	for (size_t i = 0; name && i < N_ROWS; i++)
		if (!strcmp(table[i].call, name))
			return &table[i];
	return NULL;
}
