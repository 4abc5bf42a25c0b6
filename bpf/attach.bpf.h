/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: attaching to running tasks. It searches for them, and
 * watches cgroups.
 */
/* Follows the task from its next exec on. */
static __always_inline void arm_task(struct task_slot *slot, __u32 state,
				     struct task_struct *task)
{
	if (compare_exchange(&slot->image, IMAGE_NONE, IMAGE_ARMED) !=
	    IMAGE_NONE)
		return;
	slot->state = state;
	add(&progress.armed, 1);
	/*
	 * If the task loads a filter before its exec, that filter also applies
	 * to the program's calls.
	 */
	if (!control.watch)
		send(EVENT_FILTER, 0, 0);
	/*
	 * The task may have gone through sched_process_exit before it was
	 * armed.
	 */
	if (BPF_CORE_READ(task, flags) & PF_EXITING &&
	    exchange(&slot->image, IMAGE_NONE) != IMAGE_NONE) {
		slot->state = 0;
		sub(&progress.armed, 1);
	}
}

/*
 * Whether the task is one of user space that may be followed, and not the
 * recorder or a child of it that reads files: lib/process/file-child.h.
 */
static __always_inline bool is_candidate(struct task_struct *task,
					 struct task_slot *slot,
					 struct file *exe)
{
	return (!slot || slot->image == IMAGE_NONE) && exe &&
	    !(BPF_CORE_READ(task, flags) & PF_NOT_FOLLOWED) &&
	    (__u32)BPF_CORE_READ(task, tgid) != control.self &&
	    (__u32)BPF_CORE_READ(task, real_parent, tgid) != control.self;
}

static __always_inline void note_home(struct task_struct *task)
{
	if (!home_root.dentry)
		home_owner = mount_owner(task);
	set_root(&home_root, (struct place){
		BPF_CORE_READ(task, fs, root.dentry),
		BPF_CORE_READ(task, fs, root.mnt),
	});
}

/* Counts a task that has become a followed one. */
static __always_inline void begin_found(struct task_struct *task,
					struct task_slot *slot, __u32 image,
					__u32 scope)
{
	__u32 none = IMAGE_NONE;

	scopes_began[scope & (SCOPES_MAX - 1)] = 1;
	note_level(task, scope);
	add(&progress.tasks, 1);
	add(&progress.found, 1);
	count_use(image, BPF_CORE_READ(task, pid) == BPF_CORE_READ(task, tgid) ?
		  USE_TASKS : USE_THREADS);
	note_filter(slot, task);
	/*
	 * The task may have gone through sched_process_exit before it was
	 * followed.
	 */
	if (BPF_CORE_READ(task, flags) & PF_EXITING &&
	    exchange(&slot->image, none) != none) {
		slot->state = 0;
		sub(&progress.live, 1);
	}
}

/*
 * `address` is that of a task_struct; `state` has STATE_MANAGER and
 * STATE_SCOPE. The function is not static: the verifier then checks it once,
 * and not in each iteration of a loop.
 */
ATTACH_ONCE int follow_candidate(__u64 address, __u32 state, bool arm)
{
	struct task_struct *task = (void *)address;
	struct task_slot *slot = slot_of(BPF_CORE_READ(task, pid));
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);
	__u32 image, none = IMAGE_NONE;

	if (!is_candidate(task, slot, exe))
		return 0;
	if (!arm && !may_trace(address)) {
		withhold(task);
		return 0;
	}
	if (!slot) {
		add(&progress.lost_tasks, 1);
		return 0;
	}
	if (arm) {
		arm_task(slot, state, task);
		return 0;
	}
	note_home(task);
	image = in_phase(image_of(exe, task, scope_of(state)));
	compare_exchange(&slot->state, 0, state_with(state, POSITION_TRANSIT));
	add(&progress.live, 1);
	if (compare_exchange(&slot->image, none, image) != none) {
		sub(&progress.live, 1);		/* another CPU was faster */
		return 0;
	}
	begin_found(task, slot, image, scope_of(state));
	return 0;
}

