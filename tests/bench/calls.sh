#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# usage: tests/bench/calls.sh BINDIR [ROUNDS [TOOL...]]
# Measures how long single calls and whole programs take under each tool, for
# the traced process and for another one. The figures are medians of
# interleaved rounds. The ratio of a call is the time that the tool adds,
# divided by the time that an empty BPF program on sys_enter adds (the floor).
# The ratio of a program is its time, divided by its time without a tool. If
# TOOLs are given, measures only these, and only calls. Writes calls.tsv:
# workload, tool, median, lower and upper quartile, parts, ratio, share of
# quiet parts.
#
# If a core is shared with another virtual machine, a call can take half as long
# again, for seconds. So calls.c measures in parts of about half a millisecond,
# and times plain arithmetic and loads from the core's cache around each part. A
# part counts if neither took more than 1.1 times its fastest time. If a tool
# has fewer than QUIET such parts, its QUIET quietest parts count.
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

# Each function runs COMMAND… under its tool.
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
# bpftrace starts no scripts, and does not search PATH
run_bpftrace() {
	bpftrace -q -o /dev/null -c "$(command -v env) $*" \
		-e 'tracepoint:raw_syscalls:sys_enter { @[args->id] = count(); }'
}
# syscount starts no command, and counts the calls of all processes.
run_syscount() {
	syscount -d 1000 >/dev/null 2>&1 &
	local peer=$!
	sleep 1
	"$@"
	kill -INT "$peer"
	wait "$peer" 2>/dev/null
}

# the tool, its name in words, the command that it needs
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

# is_slow TOOL — tests whether it slows programs down fifty times, or takes
# seconds to start
is_slow() {
	case $1 in
	strace* | notify | perf | bpftrace | syscount) true ;;
	*) false ;;
	esac
}

# note WORKLOAD TOOL — notes the lines "NS" or "NS PASS LOAD" from stdin
note() {
	sed -n "s/^[0-9][0-9. ]*\$/$1 $2 &/p" >>timings
}

# An idle machine is slow at first, which must not count against a tool. Also,
# attaching right after another program has detached must wait.
warm_up() {
	sleep 0.1
	calls getppid 200000 >/dev/null
}

# time_calls WORKLOAD TOOL WHAT N [THREADS]
time_calls() {
	local workload=$1 tool=$2
	shift 2
	warm_up
	"run_$tool" calls "$@" >out 2>/dev/null
	note "$workload" "$tool" <out
}

# Times another process, while the tool traces one that sleeps.
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

# Times the commands themselves. The time to start a tool is in another table.
time_program() { # WORKLOAD TOOL
	warm_up
	rm -f took
	"run_$2" "$dir/timed" "$dir/$1" >/dev/null 2>&1
	note "$1" "$2" <took
}

program() { # program NAME — makes a program whose script is on stdin
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

round() { # TOOL NUMBER
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
	# These programs take long: they run in five rounds, and only once under
	# a slow tool.
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
	# brings the files that it reads into memory
	"./$p" >/dev/null 2>&1
done
for ((i = 0; i < rounds; i++)); do
	for tool in "${tools[@]}"; do
		# Slow tools run only in every third round.
		if is_slow "$tool" && [ $((i % 3)) -ne 0 ]; then
			continue
		fi
		round "$tool" "$i"
	done
done

# Finds the shortest time of a pass or a load: that of the fastest hundredth.
fastest() { # FIELD
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

table() { # table HEADING WORKLOADS
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
table 'a call: its time, and what is added to it by the floor (1.00)' \
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
[ ${#only[@]} -gt 0 ] || table 'a program: its time, by that without a tool (1.00)' \
	"fork+exec ${programs[*]}"
[ ${#missing[@]} -eq 0 ] || echo "not installed, not measured: ${missing[*]}"
