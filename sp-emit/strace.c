/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --strace: writes the events of a stream in the form of strace -f -ttt -T -y.
 * The line of a call waits for the call's result. If a call takes so long that
 * QUEUE_MAX lines wait behind it, it is printed as unfinished, and as resumed
 * when it ends.
 */
#include "strace.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/audit.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>
#include <utlist.h>

#include "base/count.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/text.h"
#include "kernel/path.h"
#include "kernel/signature.h"
#include "results.h"

enum { QUEUE_MAX = 64, RESULT_COLUMN = 40 };

/* A call without a result, or another line that waits for its turn. */
struct line {
	struct line *prev, *next;	/* in the queue */
	/* the task that makes the call, until the line is complete */
	struct task *task;
	struct happening call;
	char *text;		/* NULL: the line is not complete */
};

/*
 * The process of a call and the time of its entry. Few calls have both in
 * common.
 */
struct begin {
	uint64_t ns;
	uint32_t pid, zero;
};

struct task {
	UT_hash_handle hh;
	uint32_t tid;
	uint32_t arch;		/* architecture of the task's last call */
	/* the line of the task's call in the queue; NULL: none */
	struct line *line;
	/* whether the task's call was printed as unfinished */
	bool unfinished;
	struct happening call;
	struct begin begin;	/* process and time of `call` */
	UT_hash_handle by_begin;
};

struct strace {
	struct trace_sink sink;
	FILE *out;
	bool has_results;
	char **files;		/* escaped; NULL: unknown */
	size_t n_files;
	struct task *tasks;	/* hash table by tid */
	struct task *unfinished;	/* hash table by `begin` */
	struct line *queue;	/* in the order of their times */
	size_t n_queue;
};

static void on_image(void *arg, uint32_t number, const char *path)
{
	(void)arg, (void)number, (void)path;
}

static void on_run(void *arg, uint32_t image, uint32_t run)
{
	(void)arg, (void)image, (void)run;
}

/* Escapes brackets, too, because brackets surround a path. */
static char *escape(const char *path)
{
	char *plain = path_escape(path), *text, *to;

	to = text = xcalloc(4, strlen(plain) + 1);
	for (const char *at = plain; *at; at++)
		if (*at == '<' || *at == '>')
			to += sprintf(to, "\\x%02x", (unsigned char)*at);
		else
			*to++ = *at;
	*to = '\0';
	free(plain);
	return text;
}

static void on_file(void *arg, uint32_t number, const char *path)
{
	struct strace *s = arg;

	/* Each segment numbers its files from 0. */
	while (s->n_files > number)
		free(s->files[--s->n_files]);
	s->files = xgrow(s->files, s->n_files, sizeof(*s->files));
	s->files[s->n_files++] = path ? escape(path) : NULL;
}

/* `number` is the file's number plus 1. 0: no file. */
static void write_file(const struct strace *s, uint64_t number, FILE *out)
{
	if (number && number <= s->n_files && s->files[number - 1])
		fprintf(out, "<%s>", s->files[number - 1]);
}

static void write_start(const struct happening *h, uint64_t ns, FILE *out)
{
	if (h->tid)
		fprintf(out, "%-5" PRIu32 " ", h->tid);
	else
		fputs("?     ", out);
	fprintf(out, "%" PRIu64 ".%09" PRIu64 " ", ns / 1000000000,
		ns % 1000000000);
}

/*
 * Writes the arguments. `result` NULL: the result is unknown, and descriptors
 * are written without paths.
 */
static void write_args(const struct strace *s, const struct happening *h,
		       const struct happening *result, FILE *out)
{
	const struct signature *signature = signature_of(h->id);
	unsigned int n = signature ?
		signature_count(h->id, signature, h->args) : VALUE_ARGS;
	unsigned int descriptors = 0;

	for (unsigned int i = 0; i < n; i++) {
		fputs(i ? ", " : "", out);
		if (!signature) {
			fprintf(out, h->args[i] ? "0x%" PRIx64 : "0",
				h->args[i]);
			continue;
		}
		signature_write(h->id, signature, i, h->args, out);
		if (signature->kinds[i] == SIGNATURE_DESCRIPTOR &&
		    descriptors++ < 2 && result)
			write_file(s, result->args[1 + descriptors], out);
	}
}

