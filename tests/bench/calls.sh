#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/calls.sh BINDIR [ROUNDS [TOOL...]]
# Measures how long single calls and whole programs take under each tool, in the
# traced process and in another one. The figures are medians of interleaved
# rounds. The ratio of a call is the time that the tool adds, divided by the
# time that an empty BPF program on sys_enter adds (the floor). The ratio of a
# program is its time, divided by its time without a tool. With TOOLs, only
# these tools and only calls are measured. Writes calls.tsv with the columns
# workload, tool, median, lower and upper quartile, number of parts, ratio, and
# share of quiet parts.
#
# While another virtual machine uses the same core, a call can take 1.5 times as
# long. So calls.c measures in parts of about half a millisecond, and times
# plain arithmetic and loads from the core's cache around each part. A part is
# quiet if neither took more than 1.1 times its fastest time. The figures use
# quiet parts; if a tool has fewer than QUIET of them, they use its QUIET least
# disturbed parts.
set -u
bin=$(cd "${1:?usage: tests/bench/calls.sh BINDIR [ROUNDS]}" && pwd) || exit
rounds=${2:-7}
only=("${@:3}")
export PATH=$bin:${bin%/bin}/tests/bench:$PATH:/usr/sbin
results=${bin%/bin}/bench
QUIET=20
mkdir -p "$results"
dir=$(mktemp -d)
cd "$dir" || exit
trap 'kill $(jobs -p) 2>/dev/null; cd /; rm -rf "$dir"' EXIT

# Each function runs a command under one tool.
run_none() { "$@"; }
run_floor() { loader floor "$@"; }
run_floor2() { loader floor2 "$@"; }
run_paths() { sp-record -q --paths -o /dev/null -- "$@"; }
run_count() { sp-record -q -o /dev/null -- "$@"; }
run_marks() { sp-record -q --mark=never=ptrace -o /dev/null -- "$@"; }
run_split() { sp-record -q --split=children -o /dev/null -- sh -c '"$@"; :' - "$@"; }
run_splitmark() { sp-record -q --split=mark:marks -o /dev/null -- "$@"; }
run_stacks() { sp-record -q --stacks -o /dev/null -- "$@"; }
run_every() { sp-record -q --every -o /dev/null -- "$@"; }
run_notify() { sp-record -q --method=notify -o /dev/null -- "$@"; }
run_wakeup() { wakeup "$@"; }
run_strace() { strace -f -c -o /dev/null "$@"; }
run_strace_bpf() { strace -f -c --seccomp-bpf -o /dev/null "$@"; }
run_perf() { perf trace -s -o /dev/null "$@"; }
# bpftrace runs no scripts, and does not search PATH.
run_bpftrace() {
	bpftrace -q -o /dev/null -c "$(command -v env) $*" \
		-e 'tracepoint:raw_syscalls:sys_enter { @[args->id] = count(); }'
}
# syscount runs no command; it counts the calls of all processes.
run_syscount() {
	syscount -d 1000 >/dev/null 2>&1 &
	local peer=$!
	sleep 1
	"$@"
	kill -INT "$peer"
	wait "$peer" 2>/dev/null
}

# Each row has a tool and the program that it needs.
tools=() missing=()
while read -r tool needs; do
	if [ ${#only[@]} -gt 0 ] && [[ " ${only[*]} " != *" $tool "* ]]; then
		continue
	elif command -v "$needs" >/dev/null; then
		tools+=("$tool")
	else
		missing+=("$needs")
	fi
done <<-'END'
	none sh
	floor loader
	count sp-record
	marks sp-record
	split sp-record
	splitmark sp-record
	stacks sp-record
	every sp-record
	floor2 loader
	paths sp-record
	wakeup wakeup
	notify sp-record
	strace strace
	strace_bpf strace
	perf perf
	bpftrace bpftrace
	syscount syscount
END

# is_slow TOOL — tests whether a tool slows programs down fifty times, or takes
# seconds to start
is_slow() {
	case $1 in
	strace* | notify | perf | bpftrace | syscount) true ;;
	*) false ;;
	esac
}

# note WORKLOAD TOOL — appends the times on stdin to `timings`; each line is
# "NS" or "NS PASS LOAD"
note() {
	sed -n "s/^[0-9][0-9. ]*\$/$1 $2 &/p" >>timings
}

