/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: behaviours NAME, in an empty directory
 *
 * Small programs whose functions make different system calls in different C
 * libraries.
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void files(void)
{
	struct stat st;
	int fd = open("file", O_RDWR | O_CREAT, 0600);

	fstat(fd, &st);
	close(fd);
	stat("file", &st);
	lstat("file", &st);
	access("file", R_OK);
	chmod("file", 0640);
	fchmodat(AT_FDCWD, "file", 0600, 0);
	chown("file", -1, -1);
	utimes("file", NULL);
	truncate("file", 10);
	mkdir("directory", 0700);
	rename("file", "directory/file");
	symlink("directory", "link");
	link("directory/file", "other");
	unlink("directory/file");
	unlink("other");
	unlink("link");
	rmdir("directory");
}

static void streams(void)
{
	char line[64];
	FILE *file = fopen("file", "w+");

	fprintf(file, "%d\n", 1);
	rewind(file);
	if (fgets(line, sizeof(line), file))
		printf("%s", line);
	fseek(file, 0, SEEK_END);
	fclose(file);
	remove("file");
}

static void directories(void)
{
	DIR *dir = opendir(".");

	while (readdir(dir))
		;
	closedir(dir);
}

static void processes(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
	pid = vfork();
	if (!pid)
		_exit(0);
	wait(NULL);
}

static void spawning(void)
{
	extern char **environ;
	char *argv[] = { "behaviours", "nothing", NULL };
	FILE *out;
	pid_t pid;

	if (!posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ))
		waitpid(pid, NULL, 0);
	out = popen("true", "r");
	if (out)
		pclose(out);
}

static void *run(void *arg)
{
	sem_post(arg);
	usleep(1000);
	return NULL;
}

static void threads(void)
{
	pthread_t thread[4];
	sem_t sem;

	sem_init(&sem, 0, 0);
	for (int i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, run, &sem);
	for (int i = 0; i < 4; i++)
		sem_wait(&sem);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
}

static void waiting(void)
{
	struct timeval soon = { 0, 1000 };
	struct epoll_event event = { .events = EPOLLIN };
	struct pollfd fd = { .events = POLLIN };
	int pipes[2], epoll = epoll_create(1);
	fd_set set;

	if (pipe(pipes))
		return;
	fd.fd = dup2(pipes[0], 100);
	poll(&fd, 1, 1);
	FD_ZERO(&set);
	FD_SET(pipes[0], &set);
	select(pipes[0] + 1, &set, NULL, NULL, &soon);
	epoll_ctl(epoll, EPOLL_CTL_ADD, pipes[0], &event);
	epoll_wait(epoll, &event, 1, 1);
	eventfd(0, 0);
}

static void times(void)
{
	struct timespec moment = { 0, 1000 };
	struct rlimit limit;

	nanosleep(&moment, NULL);
	clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
	usleep(1);
	getrlimit(RLIMIT_NOFILE, &limit);
	setrlimit(RLIMIT_NOFILE, &limit);
	alarm(10);
	alarm(0);
}

static void ignore(int number)
{
	(void)number;
}

static void signals(void)
{
	sigset_t set;

	signal(SIGUSR1, ignore);
	raise(SIGUSR1);
	kill(getpid(), SIGUSR1);
	pthread_kill(pthread_self(), SIGUSR1);
	sigemptyset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	getpgrp();
}

static void sockets(void)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int server = socket(AF_UNIX, SOCK_STREAM, 0);
	int client = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(name.sun_path, "socket");
	bind(server, (struct sockaddr *)&name, sizeof(name));
	listen(server, 1);
	connect(client, (struct sockaddr *)&name, sizeof(name));
	close(accept(server, NULL, NULL));
	send(client, "x", 1, MSG_NOSIGNAL);
	unlink("socket");
}

static void memory(void)
{
	char *small = malloc(100), *large = malloc(4 << 20);

	memset(large, 1, 4 << 20);
	large = realloc(large, 16 << 20);
	free(large);
	free(small);
}

static void nothing(void)
{
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*act)(void);
	} all[] = {
		{ "files", files }, { "streams", streams },
		{ "directories", directories }, { "processes", processes },
		{ "spawning", spawning }, { "threads", threads },
		{ "waiting", waiting }, { "times", times },
		{ "signals", signals }, { "sockets", sockets },
		{ "memory", memory }, { "nothing", nothing },
	};

	for (size_t i = 0; argc > 1 && i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i].name, argv[1])) {
			all[i].act();
			return 0;
		}
	return 2;
}
