/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel side of sp-record: which task is followed, and what it calls.
 *
 * Nothing here can be lost by being slow to read: every call is counted in a
 * table that outlives the task, and what does not fit is counted as lost.
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

/* linux/sched.h: what is no task of a program's, or is none any more. */
#define PF_EXITING 0x00000004
#define PF_IO_WORKER 0x00000010
#define PF_USER_WORKER 0x00004000
#define PF_KTHREAD 0x00200000
#define PF_NOT_FOLLOWED \
	(PF_EXITING | PF_IO_WORKER | PF_USER_WORKER | PF_KTHREAD)
#define TASK_NEW 0x00000800

#define SIGNAL_GROUP_EXIT 0x00000004	/* linux/sched/signal.h */
enum { SECCOMP_DEAD = 3 };		/* kernel/seccomp.c, since 5.17 */
enum { SIG_SYS = 31 };
enum { ERRNO_MAX = 4095 };		/* linux/err.h */
enum { SEEK_STEPS = 256 };		/* along a list of tasks */
enum { STACK_MIN = 16384 };		/* THREAD_SIZE is no less */
enum { WATCH_WAIT_NS = 20000000 };	/* for user space to attach sys_exit */

/* By the choice that the line at the top gives: some helpers ask for it. */
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
const volatile __u32 n_phases;		/* at most; 1: without --mark */
const volatile __u8 mark_calls[ROWS][TRAITS_NUMBERS];	/* marks, + 1 */
const volatile struct mark_name mark_names[MARKS_MAX];
/* In the kernel's BTF; 0: pointers cannot be cast. */
const volatile __u32 task_struct_id, pt_regs_id;
const volatile struct cgroup_id cgroup;
const volatile struct viewer viewer;

const volatile __u8 traits[ROWS][TRAITS_NUMBERS];
const volatile struct argument_rule_bits argument_rules[ARGUMENT_RULES];

struct progress progress;
struct control control;
struct phases phases;

/*
 * The execve that an armed task is in. Not static: clang would split it, and
 * the kernel refuse the type information that still has it whole.
 */
struct held_call armed;

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

/* What an element of `paths` begins as: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct image_path);
} blank SEC(".maps");

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

/* Names of processes that were not followed, since `viewer` may not trace them. */
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
	__type(value, __u32);		/* 1: it was found */
} wanted SEC(".maps");

static __always_inline struct task_slot *slot_of(__u32 pid)
{
	return bpf_map_lookup_elem(&tasks, &pid);
}

static __always_inline bool is_followed(const struct task_slot *slot)
{
	return slot && slot->image != IMAGE_NONE && slot->image != IMAGE_ARMED;
}

static __always_inline void add(__u64 *counter, __u64 n)
{
	__sync_fetch_and_add(counter, n);
}

static __always_inline __u64 sub(__u64 *counter, __u64 n)
{
	return __sync_fetch_and_sub(counter, n) - n;
}

static void *(*cast)(__u64 address, __u32 type) = (void *)CAST_PLACEHOLDER;

static __always_inline struct hint *hint_of(__u64 frame)
{
	return &hints[frame * 0x9e3779b97f4a7c15ULL >> (64 - HINTS_BITS)];
}

/* HINT_IDS or more: it is not the key of a task whose stack is there. */
static __always_inline __u64 id_of_key(__u64 key, __u64 frame)
{
	return key ^ frame * HINT_IDS;
}

static __always_inline bool swap_key(struct hint *hint, __u64 from, __u64 to)
{
	return __sync_val_compare_and_swap(&hint->key, from, to) == from;
}

static __noinline int give_hint(__u64 frame)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct hint *hint = hint_of(frame);
	__u64 key = hint->key;

	if (control.hinting &&
	    (__u64)BPF_CORE_READ(task, stack) / STACK_MIN == frame &&
	    key != HINT_BUSY && swap_key(hint, key, HINT_BUSY)) {
		hint->task = (__u64)task;
		__sync_lock_test_and_set(&hint->key,
					 frame * HINT_IDS | task->pid);
	}
	return task->pid;
}

static __always_inline void take_hint(struct task_struct *task)
{
	__u64 frame = (__u64)BPF_CORE_READ(task, stack) / STACK_MIN;
	struct hint *hint = hint_of(frame);
	__u64 key = hint->key;

	if (id_of_key(key, frame) < HINT_IDS)
		swap_key(hint, key, 0);
}

/*
 * The id of the task that entered a call with these registers, which are at
 * the top of its stack. Asking a helper costs every call of every process some
 * 20 ns, a fifth of what an empty program costs. So a task leaves its id and
 * its address in a small table, with the place of its stack as the key. Only
 * the task itself puts that key there; it is taken out at an exec, which can
 * change the id, and at sched_process_exit, after which a task enters no call.
 */
static __always_inline __u32 caller_id(const void *regs)
{
	__u64 frame = (__u64)regs / STACK_MIN, id;

	if (!task_struct_id)
		return bpf_get_current_task_btf()->pid;
	id = id_of_key(hint_of(frame)->key, frame);
	return id < HINT_IDS ? id : give_hint(frame);
}

/*
 * Its address: the hint's, unless another task with the same place in the table
 * has begun to put itself there since. Where loads can overtake one another,
 * that could not be told.
 */
static __always_inline struct task_struct *caller(const void *regs)
{
	__u64 address;

	if (!task_struct_id)
		return bpf_get_current_task_btf();
#if defined(__TARGET_ARCH_x86)
	__u64 frame = (__u64)regs / STACK_MIN;
	const volatile struct hint *hint = hint_of(frame);

	address = hint->task;
	if (id_of_key(hint->key, frame) >= HINT_IDS)
		address = bpf_get_current_task();
#else
	(void)regs;
	address = bpf_get_current_task();
#endif
	return cast(address, task_struct_id);
}

/*
 * The time of a call. Reading the clock takes about as long as an empty program
 * does, and more than the rest of an event. So a thread in a rush, RUSH_CALLS
 * in a row within RUSH_NS each, has it read for one call in RUSH_SHARE, and the
 * others have that one's time: as long as the thread has been running since
 * then, and the timer has not ticked.
 */
static __always_inline __u64 call_time(struct log_ends *ends,
				       struct task_struct *task, __u32 tid)
{
	__u64 switches = task->nvcsw + task->nivcsw;
	__u64 jiffies = bpf_jiffies64(), now, limit = RUSH_NS;
	bool running = ends->tid == tid && ends->switches == switches;

	if (running && ends->shares && ends->jiffies == jiffies) {
		ends->shares--;
		return ends->time_ns;
	}
	now = bpf_ktime_get_ns();
	if (ends->rush == RUSH_CALLS)
		limit = RUSH_NS * RUSH_SHARE;
	if (!running || now - ends->time_ns >= limit)
		ends->rush = 0;
	else if (ends->rush < RUSH_CALLS)
		ends->rush++;
	ends->shares = ends->rush == RUSH_CALLS && !exact_times ?
		RUSH_SHARE - 1 : 0;
	ends->time_ns = now;
	ends->jiffies = jiffies;
	ends->switches = switches;
	ends->tid = tid;
	return now;
}

static __always_inline struct log_ends *log_ends_of(__u32 cpu)
{
	return bpf_map_lookup_elem(&log_ends, &cpu);
}

/* A place in the log of a CPU; NULL: there is none, which is counted. */
static __always_inline struct log_entry *log_begin(struct log_ends *ends,
						   __u32 cpu, bool is_call,
						   __u64 *at)
{
	__u32 i;

	if (ends->head - *(volatile __u64 *)&ends->tail >=
	    log_size - LOG_SLACK) {
		add(is_call ? &ends->lost : &ends->lost_tasks, 1);
		return NULL;
	}
	*at = __sync_fetch_and_add(&ends->head, 1);
	i = cpu * log_size + ((__u32)*at & (log_size - 1));
	return bpf_map_lookup_elem(&call_log, &i);
}

/* From here on user space may read it: nothing is written after the turn. */
static __always_inline void log_end(struct log_entry *entry, __u64 at)
{
#if defined(__TARGET_ARCH_x86)
	asm volatile("" ::: "memory");
	*(volatile __u32 *)&entry->turn = at + 1;
#else
	__sync_lock_test_and_set(&entry->turn, at + 1);
#endif
}

/* One whose arguments are at hand, or zeros. */
static __always_inline void log_one(__u32 what, __u32 image, __s32 nr,
				    __u32 pid, __u32 tid, const __u64 args[6])
{
	struct log_entry *entry;
	struct log_ends *ends;
	__u32 cpu;
	__u64 at;

	if (!every)
		return;
	cpu = bpf_get_smp_processor_id();
	ends = log_ends_of(cpu);
	if (!ends)
		return;
	entry = log_begin(ends, cpu, (what & LOG_WHAT) == LOG_CALL, &at);
	if (!entry)
		return;
	ends->tid = 0;		/* the next call has a time after this one's */
	entry->what = what;
	entry->time_ns = bpf_ktime_get_ns();
	entry->pid = pid;
	entry->tid = tid;
	entry->image = image;
	entry->nr = nr;
	for (int i = 0; i < 6; i++)
		entry->args[i] = args[i];
	log_end(entry, at);
}

static __always_inline void log_task(enum log_what what, __u32 image,
				     struct task_struct *task, __u64 arg0,
				     __u64 arg1)
{
	const __u64 args[6] = { arg0, arg1 };

	log_one(what, image, 0, BPF_CORE_READ(task, tgid),
		BPF_CORE_READ(task, pid), args);
}

/* A call whose arguments are not known; in flight, nor is whose it was. */
static __always_inline void log_rare(const struct rare_key *key)
{
	__u64 id = key->flags & RARE_INFLIGHT ? 0 : bpf_get_current_pid_tgid();
	const __u64 args[6] = { 0 };

	log_one(LOG_CALL | key->row << LOG_ROW_SHIFT |
		key->flags << LOG_FLAGS_SHIFT, key->image, key->nr,
		id >> 32, id, args);
}

static __always_inline __u64 note_new(void)
{
	__u64 now = bpf_ktime_get_ns();

	progress.last_new_ns = now;
	return now;
}

