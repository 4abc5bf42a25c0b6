/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Paths and addresses in the facts of a trace: the acts on them, and their
 * display.
 */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/*
 * In bytes. A path has two parts of up to PATH_MAX: the directory that the
 * kernel reported, and a name.
 */
enum { PATH_FACT_MAX = 8192, ADDRESS_FACT_MAX = 128 };

/*
 * Removes "." and empty components, and each ".." together with the component
 * before it, in place. Assumes that no component is a symbolic link.
 */
void path_simplify(char *path);

/*
 * path_escape() makes a path fit one line: control characters, backslashes and
 * bytes that are not UTF-8 become \xHH. path_unescape() is the reverse. The
 * caller frees the results.
 */
char *path_escape(const char *path);
/* NULL: a backslash is not followed by xHH */
char *path_unescape(const char *text);

/*
 * Whether a policy must permit this access (NAME_* of names.h) for its answer
 * (0 or -errno) to stay the same. It must if the access succeeded, or if it
 * failed with an error that the kernel only finds after its security modules
 * have permitted the access. The kernel finds all other errors before that.
 */
bool path_needs_right(uint32_t access, int32_t answer);

/*
 * Whether the name is only a claim of the program: the call may have reached
 * another object, or the object may have another name in the command's mount
 * namespace.
 */
bool path_is_doubted(uint32_t access);

/*
 * Returns "read", "write" …, for one bit of a path's access (names.h), or NULL
 * if the bit has no name.
 */
const char *access_name(uint32_t bit);
/* "read,write": the names of all bits; the caller frees. */
char *access_text(uint32_t access);
/* Returns "bind", "connect", "send" or "listen"; NULL: no such operation. */
const char *socket_operation_name(uint32_t operation);

/*
 * Copies those bytes of a socket address (struct sockaddr) that distinguish one
 * address from another, in network order. For inet and inet6, these are the
 * port and the address; for unix, the path without trailing NULs, or the
 * abstract name with its leading NUL; for other families, all bytes after the
 * family. Returns the number of bytes.
 */
size_t address_canonical(const uint8_t *address, size_t size,
			 uint8_t to[ADDRESS_FACT_MAX]);
/*
 * Returns "127.0.0.1:80", "[::1]:80", "/run/x.sock", "@name" for an abstract
 * name, hexadecimal digits for other families. Names are escaped as by
 * path_escape(), and NULs too. The caller frees.
 */
char *address_text(uint32_t family, const uint8_t *canonical, size_t size);

#endif
