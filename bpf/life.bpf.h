/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: follows tasks through exec, fork and exit, and starts
 * with the command.
 */
/*
 * After joining the cgroup of a container or unit, container runtimes execute a
 * copy of themselves through a descriptor, and systemd 254 executes its
 * executor. If a task is to be followed from its next exec on, such an exec
 * does not count, unless the task has its own mounts by then. A program that
 * merely executes itself again did not join the cgroup, and is followed.
 */
static __always_inline bool runs_runtime_again(__u64 filename,
					       struct task_struct *task,
					       __u32 state)
{
	const char by_fd[9] = "/dev/fd/", by_proc[9] = "/proc/se";
	__u64 name = 0, fd, proc;

	if (!attaching || !(state & STATE_MANAGER) ||
	    (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns) != own_mounts)
		return false;
	/*
	 * This compares eight bytes at once: the verifier would check every
	 * path through a comparison byte by byte.
	 */
	__builtin_memcpy(&fd, by_fd, sizeof(fd));
	__builtin_memcpy(&proc, by_proc, sizeof(proc));
	bpf_probe_read_kernel(&name, sizeof(name), (void *)filename);
	return name == fd || name == proc;
}

/*
 * It is attached before sched_process_exec, so that the task still has the old
 * image.
 */
SEC("raw_tp")
int note_execs(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct task_struct *task = (void *)ctx->args[0];
	struct linux_binprm *bprm = (void *)ctx->args[2];
	struct task_slot *from = slot_of((__u32)ctx->args[1]);
	__u64 name = (__u64)BPF_CORE_READ(bprm, filename);
	__u32 image;

	/*
	 * If another recorder uses the trace event, our program may run after
	 * the exec was handled. The task then already has the new image.
	 */
	if (events_twice && (!from || from->image == IMAGE_NONE))
		from = slot_of(BPF_CORE_READ(task, pid));
	if (!from || from->image == IMAGE_NONE)
		return 0;
	image = from->image;
	if (image == IMAGE_ARMED &&
	    runs_runtime_again(name, task, from->state))
		return 0;
	if (image == IMAGE_ARMED)
		image = in_phase(image_of(BPF_CORE_READ(bprm, file), task,
					  scope_of(from->state)));
	if (split_by && from->image != IMAGE_ARMED) {
		image = begin_by_exec(from, name, task);
		/*
		 * The task's old image belongs to the harness, so the files of
		 * a run's first exec are noted for the new program.
		 */
		if (is_first_exec(run_of(image), task))
			image = image_in(image_of(BPF_CORE_READ(bprm, file),
						  task, 0), run_of(image),
					 false);
	}
	if (by_cgroup && from->state & STATE_MANAGER)
		give_mounts(task);
	note_exec(bprm, image);
	return 0;
}

static __always_inline void begin(struct task_struct *task, __u32 image)
{
	__u64 id = bpf_get_current_pid_tgid();
	struct rare_key key = {
		.image = image, .row = armed.row, .nr = armed.nr,
		.flags = RARE_INITIAL,
	};
	__u64 time_ns;

	note_level(task, 0);
	progress.start_ns = bpf_ktime_get_ns();
	progress.live = 1;
	progress.tasks = 1;
	splits.root = id >> 32;
	count_use(image, USE_TASKS);
	count_rare(&key);
	time_ns = log_one(LOG_CALL | armed.row << LOG_ROW_SHIFT, image,
			  armed.nr, id >> 32, id, armed.args);
	if (results)
		enter_call(id, image, armed.row, armed.nr, time_ns);
}

/*
 * Whether the file is systemd-executor: systemd 254 and later executes this
 * program, which then executes the command. Root must own the file, because
 * anybody can give a file this name.
 */
static __always_inline bool is_executor(struct file *file)
{
	const char executor[24] = "systemd-executor";
	__u64 name[3] = { 0 }, expected[3];

	if (BPF_CORE_READ(file, f_inode, i_uid.val))
		return false;
	bpf_probe_read_kernel_str((char *)name, sizeof(name),
		BPF_CORE_READ(file, f_path.dentry, d_name.name));
	/*
	 * A comparison byte by byte would give the verifier ten times as much
	 * work.
	 */
	__builtin_memcpy(expected, executor, sizeof(expected));
	return name[0] == expected[0] && name[1] == expected[1] &&
		name[2] == expected[2];
}

/*
 * A thread that is not the leader executed a program, and got the leader's id.
 */
static __always_inline void move_armed(struct task_slot *from,
				       struct task_slot *to,
				       struct task_struct *task)
{
	__u64 key = (__u64)task;

