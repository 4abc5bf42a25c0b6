/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel's structures, with the members that the recorder reads. CO-RE
 * finds these by name in the running kernel's BTF.
 */
#ifndef KERNEL_H
#define KERNEL_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	__u32 s_dev;
	unsigned long s_magic;
};

struct inode {
	__u16 i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	__u32 i_generation;
	struct {
		__u32 val;
	} i_uid;
};

struct qstr {
	__u32 hash;
	__u32 len;
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct inode *d_inode;
	struct dentry *d_parent;
	struct qstr d_name;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct list_head {
	struct list_head *next, *prev;
};

struct file {
	__u32 f_mode;
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

/*
 * A file in a layer of overlayfs. Since Linux 6.8, its f_path is the path in
 * the layer.
 */
struct backing_file {
	struct path user_path;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

typedef struct {
	int counter;
} atomic_t;

struct files_struct {
	atomic_t count;
	struct fdtable *fdt;
};

struct in6_addr {
	__u8 bytes[16];
};

struct sock_common {
	__u16 skc_family;
	__u16 skc_num;
	__u16 skc_dport;	/* in network order */
	__u32 skc_rcv_saddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type, sk_protocol;
};

struct socket {
	struct sock *sk;
};

struct unix_address {
	int len;
};

struct unix_sock {
	struct unix_address *addr;
	struct path path;
	struct sock *peer;
};

struct rb_node {
	struct rb_node *rb_right, *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct vm_area_struct {
	unsigned long vm_start, vm_end;
	struct rb_node vm_rb;		/* until 6.0 */
	struct file *vm_file;
};

struct linux_binprm {
	struct file *file;
	const char *filename, *interp;
};

struct fs_struct {
	int users;
	struct path root, pwd;
};

struct kernfs_node {
	const char *name;
	__u64 id;
};

struct cgroup;

struct cgroup_subsys_state {
	struct cgroup *cgroup;
	struct cgroup_subsys_state *parent;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	struct cgroup_subsys_state self;
	struct kernfs_node *kn;
	struct cgroup_root *root;
};

struct cgrp_cset_link {
	struct cgroup *cgrp;
	struct list_head cgrp_link;
};

struct css_set {
	struct list_head cgrp_links;
};

struct upid {
	int nr;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	int counter;
} count_t;		/* atomic_t */

struct signal_struct {
	/* threads that have not begun to exit */
	count_t live;
	struct list_head thread_head;
	unsigned int flags;
	int group_exit_code;
};

typedef struct {
	__u32 val;
} kid_t;		/* kuid_t and kgid_t */

struct user_namespace {
	struct user_namespace *parent;
	int level;		/* 0: the initial namespace */
	kid_t owner;
};

struct ns_common {
	__u64 ns_id;		/* since 6.18 */
};

struct mnt_namespace {
	struct ns_common ns;
	__u64 seq;		/* until 6.17 */
	/* the user namespace that created it */
	struct user_namespace *user_ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct cred {
	kid_t uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
	/* older kernels have structures of the same size */
	__u64 cap_permitted, cap_ambient;
	struct user_namespace *user_ns;
};

struct mm_struct {
	struct rb_root mm_rb;		/* until 6.0 */
	struct file *exe_file;
	atomic_t mm_users;
	unsigned long flags;	/* since 6.18 a structure of the same size */
	unsigned long arg_start, arg_end;
	struct user_namespace *user_ns;
};

struct pt_regs {
	unsigned long r8, r9, r10, bx, cx, dx, si, di, bp;	/* x86 */
	unsigned long r11, r12, r13, r14, r15, ax, orig_ax, ip;
	unsigned long sp;	/* on each architecture */
	__u64 regs[31], pc, orig_x0;		/* arm64 */
	__s32 syscallno;
	unsigned long epc, ra, gp, tp, t0, t1, t2, s0, s1;	/* riscv */
	unsigned long a0, a1, a2, a3, a4, a5, a6, a7;
	unsigned long s2, s3, s4, s5, s6, s7, s8, s9, s10, s11;
	unsigned long t3, t4, t5, t6, status, orig_a0;
};

struct thread_info {
	__u32 status;		/* x86 */
	unsigned long flags;
};

struct seccomp {
	int mode;
	atomic_t filter_count;		/* since 5.11 */
};

struct sigpending {
	struct list_head list;
};

struct task_struct {
	struct thread_info thread_info;
	struct nsproxy *nsproxy;	/* NULL if it is exiting */
	unsigned int __state;
	long state;			/* until 5.13 */
	void *stack;
	unsigned int flags;
	int exit_code;
	int pid;
	int tgid;
	unsigned long nvcsw, nivcsw;
	struct seccomp seccomp;
	/* the signals pending for this thread */
	struct sigpending pending;
	struct task_struct *real_parent;
	struct list_head children, sibling, thread_node;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct mm_struct *mm;
	struct cred *real_cred;
	char comm[16];
	struct fs_struct *fs;
	struct files_struct *files;
	struct signal_struct *signal;
	struct css_set *cgroups;
	struct cred *cred;
	void *pf_io_worker;		/* from 5.12 to 5.16 */
};

struct io_kiocb {
	__u8 opcode;
};

/*
 * The arguments of an operation. They are stored in the memory of its io_kiocb:
 * io_uring/openclose.c, fs.c.
 */
struct filename {
	const char *name;
};

struct open_how {
	__u64 flags;
};

struct io_open {
	int dfd;
	struct filename *filename;
	struct open_how how;
};

struct io_statx {
	int dfd;
	struct filename *filename;
};

struct io_mkdir {
	int dfd;
	struct filename *filename;
};

struct io_unlink {
	int dfd, flags;
	struct filename *filename;
};

struct io_rename {
	int old_dfd, new_dfd, flags;
	struct filename *oldpath, *newpath;
};

struct io_link {
	int old_dfd, new_dfd;
	struct filename *oldpath, *newpath;
};

struct io_connect {
	void *addr;
	int addr_len;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

#pragma clang attribute pop

/*
 * The arguments of the trace events raw_syscalls:sys_enter and sys_exit: see
 * events/raw_syscalls/sys_enter/format in tracefs.
 */
struct classic_call {
	__u64 common;
	__s64 nr;
	/* sys_exit: the result; sys_enter: the first argument */
	__s64 result;
};

/* The arguments of sched:sched_process_exec. */
struct classic_exec {
	__u64 common;
	/* offset of the name in the event, and its size << 16 */
	__u32 filename;
	__s32 pid, old_pid;
};

/* The arguments of task:task_newtask. */
struct classic_task {
	__u64 common;
	__s32 pid;
	char comm[16];
	__u64 clone_flags;
};

#endif
