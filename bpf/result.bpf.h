/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: with --results, logs how each logged call ends; with
 * --paths, also logs the files of its descriptors. A file gets a number when it
 * is first seen. Its path goes through a ring that the reader of the log reads,
 * too.
 */
const volatile __u8 file_args[ROWS][TRAITS_NUMBERS] = { 0 };	/* FILE_* */

/* The calls that followed tasks are making, by the task's id. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, __u32);
	__type(value, struct entered_call);
} entered_calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FILES_MAX);
	__type(key, struct file_key);
	__type(value, __u32);
} file_numbers SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);	/* set before loading */
} file_ring SEC(".maps");

/*
 * The file that send_file() sends, and data that are too large for the stack.
 */
struct new_file {
	struct file_key key;
	struct file_event event;
	struct walk walk;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct new_file);
} new_file SEC(".maps");

/*
 * Returns false if there was no room for the path, so that the number is
 * useless.
 */
OLDER_CHECKED_ONCE int send_file(__u32 number)
{
	struct task_struct *task = current_task();
	__u32 zero = 0;
	struct new_file *new = bpf_map_lookup_elem(&new_file, &zero);
	struct dentry *dentry;
	struct file_event *e;
	struct walk *w;
	int at = STEP_ON;

	if (!new)
		return false;
	dentry = (void *)new->key.dentry;
	e = &new->event;
	w = &new->walk;
	*w = (struct walk){
		.dentry = dentry, .mnt = (void *)new->key.mnt,
		.root = BPF_CORE_READ(task, fs, root.dentry),
		.root_mnt = BPF_CORE_READ(task, fs, root.mnt),
	};
	e->number = number;
	e->deleted = new->key.deleted;
	e->inode = new->key.inode;
	e->magic = BPF_CORE_READ(dentry, d_inode, i_sb, s_magic);
	e->path.start = PATH_SIZE;
	for (int i = 0; i < PATH_DEPTH && at == STEP_ON; i++)
		at = step(&e->path, w);
	if (e->path.start == PATH_SIZE && w->dentry == dentry &&
	    at == STEP_AT_TOP)	/* it is in no directory */
		prepend(&e->path, dentry);
	e->path.cut = at != STEP_AT_ROOT && at != STEP_AT_TOP;
	return !bpf_ringbuf_output(&file_ring, e, sizeof(*e), 0);
}

static __always_inline bool send_new_file(const struct file_key *key,
					  __u32 number)
{
	__u32 zero = 0;
	struct new_file *new = bpf_map_lookup_elem(&new_file, &zero);

	if (!new)
		return false;
	new->key = *key;
	return send_file(number);
}

static __noinline __u32 number_of(const struct file_key *key)
{
	__u32 *known = bpf_map_lookup_elem(&file_numbers, key), number;

	if (known)
		return *known;
	if (progress.files >= FILE_NUMBERS_MAX) {
		add(&progress.lost_results, 1);
		return 0;
	}
	number = take_number(&progress.files) + 1;
	if (bpf_map_update_elem(&file_numbers, key, &number, BPF_NOEXIST)) {
		known = bpf_map_lookup_elem(&file_numbers, key);
		if (known)		/* another CPU was faster */
			return *known;
	} else if (send_new_file(key, number)) {
		return number;
	} else {
		bpf_map_delete_elem(&file_numbers, key);
	}
	add(&progress.lost_results, 1);
	return 0;
}

static __always_inline __u32 number_of_place(struct dentry *dentry,
					     struct vfsmount *mnt)
{
	struct link link = read_link(dentry);
	struct file_key key = {
		.dentry = (__u64)dentry, .mnt = (__u64)mnt,
		.parent = (__u64)link.parent, .name = link.name,
		.inode = BPF_CORE_READ(dentry, d_inode, i_ino),
		.deleted = !BPF_CORE_READ(dentry, d_hash.pprev) &&
			link.parent != dentry,
	};

	return number_of(&key);
}

/*
 * Returns the number of a descriptor's file, or of the directory for AT_FDCWD,
 * or 0 if there is none.
 */
