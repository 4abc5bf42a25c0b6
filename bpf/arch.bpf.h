/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: finds a call's number and registers on each
 * architecture.
 */
static __always_inline __u32 current_row(struct task_struct *task,
					 struct pt_regs *regs)
{
	(void)task, (void)regs;
#if defined(__TARGET_ARCH_x86)
	return MEMBER(task, thread_info.status) & TS_COMPAT ?
		ROW_COMPAT : ROW_NATIVE;
#elif defined(__TARGET_ARCH_arm64)
	return MEMBER(task, thread_info.flags) & TIF_32BIT ?
		ROW_COMPAT : ROW_NATIVE;
#else
	/*
	 * The task's own flag for this has different values in different
	 * kernels.
	 */
	return (BPF_CORE_READ(regs, status) & SR_UXL) == SR_UXL_32 ?
		ROW_COMPAT : ROW_NATIVE;
#endif
}

/*
 * The position of a new child. On x86, a child passes the tracepoint sys_exit
 * when the fork ends, as its parent does. On arm64, it does not.
 */
#if defined(__TARGET_ARCH_arm64)
enum { POSITION_FORKED = POSITION_OUTSIDE };
#else
enum { POSITION_FORKED = POSITION_NEW };
#endif

/*
 * Returns a call's index in the tables of calls. The tables have no element for
 * the call if the index is TRAITS_NUMBERS or more.
 */
static __always_inline __u64 number_index(__u32 row, __s32 nr)
{
	__u64 at = (__u32)nr & ~(row == ROW_NATIVE ? X32_BIT : 0);

#if !defined(__TARGET_ARCH_x86)
	/*
	 * The barrier makes clang use the same register for the comparison and
	 * as the index.
	 */
	asm volatile("" : "+r"(at));
#endif
	return at;
}

static __always_inline __u32 trait_of(__u32 row, __s32 nr)
{
	__u64 at = number_index(row, nr);

	return at < TRAITS_NUMBERS ? traits[row & 1][at] : 0;
}

static __always_inline void remember_exec(struct task_struct *task)
{
	__u64 key = (__u64)task;
	__u32 pid = MEMBER(task, pid);

	if (bpf_map_update_elem(&execs, &key, &pid, BPF_ANY))
		add(&progress.lost_tasks, 1);
}

static __always_inline __s32 regs_nr(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(regs, orig_ax);
#elif defined(__TARGET_ARCH_arm64)
	return BPF_CORE_READ(regs, syscallno);
#else
	return BPF_CORE_READ(regs, a7);
#endif
}

static __always_inline __u64 entry_of(struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	return BPF_CORE_READ(regs, ip);
#elif defined(__TARGET_ARCH_arm64)
	return BPF_CORE_READ(regs, pc);
#else
	return BPF_CORE_READ(regs, epc);
#endif
}
