#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests policies of minijail under minijail0 itself.

load helper

setup_file() {
	requires_root
	requires busybox
	find_minijail
	export PATH
	cd "$BATS_FILE_TMPDIR" || return
	sp-record -q -o hello.sp -- "$(command -v busybox)" echo hello
	cp "$WITNESS/families-static" probe
}

# jailed POLICY COMMAND… — runs the command under the policy
jailed() {
	minijail0 --logging=stderr -n -S "$1" -- "${@:2}"
}

@test "a recorded program runs to its end, and a call that was not recorded kills it" {
	local busybox
	busybox=$(command -v busybox)
	sp-emit --minijail -o p "$BATS_FILE_TMPDIR/hello.sp" 2>err
	run -0 --separate-stderr jailed p "$busybox" echo hello
	[ "$output" = hello ]
	run -253 --separate-stderr jailed p "$busybox" mkdir /tmp/never
	[ -z "$output" ]
	[[ $stderr == *"policy violation"* ]]
}

@test "a condition on arguments allows the recorded values, and no others" {
	local probe=$BATS_FILE_TMPDIR/probe
	sp-record -q -o probe.sp -- "$probe"
	sp-emit --minijail --args -o p probe.sp 2>err
	grep -q '^socket: arg0' p
	run -0 --separate-stderr jailed p "$probe"
	[ "$output" = made ]
	for other in 1 2; do
		run -253 --separate-stderr jailed p "$probe" $other
		[ "$output" = made ]
	done
}

# sp-verify must refuse the same policies as minijail0.
@test "minijail0 refuses a number and an unknown name" {
	local line
	sp-emit --minijail -o p "$BATS_FILE_TMPDIR/hello.sp" 2>err
	for line in '0: 1' '336: 1' 'no_such_call: 1'; do
		{
			cat p
			echo "$line"
		} >q
		run -134 --separate-stderr jailed q "$(command -v busybox)" \
			echo hello
		[[ $stderr == *"nonexistent syscall '${line%%:*}'"* ]]
		run -2 sp-verify -p q "$BATS_FILE_TMPDIR/hello.sp"
	done
}