	bpf_map_delete_elem(&execs, &key);
	to->state = from->state;
	to->image = IMAGE_ARMED;
	from->image = IMAGE_NONE;
	from->state = 0;
}

/*
 * The task was armed when it joined the target. Its calls are counted from now
 * on.
 */
static __always_inline void begin_armed(struct task_struct *task, __u32 image,
					__u32 scope)
{
	note_level(task, scope);
	scopes_began[scope & (SCOPES_MAX - 1)] = 1;
	add(&progress.live, 1);
	add(&progress.tasks, 1);
	count_use(image, USE_TASKS);
}

/* Counts the execve if it began before the task was followed. */
static __always_inline void count_inflight_exec(struct task_slot *slot,
						__u32 state)
{
	if (position_of(state) == POSITION_TRANSIT &&
	    move(slot, state, state_with(state, POSITION_INSIDE))) {
		struct rare_key key = {
			.image = slot->image,
			.nr = execve_nr,
			.flags = RARE_INFLIGHT,
		};

		count_rare(&key);
	}
}

/* A thread became the leader and got its id. Clears the slot of the old id. */
static __always_inline void leave_old_id(struct task_slot *from,
					 struct task_struct *task,
					 __u32 old_pid, __u32 pid)
{
	__u64 key = (__u64)task;

	bpf_map_delete_elem(&execs, &key);
	from->image = IMAGE_NONE;
	from->state = 0;
	if (results)
		move_entered(old_pid, pid);
}

/* Counts the execution of `image` by a task whose id was `before`. */
static __always_inline void count_exec(struct task_struct *task, __u32 image,
				       __u32 before, struct task_slot *to,
				       __u32 scope)
{
	if (before == IMAGE_ARMED && attaching)
		begin_armed(task, image, scope);
	note_filter(to, task);
	count_use(image, USE_EXECS);
	if (before == IMAGE_ARMED && attaching)
		;
	else if (before == IMAGE_ARMED)
		begin(task, image);
	else
		count_start(image, before & IMAGE_ID);
	log_task(LOG_EXEC, image, task, 0, 0);
}

/* `file` is the program; `name` is the address of execve's first argument. */
static __always_inline int on_exec(struct task_struct *task, __u32 old_pid,
				   struct file *file, __u64 name)
{
	__u32 pid = BPF_CORE_READ(task, pid), image;
	struct task_slot *from = slot_of(old_pid), *to = slot_of(pid);
	__u32 state, before;

	take_hint(task);
	if (!from || !to || from->image == IMAGE_NONE)
		return 0;
	before = split_by ? begin_by_exec(from, name, task) : from->image;
	state = from->state;
	count_inflight_exec(from, state);
	if (attaching && before == IMAGE_ARMED) {
		if (runs_runtime_again(name, task, state)) {
			if (old_pid != pid)
				move_armed(from, to, task);
			return 0;
		}
		sub(&progress.armed, 1);
	}
	image = in_phase(image_of(file, task, scope_of(state)));
	if (split_by)
		image = split_exec(image, before, task);
	if (old_pid != pid)
		leave_old_id(from, task, old_pid, pid);
	if (state & STATE_MANAGER && !is_executor(file))
		state &= ~(__u32)STATE_MANAGER;
	to->state = state_with(state, POSITION_INSIDE);
	if (is_withheld(task)) {
		let_go(task, before, old_pid != pid, to);
		return 0;
	}
	/* `seek` may just have found the task by its new id. */
	if (is_followed(&(struct task_slot){ exchange(
			&to->image, image), 0 }) && old_pid != pid)
		sub(&progress.live, 1);
	count_exec(task, image, before, to, scope_of(state));
	return 0;
}

/* When both programs are used, this one is attached first. */
SEC("tp/sched/sched_process_exec")
int sched_process_exec_classic(struct classic_exec *ctx)
{
	UNLESS_COMMAND;
	struct task_struct *task = current_task();

	return on_exec(task, ctx->old_pid, BPF_CORE_READ(task, mm, exe_file),
		       (__u64)ctx + (__u16)ctx->filename);
}

SEC("raw_tp/sched_process_exec")
int sched_process_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	struct linux_binprm *bprm = (void *)ctx->args[2];
	struct task_slot *slot = slot_of(BPF_CORE_READ(task, pid));

	if (!events_twice)
		on_exec(task, ctx->args[1], BPF_CORE_READ(bprm, file),
			(__u64)BPF_CORE_READ(bprm, filename));
	if (is_followed(slot))
		note_exec_name(slot->image, (__u64)bprm);
	return 0;
}

/*
 * Records that the child is not followed. If two programs see each fork, the
 * second one then does not handle this fork again.
 */
