/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel side of sp-record: which task is followed, and what it calls.
 *
 * Nothing here can be lost by being slow to read: every call is counted in a
 * table that outlives the task, and what does not fit is counted as lost.
 */
#include <linux/bpf.h>
#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>

#include "event.h"
#include "kernel.h"

#define TS_COMPAT 0x0002	/* x86: asm/thread_info.h */

/* By the choice that the line at the top gives: some helpers ask for it. */
char LICENSE[] SEC("license") = "GPL";

const volatile __u32 table_images;	/* elements of `table` */
const volatile bool no_follow;		/* only threads of a followed task */

struct progress progress;

/*
 * The execve that an armed task is in. Not static: clang would split it, and
 * the kernel refuse the type information that still has it whole.
 */
struct armed_call armed;

/* The image of each followed task, by its id in the initial namespace. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);		/* by pid_max, before loading */
	__type(key, __u32);
	__type(value, struct tasks_element);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 128);
	__type(key, __u32);
	__type(value, struct image_calls);
} table SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct rare_key);
	__type(value, struct tally);
} rare SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, struct image_key);
	__type(value, __u32);
} images SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u32);
	__type(value, struct image_path);
} paths SEC(".maps");

/* What an element of `paths` begins as: too large for the stack. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct image_path);
} blank SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 64 * 1024);
} ring SEC(".maps");

/*
 * The id of a thread that is in execve: past the point of no return it has
 * its leader's, and an exec that fails there ends in sched_process_exit.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 16384);
	__type(key, __u64);		/* the task's address */
	__type(value, __u32);
} execs SEC(".maps");

static __always_inline __u16 *task_image(__u32 pid)
{
	__u32 at = pid / TASKS_PER_ELEMENT;
	struct tasks_element *e = bpf_map_lookup_elem(&tasks, &at);

	return e ? &e->image[pid % TASKS_PER_ELEMENT] : NULL;
}

static __always_inline void add(__u64 *counter, __u64 n)
{
	__sync_fetch_and_add(counter, n);
}

static __always_inline __u64 note_new(void)
{
	__u64 now = bpf_ktime_get_ns();

	progress.last_new_ns = now;
	add(&progress.distinct, 1);
	return now;
}

static __noinline int count_rare(struct rare_key *key)
{
	struct tally *tally, one = { .count = 1 };

	if (key->row < ROWS)
		add(&progress.rare_calls, 1);
	tally = bpf_map_lookup_elem(&rare, key);
	if (!tally) {
		one.first_ns = bpf_ktime_get_ns();
		if (!bpf_map_update_elem(&rare, key, &one, BPF_NOEXIST)) {
			note_new();
			return 0;
		}
		tally = bpf_map_lookup_elem(&rare, key);	/* another CPU was faster */
	}
	if (tally)
		add(&tally->count, 1);
	else
		add(&progress.lost_calls, 1);
	return 0;
}

static __always_inline void count_in(struct tally *tally)
{
	if (!__sync_fetch_and_add(&tally->count, 1))
		tally->first_ns = note_new();
}

static __always_inline void count_call(__u32 image, __u32 row, __s32 nr)
{
	if (image < table_images && (__u32)nr < CALLS_PER_ROW) {
		struct image_calls *c = bpf_map_lookup_elem(&table, &image);

		if (c) {
			count_in(&c->calls[row & 1][nr & (CALLS_PER_ROW - 1)]);
			return;
		}
	}
	struct rare_key key = { .image = image, .row = row, .nr = nr };

	count_rare(&key);
}

static __always_inline void count_use(__u32 image, enum use_kind use)
{
	struct rare_key key = { .image = image, .row = ROWS, .nr = use };
	struct image_calls *c = NULL;

	if (image < table_images)
		c = bpf_map_lookup_elem(&table, &image);
	if (c)
		add(&c->uses[use].count, 1);
	else
		count_rare(&key);
}

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

static __always_inline void remember_exec(struct task_struct *task)
{
	__u64 key = (__u64)task;
	__u32 pid = task->pid;

	if (bpf_map_update_elem(&execs, &key, &pid, BPF_ANY))
		add(&progress.lost_tasks, 1);
}

