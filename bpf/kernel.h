/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel's structures, as far as the recorder reads them: members are
 * found by name in the running kernel's BTF.
 */
#ifndef KERNEL_H
#define KERNEL_H

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	__u32 s_dev;
};

struct inode {
	struct super_block *i_sb;
	unsigned long i_ino;
	__u32 i_generation;
};

struct qstr {
	__u32 len;
	const unsigned char *name;
};

struct dentry {
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
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
};

struct linux_binprm {
	struct file *file;
};

struct fs_struct {
	struct path root;
};

struct thread_info {
	__u32 status;		/* x86 */
};

struct seccomp {
	int mode;
};

struct task_struct {
	struct thread_info thread_info;
	struct seccomp seccomp;
	int pid;
	int tgid;
	struct fs_struct *fs;
};

#pragma clang attribute pop

#endif