/*
 * Functions that are not static are verified once, by themselves, and not again
 * with each state that they are called in: that is most of what starting takes.
 * They get numbers, or the address of something of known size, which they have
 * to check for NULL.
 */
__noinline int count_rare(const struct rare_key *given)
{
	struct tally *tally, one = { .count = 1 };
	struct rare_key key;

	if (!given)
		return 0;
	key = *given;		/* before Linux 6.2 it has to be on the stack */
	if (key.row < ROWS)
		add(&progress.rare_calls, 1);
	if (every && key.row < ROWS &&
	    key.flags & (RARE_VSYSCALL | RARE_INFLIGHT | RARE_SKIPPED))
		log_rare(&key);
	tally = bpf_map_lookup_elem(&rare, &key);
	if (!tally) {
		one.first_ns = bpf_ktime_get_ns();
		if (!bpf_map_update_elem(&rare, &key, &one, BPF_NOEXIST)) {
			if (key.row != ROW_START) {
				note_new();
				add(&progress.rare_distinct, 1);
			}
			return 0;
		}
		tally = bpf_map_lookup_elem(&rare, &key);	/* another CPU was faster */
	}
	if (tally)
		add(&tally->count, 1);
	else
		add(&progress.lost_calls, 1);
	return 0;
}

/*
 * The place of a call that has one. The mask is out of clang's sight, which
 * would drop it as needless, and the verifier of 6.1 then not know the bound.
 */
static __always_inline struct tally *tally_of(struct image_calls *c, __u32 row,
					      __s32 nr)
{
	__u64 at = (__u32)nr;

	asm volatile("%0 &= %1" : "+r"(at) : "i"(CALLS_PER_ROW - 1));
	return &c->calls[row & 1][at];
}

/*
 * The kernel drops what a constant of ours rules out, and the question with it,
 * but only code that nothing else leads to: clang shall not merge it.
 */
static __always_inline void apart(void)
{
	asm volatile("");
}

/* The image's element for a group of CPUs; NULL: it has none. */
static __always_inline struct image_calls *calls_of(__u32 image, __u32 group)
{
	__u32 i = group & groups_mask, id = image;

	if (n_phases > 1) {
		apart();
		i = i * n_phases + (image >> IMAGE_PHASE_SHIFT);
		id = image & IMAGE_ID;
	}
	i = i * table_images + id;
	return id < table_images ? bpf_map_lookup_elem(&table, &i) : NULL;
}

/* A followed image, in the phase that is on. */
static __always_inline __u32 in_phase(__u32 image)
{
	return n_phases > 1 ? (image & IMAGE_ID) |
		*(volatile __u32 *)&phases.now << IMAGE_PHASE_SHIFT : image;
}

/* Its first call in a phase: the task is in that from here on. */
static __noinline int enter_phase(struct task_slot *slot)
{
	__u32 image = slot->image, now = in_phase(image);

	if (image == IMAGE_NONE || image == IMAGE_ARMED)
		return image;
	__sync_val_compare_and_swap(&slot->image, image, now);
	return now;
}

/* The mark comes for the first time, and begins a phase. */
static __always_inline void begin_phase(__u32 mark)
{
	__u64 now_ns = bpf_ktime_get_ns();
	__u32 at;

	if (mark >= MARKS_MAX ||
	    __sync_lock_test_and_set(&phases.taken[mark], 1))
		return;
	at = __sync_fetch_and_add(&phases.now, 1) + 1;
	if (at >= PHASES_MAX)
		return;
	phases.at[at].start_ns = now_ns;
	phases.at[at].mark = mark + 1;
}

/*
 * Add one and return what there was: without a lock where no other CPU counts,
 * and nothing else of this one comes between.
 */
static __always_inline __u64 count_up(__u64 *count)
{
	__u64 before;

	if (own_counts) {
		apart();
		before = *count;
		*(volatile __u64 *)count = before + 1;
		return before;
	}
	return __sync_fetch_and_add(count, 1);
}

static __always_inline void count_call(__u32 cpu, __u32 image, __u32 row,
				       __s32 nr)
{
	struct image_calls *c = (__u32)nr < CALLS_PER_ROW ?
		calls_of(image, cpu) : NULL;

	if (c) {
		struct tally *tally = tally_of(c, row, nr);

		if (!count_up(&tally->count))
			tally->first_ns = note_new();
	} else {
		struct rare_key key = { .image = image, .row = row, .nr = nr };

		count_rare(&key);
	}
}

static __always_inline void count_use(__u32 image, enum use_kind use)
{
	struct rare_key key = { .image = image, .row = ROW_USE, .nr = use };
	struct image_calls *c = calls_of(image, 0);

	if (c)
		add(&c->uses[use].count, 1);
	else
		count_rare(&key);
}

static __always_inline void count_start(__u32 image, __u32 by)
{
	struct rare_key key = { .image = image, .row = ROW_START, .nr = by };

	count_rare(&key);
}

static __always_inline __u32 current_row(struct task_struct *task)
{
#if defined(__TARGET_ARCH_x86)
	return task->thread_info.status & TS_COMPAT ? ROW_COMPAT : ROW_NATIVE;
#else
	return ROW_NATIVE;
#endif
}

/* execve and execveat, in x32 and on the compat side too. */
static __always_inline bool is_exec(__u32 row, __s32 nr)
{
#if defined(__TARGET_ARCH_x86)
	if (row == ROW_COMPAT)
		return nr == 11 || nr == 358;
	return nr == 59 || nr == 322 || nr == 0x40000208 || nr == 0x40000221;
#else
	return row == ROW_COMPAT ? nr == 11 || nr == 387 :
		nr == 221 || nr == 281;
#endif
}

#if defined(__TARGET_ARCH_x86)
enum { NR_EXECVE = 59 };
#else
enum { NR_EXECVE = 221 };
#endif

static __always_inline void remember_exec(struct task_struct *task)
{
	__u64 key = (__u64)task;
	__u32 pid = task->pid;

	if (bpf_map_update_elem(&execs, &key, &pid, BPF_ANY))
		add(&progress.lost_tasks, 1);
}

/* fork, vfork, clone and clone3. */
static __always_inline bool is_fork(__u32 row, __s32 nr)
{
#if defined(__TARGET_ARCH_x86)
	if (row == ROW_COMPAT)
		return nr == 2 || nr == 120 || nr == 190 || nr == 435;
	nr &= ~X32_BIT;
	return (nr >= 56 && nr <= 58) || nr == 435;
#else
	if (row == ROW_COMPAT)
		return nr == 2 || nr == 120 || nr == 190 || nr == 435;
	return nr == 220 || nr == 435;
#endif
}

enum filter_call { NO_FILTER_CALL, CALL_SECCOMP, CALL_PRCTL };

static __always_inline enum filter_call filter_call(__u32 row, __s32 nr)
{
#if defined(__TARGET_ARCH_x86)
	__s32 seccomp = row == ROW_COMPAT ? 354 : 317;
	__s32 prctl = row == ROW_COMPAT ? 172 : 157;

	if (row == ROW_NATIVE)
		nr &= ~X32_BIT;
#else
	__s32 seccomp = row == ROW_COMPAT ? 383 : 277;
	__s32 prctl = row == ROW_COMPAT ? 172 : 167;
#endif
	return nr == seccomp ? CALL_SECCOMP :
		nr == prctl ? CALL_PRCTL : NO_FILTER_CALL;
}

static __always_inline __s32 regs_nr(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(regs, orig_ax);
#else
	return BPF_CORE_READ(regs, syscallno);
#endif
}

static __always_inline __u64 entry_of(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(regs, ip);
#else
	return BPF_CORE_READ(regs, pc);
#endif
}

static __always_inline bool is_in_transit(__u32 state)
{
	return attaching && (state & STATE_STAND) == STAND_TRANSIT;
}

/* The stand, when it is of the epoch that is on; transit ends by itself. */
static __always_inline __u32 stand_of(__u32 state)
{
	__u32 watch = control.watch;

	return (watch && state >> STATE_EPOCH_SHIFT == watch) ||
		is_in_transit(state) ? state & STATE_STAND : STAND_UNKNOWN;
}

static __always_inline __u32 state_with(__u32 state, enum task_stand stand)
{
	return (state & STATE_FILTERED) | stand |
		control.watch << STATE_EPOCH_SHIFT;
}

/*
 * From one state to another, by the task itself or by `seek`: whether it was
 * the former still.
 */
static __always_inline bool move(struct task_slot *slot, __u32 from, __u32 to)
{
	return __sync_val_compare_and_swap(&slot->state, from, to) == from;
}

static __always_inline void send(__u32 type, __u32 image, __u32 pid)
{
	struct event *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (!e) {
		add(&progress.lost_details, 1);
		return;
	}
	*e = (struct event){ .type = type, .image = image, .pid = pid };
	bpf_ringbuf_submit(e, 0);
}

/*
 * Calls that a filter answers never reach sys_enter: sys_exit has to be
 * watched. True when the task was not known to be under a filter.
 */
static __always_inline bool note_filter(struct task_slot *slot,
					struct task_struct *task)
{
	if (slot->state & STATE_FILTERED ||
	    !bpf_core_field_exists(task->seccomp.mode) ||
	    !BPF_CORE_READ(task, seccomp.mode))
		return false;
	slot->state |= STATE_FILTERED;
	add(&progress.filtered, 1);
	if (!control.watch) {
		progress.unwatched = 1;
		send(EVENT_FILTER, 0, 0);
	}
	return true;
}

enum { SET_SECCOMP = 22, SET_NO_NEW_PRIVS = 38 };	/* linux/prctl.h */
enum { SET_MODE_FILTER = 1 };				/* linux/seccomp.h */

/* What a call of TRAIT_FILTER asks for, as prctl(2) has it; 0: nothing of ours. */
static __always_inline __u32 filter_option(struct pt_regs *regs, __u32 row,
					   __s32 nr)
{
	__u32 first;

#if defined(__TARGET_ARCH_x86)
	first = row == ROW_COMPAT ? BPF_CORE_READ(regs, bx) :
		BPF_CORE_READ(regs, di);
#else
	first = BPF_CORE_READ(regs, regs[0]);
#endif
	if (filter_call(row, nr) == CALL_PRCTL)
		return first;
	return first <= SET_MODE_FILTER ? SET_SECCOMP : 0;
}

