#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# On a kernel that is older than the oldest supported one. Run in the guest.
load ../helper

@test "too old: one line that says so, and the command is not run" {
	run -125 --separate-stderr sp-record -o run.sp -- touch ran
	[ "$stderr" = "sp-record: Linux $(uname -r) is too old: recording needs \
5.15 or newer" ]
	[ -z "$output" ]
	[ ! -e ran ]
	[ ! -e run.sp ]
}
