/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * With --paths: the data about paths and socket addresses that the kernel side
 * and user space share.
 */
#ifndef NAMES_H
#define NAMES_H

#include <linux/types.h>

/*
 * The acts on a path, and how the path was found. The stream has the same bits:
 * sp-facts(5).
 */
enum name_access {
	NAME_READ = 0x1,	/* opened for reading, and not a directory */
	NAME_WRITE = 0x2,	/* opened for writing */
	NAME_CREATE = 0x4,	/* made */
	NAME_EXECUTE = 0x8,	/* executed */
	NAME_DELETE = 0x10,	/* removed */
	NAME_LIST = 0x20,	/* a directory, opened for reading */
	NAME_LOOK = 0x40,	/* stat, access, readlink, chdir, O_PATH … */
	NAME_CHANGE = 0x80,	/* chmod, chown, utime, setxattr … */
	NAME_MAP = 0x100,	/* mapped executable */
	/* truncated when it was opened (O_TRUNC), or later */
	NAME_TRUNCATE = 0x200,
	/* with NAME_DELETE: the old name; with NAME_CREATE: the new name */
	NAME_RENAME = 0x400,
	/* the existing name; with NAME_CREATE: the new name */
	NAME_LINK = 0x800,
	NAME_CONNECT = 0x1000,	/* a socket that was connected to or sent to */
	NAME_ENSURE = 0x2000,	/* opened with O_CREAT, but existed already */
	/* a file without a name in this directory (O_TMPFILE) */
	NAME_NAMELESS = 0x4000,
	NAME_LOCK = 0x8000,	/* locked, by flock(2) or fcntl(2) */
	/* with NAME_LOCK: the lock was exclusive */
	NAME_LOCK_WRITE = 0x100000,
	NAME_MOUNT = 0x200000,	/* mounted on, or unmounted */
	/* executed, and set-user-ID, set-group-ID or with capabilities */
	NAME_PRIVILEGED = 0x400000,
	NAME_ACCESS = 0x70ffff,
	/* NAME_ACCESS ends here; the following bits describe the path */
	NAME_GIVEN = 0x10000,	/* as the call gave it: not resolved */
	/* too deep (the beginning is missing), or too long */
	NAME_CUT = 0x20000,
	/* the name could not be read: only its directory is known */
	NAME_UNREAD = 0x40000,
	NAME_DELETED = 0x80000,	/* the file no longer had a name */
	/* the recorder lost the name: the path is "..." */
	NAME_LOST = 0x800000,
	NAME_TYPE_SHIFT = 24,	/* S_IFMT bits / 0o10000; 0: unknown */
	NAME_TYPE = 0xf << NAME_TYPE_SHIFT,
	/* with NAME_GIVEN: the call may have reached another object */
	NAME_CLAIM = 0x10000000,
	/* in another mount namespace, or not below the command's root */
	NAME_ELSEWHERE = 0x20000000,
	/*
	 * with NAME_CREATE: it did not exist (O_EXCL, mkdir), and only its
	 * owner has access
	 */
	NAME_PRIVATE = 0x40000000,
};

/* The act on an address. This is the fact's number in the stream. */
enum socket_operation {
	SOCKET_BIND, SOCKET_CONNECT, SOCKET_SEND, SOCKET_LISTEN,
	SOCKET_OPERATIONS,
	SOCKET_OPERATION = 0xff,	/* mask of the above values */
	SOCKET_TCP = 0x100,	/* the socket is a TCP socket */
	/*
	 * the socket is not a TCP socket; if both bits are 0, this is unknown
	 */
	SOCKET_NOT_TCP = 0x200,
	/* the recorder lost the address, so that it is empty */
	SOCKET_LOST = 0x400,
	/* mask of all bits of the fact; struct name_key also has these: */
	SOCKET_FACT = 0xffff,
	SOCKET_FAMILY_SHIFT = 16,	/* AF_* */
};

/* Identifies a root directory and its mount namespace. 0: unknown. */
struct known_root {
	__u64 dentry, mnt;
};

