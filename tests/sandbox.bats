#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests that all tools except sp-record enter the sandbox of sandbox.h.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	sp-merge -o ls.sp "$TESTS"/data/stream-*.sp 2>/dev/null
	sp-emit --oci -o ls.json ls.sp 2>/dev/null
}

# confined COMMAND… — checks that the command is in its sandbox while it waits
# for the rest of a stream
confined() {
	local pid
	mkfifo in
	"$@" >out 2>&1 &
	pid=$!
	exec 5>in
	head -c 100 ls.sp >&5
	wait_for 20 grep '^Seccomp:.2' /proc/$pid/status
	grep '^NoNewPrivs:.1' /proc/$pid/status
	tail -c +101 ls.sp >&5
	exec 5>&-
	wait $pid || [ $? = 1 ]
	cat out
}

@test "sp-merge is confined while it reads" {
	confined sp-merge -o all.sp in
	cmp all.sp ls.sp
}

@test "sp-diff is confined while it reads" {
	confined sp-diff ls.sp in
}

@test "sp-emit is confined while it reads" {
	confined sp-emit --oci -o new.json in
	cmp ls.json new.json
}

@test "sp-verify is confined while it reads recordings" {
	confined sp-verify -p ls.json in
}

@test "a confined tool makes no call that its sandbox denies" {
	requires_root
	local command run=0
	cp ls.sp other.sp
	while read -r command; do
		run=$((run + 1))
		# shellcheck disable=SC2086
		sp-record -q -o $run.rec -- ${command} >/dev/null || [ $? = 1 ]
		sp-emit --json $run.rec | jq -e '.denied == []'
	done <<-EOT
		sp-merge ls.sp other.sp
		sp-merge -o all.sp ls.sp other.sp
		sp-diff ls.sp ls.json
		sp-diff --matrix ls.sp other.sp
		sp-emit --oci -o ls.json ls.sp
		sp-emit --bpf -o ls.bpf ls.sp
		sp-emit --table ls.sp
		sp-verify -p ls.json ls.sp
		sp-verify -p ls.bpf --json --junit=x.xml -o x ls.sp
		sp-verify --score -p ls.json ls.sp
	EOT
	[ $run = 10 ]
}

@test "in the sandbox, a tool knows systemd's groups of calls" {
	requires systemd-analyze
	printf '[Service]\nSystemCallFilter=@system-service\n' >x.service
	sp-verify --score -p x.service ls.sp | shows 'calls allowed'
	printf '[Service]\nSystemCallFilter=@keyring\n' >x.service
	run -1 sp-diff --groups ls.sp - <x.service
	[[ $output == *"+ add_key "* ]]
}

@test "a reader can write two FIFOs one after the other" {
	local i
	mkfifo one two
	for ((i = 0; i < 200; i++)); do cat ls.sp; done >many.sp
	[ "$(stat -c %s many.sp)" -gt 70000 ]
	{ cat many.sp >one; sleep 0.2; cat ls.sp >two; } &
	timeout 20 sp-merge -o all.sp one two
	cmp all.sp ls.sp
	wait $!
}

@test "a FIFO whose writer closes it at once is read as an empty file" {
	mkfifo in
	{ : >in; } &
	run -2 timeout 20 sp-merge in
	[ "$output" = 'sp-merge: in: empty' ]
	wait $!
}

@test "a tool can read more files than a process can have descriptors" {
	local i
	for i in {1..200}; do ln ls.sp "$i.in"; done
	(ulimit -n 64 && sp-merge -o all.sp ./*.in)
	cmp all.sp ls.sp
	(ulimit -Sn 64 && sp-merge -o all.sp ./*.in)
	cmp all.sp ls.sp
}

@test "if several inputs are bad, a message names each of them" {
	echo text >bad
	run -2 sp-merge none ls.sp bad
	[ "${#lines[@]}" = 2 ]
	[[ ${lines[0]} == 'sp-merge: none: No such file'* ]]
	[[ ${lines[1]} == 'sp-merge: bad: '* ]]
	run -2 sp-diff bad none
	[ "${#lines[@]}" = 2 ]
}