static __noinline __u32 number_of_descriptor(__u32 fd)
{
	struct task_struct *task = current_task();
	struct file *file = NULL, **files;

	if (fd == (__u32)-100)		/* AT_FDCWD */
		return number_of_place(BPF_CORE_READ(task, fs, pwd.dentry),
				       BPF_CORE_READ(task, fs, pwd.mnt));
	if (fd >= BPF_CORE_READ(task, files, fdt, max_fds))
		return 0;
	files = BPF_CORE_READ(task, files, fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file ? number_of_place(BPF_CORE_READ(file, f_path.dentry),
				      BPF_CORE_READ(file, f_path.mnt)) : 0;
}

static __always_inline __u32 file_args_of(__u32 row, __s32 nr)
{
	__u64 at = number_index(row, nr);

	return at < TRAITS_NUMBERS ? file_args[row & 1][at] : 0;
}

static __noinline int enter_call(__u32 tid, __u32 image, __u32 row, __s32 nr,
				 __u64 time_ns)
{
	struct entered_call *e = bpf_map_lookup_elem(&entered_calls, &tid);
	struct entered_call call = {
		.time_ns = time_ns, .nr = nr, .row = row, .image = image,
	};

	if (e)
		*e = call;
	else if (bpf_map_update_elem(&entered_calls, &tid, &call, BPF_ANY))
		add(&progress.lost_results, 1);
	return 0;
}

/*
 * Notes that the current task's call has begun. `time_ns` is the time of its
 * log entry, or 0.
 */
static __noinline int note_entered(struct pt_regs *regs, __u32 image,
				   __u32 row, __s32 nr, __u64 time_ns)
{
	struct task_struct *task = current_task();
	__u32 which = file_args_of(row, nr), tid = MEMBER(task, pid);
	struct entered_call *e;
	__u64 args[8] = { 0 };

	if (!time_ns)
		time_ns = bpf_ktime_get_ns();
	enter_call(tid, image, row, nr, time_ns);
	if (!numbers_files || !(which & ~FILE_RESULT))
		return 0;
	e = bpf_map_lookup_elem(&entered_calls, &tid);
	if (!e)
		return 0;
	READ_ARGS(args, BPF_CORE_READ, regs, row);
	if (which & FILE_FIRST)
		e->files[0] = number_of_descriptor(
			args[((which & FILE_FIRST) - 1) & 7]);
	which = which >> FILE_SECOND_SHIFT & FILE_FIRST;
	if (which)
		e->files[1] = number_of_descriptor(args[(which - 1) & 7]);
	return 0;
}

/*
 * If a thread that is not the leader executes a program, it gets the leader's
 * id.
 */
static __noinline int move_entered(__u32 from, __u32 to)
{
	struct entered_call *e = bpf_map_lookup_elem(&entered_calls, &from);

	if (!e)
		return 0;
	if (bpf_map_update_elem(&entered_calls, &to, e, BPF_ANY))
		add(&progress.lost_results, 1);
	bpf_map_delete_elem(&entered_calls, &from);
	return 0;
}

static __always_inline void forget_entered(struct task_struct *task)
{
	__u32 tid = MEMBER(task, pid);

	bpf_map_delete_elem(&entered_calls, &tid);
}

static __always_inline int log_result(__s64 result)
{
	struct task_struct *task = current_task();
	__u32 tid = MEMBER(task, pid), cpu, number = 0;
	struct entered_call *call;
	struct log_entry *entry;
	struct log_ends *ends;
	__u64 at;

	if (!is_followed(slot_of(tid)))
		return 0;
	call = bpf_map_lookup_elem(&entered_calls, &tid);
	if (!call || !call->time_ns)
		return 0;
	if (numbers_files && result >= 0 &&
	    file_args_of(call->row, call->nr) & FILE_RESULT)
		number = number_of_descriptor(result);
	cpu = bpf_get_smp_processor_id();
	ends = log_ends_of(cpu);
	entry = ends ? log_begin(ends, cpu, &ends->lost_results, &at) : NULL;
	if (entry) {
		/* The next call gets a later time than this entry. */
		ends->tid = 0;
		entry->what = LOG_RESULT | call->row << LOG_ROW_SHIFT;
		entry->time_ns = bpf_ktime_get_ns();
		entry->pid = MEMBER(task, tgid);
		entry->tid = tid;
		entry->image = call->image;
		entry->nr = call->nr;
		entry->args[0] = result;
		entry->args[1] = call->time_ns;
		entry->args[2] = call->files[0];
		entry->args[3] = call->files[1];
		entry->args[4] = number;
		entry->args[5] = 0;
		log_end(entry, at);
	}
	call->time_ns = 0;
	return 0;
}

/*
 * This is attached only with --results, because it slows down every call of
 * every process.
 */
SEC("raw_tp")
int note_results(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	return log_result(ctx->args[1]);
}

SEC("tp/raw_syscalls/sys_exit")
int note_results_classic(struct classic_call *ctx)
{
	UNLESS_PLAIN;
	return log_result(ctx->result);
}
