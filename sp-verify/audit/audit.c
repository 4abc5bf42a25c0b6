/* SPDX-License-Identifier: Apache-2.0 */
#include "audit/audit.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "audit/audit-record.h"
#include "audit/audit-socket.h"
#include "audit/forks.h"
#include "audit/tally.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "process/cgroup.h"
#include "process/container.h"
#include "process/describe.h"

/*
 * In BURST_S seconds, the kernel prints at most BURST records
 * (printk_ratelimit_state).
 */
enum { BURST = 10, BURST_S = 5 };

struct audit {
	const struct audit_options *options;
	struct tally *tally;
	/* number of records of type SECCOMP, of all processes */
	uint64_t n_records;
	uint64_t n_lost;
	/* The following is only for records as they are written. */
	/* The cgroup whose records are wanted. NULL: any. */
	const char *cgroup;
	bool (*is_wanted)(const char *name, const char *cgroup);
	struct forks *forks;	/* NULL: processes of any cgroup */
	uint64_t n_gone;
	/* The following is only for a log. */
	const char *name;
	uint64_t line, n_known, n_garbled, n_losses, n_printk_losses;
	/* The times of the last records that came by printk. */
	uint64_t printed_ns[BURST], n_printed;
};

/* Records. */

/* Whether the filter allows the call for all arguments. */
static bool allows(const struct filter *filter, struct call_id id)
{
	struct filter_answers answers;

	filter_run_any(filter, id, &answers);
	return !answers.more && answers.n == 1 &&
		(answers.actions[0] & SECCOMP_RET_ACTION_FULL) ==
		SECCOMP_RET_ALLOW;
}

static bool is_listed(const struct audit *s, const struct audit_record *r)
{
	const struct audit_options *o = s->options;

	if (o->exe && (!r->exe || fnmatch(o->exe, r->exe, 0)))
		return false;
	return !o->filter || !allows(o->filter, r->id);
}

static void take(struct audit *s, const struct audit_record *r,
		 enum audit_way way)
{
	if (!tally_add(s->tally, r, way) && !s->n_lost++)
		message_error("too many different calls: the rest is not "
			      "listed");
}

/* Whether the process is wanted, by its cgroups. */

static bool is_in_cgroup(struct audit *s, uint32_t pid)
{
	int holds = s->forks ? forks_holds(s->forks, pid) : 1;

	s->n_gone += holds < 0;
	return holds > 0;
}

static void on_message(void *audit, uint16_t type, const char *text)
{
	struct audit *s = audit;
	struct audit_record r;
	const char *problem;

	if (type != AUDIT_SECCOMP)
		return;
	problem = audit_record_read(text, &r);
	s->n_records++;
	if (problem && !s->n_garbled++)
		message_error("a malformed record of the kernel: %s", problem);
	else if (!problem && is_listed(s, &r) && is_in_cgroup(s, r.pid))
		take(s, &r, AUDIT_BY_AUDITD);
	audit_record_free(&r);
}

/*
 * Checks that the kernel logs calls that a profile allows, which an
 * administrator can turn off.
 */
static bool logs_log(void)
{
	static const char path[] = "/proc/sys/kernel/seccomp/actions_logged";
	FILE *file = fopen(path, "re");
	char line[256] = "", *word, *next = line;
	bool found = !file;

	if (file && fgets(line, sizeof(line), file))
		while (!found && (word = strsep(&next, " \n")))
			found = !strcmp(word, "log");
	if (file)
		fclose(file);
	if (!found)
		message_error("%s lacks 'log': the kernel does not log calls "
			      "that a profile allows", path);
	return found;
}

static void note_listening(unsigned int seconds)
{
	if (seconds)
		message_note("listening for %u second%s; ^C ends it sooner",
			     seconds, seconds == 1 ? "" : "s");
	else
		message_note("listening; ^C ends it");
}

/*
 * Waits for a signal, which it takes, or for the end of the time. Handles
 * events of processes before records, because ended processes cannot be looked
 * up.
 */
static void wait_for_records(struct audit *s, struct audit_socket *socket,
			     int signal_fd)
{
	unsigned int seconds = s->options->timeout;
	uint64_t end_ms = now_ms() + 1000ULL * seconds;
	struct pollfd p[] = {
		{ audit_socket_fd(socket), POLLIN, 0 },
		{ signal_fd, POLLIN, 0 },
		{ s->forks ? forks_fd(s->forks) : -1, POLLIN, 0 },
	};
	struct signalfd_siginfo info;

	while (read(signal_fd, &info, sizeof(info)) < 0) {
		uint64_t now = now_ms();
		int wait_ms = -1;

		if (seconds && now >= end_ms)
			return;
		if (seconds)
			wait_ms = end_ms - now < INT32_MAX ?
				(int)(end_ms - now) : INT32_MAX;
		if (poll(p, 3, wait_ms) < 0)
			continue;
		if (p[2].revents)
			forks_take(s->forks);
		audit_socket_take(socket);
	}
}

