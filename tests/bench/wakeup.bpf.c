/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The usual way to see every call: for each call of the processes in a hash,
 * this sends an event through a small ring buffer, and wakes the reader each
 * time.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

struct task_struct {
	int tgid;
} __attribute__((preserve_access_index));

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u8);
} traced SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} events SEC(".maps");

struct call_event {
	__u64 time_ns;
	__u32 pid, tid;
	__u64 nr;
	char comm[16];
};

__u32 root;		/* the command's process */
__u64 lost;

static bool is_traced(__u32 tgid)
{
	return tgid == root || bpf_map_lookup_elem(&traced, &tgid);
}

SEC("raw_tp/sys_enter")
int enter(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct call_event *event;

	if (!is_traced(id >> 32))
		return 0;
	event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
	if (!event) {
		__sync_fetch_and_add(&lost, 1);
		return 0;
	}
	event->time_ns = bpf_ktime_get_ns();
	event->pid = id >> 32;
	event->tid = id;
	event->nr = ctx->args[1];
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	bpf_ringbuf_submit(event, 0);
	return 0;
}

SEC("raw_tp/sched_process_fork")
int fork_seen(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (void *)ctx->args[0];
	struct task_struct *child = (void *)ctx->args[1];
	__u32 tgid = BPF_CORE_READ(child, tgid);
	__u8 one = 1;

	if (is_traced(BPF_CORE_READ(parent, tgid)))
		bpf_map_update_elem(&traced, &tgid, &one, BPF_ANY);
	return 0;
}