/* Returns the name of the call; "syscall_0x258" if it has none. */
static char *name_of(struct call_id id)
{
	char name[SYSCALL_NAME_MAX];

	return syscall_name(id, name) ? xstrdup(name) :
		xasprintf("syscall_0x%" PRIx32, (uint32_t)id.nr);
}

/*
 * Writes "openat(AT_FDCWD, 0x7f…, O_RDONLY" without a ")". Returns the number
 * of columns.
 */
static int write_call(const struct strace *s, const struct happening *h,
		      const struct happening *result, FILE *out)
{
	char *name = name_of(h->id);
	long before = ftell(out);

	fprintf(out, "%s(", name);
	free(name);
	if (h->flags)
		fputs("...", out);
	else
		write_args(s, h, result, out);
	return ftell(out) - before;
}

/* Writes errors that only the kernel uses: include/linux/errno.h. */
static bool write_restart(int64_t error, FILE *out)
{
	static const char *const names[] = {
		[0] = "ERESTARTSYS (To be restarted if SA_RESTART is set)",
		[1] = "ERESTARTNOINTR (To be restarted)",
		[2] = "ERESTARTNOHAND (To be restarted if no handler)",
		[4] = "ERESTART_RESTARTBLOCK (Interrupted by signal)",
	};

	if (error < 512 || error > 516 || !names[error - 512])
		return false;
	fprintf(out, "? %s", names[error - 512]);
	return true;
}

/* Writes "-1 ENOENT (No such file or directory)" or "3</etc/passwd>". */
static void write_result(const struct strace *s, const struct happening *h,
			 FILE *out)
{
	int64_t value = h->args[0];
	const char *name;

	if (!result_is_error(value)) {
		signature_write_result(signature_of(h->id), value, out);
		write_file(s, h->args[4], out);
	} else if (!write_restart(-value, out)) {
		name = strerrorname_np(-value);
		if (name)
			fprintf(out, "-1 %s (%s)", name, strerror(-value));
		else
			fprintf(out, "-1 (errno %" PRId64 ")", -value);
	}
	fprintf(out, " <%" PRIu64 ".%09" PRIu64 ">", h->args[1] / 1000000000,
		h->args[1] % 1000000000);
}

static FILE *begin_text(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		message_fatal("out of memory");
	return out;
}

/* Returns the text of a call with its result. `result` NULL: it is unknown. */
static char *whole_text(const struct strace *s, const struct happening *call,
			const struct happening *result)
{
	char *text;
	size_t size;
	FILE *out = begin_text(&text, &size);
	int width;

	write_start(call, call->ns, out);
	width = write_call(s, call, result, out) + 1;
	fprintf(out, ")%*s= ", width < RESULT_COLUMN - 1 ?
		RESULT_COLUMN - width : 1, "");
	if (result)
		write_result(s, result, out);
	else
		fputc('?', out);
	fclose(out);
	return text;
}

static char *unfinished_text(const struct strace *s,
			     const struct happening *call)
{
	char *text;
	size_t size;
	FILE *out = begin_text(&text, &size);

	write_start(call, call->ns, out);
	write_call(s, call, NULL, out);
	fputs(" <unfinished ...>", out);
	fclose(out);
	return text;
}

static char *resumed_text(const struct strace *s, const struct happening *result)
{
	char *text, *name = name_of(result->id);
	size_t size;
	FILE *out = begin_text(&text, &size);

	write_start(result, result->ns, out);
	fprintf(out, "<... %s resumed>) = ", name);
	free(name);
	write_result(s, result, out);
	fclose(out);
	return text;
}

