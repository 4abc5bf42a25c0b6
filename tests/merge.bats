#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# sp-merge writes a union that does not depend on the order or the grouping of
# its inputs.

load helper

mk() { "$TESTS/mkstream"; }

# stream FILE <DESCRIPTION — writes the described stream
stream() { mk > "$1"; }

two_streams() {
	stream a.sp <<-'TEXT'
	run 2 second lost.task=1 label.k=v
	run 1 first complete=no status=nil argv=nil
	image /bin/sh aabb 1:2:3
	image - 2:0:1
	call 2 openat 7 first=9 flags=1
	call 1 read 5 image=/bin/sh
	call * 20 1 arch=x86
	denial 1 chmod -1 3 first=4
	operation 2 18 9
	TEXT
	stream b.sp <<-'TEXT'
	run 3 "third %ff"
	run 1 first lost.call=4
	image /bin/sh 3:1:0 1:9:9
	image /bin/sh aabb 1:1:5
	call 1 read 6 first=2
	call 3 1 18446744073709551615 arch=x32
	call 1 read 2 first=8 image=/bin/ls
	denial 1 chmod -1 2 first=6 image=/bin/sh
	denial * chmod 31 1
	denial 3 chmod -13 1
	operation * 18 4
	TEXT
}

@test "the union equals that of an independent implementation" {
	two_streams
	sp-merge a.sp b.sp > ab.sp
	"$TESTS/mkstream" --fold a.sp b.sp > expected.sp
	cmp expected.sp ab.sp
}

@test "order, repetition and concatenation do not matter" {
	two_streams
	sp-merge a.sp b.sp > ab.sp
	sp-merge b.sp a.sp a.sp | cmp ab.sp
	cat b.sp a.sp | sp-merge | cmp ab.sp
	cat b.sp | sp-merge a.sp - | cmp ab.sp
	sp-merge ab.sp | cmp ab.sp
	sp-merge ab.sp b.sp | cmp ab.sp
}

# Merges random streams in random trees. They have few runs, so that many facts
# occur twice.
@test "merging in any order and grouping writes the same bytes as merging one by one" {
	/usr/bin/python3 "$TESTS/scripts/merge-trees.py" "$TESTS/mkstream"
}

@test "--keep-runs: merging in any order and grouping writes the same bytes and keeps all facts" {
	/usr/bin/python3 "$TESTS/scripts/merge-kept.py" "$TESTS/mkstream"
}

# many_runs — writes 500 runs that call read; two of them also call ptrace, and
# one calls chmod
many_runs() {
	for i in {1..500}; do
		echo "run $i name$i"
	done
	printf '%s\n' 'image /bin/x' 'call * read 2' 'call 7 chmod 1' \
		'call 8 ptrace 1' 'call 400 ptrace 1'
}

@test "--keep-runs keeps fewer runs, the same profile, and an estimate of the number of runs" {
	many_runs | stream all.sp
	sp-merge --keep-runs=64 -o few.sp all.sp 2>err
	sed -E 's/kept 6[4-7] of about [0-9]+ runs/kept N of about N runs/' err |
		diff - <(printf 'sp-merge: %s\n' \
			'kept N of about N runs (sp-merge --keep-runs=64)' \
			'1 of 3 calls was seen in one run only')
	for format in --oci --bpf; do
		sp-emit "$format" all.sp >all.out
		sp-emit "$format" few.sp >few.out 2>err
		cmp all.out few.out
		grep -qE '^sp-emit: there are 6[4-7] of about [0-9]+ runs .*: counts and times are those of these runs$' err
	done
	sp-emit --json few.sp 2>err | jq -e '.keep_runs == 64 and
		.estimated_runs > 350 and .estimated_runs < 700 and
		([.calls[].estimated_runs] ==
		 [.estimated_runs, 1, 2])'
	sp-emit --explain few.sp 2>err |
		grep -E '2 of 6[4-7]: name8, name400; about 2 of about [0-9]+ were merged$'
	# If K is not less than the number of runs, nothing is printed or
	# changed.
	sp-emit --json all.sp | jq -e 'has("keep_runs") | not'
	sp-merge --keep-runs=500 all.sp | "$TESTS/mkstream" --dump /dev/stdin |
		grep -c '^run' | grep -x 500
}

