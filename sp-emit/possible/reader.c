/* SPDX-License-Identifier: Apache-2.0 */
#include "reader.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limit.h"
#include "base/memory.h"
#include "code.h"
#include "process/image-file.h"
#include "process/sandbox.h"

enum {
	MEMORY_MAX = 1 << 30,
	OBJECTS_MAX = 4096,
	ID_MAX = 64,
	/*
	 * the bytes before an entry's path: own, size of the build-id, build-id
	 */
	ENTRY_HEAD = 2 + ID_MAX,
};

struct shared {
	size_t used;
	uint8_t request[READER_REQUEST_MAX + 1];
	struct reader_answer answer;
};

struct reader {
	pid_t pid;
	/* a byte that is sent here makes the process begin */
	int go;
	/* the other end of `go`, open so that sending cannot fail */
	int go_end;
	/* a byte that comes here shows that the answer is complete */
	int done;
	struct shared *shared;
};

/* Finding files */

struct work {
	struct graph *graph;
	const char *root;
	struct reader_answer *answer;
	struct { dev_t dev; ino_t ino; } seen[OBJECTS_MAX];
	size_t n_seen;
	/* Searches for libraries that were already made. */
	char **libraries;
	size_t n_libraries;
	bool is_full;		/* there are more files than OBJECTS_MAX */
};

static void miss(struct work *w, const char *name, const char *why)
{
	struct reader_answer *a = w->answer;
	size_t used = strnlen(a->missing, sizeof(a->missing) - 1);

	a->n_missing++;
	if (used + strlen(name) + strlen(why) + 4 < sizeof(a->missing))
		sprintf(a->missing + used, "%s: %s\n", name, why);
}

static bool is_seen(struct work *w, int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return true;
	for (size_t i = 0; i < w->n_seen; i++)
		if (w->seen[i].dev == st.st_dev && w->seen[i].ino == st.st_ino)
			return true;
	if (w->n_seen == OBJECTS_MAX) {
		w->is_full = true;
		return true;
	}
	w->seen[w->n_seen].dev = st.st_dev;
	w->seen[w->n_seen++].ino = st.st_ino;
	return false;
}

/*
 * Whether the error is a lack of resources, which says nothing about the file:
 * an answer without the file would depend on the state of the machine.
 */
static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOMEM;
}

/* Returns -1 if there is no such file. */
static int open_below(const struct work *w, const char *path)
{
	char whole[PATH_MAX];
	struct stat st;
	int fd;

	if (snprintf(whole, sizeof(whole), "%s%s", w->root, path) >=
	    (int)sizeof(whole))
		return -1;
	errno = 0;
	fd = regular_file_open(whole, &st);
	if (fd < 0 && is_shortage(errno))
		w->answer->error = errno;
	return fd;
}

static void add_needed(struct work *w, const struct binary *b,
		       const char *path);

/*
 * Returns 0, or the reason why the file was not read; -EEXIST means that it was
 * read before. Takes ownership of `fd`.
 */
static int add_file(struct work *w, int fd, const char *path, bool own,
		    const uint8_t *id, size_t id_size)
{
	struct binary b;
	int err = binary_open(&b, fd);

	if (err)
		return err;
	if (id_size && (b.build_id_size != id_size ||
			memcmp(b.build_id, id, id_size)))
		err = -ESTALE;
	else if (is_seen(w, fd))
		err = -EEXIST;
	if (err) {
		binary_close(&b);
		return err;
	}
	w->answer->n_objects++;
	graph_add(w->graph, &b, path, own);
	add_needed(w, &b, path);
	return 0;
}

/* Returns whether the library was found there and read. */
static bool add_path(struct work *w, const char *path)
{
	int fd = open_below(w, path), err;

	if (fd < 0)
		return false;
	err = add_file(w, fd, path, false, NULL, 0);
	return !err || err == -EEXIST;
}

/* Looks for a library in one directory of a search path. */
static bool add_in(struct work *w, const char *directory, size_t n,
		   const char *origin, const char *name)
{
	static const char mark[] = "$ORIGIN";
	char path[PATH_MAX];
	bool has_mark = n >= strlen(mark) &&
		!memcmp(directory, mark, strlen(mark));

	if (has_mark) {
		directory += strlen(mark);
		n -= strlen(mark);
	}
	if (snprintf(path, sizeof(path), "%.*s%.*s/%s", has_mark ?
		     (int)(strrchr(origin, '/') - origin) : 0, origin, (int)n,
		     directory, name) >= (int)sizeof(path))
		return false;
	return add_path(w, path);
}

