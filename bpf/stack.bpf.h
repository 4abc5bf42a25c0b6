/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: with --stacks, copies the user stack when a call, or
 * a combination of its arguments, is seen for the first time. Without --stacks,
 * the kernel deletes the branches that lead here.
 */
struct call_args {
	/*
	 * six arguments and two zeros, so that every index of three bits is
	 * valid
	 */
	__u64 values[8];
};

static __always_inline void copy_registers(struct stack_sample *s,
					   struct pt_regs *regs)
{
#if defined(__TARGET_ARCH_x86)
	/* These are in DWARF's order: System V ABI, AMD64, figure 3.36. */
	s->regs[0] = BPF_CORE_READ(regs, ax);
	s->regs[1] = BPF_CORE_READ(regs, dx);
	s->regs[2] = BPF_CORE_READ(regs, cx);
	s->regs[3] = BPF_CORE_READ(regs, bx);
	s->regs[4] = BPF_CORE_READ(regs, si);
	s->regs[5] = BPF_CORE_READ(regs, di);
	s->regs[6] = BPF_CORE_READ(regs, bp);
	s->regs[7] = BPF_CORE_READ(regs, sp);
	s->regs[8] = BPF_CORE_READ(regs, r8);
	s->regs[9] = BPF_CORE_READ(regs, r9);
	s->regs[10] = BPF_CORE_READ(regs, r10);
	s->regs[11] = BPF_CORE_READ(regs, r11);
	s->regs[12] = BPF_CORE_READ(regs, r12);
	s->regs[13] = BPF_CORE_READ(regs, r13);
	s->regs[14] = BPF_CORE_READ(regs, r14);
	s->regs[15] = BPF_CORE_READ(regs, r15);
	s->regs[16] = BPF_CORE_READ(regs, ip);
#elif defined(__TARGET_ARCH_arm64)
	for (int i = 0; i < 31; i++)
		s->regs[i] = BPF_CORE_READ(regs, regs[i]);
	s->regs[31] = BPF_CORE_READ(regs, sp);
	s->regs[32] = BPF_CORE_READ(regs, pc);
#else
	/* x1 to x31: members of `regs` in their order */
	const unsigned long *x = (const void *)regs +
		bpf_core_field_offset(struct pt_regs, epc);

	for (int i = 1; i < 32; i++)
		bpf_probe_read_kernel(&s->regs[i], sizeof(s->regs[i]), x + i);
	s->regs[32] = BPF_CORE_READ(regs, epc);
#endif
	s->base = BPF_CORE_READ(regs, sp) & ~(__u64)(STACK_PAGE - 1);
}

/*
 * Copies page by page, from the page of the stack pointer on. One read of all
 * pages would fail if the end of the stack is near.
 */
static __always_inline void copy_pages(struct stack_sample *s)
{
	s->pages = 0;
	for (__u32 i = 0; i < STACK_PAGES; i++) {
		if (bpf_probe_read_user(s->bytes + i * STACK_PAGE, STACK_PAGE,
					(void *)(s->base + i * STACK_PAGE)))
			break;
		s->pages = i + 1;
	}
}

/* `args` is NULL for a call whose arguments are not recorded. */
static __noinline int note_stack(struct pt_regs *regs,
				 const struct call_args *args, __u32 image,
				 __u32 row, __s32 nr)
{
	const volatile struct argument_rule_bits *rule =
		&argument_rules[trait_of(row, nr) & TRAIT_RULE];
	struct stack_sample *s = bpf_ringbuf_reserve(&stacks, sizeof(*s), 0);

	if (!s) {
		add(&lost_stacks, 1);
		return 0;
	}
	s->time_ns = bpf_ktime_get_ns();
	s->image = image;
	s->row = row;
	s->nr = nr;
	s->pid = bpf_get_current_pid_tgid() >> 32;
	s->has_values = args != NULL;
	for (int i = 0; i < 3; i++)
		s->values[i] = args ? args->values[rule->index[i] & 7] &
			rule->masks[i] : 0;
	copy_registers(s, regs);
	copy_pages(s);
	bpf_ringbuf_submit(s, 0);
	return 0;
}
