/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel side of sp-record: it follows tasks and counts their calls.
 *
 * A slow reader cannot cause a loss: every call is counted in a table that
 * lives longer than the task. Calls for which the table has no room are counted
 * as lost.
 *
 * This file has the maps, and the settings that user space makes. It includes
 * the parts at its end, so that they are one object.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "event.h"
#include "kernel.h"
#include "names.h"
#include "settings.h"

#define TS_COMPAT 0x0002	/* x86: asm/thread_info.h */
#define TIF_32BIT (1UL << 22)	/* arm64: asm/thread_info.h */
#define SR_UXL 0x300000000	/* riscv: asm/csr.h */
#define SR_UXL_32 0x100000000
#if defined(__TARGET_ARCH_arm64)
#define ORIG_FIRST orig_x0	/* the first argument, as the caller gave it */
#else
#define ORIG_FIRST orig_a0
#endif
#if defined(__TARGET_ARCH_x86)
#define X32_BIT 0x40000000	/* asm/unistd.h */
#else
#define X32_BIT 0
#endif

/* Flags of linux/sched.h for tasks of the kernel, and for exiting tasks. */
#define PF_EXITING 0x00000004
#define PF_FORKNOEXEC 0x00000040
#define PF_KTHREAD 0x00200000
#define PF_NOT_FOLLOWED \
	(PF_EXITING | PF_IO_WORKER | PF_USER_WORKER | PF_KTHREAD)
#define TASK_NEW 0x00000800

enum { CLONE_PARENT = 0x8000, CLONE_THREAD = 0x10000 };	/* linux/sched.h */

enum { CAP_SYS_ADMIN = 21 };		/* linux/capability.h */

#define SIGNAL_GROUP_EXIT 0x00000004	/* linux/sched/signal.h */
enum { SECCOMP_STRICT = 1 };		/* linux/seccomp.h */
enum { SECCOMP_DEAD = 3 };		/* in kernel/seccomp.c, since 5.17 */
enum { SIG_KILL = 9, SIG_SYS = 31 };
enum { ERRNO_MAX = 4095 };		/* linux/err.h */
enum { SEEK_STEPS = 256 };		/* steps along a list of tasks */
enum { STACK_MIN = 16384 };		/* THREAD_SIZE is at least this */
/* time in which user space attaches sys_exit */
enum { WATCH_WAIT_NS = 20000000 };

/*
 * Some helpers are only for GPL programs. The first line of this file offers
 * GPL-2.0.
 */
char LICENSE[] SEC("license") = "GPL";

/*
 * At each start, libbpf reads the whole object, and the kernel verifies programs
 * with all their code. So there are two smaller objects: one for recordings
 * without options, built with PLAIN, and one for those of them that start a
 * command as root, built with COMMAND as well. There, these settings are
 * constants, and the compiler leaves out the code that they would turn on.
 *
 * The variables of such settings stay, and each variable has an initial value,
 * so that the compiler puts them in the order of the source: all objects have
 * the same variables at the same places. They also have the same programs, but
 * those that an object does not need are empty there: UNLESS_PLAIN,
 * UNLESS_COMMAND. Functions that only these programs call are static, so that
 * the compiler removes them: OPTION_ONCE, ATTACH_ONCE.
 */
#define FIXED(type, name, value) \
	const volatile type plain_##name = 0; \
	enum { name = (value) };
#define CHOSEN(type, name, value) const volatile type name = 0;

#ifdef PLAIN
#define SETTING FIXED
#define UNLESS_PLAIN return 0
#else
#define SETTING CHOSEN
#define UNLESS_PLAIN
#endif

#ifdef COMMAND
#define COMMAND_SETTING FIXED
#define UNLESS_COMMAND return 0
#else
#define COMMAND_SETTING CHOSEN
#define UNLESS_COMMAND
#endif

SETTINGS(SETTING)
COMMAND_SETTINGS(COMMAND_SETTING)

/* the number of images in each group of CPUs in `table` */
const volatile __u32 table_images = 0;
/* the number of groups - 1, which is a power of two - 1 */
const volatile __u32 groups_mask = 0;
const volatile bool own_counts = false;	/* each CPU is a group of its own */
/* the time below which a call can belong to a rush */
const volatile __u32 rush_ns = 0;
const volatile __u32 log_size = 0;	/* entries of each CPU's log */
const volatile bool by_cgroup = false;
const volatile struct code_range for_memory[FOR_MEMORY] = { 0 };
/* follow targets from their next exec on */
const volatile bool from_exec = false;
/* The same for tasks that join the target's cgroup later. */
const volatile bool arm_joining[SCOPES_MAX] = { 0 };
/* index of a mark, + 1 */
const volatile __u8 mark_calls[ROWS][TRAITS_NUMBERS] = { 0 };
const volatile struct mark_name mark_names[MARKS_MAX] = { 0 };
/* Ids in the kernel's BTF; 0: it has no bpf_rdonly_cast(). */
const volatile __u32 task_struct_id = 0, pt_regs_id = 0;
const volatile struct viewer viewer = { 0 };

