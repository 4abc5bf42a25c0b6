/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: tasks that were there before: the search for them,
 * and cgroups.
 */
/* Not static: the verifier looks at it once, not at each turn of a loop. */
__noinline int follow_candidate(struct candidate *candidate)
{
	struct task_struct *task;
	struct task_slot *slot;
	struct file *exe;
	__u32 image, none = IMAGE_NONE;

	if (!candidate)
		return 0;
	task = candidate->task;
	slot = slot_of(BPF_CORE_READ(task, pid));
	exe = BPF_CORE_READ(task, mm, exe_file);

	if (is_followed(slot) || !exe ||
	    BPF_CORE_READ(task, flags) & PF_NOT_FOLLOWED ||
	    (__u32)BPF_CORE_READ(task, tgid) == control.self ||
	    /* It reads files for the recorder: lib/process/file-child.h. */
	    (__u32)BPF_CORE_READ(task, real_parent, tgid) == control.self)
		return 0;
	if (!may_trace(candidate)) {
		withhold(task);
		return 0;
	}
	if (!slot) {
		add(&progress.lost_tasks, 1);
		return 0;
	}
	if (!home_root.dentry)
		home_owner = mount_owner(task);
	set_root(&home_root, (struct place){
		BPF_CORE_READ(task, fs, root.dentry),
		BPF_CORE_READ(task, fs, root.mnt),
	});
	image = in_phase(image_of(exe, task));
	__sync_val_compare_and_swap(&slot->state, 0,
				    state_with(candidate->state,
					       STAND_TRANSIT));
	add(&progress.live, 1);
	if (__sync_val_compare_and_swap(&slot->image, none, image) != none) {
		sub(&progress.live, 1);		/* another CPU was faster */
		return 0;
	}
	add(&progress.tasks, 1);
	add(&progress.found, 1);
	count_use(image, USE_TASKS);
	note_filter(slot, task);
	/* It may have passed sched_process_exit before it was followed. */
	if (BPF_CORE_READ(task, flags) & PF_EXITING &&
	    __sync_lock_test_and_set(&slot->image, none) != none) {
		slot->state = 0;
		sub(&progress.live, 1);
	}
	return 0;
}

static __always_inline void follow(struct task_struct *task, __u32 state)
{
	struct candidate candidate = { task, state };

	follow_candidate(&candidate);
}

/* Up from a task: whether it, or one that it comes from, is followed. */
static __always_inline bool descends(struct task_struct *task)
{
	for (int i = 0; i < 64 && BPF_CORE_READ(task, pid) > 1; i++) {
		if (is_followed(slot_of(BPF_CORE_READ(task, pid))))
			return true;
		task = BPF_CORE_READ(task, real_parent);
	}
	return false;
}

static __always_inline bool is_in_cgroup(struct task_struct *task)
{
	struct css_set *set = BPF_CORE_READ(task, cgroups);
	struct list_head *head, *at;
	struct cgroup_subsys_state *css = NULL;

	if (!by_cgroup)
		return false;
	head = (void *)set + bpf_core_field_offset(struct css_set, cgrp_links);
	at = BPF_CORE_READ(head, next);
	for (int i = 0; i < 32 && at != head; i++) {
		struct cgrp_cset_link *link = (void *)at -
			bpf_core_field_offset(struct cgrp_cset_link, cgrp_link);
		struct cgroup *c = BPF_CORE_READ(link, cgrp);

		if (BPF_CORE_READ(c, root, hierarchy_id) == cgroup.hierarchy) {
			css = (void *)c + bpf_core_field_offset(struct cgroup,
								self);
			break;
		}
		at = BPF_CORE_READ(at, next);
	}
	for (int i = 0; i < 64 && css; i++) {
		if (BPF_CORE_READ(css, cgroup, kn, id) == cgroup.id)
			return true;
		css = BPF_CORE_READ(css, parent);
	}
	return false;
}

