#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# Records the programs of witness/table, whose calls are known, and compares
# each recording with its row.

load helper

setup_file() {
	requires_root
	# On other machines, the table is made from table.generic.
	export TABLE=$TESTS/witness/table
	[ "$(uname -m)" = x86_64 ] || {
		TABLE=$BATS_FILE_TMPDIR/table
		sed "s/MACHINE/$(uname -m)/" "$TESTS/witness/table.generic" >"$TABLE"
	}
}

# rows HOW EXPECT — prints the needs and the command line of each of these rows
rows() {
	awk -v how="$1" -v expect="$2" '$1 == how && $2 == expect {
		$1 = $2 = ""; print substr($0, 3) }' "$TABLE"
}

# expected HOW COMMAND… — prints the facts of the row
expected() {
	awk -v row="$*" '/^[^\t#]/ { on = $1; for (i = 4; i <= NF; i++)
		on = on " " $i; on = on == row }
		/^\t/ && on { sub(/^\t/, ""); print }' "$TABLE"
}

# words COMMAND… — sets `words`, with the full paths of witness programs
words() {
	local w
	words=()
	for w; do
		[ ! -x "$WITNESS/$w" ] || w=$WITNESS/$w
		words+=("$w")
	done
}

lost_nothing() {
	sp-emit --json run.sp |
		jq -e '.lost == {call: 0, detail: 0, image: 0, name: 0, record: 0, task: 0}
			and all(.runs[]; .complete)' >/dev/null
}

# The facts that the program prints to `truth` must agree with run.sp. A count
# of 0 means that the call must not be recorded. A call for which a filter
# killed a task must be in `truth`.
agrees_with_truth() {
	[ -s truth ] && lost_nothing &&
		diff -u <(sed '/ 0$/d' truth | sort) \
			<(facts run.sp | awk 'NR == FNR { truth[$1, $2]; next }
				($1, $2) in truth || $3 ~ /^SIG/' truth - | sort)
}

is_exactly() {
	expected "$@" | sort >expected &&
		facts run.sp | sort | diff -u expected - && lost_nothing
}

record_row() {
	words "$@"
	sp-record -q -o run.sp -- "${words[@]}" >truth
}

attach_row() {
	words "$@"
	rm -f pid
	"${words[@]}" 3>&- &
	wait_for 10 test -e pid || return
	sp-record -q -t 0.3 -o run.sp -p "$(<pid)" || return
	kill -KILL "$(<pid)" && ended 137 $!
}

# came_late — tests whether the recorder reported that it watched a filter too
# late
came_late() {
	sp-emit --json run.sp |
		jq -e 'any(.runs[].blind[]; endswith("just after it was loaded"))' \
			>/dev/null
}

# is_late ROW… — tests whether the recorder only watched a filter too late in
# the last recording, and lost nothing
is_late() {
	[ "$1" = filtered ] && came_late && lost_nothing
}

# record_in_time ROW… — records the row, and records it again if the recorder
# watched a filter too late. This happens rarely, on a busy machine. SP_LATE
# repetitions are allowed for the whole table; after these, the status is 3.
record_in_time() {
	record_row "$@" || return 1
	# Strict mode hides no call, so no recorder is too late for it.
	if [ "$*" = "filtered strict" ] && came_late; then
		echo "sp-record says that it was too late for strict mode"
		return 1
	fi
	while is_late "$@"; do
		[ $((late += 1)) -le "${SP_LATE:-2}" ] || return 3
		echo "# the recorder was too late, so it records again: $*" >&3
		sleep 1
		record_row "$@" || return 1
	done
}

# try HOW EXPECT ROW… — tests a row, and prints it if it fails. SP_EMULATED is
# set if the machine is emulated: then SP_LATE counts for each row, and a row
# that is always late is skipped.
try() {
	local how=$1 expect=$2 status=0
	shift 2
	[ -z "${SP_EMULATED-}" ] || late=0
	if [ "$how" = run ]; then
		record_in_time "$@" || status=$?
	else
		attach_row "$@" || status=$?
	fi
	if [ "$status" -eq 3 ] && [ -n "${SP_EMULATED-}" ]; then
		echo "# skipped row: needs a faster machine (each recording was\
 too late for the filter under emulation): $how $*" >&3
		return
	fi
	if [ "$status" -ne 0 ]; then
		echo "$how $*: exit status $status"
		return 1
	fi
	if [ "$expect" = exact ]; then
		is_exactly "$how" "$@" || { echo "this row differs: $how $*"; return 1; }
	else
		agrees_with_truth || { echo "this row differs: $how $*"; return 1; }
	fi
}

# all HOW EXPECT — tests each row with this HOW and EXPECT
all() {
	local feature row failed=0 n=0 late=0
	while read -r feature row; do
		n=$((n + 1))
		if [ "$feature" != - ] && ! has "$feature"; then
			skip_row "$feature" "$1 $row"
			continue
		fi
		# Attaching to a tracepoint is delayed if another program has
		# just detached from it.
		[[ $row != filtered* ]] || sleep 0.2
		# shellcheck disable=SC2086 # several words
		try "$1" "$2" $row || failed=1
	done < <(rows "$1" "$2")
	[ "$n" -gt 0 ]
	[ "$failed" -eq 0 ]
}

# bats test_tags=32-bit
@test "run: the recordings of programs without a libc have exactly the facts of the table" {
	all run exact
}

# bats test_tags=32-bit
@test "run: the recordings of other programs have the calls that the programs print" {
	all run truth
}

# bats test_tags=32-bit
@test "attach: the recordings of sleeping tasks have exactly the facts of the table" {
	all attach exact
}
