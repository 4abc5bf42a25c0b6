#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests recording on arm64 and riscv64. It runs in the guest.
load ../helper

# numbers_of PROGRAM — records the program, and prints the architecture and
# number of each call
numbers_of() {
	sp-record -q -o run.sp -- "$WITNESS/$1"
	sp-emit --json run.sp | jq -c '[.calls[] | [.arch, .nr]]'
}

@test "calls have the numbers of this architecture" {
	[ "$(numbers_of exit-nolibc)" = "[[\"$(uname -m)\",94],[\"$(uname -m)\",221]]" ]
}

# bats test_tags=32-bit
@test "calls of 32-bit programs have the numbers of arm" {
	needs i386
	[ "$(numbers_of exit-32-nolibc)" = '[["arm",248],["aarch64",221]]' ]
}

@test "--paths records paths, and --every records arguments" {
	echo text >in
	sp-record -q --paths --every -o run.sp -- cat in
	sp-emit --path-list run.sp |
		awk -F '\t' '{ print $1, $2, $NF }' | shows -xF "read ok $PWD/in"
	sp-emit --ndjson run.sp |
		jq -s '[.[] | select(.name == "openat").args[0]]' >first
	jq -e 'any(.[]; . == -100 or . == 4294967196 or
		. == 18446744073709551516)' first || { cat first; false; }
}

@test "a profile of the recording allows its calls and denies others" {
	sp-record -q -o run.sp -- "$WITNESS/exit-nolibc"
	sp-emit --oci -o p.json run.sp
	sp-verify -p p.json run.sp
	sp-verify -p p.json --enforce -- "$WITNESS/exit-nolibc"
	sp-record -q -o more.sp -- cat /dev/null
	run -1 sp-verify -p p.json more.sp
}

@test "sp-emit writes the same profiles and reports from a stream as on x86-64" {
	local emitted words n=0
	for emitted in "${SP_BIN%/bin}"/emitted/*; do
		read -ra words <<<"${emitted##*/}"
		sp-emit "${words[@]:1}" "$TESTS/data/${words[0]}" | cmp - "$emitted"
		n=$((n + 1))
	done
	[ "$n" -ge 30 ]
}
