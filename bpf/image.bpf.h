/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: identifies executables, and decides which processes
 * may be recorded.
 */
/*
 * It is not static, so that the verifier checks it once, and not at each use of
 * an image.
 */
__noinline int walk_image(__u32 id, __u64 file, __u64 task)
{
	struct image_path *p = bpf_map_lookup_elem(&paths, &id);

	if (p)
		walk(p, (struct file *)file, (struct task_struct *)task);
	return 0;
}

/* Stores the path of a new image, which user space reads later. */
static __always_inline void keep_path(__u32 id, const struct image_key *key,
				      struct file *file,
				      struct task_struct *task)
{
	__u32 zero = 0;
	struct image_path *p = bpf_map_lookup_elem(&blank, &zero);

	if (p && !bpf_map_update_elem(&paths, &id, p, BPF_NOEXIST))
		p = bpf_map_lookup_elem(&paths, &id);
	else
		p = NULL;
	if (!p) {
		add(&progress.lost_images, 1);
		return;
	}
	p->key = *key;
	walk_image(id, (__u64)file, address_of(task));
	send(EVENT_IMAGE, id, BPF_CORE_READ(task, tgid));
}

/* Returns the id of the executable. A new executable is added to `images`. */
static __noinline __u32 image_of(struct file *file,
				 struct task_struct *task, __u32 scope)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct image_key key = {
		.device = BPF_CORE_READ(inode, i_sb, s_dev),
		.inode = BPF_CORE_READ(inode, i_ino),
		.generation = BPF_CORE_READ(inode, i_generation),
		.scope = scope,
	};
	__u32 *known = bpf_map_lookup_elem(&images, &key);
	__u32 id;

	if (known)
		return *known;
	id = IMAGE_FIRST + take_number(&progress.next_image);
	if (id < IMAGE_ARMED &&
	    !bpf_map_update_elem(&images, &key, &id, BPF_NOEXIST)) {
		keep_path(id, &key, file, task);
		return id;
	}
	known = bpf_map_lookup_elem(&images, &key);
	if (known)			/* another CPU was faster */
		return *known;
	add(&progress.lost_images, 1);
	return IMAGE_OTHER;
}

/*
 * Whether the name is that of a descriptor, or the link to a process's
 * executable.
 */
static __always_inline bool names_no_file(const struct exec_name *key)
{
	const char by_fd[9] = "/dev/fd/", by_proc[9] = "/proc/\0\0";
	__u64 name, fd, proc;

	__builtin_memcpy(&name, key->name, sizeof(name));
	__builtin_memcpy(&fd, by_fd, sizeof(fd));
	__builtin_memcpy(&proc, by_proc, sizeof(proc));
	return name == fd || (name & 0xffffffffffff) == proc;
}

/*
 * Records the name by which the kernel opened the executable. For a script,
 * this is the interpreter's name. If the name is that of a descriptor, argv[0]
 * is used. A name that is too long, or for which the map has no room, is lost:
 * --image and --tree then do not find the executable by it.
 */
__noinline int note_exec_name(__u32 image, __u64 bprm_address)
{
	struct linux_binprm *bprm = (void *)bprm_address;
	struct tally *tally, one = { .count = 1 };
	struct exec_name key = { .image = image, .source = EXEC_OPENED };
	long n = bpf_probe_read_kernel_str(key.name, sizeof(key.name),
					   BPF_CORE_READ(bprm, interp));

	if (names_no_file(&key)) {
		__builtin_memset(key.name, 0, sizeof(key.name));
		key.source = EXEC_ARGV0;
		n = bpf_probe_read_user_str(key.name, sizeof(key.name),
			(void *)BPF_CORE_READ(current_task(), mm,
					      arg_start));
	}
	if (n < 0 || n >= (long)sizeof(key.name)) {
		add(&progress.lost_exec_names, 1);
		return 0;
	}
	if (n == 1)			/* an empty argv[0] */
		return 0;
	tally = bpf_map_lookup_elem(&exec_names, &key);
	if (tally) {
		add(&tally->count, 1);
		return 0;
	}
	one.first_ns = bpf_ktime_get_ns();
	if (bpf_map_update_elem(&exec_names, &key, &one, BPF_NOEXIST) &&
	    !bpf_map_lookup_elem(&exec_names, &key))
		add(&progress.lost_exec_names, 1);
	return 0;
}

