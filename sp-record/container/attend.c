/* SPDX-License-Identifier: Apache-2.0 */
#include "attend.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/input.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/output.h"
#include "container-profile.h"
#include "journal.h"
#include "place.h"
#include "process/cgroup.h"
#include "process/describe.h"
#include "stream/trace.h"

/*
 * Raises our priority, because the container waits for us. Loading the programs
 * takes some 70 ms of CPU time, and on a busy machine other processes would get
 * ten times as much meanwhile. It is no error if the priority cannot be raised.
 */
static void raise_priority(int flags)
{
	struct sched_param first = { .sched_priority = 1 };

	sched_setscheduler(0, SCHED_FIFO | flags, &first);
}

static void restore_priority(void)
{
	struct sched_param none = { 0 };

	sched_setscheduler(0, SCHED_OTHER, &none);
}

/* The state of the attending process. */
struct attendance {
	const struct subject *subject;
	const struct request *request;
	const struct container_options *options;
	struct place stream, profile;
	char *cgroup;
	struct output *out;
	/* descriptor of an open base profile; -1: none */
	int base;
	/* descriptor of a file that gets the recorder's stderr */
	int messages;
	pid_t recorder;
	int first;		/* pidfd of the container's first process */
};

/* Returns a name for the journal: "container web (redis:7.2)". */
static char *title(const struct subject *s)
{
	return xasprintf("container %s%s%s%s", s->name ? s->name : s->id,
			 s->image ? " (" : "", s->image ? s->image : "",
			 s->image ? ")" : "");
}

static char *cgroup_of(const struct subject *s)
{
	struct cgroup_mounts m;
	int32_t hierarchy;
	char *path;

	cgroup_mounts_read(&m);
	path = cgroup_of_process(&m, s->pid, s->id, &hierarchy);
	cgroup_mounts_free(&m);
	return path;
}

static char *prepare(struct attendance *a)
{
	const struct container_options *o = a->options;
	const struct request *r = a->request;
	char *problem = NULL;

	if (!place_find(&a->stream, o, a->subject, r->output, &problem))
		return problem;
	if (r->profile && !place_find(&a->profile, o, a->subject, r->profile,
				      &problem))
		return problem;
	if (r->base)
		a->base = place_open_file(o, r->base, &problem);
	a->cgroup = cgroup_of(a->subject);
	if (!problem && !a->cgroup)
		problem = xasprintf("process %d is in no cgroup of its own",
				    a->subject->pid);
	return problem;
}

static void release(struct attendance *a)
{
	output_abandon(a->out);
	place_free(&a->stream);
	place_free(&a->profile);
	free(a->cgroup);
	if (a->base >= 0)
		close(a->base);
	if (a->messages >= 0)
		close(a->messages);
	if (a->first >= 0)
		close(a->first);
}

/* The attending process */

/*
 * Moves this process and the recorder to the root of each hierarchy. A manager
 * that ends the engine, or a helper of the runtime, kills everything in its
 * cgroup. The kernel can take 10 ms for the first move; meanwhile, the recorder
 * starts.
 */
static void leave_cgroups(pid_t recorder)
{
	struct cgroup_mounts m;

	cgroup_mounts_read(&m);
	for (size_t i = 0; i < m.n; i++) {
		char *path = xasprintf("%s/cgroup.procs", m.at[i].dir);
		FILE *file = fopen(path, "we");

		if (file) {
			fprintf(file, "0\n");
			fflush(file);
			fprintf(file, "%d\n", recorder);
			fclose(file);
		}
		free(path);
	}
	cgroup_mounts_free(&m);
}

/*
 * Closes all other descriptors. If this process kept a copy of a plugin's
 * connection open, the runtime would not notice that the plugin ended.
 */
static void close_others(const int *kept, size_t n)
{
	unsigned int from = STDERR_FILENO + 1;

	for (;;) {
		unsigned int next = ~0U;

		for (size_t i = 0; i < n; i++)
			if (kept[i] >= (int)from && (unsigned int)kept[i] < next)
				next = kept[i];
		if (next > from)
			syscall(SYS_close_range, from,
				next == ~0U ? next : next - 1, 0);
		if (next == ~0U)
			return;
		from = next + 1;
	}
}