static bool add_along(struct work *w, const char *directories,
		      const char *origin, const char *name)
{
	for (const char *at = directories; at; at = strchr(at, ':')) {
		size_t n;

		at += *at == ':';
		n = strcspn(at, ":");
		if (n && add_in(w, at, n, origin, name))
			return true;
		at += n;
		if (!*at)
			break;
	}
	return false;
}

/*
 * The directories in which the dynamic loaders of glibc and musl look, on the
 * usual systems.
 */
static const char usual_directories[] =
	"/lib/x86_64-linux-gnu:/usr/lib/x86_64-linux-gnu:/lib64:/usr/lib64:"
	"/lib:/usr/lib:/usr/local/lib/x86_64-linux-gnu:/usr/local/lib64:"
	"/usr/local/lib";

/*
 * Whether this library was already searched for in the same places. Two
 * programs can use different libraries of the same name.
 */
static bool is_looked_for(struct work *w, const struct binary *b,
			  const char *origin, const char *name)
{
	char *search = b->run_path ?
		xasprintf("%s\n%s\n%.*s", name, b->run_path,
			  (int)(strrchr(origin, '/') - origin), origin) :
		xstrdup(name);
	bool found = false;

	for (size_t i = 0; !found && i < w->n_libraries; i++)
		found = !strcmp(w->libraries[i], search);
	w->is_full |= !found && w->n_libraries == OBJECTS_MAX;
	if (found || w->n_libraries == OBJECTS_MAX) {
		free(search);
		return true;
	}
	w->libraries = xgrow(w->libraries, w->n_libraries, sizeof(char *));
	w->libraries[w->n_libraries++] = search;
	return false;
}

static void add_library(struct work *w, const struct binary *b,
			const char *origin, const char *name)
{
	bool is_path = strchr(name, '/');

	if (is_looked_for(w, b, origin, name))
		return;
	if (is_path ? *name != '/' || !add_path(w, name) :
	    !(b->run_path && add_along(w, b->run_path, origin, name)) &&
	    !add_along(w, usual_directories, origin, name))
		miss(w, name, "not found");
}

/*
 * Whether the file is musl's dynamic loader, which is also its C library. A
 * libc.so that was found in another way is not musl's.
 */
static bool is_musl(const struct binary *b)
{
	return b->interpreter && strstr(b->interpreter, "/ld-musl-");
}

static void add_needed(struct work *w, const struct binary *b,
		       const char *path)
{
	/*
	 * This is valid: graph_add() owns the binary now, but does not change
	 * it.
	 */
	if (b->interpreter)
		add_library(w, b, path, b->interpreter);
	for (size_t i = 0; i < b->n_needed; i++)
		if (!is_musl(b) || strncmp(b->needed[i], "libc.", 5))
			add_library(w, b, path, b->needed[i]);
}

/* Opens the file by its build-id, through the links in Fedora's packages. */
static int open_by_id(const struct work *w, const uint8_t *id, size_t n)
{
	char path[64 + 2 * ID_MAX];
	int at;

	if (n < 2 || n > ID_MAX)
		return -1;
	at = sprintf(path, "/usr/lib/.build-id/%02x/", id[0]);
	for (size_t i = 1; i < n; i++)
		at += sprintf(path + at, "%02x", id[i]);
	return open_below(w, path);
}

static void add_named(struct work *w, const char *path, const uint8_t *id,
		      size_t id_size, bool own)
{
	int fd = open_below(w, path), err = -ENOENT;

	if (fd >= 0)
		err = add_file(w, fd, path, own, id, id_size);
	if (err == -ESTALE || err == -ENOENT) {
		fd = open_by_id(w, id, id_size);
		if (fd >= 0)
			err = add_file(w, fd, path, own, id, id_size);
	}
	if (err == -ESTALE)
		miss(w, path, "another build than the recorded one");
	else if (err == -ENOENT)
		miss(w, path, "not found");
	else if (err == -EFBIG)
		miss(w, path, "too much in it");
	else if (err == -ENODATA)
		miss(w, path, "its section headers are stripped");
	else if (err && err != -EEXIST)
		miss(w, path, "not an ELF file for x86-64");
}

/*
 * The work of the process: reads the files of the request and the libraries that
 * they need. `request` is what reader_add() makes, and ends with a zero byte.
 */
static void reader_work(const char *root, const uint8_t *request,
			struct reader_answer *answer)
{
	struct work *w = xcalloc(1, sizeof(*w));

