#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests streams of other machines. tests/data has recordings from x86-64, arm64
# and riscv64; the first two include a 32-bit program. They were made by
#   sp-record --paths -- sh -c 'small; small-32; exec cat /etc/hostname >/dev/null'
#   sp-record --every --results --paths -- ls /srv
# small and small-32 are witness/exit-nolibc and exit-32-nolibc. Each machine
# must read, merge and judge all of these streams, so this file also runs in the
# guests of check-kernels.

load helper

# each FUNCTION — calls the function for each architecture, with its name
each() {
	local arch
	for arch in x86_64 aarch64 riscv64; do
		"$1" "$arch" "$TESTS/data/small-$arch.sp"
	done
}

has_its_calls() {
	sp-emit --json "$2" | jq -r '.calls[] | "\(.arch) \(.nr) \(.name)"' >calls
	shows -xF "$1 $3 execve" <calls
	shows -xF "$1 $4 exit_group" <calls
	shows -xF "$1 $5 openat" <calls
}

@test "calls have the numbers and names of their architecture" {
	has_its_calls x86_64 "$TESTS/data/small-x86_64.sp" 59 231 257
	shows -xF 'x86 252 exit_group' <calls
	has_its_calls aarch64 "$TESTS/data/small-aarch64.sp" 221 94 56
	shows -xF 'arm 248 exit_group' <calls
	has_its_calls riscv64 "$TESTS/data/small-riscv64.sp" 221 94 56
}

# is_judged ARCH STREAM — checks that profiles whose format names the
# architecture allow the calls of the stream, and deny those of other
# architectures
is_judged() {
	local format
	for format in '--oci' '--oci --args' '--spo' '--bpf'; do
		# shellcheck disable=SC2086 # several words
		sp-emit $format "$2" >"profile$format"
		sp-verify -p "profile$format" "$2"
		run -1 sp-verify -p "profile$format" "$TESTS/data/stream-0.1.0.sp" \
			"$TESTS/data/every-riscv64.sp"
	done
}

@test "profiles of each machine's stream allow its calls, and no others" {
	each is_judged
}

# Such a profile does not name its architecture, so it allows different calls on
# each machine.
@test "a profile that is for any machine is not compared with recordings of other machines" {
	local form profile own other
	cd "$BATS_TEST_TMPDIR"
	own=$TESTS/data/small-$(uname -m).sp
	for other in "$TESTS"/data/small-*.sp; do
		[ "$other" = "$own" ] || break
	done
	while read -r form profile; do
		# shellcheck disable=SC2059 # printf expands its \n
		printf "$profile\n" >"$form"
		run -1 sp-verify -p "$form" "$own"
		run -2 sp-verify -p "$form" "$other"
		shows "^sp-verify: $form: this file is a different profile on each machine, here one for $(uname -m), but " <<<"$output"
	done <<-'END'
	unit [Service]\nSystemCallFilter=read write
	firejail seccomp.keep read,write
	minijail read: 1
	lxc 2\nallowlist\nread
	kafel POLICY a { ALLOW { read } } USE a DEFAULT KILL
	oci {"defaultAction":"SCMP_ACT_ERRNO"}
	docker {"defaultAction":"SCMP_ACT_ERRNO","archMap":[{"architecture":"SCMP_ARCH_X86_64"},{"architecture":"SCMP_ARCH_AARCH64"},{"architecture":"SCMP_ARCH_RISCV64"}]}
	END
	run -0 sp-verify --score -p oci "$own"
	run -2 sp-verify --score -p oci "$other"
	run -1 sp-diff oci "$own"
	run -2 sp-diff oci "$other"
	run -2 sp-diff "$other" oci
	run -0 sp-diff --coverage -p oci "$own"
	run -2 sp-diff --coverage -p oci "$other"
}

has_its_paths() {
	sp-emit --path-list "$2" | awk '{ print $1, $2, $NF }' |
		shows -xF 'read ok /etc/hostname'
	sp-emit --landlock "$2" | shows -F '"/etc/hostname"'
}

@test "policies can be made from the paths of each machine" {
	each has_its_paths
}

@test "--strace prints the flags and modes of the stream's machine" {
	for arch in aarch64 riscv64; do
		sp-emit --strace "$TESTS/data/every-$arch.sp" >calls
		shows -E 'openat\(.*, O_RDONLY\|O_NONBLOCK\|O_CLOEXEC\|O_DIRECTORY\) = 3</srv>' <calls
		lacks 'runs in .* mode' <calls
	done
}

@test "--kafel has the same names for the calls of each machine" {
	for arch in aarch64 riscv64; do
		sp-emit --kafel "$TESTS/data/every-$arch.sp" >policy
		shows -x '[[:space:]]*execveat,' <policy
		lacks 'SYSCALL.*execveat' <policy
	done
}

@test "streams of different machines can be merged in any order, but a profile is for one machine" {
	sp-merge "$TESTS"/data/small-{x86_64,aarch64,riscv64}.sp >one
	sp-merge "$TESTS"/data/small-{riscv64,x86_64,aarch64}.sp >other
	cmp one other
	[ "$(calls one | cut -d ' ' -f 1 | sort -u | xargs)" = \
		'aarch64 arm riscv64 x86 x86_64' ]
	run -2 sp-emit --oci one
	[[ $output == *'each needs a profile of its own' ]]
}
