/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: calls that a filter answers. It has the programs for
 * sys_exit, for the vsyscall page and for io_uring.
 */
/*
 * Whether the call was counted for the image in the phase; the key's image id
 * holds both.
 */
CHECKED_ONCE int was_counted_in(const struct rare_key *given)
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

/* Whether the image made the call in any phase, without any flag. */
__noinline int was_counted(__u32 image, __u32 row, __s32 nr)
{
	struct rare_key key = { .image = image, .row = row, .nr = nr };

	for (__u32 phase = 0; phase < PHASES_MAX && phase < n_phases; phase++) {
		if (n_phases > 1)
			key.image = (image & IMAGE_ID) |
				phase << IMAGE_PHASE_SHIFT;
		if (was_counted_in(&key))
			return true;
	}
	return false;
}

static __always_inline bool is_error(__s64 result)
{
	return result < 0 && result >= -ERRNO_MAX;
}

/*
 * Whether a filter undid the call and sent SIGSYS. Except on x86, the result is
 * then the call's first argument, which can look like an error. Only the
 * pending signal shows the difference there.
 */
static __always_inline bool is_rolled_back(struct task_struct *task,
					   struct pt_regs *regs, __s64 result)
{
#if defined(__TARGET_ARCH_x86)
	(void)task;
	return !is_error(result) &&
		(__s32)result == (__s32)BPF_CORE_READ(regs, orig_ax);
#else
	const __u64 *pending = (void *)task +
		bpf_core_field_offset(struct task_struct, pending);
	__u64 signals = 0;

	/*
	 * The set of signals in struct sigpending follows a list head, which
	 * has two pointers.
	 */
	bpf_probe_read_kernel(&signals, sizeof(signals), pending + 2);
	return (__u32)result == (__u32)BPF_CORE_READ(regs, ORIG_FIRST) &&
		signals >> (SIG_SYS - 1) & 1;
#endif
}

/*
 * A filter answered the call, so it had no sys_enter: its result shows how it
 * was answered. Counts it, and returns the task's new position.
 */
static __noinline int count_answered(struct task_struct *task,
				     struct rare_key *key,
				     struct pt_regs *regs, __s64 result)
{
	__u64 address = (__u64)task;

	if (!is_rolled_back(task, regs, result)) {
		key->flags = is_error(result) ? RARE_DENIED : RARE_SKIPPED;
		key->answer = is_error(result) ? result : 0;
	} else {
		if (!bpf_map_update_elem(&trapped, &address, key, BPF_ANY))
			return POSITION_TRAPPED;
		add(&progress.lost_calls, 1);
		return POSITION_OUTSIDE;
	}
	count_rare(key);
	return POSITION_OUTSIDE;
}

/*
 * Counts the call that ends, unless it was counted when it began. Returns the
 * task's new position.
 */
static __always_inline __u32 judge_exit(struct task_slot *slot, __u32 state,
					struct task_struct *task,
					struct pt_regs *regs, __s64 result)
{
	struct rare_key key = {
		.image = slot->image,
		.row = current_row(task, regs),
		.nr = regs_nr(regs),
	};

	switch (position_of(state)) {
	case POSITION_TRANSIT:
		if (key.nr < 0 ||
		    (!result && trait_of(key.row, key.nr) & TRAIT_FORK))
			return POSITION_OUTSIDE;
		key.flags = RARE_INFLIGHT;
		count_rare(&key);
		return POSITION_OUTSIDE;
	case POSITION_UNKNOWN:
		/*
		 * The call may have begun before sys_exit was watched. Then it
		 * was already counted.
		 */
		if (!(state & STATE_FILTERED) || key.nr < 0 ||
		    trait_of(key.row, key.nr) & TRAIT_EXEC ||
		    was_counted(key.image, key.row, key.nr))
			return POSITION_OUTSIDE;
		break;
	case POSITION_TRAPPED:
		settle_trapped(0);
		break;
	}
	return count_answered(task, &key, regs, result);
}

static __always_inline int leave(struct task_struct *task,
				 struct pt_regs *regs, __s64 result)
{
	struct task_slot *slot = slot_of(MEMBER(task, pid));
	__u32 state, position;

	if (!is_followed(slot) || !control.watch)
		return 0;
	if (note_filter(slot, task) && progress.filtered == 1 &&
	    !(trait_of(current_row(task, regs), regs_nr(regs)) & TRAIT_FILTER))
		progress.unwatched = 1;
	state = slot->state;
	position = position_of(state);
	if (position == POSITION_INSIDE || position == POSITION_NEW) {
		slot->state = state_with(state, POSITION_OUTSIDE);
		return 0;
	}
	/* `seek` may just have found the task asleep and counted the call. */
	if (!move(slot, state, state_with(state, POSITION_OUTSIDE)))
		return 0;
	position = judge_exit(slot, state, task, regs, result);
	if (position != POSITION_OUTSIDE)
		slot->state = state_with(state, position);
	return 0;
}

/*
 * Finds calls that a filter answered. It is attached only while that is needed.
 */
SEC("raw_tp/sys_exit")
int sys_exit(struct bpf_raw_tracepoint_args *ctx)
{
	return leave(current_task(), (void *)ctx->args[0],
		     ctx->args[1]);
}

SEC("tp/raw_syscalls/sys_exit")
int sys_exit_classic(struct classic_call *ctx)
{
	UNLESS_COMMAND;
	struct task_struct *task = current_task();

	return leave(task, registers_of(task), ctx->result);
}

/*
 * From here, the kernel passes gettimeofday, time and getcpu to seccomp. These
 * calls have no sys_enter.
 */
SEC("raw_tp/emulate_vsyscall")
int emulate_vsyscall(struct bpf_raw_tracepoint_args *ctx)
{
	static const __s32 numbers[] = { 96, 201, 309 };
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(MEMBER(task, pid));
	__u64 index = ctx->args[0];
	struct rare_key key = { .row = ROW_NATIVE, .flags = RARE_VSYSCALL };

	if (!is_followed(slot) || index > 2)
		return 0;
	key.image = in_phase(slot->image);
	key.nr = numbers[index];
	count_rare(&key);
	return 0;
}

/*
 * Counts operations of io_uring, which no filter sees. The kernel's polling
 * thread submits some of them.
 */
SEC("raw_tp")
int io_uring_submit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(MEMBER(task, pid));
	struct io_kiocb *request = (void *)ctx->args[0];
	struct rare_key key = { .row = ROW_OPERATION };

	if (!is_followed(slot))
		slot = slot_of(MEMBER(task, tgid));
	if (!is_followed(slot) || !bpf_core_field_exists(request->opcode))
		return 0;
	key.image = in_phase(slot->image);
	key.nr = BPF_CORE_READ(request, opcode);
	count_rare(&key);
	return 0;
}
