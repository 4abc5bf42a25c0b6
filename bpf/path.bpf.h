/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A part of record.bpf.c: finds the path of a file by its dentries and mounts.
 */
/* Puts "/name" in front of the path. Returns false if it does not fit. */
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

enum step { STEP_ON, STEP_AT_ROOT, STEP_AT_TOP, STEP_TOO_LONG };

/*
 * Takes one step through dentries and mounts. It is not static, so that the
 * verifier checks it once: checking it in each iteration of the loop took 18
 * ms.
 */
CHECKED_ONCE int step(struct image_path *p, struct walk *w)
{
	struct dentry *dentry, *parent;
	struct vfsmount *mnt;
	struct mount *m, *above;

	if (!p || !w)
		return STEP_TOO_LONG;
	dentry = w->dentry;
	mnt = w->mnt;
	if (dentry == w->passed && mnt == w->passed_mnt)
		w->from_passed = p->start;
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
		return STEP_AT_TOP;
	w->dentry = BPF_CORE_READ(m, mnt_mountpoint);
	w->mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
	return STEP_ON;
}

enum { STEPS = 8 };
_Static_assert(PATH_DEPTH % STEPS == 0, "steps");

/* Takes several steps, so that the verifier checks fewer iterations. */
CHECKED_ONCE int steps(struct image_path *p, struct walk *w)
{
	int at = STEP_ON;

	for (int i = 0; i < STEPS && at == STEP_ON; i++)
		at = step(p, w);
	return at;
}

static __always_inline void walk(struct image_path *p, struct file *file,
				 struct task_struct *task)
{
	struct walk own, *w = walk_memory(&own);
	int at = STEP_ON;

	if (!w)
		return;
	*w = (struct walk){
		.dentry = BPF_CORE_READ(file, f_path.dentry),
		.mnt = BPF_CORE_READ(file, f_path.mnt),
		.root = BPF_CORE_READ(task, fs, root.dentry),
		.root_mnt = BPF_CORE_READ(task, fs, root.mnt),
	};
	p->start = PATH_SIZE;
	for (int i = 0; i < PATH_DEPTH / STEPS && at == STEP_ON; i++)
		at = steps(p, w);
	if (p->start == PATH_SIZE)	/* a memfd is in no directory */
		prepend(p, BPF_CORE_READ(file, f_path.dentry));
	p->cut = at != STEP_AT_ROOT && at != STEP_AT_TOP;
}

/* A dentry's parent and the hash of its name, which one helper call reads. */
struct link {
	struct dentry *parent;
	__u64 name;		/* hash and length, as in struct qstr */
};

static __always_inline struct link read_link(struct dentry *dentry)
{
	__u64 offset = bpf_core_field_offset(struct dentry, d_parent);
	__u64 after = bpf_core_field_offset(struct dentry, d_name.hash) - offset;
	__u64 words[3] = { 0 };

	if (after == sizeof(words[0])) {
		bpf_probe_read_kernel(words, sizeof(words),
				      (void *)dentry + offset);
	} else {
		words[0] = (__u64)BPF_CORE_READ(dentry, d_parent);
		words[1] = (__u64)BPF_CORE_READ(dentry, d_name.len) << 32 |
			BPF_CORE_READ(dentry, d_name.hash);
	}
	return (struct link){ (struct dentry *)words[0], words[1] };
}
