/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths and addresses, as the facts of a trace have them: what was done with
 * them, and how they are displayed.
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
 * Take out "." and empty components, and ".." with what stands before it, in
 * place: as if no component were a symbolic link.
 */
void path_simplify(char *path);

/*
 * For a line of text and back: control characters, backslashes and what is not
 * UTF-8 become \xHH. The caller frees.
 */
char *path_escape(const char *path);
/* NULL: a backslash that begins no such byte. */
char *path_unescape(const char *text);

/*
 * Whether an access (NAME_* of names.h) with this answer (0 or -errno) needs a
 * right: it succeeded, or it failed with an error that the kernel finds only
 * after it has asked its security modules. Other failures come before that.
 */
bool path_needs_right(uint32_t access, int32_t answer);

/*
 * Whether a name may be no more than what the program made up: the call may have
 * reached another object, or the object has another name in the command's mount
 * namespace.
 */
bool path_is_doubted(uint32_t access);

/* "read", "write" … of one bit of a path's access (names.h); NULL: no name. */
const char *access_name(uint32_t bit);
/* "read,write" of all; the caller frees. */
char *access_text(uint32_t access);
/* "bind", "connect", "send", "listen"; NULL: no such operation. */
const char *socket_operation_name(uint32_t operation);

/*
 * What of a socket's address (struct sockaddr) tells addresses apart, in
 * network order: of inet and inet6 the port and then the address, of unix the
 * path without a NUL at its end or the abstract name with its NUL in front, of
 * others all that comes after the family. Returns its size in bytes.
 */
size_t address_canonical(const uint8_t *address, size_t size,
			 uint8_t to[ADDRESS_FACT_MAX]);
/*
 * "127.0.0.1:80", "[::1]:80", "/run/x.sock", "@name" of an abstract one, others
 * in hexadecimal; escaped as by path_escape(), NULs too. Heap.
 */
char *address_text(uint32_t family, const uint8_t *canonical, size_t size);

#endif