static __always_inline void leave_out(struct task_struct *child)
{
	__u64 key = (__u64)child;
	__u32 no_exec = 0;

	if (events_twice)
		bpf_map_update_elem(&execs, &key, &no_exec, BPF_ANY);
}

/* Whether the other program for forks has already handled this one. */
static __always_inline bool was_handled(struct task_struct *child)
{
	__u64 key = (__u64)child;

	return events_twice &&
		(is_followed(slot_of(BPF_CORE_READ(child, pid))) ||
		 !bpf_map_delete_elem(&execs, &key));
}

/* Handles a child of a followed task. */
static __always_inline int on_fork(struct task_slot *from,
				   struct task_struct *parent,
				   struct task_struct *child)
{
	__u32 image = from->image, none = IMAGE_NONE;
	__u32 pid = BPF_CORE_READ(child, pid), tgid = BPF_CORE_READ(child, tgid);
	struct task_slot *to;

	note_namespaces(image, parent, child);
	if (no_follow && pid == tgid) {
		leave_out(child);
		return 0;
	}
	to = slot_of(pid);
	if (!to) {
		add(&progress.lost_tasks, 1);
		leave_out(child);
		return 0;
	}
	if (split_by == SPLIT_CHILDREN)
		image = split_fork(image, parent, child);
	add(&progress.live, 1);
	if (compare_exchange(&to->image, none, image) != none) {
		sub(&progress.live, 1);		/* `seek` was faster */
		return 0;
	}
	to->state = state_with(from->state & (STATE_MANAGER | STATE_SCOPE),
			       POSITION_FORKED);
	add(&progress.tasks, 1);
	note_filter(to, parent);
	count_use(image, pid == tgid ? USE_TASKS : USE_THREADS);
	log_task(LOG_FORK, image, parent, pid, tgid);
	return 0;
}

SEC("raw_tp/sched_process_fork")
int sched_process_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (void *)ctx->args[0];
	struct task_struct *child = (void *)ctx->args[1];
	struct task_slot *from = slot_of(BPF_CORE_READ(parent, pid));

	return is_followed(from) && !was_handled(child) ?
		on_fork(from, parent, child) : 0;
}

/*
 * Searches a list of tasks for this id, a few steps backwards from its end.
 * Returns NULL if it does not find the id.
 */
static __always_inline struct task_struct *find_last(struct list_head *head,
						     __u64 offset, __u32 pid)
{
	struct list_head *at = BPF_CORE_READ(head, prev);

	for (int i = 0; i < 16 && at && at != head; i++) {
		struct task_struct *task = (void *)at - offset;

		if ((__u32)BPF_CORE_READ(task, pid) == pid)
			return task;
		at = BPF_CORE_READ(at, prev);
	}
	return NULL;
}

static __always_inline struct task_struct *find_child(struct task_struct *of,
						      __u32 pid)
{
	return find_last((void *)of + bpf_core_field_offset(
				 struct task_struct, children),
			 bpf_core_field_offset(struct task_struct, sibling),
			 pid);
}

/*
 * Finds the current task's newest child or thread, because the event has only
 * its id. Returns NULL if it is not a user-space task, or if the lists have
 * changed. sched_process_fork then handles it, unless the kernel skips that
 * program.
 */
static __always_inline struct task_struct *new_task(struct task_struct *parent,
						    struct classic_task *ctx)
{
	struct task_struct *child;
	struct signal_struct *signal = BPF_CORE_READ(parent, signal);

	if (ctx->clone_flags & CLONE_THREAD)
		child = find_last((void *)signal + bpf_core_field_offset(
					  struct signal_struct, thread_head),
				  bpf_core_field_offset(struct task_struct,
							thread_node), ctx->pid);
	else if (ctx->clone_flags & CLONE_PARENT)
		child = find_child(BPF_CORE_READ(parent, real_parent), ctx->pid);
	else
		child = find_child(parent, ctx->pid);
	if (!child)
		add(&progress.unfound, 1);
	else if (BPF_CORE_READ(child, flags) & PF_NOT_FOLLOWED)
		return NULL;
	return child;
}

/*
 * Runs before sched_process_fork, which the kernel can skip since Linux 7.0. It
 * uses this event because the layout of sched_process_fork's trace event
 * differs between kernels.
 */
SEC("tp/task/task_newtask")
int task_newtask_classic(struct classic_task *ctx)
{
	UNLESS_COMMAND;
	struct task_struct *parent = current_task(), *child;
	struct task_slot *from = slot_of(parent->pid);

	child = is_followed(from) ? new_task(parent, ctx) : NULL;
	return child ? on_fork(from, parent, child) : 0;
}

