/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usage: wakeup COMMAND… — traces COMMAND with an event and a wakeup for each
 * call, so that sp-record can be compared with it
 */
#include <bpf/libbpf.h>
#include <err.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wakeup.skel.h"

static int on_event(void *count, void *data, size_t size)
{
	(void)data, (void)size;
	++*(unsigned long *)count;
	return 0;
}

int main(int argc, char **argv)
{
	struct wakeup *skel = wakeup__open_and_load();
	unsigned long count = 0;
	struct ring_buffer *ring;
	int go[2];
	char byte;
	pid_t pid;

	if (argc < 2 || !skel || wakeup__attach(skel) || pipe(go))
		errx(1, "usage: wakeup COMMAND...");
	ring = ring_buffer__new(bpf_map__fd(skel->maps.events), on_event,
				&count, NULL);
	pid = fork();
	if (!pid) {
		if (read(go[0], &byte, 1) == 1)
			execvp(argv[1], argv + 1);
		_exit(127);
	}
	skel->bss->root = pid;
	if (write(go[1], "", 1) != 1)
		return 1;
	while (!waitpid(pid, NULL, WNOHANG))
		ring_buffer__poll(ring, 10);
	ring_buffer__consume(ring);
	fprintf(stderr, "%lu events, %llu lost\n", count,
		(unsigned long long)skel->bss->lost);
	ring_buffer__free(ring);
	wakeup__destroy(skel);
	return 0;
}
