/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * With --paths: finds the names that the calls of a followed task used. A part
 * of record.bpf.c.
 *
 * Names are read when a call ends. By then the kernel has read the name itself,
 * so that its memory is paged in. Each distinct name is an element of `names`,
 * found by a hash of all its components, and its string is sent through a ring
 * once. If the ring has no room, the string is sent when the name is used
 * again. User space finds in `names` which strings never came.
 *
 * If `names` has no room for a name, the name is sent through the ring at each
 * use, and user space counts it. If the ring has no room either, `lost_names`
 * keeps the known data about the use without the name.
 */

/* linux/fs.h, asm-generic/fcntl.h, linux/mman.h, linux/errno.h */
enum {
	FMODE_READ = 0x1, FMODE_WRITE = 0x2, FMODE_PATH = 0x4000,
	FMODE_CREATED = 0x100000, FMODE_NOACCOUNT = 0x20000000,
	O_WRONLY = 01, O_RDWR = 02, O_CREAT = 0100, O_EXCL = 0200,
	O_TRUNC = 01000,
#if defined(__TARGET_ARCH_arm64)
	O_DIRECTORY = 040000,
#else
	O_DIRECTORY = 0200000,
#endif
	O_PATH = 010000000,
	/* the bit of O_TMPFILE that O_DIRECTORY lacks */
	O_TMPFILE_ONLY = 020000000,
	PROT_EXEC = 4, MAP_ANONYMOUS = 0x20,
	EINTR = 4, ENAMETOOLONG = 36, EINPROGRESS = 115, ERESTARTSYS = 512,
	AT_REMOVEDIR = 0x200,
	RENAME_EXCHANGE = 2,
	LOCK_EX = 2,				/* of flock(2) … */
	F_WRLCK = 1,				/* for fcntl(2) */
	F_SETLK = 6, F_SETLKW = 7,
	F_SETLK64 = 13, F_SETLKW64 = 14,	/* for 32-bit programs */
	F_OFD_SETLK = 37, F_OFD_SETLKW = 38, F_SETLEASE = 1024,
	SOCK_STREAM = 1, SOCK_RAW = 3, IPPROTO_TCP = 6,
	TYPE_DIRECTORY = 4, TYPE_REGULAR = 8, TYPE_SOCKET = 12,
	AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10,
	NAMELESS_SIZE = 24,		/* a "#", 20 digits and a NUL */
};

/* in `name_specs` */
const volatile __u8 name_calls[ROWS][TRAITS_NUMBERS] = { 0 };
const volatile struct name_spec name_specs[NAME_SPECS] = { 0 };
/* the programs of confirm.bpf.h are attached */
const volatile bool confirms = false;
/* In the kernel's BTF; 0: pointers cannot be cast. */
const volatile __u32 file_id = 0, dentry_id = 0;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);		/* set before loading */
	__type(key, struct name_key);
	__type(value, struct name_tally);
} names SEC(".maps");

/*
 * Allocated in advance, so that it has room even if the kernel is short of
 * memory.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct name_key);
	__type(value, struct name_tally);
} lost_names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);	/* set before loading */
} name_ring SEC(".maps");

struct place {
	struct dentry *dentry;	/* NULL: none */
	struct vfsmount *mnt;
};

/* the recorder's, the command's */
struct known_root own_root = { 0 }, home_root = { 0 };
/* the user namespace that owns the command's mounts */
__u64 home_owner = 0;

static __always_inline __u64 mount_owner(struct task_struct *task)
{
	return (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns, user_ns);
}

static __always_inline void set_root(struct known_root *known,
				     struct place root)
{
	if (known->dentry)
		return;
	known->dentry = (__u64)root.dentry;
	known->mnt = (__u64)root.mnt;
}

static __always_inline bool is_home(struct place at)
{
	return home_root.dentry == (__u64)at.dentry &&
		home_root.mnt == (__u64)at.mnt;
}

