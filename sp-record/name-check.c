/* SPDX-License-Identifier: Apache-2.0 */
#include "name-check.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
	LINKS_MAX = 40,		/* the kernel's limit: path_resolution(7) */
	REST_MAX = 2 * (PATH_FACT_MAX + 1),
	/* only in newer versions of linux/magic.h */
	FUSE_MAGIC = 0x65735546, SMB2_MAGIC = 0xfe534d42, CEPH_MAGIC = 0xc36400,
	CIFS_MAGIC = 0xff534d42,
};
enum file_system {
	HAS_TIMES,
	/*
	 * The kernel's own file systems, such as /proc. Their times are not
	 * usable.
	 */
	HAS_NO_TIMES,
	/*
	 * File systems with a daemon or a server, which can give wrong answers.
	 */
	SAYS_ANYTHING,
};

#define SECOND 1000000000ULL
/*
 * An inode's time can be this much earlier than the call that set it. The
 * kernel's clock for inodes is coarse, some file systems have a resolution of
 * two seconds, and a call takes a while to end.
 */
#define BEFORE_NS (2 * SECOND)

/* Follows a path from the root, one component at a time, as the kernel does. */
struct walking {
	const struct name_question *question;
	int fd;			/* the current place (O_PATH) */
	struct stat st;		/* of `fd` */
	struct stat parent;	/* the directory above */
	/* the part of the path that is still to be followed */
	char rest[REST_MAX];
	char path[PATH_FACT_MAX + 1];	/* the path so far; "" is the root */
	size_t links;
	/* the last file system that was found to be trustworthy */
	dev_t trusted;
	/* whether no component so far changed since the recording's start */
	bool settled;
	/* whether a link or ".." followed a changed component */
	bool doubtful;
	bool missing;		/* the rest of the path does not exist */
	bool failed;
};

static enum file_system file_system_of(int fd)
{
	struct statfs fs;

	if (fstatfs(fd, &fs))
		return SAYS_ANYTHING;
	switch ((unsigned int)fs.f_type) {
	case PROC_SUPER_MAGIC:
	case SYSFS_MAGIC:
	case CGROUP_SUPER_MAGIC:
	case CGROUP2_SUPER_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC:
	case SECURITYFS_MAGIC:
		return HAS_NO_TIMES;
	case FUSE_MAGIC:
	case NFS_SUPER_MAGIC:
	case SMB_SUPER_MAGIC:
	case SMB2_MAGIC:
	case CIFS_MAGIC:
	case V9FS_MAGIC:
	case AFS_SUPER_MAGIC:
	case CODA_SUPER_MAGIC:
	case CEPH_MAGIC:
		return SAYS_ANYTHING;
	default:
		return HAS_TIMES;
	}
}

static uint64_t ns_of(struct timespec t)
{
	return t.tv_sec < 0 ? 0 : t.tv_sec * SECOND + t.tv_nsec;
}

/* Whether only root can add an entry to the directory. */
static bool is_roots(const struct stat *directory)
{
	return !directory->st_uid && !(directory->st_mode & 022);
}

/*
 * Whether the current place existed when the recording started: creating or
 * moving an inode sets its time.
 */
static bool is_settled(struct walking *w)
{
	uint64_t start = w->question->started_ns;

	if (w->st.st_dev != w->trusted) {
		if (file_system_of(w->fd) == SAYS_ANYTHING)
			return false;
		w->trusted = w->st.st_dev;
	}
	return is_roots(&w->parent) || (start > BEFORE_NS &&
		ns_of(w->st.st_ctim) < start - BEFORE_NS);
}

static void stand_on(struct walking *w, int fd)
{
	close(w->fd);
	w->fd = fd;
	w->failed |= fd < 0 || fstat(fd, &w->st);
}

static void go_to_root(struct walking *w)
{
	*w->path = '\0';
	stand_on(w, open("/", O_PATH | O_CLOEXEC));
}

static void append(struct walking *w, const char *name, size_t size)
{
	size_t have = strlen(w->path);

	if (have + 1 + size > PATH_FACT_MAX) {
		w->failed = true;
		return;
	}
	w->path[have] = '/';
	memcpy(w->path + have + 1, name, size);
	w->path[have + 1 + size] = '\0';
}

/* Puts a text before the remaining path. */
static void prepend(struct walking *w, const char *target, size_t size)
{
	size_t have = strlen(w->rest) + 1;

	if (size + 1 + have > sizeof(w->rest)) {
		w->failed = true;
		return;
	}
	memmove(w->rest + size + 1, w->rest, have);
	memcpy(w->rest, target, size);
	w->rest[size] = '/';
}

static void go_up(struct walking *w)
{
	char *slash = strrchr(w->path, '/');

	w->doubtful |= !w->settled || w->question->flags & CHECK_NO_LINKS;
	if (!slash)		/* ".." in the root is the root */
		return;
	*slash = '\0';
	stand_on(w, openat(w->fd, "..", O_PATH | O_CLOEXEC));
}

static void follow(struct walking *w, int link)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(link, "", target, sizeof(target));

	w->doubtful |= !w->settled;
	/* Links in /proc lead each process to another place. */
	w->failed |= n <= 0 || n == sizeof(target) ||
		++w->links > LINKS_MAX ||
		file_system_of(link) == HAS_NO_TIMES ||
		w->question->flags & CHECK_NO_LINKS;
	if (w->failed)
		return;
	prepend(w, target, n);
	if (*target == '/')
		go_to_root(w);
}