static void detach(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t none;

	setsid();
	if (chdir("/"))
		message_note("/: %s", strerror(errno));
	for (int fd = 0; null >= 0 && fd <= STDERR_FILENO; fd++)
		dup2(null, fd);
	if (null > STDERR_FILENO)
		close(null);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	umask(077);
}

static void add_label(char ***argv, const char *key, const char *value)
{
	char *label = value && *value ?
		xasprintf("--label=%s=%s", key, value) : NULL;

	if (label)
		describe_append(argv, label);
	free(label);
}

/* execve(2) permits at most 128 KiB for one argument. */
enum { ARGS_MAX = 16384, LABELS_MAX = 64, LABEL_MAX = 1024 };

static bool has_option(char **options, const char *option)
{
	for (; options && *options; options++)
		if (!strcmp(*options, option))
			return true;
	return false;
}

static void add_args(char ***argv, const struct attendance *a)
{
	char *text = a->subject->args ?
		json_dumps(a->subject->args, JSON_COMPACT) : NULL;

	if (text && strlen(text) <= ARGS_MAX && strcmp(text, "[]") &&
	    !has_option(a->request->options, "--no-argv") &&
	    !has_option(a->options->recording, "--no-argv"))
		add_label(argv, "container.args", text);
	free(text);
}

/* Adds the container's labels, as long as there is room. */
static void add_labels(char ***argv, json_t *labels)
{
	const char *key;
	json_t *value;
	size_t n = 0, left_out = 0;
	char *number;

	json_object_foreach(labels, key, value) {
		const char *text = json_string_value(value);
		char *name;

		if (!text || strchr(key, '=') ||
		    strlen(key) + strlen(text) > LABEL_MAX || n == LABELS_MAX) {
			left_out++;
			continue;
		}
		name = xasprintf("container.label.%s", key);
		add_label(argv, name, text);
		free(name);
		n++;
	}
	number = left_out ? xasprintf("%zu", left_out) : NULL;
	add_label(argv, "container.labels-left-out", number);
	free(number);
}

static char **recorder_argv(const struct attendance *a, int ready)
{
	const struct subject *s = a->subject;
	char **argv = xcalloc(1, sizeof(*argv));
	char *text;

	describe_append(&argv, "sp-record");
	describe_append(&argv, "--quiet");
	/* This leaves out the runtime's calls. */
	describe_append(&argv, "--from-exec");
	text = xasprintf("--cgroup=%s", a->cgroup);
	describe_append(&argv, text);
	free(text);
	text = xasprintf("--ready-fd=%d", ready);
	describe_append(&argv, text);
	free(text);
	text = xasprintf("--name=%s", s->name ? s->name : s->id);
	describe_append(&argv, text);
	free(text);
	/*
	 * The administrator's options come last, so that they take precedence.
	 */
	for (char **o = a->request->options; *o; o++)
		describe_append(&argv, *o);
	for (char **o = a->options->recording; o && *o; o++)
		describe_append(&argv, *o);
	add_label(&argv, "container.id", s->id);
	add_label(&argv, "container.name", s->name);
	add_label(&argv, "container.image", s->image);
	add_label(&argv, "container.pod", s->pod);
	add_label(&argv, "container.namespace", s->namespace);
	add_label(&argv, "container.engine", s->engine);
	add_label(&argv, "container.runtime", s->runtime);
	add_label(&argv, "container.cwd", s->cwd);
	add_label(&argv, "container.healthcheck", s->has_check ? "yes" : NULL);
	add_args(&argv, a);
	add_labels(&argv, s->labels);
	return argv;
}

/*
 * Runs in the child that becomes the recorder. Passes only some descriptors on.
 */
__attribute__((noreturn))
static void become_recorder(const struct attendance *a, int ready)
{
	char **argv;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	raise_priority(SCHED_RESET_ON_FORK);
	argv = recorder_argv(a, ready);
	if (dup2(output_fd(a->out), STDOUT_FILENO) >= 0 &&
	    dup2(a->messages, STDERR_FILENO) >= 0 &&
	    !fcntl(ready, F_SETFD, 0))
		execv("/proc/self/exe", argv);
	_exit(127);
}

/*
 * Starts the recorder. Returns a descriptor that gets a byte when the recorder
 * records. If the descriptor is closed without a byte, the recorder failed.
 */
