/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * With --paths: finds the objects on which calls act. The kernel passes these
 * to its security modules before it acts. A part of record.bpf.c.
 *
 * These programs are loaded as programs of raw tracepoints. If the kernel
 * permits programs on its functions, sp-record/confirm.c loads the same
 * instructions again for the functions whose names begin with security_path.
 */

struct object {
	/* the directory of a name; if size is 0, the object itself */
	struct place at;
	/* hash and length of the name in the directory */
	__u32 size;
	/* S_IFMT bits / 0o10000; 0: nothing exists there */
	__u32 type;
	char name[OBJECT_NAME];
};

/* The objects of the call that a thread is making. */
struct confirmed {
	__s32 nr;		/* the call */
	/* number of objects; 0: none, or the call has ended */
	__u32 n;
	struct object objects[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);		/* tid in the initial namespace */
	__type(value, struct confirmed);
} confirmed SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct confirmed);
} nothing_confirmed SEC(".maps");

/* Returns NULL if the task is not followed, or there is no room. */
static __always_inline struct confirmed *confirm(__u32 n)
{
	struct task_struct *task = current_task();
	struct pt_regs *regs = registers_of(task);
	__u32 tid = MEMBER(task, pid), zero = 0;
	struct confirmed *c, *none;

	if (!is_followed(slot_of(tid)))
		return NULL;
	c = bpf_map_lookup_elem(&confirmed, &tid);
	if (!c) {
		none = bpf_map_lookup_elem(&nothing_confirmed, &zero);
		if (none)
			bpf_map_update_elem(&confirmed, &tid, none, BPF_ANY);
		c = bpf_map_lookup_elem(&confirmed, &tid);
	}
	if (!c)
		return NULL;
	c->nr = regs_nr(regs);
	c->n = n;
	return c;
}

static __always_inline __u32 type_of_dentry(struct dentry *dentry)
{
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);

	return inode ? BPF_CORE_READ(inode, i_mode) >> 12 : 0;
}

/*
 * Keeps an entry with its directory: after a rename, the entry's dentry has
 * another parent.
 */
static __always_inline void keep_entry(struct object *o, struct vfsmount *mnt,
				       struct dentry *dentry)
{
	long size = bpf_probe_read_kernel_str(o->name, sizeof(o->name),
		BPF_CORE_READ(dentry, d_name.name));

	o->at.dentry = BPF_CORE_READ(dentry, d_parent);
	o->at.mnt = mnt;
	o->size = size > 0 ? size - 1 : 0;
	o->type = type_of_dentry(dentry);
}

static __always_inline void keep_object(struct object *o, struct path *path)
{
	o->at.dentry = BPF_CORE_READ(path, dentry);
	o->at.mnt = BPF_CORE_READ(path, mnt);
	o->size = 0;
	o->type = type_of_dentry(o->at.dentry);
}

/*
 * The hooks of mknod, mkdir, symlink, unlink and rmdir have the arguments
 * (directory, dentry, …).
 */
SEC("raw_tp")
int confirm_entry(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct path *directory = (void *)ctx->args[0];
	struct confirmed *c = confirm(1);

	if (c)
		keep_entry(&c->objects[0], BPF_CORE_READ(directory, mnt),
			   (void *)ctx->args[1]);
	return 0;
}

/* rename: (directory, dentry, directory, dentry …) */
SEC("raw_tp")
int confirm_rename(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct path *from = (void *)ctx->args[0];
	struct path *to = (void *)ctx->args[2];
	struct confirmed *c = confirm(2);

	if (!c)
		return 0;
	keep_entry(&c->objects[0], BPF_CORE_READ(from, mnt),
		   (void *)ctx->args[1]);
	keep_entry(&c->objects[1], BPF_CORE_READ(to, mnt),
		   (void *)ctx->args[3]);
	return 0;
}

/*
 * The hook of link has the arguments (dentry, directory, dentry). All are on
 * one mount.
 */
SEC("raw_tp")
int confirm_link(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct path *to = (void *)ctx->args[1];
	struct confirmed *c = confirm(2);

	if (!c)
		return 0;
	keep_entry(&c->objects[0], BPF_CORE_READ(to, mnt),
		   (void *)ctx->args[0]);
	keep_entry(&c->objects[1], BPF_CORE_READ(to, mnt),
		   (void *)ctx->args[2]);
	return 0;
}

/* truncate, chmod, chown: (path …) */
SEC("raw_tp")
int confirm_object(struct bpf_raw_tracepoint_args *ctx)
{
	UNLESS_PLAIN;
	struct confirmed *c = confirm(1);

	if (c)
		keep_object(&c->objects[0], (void *)ctx->args[0]);
	return 0;
}

/* Another task may soon get the id of a task that ends. */
static __always_inline void forget_confirmed(struct task_struct *task)
{
	__u32 tid = MEMBER(task, pid);

	if (confirms)
		bpf_map_delete_elem(&confirmed, &tid);
}

/*
 * Returns the objects of the call that the current task is ending, or NULL if
 * they are unknown. Removes them, so that no later call finds them.
 */
static __always_inline struct confirmed *confirmation(struct task_struct *task,
						      __s32 nr)
{
	__u32 tid = MEMBER(task, pid);
	struct confirmed *c;

	if (!confirms)
		return NULL;
	c = bpf_map_lookup_elem(&confirmed, &tid);
	if (!c || !c->n)
		return NULL;
	c->n = 0;
	return c->nr == nr ? c : NULL;
}