static void report_gone(const struct audit *s)
{
	int error = forks_error(s->forks);

	message_error("%" PRIu64 " record%s of processes that exited "
		      "before their cgroup could be read: they are not listed, "
		      "since they may not belong to %s", s->n_gone,
		      s->n_gone == 1 ? "" : "s", s->cgroup);
	if (error)
		message_note("the kernel's proc connector, which reports their "
			     "parents, cannot be opened: %s (this needs "
			     "CAP_NET_ADMIN and a kernel with "
			     "CONFIG_PROC_EVENTS)", strerror(error));
	else if (forks_missed(s->forks))
		message_note("there were more forks and exits than could be "
			     "followed");
	message_note("--exe without --unit and --container also lists "
		     "processes that have exited");
}

static void watch(struct audit *s, struct audit_socket *socket,
		  int signal_fd, struct run *run)
{
	uint64_t start_ns = now_ns();
	struct audit_end end;

	run->start_ns = clock_ns(CLOCK_REALTIME);
	note_listening(s->options->timeout);
	wait_for_records(s, socket, signal_fd);
	end = audit_socket_finish(socket);
	if (end.lost)
		message_error("the kernel lost %" PRIu64 " record%s of "
			      "any type: the list may be incomplete",
			      end.lost, end.lost == 1 ? "" : "s");
	else if (!end.known)
		message_error("the end of the kernel's records did not come: "
			      "the list may be incomplete");
	s->n_lost += end.lost ? end.lost : !end.known;
	run->duration_ns = now_ns() - start_ns;
	if (s->n_gone)
		report_gone(s);
	s->n_lost += s->n_gone + s->n_garbled;
}

/*
 * Returns the signals that end the mode. Signals that the caller made us
 * ignore, as nohup(1) does, are left out.
 */