static __always_inline void follow(struct task_struct *task, __u32 state,
				   bool arm)
{
	follow_candidate(address_of(task), state, arm);
}

enum ascent { ASCENT_AT_TOP, ASCENT_FOLLOWED };

/*
 * Takes one step towards the root of the process tree, unless the task is
 * followed. Returns the address of the task's parent, or an enum ascent.
 */
ATTACH_ONCE __u64 ascend(__u64 address)
{
	struct task_struct *task = (void *)address;
	__u32 pid = BPF_CORE_READ(task, pid);

	if (pid <= 1)
		return ASCENT_AT_TOP;
	return is_followed(slot_of(pid)) ? ASCENT_FOLLOWED :
		(__u64)BPF_CORE_READ(task, real_parent);
}

/* Returns the nearest followed task: this task or one of its ancestors. */
static __always_inline struct task_slot *followed_origin(
	struct task_struct *task)
{
	__u64 at = address_of(task);

	for (int i = 0; i < 64; i++) {
		__u64 next = ascend(at);

		if (next == ASCENT_FOLLOWED) {
			task = (void *)at;
			return slot_of(BPF_CORE_READ(task, pid));
		}
		if (next == ASCENT_AT_TOP)
			break;
		at = next;
	}
	return NULL;
}

/*
 * Returns the scope + 1 of the recorded cgroup that is this cgroup or contains
 * it, or 0 if there is none. The function is not static, because a loop within
 * a loop takes the verifier long.
 */
ATTACH_ONCE int find_cgroup(__u64 address)
{
	struct cgroup *c = (void *)address;
	struct cgroup_subsys_state *css = (void *)c +
		bpf_core_field_offset(struct cgroup, self);
	struct cgroup_id key = {
		.hierarchy = BPF_CORE_READ(c, root, hierarchy_id),
	};

	/*
	 * Until Linux 6.8, the kernel verifies this function even if no program
	 * calls it.
	 */
	if (!by_cgroup)
		return 0;
	for (int i = 0; i < 64 && css; i++) {
		__u32 *scope;

		key.id = BPF_CORE_READ(css, cgroup, kn, id);
		scope = bpf_map_lookup_elem(&cgroups, &key);
		if (scope)
			return *scope + 1;
		css = BPF_CORE_READ(css, parent);
	}
	return 0;
}

/*
 * It is not static, so that the verifier checks it once, and not in each
 * iteration of a loop.
 */
ATTACH_ONCE int scope_by_cgroup(__u64 address)
{
	struct task_struct *task = (void *)address;
	struct list_head *head, *at;
	struct css_set *set;

	if (!by_cgroup || !progress.cgroups)
		return 0;
	set = BPF_CORE_READ(task, cgroups);
	head = (void *)set + bpf_core_field_offset(struct css_set, cgrp_links);
	at = BPF_CORE_READ(head, next);
	for (int i = 0; i < 32 && at != head; i++) {
		struct cgrp_cset_link *link = (void *)at -
			bpf_core_field_offset(struct cgrp_cset_link, cgrp_link);
		__u32 found = find_cgroup((__u64)BPF_CORE_READ(link, cgrp));

		if (found)
			return found;
		at = BPF_CORE_READ(at, next);
	}
	return 0;
}

/*
 * Returns the scope + 1 of the recorded cgroup that contains the task, or 0 if
 * there is none.
 */
static __always_inline __u32 cgroup_scope(struct task_struct *task)
{
	return scope_by_cgroup(address_of(task));
}

/*
 * Whether a task that joins the target is followed only from its next exec on.
 */
static __always_inline bool is_armed_joining(__u32 scope)
{
	return arm_joining[(scope - 1) & (SCOPES_MAX - 1)];
}

/*
 * Whether a task that was already in the target when it was found is followed
 * only from its next exec on. User space may have outdated data about a
 * container: if the task has executed something, the container's program has
 * started.
 */
static __always_inline bool is_armed_there(struct task_struct *task,
					   __u32 scope)
{
	return from_exec || (scopes_created[(scope - 1) & (SCOPES_MAX - 1)] &&
			     BPF_CORE_READ(task, flags) & PF_FORKNOEXEC);
}

