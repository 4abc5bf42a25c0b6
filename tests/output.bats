#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Tests -o FILE: the file appears completely or not at all, and no other file is
# written.

load helper

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'run 1 a\nimage /bin/ls\ncall 1 0 1\n' | "$TESTS/mkstream" >a.sp
	mkdir out
}

# holds NAME… — checks that out/ contains these files, and no others
holds() {
	printf '%s\n' "$@" | sed '/^$/d' | sort >expected
	ls -A out | sort | diff -u expected -
}

@test "a new file has the permissions that the umask allows" {
	local mask
	for mask in 022 077 002 000; do
		(umask $mask && sp-emit --json -o out/new a.sp)
		[ $((0$(stat -c %a out/new))) = $((0666 & ~mask)) ]
		holds new
		rm out/new
	done
}

@test "a replaced file keeps its permissions, except for set-user-ID, set-group-ID and sticky bits" {
	local mode
	for mode in 600 640 755; do
		: >out/old
		chmod $mode out/old
		sp-emit --json -o out/old a.sp
		[ "$(stat -c %a out/old)" = $mode ]
	done
	for mode in 4755 2755 1644 6711; do
		: >out/old
		chmod $mode out/old
		sp-emit --json -o out/old a.sp
		[ "$(stat -c %a out/old)" = ${mode:1} ]
	done
	holds old
}

@test "-o to a symbolic link replaces its target, and the link stays" {
	: >out/old
	ln -s old out/link
	ln -s ../out/link out/second
	sp-emit --json -o out/second a.sp
	[ -L out/second ]
	[ -L out/link ]
	jq -e .calls out/old
	holds link old second
}

@test "another user's link in /tmp is not followed, as the kernel does with protected_symlinks" {
	needs root protected_links
	requires setpriv
	local victim=$BATS_TEST_TMPDIR/victim
	mkdir -m 1777 sticky
	echo precious >victim
	chmod a+x . ..
	setpriv --reuid=65534 --clear-groups ln -s "$victim" sticky/link
	run -2 --separate-stderr sp-emit --json -o sticky/link a.sp
	[ "$stderr" = 'sp-emit: sticky/link: Permission denied' ]
	run -2 sp-merge -o sticky/link a.sp
	run -125 sp-record -o sticky/link -- true
	[ "$(<victim)" = precious ]
	[ -L sticky/link ]
}

@test "if a name cannot be written, one line is printed and no file is left" {
	mkdir out/dir
	local name
	for name in none/x a.sp/x out/dir '' out/dir/; do
		run -2 --separate-stderr sp-emit --json -o "$name" a.sp
		[ "${#stderr_lines[@]}" = 1 ]
	done
	holds dir
	ls -A out/dir | lacks .
}

@test "a file that exceeds the size limit is an error, and no part of it is left" {
	printf 'run 1 a\nimage /bin/ls\n' >text
	seq 1 400 | sed 's/.*/call 1 & 1/' >>text
	"$TESTS/mkstream" <text >big.sp
	run -2 --separate-stderr bash -c \
		'ulimit -f 1; exec sp-emit --json -o out/big big.sp'
	[ "$stderr" = 'sp-emit: out/big: File too large' ]
	holds ''
}

@test "if a tool is killed while the file is open, no file is left" {
	requires_root
	local pid child
	sp-record -q -o out/killed -- sleep 60 3>&- &
	pid=$!
	wait_for 10 pgrep -P "$pid" sleep
	child=$(pgrep -P "$pid" sleep)
	readlink "/proc/$pid"/fd/* | shows "^$PWD/out/"
	kill -KILL "$pid" "$child"
	ended 137 "$pid"
	holds ''
}

@test "a FIFO is written directly, and a signal ends the wait for its reader" {
	requires_root
	mkfifo out/fifo
	run -124 timeout -s INT -k 5 1 sp-record -o out/fifo -- touch ran
	[ ! -e ran ]
	sp-emit --json -o out/fifo a.sp 3>&- &
	jq -e .calls out/fifo
	ended 0 $!
	[ -p out/fifo ]
	holds fifo
}

@test "names from outside are escaped in messages" {
	local name
	name=$(printf 'no\e[31m\302\233\177\r\342\200\256\330\234ne')
	for tool in "sp-merge" "sp-diff a.sp" "sp-emit --json" "sp-verify -p"; do
		# shellcheck disable=SC2086 # several words
		run -2 $tool "$name"
		[[ $output == *'\x1b'* ]]
		[[ $output == *'\xe2\x80\xae\xd8\x9c'* ]]
		run ! grep -q '[[:cntrl:]]' <<<"$output"
	done
	run -2 sp-emit --json -o "none/$name" a.sp
	[[ $output == *'no\x1b[31m\xc2\x9b\x7f\x0d\xe2\x80\xae\xd8\x9cne'* ]]
}

# has_no_control FILE — the file has neither DEL, U+0080 to U+009F nor U+202E
has_no_control() {
	LC_ALL=C run ! grep -aP '\x7f|\xc2[\x80-\x9f]|\xe2\x80\xae' "$1"
}

# These are CSI, DEL, a character that changes the direction, and one that XML
# cannot have.
@test "names in JSON have no character that controls a terminal, and in XML none that it cannot have" {
	local name=/opt/$'\302\233\177\342\200\256\357\277\276' format
	printf '%s\n' 'run 1 a how="command paths"' \
		'image /opt/%C2%9B%7F%E2%80%AE%EF%BF%BE' 'call 1 ptrace 1' \
		'path 1 0x8000001 0 /opt/%C2%9B%7F%E2%80%AE%EF%BF%BE 1' |
		"$TESTS/mkstream" >n.sp
	echo '{"defaultAction": "SCMP_ACT_ERRNO"}' >p.json
	echo '{"ruleset": [{"handledAccessFs": ["read_file"]}]}' >l.json
	sp-emit --json n.sp >emit.out
	sp-emit --landlock n.sp >landlock.out
	run -1 sp-verify -p p.json --json --junit=j.xml -o verify.out n.sp
	run -1 sp-verify --landlock l.json --json -o denied.out n.sp
	for format in emit landlock verify denied; do
		jq -e --arg name "$name" '[.. | strings | select(. == $name)] | length > 0' $format.out
		has_no_control $format.out
	done
	/usr/bin/python3 -c 'import xml.dom.minidom as xml; xml.parse("j.xml")'
}

@test "names of executables and files in --ndjson have no character that controls a terminal" {
	local name=$PWD/$'\302\233\177'
	requires_root
	cp /bin/true "$name"
	sp-record -q --every --results --paths -- "$name" "$name" |
		sp-emit --ndjson >events
	has_no_control events
	jq -e --arg name "$name" -n 'any(inputs; .image == $name)' events
}
