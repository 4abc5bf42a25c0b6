#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# sp-diff --coverage predicts how many new calls further runs would make.

load helper

# runs N [COPIES] — prints COPIES runs of each of N command lines. All make
# lseek, and each of the first three command lines also makes a call of its own.
runs() {
	local i copy
	for ((copy = 0; copy < ${2-1}; copy++)); do
		for ((i = 0; i < $1; i++)); do
			printf 'run %x t%d argv="t %d" start=%d\n' \
				$((copy * 1000 + i + 1)) "$i" "$i" $((i + 1))
		done
	done
	echo 'image /bin/t'
	for ((copy = 0; copy < ${2-1}; copy++)); do
		for ((i = 0; i < $1; i++)); do
			printf 'call %x 8 1\n' $((copy * 1000 + i + 1))
			[ "$i" -ge 3 ] || printf 'call %x %d 1\n' \
				$((copy * 1000 + i + 1)) $((100 + i))
		done
	done
}

coverage() { sp-diff --coverage --json "$@"; }

@test "predictions from some runs of six test suites hold for the other runs" {
	"$TESTS/coverage/accuracy.py" "$SP_BIN/sp-diff" 5
}

@test "--coverage prints how many runs would break, the interval of that number, and how calls were discovered" {
	runs 20 | "$TESTS/mkstream" >s.sp
	run -0 sp-diff --coverage s.sp
	diff <(echo "$output") - <<-'TEXT'
	20 runs: of 100 more like these, 15 would make a call that none of these made (95 %: 3 to 37).
	The last new call came in run 3 of 20, t2; twice as many runs should add about 2.

	Discovery: 1.6, 2.2, 2.8, 3.4, 4.0 calls in 4, 8, 12, 16, 20 runs

	Calls that one run alone makes: 3
	  times   t0
	  ptrace  t1
	  getuid  t2
	TEXT
}

@test "sp-merge and sp-emit print how many calls only one run made" {
	runs 20 | "$TESTS/mkstream" >s.sp
	run -0 --separate-stderr sp-merge -o m.sp s.sp
	# shellcheck disable=SC2154 # run sets it
	[ "$stderr" = 'sp-merge: 3 of 4 calls were seen in one run only' ]
	run -0 --separate-stderr sp-emit --oci s.sp
	shows -x 'sp-emit: 3 of 4 calls were seen in one run only' <<<"$stderr"
	runs 1 | "$TESTS/mkstream" | sp-merge -o m.sp 2>err
	[ ! -s err ]
	# A learned run has only the calls that a profile denied.
	{
		runs 1
		printf 'run 99 learned how=verify\nimage /bin/true 99:1:1\ncall 99 83 1\n'
	} | "$TESTS/mkstream" | sp-merge -o m.sp 2>err
	[ ! -s err ]
}

@test "a repeated run changes no figure" {
	runs 20 | "$TESTS/mkstream" >once.sp
	runs 20 3 | "$TESTS/mkstream" >thrice.sp
	coverage once.sp >once.json
	coverage thrice.sp >thrice.json
	jq 'del(.runs)' once.json >once
	jq 'del(.runs)' thrice.json >thrice
	diff once thrice
	[ "$(jq .runs thrice.json)" = 60 ]
	[ "$(coverage --unit=name thrice.sp | jq .units)" = 20 ]
	[ "$(coverage --unit=run thrice.sp | jq '.units, .risk.mean' -c | xargs)" = '60 0' ]
}

@test "without ten complete runs there is no prediction" {
	runs 9 | "$TESTS/mkstream" >few.sp
	for i in {1..12}; do
		printf 'run %x t%d argv=%d\nimage /bin/t\ncall %x %d 1\n' "$i" \
			"$i" "$i" "$i" $((187 + i)) | "$TESTS/mkstream" >"$i.sp"
	done
	[ "$(coverage few.sp | jq -r '.verdict, .risk' | xargs)" = 'too few null' ]
	[ "$(coverage {1..12}.sp | jq -r '.verdict, .risk' | xargs)" = 'chosen null' ]
	run -1 coverage --fail-on-risk=99% few.sp
	run -1 coverage --fail-on-risk=99% {1..12}.sp
	run -0 sp-diff --coverage few.sp
	[[ $output == *'9 runs: too few to predict'* ]]
	[[ $output != *--unit=name* ]]
	# Each test of a server records the same command line.
	printf '%s\n' 'run 1 unit argv=d' 'run 2 load argv=d' 'image /bin/d' 'call * read 1' | "$TESTS/mkstream" >served.sp
	run -0 sp-diff --coverage served.sp
	[[ $output == *'2 runs of 1 command line: too few '*'same command line count as one.'*--unit=name* ]]
	run -0 sp-diff --coverage {1..12}.sp
	[[ $output == *'chosen to be'* ]]
}

@test "--fail-on-risk compares the upper bound of the prediction" {
	runs 20 | "$TESTS/mkstream" >s.sp
	run -0 sp-diff --coverage -q --fail-on-risk=37% s.sp
	[ -z "$output" ]
	run -1 sp-diff --coverage -q --fail-on-risk=36% s.sp
	for bad in 5 5%% x% 100% -1% nan% ''; do
		run -2 sp-diff --coverage "--fail-on-risk=$bad" s.sp
		[[ $output == *'not a percentage'* ]]
	done
	for bad in 0 -1 1000001 x ''; do
		run -2 sp-diff --coverage "--more=$bad" s.sp
		[[ $output == *'not a number from 1 to 1000000'* ]]
	done
}