static sigset_t ending_signals(void)
{
	static const int all[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action;
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!sigaction(all[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&set, all[i]);
	return set;
}

static bool read_live(struct audit *s, struct run *run)
{
	sigset_t ends = ending_signals(), before;
	int signal_fd;
	struct audit_socket *socket;

	if (!logs_log())
		return false;
	sigprocmask(SIG_BLOCK, &ends, &before);
	signal_fd = signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->cgroup)
		s->forks = forks_open(s->is_wanted, s->cgroup);
	socket = audit_socket_open(on_message, s);
	if (socket)
		watch(s, socket, signal_fd, run);
	else
		message_error("cannot read the kernel's audit records: %s%s",
			      strerror(errno), errno == EPERM ? "; run as "
			      "root, or with " AUDIT_SOCKET_CAPS : "");
	audit_socket_close(socket);
	forks_close(s->forks);
	close(signal_fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return socket;
}

/* Prints that sp-verify waits for the unit if it is not running yet. */
static void look_for_unit(const char *name)
{
	struct cgroup_mounts mounts;
	int32_t hierarchy;
	char *dir;

	cgroup_mounts_read(&mounts);
	dir = cgroup_find_unit(&mounts, name, &hierarchy);
	cgroup_mounts_free(&mounts);
	if (!dir)
		message_note("unit %s is not running yet; waiting for it",
			     name);
	free(dir);
}

/* Returns the name of the wanted cgroup; the caller frees it. */
static char *wanted_cgroup(struct audit *s)
{
	const struct audit_options *o = s->options;
	struct container c = { 0 };

	if (o->unit) {
		char *name = strchr(o->unit, '.') ? xstrdup(o->unit) :
			xasprintf("%s.service", o->unit);

		s->is_wanted = cgroup_is_unit;
		look_for_unit(name);
		return name;
	}
	s->is_wanted = cgroup_is_container;
	if (!o->container || container_find(o->container, &c)) {
		char *id = c.id;

		c.id = NULL;
		container_free(&c);
		return id;
	}
	if (c.others)
		message_fatal("--container %s: several containers have that "
			      "name: %s; give NAMESPACE/POD/NAME, or the id",
			      o->container, c.others);
	message_note("no engine knows container %s yet; waiting for one with "
		     "that id", o->container);
	return xstrdup(o->container);
}

/* A log. */

static void report_malformed(struct audit *s, const char *problem)
{
	enum { SAID = 10 };

	if (s->n_garbled++ < SAID)
		message_error("%s: line %" PRIu64 ": %s", s->name, s->line,
			      problem);
}

static void see_printed(struct audit *s, const struct audit_line *l)
{
	if (l->kind == AUDIT_RECORD && l->way == AUDIT_BY_PRINTK)
		s->printed_ns[s->n_printed++ % BURST] = l->record.time_ns;
}

/*
 * Whether the log ends in a burst. The kernel reports how many records it did
 * not print only with the next record that it prints, so after a burst at the
 * end the report is missing.
 */
static bool ends_in_burst(const struct audit *s)
{
	uint64_t first, last;

	if (s->n_printed < BURST)
		return false;
	first = s->printed_ns[s->n_printed % BURST];
	last = s->printed_ns[(s->n_printed - 1) % BURST];
	return last >= first && last - first < BURST_S * 1000000000ULL;
}

static void take_line(struct audit *s, char *text, bool cut)
{
	struct audit_line l;

	audit_line_read(text, &l);
	if (cut && l.kind != AUDIT_OTHER)
		report_malformed(s, "too long");
	else if (l.kind == AUDIT_GARBLED)
		report_malformed(s, l.problem);
	else if (l.kind == AUDIT_RECORD && is_listed(s, &l.record))
		take(s, &l.record, l.way);
	see_printed(s, &l);
	s->n_records += l.kind == AUDIT_RECORD;
	s->n_known += l.of_kernel || l.kind != AUDIT_OTHER;
	s->n_losses += l.kind == AUDIT_LOST;
	s->n_printk_losses += l.kind == AUDIT_LOST_PRINTK;
	audit_record_free(&l.record);
}

/*
 * Reports losses. A record that printk did not print is not lost if it came in
 * another way.
 */
static void sum_up(struct audit *s, struct run *run)
{
	bool printk_counts = !tally_has_more_than_printk(s->tally);
	uint64_t losses = s->n_losses +
		(printk_counts ? s->n_printk_losses : 0);

	if (s->n_garbled)
		message_error("%s: %" PRIu64 " record%s cannot be read",
			      s->name, s->n_garbled,
			      s->n_garbled == 1 ? "" : "s");
	if (losses)
		message_error("%s: %" PRIu64 " of its lines report%s missing "
			      "records: the list may be incomplete", s->name,
			      losses, losses == 1 ? "s" : "");
	else if (printk_counts && ends_in_burst(s))
		message_error("%s: ends in a burst of records, and the kernel "
			      "prints only %d in %d seconds: the list may be "
			      "incomplete", s->name, BURST, BURST_S);
	s->n_lost += s->n_garbled + losses + (printk_counts &&
					      ends_in_burst(s));
	run->start_ns = tally_first_ns(s->tally);
	run->duration_ns = tally_last_ns(s->tally) - run->start_ns;
}

/*
 * Whether the file is a log of the kernel or auditd. In another file, the lack
 * of denials proves nothing.
 */
static bool is_log(const struct audit *s)
{
	if (!s->n_known)
		message_error("%s: %s: give a log of auditd, or what "
			      "journalctl or dmesg prints", s->name, s->line ?
			      "no line from the kernel or its audit" :
			      "empty");
	return s->n_known;
}

static bool read_log(struct audit *s, struct run *run)
{
	struct input *in = s->options->log;
	FILE *file = input_file(in);
	bool cut, ok;
	char *text;

	s->name = input_name(in->path);
	if (!file)
		return false;
	text = xcalloc(AUDIT_LINE_MAX, 1);
	while (audit_line_next(file, text, &cut)) {
		s->line++;
		take_line(s, text, cut);
	}
	free(text);
	ok = !ferror(file);
	if (!ok)
		message_error("%s: %s", s->name, strerror(errno));
	ok = ok && is_log(s);
	sum_up(s, run);
	input_close(in);
	return ok;
}

static void note_if_empty(const struct audit *s)
{
	const char *name = s->name ? s->name : "", *colon = s->name ? ": " : "";

	if (!s->n_records && !s->n_garbled)
		message_note("%s%sno seccomp record", name, colon);
	else if (!tally_count(s->tally) && message_status() == STATUS_YES)
		message_note("%s%s%" PRIu64 " seccomp record%s, no violation",
			     name, colon, s->n_records,
			     s->n_records == 1 ? "" : "s");
}

/*
 * Makes a run from the log. The log is the only source, so reading it again
 * makes the same run.
 */
static void learn(const struct audit *s, struct run *run)
{
	const struct audit_options *o = s->options;
	uint64_t start_ns = run->start_ns, duration_ns = run->duration_ns;

	if (o->log)
		tally_id(s->tally, o->exe ? o->exe : "", run->id);
	run_lose(run, "call", s->n_lost);
	describe_append(&run->how, "audit");
	learn_begin(o->learn, run);
	tally_learn(s->tally, start_ns, o->learn);
	learn_end(o->learn, false, 0, duration_ns, true);
}

bool audit_read(const struct audit_options *o, struct report *report)
{
	struct audit s = { .options = o, .tally = tally_new() };
	char *cgroup = wanted_cgroup(&s);
	struct run run = { 0 };
	const char *name = o->unit ? : o->container ? : o->exe ? :
		o->log ? o->log->path : "audit";
	int error = describe_run(&run, NULL, name, NULL);
	bool ok = !error;

	s.cgroup = cgroup;
	if (error)
		message_error("cannot describe the run: %s", strerror(-error));
	else
		ok = o->log ? read_log(&s, &run) : read_live(&s, &run);
	if (ok)
		note_if_empty(&s);
	tally_report(s.tally, run.start_ns, report);
	if (ok && o->learn)
		learn(&s, &run);
	run_free(&run);
	tally_free(s.tally);
	free(cgroup);
	return ok;
}
