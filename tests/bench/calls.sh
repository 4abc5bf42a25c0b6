#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/calls.sh BINDIR [ROUNDS]
# What a system call costs under each tool: for the process that is traced, and
# for any other process meanwhile. Medians of interleaved rounds; the ratio is
# of what the tool adds to what an empty program on sys_enter adds.
set -u
bin=$(cd "${1:?usage: tests/bench/calls.sh BINDIR [ROUNDS]}" && pwd) || exit
rounds=${2:-9}
bench=${bin%/bin}/tests/bench
PATH=$bin:$bench:$PATH
dir=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$dir"' EXIT

# Each runs COMMAND…, which prints ns, under it.
run_bare() { "$@"; }
run_floor() { loader floor "$@"; }
run_sp_record() { sp-record -q -o /dev/null -- "$@"; }
run_strace() { strace -f -c -o /dev/null "$@"; }
run_strace_bpf() { strace -f -c --seccomp-bpf -o /dev/null "$@"; }
run_perf_trace() { perf trace -s -o /dev/null "$@"; }
run_bpftrace() {
	bpftrace -q -o /dev/null -c "$*" \
		-e 'tracepoint:raw_syscalls:sys_enter { @[args->id] = count(); }'
}

tools=(bare floor sp_record) missing=()
for peer in strace:strace strace_bpf:strace perf_trace:perf bpftrace:bpftrace; do
	if command -v "${peer#*:}" >/dev/null; then
		tools+=("${peer%:*}")
	else
		missing+=("${peer#*:}")
	fi
done

# Enough for a tenth of a second.
calls_under() {
	case $1 in
	strace* | perf*) echo 10000 ;;
	*) echo 1000000 ;;
	esac
}

target() {
	local tool=$1 threads=$2
	sleep 0.1
	echo "$tool $threads $("run_$tool" getppid "$(calls_under "$tool")" \
		"$threads" 2>/dev/null | tail -n 1)" >>"$dir/times"
}

# Another process, while the tool traces one that sleeps.
bystander() {
	local tool=$1 pid
	sleep 0.1
	"run_$tool" sleep 1.2 >/dev/null 2>&1 &
	pid=$!
	sleep 0.7
	echo "$tool other $(getppid 1000000)" >>"$dir/times"
	wait "$pid"
}

for ((i = 0; i < rounds; i++)); do
	for tool in "${tools[@]}"; do
		target "$tool" 1
		[ "$i" -ge 5 ] || target "$tool" 2
		[ "$i" -ge 5 ] || bystander "$tool"
	done
done

sort -k 1,2 -k 3n "$dir/times" | awk '
	NF == 3 { k = $1 " " $2; n[k]++; v[k, n[k]] = $3 }
	END { for (k in n) print k, v[k, int((n[k] + 1) / 2)], \
		v[k, 1], v[k, n[k]] }' >"$dir/medians"
awk -v order="${tools[*]}" '
	{ ns[$1, $2] = $3; spread[$1, $2] = $4 "-" $5 }
	function added(tool, what) { return ns[tool, what] - ns["bare", what] }
	function ratio(tool, what) {
		if (tool == "bare" || !((tool, what) in ns))
			return "-"
		return sprintf("%.2f", added(tool, what) / added("floor", what))
	}
	END {
		printf "%-12s %10s %20s %8s %10s %8s %10s %8s\n", "ns a call", \
			"1 thread", "least-most", "ratio", "2 threads", "ratio", \
			"bystander", "ratio"
		n = split(order, tools, " ")
		for (i = 1; i <= n; i++) {
			t = tools[i]
			printf "%-12s %10.0f %20s %8s %10.0f %8s %10.0f %8s\n", t, \
				ns[t, 1], spread[t, 1], ratio(t, 1), ns[t, 2], \
				ratio(t, 2), ns[t, "other"], ratio(t, "other")
		}
	}' "$dir/medians"
[ ${#missing[@]} -eq 0 ] || echo "not installed: ${missing[*]}"