static long is_watched(void *map, const void *key, void *value,
		       __u64 *until_ns)
{
	(void)map, (void)key, (void)value;
	return *(volatile __u32 *)&control.watch ||
		bpf_ktime_get_ns() > *until_ns;
}

/* A walk takes 3 ms where pid_max is 32768, and no time where it is 301. */
static long wait_a_walk(void *map, const void *key, void *value,
			__u64 *until_ns)
{
	bpf_for_each_map_elem(&tasks, is_watched, until_ns, 0);
	return is_watched(map, key, value, until_ns);
}

/*
 * The task is about to load a filter, unwatched: ask for the watch, and wait
 * for it for a moment, on the spot, since the next call can be answered by
 * the filter already. Setting no_new_privs comes before most filters: then
 * asking is enough. So it is where the recorder will take this CPU before the
 * task is back in user mode, and can take it as soon as we are done. The map is
 * only there to count the turns.
 */
__noinline int foresee_filter(__u32 option)
{
	__u64 until_ns;

	if (option != SET_SECCOMP && option != SET_NO_NEW_PRIVS)
		return 0;
	send(EVENT_FILTER, 0, 0);
	if (option == SET_NO_NEW_PRIVS ||
	    control.next_cpu == bpf_get_smp_processor_id() + 1)
		return 0;
	until_ns = bpf_ktime_get_ns() + WATCH_WAIT_NS;
	bpf_for_each_map_elem(&tasks, wait_a_walk, &until_ns, 0);
	return 0;
}

/* The owner of a filter answered the call's SIGSYS, or the task died of it. */
__noinline int settle_trapped(__u32 signal)
{
	__u64 address = bpf_get_current_task();
	struct rare_key *held = bpf_map_lookup_elem(&trapped, &address), key;

	if (!held)
		return 0;
	key = *held;
	key.flags = signal ? RARE_DENIED : RARE_SKIPPED;
	key.answer = signal;
	count_rare(&key);
	bpf_map_delete_elem(&trapped, &address);
	return 0;
}

static __noinline int note_enter(struct task_slot *slot)
{
	__u32 state = slot->state;

	if (stand_of(state) == STAND_TRAPPED)
		settle_trapped(0);
	if (!move(slot, state, state_with(state, STAND_INSIDE)))
		slot->state = state_with(state, STAND_INSIDE);
	return 0;
}

#if defined(__TARGET_ARCH_x86)
#define READ_ARGS(args, read, regs, row) do { \
	bool compat = (row) == ROW_COMPAT; \
	(args)[0] = compat ? read(regs, bx) : read(regs, di); \
	(args)[1] = compat ? read(regs, cx) : read(regs, si); \
	(args)[2] = read(regs, dx); \
	(args)[3] = compat ? read(regs, si) : read(regs, r10); \
	(args)[4] = compat ? read(regs, di) : read(regs, r8); \
	(args)[5] = compat ? read(regs, bp) : read(regs, r9); \
} while (0)
#else
#define READ_ARGS(args, read, regs, row) do { \
	(void)(row); \
	(args)[0] = read(regs, orig_x0); \
	for (int i = 1; i < 6; i++) \
		(args)[i] = read(regs, regs[i]); \
} while (0)
#endif
#define READ_DIRECTLY(from, member) ((from)->member)

static __always_inline void read_args(struct pt_regs *regs, __u32 row,
				      __u64 args[6])
{
	if (pt_regs_id) {
		struct pt_regs *typed = (void *)cast((__u64)regs, pt_regs_id);

		READ_ARGS(args, READ_DIRECTLY, typed, row);
	} else {
		READ_ARGS(args, BPF_CORE_READ, regs, row);
	}
}

static __always_inline void log_call(__u32 cpu, struct task_struct *task,
				     struct pt_regs *regs, __u32 tid,
				     __u32 image, __u32 row, __s32 nr)
{
	struct log_ends *ends = log_ends_of(cpu);
	struct log_entry *entry;
	__u64 at;

	if (!ends)
		return;
	entry = log_begin(ends, cpu, true, &at);
	if (!entry)
		return;
	entry->what = LOG_CALL | row << LOG_ROW_SHIFT;
	entry->time_ns = call_time(ends, task, tid);
	entry->pid = task->tgid;
	entry->tid = tid;
	entry->image = image;
	entry->nr = nr;
	read_args(regs, row, entry->args);
	log_end(entry, at);
}

static __always_inline __u32 trait_of(__u32 row, __s32 nr)
{
	__u64 at = (__u32)nr & ~(row == ROW_NATIVE ? X32_BIT : 0);

	return at < TRAITS_NUMBERS ? traits[row & 1][at] : 0;
}

/* Add to an element that is there, or may be added: false if it is neither. */
static __always_inline bool count_argument(const struct argument_key *key,
					   bool may_add)
{
	struct tally *tally = bpf_map_lookup_elem(&arguments, key);
	struct tally one = { .count = 1 };

	if (!tally && may_add) {
		one.first_ns = bpf_ktime_get_ns();
		if (!bpf_map_update_elem(&arguments, key, &one, BPF_NOEXIST))
			return true;
		tally = bpf_map_lookup_elem(&arguments, key);
	}
	if (tally)
		add(&tally->count, 1);
	return tally;
}

struct call_args {
	__u64 values[8];	/* six and two zeros: any three bits index them */
};

/*
 * What is not counted here makes the values' counts less than the call's, by
 * which readers know that these are not all.
 */
__noinline int note_arguments(const struct call_args *args, __u32 image,
			      __u32 row, __s32 nr, __u32 trait)
{
	const volatile struct argument_rule_bits *rule =
		&argument_rules[trait & TRAIT_RULE];
	struct argument_key key = { .image = image, .row = row, .nr = nr };
	struct argument_key number = key;
	struct tally *distinct;

	if (!args)
		return 0;
	for (int i = 0; i < 3; i++)
		key.values[i] = args->values[rule->index[i] & 7] &
			rule->masks[i];
	if (count_argument(&key, false))
		return 0;
	number.what = ARGUMENT_NUMBER;
	distinct = bpf_map_lookup_elem(&arguments, &number);
	if (!distinct || distinct->count < ARGUMENT_DISTINCT) {
		if (count_argument(&key, true))
			count_argument(&number, true);
		return 0;
	}
	number.what = ARGUMENT_ANY;
	count_argument(&number, true);
	return 0;
}

/* The first call of the command is its execve: it counts if that succeeds. */
static __noinline int hold_call(struct pt_regs *regs, __u32 row, __s32 nr)
{
	armed.row = row;
	armed.nr = nr;
	if (every)
		READ_ARGS(armed.args, BPF_CORE_READ, regs, row);
	return 0;
}

/*
 * A call that can be a mark: it belongs to the phase before, the calls that are
 * entered after it to the next.
 */
__noinline int note_mark(__u32 row, __s32 nr)
{
	__u64 at = (__u32)nr & ~(row == ROW_NATIVE ? X32_BIT : 0);
	__u32 mark = at < TRAITS_NUMBERS ? mark_calls[row & 1][at] : 0;

	if (mark && mark <= MARKS_MAX && !phases.taken[mark - 1])
		begin_phase(mark - 1);
	return 0;
}

static __always_inline bool is_name(const volatile struct mark_name *mark,
				    const char comm[COMM_SIZE])
{
	if (!mark->comm[0])
		return false;
	for (int i = 0; i < COMM_SIZE; i++) {
		if (comm[i] != mark->comm[i])
			return false;
		if (!comm[i])
			break;
	}
	return true;
}

/*
 * With marks that are names: a thread gets a name, by prctl(PR_SET_NAME), by
 * /proc/PID/comm or by an exec.
 */
SEC("raw_tp")
int task_rename(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	struct task_slot *slot = slot_of(BPF_CORE_READ(task, pid));
	char comm[COMM_SIZE] = { 0 };

	if (!is_followed(slot))
		return 0;
	bpf_probe_read_kernel_str(comm, sizeof(comm), (void *)ctx->args[1]);
	for (__u32 i = 0; i < MARKS_MAX && i + 1 < n_phases; i++)
		if (!phases.taken[i] && is_name(&mark_names[i], comm))
			begin_phase(i);
	return 0;
}

/* A call of a followed task. Rare paths are noinline to keep this one small. */
static __always_inline int enter(struct task_slot *slot, __u32 image,
				 struct task_struct *task, __u32 id,
				 struct pt_regs *regs, __s32 nr)
{
	__u32 row = current_row(task), trait, cpu;
	bool watched;

	if (image == IMAGE_ARMED)
		return hold_call(regs, row, nr);
	if (n_phases > 1) {
		apart();
		if (image >> IMAGE_PHASE_SHIFT != *(volatile __u32 *)&phases.now)
			image = enter_phase(slot);
	}
	watched = control.watch;
	if (attaching) {
		apart();
		watched |= is_in_transit(slot->state);
	}
	if (watched)
		note_enter(slot);
	if (every) {
		cpu = bpf_get_smp_processor_id();
		count_call(cpu, image, row, nr);
		log_call(cpu, task, regs, id, image, row, nr);
	} else {
		apart();
		count_call(groups_mask ? bpf_get_smp_processor_id() : 0,
			   image, row, nr);
	}
	trait = trait_of(row, nr);
	if (!trait)
		return 0;
	if (trait & TRAIT_FILTER && !watched)
		foresee_filter(filter_option(regs, row, nr));
	if (trait & TRAIT_RULE) {
		struct call_args args = { 0 };

		read_args(regs, row, args.values);
		note_arguments(&args, image, row, nr, trait);
	}
	if (n_phases > 1 && trait & TRAIT_MARK)
		note_mark(row, nr);
	if (trait & TRAIT_EXEC && task->pid != task->tgid)
		remember_exec(task);
	return 0;
}