static int start_recorder(struct attendance *a)
{
	int fds[2];

	a->messages = memfd_create("messages", MFD_CLOEXEC);
	if (a->messages < 0 || pipe2(fds, O_CLOEXEC) ||
	    !output_open_new(&a->out, a->stream.directory, a->stream.name))
		return -1;
	a->recorder = fork();
	if (!a->recorder)
		become_recorder(a, fds[1]);
	close(fds[1]);
	if (a->recorder > 0)
		return fds[0];
	close(fds[0]);
	return -1;
}

/*
 * Returns the first message of the recorder, without the tool's name, which the
 * caller frees. Returns NULL if there is none.
 */
static char *first_message(const struct attendance *a)
{
	static const char prefix[] = "sp-record: ";
	char text[512];
	ssize_t n = pread(a->messages, text, sizeof(text) - 1, 0);
	char *start = text;

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (!strncmp(text, prefix, strlen(prefix)))
		start += strlen(prefix);
	return *start ? xstrdup(start) : NULL;
}

/*
 * Ends the recorder when the container's cgroup is removed. If the container
 * never starts, its cgroup can remain, and the recorder would wait forever. So
 * it gets a signal then, which does no harm to a recorder that is ending.
 */
static void end_with_cgroup(const struct attendance *a)
{
	enum { LOOK_MS = 1000 };
	struct pollfd fds[] = {
		{ syscall(SYS_pidfd_open, a->recorder, 0), POLLIN, 0 },
		{ a->first, POLLIN, 0 },
	};
	bool empty = false;

	while (!empty && fds[0].fd >= 0 && !(fds[0].revents & POLLIN)) {
		bool gone = fds[1].revents || fds[1].fd < 0;

		if (gone)
			fds[1].fd = -1;
		if (poll(fds, 2, gone ? LOOK_MS : -1) < 0 && errno != EINTR)
			break;
		empty = gone && cgroup_is_empty(a->cgroup);
	}
	if (empty)
		kill(a->recorder, SIGTERM);
	if (fds[0].fd >= 0)
		close(fds[0].fd);
}

/* Returns NULL if the recorder ended well, and its first message otherwise. */
static char *wait_for_recorder(const struct attendance *a)
{
	int status = 0;
	char *message;

	while (waitpid(a->recorder, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status))
		return xasprintf("the recorder was killed by SIG%s",
				 sigabbrev_np(WTERMSIG(status)));
	message = status ? first_message(a) : NULL;
	return !status || message ? message :
		xasprintf("the recorder ended with status %d",
			  WEXITSTATUS(status));
}

/* Writes the profile, if one was requested. */
static void finish_profile(struct attendance *a, const char *what)
{
	char *name = NULL, *problem;

	if (!a->request->profile)
		return;
	problem = container_profile(output_fd(a->out), a->base, &a->profile,
				    &name);
	if (problem)
		journal_note("%s: no profile: %s", what, problem);
	else
		journal_note("%s: profile in %s/%s", what, a->profile.shown,
			     name);
	free(problem);
	free(name);
}

/*
 * Keeps the stream. The recorder's messages about losses go to the journal; -q
 * suppresses the others.
 */
static void finish_stream(struct attendance *a, const char *what)
{
	char *name = output_commit_new(a->out), *message = first_message(a);

	a->out = NULL;
	if (name)
		journal_note("%s: recorded in %s/%s%s%s", what,
			     a->stream.shown, name, message ? ": " : "",
			     message ? message : "");
	else
		journal_note("%s: not recorded: no name for the stream in %s",
			     what, a->stream.shown);
	free(message);
	free(name);
}

static bool has_calls(int fd)
{
	char path[32], *paths[] = { path, NULL };
	struct trace *t = trace_new();
	struct inputs inputs;
	bool has;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	inputs_open(&inputs, paths);
	has = trace_load_all(t, &inputs, 0) && t->calls.n;
	inputs_close(&inputs);
	trace_free(t);
	return has;
}

/* Waits for the end of the container, and gives the files their names. */
static void finish(struct attendance *a)
{
	char *what = title(a->subject), *problem;

	end_with_cgroup(a);
	problem = wait_for_recorder(a);
	/*
	 * For a container, a run without calls is not a failure, so this
	 * message replaces the recorder's.
	 */
	if ((!problem || strstr(problem, ": it never ran: ")) &&
	    !has_calls(output_fd(a->out))) {
		free(problem);
		problem = xstrdup("its program was not executed");
	}
	if (problem) {
		journal_note("%s: not recorded: %s", what, problem);
	} else {
		finish_profile(a, what);
		finish_stream(a, what);
	}
	free(what);
	free(problem);
}