/* A call that has ended, and the data that were found about it. */
struct name_call {
	struct name_spec spec;
	__u64 args[8];		/* args[ARG_NONE] is AT_FDCWD */
	__s64 result;
	/* file of the call's descriptor, or of its result; NULL: none */
	struct file *file;
	struct place at;	/* the place of the current part */
	__u32 part;		/* 1: the second of two names */
	__u32 access;
	__s32 answer;
	__u32 nameless;		/* NAME_NAMELESS, if the first name has it */
	__u32 place;		/* PLACE_OBJECT */
	__u32 is_compat;
	__u32 is_confirmed;	/* there is a struct confirmed for it */
	__u32 is_object;	/* the part is one of the confirmed objects */
};

/*
 * Memory for composing a name: the stack is too small for one. The path of the
 * directory ends in the middle of this memory, and the name begins there. Each
 * program has this memory once for each CPU.
 */
struct name_scratch {
	struct name_key key;
	struct place at;
	struct place root, cwd;	/* of the task: set by look_around() */
	struct file **files;
	struct walk walk;
	__u32 max_files;
	__u32 name_size;
	__u32 place;		/* bits of PLACE_SHARED and PLACE_COPY */
	__u64 in_unit;		/* set by find_unit_root() */
	struct name_call call;
	struct name_event head;
	/*
	 * The head is copied to the bytes just before the path, and overwrites
	 * them.
	 */
	char front[40];
	struct image_path path;
	char more[4 * NAME_SIZE];	/* room that the verifier requires */
};
enum {
	SCRATCH_BYTES = __builtin_offsetof(struct name_scratch, path.bytes),
};
_Static_assert(SCRATCH_BYTES - sizeof(struct name_event) >=
	       __builtin_offsetof(struct name_scratch, front), "room");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 3);		/* one for each program */
	__type(key, __u32);
	__type(value, struct name_scratch);
} name_scratch SEC(".maps");
enum { SCRATCH_EXIT, SCRATCH_EXEC, SCRATCH_URING };

/*
 * Reads a member through a pointer whose type the verifier does not know. This
 * only works in programs and in functions that are inlined into them, because
 * user space puts the cast there.
 */
#define PEEK(id, type, pointer, member) ({ \
	struct type *peeked = (pointer); \
	(id) ? ((struct type *)cast((__u64)peeked, id))->member : \
		BPF_CORE_READ(peeked, member); \
})

/*
 * Writes zeros after the `size` bytes in the middle, because the last word is
 * hashed as a whole.
 */
static __always_inline void end_with_zeros(struct name_scratch *s, __u64 size)
{
	asm volatile("%0 &= %1" : "+r"(size) : "i"(NAME_SIZE - 1));
	__builtin_memset(&s->path.bytes[PATH_SIZE + size], 0, 8);
}

static __always_inline __u64 mix(__u64 hash, __u64 word)
{
	hash = (hash ^ word) * 0x9e3779b97f4a7c15ULL;
	return hash ^ hash >> 29;
}

/*
 * Takes one step of hash_place(). Returns 1 after the last step, and 0
 * otherwise. Like other functions here that are called in loops, it is not
 * static, so that the verifier checks it once, and not in each iteration.
 */
OPTION_CHECKED_ONCE int hash_step(struct name_scratch *s)
{
	struct mount *m, *above;
	struct vfsmount *mnt;
	struct walk *w;

	if (!s)
		return 1;
	w = &s->walk;
	if (w->dentry == s->root.dentry && w->mnt == s->root.mnt)
		return 1;
	if (w->dentry != w->root) {
		struct link link = read_link(w->dentry);

		if (link.parent == w->dentry)
			return 1;
		s->key.hash = mix(s->key.hash, link.name);
		w->dentry = link.parent;
		return 0;
	}
	m = (void *)w->mnt - bpf_core_field_offset(struct mount, mnt);
	above = BPF_CORE_READ(m, mnt_parent);
	/* the place is below another root, or in no file system */
	if (above == m) {
		s->key.hash = mix(s->key.hash, (__u64)m);
		return 1;
	}
	mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
	w->dentry = BPF_CORE_READ(m, mnt_mountpoint);
	w->mnt = mnt;
	w->root = BPF_CORE_READ(mnt, mnt_root);
	return 0;
}