SEC("raw_tp/sys_enter")
int sys_enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct pt_regs *regs = (void *)ctx->args[0];
	__u32 id = caller_id(regs), image;
	struct task_slot *slot = slot_of(id);

	if (!slot)
		return 0;
	image = slot->image;
	if (image == IMAGE_NONE)
		return 0;
	return enter(slot, image, caller(regs), id, regs, ctx->args[1]);
}

/*
 * Where the program of a raw tracepoint can be preempted, since Linux 7.0, no
 * other task on the CPU can enter it meanwhile. Those of trace events, _classic,
 * run with preemption disabled.
 */
SEC("tp/raw_syscalls/sys_enter")
int sys_enter_classic(struct classic_call *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_slot *slot = slot_of(task->pid);
	__u32 image;

	if (!slot)
		return 0;
	image = slot->image;
	if (image == IMAGE_NONE)
		return 0;
	return enter(slot, image, task, task->pid,
		     (void *)bpf_task_pt_regs(task), ctx->nr);
}

/* In the phase of the key's image. */
__noinline int was_counted_in(const struct rare_key *given)
{
	struct rare_key key;

	if (!given)
		return 0;
	key = *given;
	if ((key.image & IMAGE_ID) >= table_images ||
	    (__u32)key.nr >= CALLS_PER_ROW)
		return !!bpf_map_lookup_elem(&rare, &key);
	for (__u32 group = 0; group < GROUPS_MAX && group <= groups_mask;
	     group++) {
		struct image_calls *c = calls_of(key.image, group);

		if (c && tally_of(c, key.row, key.nr)->count)
			return true;
	}
	return false;
}

/* Whether the image ever made the call, without any flag. */
__noinline int was_counted(__u32 image, __u32 row, __s32 nr)
{
	struct rare_key key = { .image = image, .row = row, .nr = nr };

	for (__u32 phase = 0; phase < PHASES_MAX && phase < n_phases; phase++) {
		key.image = (image & IMAGE_ID) | phase << IMAGE_PHASE_SHIFT;
		if (was_counted_in(&key))
			return true;
	}
	return false;
}

/* Whether a filter undid the call, to send a signal in its place. */
static __always_inline bool is_rolled_back(struct pt_regs *regs, __s64 result)
{
#if defined(__TARGET_ARCH_x86)
	return (__s32)result == (__s32)BPF_CORE_READ(regs, orig_ax);
#else
	return result == (__s64)BPF_CORE_READ(regs, orig_x0);
#endif
}

/* A call without sys_enter: what has become of it. Returns the task's stand. */
static __noinline int count_answered(struct task_struct *task,
				     struct rare_key *key,
				     struct pt_regs *regs, __s64 result)
{
	__u64 address = (__u64)task;

	if (result < 0 && result >= -ERRNO_MAX) {
		key->flags = RARE_DENIED;
		key->answer = result;
	} else if (!is_rolled_back(regs, result)) {
		key->flags = RARE_SKIPPED;
	} else {
		if (!bpf_map_update_elem(&trapped, &address, key, BPF_ANY))
			return STAND_TRAPPED;
		add(&progress.lost_calls, 1);
		return STAND_OUTSIDE;
	}
	count_rare(key);
	return STAND_OUTSIDE;
}

/* The stand after an exit, and what the exit tells. */
static __always_inline __u32 judge_exit(struct task_slot *slot, __u32 state,
					struct task_struct *task,
					struct pt_regs *regs, __s64 result)
{
	struct rare_key key = {
		.image = slot->image,
		.row = current_row(task),
		.nr = regs_nr(regs),
	};

	switch (stand_of(state)) {
	case STAND_TRANSIT:
		if (key.nr < 0 || (!result && is_fork(key.row, key.nr)))
			return STAND_OUTSIDE;
		key.flags = RARE_INFLIGHT;
		count_rare(&key);
		return STAND_OUTSIDE;
	case STAND_UNKNOWN:
		/* Perhaps it was entered unwatched; then it was counted. */
		if (!(state & STATE_FILTERED) || key.nr < 0 ||
		    is_exec(key.row, key.nr) ||
		    was_counted(key.image, key.row, key.nr))
			return STAND_OUTSIDE;
		break;
	case STAND_TRAPPED:
		settle_trapped(0);
		break;
	}
	return count_answered(task, &key, regs, result);
}

static __always_inline int leave(struct task_struct *task,
				 struct pt_regs *regs, __s64 result)
{
	struct task_slot *slot = slot_of(task->pid);
	__u32 state, stand;

	if (!is_followed(slot) || !control.watch)
		return 0;
	if (note_filter(slot, task) && progress.filtered == 1 &&
	    !filter_call(current_row(task), regs_nr(regs)))
		progress.unwatched = 1;
	state = slot->state;
	stand = stand_of(state);
	if (stand == STAND_INSIDE || stand == STAND_NEW) {
		slot->state = state_with(state, STAND_OUTSIDE);
		return 0;
	}
	/* `seek` may have found it asleep, and counted it, just before. */
	if (!move(slot, state, state_with(state, STAND_OUTSIDE)))
		return 0;
	stand = judge_exit(slot, state, task, regs, result);
	if (stand != STAND_OUTSIDE)
		slot->state = state_with(state, stand);
	return 0;
}

/* Attached only while something needs it: calls that a filter answers. */
SEC("raw_tp/sys_exit")
int sys_exit(struct bpf_raw_tracepoint_args *ctx)
{
	return leave(bpf_get_current_task_btf(), (void *)ctx->args[0],
		     ctx->args[1]);
}

SEC("tp/raw_syscalls/sys_exit")
int sys_exit_classic(struct classic_call *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return leave(task, (void *)bpf_task_pt_regs(task), ctx->result);
}

/* gettimeofday, time and getcpu reach seccomp from here, never sys_enter. */
SEC("raw_tp/emulate_vsyscall")
int emulate_vsyscall(struct bpf_raw_tracepoint_args *ctx)
{
	static const __s32 numbers[] = { 96, 201, 309 };
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_slot *slot = slot_of(task->pid);
	__u64 index = ctx->args[0];
	struct rare_key key = { .row = ROW_NATIVE, .flags = RARE_VSYSCALL };

	if (!is_followed(slot) || index > 2)
		return 0;
	key.image = in_phase(slot->image);
	key.nr = numbers[index];
	count_rare(&key);
	return 0;
}

/* Operations that no filter sees; the thread that polls a ring submits too. */
SEC("raw_tp")
int io_uring_submit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_slot *slot = slot_of(task->pid);
	struct io_kiocb *request = (void *)ctx->args[0];
	struct rare_key key = { .row = ROW_OPERATION };

	if (!is_followed(slot))
		slot = slot_of(task->tgid);
	if (!is_followed(slot) || !bpf_core_field_exists(request->opcode))
		return 0;
	key.image = in_phase(slot->image);
	key.nr = BPF_CORE_READ(request, opcode);
	count_rare(&key);
	return 0;
}

/* "/name" in front of what is there; false when it does not fit. */
static __always_inline bool prepend(struct image_path *p, struct dentry *dentry)
{
	__u32 size = BPF_CORE_READ(dentry, d_name.len) & (PATH_COMPONENT - 1);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	__u32 at = p->start;

	if (at < size + 1 || at > PATH_SIZE)
		return false;
	at = (at - size) & (PATH_SIZE - 1);
	bpf_probe_read_kernel(&p->bytes[at], size, name);
	at = (at - 1) & (PATH_SIZE - 1);
	p->bytes[at] = '/';
	p->start = at;
	return true;
}

/* Where a walk from a file up to its task's root stands. */
struct walk {
	struct dentry *dentry, *root;
	struct vfsmount *mnt, *root_mnt;
	/* A place on the way, and where the path from it starts; NULL: none. */
	struct dentry *passed;
	struct vfsmount *passed_mnt;
	__u64 from_passed;	/* 0: it was not passed */
};

enum step { STEP_ON, STEP_AT_ROOT, STEP_AT_TOP, STEP_TOO_LONG };

/*
 * One step through dentries and mounts. Not static, so that the verifier
 * looks at it once and not at each turn of the loop, which took 18 ms.
 */
__noinline int step(struct image_path *p, struct walk *w)
{
	struct dentry *dentry, *parent;
	struct vfsmount *mnt;
	struct mount *m, *above;

	if (!p || !w)
		return STEP_TOO_LONG;
	dentry = w->dentry;
	mnt = w->mnt;
	if (dentry == w->passed && mnt == w->passed_mnt)
		w->from_passed = p->start;
	if (dentry == w->root && mnt == w->root_mnt)
		return STEP_AT_ROOT;
	parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry != BPF_CORE_READ(mnt, mnt_root) && dentry != parent) {
		if (!prepend(p, dentry))
			return STEP_TOO_LONG;
		w->dentry = parent;
		return STEP_ON;
	}
	m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	above = BPF_CORE_READ(m, mnt_parent);
	if (above == m)
		return STEP_AT_TOP;
	w->dentry = BPF_CORE_READ(m, mnt_mountpoint);
	w->mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
	return STEP_ON;
}

static __always_inline void walk(struct image_path *p, struct file *file,
				 struct task_struct *task)
{
	struct walk w = {
		.dentry = BPF_CORE_READ(file, f_path.dentry),
		.mnt = BPF_CORE_READ(file, f_path.mnt),
		.root = BPF_CORE_READ(task, fs, root.dentry),
		.root_mnt = BPF_CORE_READ(task, fs, root.mnt),
	};
	int at = STEP_ON;

	p->start = PATH_SIZE;
	for (int i = 0; i < PATH_DEPTH && at == STEP_ON; i++)
		at = step(p, &w);
	if (p->start == PATH_SIZE)	/* in no directory: a memfd */
		prepend(p, BPF_CORE_READ(file, f_path.dentry));
	p->cut = at != STEP_AT_ROOT && at != STEP_AT_TOP;
}

#include "names.bpf.h"
#include "confirm.bpf.h"

/* What an open call's flags are, wherever they stand. */
static __always_inline __u64 open_flags(const volatile struct name_spec *spec,
					const __u64 args[8])
{
	__u64 flags = 0;

	if (spec->flags == ARG_HOW)
		bpf_probe_read_user(&flags, sizeof(flags),
				    (void *)args[2]);
	else if (spec->flags != ARG_NONE)
		flags = args[spec->flags & 7];
	return flags | spec->access2;
}

