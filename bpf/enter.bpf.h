/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: handles calls that begin. It has the program for
 * sys_enter, and records arguments and marks.
 */
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

/* Returns the entry's time, or 0 if there was no room. */
static __always_inline __u64 log_call(__u32 cpu, struct task_struct *task,
				      struct pt_regs *regs, __u32 tid,
				      __u32 image, __u32 row, __s32 nr)
{
	struct log_ends *ends = log_ends_of(cpu);
	struct log_entry *entry;
	__u64 at, time_ns;

	if (!ends)
		return 0;
	entry = log_begin(ends, cpu, &ends->lost, &at);
	if (!entry)
		return 0;
	time_ns = call_time(ends, task, tid);
	entry->what = LOG_CALL | row << LOG_ROW_SHIFT;
	entry->time_ns = time_ns;
	entry->pid = MEMBER(task, tgid);
	entry->tid = tid;
	entry->image = image;
	entry->nr = nr;
	read_args(regs, row, entry->args);
	log_end(entry, at);
	return time_ns;
}

/*
 * Counts an element, which is created if needed. Returns false if there is no
 * room.
 */
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

/*
 * Counts the values of the call's arguments. Returns 1 if these values were
 * seen for the first time. Values for which the map has no room do not count as
 * new: otherwise, each call with them would copy a stack.
 *
 * If some values could not be counted, the sum of all counts is less than the
 * call's count. From this, readers know that the list of values is not
 * complete.
 */
CHECKED_ONCE int note_arguments(const struct call_args *args, __u32 image,
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
		if (!count_argument(&key, true))
			return 0;
		count_argument(&number, true);
		return 1;
	}
	number.what = ARGUMENT_ANY;
	count_argument(&number, true);
	return 0;
}

/*
 * The first call of the command is its execve. It is counted later, if it
 * succeeds.
 */
static __noinline int hold_call(struct pt_regs *regs, __u32 row, __s32 nr)
{
	armed.row = row;
	armed.nr = nr;
	if (every)
		READ_ARGS(armed.args, BPF_CORE_READ, regs, row);
	return 0;
}

/*
 * Handles a call of a task that is followed from its next exec on. The call is
 * not counted.
 */
static __noinline int note_armed(struct pt_regs *regs, __u32 row, __s32 nr,
				 struct task_struct *task)
{
	__u32 trait = trait_of(row, nr);

	if (trait & TRAIT_FILTER && !control.watch)
		foresee_filter(filter_option(regs, row, nr));
	if (trait & TRAIT_EXEC &&
	    BPF_CORE_READ(task, pid) != BPF_CORE_READ(task, tgid))
		remember_exec(task);
	return 0;
}

/*
 * Begins a phase if the call is a mark. The call itself belongs to the earlier
 * phase; calls that are entered after it belong to the new one.
 */
OPTION_ONCE int note_mark(__u32 row, __s32 nr)
{
	__u64 at = number_index(row, nr);
	__u32 mark = at < TRAITS_NUMBERS ? mark_calls[row & 1][at] : 0;

	if (mark && mark <= MARKS_MAX && !phases.taken[mark - 1])
		begin_phase(mark - 1);
	return 0;
}

/* --split=mark: a write to the file for marks begins or ends a run. */
static __noinline int note_written(const struct call_args *args,
				   struct task_struct *task)
{
	struct file *file = NULL, **files;
	__u32 fd = args->values[0];

	files = MEMBER(task, files, fdt, fd);
	if (fd >= MEMBER(task, files, fdt, max_fds))
		return 0;
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	if (file && (__u64)BPF_CORE_READ(file, f_inode) == splits.mark_inode)
		take_mark((void *)args->values[1], args->values[2]);
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
 * A mark can be the name of a thread. A thread's name changes by
 * prctl(PR_SET_NAME), by a write to /proc/PID/comm, and by an exec.
 */
SEC("raw_tp")
int task_rename(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
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

/* Returns the task's image id in the current phase and run. */
static __always_inline __u32 present_image(struct task_slot *slot, __u32 image)
{
	if (n_phases > 1) {
		apart();
		if (image >> IMAGE_PHASE_SHIFT != *(volatile __u32 *)&phases.now)
			image = enter_phase(slot);
	}
	if (split_by == SPLIT_MARK) {
		apart();
		if (image >> IMAGE_PHASE_SHIFT != *(volatile __u32 *)&splits.now)
			image = enter_run(slot);
	}
	return image;
}

/* Counts the call and logs it. Returns whether it is the first such call. */
static __always_inline bool count_entered(struct task_struct *task, __u32 id,
					  struct pt_regs *regs, __u32 image,
					  __u32 row, __s32 nr)
{
	__u64 time_ns;
	bool is_new;
	__u32 cpu;

	if (every) {
		cpu = bpf_get_smp_processor_id();
		is_new = count_call(cpu, image, row, nr);
		time_ns = log_call(cpu, task, regs, id, image, row, nr);
		if (results)
			note_entered(regs, image, row, nr, time_ns);
	} else {
		apart();
		is_new = count_call(groups_mask ? bpf_get_smp_processor_id() : 0,
				    image, row, nr);
	}
	return is_new;
}

/*
 * Handles a call of a followed task. Rare paths are noinline to keep this one
 * small.
 */
static __always_inline int enter(struct task_slot *slot, __u32 image,
				 struct task_struct *task, __u32 id,
				 struct pt_regs *regs, __s32 nr)
{
	__u32 row = current_row(task, regs), trait;
	bool watched, is_new;

	if (image == IMAGE_ARMED)
		return attaching ? note_armed(regs, row, nr, task) :
			hold_call(regs, row, nr);
	image = present_image(slot, image);
	watched = control.watch;
	if (attaching) {
		apart();
		watched |= is_in_transit(slot->state);
	}
	if (watched)
		note_enter(slot);
	is_new = count_entered(task, id, regs, image, row, nr);
	trait = trait_of(row, nr);
	if (with_stacks && !(trait & TRAIT_RULE)) {
		apart();
		if (is_new)
			note_stack(regs, NULL, image, row, nr);
	}
	if (!trait)
		return 0;
	if (trait & TRAIT_FILTER && !watched)
		foresee_filter(filter_option(regs, row, nr));
	if (trait & TRAIT_RULE) {
		struct call_args args = { 0 };

		read_args(regs, row, args.values);
		is_new = note_arguments(&args, image, row, nr, trait);
		if (with_stacks) {
			apart();
			if (is_new)
				note_stack(regs, &args, image, row, nr);
		}
	}
	if (n_phases > 1 && trait & TRAIT_MARK)
		note_mark(row, nr);
	if (split_by == SPLIT_MARK && trait & TRAIT_MARK) {
		struct call_args args = { 0 };

		read_args(regs, row, args.values);
		note_written(&args, task);
	}
	if (trait & TRAIT_EXEC && MEMBER(task, pid) != MEMBER(task, tgid))
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
 * Since Linux 7.0, the program of a raw tracepoint can be preempted, and until
 * it continues, the kernel skips it for other tasks on that CPU. Programs of
 * trace events, whose names end in _classic here, run with preemption disabled.
 */
SEC("tp/raw_syscalls/sys_enter")
int sys_enter_classic(struct classic_call *ctx)
{
	UNLESS_COMMAND;
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(MEMBER(task, pid));
	__u32 image;

	if (!slot)
		return 0;
	image = slot->image;
	if (image == IMAGE_NONE)
		return 0;
	return enter(slot, image, task, MEMBER(task, pid), registers_of(task),
		     ctx->nr);
}
