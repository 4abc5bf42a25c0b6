#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests features that may differ between kernels, except those of witness.bats.
# It runs in the guest.
load ../helper

# sum FILTER — prints the sum of the numbers that the jq filter selects in
# run.sp
sum() {
	sp-emit --json run.sp | jq "[$1] | add // 0"
}

lost_nothing() {
	[ "$(sum '.lost[]')" = 0 ]
}

# lost_no_call — checks that no call is lost. A stack may be lost, because a
# process can end before its stack is read.
lost_no_call() {
	[ "$(sum '.lost | .call, .task, .image')" = 0 ]
}

# accounted — checks that received and lost events add up to the number of calls
accounted() {
	local received lost calls
	received=$(sp-emit --ndjson run.sp 2>/dev/null |
		grep -c '"event":"call"')
	lost=$(sum '.runs[].lost.event')
	calls=$(sum '.calls[].count')
	echo "$received events, $lost lost, $calls calls"
	[ "$received" -gt 0 ]
	[ $((received + lost)) -eq "$calls" ]
}

@test "every call of eight threads is counted" {
	sp-record -q -o run.sp -- "$WITNESS/flood" 8 400000 >truth
	grep -qx 'x86_64 getppid 400000' truth
	[ "$(calls run.sp | grep getppid)" = "$(<truth)" ]
	lost_nothing
}

@test "--every writes an event for each call" {
	sp-record -q --every -o run.sp -- "$WITNESS/flood" 8 80000
	accounted
	[ "$(sum '.calls[] | select(.name == "getppid").count')" = 80000 ]
}

@test "--every counts the events that are lost while the reader of the stream sleeps" {
	sp-record -q --every --buffer=4096 -- "$WITNESS/flood" 8 400000 |
		{ sleep 3; cat; } >run.sp
	accounted
	[ "$(sum '.runs[].lost.event')" -gt 0 ]
	[ "$(sum '.calls[] | select(.name == "getppid").count')" = 400000 ]
}

@test "--paths records absolute and relative names, names below a descriptor, and paths that did not exist" {
	echo text >in
	# shellcheck disable=SC2016 # the inner shell expands it
	sp-record -q --paths -o run.sp -- /bin/sh -c \
		'cd /; exec cat "$0/in" none 2>/dev/null >"${0#/}/out"' "$PWD" ||
		[ $? -eq 1 ]
	sp-emit --path-list run.sp | tee list
	awk -F '\t' '{ print $1, $2, $NF }' list >got
	grep -qxF "read ok $PWD/in" got
	grep -qxF "read ENOENT /none" got
	grep -qxF "write,create,truncate ok $PWD/out" got
	grep -qxF "execute ok $(readlink -f /bin/cat)" got
	lost_nothing
}

# counted OPTION — prints how often getpgid was called in the phases that the
# option selects
counted() {
	sp-emit --json "$1" run.sp |
		jq '[.calls[] | select(.name == "getpgid").count] | add // 0'
}

@test "a call counts in the phase in which it is entered" {
	local mark
	for mark in ready ready=prctl; do
		rm -f fifo
		sp-record -q --paths --mark=$mark -o run.sp -- \
			"$WITNESS/phases" >truth 2>&1
		[ "$(counted --until=ready)" = 4000 ]
		[ "$(counted --from=ready)" = 12000 ]
		lost_nothing
	done
}

@test "attaching during a storm of forks and threads loses no task" {
	"$WITNESS/storm" 4 >truth 3>&- &
	local storm=$!
	wait_for 20 test -e pid
	sp-record -o run.sp -p $storm 2>err 3>&- &
	local recorder=$!
	wait_for 30 grep -q 'attached to' err
	kill -USR1 $storm
	sleep 0.2
	kill -USR2 $storm
	ended 0 $storm
	ended 0 $recorder
	[ "$(calls run.sp | grep getsid)" = "$(<truth)" ]
	lost_nothing
}

@test "verifying a command under a profile lists exactly the denied calls" {
	sp-record -q -o run.sp -- "$WITNESS/threads" >/dev/null
	sp-emit --oci run.sp >p.json
	sp-verify -p p.json -o list -- "$WITNESS/threads" >/dev/null
	[ ! -s list ]
	jq 'del(.syscalls[].names[] | select(. == "getpgid"))' p.json >less.json
	run -1 sp-verify -p less.json -o list -- "$WITNESS/threads"
	cat list
	[ "$(awk '$4 == "EPERM" { print $3 }' list)" = getpgid ]
}

# Each set of options loads different programs, or makes the verifier follow
# different branches.
@test "sp-record can load its programs and record with each set of options" {
	local options cgroup=/sys/fs/cgroup/sandprint-options
	mkdir -p $cgroup
	while read -r options; do
		echo "$options"
		# shellcheck disable=SC2086 # several words
		sp-record -q $options -o run.sp -- sh -c 'cat /dev/null; :'
		calls run.sp | shows 'execve'
		lost_no_call
	done <<-'END'
	--every --results --exact-times
	--paths --every --results --privileges
	--paths --stacks --mark=ready=wait4
	--privileges --no-follow
	--split=children --paths
	--split=exec:cat --every
	END
	sh -c 'while sleep 0.1; do cat /dev/null; done' 3>&- &
	local target=$!
	echo $target >$cgroup/cgroup.procs
	while read -r options; do
		echo "$options"
		# shellcheck disable=SC2086 # several words
		sp-record -q -t 1 $options -o run.sp
		calls run.sp | shows .
		lost_no_call
	done <<-END
	-p $target --every --results --stacks
	-p $target --paths --privileges --no-follow
	--cgroup=$cgroup --paths --every
	--cgroup=$cgroup --from-exec --keep
	END
	kill $target
	wait $target || :
	wait_for 5 rmdir $cgroup
}

@test "the command has the same limit of locked memory as sp-record" {
	# libbpf raises the limit if the kernel refuses its first trial program.
	local caps=-bpf,-perfmon,-sys_admin by
	ulimit -l 64
	for by in '' 'env SP_DEBUG=older' \
		"setpriv --bounding-set=$caps --inh-caps=$caps"; do
		# shellcheck disable=SC2086 # several words
		[ "$($by sp-record -q -o run.sp -- \
			bash -c 'ulimit -S -l; ulimit -H -l')" = $'64\n64' ]
	done
}

@test "the kernel logs no warning" {
	# This recording uses an option that no other test uses.
	sp-record -q --split=exec:ls -o run.sp -- sh -c 'ls /; :' >/dev/null
	dmesg >log
	grep -A 5 -E 'WARNING:|BUG:|Oops' log || :
	run ! grep -E 'WARNING:|BUG:|Oops' log
}
