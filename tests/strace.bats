#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Compares sp-record with strace -f: for the same command, both must have the
# same names of calls.

load helper

# strace_names — prints the names in a log of strace -f
strace_names() {
	sed -nE 's/^([0-9]+ +)?([a-z_0-9]+)\(.*/\2/p' "$1" | sort -u
}

# agrees [EXCEPT…] -- COMMAND… — checks that a recording has the names of
# strace's log. EXCEPT are calls that depend on timing. restart_syscall is
# always excluded, because it depends on when a task is stopped.
agrees() {
	local except=restart_syscall
	while [ "$1" != -- ]; do
		except="$except|$1"
		shift
	done
	shift
	fresh "$@"
	strace -f -o log "$@" >/dev/null 2>&1
	fresh "$@"
	sp-record -q -o run.sp -- "$@" >/dev/null 2>&1
	[ "$(strace_names log | wc -l)" -gt 5 ]
	strace_names log | grep -vxE "$except" >expected
	calls run.sp | cut -d ' ' -f 2 | sort -u | grep -vxE "$except" |
		diff -u expected -
}

# fresh — removes the files of an earlier run, so that each run finds the same
# files
fresh() {
	rm -rf repository out
}

@test "ls /tmp makes the calls that strace prints" {
	agrees -- ls /tmp
}

# The shell makes rt_sigreturn only if SIGCHLD comes while it waits.
@test "a shell pipeline makes the calls that strace prints" {
	agrees rt_sigreturn -- \
		sh -c 'seq 1000 | sort -r | head -n 3 | tr 1 2 >out; cat out'
}

# futex enters the kernel only if a lock or a join must wait. glibc calls
# madvise for a stack only if the thread ended before the stack was used again.
@test "python3 with threads makes the calls that strace prints" {
	agrees futex madvise -- /usr/bin/python3 -c 'import threading
ts = [threading.Thread(target=sum, args=(range(1000),)) for _ in range(4)]
[t.start() for t in ts]
[t.join() for t in ts]'
}

# The shell makes rt_sigreturn only if SIGCHLD comes while it waits.
@test "git init, add and commit make the calls that strace prints" {
	requires git
	agrees rt_sigreturn -- sh -c 'git init -q repository &&
		cd repository && echo text >file && git add file &&
		git -c user.name=a -c user.email=a@example.org \
			-c gc.auto=0 -c maintenance.auto=false commit -qm text'
}

# Like the threads of Python, these call futex and madvise depending on timing.
@test "a threaded C program makes the calls that strace prints" {
	agrees futex madvise -- "$WITNESS/flood" 4 1000
}

@test "if a log lacks the started processes, a note says so" {
	cd "$BATS_TEST_TMPDIR"
	printf '%s\n' 'execve("/bin/sh", ["sh"], 0x7 /* 1 var */) = 0' 'clone(child_stack=NULL) = 123' \
		'exit_group(0) = ?' '+++ exited with 0 +++' >one
	run -0 --separate-stderr sp-merge --from=strace -o one.sp one
	[ "$stderr" = "sp-merge: one: the log has no calls of child processes: strace -f follows them" ]
	sed 's/^/122 /' one >two
	echo '123 exit_group(0) = ?' >>two
	run -0 --separate-stderr sp-merge --from=strace -o two.sp two
	[[ $stderr != *"strace -f follows"* ]]
}
