#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests sp-record with file capabilities. Its user may record exactly the
# processes that ptrace(2) would let the user read.

load helper

setup() {
	begun=()
	requires_root
	requires setcap setpriv
	cd "$BATS_TEST_TMPDIR" || return
	chmod 777 .
	cp "$SP_BIN/sp-record" .
	setcap cap_bpf,cap_perfmon=ep sp-record
}

teardown() {
	[ ${#begun[@]} = 0 ] || {
		kill "${begun[@]}" || :
		wait "${begun[@]}" || :
	}
	[ -z "${cgroup-}" ] || wait_for 20 rmdir "$cgroup"
}

as() {
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# begin COMMAND… — starts a command that executes sleep, in the background until
# the end of the test; $pid is its process id
begin() {
	"$@" 3>&- &
	pid=$!
	begun+=("$pid")
	wait_for 20 test "/proc/$pid/exe" -ef "$(command -v sleep)"
}

blind() {
	sp-emit --json "$1" | jq -r '.runs[].blind[]'
}

@test "a process of another user cannot be attached to" {
	begin sleep 30
	run -125 as ./sp-record -q -t 1 -o a.sp -p $pid
	[[ $output == "sp-record: -p $pid: it belongs to another user or has more privileges: "* ]]
	[ ! -e a.sp ]
}

@test "a process of the same user can be attached to" {
	begin setpriv --reuid=65534 --regid=65534 --clear-groups sleep 30
	as ./sp-record -q -t 0.3 -o a.sp -p $pid
	sp-emit --table a.sp | shows clock_nanosleep
	blind a.sp | lacks privileges
}

@test "a process of the same user that is not dumpable cannot be attached to" {
	cp "$(command -v sleep)" closed
	chmod 711 closed
	# A shell executes the program. setpriv has capabilities with which it
	# can read the file, so that its process would stay dumpable.
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		sh -c 'exec ./closed 30' 3>&- &
	pid=$!
	begun+=("$pid")
	wait_for 20 test "/proc/$pid/exe" -ef closed
	run -125 as ./sp-record -q -t 1 -o a.sp -p $pid
	[[ $output == *"more privileges"* ]]
}

@test "a process of the same user with a capability cannot be attached to" {
	begin setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+chown --ambient-caps=+chown sleep 30
	run -125 as ./sp-record -q -t 1 -o a.sp -p $pid
	[[ $output == *"more privileges"* ]]
}

@test "a set-user-ID child and its descendants are left out, and a note names the child" {
	cp "$(command -v setpriv)" suid
	chmod 4755 suid
	as ./sp-record --paths -o a.sp -- sh -c \
		'./suid --reuid=0 cat /etc/shadow >/dev/null; ls / >/dev/null' 2>err
	grep -E 'not seen: processes that belong to another user or have more privileges than sp-record: [0-9]+ \(suid\)$' err
	[[ $(blind a.sp) =~ [0-9]+\ \(suid\)$ ]]
	sp-emit --path-list a.sp >paths
	grep '/suid$' paths		# sh executed it by this name
	run ! grep -E 'shadow|/cat$' paths
	grep '/ls$' paths
	sp-emit --table a.sp | lacks setresuid
}

@test "a program with file capabilities is left out, and a note names it" {
	cp "$(command -v ls)" capable
	setcap cap_chown=ep capable
	as ./sp-record -o a.sp -- sh -c './capable / >/dev/null; true' 2>err
	grep '(capable)$' err
	sp-emit --table a.sp | lacks getdents64
}

@test "a program that the user may not read is left out, and a note names it" {
	cp "$(command -v ls)" closed
	chmod 711 closed
	as ./sp-record -o a.sp -- sh -c './closed / >/dev/null; true' 2>err
	grep '(closed)$' err
	sp-emit --table a.sp | lacks getdents64
}

@test "a command that gains privileges runs, but is not recorded" {
	cp "$(command -v ls)" suid
	chmod 4755 suid
	run -125 as ./sp-record -q -o a.sp -- ./suid /
	[[ $output == *"sp-record: ./suid: it was run, but not recorded, since it has more privileges than its caller: "* ]]
	[ ! -e a.sp ]
}

@test "processes in a user namespace of the user are recorded" {
	as unshare -Ur true || skip "no user namespaces for users here"
	as ./sp-record -o a.sp -- unshare -Ur sh -c 'ls / >/dev/null; true' 2>err
	sp-emit --table a.sp | shows getdents64
	run ! grep privileges err
}

@test "of a cgroup with processes of several users, only the user's own processes are recorded" {
	local other mount
	needs cgroup2
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	mkdir "$mount/sp-viewer-$$"
	cgroup=$mount/sp-viewer-$$
	begin sleep 30
	other=$pid
	echo $other >"$cgroup/cgroup.procs"
	run -125 as ./sp-record -q -t 1 -o a.sp --cgroup "$cgroup"
	[[ $output == *"--cgroup $cgroup: all processes belong to another user or have more privileges: "* ]]
	begin setpriv --reuid=65534 --regid=65534 --clear-groups sleep 30
	echo $pid >"$cgroup/cgroup.procs"
	as ./sp-record -t 0.3 -o a.sp --cgroup "$cgroup" 2>err
	grep "attached to 1 task" err
	grep "privileges than sp-record: $other (sleep)" err
}

@test "if root records, no process is left out" {
	cp "$(command -v ls)" suid
	chmod 4755 suid
	sp-record -q -o a.sp -u nobody -- sh -c './suid / >/dev/null; true'
	sp-emit --table a.sp | shows getdents64
	blind a.sp | lacks privileges
}
