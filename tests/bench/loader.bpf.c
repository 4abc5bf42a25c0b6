/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A libbpf tool needs at least one program, one CO-RE field and a ring buffer.
 * The other programs here are the cheapest that can be attached to every system
 * call.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ring SEC(".maps");

SEC("tp_btf/sched_process_exec")
int exec(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	int tgid = BPF_CORE_READ(task, tgid);

	bpf_ringbuf_output(&ring, &tgid, sizeof(tgid), 0);
	return 0;
}

SEC("raw_tp/sys_enter")
int floor_enter(void *ctx)
{
	(void)ctx;
	return 0;
}

SEC("raw_tp/sys_exit")
int floor_exit(void *ctx)
{
	(void)ctx;
	return 0;
}