/*
 * Hashes the components of a place up to the task's root, using the kernel's
 * own hashes. `walk` then has the mount of the root.
 */
OPTION_CHECKED_ONCE int hash_place(struct name_scratch *s)
{
	__u64 hash, start[2] = { 0 };
	struct dentry *dentry;
	struct vfsmount *mnt;
	struct walk *w;

	if (!s)
		return 0;
	dentry = s->at.dentry;
	mnt = s->at.mnt;
	w = &s->walk;
	w->dentry = dentry;
	w->mnt = mnt;
	w->root = BPF_CORE_READ(mnt, mnt_root);
	hash = mix(mix(0, (__u64)s->root.dentry), (__u64)s->root.mnt);
	/*
	 * In a large directory, some names have equal hashes of 32 bits. So the
	 * first bytes of the last component are hashed as well.
	 */
	bpf_probe_read_kernel_str(start, sizeof(start),
				  BPF_CORE_READ(dentry, d_name.name));
	s->key.hash = mix(mix(hash, start[0]), start[1]);
	for (int i = 0; i < PATH_DEPTH; i++)
		if (hash_step(s))
			break;
	return 0;
}

enum { HASHED_BYTES = 128 };	/* bytes that one call of hash_part() hashes */

/* Hashes bytes of the name from `at` on. Returns 1 at the end of the name. */
OPTION_CHECKED_ONCE int hash_part(struct name_scratch *s, __u32 at)
{
	const __u64 *words;

	if (!s)
		return 1;
	words = (const __u64 *)&s->path.bytes[PATH_SIZE +
					      (at & (NAME_SIZE - 8))];
	for (__u32 i = 0; i < HASHED_BYTES / 8; i++) {
		if (at + i * 8 >= s->name_size)
			return 1;
		s->key.hash = mix(s->key.hash, words[i]);
	}
	return 0;
}

OPTION_CHECKED_ONCE int hash_name(struct name_scratch *s)
{
	if (!s)
		return 0;
	for (__u32 at = 0; at < NAME_SIZE; at += HASHED_BYTES)
		if (hash_part(s, at))
			break;
	return 0;
}

/*
 * Mount namespaces that a service manager made for programs that it executed in
 * the cgroup.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);		/* namespace_id() */
	__type(value, __u32);
} given_mounts SEC(".maps");

/* Returns a number that no other mount namespace has, or has had. */
static __always_inline __u64 namespace_id(struct task_struct *task)
{
	struct mnt_namespace *ns = BPF_CORE_READ(task, nsproxy, mnt_ns);

	if (bpf_core_field_exists(ns->seq))
		return BPF_CORE_READ(ns, seq);
	return bpf_core_field_exists(ns->ns.ns_id) ?
		BPF_CORE_READ(ns, ns.ns_id) : 0;
}

/*
 * Remembers the task's mount namespace. The task executed a program as a
 * service manager, so these are the mounts that the unit is meant to have.
 */
static __always_inline void give_mounts(struct task_struct *task)
{
	__u64 id = namespace_id(task);
	__u32 one = 1;

	bpf_map_update_elem(&given_mounts, &id, &one, BPF_ANY);
}

/*
 * Whether the task has the mounts that its service manager gave to the unit,
 * with the same root. Mounts that the unit made itself are in another
 * namespace. If the unit has no privileges, that namespace belongs to a user
 * namespace that it created.
 */
OPTION_CHECKED_ONCE int find_unit_root(struct name_scratch *s)
{
	struct task_struct *task = current_task();
	struct task_slot *slot = slot_of(MEMBER(task, pid));
	__u64 id;

	if (!s)
		return 0;
	s->in_unit = 0;
	if (!by_cgroup || (__u64)s->root.dentry != home_root.dentry ||
	    mount_owner(task) != home_owner)
		return 0;
	id = namespace_id(task);
	s->in_unit = (slot && slot->state & STATE_MANAGER) ||
		bpf_map_lookup_elem(&given_mounts, &id);
	return 0;
}

