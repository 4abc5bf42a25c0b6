#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/policies.sh BINDIR [N…]
# Measures how the time to write policies of paths grows with the recording. The
# recordings have N renamed files, N ports, N abstract sockets, or N programs
# that start one another. Prints a line for each recording, with the seconds for
# each N.
set -eu
bin=$(cd "${1:?usage: tests/bench/policies.sh BINDIR [N…]}" && pwd)
here=$(cd "${0%/*}" && pwd)
shift
[ $# -gt 0 ] || set -- 2000 4000 8000 16000
PATH=$bin:$PATH
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"

# moves N — each file moves to another directory. Old recordings do not have the
# new names; in old_moves, all files move between the same two directories.
moves() {
	echo 'run 1 bench how="command paths"'
	echo 'image /bin/bench'; echo 'call * read 1'
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) {
		a = sprintf("/srv/a/%d/x", i); b = sprintf("/srv/b/%d/y", i)
		print "path * 0x10414 0 " a " 1"
		print "path * 0x10404 0 " b " 1"
		print "move * 0x404 0 " a " " b " 1" } }'
}

old_moves() {
	echo 'run 1 bench how="command paths"'
	echo 'image /bin/bench'; echo 'call * read 1'
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) {
		print "path * 0x10414 0 /srv/a/" i " 1"
		print "path * 0x10404 0 /srv/b/" i " 1" } }'
}

# sockets N — the run connects to N ports, and to N abstract names that other
# programs bound.
sockets() {
	echo 'run 1 bench how="command paths"'
	echo 'image /bin/bench'; echo 'call * read 1'
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) {
		printf "socket * 2 257 0 %04x00007f000001 1\n", i + 1
		printf "socket * 1 1 0 00%08x 1\n", i } }'
}

# programs N — each program is started by the one before it.
programs() {
	echo 'run 1 bench how="command paths"'
	awk -v n="$1" 'BEGIN { for (i = 0; i < n; i++) {
		print "image /bin/p" i
		print "call * read 1"
		if (i) print "start * /bin/p" i - 1 " 1"
		print "path * 0x8000008 0 /bin/p" i + 1 " 1"
		print "path * 0x8000008 0 /lib/ld.so 1" } }'
}

# seconds COMMAND… — prints the CPU time of the command
seconds() {
	local TIMEFORMAT='%U %S'
	{ time "$@" >/dev/null 2>&1; } 2>&1 | awk '{ printf "%.2f", $1 + $2 }'
}

# row NAME STREAM COMMAND… — measures the command for each size; the stream of
# that size is its last argument
row() {
	local what=$1 stream=$2 n
	shift 2
	printf '%-34s' "$what"
	for n in $sizes; do
		printf '%9s' "$(seconds "$@" "$stream.$n")"
	done
	echo
}

sizes=$*
for n in $sizes; do
	for what in moves old_moves sockets programs; do
		"$what" "$n" | "$here/../mkstream" >"$what.$n"
	done
	sp-emit --landlock -o policy "moves.$n" 2>/dev/null
done
printf '%-34s' N
printf '%9s' "$@"
echo
row 'moves: sp-emit --landlock' moves sp-emit --landlock
row 'moves: sp-emit --systemd --paths' moves sp-emit --systemd --paths
row 'moves: sp-verify --landlock' moves sp-verify --landlock policy
row 'moves without new names: sp-emit --landlock' old_moves sp-emit --landlock
row 'sockets: sp-emit --landlock' sockets sp-emit --landlock
row 'sockets: sp-verify --landlock' sockets sp-verify --landlock policy
row 'programs: sp-emit --tree' programs sp-emit --landlock '--tree=*/p1'
row 'programs: sp-emit --image' programs sp-emit --landlock '--image=*/p1?'
