/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: tracks the position of a task: in a call, in an exec,
 * or in a call that a filter has answered.
 */
static __always_inline bool is_in_transit(__u32 state)
{
	return attaching && (state & STATE_POSITION) == POSITION_TRANSIT;
}

/*
 * Returns the position, if it belongs to the current epoch. POSITION_TRANSIT
 * is valid in every epoch.
 */
static __always_inline __u32 position_of(__u32 state)
{
	__u32 watch = control.watch;

	return (watch && state >> STATE_EPOCH_SHIFT == watch) ||
		is_in_transit(state) ? state & STATE_POSITION : POSITION_UNKNOWN;
}

static __always_inline __u32 scope_of(__u32 state)
{
	return (state & STATE_SCOPE) >> STATE_SCOPE_SHIFT;
}

static __always_inline __u32 state_with(__u32 state,
					enum task_position position)
{
	return (state & (STATE_FILTERED | STATE_MANAGER | STATE_SCOPE)) | position |
		control.watch << STATE_EPOCH_SHIFT;
}

/*
 * Changes the state, which both the task itself and `seek` do. Returns whether
 * the state still had the former value.
 */
static __always_inline bool move(struct task_slot *slot, __u32 from, __u32 to)
{
	return compare_exchange(&slot->state, from, to) == from;
}

/*
 * Whether the task is in strict mode, or died in it. A call that this mode
 * denies kills the task, so it cannot have hidden an earlier call.
 */
static __always_inline bool is_strict(struct task_struct *task)
{
	int mode = BPF_CORE_READ(task, seccomp.mode);

	if (mode == SECCOMP_STRICT)
		return true;
	return mode == SECCOMP_DEAD &&
		bpf_core_field_exists(task->seccomp.filter_count) &&
		!BPF_CORE_READ(task, seccomp.filter_count.counter);
}

/*
 * Notes that the task is under a filter. Calls that a filter answers never
 * reach sys_enter, so sys_exit must be watched. Returns true if the filter is
 * new and may have answered calls.
 */
static __always_inline bool note_filter(struct task_slot *slot,
					struct task_struct *task)
{
	bool strict;

	if (slot->state & STATE_FILTERED ||
	    !bpf_core_field_exists(task->seccomp.mode) ||
	    !BPF_CORE_READ(task, seccomp.mode))
		return false;
	strict = is_strict(task);
	slot->state |= STATE_FILTERED;
	add(&progress.filtered, 1);
	if (!control.watch) {
		if (!strict)
			progress.unwatched = 1;
		send(EVENT_FILTER, 0, 0);
	}
	return !strict;
}

enum { SET_SECCOMP = 22, SET_NO_NEW_PRIVS = 38 };	/* linux/prctl.h */
enum { SET_MODE_FILTER = 1 };				/* linux/seccomp.h */

/*
 * Returns the option of prctl(2) that does the same as the call, which has
 * TRAIT_FILTER. Returns 0 if the call does something else.
 */
static __always_inline __u32 filter_option(struct pt_regs *regs, __u32 row,
					   __s32 nr)
{
	__u32 first;

#if defined(__TARGET_ARCH_x86)
	first = row == ROW_COMPAT ? BPF_CORE_READ(regs, bx) :
		BPF_CORE_READ(regs, di);
#else
	first = BPF_CORE_READ(regs, ORIG_FIRST);
#endif
	if (trait_of(row, nr) & TRAIT_PRCTL)
		return first;
	return first <= SET_MODE_FILTER ? SET_SECCOMP : 0;
}

/*
 * The task is about to load a filter, and sys_exit is not watched. Asks user
 * space to watch it, and waits for a moment, because the filter could already
 * answer the next call. There is no wait if the call sets no_new_privs:
 * programs usually do this long before they load a filter. There is also no
 * wait if the recorder may run on this CPU before the task returns to user
 * mode.
 */
__noinline int foresee_filter(__u32 option)
{
	if (option != SET_SECCOMP && option != SET_NO_NEW_PRIVS)
		return 0;
	send(EVENT_FILTER, 0, 0);
	if (option == SET_NO_NEW_PRIVS ||
	    control.next_cpu == bpf_get_smp_processor_id() + 1)
		return 0;
	wait_for_watch(bpf_ktime_get_ns() + WATCH_WAIT_NS);
	return 0;
}

/*
 * The task has handled the SIGSYS that a filter sent for a call, or was killed
 * by it. Counts that call.
 */
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

	if (position_of(state) == POSITION_TRAPPED)
		settle_trapped(0);
	if (!move(slot, state, state_with(state, POSITION_INSIDE)))
		slot->state = state_with(state, POSITION_INSIDE);
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
#elif defined(__TARGET_ARCH_arm64)
#define READ_ARGS(args, read, from, row) do { \
	(void)(row); \
	(args)[0] = read(from, orig_x0); \
	for (int i = 1; i < 6; i++) \
		(args)[i] = read(from, regs[i]); \
} while (0)
#else
#define READ_ARGS(args, read, from, row) do { \
	(void)(row); \
	(args)[0] = read(from, orig_a0); \
	(args)[1] = read(from, a1); \
	(args)[2] = read(from, a2); \
	(args)[3] = read(from, a3); \
	(args)[4] = read(from, a4); \
	(args)[5] = read(from, a5); \
} while (0)
#endif
#define READ_DIRECTLY(from, member) ((from)->member)