/* Keeps the rest of the path unchanged, because it cannot be followed. */
static void lose(struct walking *w, const char *name, size_t size)
{
	w->missing = errno == ENOENT;
	w->failed |= !w->missing;
	append(w, name, size);
	for (char *at = w->rest; *at && !w->failed; at += strspn(at, "/")) {
		size_t n = strcspn(at, "/");

		w->failed |= n == 2 && !memcmp(at, "..", 2);
		if (n && !(n == 1 && *at == '.'))
			append(w, at, n);
		at += n;
	}
	*w->rest = '\0';
}

static void enter(struct walking *w, const char *name, size_t size)
{
	int fd = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat above = w->st;
	int from = w->fd;

	if (fd < 0) {
		lose(w, name, size);
		return;
	}
	w->fd = fd;
	w->parent = above;
	w->failed |= fstat(fd, &w->st);
	w->settled &= is_settled(w);
	if (S_ISLNK(w->st.st_mode) &&
	    (*w->rest || w->question->flags & CHECK_FOLLOW)) {
		w->fd = from;
		w->st = above;
		follow(w, fd);
		close(fd);
	} else {
		close(from);
		append(w, name, size);
	}
}

/* Takes the first component of the remaining path. */
static size_t take_component(struct walking *w, char name[NAME_MAX + 1])
{
	size_t slashes = strspn(w->rest, "/");
	size_t n = strcspn(w->rest + slashes, "/");
	size_t after = strspn(w->rest + slashes + n, "/");

	if (n > NAME_MAX) {
		w->failed = true;
		return 0;
	}
	memcpy(name, w->rest + slashes, n);
	name[n] = '\0';
	memmove(w->rest, w->rest + slashes + n + after,
		strlen(w->rest + slashes + n + after) + 1);
	return n;
}

static void walk(struct walking *w)
{
	char name[NAME_MAX + 1];

	go_to_root(w);
	while (*w->rest && !w->failed) {
		size_t n = take_component(w, name);

		if (n == 2 && !memcmp(name, "..", 2))
			go_up(w);
		else if (n && !(n == 1 && *name == '.'))
			enter(w, name, n);
	}
}

/*
 * Whether the directory or the object changed at the time of the call. If a
 * program named a path but could not change the object, it must not get into a
 * policy. If the object no longer exists, the last directory must have changed.
 */
static uint32_t find_change(const struct walking *w)
{
	uint64_t least = w->question->ended_ns - BEFORE_NS;
	bool entry = w->question->flags & CHECK_ENTRY && !w->missing;
	const struct stat *st = entry ? &w->parent : &w->st;
	uint32_t verdict = ns_of(st->st_ctim) >= least ? NAME_CHANGED : 0;

	return verdict | (file_system_of(w->fd) == HAS_TIMES ? 0 :
			  NAME_TIMELESS);
}

/*
 * Whether owner and mode permit the access. A permission by supplementary
 * groups or capabilities counts as missing.
 */
static bool may(const struct walking *w, const struct stat *st, mode_t mode)
{
	const struct name_question *q = w->question;
	mode_t own = st->st_uid == q->uid ? mode << 6 :
		st->st_gid == q->gid ? mode << 3 : mode;

	return !q->uid || (st->st_mode & own) == own;
}

/*
 * Whether the caller may make the call there. A directory whose owner is not
 * root may have been writable for others at that time.
 */
static bool is_permitted(const struct walking *w)
{
	uint32_t flags = w->question->flags;
	bool owns = w->st.st_uid == w->question->uid;
	const struct stat *directory = w->missing ? &w->st : &w->parent;

	if (flags & CHECK_ENTRY || w->missing)
		return directory->st_uid == w->question->uid ||
			may(w, directory, 02);
	if (flags & CHECK_OBJECT && !owns && !may(w, &w->st, 02))
		return false;
	return owns || (may(w, &w->st, (flags & CHECK_READ ? 04 : 0) |
			    (flags & CHECK_WRITE ? 02 : 0) |
			    (flags & CHECK_EXECUTE ? 01 : 0)));
}

static void judge(const struct walking *w, struct name_answer *a)
{
	if (w->failed)
		return;
	a->verdict = NAME_WALKED | find_change(w) |
		(is_permitted(w) ? NAME_PERMITTED : 0) |
		(w->doubtful ? 0 : NAME_SETTLED);
	a->type = w->missing ? 0 : w->st.st_mode >> 12 & 0xf;
	strcpy(a->path, *w->path ? w->path : "/");
}

size_t name_check(void *unused, const void *question, size_t size,
		  void *answer)
{
	struct name_question q = { 0 };
	struct name_answer a = { 0 };
	struct walking w = { .question = &q, .fd = -1, .settled = true };

	(void)unused;
	memcpy(&q, question, size < sizeof(q) ? size : sizeof(q));
	q.path[PATH_FACT_MAX] = '\0';
	strcpy(w.rest, q.path);
	walk(&w);
	judge(&w, &a);
	if (w.fd >= 0)
		close(w.fd);
	size = offsetof(struct name_answer, path) + strlen(a.path) + 1;
	memcpy(answer, &a, size);
	return size;
}
