/* SPDX-License-Identifier: Apache-2.0 */
#include "naming-calls.h"

#include <linux/audit.h>
#include <stddef.h>
#include <string.h>

#include "rows.h"
#include "skeleton.h"

enum {
	NONE = ARG_NONE, HOW = ARG_HOW,
	TYPE_FILE = 8 << NAME_TYPE_SHIFT,
	TYPE_DIR = 4 << NAME_TYPE_SHIFT, TYPE_LINK = 10 << NAME_TYPE_SHIFT,
	/* the flags of open(2) that creat(2) implies */
	O_CREATE = 0100 | 01 | 01000,
};

/*
 * `at` is the index of the argument. The name is relative to the working
 * directory, since the call has no descriptor of a directory.
 */
#define NAME(call, at, access) \
	{ call, { NAMES_BY_NAME, NONE, at, NONE, NONE, NONE, access, 0 } }
#define AT(call, directory, at, access) \
	{ call, { NAMES_BY_NAME, directory, at, NONE, NONE, NONE, access, 0 } }
#define FLAGS(call, directory, at, flags, access) \
	{ call, { NAMES_BY_NAME, directory, at, NONE, NONE, flags, access, 0 } }
#define TWO(call, directory, at, directory2, at2, flags, accesses) \
	{ call, { NAMES_TWO, directory, at, directory2, at2, flags, accesses } }
#define OPEN(call, directory, at, flags, more) \
	{ call, { NAMES_OPEN, directory, at, NONE, NONE, flags, 0, more } }
#define OTHER(call, kind, directory, at, flags, access) \
	{ call, { kind, directory, at, NONE, NONE, flags, access, 0 } }
#define MOVED (NAME_RENAME | NAME_DELETE), (NAME_RENAME | NAME_CREATE)
#define LINKED NAME_LINK, (NAME_LINK | NAME_CREATE)

