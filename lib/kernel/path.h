/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths and addresses in the facts of a trace: what was done with them, and how
 * they are displayed.
 */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Bytes: a directory that the kernel walked, and a name of PATH_MAX. */
enum { PATH_FACT_MAX = 8192, ADDRESS_FACT_MAX = 128 };

/*
 * Remove "." and empty components, and each ".." with the component before it,
 * in place: as if no component were a symbolic link.
 */
void path_simplify(char *path);

/*
 * For a line of text and back: control characters, backslashes and what is not
 * UTF-8 become \xHH. The caller frees.
 */
char *path_escape(const char *path);
/* NULL: a backslash is followed by something else. */
char *path_unescape(const char *text);

/*
 * Whether an access (NAME_* of names.h) with this answer (0 or -errno) needs a
 * right: it succeeded, or it failed with an error that the kernel finds only
 * after asking its security modules. All other failures come before that.
 */
bool path_needs_right(uint32_t access, int32_t answer);

/*
 * Whether a name may be only a claim of the program: the call may have reached
 * another object, or the object has another name in the command's mount
 * namespace.
 */
bool path_is_doubted(uint32_t access);

/*
 * "read", "write" …, for one bit of a path's access (names.h); NULL: it has no
 * name.
 */
const char *access_name(uint32_t bit);
/* "read,write": the names of all bits; the caller frees. */
char *access_text(uint32_t access);
/* "bind", "connect", "send", "listen"; NULL: no such operation. */
const char *socket_operation_name(uint32_t operation);

/*
 * The bytes of a socket's address (struct sockaddr) that distinguish addresses,
 * in network order: for inet and inet6 the port and then the address, for unix
 * the path without a NUL at its end or the abstract name with its NUL in front,
 * for others everything after the family. Returns how many bytes.
 */
size_t address_canonical(const uint8_t *address, size_t size,
			 uint8_t to[ADDRESS_FACT_MAX]);
/*
 * "127.0.0.1:80", "[::1]:80", "/run/x.sock", "@name" for an abstract name,
 * hexadecimal for other families; escaped as by path_escape(), NULs too. Heap.
 */
char *address_text(uint32_t family, const uint8_t *canonical, size_t size);

#endif