/* The values of PR_GET_DUMPABLE: linux/sched/coredump.h. */
enum { DUMPABLE_MASK = 3, DUMPABLE_BY_USER = 1 };

/*
 * Whether the viewer, a user of the initial namespace, created this namespace
 * or one above it.
 */
static __always_inline bool owns(struct user_namespace *ns)
{
	/* user_namespaces(7) can be nested 32 times */
	for (int i = 0; i < 32; i++) {
		if (BPF_CORE_READ(ns, level) < 1)
			return false;
		if (BPF_CORE_READ(ns, level) == 1)
			return BPF_CORE_READ(ns, owner.val) == viewer.uid;
		ns = BPF_CORE_READ(ns, parent);
	}
	return false;
}

static __always_inline bool has_same_ids(struct cred *cred)
{
	return BPF_CORE_READ(cred, uid.val) == viewer.uid &&
		BPF_CORE_READ(cred, euid.val) == viewer.uid &&
		BPF_CORE_READ(cred, suid.val) == viewer.uid &&
		BPF_CORE_READ(cred, gid.val) == viewer.gid &&
		BPF_CORE_READ(cred, egid.val) == viewer.gid &&
		BPF_CORE_READ(cred, sgid.val) == viewer.gid;
}

/*
 * Follows the rule of __ptrace_may_access() in kernel/ptrace.c, for a viewer
 * without CAP_SYS_PTRACE. The task must have the viewer's ids, be dumpable, and
 * have no capability that the viewer lacks; or the viewer must own its user
 * namespace. If something cannot be read, the answer is no.
 */
__noinline int may_trace(__u64 address)
{
	struct task_struct *task = (void *)address;
	struct mm_struct *mm;
	struct cred *cred;

	if (!limited)
		return 1;
	if (!bpf_core_field_exists(struct cred, cap_permitted) ||
	    !bpf_core_field_exists(struct cred, suid) ||
	    !bpf_core_field_exists(struct mm_struct, flags))
		return 0;
	cred = BPF_CORE_READ(task, real_cred);
	mm = BPF_CORE_READ(task, mm);
	if ((BPF_CORE_READ(mm, flags) & DUMPABLE_MASK) != DUMPABLE_BY_USER &&
	    !owns(BPF_CORE_READ(mm, user_ns)))
		return 0;
	if (owns(BPF_CORE_READ(cred, user_ns)))
		return 1;
	return has_same_ids(cred) && !BPF_CORE_READ(cred, user_ns, level) &&
		!(BPF_CORE_READ(cred, cap_permitted) & ~viewer.caps);
}

static __always_inline bool is_withheld(struct task_struct *task)
{
	return !may_trace(address_of(task));
}

static __noinline int withhold(struct task_struct *task)
{
	__u32 pid = BPF_CORE_READ(task, tgid);
	struct mark_name name = {};

	BPF_CORE_READ_STR_INTO(&name.comm, task, comm);
	if (!bpf_map_lookup_elem(&withheld_names, &pid) &&
	    bpf_map_update_elem(&withheld_names, &pid, &name, BPF_NOEXIST))
		add(&progress.withheld, 1);
	return 0;
}

/*
 * The task executes a file that gives it rights which the viewer lacks. From
 * now on, the task and its descendants are not followed.
 */
static __always_inline void let_go(struct task_struct *task, __u32 before,
				   bool by_thread, struct task_slot *to)
{
	__u32 old = exchange(&to->image, IMAGE_NONE);
	__u32 state = to->state;

	withhold(task);
	if (before == IMAGE_ARMED)
		return;
	to->state = 0;
	if (state & STATE_FILTERED)
		sub(&progress.filtered, 1);
	log_task(LOG_EXIT, before, task, 0, 0);
	if (by_thread && old != IMAGE_NONE)
		sub(&progress.live, 1);
	if (!sub(&progress.live, 1))
		send(EVENT_DONE, 0, 0);
}