/* The child is followed from its next exec on, like its parent. */
static __always_inline void on_armed_fork(struct task_slot *from,
					  struct task_struct *parent,
					  struct task_struct *child)
{
	struct task_slot *to = slot_of(BPF_CORE_READ(child, pid));

	if (no_follow &&
	    BPF_CORE_READ(parent, tgid) != BPF_CORE_READ(child, tgid))
		return;
	if (to) {
		arm_task(to, from->state & (STATE_MANAGER | STATE_SCOPE), child);
	} else {
		add(&progress.lost_tasks, 1);
		leave_out(child);
	}
}

static __always_inline int on_seeking_fork(struct task_struct *parent,
					   struct task_struct *child)
{
	struct task_slot *from = slot_of(BPF_CORE_READ(parent, pid)), *origin;
	__u32 scope;

	if (is_followed(from))
		return on_fork(from, parent, child);
	if (from && from->image == IMAGE_ARMED) {
		on_armed_fork(from, parent, child);
		return 0;
	}
	/* clone3(2) can create a task in another cgroup. */
	scope = cgroup_scope(child);
	if (scope) {
		bool joins = !cgroup_scope(parent);

		follow(child, (scope - 1) << STATE_SCOPE_SHIFT |
		       (joins ? STATE_MANAGER : 0),
		       joins ? is_armed_joining(scope) :
		       is_armed_there(parent, scope));
		return 0;
	}
	origin = control.seeking && !no_follow ? followed_origin(parent) : NULL;
	if (origin)
		follow(child, origin->state & STATE_SCOPE, false);
	return 0;
}

SEC("raw_tp")
int seeking_fork(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_COMMAND;
	struct task_struct *child = (void *)ctx->args[1];

	return was_handled(child) ? 0 :
		on_seeking_fork((void *)ctx->args[0], child);
}

SEC("tp/task/task_newtask")
int seeking_fork_classic(struct classic_task *ctx)
{
	UNLESS_COMMAND;
	struct task_struct *parent = current_task();
	struct task_struct *child = new_task(parent, ctx);

	return child ? on_seeking_fork(parent, child) : 0;
}

/*
 * Follows the task that has this link at an offset. Returns the address of the
 * next link.
 */
ATTACH_ONCE __u64 follow_next(__u64 link, __u64 offset, __u32 state, bool arm)
{
	struct list_head *at = (void *)link;

	follow_candidate(link - offset, state, arm);
	return (__u64)BPF_CORE_READ(at, next);
}

/* Walks a list of tasks from its head. */
ATTACH_ONCE int follow_list(__u64 address, __u64 offset, __u32 state, bool arm)
{
	struct list_head *head = (void *)address;
	__u64 at = (__u64)BPF_CORE_READ(head, next);

	for (int i = 0; i < SEEK_STEPS; i++) {
		if (!at || at == address)
			return 0;
		at = follow_next(at, offset, state, arm);
	}
	send(EVENT_SEEK, 0, 0);
	return 0;
}

static __always_inline int on_seeking_exit(struct task_struct *task)
{
	struct task_slot *origin = control.seeking && !no_follow ?
		followed_origin(task) : NULL;

	if (origin)	/* its children will soon get another parent */
		follow_list(address_of(task) + bpf_core_field_offset(
				struct task_struct, children),
			    bpf_core_field_offset(struct task_struct,
						  sibling),
			    origin->state & STATE_SCOPE, false);
	return on_exit(task);
}

SEC("raw_tp")
int seeking_exit(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_COMMAND;
	(void)ctx;
	return on_seeking_exit(current_task());
}

SEC("tp/sched/sched_process_exit")
int seeking_exit_classic(void *ctx)
{
	UNLESS_COMMAND;
	(void)ctx;
	return on_seeking_exit(current_task());
}