static struct begin begin_of(const struct happening *call, uint64_t ns)
{
	return (struct begin){ .ns = ns, .pid = call->pid };
}

static void set_unfinished(struct strace *s, struct task *task,
			   const struct happening *call)
{
	task->unfinished = true;
	task->call = *call;
	task->begin = begin_of(call, call->ns);
	HASH_ADD(by_begin, s->unfinished, begin, sizeof(task->begin), task);
}

static void set_finished(struct strace *s, struct task *task)
{
	if (task->unfinished)
		HASH_DELETE(by_begin, s->unfinished, task);
	task->unfinished = false;
}

/* Prints the first line of the queue and removes it. */
static void pop(struct strace *s)
{
	struct line *line = s->queue;

	if (!line->text) {
		line->text = unfinished_text(s, &line->call);
		set_unfinished(s, line->task, &line->call);
		line->task->line = NULL;
	}
	fputs_unlocked(line->text, s->out);
	fputc_unlocked('\n', s->out);
	DL_DELETE(s->queue, line);
	s->n_queue--;
	free(line->text);
	free(line);
}

static void pop_complete(struct strace *s)
{
	while (s->queue && (s->queue->text || s->n_queue > QUEUE_MAX))
		pop(s);
}

static struct line *push(struct strace *s, char *text)
{
	struct line *line = xcalloc(1, sizeof(*line));

	line->text = text;
	DL_APPEND(s->queue, line);
	s->n_queue++;
	return line;
}

static struct task *task_of(struct strace *s, uint32_t tid)
{
	struct task *task;

	HASH_FIND(hh, s->tasks, &tid, sizeof(tid), task);
	if (task)
		return task;
	task = xcalloc(1, sizeof(*task));
	task->tid = tid;
	HASH_ADD(hh, s->tasks, tid, sizeof(tid), task);
	return task;
}

static void complete(const struct strace *s, struct task *task,
		     const struct happening *result)
{
	struct line *line = task->line;

	if (!line)
		return;
	line->text = whole_text(s, &line->call, result);
	line->task = NULL;
	task->line = NULL;
}

static const char *mode_of(const struct arch *arch)
{
	if (!strcmp(arch->name, "x32"))
		return "x32";
	return arch->audit & __AUDIT_ARCH_64BIT ? "64 bit" : "32 bit";
}

/*
 * Writes what strace prints when a task changes between 64 and 32 bits. A task
 * without such a line has 64 bits, like each kernel that is recorded.
 */
static void note_mode(struct strace *s, struct task *task,
		      const struct happening *h)
{
	const struct arch *arch = arch_of_call(h->id);
	const char *mode = arch ? mode_of(arch) : NULL;

	if (task->arch != h->id.arch && mode && h->tid &&
	    (task->arch || strcmp(mode, "64 bit")))
		push(s, xasprintf("[ Process PID=%" PRIu32 " runs in %s mode. ]",
				  h->tid, mode));
	task->arch = h->id.arch;
}

static void on_call(struct strace *s, const struct happening *h)
{
	struct task *task = task_of(s, h->tid);

	complete(s, task, NULL);	/* its result was lost */
	set_finished(s, task);
	note_mode(s, task, h);
	if (!s->has_results || h->flags) {
		push(s, whole_text(s, h, NULL));
		return;
	}
	task->line = push(s, NULL);
	task->line->task = task;
	task->line->call = *h;
}

/*
 * Whether the result belongs to the call: the time of its entry and the number
 * are those of the call.
 */
static bool is_of(const struct happening *result, const struct happening *call)
{
	return !call_id_compare(&result->id, &call->id) &&
		result->pid == call->pid &&
		result->ns - result->args[1] == call->ns;
}

/*
 * Finds the task of a result. If a thread that is not the first one executes a
 * program, its tid becomes that of the process, so the result has another tid
 * than the call. Then the process and the time of the call identify the task.
 */
static struct task *task_of_result(struct strace *s, const struct happening *h)
{
	struct task *task = task_of(s, h->tid);
	struct begin begin = begin_of(h, h->ns - h->args[1]);