/*
 * Reports to the caller: "\n" if the recorder records, and otherwise the reason
 * for the failure.
 */
static bool tell(int report, int ready, struct attendance *a)
{
	char byte = 0;
	ssize_t n = ready < 0 ? -1 : read(ready, &byte, 1);
	char *problem;

	/* This write fails if the caller gave up and closed its end. */
	if (n == 1)
		return write(report, "\n", 1) == 1;
	problem = a->recorder > 0 ? wait_for_recorder(a) :
		a->out ? xasprintf("cannot start the recorder: %s",
				    strerror(errno)) :
		xasprintf("%s: %s", a->stream.shown, strerror(errno));
	if (problem && write(report, problem, strlen(problem)) < 0) {
		char *what = title(a->subject);

		journal_note("%s: not recorded: %s", what, problem);
		free(what);
	}
	free(problem);
	a->recorder = 0;
	return false;
}

__attribute__((noreturn))
static void attending(struct attendance *a, int report)
{
	const int kept[] = {
		report, a->stream.directory, a->profile.directory, a->base,
	};
	int ready;

	journal_close();
	close_others(kept, sizeof(kept) / sizeof(kept[0]));
	detach();
	a->first = syscall(SYS_pidfd_open, a->subject->pid, 0);
	ready = start_recorder(a);
	if (a->recorder > 0)
		leave_cgroups(a->recorder);
	if (tell(report, ready, a)) {
		restore_priority();
		close(report);
		finish(a);
	} else if (a->recorder > 0) {
		kill(a->recorder, SIGKILL);
	}
	release(a);
	_exit(0);
}

/* The caller */

/*
 * Ends the caller's wait. The attending process can no longer report, and gives
 * up, too. Returns false if its report has just come.
 */
static bool give_up(int report)
{
	char byte = 0;

	shutdown(report, SHUT_RD);
	return recv(report, &byte, 1, MSG_DONTWAIT) != 1 || byte != '\n';
}

/*
 * Waits for the report. Returns NULL if the container is recorded. Otherwise
 * returns the reason, which can be that the time is over.
 */
static char *await(int report, double seconds)
{
	uint64_t until = now_ns() + (uint64_t)(seconds * 1e9);
	struct pollfd fd = { report, POLLIN, 0 };
	char text[512] = "";
	size_t n = 0;

	for (;;) {
		uint64_t now = now_ns();
		int ms = now < until ? (until - now + 999999) / 1000000 : 0;
		int ready = poll(&fd, 1, ms);
		ssize_t more;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return !give_up(report) ? NULL :
				xasprintf("the recorder was not ready within "
					  "%g s", seconds);
		more = read(report, text + n, sizeof(text) - 1 - n);
		if (more > 0)
			n += more;
		if (n && *text == '\n')
			return NULL;
		if (more <= 0)
			return xstrdup(n ? text : "the recorder has ended");
	}
}

/* Forks twice, so that the attending process is not a child of the caller. */
static bool fork_attending(struct attendance *a, int fds[2])
{
	pid_t child = fork();
	int status;

	if (!child) {
		close(fds[0]);
		child = fork();
		if (!child)
			attending(a, fds[1]);
		_exit(child < 0);
	}
	close(fds[1]);
	if (child < 0)
		return false;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return errno == ECHILD;
	return !status;
}

char *attend(const struct subject *s, const struct request *r,
	     const struct container_options *o)
{
	struct attendance a = {
		.subject = s, .request = r, .options = o,
		.stream.directory = -1, .profile.directory = -1,
		.base = -1, .messages = -1, .first = -1,
	};
	char *problem = prepare(&a);
	int fds[2];

	raise_priority(0);
	if (!problem && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
				   fds)) {
		problem = xasprintf("cannot make a socket: %s",
				    strerror(errno));
	} else if (!problem) {
		if (fork_attending(&a, fds))
			problem = await(fds[0], o->patience > 0 ? o->patience :
					PATIENCE_S);
		else
			problem = xstrdup("no process can be started");
		close(fds[0]);
	}
	restore_priority();
	release(&a);
	return problem;
}