/*
 * Finds the path from the command's root, if the task's root (chroot(2)) is
 * below that, and otherwise the path from the task's root.
 */
static __always_inline void walk_place(struct name_scratch *s)
{
	struct image_path *p = &s->path;
	struct walk *w = &s->walk;
	bool is_root = is_home(s->at) || (s->at.dentry == s->root.dentry &&
					  s->at.mnt == s->root.mnt);
	int ended = STEP_ON;

	w->dentry = s->at.dentry;
	w->mnt = s->at.mnt;
	w->root = (void *)home_root.dentry;
	w->root_mnt = (void *)home_root.mnt;
	w->passed = s->root.dentry;
	w->passed_mnt = s->root.mnt;
	w->from_passed = 0;
	for (int i = 0; i < PATH_DEPTH && ended == STEP_ON; i++)
		ended = step(p, w);
	if (ended != STEP_AT_ROOT) {
		if (w->from_passed && s->in_unit)
			s->head.place |= PLACE_ROOT;
		else
			s->head.place |= PLACE_ELSEWHERE;
		if (w->from_passed)
			p->start = w->from_passed;
		else if (ended != STEP_AT_TOP)
			s->head.cut |= NAME_CUT;
	}
	if (p->start == PATH_SIZE && !is_root)	/* a memfd is in no directory */
		prepend(p, s->at.dentry);
}

/* Sends the string in one piece. Returns whether there was room. */
OPTION_CHECKED_ONCE int send_name(struct name_scratch *s)
{
	__u32 start, place_size;
	__u64 size;
	char *to;

	if (!s)
		return 0;
	s->head.key = s->key;
	s->head.name_size = s->name_size;
	s->head.place = s->place | (s->at.dentry ? PLACE_IS : 0) |
		(is_home((struct place){ (void *)own_root.dentry,
					 (void *)own_root.mnt }) ?
		 PLACE_OURS : 0) |
		(is_home(s->root) ? PLACE_ROOT : 0);
	s->head.cut = 0;
	s->head.ended_ns = bpf_ktime_get_ns();
	s->head.uid = BPF_CORE_READ(current_task(), cred, fsuid.val);
	s->head.gid = BPF_CORE_READ(current_task(), cred, fsgid.val);
	s->path.start = PATH_SIZE;
	if (s->at.dentry)
		walk_place(s);
	start = s->path.start;
	if (start > PATH_SIZE)
		return 0;
	place_size = PATH_SIZE - start;
	s->head.place_size = place_size;
	to = (char *)s + SCRATCH_BYTES - sizeof(s->head) + start;
	bpf_probe_read_kernel(to, sizeof(s->head), &s->head);
	size = place_size + sizeof(s->head) + s->name_size;
	asm volatile("%0 &= %1" : "+r"(size) : "i"(4 * NAME_SIZE - 1));
	return !bpf_ringbuf_output(&name_ring, to, size, 0);
}

/* Counts the name and returns its element, or NULL if there is no room. */
static __always_inline struct name_tally *
count_name(void *map, const struct name_key *key)
{
	struct name_tally *tally = bpf_map_lookup_elem(map, key);
	struct name_tally one = { 0 };

	if (!tally) {
		one.first_ns = bpf_ktime_get_ns();
		bpf_map_update_elem(map, key, &one, BPF_NOEXIST);
		tally = bpf_map_lookup_elem(map, key);
	}
	if (tally)
		add(&tally->count, 1);
	return tally;
}

static __always_inline void lose_name(struct name_key *key)
{
	key->hash = key->source = 0;
	if (!count_name(&lost_names, key))
		add(&progress.lost_names, 1);
}

/*
 * Counts the name in one of the scratches, and sends its string if it is new or
 * has not arrived.
 */