const volatile __u32 execve_nr = 0;	/* execve's number in ROW_NATIVE */
const volatile __u16 traits[ROWS][TRAITS_NUMBERS] = { 0 };
const volatile struct argument_rule_bits argument_rules[ARGUMENT_RULES] = { 0 };

/* the pattern is for paths, not for names */
const volatile bool split_by_path = false;
const volatile char split_pattern[SPLIT_PATTERN] = { 0 };

struct progress progress = { 0 };
/* records that the ring `stacks` had no room for */
__u64 lost_stacks = 0;
struct splits splits = { 0 };
struct control control = { 0 };
struct phases phases = { 0 };
__u8 scopes_began[SCOPES_MAX] = { 0 };	/* 1: a task of it has been seen */
/* 1: a container whose program has not started yet; set by user space. */
__u8 scopes_created[SCOPES_MAX] = { 0 };

/*
 * The execve that an armed task is making. It is not static: clang would split
 * the function, and the kernel would refuse the remaining type information.
 */
struct held_call armed = { 0 };

/*
 * With --privileges: the level of the user namespace in which a target's tasks
 * began, + 1.
 */
__u32 scopes_level[SCOPES_MAX] = { 0 };

/* the recorder's mount namespace; `seek` sets it */
__u64 own_mounts = 0;

/* Finds a task by the address of its stack: see caller_id(). */
struct hint hints[1 << HINTS_BITS] = { 0 };

/* The followed tasks, by their ids in the initial namespace. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* set to pid_max before loading */
	__type(key, __u32);
	__type(value, struct task_slot);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, struct image_calls);
} table SEC(".maps");

/* With --every. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u32);
	__type(value, struct log_entry);
} call_log SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u32);
	__type(value, struct log_ends);
} log_ends SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct rare_key);
	__type(value, struct tally);
} rare SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct argument_key);
	__type(value, struct tally);
} arguments SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct image_key);
	__type(value, __u32);
} images SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct image_path);
} paths SEC(".maps");

/*
 * The initial value of an element in `paths`, which is too large for the stack.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct image_path);
} blank SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, EXEC_NAMES_MAX);
	__type(key, struct exec_name);
	__type(value, struct tally);
} exec_names SEC(".maps");

/* With --split. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u32);
	__type(value, struct split_run);
} split_runs SEC(".maps");

/* The initial value of an element in `split_runs`. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct split_run);
} blank_run SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u32);
	__type(value, struct split_image);
} split_images SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ring SEC(".maps");

/* Only used with --stacks. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 << 20);
} stacks SEC(".maps");

/*
 * The id of a thread that calls execve, but is not the leader of its group. The
 * thread gets the leader's id after the point of no return. If the exec fails
 * after that, the next event is sched_process_exit. If it fails earlier, the
 * element stays until the thread ends. The value of a child that leave_out()
 * marked is 0.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u64);		/* address of the task */
	__type(value, __u32);
} execs SEC(".maps");

/* The calls of tasks in POSITION_TRAPPED, by the task's address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u64);
	__type(value, struct rare_key);
} trapped SEC(".maps");

/*
 * Names of processes that were not followed because `viewer` may not trace
 * them.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WITHHELD_MAX);
	__type(key, __u32);
	__type(value, struct mark_name);
} withheld_names SEC(".maps");

/* The processes to attach to, by their ids in the recorder's namespace. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u32);
	/* the scope, with the bit WANTED_FOUND */
	__type(value, __u32);
} wanted SEC(".maps");

/* The recorded cgroups; the value is the scope. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, CGROUPS_MAX);
	__type(key, struct cgroup_id);
	__type(value, __u32);
} cgroups SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, AWAITED_MAX);
	__type(key, struct cgroup_name);
	__type(value, struct awaited);
} awaited SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u32);
	__type(value, struct cgroup_part);
} parts SEC(".maps");

/* The progress of a walk from a file up to its task's root. */
struct walk {
	struct dentry *dentry, *root;
	struct vfsmount *mnt, *root_mnt;
	/* a directory that may be on the way; NULL: none */
	struct dentry *passed;
	struct vfsmount *passed_mnt;
	/* where the path below `passed` begins; 0: not reached */
	__u64 from_passed;
};

/* These two are for the object for older kernels: see older.bpf.h. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct walk);
} walks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} locked_words SEC(".maps");

#include "older.bpf.h"
#include "task.bpf.h"
#include "split.bpf.h"
#include "log.bpf.h"
#include "count.bpf.h"
#include "arch.bpf.h"
#include "position.bpf.h"
#include "path.bpf.h"
#include "result.bpf.h"
#include "stack.bpf.h"
#include "enter.bpf.h"
#include "answer.bpf.h"
#include "names.bpf.h"
#include "confirm.bpf.h"
#include "name-calls.bpf.h"
#include "image.bpf.h"
#include "privilege.bpf.h"
#include "life.bpf.h"
#include "attach.bpf.h"
#include "cgroup.bpf.h"
