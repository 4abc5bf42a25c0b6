#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests sp-record --stacks, which records the functions that led to a call, and
# the reports that print them.

load helper

# chains STREAM CALL — prints the stacks that --explain prints for a call
chains() {
	sp-emit --explain "$1" >text
	awk -v call="$2" '$3 == call && $5 == "stack"' text
}

@test "the first use of a call, and of a socket family, has a stack of functions" {
	requires_root
	requires file
	[[ $(PATH=$PATH:/sbin ldconfig -p) == *libdw.so.1* ]] || skip "no libdw"
	# The witness exits at once, before its stacks are unwound.
	sp-record -q --stacks -o s.sp -- sh -c "$WITNESS/stacked; :"
	sp-record -q -o plain.sp -- true
	chains s.sp socket >found
	[ "$(wc -l <found)" -eq 2 ]
	grep -E 'socket\(AF_INET, SOCK_DGRAM\) <- innermost <- outer <- main \(.*/stacked\)' found
	grep -E 'socket\(AF_UNIX, SOCK_DGRAM\) <- innermost <- middle <- outer <- main \(.*/stacked\)' found
	sp-emit --json s.sp >s.json
	[ "$(jq -r '.stacks[] | select(.name == "socket") | .frames[1].build_id' s.json | sort -u)" = \
		"$(file "$WITNESS/stacked" | sed 's/.*BuildID\[sha1\]=\([0-9a-f]*\).*/\1/')" ]
	jq -e '.lost.stack == 0' s.json
	# Calls whose number is too large for the table have stacks, too.
	sp-record -q --stacks -o n.sp -- "$WITNESS/numbers-nolibc"
	sp-emit --json n.sp | jq -e '[.stacks[] | select(.nr > 1000)] | length > 0'
	# The HTML page has stacks in the details of a call, and sp-diff prints
	# them below the call.
	sp-emit --html s.sp >page.html
	run -0 "$TESTS/scripts/html-check.py" page.html
	grep -F '<li>from <code>socket(AF_INET, SOCK_DGRAM) &#60;- innermost &#60;- outer' page.html
	run ! sp-diff plain.sp s.sp
	grep -A 1 '^+ socket ' <<<"$output" | grep -E '^    from socket\(AF_[A-Z]*, SOCK_DGRAM\) <- innermost'
	# Merging a stream with itself changes nothing.
	sp-merge -o m.sp s.sp s.sp
	cmp m.sp s.sp
	[ "$(sp-emit --json plain.sp | jq '.stacks | length')" -eq 0 ]
}

# selected OPTION… — prints the names of the observed calls in the profile of
# t.sp
selected() {
	sp-emit --explain --exact "$@" t.sp 2>err | awk '$5 == "observed" { print $3 }' | paste -sd ' '
}

@test "--only-through and --not-through select calls by the functions and files in their stacks" {
	local main='main|/bin/app|0x10|'
	printf '%s\n' 'run 1 a' 'image /bin/b' 'call 1 close 1' "stack 1 close '' 'g|/lib/libtwo.so|0x20|' 1" \
		'image /bin/app' 'call 1 read 1' 'call 1 write 2' 'call 1 close 1' 'call 1 brk 1' \
		"stack 1 read '' 'f|/lib/libone.so.1|0x10| $main' 1" \
		"stack 1 write '' 'f|/lib/libone.so.1|0x20| $main' 1" \
		"stack 1 write '' 'g|/lib/libtwo.so|0x20| $main' 1" \
		"stack 1 close '' '$main' 1" |
		"$TESTS/mkstream" >t.sp
	while IFS='|' read -r options calls note; do
		echo "$options"
		# shellcheck disable=SC2086 # several words
		[ "$(selected $options)" = "$calls" ]
		grep -F "through: 1 call without a stack is $note" err
	done <<-'END'
		--only-through=f|read write|left out
		--only-through=libone*|read write|left out
		--only-through=/lib/libtwo.so|write close|left out
		--only-through=main|read write close|left out
		--only-through=f --only-through=g|read write close|left out
		--only-through=main --not-through=f|write close|left out
		--not-through=f|write close brk|kept
		--not-through=g|read write close brk|kept
		--not-through=main|close brk|kept
	END
	run -2 sp-emit --explain --only-through=h t.sp
	[ "$output" = "sp-emit: --only-through=h: no function or file of a stack matches; --explain lists the stacks" ]
	# --explain prints only the selected stacks.
	[ "$(sp-emit --explain --exact --only-through=g t.sp | awk '$5 == "stack"' | wc -l)" -eq 2 ]
	# For a call of two images, --explain prints only the image that made
	# the selected calls.
	sp-emit --explain --exact --only-through=main t.sp | grep 'close .* observed  1 by /bin/app$'
	printf '%s\n' 'run 1 a' 'call 1 read 1' | "$TESTS/mkstream" >none.sp
	run -2 sp-emit --explain --not-through=f none.sp
	[[ $output == *"no stacks were recorded: record with sp-record --stacks" ]]
	run -2 sp-emit --systemd --paths --only-through=f t.sp
	run -2 sp-emit --json --only-through=f t.sp
	[[ $output == *"--only-through: --json is not a profile of calls"* ]]
}

@test "lost records of mapped files are counted" {
	requires_root
	[[ $(PATH=$PATH:/sbin ldconfig -p) == *libdw.so.1* ]] || skip "no libdw"
	sp-record --stacks -o l.sp -- /usr/bin/python3 -IS "$TESTS/stacks/many-maps.py" 2>err
	grep -E '^sp-record: [0-9]+ records of mapped files were lost: some stacks can end early$' err
	jq -e '.lost.mapping > 0 and .lost.call == 0' <(sp-emit --json l.sp)
}

@test "names in a stack are escaped, and malformed stacks are refused" {
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

@test "a failing process that unwinds stacks is started three times, and one line reports it" {
	requires_root
	[[ $(PATH=$PATH:/sbin ldconfig -p) == *libdw.so.1* ]] || skip "no libdw"
	local line='the process that unwinds stacks failed three times and'
	mkdir failing
	cc -shared -fPIC -o failing/libdw.so.1 "$TESTS/stacks/failing.c"
	LD_LIBRARY_PATH=failing sp-record --stacks -o f.sp -- "$WITNESS/stacked" 2>err
	[ "$(grep -c "^sp-record: $line was not started again" err)" -eq 1 ]
	sp-emit --json f.sp | jq -e '.lost.stack > 3 and .lost.call == 0 and .stacks == []'
	jq -n '{defaultAction: "SCMP_ACT_ERRNO"}' >p.json
	LD_LIBRARY_PATH=failing run -1 --separate-stderr sp-verify -p p.json -- "$WITNESS/stacked"
	[ "$(grep -c "^sp-verify: $line is not started again" <<<"$stderr")" -eq 1 ]
	grep -F '(socket+0x7)' <<<"$output"
}