OPTION_ONCE int note_name(__u32 scratch)
{
	struct name_scratch *s = bpf_map_lookup_elem(&name_scratch, &scratch);
	struct name_tally *tally;
	struct name_key key;

	if (!s)
		return 0;
	s->key.hash = 0;
	if (s->at.dentry)
		hash_place(s);
	if (s->name_size)
		hash_name(s);
	/* before Linux 6.2, a map's key must be on the stack */
	key = s->key;
	tally = count_name(&names, &key);
	if (tally && tally->sent)
		return 0;
	find_unit_root(s);
	s->head.uncounted_ns = tally ? 0 : bpf_ktime_get_ns();
	/* try twice: the ring's lock can fail once if a CPU was stopped */
	if (!send_name(s) && !send_name(s)) {
		if (!tally)
			lose_name(&key);
	} else if (tally) {
		tally->sent = 1;
	}
	return 0;
}

/*
 * Returns PLACE_SHARED if other tasks can change the memory that holds the
 * name, and 0 otherwise. Memory that is mapped from files is not checked.
 */
static __always_inline __u32 shared_with_others(struct task_struct *task)
{
	return BPF_CORE_READ(task, mm, mm_users.counter) > 1 ||
		BPF_CORE_READ(task, files, count.counter) > 1 ||
		BPF_CORE_READ(task, fs, users) > 1 ? PLACE_SHARED : 0;
}

/*
 * Reads the places from which names start: the current task's root, working
 * directory and descriptors. Only this function reads these members. Each place
 * in the code that reads them makes the verifier search all of the kernel's
 * types, which takes a millisecond.
 */
OPTION_CHECKED_ONCE int look_around(struct name_scratch *s)
{
	struct task_struct *task = current_task();

	if (!s)
		return 0;
	s->root.dentry = MEMBER(task, fs, root.dentry);
	s->root.mnt = MEMBER(task, fs, root.mnt);
	s->cwd.dentry = MEMBER(task, fs, pwd.dentry);
	s->cwd.mnt = MEMBER(task, fs, pwd.mnt);
	s->files = MEMBER(task, files, fdt, fd);
	s->max_files = MEMBER(task, files, fdt, max_fds);
	return 0;
}

static __always_inline struct place root_of(struct task_struct *task)
{
	return (struct place){
		BPF_CORE_READ(task, fs, root.dentry),
		BPF_CORE_READ(task, fs, root.mnt),
	};
}

static __always_inline struct file *file_of(struct name_scratch *s, __s32 fd)
{
	struct file *file = NULL;

	if (fd >= 0 && (__u32)fd < s->max_files)
		bpf_probe_read_kernel(&file, sizeof(file), s->files + fd);
	return file;
}

static __always_inline struct place read_place(struct file *file)
{
	return (struct place){
		BPF_CORE_READ(file, f_path.dentry),
		BPF_CORE_READ(file, f_path.mnt),
	};
}

static __always_inline struct place place_of(struct file *file)
{
	struct place none = { NULL, NULL };

	return file ? (struct place){
		PEEK(file_id, file, file, f_path.dentry),
		PEEK(file_id, file, file, f_path.mnt),
	} : none;
}

/*
 * Finds the place of a mapped file. All versions of overlayfs map the file in a
 * layer instead, with FMODE_NOACCOUNT; user_path is the file that was opened.
 */
static __always_inline struct place mapped_place_of(struct file *file)
{
	struct backing_file *backing = (void *)file;

	if (!bpf_core_field_exists(backing->user_path) ||
	    !(BPF_CORE_READ(file, f_mode) & FMODE_NOACCOUNT))
		return place_of(file);
	return (struct place){
		BPF_CORE_READ(backing, user_path.dentry),
		BPF_CORE_READ(backing, user_path.mnt),
	};
}

static __always_inline __u32 mode_of(struct file *file)
{
	return file_id ?
		((struct file *)cast((__u64)file, file_id))->f_inode->i_mode :
		BPF_CORE_READ(file, f_inode, i_mode);
}

static __always_inline __u32 type_bits(__u32 mode)
{
	return (mode >> 12) << NAME_TYPE_SHIFT;
}

static __always_inline __u32 type_of(struct file *file)
{
	return type_bits(mode_of(file));
}

static __always_inline bool is_socket(struct file *file)
{
	return file && BPF_CORE_READ(file, f_inode, i_mode) >> 12 == TYPE_SOCKET;
}