/* Follows processes that are moved into the cgroup. */
SEC("raw_tp/cgroup_attach_task")
int cgroup_attach_task(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_COMMAND;
	struct task_struct *task = (void *)ctx->args[2];
	bool whole_group = ctx->args[3];
	__u32 scope = cgroup_scope(task), state;
	bool arm;

	if (!scope)
		return 0;
	state = STATE_MANAGER | (scope - 1) << STATE_SCOPE_SHIFT;
	arm = is_armed_joining(scope);
	if (whole_group)
		follow_list((__u64)BPF_CORE_READ(task, signal) +
			    bpf_core_field_offset(struct signal_struct,
						  thread_head),
			    bpf_core_field_offset(struct task_struct,
						  thread_node), state, arm);
	else
		follow(task, state, arm);
	/*
	 * user space then watches sys_exit, to see the calls that tasks are in
	 */
	send(EVENT_SEEK, 0, 0);
	return 0;
}

/*
 * Returns the scope + 1 of a task that `wanted` lists, or 0. `wanted` has the
 * ids of processes in the recorder's pid namespace.
 */
static __always_inline __u32 wanted_scope(struct task_struct *task,
				      struct task_struct *recorder)
{
	struct pid *pid = BPF_CORE_READ(task, group_leader, thread_pid);
	__u32 level = BPF_CORE_READ(recorder, thread_pid, level) & 31, nr = 0;
	__u32 *found;

	bpf_probe_read_kernel(&nr, sizeof(nr), (void *)pid +
			      bpf_core_field_offset(struct pid, numbers) +
			      level * bpf_core_type_size(struct upid));
	found = bpf_map_lookup_elem(&wanted, &nr);
	if (!found)
		return 0;
	*found |= WANTED_FOUND;
	return (*found & ~WANTED_FOUND) + 1;
}

static __always_inline __u32 run_state(struct task_struct *task)
{
	if (bpf_core_field_exists(task->__state))
		return MEMBER(task, __state);
	return BPF_CORE_READ(task, state);
}

/*
 * Counts the call in which a task sleeps, if it began before the task was
 * followed.
 */
static __always_inline void look(struct task_struct *task,
				 struct task_slot *slot)
{
	__u32 state = slot->state, sleeps = run_state(task);
	struct pt_regs *regs = registers_of(task);
	struct rare_key key = {
		.image = slot->image,
		.row = current_row(task, regs),
		.nr = regs_nr(regs),
		.flags = RARE_INFLIGHT,
	};

	if (position_of(state) == POSITION_TRANSIT && sleeps &&
	    !(sleeps & TASK_NEW) && key.nr >= 0 &&
	    move(slot, state, state_with(state, POSITION_INSIDE)))
		count_rare(&key);
}

/* Follows the task if it, its process or its parent belongs to a target. */
static __always_inline void seek_task(struct task_struct *task,
				      struct task_struct *recorder)
{
	struct task_slot *leader =
		slot_of(BPF_CORE_READ(task, group_leader, pid));
	struct task_slot *parent = no_follow ? NULL :
		slot_of(BPF_CORE_READ(task, real_parent, pid));
	__u32 scope = wanted_scope(task, recorder);

	if (!scope)
		scope = cgroup_scope(task);
	if (scope)
		follow(task, (scope - 1) << STATE_SCOPE_SHIFT,
		       is_armed_there(task, scope));
	else if (is_followed(leader))
		follow(task, leader->state & STATE_SCOPE, false);
	else if (is_followed(parent))
		follow(task, parent->state & STATE_SCOPE, false);
}

SEC("iter/task")
int seek(struct bpf_iter__task *ctx)
{
	UNLESS_COMMAND;
	struct task_struct *task = ctx->task;
	struct task_struct *recorder = current_task();
	struct task_slot *slot;

	if (!task)
		return 0;
	control.self = MEMBER(recorder, tgid);
	own_mounts = (__u64)BPF_CORE_READ(recorder, nsproxy, mnt_ns);
	set_root(&own_root, root_of(recorder));
	slot = slot_of(MEMBER(task, pid));
	if (!slot || slot->image == IMAGE_NONE)
		seek_task(task, recorder);
	if (!is_followed(slot))
		return 0;
	look(task, slot);
	if (position_of(slot->state) == POSITION_TRANSIT)
		progress.transit++;
	return 0;
}