/* NAME_LOCK and its like; 0: the call locks nothing. */
static __always_inline __u32 lock_access(const volatile struct name_spec *spec,
					 const __u64 args[8])
{
	__u64 command = args[spec->flags & 7];
	__s16 type = 0;

	if (spec->flags == ARG_NONE)
		return NAME_LOCK | (args[1] & LOCK_EX ? NAME_LOCK_WRITE : 0);
	if (command == F_SETLEASE)
		type = args[2];
	else if (command == F_SETLK || command == F_SETLKW ||
		 command == F_SETLK64 || command == F_SETLKW64 ||
		 command == F_OFD_SETLK || command == F_OFD_SETLKW)
		bpf_probe_read_user(&type, sizeof(type), (void *)args[2]);
	else
		return 0;
	return NAME_LOCK | (type == F_WRLCK ? NAME_LOCK_WRITE : 0);
}

/*
 * The descriptor that a call means by no name, an empty one (AT_EMPTY_PATH) or
 * one in /proc/self/fd; < 0: it means what the name stands for.
 */
static __always_inline __s32
descriptor_given(struct name_scratch *s, const volatile struct name_spec *spec,
		 const __u64 args[8])
{
	__u64 name = args[spec->name & 7];
	long size = name ? read_name(s, name) : 0;

	if (!(spec->access & (NAME_CHANGE | NAME_LINK | NAME_TRUNCATE)) ||
	    size < 0)
		return -1;
	return size ? descriptor_named(s) : (__s32)args[spec->directory & 7];
}

/* The file of a descriptor that the call was given, or gave. */
static __always_inline struct file *
named_file(struct name_scratch *s, const volatile struct name_spec *spec,
	   struct task_struct *task, const __u64 args[8], __s64 result)
{
	switch (spec->kind) {
	case NAMES_BY_NAME:
	case NAMES_TWO:
		return file_of(task, descriptor_given(s, spec, args));
	case NAMES_LOCK:
		return lock_access(spec, args) ?
			file_of(task, args[spec->directory & 7]) : NULL;
	case NAMES_OPEN:
		return result >= 0 ? file_of(task, result) : NULL;
	case NAMES_MAP:
		return args[2] & PROT_EXEC && !(args[3] & MAP_ANONYMOUS) ?
			file_of(task, args[4]) : NULL;
	case NAMES_FILE:
		return file_of(task, args[spec->directory & 7]);
	default:
		return NULL;
	}
}

static __always_inline __u32 given_access(const volatile struct name_spec *spec,
					  const __u64 args[8])
{
	__u32 mode;

	if (spec->kind == NAMES_OPEN)
		return not_opened(open_flags(spec, args));
	if (spec->kind == NAMES_QUEUE && spec->flags != ARG_NONE)
		return not_opened(open_flags(spec, args)) | spec->access;
	if (spec->kind == NAMES_TWO)
		return spec->access;
	if (spec->access & NAME_CREATE && spec->flags != ARG_NONE) {
		mode = args[spec->flags & 7] >> 12 & 0xf;	/* mknod */
		return spec->access |
			(mode ? mode : TYPE_REGULAR) << NAME_TYPE_SHIFT;
	}
	if (spec->access & NAME_DELETE && spec->flags != ARG_NONE)
		return spec->access | (args[spec->flags & 7] & AT_REMOVEDIR ?
				       TYPE_DIRECTORY << NAME_TYPE_SHIFT : 0);
	return spec->access;
}

/*
 * What the kernel confirmed takes the place of the name that the call gave.
 * Whoever removes a name need not know what it stood for.
 */
static __always_inline __u32 take_object(struct name_scratch *s,
					 const struct object *o, __u32 access)
{
	access &= ~(NAME_GIVEN | NAME_UNREAD | NAME_CUT);
	if (!(access & NAME_TYPE) &&
	    (access & NAME_CREATE || !(access & NAME_DELETE)))
		access |= o->type << NAME_TYPE_SHIFT;
	bpf_probe_read_kernel(&s->path.bytes[PATH_SIZE], OBJECT_NAME, o->name);
	end_with_zeros(s, o->size & (OBJECT_NAME - 1));
	return access;
}

/* What a call named, that has ended. */
static __always_inline void note_call(struct name_scratch *s,
				      const volatile struct name_spec *spec,
				      struct task_struct *task, bool compat,
				      __u32 image, const __u64 args[8],
				      __s64 result, struct confirmed *known)
{
	__u32 kind = spec->kind, parts = kind == NAMES_TWO ? 2 : 1;
	struct file *given = named_file(s, spec, task, args, result);
	struct place none = { NULL, NULL };
	__u64 source = 0;
	__u32 nameless = 0;	/* of the source */

#pragma clang loop unroll(disable)
	for (__u32 part = 0; part < parts; part++) {
		struct file *file = part ? NULL : given;
		__s32 answer = answer_of(result);
		struct place at = place_of(file);
		__u32 access = spec->access, is_socket = 0, how = 0;
		long size = 0;
		/* What has no name is the descriptor's; failures, by name. */
		struct object *o = known && !(file && kind == NAMES_TWO) &&
			(!answer || known->objects[part & 1].size) ?
			&known->objects[part & 1] : NULL;

		if (o)
			at = o->at;
		if (kind >= NAMES_ADDRESS) {
			size = kind == NAMES_ADDRESS ?
				read_address(s, args[spec->name & 7],
					     args[spec->flags & 7]) :
				kind == NAMES_MESSAGE ?
				read_message(s, args[spec->name & 7], compat) :
				own_address(s, file_of(task, args[0]));
			if (!size)
				return;
			is_socket = 1;
			access |= protocol_of(file_of(task, args[0])) |
				family_of(s) << SOCKET_FAMILY_SHIFT;
			at = none;
			if (kind == NAMES_ADDRESS && spec->access != SOCKET_SEND &&
			    (!answer || answer == -EINPROGRESS) &&
			    access & (SOCKET_TCP | SOCKET_NOT_TCP) &&
			    (family_of(s) == AF_INET || family_of(s) == AF_INET6))
				take_port(s, (__u64)file_of(task, args[0]),
					  spec->access == SOCKET_CONNECT);
			if (has_path(s, size)) {
				if (!answer && access & SOCKET_NOT_TCP &&
				    kind == NAMES_ADDRESS &&
				    spec->access != SOCKET_SEND) {
					find_unix_place(s, (__u64)file_of(task,
						args[0]), spec->access ==
						SOCKET_CONNECT);
					at = s->at;
				}
				how = at.dentry ? PLACE_OBJECT : 0;
				if (!at.dentry)
					at = start_of(s, task, -1, size, 2);
			}
		} else if (file || (kind == NAMES_CHDIR && !answer)) {
			if (answer && kind != NAMES_LOCK)
				return;		/* it was not mapped */
			if (!file)
				at = cwd_of(task);
			access = kind == NAMES_OPEN ?
				opened(file, open_flags(spec, args)) :
				spec->access | (file ? type_of(file) :
				TYPE_DIRECTORY << NAME_TYPE_SHIFT);
			if (kind == NAMES_LOCK)
				access |= lock_access(spec, args);
			s->at = at;
			if (is_deleted(at) && is_nameless(s)) {
				access |= NAME_NAMELESS;
				at = parent_of(at);
			} else if (is_deleted(at)) {
				access |= NAME_DELETED;
			}
		} else {
			__u32 name = part ? spec->name2 : spec->name;
			__u32 from = part ? spec->directory2 : spec->directory;

			if (name == ARG_NONE || !args[name & 7] ||
			    (kind == NAMES_EXEC && !answer))
				return;
			size = kind == NAMES_QUEUE ?
				read_queue(s, args[name & 7]) :
				read_name(s, args[name & 7]);
			if (!size)	/* the descriptor itself */
				return;
			access = part ? spec->access2 :
				given_access(spec, args);
			if (kind == NAMES_TWO && spec->flags != ARG_NONE &&
			    args[spec->flags & 7] & RENAME_EXCHANGE)
				access |= NAME_CREATE | NAME_DELETE;
			access |= nameless | NAME_GIVEN | (size < 0 ? NAME_UNREAD :
				answer == -ENAMETOOLONG &&
				size == NAME_SIZE - 1 ? NAME_CUT : 0);
			if (o) {
				access = take_object(s, o, access);
				size = o->size;
			} else {
				at = start_of(s, task, args[from & 7], size, 0);
			}
			size = size < 0 ? 0 : size;
		}
		s->key = (struct name_key){
			.image = image, .access = access, .answer = answer,
			.is_socket = is_socket, .source = source,
		};
		s->at = at;
		s->root = root_of(task);
		s->place = how | (o || (!is_socket &&
				  (access & NAME_ACCESS) == NAME_LOOK) ? 0 :
				  shared_with_others(task));
		s->name_size = size & (NAME_SIZE - 1);
		note_name(s);
		source = s->key.hash;
		nameless = access & NAME_NAMELESS;
	}
	if (known)
		known->n = 0;
}

/* regs_nr(), without a helper where that can be had. */
static __always_inline __s32 nr_of(struct pt_regs *regs)
{
	struct pt_regs *typed;

	if (!pt_regs_id)
		return regs_nr(regs);
	typed = cast((__u64)regs, pt_regs_id);
#if defined(__TARGET_ARCH_x86)
	return typed->orig_ax;
#else
	return typed->syscallno;
#endif
}

/* Whether the call can be one of those that a program of confirm.bpf.h sees. */
static __always_inline bool has_object(const volatile struct name_spec *spec)
{
	return spec->kind == NAMES_TWO ||
		((spec->kind == NAMES_BY_NAME || spec->kind == NAMES_FILE) &&
		 spec->access & (NAME_CREATE | NAME_DELETE | NAME_CHANGE |
				 NAME_TRUNCATE));
}

static __always_inline int note_call_names(struct task_slot *slot,
					   struct task_struct *task,
					   struct pt_regs *regs, __s64 result)
{
	__u32 row = current_row(task), at, zero = SCRATCH_EXIT;
	const volatile struct name_spec *spec;
	struct name_scratch *s;
	__u64 args[8];