static __always_inline bool is_deleted(struct place at)
{
	struct dentry *dentry = at.dentry;

	return !PEEK(dentry_id, dentry, dentry, d_hash.pprev) &&
		PEEK(dentry_id, dentry, dentry, d_parent) != dentry;
}

/*
 * Whether a deleted file never had a name: d_tmpfile() then calls it "#INODE".
 */
OPTION_CHECKED_ONCE int is_nameless(struct name_scratch *s)
{
	struct dentry *dentry;
	bool digits = false;
	char *name;

	if (!s)
		return 0;
	dentry = s->at.dentry;
	name = &s->path.bytes[PATH_SIZE];
	name[0] = 0;
	bpf_probe_read_kernel_str(name, NAMELESS_SIZE,
				  BPF_CORE_READ(dentry, d_name.name));
	if (name[0] != '#')
		return false;
	for (int i = 1; i < NAMELESS_SIZE && name[i]; i++) {
		if (name[i] < '0' || name[i] > '9')
			return false;
		digits = true;
	}
	return digits;
}

static __always_inline struct place parent_of(struct place at)
{
	struct dentry *dentry = at.dentry;

	return (struct place){
		PEEK(dentry_id, dentry, dentry, d_parent), at.mnt,
	};
}

static __always_inline __u32 private_mode(__u32 mode)
{
	enum { OTHERS = 077 };

	return mode & OTHERS ? 0 : NAME_PRIVATE;
}

/* Returns what a successful open did, according to the opened file. */
static __always_inline __u32 opened(struct file *file, __u64 flags)
{
	__u32 mode = PEEK(file_id, file, file, f_mode);
	__u32 inode_mode = mode_of(file), type = type_bits(inode_mode);
	bool is_directory = type == TYPE_DIRECTORY << NAME_TYPE_SHIFT;

	if (mode & FMODE_PATH)
		return NAME_LOOK | type;
	return (mode & FMODE_READ ? is_directory ? NAME_LIST : NAME_READ : 0) |
		(mode & FMODE_WRITE ? NAME_WRITE : 0) |
		(mode & FMODE_CREATED ? NAME_CREATE |
		 (flags & O_EXCL ? private_mode(inode_mode) : 0) :
		 flags & O_CREAT ? NAME_ENSURE : 0) |
		(flags & O_TRUNC ? NAME_TRUNCATE : 0) | type;
}

/* Returns what a failed open would have done, according to its flags. */
static __always_inline __u32 not_opened(__u64 flags)
{
	if (flags & O_PATH)
		return NAME_LOOK;
	if (flags & O_TMPFILE_ONLY)
		return (flags & O_RDWR ? NAME_READ : 0) | NAME_WRITE |
			NAME_NAMELESS;
	return (flags & O_DIRECTORY ? NAME_LIST :
		flags & O_WRONLY ? 0 : NAME_READ) |
		(flags & (O_WRONLY | O_RDWR) ? NAME_WRITE : 0) |
		(flags & O_CREAT ? NAME_CREATE : 0) |
		(flags & O_TRUNC ? NAME_TRUNCATE : 0);
}

/*
 * Reads the name at `from` into the scratch. Returns its size, or a negative
 * value if it cannot be read.
 */
static __always_inline long read_name(struct name_scratch *s, __u64 from)
{
	long size = bpf_probe_read_user_str(&s->path.bytes[PATH_SIZE],
					    NAME_SIZE, (void *)from);

	if (size < 0)
		return -1;
	/* for an empty name, older kernels do not count the NUL */
	size -= size > 0;
	end_with_zeros(s, size);
	return size;
}

/*
 * Reads the name of a message queue, which the kernel looks up in a mount of
 * its own. Makes it the path where mqueue is usually mounted: mq_overview(7).
 */
