/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * With --paths: what the kernel side and user space share about paths and
 * socket addresses.
 */
#ifndef NAMES_H
#define NAMES_H

#include <linux/types.h>

/*
 * A path's fact: what was done with the path, and how it was found. The stream
 * has the same bits: sp-facts(5).
 */
enum name_access {
	NAME_READ = 0x1,	/* opened for reading; no directory */
	NAME_WRITE = 0x2,	/* opened for writing */
	NAME_CREATE = 0x4,	/* made */
	NAME_EXECUTE = 0x8,	/* executed */
	NAME_DELETE = 0x10,	/* removed */
	NAME_LIST = 0x20,	/* opened for reading; a directory */
	NAME_LOOK = 0x40,	/* stat, access, readlink, chdir, O_PATH … */
	NAME_CHANGE = 0x80,	/* chmod, chown, utime, setxattr … */
	NAME_MAP = 0x100,	/* mapped to be executed */
	NAME_TRUNCATE = 0x200,	/* by opening (O_TRUNC) or later */
	NAME_RENAME = 0x400,	/* with DELETE: the old name; with CREATE: the new one */
	NAME_LINK = 0x800,	/* the existing name, or with CREATE the new one */
	NAME_CONNECT = 0x1000,	/* a socket that was connected or sent to */
	NAME_ENSURE = 0x2000,	/* opened with O_CREAT; it was there already */
	NAME_NAMELESS = 0x4000,	/* a file without a name in this directory: O_TMPFILE */
	NAME_LOCK = 0x8000,	/* flock, fcntl's locks */
	NAME_LOCK_WRITE = 0x100000,	/* with LOCK: an exclusive one */
	NAME_MOUNT = 0x200000,	/* mounted on, or unmounted */
	NAME_PRIVILEGED = 0x400000,	/* executed, and the file is set-user-ID,
					   set-group-ID or has capabilities */
	NAME_ACCESS = 0x70ffff,
	/* … and: */
	NAME_GIVEN = 0x10000,	/* not resolved: as the call gave it */
	/* too deep (the beginning is missing) or too long */
	NAME_CUT = 0x20000,
	/* the name could not be read: its directory alone */
	NAME_UNREAD = 0x40000,
	NAME_DELETED = 0x80000,	/* the file had no name any more */
	/* the recorder lost the name: the path is "..." */
	NAME_LOST = 0x800000,
	NAME_TYPE_SHIFT = 24,	/* S_IFMT bits / 0o10000; 0: not known */
	NAME_TYPE = 0xf << NAME_TYPE_SHIFT,
	/* with GIVEN: the call may have reached another object */
	NAME_CLAIM = 0x10000000,
	/* in another mount namespace, or not below the command's root */
	NAME_ELSEWHERE = 0x20000000,
	NAME_PRIVATE = 0x40000000,	/* with CREATE: it did not exist before
					   (O_EXCL, mkdir), and its mode is for
					   its owner alone */
};

/* What was done with an address; the fact's number in the stream. */
enum socket_operation {
	SOCKET_BIND, SOCKET_CONNECT, SOCKET_SEND, SOCKET_LISTEN,
	SOCKET_OPERATIONS,
	SOCKET_OPERATION = 0xff,	/* the bits of one of the above … */
	SOCKET_TCP = 0x100,	/* … and whether the socket was one of TCP; */
	SOCKET_NOT_TCP = 0x200,	/* neither: not known */
	SOCKET_LOST = 0x400,	/* the recorder lost the address, which is empty */
	SOCKET_FACT = 0xffff,	/* all of these; in a struct name_key also: */
	SOCKET_FAMILY_SHIFT = 16,	/* AF_* */
};

/* A number for each mount namespace. 0: not known yet. */
struct known_root {
	__u64 dentry, mnt;
};

/* An element of `names`; of `lost_names` without a hash. */
struct name_key {
	__u64 hash;		/* of the path or address */
	__u32 image;
	__u32 access;		/* enum name_access or socket_operation */
	__s32 answer;		/* 0 or -errno */
	__u32 is_socket;
	__u64 source;		/* of a new name: the hash of what was moved or
				   linked there, which NAMELESS speaks of; else 0 */
};
_Static_assert(sizeof(struct name_key) == 32, "layout");

struct name_tally {
	__u64 count;
	__u64 first_ns;		/* CLOCK_MONOTONIC */
	__u64 sent;		/* 1: the string is on its way */
};
_Static_assert(sizeof(struct name_tally) == 24, "layout");

/*
 * A record of `name_ring`. Its bytes: the path of a file, or of the directory
 * that a name starts from, if any; then the name or address.
 */
struct name_event {
	struct name_key key;
	__u64 uncounted_ns;	/* 0: it is an element of `names`; else its time */
	__u64 ended_ns;		/* CLOCK_MONOTONIC: the call's end */
	__u32 place_size;	/* bytes */
	__u32 name_size;
	__u32 place;		/* enum name_place */
	__u32 cut;		/* 0 or NAME_CUT */
	__u32 uid, gid;		/* that files are asked for: credentials(7) */
};
_Static_assert(sizeof(struct name_event) == 72, "layout");

/* The command's root is that of the first process that was followed. */
enum name_place {
	PLACE_IS = 1,		/* there is one; with place_size 0: the root */
	PLACE_OURS = 2,		/* the recorder's root is the command's */
	PLACE_ROOT = 4,		/* the task's root is the command's */
	/*
	 * no way up leads to the command's root: the path begins at the task's
	 */
	PLACE_ELSEWHERE = 8,
	/*
	 * other tasks could write the name's memory, or change descriptors and
	 * directories
	 */
	PLACE_SHARED = 16,
	PLACE_COPY = 32,	/* the name is the kernel's own copy */
	PLACE_OBJECT = 64,	/* of a socket's address: the place is the path
				   itself, as the kernel has it */
	PLACE_PENDING = 128,	/* the call has only begun */
};

enum { NAME_SIZE = 4096 };	/* PATH_MAX, linux/limits.h */
enum { OBJECT_NAME = 256 };	/* NAME_MAX, and a NUL */
enum { ADDRESS_SIZE = 128 };	/* struct sockaddr_storage */

/* What a call names. */
enum name_kind {
	NAMES_NONE,
	NAMES_BY_NAME,		/* a name in memory, from a directory */
	NAMES_TWO,		/* two of these */
	NAMES_QUEUE,		/* a name of mq_overview(7), in /dev/mqueue */
	NAMES_OPEN,		/* the file, or the name if it failed */
	NAMES_EXEC,		/* the name, only if it failed */
	NAMES_CHDIR,		/* the directory, or the name if it failed */
	NAMES_MAP,		/* a file mapped to be executed */
	NAMES_FILE,		/* the file of a descriptor */
	NAMES_LOCK,		/* the same, if it is locked */
	NAMES_ADDRESS,		/* of a socket: in memory, with its length */
	NAMES_MESSAGE,		/* of a socket: in a struct msghdr */
	NAMES_LISTEN,		/* of a socket: its own */
};
enum { ARG_NONE = 7, ARG_HOW = 6 };	/* no argument; of openat2, in memory */

struct name_spec {
	__u32 kind;		/* enum name_kind */
	__u32 directory, name;	/* arguments: of a socket, fd and address */
	__u32 directory2, name2;
	__u32 flags;		/* argument: flags, mode, command or length */
	__u32 access, access2;	/* what the call alone tells about it */
};
_Static_assert(sizeof(struct name_spec) == 32, "layout");
enum { NAME_SPECS = 128 };

#endif