# A CPU that was idle is slow at first, which would distort the tool's figures.
# Attaching is delayed, too, if another program has just detached.
warm_up() {
	sleep 0.1
	calls getppid 200000 >/dev/null
}

# time_calls WORKLOAD TOOL WHAT N [THREADS] — times calls under the tool
time_calls() {
	local workload=$1 tool=$2
	shift 2
	warm_up
	"run_$tool" calls "$@" >out 2>/dev/null
	note "$workload" "$tool" <out
}

# time_bystander TOOL — times the calls of a process that the tool does not
# trace
time_bystander() {
	local n
	sleep 0.1
	"run_$1" sleep 3 >/dev/null 2>&1 &
	local pid=$!
	sleep 1.8
	warm_up
	for n in 1 2 3; do
		calls getppid 300000 | note bystander "$1"
	done
	wait "$pid"
}

# time_program WORKLOAD TOOL — times a program under the tool, without the time
# that the tool takes to start
time_program() {
	warm_up
	rm -f took
	"run_$2" "$dir/timed" "$dir/$1" >/dev/null 2>&1
	note "$1" "$2" <took
}

# program NAME — makes a program; its script is on stdin
program() {
	{ echo '#!/bin/sh'; cat; } >"$1"
	chmod +x "$1"
}

program timed <<'END'
start=$(date +%s%N)
"$@"
echo $(($(date +%s%N) - start)) >took
END
program find <<'END'
exec find /usr/share/doc -size +1000000k
END
program dd <<'END'
exec dd if=/dev/zero of=/dev/null bs=1 count=50000
END
program tar <<'END'
tar -C /usr/include -cf - linux | cat >/dev/null
END
program make <<'END'
rm -rf objects; mkdir objects
exec make -s -f - -j2 <<'MAKE'
OBJECTS := $(foreach n,1 2 3 4 5 6 7 8,objects/$n.o)
all: $(OBJECTS)
objects/%.o:
	@echo 'int f(int x) { return x + $*; }' | cc -O2 -x c -c -o $@ -
MAKE
END
program redis <<'END'
redis-server --port 7799 --save '' --daemonize no >/dev/null &
until redis-cli -p 7799 ping >/dev/null 2>&1; do sleep 0.02; done
redis-benchmark -p 7799 -n 5000 -c 8 -t set,get -q
redis-cli -p 7799 shutdown nosave
wait
END
programs=(find dd tar make)
if command -v redis-server >/dev/null; then
	programs+=(redis)
else
	missing+=(redis-server)
fi

