#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/startup.sh BINDIR [ROUNDS]
# Measures the time that recording adds to a short command, and to 20,000 calls,
# and compares it with strace and with the smallest libbpf tool. The figures are
# medians of interleaved rounds, and ratios. There is a pause between two
# measurements, because attaching is delayed if another program has just
# detached. The second table shows the wall time and the CPU time of sp-record
# for each way to begin a recording; most of it is the kernel's, which verifies
# the programs. The third table shows the time for each of 200 short commands:
# with a recorder for each command, and with one recorder for all of them, which
# makes a run of each (--split=children). The last table divides both times of
# the first way into phases.
set -eu
bin=$(cd "${1:?usage: tests/bench/startup.sh BINDIR [ROUNDS]}" && pwd)
rounds=${2:-15}
here=$(cd "${0%/*}" && pwd)
flood=${bin%/bin}/tests/witness/flood
loader=${bin%/bin}/tests/bench/loader
PATH=$bin:$PATH
times=$(mktemp)
ways=$(mktemp)
sleep 1000000 &
sleeper=$!
many=$(mktemp)
trap 'rm -f "$times" "$ways" "$many"; kill $sleeper' EXIT

# clock ROW COLUMN COMMAND… — prints "ROW COLUMN ns"
clock() {
	row=$1 column=$2
	shift 2
	sleep 0.06
	start=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo "$row $column $(($(date +%s%N) - start))" >>"$times"
}

# compare ROW COMMAND… — runs the command once under each tool
compare() {
	row=$1
	shift
	clock "$row" bare "$@"
	clock "$row" loader "$loader" start "$@"
	clock "$row" sp-record sp-record -q -o /dev/null -- "$@"
	clock "$row" strace strace -f -c -o /dev/null "$@"
}

# cost ROW OPTION… — prints "ROW wall ms" and "ROW cpu ms" of sp-record
cost() {
	local row=$1 TIMEFORMAT='%R %U %S' took
	shift
	sleep 0.06
	took=$({ time sp-record -q -o /dev/null "$@" >/dev/null 2>&1; } 2>&1)
	awk -v row="$row" '{
		print row, "wall", 1000 * $1
		print row, "cpu", 1000 * ($2 + $3)
	}' <<<"$took" >>"$ways"
}

# begin — begins one recording in each way
begin() {
	cost command -- true
	cost command-paths --paths -- true
	cost attach -t 0.001 -p $sleeper
	cost attach-paths --paths -t 0.001 -p $sleeper
}

# each [TRACER…] — runs 200 short commands, each with a tracer of its own
each() {
	local n
	for ((n = 0; n < 200; n++)); do
		"$@" /bin/true
	done
}

# all ROW COMMAND… — prints "ROW all ms" of the command, for each of 200
all() {
	local row=$1 start
	shift
	sleep 0.06
	start=$(date +%s%N)
	"$@" >/dev/null 2>&1
	awk -v row="$row" -v start="$start" -v end="$(date +%s%N)" \
		'BEGIN { print row, "all", (end - start) / 2e8 }' >>"$many"
}

# hundreds — runs 200 short commands once in each way
hundreds() {
	all bare each
	all sp-record each sp-record -q -o /dev/null --
	all --method=notify each sp-record --method=notify -q -o /dev/null --
	all --split=children sp-record -q -o /dev/null --split=children -- \
		bash -c "$(declare -f each); each"
	all strace each strace -f -c -o /dev/null
}

medians() {
	sort -k 1,2 -k 3n "$1" | awk '
	{ n[$1 " " $2]++; v[$1 " " $2, n[$1 " " $2]] = $3 }
	END { for (k in n) print k, v[k, int((n[k] + 1) / 2)] }'
}

i=0
while [ "$i" -lt "$rounds" ]; do
	compare true true
	[ ! -x "$flood" ] || [ $((i % 5)) -ne 0 ] || compare 20k-calls "$flood" 1 20000
	begin
	[ $((i % 3)) -ne 0 ] || hundreds
	i=$((i + 1))
done

medians "$times" | awk '
{ ms[$1, $2] = $3 / 1e6; rows[$1] }
END {
	printf "%-12s %10s %10s %10s %10s %10s %10s\n", "median, ms", \
		"bare", "loader", "sp-record", "strace", "sp/loader", \
		"sp/strace"
	for (r in rows)
		printf "%-12s %10.2f %10.2f %10.2f %10.2f %10.2f %10.2f\n", r, \
			ms[r, "bare"], ms[r, "loader"], ms[r, "sp-record"], \
			ms[r, "strace"], ms[r, "sp-record"] / ms[r, "loader"], \
			ms[r, "sp-record"] / ms[r, "strace"]
}'

echo
medians "$ways" | awk '
{ ms[$1, $2] = $3; rows[$1] }
END {
	printf "%-14s %10s %10s\n", "sp-record, ms", "wall", "cpu"
	for (r in rows)
		printf "%-14s %10.0f %10.0f\n", r, ms[r, "wall"], ms[r, "cpu"]
}'

echo
medians "$many" | awk '
{ ms[$1] = $3 }
END {
	printf "%-18s %10s %10s\n", "200 commands, ms", "each", "/strace"
	for (r in ms)
		printf "%-18s %10.2f %10.2f\n", r, ms[r], ms[r] / ms["strace"]
}'

echo
"$here/phases.py" "$rounds" "${bin%/bin}/tests/bench/phases.so" sp-record -q \
	-o /dev/null -- true
