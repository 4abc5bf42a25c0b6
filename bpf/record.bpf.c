/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel side of sp-record: which task is followed, and what it calls.  No
 * slow reader can cause a loss: every call is counted in a table that outlives
 * the task, and what does not fit is counted as lost.  Here are the maps and
 * the settings of user space; the parts, included at the end, make one object.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "event.h"
#include "kernel.h"
#include "names.h"

#define TS_COMPAT 0x0002	/* x86: asm/thread_info.h */
#define X32_BIT 0x40000000	/* asm/unistd.h */

/* linux/sched.h: tasks of the kernel, and tasks that are exiting. */
#define PF_EXITING 0x00000004
#define PF_IO_WORKER 0x00000010
#define PF_FORKNOEXEC 0x00000040
#define PF_USER_WORKER 0x00004000
#define PF_KTHREAD 0x00200000
#define PF_NOT_FOLLOWED \
	(PF_EXITING | PF_IO_WORKER | PF_USER_WORKER | PF_KTHREAD)
#define TASK_NEW 0x00000800

enum { CAP_SYS_ADMIN = 21 };		/* linux/capability.h */

#define SIGNAL_GROUP_EXIT 0x00000004	/* linux/sched/signal.h */
enum { SECCOMP_DEAD = 3 };		/* kernel/seccomp.c, since 5.17 */
enum { SIG_SYS = 31 };
enum { ERRNO_MAX = 4095 };		/* linux/err.h */
enum { SEEK_STEPS = 256 };		/* along a list of tasks */
enum { STACK_MIN = 16384 };		/* THREAD_SIZE is no less */
enum { WATCH_WAIT_NS = 20000000 };	/* for user space to attach sys_exit */

/* GPL is one of the two licences in the first line; some helpers ask for it. */
char LICENSE[] SEC("license") = "GPL";

const volatile __u32 table_images;	/* of each group of CPUs in `table` */
const volatile __u32 groups_mask;	/* their number - 1: a power of two - 1 */
const volatile bool own_counts;		/* each CPU has a group for itself */
const volatile bool every;		/* call is logged */
const volatile bool exact_times;	/* of logged calls, all of them */
const volatile __u32 log_size;		/* entries of each CPU */
const volatile bool no_follow;		/* only threads of a followed task */
const volatile bool attaching;
const volatile bool by_cgroup;
const volatile bool privileges;		/* are recorded */
const volatile struct code_range for_memory[FOR_MEMORY];
const volatile bool from_exec;		/* tasks are followed from then on */
/* The same for a target's tasks that join its cgroup. */
const volatile bool arm_joining[SCOPES_MAX];
const volatile __u32 n_phases;		/* at most; 1: without --mark */
const volatile __u8 mark_calls[ROWS][TRAITS_NUMBERS];	/* marks, + 1 */
const volatile struct mark_name mark_names[MARKS_MAX];
/* In the kernel's BTF; 0: pointers cannot be cast. */
const volatile __u32 task_struct_id, pt_regs_id;
const volatile struct viewer viewer;

const volatile __u32 execve_nr;		/* of ROW_NATIVE */
const volatile __u16 traits[ROWS][TRAITS_NUMBERS];
const volatile struct argument_rule_bits argument_rules[ARGUMENT_RULES];

const volatile __u32 split_by;		/* enum split_by */
const volatile bool split_by_path;	/* the pattern is one of whole paths */
const volatile char split_pattern[SPLIT_PATTERN];

struct progress progress;
struct splits splits;
struct control control;
struct phases phases;
__u8 scopes_began[SCOPES_MAX];	/* 1: there has been a task */
/* 1: a container whose program has not been executed; set by user space. */
__u8 scopes_created[SCOPES_MAX];

/*
 * The execve that an armed task is in. Not static: clang would split the
 * function, and the kernel refuses the type information that is left.
 */
struct held_call armed;

/* With --privileges: of the user namespace that its tasks begin in, + 1. */
__u32 scopes_level[SCOPES_MAX];

__u64 own_mounts;	/* the recorder's mount namespace, by `seek` */

/* Tasks by where their stacks are: see caller_id(). */
struct hint hints[1 << HINTS_BITS];

/* Each task that is followed, by its id in the initial namespace. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* by pid_max, before loading */
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
	__uint(max_entries, 1);		/* before loading */
	__type(key, __u32);
	__type(value, struct log_entry);
} call_log SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* before loading */
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

/* The initial value of an element of `paths`: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct image_path);
} blank SEC(".maps");

/* With --split. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);		/* before loading */
	__type(key, __u32);
	__type(value, struct split_run);
} split_runs SEC(".maps");

/* What an element of `split_runs` begins as. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct split_run);
} blank_run SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* before loading */
	__type(key, __u32);
	__type(value, struct split_image);
} split_images SEC(".maps");

/* By the address of the task that executes. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct split_match);
} split_matches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ring SEC(".maps");

/*
 * The id of a thread, no leader, that called execve: past the point of no return
 * it has its leader's, and an exec that fails there ends in sched_process_exit.
 * One that failed before stays here while the thread lives.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);		/* before loading */
	__type(key, __u64);		/* the task's address */
	__type(value, __u32);
} execs SEC(".maps");

/* Calls at STAND_TRAPPED, by the task's address. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);		/* before loading */
	__type(key, __u64);
	__type(value, struct rare_key);
} trapped SEC(".maps");

/*
 * Names of processes that were not followed, because `viewer` may not trace
 * them.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, WITHHELD_MAX);
	__type(key, __u32);
	__type(value, struct mark_name);
} withheld_names SEC(".maps");

/* The processes to attach to, by their id in the recorder's namespace. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);		/* before loading */
	__type(key, __u32);
	__type(value, __u32);		/* the scope, and WANTED_FOUND */
} wanted SEC(".maps");

/* The cgroups that are recorded; the value is the scope. */
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
	__uint(max_entries, 1);		/* before loading */
	__type(key, __u32);
	__type(value, struct cgroup_part);
} parts SEC(".maps");

#include "task.bpf.h"
#include "split.bpf.h"
#include "log.bpf.h"
#include "count.bpf.h"
#include "arch.bpf.h"
#include "stand.bpf.h"
#include "enter.bpf.h"
#include "answer.bpf.h"
#include "path.bpf.h"
#include "names.bpf.h"
#include "confirm.bpf.h"
#include "name-calls.bpf.h"
#include "image.bpf.h"
#include "privilege.bpf.h"
#include "life.bpf.h"
#include "attach.bpf.h"
#include "cgroup.bpf.h"
