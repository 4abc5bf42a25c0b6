#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# sp-merge: a union that does not depend on how it is made.

load helper

mk() { "$TESTS/mkstream"; }

# stream FILE < description
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

@test "the union is that of an independent fold" {
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

# Random streams over few runs, so that many facts are there twice; merged in
# random trees, in-process files, against the fold.
@test "any order and tree gives the same bytes" {
	/usr/bin/python3 "$TESTS/scripts/merge-trees.py" "$TESTS/mkstream"
}

@test "unknown records are a loss that stays" {
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

@test "a truncated stream is refused, and partial when it is allowed" {
	printf '%s\n' 'run 1 r' 'call 1 read 1' open | stream cut.sp
	run --separate-stderr sp-merge cut.sp
	[ "$status" = 2 ]
	[ -z "$output" ]
	[ "${#stderr_lines[@]}" = 1 ]
	[[ $stderr == "sp-merge: cut.sp: segment 1: record "*": truncated" ]]
	sp-merge --allow-partial cut.sp > p.sp
	"$TESTS/mkstream" --dump p.sp | grep '^run' | shows false
	# The whole recording makes it complete again.
	printf '%s\n' 'run 1 r' 'call 1 read 1' | stream whole.sp
	sp-merge whole.sp >expected.sp
	sp-merge p.sp whole.sp | cmp - expected.sp
}

@test "the output is whole or as it was" {
	two_streams
	sp-merge -o out.sp a.sp b.sp
	cp out.sp before.sp
	run sp-merge -o out.sp a.sp missing.sp
	[ "$status" = 2 ]
	[ "$output" = "sp-merge: missing.sp: No such file or directory" ]
	cmp out.sp before.sp
	# In place, and nothing stays behind.
	sp-merge --output=a.sp a.sp b.sp
	cmp a.sp before.sp
	[ "$(echo *)" = "a.sp b.sp before.sp out.sp" ]
}

@test "a failed write and a terminal are trouble" {
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

@test "help and version go to stdout, a wrong option is trouble" {
	sp-merge --help 2>err | shows '^Usage: sp-merge'
	sp-merge --version 2>>err | shows '^sp-merge (sandprint)'
	[ ! -s err ]
	run --separate-stderr sp-merge --nonsense
	[ "$status" = 2 ]
	[ -z "$output" ]
}