@test "a later merge uses the smallest --keep-runs of its inputs, and reports that need all runs refuse the merged stream" {
	many_runs | stream all.sp
	sp-merge --keep-runs=9 -o nine.sp all.sp
	sp-merge --keep-runs=4 -o four.sp all.sp
	sp-merge all.sp nine.sp | cmp - nine.sp
	sp-merge nine.sp all.sp four.sp | cmp - four.sp
	sp-merge --keep-runs=9 four.sp | cmp - four.sp
	for options in --matrix --coverage '--from=m four.sp'; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr sp-diff $options four.sp
		[[ ${stderr_lines[-1]} == *' needs every run, and there are '*' of about '*' runs (sp-merge --keep-runs=4): use the streams that were merged' ]]
		[ -z "$output" ]
	done
	run -2 sp-emit --libseccomp --until=m four.sp
	[[ $output == *'a phase needs every run, '* ]]
	for bad in 0 1 65537 x '' -1; do
		run -2 sp-merge --keep-runs="$bad" all.sp
		[[ $output == *'not a number from 2 to 65536'* ]]
	done
	run -2 sp-merge --keep-runs=2 --from=list
	[[ $output == *'--keep-runs cannot be combined with --from'* ]]
}

@test "a malformed record of --keep-runs is refused" {
	for record in '[17]' '[17, 1]' '[17, 65537]' '[17, "4"]' '[17, 4, 4]'; do
		printf '%s\n' 'run 1 r' 'call 1 read 1' "record $record" | stream bad.sp
		run -2 sp-merge bad.sp
		[[ $output == "sp-merge: bad.sp: segment 1: record "*": malformed keep record" ]]
	done
}

@test "records of unknown kinds are counted as a loss, also by later merges" {
	stream a.sp <<-'TEXT'
	run 1 r
	call 1 read 1
	record [42, "what"]
	record [43]
	TEXT
	sp-merge a.sp > m.sp
	"$TESTS/mkstream" --dump m.sp > text
	grep -q '"record": 2' text
	run ! grep -q what text
	sp-merge m.sp a.sp m.sp | cmp m.sp
}

@test "a truncated stream is refused, and with --allow-partial accepted and marked as incomplete" {
	printf '%s\n' 'run 1 r' 'call 1 read 1' open | stream cut.sp
	run --separate-stderr sp-merge cut.sp
	[ "$status" = 2 ]
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == "sp-merge: cut.sp: segment 1: record "*": truncated" ]]
	sp-merge --allow-partial cut.sp > p.sp
	"$TESTS/mkstream" --dump p.sp | grep '^run' | shows false
	# After merging with a complete copy, the recording is complete again.
	printf '%s\n' 'run 1 r' 'call 1 read 1' | stream whole.sp
	sp-merge whole.sp >expected.sp
	sp-merge p.sp whole.sp | cmp - expected.sp
}

@test "either the output is complete, or the file is unchanged" {
	two_streams
	sp-merge -o out.sp a.sp b.sp
	cp out.sp before.sp
	run sp-merge -o out.sp a.sp missing.sp
	[ "$status" = 2 ]
	[ "$output" = "sp-merge: missing.sp: No such file or directory" ]
	cmp out.sp before.sp
	# The output may be one of the inputs, and no temporary file is left.
	sp-merge --output=a.sp a.sp b.sp
	cmp a.sp before.sp
	[ "$(echo *)" = "a.sp b.sp before.sp out.sp" ]
}

@test "a failed write and a terminal as output are errors" {
	two_streams
	run sp-merge -o /dev/full a.sp
	[ "$status" = 2 ]
	[ "${#lines[@]}" = 1 ]
	run bash -c 'sp-merge a.sp > /dev/full'
	[ "$status" = 2 ]
	requires script
	run script -qec 'sp-merge a.sp' typescript
	[ "$status" = 2 ]
	[[ $output == *terminal* ]]
}

@test "--help and --version print to stdout, and a wrong option is an error" {
	sp-merge --help 2>err | shows '^Usage: sp-merge'
	sp-merge --version 2>>err | shows '^sp-merge (sandprint)'
	[ ! -s err ]
	run --separate-stderr sp-merge --nonsense
	[ "$status" = 2 ]
	[ -z "$output" ]
}