/* Calls that a filter answers are not seen here: say that there is one. */
static __always_inline void note_filter(struct task_struct *task)
{
	if (bpf_core_field_exists(task->seccomp.mode) &&
	    BPF_CORE_READ(task, seccomp.mode))
		progress.filtered = 1;
}

SEC("raw_tp/sys_enter")
int sys_enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u16 *image = task_image(task->pid);
	__s32 nr = ctx->args[1];
	__u32 row;

	if (!image || *image == IMAGE_NONE)
		return 0;
	if (*image == IMAGE_ARMED) {
		armed.row = current_row(task);
		armed.nr = nr;
		return 0;
	}
	row = current_row(task);
	count_call(*image, row, nr);
	if (task->pid != task->tgid && is_exec(row, nr))
		remember_exec(task);
	return 0;
}

/* gettimeofday, time and getcpu reach seccomp from here, never sys_enter. */
SEC("raw_tp/emulate_vsyscall")
int emulate_vsyscall(struct bpf_raw_tracepoint_args *ctx)
{
	static const __s32 numbers[] = { 96, 201, 309 };
	struct task_struct *task = bpf_get_current_task_btf();
	__u16 *image = task_image(task->pid);
	__u64 index = ctx->args[0];
	struct rare_key key = { .row = ROW_NATIVE, .flags = RARE_VSYSCALL };

	if (!image || *image == IMAGE_NONE || *image == IMAGE_ARMED ||
	    index > 2)
		return 0;
	key.image = *image;
	key.nr = numbers[index];
	count_rare(&key);
	return 0;
}

static __always_inline void send(__u32 type, __u32 image, __u32 pid)
{
	struct event *e = bpf_ringbuf_reserve(&ring, sizeof(*e), 0);

	if (!e) {
		add(&progress.lost_details, 1);
		return;
	}
	*e = (struct event){ .type = type, .image = image, .pid = pid };
	bpf_ringbuf_submit(e, 0);
}

/* "/name" in front of what is there; false when it does not fit. */
static __always_inline bool prepend(struct image_path *p, struct dentry *dentry)
{
	__u32 size = BPF_CORE_READ(dentry, d_name.len) & (PATH_COMPONENT - 1);
	const unsigned char *name = BPF_CORE_READ(dentry, d_name.name);
	__u32 at = p->start;

	if (at < size + 1 || at > PATH_SIZE)
		return false;
	at = (at - size) & (PATH_SIZE - 1);
	bpf_probe_read_kernel(&p->bytes[at], size, name);
	at = (at - 1) & (PATH_SIZE - 1);
	p->bytes[at] = '/';
	p->start = at;
	return true;
}

/* Where a walk from a file up to its task's root stands. */
struct walk {
	struct dentry *dentry, *root;
	struct vfsmount *mnt, *root_mnt;
};

enum step { STEP_ON, STEP_AT_ROOT, STEP_TOO_LONG };

/*
 * One step through dentries and mounts. Not static, so that the verifier
 * looks at it once and not at each turn of the loop, which took 18 ms.
 */
__noinline int step(struct image_path *p, struct walk *w)
{
	struct dentry *dentry, *parent;
	struct vfsmount *mnt;
	struct mount *m, *above;

	if (!p || !w)
		return STEP_TOO_LONG;
	dentry = w->dentry;
	mnt = w->mnt;
	if (dentry == w->root && mnt == w->root_mnt)
		return STEP_AT_ROOT;
	parent = BPF_CORE_READ(dentry, d_parent);
	if (dentry != BPF_CORE_READ(mnt, mnt_root) && dentry != parent) {
		if (!prepend(p, dentry))
			return STEP_TOO_LONG;
		w->dentry = parent;
		return STEP_ON;
	}
	m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);
	above = BPF_CORE_READ(m, mnt_parent);
	if (above == m)
		return STEP_AT_ROOT;
	w->dentry = BPF_CORE_READ(m, mnt_mountpoint);
	w->mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
	return STEP_ON;
}

static __always_inline void walk(struct image_path *p, struct file *file,
				 struct task_struct *task)
{
	struct walk w = {
		.dentry = BPF_CORE_READ(file, f_path.dentry),
		.mnt = BPF_CORE_READ(file, f_path.mnt),
		.root = BPF_CORE_READ(task, fs, root.dentry),
		.root_mnt = BPF_CORE_READ(task, fs, root.mnt),
	};
	int at = STEP_ON;

