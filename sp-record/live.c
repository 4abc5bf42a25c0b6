/* SPDX-License-Identifier: Apache-2.0 */
#include "live.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/message.h"
#include "base/stderr.h"
#include "base/text.h"
#include "curses.h"
#include "live-calls.h"
#include "write-limit.h"

#define PERIOD_NS 250000000ULL

enum {
	CURVE_ROWS = 5, CURVE_FROM_ROWS = 20,
	/*
	 * The largest size of the view. The owner of the terminal can set any
	 * size, and ncurses crashes for one above 32767.
	 */
	ROWS_MAX = 500, COLUMNS_MAX = 1000,
};

struct live {
	struct curses curses;
	SCREEN *screen;
	WINDOW *window;
	FILE *terminal;
	struct termios modes;	/* the modes that the terminal had before */
	bool has_modes;
	struct write_limit *limit;
	/* the actions that the signals in handled[] had before */
	struct sigaction actions[4];
	int stderr_fd;		/* the real stderr */
	/* a file for messages that are printed while the view is shown */
	int notes_fd;
	char *title;
	const struct marks *marks;
	struct tracer *tracer;
	struct live_calls *calls;
	uint64_t due_ns;
	int rows, columns;
	bool hung_up;		/* the terminal was closed */
};

void live_check(void)
{
	struct curses curses;

	if (!isatty(STDERR_FILENO))
		message_usage("--live: stderr is not a terminal");
	if (!curses_load(&curses))
		message_fatal("--live: %s: install ncurses", dlerror());
	curses_unload(&curses);
}

/* Restores stderr, and copies the notes to it. */
static void release_stderr(struct live *live)
{
	char buf[4096];
	ssize_t n;

	fflush(stderr);
	if (live->stderr_fd < 0)
		return;
	dup2(live->stderr_fd, STDERR_FILENO);
	lseek(live->notes_fd, 0, SEEK_SET);
	while ((n = read(live->notes_fd, buf, sizeof(buf) - 1)) > 0) {
		buf[n] = '\0';
		stderr_print(buf);
	}
	close(live->stderr_fd);
	close(live->notes_fd);
}

