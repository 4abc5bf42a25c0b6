/* SPDX-License-Identifier: Apache-2.0 */
#include "stream/socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/memory.h"
#include "names.h"

enum { PORTS = 1 << 16 };

struct socket_set {
	bool bound[PORTS], listened[PORTS];
	const struct fact **named;	/* facts of AF_UNIX, sorted by detail */
	size_t n_named;
};

int socket_port(const struct fact *fact)
{
	if ((fact->id.arch != AF_INET && fact->id.arch != AF_INET6) ||
	    fact->detail_size < 2)
		return -1;
	return fact->detail[0] << 8 | fact->detail[1];
}

static int by_detail(const void *a, const void *b)
{
	return detail_compare(*(const struct fact *const *)a,
			      *(const struct fact *const *)b);
}

static void add_socket(struct socket_set *set, const struct fact *fact)
{
	uint32_t operation = fact->id.nr & SOCKET_OPERATION;
	int port = socket_port(fact);

	if (port >= 0) {
		set->bound[port] |= operation == SOCKET_BIND && !fact->answer;
		set->listened[port] |= operation == SOCKET_LISTEN;
	}
	if (fact->id.arch == AF_UNIX && !fact->answer &&
	    (operation == SOCKET_BIND || operation == SOCKET_LISTEN))
		set->named[set->n_named++] = fact;
}

struct socket_set *socket_set_new(const struct trace *t)
{
	struct socket_set *set = xcalloc(1, sizeof(*set));

	set->named = xcalloc(t->sockets.n + 1, sizeof(*set->named));
	for (size_t i = 0; i < t->sockets.n; i++)
		add_socket(set, t->sockets.at[i]);
	if (set->n_named)
		qsort(set->named, set->n_named, sizeof(*set->named), by_detail);
	return set;
}

void socket_set_free(struct socket_set *set)
{
	if (!set)
		return;
	free(set->named);
	free(set);
}

bool port_was_chosen(const struct socket_set *set, int port)
{
	return port >= 0 && set->listened[port] && !set->bound[port];
}

static bool has_name(const struct socket_set *set, const struct fact *socket)
{
	return set->n_named &&
		bsearch(&socket, set->named, set->n_named, sizeof(*set->named),
			by_detail);
}

bool socket_is_outside(const struct socket_set *set, const struct fact *fact)
{
	uint32_t operation = fact->id.nr & SOCKET_OPERATION;

	return fact->id.arch == AF_UNIX && fact->detail_size &&
		!fact->detail[0] && fact->answer != -ECONNREFUSED &&
		(operation == SOCKET_CONNECT || operation == SOCKET_SEND) &&
		!has_name(set, fact);
}