OPTION_CHECKED_ONCE int read_queue(struct name_scratch *s, __u64 from)
{
	enum { AT = sizeof("/dev/mqueue/") - 1, QUEUE_SIZE = 256 };
	long size;

	if (!s)
		return -1;
	__builtin_memcpy(&s->path.bytes[PATH_SIZE], "/dev/mqueue/", AT);
	size = bpf_probe_read_user_str(&s->path.bytes[PATH_SIZE + AT],
				       QUEUE_SIZE, (void *)from);
	if (size <= 0)
		return -1;
	end_with_zeros(s, AT + size - 1);
	return AT + size - 1;
}

/*
 * Returns the N of the name /proc/self/fd/N that was read, or -1 if it is
 * another name.
 */
OPTION_CHECKED_ONCE int descriptor_named(struct name_scratch *s)
{
	enum { START = 14 };
	const __u64 *words;
	const char *name;
	int fd = 0;

	if (!s)
		return -1;
	name = &s->path.bytes[PATH_SIZE];
	words = (const __u64 *)name;
	/* "/proc/se", "lf/fd/" */
	if (words[0] != 0x65732f636f72702fULL ||
	    (words[1] & 0xffffffffffffULL) != 0x2f64662f666cULL || !name[START])
		return -1;
	for (int i = START; i < START + 9; i++) {
		char c = name[i];

		if (!c)
			return fd;
		if (c < '0' || c > '9')
			return -1;
		fd = 10 * fd + (c - '0');
	}
	return -1;
}

static __always_inline __u32 read_address(struct name_scratch *s, __u64 from,
					  __u64 size)
{
	size = (__u32)size;
	if (!from || size < 2)
		return 0;
	if (size > ADDRESS_SIZE)
		size = ADDRESS_SIZE;
	asm volatile("%0 &= %1" : "+r"(size) : "i"(2 * ADDRESS_SIZE - 1));
	if (bpf_probe_read_user(&s->path.bytes[PATH_SIZE], size, (void *)from))
		return 0;
	end_with_zeros(s, size);
	return size;
}

/*
 * A struct msghdr begins with a pointer and a length, which have 32 bits in the
 * compat form.
 */
static __always_inline __u32 read_message(struct name_scratch *s, __u64 from,
					  bool compat)
{
	__u64 at = 0;
	__u32 size = 0;

	bpf_probe_read_user(&at, compat ? 4 : 8, (void *)from);
	bpf_probe_read_user(&size, sizeof(size),
			    (void *)(from + (compat ? 4 : 8)));
	return read_address(s, at, size);
}

/* Returns SOCKET_TCP, SOCKET_NOT_TCP, or 0 if the protocol is unknown. */
static __always_inline __u32 protocol_of(struct file *file)
{
	struct socket *socket;
	struct sock *sk;

	if (!is_socket(file))
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	return BPF_CORE_READ(sk, sk_type) == SOCK_STREAM &&
		BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP ?
		SOCKET_TCP : SOCKET_NOT_TCP;
}

/*
 * Returns the socket's own port, in network order. A raw socket has its
 * protocol there.
 */
static __always_inline __u16 own_port(struct sock *sk)
{
	return BPF_CORE_READ(sk, sk_type) == SOCK_RAW ? 0 :
		__builtin_bswap16(BPF_CORE_READ(sk, __sk_common.skc_num));
}

/*
 * Replaces the port that was read from memory by the port that the socket was
 * really bound or connected to. If the kernel chose the port, it is 0 in
 * memory.
 */
OPTION_CHECKED_ONCE int take_port(struct name_scratch *s, __u64 of, __u64 peer)
{
	struct file *file = (void *)of;
	struct socket *socket;
	struct sock *sk;
	__u16 family, *port;

	if (!s)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	port = (__u16 *)&s->path.bytes[PATH_SIZE + 2];
	if (family != AF_INET && family != AF_INET6)
		return 0;
	if (peer)
		*port = BPF_CORE_READ(sk, __sk_common.skc_dport);
	else if (*port && BPF_CORE_READ(sk, sk_type) != SOCK_RAW)
		*port = own_port(sk);
	return 0;
}

static __always_inline __u64 namespace_of(struct vfsmount *mnt)
{
	struct mount *m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);

	return (__u64)BPF_CORE_READ(m, mnt_ns);
}

