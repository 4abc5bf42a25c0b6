#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Limits the work of the kernel's verifier, which is most of the time that a
# start takes. A change of the BPF programs can multiply this work by five, for
# example if the verifier follows each iteration of a loop. No other test would
# notice that.
load helper

setup_file() {
	requires_root
}

teardown() {
	[ -z "${recorder-}" ] || { kill "$recorder" && wait "$recorder"; } || :
}

# costs LARGEST ALL OPTION… — limits the instructions that the verifier checks
# for `sp-record OPTION…`: LARGEST is the limit for a single program, and ALL
# for all programs together
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

# The limits are 1.5 times the numbers of Linux 6.18. With --paths, they include
# 17 programs that are loaded only on kernels where they can confirm names.
@test "the verifier's work on the programs is within limits" {
	needs verified_insns
	local root
	root=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	cd "$BATS_TEST_TMPDIR"
	costs 2500 8000 -- sleep 30
	costs 15000 60000 --paths -- sleep 30
	costs 8000 25000 -p "$BATS_ROOT_PID"
	[ -z "$root" ] ||
		costs 11000 53000 --keep --cgroup="$root/sandprint-to-come"
	costs 15000 75000 --paths -p "$BATS_ROOT_PID"
}

# The kernel refuses a program if the verifier has to check more than a million
# instructions.
@test "the verifier's work on the programs for older kernels is within limits" {
	needs verified_insns
	# Other architectures have no programs for older kernels.
	[ "$(uname -m)" = x86_64 ] || return 0
	cd "$BATS_TEST_TMPDIR"
	export SP_DEBUG=older
	costs 50000 100000 -- sleep 30
	costs 300000 700000 --paths --every --results -- sleep 30
	costs 50000 250000 -p "$BATS_ROOT_PID"
}

@test "the programs for older kernels record the same facts as the programs for this kernel" {
	# Other architectures have no programs for older kernels.
	[ "$(uname -m)" = x86_64 ] || return 0
	cd "$BATS_TEST_TMPDIR"
	echo text >in
	# shellcheck disable=SC2016 # the inner shell expands it
	local shell=(/bin/sh -c 'cd /; exec cat "$0/in" none' "$PWD")
	run -1 sp-record -q --paths --every -o new.sp -- "${shell[@]}"
	SP_DEBUG=older run -1 sp-record -q --paths --every -o older.sp -- \
		"${shell[@]}"
	facts new.sp | sort >new
	facts older.sp | sort | diff new -
	# The programs for older kernels cannot see the dynamic loader here: the
	# field that they read does not exist on this kernel.
	sp-emit --path-list new.sp | grep -v '^execute,map' | sort >new
	sp-emit --path-list older.sp | sort | diff new -
	[ "$(wc -l <new)" -gt 5 ]
}

@test "trace events, which replace raw tracepoints from Linux 7.0 on, record the same facts" {
	cd "$BATS_TEST_TMPDIR"
	echo text >in
	# shellcheck disable=SC2016 # the inner shell expands it
	local by shell=(/bin/sh -c 'cat "$0"; (exec cat none) & wait $!' in)
	as_newer true || skip 'no tracefs'
	for by in env as_newer; do
		run -1 "$by" sp-record -q --paths --every -o "$by.sp" -- \
			"${shell[@]}"
		facts "$by.sp" | sort >"$by.facts"
		sp-emit --path-list "$by.sp" | sort >"$by.paths"
		sp-emit --json "$by.sp" | jq -e '[.lost[]] | add == 0'
	done
	diff env.facts as_newer.facts
	diff env.paths as_newer.paths
	[ "$(wc -l <env.paths)" -gt 5 ]
}

@test "the programs for older kernels do not change the command's limit of locked memory" {
	ulimit -S -l 64
	[ "$(SP_DEBUG=older sp-record -q -o run.sp -- bash -c 'ulimit -l')" = 64 ]
}
