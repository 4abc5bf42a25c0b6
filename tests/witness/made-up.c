/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: made-up HOW VICTIM — tries to make the recorder write another object
 * than the object that a call reached. Works in the current directory, and
 * changes only files below it, never VICTIM.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>

#include "witness.h"

enum { ROUNDS = 20000, NAME = 256 };

static const char *victim;

#define CHECK(call) ((call) == -1 ? err(1, "%s", #call) : (void)0)

static void make(const char *path)
{
	int fd = open(path, O_CREAT | O_WRONLY, 0644);

	CHECK(fd);
	close(fd);
}

/*
 * Makes nested directories: one more than the number of components of `path`.
 */
static size_t make_deep(const char *path, char *deep)
{
	size_t n = 1;

	strcpy(deep, "deep");
	CHECK(mkdir(deep, 0755));
	for (; *path; path++) {
		if (*path != '/')
			continue;
		n++;
		strcat(deep, "/d");
		CHECK(mkdir(deep, 0755));
	}
	strcat(deep, "/d");
	CHECK(mkdir(deep, 0755));
	return n;
}

/*
 * The name link/../../..VICTIM looks like the victim, but the kernel reaches a
 * file in "deep".
 */
static void dots(void)
{
	char cwd[NAME], deep[NAME * 4], name[NAME * 4] = "link";
	char real[NAME * 2] = "deep", *slash;
	size_t n;

	if (!getcwd(cwd, sizeof(cwd)))
		err(1, "getcwd");
	n = make_deep(cwd, deep);
	for (slash = strchr(victim + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		snprintf(real, sizeof(real), "deep%.*s", (int)(slash - victim),
			 victim);
		CHECK(mkdir(real, 0755));
	}
	snprintf(real, sizeof(real), "deep%s", victim);
	make(real);
	CHECK(symlink(deep, "link"));
	while (n--)
		strcat(name, "/..");
	strcat(name, victim);
	CHECK(chmod(name, 0600));
	CHECK(truncate(name, 0));
	CHECK(unlink(name));
	CHECK(mkdir(name, 0700));
}

/*
 * After the calls on a file, its directory is replaced by a link to the
 * victim's directory.
 */
static void swap_link(void)
{
	const char *base = strrchr(victim, '/') + 1;
	char name[NAME], directory[NAME];

	snprintf(directory, sizeof(directory), "%.*s",
		 (int)(base - victim - 1), victim);
	snprintf(name, sizeof(name), "d/%s", base);
	CHECK(symlink(directory, "lure"));
	for (int i = 0; i < 100; i++) {
		CHECK(mkdir("d", 0755));
		make(name);
		CHECK(chmod(name, 0600 + i % 8));
		CHECK(truncate(name, 0));
		CHECK(unlink(name));
		CHECK(rmdir("d"));
		CHECK(symlink(directory, "d"));
		usleep(3000);
		CHECK(unlink("d"));
	}
}

static char shared[NAME];
static char names[2][NAME];
static volatile bool done, begun;
static int own_fd, other_fd, used_fd;

static void *flip(void *unused)
{
	(void)unused;
	for (unsigned int i = 0; !done; i++)
		memcpy(shared, names[i / 16 % 2], sizeof(shared));
	return NULL;
}

static void *flip_fd(void *unused)
{
	(void)unused;
	for (unsigned int i = 0; !done; i++)
		dup2(i % 2 ? own_fd : other_fd, used_fd);
	return NULL;
}

/*
 * Makes a new file with the same name, so that facts about different files
 * could be confused.
 */
static void renew(void)
{
	rmdir("mine");
	close(open("mine", O_CREAT | O_WRONLY, 0644));
}

/* Another thread changes the name in memory while the kernel reads it. */
static void swap_name(void)
{
	pthread_t thread;
	long changed = 0;

	snprintf(names[0], NAME, "mine");
	snprintf(names[1], NAME, "%s", victim);
	make("mine");
	memcpy(shared, names[0], NAME);
	pthread_create(&thread, NULL, flip, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		changed += !chmod(shared, 0600 + i % 8);
		truncate(shared, 0);
		unlink(shared);
		renew();
		rename("mine", shared);
		renew();
		if (!link("mine", shared))
			unlink(shared);
		mkdir(shared, 0755);
	}
	done = true;
	pthread_join(thread, NULL);
	fprintf(stderr, "%ld changed\n", changed);
}

/* Keeps this thread on the first or the last CPU that it may use. */
static void run_on(bool last)
{
	cpu_set_t all, one;
	int cpu = last ? CPU_SETSIZE - 1 : 0;

	CHECK(sched_getaffinity(0, sizeof(all), &all));
	while (!CPU_ISSET(cpu, &all))
		cpu += last ? -1 : 1;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	CHECK(sched_setaffinity(0, sizeof(one), &one));
}

/* Makes a name that the kernel takes long to resolve. */
static void make_slow_name(char name[NAME])
{
	for (int i = 0; i < 120; i++)
		strcat(name, "./");
	strcat(name, "mine");
}

/* Changes the name after a call has begun, with a different delay each time. */
static void *change_once(void *unused)
{
	(void)unused;
	run_on(true);
	for (unsigned int i = 0; !done; i++) {
		while (!begun && !done)
			;
		for (volatile unsigned int n = i * 16 % 4096; n; n--)
			;
		memcpy(shared, names[1], NAME);
		begun = false;
	}
	return NULL;
}

/* Waits until the first name can be used, and signals that a call begins. */
static void begin(void)
{
	while (begun)
		;
	memcpy(shared, names[0], NAME);
	begun = true;
}

/*
 * Another thread empties the name after the kernel has read it. Prints how many
 * directories were made.
 */
static void swap_empty(void)
{
	pthread_t thread;
	long made = 0;

	make_slow_name(names[0]);
	pthread_create(&thread, NULL, change_once, NULL);
	run_on(false);
	for (int i = 0; i < ROUNDS / 10; i++) {
		begin();
		if (!mkdir(shared, 0755)) {
			made++;
			CHECK(rmdir("mine"));
		}
	}
	done = true;
	pthread_join(thread, NULL);
	printf("%ld\n", made);
}

/*
 * Another thread changes the name to the victim's, but only the program's own
 * file has the attribute that is changed.
 */
static void swap_attribute(void)
{
	pthread_t thread;

	make_slow_name(names[0]);
	snprintf(names[1], NAME, "%s", victim);
	make("mine");
	CHECK(setxattr("mine", "trusted.made-up", "x", 1, 0));
	pthread_create(&thread, NULL, change_once, NULL);
	run_on(false);
	for (int i = 0; i < ROUNDS / 10; i++) {
		begin();
		setxattr(shared, "trusted.made-up", "x", 1, XATTR_REPLACE);
	}
	done = true;
	pthread_join(thread, NULL);
}

/* Another thread gives the descriptor to another file before the call ends. */
static void swap_fd(void)
{
	pthread_t thread;

	make("mine");
	own_fd = open("mine", O_RDWR);
	other_fd = open("/etc/passwd", O_RDONLY);
	used_fd = dup(own_fd);
	CHECK(other_fd);
	pthread_create(&thread, NULL, flip_fd, NULL);
	for (int i = 0; i < ROUNDS; i++) {
		fchmod(used_fd, 0600 + i % 8);
		ftruncate(used_fd, 0);
	}
	done = true;
	pthread_join(thread, NULL);
}

/* Another thread changes the address while the kernel reads it. */
static void swap_address(void)
{
	pthread_t thread;
	struct sockaddr_un *at = (void *)shared;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	at->sun_family = AF_UNIX;
	strcpy(at->sun_path, "mine");
	CHECK(bind(listener, (void *)at, sizeof(*at)));
	CHECK(listen(listener, 100));
	memcpy(names[0], at, sizeof(*at));
	memcpy(names[1], at, sizeof(*at));
	strcpy(((struct sockaddr_un *)names[1])->sun_path, victim);
	pthread_create(&thread, NULL, flip, NULL);
	for (int i = 0; i < ROUNDS / 10; i++) {
		int fd = socket(AF_UNIX, SOCK_STREAM, 0);

		if (!connect(fd, (void *)at, sizeof(*at)))
			close(accept(listener, NULL, NULL));
		close(fd);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		unlink("mine2");
		bind(fd, (void *)at, sizeof(*at));
		close(fd);
	}
	done = true;
	pthread_join(thread, NULL);
}

/* All these calls fail before the kernel checks permissions. */
static void failures(void)
{
	struct {
		uint64_t flags, mode, resolve;
	} cached = { O_RDWR | O_TRUNC, 0, 0x20 };	/* RESOLVE_CACHED */
	char name[NAME], parent[NAME];

	make("mine");
	snprintf(name, sizeof(name), "%s-absent/", victim);
	snprintf(parent, sizeof(parent), "%.*s/",
		 (int)(strrchr(victim, '/') - victim), victim);
	rename("mine", name);				/* ENOTDIR */
	rename("mine", "..");				/* ENOTEMPTY */
	parent[strlen(parent) - 1] = '\0';
	rename("mine", parent);
	renameat2(AT_FDCWD, "mine", AT_FDCWD, victim, RENAME_NOREPLACE);
	strcat(parent, "/");
	unlink(parent);					/* EISDIR */
	rmdir("/");					/* EBUSY */
	syscall(SYS_openat2, AT_FDCWD, victim, &cached, sizeof(cached));
	open("/etc/passwd", O_RDONLY | O_CREAT, 0644);
}

static void write_file(const char *path, const char *format, int id)
{
	FILE *f = fopen(path, "w");

	if (!f || fprintf(f, format, id) < 0 || fclose(f))
		err(1, "%s", path);
}

/* Becomes root in its own user namespace and mount namespace. */
static void become_root(void)
{
	int uid = getuid(), gid = getgid();

	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	write_file("/proc/self/setgroups", "deny%.0d", 0);
	write_file("/proc/self/uid_map", "0 %d 1", uid);
	write_file("/proc/self/gid_map", "0 %d 1", gid);
	CHECK(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
}

static void use(const char *path)
{
	int fd = open(path, O_RDWR);

	CHECK(fd);
	CHECK(fchmod(fd, 0600));
	CHECK(ftruncate(fd, 0));
	close(fd);
	CHECK(chmod(path, 0644));
}

/* Mounts its own file over the victim, in its own mount namespace. */
static void namespaced(void)
{
	make("mine");
	become_root();
	CHECK(mount("mine", victim, NULL, MS_BIND, NULL));
	use(victim);
}

/* Makes calls on the victim's path in a root directory of its own. */
static void rooted(void)
{
	char path[NAME];

	CHECK(mkdir("root", 0755));
	CHECK(mkdir("root/etc", 0755));
	snprintf(path, sizeof(path), "root/etc/%s", strrchr(victim, '/') + 1);
	make(path);
	become_root();
	CHECK(chroot("root"));
	CHECK(chdir("/"));
	snprintf(path, sizeof(path), "/etc/%s", strrchr(victim, '/') + 1);
	use(path);
}

/* Uses a mount that is attached to no directory. */
static void detached(void)
{
	enum { OPEN_TREE = 428, CLONE_TREE = 1 };	/* linux/mount.h */
	char path[NAME];
	int tree;

	CHECK(mkdir("root", 0755));
	CHECK(mkdir("root/etc", 0755));
	snprintf(path, sizeof(path), "root/etc/%s", strrchr(victim, '/') + 1);
	make(path);
	become_root();
	tree = syscall(OPEN_TREE, AT_FDCWD, "root", CLONE_TREE);
	CHECK(tree);
	CHECK(fchdir(tree));
	snprintf(path, sizeof(path), "etc/%s", strrchr(victim, '/') + 1);
	use(path);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} ways[] = {
		{ "dots", dots }, { "swap-link", swap_link },
		{ "swap-name", swap_name }, { "swap-fd", swap_fd },
		{ "swap-empty", swap_empty },
		{ "swap-attribute", swap_attribute },
		{ "swap-address", swap_address }, { "failures", failures },
		{ "namespace", namespaced },
		{ "root", rooted }, { "detached", detached },
	};

	if (argc != 3)
		errx(2, "usage: made-up HOW VICTIM");
	victim = argv[2];
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (!strcmp(ways[i].name, argv[1])) {
			ways[i].run();
			return 0;
		}
	errx(2, "there is no HOW %s", argv[1]);
}
