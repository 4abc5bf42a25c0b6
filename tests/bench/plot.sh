#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/plot.sh CALLS.TSV — draws the figures with gnuplot, and
# prints an SVG
set -eu
[ -s "${1:?usage: tests/bench/plot.sh CALLS.TSV}" ] || {
	echo "$1 does not exist: run make bench first" >&2
	exit 1
}
command -v gnuplot >/dev/null || {
	echo "gnuplot is not installed" >&2
	exit 1
}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
# Prints a table for gnuplot: a row for each tool, and a column for each
# program, with the factor by which the tool slows the program down.
awk -F '\t' '
	BEGIN {
		n = split("find dd tar make redis", works, " ")
		m = split("count every wakeup syscount bpftrace perf strace_bpf strace", tools, " ")
		name["count"] = "sp-record"; name["every"] = "sp-record --every"
		name["wakeup"] = "event + wakeup"; name["perf"] = "perf trace -s"
		name["strace"] = "strace -f -c"
		name["strace_bpf"] = "strace --seccomp-bpf"
	}
	{ ratio[$1, $2] = $7 }
	END {
		printf "tool"
		for (i = 1; i <= n; i++)
			printf "\t%s", works[i]
		printf "\n"
		for (j = 1; j <= m; j++) {
			if (!((works[1], tools[j]) in ratio))
				continue
			t = tools[j]
			printf "%s", t in name ? name[t] : t
			for (i = 1; i <= n; i++)
				printf "\t%s", (works[i], t) in ratio ? ratio[works[i], t] : "?"
			printf "\n"
		}
	}' "$1" >"$dir/data"
gnuplot <<END
set terminal svg size 860,420 font "sans-serif,12" background "white"
set datafile separator tab
set datafile missing "?"
set title "Time of a program under each tool, by its time without one"
set style data histograms
set style histogram clustered gap 1.5
set style fill solid 0.85 border lt -1
set logscale y
set yrange [0.9:*]
set ytics add (1, 1.5, 2, 3, 5, 10, 20, 50, 100)
set grid ytics lc rgb "#dddddd"
set key top left
set xtics rotate by -20 scale 0
plot for [i=2:6] "$dir/data" using i:xtic(1) title columnheader(i)
END
