/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: which tasks are followed (task slots), and which task
 * makes a call (hints).
 */
/*
 * Returns the pointer as a number: the verifier refuses a pointer as the
 * argument of a function that takes a number.
 */
static __always_inline __u64 address_of(const struct task_struct *task)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &task);
	return address;
}

static __always_inline struct task_slot *slot_of(__u32 pid)
{
	return bpf_map_lookup_elem(&tasks, &pid);
}

static __always_inline bool is_followed(const struct task_slot *slot)
{
	return slot && slot->image != IMAGE_NONE && slot->image != IMAGE_ARMED;
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

static void *(*cast)(__u64 address, __u32 type) = (void *)CAST_PLACEHOLDER;

static __always_inline struct hint *hint_of(__u64 frame)
{
	return &hints[frame * 0x9e3779b97f4a7c15ULL >> (64 - HINTS_BITS)];
}

/*
 * A result of HINT_IDS or more means that the key is not that of a task with
 * this stack.
 */
static __always_inline __u64 id_of_key(__u64 key, __u64 frame)
{
	return key ^ frame * HINT_IDS;
}

static __always_inline bool swap_key(struct hint *hint, __u64 from, __u64 to)
{
	return compare_exchange(&hint->key, from, to) == from;
}

static __noinline int give_hint(__u64 frame)
{
	struct task_struct *task = current_task();
	struct hint *hint = hint_of(frame);
	__u64 key = hint->key;

	if (control.hinting &&
	    (__u64)BPF_CORE_READ(task, stack) / STACK_MIN == frame &&
	    key != HINT_BUSY && swap_key(hint, key, HINT_BUSY)) {
		hint->task = (__u64)task;
		exchange(&hint->key, frame * HINT_IDS | MEMBER(task, pid));
	}
	return MEMBER(task, pid);
}

static __always_inline void take_hint(struct task_struct *task)
{
	__u64 frame = (__u64)BPF_CORE_READ(task, stack) / STACK_MIN;
	struct hint *hint = hint_of(frame);
	__u64 key = hint->key;

	if (task_struct_id && id_of_key(key, frame) < HINT_IDS)
		swap_key(hint, key, 0);
}

/*
 * Returns the id of the task that entered a call with these registers, which
 * are at the top of its stack. A helper would add some 20 ns, a fifth of an
 * empty program, to every call of every process. So each task stores its id and
 * its address in a small table, at an index made from its stack's address. Only
 * the task itself writes this key. The key is removed at an exec, which can
 * change the id, and at sched_process_exit, after which the task enters no
 * call.
 */
static __always_inline __u32 caller_id(const void *regs)
{
	__u64 frame = (__u64)regs / STACK_MIN, id;

	if (!task_struct_id)
		return MEMBER(current_task(), pid);
	id = id_of_key(hint_of(frame)->key, frame);
	return id < HINT_IDS ? id : give_hint(frame);
}

/*
 * Returns the address of the task from its hint, or NULL if another task with
 * the same index has begun to write there. A CPU that reorders loads could not
 * detect that.
 */
static __always_inline struct task_struct *caller(const void *regs)
{
	__u64 address;

	if (!task_struct_id)
		return current_task();
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
