/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: with --privileges, records capabilities that the
 * kernel checked and found, and tasks that were created in other namespaces.
 */
/*
 * Finds the lowest level of the targets' user namespaces. It is the level of
 * the namespace in which they begin.
 */
static __always_inline void note_level(struct task_struct *task, __u32 scope)
{
	__u32 *lowest = &scopes_level[scope & (SCOPES_MAX - 1)], level;

	if (!privileges)
		return;
	level = BPF_CORE_READ(task, real_cred, user_ns, level) + 1;
	if (!*lowest || level < *lowest)
		*lowest = level;
}

/*
 * Counts the use of a capability for the task's current call. In a task without
 * a call, such as a worker of io_uring, the number is -1.
 */
OPTION_ONCE int count_privilege(__u32 image, __u32 what)
{
	struct task_struct *task = current_task();
	struct pt_regs *regs = registers_of(task);
	struct rare_key key = {
		.image = in_phase(image),
		.row = ROW_PRIVILEGE + current_row(task, regs),
		.nr = MEMBER(task, flags) & PF_IO_WORKER ? -1 : regs_nr(regs),
		.answer = what,
	};

	return count_rare(&key);
}

/*
 * Compares the namespaces themselves, because the flags of clone3(2) are behind
 * a pointer.
 */
static __always_inline void note_namespaces(__u32 image,
					    struct task_struct *parent,
					    struct task_struct *child)
{
	if (!privileges)
		return;
	if (BPF_CORE_READ(parent, nsproxy) != BPF_CORE_READ(child, nsproxy) ||
	    BPF_CORE_READ(parent, real_cred, user_ns) !=
	    BPF_CORE_READ(child, real_cred, user_ns))
		count_privilege(image, PRIVILEGE_NAMESPACES);
}

/*
 * Whether the kernel checks CAP_SYS_ADMIN only because the process asks for
 * memory: some memory is reserved for administrators. The kernel's stack shows
 * which function makes the check.
 */
static __always_inline bool is_for_memory(void *ctx)
{
	enum { FRAMES = 16 };
	__u64 stack[FRAMES];
	long size;

	if (!for_memory[0].end)
		return false;
	size = bpf_get_stack(ctx, stack, sizeof(stack), 0);
	for (int i = 0; i < FRAMES; i++) {
		if (size < (long)((i + 1) * sizeof(stack[0])))
			break;
		for (int k = 0; k < FOR_MEMORY; k++)
			if (stack[i] >= for_memory[k].start &&
			    stack[i] < for_memory[k].end)
				return true;
	}
	return false;
}

/*
 * Whether the task itself has the capability, or gets it from a file that it
 * executes. Kernel code can also use the credentials of somebody else during a
 * call: overlayfs uses those of the user who mounted it. Such a capability is
 * not the task's own.
 */
static __always_inline bool is_own(struct task_struct *task,
				   struct cred *cred, __u32 capability)
{
	__u64 bit = 1ULL << (capability & 63);

	if (cred != BPF_CORE_READ(task, cred))
		return true;
	return BPF_CORE_READ(task, real_cred, cap_permitted) & bit;
}

/*
 * Whether the capability is only valid in a user namespace that the target
 * created. Such a capability was not given to the target, and a bounding set
 * does not take it away.
 */
static __always_inline bool is_made_inside(struct cred *cred, __u32 scope)
{
	__u32 lowest = scopes_level[scope & (SCOPES_MAX - 1)];

	return lowest &&
		(__u32)BPF_CORE_READ(cred, user_ns, level) + 1 > lowest;
}

/*
 * This tracepoint exists since Linux 6.14: include/trace/events/capability.h.
 */
SEC("raw_tp")
int cap_capable(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(MEMBER(task, pid));
	struct cred *cred = (void *)ctx->args[0];
	__u32 capability = ctx->args[3];

	if (!is_followed(slot))
		slot = slot_of(MEMBER(task, tgid));
	if (!is_followed(slot) || (__s32)ctx->args[4] ||
	    capability > CAPABILITY_MAX || !is_own(task, cred, capability) ||
	    is_made_inside(cred, scope_of(slot->state)) ||
	    (capability == CAP_SYS_ADMIN && is_for_memory(ctx)))
		return 0;
	if (BPF_CORE_READ(cred, cap_ambient) & 1ULL << (capability & 63))
		capability |= PRIVILEGE_AMBIENT;
	count_privilege(slot->image, capability);
	return 0;
}
