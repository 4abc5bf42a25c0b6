/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "names.h"

int socket_port(const struct call *fact)
{
	if ((fact->id.arch != AF_INET && fact->id.arch != AF_INET6) ||
	    fact->detail_size < 2)
		return -1;
	return fact->detail[0] << 8 | fact->detail[1];
}

bool port_was_chosen(const struct trace *t, int port)
{
	bool listened = false;

	for (size_t i = 0; i < t->sockets.n; i++) {
		const struct call *fact = t->sockets.at[i];
		uint32_t operation = fact->id.nr & SOCKET_OPERATION;

		if (socket_port(fact) != port)
			continue;
		if (operation == SOCKET_BIND && !fact->answer)
			return false;
		listened |= operation == SOCKET_LISTEN;
	}
	return listened;
}

static bool has_name(const struct trace *t, const struct call *socket)
{
	for (size_t i = 0; i < t->sockets.n; i++) {
		const struct call *fact = t->sockets.at[i];
		uint32_t operation = fact->id.nr & SOCKET_OPERATION;

		if (fact->id.arch == AF_UNIX && !fact->answer &&
		    (operation == SOCKET_BIND || operation == SOCKET_LISTEN) &&
		    fact->detail_size == socket->detail_size &&
		    !memcmp(fact->detail, socket->detail, socket->detail_size))
			return true;
	}
	return false;
}

bool socket_is_outside(const struct trace *t, const struct call *fact)
{
	uint32_t operation = fact->id.nr & SOCKET_OPERATION;

	return fact->id.arch == AF_UNIX && fact->detail_size &&
		!fact->detail[0] && fact->answer != -ECONNREFUSED &&
		(operation == SOCKET_CONNECT || operation == SOCKET_SEND) &&
		!has_name(t, fact);
}