	at = (__u32)nr_of(regs) & ~(row == ROW_NATIVE ? X32_BIT : 0);
	if (at >= TRAITS_NUMBERS)
		return 0;
	at = name_calls[row & 1][at];
	if (!at)
		return 0;
	s = bpf_map_lookup_elem(&name_scratch, &zero);
	if (!s)
		return 0;
	spec = &name_specs[at & (NAME_SPECS - 1)];
	read_args(regs, row, args);
	args[6] = 0;
	args[ARG_NONE] = (__u32)-100;		/* AT_FDCWD */
	note_call(s, spec, task, row == ROW_COMPAT, slot->image, args, result,
		  has_object(spec) ? confirmation(task, nr_of(regs)) : NULL);
	return 0;
}

SEC("raw_tp")
int note_names(struct bpf_raw_tracepoint_args *ctx)
{
	struct pt_regs *regs = (void *)ctx->args[0];
	struct task_slot *slot = slot_of(caller_id(regs));

	return is_followed(slot) ?
		note_call_names(slot, caller(regs), regs, ctx->args[1]) : 0;
}

SEC("tp/raw_syscalls/sys_exit")
int note_names_classic(struct classic_call *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_slot *slot = slot_of(task->pid);

	return is_followed(slot) ?
		note_call_names(slot, task, (void *)bpf_task_pt_regs(task),
				ctx->result) : 0;
}

static long take_file(struct task_struct *task, struct vm_area_struct *vma,
		      struct file **file)
{
	(void)task;
	*file = BPF_CORE_READ(vma, vm_file);
	return 0;
}

/*
 * What has been executed: the file; the script that it interprets; and the
 * dynamic loader, which is where the program begins.
 */
static __always_inline void note_exec(struct linux_binprm *bprm, __u32 image)
{
	struct task_struct *current = bpf_get_current_task_btf();
	const char *given = BPF_CORE_READ(bprm, filename);
	struct file *executed = BPF_CORE_READ(bprm, file), *entered = NULL;
	__u32 one = SCRATCH_EXEC;
	struct name_scratch *s = bpf_map_lookup_elem(&name_scratch, &one);

	if (!s)
		return;
	bpf_find_vma(current, entry_of((void *)bpf_task_pt_regs(current)),
		     take_file, &entered, 0);
	s->root = root_of(current);
	s->place = PLACE_COPY;
	if (!attaching)		/* the first one is the command's */
		set_root(&own_root, s->root);
	if (!home_root.dentry)
		home_owner = mount_owner(current);
	set_root(&home_root, s->root);
#pragma clang loop unroll(disable)
	for (int part = 0; part < 3; part++) {
		struct file *file = part ? entered : executed;
		long size = 0;

		s->key = (struct name_key){ .image = image };
		s->at = (struct place){ NULL, NULL };

		if (part == 2) {
			if (given == BPF_CORE_READ(bprm, interp))
				continue;
			size = bpf_probe_read_kernel_str(
				&s->path.bytes[PATH_SIZE], NAME_SIZE, given);
			size = size > 0 ? size - 1 : 0;
			end_with_zeros(s, size);
			s->key.access = NAME_EXECUTE | NAME_READ |
				NAME_GIVEN | TYPE_REGULAR << NAME_TYPE_SHIFT;
			s->at = start_of(s, current, -1, size, 0);
		} else {
			if (!file || (part && file == executed))
				continue;
			s->at = part ? mapped_place_of(file) : place_of(file);
			s->key.access = NAME_EXECUTE | type_of(file) |
				(part ? NAME_MAP : 0) |
				(is_deleted(s->at) ? NAME_DELETED : 0);
		}
		s->name_size = size & (NAME_SIZE - 1);
		note_name(s);
	}
}

/* linux/io_uring.h */
enum {
	OP_CONNECT = 16, OP_OPENAT = 18, OP_STATX = 21, OP_OPENAT2 = 28,
	OP_RENAMEAT = 35, OP_UNLINKAT = 36, OP_MKDIRAT = 37, OP_SYMLINKAT = 38,
	OP_LINKAT = 39,
};

/* What an operation names, of one or two. */
struct named {
	struct filename *name;	/* NULL: nothing */
	__s32 directory;
	__u32 access;
};

static __always_inline void name_operation(void *request, __u8 opcode,
					   bool second, struct named *n)
{
	struct io_open *open = request;
	struct io_statx *statx = request;
	struct io_mkdir *make = request;
	struct io_unlink *unlink = request;
	struct io_rename *rename = request;
	struct io_link *link = request;

	n->access = opcode == OP_STATX ? NAME_LOOK : opcode == OP_MKDIRAT ?
		NAME_CREATE | TYPE_DIRECTORY << NAME_TYPE_SHIFT :
		opcode == OP_UNLINKAT ? NAME_DELETE :
		(opcode == OP_RENAMEAT ? NAME_RENAME : NAME_LINK) |
		(second ? NAME_CREATE :
		 opcode == OP_RENAMEAT ? NAME_DELETE : 0);
	n->name = NULL;
	if (opcode == OP_OPENAT || opcode == OP_OPENAT2) {
		n->name = BPF_CORE_READ(open, filename);
		n->directory = BPF_CORE_READ(open, dfd);
		n->access = not_opened(BPF_CORE_READ(open, how.flags));
	} else if (opcode == OP_STATX) {
		n->name = BPF_CORE_READ(statx, filename);
		n->directory = BPF_CORE_READ(statx, dfd);
	} else if (opcode == OP_MKDIRAT) {
		n->name = BPF_CORE_READ(make, filename);
		n->directory = BPF_CORE_READ(make, dfd);
	} else if (opcode == OP_UNLINKAT) {
		n->name = BPF_CORE_READ(unlink, filename);
		n->directory = BPF_CORE_READ(unlink, dfd);
		if (BPF_CORE_READ(unlink, flags) & AT_REMOVEDIR)
			n->access |= TYPE_DIRECTORY << NAME_TYPE_SHIFT;
	} else if (opcode == OP_RENAMEAT) {
		n->name = second ? BPF_CORE_READ(rename, newpath) :
			BPF_CORE_READ(rename, oldpath);
		n->directory = second ? BPF_CORE_READ(rename, new_dfd) :
			BPF_CORE_READ(rename, old_dfd);
		if (BPF_CORE_READ(rename, flags) & RENAME_EXCHANGE)
			n->access |= NAME_CREATE | NAME_DELETE;
	} else if (opcode == OP_LINKAT || opcode == OP_SYMLINKAT) {
		n->name = second ? BPF_CORE_READ(link, newpath) :
			BPF_CORE_READ(link, oldpath);
		n->directory = second ? BPF_CORE_READ(link, new_dfd) :
			BPF_CORE_READ(link, old_dfd);
		if (opcode == OP_SYMLINKAT)
			n->access = NAME_CREATE | 10 << NAME_TYPE_SHIFT;
	}
}

/*
 * What operations of io_uring name, when they are submitted: how they will end
 * is not known then, so they are taken to succeed.
 */
SEC("raw_tp")
int note_operations(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_slot *slot = slot_of(task->pid);
	void *request = (void *)ctx->args[0];
	struct io_kiocb *req = request;
	struct io_connect *connect = request;
	__u32 at = SCRATCH_URING;
	struct name_scratch *s;
	__u8 opcode;

	if (!is_followed(slot))
		slot = slot_of(task->tgid);
	s = bpf_map_lookup_elem(&name_scratch, &at);
	if (!is_followed(slot) || !s || !bpf_core_field_exists(req->opcode) ||
	    !bpf_core_field_exists(struct io_open, filename))
		return 0;
	opcode = BPF_CORE_READ(req, opcode);
#pragma clang loop unroll(disable)
	for (int part = 0; part < 2; part++) {
		__u64 source = part ? s->key.hash : 0;
		struct place none = { NULL, NULL };
		struct named n = { NULL, -1, 0 };
		struct filename *name;
		long size = 0;

		s->key = (struct name_key){
			.image = in_phase(slot->image), .source = source,
		};
		s->root = root_of(task);
		s->place = PLACE_COPY | PLACE_PENDING;
		s->at = none;
		if (opcode == OP_CONNECT && !part) {
			size = read_address(s, (__u64)BPF_CORE_READ(connect, addr),
					    BPF_CORE_READ(connect, addr_len));
			s->key.is_socket = 1;
			s->key.access = SOCKET_CONNECT |
				family_of(s) << SOCKET_FAMILY_SHIFT;
			if (size && has_path(s, size))
				s->at = start_of(s, task, -1, size, 2);
		} else {
			if (part && opcode != OP_RENAMEAT && opcode != OP_LINKAT)
				break;
			name_operation(request, opcode,
				       part || opcode == OP_SYMLINKAT, &n);
			name = n.name;
			if (!name)
				break;
			size = bpf_probe_read_kernel_str(
				&s->path.bytes[PATH_SIZE], NAME_SIZE,
				BPF_CORE_READ(name, name));
			size = size > 0 ? size - 1 : 0;
			end_with_zeros(s, size);
			s->key.access = n.access | NAME_GIVEN;
			s->at = start_of(s, task, n.directory, size, 0);
		}
		if (!size)
			break;
		s->name_size = size & (NAME_SIZE - 1);
		note_name(s);
	}
	return 0;
}

/* The path of a new image, kept until it is read at the end. */
static __always_inline void keep_path(__u32 id, const struct image_key *key,
				      struct file *file,
				      struct task_struct *task)
{
	__u32 zero = 0;
	struct image_path *p = bpf_map_lookup_elem(&blank, &zero);

	if (p && !bpf_map_update_elem(&paths, &id, p, BPF_NOEXIST))
		p = bpf_map_lookup_elem(&paths, &id);
	else
		p = NULL;
	if (!p) {
		add(&progress.lost_images, 1);
		return;
	}
	p->key = *key;
	walk(p, file, task);
	send(EVENT_IMAGE, id, BPF_CORE_READ(task, tgid));
}