# round TOOL NUMBER — measures a tool once
round() {
	local n=300000 p
	is_slow "$1" && n=5000
	case $1 in bpftrace | syscount) n=200000 ;; esac
	if [ "$1" = floor2 ] || [ "$1" = paths ]; then
		time_calls open+close "$1" open $n
		return
	fi
	for p in 1 2; do
		time_calls getppid "$1" getppid $n
		time_calls getppid-2-threads "$1" getppid $n 2
		time_calls read "$1" read $n
		time_calls open+close "$1" open $((n / 4))
		! is_slow "$1" || break
	done
	# The other measurements take long: they run in the first five rounds,
	# and under a slow tool only in the first.
	if [ "$2" -ge 5 ] || { is_slow "$1" && [ "$2" -gt 0 ]; }; then
		return
	fi
	time_bystander "$1"
	[ ${#only[@]} -eq 0 ] || return
	time_calls fork+exec "$1" exec 100
	for p in "${programs[@]}"; do
		time_program "$p" "$1"
	done
}

[ ${#only[@]} -eq 0 ] || programs=()
order="${tools[*]}"
for p in "${programs[@]}"; do
	# This run brings the files that the program reads into memory.
	"./$p" >/dev/null 2>&1
done
for ((i = 0; i < rounds; i++)); do
	for tool in "${tools[@]}"; do
		# Slow tools run in every third round.
		if is_slow "$tool" && [ $((i % 3)) -ne 0 ]; then
			continue
		fi
		round "$tool" "$i"
	done
done

# fastest FIELD — prints the 1st percentile of the times of a pass or a load
fastest() {
	awk -v field="$1" 'NF == 5 { print $field }' timings | sort -n |
		awk '{ v[NR] = $1 } END { print v[int(NR / 100) + 1] }'
}
# Prints lines "WORKLOAD TOOL DISTURBANCE NS", the quietest parts first. For
# programs, DISTURBANCE is 0.
awk -v pass="$(fastest 4)" -v load="$(fastest 5)" '
	{
		p = NF == 5 ? $4 / pass : 0
		l = NF == 5 ? $5 / load : 0
		print $1, $2, (p > l ? p : l), $3
	}' timings | sort -k 1,2 -k 3n | awk -v least="$QUIET" '
	{ k = $1 " " $2; all[k]++ }
	$3 < 1.1 { quiet[k]++ }
	$3 < 1.1 || all[k] <= least { print $1, $2, $4 }
	END { for (k in all) print k, "all", all[k], quiet[k] / all[k] }' |
	sort -k 1,2 -k 3n | awk '
	{ k = $1 "\t" $2 }
	$3 == "all" { share[k] = $5; next }
	{ n[k]++; v[k, n[k]] = $3 }
	END {
		for (k in n)
			printf "%s\t%s\t%s\t%s\t%d\t%.2f\n", k,
				v[k, int((n[k] + 1) / 2)],
				v[k, int((n[k] + 3) / 4)],
				v[k, int((3 * n[k] + 3) / 4)], n[k], share[k]
	}' >medians
awk -F '\t' '
	NR == FNR { median[$1, $2] = $3; next }
	{
		none = median[$1, "none"]
		floor = median[$1, "floor"] - none
		is_call = $1 ~ /^(getppid|read|open|bystander)/
		ratio = is_call ? (floor > 0 ? ($3 - none) / floor : "-") : $3 / none
		if ($2 == "none")
			ratio = is_call ? 0 : 1
		printf "%s\t%s\t%s\t%s\t%s\t%s\t%.2f\t%s\n", $1, $2, $3, $4, $5, $6,
			ratio, $7
	}' medians medians | sort >"$results/calls.tsv"

# table HEADING WORKLOADS — prints the figures of these workloads
table() {
	echo "$1"
	awk -F '\t' -v tools="$order" -v workloads="$2" '
		BEGIN {
			label["none"] = "(no tool)"
			label["floor"] = "(empty program)"
			label["count"] = "sp-record"
			label["every"] = "sp-record --every"
			label["floor2"] = "(empty, and at exit)"
			label["paths"] = "sp-record --paths"
			label["wakeup"] = "event + wakeup"
			label["notify"] = "sp-record, notify"
			label["strace"] = "strace -f -c"
			label["strace_bpf"] = "strace --seccomp-bpf"
			label["perf"] = "perf trace -s"
		}
		{
			median[$1, $2] = $3
			ratio[$1, $2] = $7
			spread[$1, $2] = $3 ? ($5 - $4) / $3 * 50 : 0
		}
		function time(x) {
			if (x > 1e6)
				return sprintf("%.1f ms", x / 1e6)
			return sprintf("%.0f ns", x)
		}
		END {
			n = split(workloads, w, " ")
			m = split(tools, t, " ")
			printf "%-20s", ""
			for (i = 1; i <= n; i++)
				printf " %24s", w[i]
			printf "\n"
			for (j = 1; j <= m; j++) {
				printf "%-20s", t[j] in label ? label[t[j]] : t[j]
				for (i = 1; i <= n; i++) {
					at = w[i] SUBSEP t[j]
					if (at in median)
						printf " %10s %7s ±%3.0f%%", \
							time(median[at]), ratio[at], spread[at]
					else
						printf " %24s", "-"
				}
				printf "\n"
			}
		}' "$results/calls.tsv"
	echo
}
table 'the time of a call, and the added time in units of the floor (1.00)' \
	'getppid getppid-2-threads read open+close bystander'
awk -F '\t' '$1 == "open+close" { t[$2] = $3 }
	"paths" in t && "floor2" in t && t["none"] {
		beyond = (t["paths"] - t["floor2"]) / t["none"]
	}
	END {
		if (beyond)
			printf "open+close with --paths, beyond empty programs at " \
				"both ends: %.0f %% of the pair\n\n", 100 * beyond
	}' "$results/calls.tsv"
[ ${#only[@]} -gt 0 ] || table 'the time of a program, in units of its time without a tool (1.00)' \
	"fork+exec ${programs[*]}"
[ ${#missing[@]} -eq 0 ] || echo "not measured, because not installed: ${missing[*]}"
