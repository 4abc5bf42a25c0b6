#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests what kernels may do differently, and what witness.bats does not cover.
# Run in the guest.
load ../helper

# sum FILTER — sums the values that jq's filter gets from run.sp
sum() {
	sp-emit --json run.sp | jq "[$1] | add // 0"
}

lost_nothing() {
	[ "$(sum '.lost[]')" = 0 ]
}

# lost_no_call — checks that nothing but stacks is lost: a process can end before
# its stack is read
lost_no_call() {
	[ "$(sum '.lost | .call, .task, .image')" = 0 ]
}

# accounted — checks that each call has an event that was received or counted as
# lost
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

@test "--every counts the events that are lost while the reader sleeps" {
	sp-record -q --every --buffer=4096 -- "$WITNESS/flood" 8 400000 |
		{ sleep 3; cat; } >run.sp
	accounted
	[ "$(sum '.runs[].lost.event')" -gt 0 ]
	[ "$(sum '.calls[] | select(.name == "getppid").count')" = 400000 ]
}

@test "--paths records names given in every way, and paths that did not exist" {
	echo text >in
	# shellcheck disable=SC2016 # for the shell inside
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

# counted OPTION — prints how often getpgid was called in some phases of run.sp
counted() {
	sp-emit --json "$1" run.sp |
		jq '[.calls[] | select(.name == "getpgid").count] | add // 0'
}

@test "each call is in the phase in which it is entered" {
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

@test "attaching in the middle of a storm of forks and threads loses nothing" {
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

@test "verifying a command under a profile lists the denied calls and no others" {
	sp-record -q -o run.sp -- "$WITNESS/threads" >/dev/null
	sp-emit --oci run.sp >p.json
	sp-verify -p p.json -o list -- "$WITNESS/threads" >/dev/null
	[ ! -s list ]
	jq 'del(.syscalls[].names[] | select(. == "getpgid"))' p.json >less.json
	run -1 sp-verify -p less.json -o list -- "$WITNESS/threads"
	cat list
	[ "$(awk '$4 == "EPERM" { print $3 }' list)" = getpgid ]
}

# Each set of options loads other programs, or makes the verifier check others.
@test "the programs for each option load and record" {
	local options cgroup=/sys/fs/cgroup/sandprint-options
	mkdir -p $cgroup
	while read -r options; do
		echo "$options"
		# shellcheck disable=SC2086 # words
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
		# shellcheck disable=SC2086 # words
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

@test "the command has the limit of locked memory that sp-record had" {
	# libbpf raises the limit where its first trial load is refused.
	local caps=-bpf,-perfmon,-sys_admin by
	ulimit -l 64
	for by in '' 'env SP_DEBUG=older' \
		"setpriv --bounding-set=$caps --inh-caps=$caps"; do
		# shellcheck disable=SC2086 # words
		[ "$($by sp-record -q -o run.sp -- \
			bash -c 'ulimit -S -l; ulimit -H -l')" = $'64\n64' ]
	done
}

@test "the kernel has logged no warning" {
	# Other tests record with other options.
	sp-record -q --split=exec:ls -o run.sp -- sh -c 'ls /; :' >/dev/null
	dmesg >log
	grep -A 5 -E 'WARNING:|BUG:|Oops' log || :
	run ! grep -E 'WARNING:|BUG:|Oops' log
}