/* The id of the executable, which is entered when it is new. */
static __noinline __u32 image_of(struct file *file,
				      struct task_struct *task)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct image_key key = {
		.device = BPF_CORE_READ(inode, i_sb, s_dev),
		.inode = BPF_CORE_READ(inode, i_ino),
		.generation = BPF_CORE_READ(inode, i_generation),
	};
	__u32 *known = bpf_map_lookup_elem(&images, &key);
	__u32 id;

	if (known)
		return *known;
	id = IMAGE_FIRST + __sync_fetch_and_add(&progress.next_image, 1);
	if (id < IMAGE_ARMED &&
	    !bpf_map_update_elem(&images, &key, &id, BPF_NOEXIST)) {
		keep_path(id, &key, file, task);
		return id;
	}
	known = bpf_map_lookup_elem(&images, &key);
	if (known)			/* another CPU was faster */
		return *known;
	add(&progress.lost_images, 1);
	return IMAGE_OTHER;
}

/* linux/sched/coredump.h: what PR_GET_DUMPABLE answers. */
enum { DUMPABLE_MASK = 3, DUMPABLE_BY_USER = 1 };

/* Whether the viewer, in the initial namespace, made it or one around it. */
static __always_inline bool owns(struct user_namespace *ns)
{
	for (int i = 0; i < 32; i++) {	/* user_namespaces(7): at most 32 */
		if (BPF_CORE_READ(ns, level) < 1)
			return false;
		if (BPF_CORE_READ(ns, level) == 1)
			return BPF_CORE_READ(ns, owner.val) == viewer.uid;
		ns = BPF_CORE_READ(ns, parent);
	}
	return false;
}

static __always_inline bool has_same_ids(struct cred *cred)
{
	return BPF_CORE_READ(cred, uid.val) == viewer.uid &&
		BPF_CORE_READ(cred, euid.val) == viewer.uid &&
		BPF_CORE_READ(cred, suid.val) == viewer.uid &&
		BPF_CORE_READ(cred, gid.val) == viewer.gid &&
		BPF_CORE_READ(cred, egid.val) == viewer.gid &&
		BPF_CORE_READ(cred, sgid.val) == viewer.gid;
}

/* The argument of a function that the verifier looks at by itself. */
struct candidate {
	struct task_struct *task;
};

/*
 * The rule of __ptrace_may_access() in kernel/ptrace.c, for a viewer without
 * CAP_SYS_PTRACE: the same ids, dumpable, and no capability that the viewer
 * lacks; or in a user namespace of its own. What cannot be read counts as no.
 */
__noinline int may_trace(struct candidate *candidate)
{
	struct task_struct *task;
	struct mm_struct *mm;
	struct cred *cred;

	if (!candidate)
		return 0;
	task = candidate->task;
	if (!viewer.limited)
		return 1;
	if (!bpf_core_field_exists(struct cred, cap_permitted) ||
	    !bpf_core_field_exists(struct cred, suid) ||
	    !bpf_core_field_exists(struct mm_struct, flags))
		return 0;
	cred = BPF_CORE_READ(task, real_cred);
	mm = BPF_CORE_READ(task, mm);
	if ((BPF_CORE_READ(mm, flags) & DUMPABLE_MASK) != DUMPABLE_BY_USER &&
	    !owns(BPF_CORE_READ(mm, user_ns)))
		return 0;
	if (owns(BPF_CORE_READ(cred, user_ns)))
		return 1;
	return has_same_ids(cred) && !BPF_CORE_READ(cred, user_ns, level) &&
		!(BPF_CORE_READ(cred, cap_permitted) & ~viewer.caps);
}

static __always_inline bool is_withheld(struct task_struct *task)
{
	struct candidate candidate = { task };

	return !may_trace(&candidate);
}

static __noinline int withhold(struct task_struct *task)
{
	__u32 pid = BPF_CORE_READ(task, tgid);
	struct mark_name name = {};

	BPF_CORE_READ_STR_INTO(&name.comm, task, comm);
	if (!bpf_map_lookup_elem(&withheld_names, &pid) &&
	    bpf_map_update_elem(&withheld_names, &pid, &name, BPF_NOEXIST))
		add(&progress.withheld, 1);
	return 0;
}

/*
 * What a task executes gives it rights that the viewer lacks: it is followed no
 * longer, by neither of its ids, and nothing that it starts will be.
 */
static __always_inline void let_go(struct task_struct *task, __u32 before,
				   bool by_thread, struct task_slot *to)
{
	__u32 old = __sync_lock_test_and_set(&to->image, IMAGE_NONE);
	__u32 state = to->state;

	withhold(task);
	if (before == IMAGE_ARMED)
		return;
	to->state = 0;
	if (state & STATE_FILTERED)
		sub(&progress.filtered, 1);
	log_task(LOG_EXIT, before, task, 0, 0);
	if (by_thread && old != IMAGE_NONE)
		sub(&progress.live, 1);
	if (!sub(&progress.live, 1))
		send(EVENT_DONE, 0, 0);
}

/* Attached before sched_process_exec, so that the task is its caller's still. */
SEC("raw_tp")
int note_execs(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	struct linux_binprm *bprm = (void *)ctx->args[2];
	struct task_slot *from = slot_of((__u32)ctx->args[1]);
	__u32 image;

	if (!from || from->image == IMAGE_NONE)
		return 0;
	image = from->image;
	if (image == IMAGE_ARMED)
		image = in_phase(image_of(BPF_CORE_READ(bprm, file), task));
	note_exec(bprm, image);
	return 0;
}

static __always_inline void begin(__u32 image)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct rare_key key = {
		.image = image, .row = armed.row, .nr = armed.nr,
		.flags = RARE_INITIAL,
	};

	progress.start_ns = bpf_ktime_get_ns();
	progress.live = 1;
	progress.tasks = 1;
	count_use(image, USE_TASKS);
	count_rare(&key);
	log_one(LOG_CALL | armed.row << LOG_ROW_SHIFT, image, armed.nr,
		id >> 32, id, armed.args);
}

SEC("raw_tp/sched_process_exec")
int sched_process_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	struct linux_binprm *bprm = (void *)ctx->args[2];
	__u32 old_pid = ctx->args[1], pid = BPF_CORE_READ(task, pid), image;
	struct task_slot *from = slot_of(old_pid), *to = slot_of(pid);
	__u32 state, before;

	take_hint(task);
	if (!from || !to || from->image == IMAGE_NONE)
		return 0;
	before = from->image;
	state = from->state;
	if (stand_of(state) == STAND_TRANSIT &&
	    move(from, state, state_with(state, STAND_INSIDE))) {
		struct rare_key key = {
			.image = from->image,
			.nr = NR_EXECVE,
			.flags = RARE_INFLIGHT,
		};

		count_rare(&key);
	}
	image = in_phase(image_of(BPF_CORE_READ(bprm, file), task));
	if (old_pid != pid) {	/* a thread became the leader: it has its id */
		__u64 key = (__u64)task;

		bpf_map_delete_elem(&execs, &key);
		from->image = IMAGE_NONE;
		from->state = 0;
	}
	to->state = state_with(state, STAND_INSIDE);
	if (is_withheld(task)) {
		let_go(task, before, old_pid != pid, to);
		return 0;
	}
	/* `seek` can have found it by its new id a moment ago. */
	if (__sync_lock_test_and_set(&to->image, image) != IMAGE_NONE &&
	    old_pid != pid)
		sub(&progress.live, 1);
	note_filter(to, task);
	count_use(image, USE_EXECS);
	if (before == IMAGE_ARMED)
		begin(image);
	else
		count_start(image, before & IMAGE_ID);
	log_task(LOG_EXEC, image, task, 0, 0);
	return 0;
}

/* A child of a followed task. */
static __always_inline int on_fork(struct task_slot *from,
				   struct task_struct *parent,
				   struct task_struct *child)
{
	__u32 image = from->image, none = IMAGE_NONE;
	struct task_slot *to;

	if (no_follow &&
	    BPF_CORE_READ(parent, tgid) != BPF_CORE_READ(child, tgid))
		return 0;
	to = slot_of(BPF_CORE_READ(child, pid));
	if (!to) {
		add(&progress.lost_tasks, 1);
		return 0;
	}
	add(&progress.live, 1);
	if (__sync_val_compare_and_swap(&to->image, none, image) != none) {
		sub(&progress.live, 1);		/* `seek` was faster */
		return 0;
	}
	to->state = state_with(0, STAND_NEW);
	add(&progress.tasks, 1);
	note_filter(to, parent);
	count_use(image, USE_TASKS);
	log_task(LOG_FORK, image, parent, BPF_CORE_READ(child, pid),
		 BPF_CORE_READ(child, tgid));
	return 0;
}

SEC("raw_tp/sched_process_fork")
int sched_process_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (void *)ctx->args[0];
	struct task_slot *from = slot_of(BPF_CORE_READ(parent, pid));

	return is_followed(from) ?
		on_fork(from, parent, (void *)ctx->args[1]) : 0;
}

/*
 * A death by a filter. The call is known when it was held, and from the
 * registers else: when this thread is what seccomp killed, by its mode since
 * 5.17, or by its dying alone; or when the call was never made.
 */
static __always_inline void note_death(__u32 image, __u32 state,
				       struct task_struct *task)
{
	__u32 stand = stand_of(state), mode = BPF_CORE_READ(task, seccomp.mode);
	__u32 code = BPF_CORE_READ(task, exit_code) & 0x7f;
	struct rare_key key = {
		.image = image,
		.row = current_row(task),
		.flags = RARE_DENIED,
		.answer = code,
	};
	bool known = mode == SECCOMP_DEAD;

	if (stand == STAND_TRAPPED) {
		settle_trapped(code == SIG_SYS ? code : 0);
		return;
	}
	if (!known && (!mode || code != SIG_SYS || stand == STAND_INSIDE))
		return;
	key.nr = regs_nr((void *)bpf_task_pt_regs(task));
	if (!known && BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT)
		known = stand == STAND_UNKNOWN &&
			!was_counted(image, key.row, key.nr);
	else
		known = true;
	if (known)
		count_rare(&key);
}