@test "calls of a profile or of a group of sp-emit are not counted as a risk" {
	runs 20 | "$TESTS/mkstream" >s.sp
	unique() { coverage "$@" | jq -r '.unique[].what' | xargs; }
	[ "$(unique s.sp)" = 'times ptrace getuid' ]
	echo '{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names":
		["ptrace", "times"], "action": "SCMP_ACT_ALLOW"}]}' >p.json
	[ "$(unique -p p.json s.sp)" = getuid ]
	{ runs 20; echo 'call 1 219 1'; } | "$TESTS/mkstream" >restart.sp
	[ "$(unique restart.sp)" = 'times ptrace getuid' ]
	[ "$(unique --groups restart.sp)" = 'times ptrace getuid restart_syscall' ]
	run -2 sp-diff --coverage -p s.sp s.sp
	[[ $output == *'s.sp: a stream, but -p needs a profile' ]]
}

@test "a call that only some repetitions of a run make is unsteady" {
	{ runs 20 2; echo 'call 5 24 1'; echo 'call 7 7 1'; echo 'call 3ef 7 1'
		} | "$TESTS/mkstream" >s.sp
	[ "$(coverage s.sp | jq -r '.unsteady[]' | xargs)" = sched_yield ]
	sp-diff --coverage s.sp | grep -A1 '^Unsteady' | grep sched_yield
}

@test "--unit=label predicts runs with a new value of the label" {
	{
		for i in {1..24}; do
			echo "run $(printf %x "$i") t$i argv=$i start=$i label.kind=k$((i / 2))"
		done
		echo 'image /bin/t'
		for i in {1..24}; do
			echo "call $(printf %x "$i") $((i < 6 ? 100 + i / 2 : 8)) 1"
		done
	} | "$TESTS/mkstream" >s.sp
	coverage --unit=run s.sp >run.json
	coverage --unit=label:kind s.sp >kind.json
	[ "$(jq '[.units, (.risk.mean * 24 | round)]' -c run.json)" = '[24,1]' ]
	[ "$(jq '[.units, (.risk.mean * 24 | round)]' -c kind.json)" = '[13,5]' ]
	[ "$(jq -r '.unique[] | "\(.what) \(.label)"' kind.json | xargs)" = \
		'times k0 ptrace k1 getuid k2' ]
	run -2 sp-diff --coverage --unit=label:none s.sp
	[[ $output == *'run t1 has no label none'* ]]
}

@test "runs without a call, or without one of the --image, do not count" {
	{ runs 20; echo 'call 1 5 1 image=/bin/other'
		} | "$TESTS/mkstream" >s.sp
	run -0 --separate-stderr coverage --image=/bin/other s.sp
	[ "$(jq .runs <<<"$output")" = 1 ]
	[[ $stderr == *'19 of 20 runs made no call in such an executable and do not count'* ]]
	[ "$(coverage --image=/bin/t s.sp | jq .seen)" = 4 ]
	run -2 sp-diff --coverage --image=/none s.sp
	sp-diff --matrix --image=/bin/other s.sp | grep -x 'fstat      1 .*'
	run -0 --separate-stderr coverage --paths s.sp
	[ "$stderr" = 'sp-diff: 20 of 20 runs used no path or address and do not count' ]
}

@test "if the runs make no call, all figures are 0" {
	{ runs 2 | grep ^run; echo 'image /bin/t'; echo 'name 1 0 t 1'
		} | "$TESTS/mkstream" >s.sp
	run -0 --separate-stderr coverage s.sp
	[ "$(jq -c '[.runs, .seen, .expected_new]' <<<"$output")" = '[0,0,0]' ]
	[[ $stderr == *'2 of 2 runs '* ]]
}

@test "with --args and --paths, an argument or a path of a single run is a risk" {
	runs 12 >text
	{ cat text; echo 'argument 4 16 0:0xffffffff:0x5401 1'
		echo 'call 1 16 1'; echo 'call 4 16 1'; } | "$TESTS/mkstream" >args.sp
	coverage --args args.sp | jq -r '.unique[] | .what + " " + .run' |
		grep -x 'ioctl .* t3'
	{ cat text; echo 'path 2 1 0 /etc/a%1b 1'; echo 'path 3 1 -2 /none 1'
		} | "$TESTS/mkstream" >paths.sp
	run -0 sp-diff --coverage --paths paths.sp
	[[ $output == *'Paths and addresses that one run alone uses: 1'* ]]
	[[ $output == *'/etc/a\x1b'* && $output != *$'\e'* && $output != */none* ]]
	run -2 sp-diff --coverage --paths --args paths.sp
	run -2 sp-diff --coverage --paths -p x paths.sp
}

@test "an unsteady difference is marked, and --steady does not count it" {
	printf '%s\n' 'run 1 a argv=a' 'call 1 lseek 1' | sed s/lseek/8/ |
		"$TESTS/mkstream" >old.sp
	{ runs 2 2; echo 'call 1 24 1'; } | sed '/^call .* 10[01] 1/d' |
		"$TESTS/mkstream" >new.sp
	run -1 sp-diff old.sp new.sp
	[ "$output" = '+ sched_yield  1  (unsteady)' ]
	run -0 sp-diff --steady --fail-on=added old.sp new.sp
	[ "$output" = '+ sched_yield  1  (unsteady)' ]
	{ runs 2 2; echo 'call 1 24 1'; echo 'call 3e9 24 1'; } |
		sed '/^call .* 10[01] 1/d' | "$TESTS/mkstream" >always.sp
	run -1 sp-diff --steady old.sp always.sp
	[ "$output" = '+ sched_yield  2' ]
	run -1 sp-diff --steady --by-image new.sp old.sp
}
