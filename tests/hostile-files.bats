#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests executables that keep their reader busy or are on a file system that
# does not answer. The tools must work without the content of these files.

load helper

setup_file() {
	requires_root
}

# without NAME — writes p.json: the profile of run.sp, without the named call
without() {
	sp-emit --oci -o all.json run.sp 2>/dev/null
	jq --arg name "$1" 'del(.syscalls[].names[] | select(. == $name))' \
		all.json >p.json
}

# bombs KIND — makes ./bomb, a program without a libc that calls getpid
bombs() {
	"$TESTS/elf-bomb" "$1" "$WITNESS/getpid-nolibc" bomb
}

needs_libdw() {
	[[ $(PATH=$PATH:/sbin ldconfig -p) == *libdw.so.1* ]] || skip "no libdw"
}

# mount_stuck FILE [close|read] — mounts a file system where fs/prog has the
# content of FILE. Only the first process can open it; for others, open never
# returns. With "close" or "read", every process can open it, but closing or
# reading it never returns.
mount_stuck() {
	needs fuse
	mkdir -p fs
	"$WITNESS/stuck-fs" fs "$@" 3>&- &
	echo $! >stuck.pid
	wait_for 10 test -e fs/prog
}

teardown() {
	[ ! -e stuck.pid ] || kill "$(<stuck.pid)"
	[ ! -e exec.pid ] || kill -KILL -- "-$(<exec.pid)"
}

@test "an executable with gigabytes of notes is recorded" {
	bombs note
	timeout 20 sp-record -q -o run.sp -- ./bomb
	calls run.sp | grep -qx 'x86_64 getpid 4'
	sp-emit --json run.sp | jq -e '.images[0].build_id == null'
}

@test "executables with endless names and gigabytes of notes are verified" {
	local kind
	sp-record -q -o run.sp -- "$WITNESS/getpid-nolibc"
	without getpid
	for kind in strings note; do
		bombs $kind
		run -1 timeout 30 sp-verify -p p.json -o list -- ./bomb
		grep -q ' getpid ' list
	done
}

@test "an executable whose file system stops answering can be recorded" {
	mount_stuck "$WITNESS/exit-nolibc"
	timeout 20 sp-record -q -o run.sp -- fs/prog
	[ "$(calls run.sp | sort)" = \
		$'x86_64 execve 1\nx86_64 exit_group 1' ]
	sp-emit --json run.sp |
		jq -e '.images | length > 0 and all(.build_id == null)'
}

@test "--stacks attaches to a process whose execve never returns" {
	local recorder
	needs_libdw
	mount_stuck "$WITNESS/exit-nolibc" close
	setsid "$WITNESS/exec-stuck" fs/prog 3>&- &
	echo $! >exec.pid
	timeout -k 1 25 sp-record -q --stacks -t 3 -o run.sp --ready-fd=9 \
		-p $! 9>ready 3>&- &
	recorder=$!
	wait_for 10 test -s ready
	kill -USR1 "$(<exec.pid)"
	wait "$recorder"
	calls run.sp | shows getsid
}

@test "an executable whose file system stops answering can be verified" {
	sp-record -q -o run.sp -- "$WITNESS/getpid-nolibc"
	without getpid
	mount_stuck "$WITNESS/getpid-nolibc"
	run -1 timeout 30 sp-verify -p p.json -o list -- fs/prog
	awk '$3 == "getpid" && $2 >= 4 { found = 1 } END { exit !found }' list
}

@test "a process whose stack is a file on a file system that does not answer can be verified" {
	needs_libdw
	sp-record -q -o run.sp -- "$WITNESS/stack-stuck" "$WITNESS/exit-nolibc"
	without getsid
	mount_stuck "$WITNESS/exit-nolibc" read
	run -1 timeout -k 1 30 sp-verify -p p.json -o list -- \
		"$WITNESS/stack-stuck" fs/prog
	grep -q ' getsid ' list
}

@test "a signal ends sp-verify while a file system does not answer" {
	sp-record -q -o run.sp -- bash -c 'exec -a busybox busybox sleep 0'
	without clock_nanosleep
	mount_stuck "$(command -v busybox)"
	local status=0
	timeout -s INT -k 20 2 sp-verify -p p.json -o list -- \
		bash -c 'exec -a busybox fs/prog sleep 60' 3>&- || status=$?
	[ "$status" -eq 124 ]	# 137 would mean that it needed SIGKILL
}