static __always_inline int on_exit(struct task_struct *task)
{
	struct task_slot *slot = slot_of(task->pid);
	__u64 key = (__u64)task;
	__u32 *old = bpf_map_lookup_elem(&execs, &key), image, state;

	take_hint(task);
	if (old) {
		if (slot && slot->image == IMAGE_NONE)
			slot = slot_of(*old);
		bpf_map_delete_elem(&execs, &key);
	}
	if (!slot || slot->image == IMAGE_NONE)
		return 0;
	/* `follow` can be about to take it back. */
	image = __sync_lock_test_and_set(&slot->image, IMAGE_NONE);
	if (image == IMAGE_NONE || image == IMAGE_ARMED)
		return 0;		/* ARMED: its execve failed */
	if (note_filter(slot, task) && progress.filtered == 1)
		progress.unwatched = 1;
	state = slot->state;
	slot->state = 0;
	note_death(image, state, task);
	log_task(LOG_EXIT, image, task,
		 (__u32)BPF_CORE_READ(task, exit_code), 0);
	if (state & STATE_FILTERED)
		sub(&progress.filtered, 1);
	if (!sub(&progress.live, 1))
		send(EVENT_DONE, 0, 0);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int sched_process_exit(struct bpf_raw_tracepoint_args *ctx)
{
	(void)ctx;
	return on_exit(bpf_get_current_task_btf());
}

SEC("tp/sched/sched_process_exit")
int sched_process_exit_classic(void *ctx)
{
	(void)ctx;
	return on_exit(bpf_get_current_task_btf());
}

/*
 * Run by the command's process itself, through BPF_PROG_TEST_RUN, before its
 * execve: its id in the initial namespace is known only here. Returns 0, or
 * 1 when the id is beyond the table.
 */
SEC("raw_tp")
int arm(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct task_slot *slot = slot_of(task->pid);

	(void)ctx;
	if (!slot)
		return 1;
	slot->image = IMAGE_ARMED;
	return 0;
}

/*
 * Run in the same way, where the recorder's time namespace has another
 * CLOCK_MONOTONIC than the kernel's own, time_namespaces(7).
 */
SEC("raw_tp")
int tell_time(struct bpf_raw_tracepoint_args *ctx)
{
	(void)ctx;
	progress.asked_ns = bpf_ktime_get_ns();
	return 0;
}

/*
 * Attaching to what runs already. The programs above work from the first
 * moment; `seek` then looks at every task there is, again and again until it
 * finds nobody new. What a task forks, and whom one leaves behind, in between
 * is looked at as it happens.
 */

/* Not static: the verifier looks at it once, not at each turn of a loop. */
__noinline int follow_candidate(struct candidate *candidate)
{
	struct task_struct *task;
	struct task_slot *slot;
	struct file *exe;
	__u32 image, none = IMAGE_NONE;

	if (!candidate)
		return 0;
	task = candidate->task;
	slot = slot_of(BPF_CORE_READ(task, pid));
	exe = BPF_CORE_READ(task, mm, exe_file);

	if (is_followed(slot) || !exe ||
	    BPF_CORE_READ(task, flags) & PF_NOT_FOLLOWED ||
	    (__u32)BPF_CORE_READ(task, tgid) == control.self ||
	    /* It reads files for the recorder: lib/process/file-child.h. */
	    (__u32)BPF_CORE_READ(task, real_parent, tgid) == control.self)
		return 0;
	if (!may_trace(candidate)) {
		withhold(task);
		return 0;
	}
	if (!slot) {
		add(&progress.lost_tasks, 1);
		return 0;
	}
	if (!home_root.dentry)
		home_owner = mount_owner(task);
	set_root(&home_root, (struct place){
		BPF_CORE_READ(task, fs, root.dentry),
		BPF_CORE_READ(task, fs, root.mnt),
	});
	image = in_phase(image_of(exe, task));
	__sync_val_compare_and_swap(&slot->state, 0,
				    state_with(0, STAND_TRANSIT));
	add(&progress.live, 1);
	if (__sync_val_compare_and_swap(&slot->image, none, image) != none) {
		sub(&progress.live, 1);		/* another CPU was faster */
		return 0;
	}
	add(&progress.tasks, 1);
	add(&progress.found, 1);
	count_use(image, USE_TASKS);
	note_filter(slot, task);
	/* It may have passed sched_process_exit before it was followed. */
	if (BPF_CORE_READ(task, flags) & PF_EXITING &&
	    __sync_lock_test_and_set(&slot->image, none) != none) {
		slot->state = 0;
		sub(&progress.live, 1);
	}
	return 0;
}

static __always_inline void follow(struct task_struct *task)
{
	struct candidate candidate = { task };

	follow_candidate(&candidate);
}

/* Up from a task: whether it, or one that it comes from, is followed. */
static __always_inline bool descends(struct task_struct *task)
{
	for (int i = 0; i < 64 && BPF_CORE_READ(task, pid) > 1; i++) {
		if (is_followed(slot_of(BPF_CORE_READ(task, pid))))
			return true;
		task = BPF_CORE_READ(task, real_parent);
	}
	return false;
}

static __always_inline bool is_in_cgroup(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct list_head *head, *at;
	struct cgroup_subsys_state *css = NULL;

	if (!by_cgroup)
		return false;
	head = (void *)set + bpf_core_field_offset(struct css_set, cgrp_links);
	at = BPF_CORE_READ(head, next);
	for (int i = 0; i < 32 && at != head; i++) {
		struct cgrp_cset_link *link = (void *)at -
			bpf_core_field_offset(struct cgrp_cset_link, cgrp_link);
		struct cgroup *c = BPF_CORE_READ(link, cgrp);

		if (BPF_CORE_READ(c, root, hierarchy_id) == cgroup.hierarchy) {
			css = (void *)c + bpf_core_field_offset(struct cgroup,
								self);
			break;
		}
		at = BPF_CORE_READ(at, next);
	}
	for (int i = 0; i < 64 && css; i++) {
		if (BPF_CORE_READ(css, cgroup, kn, id) == cgroup.id)
			return true;
		css = BPF_CORE_READ(css, parent);
	}
	return false;
}

SEC("raw_tp")
int seeking_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (void *)ctx->args[0];
	struct task_struct *child = (void *)ctx->args[1];
	struct task_slot *from = slot_of(BPF_CORE_READ(parent, pid));

	if (is_followed(from))
		return on_fork(from, parent, child);
	/* It can have been forked into the cgroup: clone3(2). */
	if ((control.seeking && !no_follow && descends(parent)) ||
	    is_in_cgroup(child))
		follow(child);
	return 0;
}

/* A list of tasks from its head on. */
static __always_inline void follow_list(struct list_head *head, __u64 offset)
{
	struct list_head *at = BPF_CORE_READ(head, next);

	for (int i = 0; i < SEEK_STEPS; i++) {
		if (!at || at == head)
			return;
		follow((void *)at - offset);
		at = BPF_CORE_READ(at, next);
	}
	send(EVENT_SEEK, 0, 0);
}

static __always_inline int on_seeking_exit(struct task_struct *task)
{
	/* Its children will be another's soon. */
	if (control.seeking && !no_follow && descends(task))
		follow_list((void *)task + bpf_core_field_offset(
				struct task_struct, children),
			    bpf_core_field_offset(struct task_struct,
						  sibling));
	return on_exit(task);
}

SEC("raw_tp")
int seeking_exit(struct bpf_raw_tracepoint_args *ctx)
{
	(void)ctx;
	return on_seeking_exit(bpf_get_current_task_btf());
}

SEC("tp/sched/sched_process_exit")
int seeking_exit_classic(void *ctx)
{
	(void)ctx;
	return on_seeking_exit(bpf_get_current_task_btf());
}

/* Processes that are moved into the cgroup. */
SEC("raw_tp/cgroup_attach_task")
int cgroup_attach_task(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[2];
	bool whole_group = ctx->args[3];

	if (!is_in_cgroup(task))
		return 0;
	if (whole_group)
		follow_list((void *)BPF_CORE_READ(task, signal) +
			    bpf_core_field_offset(struct signal_struct,
						  thread_head),
			    bpf_core_field_offset(struct task_struct,
						  thread_node));
	else
		follow(task);
	send(EVENT_SEEK, 0, 0);		/* for the calls that they are in */
	return 0;
}

/* Whether it is one of `wanted`, by the recorder's namespace. */
static __always_inline bool is_wanted(struct task_struct *task,
				      struct task_struct *recorder)
{
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(recorder, thread_pid, level) & 31, nr = 0;
	__u32 *found;

	bpf_probe_read_kernel(&nr, sizeof(nr), (void *)pid +
			      bpf_core_field_offset(struct pid, numbers) +
			      level * bpf_core_type_size(struct upid));
	found = bpf_map_lookup_elem(&wanted, &nr);
	if (found)
		*found = 1;
	return found;
}

/* The call that a task sleeps in had begun before it was followed. */
static __always_inline void look(struct task_struct *task,
				 struct task_slot *slot)
{
	__u32 state = slot->state, sleeps = task->__state;
	struct rare_key key = {
		.image = slot->image,
		.row = current_row(task),
		.nr = regs_nr((void *)bpf_task_pt_regs(task)),
		.flags = RARE_INFLIGHT,
	};

	if (stand_of(state) == STAND_TRANSIT && sleeps &&
	    !(sleeps & TASK_NEW) && key.nr >= 0 &&
	    move(slot, state, state_with(state, STAND_INSIDE)))
		count_rare(&key);
}

SEC("iter/task")
int seek(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_struct *recorder = bpf_get_current_task_btf();
	struct task_slot *slot;

	if (!task)
		return 0;
	control.self = recorder->tgid;
	set_root(&own_root, root_of(recorder));
	slot = slot_of(task->pid);
	if (!is_followed(slot) &&
	    (is_wanted(task, recorder) || is_in_cgroup(task) ||
	     is_followed(slot_of(BPF_CORE_READ(task, group_leader, pid))) ||
	     (!no_follow && is_followed(slot_of(
		     BPF_CORE_READ(task, real_parent, pid))))))
		follow(task);
	if (!is_followed(slot))
		return 0;
	look(task, slot);
	if (stand_of(slot->state) == STAND_TRANSIT)
		progress.transit++;
	return 0;
}