SEC("raw_tp")
int seeking_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (void *)ctx->args[0];
	struct task_struct *child = (void *)ctx->args[1];
	struct task_slot *from = slot_of(BPF_CORE_READ(parent, pid));

	if (is_followed(from))
		return on_fork(from, parent, child);
	/* It can have been forked into the cgroup: clone3(2). */
	if ((control.seeking && !no_follow && descends(parent)) ||
	    is_in_cgroup(child))
		follow(child, by_cgroup && !is_in_cgroup(parent) ?
		       STATE_MANAGER : 0);
	return 0;
}

/* A list of tasks from its head on. */
static __always_inline void follow_list(struct list_head *head, __u64 offset,
					__u32 state)
{
	struct list_head *at = BPF_CORE_READ(head, next);

	for (int i = 0; i < SEEK_STEPS; i++) {
		if (!at || at == head)
			return;
		follow((void *)at - offset, state);
		at = BPF_CORE_READ(at, next);
	}
	send(EVENT_SEEK, 0, 0);
}

static __always_inline int on_seeking_exit(struct task_struct *task)
{
	/* Its children will be another's soon. */
	if (control.seeking && !no_follow && descends(task))
		follow_list((void *)task + bpf_core_field_offset(
				struct task_struct, children),
			    bpf_core_field_offset(struct task_struct,
						  sibling), 0);
	return on_exit(task);
}

SEC("raw_tp")
int seeking_exit(struct bpf_raw_tracepoint_args *ctx)
{
	(void)ctx;
	return on_seeking_exit(bpf_get_current_task_btf());
}

SEC("tp/sched/sched_process_exit")
int seeking_exit_classic(void *ctx)
{
	(void)ctx;
	return on_seeking_exit(bpf_get_current_task_btf());
}

/* Processes that are moved into the cgroup. */
SEC("raw_tp/cgroup_attach_task")
int cgroup_attach_task(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[2];
	bool whole_group = ctx->args[3];

	if (!is_in_cgroup(task))
		return 0;
	if (whole_group)
		follow_list((void *)BPF_CORE_READ(task, signal) +
			    bpf_core_field_offset(struct signal_struct,
						  thread_head),
			    bpf_core_field_offset(struct task_struct,
						  thread_node), STATE_MANAGER);
	else
		follow(task, STATE_MANAGER);
	send(EVENT_SEEK, 0, 0);		/* for the calls that they are in */
	return 0;
}

/* Whether it is one of `wanted`, by the recorder's namespace. */
static __always_inline bool is_wanted(struct task_struct *task,
				      struct task_struct *recorder)
{
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(recorder, thread_pid, level) & 31, nr = 0;
	__u32 *found;

	bpf_probe_read_kernel(&nr, sizeof(nr), (void *)pid +
			      bpf_core_field_offset(struct pid, numbers) +
			      level * bpf_core_type_size(struct upid));
	found = bpf_map_lookup_elem(&wanted, &nr);
	if (found)
		*found = 1;
	return found;
}

/* The call that a task sleeps in had begun before it was followed. */
static __always_inline void look(struct task_struct *task,
				 struct task_slot *slot)
{
	__u32 state = slot->state, sleeps = task->__state;
	struct rare_key key = {
		.image = slot->image,
		.row = current_row(task),
		.nr = regs_nr((void *)bpf_task_pt_regs(task)),
		.flags = RARE_INFLIGHT,
	};

	if (stand_of(state) == STAND_TRANSIT && sleeps &&
	    !(sleeps & TASK_NEW) && key.nr >= 0 &&
	    move(slot, state, state_with(state, STAND_INSIDE)))
		count_rare(&key);
}

SEC("iter/task")
int seek(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct task_struct *recorder = bpf_get_current_task_btf();
	struct task_slot *slot;

	if (!task)
		return 0;
	control.self = recorder->tgid;
	set_root(&own_root, root_of(recorder));
	slot = slot_of(task->pid);
	if (!is_followed(slot) &&
	    (is_wanted(task, recorder) || is_in_cgroup(task) ||
	     is_followed(slot_of(BPF_CORE_READ(task, group_leader, pid))) ||
	     (!no_follow && is_followed(slot_of(
		     BPF_CORE_READ(task, real_parent, pid))))))
		follow(task, 0);
	if (!is_followed(slot))
		return 0;
	look(task, slot);
	if (stand_of(slot->state) == STAND_TRANSIT)
		progress.transit++;
	return 0;
}
