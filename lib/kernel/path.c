/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/path.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/text.h"
#include "names.h"

/* Goes back from `end` to the beginning of the last component. */
static char *without_last(char *start, char *end)
{
	while (end > start && *--end != '/')
		;
	return end;
}

void path_simplify(char *path)
{
	char *to = path, *from = path;

	if (*path != '/')
		return;
	while (*from) {
		size_t length;

		while (*from == '/')
			from++;
		length = strcspn(from, "/");
		if (length == 2 && !memcmp(from, "..", 2)) {
			to = without_last(path, to);
		} else if (length && !(length == 1 && *from == '.')) {
			*to++ = '/';
			memmove(to, from, length);
			to += length;
		}
		from += length;
	}
	if (to == path)
		*to++ = '/';
	*to = '\0';
}

/*
 * Returns the length of the printable UTF-8 character at `s`, or 0 if there is
 * none.
 */
static size_t printable_size(const char *s)
{
	const unsigned char *u = (const unsigned char *)s;
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *u < 0x80 ? 1 : *u >= 0xc2 && *u < 0xe0 ? 2 :
		*u >= 0xe0 && *u < 0xf0 ? 3 : *u >= 0xf0 && *u < 0xf5 ? 4 : 0;
	uint32_t c = n > 1 ? *u & (0x7f >> n) : *u;

	if (n == 1)
		return *u >= 0x20 && *u != 0x7f && *u != '\\';
	for (size_t i = 1; i < n; i++) {
		if ((u[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (u[i] & 0x3f);
	}
	/*
	 * Refuse C1 control characters, overlong forms, surrogates, and
	 * characters that change the direction of text.
	 */
	return n && !text_is_direction(u) && c >= 0xa0 && c >= least[n] && c <= 0x10ffff &&
		(c < 0xd800 || c > 0xdfff) ? n : 0;
}

static char *escape(const char *bytes, size_t size)
{
	char *text = xcalloc(4 * size + 1, 1), *to = text;
	const char *end = bytes + size;

	while (bytes < end) {
		size_t n = printable_size(bytes);

		if (!n)
			to += sprintf(to, "\\x%02x", (unsigned char)*bytes++);
		for (; n; n--)
			*to++ = *bytes++;
	}
	return text;
}

char *path_escape(const char *path)
{
	return escape(path, strlen(path));
}

char *path_unescape(const char *text)
{
	char *path = xcalloc(strlen(text) + 1, 1), *to = path;
	unsigned int byte;
	int n;

	while (*text) {
		if (*text != '\\') {
			*to++ = *text++;
		} else if (text[1] == 'x' && sscanf(text + 2, "%2x%n", &byte,
						    &n) == 1 && n == 2) {
			*to++ = byte;
			text += 4;
		} else {
			free(path);
			return NULL;
		}
	}
	return path;
}

bool path_needs_right(uint32_t access, int32_t answer)
{
	enum {
		OPENED = NAME_READ | NAME_WRITE | NAME_LIST,
		MADE = NAME_CREATE | NAME_LINK,
	};
	static const struct {
		int error;
		uint32_t access;
	} late[] = {
		/* a script that does not begin with "#!" */
		{ ENOEXEC, NAME_EXECUTE },
		{ ENXIO, OPENED }, { ENODEV, OPENED }, { EIO, OPENED },
		{ EBUSY, OPENED | NAME_DELETE | NAME_RENAME },
		{ EINTR, OPENED | NAME_LOCK },
		{ EAGAIN, OPENED | NAME_LOCK },
		{ EACCES, NAME_LOCK }, { EDEADLK, NAME_LOCK },
		{ ENOSPC, MADE }, { EDQUOT, MADE }, { EMLINK, MADE },
		{ ENOTEMPTY, NAME_DELETE | NAME_RENAME },
		{ EEXIST, NAME_RENAME | NAME_DELETE },
		{ EISDIR, NAME_DELETE | NAME_RENAME },
		{ ENOTDIR, NAME_RENAME },
	};

	for (size_t i = 0; i < sizeof(late) / sizeof(late[0]); i++)
		if (answer == -late[i].error && access & late[i].access)
			return true;
	return !answer;
}

bool path_is_doubted(uint32_t access)
{
	return access & (NAME_CLAIM | NAME_ELSEWHERE);
}

const char *access_name(uint32_t bit)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{ NAME_READ, "read" }, { NAME_WRITE, "write" },
		{ NAME_CREATE, "create" }, { NAME_EXECUTE, "execute" },
		{ NAME_DELETE, "delete" }, { NAME_LIST, "list" },
		{ NAME_LOOK, "look" }, { NAME_CHANGE, "change" },
		{ NAME_MAP, "map" }, { NAME_TRUNCATE, "truncate" },
		{ NAME_RENAME, "rename" }, { NAME_LINK, "link" },
		{ NAME_CONNECT, "connect" }, { NAME_ENSURE, "ensure" },
		{ NAME_NAMELESS, "nameless" }, { NAME_LOCK, "lock" },
		{ NAME_LOCK_WRITE, "exclusive" }, { NAME_MOUNT, "mount" },
		{ NAME_PRIVILEGED, "privileged" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].bit == bit)
			return names[i].name;
	return NULL;
}

char *access_text(uint32_t access)
{
	char *text = xstrdup("");

	for (uint32_t bit = 1; bit <= NAME_ACCESS; bit <<= 1) {
		const char *name = access & bit & NAME_ACCESS ?
			access_name(bit) : NULL;

		if (name)
			text_append(&text, ",", name);
	}
	return text;
}

const char *socket_operation_name(uint32_t operation)
{
	static const char *const names[SOCKET_OPERATIONS] = {
		[SOCKET_BIND] = "bind", [SOCKET_CONNECT] = "connect",
		[SOCKET_SEND] = "send", [SOCKET_LISTEN] = "listen",
	};

	operation &= SOCKET_OPERATION;
	return operation < SOCKET_OPERATIONS ? names[operation] : NULL;
}

static size_t unix_size(const uint8_t *name, size_t size)
{
	return size && *name ? strnlen((const char *)name, size) : size;
}

size_t address_canonical(const uint8_t *address, size_t size,
			 uint8_t to[ADDRESS_FACT_MAX])
{
	uint16_t family = 0;
	size_t n;

	if (size < sizeof(family))
		return 0;
	memcpy(&family, address, sizeof(family));
	address += sizeof(family);
	size -= sizeof(family);
	n = family == AF_UNIX ? unix_size(address, size) :
		family == AF_INET && size > 6 ? 6 : size;
	n = n < ADDRESS_FACT_MAX ? n : ADDRESS_FACT_MAX;
	if (family == AF_INET6 && size >= 22) {	/* leaves out the flow label */
		memcpy(to, address, 2);
		memcpy(to + 2, address + 6, 16);
		return 18;
	}
	if (n)
		memcpy(to, address, n);
	return n;
}

static char *hex_text(const uint8_t *bytes, size_t size)
{
	char *text = xcalloc(2 * size + 1, 1);

	for (size_t i = 0; i < size; i++)
		sprintf(text + 2 * i, "%02x", bytes[i]);
	return text;
}

char *address_text(uint32_t family, const uint8_t *canonical, size_t size)
{
	char buf[INET6_ADDRSTRLEN];
	unsigned int port = size >= 2 ? canonical[0] << 8 | canonical[1] : 0;
	char *text, *rest, *copy;

	if (family == AF_INET && size == 6)
		return xasprintf("%s:%u", inet_ntop(family, canonical + 2, buf,
						    sizeof(buf)), port);
	if (family == AF_INET6 && size == 18)
		return xasprintf("[%s]:%u", inet_ntop(family, canonical + 2,
						      buf, sizeof(buf)), port);
	if (family != AF_UNIX)
		return hex_text(canonical, size);
	/* The added NUL stops the UTF-8 decoder at the end. */
	copy = xcalloc(size + 1, 1);
	memcpy(copy, canonical, size);
	if (size && !*copy) {
		rest = escape(copy + 1, size - 1);
		text = xasprintf("@%s", rest);
	} else {
		rest = escape(copy, size);
		text = *rest == '@' ? xasprintf("\\x40%s", rest + 1) :
			xstrdup(rest);
	}
	free(rest);
	free(copy);
	return text;
}
