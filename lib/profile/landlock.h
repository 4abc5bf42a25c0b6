/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Landlock policies: what a process may do with which part of the file
 * hierarchy and which TCP ports (landlock(7)), as JSON with the names of
 * landlockconfig, and in force.
 */
#ifndef LANDLOCK_H
#define LANDLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/input.h"
#include "stream/trace.h"

/* Bits as in linux/landlock.h, of which older versions lack some. */
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
	/* What a rule for a file, not a directory, can have. */
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
/* "read_file"; NULL: no such bit. */
const char *landlock_right_name(enum landlock_kind kind, uint64_t bit);
/* Of these rights, those that the ABI version has. */
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
	uint64_t handled[LANDLOCK_KINDS];	/* what is denied elsewhere */
	struct landlock_rule *rules;	/* sorted by path */
	size_t n_rules;
	struct landlock_port *ports;	/* sorted */
	size_t n_ports;
};

struct landlock_policy *landlock_new(void);
void landlock_free(struct landlock_policy *p);
/* Rights are added to those that are there. */
void landlock_allow(struct landlock_policy *p, const char *path,
		    uint64_t rights);
void landlock_allow_port(struct landlock_policy *p, uint16_t port,
			 uint64_t rights);
enum { LANDLOCK_UNLINKED = 1 << 16 };
/*
 * What a path needs, and the directory that it is in, for an access (NAME_* of
 * names.h); `types` has bits by S_IFMT type, 1 for one that is not known, and
 * LANDLOCK_UNLINKED where what was removed was no directory.
 */
struct landlock_needs {
	uint64_t own, parent;
};
struct landlock_needs landlock_needs(uint32_t access, uint32_t types);
/* For a socket's fact, the right to its port: a bit of enum landlock_net, or 0. */
uint64_t landlock_port_right(const struct fact *fact);
/* Take these rights from all ports. */
void landlock_forget_ports(struct landlock_policy *p, uint64_t rights);
/*
 * Of what is moved to another directory, the rights that it must not gain by
 * that; and both directories need LANDLOCK_FS_REFER.
 */
uint64_t landlock_moved(uint32_t types);
/* Of these rights, those that neither a path nor what it is below has. */
uint64_t landlock_missing(const struct landlock_policy *p, const char *path,
			  uint64_t rights);
/* Of these rights, bits of enum landlock_net, those that a port lacks. */
uint64_t landlock_port_missing(const struct landlock_policy *p,
			       unsigned int port, uint64_t rights);

void landlock_write(const struct landlock_policy *p, FILE *out);
/* NULL: `problem` (heap, caller frees) says where and what. */
struct landlock_policy *landlock_read(FILE *file, char **problem);
/* The input is closed; problems are printed and latched. */
struct landlock_policy *landlock_load(struct input *in);

/* The version of the kernel's ABI; 0: it has none, or it is off. */
int landlock_abi(void);
/*
 * A ruleset of the policy, as far as the kernel has its rights: a descriptor or
 * -errno. Paths that do not exist are left out, and given to `missing`.
 */
int landlock_ruleset(const struct landlock_policy *p, int abi,
		     void (*missing)(const char *path, void *arg), void *arg);
/* Put it in force for the calling thread, which gets no_new_privs: 0 or -errno. */
int landlock_restrict(int ruleset, int abi);

#endif
