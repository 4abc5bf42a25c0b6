#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# From where calls are made: sp-record --stacks and the reports of it.

load helper

# chains STREAM CALL — what --explain prints of a call's stacks
chains() {
	sp-emit --explain "$1" >text
	awk -v call="$2" '$3 == call && $5 == "stack"' text
}

@test "each first call, and each family of a socket, has the functions that led there" {
	requires_root
	[ -e /usr/lib/x86_64-linux-gnu/libdw.so.1 ] || skip "no libdw"
	# the witness exits at once, before its stacks are unwound
	sp-record -q --stacks -o s.sp -- sh -c "$WITNESS/stacked; :"
	chains s.sp socket >found
	[ "$(wc -l <found)" -eq 2 ]
	grep -E 'socket\(AF_INET, SOCK_DGRAM\) <- innermost <- outer <- main \(.*/stacked\)' found
	grep -E 'socket\(AF_UNIX, SOCK_DGRAM\) <- innermost <- middle <- outer <- main \(.*/stacked\)' found
	sp-emit --json s.sp >s.json
	[ "$(jq -r '.stacks[] | select(.name == "socket") | .frames[1].build_id' s.json | sort -u)" = \
		"$(file "$WITNESS/stacked" | sed 's/.*BuildID\[sha1\]=\([0-9a-f]*\).*/\1/')" ]
	jq -e '.lost.stack == 0' s.json
	# merging what was merged changes nothing, and another run has the same stacks
	sp-merge -o m.sp s.sp s.sp
	cmp m.sp s.sp
	sp-record -q -o plain.sp -- "$WITNESS/stacked"
	[ "$(sp-emit --json plain.sp | jq '.stacks | length')" -eq 0 ]
}

@test "names in a stack reach no terminal unescaped, and malformed stacks are refused" {
	printf '%s\n' 'run 1 a' 'call 1 read 1' \
		'stack 1 read "" "a%1b[31m|/lib/x%0a.so|0x10|01 |anonymous%20memory|0|" 1' |
		"$TESTS/mkstream" >a.sp
	chains a.sp read >found
	cat found
	grep -F '<- a\x1b[31m (x\x0a.so) <- ? (anonymous memory)' found
	for stack in '[[], []]' '[[], ["f", "/x", 1]]' '[[], [1, "/x", 1, "b"]]' '[[1], ["f", "/x", 1, "b"]]' '7'; do
		printf '%s\n' 'run 1 a' 'image /bin/a' \
			"record [19, 0, 3221225534, 0, $stack, [[0, 1, 0, 0]]]" |
			"$TESTS/mkstream" >bad.sp
		run sp-merge -o /dev/null bad.sp
		[ "$status" -eq 2 ]
		[[ $output == *"malformed stack record"* ]]
	done
}