static const struct {
	const char *call;
	struct name_spec spec;
} table[] = {
	OPEN("open", NONE, 0, 1, 0),
	OPEN("openat", 0, 1, 2, 0),
	OPEN("openat2", 0, 1, HOW, 0),
	OPEN("creat", NONE, 0, NONE, O_CREATE),
	OPEN("open_by_handle_at", NONE, NONE, 2, 0),
	OTHER("mq_open", NAMES_QUEUE, NONE, 0, 1, TYPE_FILE),
	OTHER("mq_unlink", NAMES_QUEUE, NONE, 0, NONE, NAME_DELETE | TYPE_FILE),
	OTHER("execve", NAMES_EXEC, NONE, 0, NONE, NAME_EXECUTE),
	OTHER("execveat", NAMES_EXEC, 0, 1, NONE, NAME_EXECUTE),
	OTHER("chdir", NAMES_CHDIR, NONE, 0, NONE, NAME_LOOK),
	OTHER("mmap", NAMES_MAP, NONE, NONE, NONE, NAME_MAP),
	OTHER("mmap2", NAMES_MAP, NONE, NONE, NONE, NAME_MAP),
	OTHER("ftruncate", NAMES_FILE, 0, NONE, NONE,
	      NAME_WRITE | NAME_TRUNCATE),
	OTHER("ftruncate64", NAMES_FILE, 0, NONE, NONE,
	      NAME_WRITE | NAME_TRUNCATE),
	OTHER("fchmod", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("fchown", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("fchown32", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("fsetxattr", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("fremovexattr", NAMES_FILE, 0, NONE, NONE, NAME_CHANGE),
	OTHER("flock", NAMES_LOCK, 0, NONE, NONE, 0),
	OTHER("fcntl", NAMES_LOCK, 0, NONE, 1, 0),
	OTHER("fcntl64", NAMES_LOCK, 0, NONE, 1, 0),
	NAME("mount", 1, NAME_MOUNT), AT("move_mount", 2, 3, NAME_MOUNT),
	AT("mount_setattr", 0, 1, NAME_MOUNT), NAME("umount", 0, NAME_MOUNT),
	NAME("umount2", 0, NAME_MOUNT), NAME("pivot_root", 0, NAME_MOUNT),
	NAME("stat", 0, NAME_LOOK), NAME("lstat", 0, NAME_LOOK),
	NAME("stat64", 0, NAME_LOOK), NAME("lstat64", 0, NAME_LOOK),
	NAME("oldstat", 0, NAME_LOOK), NAME("oldlstat", 0, NAME_LOOK),
	AT("newfstatat", 0, 1, NAME_LOOK), AT("fstatat64", 0, 1, NAME_LOOK),
	AT("statx", 0, 1, NAME_LOOK),
	NAME("access", 0, NAME_LOOK), AT("faccessat", 0, 1, NAME_LOOK),
	AT("faccessat2", 0, 1, NAME_LOOK),
	NAME("readlink", 0, NAME_LOOK), AT("readlinkat", 0, 1, NAME_LOOK),
	NAME("statfs", 0, NAME_LOOK), NAME("statfs64", 0, NAME_LOOK),
	NAME("getxattr", 0, NAME_LOOK), NAME("lgetxattr", 0, NAME_LOOK),
	AT("getxattrat", 0, 1, NAME_LOOK),
	NAME("listxattr", 0, NAME_LOOK), NAME("llistxattr", 0, NAME_LOOK),
	AT("listxattrat", 0, 1, NAME_LOOK),
	NAME("chroot", 0, NAME_LOOK),
	NAME("inotify_add_watch", 1, NAME_LOOK),
	AT("name_to_handle_at", 0, 1, NAME_LOOK),
	AT("open_tree", 0, 1, NAME_LOOK), AT("fspick", 0, 1, NAME_LOOK),
	NAME("chmod", 0, NAME_CHANGE), AT("fchmodat", 0, 1, NAME_CHANGE),
	AT("fchmodat2", 0, 1, NAME_CHANGE),
	NAME("chown", 0, NAME_CHANGE), NAME("lchown", 0, NAME_CHANGE),
	NAME("chown32", 0, NAME_CHANGE), NAME("lchown32", 0, NAME_CHANGE),
	AT("fchownat", 0, 1, NAME_CHANGE),
	NAME("utime", 0, NAME_CHANGE), NAME("utimes", 0, NAME_CHANGE),
	AT("futimesat", 0, 1, NAME_CHANGE), AT("utimensat", 0, 1, NAME_CHANGE),
	AT("utimensat_time64", 0, 1, NAME_CHANGE),
	NAME("setxattr", 0, NAME_CHANGE), NAME("lsetxattr", 0, NAME_CHANGE),
	AT("setxattrat", 0, 1, NAME_CHANGE),
	NAME("removexattr", 0, NAME_CHANGE),
	NAME("lremovexattr", 0, NAME_CHANGE),
	AT("removexattrat", 0, 1, NAME_CHANGE),
	NAME("truncate", 0, NAME_TRUNCATE), NAME("truncate64", 0, NAME_TRUNCATE),
	FLAGS("mkdir", NONE, 0, 1, NAME_CREATE | TYPE_DIR),
	FLAGS("mkdirat", 0, 1, 2, NAME_CREATE | TYPE_DIR),
	FLAGS("mknod", NONE, 0, 1, NAME_CREATE),
	FLAGS("mknodat", 0, 1, 2, NAME_CREATE),
	NAME("symlink", 1, NAME_CREATE | TYPE_LINK),
	AT("symlinkat", 1, 2, NAME_CREATE | TYPE_LINK),
	NAME("unlink", 0, NAME_DELETE),
	NAME("rmdir", 0, NAME_DELETE | TYPE_DIR),
	FLAGS("unlinkat", 0, 1, 2, NAME_DELETE),
	TWO("link", NONE, 0, NONE, 1, NONE, LINKED),
	TWO("linkat", 0, 1, 2, 3, NONE, LINKED),
	TWO("rename", NONE, 0, NONE, 1, NONE, MOVED),
	TWO("renameat", 0, 1, 2, 3, NONE, MOVED),
	TWO("renameat2", 0, 1, 2, 3, 4, MOVED),
	OTHER("bind", NAMES_ADDRESS, NONE, 1, 2, SOCKET_BIND),
	OTHER("connect", NAMES_ADDRESS, NONE, 1, 2, SOCKET_CONNECT),
	OTHER("sendto", NAMES_ADDRESS, NONE, 4, 5, SOCKET_SEND),
	OTHER("sendmsg", NAMES_MESSAGE, NONE, 1, NONE, SOCKET_SEND),
	OTHER("sendmmsg", NAMES_MESSAGE, NONE, 1, NONE, SOCKET_SEND),
	OTHER("listen", NAMES_LISTEN, NONE, NONE, NONE, SOCKET_LISTEN),
};
enum { N_CALLS = sizeof(table) / sizeof(table[0]) };
_Static_assert((int)N_CALLS < (int)NAME_SPECS, "room for each call");

enum { NR_X86_MMAP = 90 };

struct spec_setting {
	struct record *skel;
	uint8_t index;
};

static void set_spec(void *setting, uint32_t row, uint32_t at,
		     struct call_id id)
{
	const struct spec_setting *s = setting;

	/* 32-bit mmap(2) of x86 takes a pointer to its arguments. */
	if (table[s->index - 1].spec.kind == NAMES_MAP &&
	    at == NR_X86_MMAP && id.arch == AUDIT_ARCH_I386)
		return;
	s->skel->rodata->name_calls[row][at] = s->index;
}

void naming_calls_set(struct record *skel)
{
	struct spec_setting s = { .skel = skel };

	for (size_t i = 0; i < N_CALLS; i++) {
		s.index = i + 1;
		memcpy((void *)&skel->rodata->name_specs[s.index],
		       &table[i].spec, sizeof(table[i].spec));
		for_each_number(table[i].call, set_spec, &s);
	}
}
