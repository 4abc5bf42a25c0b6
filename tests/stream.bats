#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# bats file_tags=no-recording
# Tests streams of the form that sp-stream(5) specifies, and streams of earlier
# releases.

load helper

PAGE=$TESTS/../lib/stream/sp-stream.5

# manual_stream — prints the bytes of the hexdump in sp-stream(5)
manual_stream() {
	sed -nE 's/^([0-9a-f]{8})  (([0-9a-f]{2} ?)+)$/\1: \2/p' "$PAGE" |
		/usr/bin/python3 -c '
import sys
for line in sys.stdin:
    sys.stdout.buffer.write(bytes.fromhex(line.split(":")[1]))'
}

@test "the hexdump in sp-stream(5) is a stream with the described content" {
	manual_stream >example.sp
	[ "$(wc -c <example.sp)" -gt 250 ]
	sep=$(sp-emit --json example.sp | jq -c '[
		(.runs[0] | .id, .name, .labels, .duration_ns, .arch, .argv,
			.uid, .umask, .status, .complete),
		(.images[0] | .path, .build_id),
		(.calls[] | .name, .nr, .count, .first_ns)]')
	expected='["000102030405060708090a0b0c0d0e0f","true",{"ci":"7"},2000000'
	expected+=',"x86_64",["true"],1000,18,{"exit":0},true,"/bin/true","beef"'
	expected+=',"execve",59,1,300,"exit_group",231,1,70000]'
	[ "$sep" = "$expected" ]
}

@test "merging the hexdump of sp-stream(5) changes no byte" {
	manual_stream >example.sp
	sp-merge example.sp | cmp - example.sp
}

@test "a stream of a later version is refused, and the message names the version" {
	printf '\x93\x00\xa9sandprint\x02' >later.sp
	run -2 --separate-stderr sp-merge later.sp
	[ "$stderr" = "sp-merge: later.sp: stream version 2, but this tool reads version 1" ]
}

@test "the stream of every release can be read" {
	for file in "$TESTS"/data/stream-*.sp; do
		sp-emit --json "$file" | jq -e '
			(.runs | length) == 1 and .runs[0].complete and
			(.calls | length) > 10' >/dev/null
		sp-merge "$file" | cmp - "$file"
	done
}

@test "a stream with any changed byte is refused, and so is a stream that is cut at any byte" {
	manual_stream >example.sp
	"${SP_BIN%/bin}/tests/fuzz/stream" example.sp
}
