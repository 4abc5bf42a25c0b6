#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/startup.sh BINDIR [ROUNDS]
# Measures the time that recording adds to a short command, and to 20,000 calls.
# Compares it with strace and with the smallest libbpf tool. The figures are
# medians of interleaved rounds, and ratios. Between two measurements is a
# pause, because attaching soon after another program has detached must wait for
# the kernel. The next table shows the wall time and the CPU time of sp-record
# itself, for each way to begin a recording. The kernel needs most of that to
# verify the programs. The last table divides both times into phases, for the
# first way.
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
trap 'rm -f "$times" "$ways"; kill $sleeper' EXIT

# clock ROW COLUMN COMMAND… — prints "ROW COLUMN ns"
clock() {
	row=$1 column=$2
	shift 2
	sleep 0.06
	start=$(date +%s%N)
	"$@" >/dev/null 2>&1
	echo "$row $column $(($(date +%s%N) - start))" >>"$times"
}

# compare ROW COMMAND… — runs the command once in each way
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

# begin — begins a recording once in each way
begin() {
	cost command -- true
	cost command-paths --paths -- true
	cost attach -t 0.001 -p $sleeper
	cost attach-paths --paths -t 0.001 -p $sleeper
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
"$here/phases.py" "$rounds" "${bin%/bin}/tests/bench/phases.so" sp-record -q \
	-o /dev/null -- true
