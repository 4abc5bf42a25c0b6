#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# What the kernel's verifier does with the BPF programs: most of a start is that.
# A constant that it cannot see any more, or a loop that it unrolls, makes it
# five times as long without any other sign.
load helper

setup_file() {
	requires_root
}

teardown() {
	[ -z "${recorder-}" ] || { kill "$recorder" && wait "$recorder"; } || :
}

# costs LARGEST ALL OPTION… — the instructions that the verifier went through for the
# programs of `sp-record OPTION…`: of the largest one, and of all
costs() {
	local largest=$1 all=$2 is_largest is_all
	shift 2
	rm -f ready
	mkfifo ready
	timeout -k 5 30 sp-record -q -o run.sp --ready-fd=9 "$@" 9<>ready 3>&- &
	recorder=$!
	read -r -t 30 -N 1 _ <>ready
	cat "/proc/$(pgrep -P "$recorder")/fdinfo"/* >programs 2>/dev/null || :
	kill "$recorder"
	wait "$recorder" || :
	recorder=
	awk '$1 == "verified_insns:" {
			all += $2
			if ($2 > largest)
				largest = $2
		}
		END { print largest + 0, all + 0 }' programs >cost
	echo "sp-record $*: $(<cost)"
	read -r is_largest is_all <cost
	[ "$is_largest" -gt 0 ]
	[ "$is_largest" -le "$largest" ]
	[ "$is_all" -le "$all" ]
}

# Half as much again as on Linux 6.18, and for --paths what 17 programs more take
# where the kernel lets them confirm names.
@test "what the verifier goes through for the programs is within limits" {
	needs verified_insns
	local root
	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	cd "$BATS_TEST_TMPDIR"
	costs 5000 10000 -- sleep 30
	costs 15000 60000 --paths -- sleep 30
	costs 8000 25000 -p "$BATS_ROOT_PID"
	[ -z "$root" ] ||
		costs 11000 53000 --keep --cgroup="$root/sandprint-to-come"
	costs 15000 75000 --paths -p "$BATS_ROOT_PID"
}