/*
 * Whether seccomp killed this very thread. Since Linux 5.17, the thread's
 * seccomp mode shows this. Before 5.17, strict mode killed the thread alone
 * with SIGKILL, and any other SIGKILL kills all threads of the process.
 */
static __always_inline bool was_killed_by_seccomp(struct task_struct *task,
						  __u32 mode, __u32 code)
{
	return mode == SECCOMP_DEAD ||
		(mode == SECCOMP_STRICT && code == SIG_KILL &&
		 !(BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT));
}

/*
 * A filter may have killed the task. A held call (POSITION_TRAPPED) is known.
 * Otherwise the call is in the registers. It is counted if seccomp killed this
 * very thread, or if no other thread of the process dies. If all threads die,
 * it is counted only if the image never made it before.
 */
static __always_inline void note_death(__u32 image, __u32 state,
				       struct task_struct *task)
{
	__u32 position = position_of(state);
	__u32 mode = BPF_CORE_READ(task, seccomp.mode);
	__u32 code = BPF_CORE_READ(task, exit_code) & 0x7f;
	struct pt_regs *regs = registers_of(task);
	struct rare_key key = {
		.image = image,
		.row = current_row(task, regs),
		.flags = RARE_DENIED,
		.answer = code,
	};
	bool known = was_killed_by_seccomp(task, mode, code);

	if (position == POSITION_TRAPPED) {
		settle_trapped(code == SIG_SYS ? code : 0);
		return;
	}
	if (!known && (!mode || code != SIG_SYS || position == POSITION_INSIDE))
		return;
	key.nr = regs_nr(regs);
	if (!known && BPF_CORE_READ(task, signal, flags) & SIGNAL_GROUP_EXIT)
		known = position == POSITION_UNKNOWN &&
			!was_counted(image, key.row, key.nr);
	else
		known = true;
	if (known)
		count_rare(&key);
}

static __always_inline int on_exit(struct task_struct *task)
{
	struct task_slot *slot = slot_of(MEMBER(task, pid));
	__u64 key = (__u64)task;
	__u32 *old = bpf_map_lookup_elem(&execs, &key), image, state;

	take_hint(task);
	forget_confirmed(task);
	if (results)
		forget_entered(task);
	if (old) {
		if (slot && slot->image == IMAGE_NONE)
			slot = slot_of(*old);
		bpf_map_delete_elem(&execs, &key);
	}
	if (!slot || slot->image == IMAGE_NONE)
		return 0;
	/* `seek` may undo this at the same time. */
	image = exchange(&slot->image, IMAGE_NONE);
	if (image == IMAGE_ARMED) {	/* its execve failed */
		slot->state = 0;
		if (attaching)
			sub(&progress.armed, 1);
	}
	if (image == IMAGE_NONE || image == IMAGE_ARMED)
		return 0;
	if (note_filter(slot, task) && progress.filtered == 1)
		progress.unwatched = 1;
	if (split_by)
		split_exit(image, task);
	state = slot->state;
	slot->state = 0;
	note_death(image, state, task);
	log_task(LOG_EXIT, image, task,
		 (__u32)BPF_CORE_READ(task, exit_code), 0);
	if (state & STATE_FILTERED)
		sub(&progress.filtered, 1);
	if (!sub(&progress.live, 1))
		send(EVENT_DONE, 0, 0);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int sched_process_exit(struct bpf_raw_tracepoint_args *ctx)
{
	(void)ctx;
	return on_exit(current_task());
}

SEC("tp/sched/sched_process_exit")
int sched_process_exit_classic(void *ctx)
{
	UNLESS_COMMAND;
	(void)ctx;
	return on_exit(current_task());
}

/*
 * The command's process runs this itself, through BPF_PROG_TEST_RUN, before its
 * execve: there is no other way to know its id in the initial namespace.
 * Returns 0, or 1 if the id is too large for the table.
 */
SEC("raw_tp")
int arm(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(MEMBER(task, pid));

	(void)ctx;
	if (!slot)
		return 1;
	slot->image = IMAGE_ARMED;
	return 0;
}

/*
 * This is run in the same way, if the recorder's time namespace has another
 * CLOCK_MONOTONIC than the initial one: time_namespaces(7).
 */
SEC("raw_tp")
int tell_time(struct bpf_raw_tracepoint_args *ctx)
{
	(void)ctx;
	progress.asked_ns = bpf_ktime_get_ns();
	return 0;
}

/*
 * Attaching to running tasks. The programs above work from the first moment.
 * `seek` then looks at all tasks, again and again, until a pass finds no new
 * task. Forks and changes of parents between the passes are handled when they
 * happen.
 */