	if ((task->line && is_of(h, &task->line->call)) ||
	    (task->unfinished && is_of(h, &task->call)))
		return task;
	/* The queue is short, but there can be any number of tasks. */
	for (const struct line *line = s->queue; line; line = line->next)
		if (line->task && is_of(h, &line->call))
			return line->task;
	HASH_FIND(by_begin, s->unfinished, &begin, sizeof(begin), task);
	return task && is_of(h, &task->call) ? task : NULL;
}

static void forget_task(struct strace *s, struct task *task)
{
	set_finished(s, task);
	HASH_DELETE(hh, s->tasks, task);
	free(task);
}

static void on_result(struct strace *s, const struct happening *h)
{
	struct task *task = task_of_result(s, h);

	if (!task)		/* the call was lost */
		return;
	if (task->line)
		complete(s, task, h);
	else
		push(s, resumed_text(s, h));
	set_finished(s, task);
	if (task->tid != h->tid)	/* no task has this tid any more */
		forget_task(s, task);
}

static void on_exit_of_task(struct strace *s, const struct happening *h)
{
	struct task *task = task_of(s, h->tid);
	const char *name = signal_name(h->args[0] & 0x7f);
	char *text;
	size_t size;
	FILE *out;

	complete(s, task, NULL);
	out = begin_text(&text, &size);
	write_start(h, h->ns, out);
	if (!(h->args[0] & 0x7f))
		fprintf(out, "+++ exited with %u +++",
			(unsigned int)(h->args[0] >> 8 & 0xff));
	else if (name)
		fprintf(out, "+++ killed by %s +++", name);
	else
		fprintf(out, "+++ killed by SIGRT_%u +++",
			(unsigned int)(h->args[0] & 0x7f) - 32);
	fclose(out);
	push(s, text);
	forget_task(s, task);
}

static void on_begin(void *arg, bool has_results)
{
	struct strace *s = arg;

	s->has_results = has_results;
}

static void on_event(void *arg, const struct happening *h)
{
	struct strace *s = arg;

	switch (h->what) {
	case HAPPENED_CALL:
		on_call(s, h);
		break;
	case HAPPENED_RESULT:
		on_result(s, h);
		break;
	case HAPPENED_EXIT:
		on_exit_of_task(s, h);
		break;
	}
	pop_complete(s);
}

static void on_pause(void *arg)
{
	struct strace *s = arg;

	fflush(s->out);
}

struct strace *strace_new(FILE *out)
{
	struct strace *s = xcalloc(1, sizeof(*s));

	s->out = out;
	s->sink = (struct trace_sink){
		.image = on_image, .run = on_run, .event = on_event,
		.pause = on_pause, .file = on_file, .begin = on_begin, .arg = s,
	};
	return s;
}

const struct trace_sink *strace_sink(const struct strace *s)
{
	return &s->sink;
}

static void note_lost(const struct trace *trace, const char *kind,
		      const char *what)
{
	uint64_t lost = 0;

	for (size_t i = 0; i < trace->n_runs; i++)
		lost = count_add(lost, run_lost(trace->runs[i], kind));
	if (lost)
		message_note("%" PRIu64 " %s", lost, what);
}

void strace_finish(struct strace *s, const struct trace *trace)
{
	while (s->queue)
		pop(s);
	note_lost(trace, "event", "calls were lost while recording, and have "
		  "no line");
	note_lost(trace, "result", "results or paths of descriptors were lost "
		  "while recording");
}

void strace_free(struct strace *s)
{
	struct task *task = NULL, *next;

	if (!s)
		return;
	while (s->queue) {
		struct line *line = s->queue;

		DL_DELETE(s->queue, line);
		free(line->text);
		free(line);
	}
	HASH_ITER(hh, s->tasks, task, next) {
		forget_task(s, task);
	}
	while (s->n_files)
		free(s->files[--s->n_files]);
	free(s->files);
	free(s);
}