	p->start = PATH_SIZE;
	for (int i = 0; i < PATH_DEPTH && at == STEP_ON; i++)
		at = step(p, &w);
	if (p->start == PATH_SIZE)	/* in no directory: a memfd */
		prepend(p, BPF_CORE_READ(file, f_path.dentry));
	p->cut = at != STEP_AT_ROOT;
}

/* The path of a new image, kept until it is read at the end. */
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
	walk(p, file, task);
	send(EVENT_IMAGE, id, BPF_CORE_READ(task, tgid));
}

/* The id of the executable, which is entered when it is new. */
static __always_inline __u32 image_of(struct file *file,
				      struct task_struct *task)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct image_key key = {
		.device = BPF_CORE_READ(inode, i_sb, s_dev),
		.inode = BPF_CORE_READ(inode, i_ino),
		.generation = BPF_CORE_READ(inode, i_generation),
	};
	__u32 *known = bpf_map_lookup_elem(&images, &key);
	__u32 id;

	if (known)
		return *known;
	id = IMAGE_FIRST + __sync_fetch_and_add(&progress.next_image, 1);
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

static __always_inline void begin(__u32 image)
{
	__u64 now = bpf_ktime_get_ns();

	progress.start_ns = now;
	progress.live = 1;
	progress.tasks = 1;
	count_use(image, USE_TASKS);
	count_call(image, armed.row, armed.nr);
}

SEC("raw_tp/sched_process_exec")
int sched_process_exec(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	struct linux_binprm *bprm = (void *)ctx->args[2];
	__u32 old_pid = ctx->args[1], pid = BPF_CORE_READ(task, pid), image;
	__u16 *from = task_image(old_pid), *to = task_image(pid);
	bool first;

	if (!from || !to || *from == IMAGE_NONE)
		return 0;
	first = *from == IMAGE_ARMED;
	image = image_of(BPF_CORE_READ(bprm, file), task);
	if (old_pid != pid) {	/* a thread became the leader: it has its id */
		__u64 key = (__u64)task;

		bpf_map_delete_elem(&execs, &key);
		*from = IMAGE_NONE;
	}
	*to = image;
	note_filter(task);
	count_use(image, USE_EXECS);
	if (first)
		begin(image);
	return 0;
}

SEC("raw_tp/sched_process_fork")
int sched_process_fork(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *parent = (void *)ctx->args[0];
	struct task_struct *child = (void *)ctx->args[1];
	__u16 *from = task_image(BPF_CORE_READ(parent, pid)), *to;

	if (!from || *from == IMAGE_NONE || *from == IMAGE_ARMED)
		return 0;
	if (no_follow &&
	    BPF_CORE_READ(parent, tgid) != BPF_CORE_READ(child, tgid))
		return 0;
	to = task_image(BPF_CORE_READ(child, pid));
	if (!to) {
		add(&progress.lost_tasks, 1);
		return 0;
	}
	*to = *from;
	note_filter(parent);
	add(&progress.live, 1);
	add(&progress.tasks, 1);
	count_use(*from, USE_TASKS);
	return 0;
}

SEC("raw_tp/sched_process_exit")
int sched_process_exit(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)ctx->args[0];
	__u16 *image = task_image(BPF_CORE_READ(task, pid));
	__u64 key = (__u64)task;
	__u32 *old = bpf_map_lookup_elem(&execs, &key);
	bool armed_one;

	if (old) {
		if (image && *image == IMAGE_NONE)
			image = task_image(*old);
		bpf_map_delete_elem(&execs, &key);
	}
	if (!image || *image == IMAGE_NONE)
		return 0;
	armed_one = *image == IMAGE_ARMED;	/* its execve failed */
	*image = IMAGE_NONE;
	note_filter(task);
	if (!armed_one && __sync_fetch_and_sub(&progress.live, 1) == 1)
		send(EVENT_DONE, 0, 0);
	return 0;
}

/*
 * Run by the command's process itself, through BPF_PROG_TEST_RUN, before its
 * execve: its id in the initial namespace is known only here. Returns 0, or
 * 1 when the id is beyond the table.
 */
SEC("raw_tp")
int arm(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u16 *image = task_image(task->pid);

	(void)ctx;
	if (!image)
		return 1;
	*image = IMAGE_ARMED;
	return 0;
}