	w->root = root;
	w->answer = answer;
	w->graph = graph_new(now_ns() + READER_SECONDS / 2 * 1000000000ULL);
	answer->no_disassembler = !w->graph;
	while (w->graph && *request) {
		const char *path = (const char *)request + ENTRY_HEAD;

		add_named(w, path, request + 2, request[1], request[0] == 2);
		request = (const uint8_t *)path + strlen(path) + 1;
	}
	if (w->graph)
		graph_solve(w->graph, &answer->result);
	answer->result.cut_short |= w->is_full;
	graph_free(w->graph);
	for (size_t i = 0; i < w->n_libraries; i++)
		free(w->libraries[i]);
	free(w->libraries);
	free(w);
}

/* The child process */

static void shed(int begin, int done)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(begin, STDIN_FILENO);
	dup2(done, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	syscall(SYS_close_range, 3, UINT_MAX, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit_lower(RLIMIT_CORE, 0);
	limit_lower(RLIMIT_FSIZE, 0);
	limit_lower(RLIMIT_CPU, READER_SECONDS);
	limit_raise(RLIMIT_NOFILE);	/* graph.c keeps all files open */
/* AddressSanitizer needs more memory than this limit. */
#ifndef __SANITIZE_ADDRESS__
	limit_lower(RLIMIT_DATA, MEMORY_MAX);
#endif
}

static _Noreturn void serve(struct reader *r, const char *root, int begin,
			    int done)
{
	char byte;

	shed(begin, done);
	memory_can_fail();
	code_load();	/* graph_new() checks whether this worked */
	sandbox_enter(SANDBOX_READER, NULL, NULL);
	if (read(STDIN_FILENO, &byte, 1) == 1) {
		reader_work(root, r->shared->request, &r->shared->answer);
		if (write(STDOUT_FILENO, "", 1) != 1)
			_exit(1);
	}
	_exit(0);
}

struct reader *reader_start(const char *root)
{
	struct reader *r = xcalloc(1, sizeof(*r));
	int go[2] = { -1, -1 }, done[2] = { -1, -1 }, error;

	r->shared = mmap(NULL, sizeof(*r->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (r->shared == MAP_FAILED)
		goto fail;
	if (pipe2(go, O_CLOEXEC) || pipe2(done, O_CLOEXEC))
		goto fail;
	r->pid = fork();
	if (!r->pid)
		serve(r, root ? root : "", go[0], done[1]);
	if (r->pid < 0)
		goto fail;
	close(done[1]);
	r->go = go[1];
	r->go_end = go[0];
	r->done = done[0];
	return r;
fail:
	error = errno;
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(done[i]);
	}
	if (r->shared != MAP_FAILED)
		munmap(r->shared, sizeof(*r->shared));
	free(r);
	errno = error;
	return NULL;
}

/*
 * The tool is in its sandbox and can send no signal. The process ends when its
 * pipe is closed.
 */
void reader_free(struct reader *r)
{
	if (!r)
		return;
	close(r->go);
	close(r->go_end);
	close(r->done);
	munmap(r->shared, sizeof(*r->shared));
	free(r);
}

bool reader_add(struct reader *r, const char *path, const uint8_t *build_id,
		size_t build_id_size, bool own)
{
	struct shared *s = r->shared;
	size_t n = strlen(path) + 1;
	uint8_t *entry = s->request + s->used;

	if (ENTRY_HEAD + n > READER_REQUEST_MAX - s->used ||
	    build_id_size > ID_MAX)
		return false;
	entry[0] = own ? 2 : 1;
	entry[1] = build_id_size;
	if (build_id_size)
		memcpy(entry + 2, build_id, build_id_size);
	memcpy(entry + ENTRY_HEAD, path, n);
	s->used += ENTRY_HEAD + n;
	return true;
}

static bool wait_for_answer(const struct reader *r)
{
	struct pollfd fd = { .fd = r->done, .events = POLLIN };
	uint64_t end = now_ms() + READER_SECONDS * 1000, now = 0;
	char byte;
	int n;

	do {
		now = now_ms();
		n = now < end ? poll(&fd, 1, end - now) : 0;
	} while (n < 0 && errno == EINTR);
	return n > 0 && read(r->done, &byte, 1) == 1;
}

struct reader_answer *reader_ask(struct reader *r)
{
	struct reader_answer *a;

	if (write(r->go, "", 1) != 1 || !wait_for_answer(r))
		return NULL;
	/*
	 * The process could still change the shared memory, so this copies it.
	 */
	a = xmemdup(&r->shared->answer, sizeof(*a));
	a->missing[sizeof(a->missing) - 1] = '\0';
	for (size_t i = 0; i < GRAPH_NUMBERS_MAX; i++) {
		a->result.calls[i].object[GRAPH_WHY_MAX - 1] = '\0';
		a->result.calls[i].function[GRAPH_WHY_MAX - 1] = '\0';
	}
	return a;
}
