/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --nri: a plugin of containerd and CRI-O. They report each container before
 * they start its program, and wait for the answer. Each recording is a process
 * of its own (attend.h), which continues when the plugin or the runtime ends.
 */
#include <errno.h>
#include <fnmatch.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "attend.h"
#include "base/memory.h"
#include "base/message.h"
#include "journal.h"
#include "mode.h"
#include "nri-event.h"
#include "nri-wire.h"
#include "request.h"

enum { AGAIN_S = 1, AGAIN_MAX_S = 60, TIMEOUT_MS = 2000 };

#define RUNTIME_SERVICE "nri.pkg.api.v1alpha1.Runtime"

struct plugin {
	const struct container_options *options;
	int fd;
	struct nri_wire wire;
	struct nri_runtime runtime;
	bool failed;		/* whether the connection failed */
};

static void send_all(struct plugin *p, struct protobuf_out out)
{
	size_t done = 0;

	while (!p->failed && done < out.n) {
		ssize_t n = send(p->fd, out.data + done, out.n - done,
				 MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			p->failed = true;
		else if (n > 0)
			done += n;
	}
	free(out.data);
}

/* Selecting containers. */

/*
 * Compares "KEY" or "KEY=PATTERN" with the annotations and labels of the
 * container, and with the labels of the run.
 */
static bool is_selected(const struct subject *s, const char *select)
{
	const char *equals = strchrnul(select, '=');
	char *key = xasprintf("%.*s", (int)(equals - select), select);
	const char *value = !strcmp(key, "container.name") ? s->name :
		!strcmp(key, "container.image") ? s->image :
		!strcmp(key, "container.pod") ? s->pod :
		!strcmp(key, "container.namespace") ? s->namespace :
		subject_annotation(s, key);

	free(key);
	return value && (!*equals || !fnmatch(equals + 1, value, 0));
}

static bool is_wanted(const struct plugin *p, const struct subject *s,
		      const struct request *r)
{
	const struct container_options *o = p->options;

	if (r->asked || r->refused)
		return !r->refused;
	for (size_t i = 0; i < o->n_selects; i++)
		if (is_selected(s, o->selects[i]))
			return true;
	return false;
}

/*
 * A runtime drops a plugin that answers late, and divides the time among its
 * plugins. So the plugin answers within a tenth of the time, or within half of
 * it if the administrator chose how long to wait. If the recorder is not ready
 * by then, the container is not recorded.
 */
static void limit_patience(const struct plugin *p, struct container_options *o)
{
	uint64_t ms = p->runtime.timeout_ms ? p->runtime.timeout_ms :
		TIMEOUT_MS;
	double seconds = ms / 1000.;

	if (!(o->patience > 0))
		o->patience = seconds / 10;
	else if (o->patience > seconds / 2)
		o->patience = seconds / 2;
}

static void record(const struct plugin *p, const struct subject *s)
{
	struct container_options o = *p->options;
	struct request r;
	char *problem;
	bool ok = request_read(&r, s, &o, &problem);

	if (ok && is_wanted(p, s, &r)) {
		limit_patience(p, &o);
		problem = s->pid > 0 ? attend(s, &r, &o) :
			xstrdup("the runtime does not tell its process id");
		if (!problem)
			journal_note("container %s: recording", s->name);
	}
	if (problem)
		journal_note("container %s: not recorded: %s", s->name,
			     problem);
	free(problem);
	request_free(&r);
}

/* Requests */

static void on_start(struct plugin *p, const struct nri_message *m)
{
	bool is_state_change = !strcmp(m->method, "StateChange");
	struct subject s;
	uint32_t event;

	if (!nri_event_read(&s, &event, is_state_change,
			    protobuf_of(m->payload, m->n))) {
		journal_note("a container was not recorded: malformed message "
			     "of the runtime");
		return;
	}
	if (event == NRI_START_CONTAINER && s.id) {
		if (!s.name || !*s.name) {
			free(s.name);
			s.name = xstrdup(s.id);
		}
		if (p->runtime.name && p->runtime.version)
			s.runtime = xasprintf("%s %s", p->runtime.name,
					      p->runtime.version);
		if (p->runtime.name)
			s.engine = xstrdup(p->runtime.name);
		record(p, &s);
	}
	subject_free(&s);
}

static void on_configure(struct plugin *p, const struct nri_message *m)
{
	nri_runtime_free(&p->runtime);
	if (!nri_configure_read(&p->runtime, protobuf_of(m->payload, m->n)))
		p->failed = true;
	else
		journal_note("plugin of %s %s", p->runtime.name ?
			     p->runtime.name : "a runtime", p->runtime.version ?
			     p->runtime.version : "");
}

/* Handles a request. The plugin subscribes to these events only. */
static void on_request(struct plugin *p, const struct nri_message *m)
{
	static const char *const empty[] = {
		"Shutdown", "StateChange", "StartContainer",
	};
	struct protobuf_out answer = { 0 };
	const char *problem = "not implemented";

	if (!strcmp(m->method, "StateChange") ||
	    !strcmp(m->method, "StartContainer"))
		on_start(p, m);
	if (!strcmp(m->method, "Configure")) {
		on_configure(p, m);
		answer = nri_subscription();
		problem = NULL;
	}
	if (!strcmp(m->method, "Synchronize")) {
		answer = nri_synchronized(protobuf_of(m->payload, m->n));
		problem = NULL;
	}
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		if (!strcmp(m->method, empty[i]))
			problem = NULL;
	send_all(p, nri_response(m->stream, problem, &answer));
	free(answer.data);
}

static void on_message(struct plugin *p, const struct nri_message *m)
{
	if (m->is_request && m->connection == NRI_PLUGIN) {
		on_request(p, m);
	} else if (!m->is_request && m->error) {
		journal_note("the runtime refuses the plugin: %s", m->error);
		p->failed = true;
	}
}

/* The connection. */

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		message_fatal("--nri=%s: the name is too long for a socket",
			      path);
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		message_fatal("socket: %s", strerror(errno));
	if (!connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	close(fd);
	return -1;
}

static void refuse_messages(struct plugin *p)
{
	journal_note("malformed message of the runtime");
	p->failed = true;
}

static void take_messages(struct plugin *p)
{
	struct nri_message m;
	bool malformed = false;

	while (!p->failed && nri_next(&p->wire, &m, &malformed)) {
		on_message(p, &m);
		nri_message_free(&m);
	}
	if (malformed)
		refuse_messages(p);
}

/* Serves requests until the connection ends. */
static void serve(struct plugin *p)
{
	struct protobuf_out registration = nri_registration();
	uint8_t data[65536];
	ssize_t n;

	send_all(p, nri_request(1, RUNTIME_SERVICE, "RegisterPlugin",
				&registration));
	free(registration.data);
	while (!p->failed) {
		n = recv(p->fd, data, sizeof(data), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (nri_feed(&p->wire, data, n))
			take_messages(p);
		else
			refuse_messages(p);
	}
	nri_wire_free(&p->wire);
	nri_runtime_free(&p->runtime);
	close(p->fd);
}

/*
 * Connects again if the runtime does not listen yet, or was restarted. The wait
 * grows with each refusal.
 */
void nri_mode(const struct container_options *o, const char *path)
{
	unsigned int seconds = AGAIN_S;
	bool noted = false;

	journal_open(o->log);
	for (;;) {
		struct plugin p = { .options = o, .fd = connect_to(path) };
		bool connected = p.fd >= 0;

		if (connected)
			serve(&p);
		if (connected)
			journal_note("%s: the connection to the runtime has "
				     "ended; connecting again", path);
		else if (!noted)
			journal_note("%s: no runtime listens here; waiting "
				     "for one", path);
		noted = !connected;
		seconds = !p.failed ? AGAIN_S :
			seconds < AGAIN_MAX_S / 2 ? seconds * 2 : AGAIN_MAX_S;
		sleep(seconds);
	}
}