/*
 * Whether the mount is in the mount namespace of the command or of the task.
 * The peer of a connection may have bound its socket in another namespace, and
 * the path is then meaningless for the command.
 */
static __always_inline bool is_mounted_here(struct vfsmount *mnt)
{
	struct task_struct *task = current_task();
	__u64 ns = namespace_of(mnt);

	return ns == namespace_of((void *)home_root.mnt) ||
		ns == (__u64)BPF_CORE_READ(task, nsproxy, mnt_ns);
}

/*
 * Finds the path of a bound unix socket, or of the socket to which a task is
 * connected. There is no path if the socket's file system is not mounted here.
 */
OPTION_CHECKED_ONCE int find_unix_place(struct name_scratch *s, __u64 of, __u64 peer)
{
	struct file *file = (void *)of;
	struct socket *socket;
	struct unix_sock *sk;

	if (!s)
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = (void *)BPF_CORE_READ(socket, sk);
	if (peer)
		sk = (void *)BPF_CORE_READ(sk, peer);
	s->at.dentry = BPF_CORE_READ(sk, path.dentry);
	s->at.mnt = BPF_CORE_READ(sk, path.mnt);
	if (peer && s->at.dentry && !is_mounted_here(s->at.mnt))
		s->at.dentry = NULL;
	return 0;
}

/* Finds the address of a socket, in the form that bind(2) takes. */
static __always_inline __u32 own_address(struct name_scratch *s,
					 struct file *file)
{
	struct socket *socket;
	struct sock *sk;
	char *to = &s->path.bytes[PATH_SIZE];
	__u16 family, port;

	if (!is_socket(file))
		return 0;
	socket = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(socket, sk);
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	port = own_port(sk);
	*(__u16 *)to = family;
	if (family == AF_INET) {
		*(__u16 *)(to + 2) = port;
		*(__u32 *)(to + 4) =
			BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);
		return 8;
	}
	if (family == AF_INET6) {
		*(__u16 *)(to + 2) = port;
		bpf_probe_read_kernel(to + 8, 16, (void *)sk +
			bpf_core_field_offset(struct sock,
					      __sk_common.skc_v6_rcv_saddr));
		return 24;
	}
	if (family == AF_UNIX) {
		struct unix_address *address =
			BPF_CORE_READ((struct unix_sock *)sk, addr);
		__u64 size = address ? (__u32)BPF_CORE_READ(address, len) : 0;

		if (size < 2 || size > ADDRESS_SIZE)
			return 0;
		asm volatile("%0 &= %1" : "+r"(size) :
			     "i"(2 * ADDRESS_SIZE - 1));
		/*
		 * in struct unix_address, the struct sockaddr_un comes after
		 * the length: net/af_unix.h
		 */
		bpf_probe_read_kernel(to, size, (void *)address +
			bpf_core_field_offset(struct unix_address, len) +
			sizeof(address->len));
		end_with_zeros(s, size);
		return size;
	}
	return 0;
}

/*
 * Finds the directory from which a name starts, if any. An absolute name starts
 * from the task's root, if that is not the command's.
 */
static __always_inline struct place start_of(struct name_scratch *s,
					     __s32 directory, long size,
					     __u32 first)
{
	struct place none = { NULL, NULL };

	if (size > 0 && s->path.bytes[PATH_SIZE + first] == '/')
		return is_home(s->root) ? none : s->root;
	return directory < 0 ? s->cwd : read_place(file_of(s, directory));
}

static __always_inline __s32 answer_of(__s64 result)
{
	if (result >= 0 || result < -ERRNO_MAX)
		return 0;
	return result <= -ERESTARTSYS ? -EINTR : result;
}

/* Returns the family of the address that was read. */
static __always_inline __u32 family_of(struct name_scratch *s)
{
	return *(__u16 *)&s->path.bytes[PATH_SIZE];
}

/* Whether the address is a path, rather than unnamed or abstract: unix(7). */
static __always_inline bool has_path(struct name_scratch *s, __u32 size)
{
	return family_of(s) == AF_UNIX && size > 2 &&
		s->path.bytes[PATH_SIZE + 2];
}
