/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock policies (landlock(7)): the files, directories and TCP ports that a
 * process may use, and how. They are read and written as JSON, with the names
 * of landlockconfig, and put in force.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/input.h"
#include "stream/trace.h"

/* The bits of linux/landlock.h, which older versions do not have all. */
enum landlock_fs {
	LANDLOCK_FS_EXECUTE = 1 << 0,
	LANDLOCK_FS_WRITE_FILE = 1 << 1,
	LANDLOCK_FS_READ_FILE = 1 << 2,
	LANDLOCK_FS_READ_DIR = 1 << 3,
	LANDLOCK_FS_REMOVE_DIR = 1 << 4,
	LANDLOCK_FS_REMOVE_FILE = 1 << 5,
	LANDLOCK_FS_MAKE_CHAR = 1 << 6,
	LANDLOCK_FS_MAKE_DIR = 1 << 7,
	LANDLOCK_FS_MAKE_REG = 1 << 8,
	LANDLOCK_FS_MAKE_SOCK = 1 << 9,
	LANDLOCK_FS_MAKE_FIFO = 1 << 10,
	LANDLOCK_FS_MAKE_BLOCK = 1 << 11,
	LANDLOCK_FS_MAKE_SYM = 1 << 12,
	LANDLOCK_FS_REFER = 1 << 13,
	LANDLOCK_FS_TRUNCATE = 1 << 14,
	LANDLOCK_FS_IOCTL_DEV = 1 << 15,
	LANDLOCK_FS_ALL = (1 << 16) - 1,
	/*
	 * The rights that are valid in a rule for a file that is not a
	 * directory.
	 */
	LANDLOCK_FS_FILE = LANDLOCK_FS_EXECUTE | LANDLOCK_FS_WRITE_FILE |
		LANDLOCK_FS_READ_FILE | LANDLOCK_FS_TRUNCATE |
		LANDLOCK_FS_IOCTL_DEV,
};
enum landlock_net {
	LANDLOCK_NET_BIND_TCP = 1 << 0,
	LANDLOCK_NET_CONNECT_TCP = 1 << 1,
	LANDLOCK_NET_ALL = 3,
};
enum landlock_scope {
	LANDLOCK_SCOPE_ABSTRACT = 1 << 0,	/* abstract UNIX sockets */
	LANDLOCK_SCOPE_SIGNALS = 1 << 1,
	LANDLOCK_SCOPE_ALL = 3,
};

enum landlock_kind { LANDLOCK_FS, LANDLOCK_NET, LANDLOCK_SCOPE, LANDLOCK_KINDS };
/* Returns "read_file", or NULL if there is no such bit. */
const char *landlock_right_name(enum landlock_kind kind, uint64_t bit);
/* Returns the rights without those that the ABI version does not have. */
uint64_t landlock_known(enum landlock_kind kind, uint64_t rights, int abi);

struct landlock_rule {
	char *path;
	uint64_t allow;		/* enum landlock_fs */
};

struct landlock_port {
	uint16_t port;
	uint64_t allow;		/* enum landlock_net */
};

struct landlock_policy {
	/* rights that are denied unless a rule allows them */
	uint64_t handled[LANDLOCK_KINDS];
	struct landlock_rule *rules;	/* sorted by path */
	size_t n_rules;
	struct landlock_port *ports;	/* sorted */
	size_t n_ports;
};

struct landlock_policy *landlock_new(void);
void landlock_free(struct landlock_policy *p);
/* These add rights to those that the policy already gives. */
void landlock_allow(struct landlock_policy *p, const char *path,
		    uint64_t rights);
void landlock_allow_port(struct landlock_policy *p, uint16_t port,
			 uint64_t rights);
enum { LANDLOCK_UNLINKED = 1 << 16 };
/*
 * The rights that an access (NAME_* of names.h) needs on a path, and on its
 * parent directory. `types` has a bit for each possible S_IFMT type; the lowest
 * bit stands for an unknown type. LANDLOCK_UNLINKED is set if something other
 * than a directory was removed.
 */
struct landlock_needs {
	uint64_t own, parent;
};
struct landlock_needs landlock_needs(uint32_t access, uint32_t types);
/*
 * Returns the right to a port that a socket's fact needs: a bit of enum
 * landlock_net, or 0.
 */
uint64_t landlock_port_right(const struct fact *fact);
/* Removes these rights from all ports. */
void landlock_forget_ports(struct landlock_policy *p, uint64_t rights);
/*
 * Returns the rights that an object must not gain when it moves to another
 * directory. Both directories also need LANDLOCK_FS_REFER.
 */
uint64_t landlock_moved(uint32_t types);
/*
 * Returns the rights that the policy gives neither to the path nor to a
 * directory above it.
 */
uint64_t landlock_missing(const struct landlock_policy *p, const char *path,
			  uint64_t rights);
/*
 * Returns the rights (bits of enum landlock_net) that the policy does not give
 * to the port.
 */
uint64_t landlock_port_missing(const struct landlock_policy *p,
			       unsigned int port, uint64_t rights);

void landlock_write(const struct landlock_policy *p, FILE *out);
/*
 * Returns NULL on failure; `problem`, which the caller frees, says where and
 * what.
 */
struct landlock_policy *landlock_read(FILE *file, char **problem);
/* Reads the input and closes it. On failure, prints and latches an error. */
struct landlock_policy *landlock_load(struct input *in);

/*
 * Returns the version of the kernel's ABI, or 0 if Landlock is missing or off.
 */
int landlock_abi(void);
/*
 * Makes a ruleset of those rights that the kernel knows. Returns a descriptor
 * or -errno. Paths that do not exist are left out, and passed to `missing`.
 */
int landlock_ruleset(const struct landlock_policy *p, int abi,
		     void (*missing)(const char *path, void *arg), void *arg);
/*
 * Puts the ruleset in force for the calling thread, and sets no_new_privs.
 * Returns 0 or -errno.
 */
int landlock_restrict(int ruleset, int abi);

#endif