static bool hold_stderr(struct live *live)
{
	live->notes_fd = memfd_create("notes", MFD_CLOEXEC);
	live->stderr_fd = live->notes_fd < 0 ? -1 :
		fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	return live->stderr_fd >= 0 &&
		dup2(live->notes_fd, STDERR_FILENO) >= 0;
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

/* Returns the size of the terminal, limited to the largest view. 0: unknown. */
static void find_size(const struct live *live, int *rows, int *columns)
{
	struct winsize size;

	if (ioctl(fileno(live->terminal), TIOCGWINSZ, &size))
		size = (struct winsize){ 0 };
	*rows = smaller(size.ws_row, ROWS_MAX);
	*columns = smaller(size.ws_col, COLUMNS_MAX);
}

/* ncurses handles these signals with code that close_screen() unloads. */
static const int handled[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
enum { HANDLED = sizeof(handled) / sizeof(handled[0]) };

static void on_resize(int number)
{
	(void)number;
}

/*
 * Sets ncurses' size. Otherwise ncurses takes it from terminfo at first, and
 * handles SIGWINCH only if no other handler is set.
 */
static SCREEN *new_screen(struct live *live)
{
	struct sigaction action = {
		.sa_handler = on_resize, .sa_flags = SA_RESTART,
	};

	_Static_assert(HANDLED == sizeof(live->actions) /
		       sizeof(live->actions[0]), "one for each signal");
	for (size_t i = 0; i < HANDLED; i++)
		sigaction(handled[i], NULL, &live->actions[i]);
	sigaction(SIGWINCH, &action, NULL);
	live->curses.use_env(false);
	return live->curses.newterm(NULL, live->terminal, live->terminal);
}

static bool open_screen(struct live *live)
{
	char name[64];

	if (ttyname_r(STDERR_FILENO, name, sizeof(name)))
		return false;
	live->terminal = fopen(name, "r+e");
	if (!live->terminal || !curses_load(&live->curses))
		return false;
	live->has_modes = !tcgetattr(fileno(live->terminal), &live->modes);
	live->limit = write_limit_new(fileno(live->terminal));
	write_limit_begin(live->limit);
	live->screen = new_screen(live);
	if (!live->screen)
		return false;
	live->curses.cbreak();
	live->curses.noecho();
	live->curses.curs_set(0);
	live->window = live->curses.newwin(0, 0, 0, 0);
	if (!live->window)
		return false;
	live->curses.nodelay(live->window, true);
	live->curses.keypad(live->window, true);
	return write_limit_end(live->limit);
}

/*
 * Closes ncurses. Then restores the terminal's modes, which ncurses cannot do
 * if the write limit was exceeded.
 */
static void close_screen(struct live *live)
{
	write_limit_begin(live->limit);
	if (live->screen) {
		if (live->window)
			live->curses.delwin(live->window);
		live->curses.endwin();
		live->curses.delscreen(live->screen);
		for (size_t i = 0; i < HANDLED; i++)
			sigaction(handled[i], &live->actions[i], NULL);
	}
	if (!write_limit_end(live->limit) && live->has_modes)
		tcsetattr(fileno(live->terminal), TCSANOW, &live->modes);
	write_limit_free(live->limit);
	if (live->terminal)
		fclose(live->terminal);
	curses_unload(&live->curses);
}

struct live *live_new(const char *title, const struct marks *marks,
		      struct tracer *tracer)
{
	struct live *live = xcalloc(1, sizeof(*live));

	live->stderr_fd = live->notes_fd = -1;
	setlocale(LC_CTYPE, "");
	live->title = text_printable(title);
	live->marks = marks;
	live->tracer = tracer;
	live->calls = live_calls_new(tracer);
	if (open_screen(live) && hold_stderr(live))
		return live;
	live_free(live);
	message_note("--live: the terminal cannot show it (TERM=%s); the "
		     "recording goes on", getenv("TERM") ? getenv("TERM") : "");
	return NULL;
}

void live_free(struct live *live)
{
	if (!live)
		return;
	close_screen(live);
	release_stderr(live);
	live_calls_free(live->calls);
	free(live->title);
	free(live);
}

/*
 * In the background, the terminal can have input for others, which we cannot
 * read: poll(2) would return at once, again and again. A terminal that is not
 * our controlling terminal has no background for us, and tcgetpgrp(3) fails.
 */
static bool may_read(int terminal)
{
	pid_t group = tcgetpgrp(terminal);

	return group < 0 || group == getpgrp();
}

int live_fd(const struct live *live)
{
	int fd = live && !live->hung_up ? fileno(live->terminal) : -1;

	return fd >= 0 && may_read(fd) ? fd : -1;
}

/*
 * Whether the terminal was closed. This is checked before poll(2), which would
 * report it again and again.
 */
static bool has_hung_up(const struct live *live)
{
	struct pollfd p = { .fd = fileno(live->terminal) };

	return poll(&p, 1, 0) > 0 && p.revents & (POLLHUP | POLLERR);
}

uint64_t live_due(const struct live *live)
{
	return live ? live->due_ns : 0;
}

/* Returns the index of the next mark to come; live->marks->n: all have come. */
static size_t next_mark(const struct live *live)
{
	struct tracer_phase phases[TRACER_PHASES];
	size_t n = tracer_phases(live->tracer, phases), mark = 0;

	for (; mark < live->marks->n; mark++) {
		size_t i = 1;

		while (i < n && phases[i].mark != mark)
			i++;
		if (i == n)
			break;
	}
	return mark;
}

bool live_keys(struct live *live)
{
	int key;

	if (!live)
		return false;
	write_limit_begin(live->limit);
	while ((key = live->curses.wgetch(live->window)) != ERR) {
		size_t mark = next_mark(live);

		if (key == 'q')
			break;
		if (key == 'm' && mark < live->marks->n)
			tracer_mark(live->tracer, mark);
		live->due_ns = now_ns();
	}
	write_limit_end(live->limit);
	live->hung_up = has_hung_up(live);
	return key == 'q';
}

/* Prints one line of text, truncated at the right edge. */
static void put(struct live *live, int row, attr_t attributes, const char *text)
{
	const struct curses *c = &live->curses;

	if (row >= live->rows || c->wmove(live->window, row, 0) == ERR)
		return;
	c->wattr_on(live->window, attributes, NULL);
	c->waddnstr(live->window, text, live->columns - 1);
	c->wattr_off(live->window, attributes, NULL);
}

__attribute__((format(printf, 4, 5)))
static void put_line(struct live *live, int row, attr_t attributes,
		     const char *format, ...)
{
	va_list args;
	char *text = NULL;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	va_end(args);
	if (text)
		put(live, row, attributes, text);
	free(text);
}

static double since(uint64_t from_ns, uint64_t to_ns)
{
	return to_ns > from_ns ? (to_ns - from_ns) / 1e9 : 0;
}

static void draw_head(struct live *live, const struct tracer_glance *g,
		      uint64_t now)
{
	double rate = 0;
	size_t n;
	const struct live_name *names = live_calls_names(live->calls, &n);

	for (size_t i = 0; i < n; i++)
		rate += names[i].rate;
	put_line(live, 0, A_REVERSE, "%s: %.1f s, %" PRIu64 " calls, %.0f/s, "
		 "%" PRIu64 " distinct, %" PRIu64 " task%s, last new call "
		 "%.1f s ago", live->title, since(g->start_ns, now), g->calls,
		 rate, g->distinct, g->live, g->live == 1 ? "" : "s",
		 since(g->last_new_ns, now));
}

static void draw_new(struct live *live, int row, int rows, uint64_t now)
{
	size_t n;
	const struct live_call *const *seen = live_calls_seen(live->calls, &n);

	put(live, row, A_BOLD, "SECONDS AGO  NEW CALL");
	for (int i = 1; i < rows && (size_t)i <= n; i++) {
		const struct live_call *call = seen[n - i];

		put_line(live, row + i, 0, "%11.1f  %-34s  %s",
			 since(call->first_ns, now), call->text, call->image);
	}
}

static void draw_names(struct live *live, int row, int rows)
{
	size_t n;
	const struct live_name *names = live_calls_names(live->calls, &n);
	char label[SYSCALL_NAME_MAX];

	put(live, row, A_BOLD, "CALLS A SECOND         COUNT  NAME");
	for (int i = 1; i < rows && (size_t)i <= n; i++)
		put_line(live, row + i, 0, "%14.1f  %12" PRIu64 "  %s",
			 names[i - 1].rate, names[i - 1].count,
			 syscall_label(names[i - 1].id, label));
}

/*
 * Draws how many calls were known at each time, from the start at the left
 * edge.
 */
static void draw_curve(struct live *live, int row, uint64_t start_ns,
		       uint64_t now)
{
	int width = live->columns - 1;
	char *lines[CURVE_ROWS];
	size_t n, at = 0;
	const struct live_call *const *seen = live_calls_seen(live->calls, &n);

	put_line(live, row, A_BOLD, "DISCOVERY: %zu calls of images in %.1f s",
		 n, since(start_ns, now));
	for (int i = 0; i < CURVE_ROWS; i++) {
		lines[i] = xcalloc(width + 1, 1);
		memset(lines[i], ' ', width);
	}
	for (int x = 0; n && now > start_ns && x < width; x++) {
		uint64_t until = start_ns +
			(now - start_ns) / width * (x + 1);

		while (at < n && (x == width - 1 || seen[at]->first_ns <= until))
			at++;
		for (size_t i = 0; i < CURVE_ROWS; i++)
			if (at * CURVE_ROWS > i * n)
				lines[CURVE_ROWS - 1 - i][x] = '#';
	}
	for (int i = 0; i < CURVE_ROWS; i++) {
		put(live, row + 1 + i, 0, lines[i]);
		free(lines[i]);
	}
}

static void draw_foot(struct live *live, uint64_t start_ns)
{
	struct tracer_phase phases[TRACER_PHASES];
	size_t n = tracer_phases(live->tracer, phases);
	char *text = NULL;

	text_append(&text, "   ", next_mark(live) < live->marks->n ?
		    "q: end   m: mark" : "q: end");
	for (size_t i = 1; i < n; i++) {
		char *name = text_printable(
			live->marks->at[phases[i].mark].name);
		char *one = xasprintf("%s at %.1f s", name,
				      since(start_ns, phases[i].start_ns));

		text_append(&text, "   ", one);
		free(one);
		free(name);
	}
	put(live, live->rows - 1, A_REVERSE, text);
	free(text);
}

static void adapt(struct live *live)
{
	const struct curses *c = &live->curses;
	int rows, columns;

	find_size(live, &rows, &columns);
	if (rows && columns && (rows != c->getmaxy(live->window) ||
				columns != c->getmaxx(live->window))) {
		c->resizeterm(rows, columns);
		c->wresize(live->window, rows, columns);
		c->clearok(live->window, true);
	}
	live->rows = c->getmaxy(live->window);
	live->columns = c->getmaxx(live->window);
}

/*
 * Draws, from top to bottom: the head, new calls, calls by rate, the curve, and
 * the foot.
 */
static void draw(struct live *live)
{
	uint64_t now = tracer_now(live->tracer);
	int curve, half;
	struct tracer_glance g;

	live_calls_look(live->calls, now);
	tracer_glance(live->tracer, &g);
	adapt(live);
	curve = live->rows >= CURVE_FROM_ROWS ? CURVE_ROWS + 2 : 0;
	half = (live->rows - 2 - curve) / 2;
	live->curses.werase(live->window);
	draw_head(live, &g, now);
	draw_new(live, 1, half, now);
	draw_names(live, 1 + half, live->rows - 2 - curve - half);
	if (curve)
		draw_curve(live, live->rows - curve, g.start_ns, now);
	draw_foot(live, g.start_ns);
	write_limit_begin(live->limit);
	live->curses.wrefresh(live->window);
	if (!write_limit_end(live->limit))
		live->curses.clearok(live->window, true);
}

void live_show(struct live *live, uint64_t now)
{
	if (!live || now < live->due_ns)
		return;
	live->due_ns = now + PERIOD_NS;
	if (write_is_possible(fileno(live->terminal)))
		draw(live);
}
