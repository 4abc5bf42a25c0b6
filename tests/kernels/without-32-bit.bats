#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests what the tools print about 32-bit programs and calls if the kernel was
# booted with ia32_emulation=0. It runs in the guest.
load ../helper

NOT_RUN='this kernel runs no programs of its architecture (32-bit ones need
ia32_emulation): Exec format error'
NOT_RUN=${NOT_RUN/$'\n'/ }

setup_file() {
	cd "$BATS_FILE_TMPDIR" || return
	sp-record -q -o ls.sp -- ls / >/dev/null
	sp-emit --oci -o p.json ls.sp
	jq '.architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]' p.json \
		>both.json
}

setup() {
	cd "$BATS_FILE_TMPDIR" || return
}

@test "tests/machine finds neither 32-bit programs nor 32-bit calls" {
	run ! has i386
	run ! has int80
	[ "$(lack_of int80)" = 'needs 32-bit calls (int 0x80 faults)' ]
}

@test "sp-record refuses a 32-bit program with one line and status 126" {
	run -126 --separate-stderr sp-record -o i386.sp -- \
		"$WITNESS/exit-32-nolibc"
	[ "$stderr" = "sp-record: $WITNESS/exit-32-nolibc: $NOT_RUN" ]
	[ -z "$output" ]
	[ ! -e i386.sp ]
}

@test "sp-verify refuses a 32-bit program with one line and status 2" {
	local option
	for option in '' --enforce; do
		# shellcheck disable=SC2086 # it may be empty
		run -2 --separate-stderr sp-verify -p both.json $option -- \
			"$WITNESS/exit-32-nolibc"
		[ "$stderr" = "sp-verify: $WITNESS/exit-32-nolibc: $NOT_RUN" ]
		[ -z "$output" ]
	done
}

@test "a 32-bit call in a 64-bit program ends it with SIGSEGV" {
	run -139 --separate-stderr sp-record -o compat.sp -- \
		"$WITNESS/compat-nolibc"
	[[ $stderr == *'killed by SIGSEGV' ]]
	[ "$(calls compat.sp)" = 'x86_64 execve 1' ]
	run -0 --separate-stderr sp-verify -p both.json -- \
		"$WITNESS/compat-nolibc"
	[ "${stderr_lines[0]}" = 'sp-verify: the command was killed by SIGSEGV' ]
}

@test "a profile that also covers 32-bit calls can be verified, with a recording and with a command" {
	printf '%s\n' '[Service]' 'SystemCallFilter=@system-service' \
		'SystemCallArchitectures=native x86' >both.conf
	sp-verify -p both.json -- ls / >/dev/null
	sp-verify -p both.json --enforce -- ls / >/dev/null
	sp-verify -p both.conf --as=systemd ls.sp
	sp-verify -p both.conf --as=systemd -- ls / >/dev/null
	sp-verify -p both.json --as=runc ls.sp
	"$TESTS/mkstream" >i386.sp <<-'END'
	run 1 i386
	image /opt/p32
	call 1 4 1 arch=x86
	call 1 21 1 arch=x86
	END
	run -1 sp-verify -p both.conf --as=systemd i386.sp
	[[ $output == *x86*mount* ]]
}