/* A key of `names`, and of `lost_names` with a hash of 0. */
struct name_key {
	__u64 hash;		/* of the path or address */
	__u32 image;
	/* bits of enum name_access, or an enum socket_operation */
	__u32 access;
	__s32 answer;		/* 0 or -errno */
	__u32 is_socket;
	/*
	 * for a new name: the hash of the object that was moved or linked
	 * there, and whether that had a name; otherwise 0
	 */
	__u64 source;
};
_Static_assert(sizeof(struct name_key) == 32, "layout");

struct name_tally {
	__u64 count;
	__u64 first_ns;		/* CLOCK_MONOTONIC */
	__u64 sent;		/* 1: the string was sent */
};
_Static_assert(sizeof(struct name_tally) == 24, "layout");

/*
 * A record of `name_ring`. Its bytes are the path of a file, or of the
 * directory from which a name starts (if any), and then the name or address.
 */
struct name_event {
	struct name_key key;
	/* 0: it is in `names`; otherwise the time of this use */
	__u64 uncounted_ns;
	__u64 ended_ns;		/* CLOCK_MONOTONIC when the call ended */
	__u32 place_size;	/* bytes */
	__u32 name_size;
	__u32 place;		/* enum name_place */
	__u32 cut;		/* 0 or NAME_CUT */
	/* the ids that decide about access to files: credentials(7) */
	__u32 uid, gid;
};
_Static_assert(sizeof(struct name_event) == 72, "layout");

/* The command's root is the root of the first process that was followed. */
enum name_place {
	/*
	 * the name starts from a directory; if place_size is 0, it is the root
	 */
	PLACE_IS = 1,
	PLACE_OURS = 2,		/* the recorder's root is the command's root */
	PLACE_ROOT = 4,		/* the task's root is the command's root */
	/*
	 * the command's root is not above it: the path begins at the task's
	 * root
	 */
	PLACE_ELSEWHERE = 8,
	/*
	 * other tasks could have changed the name in memory, descriptors or
	 * directories
	 */
	PLACE_SHARED = 16,
	PLACE_COPY = 32,	/* the kernel made its own copy of the name */
	/* socket: the place is the socket's path itself, from the kernel */
	PLACE_OBJECT = 64,
	PLACE_PENDING = 128,	/* the call has only begun */
};

enum { NAME_SIZE = 4096 };	/* PATH_MAX, linux/limits.h */
enum { OBJECT_NAME = 256 };	/* NAME_MAX, and a NUL */
enum { ADDRESS_SIZE = 128 };	/* struct sockaddr_storage */

/* The ways in which a call names something. */
enum name_kind {
	NAMES_NONE,
	/* by a name in memory, relative to a directory */
	NAMES_BY_NAME,
	NAMES_TWO,		/* two of these */
	NAMES_QUEUE,		/* by a name in /dev/mqueue: mq_overview(7) */
	/* by the opened file; if the call failed, by the name */
	NAMES_OPEN,
	NAMES_EXEC,		/* by the name, but only if the call failed */
	/* by the new directory; if the call failed, by the name */
	NAMES_CHDIR,
	NAMES_MAP,		/* by a file that is mapped executable */
	NAMES_FILE,		/* by the file of a descriptor */
	NAMES_LOCK,		/* the same, if the file is locked */
	/* by a socket address in memory, with its length */
	NAMES_ADDRESS,
	NAMES_MESSAGE,		/* by a socket address in a struct msghdr */
	NAMES_LISTEN,		/* by the address of the socket itself */
};
/* there is no such argument; openat2 has it in memory */
enum { ARG_NONE = 7, ARG_HOW = 6 };

struct name_spec {
	__u32 kind;		/* enum name_kind */
	/* indices of arguments; for a socket, its descriptor and address */
	__u32 directory, name;
	__u32 directory2, name2;
	/* index of the argument with flags, mode, command or length */
	__u32 flags;
	__u32 access, access2;	/* bits that are known from the call itself */
};
_Static_assert(sizeof(struct name_spec) == 32, "layout");
enum { NAME_SPECS = 128 };

#endif
