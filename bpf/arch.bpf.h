/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: calls by their numbers and registers on each
 * architecture.
 */
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
